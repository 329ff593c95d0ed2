package text_test

import (
	"fmt"
	"strconv"
	"strings"
	"unicode"
)

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
