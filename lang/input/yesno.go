package input

// parseYesNo reads consent and refusal. Every word has to be known: an answer with a contrast ("yes, but"), doubt,
// both poles or a double negation is not an answer to act on.
func parseYesNo(t string, c Context) Result {
	toks := tokenize(t)
	v := verdict{}
	for i := 0; i < len(toks); {
		class, n := poles.match(toks, i)
		if n == 0 {
			class, n = poleOf(toks[i]), 1
		}
		if class == auxiliary {
			class = auxiliaryPole(toks, i, n)
		}
		if toks[i].is("ya") && spanish(c) {
			class = filler
		}
		i += n
		v.hear(class, i < len(toks) && toks[i].kind == word)
	}
	switch {
	case v.contrast:
		return unclear(Contrast)
	case v.doubt:
		return unclear(Undecided)
	case v.unknown, !v.yes && !v.no:
		return unclear(NotYesNo)
	case v.yes && v.no:
		return unclear(Mixed)
	case v.yes:
		return ok("yes-no", "yes", c)
	}
	return ok("yes-no", "no", c)
}

type pole uint8

const (
	filler    pole = iota // says nothing by itself
	agree                 // yes
	auxiliary             // "I do", "it is": yes when nothing follows
	refuse                // no, as an answer; repeated it stays no
	wrongish              // a word that refuses by its meaning: "incorrect"; under a negation it is a double one
	negate                // turns what follows
	concord               // nothing, never: goes along with "no" in Spanish
	contrast              // but, unless, later
	doubt                 // maybe
	pause                 // a comma or a period: a negation does not reach beyond it
	strange               // not known
)

// A verdict is what has been heard so far.
type verdict struct {
	yes, no, contrast, doubt, unknown bool
	negated                           bool // a negation waits for the word it turns
	unpaused                          bool // "no" runs on into the next words: "no es incorrecto"
}

// hear takes in what a phrase says; runsOn says that a word follows without a pause.
func (v *verdict) hear(p pole, runsOn bool) {
	switch p {
	case agree:
		v.no = v.no || v.negated
		v.yes = v.yes || !v.negated
		v.negated = false
	case refuse, concord:
		v.doubt = v.doubt || v.negated && p == refuse
		v.no, v.unpaused = true, runsOn
	case wrongish:
		v.doubt = v.doubt || v.negated || v.unpaused
		v.no = true
	case negate:
		v.doubt = v.doubt || v.negated
		v.no, v.negated = true, true
	case pause:
		v.negated, v.unpaused = false, false
	case contrast:
		v.contrast = true
	case doubt:
		v.doubt = true
	case strange:
		v.unknown = true
	}
}

// auxiliaryPole reads "I do" as yes where the sentence ends with it, and as nothing in "I do want".
func auxiliaryPole(toks []token, i, n int) pole {
	if i+n == len(toks) || toks[i+n].kind == punct {
		return agree
	}
	return filler
}

func poleOf(t token) pole {
	switch {
	case t.kind == number:
		return strange
	case t.kind == punct:
		return signPole(t.s)
	case yesNoFillers[t.s]:
		return filler
	}
	return strange
}

func signPole(s string) pole {
	switch s {
	case "👍", "👌", "✅", "✔", "☑", "🆗", "💯", "🙆":
		return agree
	case "👎", "❌", "🚫", "✖", "🙅", "⛔", "✗", "✘":
		return wrongish
	case "?", "¿", "🤔", "🤷":
		return doubt
	case ",", ".", ";", "!", ":":
		return pause
	case "/", "+", "=", "%", "$", "#", "@", "<", ">":
		return strange
	default:
		return filler
	}
}

var poles = func() phrases[pole] {
	p := phrases[pole]{}
	p.add(agree, `yes, yep, yeah, yea, yup, ya, yess, yesss, yas, ye, y, yessir, yes sir, yeppers, aye, sure, sure thing, surely, ok, okay, okey, k, kk, okie,
		okie dokie, alright, all right, fine, thats fine, absolutely, definitely, certainly, of course, totally, exactly, correct,
		right, thats right, thats correct, true, affirmative, indeed, agreed, i agree, agree, i accept, accept, accepted, confirm,
		confirmed, i confirm, approve, approved, granted, by all means, you bet, you got it, go ahead, go for it, do it, please do, sounds good, sounds great, sounds perfect, looks good, looks right, looks correct,
		looks great, all good, im good with that, works for me, that works, works, it works, perfect, great, good, awesome, excellent, cool, lovely, wonderful, send it, send, submit, submit it,
		proceed, continue, lets do it, lets go, why not, no problem, no problem at all, not a problem, no problema, no objection, no objections, no doubt,
		i guess so, guess so, i think so, think so, i believe so, i suppose so, suppose so, i guess, i hope so, uh huh, mhm, mm hmm, mmhm, mmhmm, uhuh,
		aha, for sure, without a doubt, without question, yes please, id love to, i would love to, id like that, i would like that, i want that, i want to, happy to,
		ready, im ready, im ok with that, im fine with that, roger, 10 4, si, sip, sii, siii, siiii, s, sep, sipi, claro, claro que si, por supuesto, como no,
		desde luego, dale, vale, va, sale, sale y vale, orale, andale, simon, afirmativo, correcto, exacto, exactamente, asi es, es correcto,
		esta bien, de acuerdo, estoy de acuerdo, acepto, confirmo, confirmado, aceptado, perfecto, excelente, bueno, bien, muy bien, adelante, hagalo, hazlo, envielo, envialo,
		mandelo, mandalo, continue usted, proceda, seguro, con gusto, con mucho gusto, obvio, obviamente, ya lo creo, creo que si, supongo que si, supongo, me parece bien, me parece, me gustaria,
		sin duda, sin problema, no hay problema, no tengo problema, ningun problema, porque no, por que no, quiero, si quiero, lo quiero, listo, lista, genial, okis, oki, okay dokey,
		ajua, aja, efectivamente, cierto, es cierto, verdad, es verdad, verdadero, positivo, autorizo, lo autorizo, doy mi consentimiento, consiento, i consent, consent, i authorize, i understand, understood, entiendo, entendido`)
	p.add(auxiliary, "i do, i am, i will, i have, i did, i would, it is, it does, they are, we do, we are, eso es, lo es, si es")
	p.add(refuse, `no, nope, nop, nah, naw, n, noo, nooo, noooo, nay, negative, no way, no thanks, no thank you, no thx, no gracias, nel, nones, negativo, uh uh,
		nuh uh, hell no, heck no, never mind, nevermind, i decline, decline, declined, i refuse, refuse, rejected, reject, pass, ill pass, absolutely not,
		definitely not, certainly not, of course not, not really, not at all, not now, not today, not yet, not necessarily, probably not, i dont think so, dont think so,
		i think not, i guess not, i hope not, guess not, not interested, no not really, please dont, by no means, under no circumstances, claro que no, por supuesto que no, para nada, en absoluto, de ninguna manera, de ningun modo, ni hablar, ni loco, ni loca,
		ni pensarlo, ni de broma, ni de chiste, que va, creo que no, supongo que no, desde luego que no, todavia no, aun no, ahora no, hoy no, mejor no, ahorita no, aun no gracias, no por ahora, por ahora no,
		no quiero, no acepto, no autorizo, no estoy de acuerdo, no me interesa, no me gustaria, no es correcto, no esta bien, no es cierto, no es verdad, nanai, niego, rechazo, obvio que no, obvio no, bueno no, pues no, no me parece, no me parece bien, seguro que no, claro no`)
	p.add(wrongish, `wrong, thats wrong, incorrect, false, incorrecto, mal, esta mal, falso, equivocado, cancel, cancelar, cancela, cancel it, stop, disagree, i disagree, mistaken, mistake, desacuerdo, bad`)
	p.add(negate, `not, dont, doesnt, didnt, isnt, arent, wasnt, wont, wouldnt, cant, cannot, couldnt, shouldnt, havent, hasnt, aint`)
	p.add(concord, "never, nunca, jamas, nada, tampoco, neither, ninguno, ninguna, nothing, never ever")
	p.add(filler, "im good, i am good, estoy bien, im fine, i am fine, thats all, thats it, no more, nothing else, de nada")
	p.add(contrast, `but, however, although, though, except, unless, only if, if, instead, rather, yet, still, otherwise, wait, hold on, change, later,
		depending, provided, as long as, first, before, until, after, pero, aunque, sino, excepto, salvo, a menos, solo si, siempre y cuando, espere, espera, cambiar, cambia, cambie, despues, mas tarde, luego, antes, primero,
		siempre que, hasta, con tal, en vez, depende, without, sin, only, solo, solamente, actually, on second thought`)
	p.add(doubt, `i want to say, want to say, i would like to say, id like to say, quisiera decir, maybe, perhaps, possibly, see why not, not sure, im not sure, i am not sure, unsure, dont know, i dont know, do not know, idk, dunno, no idea, who knows, depends, it depends, kind of, kinda, sort of, sorta, so so,
		i might, might, could be, either, whatever, hmm, hm, umm, hesitant, undecided, probably, most likely, likely, i wouldnt say no, no se, no lo se, no estoy seguro, no estoy segura, quizas, quiza, tal vez, a lo mejor, puede ser, mas o menos, acaso, quien sabe,
		ni idea, ni modo, igual, da igual, me da igual, lo que sea, cualquiera, talvez, probablemente, posiblemente, i dont care, dont care, dont mind, i dont mind, no me importa, yes and no, si y no, yeah right, yeah sure, as if, ni si ni no, como quiera, no worries, no matter, no comment`)
	return p
}()

// yesNoFillers may stand in a yes or a no without changing it.
var yesNoFillers = set(`i me my we us our you your it its that thats this these those them they the a an is am are was be been do does did done to of please
	for with in on at and so very much really thank thanks thankyou thx ty pls plz oh ah well um uh er just now today all any some one have has had would could
	will shall can id ill im ive like want need get call book make schedule take know see say said tell number name phone email appointment consultation
	details information info coordinator team doctor nurse him her sir maam mam madam miss man dude buddy everything anything there here too also again lets let hello hi hey share that time date morning afternoon evening
	lol haha honestly 
	yo me mi mis tu su sus usted ustedes le les lo la los las el un una unos que es son esta estan este ese esa estos de del al a en con para y e o muy mucho muchas gracias
	señor senor señora senora senorita doctor doctora doctorcito amigo amiga hola buenas pues ya ah ay eh oh todo toda asi hacer enviar mandar llamar llamen llame llamenme cita consulta numero nombre telefono correo datos informacion
	envie envien envies mande manden llame haga hacerlo hagan se te nos tengo tiene puede pueden puedo gustaria seria favor por jaja jeje tanto hoy ahora ahorita mismo tambien entonces quisiera deseo necesito`)

func echoYesNo(value string, c Context) string {
	if value == "yes" && spanish(c) {
		return "sí"
	}
	return value
}
