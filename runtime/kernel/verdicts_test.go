package kernel_test

import (
	"errors"
	"testing"
	"time"

	"github.com/tacet-lang/tacet/compiler/verify"
	"github.com/tacet-lang/tacet/compiler/verify/verifytest"
	"github.com/tacet-lang/tacet/lang/diag"
	"github.com/tacet-lang/tacet/lang/machine"
	"github.com/tacet-lang/tacet/runtime/kernel"
)

// verdict is what a test of this package holds the kernel to: of a machine with a certificate on a day.
type verdict struct {
	m    *machine.Machine
	c    *machine.Certificate
	asOf time.Time
	want string // "": admitted; "no": refused; else the obligation that is refused
}

// holds reports whether the kernel decides as it must. What panics does not.
func (v *verdict) holds() (ok bool) {
	defer func() { ok = recover() == nil && ok }()
	err := kernel.Check(v.m, v.c, v.asOf)
	var r *kernel.Refusal
	if !errors.As(err, &r) {
		return err == nil && v.want == ""
	}
	return v.want == "no" || r.Obligation == v.want
}

// TestVerdicts decides what the driver of conditions_test.go decides with broken kernels.
func TestVerdicts(t *testing.T) {
	if testing.Short() {
		t.Skip("some thousand checks; run without -short")
	}
	t.Parallel()
	for i, v := range verdicts(t) {
		if !v.holds() {
			t.Errorf("verdict %d is not %q", i, v.want)
		}
	}
}

// verdicts are those of the tests of this package, but for the certificates that an adversary makes by trying.
func verdicts(t *testing.T) []verdict {
	t.Helper()
	m := clinic(t)
	c := certify(t, m)
	out := []verdict{{m, c, today, ""}, {m, c, today.AddDate(2, 0, 0), "no"}, {m, c, time.Time{}, "form"}, {m, knowing(t, m), today, ""}}
	first := mergingFirst(t)
	out = append(out, verdict{first.m, first.c, today, ""})
	for _, x := range forgeries {
		m, c := x.forged(t)
		out = append(out, verdict{m, c, today, x.obligation})
	}
	for _, x := range refusals {
		e := edit{m: clone(t, m), c: clone(t, c)}
		x.change(e)
		if hash, err := e.m.Hash(); err == nil && e.c.Machine == c.Machine {
			e.c.Machine = hash
		}
		out = append(out, verdict{e.m, e.c, today, x.obligation})
	}
	for _, x := range unprovable {
		e := edit{m: clone(t, m)}
		x.change(e)
		out = append(out, verdict{e.m, kernel.Conjure(e.m, today), today, x.obligation})
	}
	for _, change := range provable {
		e := edit{m: clone(t, m)}
		change(e)
		out = append(out, verdict{e.m, kernel.Conjure(e.m, today), today, ""})
		if report, _ := verify.Check(e.m, verify.Options{AsOf: today}); report.Certificate != nil {
			out = append(out, verdict{e.m, report.Certificate, today, ""})
		}
	}
	return append(append(out, changedVerdicts(t, m, c)...), drawnVerdicts()...)
}

// changedVerdicts are of certificates and of machines with one place changed, which must be refused.
func changedVerdicts(t *testing.T, m *machine.Machine, c *machine.Certificate) (out []verdict) {
	t.Helper()
	doc, err := c.Canonical()
	if err != nil {
		t.Fatal(err)
	}
	mutants(doc, t.Failed, some(), func(path, how string, b []byte) {
		if c, err := machine.DecodeCertificate(b); err == nil && harmless[how+" "+part(path)] == "" && kernel.Check(m, c, today) != nil {
			out = append(out, verdict{m, c, today, "no"})
		}
	})
	if doc, err = m.Canonical(); err != nil {
		t.Fatal(err)
	}
	mutants(doc, t.Failed, some(), func(_, _ string, b []byte) {
		changed, err := machine.Decode(b)
		if err != nil {
			return
		}
		forged := *c
		if forged.Machine, err = changed.Hash(); err != nil || kernel.Check(changed, &forged, today) == nil {
			return
		}
		if unsafe(changed) {
			out = append(out, verdict{changed, &forged, today, "no"})
		}
	})
	return out
}

// drawnVerdicts are of drawn machines: those that the verifier certifies, and unsafe ones with the best that can be claimed.
func drawnVerdicts() (out []verdict) {
	add := func(m *machine.Machine, unsound bool) {
		if report, _ := verify.Check(m, verify.Options{AsOf: today}); report.Certificate != nil {
			out = append(out, verdict{m, report.Certificate, today, ""})
		} else if unsound && unsafe(m) {
			out = append(out, verdict{m, kernel.Conjure(m, today), today, "no"})
		}
	}
	for _, seed := range certified {
		add(verifytest.Draw(seed, verifytest.Options{Sane: seed%4 != 0}), false)
	}
	for seed := range uint64(150) {
		add(verifytest.Draw(seed, verifytest.Options{Sane: seed%3 != 0}), true)
		add(verifytest.DrawTelling(seed), true)
	}
	add(verifytest.DrawTelling(letterByCode), true)
	return out
}

// unsafe reports whether the verifier refuses a machine for more than lines that never matter.
func unsafe(m *machine.Machine) bool {
	report, problems := verify.Check(m, verify.Options{AsOf: today})
	for _, p := range problems {
		if report.Certificate == nil && p.Severity == diag.Error && !deadOnly(p.Message) {
			return true
		}
	}
	return false
}
