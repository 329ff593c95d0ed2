package input

import "strconv"

// Number words of both languages, folded. "once" is eleven in Spanish and a single time in English; who reads it
// decides by the language.
var (
	smallNumbers = map[string]int64{
		"zero": 0, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9,
		"ten": 10, "eleven": 11, "twelve": 12, "thirteen": 13, "fourteen": 14, "fifteen": 15, "sixteen": 16,
		"seventeen": 17, "eighteen": 18, "nineteen": 19,
		"cero": 0, "uno": 1, "un": 1, "una": 1, "dos": 2, "tres": 3, "cuatro": 4, "cinco": 5, "seis": 6, "siete": 7,
		"ocho": 8, "nueve": 9, "diez": 10, "once": 11, "doce": 12, "trece": 13, "catorce": 14, "quince": 15,
		"dieciseis": 16, "diecisiete": 17, "dieciocho": 18, "diecinueve": 19, "veinte": 20, "veintiuno": 21,
		"veintiun": 21, "veintiuna": 21, "veintidos": 22, "veintitres": 23, "veinticuatro": 24, "veinticinco": 25,
		"veintiseis": 26, "veintisiete": 27, "veintiocho": 28, "veintinueve": 29,
	}
	tens = map[string]int64{
		"twenty": 20, "thirty": 30, "forty": 40, "fourty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80,
		"ninety":  90,
		"treinta": 30, "cuarenta": 40, "cincuenta": 50, "sesenta": 60, "setenta": 70, "ochenta": 80, "noventa": 90,
	}
	hundreds = map[string]int64{
		"cien": 100, "ciento": 100, "doscientos": 200, "doscientas": 200, "trescientos": 300, "trescientas": 300,
		"cuatrocientos": 400, "cuatrocientas": 400, "quinientos": 500, "quinientas": 500, "seiscientos": 600,
		"seiscientas": 600, "setecientos": 700, "setecientas": 700, "ochocientos": 800, "ochocientas": 800,
		"novecientos": 900, "novecientas": 900,
	}
	ordinals = map[string]int64{
		"first": 1, "second": 2, "third": 3, "fourth": 4, "fifth": 5, "sixth": 6, "seventh": 7, "eighth": 8, "ninth": 9,
		"tenth": 10, "eleventh": 11, "twelfth": 12, "thirteenth": 13, "fourteenth": 14, "fifteenth": 15,
		"sixteenth": 16, "seventeenth": 17, "eighteenth": 18, "nineteenth": 19, "twentieth": 20, "thirtieth": 30,
		"primero": 1, "primer": 1, "primera": 1, "segundo": 2, "segunda": 2, "tercero": 3, "tercer": 3, "tercera": 3,
		"cuarto": 4, "cuarta": 4, "quinto": 5, "quinta": 5, "sexto": 6, "sexta": 6, "septimo": 7, "septima": 7,
		"octavo": 8, "octava": 8, "noveno": 9, "novena": 9, "decimo": 10, "decima": 10,
	}
	ordinalSuffixes = set("st nd rd th ro ero er ra do da to ta mo ma vo va no na º ª °")
)

// cardinalWords reads a number in words below a million that starts at toks[i]; n is how many tokens it takes, 0 for
// none. "twenty-one" and "treinta y uno" take three tokens each.
func cardinalWords(toks []token, i int) (v int64, n int) {
	v, n = belowThousand(toks, i)
	at := i + n
	switch {
	case n > 0 && at < len(toks) && (toks[at].is("thousand") || toks[at].is("mil")) && v > 0:
		v, n = v*1000, n+1
	case n == 0 && i < len(toks) && toks[i].is("mil"):
		v, n = 1000, 1
	case n == 0 && follows(toks, i, "a", "thousand"):
		v, n = 1000, 2
	default:
		return v, n
	}
	at = i + n
	if at < len(toks) && toks[at].is("and") {
		at++
	}
	if rest, m := belowThousand(toks, at); m > 0 && rest > 0 {
		return v + rest, at + m - i
	}
	return v, n
}

func belowThousand(toks []token, i int) (v int64, n int) {
	at := i
	if at >= len(toks) {
		return 0, 0
	}
	if h, ok := hundreds[toks[at].s]; ok {
		v, at = h, at+1
	} else if d, m := digitWord(toks, at); m > 0 && d > 0 && at+1 < len(toks) && toks[at+1].is("hundred") {
		v, at = d*100, at+2
	} else if follows(toks, at, "a", "hundred") {
		v, at = 100, at+2
	}
	if v > 0 {
		rest := at
		if rest < len(toks) && toks[rest].is("and") {
			rest++
		}
		if u, m := belowHundred(toks, rest); m > 0 && u > 0 {
			return v + u, rest + m - i
		}
		return v, at - i
	}
	return belowHundred(toks, i)
}

func belowHundred(toks []token, i int) (v int64, n int) {
	if i >= len(toks) {
		return 0, 0
	}
	if v, ok := smallNumbers[toks[i].s]; ok {
		return v, 1
	}
	t, ok := tens[toks[i].s]
	if !ok {
		return 0, 0
	}
	at := i + 1
	if at < len(toks) && (toks[at].is("-") || toks[at].is("y")) {
		at++
	}
	if u, m := digitWord(toks, at); m > 0 && u > 0 {
		return t + u, at + m - i
	}
	return t, 1
}

// digitWord reads one word for 0 to 9.
func digitWord(toks []token, i int) (v int64, n int) {
	if i < len(toks) {
		if v, ok := smallNumbers[toks[i].s]; ok && v <= 9 {
			return v, 1
		}
	}
	return 0, 0
}

// cardinal reads a number in digits or words.
func cardinal(toks []token, i int) (v int64, n int) {
	if i < len(toks) && toks[i].kind == number {
		return digitsValue(toks[i].s), 1
	}
	return cardinalWords(toks, i)
}

// ordinal reads "2nd", "second", "twenty-first", "2º", "2do", "segunda".
func ordinal(toks []token, i int) (v int64, n int) {
	if i >= len(toks) {
		return 0, 0
	}
	if v, ok := ordinals[toks[i].s]; ok {
		return v, 1
	}
	if t, ok := tens[toks[i].s]; ok && t <= 30 {
		at := i + 1
		if at < len(toks) && toks[at].is("-") {
			at++
		}
		if at < len(toks) {
			if u, ok := ordinals[toks[at].s]; ok && u <= 9 {
				return t + u, at + 1 - i
			}
		}
		return 0, 0
	}
	if toks[i].kind != number {
		return 0, 0
	}
	at := i + 1
	if at+1 < len(toks) && toks[at].is(".") && !toks[at].space && !toks[at+1].space && ordinalSuffixes[toks[at+1].s] {
		at++
	}
	if at < len(toks) && !toks[at].space && ordinalSuffixes[toks[at].s] {
		return digitsValue(toks[i].s), at + 1 - i
	}
	return 0, 0
}

// tooBig stands for a number of more digits than fit; no kind accepts it.
const tooBig = int64(1) << 62

func digitsValue(s string) int64 {
	v, err := strconv.ParseInt(s, 10, 64)
	if err != nil || v > tooBig {
		return tooBig
	}
	return v
}
