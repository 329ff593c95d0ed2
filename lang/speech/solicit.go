package speech

import "github.com/tacet-lang/tacet/lang/text"

// verdict is what the rules say of a thing that a sentence names.
type verdict struct {
	asks bool
	rule string // the rule that decided; "" if none did
}

func asks(rule string) verdict   { return verdict{true, rule} }
func spares(rule string) verdict { return verdict{false, rule} }

// solicits finds what sentence i asks for and may not.
func (r *reader) solicits(i int) []Finding {
	s := &r.sentences[i]
	var out []Finding
	for _, o := range s.objects() {
		info := lexicons().concepts[o.concept]
		v := r.judgeObject(i, o)
		if !v.asks || r.permits(info) {
			continue
		}
		from, to := s.segmentOf(o.from)
		f := r.finding(s, Solicitation, info.class, v.rule, reasons[v.rule], from, to)
		f.Type = info.name
		out = append(out, f)
		break // one request of a sentence is enough to refuse it
	}
	return out
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

// objects are the things named, in order; of two that begin at the same place or overlap, the longer one.
func (s *sentence) objects() []mark {
	var out []mark
	for _, m := range s.marks {
		if !s.isObject(m) {
			continue
		}
		if n := len(out); n > 0 && m.from < out[n-1].to {
			if m.to-m.from > out[n-1].to-out[n-1].from {
				out[n-1] = m
			}
			continue
		}
		out = append(out, m)
	}
	return out
}

// judgeObject decides whether sentence i asks the patient for o.
func (r *reader) judgeObject(i int, o mark) verdict {
	s := &r.sentences[i]
	from, to := s.segmentOf(o.from)
	personal := s.has("you") || s.has("third")
	if v := r.spared(s, o, from, to); v.rule != "" {
		return v
	}
	tells := s.orders(from, to)
	switch {
	case o.weak && !personal && !tells && !s.short():
		return verdict{}
	case s.label():
		return asks("label")
	case tells && s.has("incentive"):
		return asks("reward")
	case tells && s.has("judge"):
		return asks("judgement")
	case tells:
		return asks("order")
	case s.question && s.short():
		return asks("ellipsis")
	case s.question && (personal || s.has("any")):
		return asks("question")
	case s.question && s.has("invite"):
		return asks("question")
	case s.hasIn("need", from, to):
		return asks("need")
	case s.hasIn("like", from, to) && personal:
		return asks("wish")
	case s.hasIn("invite", from, to) && personal:
		return asks("invitation")
	case s.hasIn("any", from, to) && s.short():
		return asks("anything")
	}
	return verdict{}
}

// spared finds what takes the request for o out of the clause words[from:to].
func (r *reader) spared(s *sentence, o mark, from, to int) verdict {
	switch {
	case s.denied(o, from, to):
		return spares("disclaimer")
	case r.context.Consent, s.question && s.has("consent"):
		return spares("consent")
	case s.has("later") && (s.has("staff") || !s.tellsUs()):
		return spares("at the visit")
	case s.has("staff") && !s.tellsUs():
		return spares("staff asks")
	case s.has("bring") && !s.tellsUs():
		return spares("things to bring")
	case s.question && s.hasIn("inform", 0, 4):
		return spares("offer to inform")
	case s.question && s.hasIn("faq", 0, 3) && !s.has("you"):
		return spares("a patient's question")
	}
	return verdict{}
}

// denied says whether the clause keeps o out of the chat.
func (s *sentence) denied(o mark, from, to int) bool {
	deny, denied, no := cueOf("deny"), cueOf("denied"), cueOf("nodeny")
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
	tell := cueOf("tell")
	for _, m := range s.marks {
		if m.concept != tell || !s.isOrder(m.from) {
			continue
		}
		for k := m.from; k < min(m.to+3, len(s.words)); k++ {
			if toUs[s.words[k].Text] {
				return true
			}
		}
		if m.to < len(s.words) && !staffWords[s.words[m.to].Text] && !skippable[s.words[m.to].Text] {
			return true
		}
		if last := s.words[m.to-1].Text; len(last) > 4 && (last[len(last)-3:] == "nos" || last[len(last)-2:] == "me") {
			return true
		}
	}
	return false
}

var staffWords = set("nurse doctor surgeon team staff clinician provider enfermera medico doctora doctor cirujano equipo him her them")

// orders says whether the clause orders the patient to tell something.
func (s *sentence) orders(from, to int) bool {
	tell := cueOf("tell")
	for _, m := range s.marks {
		if m.concept == tell && m.from >= from && m.from < to && s.isOrder(m.from) {
			return true
		}
	}
	return false
}

var beforeOrder = set(`please kindly can may could should must to will would just also and then or now let you not favor puede puedes podria podrias debe deberia de a para que y o ya nos me`)

// isOrder says whether the verb at word i is an order or asked for by the words before it, rather than a noun ("the list").
func (s *sentence) isOrder(i int) bool {
	if i == 0 || s.segment[i-1] != s.segment[i] || s.words[i-1].After == text.CommaPause {
		return true
	}
	w := s.words[i-1].Text
	return beforeOrder[w] || leaders[w]
}

// maxShort is how many words a question or label without a verb has.
const maxShort = 6

func (s *sentence) short() bool { return len(s.words) <= maxShort }

// label says whether the sentence is a form's label: a few words that name something, and a colon.
func (s *sentence) label() bool { return s.colon && s.short() }
