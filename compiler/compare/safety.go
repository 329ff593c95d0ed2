package compare

import (
	"fmt"
	"slices"
	"strings"

	"github.com/tacet-lang/tacet/lang/machine"
)

func (c *comparing) triggers() {
	for _, p := range paired(c.old.Triggers, c.new.Triggers, func(t *machine.Trigger) string { return t.Name }) {
		switch {
		case p.old == nil:
			c.add(Change{
				Level: Safety, What: fmt.Sprintf("the sign of danger `%s` (%s) is new", p.name, p.new.Tier), Place: p.new.Place,
				Means: "messages that show it now silence the assistant and bring people", Sign: &Sign{New: true, Says: said(p.new.Phrases)},
			})
		case p.new == nil:
			c.add(Change{
				Level: Safety, What: fmt.Sprintf("the sign of danger `%s` (%s) is gone", p.name, p.old.Tier), Place: p.old.Place, Gone: true,
				Means: "messages that show it no longer bring people: the assistant carries on", Sign: &Sign{Says: said(p.old.Phrases)},
			})
		default:
			c.trigger(p.old, p.new)
		}
	}
}

func (c *comparing) trigger(before, after *machine.Trigger) {
	c.value(Safety, fmt.Sprintf("`%s` has another tier", after.Name), before.Tier, after.Tier, "another team takes over, with other words", after.Place)
	phrases := func(what, means string, list []machine.Phrase, seenNew bool) {
		if len(list) == 0 {
			return
		}
		c.add(Change{
			Level: Safety, What: fmt.Sprintf("`%s` %s %s", after.Name, what, patterns(list)), Means: means, Place: after.Place,
			Sign: &Sign{New: seenNew, Says: said(list)},
		})
	}
	phrases("no longer hears", "words that brought people no longer do", minus(before.Phrases, after.Phrases), false)
	phrases("now also hears", "more words silence the assistant and bring people", minus(after.Phrases, before.Phrases), true)
	phrases("now leaves out", "words that brought people may no longer do", minus(after.Except, before.Except), false)
	phrases("no longer leaves out", "more words silence the assistant and bring people", minus(before.Except, after.Except), true)
}

func patterns(list []machine.Phrase) string {
	const most = 3
	var out []string
	for _, p := range list[:min(most, len(list))] {
		out = append(out, "`"+p.Pattern+"`")
	}
	if n := len(list) - most; n > 0 {
		out = append(out, fmt.Sprintf("and %d more", n))
	}
	return strings.Join(out, ", ")
}

// said is a text that the first of these patterns fits: the first word of every choice, nothing optional.
func said(list []machine.Phrase) string {
	if len(list) == 0 {
		return ""
	}
	var words []string
	rest := list[0].Pattern
	for rest != "" {
		var word string
		switch rest[0] {
		case '(':
			inner, after, _ := strings.Cut(rest[1:], ")")
			word, _, _ = strings.Cut(inner, "|")
			rest = after
		case '[':
			_, rest, _ = strings.Cut(rest, "]")
			continue
		default:
			n := strings.IndexAny(rest, " ([")
			if n < 0 {
				n = len(rest)
			}
			word, rest = rest[:max(n, 1)], rest[max(n, 1):]
		}
		word = strings.TrimRight(strings.TrimSpace(word), "*")
		if word != "" && word != "..." {
			words = append(words, word)
		}
	}
	return strings.Join(words, " ")
}

func (c *comparing) escalations() {
	for _, p := range paired(c.old.Escalations, c.new.Escalations, func(e *machine.Escalation) string { return e.Name }) {
		switch {
		case p.old == nil:
			c.add(Change{
				Level: Safety, What: fmt.Sprintf("the escalation `%s` (%s) is new", p.name, p.new.Tier), Place: p.new.Place,
				Means: "people take over where a patient means " + listed(p.new.On), Sign: &Sign{New: true, Escalation: p.name, Heard: p.new.On[0]},
			})
		case p.new == nil:
			c.add(Change{
				Level: Safety, What: fmt.Sprintf("the escalation `%s` (%s) is gone", p.name, p.old.Tier), Place: p.old.Place, Gone: true,
				Means: "it no longer brings people where a patient means " + listed(p.old.On), Sign: &Sign{Escalation: p.name, Heard: p.old.On[0]},
			})
		default:
			c.escalation(p.old, p.new)
		}
	}
}

func (c *comparing) escalation(before, after *machine.Escalation) {
	c.value(Safety, fmt.Sprintf("the escalation `%s` has another tier", after.Name), before.Tier, after.Tier, "it is treated as more or less urgent", after.Place)
	for _, lost := range minus(before.On, after.On) {
		c.add(Change{
			Level: Safety, What: fmt.Sprintf("`%s` no longer raises the escalation `%s`", lost, after.Name), Place: after.Place,
			Old: "passed to people", New: c.fate(lost), Means: "patients who mean it do not come to the people they came to", Sign: &Sign{Escalation: after.Name, Heard: lost},
		})
	}
	for _, more := range minus(after.On, before.On) {
		c.add(Change{
			Level: Safety, What: fmt.Sprintf("`%s` now raises the escalation `%s`", more, after.Name), Place: after.Place,
			Means: "people take over where a patient means it", Sign: &Sign{New: true, Escalation: after.Name, Heard: more},
		})
	}
	b, a := c.oldKeys.location(before.Location), c.newKeys.location(after.Location)
	level := Wording
	if after.Tier != machine.Routine {
		level = Safety
	}
	c.value(Safety, fmt.Sprintf("the escalation `%s` goes to another team", after.Name), b.Team, a.Team, "other people take over", after.Place)
	c.text(level, fmt.Sprintf("what the escalation `%s` says", after.Name), lastSay(b), lastSay(a), a.Place, &Sign{Escalation: after.Name, Heard: after.On[0]})
}

// fate says what now becomes of a topic or trigger.
func (c *comparing) fate(name string) string {
	for i := range c.new.Escalations {
		if e := &c.new.Escalations[i]; slices.Contains(e.On, name) {
			return fmt.Sprintf("raises `%s`", e.Name)
		}
	}
	for i := range c.new.Topics {
		if t := &c.new.Topics[i]; t.Name == name {
			return treated(t.Treat)
		}
	}
	return "not recognised"
}

func treated(treat string) string {
	switch treat {
	case machine.Handle:
		return "handled by the assistant"
	case machine.Escalate:
		return "passed to people"
	case machine.Refuse:
		return "refused"
	}
	return "out of scope"
}

func lastSay(l *machine.Location) machine.Text {
	for i := len(l.Do) - 1; i >= 0; i-- {
		if l.Do[i].Say != nil {
			return l.Do[i].Say
		}
	}
	return nil
}

func (c *comparing) topics() {
	for _, p := range paired(c.old.Topics, c.new.Topics, func(t *machine.Topic) string { return t.Name }) {
		var was, is machine.Topic
		place, gone := machine.Place{}, false
		if p.old != nil {
			was, place, gone = *p.old, p.old.Place, true
		}
		if p.new != nil {
			is, place, gone = *p.new, p.new.Place, false
		}
		sign := &Sign{New: p.new != nil, Heard: p.name}
		if was.Treat == "" && is.Treat == "" && (p.old == nil || p.new == nil) {
			c.add(Change{Level: Behaviour, What: fmt.Sprintf("`%s` is told apart from what is in scope, or no longer is", p.name), Means: "what patients write may be understood otherwise", Place: place, Gone: gone, Sign: sign})
		}
		if was.Treat != is.Treat {
			if was.Treat == machine.Escalate || is.Treat == machine.Escalate {
				continue // told with the escalation
			}
			level := Behaviour
			if was.Treat == machine.Refuse || is.Treat == machine.Refuse {
				level = Safety
			}
			c.add(Change{
				Level: level, What: fmt.Sprintf("the topic `%s` is %s", p.name, treated(is.Treat)), Old: treated(was.Treat), New: treated(is.Treat),
				Means: "patients who mean it are " + outcome(is.Treat), Place: place, Gone: gone, Sign: sign,
			})
			continue
		}
		if was.Route != is.Route {
			c.add(Change{Level: Behaviour, What: fmt.Sprintf("the topic `%s` leads elsewhere", p.name), Old: was.Route, New: is.Route, Means: "patients who mean it come to another state", Place: place, Gone: gone, Sign: sign})
		}
		c.text(Wording, fmt.Sprintf("the answer to `%s`", p.name), was.Answer, is.Answer, place, &Sign{Heard: p.name})
	}
}

func outcome(treat string) string {
	switch treat {
	case machine.Handle:
		return "answered or led on by the assistant"
	case machine.Escalate:
		return "passed to people"
	case machine.Refuse:
		return "told that the assistant cannot help with it"
	}
	return "asked again, as if they had said nothing that fits"
}

// handoffs compares who takes over: on request, after answers that do not fit, and where the flow itself hands over.
func (c *comparing) handoffs() {
	for _, x := range []struct{ what, old, new, reason string }{
		{"a request for a person", c.old.Human, c.new.Human, "human"}, {"answers that do not fit", c.old.Stuck, c.new.Stuck, "retries"},
	} {
		b, a := c.oldKeys.location(x.old), c.newKeys.location(x.new)
		if b.Team != a.Team {
			c.add(Change{Level: Safety, What: "`" + a.Team + "` takes over after " + x.what, Old: b.Team, New: a.Team, Means: "other people take over", Place: a.Place, Sign: &Sign{New: true, Reason: x.reason}})
		}
	}
}

// within is how soon a team answers what is routine.
func within(t *machine.Team) string {
	if t.Within == 0 {
		return "as is usual"
	}
	return fmt.Sprintf("%d minutes", t.Within)
}

func (c *comparing) teams() {
	for _, p := range paired(c.old.Practice.Teams, c.new.Practice.Teams, func(t *machine.Team) string { return t.Name }) {
		switch {
		case p.old == nil:
			c.add(Change{Level: Safety, What: "the team `" + p.name + "` is new", Means: "other people can take over"})
		case p.new == nil:
			c.add(Change{Level: Safety, What: "the team `" + p.name + "` is gone", Means: "these people no longer take over", Gone: true})
		default:
			c.value(Safety, "the team `"+p.name+"` has another fallback", p.old.Fallback, p.new.Fallback, "other people take over while it is not there", machine.Place{})
			c.value(Safety, "the team `"+p.name+"` answers within another time", within(p.old), within(p.new), "a patient who is passed to it is late at another time", machine.Place{})
			c.value(Safety, "the team `"+p.name+"` has other hours", week(p.old.Hours), week(p.new.Hours), "a patient who is passed to it is read at other hours", machine.Place{})
			c.value(Safety, "holidays count otherwise for the team `"+p.name+"`", fmt.Sprint(p.old.Holidays), fmt.Sprint(p.new.Holidays), "on holidays other people take over", machine.Place{})
			c.text(Wording, "the name of the team `"+p.name+"`", p.old.Label, p.new.Label, machine.Place{}, nil)
		}
	}
	for _, tier := range []string{machine.Emergency, machine.Urgent, machine.Routine} {
		c.value(Safety, "another team has the tier `"+tier+"`", c.old.Practice.Handoff[tier], c.new.Practice.Handoff[tier], "other people take over where a flow names nobody", machine.Place{})
	}
}

// week writes hours down, so that they can be compared by eye.
func week(hours []machine.Opening) string {
	days := [7]string{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"}
	var out []string
	for _, o := range hours {
		out = append(out, fmt.Sprintf("%s %02d:%02d-%02d:%02d", days[o.Day%7], o.From/60, o.From%60, o.To/60, o.To%60))
	}
	return strings.Join(out, ", ")
}

func listed(names []string) string {
	const most = 6
	var out []string
	for _, n := range names[:min(most, len(names))] {
		out = append(out, "`"+n+"`")
	}
	if n := len(names) - most; n > 0 {
		out = append(out, fmt.Sprintf("and %d more", n))
	}
	return strings.Join(out, ", ")
}
