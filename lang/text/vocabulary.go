package text

import (
	"slices"
	"strings"
)

// vocabulary gives every stem and prefix of the phrases a number.
type vocabulary struct {
	names    []string          // by symbol
	english  map[string]symbol // stems
	spanish  map[string]symbol
	prefixes map[string]symbol
	longest  int               // letters of the longest prefix
	stops    []string          // prefixes long enough to be misspelt
	surface  map[string]bool   // words as authors wrote them, for run-together spellings
	near     map[string][]form // words with one letter left out → words of the vocabulary
	forms    []form
}

func newVocabulary() vocabulary {
	return vocabulary{english: map[string]symbol{}, spanish: map[string]symbol{}, prefixes: map[string]symbol{}, surface: map[string]bool{}}
}

func (v *vocabulary) intern(table map[string]symbol, name string) symbol {
	if s, ok := table[name]; ok {
		return s
	}
	s := symbol(len(v.names))
	v.names = append(v.names, name)
	table[name] = s
	return s
}

func (v *vocabulary) word(w form, lang string) symbol {
	if !v.surface[w.text] {
		v.surface[w.text] = true
		v.forms = append(v.forms, w)
	}
	if lang == "es" {
		return v.intern(v.spanish, w.es)
	}
	return v.intern(v.english, w.en)
}

func (v *vocabulary) prefix(w string) symbol {
	v.longest = max(v.longest, len(w))
	if _, known := v.prefixes[w]; !known && len(w) >= minSpell {
		v.stops = append(v.stops, w)
	}
	return v.intern(v.prefixes, w)
}

// symbols appends what the word may stand for.
func (v *vocabulary) symbols(t *token, out []symbol) []symbol {
	out = v.exact(t.form, out)
	for _, f := range t.also {
		out = v.exact(f, out)
	}
	return out
}

func (v *vocabulary) exact(f form, out []symbol) []symbol {
	if s, ok := v.english[f.en]; ok {
		out = append(out, s)
	}
	if s, ok := v.spanish[f.es]; ok && (spanishEnding(f.text) || v.surface[f.text]) {
		out = append(out, s)
	}
	for n := minPrefix; n <= min(v.longest, len(f.text)); n++ {
		if s, ok := v.prefixes[f.text[:n]]; ok {
			out = append(out, s)
		}
	}
	return out
}

// spanishEnding says whether a Spanish word can end so; others ("hart") only look like one when they are cut to a stem.
func spanishEnding(w string) bool {
	return w != "" && strings.IndexByte("aeiouynsrldzj", w[len(w)-1]) >= 0
}

// knowsWord says whether the word is, in some inflection, one of a phrase. One that only begins like a prefix may still
// be another word misspelt.
func (v *vocabulary) knowsWord(t *token) bool {
	known := func(f form) bool {
		_, en := v.english[f.en]
		_, es := v.spanish[f.es]
		return en || es && (spanishEnding(f.text) || v.surface[f.text])
	}
	return known(t.form) || slices.ContainsFunc(t.also, known)
}
