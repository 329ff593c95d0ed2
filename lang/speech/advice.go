package speech

import (
	"slices"
	"strings"

	"github.com/tacet-lang/tacet/lang/text"
)

// advises says what sentence s gives that is not the assistant's to give, if the model finds anything: score is above 0.
func (r *reader) advises(s *sentence) Finding {
	if g := s.advice(); g.class != "" && g.class != Price {
		return r.finding(s, Advice, g.class, "statement", adviceReasons[g.class], g.from, g.to)
	}
	return r.finding(s, Advice, s.likelyAdvice(), "model", "it reads like advice to a patient", 0, len(s.words))
}

// priced is the finding for a sentence that tells what care costs.
func (r *reader) priced(s *sentence) Finding {
	if from, to, ok := s.price(); ok {
		return r.finding(s, Advice, Price, "amount", adviceReasons[Price], from, to)
	}
	return r.finding(s, Advice, Price, "model", adviceReasons[Price], 0, len(s.words))
}

// likelyAdvice is the class of advice whose cues the sentence holds.
func (s *sentence) likelyAdvice() string {
	switch {
	case s.has(cueCandidate):
		return Candidacy
	case s.count(cueDose) > 1:
		return Dosing
	case s.has(cueRecommend) && s.has(cueTreatment):
		return Recommendation
	case s.has(cuePromise), s.has(cueFuture) && !s.has(cueComplaint):
		return Outcome
	case s.has(cueReassure):
		return Reassurance
	case s.has(cueAilment), s.has(cueCondition), s.has(cueDiagnosis):
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

// advice is what the rules say of a sentence.
func (s *sentence) advice() given {
	if s.given == nil {
		g := s.judgeAdvice()
		s.given = &g
	}
	return *s.given
}

func (s *sentence) judgeAdvice() given {
	if from, to, ok := s.price(); ok {
		return given{Price, from, to}
	}
	if s.question || s.conditional() {
		return given{}
	}
	if s.has(cueDecides) {
		return given{}
	}
	personal := s.has(cueYou) || s.has(cueThird)
	things := s.has(cueTreatment) || s.has(cueMedicine) || s.has(cueAesthetic)
	ails := s.has(cueComplaint) || s.has(cueCondition) || s.has(cueAilment) || s.has(cueBody)
	office := s.has(cueOffice)
	pointed := personal || s.startsWith(pointers)
	orders := s.startsWith(remedyOrders)
	for _, rule := range []struct {
		class string
		cue   concept
		holds bool
	}{
		{Dosing, cueDose, s.counted() && !office && (s.count(cueDose) > 1 || things && (personal || s.has(cueRecommend) || orders))},
		{Candidacy, cueCandidate, personal && !office},
		{Outcome, cuePromise, !office && !s.has(cueGeneric) && (things || personal || ails || s.has(cueResult) || s.short())},
		{Outcome, cueFuture, !office && !s.has(cueGeneric) && !s.has(cueInform) && (things || s.has(cueBody) || s.has(cueResult) || s.has(cueComplaint))},
		{Reassurance, cueReassure, !office && (s.has(cueComplaint) || pointed || s.short())},
		{Diagnosis, cueAilment, !office && !s.has(cueGeneric) && (s.has(cueDiagnosis) || pointed && s.copula())},
		{Diagnosis, cueCondition, !office && !s.has(cueGeneric) && (s.has(cueDiagnosis) && personal || pointed && s.copula())},
		{Recommendation, cueRecommend, (things || ails) && !s.has(cueGeneric) && !s.has(cueInform) && (personal || orders)},
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
func (s *sentence) count(c concept) int {
	n, end := 0, 0
	for _, m := range s.marks {
		if m.concept == c && m.from >= end {
			n, end = n+1, m.to
		}
	}
	return n
}

// find gives the first phrase of a cue.
func (s *sentence) find(c concept) (mark, bool) {
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
	return (w == "if" || w == "si" || w == "when" || w == "cuando" || w == "whether") && (s.has(cueEmergency) || s.has(cueDecides) || s.has(cueOffice))
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

// price says whether the sentence tells what care costs, and where: an amount of money, or a number that words of cost
// stand beside and that counts nothing else; and nothing beside care that money is asked for.
func (s *sentence) price() (from, to int, ok bool) {
	if s.has(cueNoprice) || s.names("911", "988") {
		return 0, 0, false
	}
	for i, w := range s.words {
		amount := isNumber(w) && s.hasMoneySign(w) || money[w.Text] && i > 0 && (s.counted() || large[s.words[i-1].Text])
		if !amount && (isNumber(w) || numerals[w.Text] || large[w.Text]) && !s.counts(i) && s.saysCost() {
			amount = isNumber(w) && len(w.Text) > 1 || large[w.Text] || s.has(cueCost)
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
	treated := s.has(cueTreatment) || s.has(cueAesthetic)
	if s.has(cueCost) {
		return treated || s.names("cost", "costs", "cuesta", "cuestan", "charge", "cobramos", "price", "prices", "precio", "precios", "fee")
	}
	return treated && s.has(cueAmount) && !slices.ContainsFunc(s.words, func(w text.Word) bool { return spans[w.Text] })
}

func lastRune(s string) rune {
	rs := []rune(s[max(0, len(s)-4):])
	return rs[len(rs)-1]
}
