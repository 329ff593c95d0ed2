package text

import (
	"slices"
	"strings"
	"sync"
)

// conceptTable finds words and phrases that mean much the same to somebody who asks a practice something (cost, price,
// how much; in English and Spanish). A concept lets a few examples speak for words that none of them has.
type conceptTable struct {
	names   []string
	byFirst map[stem][]conceptEntry
}

// conceptEntry is a word or phrase of a concept.
type conceptEntry struct {
	rest    []string // stems of the words after the first
	concept int
}

// stem is a stem with the language it was made for.
type stem struct{ lang, text string }

func (f form) stem(lang string) string {
	if lang == "es" {
		return f.es
	}
	return f.en
}

// languages are those that messages are read in, in a fixed order.
var languages = []string{"en", "es"}

var concepts = sync.OnceValue(func() *conceptTable {
	t := &conceptTable{byFirst: map[stem][]conceptEntry{}}
	for _, line := range lexicon("concept.txt", "\n") {
		if name, ok := strings.CutPrefix(line, "= "); ok {
			t.names = append(t.names, name)
			continue
		}
		lang, phrases, _ := strings.Cut(line, " ")
		for p := range strings.SplitSeq(phrases, ",") {
			t.add(p, lang)
		}
	}
	for _, list := range []string{"procedure", "insurer", "body"} {
		t.names = append(t.names, "name of "+list)
		for _, entry := range lexicon(list+".txt", ",") {
			t.add(entry, "en")
			t.add(entry, "es")
		}
	}
	for first := range t.byFirst {
		slices.SortStableFunc(t.byFirst[first], func(a, b conceptEntry) int { return len(b.rest) - len(a.rest) })
	}
	return t
})

func (t *conceptTable) add(phrase, lang string) {
	m := Normalise(phrase)
	if len(m.tokens) == 0 {
		return
	}
	e := conceptEntry{concept: len(t.names) - 1}
	for i := range m.tokens[1:] {
		e.rest = append(e.rest, m.tokens[i+1].stem(lang))
	}
	first := stem{lang, m.tokens[0].stem(lang)}
	t.byFirst[first] = append(t.byFirst[first], e)
}

// knows says whether the word begins an entry.
func (t *conceptTable) knows(w *token) bool {
	return t.byFirst[stem{"en", w.en}] != nil || spanishEnding(w.text) && t.byFirst[stem{"es", w.es}] != nil
}

// at appends the concepts whose longest entry begins at token i, read in lang.
func (t *conceptTable) at(tokens []token, i int, lang string, found []int) []int {
	if lang == "es" && !spanishEnding(tokens[i].text) {
		return found
	}
	longest := 0
	for _, e := range t.byFirst[stem{lang, tokens[i].stem(lang)}] {
		if len(e.rest) < longest {
			break
		}
		if i+1+len(e.rest) > len(tokens) || !sameStems(tokens[i+1:], e.rest, lang) {
			continue
		}
		longest = len(e.rest)
		if !slices.Contains(found, e.concept) {
			found = append(found, e.concept)
		}
	}
	return found
}

func sameStems(tokens []token, stems []string, lang string) bool {
	for i, s := range stems {
		if tokens[i].stem(lang) != s {
			return false
		}
	}
	return true
}
