package text

import (
	"sync"
)

// frame is a way to say one's name. Sure frames are followed by a name whatever it looks like; the others need a
// capital or a known given name.
type frame struct {
	words *cueSet
	sure  bool
}

var nameFrames = []frame{
	{cues(`my name is, my names, name is, my full name is, name, they call me, i go by, goes by, my first name is, my last name is, mi nombre es, me llamo, mi apellido es, se llama, nombre completo, nombre,
 her name is, his name is, patient name is, patient name, husbands name is`), true},
	{cues("i am, call me, this is, it is, soy, le habla, habla, aqui, te habla, le escribe, speaking with, here is, le saluda, on behalf of"), false},
}

// names finds names in self-introductions.
func (d *detector) names() {
	c := clause{tokens: d.tokens, end: len(d.tokens)}
	for i := range d.tokens {
		c.begin = i
		for _, f := range nameFrames {
			n := c.longest(i, f.words)
			if n == 0 {
				continue
			}
			if from, to := d.nameAfter(i+n, f.sure); to > from {
				d.report("name", int(d.tokens[from].from), int(d.tokens[to-1].to), rankContext, ActionFlag)
			}
			break
		}
	}
	d.signed()
}

// longest is the length of the longest cue at i.
func (c *clause) longest(i int, set *cueSet) int {
	best := 0
	for _, cue := range set.byFirst[c.tokens[i].text] {
		if len(cue) > best && c.follows(i, cue) {
			best = len(cue)
		}
	}
	return best
}

// nameAfter reads up to four words that can be a name. Without capitals anywhere, words that are no everyday words.
func (d *detector) nameAfter(i int, sure bool) (int, int) {
	if i >= len(d.tokens) || i > 0 && d.tokens[i-1].after >= stop {
		return i, i
	}
	from := i
	for i < len(d.tokens) && i-from < 5 {
		t := &d.tokens[i]
		first := i == from
		if !d.nameWord(t, first, sure, from) {
			break
		}
		i++
		if t.after >= comma {
			break
		}
	}
	for i > from && particles[d.tokens[i-1].text] {
		i--
	}
	return from, i
}

func (d *detector) nameWord(t *token, first, sure bool, from int) bool {
	w := t.text
	if len(w) < 2 && !(t.capital && !first) || !isLetter(w[0]) || hasDigits(w) {
		return false
	}
	if titles[w] {
		return true
	}
	if !first && particles[w] {
		return true
	}
	given := givenNames()[w]
	if notName[w] || months[w] != 0 && !sure && !t.capital {
		return false
	}
	switch {
	case t.capital && d.shouting():
		return given || sure && !commonWords()[w]
	case t.capital:
		return given || !commonWords()[w] || sure || !first
	case sure:
		return given || !commonWords()[w] && !littleWords[w] && len(w) > 2
	case first:
		return given && len(w) > 2 && !commonWords()[w]
	}
	return givenNames()[d.tokens[from].text] && !commonWords()[w] && !littleWords[w] && len(w) > 3
}

// shouting says whether the whole message is in capitals, so that capitals tell nothing.
func (d *detector) shouting() bool {
	for i := 0; i < len(d.m.folded); i++ {
		if c := d.m.folded[i]; 'a' <= c && c <= 'z' {
			return false
		}
	}
	return len(d.tokens) > 2
}

func hasDigits(w string) bool {
	for i := range len(w) {
		if isDigit(w[i]) {
			return true
		}
	}
	return false
}

// signed finds "Hi, Priya Raman here" and "this was Ann Lee speaking": capitals before a closing word.
func (d *detector) signed() {
	for i := range d.tokens {
		if w := d.tokens[i].text; w != "here" && w != "speaking" && w != "habla" || i == 0 {
			continue
		}
		from := i
		for from > 0 && i-from < 3 {
			t := &d.tokens[from-1]
			if t.after > noPause || !t.capital || commonWords()[t.text] || notName[t.text] || !isLetter(t.text[0]) {
				break
			}
			from--
		}
		if from < i && (givenNames()[d.tokens[from].text] || i-from > 1) {
			d.report("name", int(d.tokens[from].from), int(d.tokens[i-1].to), rankContext, ActionFlag)
		}
	}
}

var (
	particles = wordSet("de del la las los van von der den di da le el al bin ben y mc mac san santa st o")
	titles    = wordSet("mr mrs ms miss doctor sr sra srta don dona señor senora")
	// notName are words that follow "I am" or "this is" and begin no name, though they can be written with a capital.
	notName = wordSet(`a an the not so very really just also here there in on at from with to for of and or but my your his her our their this that it is are am was were be been being
 interested looking calling texting writing trying going getting having thinking wondering hoping planning located new late early sorry happy sure okay ok fine good great sick tired scared worried allergic pregnant
 diabetic available free busy ready back done coming running about urgent emergency regarding because currently still now already only doing feeling afraid unable able married single female male years year old
 un una el la los las de del en con para por nueva nuevo paciente alergica alergico mayor madre padre mama esposa esposo hija hijo yo muy su mi tu que quien lo le se me no si es soy bien aqui desde mexicana mexicano hispana
 diabetica diabetico enfermera enfermero maestra doctora doctor botox filler monday tuesday wednesday thursday friday saturday sunday lunes martes miercoles jueves viernes sabado domingo today tomorrow hoy manana all what who how
 when where why please thanks thank yes god crazy ridiculous amazing awesome awful terrible urgente importante
 hiv bipolar positive negative gay trans straight vegan vegetarian christian muslim jewish american mexican indian chinese asian black white latina latino hispanic english spanish and y calling here but pero can could would will want need have has had`)
)

// givenNames are common given names in lower case, of many origins.
var givenNames = sync.OnceValue(func() map[string]bool {
	out := make(map[string]bool)
	for _, n := range lexicon("given.txt", "") {
		out[n] = true
	}
	return out
})
