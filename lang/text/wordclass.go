package text

import (
	"slices"
	"sync"
)

// classes are words and short phrases that name a thing and ask nothing, longest first.
type classes struct {
	byFirst map[string][][]string
	near    map[string]string // long single words with one letter left out → the word
}

// wordClasses are aesthetic procedures and products, insurers, parts of the body, days, medicines and illnesses.
var wordClasses = sync.OnceValue(func() *classes {
	c := &classes{byFirst: map[string][][]string{}, near: map[string]string{}}
	for _, class := range []string{"procedure", "insurer", "body", "day", "health-medicine", "health-health"} {
		for _, entry := range lexicon(class+".txt", ",") {
			c.add(entry)
		}
	}
	c.order()
	return c
})

// order puts longer entries first.
func (c *classes) order() {
	for first := range c.byFirst {
		slices.SortStableFunc(c.byFirst[first], func(a, b []string) int { return len(b) - len(a) })
	}
}

func (c *classes) add(entry string) {
	m := Normalise(entry)
	var words []string
	for i := range m.tokens {
		words = append(words, singular(m.tokens[i].text))
	}
	if len(words) == 0 {
		return
	}
	c.byFirst[words[0]] = append(c.byFirst[words[0]], words)
	if w := words[0]; len(words) == 1 && len(w) >= 6 {
		for i := range len(w) {
			c.near[w[:i]+w[i+1:]] = w
		}
	}
}

// singular drops a plural ending, the same for entries and messages.
func singular(w string) string {
	if len(w) > 3 && w[len(w)-1] == 's' && w[len(w)-2] != 's' {
		return w[:len(w)-1]
	}
	return w
}

// between are words that may stand beside what an answer names.
var between = wordSet(`and or plus also maybe please the a my i want have take y o e u mas tambien quizas el la los las un una mi mis por favor quiero tengo tomo
 mg mcg ml once twice daily tablets pills pastillas tabletas diario`)

// cover says whether tokens are entries of classes, and words that may stand beside them, and nothing else.
func (c *classes) cover(tokens []token) bool {
	some := false
	for i := 0; i < len(tokens); {
		n := c.at(tokens, i)
		switch {
		case tokens[i].after == question:
			return false
		case n > 0, allDigits(tokens[i].text):
			some = true
		case !between.has(tokens[i].text):
			return false
		}
		i += max(1, n)
	}
	return some || len(tokens) == 0
}

// at is how many words the longest entry has that stands at i, 0 if none does.
func (c *classes) at(tokens []token, i int) int {
	w := singular(tokens[i].text)
	for _, words := range c.byFirst[c.spelled(w)] {
		if i+len(words) <= len(tokens) && matches(tokens[i+1:], words[1:]) {
			return len(words)
		}
	}
	return 0
}

func matches(tokens []token, words []string) bool {
	for i, w := range words {
		if singular(tokens[i].text) != w {
			return false
		}
	}
	return true
}

// spelled corrects one typing error in a long word that is nothing else.
func (c *classes) spelled(w string) string {
	if c.byFirst[w] != nil || len(w) < 6 || len(w) > maxTokenLength || commonWords()[w] {
		return w
	}
	if known := c.near[w]; known != "" {
		return known
	}
	for i := range len(w) {
		key := w[:i] + w[i+1:]
		if c.byFirst[key] != nil && len(key) >= 6 {
			return key
		}
		if known := c.near[key]; known != "" && oneError(w, known) {
			return known
		}
	}
	return w
}

// answersOnly says whether tokens answer a question and ask none: a bare "botox", "friday" or "John Price".
func answersOnly(tokens []token) bool {
	return wordClasses().cover(tokens) || bareName(tokens) || introduces(tokens) || hesitates(tokens)
}

// introductions are what people say before their name, in words.
var introductions = [][]string{{"call", "me"}, {"it", "is"}, {"the", "name", "is"}, {"el", "nombre", "es"}, {"me", "llamo"}, {"mi", "nombre", "es"}, {"soy"}, {"my", "name", "is"}, {"i", "am"}, {"this", "is"}}

// introduces says whether tokens give the name of the one who writes and nothing else ("me llamo Lucía Gómez").
func introduces(tokens []token) bool {
	for _, intro := range introductions {
		if len(tokens) <= len(intro) || !slices.EqualFunc(tokens[:len(intro)], intro, func(t token, w string) bool { return t.text == w }) {
			continue
		}
		name := tokens[len(intro):]
		if bareName(name) || len(name) == 1 && givenNames()[name[0].text] && name[0].after != question {
			return true
		}
	}
	return false
}

// hesitating are sounds of somebody who does not know what to answer.
var hesitating = wordSet("hm hmm hmmm mm mmm um umm ummm uh uhh er erm eh ehh este pues well")

// hesitates says whether tokens say nothing at all.
func hesitates(tokens []token) bool {
	return len(tokens) > 0 && !slices.ContainsFunc(tokens, func(t token) bool { return !hesitating.has(t.text) || t.after == question })
}

// givenNames are the names that people are called by.
var givenNames = sync.OnceValue(func() map[string]bool {
	names := map[string]bool{}
	for _, w := range lexicon("given.txt", "") {
		names[w] = true
	}
	return names
})

// mostNames is how many words the full name of a person has at most.
const mostNames = 4

// bareName says whether tokens are the name of a person and nothing else, whatever its words mean ("John Price").
func bareName(tokens []token) bool {
	if len(tokens) < 2 || len(tokens) > mostNames || !givenNames()[tokens[0].text] {
		return false
	}
	for i := range tokens {
		if t := &tokens[i]; !t.capital || functionWords.has(t.text) || t.after >= question {
			return false
		}
	}
	return true
}
