package speech

import (
	"bytes"
	"encoding/binary"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/tacet-lang/tacet/lang/text"
)

// lexiconText is what the files of lexicon/ say, to be written as decodeLexicon reads it.
type lexiconText struct {
	concepts []conceptInfo
	byName   map[string]concept
	nodes    [languages]int32 // how many nodes the trie has
	edges    [languages]map[uint64]int32
	ends     [languages][]end
	words    [languages]map[uint64]int32
	kinds    [languages][]string
	lengths  [languages][256]uint16
}

type end struct {
	node int32
	ending
}

func readLexicon(t *testing.T) *lexiconText {
	t.Helper()
	l := &lexiconText{byName: map[string]concept{}}
	for lang := range languages {
		l.nodes[lang] = 1
		l.edges[lang], l.words[lang] = map[uint64]int32{}, map[uint64]int32{}
	}
	for c, name := range cueNames {
		l.concepts = append(l.concepts, conceptInfo{name: name})
		l.byName[name] = concept(c)
	}
	for _, name := range []string{"objects", "cues", "advice", "terms"} {
		l.read(t, file(t, name))
	}
	l.readKinds(t, file(t, "words"))
	return l
}

func file(t *testing.T, name string) string {
	t.Helper()
	data, err := os.ReadFile("lexicon/" + name + ".txt")
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// TestLexicon checks that lexicon/*.txt gives lexicon.bin, byte for byte; TACET_UPDATE=1 writes it.
func TestLexicon(t *testing.T) {
	got := readLexicon(t).encode()
	if os.Getenv("TACET_UPDATE") == "1" {
		if err := os.WriteFile("lexicon.bin", got, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if !bytes.Equal(got, lexiconFile) {
		t.Error("lexicon.bin is not what lexicon/*.txt give: run `go generate ./lang/speech`")
	}
}

func (l *lexiconText) encode() []byte {
	var out []byte
	number := func(n uint64) { out = binary.AppendUvarint(out, n) }
	name := func(s string) { number(uint64(len(s))); out = append(out, s...) }
	table := func(m map[uint64]int32) {
		number(uint64(len(m)))
		before := uint64(0)
		for _, key := range slices.Sorted(maps.Keys(m)) {
			number(key - before)
			before = key
			number(uint64(m[key]))
		}
	}
	number(uint64(len(l.concepts)) - uint64(cues))
	for _, c := range l.concepts[cues:] {
		name(c.name)
		name(c.class)
	}
	for lang := range languages {
		table(l.edges[lang])
		number(uint64(l.nodes[lang]))
		number(uint64(len(l.ends[lang])))
		slices.SortStableFunc(l.ends[lang], func(a, b end) int { return int(a.node - b.node) })
		for _, e := range l.ends[lang] {
			how := uint64(0)
			if e.weak {
				how |= 1
			}
			if e.bare {
				how |= 2
			}
			number(uint64(e.node))
			number(uint64(e.concept))
			number(how)
		}
		table(l.words[lang])
		number(uint64(len(l.kinds[lang])))
		for _, k := range l.kinds[lang] {
			name(k)
		}
		number(256)
		for first, lengths := range l.lengths[lang] {
			number(uint64(first))
			number(uint64(lengths))
		}
	}
	return out
}

// minTerm is how many letters a term of either language has at least: no everyday word of the other shares it.
const minTerm = 4

// alsoAsked are the kinds of answer that the terms of a cue stand for too, where "you" stands beside them.
var alsoAsked = map[string]string{"condition": "conditions", "medicine": "medications", "operation": "surgeries"}

// addTerms adds terms of either language.
func (l *lexiconText) addTerms(terms string, at concept) {
	for term := range strings.SplitSeq(terms, ",") {
		term = strings.TrimSpace(term)
		if len(term) < minTerm {
			continue
		}
		for lang := range languages {
			l.add(lang, term, ending{concept: at})
			if kind, ok := alsoAsked[l.concepts[at].name]; ok {
				l.add(lang, term, ending{concept: l.byName[kind], weak: true})
			}
		}
	}
}

func (l *lexiconText) read(t *testing.T, data string) {
	t.Helper()
	var at concept
	asWritten := false
	for line := range strings.Lines(data) {
		line = strings.TrimSpace(line)
		switch {
		case line == "" || line[0] == '#':
		case line[0] == '[':
			name, class, _ := strings.Cut(strings.Trim(line, "[]"), " ")
			asWritten = class == exactMark
			at = l.concept(t, name, class)
		case strings.HasPrefix(line, "en: "):
			l.addAll(english, line[4:], at, asWritten)
		case strings.HasPrefix(line, "es: "):
			l.addAll(spanish, line[4:], at, asWritten)
		case strings.HasPrefix(line, "any: "):
			l.addTerms(line[5:], at)
		default:
			t.Fatalf("a lexicon has a line that is none: %s", line)
		}
	}
}

// concept is the cue of that name, or a new kind of answer.
func (l *lexiconText) concept(t *testing.T, name, class string) concept {
	t.Helper()
	if at, ok := l.byName[name]; ok {
		return at
	}
	if class == "" || class == exactMark {
		t.Fatalf("a lexicon lists a cue that is none: %s", name)
	}
	at := concept(len(l.concepts))
	l.concepts = append(l.concepts, conceptInfo{name: name, class: class})
	l.byName[name] = at
	return at
}

func (l *lexiconText) addAll(lang int, phrases string, at concept, asWritten bool) {
	for phrase := range strings.SplitSeq(phrases, ",") {
		phrase = strings.TrimSpace(phrase)
		phrase, weak := strings.CutPrefix(phrase, "~")
		phrase, bare := strings.CutPrefix(phrase, "!")
		if asWritten {
			phrase = exactMark + phrase
		}
		l.add(lang, phrase, ending{at, weak, bare})
	}
}

func (l *lexiconText) add(lang int, phrase string, e ending) {
	exact := strings.HasPrefix(phrase, exactMark)
	at := int32(0)
	for _, w := range text.Normalise(strings.ReplaceAll(phrase, exactMark, "")).Words() {
		key := symbolOf(stem(lang, w))
		if exact {
			key = symbolOf(exactMark + w.Text)
		}
		next, ok := l.edges[lang][edge(at, key)]
		if !ok {
			next = l.nodes[lang]
			l.nodes[lang]++
			l.edges[lang][edge(at, key)] = next
		}
		at = next
	}
	if at != 0 {
		l.ends[lang] = append(l.ends[lang], end{at, e})
	}
}

// readKinds reads the kinds of words; a word belongs to the first kind that lists it.
func (l *lexiconText) readKinds(t *testing.T, data string) {
	t.Helper()
	kind := ""
	for line := range strings.Lines(data) {
		line = strings.TrimSpace(line)
		switch {
		case line == "" || line[0] == '#':
		case line[0] == '[':
			kind = line
		case strings.HasPrefix(line, "en: "):
			l.addKind(english, kind, line[4:])
		case strings.HasPrefix(line, "es: "):
			l.addKind(spanish, kind, line[4:])
		default:
			t.Fatalf("words.txt has a line that is none: %s", line)
		}
	}
}

func (l *lexiconText) addKind(lang int, kind, words string) {
	l.kinds[lang] = append(l.kinds[lang], kind)
	for w := range strings.FieldsSeq(words) {
		part, begins := strings.CutSuffix(w, "*")
		key := wholeWord(symbolOf(part))
		if begins {
			if len(part) < minBeginning || len(part) > maxBeginning {
				panic("a beginning of words is too short or too long: " + w)
			}
			key = beginning(symbolOf(part))
			l.lengths[lang][part[0]] |= 1 << len(part)
		}
		if _, listed := l.words[lang][key]; !listed {
			l.words[lang][key] = int32(len(l.kinds[lang]))
		}
	}
}

// BenchmarkStart is what the first text of a process costs besides its judgement: the lexicons and the models.
func BenchmarkStart(b *testing.B) {
	for b.Loop() {
		decodeLexicon(lexiconFile)
		decodeModel(modelFile)
	}
}
