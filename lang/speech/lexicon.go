package speech

import (
	"embed"
	"strings"
	"sync"

	"github.com/tacet-lang/tacet/lang/text"
)

//go:embed lexicon/*.txt
var lexiconFiles embed.FS

// concept is an entry of the lexicons: a kind of answer or a cue.
type concept int16

// conceptInfo says what a concept is.
type conceptInfo struct {
	name  string
	class string // of an object: its data class; "" for a cue
}

// conceptSet is a set of concepts.
type conceptSet [2]uint64

func (s *conceptSet) add(c concept)      { s[c>>6] |= 1 << (c & 63) }
func (s *conceptSet) has(c concept) bool { return s[c>>6]>>(c&63)&1 != 0 }

// The languages that lexicons are written in.
const (
	english = iota
	spanish
	languages
)

// lexicon holds the phrases of all concepts as one trie per language, over stems.
type lexicon struct {
	concepts []conceptInfo
	byName   map[string]concept
	tries    [languages]trie
	kinds    [languages]wordKinds
}

type trie struct{ nodes []trieNode }

type trieNode struct {
	next map[string]int32
	ends []ending
}

// ending says that a phrase of the concept ends here.
type ending struct {
	concept concept
	weak    bool // counts only beside "you"
	bare    bool // counts only as a label
}

var lexicons = sync.OnceValue(func() *lexicon {
	l := &lexicon{byName: map[string]concept{}}
	for i := range l.tries {
		l.tries[i].nodes = []trieNode{{}}
	}
	for c, name := range cueNames {
		l.concepts = append(l.concepts, conceptInfo{name: name})
		l.byName[name] = concept(c)
	}
	for _, file := range []string{"objects", "cues", "advice", "terms"} {
		data, err := lexiconFiles.ReadFile("lexicon/" + file + ".txt")
		if err != nil {
			panic("speech: embedded lexicon " + file + " is missing")
		}
		l.read(string(data))
	}
	words, err := lexiconFiles.ReadFile("lexicon/words.txt")
	if err != nil {
		panic("speech: embedded list of words is missing")
	}
	l.kinds = readKinds(string(words))
	return l
})

// minTerm is how many letters a term of either language has at least: no everyday word of the other shares it.
const minTerm = 4

// alsoAsked are the kinds of answer that the terms of a cue stand for too, where "you" stands beside them.
var alsoAsked = map[string]string{"condition": "conditions", "medicine": "medications", "operation": "surgeries"}

// addTerms adds terms of either language.
func (l *lexicon) addTerms(terms string, at concept) {
	for term := range strings.SplitSeq(terms, ",") {
		term = strings.TrimSpace(term)
		if len(term) < minTerm {
			continue
		}
		for lang := range l.tries {
			l.tries[lang].add(lang, term, ending{concept: at})
			if kind, ok := alsoAsked[l.concepts[at].name]; ok {
				l.tries[lang].add(lang, term, ending{concept: l.byName[kind], weak: true})
			}
		}
	}
}

func (l *lexicon) read(data string) {
	var at concept
	asWritten := false
	for line := range strings.Lines(data) {
		line = strings.TrimSpace(line)
		switch {
		case line == "" || line[0] == '#':
		case line[0] == '[':
			name, class, _ := strings.Cut(strings.Trim(line, "[]"), " ")
			asWritten = class == exactMark
			at = l.concept(name, class)
		case strings.HasPrefix(line, "en: "):
			l.addAll(english, line[4:], at, asWritten)
		case strings.HasPrefix(line, "es: "):
			l.addAll(spanish, line[4:], at, asWritten)
		case strings.HasPrefix(line, "any: "):
			l.addTerms(line[5:], at)
		default:
			panic("speech: a lexicon has a line that is none: " + line)
		}
	}
}

// concept is the cue of that name, or a new kind of answer.
func (l *lexicon) concept(name, class string) concept {
	if at, ok := l.byName[name]; ok {
		return at
	}
	if class == "" || class == exactMark {
		panic("speech: a lexicon lists a cue that is none: " + name)
	}
	at := concept(len(l.concepts))
	l.concepts = append(l.concepts, conceptInfo{name, class})
	l.byName[name] = at
	return at
}

func (l *lexicon) addAll(lang int, phrases string, at concept, asWritten bool) {
	for phrase := range strings.SplitSeq(phrases, ",") {
		phrase = strings.TrimSpace(phrase)
		phrase, weak := strings.CutPrefix(phrase, "~")
		phrase, bare := strings.CutPrefix(phrase, "!")
		if asWritten {
			phrase = exactMark + phrase
		}
		l.tries[lang].add(lang, phrase, ending{at, weak, bare})
	}
}

// exactMark begins the key of a word that stands for no inflection.
const exactMark = "="

func (t *trie) add(lang int, phrase string, e ending) {
	exact := strings.HasPrefix(phrase, exactMark)
	at := int32(0)
	for _, w := range text.Normalise(strings.ReplaceAll(phrase, exactMark, "")).Words() {
		key := stem(lang, w)
		if exact {
			key = exactMark + w.Text
		}
		n := &t.nodes[at]
		next, ok := n.next[key]
		if !ok {
			if n.next == nil {
				n.next = map[string]int32{}
			}
			next = int32(len(t.nodes))
			n.next[key] = next
			t.nodes = append(t.nodes, trieNode{})
		}
		at = next
	}
	if at != 0 {
		t.nodes[at].ends = append(t.nodes[at].ends, e)
	}
}

// minStem is how many letters of a stem tell a word from others, by language. A word with a shorter stem is taken as
// written, but for the plural's s: "sobrio" and "sobre", "note" and "not" have one stem.
var minStem = [languages]int{4, 5}

func stem(lang int, w text.Word) string {
	st := w.EN
	if lang == spanish {
		st = w.ES
	}
	n := len(w.Text)
	switch {
	case len(st) >= minStem[lang] && n > 4:
		return st
	case n > 3 && w.Text[n-1] == 's' && w.Text[n-2] != 's':
		return w.Text[:n-1]
	}
	return w.Text
}

// skippable words may stand between the words of a phrase: "reason for [your] visit".
var skippable = set(`the a an your our any my their this that these those his her its some all other current recent really also still
 el la los las un una unos unas su sus tu tus mi mis nuestro nuestra algun alguna algunos este esta cualquier otro otros`)

func set(words string) map[string]bool {
	out := map[string]bool{}
	for _, w := range strings.Fields(words) {
		out[w] = true
	}
	return out
}

// maxSkipped is how many such words a phrase may hold.
const maxSkipped = 2

// mark is a concept found at words[from:to].
type mark struct {
	concept  concept
	from, to int
	weak     bool
}

// marks finds the longest phrase of every concept at every word of a sentence.
func (l *lexicon) marks(lang int, words []text.Word) []mark {
	var out []mark
	t := &l.tries[lang]
	stems, written := make([]string, len(words)), make([]string, len(words))
	for i, w := range words {
		stems[i], written[i] = stem(lang, w), exactMark+w.Text
	}
	for i := range words {
		first := len(out)
		out = t.walk(out, first, words, i, stems)
		out = t.walk(out, first, words, i, written)
	}
	return out
}

// walk follows the phrases that begin at word i and adds them to out, whose marks of that word are out[first:];
// keys are the words as the phrases have them.
func (t *trie) walk(out []mark, first int, words []text.Word, i int, keys []string) []mark {
	at, skipped := int32(0), 0
	for j := i; j < len(words); j++ {
		next, ok := t.nodes[at].next[keys[j]]
		if !ok {
			if at == 0 || skipped == maxSkipped || !skippable[words[j].Text] {
				break
			}
			skipped++
			continue
		}
		at = next
		for _, e := range t.nodes[at].ends {
			if e.bare && !onlyLabel(words, i, j+1) {
				continue
			}
			out = addMark(out, first, mark{e.concept, i, j + 1, e.weak})
		}
	}
	return out
}

// maxBare is how many words a sentence has that is only a label.
const maxBare = 5

var beside = set("please and or if any full current optional required por favor y o si opcional exact number in mm dd yyyy lbs kg cm years e none write n a ninguna ninguno escriba known")

// onlyLabel says whether a sentence holds nothing beside words[from:to] but little words.
func onlyLabel(words []text.Word, from, to int) bool {
	for i, w := range words {
		if (i < from || i >= to) && !skippable[w.Text] && !beside[w.Text] {
			return false
		}
	}
	return len(words) <= maxBare
}

// addMark adds a mark, or lengthens the one of the same concept that begins at the same word (out[first:]).
func addMark(out []mark, first int, m mark) []mark {
	for k := first; k < len(out); k++ {
		if out[k].concept == m.concept {
			out[k] = m
			return out
		}
	}
	return append(out, m)
}

// Kinds returns the kinds of answer that words can ask for, in a fixed order.
func Kinds() []Kind {
	var out []Kind
	for _, c := range lexicons().concepts {
		if c.class != "" {
			out = append(out, Kind{Type: c.name, Class: c.class})
		}
	}
	return out
}
