package input_test

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/tacet-lang/tacet/lang/input"
)

var languages = []string{"en", "es"}

// context is one that every kind can use.
func context(lang string) input.Context {
	return input.Context{Lang: lang, Now: now, Options: procedures}
}

// canonical draws a value of the kind as Parse would return it.
func canonical(t *rapid.T, kind string) string {
	day := now.AddDate(0, 0, rapid.IntRange(0, 4*365).Draw(t, "ahead"))
	switch kind {
	case "date":
		return day.Format("2006-01-02")
	case "date-of-birth":
		return now.AddDate(0, 0, -rapid.IntRange(1, 119*365).Draw(t, "age")).Format("2006-01-02")
	case "time":
		return fmt.Sprintf("%02d:%02d", rapid.IntRange(0, 23).Draw(t, "hour"), rapid.IntRange(0, 59).Draw(t, "minute"))
	case "phone":
		area := rapid.SampledFrom([]string{"212", "305", "415", "617", "702", "787", "808", "907", "416"}).Draw(t, "area")
		ext := rapid.SampledFrom([]string{"", "", ";ext=7", ";ext=0123"}).Draw(t, "ext")
		return fmt.Sprintf("+1%s%d%02d%04d", area, rapid.IntRange(2, 9).Draw(t, "n"), rapid.SampledFrom([]int{20, 34, 55, 78}).Draw(t, "xx"),
			rapid.IntRange(0, 9999).Draw(t, "line")) + ext
	case "email":
		return rapid.StringMatching(`[a-zA-Z0-9]{1,8}([._+-][a-zA-Z0-9]{1,6}){0,2}@[a-z0-9]{1,10}(-[a-z0-9]{1,4})?\.(com|org|es|co\.uk)`).Draw(t, "email")
	case "zip":
		return rapid.StringMatching(`[1-9][0-9]{4}(-[0-9]{4})?`).Draw(t, "zip")
	case "number":
		return fmt.Sprint(rapid.Int64Range(-1e12, 1e12).Draw(t, "number"))
	case "yes-no":
		return rapid.SampledFrom([]string{"yes", "no"}).Draw(t, "answer")
	case "choice":
		return rapid.SampledFrom(procedures).Draw(t, "option").Value
	case "code":
		return rapid.StringMatching(`[0-9]{4,8}`).Draw(t, "code")
	case "name":
		return rapid.SampledFrom([]string{"Ana", "José Luis Núñez", "Mary-Jane O'Brien", "Martin Luther King Jr.", "van der Berg", "李小龍"}).Draw(t, "name")
	default:
		return strings.Join(rapid.SliceOfN(rapid.SampledFrom([]string{"hello", "señora", "é", "7", "?", "👍🏽"}), 1, 8).Draw(t, "text"), " ")
	}
}

func TestCanonicalValuesParseToThemselves(t *testing.T) {
	t.Parallel()
	for _, kind := range input.Kinds() {
		for _, lang := range languages {
			rapid.Check(t, func(t *rapid.T) {
				c := context(lang)
				value := canonical(t, kind)
				if r := input.Parse(kind, value, c); r.Status != input.OK || r.Value != value {
					t.Fatalf("Parse(%s, %q) in %s = %s, want itself", kind, value, lang, got(r))
				}
			})
		}
	}
}

func TestEchoParsesBack(t *testing.T) {
	t.Parallel()
	for _, kind := range input.Kinds() {
		for _, lang := range languages {
			rapid.Check(t, func(t *rapid.T) {
				c := context(lang)
				value := canonical(t, kind)
				echo := input.Echo(kind, value, c)
				if r := input.Parse(kind, echo, c); r.Status != input.OK || r.Value != value {
					t.Fatalf("Parse(%s, %q) in %s = %s, want %s, whose echo it is", kind, echo, lang, got(r), value)
				}
			})
		}
	}
}

// vocabulary is what random answers are made of: the words the grammars know, in any order.
var vocabulary = strings.Fields(`next tuesday martes 12/5 5 de diciembre dec the in two weeks en quince días mañana por la at 3 pm a las tres
	y media half past noon or o and , - to between entre not no yes sí but pero maybe botox facelift second la segunda 1 2 7 31 2026 1985 '85
	my name is me llamo soy ana jane @ at dot com mail.com arroba punto 212 555 0142 +1 ext. 911 double five oh once un a one hundred mil
	10001 -1234 1,000 7.5 % ½ / ( ) ? ¿ ! . : ; & 👍 👎 yesterday ago after before más menos de hoy ocho próximo que viene week from today`)

func answers() *rapid.Generator[string] {
	joined := rapid.Custom(func(t *rapid.T) string {
		return strings.Join(rapid.SliceOfN(rapid.SampledFrom(vocabulary), 0, 9).Draw(t, "words"), rapid.SampledFrom([]string{" ", " ", ""}).Draw(t, "gap"))
	})
	return rapid.OneOf(joined, joined, rapid.String())
}

func TestResultsKeepTheirPromises(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		kind := rapid.SampledFrom(input.Kinds()).Draw(t, "kind")
		c := context(rapid.SampledFrom(languages).Draw(t, "lang"))
		c.Country = rapid.SampledFrom([]string{"", "US", "MX", "GB"}).Draw(t, "country")
		c.DateOrder = rapid.SampledFrom([]string{"", "mdy", "dmy", "ymd"}).Draw(t, "order")
		c.HasRange, c.Min, c.Max = rapid.Bool().Draw(t, "ranged"), 0, 10
		if problem := broken(kind, answers().Draw(t, "text"), c); problem != "" {
			t.Fatal(problem)
		}
	})
}

// broken checks every promise about one answer and tells the first that does not hold.
func broken(kind, text string, c input.Context) string {
	r := input.Parse(kind, text, c)
	if d := cmp.Diff(r, input.Parse(kind, text, c)); d != "" {
		return fmt.Sprintf("Parse(%s, %q) differs from itself: %s", kind, text, d)
	}
	switch r.Status {
	case input.OK:
		return brokenValue(kind, text, r, c)
	case input.Ambiguous:
		if n := len(r.Choices); n < 2 || n > 4 {
			return fmt.Sprintf("Parse(%s, %q) has %d choices", kind, text, n)
		}
		sorted := slices.Clone(r.Choices)
		slices.Sort(sorted)
		if len(slices.Compact(sorted)) != len(r.Choices) {
			return fmt.Sprintf("Parse(%s, %q) repeats a choice: %v", kind, text, r.Choices)
		}
		for _, v := range r.Choices {
			if again := input.Parse(kind, v, c); again.Value != v {
				return fmt.Sprintf("Parse(%s, %q) offers %q, which reads as %s", kind, text, v, got(again))
			}
		}
	}
	say := input.Reprompt(kind, r, c)
	switch {
	case r.Value != "" || r.Echo != "" || r.Reason == "":
		return fmt.Sprintf("Parse(%s, %q) = %+v", kind, text, r)
	case say == "" || strings.ContainsAny(say, "{}\n") || utf8.RuneCountInString(say) > 240:
		return fmt.Sprintf("Reprompt(%s) for %q = %q", kind, text, say)
	}
	return ""
}

func brokenValue(kind, text string, r input.Result, c input.Context) string {
	switch {
	case r.Reason != "" || r.Choices != nil:
		return fmt.Sprintf("Parse(%s, %q) = %+v, OK with a reason or choices", kind, text, r)
	case r.Value == "" || !wellFormed(kind, r.Value, c):
		return fmt.Sprintf("Parse(%s, %q) gives %q, which is not well formed", kind, text, r.Value)
	case r.Echo != input.Echo(kind, r.Value, c) || r.Echo == "":
		return fmt.Sprintf("Parse(%s, %q) echoes %q", kind, text, r.Echo)
	}
	again := input.Parse(kind, r.Value, c)
	if again.Status != input.OK || again.Value != r.Value {
		return fmt.Sprintf("Parse(%s, %q) gives %q, which reads as %s", kind, text, r.Value, got(again))
	}
	return ""
}

var forms = map[string]*regexp.Regexp{
	"phone":         regexp.MustCompile(`^\+[1-9][0-9]{6,14}(;ext=[0-9]{1,7})?$`),
	"email":         regexp.MustCompile(`^[^@\s]{1,64}@[a-z0-9-]+(\.[a-z0-9-]+)+$`),
	"date":          regexp.MustCompile(`^20[0-9]{2}-[0-9]{2}-[0-9]{2}$`),
	"date-of-birth": regexp.MustCompile(`^(19|20)[0-9]{2}-[0-9]{2}-[0-9]{2}$`),
	"time":          regexp.MustCompile(`^([01][0-9]|2[0-3]):[0-5][0-9]$`),
	"zip":           regexp.MustCompile(`^[0-9]{5}(-[0-9]{4})?$`),
	"number":        regexp.MustCompile(`^(0|-?[1-9][0-9]*)$`),
	"yes-no":        regexp.MustCompile(`^(yes|no)$`),
	"code":          regexp.MustCompile(`^[0-9]{4,8}$`),
	"name":          regexp.MustCompile(`^[\pL\pM'. ·・\x{200C}\x{200D}-]{1,80}$`),
}

func wellFormed(kind, value string, c input.Context) bool {
	if !utf8.ValidString(value) || strings.TrimSpace(value) != value {
		return false
	}
	switch kind {
	case "date":
		d, err := time.ParseInLocation("2006-01-02", value, now.Location())
		return err == nil && !d.Before(now.Truncate(24*time.Hour).AddDate(0, 0, -1)) && forms[kind].MatchString(value)
	case "date-of-birth":
		d, err := time.ParseInLocation("2006-01-02", value, now.Location())
		return err == nil && d.Before(now) && forms[kind].MatchString(value)
	case "choice":
		return slices.ContainsFunc(c.Options, func(o input.Option) bool { return o.Value == value })
	case "text":
		return utf8.RuneCountInString(value) <= input.DefaultTextRunes && !strings.Contains(value, "\n")
	case "message":
		return utf8.RuneCountInString(value) <= input.DefaultMessageRunes
	default:
		return forms[kind].MatchString(value)
	}
}

func FuzzParse(f *testing.F) {
	kinds := input.Kinds()
	for _, path := range []string{"testdata/worked.txt", "testdata/heldout.txt"} {
		for _, tc := range readTable(f, path) {
			f.Add(uint8(slices.Index(kinds, tc.kind)), tc.c.Lang == "es", tc.text)
		}
	}
	f.Fuzz(func(t *testing.T, kind uint8, es bool, text string) {
		c := context("en")
		if es {
			c.Lang = "es"
		}
		if problem := broken(kinds[int(kind)%len(kinds)], text, c); problem != "" {
			t.Fatal(problem)
		}
	})
}
