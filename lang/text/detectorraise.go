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
	if a.score < bar {
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

// plainlyMeant is from how sure on the judge of findings needs nobody else.
const plainlyMeant = 0

// meant says whether a finding counts of which the judge of findings is so sure: it does not where that judge doubts it and
// both together are sure.
func (h *listening) meant(sure int) bool {
	return sure >= plainlyMeant || sure+h.heard().score >= scopeBar
}

// bar is the score that it takes to raise the trigger s.
func (t *Triggers) bar(a *alarm, s int, doubted bool) int {
	bar := raiseScore
	if doubted {
		bar = doubtedScore
	}
	if a.vague() {
		bar = max(bar, vagueScore)
	}
	if a.dangers == 0 || a.signs == 1 {
		bar = max(bar, unnamedScore)
	}
	if len(a.tokens) > longMessage {
		bar = max(bar, longScore)
	}
	if t.specs[s].Category == despair {
		bar = max(bar, despairScore)
	}
	return bar
}

// doubtedScore is what it takes where a phrase was met and judged not to count: denied, over, a figure of speech.
const doubtedScore = 2 * raiseScore

// vagueScore is what it takes where it is not clear what the alarm is about, unnamedScore where no sign of danger is named, or
// one sign and nothing beside it ("purple monkey dishwasher").
const (
	vagueScore   = 2 * raiseScore
	unnamedScore = 3 * raiseScore / 2
)

// longMessage is from how many words on a message tells so much that something in it sounds alarming by chance; longScore is
// what it takes there.
const (
	longMessage = 30
	longScore   = 2 * raiseScore
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

// despair is the category whose words (alone, tired, leaving, done with it) ordinary messages are full of; despairScore is
// what it takes there.
const (
	despair      = "suicide"
	despairScore = 5 * raiseScore / 4
)

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
