package text

import (
	"cmp"
	"strings"
	"sync"
)

// nearWords finds the known word that a misspelt one stands for: one letter away in writing, or one sound away.
type nearWords struct {
	words map[string]bool
	near  map[string]string // as written or, after '~', as it sounds, whole or with a letter left out → the word
}

// Shortest words that are corrected at all, and those that may differ by a letter.
const (
	leastMisspelt = 4
	leastInexact  = 5
)

func newNearWords() *nearWords {
	return &nearWords{words: map[string]bool{}, near: map[string]string{}}
}

// add makes a word known. Of two words that are equally near the first one added wins.
func (x *nearWords) add(w string) {
	if x.words[w] || len(w) < leastMisspelt || len(w) > maxTokenLength || !isLetter(w[0]) {
		return
	}
	x.words[w] = true
	x.put("~"+sound(w), w)
	if len(w) < leastInexact {
		return
	}
	for i := range len(w) {
		x.put(w[:i]+w[i+1:], w)
	}
	if s := sound(w); len(s) >= leastInexact {
		for i := range len(s) {
			x.put("~"+s[:i]+s[i+1:], w)
		}
	}
}

func (x *nearWords) put(key, w string) {
	if _, taken := x.near[key]; !taken {
		x.near[key] = w
	}
}

// find returns the known word that w is taken for, w itself if it is known, or "".
func (x *nearWords) find(w string) string {
	if x == nil {
		return ""
	}
	if x.words[w] {
		return w
	}
	if len(w) < leastMisspelt || len(w) > maxTokenLength {
		return ""
	}
	s := sound(w)
	if k := x.near["~"+s]; k != "" && (len(w) >= leastInexact || len(sound(k)) == len(s)) {
		return k
	}
	if k := x.near[w]; k != "" {
		return k
	}
	if len(w) < leastInexact {
		return ""
	}
	for i := range len(w) {
		less := w[:i] + w[i+1:]
		if x.words[less] && len(less) >= leastInexact {
			return less
		}
		if k := x.near[less]; len(k) >= leastInexact {
			return k
		}
	}
	if len(s) >= leastInexact {
		for i := range len(s) {
			if k := x.near["~"+s[:i]+s[i+1:]]; len(k) >= leastInexact {
				return k
			}
		}
	}
	return ""
}

// sound writes a folded word as it sounds, roughly and the same for both languages: what is often confused becomes one.
func sound(w string) string {
	out := make([]byte, 0, len(w))
	for i := 0; i < len(w); {
		c, n := sounded(w[i:])
		if c != 0 && (len(out) == 0 || out[len(out)-1] != c) {
			out = append(out, c)
		}
		i += n
	}
	return string(out)
}

// sounded is the sound at the beginning of w, 0 for a silent letter, and how many letters write it.
func sounded(w string) (sound byte, letters int) {
	soft := len(w) > 1 && strings.IndexByte("eiy", w[1]) >= 0
	switch w[0] {
	case 'h':
		return 0, 1
	case 'c':
		if len(w) > 1 && w[1] == 'h' {
			return 'x', 2
		}
		if soft {
			return 's', 1
		}
		return 'k', 1
	case 'q':
		if len(w) > 1 && w[1] == 'u' {
			return 'k', 2
		}
		return 'k', 1
	case 'p':
		if len(w) > 1 && w[1] == 'h' {
			return 'f', 2
		}
	case 'g':
		if soft {
			return 'j', 1
		}
	}
	if i := strings.IndexByte("zxvyw", w[0]); i >= 0 {
		return "ssbiu"[i], 1
	}
	return w[0], 1
}

// vocabularyOfTopics is every word of the concepts and of the lists that count as concepts.
var vocabularyOfTopics = sync.OnceValue(func() *nearWords {
	x := newNearWords()
	for _, list := range []string{"concept", "procedure", "insurer", "body"} {
		for _, line := range lexicon(list+".txt", "\n") {
			if strings.HasPrefix(line, "=") {
				continue
			}
			m := Normalise(line)
			for i := range m.tokens {
				x.add(m.tokens[i].text)
			}
		}
	}
	return x
})

// chatForms are spellings of messages and of how words are said, beyond those that every detector reads.
var chatForms = splitValues(map[string]string{
	"tmrw": "tomorrow", "tmr": "tomorrow", "tmw": "tomorrow", "tomoro": "tomorrow", "wat": "what", "wht": "what", "wut": "what", "wen": "when", "whn": "when", "wher": "where", "were's": "where is",
	"r": "are", "yr": "your", "yall": "you all", "gys": "guys", "teh": "the", "wknd": "weekend", "apt": "appointment", "appts": "appointments",
	"sched": "schedule", "resched": "reschedule", "hrs": "hours", "addy": "address", "ubi": "ubicacion", "tryna": "trying to", "ima": "i will", "b4": "before", "w": "with",
	"abt": "about", "bc": "because", "cuz": "because", "ppl": "people", "msg": "message", "tox": "botox", "doc": "doctor", "pic": "photo", "pics": "photos", "insta": "instagram",
	"rx": "prescription", "meds": "medication", "min": "minutes", "mins": "minutes", "wanted": "want", "prolly": "probably", "sum1": "someone", "smone": "someone",
	"ke": "que", "k": "que", "kiero": "quiero", "kuanto": "cuanto", "kual": "cual", "komo": "como", "aki": "aqui", "porfa": "por favor", "porfis": "por favor", "tmbn": "tambien",
	"ora": "hora", "ai": "hay", "asen": "hacen", "aser": "hacer", "ablo": "hablo", "ablar": "hablar", "oy": "hoy", "boy": "voy", "sita": "cita", "sitas": "citas", "ocupo": "necesito", "pal": "para el",
})

// repaired writes out chat spellings and corrects misspelt words. known says which words are as they should be.
func repaired(tokens []token, model *nearWords, known func(*token) bool) []token {
	out := make([]token, 0, len(tokens)+4)
	for i := range tokens {
		t := tokens[i]
		if parts := chatForms[t.text]; parts != nil {
			for _, p := range parts {
				t.form = makeForm(p)
				out = append(out, t)
			}
			continue
		}
		if misspellable(&t) && !known(&t) {
			if w := cmp.Or(model.find(t.text), vocabularyOfTopics().find(t.text)); w != "" {
				t.form = makeForm(w)
			}
		}
		out = append(out, t)
	}
	return out
}

func misspellable(t *token) bool {
	return len(t.text) >= leastMisspelt && !allDigits(t.text) && !functionWords[t.text] && !commonWords()[t.text]
}
