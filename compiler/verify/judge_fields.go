package verify

import (
	"cmp"
	"slices"
	"strings"

	"github.com/tacet-lang/tacet/lang/diag"
	"github.com/tacet-lang/tacet/lang/machine"
	"github.com/tacet-lang/tacet/lang/source"
)

// The conditions of a permit.
const (
	authenticated = "authenticated"
	consented     = "consent"
	secureChannel = "secure-channel"
	humanApproval = "human-approval"
	portal        = "portal-chat"
)

// reachedAsks calls f for every Ask that some conversation comes to, one for each place in the author's files.
func (c *checking) reachedAsks(f func(l *location, field *machine.Field)) {
	for i := range c.locs {
		if l := &c.locs[i]; l.Kind == machine.Ask && len(c.x.at[i]) > 0 {
			f(l, &c.m.Fields[l.field])
		}
	}
}

// judgedClass is the class that a field is collected as: before its declassification.
func (c *checking) judgedClass(f *machine.Field) string {
	for _, d := range c.m.Policy.Declassify {
		if d.Field == f.Name {
			return d.From
		}
	}
	return f.Class
}

// permit finds what the policy says about a field: the line of its type, else of its class.
func (c *checking) permit(f *machine.Field) (machine.Permit, bool) {
	class := c.judgedClass(f)
	var whole *machine.Permit
	for i := range c.m.Policy.Permits {
		p := &c.m.Policy.Permits[i]
		switch {
		case p.Class == class && p.Type == f.PolicyType():
			return *p, true
		case p.Class == class && p.Type == "":
			whole = p
		}
	}
	if whole == nil {
		return machine.Permit{}, false
	}
	return *whole, true
}

// requires are the conditions under which a field may be asked: those of its permit and of the whole purpose. Identity
// is verified by means of some field, which therefore may be asked before.
func (c *checking) requires(f *machine.Field, p machine.Permit) []string {
	out := slices.Clone(p.Requires)
	for _, r := range c.m.Policy.Requires {
		if r != authenticated || !c.verifies(f.Name) {
			out = append(out, r)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// verifies reports whether some location verifies the patient by a field.
func (c *checking) verifies(field string) bool {
	return slices.ContainsFunc(c.m.Locations, func(l machine.Location) bool { return l.Kind == machine.Verify && l.Field == field })
}

// collected is G4.
func (c *checking) collected() {
	if !c.explored("G4") {
		return
	}
	asks := 0
	told := map[string]bool{}
	c.reachedAsks(func(l *location, f *machine.Field) {
		asks++
		if told[f.Name] {
			return
		}
		if d := c.refused(l, f); d != nil {
			told[f.Name] = true
			c.violated("G4", d)
		}
	})
	for _, ch := range c.m.Flow.Channels {
		if len(c.m.Policy.Channels) > 0 && !slices.Contains(c.m.Policy.Channels, ch) {
			c.violated("G4", diag.ChannelRefused.At(c.nowhere(), "a flow for `%s` may not be served on `%s`", c.m.Flow.Purpose, ch).
				Help("serve it on %s", strings.Join(c.m.Policy.Channels, ", ")))
		}
	}
	for _, d := range c.m.Policy.Declassify {
		if d.Until < c.asOf {
			c.violated("G4", diag.DeclassifyOver.At(c.span(d.Place), "the declassification of `%s` ended on %s", d.Field, d.Until).
				Help("have `%s` decide again, or leave it out", d.Owner))
		}
	}
	if asks == 0 {
		c.verdict("G4", Vacuous, "nothing is asked")
	}
	c.verdict("G4", Holds, "%d questions", asks)
}

// refused reports a field that no conversation of this flow may collect, whatever happens before.
func (c *checking) refused(l *location, f *machine.Field) *diag.Diagnostic {
	p, ok := c.permit(f)
	requires := c.requires(f, p)
	var d *diag.Diagnostic
	switch {
	case !ok:
		d = diag.RefusedForPurpose.At(c.span(f.Place), "`%s` is of class `%s`, which a flow for `%s` may not collect", f.Name, f.Class, c.m.Flow.Purpose).
			Help("do not ask for it; let a person ask")
	case slices.Contains(requires, humanApproval):
		d = diag.NeedsApproval.At(c.span(f.Place), "`%s` needs a person's approval first", f.Name).Help("hand the conversation to a person instead")
	case slices.Contains(requires, secureChannel) && !c.secure():
		d = diag.NeedsSecureChannel.At(c.span(f.Place), "`%s` needs a secure channel, and this flow is served on %s", f.Name, strings.Join(c.m.Flow.Channels, ", ")).
			Help("serve the flow on `%s` only", portal)
	default:
		return nil
	}
	d.Note(c.span(l.Place), "it is asked here")
	if p.Cite != "" {
		d.Note(source.Span{}, "rule: %s", p.Cite)
	}
	d.Witness = c.show(d.Code.ID, witness{state: c.x.at[l.index][0], shows: "`" + f.Name + "` is asked"})
	return d.Means("the assistant would ask what it may not hold")
}

func (c *checking) secure() bool { return slices.Equal(c.m.Flow.Channels, []string{portal}) }

// preceded is G5.
func (c *checking) preceded() {
	c.noticed()
	if !c.explored("G5") {
		return
	}
	asks := 0
	var found []early
	c.reachedAsks(func(l *location, f *machine.Field) {
		asks++
		p, _ := c.permit(f)
		for _, r := range c.requires(f, p) {
			same := func(e early) bool { return e.f == f && e.condition == r }
			if s, missing := c.without(l, f, r); missing && !slices.ContainsFunc(found, same) {
				found = append(found, early{s, l, f, r, p.Cite})
			}
		}
	})
	slices.SortStableFunc(found, func(a, b early) int { return cmp.Compare(a.state, b.state) })
	causes := map[string]*diag.Diagnostic{}
	for _, e := range found {
		cause := e.condition
		if e.condition == consented {
			cause += c.otherConsent(e.state)
		}
		if first := causes[cause]; first != nil {
			first.Also(c.placeOf(e.l), "and so is `%s`", e.f.Name)
			continue
		}
		d := c.tooEarly(e)
		causes[cause] = d
		d.Witness = c.show(d.Code.ID, witness{state: e.state, shows: d.Message})
		c.violated("G5", d)
	}
	c.verdict("G5", Holds, "the notice comes first; %d questions after what they need", asks)
}

// early is a question that comes before what it needs.
type early struct {
	state     int32 // the first in which it is asked so
	l         *location
	f         *machine.Field
	condition string
	cite      string
}

// without finds a state of an ask in which a condition does not hold.
func (c *checking) without(l *location, f *machine.Field, condition string) (int32, bool) {
	needed := factVerified
	switch condition {
	case authenticated:
	case consented:
		needed = c.consentTo(c.judgedClass(f))
	default:
		return 0, false
	}
	for _, s := range c.x.at[l.index] {
		if c.x.states[s].facts&needed == 0 {
			return s, true
		}
	}
	return 0, false
}

func (c *checking) tooEarly(e early) *diag.Diagnostic {
	var d *diag.Diagnostic
	if e.condition == authenticated {
		d = diag.NeedsVerification.At(c.placeOf(e.l), "`%s` is asked before the patient's identity is verified", e.f.Name).
			Means("anybody at the keyboard could answer for the patient").
			Help("verify the patient on every way here: `verify %s \"…\" { verified -> …  failed -> …  unreachable -> … }`", c.verifiable())
	} else {
		d = c.withoutConsent(e.state, e.l, e.f)
	}
	d.In("%s", c.within(e.l))
	if e.cite != "" {
		d.Note(source.Span{}, "rule: %s", e.cite)
	}
	return d
}

// verifiable is a field that a patient could be verified by.
func (c *checking) verifiable() string {
	for i := range c.m.Fields {
		if f := &c.m.Fields[i]; f.PolicyType() == "phone" || f.PolicyType() == "email" {
			return f.Name
		}
	}
	return "phone"
}

// withoutConsent tells a question that nobody agreed to from one after a consent to something else.
func (c *checking) withoutConsent(s int32, l *location, f *machine.Field) *diag.Diagnostic {
	class := c.judgedClass(f)
	if name := c.otherConsent(s); name != "" {
		return diag.NeedsConsent.At(c.placeOf(l), "`%s` is of class `%s`, which the consent `%s` is not for", f.Name, class, name).
			Means("the patient agreed to something else, and tells this without having agreed that it is kept").
			Help("say what the consent is for, if its question does: `consent %s for %s \"…\"`; else ask for one of its own", name, class)
	}
	return diag.NeedsConsent.At(c.placeOf(l), "`%s` is asked before the patient agreed", f.Name).
		Means("the patient tells this without having agreed that it is kept").
		Help("ask for consent on every way here: `consent intake for %s \"…\" { granted -> … refused -> … }`", class)
}

// otherConsent is a consent that holds in a state, or nothing.
func (c *checking) otherConsent(s int32) string {
	for i, name := range c.consents {
		if c.x.states[s].facts&(factVerified<<(1+i)) != 0 {
			return name
		}
	}
	return ""
}

// noticed checks that the notice says what the policy needs, in every language. That it comes first is the engine's.
func (c *checking) noticed() {
	for _, lang := range c.m.Flow.Languages {
		text := c.m.Notice[lang]
		if strings.TrimSpace(text) == "" {
			c.violated("G5", diag.NoticeMissing.At(c.nowhere(), "there is no notice in `%s`", lang).Help("write one"))
			continue
		}
		if !slices.Contains(c.m.Policy.Notices, "emergency") {
			continue
		}
		for _, number := range []string{"911", "988"} {
			if !machine.GivesNumber(text, number) {
				c.violated("G5", diag.NoticeMissing.At(c.nowhere(), "the notice in `%s` does not tell to call %s", lang, number).
					Means("a patient in danger is not told whom to call").
					Help("add to the notice: In an emergency call 911; in a crisis call or text 988"))
			}
		}
	}
}

// necessary is G6.
func (c *checking) necessary() {
	if !c.explored("G6") {
		return
	}
	asks := 0
	told := map[machine.Place]bool{}
	c.reachedAsks(func(l *location, f *machine.Field) {
		asks++
		if told[l.Place] && l.Place.Line > 0 {
			return
		}
		switch {
		case c.uses[l.field][l.index] < 0 && c.testedInVain(l.field):
			c.verdict("G6", Violated, "what should decide by `%s` does not", f.Name)
		case c.uses[l.field][l.index] < 0:
			told[l.Place] = true
			c.violated("G6", c.neverUsed(l, f))
		default:
			c.someWays(l, f)
		}
	})
	c.neverAsked()
	if asks == 0 {
		c.verdict("G6", Vacuous, "nothing is asked")
	}
	c.verdict("G6", Holds, "%d questions, each answer used", asks)
}

// testedInVain reports whether guards that test a field are told to be wrong (G2, G3), which may be why they decide nothing.
func (c *checking) testedInVain(f int) bool {
	for i := range c.locs {
		l := &c.locs[i]
		for n := range l.outcomes {
			o := &l.outcomes[n]
			if len(c.x.at[i]) == 0 || !slices.Contains(o.tests, f) {
				continue
			}
			idle := slices.ContainsFunc(o.edges, func(e int) bool {
				u := c.x.edges[c.x.first[i]+e]
				return l.Edges[e].Guard != nil && !u.taken && (!u.asked || !u.held || l.Ordered)
			})
			if idle || slices.ContainsFunc(c.x.faults, func(x fault) bool { return x.outcome == n && int(c.x.states[x.state].loc) == i }) {
				return true
			}
		}
	}
	return false
}

// neverAsked warns of fields that no question asks for. One that is read all the same is told where it is read (G3).
func (c *checking) neverAsked() {
	known := make([]bool, len(c.vars))
	mark := func(vars []int) {
		for _, v := range vars {
			known[v] = true
		}
	}
	for i := range c.locs {
		l := &c.locs[i]
		if l.field >= 0 {
			known[l.field] = true
		}
		mark(l.reads)
		for n := range l.cases {
			for _, reads := range l.cases[n].reads {
				mark(reads)
			}
		}
		for n := range l.outcomes {
			mark(l.outcomes[n].tests)
		}
	}
	for i := range c.m.Fields {
		if f := &c.m.Fields[i]; !known[i] {
			c.diags.Add(diag.NeverAsked.At(c.span(f.Place), "nothing asks for `%s`", f.Name).
				Help("delete it, or ask it: `ask %s \"…\"`", f.Name))
		}
	}
}

// decidesNothing is where a guard tests a field and goes on alike whatever it holds; nowhere, where none does.
func (c *checking) decidesNothing(f int) machine.Place {
	for i := range c.locs {
		l := &c.locs[i]
		for n := range l.outcomes {
			if o := &l.outcomes[n]; slices.Contains(o.tests, f) && len(c.x.at[i]) > 0 && len(c.x.taken(l, o)) == 1 {
				return l.Edges[o.edges[0]].Place
			}
		}
	}
	return machine.Place{}
}

func (c *checking) neverUsed(l *location, f *machine.Field) *diag.Diagnostic {
	d := diag.NeverUsed.At(c.placeOf(l), "`%s` is asked and never used", f.Name).In("%s", c.within(l)).
		Labelled("nothing after this question uses the answer")
	if f.For != "" {
		d.Note(c.span(f.Place), "it is said to be for %q", f.For)
	}
	if at := c.decidesNothing(l.field); at.Line > 0 {
		d.Note(c.span(at), "it is tested here, and every way leads to the same place")
	}
	d.Means("the patient tells something that nobody needs").
		Help("use it (send it, show it, decide by it, or `handoff` to people who need it), or do not ask")
	d.Witness = c.show(d.Code.ID, witness{state: c.x.at[l.index][0], shows: "`" + f.Name + "` is asked, and nothing after it uses the answer"})
	return d
}

// someWays warns where the ways part right after a question, by something else than its answer, and only some of them
// use it.
func (c *checking) someWays(l *location, f *machine.Field) {
	rank, ways := c.uses[l.field], c.ways.answers[l.index]
	if c.x.usesHere(l, l.field) || len(ways) < 2 {
		return
	}
	var need, not []string
	for _, to := range ways {
		if rank[to] >= 0 && !c.x.asks(to, l.field) || c.x.usesOnEntry(&c.locs[to], l.field) {
			need = append(need, c.locs[to].State)
		} else {
			not = append(not, c.locs[to].State)
		}
	}
	if len(need) == 0 || len(not) == 0 {
		return
	}
	c.violated("G6", diag.UsedOnSomeWays.At(c.placeOf(l), "only some of the ways from here use `%s`", f.Name).In("%s", c.within(l)).
		Means("patients who are led to `%s` tell something that nobody needs", strings.Join(not, "`, `")).
		Help("ask it there: in state `%s`", strings.Join(need, "`, `")))
}
