package input

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// maxChoiceWords is the longest sentence in which the mention of an option counts as the choice of it.
const maxChoiceWords = 20

// maxOtherWords is how many unknown words may stand around a mention.
const maxOtherWords = 5

// parseChoice finds which option is meant: by value or label, by its place in the list, by a mention in a short
// sentence, by the beginning or a word of its label, or by a label with a slip of the finger, in that order. A
// negated mention ("not botox") is none, and so is a question ("how much is botox?").
func parseChoice(t string, c Context) Result {
	for _, o := range c.Options {
		if t == o.Value {
			return ok("choice", o.Value, c)
		}
	}
	if found := shown(t, c); len(found) == 1 {
		return ok("choice", c.Options[found[0]].Value, c)
	}
	r := newChoiceReader(t, c)
	for _, way := range choiceWays {
		found, reason := way(r)
		if reason != "" {
			return unclear(reason)
		}
		if len(found) > 0 {
			return r.result(found)
		}
	}
	return unclear(NotAChoice)
}

// shown finds the options that an answer repeats as they are written, but for capitals: most answers are taps.
func shown(t string, c Context) []int {
	var found []int
	for k, o := range c.Options {
		same := strings.EqualFold(t, o.Value)
		for _, label := range o.Labels {
			same = same || strings.EqualFold(t, label)
		}
		for _, spelling := range o.Also {
			same = same || strings.EqualFold(t, spelling)
		}
		if same {
			found = append(found, k)
		}
	}
	return found
}

// choiceWays are tried in this order; the first that finds an option or a reason against all of them decides.
var choiceWays = [...]func(*choiceReader) ([]int, string){
	(*choiceReader).exact, (*choiceReader).place, (*choiceReader).sentence, (*choiceReader).mentioned,
	(*choiceReader).partial, (*choiceReader).misspelt, (*choiceReader).several,
}

func (r *choiceReader) result(found []int) Result {
	slices.Sort(found)
	var values []string
	for _, k := range slices.Compact(found) {
		values = append(values, r.c.Options[k].Value)
	}
	return oneOf("choice", values, r.c)
}

// exact finds the options spelled just so.
func (r *choiceReader) exact() ([]int, string) {
	ws := wordsOf(r.toks)
	if len(ws) == 0 {
		return r.symbols()
	}
	var found []int
	for _, s := range r.spellings {
		if slices.Equal(s.words, ws) {
			found = append(found, s.option)
		}
	}
	if len(found) == 0 {
		for _, s := range r.spellings {
			if len(r.content) > 0 && slices.Equal(s.content, r.content) && !r.denied() && !r.asked() {
				found = append(found, s.option)
			}
		}
	}
	return found, ""
}

// symbols compares an answer without words with labels without words, such as emoji.
func (r *choiceReader) symbols() ([]int, string) {
	var found []int
	for k, o := range r.c.Options {
		for _, l := range append([]string{o.Value}, o.Also...) {
			if sameTokens(tokenize(clean(l)), r.toks) {
				found = append(found, k)
			}
		}
		for _, lang := range sortedKeys(o.Labels) {
			if sameTokens(tokenize(clean(o.Labels[lang])), r.toks) {
				found = append(found, k)
			}
		}
	}
	return found, ""
}

func sameTokens(a, b []token) bool {
	return slices.EqualFunc(a, b, func(x, y token) bool { return x.s == y.s })
}

// sentence refuses what is no choice whichever option it mentions: questions, experience, indifference, length.
func (r *choiceReader) sentence() ([]int, string) {
	ws := wordsOf(r.toks)
	switch {
	case len(ws) > maxChoiceWords:
		return nil, NotAChoice
	case r.asked():
		return nil, NotAChoice
	}
	for _, w := range ws {
		if experience[w] || complaints[w] {
			return nil, NotAChoice
		}
		if indifferent[w] {
			return nil, Undecided
		}
	}
	return nil, ""
}

func (r *choiceReader) asked() bool {
	for i, t := range r.toks {
		if questionWords[t.s] || t.is("que") && (i == 0 || r.toks[i-1].is("¿")) {
			return true
		}
	}
	return false
}

func (r *choiceReader) denied() bool {
	for _, t := range r.toks {
		if choiceNegations[t.s] {
			return true
		}
	}
	return false
}

// place reads the number of an option in the list: "2", "the second one", "la última", "option three". A number that
// is also a word of a label has both readings.
func (r *choiceReader) place() ([]int, string) {
	if r.denied() || len(r.c.Options) == 0 {
		return nil, ""
	}
	var found []int
	for i := 0; i < len(r.toks); {
		k, n := r.placeAt(i)
		switch {
		case n > 0 && (k < 0 || k >= len(r.c.Options)):
			return nil, r.unplaced(r.toks[i : i+n])
		case n > 0:
			found = append(found, k)
			found = append(found, r.labelled(r.toks[i:i+n])...)
			i += n
		case r.toks[i].kind != punct && !choiceFillers[r.toks[i].s] && !placeWords[r.toks[i].s]:
			return nil, ""
		default:
			i++
		}
	}
	return found, ""
}

// unplaced explains a number beyond the list, unless labels have that number as a word.
func (r *choiceReader) unplaced(toks []token) string {
	if len(r.labelled(toks)) > 0 {
		return ""
	}
	return NotAChoice
}

// placeAt reads a position, from 0.
func (r *choiceReader) placeAt(i int) (k, n int) {
	switch t := r.toks[i]; {
	case t.is("last") || t.is("ultimo") || t.is("ultima"):
		return len(r.c.Options) - 1, 1
	case t.is("un") || t.is("una") || t.is("once") && !spanish(r.c):
		return 0, 0
	case t.is("one") && i > 0 && !announcesPlace[r.toks[i-1].s]:
		return 0, 0
	}
	if v, n := ordinal(r.toks, i); n > 0 {
		return small(v) - 1, n
	}
	if v, n := cardinal(r.toks, i); n > 0 {
		return small(v) - 1, n
	}
	return 0, 0
}

// labelled finds the options whose label holds these tokens as words.
func (r *choiceReader) labelled(toks []token) []int {
	var found []int
	for _, s := range r.spellings {
		if len(toks) == 1 && slices.Contains(s.words, toks[0].s) {
			found = append(found, s.option)
		}
	}
	return found
}

// mentioned finds labels inside the sentence. A label right behind a denial is none ("not botox", "instead of botox");
// any other negation leaves open what it denies.
func (r *choiceReader) mentioned() ([]int, string) {
	var found []int
	var others []token
	for i := 0; i < len(r.toks); {
		if n := r.negationAt(i); n > 0 {
			m := r.deniedLabel(i, n)
			if m == 0 {
				return nil, Negated
			}
			i += n + m
			continue
		}
		options, n := r.labelAt(i)
		if n == 0 {
			if r.toks[i].kind != punct && !choiceFillers[r.toks[i].s] {
				others = append(others, r.toks[i])
			}
			i++
			continue
		}
		if i += n; r.statedAt(i) {
			return nil, NotAChoice
		}
		found = append(found, options...)
	}
	switch {
	case len(found) == 0 && r.denied():
		return nil, Negated
	case len(found) > 0 && len(others) > maxOtherWords:
		return nil, NotAChoice
	case len(found) > 0:
		return r.listed(found, others)
	}
	return nil, ""
}

// statedAt reports that from token i on something is said about the label before it ("botox is bruising"), rather than
// wished ("mornings are best").
func (r *choiceReader) statedAt(i int) bool {
	if i >= len(r.toks) || !statementWords[r.toks[i].s] {
		return false
	}
	return i+1 >= len(r.toks) || !wishWords[r.toks[i+1].s]
}

// listed adds the options of which only a word stands in a list with those found: "botox o lifting". A list with
// "or" and a word that is no option at all leaves open what was meant.
func (r *choiceReader) listed(found []int, others []token) ([]int, string) {
	lists := slices.ContainsFunc(r.toks, func(t token) bool { return listSigns[t.s] || orSigns[t.s] })
	if !lists {
		return found, ""
	}
	either := slices.ContainsFunc(r.toks, func(t token) bool { return orSigns[t.s] })
	strange := false
	for _, t := range others {
		more := r.labelled([]token{t})
		found = append(found, more...)
		strange = strange || len(more) == 0 && !orSigns[t.s] && !listSigns[t.s]
	}
	if either && strange {
		return nil, NotAChoice
	}
	return found, ""
}

// deniedLabel measures the tokens behind a denial of n tokens at i, up to the end of the label that it denies; 0 when
// it denies something else or more. "Botox no, lifting" denies what stands before, and "not botox, facelift" could
// deny both.
func (r *choiceReader) deniedLabel(i, n int) int {
	if r.toks[i].is("no") && i > 0 && !beforeDenial[r.toks[i-1].s] {
		return 0
	}
	at := i + n
	for at < len(r.toks) && r.toks[at].kind == word && choiceFillers[r.toks[at].s] {
		if _, m := r.labelAt(at); m > 0 {
			break
		}
		at++
	}
	if at >= len(r.toks) {
		return 0
	}
	_, m := r.labelAt(at)
	if m == 0 || !endsDenial(r.toks, at+m) {
		return 0
	}
	return at + m - i - n
}

// endsDenial reports that a denied label is followed by nothing more, or by a contrast: "not botox but facelift".
func endsDenial(toks []token, i int) bool {
	for ; i < len(toks); i++ {
		if toks[i].is("but") || toks[i].is("sino") || toks[i].is("pero") {
			return true
		}
		if toks[i].kind == word && !choiceFillers[toks[i].s] {
			return false
		}
	}
	return true
}

// negationAt measures a negation that starts at token i.
func (r *choiceReader) negationAt(i int) int {
	for _, p := range [][]string{{"instead", "of"}, {"rather", "than"}, {"other", "than"}, {"anything", "but"}, {"en", "vez", "de"},
		{"en", "lugar", "de"}, {"todo", "menos"}, {"everything", "but"}} {
		if follows(r.toks, i, p...) {
			return len(p)
		}
	}
	if choiceNegations[r.toks[i].s] {
		return 1
	}
	return 0
}

// partial finds options of which the answer gives a word, or the beginning of at least three letters.
func (r *choiceReader) partial() ([]int, string) {
	if len(r.content) == 0 || len(r.content) > 4 {
		return nil, ""
	}
	var whole, begun []int
	for _, s := range r.spellings {
		if s.also {
			continue
		}
		if containsAll(s.content, r.content) {
			whole = append(whole, s.option)
		}
		label, text := strings.Join(s.words, " "), strings.Join(r.content, " ")
		if utf8.RuneCountInString(text) >= 3 && (strings.HasPrefix(label, text) || len(r.content) == 1 && begins(s.content, text)) {
			begun = append(begun, s.option)
		}
	}
	if len(whole) > 0 {
		return whole, ""
	}
	return begun, ""
}

func containsAll(all, some []string) bool {
	for _, w := range some {
		if !slices.Contains(all, w) && !slices.Contains(all, strings.TrimSuffix(w, "s")) {
			return false
		}
	}
	return true
}

func begins(ws []string, prefix string) bool {
	return slices.ContainsFunc(ws, func(w string) bool { return strings.HasPrefix(w, prefix) })
}

// misspelt finds the labels nearest to the answer within the distance that their length allows.
func (r *choiceReader) misspelt() ([]int, string) {
	text := strings.Join(r.content, "")
	if text == "" || len(text) > 64 {
		return nil, ""
	}
	var found []int
	best := -1
	for _, s := range r.spellings {
		label := strings.Join(s.content, "")
		limit := slips(label)
		d := distance(text, label, limit)
		if d < 0 || !sameStart(text, label) {
			continue
		}
		if best < 0 || d < best {
			best, found = d, nil
		}
		if d == best {
			found = append(found, s.option)
		}
	}
	return found, ""
}

// several reads "both" and "all" as every option.
func (r *choiceReader) several() ([]int, string) {
	for _, t := range r.toks {
		if everyWords[t.s] {
			all := make([]int, len(r.c.Options))
			for k := range all {
				all[k] = k
			}
			return all, ""
		}
	}
	return nil, ""
}

func echoChoice(value string, c Context) string {
	for _, o := range c.Options {
		if o.Value != value {
			continue
		}
		lang := "en"
		if spanish(c) {
			lang = "es"
		}
		for _, l := range []string{c.Lang, lang, "en"} {
			if label := o.Labels[l]; label != "" {
				return label
			}
		}
	}
	return value
}
