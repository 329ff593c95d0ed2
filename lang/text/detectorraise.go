package text

import "slices"

// raises says which trigger each class of the detector raises: the first of its category and tier, else the first of
// its category. A machine thus declares what the detector may raise by the categories of its triggers, and nothing is
// raised that its escalations do not know.
func (m *detectorModel) raises(specs []TriggerSpec) []int {
	out := make([]int, len(m.classes))
	raisesAny := false
	for i, c := range m.classes {
		out[i] = slices.IndexFunc(specs, func(s TriggerSpec) bool { return s.Category == c.category && s.Tier == c.tier })
		if out[i] < 0 {
			out[i] = slices.IndexFunc(specs, func(s TriggerSpec) bool { return s.Category == c.category && s.Tier != TierRoutine })
		}
		raisesAny = raisesAny || out[i] >= 0
	}
	if !raisesAny {
		return nil
	}
	return out
}

// Prepare builds what the first message of a process would else wait for. It may run beside everything else.
func Prepare() {
	signLexicons()
	builtinDetector()
	builtinScope()
	builtinHealthJudge()
}

// knows says which triggers are of a category that the detector was trained for.
func (m *detectorModel) knows(specs []TriggerSpec) []bool {
	out := make([]bool, len(specs))
	for i, s := range specs {
		out[i] = slices.ContainsFunc(m.classes, func(c alarmClass) bool { return c.category == s.Category })
	}
	return out
}

// detect adds what the detector hears where the phrases heard nothing as pressing.
func (t *Triggers) detect(h *listening, hits []Hit) []Hit {
	best, doubted := len(tiers), false
	for _, hit := range hits {
		if hit.Why == Counts {
			best = min(best, tierRank(hit.Tier))
		} else {
			doubted = true
		}
	}
	if len(t.heard) == 0 || best == 0 {
		return hits
	}
	a := h.heard()
	s := t.specOf(a)
	if s < 0 || tierRank(t.specs[s].Tier) >= best {
		return hits
	}
	spec, bar := &t.specs[s], t.bar(a, s, doubted)
	if a.score < bar || h.denied(a, hits) {
		return hits
	}
	lang := "es"
	if a.english() {
		lang = "en"
	}
	return append(hits, Hit{
		Name: spec.Name, Tier: spec.Tier, Category: spec.Category, Lang: lang, Score: a.score * 100 / bar,
		Span: h.message.span(int(a.tokens[a.from].from), int(a.tokens[a.to-1].to)),
	})
}

// listening is what the detector makes of a message, found out when it is first asked for.
type listening struct {
	message *Message
	alarm   *alarm
}

// heard judges all readings of the message and returns the most alarming.
func (h *listening) heard() *alarm {
	if h.alarm == nil {
		a := builtinDetector().judge(h.message.tokens)
		for _, r := range h.message.readings {
			if b := builtinDetector().judge(r); b.score > a.score {
				a = b
			}
		}
		h.alarm = &a
	}
	return h.alarm
}

// denied says whether every sentence of the alarm is a question about what is a finding that does not count because the reply
// denies it, or such a reply. What a question and its answer mean together no window of words tells.
func (h *listening) denied(a *alarm, hits []Hit) bool {
	for i := a.from; i < a.to; {
		c := clauseOf(a.tokens, i, i+1)
		span := h.message.span(int(a.tokens[c.begin].from), int(a.tokens[c.end-1].to))
		inside := func(hit Hit) bool {
			return hit.Why == Negation && hit.Span.Start >= span.Start && hit.Span.End <= span.End
		}
		if !c.isNo() && !(c.repliedNo() && slices.ContainsFunc(hits, inside)) {
			return false
		}
		i = c.end
	}
	return true
}

// surestMeant is how sure the judge of findings counts for at most, so that the detector, sure of the contrary, still outweighs it.
const surestMeant = 25 * scoreScale / 16

// heardWeight is how much more the detector, which reads the whole message, counts than the judge of findings.
const heardWeight = 2

// meant says whether a finding at d.tokens[from:to] counts of which the judge of findings is so sure: it does not where that judge
// and the detector are sure together that it does not, neither for the message as a whole nor for the part of it that tells this.
func (h *listening) meant(sure int, d *detectorText, from, to int) bool {
	sure = min(sure, surestMeant)
	return sure+heardWeight*h.heard().score >= scopeBar || sure+heardWeight*d.partScore(from, to) >= scopeBar
}

// partScore is what the detector makes of the words from pause to pause around tokens[from:to].
func (d *detectorText) partScore(from, to int) int {
	first, last := max(0, from-windowSize), min(len(d.tokens), to+windowSize)
	for from > first && d.tokens[from-1].after == noPause {
		from--
	}
	for to < last && d.tokens[to-1].after == noPause {
		to++
	}
	var sink evidenceSink
	d.features(window{from, to}, &sink)
	return builtinDetector().score(sink.all)
}

// bar is the score that it takes to raise the trigger s.
func (t *Triggers) bar(a *alarm, s int, doubted bool) int {
	bar, weak := raiseScore, weakScore
	switch n := len(a.tokens); {
	case n <= shortMessage:
		bar, weak = shortScore, weakShortScore
	case n > veryLongMessage:
		bar = veryLongScore
	case n > longMessage:
		bar = longScore
	}
	if doubted {
		bar = max(bar, doubtedScore)
	}
	if a.vague() || a.dangers == 0 || a.signs == 1 || t.specs[s].Category == despair {
		bar = max(bar, weak)
	}
	return bar
}

// weakScore is what it takes where it is not clear what the alarm is about, where no sign of danger is named, or one sign and
// nothing beside it ("purple monkey dishwasher"), and for despair; doubtedScore where a phrase was met and judged not to count:
// denied, over, a figure of speech.
const (
	weakScore    = 2 * raiseScore
	doubtedScore = 4 * raiseScore
)

// A message of up to shortMessage words may be the answer to a question, of what is nothing new ("my ribs are sore from coughing").
// One of more than longMessage words tells so much that something in it sounds alarming by chance: of those in which nothing was
// wrong and which were taken for an alarm, nearly all were. These are the scores that it takes there.
const (
	shortMessage    = 12
	longMessage     = 30
	veryLongMessage = 45

	shortScore     = 3 * raiseScore
	weakShortScore = 6 * raiseScore
	longScore      = 9 * raiseScore
	veryLongScore  = 20 * raiseScore
)

// clearWord is how much of each word that tells of the alarm speaks for one class where it is clear which; frameWords is
// how many words an alarm has besides.
const (
	clearWord  = 50
	frameWords = 2
)

// vague says whether no class stands out: what sounds alarming by chance sounds a little like everything.
func (a *alarm) vague() bool {
	return slices.Max(a.scores) < clearWord*(a.to-a.from+frameWords)
}

// despair is the category whose words (alone, tired, leaving, done with it) ordinary messages are full of.
const despair = "suicide"

// closeCall is how far the best class of an emergency may lie behind the best class of all and still be chosen, in
// hundredths: between the tiers, the higher one when in doubt.
const closeCall = 10

// specOf is the trigger that the alarm raises, or -1 if none of this machine is about it or there is no alarm.
func (t *Triggers) specOf(a *alarm) int {
	if a.scores == nil {
		return -1
	}
	first, emergency := -1, -1
	for c, s := range t.heard {
		if first < 0 || a.scores[c] > a.scores[first] {
			first = c
		}
		if s >= 0 && t.specs[s].Tier == TierEmergency && (emergency < 0 || a.scores[c] > a.scores[emergency]) {
			emergency = c
		}
	}
	if emergency >= 0 && a.scores[first]-a.scores[emergency] <= max(a.scores[first], 0)*closeCall/100 {
		first = emergency
	}
	return t.heard[first]
}
