package verify_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tacet-lang/tacet/compiler/verify"
	"github.com/tacet-lang/tacet/compiler/verify/verifytest"
	"github.com/tacet-lang/tacet/lang/diag"
	"github.com/tacet-lang/tacet/lang/machine"
)

func BenchmarkCheck(b *testing.B) {
	for _, n := range []int{100, 200, 1000, 10_000} {
		m := verifytest.Large(n, 40)
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				report, problems := verify.Check(m, verify.Options{AsOf: asOf})
				if report.Certificate == nil {
					b.Fatal(problems[0].Message)
				}
				b.ReportMetric(float64(report.States), "states")
			}
		})
	}
}

// Many fields that are asked first and decided on much later: what cannot be looked at within the budget is not proven.
func TestAdversarialFamily(t *testing.T) {
	t.Parallel()
	for _, fields := range []int{4, 30} {
		m := verifytest.Adversarial(fields)
		if err := m.Validate(); err != nil {
			t.Fatal(err)
		}
		begin := time.Now()
		report, problems := verify.Check(m, verify.Options{AsOf: asOf, Budget: 100_000})
		t.Logf("%d fields: %d states, %v, %d problems", fields, report.States, time.Since(begin).Round(time.Millisecond), len(problems))
		if report.States > 100_000 {
			t.Errorf("%d fields: %d states, more than the budget", fields, report.States)
		}
		if proven := report.Certificate != nil; proven != (fields == 4) {
			t.Errorf("%d fields: proven %v", fields, proven)
		}
		for _, v := range report.Verdicts {
			if fields == 30 && v.Guarantee == "G2" && v.Status != verify.NotProven {
				t.Errorf("G2 is %s, want not proven", v.Status)
			}
		}
		if len(report.Verdicts) != len(verify.Guarantees) {
			t.Errorf("%d verdicts, want %d", len(report.Verdicts), len(verify.Guarantees))
		}
	}
}

// Large machines that are wrong everywhere are told about in reasonable time, with a bounded number of witnesses.
func TestWrongEverywhere(t *testing.T) {
	t.Parallel()
	for name, edit := range map[string]func(m *machine.Machine){
		"nothing leads anywhere": func(m *machine.Machine) { m.Start = m.Locations[len(m.Locations)-1].ID },
		"no otherwise": func(m *machine.Machine) {
			for i := range m.Locations {
				if l := &m.Locations[i]; l.Kind == machine.Auto && len(l.Edges) > 1 {
					l.Edges = l.Edges[:1]
				}
			}
		},
		"nothing is permitted": func(m *machine.Machine) { m.Policy.Permits = nil },
		"nobody may hold it":   func(m *machine.Machine) { m.Practice.Vendors[0].Classes = nil },
	} {
		m := verifytest.Large(3000, 40)
		edit(m)
		if err := m.Validate(); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		begin := time.Now()
		report, problems := verify.Check(m, verify.Options{AsOf: asOf})
		took := time.Since(begin)
		t.Logf("%s: %d problems, %d witnesses, %v", name, len(problems), len(report.Witnesses), took.Round(time.Millisecond))
		if took > 10*time.Second || len(report.Witnesses) > 100 {
			t.Errorf("%s: %v, %d witnesses", name, took, len(report.Witnesses))
		}
	}
}

// Guards that tell more answers of one field apart than are looked at leave the flow not proven.
func TestTooManyValues(t *testing.T) {
	t.Parallel()
	m := verifytest.Large(10, 1)
	*m.Fields[0].Max = 1 << 40
	for g := range 20 {
		var values []string
		for i := range 250 {
			values = append(values, fmt.Sprint(2*(250*g+i)))
		}
		m.Guards = append(m.Guards, machine.Guard{Source: "f000 in [" + strings.Join(values, ", ") + "]", Reads: []string{"f000"}})
	}
	slices.SortFunc(m.Guards, func(a, b machine.Guard) int { return strings.Compare(a.Source, b.Source) })
	report, problems := verify.Check(m, verify.Options{AsOf: asOf})
	if len(problems) != 1 || problems[0].Code != diag.NotProven || report.Certificate != nil {
		t.Errorf("%d problems, certificate %v", len(problems), report.Certificate != nil)
	}
}
