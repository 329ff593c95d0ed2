package policy_test

import (
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tacet-lang/tacet/lang/policy"
	"github.com/tacet-lang/tacet/lang/source"
)

const std = "../../stdlib/std/"

func standard(t testing.TB, overlays ...string) *policy.Policy {
	t.Helper()
	packs := []*policy.Pack{}
	for _, name := range append([]string{"hipaa"}, overlays...) {
		p, l := parsePack(load(t, std+name+".policy.yaml"))
		if len(l) > 0 {
			t.Fatalf("%s:%s", name, describe(l))
		}
		packs = append(packs, p)
	}
	p, l := policy.Compose(packs[0], packs[1:]...)
	if len(l) > 0 {
		t.Fatalf("%s:%s", overlays, describe(l))
	}
	return p
}

var stdOverlays = []string{"us-wa-mhmda", "us-ca-ab3030", "hipaa-nprm-2025", "42cfr2"}

func TestStandardOverlaysCompose(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob(std + "*.policy.yaml")
	if err != nil || len(files) != len(stdOverlays)+1 {
		t.Errorf("packs: got %v, %v; want hipaa and %v", files, err, stdOverlays)
	}
	for _, o := range stdOverlays {
		standard(t, o)
	}
	standard(t, stdOverlays...)
}

// TestReadPack: where nothing is wrong, reading without the schema gives what reading with it does.
func TestReadPack(t *testing.T) {
	t.Parallel()
	for _, name := range append([]string{"hipaa"}, stdOverlays...) {
		f := source.New(name, []byte(load(t, std+name+".policy.yaml")))
		want, _ := policy.ParsePack(f)
		if got := policy.ReadPack(f); !reflect.DeepEqual(got, want) {
			t.Errorf("%s is read otherwise without the schema", name)
		}
	}
}

// TestEveryRuleIsCited: a diagnostic can always print where a rule comes from.
func TestEveryRuleIsCited(t *testing.T) {
	t.Parallel()
	for _, name := range append([]string{"hipaa"}, stdOverlays...) {
		p, _ := parsePack(load(t, std+name+".policy.yaml"))
		cited := func(what string, at policy.String, cite policy.String) {
			if !cite.IsSet() {
				t.Errorf("%s: %s %s is not cited", name, what, at.Value)
			}
		}
		for _, x := range p.Classes {
			cited("class", x.Name, x.Cite)
		}
		for _, x := range p.Types {
			cited("type", x.Name, x.Cite)
		}
		for _, x := range p.Purposes {
			cited("purpose", x.Name, x.Cite)
			for _, r := range x.Collect {
				cited("row of "+x.Name.Value, policy.String{Value: r.Class.Value + r.Type.Value}, r.Cite)
			}
		}
		for _, x := range p.Channels {
			cited("channel", x.Name, x.Cite)
		}
		for _, x := range p.Retention {
			cited("retention", x.Record, x.Cite)
		}
		for _, x := range p.Notices {
			cited("notice", x.Name, x.Cite)
		}
		for _, x := range p.Vendors.Clauses {
			cited("clause", x.Name, x.Cite)
		}
		for _, x := range p.Declassify {
			cited("declassifier", x.Name, x.Cite)
		}
		for _, x := range p.Obligations {
			cited("obligation", x.Name, x.Cite)
		}
		for _, x := range p.Links {
			cited("link", x.Gives, x.Cite)
		}
	}
}

// TestEveryTypeIsExplained: an author whose flow may not ask for something is told why and what to do instead.
func TestEveryTypeIsExplained(t *testing.T) {
	t.Parallel()
	p := standard(t)
	letters := map[string]bool{}
	for _, x := range p.Rules.Types {
		info, ok := p.FieldType(x.Name.Value)
		if !ok || info.Why == "" || info.Instead == "" || info.Title == "" || info.Input == "" {
			t.Errorf("%s: %+v", x.Name.Value, info)
		}
		letters[x.Identifier.Value] = true
	}
	for _, letter := range strings.Split("ABCDEFGHIJKLMNPQR", "") { // O, addresses of devices, is never a field
		if !letters[letter] {
			t.Errorf("no field type for 45 CFR 164.514(b)(2)(i)(%s)", letter)
		}
	}
}

// TestMatrix is the table of purposes and classes as the compliance owner reads it: a authenticated, s secure channel,
// c consent, h human approval, + without condition, - refused.
func TestMatrix(t *testing.T) {
	t.Parallel()
	p := standard(t)
	order := []string{"inform", "scheduling", "lead-contact", "intake-portal", "billing", "refill-request", "post-visit", "feedback"}
	for _, row := range []struct{ types, want string }{
		{"time choice yes-no number", "+ + + + + + + +"},
		{"procedure existing-patient has-insurance", "- + + + - - + -"},
		{"name phone email slot date", "- + + + + + + c"},
		{"date-of-birth age", "- a - a a a a -"},
		{"zip3 age-band", "+ + + + + - - +"},
		{"address city zip", "- - - as as as - -"},
		{"member-id", "- - - as as - - -"},
		{"mrn invoice", "- - - as as as as -"},
		{"fax", "- - - as - - - -"},
		{"device-id", "- - - as - - as -"},
		{"health symptoms medications allergies conditions surgeries diagnosis lab-result weight vitals pharmacy family-history text message", "- - - asc - as ash -"},
		{"substance-use mental-health pregnancy hiv-status", "- - - asch - ash - -"},
		{"photo", "- - - asch - - asch -"},
		{"ssn license passport card account password biometric genetic-test vin plate url id employer relative", "- - - - - - - -"},
	} {
		for typ := range strings.FieldsSeq(row.types) {
			var got []string
			for _, pu := range order {
				got = append(got, letters(p.Permit(pu, typ, "")))
			}
			if g := strings.Join(got, " "); g != row.want {
				t.Errorf("%s: got %s, want %s", typ, g, row.want)
			}
		}
	}
	if !slices.Equal(p.Purposes(), slices.Sorted(slices.Values(order))) {
		t.Errorf("purposes: got %v, want %v", p.Purposes(), order)
	}
}

func letters(d policy.Decision) string {
	if !d.Allowed {
		return "-"
	}
	out := ""
	for _, c := range []struct{ name, letter string }{{policy.Authenticated, "a"}, {policy.SecureChannel, "s"}, {policy.Consent, "c"}, {policy.HumanApproval, "h"}} {
		if slices.Contains(d.Requires, c.name) {
			out += c.letter
		}
	}
	if out == "" {
		return "+"
	}
	return out
}

func TestChannels(t *testing.T) {
	t.Parallel()
	p := standard(t)
	for _, c := range []struct {
		channel, class string
		before, after  bool
	}{
		{"web-chat", "interest", true, true},
		{"web-chat", "identifier", false, true},
		{"web-chat", "health", false, false},
		{"portal-chat", "health", false, true},
		{"sms", "contact", true, true},
		{"sms", "interest", false, false},
		{"sms", "health", false, false},
		{"phone", "contact", false, false},
		{"pigeon", "public", false, false},
	} {
		if b, a := p.Carries(c.channel, c.class, false), p.Carries(c.channel, c.class, true); b != c.before || a != c.after {
			t.Errorf("%s carries %s: got %v and %v, want %v and %v", c.channel, c.class, b, a, c.before, c.after)
		}
	}
}

func TestRaisingNeverPermits(t *testing.T) {
	t.Parallel()
	p := standard(t)
	for _, pu := range p.Purposes() {
		for _, x := range p.Rules.Types {
			own := p.Permit(pu, x.Name.Value, "")
			for _, class := range p.Classes() {
				d := p.Permit(pu, x.Name.Value, class)
				if d.Allowed && !own.Allowed {
					t.Errorf("%s may collect %s as %s, but not as what it is", pu, x.Name.Value, class)
				}
				if d.Allowed && !p.Below(own.Class, class) {
					t.Errorf("%s may collect %s as the lower %s", pu, x.Name.Value, class)
				}
			}
		}
	}
}

func TestFieldType(t *testing.T) {
	t.Parallel()
	p := standard(t)
	for name, want := range map[string]string{
		"date of birth": "date-of-birth", "date_of_birth": "date-of-birth", "DOB": "date-of-birth", "one of": "choice", "yes-no": "yes-no",
		"member id": "member-id", "medication": "medications", "social security number": "ssn", "automobile": "",
	} {
		info, ok := p.FieldType(name)
		if info.Name != want || ok != (want != "") {
			t.Errorf("FieldType(%q): got %q, %v; want %q", name, info.Name, ok, want)
		}
	}
	if d := p.Permit("scheduling", "automobile", ""); d.Allowed {
		t.Errorf("a kind of answer that nobody knows is permitted: %+v", d)
	}
	if d := p.Permit("marketing", "name", ""); d.Allowed {
		t.Errorf("a purpose that nobody knows permits: %+v", d)
	}
}

func TestLinked(t *testing.T) {
	t.Parallel()
	p := standard(t)
	topic := policy.LinkField{Name: "topic", Type: "one of", Class: "preference", Options: []string{"botox", "other"}}
	part := policy.LinkField{Name: "part", Type: "one of", Class: "preference", Options: []string{"morning", "evening"}}
	phone := policy.LinkField{Name: "phone", Type: "phone", Class: "contact"}
	if got := p.Linked([]policy.LinkField{topic, part}); len(got) != 0 {
		t.Errorf("without a name or number: got %+v", got)
	}
	got := p.Linked([]policy.LinkField{topic, part, phone})
	if len(got) != 1 || got[0].Field != "topic" || got[0].To != "interest" || got[0].With != "phone" {
		t.Errorf("with a number: got %+v, want topic raised to interest by phone", got)
	}
	topic.Class = "health"
	if got := p.Linked([]policy.LinkField{topic, phone}); len(got) != 0 {
		t.Errorf("already above: got %+v", got)
	}
	for want, classes := range map[string][]string{
		"": nil, "preference": {"preference", "public"}, "interest": {"preference", "contact"}, "health": {"preference", "identifier"}, "top": {"photo", "special-mh"},
	} {
		if got := p.LinkedClass(classes); got != want {
			t.Errorf("LinkedClass(%v): got %q, want %q", classes, got, want)
		}
	}
}

func TestDeclassify(t *testing.T) {
	t.Parallel()
	p := standard(t)
	if _, ok := p.Declassifier("has insurance", "interest", "preference"); !ok {
		t.Error("whether somebody is insured cannot be declassified")
	}
	if _, ok := p.Declassifier("phone", "contact", "preference"); ok {
		t.Error("a phone number can be declassified")
	}
	if d := p.Permit("billing", "has-insurance", ""); d.Allowed {
		t.Errorf("billing may ask for insurance as it is: %+v", d)
	}
	if d := p.PermitLowered("billing", "has-insurance", "interest", "preference"); !d.Allowed {
		t.Errorf("billing may not ask for insurance as a mere yes or no: %+v", d)
	}
	if d := p.PermitLowered("inform", "phone", "contact", "preference"); d.Allowed {
		t.Errorf("a phone number is permitted as a preference: %+v", d)
	}
}

func TestVendors(t *testing.T) {
	t.Parallel()
	p := standard(t)
	for class, want := range map[string][2]bool{ // needs an agreement; a vendor may hold it
		"preference": {false, true}, "contact": {true, true}, "health": {true, true}, "special-sud": {true, false}, "secret": {true, false}, "nothing": {false, false},
	} {
		if got := [2]bool{p.NeedsAgreement(class), p.VendorMayHold(class)}; got != want {
			t.Errorf("%s: got %v, want %v", class, got, want)
		}
	}
}

func TestConsumerHealth(t *testing.T) {
	t.Parallel()
	text := strings.Replace(string(load(t, "testdata/practice.yaml")), "covered_entity: yes", "covered_entity: no", 1)
	pr, l := parsePractice([]byte(text))
	if len(l) > 0 {
		t.Fatal(describe(l))
	}
	overlays := policy.NeededOverlays(pr)
	if d := cmp.Diff([]string{"std/us-wa-mhmda"}, overlays); d != "" {
		t.Fatal(d)
	}
	p := standard(t, strings.TrimPrefix(overlays[0], "std/"))
	if l := p.CheckPractice(pr); len(l) > 0 {
		t.Error(describe(l))
	}
	if d := p.Permit("scheduling", "procedure", ""); !d.Allowed || !slices.Contains(d.Requires, policy.Consent) {
		t.Errorf("consumer health data without consent: %+v", d)
	}
}

func TestLakeside(t *testing.T) {
	t.Parallel()
	pr, l := parsePractice(load(t, "../../examples/lakeside/practice.yaml"))
	if len(l) > 0 {
		t.Fatal(describe(l))
	}
	if l := standard(t).CheckPractice(pr); len(l) > 0 {
		t.Error(describe(l))
	}
}

func TestMachineGolden(t *testing.T) {
	t.Parallel()
	pr, _ := parsePractice(load(t, "testdata/practice.yaml"))
	got := indented(t, map[string]any{"practice": pr.Machine(), "policy": compose(t).Machine("intake")})
	file := "testdata/machine.json"
	if os.Getenv("TACET_UPDATE") != "" {
		if err := os.WriteFile(file, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if d := cmp.Diff(string(load(t, file)), string(got)); d != "" {
		t.Errorf("%s differs (-want +got); TACET_UPDATE=1 rewrites it:\n%s", file, d)
	}
}
