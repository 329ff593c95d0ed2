package export

import (
	"bytes"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/tacet-lang/tacet/lang/guard"
	"github.com/tacet-lang/tacet/lang/machine"
)

// Facts writes a valid machine as ground facts for clingo (or any Datalog engine that knows strings, numbers and
// tuples). The first argument of every fact is the flow's id, so that many machines can be judged in one run; the
// predicates are listed in spec/outside/README.md, and spec/outside/guarantees.lp judges by them. The error is that of
// a guard that cannot be read.
func Facts(m *machine.Machine) ([]byte, error) {
	a, err := abstractionOf(m)
	if err != nil {
		return nil, fmt.Errorf("facts of %s: %w", m.Flow.ID, err)
	}
	w := &factWriter{a: a, m: m}
	for _, part := range []func(){w.flow, w.policy, w.people, w.protocol, w.fields, w.variables, w.locations, w.guards} {
		part()
	}
	return w.b.Bytes(), nil
}

// factWriter collects facts of one machine.
type factWriter struct {
	a *abstraction
	m *machine.Machine
	b bytes.Buffer

	nodes int // guard nodes so far
}

// term is written as it stands; every string that is not a term is quoted.
type term string

func (w *factWriter) fact(predicate string, arguments ...any) {
	w.b.WriteString(predicate)
	w.b.WriteByte('(')
	w.b.WriteString(quoted(w.m.Flow.ID))
	for _, arg := range arguments {
		w.b.WriteByte(',')
		switch arg := arg.(type) {
		case string:
			w.b.WriteString(quoted(arg))
		case int:
			w.b.WriteString(strconv.Itoa(arg))
		case term:
			w.b.WriteString(string(arg))
		default:
			panic(fmt.Sprintf("export: a fact with a %T", arg))
		}
	}
	w.b.WriteString(").\n")
}

// quoted is a string of clingo's: only these three characters are escaped.
func quoted(s string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`).Replace(s) + `"`
}

// dayNumber counts days from 1970-01-01; ok is false for what is no date.
func dayNumber(s string) (int, bool) {
	d, err := time.Parse(time.DateOnly, s)
	return int(d.Unix() / 86_400), err == nil
}

func (w *factWriter) day(predicate, date string, before ...any) {
	if n, ok := dayNumber(date); ok {
		w.fact(predicate, append(before, n)...)
	}
}

func (w *factWriter) flow() {
	f := w.m.Flow
	w.fact("machine")
	w.fact("purpose", f.Purpose)
	for _, c := range f.Channels {
		w.fact("flow_channel", c)
	}
	for _, l := range f.Languages {
		w.fact("flow_language", l)
	}
	if f.Owner != "" {
		w.fact("owner", f.Owner)
	}
	if f.Reviewer != "" {
		w.fact("reviewer", f.Reviewer)
	}
	w.day("reviewed", f.Reviewed)
	w.fact("timeout", w.m.Session.Timeout)
	w.fact("retries", w.m.Session.Retries)
	w.fact("kept", w.m.Session.Keep)
	for _, e := range w.m.Session.Ended {
		w.fact("kept", e.Days)
	}
	for _, lang := range f.Languages {
		w.text("notice", w.m.Notice, lang)
	}
}

// text tells that a text stands in a language, and which of the two emergency numbers it names there.
func (w *factWriter) text(predicate string, t machine.Text, lang string, before ...any) {
	if strings.TrimSpace(t[lang]) == "" {
		return
	}
	w.fact(predicate, append(before, lang)...)
	for _, number := range []string{"911", "988"} {
		if machine.GivesNumber(t[lang], number) {
			w.fact(predicate+"_names", append(before, lang, number)...)
		}
	}
}

func (w *factWriter) policy() {
	p := w.m.Policy
	for _, c := range p.Classes {
		w.fact("class", c.Name)
		for _, below := range c.Above {
			w.fact("above", c.Name, below)
		}
	}
	for i, pe := range p.Permits {
		if pe.Type != "" {
			w.fact("permit_of_type", pe.Type, pe.Class, i)
		} else {
			w.fact("permit_of_class", pe.Class, i)
		}
		for _, r := range pe.Requires {
			w.fact("permit_requires", i, r)
		}
	}
	for _, r := range p.Requires {
		w.fact("purpose_requires", r)
	}
	for _, c := range p.Channels {
		w.fact("policy_channel", c)
	}
	w.fact("timeout_range", int(p.Timeout.Min), int(p.Timeout.Max))
	w.fact("retries_range", int(p.Retries.Min), int(p.Retries.Max))
	for _, k := range p.Keep {
		w.fact("keep_range", k.Class, int(k.Min), int(k.Max))
	}
	for _, n := range p.Notices {
		w.fact("notice_required", n)
	}
	if p.VendorFloor != "" {
		w.fact("vendor_floor", p.VendorFloor)
	}
	w.fact("horizon", p.Horizon)
	w.fact("review_every", p.ReviewEvery)
}

func (w *factWriter) people() {
	for _, v := range w.m.Practice.Vendors {
		for _, c := range v.Classes {
			w.fact("vendor_class", v.Name, c)
		}
		for _, p := range v.Purposes {
			w.fact("vendor_purpose", v.Name, p)
		}
		if v.Agreement == nil {
			continue
		}
		w.fact("agreement", v.Name)
		w.day("agreement_from", v.Agreement.Effective, v.Name)
		w.day("agreement_until", v.Agreement.Expires, v.Name)
	}
	now := w.a.position["now"]
	if now == 0 {
		return
	}
	for i, c := range w.a.variables[now-1].cells {
		for team := range strings.FieldsSeq(c.moment.covered) {
			w.fact("covered", team, i+1)
		}
	}
}

// protocol is what the turn protocol does by itself: what it hears, and where that leads.
func (w *factWriter) protocol() {
	m := w.m
	w.fact("start", m.Start)
	w.fact("human", m.Human)
	w.fact("stuck", m.Stuck)
	for _, t := range m.Topics {
		w.fact("topic", t.Name)
		if t.Treat != "" {
			w.fact("scope", t.Name, t.Treat)
		}
		if t.Answer != nil {
			w.fact("answered", t.Name)
		}
		if t.Route != "" {
			w.fact("routed", t.Name, t.Route)
		}
	}
	for _, t := range m.Triggers {
		w.fact("trigger", t.Name, t.Tier, t.Category)
		for _, lang := range m.Flow.Languages {
			if slices.ContainsFunc(t.Phrases, func(p machine.Phrase) bool { return p.Lang == lang }) {
				w.fact("trigger_in", t.Name, lang)
			}
		}
	}
	for _, e := range m.Escalations {
		w.fact("escalation", e.Name, e.Tier, e.Location)
		for _, on := range e.On {
			w.fact("raises", on, e.Name)
		}
	}
}

func (w *factWriter) fields() {
	for _, f := range w.m.Fields {
		w.fact("field", f.Name, w.a.position[f.Name])
		w.fact("field_type", f.Name, f.PolicyType())
		w.fact("field_class", f.Name, f.Class)
	}
	for _, d := range w.m.Policy.Declassify {
		w.day("declassified", d.Until, d.Field, d.From)
	}
}

func (w *factWriter) variables() {
	blank := "()"
	for i, v := range w.a.variables {
		n := i + 1
		blank = "(0," + blank + ")"
		name, heard := strings.CutPrefix(v.name, "heard:")
		switch {
		case heard:
			w.fact("heard_variable", n, name)
		case v.field:
		default:
			w.fact("world_variable", n, term(v.name))
		}
		for c := range v.cells {
			w.fact("cell", n, c+1)
			if c < len(v.over) && v.over[c] {
				w.fact("over", n, c+1)
			}
		}
		for from, becomes := range v.drift {
			for _, to := range becomes {
				w.fact("ages", n, from+1, to)
			}
		}
	}
	w.fact("blank", term(blank))
}

func (w *factWriter) locations() {
	bit := map[string]int{}
	for _, l := range w.m.Locations {
		w.fact("location", l.ID, term(l.Kind), l.State)
		if l.Ordered {
			w.fact("ordered", l.ID)
		}
		if l.Field != "" {
			w.fact("about", l.ID, l.Field)
		}
		if l.Kind == machine.Consent {
			if bit[l.Consent] == 0 {
				bit[l.Consent] = 2 << len(bit)
			}
			w.fact("consent", l.ID, bit[l.Consent])
			for _, c := range l.Covers {
				w.fact("covers", l.ID, c)
			}
		}
		if l.Kind == machine.Handoff {
			w.fact("team", l.ID, l.Team)
		}
		w.speech(&l)
		w.edges(&l)
	}
}

// speech is what a location says, shows and sends on entry.
func (w *factWriter) speech(l *machine.Location) {
	named := []machine.Text{l.Prompt}
	for _, c := range l.Choices {
		named = append(named, c.Label)
		if c.Topic != "" {
			w.fact("offers", l.ID, c.Topic)
		}
	}
	last := []machine.Text{}
	for _, d := range l.Do {
		switch {
		case d.To != "":
			for _, f := range d.Fields {
				w.fact("sends", l.ID, d.To, f)
			}
		case d.By != "":
			last = w.speaksBy(l, d)
		default:
			last = []machine.Text{d.Say}
			named = append(named, d.Say)
		}
	}
	for _, f := range fieldsOf(named...) {
		w.fact("names", l.ID, f)
	}
	for _, lang := range w.m.Flow.Languages {
		for i, t := range last {
			w.text("last_word", t, lang, l.ID, i)
		}
	}
}

func (w *factWriter) speaksBy(l *machine.Location, d machine.Action) []machine.Text {
	w.fact("speaks_by", l.ID, d.By)
	var said []machine.Text
	at := w.a.position[d.By]
	for i, c := range w.a.variables[at-1].cells {
		said = append(said, d.Cases[c.text])
		for _, f := range fieldsOf(d.Cases[c.text]) {
			w.fact("case_names", l.ID, d.By, i+1, f)
		}
	}
	return said
}

func (w *factWriter) edges(l *machine.Location) {
	for i, e := range l.Edges {
		w.fact("edge", l.ID, e.On, i+1, e.To)
		if e.Guard != nil {
			w.fact("guarded", l.ID, i+1, *e.Guard)
		}
		if e.Guard != nil && e.Place.Line > 0 {
			w.fact("line", l.ID, i+1, fmt.Sprintf("%s:%d:%d", e.Place.File, e.Place.Line, e.Place.Column))
		}
	}
}

// guards are trees: each node has a number, and a guard the number of its root.
func (w *factWriter) guards() {
	for i, tree := range w.a.trees {
		w.fact("guard", i, w.node(tree))
		for _, name := range w.a.looksAt(tree) {
			w.fact("tests", i, w.a.position[name])
		}
	}
}

// looksAt lists the variables that a guard tests, in their order.
func (a *abstraction) looksAt(tree guard.Node) []string {
	var out []string
	guard.Walk(tree, func(n guard.Node) {
		if t, ok := n.(guard.Test); ok && variableOf(t.Subject) != "" {
			out = append(out, variableOf(t.Subject))
		}
	})
	slices.SortFunc(out, func(x, y string) int { return a.position[x] - a.position[y] })
	return slices.Compact(out)
}

func (w *factWriter) node(n guard.Node) int {
	w.nodes++
	id := w.nodes
	switch n := n.(type) {
	case guard.And:
		w.fact("both", id, w.node(n.X), w.node(n.Y))
	case guard.Or:
		w.fact("either", id, w.node(n.X), w.node(n.Y))
	case guard.Not:
		w.fact("negation", id, w.node(n.X))
	case guard.If:
		w.fact("choose", id, w.node(n.Cond), w.node(n.Then), w.node(n.Else))
	case guard.Const:
		w.fact("constant", id, bit(n.Value))
	case guard.Test:
		w.test(id, n)
	}
	return id
}

// test tells the result of a test on every cell of its variable.
func (w *factWriter) test(id int, t guard.Test) {
	if variableOf(t.Subject) == "" {
		w.fact("test_of_verified", id, 1, bit(truth(t, value{yes: true})))
		w.fact("test_of_verified", id, 0, bit(truth(t, value{yes: false})))
		return
	}
	at := w.a.position[variableOf(t.Subject)]
	for i, c := range w.a.variables[at-1].cells {
		w.fact("test", id, at, i+1, bit(truth(t, c)))
	}
}

func bit(b bool) int {
	if b {
		return 1
	}
	return 0
}
