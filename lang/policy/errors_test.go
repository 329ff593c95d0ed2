package policy_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tacet-lang/tacet/lang/diag"
	"github.com/tacet-lang/tacet/lang/policy"
	"github.com/tacet-lang/tacet/lang/source"
)

// slip is one slip made in a file that is otherwise accepted.
type slip struct {
	name     string
	code     *diag.Code
	old, new string // the first old becomes new; with an empty old, new is the whole file
}

func (s slip) apply(t *testing.T, good string) []byte {
	t.Helper()
	if s.old == "" {
		return []byte(s.new)
	}
	if !strings.Contains(good, s.old) {
		t.Fatalf("%s: nothing to replace: %q", s.name, s.old)
	}
	return []byte(strings.Replace(good, s.old, s.new, 1))
}

var practiceSlips = []slip{
	{"too large", diag.FactsTooLarge, "", strings.Repeat("# long\n", 200_000)},
	{"not UTF-8", diag.FactsNotText, "Lakeside", "Lak\xe9side"},
	{"invisible character", diag.FactsNotText, "Lakeside", "Lake\u200bside"},
	{"text direction character", diag.FactsNotText, "Lakeside", "Lake\u202eside"},
	{"no-break space", diag.FactsNotText, "name: Lakeside", "name:\u00a0Lakeside"},
	{"line break of another kind", diag.FactsNotText, "id: lakeside\n", "id: lakeside\r"},
	{"tab", diag.YAMLTab, "  monday: 09:00", "\tmonday: 09:00"},
	{"colon in a text", diag.YAMLSyntax, "service: the list", "service: the: list"},
	{"line without a colon", diag.YAMLSyntax, "id: lakeside", "id lakeside"},
	{"indented too far", diag.YAMLSyntax, "\nphone:", "\n  phone:"},
	{"indented too little", diag.YAMLSyntax, "    fallback: answering-service\n    contact: desk", "   fallback: answering-service\n    contact: desk"},
	{"quote not closed", diag.YAMLSyntax, `Suite 210, Chicago"`, "Suite 210, Chicago"},
	{"bracket not closed", diag.YAMLSyntax, "languages: [en, es]", "languages: [en, es"},
	{"brace not closed", diag.YAMLSyntax, "name: Christmas Day}", "name: Christmas Day"},
	{"begins with a percent sign", diag.YAMLSyntax, "service: the list", "service: %the list"},
	{"begins with an at sign", diag.YAMLSyntax, "contact: desk@lakeside.example", "contact: @lakeside"},
	{"text after a quote", diag.YAMLSyntax, "name: Lakeside Aesthetics", `name: "Lakeside" Aesthetics`},
	{"backslash", diag.YAMLSyntax, "name: Lakeside Aesthetics", `name: "Lakeside\Aesthetics"`},
	{"list where a value began", diag.YAMLSyntax, "id: lakeside", "id: lakeside\n- one"},
	{"key twice", diag.YAMLTwice, "id: lakeside", "id: lakeside\nname: Lakeside Clinic"},
	{"alias", diag.YAMLFeature, "saturday: closed", "saturday: *monday"},
	{"anchor", diag.YAMLFeature, "monday: 09:00-17:00", "monday: &m 09:00-17:00"},
	{"merge", diag.YAMLFeature, "saturday: closed", "<<: {saturday: closed}"},
	{"tag", diag.YAMLFeature, "id: lakeside", "id: !!binary bGFrZXNpZGU="},
	{"two documents", diag.YAMLFeature, "appointments:", "---\nappointments:"},
	{"key is a list", diag.YAMLFeature, "id: lakeside", "? [id]\n: lakeside"},
	{"too deep", diag.YAMLDeep, "classes: []", "classes: [[[[[[[[[[[[[[[[[[x]]]]]]]]]]]]]]]]]]"},
	{"empty", diag.FactsEmpty, "", "# nothing yet\n"},
	{"unknown key", diag.KeyUnknown, "timezone:", "timezon:"},
	{"unknown key by another word", diag.KeyUnknown, "phone: (312)", "telephone: (312)"},
	{"unknown key with a hyphen", diag.KeyUnknown, "covered_entity:", "covered-entity:"},
	{"unknown key without a guess", diag.KeyUnknown, "id: lakeside", "colour: blue"},
	{"missing at the top", diag.KeyMissing, "phone: (312) 555-0142\n", ""},
	{"missing block", diag.KeyMissing, "handoff:\n  emergency: nurses\n  urgent-clinical: nurses\n  routine: coordinators\n", ""},
	{"missing in a block", diag.KeyMissing, "    legal_name: Brightdesk Software, Inc.\n", ""},
	{"missing tier", diag.KeyMissing, "  urgent-clinical: nurses\n", ""},
	{"reviewed by nobody", diag.KeyMissing, "{owner: Dana Ruiz}", "{owner: Dana Ruiz, reviewed: 2026-09-15}"},
	{"no value", diag.KeyMissing, "phone: (312) 555-0142", "phone:"},
	{"empty value", diag.KeyMissing, "phone: (312) 555-0142", `phone: ""`},
	{"no languages", diag.KeyMissing, "languages: [en, es]", "languages: []"},
	{"list for a text", diag.WrongShape, "name: Lakeside Aesthetics", "name: [Lakeside, Aesthetics]"},
	{"text for a block", diag.WrongShape, "hours:\n  monday: 09:00-17:00\n  tuesday: 9:00 – 12:00, 13:00-17:00\n  wednesday: [08:00-12:00, \"13:00-24:00\"]\n  saturday: closed", "hours: nine to five"},
	{"block for a list", diag.WrongShape, "languages: [en, es]", "languages: {en: yes}"},
	{"number is a text", diag.WrongShape, "capacity: 2", "capacity: two"},
	{"number in quotes", diag.WrongShape, "capacity: 2", `capacity: "2"`},
	{"block for one value", diag.WrongShape, "covered_entity: yes", "covered_entity: {is: yes}"},
	{"phone as a number", diag.NeedsQuotes, "phone: (312) 555-0142", "phone: 3125550142"},
	{"name as a truth value", diag.NeedsQuotes, "name: Lakeside Aesthetics", "name: true"},
	{"name as a fraction", diag.NeedsQuotes, "name: Lakeside Aesthetics", "name: 1.10"},
	{"minutes as a number", diag.ValueRefused, "duration: 30 minutes", "duration: 30"},
	{"hours as people say them", diag.ValueRefused, "monday: 09:00-17:00", "monday: 9-5pm"},
	{"hours that cannot be guessed", diag.ValueRefused, "monday: 09:00-17:00", "monday: most of the day"},
	{"hours in twelve hours", diag.ValueRefused, "monday: 09:00-17:00", "monday: 9:00 am - 5:00 pm"},
	{"one of two ranges", diag.ValueRefused, "13:00-17:00", "13:00"},
	{"range in a list", diag.ValueRefused, `"13:00-24:00"`, "afternoon"},
	{"day in the American way", diag.ValueRefused, "date: 2026-12-24", "date: 12/24/2026"},
	{"span without a unit", diag.ValueRefused, "duration: 30 minutes", `duration: "30"`},
	{"id with capitals", diag.ValueRefused, "id: lakeside", "id: Lakeside Aesthetics"},
	{"team name with a space", diag.ValueRefused, "\n  answering-service:", "\n  Answering Service:"},
	{"two lines", diag.ValueRefused, "name: Lakeside Aesthetics", "name: |\n  Lakeside\n  Aesthetics"},
	{"not a hash", diag.ValueRefused, "document: 4f1c", "document: agreement.pdf # 4f1c"},
	{"too long", diag.ValueRefused, "name: Lakeside Aesthetics", "name: " + strings.Repeat("Lakeside ", 30)},
	{"too many at once", diag.ValueRefused, "capacity: 2", "capacity: 5000"},
	{"contact of no kind", diag.ValueRefused, "contact: desk@lakeside.example", "contact: the front desk"},
	{"true for yes", diag.NotAmong, "covered_entity: yes", "covered_entity: true"},
	{"website with a path", diag.ValueRefused, "appointments:", "website: {origins: [https://www.lakeside.example/contact]}\nappointments:"},
	{"website without TLS", diag.ValueRefused, "appointments:", "website: {origins: [http://www.lakeside.example]}\nappointments:"},
	{"colour by its name", diag.ValueRefused, "appointments:", "website: {color: green}\nappointments:"},
	{"logo elsewhere", diag.ValueRefused, "appointments:", "website: {logo: ../logo.png}\nappointments:"},
	{"neither yes nor no", diag.NotAmong, "covered_entity: yes", "covered_entity: perhaps"},
	{"language by its name", diag.NotAmong, "languages: [en, es]", "languages: [en, spanish]"},
	{"language that is not there", diag.NotAmong, "languages: [en, es]", "languages: [en, fr, es]"},
	{"hours of a team", diag.NotAmong, "hours: always", "hours: 24/7"},
	{"clause left open", diag.KeyMissing, "safeguards: yes", "safeguards:"},

	{"time zone by its word", diag.TimezoneUnknown, "America/Chicago", "Central"},
	{"time zone by its letters", diag.TimezoneUnknown, "America/Chicago", "EST"},
	{"time zone by its city", diag.TimezoneUnknown, "America/Chicago", "chicago"},
	{"time zone misspelt", diag.TimezoneUnknown, "America/Chicago", "America/Chicgo"},
	{"time zone unknown", diag.TimezoneUnknown, "America/Chicago", "Lakeside time"},
	{"hours overnight", diag.HoursWrong, "monday: 09:00-17:00", "monday: 22:00-06:00"},
	{"afternoon written as morning", diag.HoursWrong, "monday: 09:00-17:00", "monday: 09:00-05:00"},
	{"hours until midnight", diag.HoursWrong, "monday: 09:00-17:00", "monday: 09:00-0:00"},
	{"hours past midnight", diag.HoursWrong, "monday: 09:00-17:00", "monday: 09:00-24:30"},
	{"hours of no length", diag.HoursWrong, "monday: 09:00-17:00", "monday: 09:00-09:00"},
	{"hours that overlap", diag.HoursWrong, "13:00-17:00", "11:00-17:00"},
	{"never open", diag.NeverOpen, "monday: 08:00-18:00", "monday: closed"},
	{"no such day", diag.NoSuchDay, "date: 2026-12-24", "date: 2026-02-30"},
	{"holiday twice", diag.HolidayTwice, "date: 2026-12-24", "date: 2026-12-25"},
	{"fallback misspelt", diag.TeamUnknown, "fallback: answering-service", "fallback: answering-servce"},
	{"handoff to nobody", diag.TeamUnknown, "emergency: nurses", "emergency: doctors"},
	{"fallbacks in a circle", diag.FallbackCircle, "hours: always", "hours: always\n    fallback: coordinators"},
	{"fallback to itself", diag.FallbackCircle, "hours: always", "hours: always\n    fallback: answering-service"},
	{"in effect before it was signed", diag.AgreementDates, "effective: 2026-01-01", "effective: 2025-12-01"},
	{"expires before it takes effect", diag.AgreementDates, "expires: 2028-12-31", "expires: 2025-12-31"},
	{"own reviewer", diag.SamePerson, "reviewer: Mina Okafor", "reviewer: dana  ruiz"},
	{"phone without area code", diag.PhoneWrong, "phone: (312) 555-0142", "phone: 555-0142"},
	{"phone in letters", diag.PhoneWrong, "phone: (312) 555-0142", "phone: 1-800-LAKESIDE"},
	{"label in one language", diag.LanguageMissing, "{en: our coordinators, es: nuestras coordinadoras}", "our coordinators"},
	{"appointment longer than the day", diag.AppointmentWrong, "duration: 30 minutes", "duration: 12 hours"},
	{"appointment of no length", diag.AppointmentWrong, "duration: 30 minutes", "duration: 0 minutes"},
	{"notice beyond the horizon", diag.AppointmentWrong, "notice: 24 hours", "notice: 3 months"},
	{"calendar of no length", diag.AppointmentWrong, "horizon: 8 weeks", "horizon: 0 days"},
	{"time not kept", diag.AppointmentWrong, "hold: 10 minutes", "hold: 0 minutes"},
	{"channel twice", diag.ListedTwice, "[web-chat, portal-chat]", "[web-chat, web-chat]"},
	{"class twice", diag.ListedTwice, "[contact, interest]", "[contact, contact]"},
}

// against are slips that only the policy can see.
var againstPolicy = []slip{
	{"class unknown", diag.FactClassUnknown, "[contact, interest]", "[contacts, interest]"},
	{"class that no vendor may hold", diag.FactClassRefused, "[contact, interest]", "[contact, sealed]"},
	{"class that is never collected", diag.FactClassRefused, "[contact, interest]", "[contact, secret]"},
	{"purpose unknown", diag.FactPurposeUnknown, "[scheduling]", "[booking]"},
	{"channel unknown", diag.FactChannelUnknown, "[web-chat, portal-chat]", "[webchat, portal-chat]"},
	{"no agreement", diag.AgreementMissing, "classes: []", "classes: [contact]"},
	{"clause not there", diag.AgreementTerm, "safeguards: yes", "safeguards: no"},
	{"clause not recorded", diag.AgreementTerm, "        safeguards: yes\n", ""},
	{"breaches reported late", diag.AgreementReports, "5 days", "30 days"},
	{"not covered, and no overlay", diag.OverlayAbsent, "covered_entity: yes", "covered_entity: no"},
}

var packSlips = []slip{
	{"version is a number", diag.NeedsQuotes, `version: "1.0"`, "version: 2026.10"},
	{"pack without a name", diag.KeyMissing, "pack: test/base\n", ""},
	{"condition unknown", diag.NotAmong, "requires: [secure-channel]}", "requires: [secure]}"},
	{"letter unknown", diag.ValueRefused, "identifier: A,", "identifier: Z,"},
	{"neither class nor type", diag.WrongShape, "- {class: interest}", "- {requires: [consent]}"},
	{"both class and type", diag.WrongShape, "- {class: interest}", "- {class: interest, type: zip}"},
	{"range upside down", diag.BoundWrong, "max: 30 minutes", "max: 10 minutes"},
	{"default outside the range", diag.BoundWrong, "default: 2", "default: 5"},
	{"row twice", diag.RuleTwice, "- {class: interest}", "- {class: contact}"},
	{"spelling taken", diag.RuleTwice, "also: [dob]", "also: [full-name]"},

	{"class that nobody has", diag.PackReference, "types: [choice], from: preference", "types: [choice], from: preferences"},
	{"type that nobody has", diag.PackReference, "- {type: date-of-birth", "- {type: date-of-brith"},
	{"type by another word", diag.PackReference, "- {type: date-of-birth", "- {type: dob"},
	{"channel that nobody has", diag.PackReference, "channels: [web-chat, sms]", "channels: [web-chat, fax]"},
	{"classes in a circle", diag.ClassCircle, "public: {title", "public: {above: health, title"},
	{"no single class above both", diag.ClassNoJoin, "sealed: {above: health", "sealed: {above: [identifier, interest]"},
	{"base pack without reviews", diag.PackLacks, "review: {every: 365 days, cite: x}\n", ""},
	{"type without a class", diag.PackLacks, "zip: {class: identifier, input: zip", "zip: {input: zip"},
	{"base pack that extends", diag.PackKind, "title: a small pack", "title: a small pack\nextends: std/hipaa"},
}

const overlay = `pack: our/policy
version: "1"
extends: test/base
`

// overlaySlips are whole overlays, each with one line that loosens testdata/pack.yaml.
var overlaySlips = []slip{
	{"wrong base", diag.PackKind, "", "pack: our/policy\nversion: \"1\"\nextends: std/gdpr\n"},
	{"second base", diag.PackKind, "", "pack: our/policy\nversion: \"1\"\n"},
	{"changes how an answer is read", diag.PackKind, "", overlay + "types: {zip: {input: number}}\n"},
	{"new purpose", diag.LoosensCollect, "", overlay + "purposes: {marketing: {collect: [{class: contact}]}}\n"},
	{"class added to a purpose", diag.LoosensCollect, "", overlay + "purposes:\n  scheduling:\n    collect:\n      - {class: contact}\n      - {class: health}\n"},
	{"type added to a purpose", diag.LoosensCollect, "", overlay + "purposes: {scheduling: {collect: [{type: text}]}}\n"},
	{"condition dropped", diag.LoosensCondition, "", overlay + "purposes: {scheduling: {collect: [{type: date-of-birth, requires: []}]}}\n"},
	{"condition dropped for a type", diag.LoosensCondition, "", overlay + "purposes: {intake: {collect: [{type: text, requires: [secure-channel]}]}}\n"},
	{"notice later", diag.LoosensCondition, "", overlay + "notices: {privacy-short: {when: at-start, says: hello}}\n"},
	{"minimum lowered", diag.LoosensBound, "", overlay + "session: {timeout: {min: 5 minutes}}\n"},
	{"maximum raised", diag.LoosensBound, "", overlay + "session: {retries: {max: 9}}\n"},
	{"kept longer", diag.LoosensBound, "", overlay + "retention: {transcript: {max: 3 years}}\n"},
	{"hold allowed", diag.LoosensBound, "", overlay + "retention: {audit: {hold: allowed}}\n"},
	{"kept what nothing may keep", diag.LoosensBound, "", overlay + "retention: {notes: {classes: [secret], max: 1 day}}\n"},
	{"reviewed less often", diag.LoosensBound, "", overlay + "review: {every: 2 years}\n"},
	{"type lowered", diag.LoosensClass, "", overlay + "types: {zip: {class: preference}}\n"},
	{"type moved aside", diag.LoosensClass, "", overlay + "types: {zip: {class: interest}}\n"},
	{"class put above another", diag.LoosensClass, "", overlay + "classes: {contact: {above: health}}\n"},
	{"class above what is never collected", diag.LoosensClass, "", overlay + "classes: {vault: {above: secret}}\n"},
	{"class above nothing", diag.LoosensClass, "", overlay + "classes: {vault: {title: a vault}}\n"},
	{"new type less private than free text", diag.LoosensClass, "", overlay + "types: {nickname: {class: contact, title: a nickname}}\n"},
	{"link downwards", diag.LoosensClass, "", overlay + "links: [{types: [text], from: health, with: contact, gives: contact, because: it is easier}]\n"},
	{"new type without a class", diag.PackLacks, "", overlay + "types: {nickname: {title: a nickname}}\n"},
	{"spelling of another type", diag.RuleTwice, "", overlay + "types: {zip: {also: [dob]}}\n"},
	{"obligation rewritten", diag.RuleTwice, "", overlay + "obligations: {audit: {says: nothing is recorded, status: practice, kept: people}}\n"},
	{"channel added to a purpose", diag.LoosensChannel, "", overlay + "purposes: {intake: {channels: [portal-chat, sms]}}\n"},
	{"class added to a channel", diag.LoosensChannel, "", overlay + "channels: {sms: {holds: [preference, contact]}}\n"},
	{"class added once verified", diag.LoosensChannel, "", overlay + "channels: {web-chat: {verified: [health]}}\n"},
	{"channel called secure", diag.LoosensChannel, "", overlay + "channels: {web-chat: {secure: yes}}\n"},
	{"assistant on the phone", diag.LoosensChannel, "", overlay + "channels: {phone: {people_only: no}}\n"},
	{"new channel", diag.LoosensChannel, "", overlay + "channels: {pigeon: {holds: [public]}}\n"},
	{"agreement later", diag.LoosensVendor, "", overlay + "vendors: {agreement_from: health}\n"},
	{"shorter horizon", diag.LoosensVendor, "", overlay + "vendors: {horizon: 1 day}\n"},
	{"breaches reported later", diag.LoosensVendor, "", overlay + "vendors: {reports_breaches_within: 60 days}\n"},
	{"new declassifier", diag.LoosensDeclassify, "", overlay + "declassify: {anything: {types: [zip], from: identifier, to: preference}}\n"},
	{"declassifier of another type", diag.LoosensDeclassify, "", overlay + "declassify: {yes-or-no: {types: [insured, zip]}}\n"},
	{"declassifier to another class", diag.LoosensDeclassify, "", overlay + "declassify: {yes-or-no: {to: public}}\n"},
	{"declassifier for longer", diag.LoosensDeclassify, "", overlay + "declassify: {yes-or-no: {max: 5 years}}\n"},
}

func basePack(t testing.TB) *policy.Pack {
	t.Helper()
	p, l := parsePack(load(t, "testdata/pack.yaml"))
	if len(l) > 0 {
		t.Fatalf("testdata/pack.yaml: %s", describe(l))
	}
	return p
}

func compose(t testing.TB, overlays ...*policy.Pack) *policy.Policy {
	t.Helper()
	p, l := policy.Compose(basePack(t), overlays...)
	if len(l) > 0 {
		t.Fatalf("compose: %s", describe(l))
	}
	return p
}

func TestPracticeErrors(t *testing.T) {
	t.Parallel()
	golden(t, "practice", practiceSlips, "testdata/practice.yaml", func(f *source.File) diag.List {
		_, l := policy.ParsePractice(f)
		return l
	})
}

func TestPracticeAgainstPolicyErrors(t *testing.T) {
	t.Parallel()
	p := compose(t)
	golden(t, "against", againstPolicy, "testdata/practice.yaml", func(f *source.File) diag.List {
		pr, l := policy.ParsePractice(f)
		if len(l) > 0 {
			return l
		}
		return p.CheckPractice(pr)
	})
}

func TestPackErrors(t *testing.T) {
	t.Parallel()
	golden(t, "pack", packSlips, "testdata/pack.yaml", func(f *source.File) diag.List {
		p, l := policy.ParsePack(f)
		if len(l) > 0 {
			return l
		}
		_, l = policy.Compose(p)
		return l
	})
}

func TestOverlayErrors(t *testing.T) {
	t.Parallel()
	base := basePack(t)
	golden(t, "overlay", overlaySlips, "testdata/pack.yaml", func(f *source.File) diag.List {
		p, l := policy.ParsePack(f)
		if len(l) > 0 {
			return l
		}
		_, l = policy.Compose(base, p)
		return l
	})
}

// golden makes each slip, expects its one code, and compares the text that an author reads.
func golden(t *testing.T, name string, slips []slip, goodFile string, read func(*source.File) diag.List) {
	good := string(load(t, goodFile))
	var b bytes.Buffer
	for _, s := range slips {
		f := source.New(shownName(name), s.apply(t, good))
		l := read(f)
		if len(l) != 1 || l[0].Code != s.code {
			t.Errorf("%s: want one %s, got%s", s.name, s.code.ID, describe(l))
			continue
		}
		fmt.Fprintf(&b, "== %s\n", s.name)
		sources := diag.Files{"policy.yaml": source.New("policy.yaml", []byte(good)), f.Name: f}
		if err := diag.Text(&b, l, sources, diag.Options{}); err != nil {
			t.Fatal(err)
		}
	}
	file := filepath.Join("testdata", name+".want")
	if os.Getenv("TACET_UPDATE") != "" {
		if err := os.WriteFile(file, b.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if d := cmp.Diff(string(load(t, file)), b.String()); d != "" {
		t.Errorf("%s differs (-want +got); TACET_UPDATE=1 rewrites it:\n%s", file, d)
	}
}

func shownName(name string) string {
	switch name {
	case "practice", "against":
		return "practice.yaml"
	case "overlay":
		return "our.yaml"
	}
	return "policy.yaml"
}

// TestEveryCodeHasACase keeps the cases complete: T4xxx are this package's.
func TestEveryCodeHasACase(t *testing.T) {
	t.Parallel()
	has := map[string]bool{}
	for _, list := range [][]slip{practiceSlips, againstPolicy, packSlips, overlaySlips} {
		for _, s := range list {
			has[s.code.ID] = true
		}
	}
	has[diag.PacksContradict.ID] = true // TestPacksContradict: it takes two overlays
	for _, c := range diag.Codes() {
		if strings.HasPrefix(c.ID, "T4") && !has[c.ID] {
			t.Errorf("%s (%s) has no case", c.ID, c.Title)
		}
	}
}

func TestPacksContradict(t *testing.T) {
	t.Parallel()
	for _, pair := range [][2]string{
		{"session: {timeout: {min: 25 minutes}}", "session: {timeout: {max: 20 minutes}}"},
		{"retention: {transcript: {min: 60 days}}", "retention: {transcript: {max: 30 days}}"},
		{"classes: {vault: {above: health}}", "classes: {vault: {above: contact}}"},
		{"types: {nickname: {class: health, title: a nickname, also: [handle]}}", "types: {alias: {class: health, title: an alias, also: [handle]}}"},
		{"notices: {terms: {when: at-start, says: a}}", "notices: {terms: {when: before-sms, says: a}}"},
	} {
		var packs []*policy.Pack
		for i, text := range pair {
			p, l := parsePack([]byte(strings.Replace(overlay, "our/policy", fmt.Sprintf("our/p%d", i), 1) + text + "\n"))
			if len(l) > 0 {
				t.Fatal(describe(l))
			}
			if _, l := policy.Compose(basePack(t), p); len(l) > 0 {
				t.Errorf("%s alone: %s", text, describe(l))
			}
			packs = append(packs, p)
		}
		p, l := policy.Compose(basePack(t), packs...)
		if p != nil || len(l) != 1 || l[0].Code != diag.PacksContradict {
			t.Errorf("%s: want one %s, got%s", pair, diag.PacksContradict.ID, describe(l))
		}
	}
}
