package text

import (
	"strconv"
	"strings"
)

// What is said around a finding decides whether it counts. The rules follow NegEx (Chapman 2001) and ConText
// (Harkema 2009): cue words open a scope that ends at contrast, at a new statement, or at the end of the sentence.
// They differ in one point: an emergency of somebody else that happens now counts. When no rule is sure, the finding
// counts.

// contextOf says why tokens[from:to] does not count, or Counts. denies: the phrase that was found holds a negation.
func contextOf(tokens []token, from, to int, denies bool) Why {
	c := clauseOf(tokens, from, to)
	switch {
	case c.negatedBefore(), !denies && c.negatedInside(), c.negatedAfter(), c.deniedInReply():
		return Negation
	case c.figure():
		return Idiom
	case c.aboutSomething():
		return Education
	case c.ofAnimal():
		return Animal
	case c.past():
		return History
	}
	return c.notReal()
}

// clause is a finding with the sentence around it.
type clause struct {
	tokens     []token
	from, to   int // the finding
	begin, end int // its sentence
}

// reach is how many words before and after a finding are read: cues further away are about something else, and the
// work stays proportional to the number of words.
const reach = 25

func clauseOf(tokens []token, from, to int) clause {
	c := clause{tokens: tokens, from: from, to: to, begin: from, end: to}
	for c.begin > max(0, from-reach) && tokens[c.begin-1].after < stop {
		c.begin--
	}
	for c.end < min(len(tokens), to+reach) && tokens[c.end-1].after < stop {
		c.end++
	}
	return c
}

func (c *clause) word(i int) string { return c.tokens[i].text }

func (c *clause) number(i int) wordNumber {
	t := &c.tokens[i]
	if t.known != nil && t.known.text == t.text {
		return t.known.number
	}
	return wordNumbers[t.text]
}

// is says whether token i is one of words.
func (c *clause) is(i int, words wordBits) bool {
	return i >= c.begin && i < c.end && words.has(c.tokens[i].text)
}

// phrase says whether the words of one of the cues stand at i, and how many they are.
func (c *clause) phrase(i int, cues *cueSet) int {
	if i < c.begin || i >= c.end {
		return 0
	}
	for _, cue := range cues.byFirst[c.tokens[i].text] {
		if c.follows(i, cue) {
			return len(cue)
		}
	}
	return 0
}

func (c *clause) follows(i int, cue []string) bool {
	if i+len(cue) > c.end {
		return false
	}
	for k, w := range cue {
		if c.tokens[i+k].text != w {
			return false
		}
	}
	return true
}

// any looks for a cue in the range and returns its place, or -1.
func (c *clause) any(from, to int, cues *cueSet) int {
	for i := max(from, c.begin); i < min(to, c.end); i++ {
		if c.phrase(i, cues) > 0 {
			return i
		}
	}
	return -1
}

// scopeStart is the first token before the finding that belongs to the same statement.
func (c *clause) scopeStart() int {
	for i := c.from - 1; i >= c.begin; i-- {
		n := c.number(i)
		if contrast.holds(n) || joiners.holds(n) && i+1 < c.from && statementStarts.has(c.word(i+1)) {
			return i + 1
		}
	}
	return c.begin
}

// scopeEnd is where the statement of the finding ends.
func (c *clause) scopeEnd() int {
	for i := c.to; i < c.end; i++ {
		n := c.number(i)
		if contrast.holds(n) || joiners.holds(n) && i+1 < c.end && statementStarts.has(c.word(i+1)) {
			return i
		}
	}
	return c.end
}

// negatedBefore walks from the finding back to a negation, over what may stand between them: little words, and other
// items of the same list ("no fever, chills or chest pain").
func (c *clause) negatedBefore() bool {
	start := c.scopeStart()
	inList := c.listedWithOr()
	content, bridged := 0, false
	for i := c.from - 1; i >= start && c.from-i <= 9; i-- {
		w := c.word(i)
		paused := c.tokens[i].after == comma
		if n := c.phrase(i, stoppedCues); n > 0 && i+n <= c.from && content == 0 && !c.refused(i) {
			return true
		}
		if strongNegation.has(w) {
			return !c.isAnswer(i)
		}
		if nobody.has(w) && c.from-i <= 2 {
			return true
		}
		if w == "not" || w == "no" {
			return c.negates(i, bridged, content, inList)
		}
		switch {
		case listWords.has(w):
			inList = true
		case negatable.has(w):
			bridged = true
		case bridgeWords.has(w) || littleWords.has(w):
		case symptomWords[c.tokens[i].en] || symptomWords[c.tokens[i].es]:
			content++
		default:
			if content++; content > 3 {
				return false
			}
		}
		if paused && !inList && !symptomWords[c.tokens[i].en] && !symptomWords[c.tokens[i].es] && !bridgeWords.has(w) {
			return false
		}
	}
	return false
}

// negates judges a plain "not" or "no" at i before the finding. bridged: a verb that a finding can be the object of
// lies between; content: how many other words do.
func (c *clause) negates(i int, bridged bool, content int, inList bool) bool {
	if c.isAnswer(i) || c.is(i-1, inability) || c.any(i+1, c.from, certainCues) >= 0 {
		return false
	}
	if c.is(i+1, unsure) || c.is(i+1, only) {
		return false
	}
	if c.word(i) == "no" && c.tokens[i].after == noPause && !statementStarts.has(c.word(min(i+1, c.end-1))) && content <= 3 {
		if c.english() || !spanishVerb(c, i+1) {
			return content == 0 || inList || symptomsBetween(c, i+1) || bridged
		}
	}
	return content == 0 || bridged && (inList || content <= 1 || symptomsBetween(c, i+1))
}

// spanishVerb says whether the word after "no" (and pronouns) is a verb that cannot take the finding as its object,
// as in "no puedo dormir, dolor de pecho".
func spanishVerb(c *clause, i int) bool {
	for i < c.from && spanishPronouns.has(c.word(i)) {
		i++
	}
	return i < c.from && !negatable.has(c.word(i)) && !bridgeWords.has(c.word(i)) && !littleWords.has(c.word(i)) &&
		!symptomWords[c.tokens[i].es] && !symptomWords[c.tokens[i].en]
}

func symptomsBetween(c *clause, from int) bool {
	for i := from; i < c.from; i++ {
		w := c.word(i)
		if symptomWords[c.tokens[i].en] || symptomWords[c.tokens[i].es] || bridgeWords.has(w) || littleWords.has(w) || negatable.has(w) || listWords.has(w) {
			continue
		}
		return false
	}
	return true
}

// isAnswer says whether the "no" at i answers a question ("No, I have chest pain").
func (c *clause) isAnswer(i int) bool {
	if c.word(i) != "no" || i+1 >= c.end {
		return false
	}
	if c.word(i+1) == "he" && i+2 < c.end && strings.HasSuffix(c.word(i+2), "do") {
		return false // Spanish "no he tenido", not English "no, he"
	}
	return c.tokens[i].after == comma || englishSubjects.has(c.word(i+1))
}

// refused says whether the word at i is itself negated ("won't stop bleeding").
func (c *clause) refused(i int) bool {
	for k := i - 1; k >= c.begin && k >= i-3; k-- {
		if w := c.word(k); w == "not" || w == "no" || w == "never" || w == "nunca" {
			return true
		}
	}
	return false
}

// listedWithOr says whether the finding is one of several things joined by "or".
func (c *clause) listedWithOr() bool {
	for i := c.from + 1; i < min(c.to+5, c.scopeEnd()); i++ {
		if listWords.has(c.word(i)) && (i >= c.to || c.word(i) == "or" || c.word(i) == "nor" || c.word(i) == "ni") {
			return true
		}
	}
	return false
}

// negatedInside finds a denial of the last word within the finding ("the incision is not infected").
func (c *clause) negatedInside() bool {
	for i := c.to - 2; i > c.from && i >= c.to-4; i-- {
		switch w := c.word(i); {
		case contrast.has(w) || joiners.has(w):
			return false
		case w == "no":
			return !unsure.has(c.word(i + 1))
		case w == "not" || w == "never":
			return (c.is(i-1, stateVerbs) || c.is(i-1, doVerbs)) && !unsure.has(c.word(i+1)) && !only.has(c.word(i+1))
		case strongNegation.has(w):
			return true
		}
	}
	return false
}

// figure recognises ways of speaking: "nearly fainted when I saw it", "dying of embarrassment".
func (c *clause) figure() bool {
	end := min(c.to+4, c.end)
	if c.any(c.from, end, laughCues) >= 0 || c.ofThing() {
		return true
	}
	return c.any(c.from-4, c.from+1, almostCues) >= 0 && c.any(c.from, min(c.to+3, c.end), surpriseCues) >= 0
}

// ofThing says whether the finding is about a thing that nobody feels in the body: "choking on this price".
func (c *clause) ofThing() bool {
	for i := c.to; i < min(c.to+7, c.end); i++ {
		switch {
		case i > c.to && c.is(i, thingsNotFelt):
			return true
		case c.tokens[i-1].after != noPause || !c.is(i, leadsToThing):
			return false
		}
	}
	return false
}

// english says whether the sentence reads as English rather than Spanish, by its little words.
func (c *clause) english() bool {
	n := 0
	for i := c.begin; i < c.end; i++ {
		switch w := c.number(i); {
		case englishWords.holds(w):
			n++
		case spanishWords.holds(w):
			n--
		}
	}
	return n > 0
}

func (c *clause) negatedAfter() bool {
	end := min(c.to+5, c.scopeEnd())
	for i := c.to; i < end; i++ {
		if c.phrase(i, goneCues) > 0 && !c.refused(i) {
			return true
		}
		if c.is(i, returns) {
			return false
		}
	}
	return c.deniedInForm()
}

// deniedInForm says whether what follows is how forms are filled in: "chest pain: no", "chest pain: no, fever: yes".
func (c *clause) deniedInForm() bool {
	if !c.is(c.to, formDenials) || c.tokens[c.to-1].after != comma {
		return false
	}
	if c.to+1 == c.end {
		return true
	}
	for i := c.to + 2; c.tokens[c.to].after == comma && i < c.end; i++ {
		if c.is(i, formAnswers) && c.tokens[i-1].after == comma && (i+1 == c.end || c.tokens[i].after == comma) {
			return true
		}
	}
	return false
}

// repliedNo says whether the sentence is a question and the next one but a no.
func (c *clause) repliedNo() bool {
	if c.tokens[c.end-1].after != question || c.end >= len(c.tokens) {
		return false
	}
	next := clauseOf(c.tokens, c.end, c.end+1)
	return next.isNo()
}

// isNo says whether the sentence is but a no.
func (c *clause) isNo() bool {
	for i := c.begin; i < c.end; i++ {
		if !c.is(i, replyDenials) {
			return false
		}
	}
	return true
}

// deniedInReply says whether the finding is asked after in the words of a list of questions and the next sentence is but a no:
// "Chest pain? No. Any seizures? Never." A question with anything else in it may be answered no and the finding be so all the
// same: "Is the bleeding under control? No."
func (c *clause) deniedInReply() bool {
	if !c.repliedNo() || c.begin > 0 && c.tokens[c.begin-1].after < stop {
		return false
	}
	for i := c.begin; i < c.end; i++ {
		found := i >= c.from && i < c.to
		if w := c.word(i); found && (w == "no" || w == "not" || strongNegation.has(w)) || !found && !askedWith.has(w) &&
			!symptomWords[c.tokens[i].en] && !symptomWords[c.tokens[i].es] {
			return false
		}
	}
	return true
}

// past says whether the finding is told of as something over: a past verb before it and nothing present, or a time
// long ago around it.
func (c *clause) past() bool {
	start, end := c.scopeStart(), c.scopeEnd()
	if c.any(start, c.to, historyOf) >= 0 && c.any(start, end, nowCues) < 0 || c.datedRight(c.to) {
		return true
	}
	if c.any(c.begin, c.end, nowCues) >= 0 && c.any(start, end, nowCues) >= 0 {
		return false
	}
	if c.toldOf(start, end) {
		return true
	}
	if c.presentVerb(start) {
		return false
	}
	return c.longAgo(start, end)
}

// datedRight says whether what follows at once dates the finding long back: "when I was six", "in 1999", "at 40", "hace
// siete años". No word of the present can take that back.
func (c *clause) datedRight(to int) bool {
	for i := to; i < min(to+3, c.end); i++ {
		if c.phrase(i, inYouth) > 0 {
			return true
		}
		if i > to && c.is(i-1, beforeYear) && year(c.word(i)) {
			return true
		}
		if i > to && ageAfter.has(c.word(i-1)) && age(c.word(i)) && !c.is(i+1, clockWords) {
			return true
		}
		if c.is(i, agoBefore) && (c.is(i+2, spans) || c.is(i+1, spans)) || c.is(i+1, ago) && c.is(i, spans) {
			return true
		}
		if contrast.has(c.word(i)) || joiners.has(c.word(i)) {
			return false
		}
	}
	return false
}

// age says whether w is a number of years that a person can look back on.
func age(w string) bool {
	n, err := strconv.Atoi(w)
	return err == nil && n >= 3 && n <= 89
}

// toldOf says whether a past verb leads to the finding and a time that is over follows at once: "had a fever last week".
// The time must stand right there: in "had lipo last week, now a fever" it belongs to something else.
func (c *clause) toldOf(start, end int) bool {
	verb := false
	for i := max(start, c.from-3); i < c.to; i++ {
		verb = verb || c.is(i, overVerbs)
	}
	if !verb || c.any(c.from, end, nowCues) >= 0 {
		return false
	}
	for i := c.to; i < min(c.to+3, end); i++ {
		if c.phrase(i, beforeNow) > 0 {
			return true
		}
	}
	return false
}

// presentVerb says whether the patient speaks of the present in the words just before the finding or in it.
func (c *clause) presentVerb(start int) bool {
	for i := max(start, c.from-4); i < c.to; i++ {
		if c.phrase(i, presentCues) > 0 {
			return true
		}
	}
	return false
}

// longAgo looks for a time that is over: a year, "years ago", "as a child".
func (c *clause) longAgo(start, end int) bool {
	from, to := max(start, c.from-9), min(end, c.to+9)
	if c.any(from, to, longAgoCues) >= 0 {
		return true
	}
	for i := from; i < to; i++ {
		if year(c.word(i)) && c.is(i-1, beforeYear) {
			return true
		}
		// "12 years ago", "hace diez años"
		if c.is(i, spans) && (c.is(i+1, ago) || c.is(i-2, agoBefore) || c.is(i-1, agoBefore)) {
			return true
		}
	}
	return false
}

func year(w string) bool {
	n, err := strconv.Atoi(w)
	return err == nil && len(w) == 4 && n >= 1920 && n <= 2100
}

// notReal tells conditions and questions about how things are in general from reports.
func (c *clause) notReal() Why {
	if c.happensNow() {
		return Counts
	}
	start := c.scopeStart()
	for i := c.from - 1; i >= max(start, c.from-8); i-- {
		if c.is(i, ifWords) && !c.is(i-1, beforeIf) && !c.is(i+1, beforeIf) {
			if c.personalCondition(i) {
				break
			}
			return Hypothetical
		}
		if c.is(i, willWords) {
			break
		}
	}
	if c.any(start, c.from, incaseCues) >= 0 || c.any(c.to, c.scopeEnd(), somedayCues) >= 0 {
		return Hypothetical
	}
	if c.any(start, c.from, generalCues) >= 0 && !c.firstPerson(start) || c.generalQuestion() {
		return Question
	}
	if c.asks() && c.any(c.begin, c.from, policyCues) >= 0 && !c.firstPerson(start) {
		return Question
	}
	return Counts
}

// generalQuestion says whether the sentence begins as a question about how things are: "how would I know if", "what does
// it look like". "Is it normal to" asks in general only if the patient is not in it.
func (c *clause) generalQuestion() bool {
	i := c.begin
	for i < c.from && c.is(i, leadIns) {
		i++
	}
	if i >= c.from {
		// The finding holds the question's own first words ("does it bleed").
		i = c.begin
	}
	if n := c.phrase(i, generalStarts); n > 0 && i+n <= c.from+1 {
		return c.any(i+n, c.end, aboutSelf) < 0
	}
	n := c.phrase(i, mildStarts)
	if n == 0 || !c.marked() || c.is(i+n, notAsking) {
		return false
	}
	for k := i + n; k < c.end; k++ {
		if c.is(k, selfWords) || c.is(i, isWords) && c.is(k, pointing) {
			return false
		}
	}
	return true
}

// marked says whether the sentence ends with a question mark, or begins as only questions do.
func (c *clause) marked() bool {
	return c.tokens[c.end-1].after == question || c.is(c.begin, questionStarts)
}

// happensNow says whether the message says, within reach of the finding, that the thing asked about is happening.
func (c *clause) happensNow() bool {
	whole := clause{tokens: c.tokens, begin: max(0, c.from-reach), end: min(len(c.tokens), c.to+reach)}
	return whole.any(whole.begin, whole.end, happening) >= 0
}

// personalCondition says whether the "if" at i belongs to a call for advice about the patient's own state now ("what
// do I do if I'm having chest pain"): not sure, so it counts.
func (c *clause) personalCondition(i int) bool {
	return c.any(c.begin, i, adviceCues) >= 0 && c.any(i+1, c.to, firstPersonNow) >= 0
}

func (c *clause) firstPerson(start int) bool {
	return c.any(start, c.to, firstPersonNow) >= 0
}

// asks says whether the sentence is a question: by its mark or by its first words.
func (c *clause) asks() bool {
	return c.tokens[c.end-1].after == question || c.is(c.begin, questionStarts) || c.is(c.begin+1, questionStarts)
}

// aboutSomething says whether the words name a place, a job, a course, a story: "stroke unit", "a paper about strokes".
func (c *clause) aboutSomething() bool {
	if c.is(c.to, institutions) && c.tokens[c.to-1].after == noPause {
		return true
	}
	told := c.any(c.scopeStart(), c.from, storyCues)
	return told >= 0 && c.any(told+1, c.to, firstPersonNow) < 0
}
