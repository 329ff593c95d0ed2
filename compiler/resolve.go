package compiler

import (
	"fmt"
	"maps"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/tacet-lang/tacet/lang/diag"
	"github.com/tacet-lang/tacet/lang/machine"
	"github.com/tacet-lang/tacet/lang/source"
	"github.com/tacet-lang/tacet/lang/syntax"
)

// resolve finds out what every name stands for. A name that stands for nothing is reported once, where it is first
// used, with the number of its other uses.
func (c *compilation) resolve() {
	c.diags = append(c.diags, c.facts.policy.CheckPractice(c.facts.practice)...)
	c.collect()
	c.causes()
	c.missing()
	c.called()
	c.emergencies()
	c.sizes()
	c.settings()
	c.fieldNames()
	r := &resolver{c: c, seen: map[unknownKey]*unknown{}}
	r.declarations()
	c.eachBody(r.state)
	r.declassifications()
	r.finish()
}

// missing reports the declarations every flow must have, and shows what to write.
func (c *compilation) missing() {
	n := &c.names
	start := "welcome"
	if len(n.ordered) > 0 {
		start = n.ordered[0].Name.Name
	}
	purposes := c.facts.policy.Purposes()
	for _, m := range []struct {
		has                bool
		what, write, means string
	}{
		{n.flow != nil, "name", `flow "Consultation requests"`, ""},
		{n.purpose != nil, "purpose", "purpose scheduling", "a patient could be asked anything; the purposes are " + list(purposes)},
		{n.scope != nil, "scope", "scope { handle hours, booking  escalate clinical-question  refuse diagnosis }", "a patient with a clinical question would not reach a person"},
		{n.session != nil, "session", "session { timeout 20 minutes  keep 90 days  retries 2 }", "a patient's chat would stay open on a shared screen"},
		{n.notice != nil, "notice", `notice "Please do not share medical details here. In an emergency call 911; in a crisis call or text 988."`, "a patient would be asked before being told how the answers are used"},
		{n.start != nil, "start", "start " + start, "a patient would see an empty page"},
		{len(n.states) > 0, "state", `state welcome { say "Hi!" end completed }`, "a patient would see an empty page"},
	} {
		if m.has {
			continue
		}
		d := c.report(diag.MissingDecl, c.topOfFile(), "this flow has no %s", m.what).Help("add a line such as `%s`", m.write)
		if m.means != "" {
			d.Means("%s", m.means)
		}
	}
}

// emergencies checks that the standard triggers are in use: a module of one's own can add to them, not stand for them.
func (c *compilation) emergencies() {
	used := slices.ContainsFunc(c.modules, func(u *unit) bool { return u.name == emergencyModule })
	if used || c.opts.Std != nil { // another library than ours answers for itself
		return
	}
	c.report(diag.MissingDecl, c.topOfFile(), "this flow does not use `%s`", emergencyModule).
		Means("a patient who writes of chest pain would be asked the next question").
		Help("add `use \"%s\"`", emergencyModule)
}

// emergencyModule holds the triggers that every flow listens for (G10).
const emergencyModule = "std/emergency"

// called checks that the flow has a name, in its file and as its file.
func (c *compilation) called() {
	if f := c.names.flow; f != nil && isBlank(f.Name.Value) {
		c.report(diag.EmptyText, f.Name.Span, "the flow has no name").Help("name it as your staff would, for example `flow \"Consultation requests\"`")
	}
	if id := flowID(c.entry); !flowName.MatchString(id) {
		c.report(diag.UnreadableFile, c.topOfFile(), "`%s` is no name for the file of a flow", path.Base(c.entry)).
			Help("name it in lower-case words joined by `-`, for example `hours-and-faq.flow`; practice.yaml and addresses use that name")
	}
}

// flowName is how practice.yaml writes the name of a flow.
var flowName = regexp.MustCompile(`^[a-z][a-z0-9]*([-_][a-z0-9]+)*$`)

// sizes bounds what a machine has lists of.
func (c *compilation) sizes() {
	n := &c.names
	phrases := 0
	for _, d := range n.triggers {
		for _, list := range slices.Concat(d.Phrases, d.Except) {
			phrases += len(list.Lines)
		}
	}
	for _, k := range []struct {
		many int
		what string
	}{
		{len(n.fields), "fields"}, {len(n.topics), "topics"}, {len(n.triggers), "triggers"}, {phrases, "phrases of triggers"},
		{len(n.escs), "escalations"},
	} {
		if k.many > machine.MaxNamed {
			c.report(diag.TooManyStates, c.topOfFile(), "this flow has %d %s, and %d are the limit", k.many, k.what, machine.MaxNamed).
				Help("split it into several flows")
		}
	}
}

// topOfFile is the first line of the flow, for what stands nowhere.
func (c *compilation) topOfFile() source.Span {
	f := c.flow.file
	if len(c.flow.tree.Decls) > 0 {
		s := c.flow.tree.Decls[0].Range()
		return f.Span(s.Start.Offset, min(s.End, lineEnd(f, s.Start)))
	}
	return f.Span(0, 0)
}

func lineEnd(f *source.File, p source.Pos) int {
	return p.Offset - len(string([]rune(f.Line(p.Line))[:p.Column-1])) + len(f.Line(p.Line))
}

// settings resolves the languages, the channels and the purpose.
func (c *compilation) settings() {
	n := &c.names
	n.languages = []string{"en"}
	if n.langs != nil {
		n.languages = c.uniqueWords(n.langs.Names, knownLanguages, diag.UnknownLanguage, "language")
	}
	n.channels = []string{"web-chat"}
	if n.channel != nil {
		n.channels = c.uniqueWords(n.channel.Names, c.facts.policy.ChannelNames(), diag.UnknownChannel, "channel")
	}
	if n.purpose == nil {
		return
	}
	if _, ok := c.facts.policy.Purpose(n.purpose.Name.Name); !ok {
		c.suggest(c.report(diag.UnknownPurpose, n.purpose.Name.Span, "there is no purpose `%s`", n.purpose.Name.Name),
			n.purpose.Name, c.facts.policy.Purposes())
	}
}

// uniqueWords returns the names of a list that has known words only, each once.
func (c *compilation) uniqueWords(ids []syntax.Ident, known []string, code *diag.Code, what string) []string {
	var out []string
	for _, id := range ids {
		switch {
		case !slices.Contains(known, id.Name):
			c.suggest(c.report(code, id.Span, "there is no %s `%s`", what, id.Name), id, known)
		case slices.Contains(out, id.Name):
			c.report(diag.DeclaredTwice, id.Span, "the %s `%s` is listed twice", what, id.Name).Help("delete one of the two")
		default:
			out = append(out, id.Name)
		}
	}
	return out
}

var knownLanguages = []string{"en", "es"}

// suggest completes a report about an unknown name.
func (c *compilation) suggest(d *diag.Diagnostic, id syntax.Ident, known []string) {
	if near := diag.Near(id.Name, known); near != "" {
		d.Mend(false, "did you mean `"+near+"`?", rename(id, near))
		return
	}
	d.Help("there are %s", list(known))
}

// reservedInGuards are the names that guards give a meaning to, and the words CEL reserves
// (https://github.com/google/cel-spec/blob/master/doc/langdef.md, reserved identifiers).
var reservedInGuards = []string{
	"practice", "now", "channel", "language", "attempts", "verified", "today", "heard", "age", "days", "has", "size", "type", "dyn",
	"as", "break", "const", "continue", "else", "false", "for", "function", "if", "import", "in", "let", "loop", "package",
	"namespace", "null", "return", "true", "var", "void", "while",
}

// fieldNames checks that fields and parameters can be variables of a guard.
func (c *compilation) fieldNames() {
	for _, d := range sortedBySpan(c.names.fields) {
		c.fieldName(d.Name, "field")
	}
	for _, name := range sortedNames(c.names.frags) {
		for _, p := range c.names.frags[name].decl.Params {
			c.fieldName(p.Name, "parameter")
		}
	}
}

func (c *compilation) fieldName(id syntax.Ident, what string) {
	if slices.Contains(reservedInGuards, id.Name) {
		c.report(diag.NameTaken, id.Span, "the name `%s` already means something in conditions", id.Name).
			Help("call the %s something else, for example `the_%s`", what, id.Name)
	}
}

// sortedBySpan returns the values of a table of one file in the order they stand in.
func sortedBySpan[D syntax.Decl](table map[string]D) []D {
	out := slices.Collect(maps.Values(table))
	slices.SortFunc(out, func(a, b D) int { return a.Range().Start.Offset - b.Range().Start.Offset })
	return out
}

// handover is what an author calls the sentence that machines call handoff, because that is a word of the language.
const handover = "handover"

// sentenceName is the machine's name of a standard sentence.
func sentenceName(written string) string {
	if written == handover {
		return "handoff"
	}
	return written
}

// sentences are the standard sentences as authors name them, sorted.
func sentences() []string {
	out := slices.Clone(machine.StandardTexts)
	out[slices.Index(out, "handoff")] = handover
	slices.Sort(out)
	return out
}

// resolver looks up every reference.
type resolver struct {
	c       *compilation
	seen    map[unknownKey]*unknown
	order   []unknownKey
	body    body
	within  string
	options map[string]bool // every option of every choice
}

// unknownKey is a name that stands for nothing. Home tells the states of one fragment from those of another.
type unknownKey struct {
	code *diag.Code
	home *fragment
	name string
}

type unknown struct {
	first  syntax.Ident
	within string
	more   int
	what   string
	known  func() []string
}

func (r *resolver) unknown(code *diag.Code, id syntax.Ident, what string, known func() []string) {
	key := unknownKey{code: code, home: r.body.frag, name: id.Name}
	if u, ok := r.seen[key]; ok {
		u.more++
		return
	}
	r.seen[key] = &unknown{first: id, within: r.within, what: what, known: known}
	r.order = append(r.order, key)
}

// mostSuggestions bounds the work on a file in which thousands of names are unknown.
const mostSuggestions = 50

func (r *resolver) finish() {
	for i, key := range r.order {
		u := r.seen[key]
		if key.code == diag.UnknownTopic && r.c.leftOut(u.first) {
			continue
		}
		d := r.c.report(key.code, u.first.Span, "there is no %s `%s`", u.what, u.first.Name)
		if u.within != "" {
			d.In("%s", u.within)
		}
		if u.more > 0 {
			d.Note(source.Span{}, "`%s` is used in %s", u.first.Name, plural(u.more, "other place", "other places"))
		}
		if i < mostSuggestions {
			r.c.suggestFor(d, key.code, u)
		}
	}
}

// frontDesk is the module of the topics that practices are asked about.
const frontDesk = "std/frontdesk"

// leftOut reports a topic that only the module of topics has, once for all of them, and says whether it is one.
func (c *compilation) leftOut(id syntax.Ident) bool {
	from, file := c.project.find(frontDesk, flowEnding)
	if from == nil || c.files[file] != nil {
		return false
	}
	module := c.project.unit(from, file, frontDesk)
	isTopic := func(d syntax.Decl) bool { t, ok := d.(*syntax.TopicDecl); return ok && t.Name.Name == id.Name }
	if module.tree == nil || !slices.ContainsFunc(module.tree.Decls, isTopic) {
		return false
	}
	if !c.sameCause(frontDesk, id.Span, "so there is no `%s`", id.Name) {
		c.cause(frontDesk, c.report(diag.UnknownTopic, id.Span, "there is no topic `%s`: this flow does not use `%s`, which has it", id.Name, frontDesk).
			Help("add `use \"%s\"`", frontDesk))
	}
	return true
}

// suggestFor completes the report of an unknown name: a name like it, or how to declare one.
func (c *compilation) suggestFor(d *diag.Diagnostic, code *diag.Code, u *unknown) {
	known := u.known()
	if near := diag.Near(u.first.Name, known); near != "" {
		d.Mend(false, "did you mean `"+near+"`?", rename(u.first, near))
		return
	}
	switch code {
	case diag.UnknownState:
		d.Help("add `state %s { … }`, or lead somewhere that exists: %s", u.first.Name, list(known))
	case diag.UnknownField:
		d.Help("declare it: `field %s text for \"…\"`", u.first.Name)
	case diag.UnknownTopic:
		help := fmt.Sprintf("declare it: `topic %s { like \"…\"  answer \"…\" }`", u.first.Name)
		if len(known) > 0 {
			help += ", or use one there is: " + list(known)
		}
		d.Help("%s", help)
	case diag.UnknownVendor, diag.UnknownTeam:
		d.Help("practice.yaml has %s; add it there first if it is new", list(known))
	default:
		d.Help("there are %s", list(known))
	}
}

// declarations resolves the references outside states.
func (r *resolver) declarations() {
	c, n := r.c, &r.c.names
	r.options = map[string]bool{"yes": true, "no": true}
	for _, f := range n.fields {
		for _, o := range f.Type.Options {
			r.options[o.Name.Name] = true
		}
	}
	r.body = body{unit: c.flow}
	if n.start != nil && len(n.states) > 0 {
		r.target(n.start.State)
	}
	if n.scope != nil {
		for _, item := range n.scope.Items {
			for _, t := range item.Topics {
				if n.topics[t.Name] == nil {
					r.unknown(diag.UnknownTopic, t, "topic", r.topicNames)
				}
			}
		}
	}
	for _, name := range sortedNames(n.topics) {
		for _, d := range n.topics[name].decls {
			r.body = body{unit: c.unitOf(d.Span)}
			r.within = `topic "` + name + `"`
			if d.Route != nil {
				r.target(d.Route.Name)
			}
		}
	}
	for _, name := range sortedNames(n.escs) {
		d := n.escs[name]
		r.body = body{unit: c.unitOf(d.Span)}
		r.within = `escalation "` + name + `"`
		for _, s := range d.Body {
			r.statement(s)
		}
	}
	for _, name := range sortedNames(n.texts) {
		if d := n.texts[name]; !slices.Contains(sentences(), name) {
			c.suggest(c.report(diag.UnknownSentence, d.Name.Span, "the assistant has no standard sentence `%s`", name), d.Name, sentences())
		}
	}
	for _, name := range sortedNames(n.frags) {
		f := n.frags[name]
		r.body, r.within = body{unit: f.unit, frag: f}, `fragment "`+name+`"`
		if f.states[f.decl.Start.Name] == nil {
			r.unknown(diag.UnknownState, f.decl.Start, "state", func() []string { return sortedNames(f.states) })
		}
	}
}

func (r *resolver) state(b body, s *syntax.StateDecl) {
	r.body, r.within = b, b.in(s.Name.Name)
	for _, st := range s.Body {
		r.statement(st)
	}
}

// target resolves where an arrow leads.
func (r *resolver) target(id syntax.Ident) {
	if f := r.body.frag; f != nil {
		if f.states[id.Name] == nil && !f.exits[id.Name] {
			r.unknown(diag.UnknownState, id, "state or exit", func() []string {
				return slices.Sorted(maps.Keys(union(f.states, f.exits)))
			})
		}
		return
	}
	if r.c.names.states[id.Name] == nil {
		r.unknown(diag.UnknownState, id, "state", func() []string { return sortedNames(r.c.names.states) })
	}
}

func union[A, B any](a map[string]A, b map[string]B) map[string]bool {
	out := make(map[string]bool, len(a)+len(b))
	for k := range a {
		out[k] = true
	}
	for k := range b {
		out[k] = true
	}
	return out
}

// field resolves a field or, in a fragment, a parameter. A module sees parameters only.
func (r *resolver) field(id syntax.Ident) {
	if !r.c.hasField(r.body, id.Name) {
		r.unknown(diag.UnknownField, id, "field", func() []string { return r.c.fieldsOf(r.body) })
	}
}

func (c *compilation) hasField(b body, name string) bool {
	if b.frag != nil && b.frag.params[name] != nil {
		return true
	}
	return !b.unit.isModule() && c.names.fields[name] != nil
}

// fieldsOf lists the fields a body may name.
func (c *compilation) fieldsOf(b body) []string {
	all := map[string]bool{}
	if b.frag != nil {
		all = union(all, b.frag.params)
	}
	if !b.unit.isModule() {
		all = union(all, c.names.fields)
	}
	return sortedNames(all)
}

func (r *resolver) topicNames() []string { return sortedNames(r.c.names.topics) }

func (r *resolver) topic(id syntax.Ident) {
	if r.c.names.topics[id.Name] == nil {
		r.unknown(diag.UnknownTopic, id, "topic", r.topicNames)
	}
}

func (r *resolver) team(id *syntax.Ident) {
	if id == nil {
		return
	}
	if _, ok := r.c.facts.practice.Team(id.Name); !ok {
		r.unknown(diag.UnknownTeam, *id, "team", r.c.facts.teams)
	}
}

// statement resolves the references of one statement.
func (r *resolver) statement(s syntax.Stmt) {
	for _, f := range fieldsIn(s) {
		r.field(f)
	}
	for _, t := range textsIn(s) {
		r.text(t)
	}
	for _, t := range targetsIn(s) {
		r.target(t.Name)
	}
	switch s := s.(type) {
	case *syntax.SendStmt:
		if _, ok := r.c.facts.practice.Vendor(s.To.Name); !ok {
			r.unknown(diag.UnknownVendor, s.To, "vendor", r.c.facts.vendors)
		}
	case *syntax.OfferStmt:
		for _, ch := range s.Choices {
			if ch.Topic != nil {
				r.topic(*ch.Topic)
			}
		}
	case *syntax.ListenStmt:
		for _, o := range s.Routes {
			r.topic(o.Name)
		}
	case *syntax.HandoffStmt:
		r.team(s.Team)
	case *syntax.OnStmt:
		for _, id := range s.Names {
			if r.c.names.topics[id.Name] == nil && r.c.names.triggers[id.Name] == nil {
				r.unknown(diag.UnknownTopic, id, "topic or trigger", func() []string {
					return slices.Sorted(maps.Keys(union(r.c.names.topics, r.c.names.triggers)))
				})
			}
		}
	case *syntax.RunStmt:
		if r.c.names.frags[s.Fragment.Name] == nil {
			r.unknown(diag.UnknownFragment, s.Fragment, "fragment", func() []string { return sortedNames(r.c.names.frags) })
		}
	case *syntax.WhenStmt:
		r.guard(s.Guard)
	}
}

// maxPlaceholders bounds the braces of one text in one language.
const maxPlaceholders = 200

// text resolves the fields in braces. What is no field name at all is the check's to report.
func (r *resolver) text(t *syntax.Text) {
	for i := range t.Parts {
		part := &t.Parts[i].String
		if strings.Count(part.Value, "{") > maxPlaceholders {
			r.c.report(diag.TooManyStates, part.Span, "this text has more than %d braces", maxPlaceholders).
				Help("nobody reads that much in a chat; split it into several messages")
			continue
		}
		fieldPlaceholders(part.Value, func(n int, name string) {
			if !r.c.hasField(r.body, name) {
				r.field(syntax.Ident{Name: name, Span: r.c.placeholderSpan(part, n)})
			}
		})
	}
}

// guard finds unknown fields before lang/guard does, so that one name is reported once for the whole flow. What it
// leaves (habits, options without quotes, syntax) lang/guard reports with the exact place.
func (r *resolver) guard(g syntax.Guard) {
	f := r.c.unitOf(g.Span).file
	for _, w := range guardWords(g.Source) {
		if r.options[w.name] || slices.Contains(reservedInGuards, w.name) || habitWords[w.name] {
			continue
		}
		start := g.Span.Start.Offset + w.start
		r.field(syntax.Ident{Name: w.name, Span: f.Span(start, start+len(w.name))})
	}
}

func (r *resolver) declassifications() {
	r.body, r.within = body{unit: r.c.flow}, ""
	for _, d := range r.c.names.declass {
		r.field(d.Field)
	}
}
