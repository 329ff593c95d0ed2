package engine

import (
	"strings"
	"unicode"

	"github.com/tacet-lang/tacet/lang/input"
	"github.com/tacet-lang/tacet/lang/machine"
)

// courtesies are words that say nothing about what was asked. A text of nothing else is no failed answer: the question
// is put again as it was, and it does not count.
var courtesies = wordSet(`
	please hi hello hey hiya howdy good morning afternoon evening day there dear again sir madam miss
	thanks thank you thx ty so very much a lot ok okay k alright great cool nice fine lol haha bye goodbye cheers
	hola por favor buenas buenos buen dias días dia día tardes noches tarde noche saludos oye estimado estimada señor señora señorita
	gracias muchas mil muy amable vale bien bueno claro perfecto adios adiós hasta luego jaja`)

// asking are the words that make a text ask for something, whatever else it says. Accents are often left out.
var asking = wordSet(`
	what whats why who how which where when can could do does is are need want wants cancel complain complaint refund
	qué cuánto cuánta cuanto cuanta cómo dónde donde cuándo quién puedo puede pueden necesito quiero cancelar
	queja quejarme reembolso hay tienen`)

// What a patient says to whom no code has come: a wish for another, or that it did not do what codes do.
var (
	another = wordSet(`resend another new reenviar reenvíe reenvie reenvíelo reenvielo otro nuevo`)
	nothing = wordSet(`not no never nothing didn't didnt haven't havent hasn't hasnt don't dont nada nunca`)
	comes   = wordSet(`get got receive received receiving come came coming arrive arrived code anything llegó llego llega
		llegado recibí recibi recibo recibido código codigo`)
)

// wantsCode reports that a code should be sent again.
func wantsCode(text string) bool {
	missing, coming := false, false
	for word := range words(text) {
		if another[word] {
			return true
		}
		missing, coming = missing || nothing[word], coming || comes[word]
	}
	return missing && coming
}

func wordSet(list string) map[string]bool {
	set := map[string]bool{}
	for _, w := range strings.Fields(list) {
		set[w] = true
	}
	return set
}

// words are the words of a text in lower case.
func words(text string) func(yield func(string) bool) {
	return strings.FieldsFuncSeq(strings.ToLower(text), func(c rune) bool { return !unicode.IsLetter(c) && c != '\'' })
}

// courteous reports a text of courtesies alone.
func courteous(text string) bool {
	if strings.ContainsAny(text, "?¿") {
		return false
	}
	some := false
	for word := range words(text) {
		if some = true; !courtesies[word] {
			return false
		}
	}
	return some && !strings.ContainsFunc(text, unicode.IsNumber)
}

// asksToo reports whether a text asks for something, besides whatever else it says.
func asksToo(text string) bool {
	if strings.ContainsAny(text, "?¿") {
		return true
	}
	for word := range words(text) {
		if asking[word] {
			return true
		}
	}
	return false
}

// putAgain asks the open question once more without counting. One without words of its own is told by its options.
func (t *turn) putAgain(answer input.Result) {
	l := t.here()
	if text := t.hint(l, answer); text != "" && t.say(l.prompt) == "" {
		t.emitSaid(Said{Role: RolePrompt, Text: text, Options: t.optionsShown(l), Input: l.input})
		return
	}
	t.ask(RolePrompt, "")
}

// guessed is how sure step 6 must be. Where the patient may say anything the best guess will do, and so it will for a
// question; a statement beside a question ("I don't have a phone") that is answered with the nearest topic confuses.
func (t *turn) guessed(text string) Bar {
	if k := t.here().Kind; k == machine.Listen || k == machine.Offer || asksToo(text) {
		return Possible
	}
	return Likely
}

// sendAgain sends a code once more for who says that none has come. It counts as an attempt.
func (t *turn) sendAgain(text string) bool {
	l := t.here()
	if l.Kind != machine.Verify || !t.waits() || !wantsCode(text) || t.c.Attempts >= t.p.m.Session.Retries {
		return false
	}
	t.c.Attempts++
	t.c.Sent = false
	t.actOn(l, ActSendCode)
	return true
}
