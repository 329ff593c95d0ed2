package text

import (
	"slices"
	"strings"
)

// pause is what stands between two words.
type pause uint8

const (
	noPause  pause = iota
	comma          // comma, colon, dash, bracket, slash, trailing dots
	stop           // end of a sentence or a line
	question       // end of a sentence with a question mark
)

// form is one way to read a word: the folded word and its stems.
type form struct{ text, en, es string }

// token is one word. A contraction gives two tokens with the same place in the text ("can't": can, not).
type token struct {
	form
	also     []form  // other readings of the same letters: repeated letters, digits for letters
	known    *lexeme // what is known of the word, if it was looked up; else nil
	from, to int32   // characters of the folded text
	after    pause
	capital  bool // first letter is upper case
}

// minSpelled is how many single letters in a row are taken for a word spelled out.
const minSpelled = 4

type readingMode uint8

const (
	plainReading  readingMode = iota
	joinedReading             // signs inside words stand for letters
)

// tokenise splits the text into words.
func tokenise(folded, lower string, mode readingMode) []token {
	out := make([]token, 0, atMostWords(lower))
	for i := 0; i < len(lower); {
		if !startsWord(lower, i, mode) {
			i++
			continue
		}
		j := wordEnd(lower, i, mode)
		capital := folded[i] != lower[i]
		out = appendWord(out, lower[i:j], token{from: int32(i), to: int32(j), capital: capital})
		next := j
		for next < len(lower) && !startsWord(lower, next, mode) {
			next++
		}
		out[len(out)-1].after = pauseOf(lower, j, next)
		i = next
	}
	return out
}

// atMostWords is about how many tokens a text has, rather one too many.
func atMostWords(lower string) int {
	n, before := 0, uint8(0)
	for i := range len(lower) {
		class := byteClasses[lower[i]]
		if class != 0 && before == 0 || lower[i] == '\'' {
			n++
		}
		before = class
	}
	return n
}

func startsWord(lower string, i int, mode readingMode) bool {
	return isWordByte(lower[i]) || mode == joinedReading && signInWord(lower, i)
}

// wordEnd is where the word that begins at i ends; an apostrophe between letters belongs to the word.
func wordEnd(lower string, i int, mode readingMode) int {
	for j := i; ; j++ {
		switch {
		case j == len(lower):
			return j
		case isWordByte(lower[j]):
		case lower[j] == '\'' && j > i && j+1 < len(lower) && isLetter(lower[j+1]):
		case mode == joinedReading && signInWord(lower, j):
		default:
			return j
		}
	}
}

// pauseOf classifies what lies between two words.
func pauseOf(lower string, from, to int) pause {
	p := noPause
	for i := from; i < to; i++ {
		switch lower[i] {
		case '?':
			return question
		case '!', ';', '\n':
			p = max(p, stop)
		case '.':
			inside := to-from == 1 && to < len(lower)
			dots := i+1 < to && lower[i+1] == '.' || i > from && lower[i-1] == '.'
			if inside || dots {
				p = max(p, comma)
				continue
			}
			p = max(p, stop)
		case ',', ':', '(', ')', '/', '"', other:
			p = max(p, comma)
		case '-':
			if to-from > 1 {
				p = max(p, comma)
			}
		}
	}
	return p
}

// appendWord adds a word as one or more tokens.
func appendWord(out []token, word string, at token) []token {
	if x := lookUp(word); x != nil && x.isItself() {
		at.form, at.known = x.form, x
		return append(out, at)
	}
	return appendStrange(out, word, at)
}

// appendStrange adds a word of which the lexicon does not tell how it is read: contractions and chat spellings are written out.
func appendStrange(out []token, word string, at token) []token {
	if i := strings.LastIndexByte(word, '\''); i > 0 {
		if parts, ok := contraction(word[:i], word[i+1:]); ok {
			return appendParts(out, parts, at)
		}
		word = strings.ReplaceAll(word, "'", "")
	}
	if len(word) <= maxShort {
		if parts, ok := shortForms[word]; ok {
			return appendParts(out, parts, at)
		}
	}
	at.form, at.also = readWord(word)
	at.known = lookUp(at.text)
	return append(out, at)
}

func appendParts(out []token, parts []string, at token) []token {
	for _, p := range parts {
		t := at
		if t.known = lookUp(p); t.known != nil && t.known.isItself() {
			t.form = t.known.form
		} else {
			t.form = makeForm(p)
		}
		out = append(out, t)
	}
	return out
}

func makeForm(w string) form { return form{text: w, en: stemEnglish(w), es: stemSpanish(w)} }

// readWord gives the word its forms: letters repeated three times or more shrink to one or two, digits and signs
// among letters are read as the letters they look like.
func readWord(word string) (form, []form) {
	letters, marks, triple := 0, 0, false
	for i := 0; i < len(word); i++ {
		switch {
		case isLetter(word[i]):
			letters++
			triple = triple || i >= 2 && word[i] == word[i-1] && word[i] == word[i-2]
		default:
			marks++
		}
	}
	if letters == 0 || marks == 0 && !triple {
		return makeForm(word), nil
	}
	var also []form
	main := word
	if triple {
		main = squeeze(word, 1)
		also = append(also, makeForm(squeeze(word, 2)))
	}
	if marks > 0 {
		one := unmask(main, 'i')
		also = append(also, makeForm(one))
		if two := unmask(main, 'l'); two != one {
			also = append(also, makeForm(two))
		}
	}
	return makeForm(main), also
}

// squeeze shortens runs of three or more equal letters to keep letters.
func squeeze(word string, keep int) string {
	out := make([]byte, 0, len(word))
	for i := 0; i < len(word); {
		j := i
		for j < len(word) && word[j] == word[i] {
			j++
		}
		n := j - i
		if n >= 3 && isLetter(word[i]) {
			n = keep
		}
		out = append(out, word[i:i+n]...)
		i = j
	}
	return string(out)
}

// unmask reads digits and signs as letters; one is what "1", "!" and "|" stand for. A star stands for a letter that
// the speller has to find, so it is dropped.
func unmask(word string, one byte) string {
	out := make([]byte, 0, len(word))
	for i := 0; i < len(word); i++ {
		c := word[i]
		switch c {
		case '0':
			c = 'o'
		case '1', '!', '|':
			c = one
		case '3':
			c = 'e'
		case '4', '@':
			c = 'a'
		case '5', '$':
			c = 's'
		case '7', '+':
			c = 't'
		case '8':
			c = 'b'
		case '*':
			continue
		}
		out = append(out, c)
	}
	return string(out)
}

// spelledOn says whether what stands between two letters joins them: one character, or a few signs without a space.
func spelledOn(gap string) bool {
	return len(gap) <= 1 || len(gap) <= 3 && !strings.ContainsAny(gap, " \n")
}

// joinSpelled joins letters that are spelled one by one ("c h e s t", "c.h.e.s.t"). A gap of two or more spaces ends a
// word.
func joinSpelled(tokens []token, lower string) []token {
	out := make([]token, 0, len(tokens))
	for i := 0; i < len(tokens); {
		j := i
		for j < len(tokens) && tokens[j].to-tokens[j].from == 1 && (j == i || spelledOn(lower[tokens[j-1].to:tokens[j].from])) {
			j++
		}
		if j-i < minSpelled {
			out = append(out, tokens[i])
			i++
			continue
		}
		word := make([]byte, 0, j-i)
		for _, t := range tokens[i:j] {
			word = append(word, lower[t.from])
		}
		t := token{from: tokens[i].from, to: tokens[j-1].to, after: tokens[j-1].after, capital: tokens[i].capital}
		t.form, t.also = readWord(string(word))
		out = append(out, t)
		i = j
	}
	return out
}

// joinLines reads a message whose sentences are broken over lines: the end of a line without a full stop ends nothing.
// It returns nil where no line ends so.
func joinLines(tokens []token, lower string) []token {
	var out []token
	for i := range tokens {
		if tokens[i].after != stop || i+1 == len(tokens) {
			continue
		}
		gap := lower[tokens[i].to:max(tokens[i].to, tokens[i+1].from)]
		if strings.IndexByte(gap, '\n') < 0 || strings.ContainsAny(gap, ".!;") {
			continue
		}
		if out == nil {
			out = slices.Clone(tokens)
		}
		out[i].after = noPause
	}
	return out
}

// contraction writes out what an apostrophe shortens.
func contraction(before, after string) ([]string, bool) {
	switch after {
	case "t":
		if full, ok := shortForms[strings.ReplaceAll(before, "'", "")+"t"]; ok {
			return full, true
		}
		for _, known := range negations {
			if oneEdit(before+"t", known) {
				return shortForms[known], true
			}
		}
		if verb, ok := strings.CutSuffix(before, "n"); ok && len(verb) > 1 {
			return []string{verb, "not"}, true
		}
	case "ll":
		return []string{before, "will"}, true
	case "re":
		return []string{before, "are"}, true
	case "ve":
		return []string{before, "have"}, true
	case "m":
		return []string{before, "am"}, true
	case "d":
		return []string{before, "would"}, true
	case "s":
		switch before {
		case "it", "he", "she", "that", "what", "there", "here", "who", "how", "where":
			return []string{before, "is"}, true
		case "let":
			return []string{before, "us"}, true
		}
		return []string{before}, true
	}
	return nil, false
}

// negations are the contractions that a misspelt one is compared with, those that decide most first.
var negations = []string{"cant", "wont", "dont", "isnt", "doesnt", "didnt", "havent", "hasnt", "wasnt", "arent", "couldnt"}

const maxShort = 8

// shortForms are spellings without the apostrophe and the commonest chat spellings of both languages.
var shortForms = splitValues(map[string]string{
	"cant": "can not", "cnat": "can not", "canot": "can not", "carnt": "can not", "cannot": "can not", "dont": "do not", "wont": "will not", "isnt": "is not", "aint": "is not",
	"doesnt": "does not", "didnt": "did not", "couldnt": "could not", "wouldnt": "would not", "shouldnt": "should not",
	"wasnt": "was not", "arent": "are not", "werent": "were not", "havent": "have not", "hasnt": "has not",
	"hadnt": "had not", "shant": "shall not", "im": "i am", "ive": "i have", "youre": "you are", "theyre": "they are",
	"hes": "he is", "shes": "she is", "whats": "what is", "thats": "that is", "gonna": "going to", "wanna": "want to",
	"gotta": "got to", "dunno": "do not know", "lemme": "let me", "gimme": "give me", "u": "you", "ur": "your",
	"pls": "please", "plz": "please", "appt": "appointment", "q": "que", "xq": "porque", "porq": "porque", "pq": "porque",
	"toy": "estoy", "tas": "estas", "pa": "para", "tmb": "tambien", "xfa": "por favor", "dr": "doctor", "dra": "doctora",
})

func splitValues(in map[string]string) map[string][]string {
	out := make(map[string][]string, len(in))
	for k, v := range in {
		out[k] = strings.Fields(v)
	}
	return out
}
