package verify_test

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"github.com/tacet-lang/tacet/compiler/verify"
	"github.com/tacet-lang/tacet/compiler/verify/verifytest"
	"github.com/tacet-lang/tacet/lang/diag"
	"github.com/tacet-lang/tacet/lang/machine"
)

// sends a phone number, and waits for it at a line that is known.
const sending = `field phone phone for "the call back"
start a
state a {
  ask phone "Your number?"
  -> used
}
state used { send phone to crm end done }
`

// What practice.yaml says decides G8, G9 and G15.
func TestFactsOfThePractice(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, old, new string
		want           string // code and guarantee, or nothing
	}{
		{name: "as it is"},
		{name: "expired", old: "effective: 2026-01-01\n      expires: 2028-12-31", new: "effective: 2026-01-01\n      expires: 2026-10-31", want: "T6102 G8"},
		{name: "expires within the horizon", old: "expires: 2028-12-31", new: "expires: 2026-12-20", want: "T6102 G8"},
		{name: "expires just after the horizon", old: "expires: 2028-12-31", new: "expires: 2026-12-22", want: "T6103"},
		{name: "evergreen", old: "expires: 2028-12-31", new: "expires: never"},
		{name: "not yet effective", old: "effective: 2026-01-01", new: "effective: 2027-01-01", want: "T6102 G8"},
		{name: "nobody at night", old: "    fallback: service\n", new: "", want: "T5101 G9"},
		{name: "review overdue", old: "reviewed: 2026-09-15", new: "reviewed: 2025-09-15", want: "T5122 G15"},
		{name: "review in the future", old: "reviewed: 2026-09-15", new: "reviewed: 2026-12-15", want: "T5122 G15"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			r := compiled(t, sending, func(practice string) string { return strings.Replace(practice, c.old, c.new, 1) })
			expect(t, r.Machine, c.want)
		})
	}
}

// expect checks a machine and compares the first code, and the guarantee that is violated.
func expect(t *testing.T, m *machine.Machine, want string) {
	t.Helper()
	if err := m.Validate(); err != nil {
		t.Fatal(err)
	}
	report, problems := verify.Check(m, verify.Options{AsOf: asOf})
	got := ""
	if len(problems) > 0 {
		got = problems[0].Code.ID
	}
	for _, v := range report.Verdicts {
		if v.Status == verify.Violated {
			got += " " + v.Guarantee
		}
	}
	if got != want {
		t.Errorf("got %q, want %q\n%s", got, want, shown(problems, diag.Files{}))
	}
	checkReport(t, m, report, problems)
}

// vendor finds a vendor of a machine.
func vendor(m *machine.Machine, name string) *machine.Vendor {
	return &m.Practice.Vendors[slices.IndexFunc(m.Practice.Vendors, func(v machine.Vendor) bool { return v.Name == name })]
}

// What the compiler refuses too is decided again on the machine.
func TestMachines(t *testing.T) {
	t.Parallel()
	whole, err := compiled(t, sending, nil).Machine.Canonical()
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name string
		edit func(m *machine.Machine)
		want string
	}{
		{"as it is", func(*machine.Machine) {}, ""},
		{"a field of a class that the purpose may not collect", func(m *machine.Machine) {
			m.Policy.Permits = slices.DeleteFunc(m.Policy.Permits, func(p machine.Permit) bool { return p.Class == "contact" })
		}, "T3103 G4"},
		{"a secure channel", func(m *machine.Machine) { m.Policy.Permits = permits(m, "phone", "secure-channel") }, "T3107 G4"},
		{"the secure channel", func(m *machine.Machine) {
			m.Policy.Permits, m.Flow.Channels = permits(m, "phone", "secure-channel"), []string{"portal-chat"}
		}, ""},
		{"a person's approval", func(m *machine.Machine) { m.Policy.Permits = permits(m, "phone", "human-approval") }, "T3108 G4"},
		{"a channel that the purpose is not served on", func(m *machine.Machine) { m.Policy.Channels = []string{"portal-chat"} }, "T3204 G4"},
		{"a declassification that has ended", func(m *machine.Machine) {
			m.Policy.Declassify = []machine.Declass{{Field: "phone", From: "contact", To: "preference", Until: "2026-11-21", Owner: "Dana Ruiz"}}
		}, "T3403 G4"},
		{"the whole purpose needs consent", func(m *machine.Machine) { m.Policy.Requires = []string{"consent"} }, "T3106 G5"},
		{"the whole purpose needs a verified identity", func(m *machine.Machine) { m.Policy.Requires = []string{"authenticated"} }, "T3105 G5"},
		{"a notice without 911", func(m *machine.Machine) { m.Notice = machine.Text{"en": "In an emergency call 988."} }, "T3506 G5"},
		{"an empty notice", func(m *machine.Machine) { m.Notice = machine.Text{"en": " "} }, "T3506 G5"},
		{"a vendor that may not hold it", func(m *machine.Machine) { vendor(m, "crm").Classes = []string{"preference"} }, "T3301 G7"},
		{"a vendor for another purpose", func(m *machine.Machine) { vendor(m, "crm").Purposes = []string{"billing"} }, "T3303 G7"},
		{"a vendor without an agreement", func(m *machine.Machine) { vendor(m, "crm").Agreement = nil }, "T6101 G8"},
		{"no agreement needed for so little", func(m *machine.Machine) {
			vendor(m, "crm").Agreement, m.Policy.VendorFloor = nil, "health"
		}, ""},
		{"too many retries", func(m *machine.Machine) { m.Session.Retries = 9 }, "T3503 G9"},
		{"no emergency", func(m *machine.Machine) {
			m.Triggers = nil
			m.Escalations = slices.DeleteFunc(m.Escalations, func(e machine.Escalation) bool { return e.Tier == machine.Emergency })
			for i := range m.Escalations {
				m.Escalations[i].On = slices.DeleteFunc(m.Escalations[i].On, func(on string) bool { return on != "pricing" })
			}
			m.Escalations = slices.DeleteFunc(m.Escalations, func(e machine.Escalation) bool { return len(e.On) == 0 })
		}, "T5111 G1 G10"},
		{"an emergency in another language only", func(m *machine.Machine) {
			for i := range m.Triggers {
				for p := range m.Triggers[i].Phrases {
					m.Triggers[i].Phrases[p].Lang = "es"
				}
			}
		}, "T5113 G10"},
		{"an emergency sentence without the number", func(m *machine.Machine) {
			for i := range m.Locations {
				if m.Locations[i].Tier == machine.Emergency {
					m.Locations[i].Do[0].Say = machine.Text{"en": "Oh dear."}
				}
			}
		}, "T5114 G10"},
		{"a long timeout", func(m *machine.Machine) { m.Session.Timeout = 36_000 }, "T3501 G11"},
		{"kept too long", func(m *machine.Machine) { m.Session.Keep = 3000 }, "T3502 G11"},
		{"nobody says how long", func(m *machine.Machine) { m.Policy.Keep = nil }, "T3504 G11"},
		{"no owner", func(m *machine.Machine) { m.Flow.Owner = "" }, "T5121 G15"},
		{"no reviewer", func(m *machine.Machine) { m.Flow.Reviewer = "" }, "T5121 G15"},
		{"reviewed by the owner", func(m *machine.Machine) { m.Flow.Reviewer = "dana ruiz" }, "T5121 G15"},
		{"never reviewed", func(m *machine.Machine) { m.Flow.Reviewed = "" }, "T5121 G15"},
		{"read before it is asked", func(m *machine.Machine) { m.Start = "used" }, "T2042 G1 G3"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			m, err := machine.Decode(whole)
			if err != nil {
				t.Fatal(err)
			}
			c.edit(m)
			expect(t, m, c.want)
		})
	}
}

// permits puts a condition on a type.
func permits(m *machine.Machine, fieldType, condition string) []machine.Permit {
	out := slices.DeleteFunc(slices.Clone(m.Policy.Permits), func(p machine.Permit) bool { return p.Type == fieldType })
	return append(out, machine.Permit{Class: "contact", Type: fieldType, Requires: []string{condition}})
}

// The sealed lines of a lowered emergency: a trigger of the tier emergency on an escalation of a lower one.
func TestEmergencyLowered(t *testing.T) {
	t.Parallel()
	m := verifytest.Large(4, 1)
	expect(t, m, "")
	m.Escalations[1].On = []string{"chest-pain", "fever", "pricing"}
	m.Escalations = m.Escalations[1:]
	expect(t, m, "T2201 G1 G10")
}

func TestUnreadable(t *testing.T) {
	t.Parallel()
	for name, edit := range map[string]func(m *machine.Machine){
		"no start":           func(m *machine.Machine) { m.Start = "" },
		"a guard that is no": func(m *machine.Machine) { m.Guards = []machine.Guard{{Source: "((("}} },
		"nothing at all":     func(m *machine.Machine) { *m = machine.Machine{} },
	} {
		m := verifytest.Large(4, 4)
		edit(m)
		report, problems := verify.Check(m, verify.Options{AsOf: asOf})
		if len(problems) != 1 || problems[0].Code != diag.MachineUnreadable || report.Certificate != nil || len(report.Verdicts) != len(verify.Guarantees) {
			t.Errorf("%s: %d problems, certificate %v", name, len(problems), report.Certificate != nil)
		}
	}
}

// The same machine gives the same bytes, certificate and witnesses.
func TestSameBytes(t *testing.T) {
	t.Parallel()
	for seed := range uint64(60) {
		var first []byte
		for range 3 {
			m := verifytest.Draw(seed, verifytest.Options{Sane: seed%2 == 0})
			report, problems := verify.Check(m, verify.Options{AsOf: asOf})
			out := []byte(shown(problems, diag.Files{}))
			for _, w := range report.Witnesses {
				out = append(out, w.Name+w.Talk.Format()...)
			}
			if report.Certificate != nil {
				b, err := report.Certificate.Canonical()
				if err != nil {
					t.Fatal(err)
				}
				out = append(out, b...)
			}
			if first == nil {
				first = out
			} else if !bytes.Equal(first, out) {
				t.Errorf("seed %d: two runs differ", seed)
			}
		}
	}
}

// A say-by is judged case by case: the field that only one case names must be known only then.
func TestSayByCaseByCase(t *testing.T) {
	t.Parallel()
	const flow = `field topic one of a, b, other for "which coordinator calls"
field phone phone for "the call back"
start ask-topic
state ask-topic {
  ask topic "What about?"
  when topic == "other" -> ask-phone
  otherwise -> told
}
state ask-phone { ask phone "Your number?" -> told }
state told {
  say by topic { a "A." b "B." other "We call {topic}." }
  handoff desk
}
`
	m := compiled(t, flow, nil).Machine
	expect(t, m, "")
	told := &m.Locations[slices.IndexFunc(m.Locations, func(l machine.Location) bool { return l.ID == "told" })]
	told.Do[0].Cases["other"] = machine.Text{"en": "We call {phone}."}
	expect(t, m, "")
	told.Do[0].Cases["b"] = machine.Text{"en": "We call {phone}."}
	expect(t, m, "T2042 G3")
}

// Wrong codes may have been typed once more often than the assistant asks again when a verification fails.
func TestAttemptsOfAFailedVerification(t *testing.T) {
	t.Parallel()
	for most, want := range map[string]string{"attempts <= 2": "T2104 G2", "attempts <= 3": ""} {
		m := compiled(t, `field phone phone for "the call back"
start a
state a { ask phone "Your number?" -> check }
state check { verify phone "The code?" { verified -> later  failed -> later  unreachable -> later } }
state later { handoff desk }
`, nil).Machine
		m.Guards = []machine.Guard{{Source: most}}
		check := &m.Locations[slices.IndexFunc(m.Locations, func(l machine.Location) bool { return l.ID == "check" })]
		for i := range check.Edges {
			if check.Edges[i].On == machine.OnFailed {
				check.Edges[i].Guard = new(int)
			}
		}
		expect(t, m, want)
	}
}
