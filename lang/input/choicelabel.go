package input

import "slices"

// A choiceReader holds an answer and the spellings of the options, both folded.
type choiceReader struct {
	c         Context
	toks      []token
	content   []string // words and numbers of the answer without fillers
	spellings []spelling
}

// A spelling is one way to write an option.
type spelling struct {
	option  int
	words   []string // all words and numbers
	content []string // without fillers, or all where nothing else is left
	also    bool     // a further spelling, not a label as shown
}

func newChoiceReader(t string, c Context) *choiceReader {
	r := &choiceReader{c: c, toks: withoutGreetings(tokenize(t))}
	r.content = contentOf(wordsOf(r.toks))
	var scratch []token
	for k, o := range c.Options {
		first := len(r.spellings)
		scratch = r.spell(scratch, first, spelling{option: k}, o.Value)
		for _, lang := range sortedKeys(o.Labels) {
			scratch = r.spell(scratch, first, spelling{option: k}, o.Labels[lang])
		}
		for _, a := range o.Also {
			scratch = r.spell(scratch, first, spelling{option: k, also: true}, a)
		}
	}
	return r
}

// spell adds a spelling unless the option, whose spellings start at index first, has it already. The tokens are a
// buffer to use again.
func (r *choiceReader) spell(toks []token, first int, s spelling, text string) []token {
	toks = appendTokens(toks[:0], text)
	s.words = wordsOf(toks)
	known := slices.ContainsFunc(r.spellings[first:], func(o spelling) bool { return slices.Equal(o.words, s.words) })
	if len(s.words) == 0 || known {
		return toks
	}
	s.content = s.words
	if slices.ContainsFunc(s.words, func(w string) bool { return choiceFillers[w] }) {
		if content := contentOf(s.words); len(content) > 0 {
			s.content = content
		}
	}
	r.spellings = append(r.spellings, s)
	return toks
}

func wordsOf(toks []token) []string {
	ws := make([]string, 0, len(toks))
	for _, t := range toks {
		if t.kind != punct {
			ws = append(ws, t.s)
		}
	}
	return ws
}

func contentOf(ws []string) []string {
	out := make([]string, 0, len(ws))
	for _, w := range ws {
		if !choiceFillers[w] {
			out = append(out, w)
		}
	}
	return out
}

// withoutGreetings drops greetings that hold the name of a part of the day: "good morning" does not choose it.
func withoutGreetings(toks []token) []token {
	out := toks[:0]
	for i := 0; i < len(toks); {
		if _, n := dayGreetings.match(toks, i); n > 0 {
			i += n
			continue
		}
		out = append(out, toks[i])
		i++
	}
	return out
}

func sortedKeys(m map[string]string) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

// labelAt finds the options with the longest label that stands at token i; n is its length in tokens.
func (r *choiceReader) labelAt(i int) (options []int, n int) {
	longest := 0
	for _, s := range r.spellings {
		if len(s.words) < longest || len(s.words) == 1 && choiceFillers[s.words[0]] {
			continue
		}
		m := matchWords(r.toks, i, s.words)
		if m == 0 {
			continue
		}
		if len(s.words) > longest {
			options, longest, n = nil, len(s.words), m
		}
		options = append(options, s.option)
	}
	return options, n
}

// matchWords measures the tokens, with punctuation between, that spell these words from token i on; 0 for none.
// A plural "s" on the last word is the same word.
func matchWords(toks []token, i int, ws []string) int {
	at := i
	for k, w := range ws {
		for k > 0 && at < len(toks) && toks[at].kind == punct && at-i < 2*len(ws) {
			at++
		}
		if at >= len(toks) || toks[at].s != w && !(k == len(ws)-1 && toks[at].s == w+"s") {
			return 0
		}
		at++
	}
	return at - i
}
