package text

import (
	"cmp"
	"slices"
	"strings"
	"sync"
)

// signLexicon finds the concepts of lexicon/sign.txt: parts of the body, what they feel like, what was taken or done, and
// what takes the danger away. One concept covers both languages.
type signLexicon struct {
	automaton *automaton
	of        []int32 // concept, by phrase
	names     []string
	danger    []bool // by concept: is not harmless of itself
	frames    []bool // by concept: speaks of the whole message (a question in general, the past), not of what stands near
	roles     []bool // by concept: says who does what to whom
}

// signLexicons is built when the first message is judged.
var signLexicons = sync.OnceValue(buildSigns)

// frameSigns are the concepts that bear on everything around them.
var frameSigns = wordSet("general study whatif past over joke price relative notyet")

// roleSigns say who does what to whom. They are so common that only their order with other signs tells anything.
var roleSigns = wordSet("self you other will want condition time home")

// plainSigns are the concepts that ordinary messages are full of.
var plainSigns = wordSet(`arm jaw face mouth throat eye sight head leg belly breast nose skin half wound heart chest fast hard hot cold pills took
 toomany size oneside animal shows saying needle tox numbing surgery since means farewell partner weakone harm fear money hand staff pregnant sugar now booking cannot speech balance opened`)

func buildSigns() *signLexicon {
	l := &signLexicon{}
	b := newBuilder()
	for _, line := range lexicon("sign.txt", "\n") {
		// A | inside brackets belongs to a pattern; those that part the line have spaces around them.
		parts := strings.Split(line, " | ")
		name := strings.TrimSpace(parts[0])
		concept := int32(len(l.names))
		l.names = append(l.names, name)
		l.frames = append(l.frames, frameSigns.has(name))
		l.roles = append(l.roles, roleSigns.has(name))
		l.danger = append(l.danger, !frameSigns.has(name) && !plainSigns.has(name) && !roleSigns.has(name))
		for _, part := range parts[1:] {
			lang, list, _ := strings.Cut(part, " ")
			for pattern := range strings.SplitSeq(list, ";") {
				l.add(b, concept, lang, strings.TrimSpace(pattern))
			}
		}
	}
	l.automaton = b.finish()
	return l
}

func (l *signLexicon) add(b *builder, concept int32, lang, pattern string) {
	n, err := parseAnyPattern(pattern)
	if err != nil {
		panic("text: sign " + l.names[concept] + ", `" + pattern + "`: " + err.Msg)
	}
	if !b.add(int32(len(l.of)), n, lang) {
		panic("text: too many signs")
	}
	l.of = append(l.of, concept)
}

// sign is a concept met at tokens[from:to].
type sign struct {
	concept  int32
	from, to int32
	denied   bool
}

// find returns the signs in order of their ends, each concept once for an end.
func (l *signLexicon) find(tokens []token, denied []bool) []sign {
	all := l.automaton.run(tokens)
	out := make([]sign, 0, len(all))
	for _, f := range all {
		s := sign{concept: l.of[f.phrase], from: int32(f.from), to: int32(f.to)}
		// A sign that holds the negation itself ("won't stop") is not denied by it.
		s.denied = denied[f.to-1] && denied[f.from]
		out = append(out, s)
	}
	slices.SortFunc(out, func(a, b sign) int {
		return cmp.Or(cmp.Compare(a.to, b.to), cmp.Compare(a.concept, b.concept), cmp.Compare(a.from, b.from))
	})
	return slices.CompactFunc(out, func(a, b sign) bool { return a.to == b.to && a.concept == b.concept })
}
