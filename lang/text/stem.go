package text

import "strings"

// Stems bring the inflected forms of a word together. They are lighter than Porter's (1980) and Snowball's: a stem
// is only ever compared with a stem, so it need not be a word, but two words of different meaning should not meet.

// stemEnglish gives the English stem of a folded word.
func stemEnglish(w string) string {
	if s, ok := irregularEnglish[w]; ok {
		return s
	}
	if len(w) <= 3 || !isLetter(w[len(w)-1]) {
		return w
	}
	whole := len(w)
	w = stripPlural(w)
	w = stripVerbEnding(w)
	w = cutSuffix(w, &englishSuffixes)
	y := false
	if n := len(w); n > 3 {
		switch w[n-1] {
		case 'e':
			w = w[:n-1]
		case 'y':
			w, y = w[:n-1]+"i", true
		}
	}
	if len(w) == whole && !y {
		return w
	}
	if s, ok := irregularEnglish[w]; ok {
		return s
	}
	return w
}

// cutSuffix takes the first suffix that fits off the word.
func cutSuffix(w string, suffixes *[256][]suffix) string {
	for _, suffix := range suffixes[w[len(w)-1]] {
		if base, ok := strings.CutSuffix(w, suffix.ending); ok && len(base) >= suffix.least {
			return base
		}
	}
	return w
}

// byLastLetter sorts the suffixes by how they end, in their order.
func byLastLetter(suffixes []suffix) *[256][]suffix {
	out := new([256][]suffix)
	for _, s := range suffixes {
		last := s.ending[len(s.ending)-1]
		out[last] = append(out[last], s)
	}
	return out
}

type suffix struct {
	ending string
	least  int // characters that must be left
}

var englishSuffixes = *byLastLetter([]suffix{{"ness", 3}, {"ally", 4}, {"ly", 4}, {"al", 5}})

func stripPlural(w string) string {
	n := len(w)
	switch {
	case strings.HasSuffix(w, "sses"):
		return w[:n-2]
	case strings.HasSuffix(w, "ies") && n > 4:
		return w[:n-3] + "y"
	case strings.HasSuffix(w, "xes"), strings.HasSuffix(w, "ches"), strings.HasSuffix(w, "shes"), strings.HasSuffix(w, "zes"):
		return w[:n-2]
	case w[n-1] == 's' && !strings.ContainsRune("sui", rune(w[n-2])):
		return w[:n-1]
	}
	return w
}

func stripVerbEnding(w string) string {
	if last := w[len(w)-1]; last != 'g' && last != 'd' {
		return w
	}
	for _, ending := range []string{"ing", "ed"} {
		base, ok := strings.CutSuffix(w, ending)
		if !ok || len(base) < 3 || !strings.ContainsAny(base, "aeiouy") || ending == "ed" && base[len(base)-1] == 'e' {
			continue
		}
		n := len(base)
		if base[n-1] == base[n-2] && strings.IndexByte("bdgmnprt", base[n-1]) >= 0 {
			return base[:n-1]
		}
		return base
	}
	return w
}

// stemSpanish gives the Spanish stem of a folded word (accents are gone already).
func stemSpanish(w string) string {
	if s, ok := irregularSpanish[w]; ok {
		return s
	}
	if len(w) <= 2 || !isLetter(w[len(w)-1]) {
		return w
	}
	if short := stripEnclitics(w); len(short) < len(w) {
		if s, ok := irregularSpanish[short]; ok {
			return s
		}
		w = short
	}
	return cutSuffix(w, &spanishSuffixes)
}

// spanishSuffixes, longest first.
var spanishSuffixes = *byLastLetter([]suffix{
	{"amientos", 3}, {"imientos", 3}, {"amiento", 3}, {"imiento", 3}, {"aciones", 3}, {"iciones", 3},
	{"acion", 3}, {"icion", 3}, {"mente", 4}, {"ieron", 3}, {"iendo", 3}, {"iera", 3}, {"yendo", 2}, {"aron", 3},
	{"ando", 3}, {"aste", 3}, {"iste", 3}, {"amos", 3}, {"emos", 3}, {"imos", 3}, {"aban", 3}, {"abas", 3},
	{"ados", 3}, {"adas", 3}, {"idos", 3}, {"idas", 3}, {"aran", 4}, {"ado", 3}, {"ada", 3}, {"ido", 3}, {"ida", 3},
	{"aba", 3}, {"ara", 4}, {"ian", 3}, {"ar", 2}, {"er", 2}, {"ir", 2}, {"ia", 3}, {"io", 3}, {"an", 3}, {"en", 3},
	{"as", 2}, {"es", 2}, {"os", 2}, {"a", 2}, {"e", 2}, {"o", 2}, {"s", 3},
})

// leastEnclitic is the length of the shortest word with a pronoun behind it: four letters and two.
const leastEnclitic = 6

// stripEnclitics takes pronouns off an infinitive or gerund: matarme, ahogandose, decirselo.
func stripEnclitics(w string) string {
	if len(w) < leastEnclitic || strings.IndexByte("aeos", w[len(w)-1]) < 0 {
		return w
	}
	rest := w
	for range 2 {
		cut := ""
		for _, pronoun := range []string{"nos", "los", "las", "les", "me", "te", "se", "lo", "la", "le"} {
			if base, ok := strings.CutSuffix(rest, pronoun); ok {
				cut = base
				break
			}
		}
		if len(cut) < 4 {
			return w
		}
		for _, ending := range []string{"ar", "er", "ir", "ando", "endo"} {
			if strings.HasSuffix(cut, ending) {
				return cut
			}
		}
		rest = cut
	}
	return w
}

var irregularEnglish = invert(map[string]string{
	"die": "dying died dies", "lie": "lying", "bleed": "bled", "swell": "swollen swole", "feel": "felt", "fall": "fell fallen",
	"break": "broke broken", "throw": "threw thrown", "take": "took taken taking tak", "go": "went gone going goes",
	"get": "got gotten getting", "bite": "bit bitten", "burn": "burnt", "shoot": "shot", "sting": "stung", "blow": "blew blown",
	"come": "came coming", "have": "has had having hav", "is": "are am was were been being be", "do": "does did done doing",
	"drink": "drank drunk", "eat": "ate eaten", "see": "saw seen seeing", "say": "said", "tell": "told", "leave": "left leaving leav",
	"lose": "lost losing los", "wake": "woke woken waking wak", "speak": "spoke spoken speech", "tear": "tore torn", "freeze": "froze frozen",
	"steal": "stole stolen", "stick": "stuck", "cut": "cutting cuts", "hit": "hitting hits", "put": "putting", "find": "found",
	"think": "thought", "keep": "kept", "begin": "began begun", "hold": "held", "write": "wrote written", "rape": "raped rapes raping",
	"stop": "stopped", "choke": "choking choked chokes", "child": "children kids kid", "tooth": "teeth", "foot": "feet",
	"woman": "women", "man": "men", "make": "made making mak", "give": "gave given", "buy": "bought", "pay": "paid",
	"hear": "heard", "mean": "meant", "meet": "met", "send": "sent", "bring": "brought", "stand": "stood", "hang": "hung hanged",
})

var irregularSpanish = invert(map[string]string{
	"duel": "duele duelen dolia dolio dolian doler doliendo dueles",
	"mor":  "muero muere mueren morir muriendo murio muerto muerta morirme morirse moriria murieron muera",
	"sent": "siento siente sienten sentia senti sintio sentir sintiendo sienta", "pod": "puedo puede pueden podia pude pudo poder puedes podemos pueda puedan podamos",
	"quer": "quiero quiere quieren queria quisiera querer quieres querria quiso", "ten": "tengo tiene tienen tenia tuve tuvo tener tienes tenemos tenido teniendo",
	"est": "estoy esta estan estaba estuve estuvo estar estas estamos estado", "ser": "soy es son era fue eran eres somos sido ser",
	"ir": "voy va van iba fui vamos vas ir yendo", "haber": "he ha han habia hay hubo haya hemos haber", "hac": "hago hace hacen hizo hice haciendo hacer hacia hecho",
	"perd": "pierdo pierde pierden perdi perdio perdiendo perder perdido", "cerr": "cierro cierra cierran cerrando cerrar cerro cerrado cerrada cierre",
	"despert": "despierto despierta despiertan despertar desperto despierte desperte", "mov": "muevo mueve mueven mover moviendo movio mueva",
	"dec": "digo dice dicen dijo decir diciendo dije dicho", "ven": "vengo viene venir vino viniendo", "ve": "veo ven ver vio viendo visto veia",
	"da": "doy dar dio dando di dado", "sal": "salgo sale salen salir salio salieron saliendo", "ca": "caigo cae caen caer cayo cayendo caido caida",
	"pon": "pongo pone ponen poner puso puse pusieron pusimos ponia ponian poniendo puesto puesta puestos ponga", "cort": "corto corta cortan cortar cortando corte cortes cortada", "dorm": "duermo duerme dormir durmio durmiendo durmieron dormido dormida duermen",
	"dolor": "dolores dolorcito dolorsito", "pech": "pecho pechos", "llam": "llamo llama llamar", "sab": "saber sabe sabia supo", "golpe": "golpea golpeo golpean golpear golpeando golpe golpes",
	"ojo": "ojos ojo", "hij": "hijo hija hijos hijas", "nin": "nino nina ninos ninas", "viv": "vivo vive vivir viviendo viva", "vid": "vida vidas",
	"queri": "querido querida", "solt": "suelto suelta solto soltaron soltar soltado", "herid": "herida heridas herido", "com": "como", "comid": "comida comidas",
	"med": "medio media", "morad": "morado morada morados moradas", "abr": "abro abre abren abrir abrio abriendo abierto abierta abiertos abiertas abrieron", "medic": "medico medica medicos", "medid": "medida medidas", "par": "para paro parar paran paraba", "parad": "parada",
})

func invert(in map[string]string) map[string]string {
	out := make(map[string]string, 4*len(in))
	for stem, words := range in {
		for _, w := range strings.Fields(words) {
			out[w] = stem
		}
	}
	return out
}
