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
}

var lexicons = sync.OnceValue(func() *lexicon {
	l := &lexicon{byName: map[string]concept{}}
	for i := range l.tries {
		l.tries[i].nodes = []trieNode{{}}
	}
	for _, file := range []string{"objects", "cues", "advice"} {
		data, err := lexiconFiles.ReadFile("lexicon/" + file + ".txt")
		if err != nil {
			panic("speech: embedded lexicon " + file + " is missing")
		}
		l.read(string(data))
	}
	return l
})

func (l *lexicon) read(data string) {
	var at concept
	for line := range strings.Lines(data) {
		line = strings.TrimSpace(line)
		switch {
		case line == "" || line[0] == '#':
		case line[0] == '[':
			name, class, _ := strings.Cut(strings.Trim(line, "[]"), " ")
			at = concept(len(l.concepts))
			l.concepts = append(l.concepts, conceptInfo{name, class})
			l.byName[name] = at
		case strings.HasPrefix(line, "en: "):
			l.addAll(english, line[4:], at)
		case strings.HasPrefix(line, "es: "):
			l.addAll(spanish, line[4:], at)
		default:
			panic("speech: a lexicon has a line that is none: " + line)
		}
	}
}

func (l *lexicon) addAll(lang int, phrases string, at concept) {
	for phrase := range strings.SplitSeq(phrases, ",") {
		phrase = strings.TrimSpace(phrase)
		rest, weak := strings.CutPrefix(phrase, "~")
		l.tries[lang].add(lang, rest, ending{at, weak})
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

func stem(lang int, w text.Word) string {
	if lang == spanish {
		return w.ES
	}
	return w.EN
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
	for i := range words {
		first := len(out)
		at, skipped := int32(0), 0
		for j := i; j < len(words); j++ {
			n := &t.nodes[at]
			next, ok := n.next[exactMark+words[j].Text]
			if !ok {
				next, ok = n.next[stem(lang, words[j])]
			}
			if !ok {
				if at == 0 || skipped == maxSkipped || !skippable[words[j].Text] {
					break
				}
				skipped++
				continue
			}
			at = next
			for _, e := range t.nodes[at].ends {
				out = addMark(out, first, mark{e.concept, i, j + 1, e.weak})
			}
		}
	}
	return out
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
