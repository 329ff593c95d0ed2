package compare

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/tacet-lang/tacet/lang/machine"
)

// keys names locations so that those of two versions of a flow can be paired: by state, by what happens there, and by
// how many of the same come before it. Ids count through a state and shift when a question is put in.
type keys struct {
	m     *machine.Machine
	at    map[string]*machine.Location
	key   map[string]string            // id → key
	byKey map[string]*machine.Location // and back
}

func newKeys(m *machine.Machine) *keys {
	k := &keys{m: m, at: map[string]*machine.Location{}, key: map[string]string{}, byKey: map[string]*machine.Location{}}
	count := map[string]int{}
	for i := range m.Locations {
		l := &m.Locations[i]
		k.at[l.ID] = l
	}
	order := make([]int, len(m.Locations))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int {
		return cmp.Compare(ordinal(m.Locations[a].ID), ordinal(m.Locations[b].ID))
	})
	for _, i := range order {
		l := &m.Locations[i]
		name := strings.Join([]string{l.State, string(l.Kind), l.Field, l.Consent}, "|")
		count[name]++
		key := fmt.Sprintf("%s|%d", name, count[name])
		k.key[l.ID], k.byKey[key] = key, l
	}
	return k
}

// ordinal is the number at the end of a location's id, 1 without one.
func ordinal(id string) int {
	if i := strings.LastIndexByte(id, '.'); i >= 0 {
		if n, err := strconv.Atoi(id[i+1:]); err == nil {
			return n
		}
	}
	return 1
}

func (k *keys) location(id string) *machine.Location {
	if l, ok := k.at[id]; ok {
		return l
	}
	return &machine.Location{ID: id, State: id}
}

func (c *comparing) session() {
	a, b := &c.old.Session, &c.new.Session
	if a.Timeout != b.Timeout {
		c.add(Change{
			Level: Behaviour, What: "silence ends the conversation after another time", Old: seconds(a.Timeout), New: seconds(b.Timeout), Place: b.Place,
			Means: "patients have more or less time to answer", Sign: &Sign{New: b.Timeout < a.Timeout, Outcome: "timeout"},
		})
	}
	c.value(Privacy, "conversations are kept for another time", days(a.Keep), days(b.Keep), "what patients wrote is there for longer or shorter", b.Place)
	for _, p := range paired(a.Ended, b.Ended, func(e *machine.KeepEnded) string { return e.Outcome }) {
		c.value(Privacy, "conversations that end as `"+p.name+"` are kept for another time", keptAfter(p.old, a), keptAfter(p.new, b), "what patients wrote is there for longer or shorter", b.Place)
	}
	if a.Retries != b.Retries {
		c.add(Change{
			Level: Safety, What: "people take over after another number of answers that do not fit", Old: fmt.Sprint(a.Retries + 1), New: fmt.Sprint(b.Retries + 1), Place: b.Place,
			Means: "a patient who is not understood comes to a person sooner or later", Sign: &Sign{New: b.Retries < a.Retries, Reason: "retries"},
		})
	}
}

// keptAfter is how long a conversation with an outcome is kept: as long as all others where nothing else is said.
func keptAfter(e *machine.KeepEnded, s *machine.Session) string {
	if e == nil {
		return days(s.Keep)
	}
	return days(e.Days)
}

func seconds(n int) string {
	if n%60 == 0 {
		return fmt.Sprintf("%d minutes", n/60)
	}
	return fmt.Sprintf("%d seconds", n)
}

func days(n int) string { return fmt.Sprintf("%d days", n) }

// states reports states that only one of the two has, or that conversations can come to in only one.
func (c *comparing) states() {
	before, after := reachable(c.old, c.oldKeys), reachable(c.new, c.newKeys)
	for _, s := range stateNames(c.new) {
		was, there := before[s.name]
		switch {
		case !there:
			c.add(Change{Level: Behaviour, What: "the state `" + s.name + "` is new", Means: "conversations can go where they did not go before", Place: s.first.Place, Sign: &Sign{New: true, At: s.first.ID}})
		case !was && after[s.name]:
			c.add(Change{Level: Behaviour, What: "the state `" + s.name + "` can be reached now", Means: "conversations can go where they did not go before", Place: s.first.Place, Sign: &Sign{New: true, At: s.first.ID}})
		}
	}
	for _, s := range stateNames(c.old) {
		is, there := after[s.name]
		switch {
		case !there:
			c.add(Change{Level: Behaviour, What: "the state `" + s.name + "` is gone", Means: "conversations no longer go there", Place: s.first.Place, Gone: true, Sign: &Sign{At: s.first.ID}})
		case !is && before[s.name]:
			c.add(Change{Level: Behaviour, What: "the state `" + s.name + "` can no longer be reached", Means: "conversations no longer go there", Place: s.first.Place, Gone: true, Sign: &Sign{At: s.first.ID}})
		}
	}
	if b, a := c.oldKeys.location(c.old.Start), c.newKeys.location(c.new.Start); b.State != a.State {
		c.add(Change{Level: Behaviour, What: "conversations start in `" + a.State + "`", Old: b.State, New: a.State, Means: "patients are greeted otherwise", Place: a.Place, Sign: &Sign{New: true, At: a.ID}})
	}
}

type stateName struct {
	name  string
	first *machine.Location
}

// stateNames are the author's states in name order: not escalations, not those of the turn protocol.
func stateNames(m *machine.Machine) []stateName {
	escalation := map[string]bool{m.Human: true, m.Stuck: true}
	for i := range m.Escalations {
		escalation[m.Escalations[i].Location] = true
	}
	var out []stateName
	index := map[string]int{}
	for i := range m.Locations {
		l := &m.Locations[i]
		if escalation[l.ID] {
			continue
		}
		if at, ok := index[l.State]; !ok {
			index[l.State] = len(out)
			out = append(out, stateName{l.State, l})
		} else if ordinal(l.ID) < ordinal(out[at].first.ID) {
			out[at].first = l
		}
	}
	slices.SortFunc(out, func(a, b stateName) int { return strings.Compare(a.name, b.name) })
	return out
}

// reachable says of every state whether the author's ways and topics lead there.
func reachable(m *machine.Machine, k *keys) map[string]bool {
	seen := map[string]bool{}
	queue := []string{m.Start}
	for i := range m.Topics {
		if r := m.Topics[i].Route; r != "" {
			queue = append(queue, r)
		}
	}
	for len(queue) > 0 {
		id := queue[0]
		queue = queue[1:]
		if seen[id] {
			continue
		}
		seen[id] = true
		for _, e := range k.location(id).Edges {
			queue = append(queue, e.To)
		}
	}
	out := map[string]bool{}
	for i := range m.Locations {
		l := &m.Locations[i]
		out[l.State] = out[l.State] || seen[l.ID]
	}
	return out
}

// locations compares what is said and asked, and where it leads, in states that both have.
func (c *comparing) locations() {
	for i := range c.new.Locations {
		after := &c.new.Locations[i]
		before, ok := c.oldKeys.byKey[c.newKeys.key[after.ID]]
		if c.isEscalation(after.ID) {
			continue
		}
		if !ok {
			c.stepAdded(after)
			continue
		}
		c.actions(before, after)
		c.questions(before, after)
		c.ways(before, after)
	}
	for i := range c.old.Locations {
		before := &c.old.Locations[i]
		if _, ok := c.newKeys.byKey[c.oldKeys.key[before.ID]]; !ok && before.Kind != machine.Auto && hasState(c.new, before.State) && !c.lostField(before) {
			c.add(Change{Level: Behaviour, What: fmt.Sprintf("in `%s` the assistant no longer %s", before.State, does(before)), Means: "conversations go on otherwise there", Place: before.Place, Gone: true, Sign: &Sign{At: before.ID}})
		}
	}
}

func (c *comparing) isEscalation(id string) bool {
	return slices.ContainsFunc(c.new.Escalations, func(e machine.Escalation) bool { return e.Location == id })
}

func hasState(m *machine.Machine, name string) bool {
	return slices.ContainsFunc(m.Locations, func(l machine.Location) bool { return l.State == name })
}

// lostField reports a question that is gone together with its field, which is a change of its own.
func (c *comparing) lostField(l *machine.Location) bool {
	return l.Kind == machine.Ask && !slices.ContainsFunc(c.new.Fields, func(f machine.Field) bool { return f.Name == l.Field })
}

func (c *comparing) stepAdded(l *machine.Location) {
	newField := l.Kind == machine.Ask && !slices.ContainsFunc(c.old.Fields, func(f machine.Field) bool { return f.Name == l.Field })
	if l.Kind != machine.Auto && hasState(c.old, l.State) && !newField {
		c.add(Change{Level: Behaviour, What: fmt.Sprintf("in `%s` the assistant now %s", l.State, does(l)), Means: "conversations go on otherwise there", Place: l.Place, Sign: &Sign{New: true, At: l.ID}})
	}
}

func does(l *machine.Location) string {
	switch l.Kind {
	case machine.Ask:
		return "asks for `" + l.Field + "`"
	case machine.Offer:
		return "offers a choice"
	case machine.Listen:
		return "listens"
	case machine.Consent:
		return "asks for consent to `" + l.Consent + "`"
	case machine.Verify:
		return "verifies by `" + l.Field + "`"
	case machine.Book:
		return "books `" + l.Field + "`"
	case machine.End:
		return "ends the conversation"
	case machine.Handoff:
		return "hands over to `" + l.Team + "`"
	case machine.Auto:
	}
	return "goes on"
}

func (c *comparing) actions(a, b *machine.Location) {
	says := func(l *machine.Location) []machine.Action {
		return slices.DeleteFunc(slices.Clone(l.Do), func(x machine.Action) bool { return x.To != "" })
	}
	before, after := says(a), says(b)
	for i := range max(len(before), len(after)) {
		sign := &Sign{New: true, At: b.ID}
		switch {
		case i >= len(before):
			c.add(Change{Level: Behaviour, What: "in `" + b.State + "` the assistant says more", New: words(&after[i], c.new), Means: "patients read something more", Place: after[i].Place, Sign: sign})
		case i >= len(after):
			c.add(Change{Level: Behaviour, What: "in `" + b.State + "` the assistant says less", Old: words(&before[i], c.old), Means: "patients no longer read it", Place: before[i].Place, Gone: true, Sign: &Sign{At: a.ID}})
		case before[i].By != after[i].By:
			c.add(Change{Level: Behaviour, What: "in `" + b.State + "` what is said depends on something else", Old: before[i].By, New: after[i].By, Means: "patients read other words", Place: after[i].Place, Sign: sign})
		default:
			c.text(Wording, "what is said in `"+b.State+"`", before[i].Say, after[i].Say, after[i].Place, sign)
			for _, value := range caseNames(before[i].Cases, after[i].Cases) {
				c.text(Wording, fmt.Sprintf("what is said in `%s` for `%s`", b.State, value), before[i].Cases[value], after[i].Cases[value], after[i].Place, sign)
			}
		}
	}
	c.value(Behaviour, "in `"+b.State+"` things happen in another order", order(a), order(b), "patients read or wait in another order", b.Place)
}

func caseNames(a, b map[string]machine.Text) []string {
	var out []string
	for n := range a {
		out = append(out, n)
	}
	for n := range b {
		out = append(out, n)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

func words(a *machine.Action, m *machine.Machine) string {
	if a.By != "" {
		return "by " + a.By
	}
	return a.Say.In(m.Flow.Languages[0])
}

// order is in which order a location says and sends, where it does both.
func order(l *machine.Location) string {
	var out []string
	both := 0
	for _, a := range l.Do {
		word := "say"
		if a.To != "" {
			word, both = "send to "+a.To, both|1
		} else {
			both |= 2
		}
		if len(out) == 0 || out[len(out)-1] != word {
			out = append(out, word)
		}
	}
	if both != 3 || len(out) < 3 && !strings.HasPrefix(out[0], "send") {
		return ""
	}
	return strings.Join(out, ", then ")
}

func (c *comparing) questions(a, b *machine.Location) {
	sign := &Sign{New: true, At: b.ID}
	c.text(Wording, "the question in `"+b.State+"`", a.Prompt, b.Prompt, b.Place, sign)
	c.value(Safety, "`"+b.State+"` hands over to another team", a.Team+" "+a.Tier, b.Team+" "+b.Tier, "other people take over", b.Place)
	c.value(Behaviour, "`"+b.State+"` ends with another outcome", a.Outcome, b.Outcome, "nothing but what is counted", b.Place)
	c.value(Behaviour, "the conditions of `"+b.State+"` are tried otherwise", strconv.FormatBool(a.Ordered), strconv.FormatBool(b.Ordered), "where several hold, another may be taken", b.Place)
	for i := range max(len(a.Choices), len(b.Choices)) {
		switch {
		case i >= len(a.Choices):
			c.add(Change{Level: Behaviour, What: fmt.Sprintf("`%s` offers “%s” too", b.State, b.Choices[i].Label.In(c.new.Flow.Languages[0])), Means: "patients have one more choice", Place: b.Place, Sign: sign})
		case i >= len(b.Choices):
			c.add(Change{Level: Behaviour, What: fmt.Sprintf("`%s` no longer offers “%s”", b.State, a.Choices[i].Label.In(c.old.Flow.Languages[0])), Means: "patients have one choice less", Place: b.Place, Sign: sign})
		default:
			c.text(Wording, fmt.Sprintf("choice %d of `%s`", i+1, b.State), a.Choices[i].Label, b.Choices[i].Label, b.Place, sign)
			c.value(Behaviour, fmt.Sprintf("choice %d of `%s` is also taken by other words", i+1, b.State), a.Choices[i].Topic, b.Choices[i].Topic, "patients who write instead of pressing go elsewhere", b.Place)
		}
	}
}

// way is an edge in words.
type way struct{ on, guard, to string }

func (c *comparing) ways(a, b *machine.Location) {
	before, after := waysOf(c.old, c.oldKeys, a), waysOf(c.new, c.newKeys, b)
	if slices.Equal(before, after) {
		return
	}
	place := b.Place
	for i, w := range after {
		if (i >= len(before) || before[i] != w) && b.Edges[i].Place.Line > 0 {
			place = b.Edges[i].Place
			break
		}
	}
	lost, gained := minus(before, after), minus(after, before)
	what := fmt.Sprintf("the ways on from `%s` are others", b.State)
	if len(lost) == 0 && len(gained) == 0 {
		what = fmt.Sprintf("the conditions of `%s` stand in another order", b.State)
		lost, gained = before, after
	}
	c.add(Change{
		Level: Behaviour, What: what, Old: wayWords(lost), New: wayWords(gained), Means: "after the same answers conversations go elsewhere",
		Place: place, Sign: wayOnSign(a, b),
	})
}

// wayOnSign is a turn that leaves the location in both; one that goes on at once is passed within a turn.
func wayOnSign(a, b *machine.Location) *Sign {
	if b.Kind.Waits() && a.Kind.Waits() {
		return &Sign{New: true, From: b.ID, Also: a.ID}
	}
	return &Sign{New: true, At: b.ID}
}

func waysOf(m *machine.Machine, k *keys, l *machine.Location) []way {
	var out []way
	for _, e := range l.Edges {
		w := way{on: e.On, to: k.location(e.To).State}
		if e.Guard != nil {
			w.guard = m.Guards[*e.Guard].Source
		}
		if w.to == l.State && w.on == "" && w.guard == "" {
			w.to = ""
		}
		out = append(out, w)
	}
	return out
}

func wayWords(ways []way) string {
	var out []string
	for _, w := range ways {
		s := "otherwise"
		switch {
		case w.guard != "" && w.on != "":
			s = w.on + ", when " + w.guard
		case w.guard != "":
			s = "when " + w.guard
		case w.on != "":
			s = w.on
		}
		if w.to == "" {
			w.to = "the next question"
		}
		out = append(out, s+" -> "+w.to)
	}
	return strings.Join(out, "; ")
}

func (c *comparing) calendar() {
	a, b := &c.old.Practice, &c.new.Practice
	none := machine.Place{}
	c.value(Behaviour, "the practice has other hours", week(a.Hours), week(b.Hours), "conversations go elsewhere at other times, and hours are told otherwise", none)
	c.value(Behaviour, "the practice has other holidays", holidays(a.Holidays), holidays(b.Holidays), "on these days it counts as open or closed", none)
	c.value(Behaviour, "the practice is in another time zone", a.Timezone, b.Timezone, "every time is another", none)
	c.value(Behaviour, "appointments are offered otherwise", appointments(a.Appointments), appointments(b.Appointments), "patients are offered other times", none)
	c.value(Wording, "the practice has another name", a.Name, b.Name, "patients read the other name", none)
	c.value(Safety, "the practice has another phone number", a.Phone, b.Phone, "patients who cannot wait call another number", none)
	c.value(Wording, "the practice has another address", a.Address, b.Address, "patients are told the other address", none)
}

func holidays(hs []machine.Holiday) string {
	var out []string
	for _, h := range hs {
		s := h.Date
		for _, o := range h.Openings {
			s += fmt.Sprintf(" %02d:%02d-%02d:%02d", o.From/60, o.From%60, o.To/60, o.To%60)
		}
		out = append(out, s)
	}
	return strings.Join(out, ", ")
}

func appointments(a *machine.Appointments) string {
	if a == nil {
		return "none"
	}
	return fmt.Sprintf("%s; %d minutes, %d between, %d at a time, held %d minutes, from %d minutes to %d days ahead", week(a.Hours), a.Duration, a.Buffer, a.Capacity, a.Hold, a.Notice, a.Horizon)
}

// roles of the standard sentences that a sign can look for.
var sentenceSigns = map[string]Sign{
	"refusal": {Role: "refusal"}, "phi": {Role: "gentle"}, "retry": {Role: "reprompt"}, "timeout": {Outcome: "timeout"},
	"human": {Reason: "human"}, "stuck": {Reason: "retries"},
}

func (c *comparing) standardTexts() {
	var names []string
	for n := range c.old.Texts {
		names = append(names, n)
	}
	for n := range c.new.Texts {
		names = append(names, n)
	}
	slices.Sort(names)
	for _, n := range slices.Compact(names) {
		level := Wording
		if n == "emergency-bar" {
			level = Safety
		}
		var sign *Sign
		if s, ok := sentenceSigns[n]; ok {
			if sign = &s; s.Role == "refusal" {
				sign.Heard = c.refused()
			}
		}
		c.text(level, "the sentence `"+n+"`", c.old.Texts[n], c.new.Texts[n], machine.Place{}, sign)
	}
}

// understanding reports topics whose examples changed: the classifier learned something else.
func (c *comparing) understanding() {
	if compact(c.old.TopicModel) != compact(c.new.TopicModel) {
		c.add(Change{Level: Behaviour, What: "topics are learned from other examples", Means: "what patients write may be understood otherwise"})
	}
}

// compact is embedded JSON without layout: an artifact may be indented.
func compact(r machine.RawJSON) string {
	b, err := r.MarshalJSON()
	if err != nil {
		return string(r)
	}
	return string(b)
}

func (c *comparing) refused() string {
	for _, t := range c.new.Topics {
		if t.Treat == machine.Refuse {
			return t.Name
		}
	}
	return ""
}
