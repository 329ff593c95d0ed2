package text

// Statements of health that have a form of their own: values, parts of the body, habits, and frames that make one of
// whatever follows.

var measureLinks = wordSet("is was are were at of level levels runs running around about over under high low es esta en de anda sube muy came back usually normally reads through alta alto baja bajo the roof thru irregular heavy late normal")

// measure reads "my a1c is 9.2", "my blood pressure is high", "mi azúcar está en 200".
func (d *detector) measure(c *clause) (int, string, int) {
	start, about := -1, ""
	for i := c.from - 1; i >= max(c.begin, c.from-3); i-- {
		if possessive.holds(d.number[i]) {
			start, about = d.possessed(c, i)
			break
		}
		if d.canon[i] == "me" && i+1 < c.from {
			return i, "self", c.to // se me sube la presión
		}
	}
	end := c.to
	if start < 0 && d.is(c.to, meWord) && d.is(c.to+1, resultVerbs) {
		start, about, end = c.from, "self", c.to+2 // el colesterol me salió en 290
	}
	for end < c.end && (measureLinks.holds(d.number[end]) || allDigits(d.canon[end]) || littleWords.holds(d.number[end])) {
		end++
	}
	if end == c.to || start < 0 {
		if start, about = d.framed(c, haveVerbs, true); start < 0 {
			return -1, "", c.to
		}
	}
	return start, about, end
}

var (
	meWord      = wordSet("me")
	resultVerbs = wordSet("salio sale salieron subio sube bajo baja dio da")
)

// ailing reads "my nose is swollen", "tengo la nariz hinchada", "me duele la cabeza": a part of the body near the term,
// and whose it is.
func (d *detector) ailing(c *clause) (int, string) {
	part := -1
	for i := c.from - 1; i >= max(c.begin, c.from-6) && part < 0; i-- {
		if d.has(i, tender) {
			part = i
		}
	}
	if part < 0 {
		for i := c.to; i < min(c.end, c.to+4) && part < 0; i++ {
			if d.has(i, tender) {
				part = i
			}
		}
	}
	if part < 0 {
		if selfAiling.holds(d.number[c.from]) {
			return d.framed(c, ailingVerbs, true)
		}
		return -1, ""
	}
	if part > c.from && !actions.holds(d.number[c.from]) {
		return -1, ""
	}
	for i := c.to; i < part; i++ {
		if possessive.holds(d.number[i]) && !hypothetical.holds(d.number[c.begin]) && d.tokens[c.end-1].after != question {
			_, about := d.possessed(c, i)
			return c.from, about
		}
	}
	for i := min(part, c.from) - 1; i >= max(c.begin, min(part, c.from)-4); i-- {
		switch w := d.canon[i]; {
		case hypothetical.has(w), wishWords.has(w) && w != "to":
			return -1, ""
		case possessive.has(w):
			return d.possessed(c, i)
		case spanishOwn.has(w):
			return i, "self"
		case w == "le":
			return i, "other"
		case d.has(i, kinship):
			return i, "other"
		case w == "i":
			return i, "self"
		}
	}
	for i := max(c.begin, min(part, c.from)-2); i < min(c.end, max(part, c.to)+1); i++ {
		if d.canon[i] == "me" && spanishAiling.holds(d.number[min(i+1, len(d.canon)-1)]) {
			return min(i, part, c.from), "self"
		}
	}
	if woundParts.holds(d.number[part]) {
		return min(part, c.from), "self"
	}
	return -1, ""
}

var (
	ailingVerbs = wordSet("am been keep started still estoy sigo ando been")
	// actions are what happens to a part of the body that is named behind them.
	actions    = wordSet("broke tore fractured sprained burned dislocated hurt hurts bruised duele duelen arde arden pica pican hincho infecto inflamo abrio opere operaron rompi quebre queme fracture sangra")
	selfAiling = wordSet("bleeding fainted vomiting throwing puking coughing hurting aching swollen bruised limping sangrando vomitando tosiendo hinchada hinchado inflamada itching")
	// spanishAiling follow "me" where a part of the body is one's own: se me hinchó el ojo.
	spanishAiling = wordSet("duele duelen duelen arde arden hincho hincharon infecto infectaron inflamo puso pusieron abrio pica pican sangra opere operaron rompi quebre fracture corte queme salio salieron cayo quedo adormecio adormece hincha inflama")
	woundParts    = wordSet("incision incisions wound stitches sutures drain scar herida heridas puntos cicatriz sutura drenaje")
)

// injuries reads "me fracturé la cadera", "a mi abuela le amputaron un pie": what happened to a part of somebody's body.
func (d *detector) injuries() {
	if !d.plays(injuryRole) {
		return
	}
	for i := 0; i+2 < len(d.tokens); i++ {
		if d.canon[i] != "me" && d.canon[i] != "le" || !injuryVerbs.holds(d.number[i+1]) || d.tokens[i].after > noPause {
			continue
		}
		part := i + 2
		if modifiers.holds(d.number[part]) && part+1 < len(d.tokens) {
			part++
		}
		if !d.has(part, tender) && !bones.holds(d.number[part]) || i > 0 && hypothetical.holds(d.number[i-1]) {
			continue
		}
		about := "self"
		if d.canon[i] == "le" {
			about = "other"
		}
		d.reportHealth(ailingClass, about, i, part+1)
	}
}

var (
	injuryVerbs = wordSet("fracture fracturo rompi rompio quebre quebro lastime lastimo torci torcio disloque disloco desgarre desgarro amputaron quitaron operaron opere opero queme quemo reventaron enyesaron")
	bones       = wordSet("menisco ligamento ligamentos hueso tobillo muneca costilla costillas clavicula femur tendon codo hombros pelvis craneo tibia perone")
)

// habit reads "I smoke", "fumo".
func (d *detector) habit(c *clause) (int, string) {
	if spanishOwn.holds(d.number[c.from]) || d.canon[c.from] == "se" && c.from+1 < len(d.canon) && d.canon[c.from+1] == "me" {
		return c.from, "self"
	}
	for i := c.from - 1; i >= max(c.begin, c.from-2); i-- {
		switch {
		case wishWords.holds(d.number[i]), hypothetical.holds(d.number[i]):
			return -1, ""
		case d.canon[i] == "i" || d.canon[i] == "yo":
			if d.wishBefore(c, i) {
				return -1, ""
			}
			return i, "self"
		case d.has(i, kinship) || d.canon[i] == "he" || d.canon[i] == "she":
			return i, "other"
		}
	}
	return -1, ""
}

// openFrames make whatever follows a statement of health.
var openFrames = byFirstWord([][]string{
	{"diagnosed", "with"}, {"allergic", "to"}, {"allergy", "to"}, {"tested", "positive", "for"}, {"treated", "for"}, {"surgery", "for", "my"}, {"suffer", "from"}, {"suffering", "from"}, {"remission", "from"}, {"recovering", "from"},
	{"alergica", "a"}, {"alergico", "a"}, {"alergia", "a"}, {"diagnosticaron"}, {"diagnosticada", "con"}, {"diagnosticado", "con"}, {"padezco", "de"}, {"sufro", "de"}, {"positivo", "a"}, {"positiva", "a"}, {"operaron", "de"}, {"operaron", "del"}, {"operar", "de"}, {"operar", "del"}, {"alergica", "al"}, {"alergico", "al"}, {"alergia", "al"}, {"padezco", "del"}, {"sufro", "del"}, {"enferma", "de"}, {"enferma", "del"}, {"enfermo", "de"}, {"enfermo", "del"}, {"mala", "de"}, {"malo", "de"}, {"mala", "del"}, {"malo", "del"}, {"murio", "de"}, {"died", "of"}, {"died", "from"}, {"hospitalized", "for"}, {"hospitalizada", "por"}, {"hospitalizado", "por"}, {"tratando", "de"}, {"padece", "de"}, {"padece", "del"}, {"sufre", "de"}, {"sufre", "del"}, {"padecia", "de"}, {"tratamiento", "para"}, {"tratamiento", "por"}, {"tratamiento", "de"}, {"operada", "de"}, {"operado", "de"},
})

var openHeads = keysOf(openFrames)

func byFirstWord(phrases [][]string) map[string][][]string {
	out := map[string][][]string{}
	for _, p := range phrases {
		out[p[0]] = append(out[p[0]], p)
	}
	return out
}

// openHealth reports frames that make whatever follows a statement of health ("diagnosed with …", "allergic to …").
func (d *detector) openHealth() {
	if !d.plays(openRole) {
		return
	}
	for i := range d.tokens {
		if !openHeads.holds(d.number[i]) {
			continue
		}
		for _, words := range openFrames[d.canon[i]] {
			if !d.phraseAt(i, words) || i+len(words) >= len(d.tokens) || d.tokens[i+len(words)-1].after >= stop {
				continue
			}
			d.openStatement(i, i+len(words))
		}
	}
}

var nothings = wordSet("nothing anything any nada ninguna ningun algo something")

func (d *detector) openStatement(i, at int) {
	to := at + 1
	for to < min(at+4, len(d.tokens)) && d.tokens[to-1].after == noPause && (modifiers.holds(d.number[to-1]) || littleWords.holds(d.number[to-1])) {
		to++
	}
	c := clauseOf(d.tokens, at, to)
	if hypothetical.holds(d.number[c.begin]) || d.deniedHealth(&c, i) || modifiers.holds(d.number[to-1]) || d.is(to-1, nothings) {
		return
	}
	start, about := i, ""
	for k := i; k >= max(c.begin, i-5); k-- {
		switch {
		case d.has(k, anyoneWord), hypothetical.holds(d.number[k]):
			return
		case d.has(k, kinship), d.has(k, thirdOne):
			start, about = k, "other"
			if d.has(k-1, ownWord) {
				start = k - 1
			}
		case d.has(k, ownWord) || spanishOwn.holds(d.number[k]):
			if about == "" {
				about = "self"
			}
			start = min(start, k)
		}
	}
	if about == "" && i == c.begin && d.tokens[c.end-1].after != question {
		about = "self"
	}
	if about != "" {
		d.reportHealth(stateClass, about, start, to)
	}
}
