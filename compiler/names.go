package compiler

import (
	"maps"
	"slices"

	"github.com/tacet-lang/tacet/lang/diag"
	"github.com/tacet-lang/tacet/lang/source"
	"github.com/tacet-lang/tacet/lang/syntax"
)

// names is what every name of a flow stands for, over the flow and the modules it uses.
type names struct {
	flow     *syntax.FlowDecl
	purpose  *syntax.PurposeDecl
	scope    *syntax.ScopeDecl
	session  *syntax.SessionDecl
	notice   *syntax.NoticeDecl
	start    *syntax.StartDecl
	langs    *syntax.LanguagesDecl // nil: English
	channel  *syntax.ChannelDecl   // nil: web chat
	declass  []*syntax.DeclassifyDecl
	allows   []*syntax.AllowDecl
	tests    []*syntax.TestDecl
	home     map[string]*unit // by file name
	fields   map[string]*syntax.FieldDecl
	states   map[string]*syntax.StateDecl
	ordered  []*syntax.StateDecl // the flow's states in the order of the file
	topics   map[string]*topic
	triggers map[string]*syntax.TriggerDecl
	escs     map[string]*syntax.EscalationDecl
	frags    map[string]*fragment
	texts    map[string]*syntax.TextDecl

	languages []string // the first is the default
	channels  []string
}

// topic is a topic with everything the flow and its modules say about it.
type topic struct {
	name  string
	decls []*syntax.TopicDecl // modules first
}

// answer returns the text that answers the topic, or nil. The flow's own word goes before a module's.
func (t *topic) answer() *syntax.Text {
	for _, d := range slices.Backward(t.decls) {
		if d.Answer != nil || d.Route != nil {
			return d.Answer
		}
	}
	return nil
}

// route returns where the topic leads, or nil.
func (t *topic) route() *syntax.Target {
	for _, d := range slices.Backward(t.decls) {
		if d.Answer != nil || d.Route != nil {
			return d.Route
		}
	}
	return nil
}

// place is where the topic is declared: in the flow if there, else in the first module.
func (t *topic) place() source.Span { return t.decls[len(t.decls)-1].Name.Span }

// fragment is a fragment declaration with the names inside it.
type fragment struct {
	decl   *syntax.FragmentDecl
	unit   *unit
	params map[string]*syntax.Param
	states map[string]*syntax.StateDecl
	exits  map[string]bool
}

// body is where a statement stands, which decides what its names mean: the flow, or a fragment of some unit.
type body struct {
	unit *unit
	frag *fragment // nil in the flow
}

// in returns the diagnostics' word for a state of this body.
func (b body) in(state string) string {
	if b.frag != nil {
		return `fragment "` + b.frag.decl.Name.Name + `", state "` + state + `"`
	}
	return `state "` + state + `"`
}

// unitOf returns the unit a span lies in.
func (c *compilation) unitOf(s source.Span) *unit { return c.names.home[s.Start.Filename] }

// eachBody calls f for every state of the flow and of every fragment, in a fixed order.
func (c *compilation) eachBody(f func(b body, s *syntax.StateDecl)) {
	for _, s := range c.names.ordered {
		f(body{unit: c.flow}, s)
	}
	for _, name := range sortedNames(c.names.frags) {
		frag := c.names.frags[name]
		for _, s := range frag.decl.States {
			f(body{unit: frag.unit, frag: frag}, s)
		}
	}
}

// allowedInModule reports whether a declaration may stand in a module.
func allowedInModule(d syntax.Decl) bool {
	switch d.(type) {
	case *syntax.UseDecl, *syntax.TopicDecl, *syntax.TriggerDecl, *syntax.EscalationDecl, *syntax.FragmentDecl, *syntax.TextDecl:
		return true
	}
	return false
}

// collect fills the tables from the declarations of all units, modules first.
func (c *compilation) collect() {
	n := &c.names
	n.home = map[string]*unit{c.flow.file.Name: c.flow}
	n.fields, n.states = map[string]*syntax.FieldDecl{}, map[string]*syntax.StateDecl{}
	n.topics, n.triggers = map[string]*topic{}, map[string]*syntax.TriggerDecl{}
	n.escs, n.frags, n.texts = map[string]*syntax.EscalationDecl{}, map[string]*fragment{}, map[string]*syntax.TextDecl{}
	for _, u := range append(slices.Clone(c.modules), c.flow) {
		n.home[u.file.Name] = u
		for _, d := range u.tree.Decls {
			if u.isModule() && !allowedInModule(d) {
				c.misplaced(u, d)
				continue
			}
			c.declare(u, d)
		}
	}
}

func (c *compilation) misplaced(u *unit, d syntax.Decl) {
	c.report(diag.MisplacedDecl, d.Range(), "%s cannot stand in the module `%s`", declNoun(d), u.name).
		Help("move it to a flow; a module holds topics, triggers, escalations, fragments and texts")
}

// declare enters one declaration.
func (c *compilation) declare(u *unit, d syntax.Decl) {
	n := &c.names
	switch d := d.(type) {
	case *syntax.FlowDecl:
		once(c, &n.flow, d)
	case *syntax.PurposeDecl:
		once(c, &n.purpose, d)
	case *syntax.ScopeDecl:
		once(c, &n.scope, d)
	case *syntax.SessionDecl:
		once(c, &n.session, d)
	case *syntax.NoticeDecl:
		once(c, &n.notice, d)
	case *syntax.StartDecl:
		once(c, &n.start, d)
	case *syntax.LanguagesDecl:
		once(c, &n.langs, d)
	case *syntax.ChannelDecl:
		once(c, &n.channel, d)
	case *syntax.UseDecl: // parse read it
	case *syntax.DeclassifyDecl:
		n.declass = append(n.declass, d)
	case *syntax.AllowDecl:
		n.allows = append(n.allows, d)
	case *syntax.TestDecl:
		n.tests = append(n.tests, d)
	case *syntax.FieldDecl:
		declareIn(c, n.fields, d.Name, d, "field")
	case *syntax.StateDecl:
		declareIn(c, n.states, d.Name, d, "state")
		n.ordered = append(n.ordered, d)
	case *syntax.TopicDecl:
		c.declareTopic(u, d)
	case *syntax.TriggerDecl:
		c.declareTrigger(d)
	case *syntax.EscalationDecl:
		c.declareEscalation(d)
	case *syntax.FragmentDecl:
		c.declareFragment(u, d)
	case *syntax.TextDecl:
		overrideIn(c, n.texts, d.Name, d, "text")
	}
}

// once enters a declaration of which a flow has one.
func once[D interface {
	comparable
	syntax.Decl
}](c *compilation, slot *D, d D) {
	var none D
	if *slot == none {
		*slot = d
		return
	}
	c.report(diag.DeclaredTwice, d.Range(), "%s is declared twice", declNoun(d)).
		Note((*slot).Range(), "the first stands here").Help("keep one of the two")
}

// declareIn enters a named declaration that must be the only one of its name.
func declareIn[D syntax.Decl](c *compilation, table map[string]D, name syntax.Ident, d D, what string) {
	if first, ok := table[name.Name]; ok {
		c.twice(name, what, first)
		return
	}
	table[name.Name] = d
}

// overrideIn enters a named declaration; the flow's own replaces a module's.
func overrideIn[D syntax.Decl](c *compilation, table map[string]D, name syntax.Ident, d D, what string) {
	first, ok := table[name.Name]
	if ok && (c.unitOf(d.Range()).isModule() || c.unitOf(first.Range()) == c.unitOf(d.Range())) && c.unitOf(first.Range()).name != textsModule {
		c.twice(name, what, first)
		return
	}
	table[name.Name] = d
}

func (c *compilation) twice(name syntax.Ident, what string, first syntax.Decl) {
	c.report(diag.DeclaredTwice, name.Span, "there are two %ss named `%s`", what, name.Name).
		Note(first.Range(), "the first stands here").Help("rename one of them, or delete it")
}

func (c *compilation) declareTopic(u *unit, d *syntax.TopicDecl) {
	n := &c.names
	t, ok := n.topics[d.Name.Name]
	if !ok {
		n.topics[d.Name.Name] = &topic{name: d.Name.Name, decls: []*syntax.TopicDecl{d}}
		return
	}
	if last := t.decls[len(t.decls)-1]; c.unitOf(last.Span) == u {
		c.twice(d.Name, "topic", last)
		return
	}
	t.decls = append(t.decls, d)
}

// causes reports topics and triggers of one name: an escalation could not tell them apart.
func (c *compilation) causes() {
	for _, name := range sortedNames(c.names.triggers) {
		t, ok := c.names.topics[name]
		if !ok {
			continue
		}
		trigger, topic := c.names.triggers[name], t.decls[len(t.decls)-1]
		later, first := syntax.Decl(trigger), syntax.Decl(topic)
		at := trigger.Name.Span
		if !c.unitOf(topic.Span).isModule() {
			later, first, at = topic, trigger, topic.Name.Span
		}
		c.report(diag.DeclaredTwice, at, "`%s` is a topic and a trigger", name).
			Note(first.Range(), "%s stands here", declNoun(first)).Help("rename %s", declNoun(later))
	}
}

func (c *compilation) declareTrigger(d *syntax.TriggerDecl) {
	if first, ok := c.names.triggers[d.Name.Name]; ok && triggerTier(first) == tierEmergency && c.unitOf(first.Span) != c.unitOf(d.Span) {
		c.emergencyFixed(d.Name, "trigger", first)
		return
	}
	overrideIn(c, c.names.triggers, d.Name, d, "trigger")
}

func (c *compilation) declareEscalation(d *syntax.EscalationDecl) {
	if first, ok := c.names.escs[d.Name.Name]; ok && escalationTier(first) == tierEmergency && c.unitOf(first.Span) != c.unitOf(d.Span) {
		c.emergencyFixed(d.Name, "escalation", first)
		return
	}
	overrideIn(c, c.names.escs, d.Name, d, "escalation")
}

func (c *compilation) emergencyFixed(name syntax.Ident, what string, first syntax.Decl) {
	c.report(diag.EmergencyFixed, name.Span, "the emergency %s `%s` cannot be declared again", what, name.Name).
		Note(first.Range(), "it comes from `%s`", c.unitOf(first.Range()).name).
		Means("an emergency could be missed").
		Help("give yours another name; it then holds beside the standard one")
}

func (c *compilation) declareFragment(u *unit, d *syntax.FragmentDecl) {
	if first, ok := c.names.frags[d.Name.Name]; ok && (u.isModule() || first.unit == u) {
		c.twice(d.Name, "fragment", first.decl)
		return
	}
	f := &fragment{decl: d, unit: u, params: map[string]*syntax.Param{}, states: map[string]*syntax.StateDecl{}, exits: map[string]bool{}}
	for i := range d.Params {
		p := &d.Params[i]
		if _, dup := f.params[p.Name.Name]; dup {
			c.report(diag.DeclaredTwice, p.Name.Span, "there are two parameters named `%s`", p.Name.Name).Help("rename one of them")
		}
		f.params[p.Name.Name] = p
	}
	for _, s := range d.States {
		declareIn(c, f.states, s.Name, s, "state")
	}
	for _, e := range d.Exits {
		if s, clash := f.states[e.Name]; clash || f.exits[e.Name] {
			dup := c.report(diag.DeclaredTwice, e.Span, "the exit `%s` has the name of another exit or state", e.Name).
				Help("rename the exit; an arrow could not tell them apart")
			if clash {
				dup.Note(s.Name.Span, "the state stands here")
			}
		}
		f.exits[e.Name] = true
	}
	c.names.frags[d.Name.Name] = f
}

// declNoun names a declaration in a sentence.
func declNoun(d syntax.Decl) string {
	switch d := d.(type) {
	case *syntax.FlowDecl:
		return "the flow's name"
	case *syntax.PurposeDecl:
		return "the purpose"
	case *syntax.ScopeDecl:
		return "the scope"
	case *syntax.SessionDecl:
		return "the session"
	case *syntax.NoticeDecl:
		return "the notice"
	case *syntax.StartDecl:
		return "the start"
	case *syntax.LanguagesDecl:
		return "the list of languages"
	case *syntax.ChannelDecl:
		return "the list of channels"
	case *syntax.FieldDecl:
		return "the field `" + d.Name.Name + "`"
	case *syntax.StateDecl:
		return "the state `" + d.Name.Name + "`"
	case *syntax.TestDecl:
		return "a test"
	case *syntax.DeclassifyDecl:
		return "`declassify`"
	case *syntax.AllowDecl:
		return "`allow`"
	}
	return "this declaration"
}

func sortedNames[V any](table map[string]V) []string { return slices.Sorted(maps.Keys(table)) }

func sortedFragments(table map[string]*fragment) []*fragment {
	out := make([]*fragment, 0, len(table))
	for _, name := range sortedNames(table) {
		out = append(out, table[name])
	}
	return out
}
