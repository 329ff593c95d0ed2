package speech

import (
	"slices"
	"strings"

	"github.com/tacet-lang/tacet/lang/text"
)

// advises finds what sentence i gives that is not the assistant's to give; score is what the model says of it. A price is a
// matter of the rules alone.
func (r *reader) advises(i, score int) (Finding, bool) {
	s := &r.sentences[i]
	g := r.judgeAdvice(s)
	if g.class == Price {
		return r.finding(s, Advice, g.class, "amount", adviceReasons[g.class], g.from, g.to), !r.context.Prices
	}
	if score <= adviceByRule || g.class == "" && (score <= adviceWithout || !s.touchesCare()) {
		return Finding{}, false
	}
	if g.class == "" {
		return r.finding(s, Advice, s.likelyAdvice(), "model", "it reads like advice to a patient", 0, len(s.words)), true
	}
	return r.finding(s, Advice, g.class, "statement", adviceReasons[g.class], g.from, g.to), true
}

// touchesCare says whether the sentence holds anything that advice is made of.
func (s *sentence) touchesCare() bool {
	return slices.ContainsFunc([]string{
		"recommend", "dose", "candidate", "reassure", "promise", "future", "result", "diagnosis", "ailment", "condition", "treatment", "medicine",
		"aesthetic", "complaint", "body",
	}, s.has)
}

// likelyAdvice is the class of advice whose cues the sentence holds.
func (s *sentence) likelyAdvice() string {
	switch {
	case s.has("candidate"):
		return Candidacy
	case s.count("dose") > 1:
		return Dosing
	case s.has("recommend") && s.has("treatment"):
		return Recommendation
	case s.has("promise"), s.has("future") && !s.has("complaint"):
		return Outcome
	case s.has("reassure"):
		return Reassurance
	case s.has("ailment"), s.has("condition"), s.has("diagnosis"):
		return Diagnosis
	}
	return Recommendation
}

// adviceReasons finish "this is advice, because …".
var adviceReasons = map[string]string{
	Diagnosis:      "it tells the patient what they have",
	Recommendation: "it tells the patient what to do about their health",
	Dosing:         "it tells how much of a medicine to take, or how often",
	Candidacy:      "it tells whether a treatment is for this patient",
	Reassurance:    "it calls what the patient feels harmless",
	Price:          "it tells what care costs",
	Outcome:        "it promises a result",
}

// given is a piece of advice at words[from:to] of a sentence; class is empty if there is none.
type given struct {
	class    string
	from, to int
}

// judgeAdvice is what the rules say of a sentence.
func (r *reader) judgeAdvice(s *sentence) given {
	if from, to, ok := s.priced(); ok {
		return given{Price, from, to}
	}
	if s.question || s.conditional() {
		return given{}
	}
	if s.has("decides") {
		return given{}
	}
	personal := s.has("you") || s.has("third")
	things := s.has("treatment") || s.has("medicine") || s.has("aesthetic")
	ails := s.has("complaint") || s.has("condition") || s.has("ailment") || s.has("body")
	office := s.has("office")
	pointed := personal || s.startsWith(pointers)
	orders := s.startsWith(remedyOrders)
	for _, rule := range []struct {
		class string
		cue   string
		holds bool
	}{
		{Dosing, "dose", s.counted() && !office && (s.count("dose") > 1 || things && (personal || s.has("recommend") || orders))},
		{Candidacy, "candidate", personal && !office},
		{Outcome, "promise", !office && !s.has("generic") && (things || personal || ails || s.has("result") || s.short())},
		{Outcome, "future", !office && !s.has("generic") && !s.has("inform") && (things || s.has("body") || s.has("result") || s.has("complaint"))},
		{Reassurance, "reassure", !office && (s.has("complaint") || pointed || s.short())},
		{Diagnosis, "ailment", !office && !s.has("generic") && (s.has("diagnosis") || pointed && s.copula())},
		{Diagnosis, "condition", !office && !s.has("generic") && (s.has("diagnosis") && personal || pointed && s.copula())},
		{Recommendation, "recommend", (things || ails) && !s.has("generic") && !s.has("inform") && (personal || orders)},
	} {
		if m, ok := s.find(rule.cue); ok && rule.holds {
			from, to := s.segmentOf(m.from)
			return given{rule.class, from, to}
		}
	}
	return given{}
}

// pointers open a sentence that speaks of what the patient has told.
var pointers = set("that this it those these which he she they eso esto esa ese esos esas lo es son ella el podria puede seguramente probablemente parece")

// remedyOrders open a sentence that tells the patient to do something for their health.
var remedyOrders = set(`take use apply put try stop start avoid drink ice rest sleep rinse gargle soak wash clean wear keep eat skip double give get have cut change massage elevate consider do go begin continue switch lower raise increase reduce remove combine add rub compress don stick choose opt
 tome tomese toma use usa aplique apliquese ponga pongase pruebe deje suspenda empiece evite beba descanse duerma lave lavese limpie haga hagase coma baje suba duplique de cambie masajee eleve considere no siga continue reduzca aumente quite combine agregue frote enjuague espere mantenga`)

// startsWith says whether one of the first words of a clause is in the set.
func (s *sentence) startsWith(words map[string]bool) bool {
	for i, w := range s.words {
		opens := i == 0 || s.words[i-1].After == text.CommaPause || leaders[s.words[i-1].Text]
		if opens && words[w.Text] {
			return true
		}
	}
	return false
}

var copulas = set("is are am be have has having got sounds looks seems es son sea esta estan tiene tienes tenga padece suena parece ser tener se")

// copula says whether the sentence says that something is, or that somebody has it.
func (s *sentence) copula() bool {
	for _, w := range s.words {
		if copulas[w.Text] {
			return true
		}
	}
	return false
}

// count counts the places where the cue stands.
func (s *sentence) count(cue string) int {
	c, n, end := cueOf(cue), 0, 0
	for _, m := range s.marks {
		if m.concept == c && m.from >= end {
			n, end = n+1, m.to
		}
	}
	return n
}

// find gives the first phrase of a cue.
func (s *sentence) find(cue string) (mark, bool) {
	c := cueOf(cue)
	for _, m := range s.marks {
		if m.concept == c {
			return m, true
		}
	}
	return mark{}, false
}

// conditional says whether the sentence tells whom to turn to in a case that may come.
func (s *sentence) conditional() bool {
	w := s.words[0].Text
	return (w == "if" || w == "si" || w == "when" || w == "cuando" || w == "whether") && (s.has("emergency") || s.has("decides") || s.has("office"))
}

var numerals = set(`hundred hundreds thousand thousands cien cientos mil doscientos trescientos quinientos one two three four five six seven eight nine ten twelve twenty half double un una uno dos tres cuatro cinco seis siete ocho nueve diez doce veinte media medio doble`)

// counted says whether the sentence holds a number.
func (s *sentence) counted() bool {
	for _, w := range s.words {
		if isNumber(w) || numerals[w.Text] {
			return true
		}
	}
	return false
}

func isNumber(w text.Word) bool { return w.Text[0] >= '0' && w.Text[0] <= '9' }

var (
	money = set("dollar dollars bucks usd euros euro pesos dolares dolar grand")
	large = set("hundred hundreds thousand thousands cien cientos mil doscientos trescientos cuatrocientos quinientos seiscientos setecientos ochocientos")
	// spans are what numbers count that is no money.
	spans = set(`minute minutes hour hours day days week weeks month months year years percent am pm oclock time times people patients sessions visit visits doctor doctors
 age pounds lb kg inch inches floor point mg ml cc units stars digits minuto minutos hora horas dia dias semana semanas mes meses ano anos veces personas pacientes sesiones
 visitas edad libras kilos piso estrellas digitos vez`)
)

// priced says whether the sentence tells what care costs, and where: an amount of money, or a number that words of cost
// stand beside and that counts nothing else; and nothing beside care that money is asked for.
func (s *sentence) priced() (from, to int, ok bool) {
	if s.has("noprice") || s.names("911", "988") {
		return 0, 0, false
	}
	for i, w := range s.words {
		amount := isNumber(w) && s.hasMoneySign(w) || money[w.Text] && i > 0 && (s.counted() || large[s.words[i-1].Text])
		if !amount && (isNumber(w) || numerals[w.Text] || large[w.Text]) && !s.counts(i) && s.saysCost() {
			amount = isNumber(w) && len(w.Text) > 1 || large[w.Text] || s.has("cost")
		}
		if amount {
			from, to = s.segmentOf(i)
			return from, to, true
		}
	}
	return 0, 0, false
}

// hasMoneySign says whether a sign of money stands at a number.
func (s *sentence) hasMoneySign(w text.Word) bool {
	before := strings.TrimRight(s.raw[:w.Span.Start], " ")
	after := s.raw[w.Span.End:]
	return before != "" && strings.ContainsRune("$€", lastRune(before)) || strings.HasPrefix(after, "$") || strings.HasPrefix(after, "€")
}

// counts says whether the number at word i counts something else than money.
func (s *sentence) counts(i int) bool {
	for k := i; k < min(i+4, len(s.words)); k++ {
		if spans[s.words[k].Text] {
			return true
		}
	}
	return i > 0 && spans[s.words[i-1].Text] || strings.HasPrefix(s.raw[s.words[i].Span.End:], "-")
}

// saysCost says whether the sentence is about what a treatment costs.
func (s *sentence) saysCost() bool {
	treated := s.has("treatment") || s.has("aesthetic")
	if s.has("cost") {
		return treated || s.names("cost", "costs", "cuesta", "cuestan", "charge", "cobramos", "price", "prices", "precio", "precios", "fee")
	}
	return treated && s.has("amount") && !slices.ContainsFunc(s.words, func(w text.Word) bool { return spans[w.Text] })
}

func lastRune(s string) rune {
	rs := []rune(s[max(0, len(s)-4):])
	return rs[len(rs)-1]
}
