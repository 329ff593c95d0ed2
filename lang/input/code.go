package input

// parseZip reads a US postal code, "12345" or "12345-6789" as typed. Words may stand before it ("Springfield IL
// 62704"), but what follows must not make it a house number.
func parseZip(t string, c Context) Result {
	toks := tokenize(t)
	var found []string
	short, last := false, 0
	for _, run := range digitRuns(toks, "-", c) {
		zip, ok := zipOf(run)
		switch {
		case !ok:
			short = true
		case boxWords[before(toks, run.first)] || !quiet(toks[run.end:]):
			return unclear(NotAZip)
		default:
			found = append(found, zip)
			last = run.first
		}
	}
	return figuresResult("zip", NotAZip, toks, found, last, short, c)
}

func zipOf(run digitRun) (string, bool) {
	d := run.digits()
	if run.plus || len(d) != 5 && len(d) != 9 || d[:5] < "00501" {
		return "", false
	}
	if len(d) == 9 {
		d = d[:5] + "-" + d[5:]
	}
	return d, true
}

// figuresResult judges what a search for codes found; bad says that there were figures of another length.
func figuresResult(kind, reason string, toks []token, found []string, last int, bad bool, c Context) Result {
	switch {
	case len(found) > 0 && negatedBefore(toks, last):
		return unclear(Negated)
	case len(found) > 0 && bad:
		return unclear(reason)
	case len(found) > 0:
		return oneOf(kind, found, c)
	case bad:
		return invalid(reason)
	}
	return unclear(reason)
}

func before(toks []token, i int) string {
	if i == 0 {
		return ""
	}
	return toks[i-1].s
}

var boxWords = set("box apt apartment suite ste unit route highway calle avenida apartado no")

// quiet reports that tokens after a code say nothing about it.
func quiet(toks []token) bool {
	for _, t := range toks {
		if t.kind == word && !afterCode[t.s] {
			return false
		}
	}
	return true
}

var afterCode = set(`please pls thanks thank you is my zip code postal usa us eeuu gracias por favor es mi codigo el the its
	or o and y`)

// parseCode reads a verification code of four to eight digits, written with separators or spelled.
func parseCode(t string, c Context) Result {
	toks := tokenize(t)
	var found []string
	bad := false
	for _, run := range digitRuns(toks, "-.,", c) {
		d := run.digits()
		if len(d) < 4 || len(d) > 8 || run.plus {
			bad = true
			continue
		}
		found = append(found, d)
	}
	return figuresResult("code", NotACode, toks, found, len(toks), bad, c)
}
