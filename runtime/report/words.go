package report

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// words are the words of a message that can tell what it is about, each once: of letters alone, and neither short nor of the kind that
// every message has.
func words(text string) (list []string) {
	for _, w := range strings.FieldsFunc(strings.ToLower(text), func(c rune) bool { return !unicode.IsLetter(c) && !unicode.IsDigit(c) && c != '\'' }) {
		w = strings.TrimSuffix(strings.Trim(w, "'"), "'s")
		if utf8.RuneCountInString(w) >= 3 && !strings.ContainsFunc(w, unicode.IsDigit) && !everywhere[w] {
			list = append(list, w)
		}
	}
	slices.Sort(list)
	return slices.Compact(list)
}

// union joins two sorted lists.
func union(a, b []string) []string {
	out := slices.Concat(a, b)
	slices.Sort(out)
	return slices.Compact(out)
}

// everywhere are words that say nothing of what a message is about, in English and Spanish.
var everywhere = func() map[string]bool {
	set := map[string]bool{}
	for _, w := range strings.Fields(`about after again all also and any anything are been before but can could did does doing don't for from get give good got
		had has have hello her here him his how i'd i'll i'm i've into it's its just know let like maybe may might more much need not now off okay one only other our
		out over please really say see she should some something sorry still such tell thank thanks that that's the their them then there these they thing this those
		too try until very want was way well were what what's when where which while who why will with would yeah yes you you're your
		algo ahora alguien antes aquí así aún bien bueno como cómo con cosa cual cuál cuando cuándo del desde después donde dónde ella ellas ellos entonces era eran
		ese eso esta está están estas este esto estos estoy favor fue gracias hace hasta hay hola las les los más menos mis mucho muy nada nos nuestro nunca otra otro
		para pero poco por porque puede pueden puedo que qué quiero quién sea ser ses sin sobre son soy sus también tan tener tengo tiene tienen todo una uno unos usted
		ustedes vez`) {
		set[w] = true
	}
	return set
}()
