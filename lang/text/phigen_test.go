package text_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"strconv"
	"strings"
	"testing"
	"unicode"
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

var (
	wordsEN = []string{"zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"}
	wordsES = []string{"cero", "uno", "dos", "tres", "cuatro", "cinco", "seis", "siete", "ocho", "nueve"}
	tensEN  = []string{"", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"}
	teensEN = []string{"ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"}
	tensES  = []string{"", "", "veinte", "treinta", "cuarenta", "cincuenta", "sesenta", "setenta", "ochenta", "noventa"}
	teensES = []string{"diez", "once", "doce", "trece", "catorce", "quince", "dieciséis", "diecisiete", "dieciocho", "diecinueve"}
)

// spell writes digits one by one.
func (g *filler) spell(digits string, words []string) string {
	out := make([]string, len(digits))
	for i := range digits {
		out[i] = words[digits[i]-'0']
		if words[0] == "zero" && digits[i] == '0' {
			out[i] = g.one("zero", "oh")
		}
	}
	return strings.Join(out, " ")
}

// pairs writes digits two by two, as numbers.
func (g *filler) pairs(digits string, es bool) string {
	units, tens, teens, and := wordsEN, tensEN, teensEN, " "
	if es {
		units, tens, teens, and = wordsES, tensES, teensES, " y "
	}
	var out []string
	for i := 0; i < len(digits); i += 2 {
		if i+1 == len(digits) {
			out = append(out, units[digits[i]-'0'])
			break
		}
		t, u := digits[i]-'0', digits[i+1]-'0'
		switch {
		case t == 0:
			out = append(out, units[0]+" "+units[u])
		case t == 1:
			out = append(out, teens[u])
		case u == 0:
			out = append(out, tens[t])
		case es && t == 2:
			out = append(out, "veinti"+map[byte]string{1: "uno", 2: "dós", 3: "trés", 4: "cuatro", 5: "cinco", 6: "séis", 7: "siete", 8: "ocho", 9: "nueve"}[u])
		default:
			out = append(out, tens[t]+and+units[u])
		}
	}
	return strings.Join(out, " ")
}

func (g *filler) phone(form string) string {
	a := g.one("312", "917", "646", "512", "213", "305", "720", "404", "210", "832", "415", "602", "787", "956")
	b := g.one("555", "234", "867", "402", "731", "988", "226")
	c := g.digits(4)
	all := a + b + c
	switch form {
	case "spelled":
		return g.spell(all, wordsEN)
	case "esspelled":
		return g.spell(all, wordsES)
	case "teens":
		return g.spell(a, wordsEN) + " " + g.spell(b, wordsEN) + " " + g.pairs(c, false)
	case "esteens":
		return g.spell(a, wordsES) + " " + g.pairs(b+c[:1], true) + " " + g.pairs(c[1:], true)
	case "spaced":
		return strings.Join(strings.Split(all, ""), " ")
	case "dots":
		return a + " . " + b + " . " + c
	case "letters":
		return strings.NewReplacer("0", "O", "1", "l").Replace(a + "-" + b + "-" + c)
	case "wide":
		return wide(a + "-" + b + "-" + c)
	case "hundreds":
		return g.spell(a, wordsEN) + " five hundred " + g.spell(c, wordsEN)
	}
	switch g.rand.IntN(12) {
	case 0, 1:
		return "(" + a + ") " + b + "-" + c
	case 2:
		return a + "." + b + "." + c
	case 3:
		return a + " " + b + " " + c
	case 4:
		return "+1 " + a + " " + b + " " + c
	case 5:
		return "1-" + a + "-" + b + "-" + c
	case 6:
		return all
	case 7:
		return "(" + a + ")" + b + "-" + c
	case 8:
		return "+1" + all
	case 9:
		return a + "-" + b + " " + c
	}
	return a + "-" + b + "-" + c
}

func wide(s string) string {
	return strings.Map(func(r rune) rune {
		if '!' <= r && r <= '~' {
			return r - '!' + '！'
		}
		return r
	}, s)
}

func plain(s string) string {
	return strings.Map(func(r rune) rune {
		if r = unicode.ToLower(r); 'a' <= r && r <= 'z' {
			return r
		}
		return -1
	}, s)
}

func (g *filler) email(form string) string {
	first, last := plain(g.pick("first")), plain(g.pick("last"))
	domain := g.pick("domain")
	at, dot := " at ", " dot "
	switch form {
	case "spoken":
		return first + g.one(dot+last, last, " underscore "+last, g.digits(2)) + at + strings.ReplaceAll(domain, ".", dot)
	case "esspoken":
		at, dot = " arroba ", " punto "
		return first + g.one(dot+last, last, " guion bajo "+last, g.digits(2)) + at + strings.ReplaceAll(domain, ".", dot)
	}
	local := g.one(first+"."+last, first+last, first+g.digits(2), first[:1]+last, first+"_"+last, first+"+"+last+g.digits(1))
	if form == "upper" {
		return strings.ToUpper(local + "@" + domain)
	}
	return local + "@" + domain
}

func (g *filler) ssn(form string) string {
	a := g.one("219", "536", "401", "078", "612", "733", "123")
	b, c := g.one("45", "22", "09", "61", "87"), "8"+g.digits(3)
	switch form {
	case "last4":
		return c
	case "last4words":
		return g.spell(c, wordsEN)
	case "eslast4words":
		return g.spell(c, wordsES)
	case "bare":
		return a + b + c
	case "spelled":
		return g.spell(a+b+c, wordsEN)
	case "esspelled":
		return g.spell(a+b+c, wordsES)
	case "spaced":
		return strings.Join(strings.Split(a+b+c, ""), " ")
	case "dots":
		return a + "." + b + "." + c
	case "wide":
		return wide(a + "-" + b + "-" + c)
	}
	return g.one(a+"-"+b+"-"+c, a+" "+b+" "+c, a+"-"+b+"-"+c, a+b+c)
}

var (
	monthsEN = []string{"January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"}
	monthsES = []string{"enero", "febrero", "marzo", "abril", "mayo", "junio", "julio", "agosto", "septiembre", "octubre", "noviembre", "diciembre"}
)

func (g *filler) date(typ, form string) string {
	m, d, y := 1+g.rand.IntN(12), 1+g.rand.IntN(28), 1935+g.rand.IntN(70)
	if typ == "date" {
		y = 2018 + g.rand.IntN(9)
	}
	en, es := monthsEN[m-1], monthsES[m-1]
	ordinal := strconv.Itoa(d) + map[int]string{1: "st", 21: "st", 2: "nd", 22: "nd", 3: "rd", 23: "rd"}[d]
	if d != 1 && d != 2 && d != 3 && d != 21 && d != 22 && d != 23 {
		ordinal = strconv.Itoa(d) + "th"
	}
	switch form {
	case "slash":
		return fmt.Sprintf("%02d/%02d/%d", m, d, y)
	case "short":
		return fmt.Sprintf("%d/%d/%02d", m, d, y%100)
	case "noyear":
		return g.one(en+" "+ordinal, fmt.Sprintf("%d/%d", m, d), en+" "+strconv.Itoa(d))
	case "esnoyear":
		return fmt.Sprintf("%d de %s", d, es)
	case "es":
		return g.one(fmt.Sprintf("%d de %s de %d", d, es, y), fmt.Sprintf("%d de %s del %d", d, es, y), fmt.Sprintf("%d/%d/%d", d, m, y), fmt.Sprintf("%d %s %d", d, es, y))
	case "words":
		day := strings.ReplaceAll(g.pairs(fmt.Sprintf("%02d", d), false), "zero ", "")
		return strings.ToLower(en) + " " + day + " " + g.pairs(strconv.Itoa(y), false)
	case "eswords":
		day := strings.ReplaceAll(g.pairs(fmt.Sprintf("%02d", d), true), "cero ", "")
		if y >= 2000 {
			y = 1987
		}
		return day + " de " + es + " de mil novecientos " + g.pairs(strconv.Itoa(y)[2:], true)
	}
	s := g.one(fmt.Sprintf("%02d/%02d/%d", m, d, y), fmt.Sprintf("%d/%d/%d", m, d, y), fmt.Sprintf("%d-%d-%d", m, d, y), fmt.Sprintf("%s %d, %d", en, d, y),
		fmt.Sprintf("%s %s %d", en, ordinal, y), fmt.Sprintf("%d-%02d-%02d", y, m, d), fmt.Sprintf("%d %s %d", d, en, y), fmt.Sprintf("%s %d %d", en[:3], d, y), fmt.Sprintf("%02d.%02d.%d", m, d, y))
	if form == "upper" {
		return strings.ToUpper(s)
	}
	return s
}

func (g *filler) age(form string) string {
	n := 90 + g.rand.IntN(12)
	switch form {
	case "bare":
		return strconv.Itoa(n)
	case "words":
		return g.one("ninety two years old", "ninety-four years old", "a hundred and one years old")
	case "es":
		return strconv.Itoa(n) + " años"
	case "eswords":
		return g.one("noventa y tres años", "noventa y un años")
	}
	return strconv.Itoa(n) + g.one(" years old", " years old", "-year-old", " yrs old", " y/o", "yo")
}

func (g *filler) zip() string {
	z := g.one("60614", "10001", "78701", "33130", "94110", "77006", "02139", "85004")
	if g.rand.IntN(5) == 0 {
		z += "-" + g.digits(4)
	}
	return z
}

func (g *filler) address(typ, form string) string {
	n := strconv.Itoa(1 + g.rand.IntN(9999))
	if typ == "pobox" {
		if form == "es" {
			return g.one("PO Box ", "apartado postal ") + n
		}
		return g.one("PO Box ", "P.O. Box ", "po box ", "Post Office Box ") + n
	}
	if strings.HasPrefix(form, "es") {
		s := strings.ReplaceAll(g.pick("calle"), "{n}", n)
		switch form {
		case "eslower":
			return strings.ToLower(s)
		case "esupper":
			return strings.ToUpper(s)
		}
		return s
	}
	s := n + " " + g.pick("street") + " " + g.pick("suffix")
	if g.rand.IntN(3) == 0 {
		s += g.pick("unit")
	}
	switch form {
	case "lower":
		return strings.ToLower(s)
	case "upper":
		return strings.ToUpper(s)
	}
	return s
}

func (g *filler) code(typ, form string) string {
	switch typ {
	case "mbi":
		a := func() string { return g.letters(1, "ACDEFGHJKMNPQRTUVWXY") }
		s := strconv.Itoa(1+g.rand.IntN(9)) + a() + a() + g.digits(1) + a() + a() + g.digits(1) + a() + a() + g.digits(2)
		return g.one(s, s[:4]+"-"+s[4:7]+"-"+s[7:], s[:4]+" "+s[4:7]+" "+s[7:], strings.ToLower(s))
	case "mrn":
		if form == "kaiser" {
			return g.digits(8)
		}
		return g.one(g.digits(6), g.digits(8), "A"+g.digits(6), g.digits(3)+"-"+g.digits(4), "MR"+g.digits(7))
	case "member-id":
		if form == "spelled" {
			return g.spell(g.digits(9), wordsEN)
		}
		if form == "num" {
			return g.digits(5 + g.rand.IntN(4))
		}
		return g.one(g.pick("prefix")+g.digits(9), g.digits(9), g.digits(11), g.pick("prefix")+g.digits(6)+"A", g.pick("prefix")+"-"+g.digits(8))
	case "npi":
		return checked(g.one("1", "2")+g.digits(8), func(s string) bool { return luhnOK("80840" + s) })
	case "dea":
		return g.letters(1, "ABCFGM") + g.letters(1, capitals) + checked(g.digits(6), deaOK)
	case "card":
		return g.card(form)
	case "aba":
		return checked("0"+g.one("2", "6", "7")+g.digits(6), abaOK)
	case "account":
		if form == "iban" {
			return "ES91" + g.digits(20)
		}
		return g.digits(8 + g.rand.IntN(5))
	case "license":
		return g.one(g.letters(1, capitals)+g.digits(7), g.digits(8), g.letters(1, capitals)+g.digits(12), g.digits(9))
	case "passport":
		return g.one(g.digits(9), g.letters(1, capitals)+g.digits(8))
	case "plate":
		return g.one(g.letters(3, capitals)+g.digits(4), g.letters(3, capitals)+"-"+g.digits(4), g.digits(1)+g.letters(3, capitals)+g.digits(3), g.letters(3, capitals)+" "+g.digits(3))
	case "vin":
		return g.vin()
	case "device-id":
		if form == "udi" {
			return "(01)" + checked("0"+g.digits(12), gtinOK) + "(21)" + g.digits(6)
		}
		return g.one(g.digits(8), "SN"+g.digits(6), g.letters(2, capitals)+g.digits(7), g.digits(7)+"-"+g.digits(3))
	case "url":
		return g.pick("url")
	case "handle":
		return g.handle(form)
	case "ip":
		return g.one("192.168.1."+strconv.Itoa(g.rand.IntN(255)), "73.22.140."+strconv.Itoa(g.rand.IntN(255)), "2001:db8::8a2e:370:"+strconv.Itoa(1000+g.rand.IntN(9000)))
	case "mac":
		return g.one("00:1A:2B:3C:4D:5E", "a4-83-e7-2f-00-9b", "F0:18:98:AA:BB:CC")
	}
	panic("no value for " + typ)
}

func (g *filler) handle(form string) string {
	h := g.pick("handle")
	switch form {
	case "bare":
		return h
	case "name":
		return g.one(h, "@"+h)
	}
	return "@" + h
}

func (g *filler) card(form string) string {
	s := checked(g.one("4", "5", "4")+g.one("1", "2", "3")+g.digits(13), luhnOK)
	if g.rand.IntN(5) == 0 {
		s = checked("37"+g.digits(12), luhnOK)
		if form != "bare" {
			return g.one(s, s[:4]+" "+s[4:10]+" "+s[10:])
		}
	}
	if form == "spelled" {
		return g.spell(s, wordsEN)
	}
	if form == "bare" || len(s) != 16 {
		return s
	}
	sep := g.one(" ", "-", "")
	if form == "dots" {
		sep = "."
	}
	return s[:4] + sep + s[4:8] + sep + s[8:12] + sep + s[12:]
}

func (g *filler) vin() string {
	for {
		s := g.letters(1, "125J")[:1] + g.letters(16, "ABCDEFGHJKLMNPRSTUVWXYZ0123456789")
		if vinOK(s) && strings.ContainsAny(s, "0123456789") {
			return s
		}
	}
}

// checked appends the digit that makes the number pass.
func checked(s string, ok func(string) bool) string {
	for d := '0'; d <= '9'; d++ {
		if ok(s + string(d)) {
			return s + string(d)
		}
	}
	panic("no check digit for " + s)
}

// The checks are written again here, from their sources, so that a mistake in the detector does not make its own data.

func luhnOK(s string) bool {
	sum := 0
	for i := len(s) - 1; i >= 0; i-- {
		d := int(s[i] - '0')
		if (len(s)-i)%2 == 0 {
			d = d*2/10 + d*2%10
		}
		sum += d
	}
	return sum%10 == 0
}

func deaOK(s string) bool {
	d := func(i int) int { return int(s[i-1] - '0') }
	return len(s) == 7 && (d(1)+d(3)+d(5)+2*(d(2)+d(4)+d(6)))%10 == d(7)
}

func abaOK(s string) bool {
	sum := 0
	for i := range s {
		sum += int(s[i]-'0') * [3]int{3, 7, 1}[i%3]
	}
	return len(s) == 9 && sum%10 == 0
}

func gtinOK(s string) bool {
	sum := 0
	for i := range s {
		sum += int(s[i]-'0') * [2]int{3, 1}[i%2]
	}
	return len(s) == 14 && sum%10 == 0
}

func vinOK(s string) bool {
	sum := 0
	for i := range s {
		v := strings.IndexByte("0123456789.ABCDEFGH..JKLMN.P.R..STUVWXYZ", s[i]) % 10
		sum += v * []int{8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2}[i]
	}
	return "0123456789X"[sum%11] == s[8]
}
