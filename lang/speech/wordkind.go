package speech

import (
	"strings"

	"github.com/tacet-lang/tacet/lang/text"
)

// wordKinds are the kinds of words of a language: by the word as written, and by its beginning.
type wordKinds struct {
	words   table       // by wholeWord or beginning, an index into kinds
	kinds   []symbol    // 0 first
	lengths [256]uint16 // by first byte, which lengths beginnings have
}

func wholeWord(word symbol) uint64 { return mix(word, 1) }
func beginning(part symbol) uint64 { return mix(part, 2) }

// Bounds of the beginnings of words that stand for them.
const (
	minBeginning = 2
	maxBeginning = 15
)

// of is the kind of a word, as written or by its longest beginning; 0 if it has none.
func (k *wordKinds) of(w string) symbol {
	if w == "" {
		return 0
	}
	if at := k.words.get(wholeWord(symbolOf(w))); at != 0 {
		return k.kinds[at]
	}
	lengths := k.lengths[w[0]]
	if lengths == 0 {
		return 0
	}
	found := int32(0)
	h := symbolOf("")
	for n := range min(len(w), maxBeginning) {
		h = (h ^ symbol(w[n])) * prime
		if lengths>>(n+1)&1 == 0 {
			continue
		}
		if at := k.words.get(beginning(h)); at != 0 {
			found = at
		}
	}
	return k.kinds[found]
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

// kindOf is the kind of a word of a sentence that may be in either language, where the lists say that it has one.
func kindOf(w text.Word, en, es bool, kindEN, kindES symbol) symbol {
	switch {
	case isNumber(w):
		return aNumber
	case en && kindEN != 0:
		return kindEN
	case es && kindES != 0:
		return kindES
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
