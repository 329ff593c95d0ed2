package text

import (
	"math/rand/v2"
	"slices"
	"strings"
)

// The trainer sees each example in several copies: as it stands, as somebody in a hurry types it, within a request, and
// with some words exchanged for others of the same sign. What is learnt from then hangs less on the words that happen to
// stand in the work sets.

// copies holds, by example, its copies; the first is the example as it stands.
type copies [][]instance

// swaps is how often each example is given with words exchanged.
const swaps = 4

func copiesOf(examples []example) copies {
	hurry, join, swap, tell := rand.New(rand.NewPCG(1, 2)), rand.New(rand.NewPCG(3, 5)), rand.New(rand.NewPCG(13, 17)), rand.New(rand.NewPCG(19, 23))
	requests, words := requestsOf(examples), exchangeable()
	out := make(copies, len(examples))
	for i := range examples {
		e := &examples[i]
		out[i] = []instance{instanceOf(e, e.text), instanceOf(e, hurried(hurry, e.text))}
		list := requests[e.lang]
		if e.category != fieldAnswer && e.style != "mixed" && len(list) > 0 && len(joints[e.lang]) > 0 {
			out[i] = append(out[i], altered(instanceOf(e, beside(join, e, list[join.IntN(len(list))]))))
		}
		if e.category == chat && len(list) > 0 && len(joints[e.lang]) > 0 {
			for range stories {
				out[i] = append(out[i], altered(instanceOf(e, story(tell, e, list))))
			}
		}
		if ordinary(e) {
			continue
		}
		for range swaps {
			out[i] = append(out[i], altered(instanceOfTokens(e, exchanged(swap, e, words))))
		}
	}
	return out
}

// stories is how often each ordinary message is given within a long one.
const stories = 2

// story is an ordinary message among two to five others: what is long is no alarm for saying much.
func story(r *rand.Rand, e *example, requests []string) string {
	out := e.text
	for range 2 + r.IntN(4) {
		out = beside(r, &example{lang: e.lang, text: out}, requests[r.IntN(len(requests))])
	}
	return out
}

func altered(in instance) instance {
	in.altered = true
	return in
}

// of gathers the copies of the examples wanted.
func (c copies) of(want func(*example) bool) []instance {
	var out []instance
	for _, list := range c {
		if want(list[0].example) {
			out = append(out, list...)
		}
	}
	return out
}

// told leaves out the altered copies.
func (copies) told(ins []instance) []instance {
	return slices.DeleteFunc(slices.Clone(ins), func(in instance) bool { return in.altered })
}

// hurried is the text in lower case, without signs, with typing errors in a few of its words.
func hurried(r *rand.Rand, s string) string {
	s = strings.ToLower(strings.NewReplacer(",", "", ".", "", "?", "", "¿", "", "!", "", "'", "").Replace(s))
	words := strings.Fields(s)
	if len(words) == 0 {
		return s
	}
	for range 1 + len(words)/9 {
		i := r.IntN(len(words))
		w := []rune(words[i])
		if len(w) < 4 {
			continue
		}
		p := 1 + r.IntN(len(w)-2)
		switch r.IntN(4) {
		case 0:
			w = slices.Delete(w, p, p+1)
		case 1:
			w[p], w[p+1] = w[p+1], w[p]
		case 2:
			w = slices.Insert(w, p, w[p])
		case 3:
			w[p] = rune('a' + r.IntN(26))
		}
		words[i] = string(w)
	}
	return strings.Join(words, " ")
}

// Categories of examples that are left out of what they cannot stand for.
const (
	chat        = "chat"
	fieldAnswer = "field-answer"
	longRequest = 90 // bytes
)

// requestsOf lists short ordinary requests, by language.
func requestsOf(examples []example) map[string][]string {
	out := map[string][]string{}
	for _, e := range examples {
		if e.category == chat && len(e.text) < longRequest {
			out[e.lang] = append(out[e.lang], e.text)
		}
	}
	return out
}

var joints = map[string][]string{
	"en": {" also ", " and ", ", ", " but ", ". ", " oh and ", ", btw "},
	"es": {" también ", " y ", ", ", " pero ", ". ", " ah y ", ", por cierto "},
}

// beside is the text with a request before or after it.
func beside(r *rand.Rand, e *example, request string) string {
	joint := joints[e.lang][r.IntN(len(joints[e.lang]))]
	if strings.HasPrefix(joint, " ") && r.IntN(2) == 0 {
		request = strings.TrimRight(request, ".!?")
	}
	if r.IntN(3) == 0 {
		return e.text + joint + request
	}
	return request + joint + e.text
}

// exchangeable lists the single words of each sign, by its name and the language.
func exchangeable() map[[2]string][]string {
	out := map[[2]string][]string{}
	for _, line := range lexicon("sign.txt", "\n") {
		parts := strings.Split(line, " | ")
		for _, part := range parts[1:] {
			lang, list, _ := strings.Cut(part, " ")
			for p := range strings.SplitSeq(list, ";") {
				if p = strings.TrimSpace(p); !strings.ContainsAny(p, " *([0123456789'") {
					key := [2]string{strings.TrimSpace(parts[0]), lang}
					out[key] = append(out[key], p)
				}
			}
		}
	}
	return out
}

// exchangePercent is how many of a hundred words that are a sign of their own are exchanged.
const exchangePercent = 35

// exchanged are the words of the text, some of them exchanged for others of the same sign and language.
func exchanged(r *rand.Rand, e *example, words map[[2]string][]string) []token {
	lex := signLexicons()
	tokens := slices.Clone(Normalise(e.text).tokens)
	for _, s := range lex.find(tokens, make([]bool, len(tokens))) {
		if s.to-s.from != 1 || lex.frames[s.concept] || lex.roles[s.concept] || r.IntN(100) >= exchangePercent {
			continue
		}
		if list := words[[2]string{lex.names[s.concept], e.lang}]; len(list) > 0 {
			t := &tokens[s.from]
			t.form, t.also = makeForm(list[r.IntN(len(list))]), nil
		}
	}
	return tokens
}
