package input_test

import (
	"strings"
	"testing"
	"time"

	"github.com/tacet-lang/tacet/lang/input"
)

// typical answers, one per kind.
var typical = map[string]string{
	"choice":        "I'm interested in rhinoplasty please",
	"code":          "the code is 123 456",
	"date":          "el próximo martes a las 3 de la tarde",
	"date-of-birth": "March 4th, 1985",
	"email":         "my email is jane.doe@example.com",
	"message":       "Hola, ¿me pueden llamar después de las cinco? Gracias.",
	"name":          "Hola, me llamo María del Carmen Núñez",
	"number":        "it's about a seven out of 10",
	"phone":         "call me at (212) 555-0142 after 5",
	"text":          "the left side, please",
	"time":          "tomorrow at half past two in the afternoon",
	"yes-no":        "yes please, that sounds good",
	"zip":           "Springfield, IL 62704",
}

func BenchmarkParse(b *testing.B) {
	for _, kind := range input.Kinds() {
		b.Run(kind, func(b *testing.B) {
			c := context("en")
			for b.Loop() {
				input.Parse(kind, typical[kind], c)
			}
		})
	}
}

// hostile inputs fill MaxInput with what a grammar looks at longest.
func hostile() []string {
	var out []string
	for _, unit := range []string{"5 ", "the ", "12/5 or ", "12-", "a la ", "no ", "next ", "tuesday ", "2026 ", "oh ", "five ", "a@b.com ", "a@", "@", "at ",
		"dot ", ".", "-", "botox ", "rhinoplast", "1,", "1 000 ", "hola ", "my name is ", "d'", "ñ", "e\u0301", "👍", "\u200d", "a\u0301\u0302\u0303",
		"(", "¿", "in two weeks from ", "dec 5 to ", "mil ", "twenty ", "y ", "p . m ", "\x00", "\xff", "not ", "un cuarto para las ", "7/"} {
		s := strings.Repeat(unit, input.MaxInput/len([]rune(unit)))
		out = append(out, s)
	}
	return out
}

// TestHostileInputIsLinear bounds the time of the longest input. The bound is generous; quadratic work would take
// seconds.
func TestHostileInputIsLinear(t *testing.T) {
	for _, kind := range input.Kinds() {
		for _, s := range hostile() {
			best := time.Hour
			for range 5 { // the machine may be busy with something else
				start := time.Now()
				input.Parse(kind, s, context("es"))
				if best = min(best, time.Since(start)); best < 100*time.Millisecond {
					break
				}
			}
			if best > 200*time.Millisecond {
				t.Errorf("Parse(%s, %.12q…) took %v", kind, s, best)
			}
		}
	}
}

func BenchmarkParseHostile(b *testing.B) {
	inputs := hostile()
	for _, kind := range input.Kinds() {
		b.Run(kind, func(b *testing.B) {
			c := context("en")
			worst := time.Duration(0)
			for b.Loop() {
				for _, s := range inputs {
					start := time.Now()
					input.Parse(kind, s, c)
					worst = max(worst, time.Since(start))
				}
			}
			b.ReportMetric(float64(worst.Microseconds()), "worst-µs")
		})
	}
}
