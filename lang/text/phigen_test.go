package text_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"math/rand/v2"
	"os"
	"strings"
	"testing"
)

// labelled is a message with the spans that a detector should find, as a line of testdata/phi.
type labelled struct {
	Lang  string     `json:"lang"`
	Style string     `json:"style"`
	Text  string     `json:"text"`
	Spans []goldSpan `json:"spans"`
}

type goldSpan struct {
	Type  string `json:"type"`
	Start int    `json:"start"`
	End   int    `json:"end"`
	Who   string `json:"who,omitempty"` // of a health statement: self or other
}

// perCarrier is how often a carrier with slots is filled.
const perCarrier = 4

// TestWorkSetIsGenerated: work.jsonl is what the carriers and fillers make; TACET_UPDATE=1 writes it.
func TestWorkSetIsGenerated(t *testing.T) {
	t.Parallel()
	var got bytes.Buffer
	enc := json.NewEncoder(&got)
	enc.SetEscapeHTML(false)
	for _, l := range workMessages(t) {
		if err := enc.Encode(l); err != nil {
			t.Fatal(err)
		}
	}
	const name = "testdata/phi/work.jsonl"
	if os.Getenv("TACET_UPDATE") == "1" {
		if err := os.WriteFile(name, got.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if want, err := os.ReadFile(name); err != nil || !bytes.Equal(got.Bytes(), want) {
		t.Errorf("%s is not what the carriers make (%v); write it with TACET_UPDATE=1", name, err)
	}
}

// workMessages fills the carriers.
func workMessages(t testing.TB) []labelled {
	t.Helper()
	g := &filler{values: map[string][]string{}}
	for _, l := range hashless(t, "fillers.txt") {
		kind, rest, _ := strings.Cut(l, "|")
		sep := ", "
		if kind == "unit" || kind == "calle" {
			sep = "|"
		}
		g.values[kind] = strings.Split(rest, sep)
	}
	var out []labelled
	for _, lang := range []string{"en", "es"} {
		for _, set := range []string{"carriers", "health", "said", "none"} {
			for i, l := range hashless(t, set+"-"+lang+".txt") {
				style, carrier, ok := strings.Cut(l, "|")
				if !ok {
					t.Fatalf("%s-%s.txt: %q has no style", set, lang, l)
				}
				g.rand = rand.New(rand.NewPCG(uint64(len(set)), uint64(i)))
				times := 1
				if strings.Contains(carrier, "{") {
					times = perCarrier
				}
				for range times {
					m := labelled{Lang: lang, Style: style, Spans: []goldSpan{}}
					g.fill(&m, strings.ReplaceAll(carrier, `\n`, "\n"))
					out = append(out, m)
				}
			}
		}
	}
	return out
}

func hashless(t testing.TB, name string) []string {
	t.Helper()
	f, err := os.Open("testdata/phi/" + name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var out []string
	for s := bufio.NewScanner(f); s.Scan(); {
		if l := s.Text(); l != "" && !strings.HasPrefix(l, "#") {
			out = append(out, l)
		}
	}
	return out
}

// filler makes values of every kind of PHI.
type filler struct {
	rand   *rand.Rand
	values map[string][]string
}

// fill writes carrier into m with its slots filled and its marks taken off.
func (g *filler) fill(m *labelled, carrier string) {
	var out strings.Builder
	for carrier != "" {
		i := strings.IndexAny(carrier, "{[")
		switch {
		case i < 0:
			out.WriteString(carrier)
			carrier = ""
		case strings.HasPrefix(carrier[i:], "[["):
			out.WriteString(carrier[:i])
			inner, rest, _ := strings.Cut(carrier[i+2:], "]]")
			kind, words, _ := strings.Cut(inner, ":")
			typ, who, _ := strings.Cut(kind, "/")
			m.Spans = append(m.Spans, goldSpan{typ, out.Len(), out.Len() + len(words), who})
			out.WriteString(words)
			carrier = rest
		case carrier[i] == '{':
			out.WriteString(carrier[:i])
			slot, rest, _ := strings.Cut(carrier[i+1:], "}")
			typ, form, _ := strings.Cut(slot, ":")
			g.slot(m, &out, typ, form)
			carrier = rest
		default:
			out.WriteString(carrier[:i+1])
			carrier = carrier[i+1:]
		}
	}
	m.Text = out.String()
}

func (g *filler) slot(m *labelled, out *strings.Builder, typ, form string) {
	value := g.value(typ, form)
	if typ == "first" || typ == "last" {
		typ = "name"
	}
	if typ == "pobox" {
		typ = "address"
	}
	m.Spans = append(m.Spans, goldSpan{Type: typ, Start: out.Len(), End: out.Len() + len(value)})
	out.WriteString(value)
}

func (g *filler) pick(kind string) string { return g.values[kind][g.rand.IntN(len(g.values[kind]))] }

func (g *filler) one(of ...string) string { return of[g.rand.IntN(len(of))] }

func (g *filler) digits(n int) string {
	b := make([]byte, n)
	for i := range b {
		b[i] = byte('0' + g.rand.IntN(10))
	}
	return string(b)
}

func (g *filler) letters(n int, from string) string {
	b := make([]byte, n)
	for i := range b {
		b[i] = from[g.rand.IntN(len(from))]
	}
	return string(b)
}

const capitals = "ABCDEFGHJKLMNPRSTUVWXYZ"

func (g *filler) value(typ, form string) string {
	switch typ {
	case "name", "first", "last":
		return g.name(typ, form)
	case "phone":
		return g.phone(form)
	case "email":
		return g.email(form)
	case "ssn":
		return g.ssn(form)
	case "itin":
		return "9" + g.digits(2) + "-" + g.one("72", "85", "91", "55") + "-" + g.digits(4)
	case "dob", "date":
		return g.date(typ, form)
	case "age":
		return g.age(form)
	case "zip":
		switch form {
		case "spelled":
			return g.spell(g.zip()[:5], wordsEN)
		case "esspelled":
			return g.spell(g.zip()[:5], wordsES)
		}
		return g.zip()
	case "address", "pobox":
		return g.address(typ, form)
	}
	return g.code(typ, form)
}

func (g *filler) name(typ, form string) string {
	firstKind, lastKind := "first", "last"
	if strings.HasPrefix(form, "es") {
		firstKind, lastKind, form = "firstes", "lastes", strings.TrimPrefix(form, "es")
	}
	name := g.pick(firstKind)
	switch {
	case typ == "last":
		name = g.pick(lastKind)
		for len(name) < 3 {
			name = g.pick(lastKind)
		}
	case typ == "name":
		if g.rand.IntN(6) == 0 {
			name += " " + g.letters(1, capitals) + g.one(".", "")
		}
		name += " " + g.pick(lastKind)
	}
	switch form {
	case "lower":
		return strings.ToLower(name)
	case "upper":
		return strings.ToUpper(name)
	}
	return name
}
