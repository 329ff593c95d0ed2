package text

import (
	"cmp"
	"slices"
	"strings"
	"sync"
)

// nearWords finds the known word that a misspelt one stands for: one letter away in writing, or one sound away.
type nearWords struct {
	once  sync.Once // the first word that is looked for fills the tables
	list  []string  // in order, each once
	words idTable   // hashes of words → numbers in list
	near  idTable   // hashes of words as written or, after '~', as they sound, whole or with a letter left out → numbers
}

// Shortest words that are corrected at all, and those that may differ by a letter.
const (
	leastMisspelt = 4
	leastInexact  = 5
)

// keysPerWord is about how many entries of near a word has.
const keysPerWord = 14

// nearWordsOf makes a speller of words in any order.
func nearWordsOf(words []string) *nearWords {
	if !slices.IsSorted(words) {
		words = slices.Sorted(slices.Values(words))
	}
	return &nearWords{list: slices.Compact(words)}
}

func (x *nearWords) fill() {
	x.words, x.near = newIDTable(len(x.list)), newIDTable(len(x.list)*keysPerWord)
	for n, w := range x.list {
		if len(w) >= leastMisspelt && len(w) <= maxTokenLength && isLetter(w[0]) {
			x.add(n, w)
		}
	}
}

// add makes a word known. Of two words that are equally near the first one wins.
func (x *nearWords) add(n int, w string) {
	x.words.put(idOf(w), n)
	k := soundKeyOf(w)
	x.near.put(idOf(k.whole()), n)
	if len(w) < leastInexact {
		return
	}
	plain := letterKey{sound: []byte(w)}
	for i := range len(w) {
		x.near.put(idOf(plain.without(i)), n)
	}
	if len(k.sound) >= leastInexact {
		for i := range k.sound {
			x.near.put(idOf(k.without(i)), n)
		}
	}
}

// letterKey makes keys of a word's letters or, after '~', of its sounds.
type letterKey struct {
	mark  string
	sound []byte
	key   []byte
}

func soundKeyOf(w string) letterKey { return letterKey{mark: "~", sound: sound(w)} }

func (k *letterKey) whole() []byte {
	k.key = append(append(k.key[:0], k.mark...), k.sound...)
	return k.key
}

func (k *letterKey) without(i int) []byte {
	k.key = append(append(append(k.key[:0], k.mark...), k.sound[:i]...), k.sound[i+1:]...)
	return k.key
}

// nearest is the word kept under a key, or "".
func (x *nearWords) nearest(key []byte) string {
	if n := x.near.get(idOf(key)); n >= 0 {
		return x.list[n]
	}
	return ""
}

// find returns the known word that w is taken for, w itself if it is known, or "".
func (x *nearWords) find(w string) string {
	if x == nil || len(w) < leastMisspelt || len(w) > maxTokenLength {
		return ""
	}
	x.once.Do(x.fill)
	if x.words.get(idOf(w)) >= 0 {
		return w
	}
	s := soundKeyOf(w)
	if k := x.nearest(s.whole()); k != "" && (len(w) >= leastInexact || len(sound(k)) == len(s.sound)) {
		return k
	}
	if k := x.nearest([]byte(w)); k != "" {
		return k
	}
	if len(w) < leastInexact {
		return ""
	}
	plain := letterKey{sound: []byte(w)}
	for i := range len(w) {
		less := plain.without(i)
		if len(less) >= leastInexact && x.words.get(idOf(less)) >= 0 {
			return string(less)
		}
		if k := x.nearest(less); len(k) >= leastInexact {
			return k
		}
	}
	if len(s.sound) >= leastInexact {
		for i := range s.sound {
			if k := x.nearest(s.without(i)); len(k) >= leastInexact {
				return k
			}
		}
	}
	return ""
}

// sound writes a folded word as it sounds, roughly and the same for both languages: what is often confused becomes one.
func sound(w string) []byte {
	out := make([]byte, 0, len(w))
	for i := 0; i < len(w); {
		c, n := sounded(w[i:])
		if c != 0 && (len(out) == 0 || out[len(out)-1] != c) {
			out = append(out, c)
		}
		i += n
	}
	return out
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
	var words []string
	for _, list := range []string{"concept", "procedure", "insurer", "body"} {
		for _, line := range lexicon(list+".txt", "\n") {
			if strings.HasPrefix(line, "=") {
				continue
			}
			m := Normalise(line)
			for i := range m.tokens {
				words = append(words, m.tokens[i].text)
			}
		}
	}
	return nearWordsOf(words)
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
	return len(t.text) >= leastMisspelt && !allDigits(t.text) && !functionWords.has(t.text) && !commonWords()[t.text]
}
