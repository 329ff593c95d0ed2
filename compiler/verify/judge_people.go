package verify

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/tacet-lang/tacet/lang/diag"
	"github.com/tacet-lang/tacet/lang/machine"
	"github.com/tacet-lang/tacet/lang/source"
)

// people is who hands a conversation over.
type people int

const (
	byAuthor people = iota
	byEscalation
	byProtocol
)

func (l *location) handsOver() people {
	switch {
	case l.ours:
		return byAuthor
	case l.Place.Line > 0:
		return byEscalation
	}
	return byProtocol
}

// people is G9: the protocol leads to a person from everywhere; somebody must be there, and soon.
func (c *checking) people() {
	if r, p := int64(c.m.Session.Retries), c.m.Policy.Retries; r < p.Min || r > p.Max {
		c.violated("G9", diag.RetriesOutOfRange.At(c.span(c.m.Session.Place), "`retries` must be between %d and %d, not %d", p.Min, p.Max, r).
			Help("choose a value between %d and %d", p.Min, p.Max))
	}
	if !c.explored("G9") {
		return
	}
	told := map[string]bool{}            // by team
	causes := map[int]*diag.Diagnostic{} // by the team at the end of the fallbacks, which would have to be there
	handoffs := 0
	for _, by := range []people{byAuthor, byEscalation, byProtocol} { // at a line of the author's, if there is one
		for i := range c.locs {
			l := &c.locs[i]
			if l.Kind != machine.Handoff || len(c.x.at[i]) == 0 || l.handsOver() != by {
				continue
			}
			handoffs++
			if l.covered || told[l.Team] {
				continue
			}
			for _, s := range c.x.at[i] {
				at := c.nowOf(s)
				if c.weeks.staffed(l.team, at) {
					continue
				}
				last := c.weeks.last(l.team)
				if causes[last] == nil {
					causes[last] = c.nobody(s, l, at)
					c.violated("G9", causes[last])
				} else {
					causes[last].Also(c.placeOf(l), "nor of `%s`", l.Team)
				}
				told[l.Team] = true
				break
			}
		}
	}
	c.verdict("G9", Holds, "%d handoffs, somebody there at every hour they can come", handoffs)
}

// nowOf is the moment of a state whose location looks at it.
func (c *checking) nowOf(s int32) moment {
	exact := c.x.live.exact[c.x.states[s].loc]
	i, _ := slices.BinarySearch(exact, c.now)
	return c.vars[c.now].moments[c.x.cellsOf(s)[i]]
}

func (c *checking) nobody(s int32, l *location, at moment) *diag.Diagnostic {
	d := diag.NobodyThere.At(c.placeOf(l), "nobody of `%s` is there on %s, and no fallback", l.Team, c.weeks.said(at)).In("%s", c.within(l))
	if l.index == c.human {
		d.Labelled("a patient can ask for a person at any time")
	}
	help := fmt.Sprintf("give `%s` a `fallback` in practice.yaml that is always there", c.m.Practice.Teams[c.weeks.last(l.team)].Name)
	if l.ours {
		help += ", or lead here only while it is open, with no question between"
	}
	d.Means("a patient who is handed over on %s waits for nobody", c.weeks.said(at)).Help("%s", help)
	d.Witness = c.show(d.Code.ID, witness{state: s, shows: d.Message})
	return d
}

// emergencies is G10. That triggers are heard first, everywhere, and that nothing is said after an escalation, is the
// engine's.
func (c *checking) emergencies() {
	kinds := map[string]map[string]bool{} // category → language → has phrases
	for i := range c.m.Triggers {
		t := &c.m.Triggers[i]
		if t.Tier != machine.Emergency {
			continue
		}
		kind := t.Category
		if kind == "" {
			kind = t.Name
		}
		if kinds[kind] == nil {
			kinds[kind] = map[string]bool{}
		}
		for _, p := range t.Phrases {
			kinds[kind][p.Lang] = true
		}
		c.raisesEmergency(t)
	}
	if len(kinds) == 0 {
		c.violated("G10", diag.NoEmergency.At(c.nowhere(), "the flow recognises no emergency").
			Means("a patient who writes of chest pain is asked the next question").
			Help("add \"std/emergency\" to `use`"))
	}
	for _, kind := range sortedKeys(kinds) {
		for _, lang := range c.m.Flow.Languages {
			if !kinds[kind][lang] {
				c.violated("G10", diag.EmergencyWordless.At(c.triggerPlace(kind), "the emergency `%s` has no phrases in `%s`", kind, lang).
					Means("a patient who writes it in that language is not heard").
					Help("add phrases in `%s`, or leave the language out", lang))
			}
		}
	}
	c.emergencySentences()
	c.verdict("G10", Holds, "%d kinds of emergency in every language", len(kinds))
}

func (c *checking) triggerPlace(kind string) source.Span {
	for i := range c.m.Triggers {
		if t := &c.m.Triggers[i]; t.Category == kind || t.Category == "" && t.Name == kind {
			return c.span(t.Place)
		}
	}
	return c.nowhere()
}

func (c *checking) raisesEmergency(t *machine.Trigger) {
	for _, e := range c.m.Escalations {
		if slices.Contains(e.On, t.Name) && e.Tier != machine.Emergency {
			c.violated("G10", diag.EmergencyLowered.At(c.span(e.Place), "the emergency `%s` raises `%s`, whose tier is `%s`", t.Name, e.Name, e.Tier).
				Note(c.span(t.Place), "the trigger stands here").
				Help("write `tier emergency` in the escalation"))
		}
	}
}

func (c *checking) emergencySentences() {
	for _, e := range c.m.Escalations {
		if e.Tier != machine.Emergency {
			continue
		}
		l := &c.locs[c.byID[e.Location]]
		for _, lang := range c.m.Flow.Languages {
			names := slices.ContainsFunc(l.Do, func(a machine.Action) bool {
				return machine.GivesNumber(a.Say[lang], "911")
			})
			if !names {
				c.violated("G10", diag.EmergencyWithoutNumber.At(c.span(e.Place), "the sentence of `%s` does not name 911 in `%s`", e.Name, lang).
					Means("a patient in danger waits for an answer in a chat").
					Help("say whom to call: \"call 911 now\""))
				break
			}
		}
	}
}

// ranges is G11.
func (c *checking) ranges() {
	p, at := c.m.Policy, c.span(c.m.Session.Place)
	if t := int64(c.m.Session.Timeout); t < p.Timeout.Min || t > p.Timeout.Max {
		c.violated("G11", diag.TimeoutOutOfRange.At(at, "the timeout must be between %d and %d minutes, not %d", p.Timeout.Min/60, p.Timeout.Max/60, t/60).
			Help("choose a value in that range"))
	}
	keep, least := int64(c.m.Session.Keep), int64(c.m.Session.Shortest())
	held := map[string]bool{}
	for i := range c.m.Fields {
		f := &c.m.Fields[i]
		if held[f.Class] {
			continue
		}
		held[f.Class] = true
		k := slices.IndexFunc(p.Keep, func(k machine.Keep) bool { return k.Class == f.Class })
		switch {
		case k < 0:
			c.violated("G11", diag.NoKeep.At(c.span(f.Place), "the policy does not say how long `%s`, of class `%s`, may be kept", f.Name, f.Class).
				Help("ask your compliance owner for a rule, or do not collect it"))
		case least < p.Keep[k].Min || keep > p.Keep[k].Max:
			wrong := keep
			if keep <= p.Keep[k].Max {
				wrong = least
			}
			c.violated("G11", diag.KeepOutOfRange.At(at, "`keep` must be between %d and %d days because of `%s`, not %d", p.Keep[k].Min, p.Keep[k].Max, f.Name, wrong).
				Help("choose a value in that range"))
		}
	}
	c.verdict("G11", Holds, "timeout, and retention of %d classes", len(held))
}

// scope is G12. That escalated topics have an escalation, and that no location names a topic that is not handled, is
// what makes a machine valid.
func (c *checking) scope() {
	if !c.explored("G12") {
		return
	}
	routed, lost := map[string]bool{}, map[string]bool{}
	for i := range c.locs {
		l, to := &c.locs[i], routed
		if len(c.x.at[i]) == 0 {
			to = lost
		}
		for _, ch := range l.Choices {
			to[ch.Topic] = true
		}
		for _, e := range l.Edges {
			to[e.On] = to[e.On] || l.Kind == machine.Listen
		}
	}
	inScope := 0
	for i := range c.m.Topics {
		t := &c.m.Topics[i]
		if t.Treat != "" {
			inScope++
		}
		switch {
		case t.Treat != machine.Handle || t.Answer != nil || t.Route != "" || routed[t.Name]:
		case lost[t.Name]:
			c.verdict("G12", Violated, "`%s` is handled only where no conversation comes", t.Name)
		default:
			c.violated("G12", diag.TopicUnrouted.At(c.span(t.Place), "nothing happens when a patient asks about `%s`", t.Name).
				Means("a patient who asks about it is asked the same question again").
				Help("give the topic an `answer` or a way, or name it in a `listen` or `offer` that patients come to"))
		}
	}
	if inScope == 0 {
		c.verdict("G12", Vacuous, "no topics are in scope")
	}
	c.verdict("G12", Holds, "%d topics", inScope)
}

// answerable is G15.
func (c *checking) answerable() {
	f := c.m.Flow
	lacks := func(message, help string) {
		c.violated("G15", diag.NoAnswerer.At(c.nowhere(), "%s", message).Help("%s", help))
	}
	where := "write it in practice.yaml under `flows: " + f.ID + ":`"
	switch {
	case f.Owner == "":
		lacks("practice.yaml names no owner of this flow", where)
	case f.Reviewer == "":
		lacks("practice.yaml names no reviewer of this flow", where)
	case strings.EqualFold(strings.TrimSpace(f.Owner), strings.TrimSpace(f.Reviewer)):
		lacks("the owner and the reviewer of this flow are the same person", "have somebody else review it")
	case f.Reviewed == "":
		lacks("practice.yaml does not say when this flow was reviewed", where)
	default:
		c.reviewed(f.Reviewed)
	}
	c.verdict("G15", Holds, "owner, reviewer, reviewed on %s", f.Reviewed)
}

func (c *checking) reviewed(on string) {
	day, err := time.Parse(time.DateOnly, on)
	due := day.AddDate(0, 0, c.m.Policy.ReviewEvery).Format(time.DateOnly)
	switch {
	case err != nil:
		c.violated("G15", diag.NoAnswerer.At(c.nowhere(), "the day of the review, %q, is no date", on).Help("write it as 2026-09-15"))
	case on > c.asOf:
		c.violated("G15", diag.ReviewOverdue.At(c.nowhere(), "the review is dated %s, which is after %s", on, c.asOf).Help("write the day on which the flow was read"))
	case c.m.Policy.ReviewEvery > 0 && due < c.asOf:
		c.violated("G15", diag.ReviewOverdue.At(c.nowhere(), "this flow was last reviewed on %s and was due on %s", on, due).
			Means("nobody has looked at what patients read for too long").
			Help("have the reviewer read it, and write the day into practice.yaml"))
	}
}
