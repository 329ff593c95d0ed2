package input

import "strings"

// A digitRun is figures and spelled digits that stand together, as in a phone number read aloud.
type digitRun struct {
	groups []digitGroup
	first  int // index of the first token
	end    int // index after the last token
	plus   bool
}

type digitGroup struct {
	digits     string
	first, end int // tokens
}

func (r digitRun) digits() string {
	var b strings.Builder
	for _, g := range r.groups {
		b.WriteString(g.digits)
	}
	return b.String()
}

// cut returns the run without its first n and last m groups.
func (r digitRun) cut(n, m int) digitRun {
	groups := r.groups[n : len(r.groups)-m]
	if len(groups) == 0 {
		return digitRun{}
	}
	return digitRun{groups: groups, first: groups[0].first, end: groups[len(groups)-1].end, plus: r.plus && n == 0}
}

// digitRuns finds the runs of a text; groups of a run are separated by space or by single characters of separators.
func digitRuns(toks []token, separators string, c Context) []digitRun {
	var runs []digitRun
	for i := 0; i < len(toks); {
		digits, n := digitsAt(toks, i, c)
		if n == 0 {
			i++
			continue
		}
		run := digitRun{first: i, plus: i > 0 && toks[i-1].is("+")}
		for n > 0 {
			run.groups = append(run.groups, digitGroup{digits, i, i + n})
			i += n
			run.end = i
			next := i
			for range 3 {
				if next < len(toks) && toks[next].kind == punct && separates(toks, next, separators) {
					next++
				}
			}
			if next >= len(toks) {
				break
			}
			if digits, n = digitsAt(toks, next, c); n > 0 {
				i = next
			}
		}
		runs = append(runs, run)
	}
	return runs
}

// separates reports a separator; a comma is one only between spelled digits, where it is a pause.
func separates(toks []token, i int, separators string) bool {
	if toks[i].is(",") {
		return i > 0 && toks[i-1].kind == word && i+1 < len(toks) && toks[i+1].kind == word
	}
	return strings.Contains(separators, toks[i].s)
}

// digitsAt reads figures, spelled digits ("four", "oh", "double five") or a spelled group ("doscientos doce").
func digitsAt(toks []token, i int, c Context) (string, int) {
	if i >= len(toks) {
		return "", 0
	}
	switch s := toks[i].s; {
	case toks[i].kind == number:
		return s, 1
	case s == "double" || s == "doble" || s == "triple":
		if v, n := digitWord(toks, i+1); n > 0 {
			times := 2
			if s == "triple" {
				times = 3
			}
			return strings.Repeat(digits(int(v)), times), 1 + n
		}
		return "", 0
	case s == "oh" || s == "o":
		return spelledZero(toks, i, c)
	case s == "un" || s == "una" || s == "once" && !spanish(c):
		return "", 0
	}
	if follows(toks, i+1, "hundred") {
		if v, n := digitWord(toks, i); n > 0 {
			return digits(int(v) * 100), 2
		}
	}
	if _, ok := hundreds[toks[i].s]; ok {
		v, n := belowThousand(toks, i)
		return digits(int(v)), n
	}
	if v, n := belowHundred(toks, i); n > 0 {
		return digits(int(v)), n
	}
	return "", 0
}

// spelledZero reads "oh" as zero only beside other spelled digits; alone it is an exclamation, or "or" in Spanish.
func spelledZero(toks []token, i int, c Context) (string, int) {
	prev := i - 1
	if prev >= 0 && toks[prev].is(",") {
		prev--
	}
	before := prev >= 0 && isDigitWord(toks[prev]) && (toks[i].is("oh") || !spanish(c))
	after := i+1 < len(toks) && (isDigitWord(toks[i+1]) || toks[i+1].is("oh") || toks[i+1].is("o"))
	leads := toks[i].is("oh") && after && i+2 < len(toks) && isDigitWord(toks[i+2])
	if before && after || before && i+1 == len(toks) || leads {
		return "0", 1
	}
	return "", 0
}

func isDigitWord(t token) bool {
	v, ok := smallNumbers[t.s]
	return ok && v <= 9 || t.is("oh") || t.is("o")
}

// negatedBefore reports a negation among the tokens before index end. "No, it is 212…" answers something else and
// "phone no. 212…" counts nothing out.
func negatedBefore(toks []token, end int) bool {
	for i := range min(end, len(toks)) {
		switch {
		case toks[i].is("no"):
			answer := i+1 < len(toks) && toks[i+1].kind == punct
			label := i > 0 && numberLabels[toks[i-1].s]
			if !answer && !label {
				return true
			}
		case denials[toks[i].s]:
			return true
		}
	}
	return false
}

var (
	denials = set(`not dont doesnt isnt never stop wrong cant cannot wont except instead without nunca jamas excepto salvo
		tampoco incorrecto incorrecta equivocado viejo vieja anterior old except former used`)
	numberLabels = set("phone tel telephone cell mobile contact my the code zip telefono account ref")
)
