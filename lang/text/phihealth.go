package text

import "sync"

// A person tells of their own health, or of somebody close, when a frame ("I have", "she takes", "me operaron de")
// meets a term. Neither alone is enough: "do you treat diabetes?" and "I have an appointment" are harmless.

// healthTerms finds lay names of conditions, medicines, measures and operations.
var healthTerms = sync.OnceValue(func() *classes {
	c := &classes{byFirst: map[string][]classEntry{}, near: map[string]string{}}
	for _, class := range []string{"health", "special-sud", "special-mh", "special-repro", "special-hiv", "genetic", "medicine", "measure", "operation", "state"} {
		for _, entry := range lexicon("health-"+class+".txt", ",") {
			c.add(entry, class)
		}
	}
	c.order()
	return c
})

// Classes of terms by what frames they need.
const (
	medicineClass  = "medicine"
	measureClass   = "measure"
	operationClass = "operation"
	stateClass     = "state" // adjectives: diabetic, pregnant
)

var (
	haveFrames = cues(`i have, i had, i got, i get, i suffer, i suffered, i developed, i am suffering, i am dealing with, i am living with, i am battling, i struggle, i have been diagnosed, i was diagnosed, was diagnosed, diagnosed, been diagnosed, i am being treated for, treated for,
 i have a history of, my history of, my, he has, she has, has, have, had, i live with, i deal with, recovering from, in recovery from, recovery from, i survived, survivor of, i am getting, suffers from, suffers, because of my, with my, i carry, i caught,
 tengo, tuve, he tenido, padezco, padezco de, sufro, sufro de, me diagnosticaron, diagnosticaron, diagnosticada con, diagnosticado con, me detectaron, le detectaron, me dio, tiene, tuvo, padece, padece de, sufre, sufre de, vivo con, mi, me salio, estoy en tratamiento por, llevo anos con, con mi, por mi, me encontraron`)
	takeFrames = cues(`i take, i am taking, taking, takes, i am on, am on, is on, have been on, been on, was on, i use, i am using, i was prescribed, prescribed, prescribes me, i inject, i got put on, put me on, on my, my, i stopped, i started, started, i quit, has been on, still on, just started, took,
 tomo, estoy tomando, tomando, toma, tomaba, me recetaron, recetaron, uso, me inyecto, me pongo, mi, mis, deje de tomar, deje, empece, empece a tomar, estoy con, estoy usando`)
	isFrames     = cues(`i am, am, he is, she is, is, i was, i became, i might be, i think i am, we are, soy, estoy, es, esta, quede, sali, creo que estoy, ando`)
	doneFrames   = cues(`i had, i have had, had, i got, i underwent, underwent, i needed, i am having, after my, since my, my, i have, i am scheduled for, me operaron, me operaron de, operaron, tuve, me hicieron, hicieron, me quitaron, me sacaron, me van a operar de, mi, desde mi, despues de mi, me hice, me practicaron, tengo`)
	openFrames   = cues(`i was diagnosed with, was diagnosed with, i am diagnosed with, been diagnosed with, diagnosed me with, i am allergic to, am allergic to, is allergic to, allergic to, i have an allergy to, i tested positive for, me diagnosticaron, soy alergica a, soy alergico a, es alergica a, es alergico a, tengo alergia a, sali positivo a, sali positiva a`)
	ownPersons   = wordSet("i my me myself mine we our mi mis yo me nos nuestra")
	closePersons = wordSet(`he she his her him husband wife son daughter mom mother dad father baby brother sister grandma grandmother grandpa grandfather partner boyfriend girlfriend friend aunt uncle cousin kid child toddler nephew niece fiance
 esposo esposa hijo hija mama papa madre padre bebe hermano hermana abuela abuelo novio novia pareja tia tio primo prima suegra suegro nieta nieto ella`)
	spanishSelf = wordSet("tengo tuve tomo padezco sufro soy estoy uso vivo llevo quede sali empece deje ando")
	possessives = wordSet("my mi mis")
	anyPerson   = wordSet("people patients someone somebody anyone anybody everyone clients person patient women men you personas pacientes alguien ustedes gente quienes clientes mujeres hombres")
)

// frameWindow is how many words may stand between a frame and its term.
const frameWindow = 4

func (d *detector) health() {
	terms := healthTerms()
	for i := 0; i < len(d.tokens); {
		class, n := terms.at(d.tokens, i)
		if n == 0 {
			i++
			continue
		}
		d.healthTerm(class, i, i+n)
		i += n
	}
	d.openHealth()
}

// healthTerm reports tokens[from:to], a term of the class, if a personal frame stands before it.
func (d *detector) healthTerm(class string, from, to int) {
	c := clauseOf(d.tokens, from, to)
	frames := haveFrames
	switch class {
	case medicineClass:
		frames = takeFrames
	case operationClass:
		frames = doneFrames
	case stateClass:
		frames = isFrames
	}
	if class == measureClass {
		d.measure(&c)
		return
	}
	for i := from - 1; i >= max(c.begin, from-frameWindow-3); i-- {
		n := c.longest(i, frames)
		if n == 0 || i+n > from || from-(i+n) > frameWindow || possessives[c.word(i)] && from-i > 2 {
			continue
		}
		if d.reportHealth(&c, class, i, to) {
			return
		}
	}
}

// reportHealth reports the statement from the frame at i to the end of the term, if it is about a particular person and
// not denied.
func (d *detector) reportHealth(c *clause, class string, i, to int) bool {
	about, from := c.person(i)
	if about == "" || c.negatedBefore() || c.aboutSomething() || c.any(c.begin, c.from, incaseCues) >= 0 {
		return false
	}
	if class == stateClass || class == medicineClass || class == operationClass {
		class = "health"
	}
	d.report("health", int(d.tokens[from].from), int(d.tokens[to-1].to), rankContext, ActionFlag)
	last := &d.findings[len(d.findings)-1]
	last.Class, last.About = class, about
	return true
}

// person says whose state the frame at i tells ("self", "other" or "" for nobody in particular), and where the
// statement begins.
func (c *clause) person(i int) (string, int) {
	about, from := "", i
	for k := min(i+1, c.end-1); k >= max(c.begin, i-4); k-- {
		w := c.word(k)
		switch {
		case anyPerson[w]:
			return "", i
		case closePersons[w]:
			about, from = "other", min(from, k)
		case ownPersons[w] || spanishSelf[w]:
			if about == "" {
				about = "self"
			}
			from = min(from, k)
		}
	}
	return about, from
}

var measureLinks = wordSet("is was are were at of level levels runs running around about over under high low es esta en de anda sube muy came back")

// measure reports "my a1c is 9.2", "my blood pressure is high".
func (d *detector) measure(c *clause) {
	about, from := c.person(c.from)
	if about == "" {
		return
	}
	end := c.to
	for end < c.end && (measureLinks[c.word(end)] || allDigits(c.word(end)) || littleWords[c.word(end)]) {
		end++
	}
	if end == c.to {
		return
	}
	d.report("health", int(d.tokens[from].from), int(d.tokens[end-1].to), rankContext, ActionFlag)
	d.findings[len(d.findings)-1].About = about
}

// openHealth reports frames that make whatever follows a statement of health ("diagnosed with …", "allergic to …"), and
// "12 weeks pregnant".
func (d *detector) openHealth() {
	c := clause{tokens: d.tokens, end: len(d.tokens)}
	for i := range d.tokens {
		c.begin = max(0, i-5)
		n := c.longest(i, openFrames)
		if n == 0 || i+n >= len(d.tokens) {
			continue
		}
		to := i + n + 1
		if littleWords[d.tokens[to-1].text] && to < len(d.tokens) {
			to++
		}
		whole := clauseOf(d.tokens, i+n, to)
		d.reportHealth(&whole, "health", i, to)
	}
}
