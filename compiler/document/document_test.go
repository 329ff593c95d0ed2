package document_test

import (
	"encoding/xml"
	"errors"
	"io"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tacet-lang/tacet/compiler/document"
	"github.com/tacet-lang/tacet/lang/machine"
)

func read(t testing.TB) *machine.Machine {
	t.Helper()
	b, err := os.ReadFile("testdata/machine.json")
	if err != nil {
		t.Fatal(err)
	}
	m, err := machine.Decode(b)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func options() document.Options {
	return document.Options{AsOf: "2026-09-15", Proofs: map[string]document.Proof{"test": {
		Certificate: strings.Repeat("ab", 32),
		Verdicts:    []document.Verdict{{"G1", "holds", "12 locations"}, {"G5", "vacuous", "nothing is asked"}},
	}}}
}

// TestGolden compares the written policy with testdata/machine.md, which TACET_UPDATE=1 rewrites.
func TestGolden(t *testing.T) {
	t.Parallel()
	got := document.Flow(read(t), options()).Markdown()
	if os.Getenv("TACET_UPDATE") == "1" {
		if err := os.WriteFile("testdata/machine.md", []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile("testdata/machine.md")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

// TestComplete checks that nothing an auditor asks for is left out, in either form: every field with its class and use,
// every sentence in every language, every vendor, team, trigger, topic and source.
func TestComplete(t *testing.T) {
	t.Parallel()
	m := read(t)
	var want []string
	for _, f := range m.Fields {
		want = append(want, f.Name, f.Class, f.For)
		for _, o := range f.Options {
			want = append(want, o.Label.In("en"))
		}
	}
	texts := []machine.Text{m.Notice}
	for _, x := range m.Texts {
		texts = append(texts, x)
	}
	for _, l := range m.Locations {
		want = append(want, strings.TrimPrefix(l.State, "@human"), l.Consent, l.Outcome, l.Team)
		texts = append(texts, l.Prompt)
		for _, a := range l.Do {
			texts = append(texts, a.Say)
			for _, c := range a.Cases {
				texts = append(texts, c)
			}
		}
		for _, c := range l.Choices {
			texts = append(texts, c.Label)
		}
	}
	for _, e := range m.Escalations {
		want = append(want, e.Name)
	}
	for _, x := range m.Topics {
		texts = append(texts, x.Answer)
	}
	for _, v := range m.Practice.Vendors {
		want = append(want, v.Name, v.Legal, v.Service)
	}
	for _, s := range m.Flow.Sources {
		want = append(want, s.SHA256)
	}
	for _, x := range texts {
		for _, s := range x {
			if !strings.Contains(s, "{") && !strings.Contains(s, "\n") {
				want = append(want, s)
			}
		}
	}
	page := words(t, document.Flow(m, options()).HTML())
	for _, s := range want {
		if s != "@stuck" && !strings.Contains(page, s) {
			t.Errorf("the page does not hold %q", s)
		}
	}
}

// words is the text of a page.
func words(t testing.TB, page string) string {
	t.Helper()
	var b strings.Builder
	tokens(t, page, func(token xml.Token) {
		if c, ok := token.(xml.CharData); ok {
			b.Write(c)
		}
	})
	return b.String()
}

// tokens calls f for every token of a page, and fails where it is not well formed.
func tokens(t testing.TB, page string, f func(xml.Token)) {
	t.Helper()
	d := xml.NewDecoder(strings.NewReader(page))
	d.Strict, d.AutoClose, d.Entity = false, xml.HTMLAutoClose, xml.HTMLEntity
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return
		}
		if err != nil {
			t.Fatalf("the page is not well formed: %v", err)
		}
		f(token)
	}
}

// TestSameBytes checks that writing twice gives the same, and that the form of a practice holds what its flows hold.
func TestSameBytes(t *testing.T) {
	t.Parallel()
	m := read(t)
	for range 20 {
		a, b := document.Flow(m, options()), document.Flow(read(t), options())
		if a.Markdown() != b.Markdown() || a.HTML() != b.HTML() {
			t.Fatal("the same machine gave different bytes")
		}
	}
	docs := document.Practice([]*machine.Machine{m, m}, options())
	if len(docs) != 5 {
		t.Fatalf("got %d documents of a practice, want 5", len(docs))
	}
	for _, d := range docs {
		if len(d.Sections) == 0 || slices.ContainsFunc(d.Sections, func(s document.Section) bool { return len(s.Blocks) == 0 }) {
			t.Errorf("%s has an empty part", d.Name)
		}
	}
	if docs := document.Practice(nil, options()); docs != nil {
		t.Errorf("got %d documents of no flow", len(docs))
	}
}

// TestDates checks that nothing but the machine and the day given decides about time.
func TestDates(t *testing.T) {
	t.Parallel()
	m := read(t)
	m.Flow.Reviewed, m.Policy.ReviewEvery = "2026-01-31", 365
	m.Practice.Vendors[0].Agreement = &machine.Agreement{Signed: "2026-01-01", Effective: "2026-02-01", Expires: "2026-12-31"}
	for day, want := range map[string][]string{
		"2026-01-15": {"not yet in force on 2026-01-15"},
		"2026-06-01": {"in force on 2026-06-01"},
		"2027-06-01": {"over on 2027-06-01", "overdue on 2027-06-01"},
	} {
		got := document.Flow(m, document.Options{AsOf: day}).Markdown()
		for _, w := range want {
			if !strings.Contains(got, w) {
				t.Errorf("as of %s: no %q", day, w)
			}
		}
	}
	if got := document.Flow(m, document.Options{}).Markdown(); !strings.Contains(got, "2027-01-31") || strings.Contains(got, "in force on 2") {
		t.Error("without a day the next review is missing or an agreement is judged")
	}
}

// FuzzHostile puts any text where authors and practices write text. The page must hold no element or attribute of
// theirs, and the tables of the Markdown must keep their columns.
func FuzzHostile(f *testing.F) {
	for _, s := range []string{"<script>alert(1)</script>", `"><img src=x onerror=y>`, "a | b\nc", "`x` ``` | y", "<!-- --", "\u202eabc", "&lt;", "[x](javascript:y)", "\\|", "{{x}}", "{practice.name}"} {
		f.Add(s)
	}
	plain := read(f)
	tags := elements(f, document.Flow(plain, options()).HTML())
	base := read(f)
	f.Fuzz(func(t *testing.T, s string) {
		m := *base
		m.Fields = slices.Clone(base.Fields)
		m.Fields[0].For, m.Fields[0].Class = s, s
		m.Practice.Name, m.Flow.Name, m.Flow.Owner = s, s, s
		m.Practice.Vendors = slices.Clone(base.Practice.Vendors)
		m.Practice.Vendors[0].Legal, m.Practice.Vendors[0].Name = s, s
		m.Locations = slices.Clone(base.Locations)
		for i := range m.Locations {
			if len(m.Locations[i].Prompt) > 0 {
				m.Locations[i].Prompt = machine.Text{"en": s, "es": s}
			}
		}
		d := document.Flow(&m, options())
		for e, n := range elements(t, d.HTML()) {
			if e != "br" && e != "span lang" && e != "p" && n > tags[e]+len(m.Locations)*len(m.Flow.Languages) || tags[e] == 0 && e != "br" {
				t.Errorf("%q makes %d elements %q, %d without it", s, n, e, tags[e])
			}
		}
		columns(t, s, d.Markdown())
	})
}

// elements counts the elements of a page with the names of their attributes.
func elements(t testing.TB, page string) map[string]int {
	t.Helper()
	out := map[string]int{}
	tokens(t, page, func(token xml.Token) {
		switch x := token.(type) {
		case xml.StartElement:
			name := x.Name.Local
			for _, a := range x.Attr {
				name += " " + a.Name.Local
			}
			out[name]++
		case xml.Comment:
			out["comment"]++
		}
	})
	return out
}

// columns checks that every row of a table has as many bars as its head.
func columns(t *testing.T, s, text string) {
	t.Helper()
	want := 0
	for l := range strings.Lines(text) {
		if !strings.HasPrefix(l, "|") {
			want = 0
			continue
		}
		n := 0
		for i := 0; i < len(l); i++ {
			switch l[i] {
			case '\\':
				i++
			case '|':
				n++
			}
		}
		if want == 0 {
			want = n
		}
		if n != want {
			t.Errorf("%q: a row has %d bars, its head %d: %s", s, n, want, l)
		}
	}
}
