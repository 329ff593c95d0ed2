package kernel_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tacet-lang/tacet/compiler/verify"
	"github.com/tacet-lang/tacet/compiler/verify/verifytest"
	"github.com/tacet-lang/tacet/lang/diag"
	"github.com/tacet-lang/tacet/lang/machine"
	"github.com/tacet-lang/tacet/runtime/kernel"
)

// tweak changes a drawn machine as a careless or malicious hand would.
func tweak(m *machine.Machine, how []byte) {
	next := func(n int) int {
		if len(how) == 0 || n == 0 {
			return 0
		}
		b := int(how[0]) % n
		how = how[1:]
		return b
	}
	for len(how) > 2 {
		l := &m.Locations[next(len(m.Locations))]
		switch next(6) {
		case 0:
			if len(l.Edges) > 0 {
				l.Edges[next(len(l.Edges))].To = m.Locations[next(len(m.Locations))].ID
			}
		case 1:
			if len(l.Edges) > 0 && len(m.Guards) > 0 {
				if e := &l.Edges[next(len(l.Edges))]; e.Guard != nil {
					g := next(len(m.Guards))
					e.Guard = &g
				}
			}
		case 2:
			l.Ordered = !l.Ordered
		case 3:
			if len(l.Do) > 0 {
				l.Do = l.Do[1:]
			}
		case 4:
			if l.Kind == machine.Ask && l.Field != "slot" {
				l.Field = []string{"born", "day", "mark", "name", "ok", "phone", "topic"}[next(7)]
			}
		case 5:
			if l.Kind == machine.Handoff {
				l.Team = []string{"always", "backed", "office"}[next(3)]
			}
		}
	}
}

// judge fails if the kernel admits a machine that a monitor, playing every conversation, sees break a guarantee.
func judge(t *testing.T, m *machine.Machine, conjure func(*machine.Machine, time.Time) *machine.Certificate) (admitted bool) {
	if m.Validate() != nil {
		return false
	}
	c := conjure(m, today)
	if err := kernel.Check(m, c, today); err != nil {
		return false
	}
	seen := verifytest.Watch(m, 100_000)
	if seen.TooMany {
		return true
	}
	if len(seen.Unhandled)+len(seen.Overlap)+len(seen.Missing)+len(seen.Early)+len(seen.Deserted) > 0 || seen.Circle || seen.Trap {
		t.Errorf("admitted, and the monitor saw: unhandled %v, overlap %v, missing %v, early %v, deserted %v, circle %v, trap %v",
			seen.Unhandled, seen.Overlap, seen.Missing, seen.Early, seen.Deserted, seen.Circle, seen.Trap)
	}
	report, problems := verify.Check(m, verify.Options{AsOf: today})
	for _, p := range problems {
		if report.Certificate == nil && p.Severity == diag.Error && !deadOnly(p.Message) {
			t.Errorf("admitted, and the verifier says: %s", p.Message)
		}
	}
	return true
}

// deadOnly reports whether a problem is about a line that never matters, which hurts nobody: the kernel does not look.
func deadOnly(message string) bool {
	for _, m := range append(slices.Clone(idle), "only some of the ways") {
		if strings.HasPrefix(message, m) {
			return true
		}
	}
	return false
}

func FuzzNoUnsafeMachineIsAdmitted(f *testing.F) {
	f.Add(uint64(1), true, []byte{})
	f.Add(uint64(7), false, []byte{3, 0, 1, 2, 9, 1, 0, 4})
	f.Fuzz(func(t *testing.T, seed uint64, sane bool, how []byte) {
		m := verifytest.Draw(seed, verifytest.Options{Sane: sane})
		if len(how) < 60 {
			tweak(m, how)
		}
		judge(t, m, kernel.Conjure)
	})
}

func TestNoUnsafeMachineIsAdmitted(t *testing.T) {
	t.Parallel()
	admitted, drawn := 0, uint64(1500)
	for seed := range drawn {
		m := verifytest.Draw(seed, verifytest.Options{Sane: seed%3 != 0})
		if seed%2 == 0 {
			tweak(m, []byte{byte(seed), byte(seed >> 3), byte(seed >> 5), byte(seed >> 2), byte(seed * 7), byte(seed * 11)})
		}
		if judge(t, m, kernel.Conjure) {
			admitted++
		}
		if seed%25 == 0 {
			judge(t, m, kernel.ConjureMuch)
		}
		if t.Failed() {
			t.Fatalf("seed %d", seed)
		}
	}
	t.Logf("%d of %d admitted", admitted, drawn)
}
