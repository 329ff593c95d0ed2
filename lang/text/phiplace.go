package text

var (
	streetSuffixes = wordSet(`street st avenue ave av road rd drive dr doctor lane ln boulevard blvd court ct place pl way circle cir terrace ter trail trl parkway pkwy
 highway hwy square sq loop run path pike plaza plz alley aly crossing xing ridge row point pt cove cv expressway expy freeway fwy turnpike tpke bend hollow mews park broadway bypass crescent`)
	unitWords     = wordSet("apt apartment unit suite ste floor fl room rm lot building bldg departamento depto apto piso interior num no")
	streetWordsES = wordSet("calle avenida av carrera cra calzada paseo boulevard blvd colonia callejon camino carretera diagonal transversal privada prolongacion")
	notStreet     = wordSet("hour hours minute minutes day days week weeks month months year years people dollars mile miles am pm horas minutos dias semanas meses anos percent block blocks units unit of in on the to and for or with is at syringe syringes kids more")
	homeCues      = cues("live at, live on, address is, address, home, mail, send, ship, vivo en, direccion, domicilio, located at, i am at, my house, residence, living at, moved to")
)

// addresses finds postal addresses: a number, one to four words and a street suffix (USPS Publication 28 appendix C1);
// in Spanish the kind of street, its name and a number; and post-office boxes.
func (d *detector) addresses() {
	for i := range d.tokens {
		if d.boxAt(i) {
			continue
		}
		if allDigits(d.tokens[i].text) && len(d.tokens[i].text) <= 6 {
			d.streetAt(i)
		} else if streetWordsES[d.tokens[i].text] {
			d.calleAt(i)
		}
	}
}

func (d *detector) streetAt(i int) {
	if d.taken(int(d.tokens[i].from), int(d.tokens[i].to)) || d.tokens[i].after >= comma {
		return
	}
	if i > 0 && int(d.tokens[i].from) > 0 && d.m.lower[d.tokens[i].from-1] == '$' {
		return
	}
	for k := i + 1; k <= min(i+5, len(d.tokens)-1); k++ {
		t := &d.tokens[k]
		if notStreet[t.text] {
			return
		}
		if k > i+1 && streetSuffixes[t.text] && d.looksLikeStreet(i, k) {
			last := d.unitAfter(k)
			d.report("address", int(d.tokens[i].from), int(d.tokens[last].to), rankCue, ActionFlag)
			d.zipAfter(last + 1)
			return
		}
		if t.after >= comma {
			return
		}
	}
}

// looksLikeStreet asks for a capital in the name, or a word that says that an address follows, where the suffix is also
// an everyday word.
func (d *detector) looksLikeStreet(number, suffix int) bool {
	for k := number + 1; k < suffix; k++ {
		if d.tokens[k].capital {
			return true
		}
	}
	switch d.tokens[suffix].text {
	case "street", "avenue", "ave", "road", "rd", "lane", "ln", "boulevard", "blvd":
		return true
	}
	return d.cued(int(d.tokens[number].from), 5, homeCues)
}

// unitAfter is the last token of "Apt 3B" after the street, or the street's own.
func (d *detector) unitAfter(k int) int {
	if k+2 < len(d.tokens) && unitWords[d.tokens[k+1].text] {
		return k + 2
	}
	return k
}

func (d *detector) calleAt(i int) {
	for k := i + 1; k <= min(i+6, len(d.tokens)-1); k++ {
		if t := &d.tokens[k]; allDigits(t.text) && len(t.text) <= 5 {
			d.report("address", int(d.tokens[i].from), int(d.tokens[d.unitAfter(k)].to), rankCue, ActionFlag)
			return
		}
		if d.tokens[k].after >= stop {
			return
		}
	}
}

// zipAfter reports a ZIP code that follows a street within the next few words of the sentence.
func (d *detector) zipAfter(i int) {
	for k := i; k < min(i+4, len(d.tokens)) && d.tokens[k-1].after < stop; k++ {
		if t := &d.tokens[k]; allDigits(t.text) && len(t.text) == 5 {
			d.report("zip", int(t.from), int(t.to), rankCue, ActionFlag)
			return
		}
	}
}

// boxAt finds "PO Box 12", "P.O. Box 12", "apartado postal 12".
func (d *detector) boxAt(i int) bool {
	c := clause{tokens: d.tokens, begin: i, end: len(d.tokens)}
	n := c.phrase(i, boxCues)
	if n == 0 || i+n >= len(d.tokens) || !allDigits(d.tokens[i+n].text) {
		return false
	}
	d.report("address", int(d.tokens[i].from), int(d.tokens[i+n].to), rankShape, ActionFlag)
	return true
}

var boxCues = cues("po box, p o box, pobox, post office box, apartado postal, apartado de correos")
