package text

import (
	"slices"
	"sync"
)

// classes finds words and short phrases that belong to a known group, longest first.
type classes struct {
	byFirst map[string][]classEntry
	near    map[string]string // long single words with one letter left out → the word
}

type classEntry struct {
	words []string
	class string
}

// wordClasses are the groups that topics use: aesthetic procedures and products, insurers, days.
var wordClasses = sync.OnceValue(func() *classes {
	c := &classes{byFirst: map[string][]classEntry{}, near: map[string]string{}}
	for _, class := range []string{"procedure", "insurer", "day"} {
		for _, entry := range lexicon(class+".txt", ",") {
			c.add(entry, class)
		}
	}
	c.order()
	return c
})

// order puts longer entries first.
func (c *classes) order() {
	for first := range c.byFirst {
		slices.SortStableFunc(c.byFirst[first], func(a, b classEntry) int { return len(b.words) - len(a.words) })
	}
}

func (c *classes) add(entry, class string) {
	m := Normalise(entry)
	e := classEntry{class: class}
	for i := range m.tokens {
		e.words = append(e.words, singular(m.tokens[i].text))
	}
	if len(e.words) == 0 {
		return
	}
	c.byFirst[e.words[0]] = append(c.byFirst[e.words[0]], e)
	if w := e.words[0]; len(e.words) == 1 && len(w) >= 6 {
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

// find returns the classes met in tokens, in order, with repetitions.
func (c *classes) find(tokens []token) []string {
	var out []string
	for i := 0; i < len(tokens); {
		class, n := c.at(tokens, i)
		if n == 0 {
			i++
			continue
		}
		out = append(out, class)
		i += n
	}
	return out
}

// cover says whether tokens are entries of classes and nothing else.
func (c *classes) cover(tokens []token) bool {
	for i := 0; i < len(tokens); {
		_, n := c.at(tokens, i)
		if n == 0 {
			return false
		}
		i += n
	}
	return true
}

func (c *classes) at(tokens []token, i int) (string, int) {
	w := singular(tokens[i].text)
	for _, e := range c.byFirst[c.spelled(w)] {
		if i+len(e.words) <= len(tokens) && matches(tokens[i+1:], e.words[1:]) {
			return e.class, len(e.words)
		}
	}
	return "", 0
}

// knows says whether the word at i begins an entry of a class that stands there.
func (c *classes) knows(tokens []token, i int) bool {
	_, n := c.at(tokens, i)
	return n > 0
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
