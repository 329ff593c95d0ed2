package speech

import (
	"strings"

	"github.com/tacet-lang/tacet/lang/text"
)

// wordKinds are the kinds of words of a language: by the word as written, and by its beginning.
type wordKinds struct {
	whole, beginning map[string]symbol
}

// readKinds reads lexicon/words.txt.
func readKinds(data string) (out [languages]wordKinds) {
	for i := range out {
		out[i] = wordKinds{map[string]symbol{}, map[string]symbol{}}
	}
	var kind symbol
	for line := range strings.Lines(data) {
		line = strings.TrimSpace(line)
		switch {
		case line == "" || line[0] == '#':
		case line[0] == '[':
			kind = symbolOf(line)
		case strings.HasPrefix(line, "en: "):
			out[english].add(line[4:], kind)
		case strings.HasPrefix(line, "es: "):
			out[spanish].add(line[4:], kind)
		default:
			panic("speech: words.txt has a line that is none: " + line)
		}
	}
	return out
}

func (k *wordKinds) add(words string, kind symbol) {
	for _, w := range strings.Fields(words) {
		at := k.whole
		w, begins := strings.CutSuffix(w, "*")
		if begins {
			at = k.beginning
		}
		if _, listed := at[w]; !listed {
			at[w] = kind
		}
	}
}

// Bounds of the beginnings of words that stand for them.
const (
	minBeginning = 2
	maxBeginning = 12
)

func (k *wordKinds) of(w string) (symbol, bool) {
	if kind, ok := k.whole[w]; ok {
		return kind, true
	}
	for n := min(len(w), maxBeginning); n >= minBeginning; n-- {
		if kind, ok := k.beginning[w[:n]]; ok {
			return kind, true
		}
	}
	return 0, false
}

// endings are what ends of words say of those that no list has, longest first.
var endings = func() (out [languages][]shape) {
	for lang, list := range [languages]string{
		english: `itis:ill osis:ill emia:ill algia:ill oma:ill pathy:ill ectomy:operate otomy:operate plasty:operate oscopy:operate statin:medicine sartan:medicine
 azepam:medicine cillin:medicine mycin:medicine prazole:medicine xetine:medicine triptan:medicine olol:medicine pril:medicine ing:_ing ed:_ed ly:_ly able:_able est:_est er:_er`,
		spanish: `itis:ill osis:ill emia:ill algia:ill patia:ill ectomia:operate plastia:operate oscopia:operate estatina:medicine sartan:medicine azepam:medicine cilina:medicine
 micina:medicine prazol:medicine xetina:medicine triptan:medicine olol:medicine pril:medicine selo:_self sela:_self melo:_tome mela:_tome noslo:_tous nosla:_tous nos:_tous
 ame:_tome eme:_tome ime:_tome ase:_self ese:_self arse:_self erse:_self irse:_self arle:_toyou erle:_toyou irle:_toyou ando:_ing iendo:_ing ado:_ed ada:_ed ido:_ed ida:_ed
 mente:_ly emos:_we amos:_we imos:_we ara:_will era:_will ira:_will ria:_would ar:_to er:_to ir:_to isimo:_est isima:_est ito:_small ita:_small an:_they en:_they`,
	} {
		for entry := range strings.FieldsSeq(list) {
			end, kind, _ := strings.Cut(entry, ":")
			out[lang] = append(out[lang], shape{end, symbolOf("[" + kind + "]")})
		}
	}
	return out
}()

type shape struct {
	ending string
	kind   symbol
}

// minShaped is how many letters a word has at least before its end.
const minShaped = 3

var unknownWord = symbolOf("_")

// kindOf is the kind of a word of a sentence that may be in either language.
func (l *lexicon) kindOf(w text.Word, en, es bool) symbol {
	if isNumber(w) {
		return aNumber
	}
	for lang, may := range [languages]bool{english: en, spanish: es} {
		if kind, ok := l.kinds[lang].of(w.Text); may && ok {
			return kind
		}
	}
	for lang, may := range [languages]bool{english: en, spanish: es} {
		if !may {
			continue
		}
		for _, e := range endings[lang] {
			if len(w.Text) >= len(e.ending)+minShaped && strings.HasSuffix(w.Text, e.ending) {
				return e.kind
			}
		}
	}
	return unknownWord
}
