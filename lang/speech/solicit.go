package speech

import (
	"slices"
	"strings"

	"github.com/tacet-lang/tacet/lang/text"
)

// verdict is what the rules say of a thing that a sentence names.
type verdict struct {
	asks bool
	rule string // the rule that decided; "" if none did
}

func asks(rule string) verdict   { return verdict{true, rule} }
func spares(rule string) verdict { return verdict{false, rule} }

// solicits finds what sentence i asks for and may not; more says that the models find that it asks for more. What is asked of everybody (a name, a
// number, an interest) the rules decide alone; whether a sentence asks for more, the model, which knows what the rules say.
func (r *reader) solicits(i int, more bool) (Finding, bool) {
	s := &r.sentences[i]
	if r.context.Consent && s.question {
		return Finding{}, false
	}
	if o, v, ok := r.asked(i, func(o mark, v verdict) bool { return v.asks && asksLittle(o) != more }); ok {
		return r.solicitation(s, o, v), true
	}
	if !more {
		return Finding{}, false
	}
	if o, ok := r.echoed(i); ok {
		return r.solicitation(s, mark{o.concept, 0, len(s.words), false}, asks("echo")), !r.permits(lexicons().concepts[o.concept])
	}
	if o, _, ok := r.asked(i, func(o mark, v verdict) bool { return !asksLittle(o) }); ok {
		return r.solicitation(s, o, asks("model")), true
	}
	for _, o := range s.objects() {
		if !asksLittle(o) {
			return Finding{}, false // what it asks for is permitted
		}
	}
	if n := len(s.words); n < minUnnamed && !s.question || n <= minUnnamed && !r.context.Prompt {
		return Finding{}, false
	}
	something := mark{s.unnamed(), 0, len(s.words), false}
	return r.solicitation(s, something, asks("model")), !r.permits(lexicons().concepts[something.concept])
}

// minUnnamed is how many words a sentence has at least that asks for something without naming it, unless it is a question; a
// question has more where the next message does not answer it ("What is wrong?" over buttons).
const minUnnamed = 3

// unnamed is the kind of answer that a sentence asks for by no phrase of the lexicons, by the kinds of its words.
func (s *sentence) unnamed() concept {
	for _, of := range lexicons().unnamed {
		if slices.Contains(s.kinds, of.words) {
			return of.answer
		}
	}
	return lexicons().health
}

// asked gives the first thing in sentence i that is not permitted and meets the condition, and what the rules say of it.
func (r *reader) asked(i int, condition func(mark, verdict) bool) (mark, verdict, bool) {
	for k, o := range r.sentences[i].objects() {
		v := r.judged(i)[k]
		if condition(o, v) && !r.permits(lexicons().concepts[o.concept]) {
			return o, v, true
		}
	}
	return mark{}, verdict{}, false
}

func (r *reader) solicitation(s *sentence, o mark, v verdict) Finding {
	info := lexicons().concepts[o.concept]
	from, to := s.segmentOf(o.from)
	f := r.finding(s, Solicitation, info.class, v.rule, reasons[v.rule], from, to)
	f.Type = info.name
	return f
}

// reasons finish "this asks, because …".
var reasons = map[string]string{
	"order":      "it tells the patient to write it",
	"question":   "it is a question to the patient",
	"ellipsis":   "a question without a verb is still answered",
	"label":      "it is a label that patients fill in",
	"need":       "it says that the practice must have it",
	"wish":       "it says that somebody would like to have it",
	"invitation": "it invites the patient to write it",
	"reward":     "it offers something for it",
	"judgement":  "it offers an opinion on it",
	"anything":   "it asks for whatever there is",
	"echo":       "it asks for what the sentence before it named",
	"prompt":     "the patient's next message answers it",
	"model":      "it reads like a request to patients",
}

// objects are the things named, in order; of two that overlap, the longer one, then the one that says more of a person.
func (s *sentence) objects() []mark { return s.named }

func (s *sentence) objectMarks() []mark {
	var out []mark
	for _, m := range s.marks {
		if !s.isObject(m) {
			continue
		}
		if n := len(out); n > 0 && m.from < out[n-1].to {
			if d := m.to - m.from - (out[n-1].to - out[n-1].from); d > 0 || d == 0 && asksLittle(out[n-1]) {
				out[n-1] = m
			}
			continue
		}
		out = append(out, m)
	}
	if len(out) == 0 {
		out = s.bothered()
	}
	return out
}

// asksLittle says whether the object is nothing but a contact, a wish or an interest.
func asksLittle(o mark) bool { return lexicons().concepts[o.concept].group.little() }

// bothered finds a part of the body beside a word for what is wrong with it, one that a question or an order is about, or
// what a body does: they name a symptom.
func (s *sentence) bothered() []mark {
	asked := s.question || s.orders(0, len(s.words))
	if m, ok := s.find(cueBody); ok && !s.overlapped(m, cueAesthetic) {
		mine := m.from > 0 && yours[s.words[m.from-1].Text]
		if s.has(cueBother) || asked && (mine || s.has(cueBodily)) {
			return []mark{{lexicons().symptoms, m.from, m.to, true}}
		}
	}
	if m, ok := s.find(cueBodily); ok && s.question && s.has(cueYou) && !s.has(cueLogistics) {
		return []mark{{lexicons().symptoms, m.from, m.to, true}}
	}
	return nil
}

// echoed gives what sentence i asks for by a word that stands for it: "Allergies are common. Tell us yours."
func (r *reader) echoed(i int) (mark, bool) {
	s := &r.sentences[i]
	if i == 0 || !s.has(cueEcho) || len(s.objects()) > 0 || s.has(cueDeny) || s.has(cueLater) || s.has(cueOffer) || r.context.Consent {
		return mark{}, false
	}
	if !s.question && !s.orders(0, len(s.words)) && !s.has(cueLike) {
		return mark{}, false
	}
	before := &r.sentences[i-1]
	for _, o := range before.objects() {
		from, to := before.segmentOf(o.from)
		if v := r.spared(before, o, from, to); v.rule == "" && !before.question {
			return o, true
		}
	}
	return mark{}, false
}

var yours = set("your su tu")

// judged are the verdicts on what sentence i names.
func (r *reader) judged(i int) []verdict {
	s := &r.sentences[i]
	if s.verdicts == nil && len(s.named) > 0 {
		s.verdicts = make([]verdict, len(s.named))
		for k, o := range s.named {
			s.verdicts[k] = r.judgeObject(i, o)
		}
	}
	return s.verdicts
}

// judgeObject decides whether sentence i asks the patient for o.
func (r *reader) judgeObject(i int, o mark) verdict {
	s := &r.sentences[i]
	from, to := s.segmentOf(o.from)
	personal := s.has(cueYou) || s.has(cueThird)
	if v := r.spared(s, o, from, to); v.rule != "" {
		return v
	}
	tells := s.orders(from, to) || s.has(cueEcho) && s.orders(0, len(s.words))
	switch {
	case o.weak && !personal && !tells && !s.short():
		return verdict{}
	case s.label(o):
		return asks("label")
	case r.context.Prompt && s.last && onlyLabel(s.words, o.from, o.to):
		return asks("prompt")
	case tells && s.has(cueIncentive):
		return asks("reward")
	case tells && s.has(cueJudge):
		return asks("judgement")
	case tells:
		return asks("order")
	case s.question && (personal || s.has(cueAny) && !s.short()):
		return asks("question")
	case s.question && s.short():
		return asks("ellipsis")
	case s.question && s.has(cueInvite):
		return asks("question")
	case s.hasIn(cueNeed, from, to):
		return asks("need")
	case s.hasIn(cueLike, from, to) && (personal || s.has(cuePractice)):
		return asks("wish")
	case s.hasIn(cueInvite, from, to) && personal:
		return asks("invitation")
	case s.hasIn(cueAny, 0, 1) && s.short():
		return asks("anything")
	}
	return verdict{}
}

// spared finds what takes the request for o out of the clause words[from:to].
func (r *reader) spared(s *sentence, o mark, from, to int) verdict {
	switch {
	case s.denied(o, from, to), r.deniedNext(s):
		return spares("disclaimer")
	case r.context.Consent, s.question && s.has(cueConsent):
		return spares("consent")
	case s.has(cueLater) && (s.hasStaff() || !s.tellsUs()):
		return spares("at the visit")
	case s.hasStaff() && !s.tellsUs():
		return spares("staff asks")
	case s.has(cueGeneric) && !s.has(cueYou) && !s.orders(from, to) && !s.has(cueLike) && !s.has(cueNeed):
		return spares("about anybody")
	case s.names("911", "988"), s.hasIn(cueEmergency, from, to) && !s.tellsUs():
		return spares("whom to call")
	case s.has(cueBring) && !s.tellsUs():
		return spares("things to bring")
	case s.question && !s.orders(from, to) && (s.hasIn(cueInform, 0, 5) || s.has(cueOffer)):
		return spares("offer")
	case s.question && !s.has(cueYou) && !s.last && !r.sentences[s.index+1].question && !r.sentences[s.index+1].tellsUs():
		return spares("a question that is answered")
	case s.question && s.hasIn(cueFaq, 0, 3) && !s.has(cueYou):
		return spares("a patient's question")
	}
	return verdict{}
}

// deniedNext says whether the next sentence keeps out what this one, which orders nothing, names: "Your doctor knows about
// it. Please do not write about it here."
func (r *reader) deniedNext(s *sentence) bool {
	if s.last || s.question || s.orders(0, len(s.words)) {
		return false
	}
	next := &r.sentences[s.index+1]
	return next.has(cueDeny) && next.has(cueEcho) && !next.has(cueNodeny)
}

// hasStaff says whether the sentence has somebody of the practice do the asking. "Will want to know" is a wish of now.
func (s *sentence) hasStaff() bool {
	staff, like := cueStaff, cueLike
	for _, m := range s.marks {
		if m.concept == staff && !s.overlapped(m, like) {
			return true
		}
	}
	return false
}

// names says whether one of the words stands in the sentence.
func (s *sentence) names(words ...string) bool {
	return slices.ContainsFunc(s.words, func(w text.Word) bool { return slices.Contains(words, w.Text) })
}

// denied says whether the clause keeps o out of the chat.
func (s *sentence) denied(o mark, from, to int) bool {
	deny, denied, no := cueDeny, cueDenied, cueNodeny
	for _, m := range s.marks {
		if m.from < from || m.from >= to {
			continue
		}
		if m.concept == denied && m.from >= o.from || m.concept == deny && m.from < o.from {
			if !s.overlapped(m, no) {
				return true
			}
		}
	}
	return false
}

// overlapped says whether a phrase of cue c shares a word with m.
func (s *sentence) overlapped(m mark, c concept) bool {
	for _, x := range s.marks {
		if x.concept == c && x.from < m.to && m.from < x.to {
			return true
		}
	}
	return false
}

var toUs = set("us me here nos me chat below nosotros aqui")

// tellsUs says whether the sentence orders something to be told here rather than to somebody else.
func (s *sentence) tellsUs() bool {
	tell := cueTell
	for _, m := range s.marks {
		if m.concept != tell || !s.isOrder(m.from) {
			continue
		}
		others := false
		for k := m.from; k < min(m.to+3, len(s.words)); k++ {
			if toUs[s.words[k].Text] {
				return true
			}
			others = others || staffWords[s.words[k].Text]
		}
		last := s.words[m.to-1].Text
		if !others && m.to < len(s.words) && !skippable[s.words[m.to].Text] || strings.HasSuffix(last, "nos") || strings.HasSuffix(last, "eme") {
			return true
		}
	}
	return false
}

var staffWords = set("desk technician physician dentist recepcion nurse doctor surgeon team staff clinician provider enfermera medico doctora doctor cirujano equipo him her them")

// orders says whether the clause orders the patient to tell something.
func (s *sentence) orders(from, to int) bool {
	tell := cueTell
	for _, m := range s.marks {
		if m.concept == tell && m.from >= from && m.from < to && s.isOrder(m.from) {
			return true
		}
	}
	return false
}

var (
	beforeOrderEN = set("please kindly can may could should must to will would just also and then or now let you not by")
	beforeOrderES = set("en favor puede puedes podria podrias debe deberia deben de a para que y o ya nos me se si")
)

// isOrder says whether the verb at word i is an order or asked for by the words before it, rather than a noun ("the list").
func (s *sentence) isOrder(i int) bool {
	if w := s.words[i].Text; s.es && (strings.HasSuffix(w, "rle") || strings.HasSuffix(w, "rles")) {
		return false // "informarle": somebody tells the patient
	}
	if i == 0 || s.segment[i-1] != s.segment[i] || s.words[i-1].After == text.CommaPause {
		return true
	}
	w := s.words[i-1].Text
	return s.en && beforeOrderEN[w] || s.es && beforeOrderES[w] || leaders[w] || w == "be" && i > 1 && passive[s.words[i-2].Text]
}

// passive are the words that make an order of "be described".
var passive = set("must should to may can will shall")

// maxShort is how many words a question or label without a verb has.
const maxShort = 6

func (s *sentence) short() bool { return len(s.words) <= maxShort }

// label says whether the sentence is a form's label: little more than the thing o, and a colon.
func (s *sentence) label(o mark) bool {
	others := 0
	for i, w := range s.words {
		if (i < o.from || i >= o.to) && !skippable[w.Text] && !beside[w.Text] {
			others++
		}
	}
	return s.colon && s.alone && others <= maxBeside
}

// maxBeside is how many words of its own a label may have.
const maxBeside = 3
