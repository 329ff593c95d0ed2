package text

import "slices"

// A word or two on their own ("refunds", "gift cards") say little of how something is asked, and all of what. They are the
// topic whose name they are, or the only one that has them in its examples, in whatever form.

// aloneWords is how many words with a meaning of their own a message has at most to be understood by them alone.
const aloneWords = 3

// aloneLead is the lead over the bar of such a message.
const aloneLead = 2 * halfScore

// leastAlone is how many letters a word of an example has at least that stands for its topic on its own.
const leastAlone = 4

// aloneKey stands for words in a language whatever their form; not ok if there are none or too many.
func aloneKey(tokens []token, lang string) (key uint64, ok bool) {
	b := append([]byte{'='}, lang...)
	words := 0
	for i := range tokens {
		if t := &tokens[i]; !functionWords.has(t.text) {
			b = append(append(b, ' '), t.stem(lang)...)
			words++
		}
	}
	return hashBytes(b), words > 0 && words <= aloneWords
}

// aloneTopic is the topic that a message of a word or two names, or -1.
func (m *TopicModel) aloneTopic(tokens []token) int {
	for _, lang := range languages {
		if key, ok := aloneKey(tokens, lang); ok {
			if topic := m.said.topicOf(key); topic >= 0 {
				return topic
			}
		}
	}
	return -1
}

// aloneSaid are the names of topics and the words that only one topic has in its examples. New are the words that stand for
// their topic even so: those that nothing else that was learned knows, or hardly anything.
func aloneSaid(specs []TopicSpec, class []int, isNew func(t *token, lang string) bool) said {
	var out, words said
	for i, s := range specs {
		name := Normalise(s.Name).tokens
		for _, lang := range languages {
			if key, ok := aloneKey(name, lang); ok {
				out = append(out, saidLine{key, class[i]})
			}
		}
		for _, p := range s.Like {
			tokens := Normalise(p.Pattern).tokens
			for k := range tokens {
				t := &tokens[k]
				key, ok := aloneKey(tokens[k:k+1], p.Lang)
				if ok && len(t.text) >= leastAlone && isNew(t, p.Lang) {
					words = append(words, saidLine{key, class[i]})
				}
			}
		}
	}
	return append(out, ofOneTopic(words)...)
}

// ofOneTopic leaves out what is said of more than one topic.
func ofOneTopic(lines said) said {
	topic := map[uint64]int{}
	shared := map[uint64]bool{}
	for _, l := range lines {
		if other, seen := topic[l.words]; seen && other != l.topic {
			shared[l.words] = true
		}
		topic[l.words] = l.topic
	}
	return slices.DeleteFunc(lines, func(l saidLine) bool { return shared[l.words] })
}
