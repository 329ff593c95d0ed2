package speech

import (
	_ "embed"
	"encoding/binary"
	"strings"
	"sync"

	"github.com/tacet-lang/tacet/lang/text"
)

//go:embed lexicon.bin
var lexiconFile []byte

// concept is an entry of the lexicons: a kind of answer or a cue.
type concept int16

// conceptInfo says what a concept is.
type conceptInfo struct {
	name  string
	class string // of an object: its data class; "" for a cue
	group group  // of an object
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

// lexicon holds the phrases of all concepts as one trie per language, over stems, and the kinds of words.
type lexicon struct {
	concepts         []conceptInfo
	health, symptoms concept
	unnamed          []answerOf
	tries            [languages]trie
	kinds            [languages]wordKinds
}

// trie holds phrases: from a node, the symbol of a word leads to another. The root is 0.
type trie struct {
	edges  table   // by edge
	starts []int32 // by node, where its endings begin in ends; one more for the last
	ends   []ending
}

func (t *trie) endsOf(node int32) []ending { return t.ends[t.starts[node]:t.starts[node+1]] }

func edge(node int32, word symbol) uint64 { return mix(word, uint64(node)+1) }

// ending says that a phrase of the concept ends here.
type ending struct {
	concept concept
	weak    bool // counts only beside "you"
	bare    bool // counts only as a label
}

// lexicons are read from lexicon.bin, which lexicon_test.go makes of lexicon/*.txt.
var lexicons = sync.OnceValue(func() *lexicon { return decodeLexicon(lexiconFile) })

// answerOf says what kind of answer is asked for with words of a kind where nothing is named.
type answerOf struct {
	words  symbol
	answer concept
}

// answerWords are the kinds of words that ask for a kind of answer, of those that a sentence holds the first in the order of
// the kinds of answer.
var answerWords = map[string]string{
	"name": "[name]", "date-of-birth": "[born]", "address": "[live]", "license": "[official]", "member-id": "[insure]", "card": "[card]",
	"url": "[online]", "plate": "[car]", "employer": "[work]", "photo": "[photo]", "biometric": "[scan]",
}

// decoder reads numbers and names from what was made for it.
type decoder struct{ data []byte }

func (d *decoder) number() uint64 {
	n, size := binary.Uvarint(d.data)
	if size <= 0 {
		panic("speech: lexicon.bin is cut off")
	}
	d.data = d.data[size:]
	return n
}

func (d *decoder) name() string {
	n := d.number()
	name := string(d.data[:n])
	d.data = d.data[n:]
	return name
}

// table reads keys, each by its distance to the one before, with a value.
func (d *decoder) table() table {
	n := int(d.number())
	t := newTable(n)
	key := uint64(0)
	for range n {
		key += d.number()
		t.put(key, int32(d.number()))
	}
	return t
}

// decodeLexicon reads the kinds of answer; for each language the edges and the ends of its trie, and its kinds of words.
func decodeLexicon(data []byte) *lexicon {
	d := &decoder{data}
	l := &lexicon{}
	for _, name := range cueNames {
		l.concepts = append(l.concepts, conceptInfo{name: name})
	}
	for range d.number() {
		name, class := d.name(), d.name()
		at := concept(len(l.concepts))
		switch name {
		case "health":
			l.health = at
		case "symptoms":
			l.symptoms = at
		}
		if words, ok := answerWords[name]; ok {
			l.unnamed = append(l.unnamed, answerOf{symbolOf(words), at})
		}
		l.concepts = append(l.concepts, conceptInfo{name, class, groupOf(class)})
	}
	for lang := range l.tries {
		t := &l.tries[lang]
		t.edges = d.table()
		t.starts = make([]int32, d.number()+1)
		t.ends = make([]ending, d.number())
		last := 0
		for i := range t.ends {
			node, c, how := int(d.number()), concept(d.number()), d.number()
			for ; last < node; last++ {
				t.starts[last+1] = int32(i)
			}
			t.ends[i] = ending{c, how&1 != 0, how&2 != 0}
		}
		for ; last+1 < len(t.starts); last++ {
			t.starts[last+1] = int32(len(t.ends))
		}
		k := &l.kinds[lang]
		k.words = d.table()
		k.kinds = []symbol{0}
		for range d.number() {
			k.kinds = append(k.kinds, symbolOf(d.name()))
		}
		for range d.number() {
			first := d.number()
			k.lengths[first] = uint16(d.number())
		}
	}
	return l
}

// table is a map from numbers that are spread evenly. A key stands at the first free place from where its lowest bits point.
type table struct {
	keys   []uint64 // 0 where the place is free
	values []int32
}

func newTable(n int) table {
	places := 1
	for places < 2*n {
		places *= 2
	}
	return table{make([]uint64, places), make([]int32, places)}
}

func (t *table) put(key uint64, value int32) {
	at := t.place(key)
	t.keys[at], t.values[at] = key, value
}

// get gives the value of a key, 0 if it has none.
func (t *table) get(key uint64) int32 { return t.values[t.place(key)] }

func (t *table) place(key uint64) int {
	last := len(t.keys) - 1
	at := int(key) & last
	for t.keys[at] != key && t.keys[at] != 0 {
		at = (at + 1) & last
	}
	return at
}

// exactMark begins the key of a word that stands for no inflection.
const exactMark = "="

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
	for w := range strings.FieldsSeq(words) {
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

// marks adds the longest phrase of every concept at every word of a sentence to out; stems are its words in the language.
func (l *lexicon) marks(out []mark, lang int, words []text.Word, stems []symbol) []mark {
	t := &l.tries[lang]
	for i := range words {
		first := len(out)
		out = t.walk(out, first, words, i, func(j int) symbol { return stems[j] })
		out = t.walk(out, first, words, i, func(j int) symbol { return symbolAfter(exactStart, words[j].Text) })
	}
	return out
}

// exactStart is what the symbols of words begin with that stand for no inflection.
var exactStart = symbolOf(exactMark)

// walk follows the phrases that begin at word i and adds them to out, whose marks of that word are out[first:];
// key gives the words as the phrases have them.
func (t *trie) walk(out []mark, first int, words []text.Word, i int, key func(int) symbol) []mark {
	at, skipped := int32(0), 0
	for j := i; j < len(words); j++ {
		next := t.edges.get(edge(at, key(j)))
		if next == 0 {
			if at == 0 || skipped == maxSkipped || !skippable[words[j].Text] {
				break
			}
			skipped++
			continue
		}
		at = next
		for _, e := range t.endsOf(at) {
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
