package compiler

import (
	"fmt"
	"slices"
	"strings"

	"github.com/tacet-lang/tacet/lang/diag"
	"github.com/tacet-lang/tacet/lang/machine"
	"github.com/tacet-lang/tacet/lang/source"
	"github.com/tacet-lang/tacet/lang/syntax"
)

// graph is the flow with its fragments copied to where they are run.
type graph struct {
	states []*instance // the flow's own first, in the order of the file; each copy after the state that runs it
	byID   map[string]*instance
	places int // an upper bound of the machine's locations
}

// instance is one state of the expanded flow.
type instance struct {
	id    string // "contact", or "contact/call-back.ask" for the copy of a fragment's state
	root  string // the flow's own state that it belongs to
	index int    // in graph.states
	decl  *syntax.StateDecl
	frame *frame
}

// frame is one run of a fragment, which decides what the names in its states mean. nil is the flow itself.
type frame struct {
	frag   *fragment
	prefix string            // of the ids of its states: "contact/call-back."
	fields map[string]string // parameter → field of the flow
	exits  map[string]string // exit → id of the state it leads to
}

// field returns the flow's field that a name means in this frame.
func (f *frame) field(name string) string {
	if f != nil {
		if field, ok := f.fields[name]; ok {
			return field
		}
	}
	return name
}

// target returns the id of the state an arrow leads to in this frame.
func (f *frame) target(name string) string {
	if f == nil {
		return name
	}
	if id, ok := f.exits[name]; ok {
		return id
	}
	return f.prefix + name
}

// runOf returns the fragment that a state runs, or nil.
func runOf(s *syntax.StateDecl) *syntax.RunStmt {
	for _, st := range s.Body {
		if r, ok := st.(*syntax.RunStmt); ok {
			return r
		}
	}
	return nil
}

// expand copies fragments to where they are run.
func (c *compilation) expand() {
	c.arguments()
	c.cycles()
	if c.diags.HasErrors() {
		return
	}
	g := &c.graph
	g.byID = make(map[string]*instance, len(c.names.ordered))
	for _, s := range c.names.ordered {
		if limit := c.copyState(&instance{id: s.Name.Name, root: s.Name.Name, decl: s}, 0); limit != "" {
			c.report(diag.TooManyStates, s.Name.Span, "with its fragments copied, the flow has %s", limit).
				In(`state "%s"`, s.Name.Name).
				Help("run a fragment from fewer places, or lead back to one state that runs it")
			return
		}
	}
}

// maxNesting is how deep fragments may run each other: their names add up in the names of the copies.
const maxNesting = 20

// copyState adds a state and what it runs. It returns the limit that the flow exceeds, in words, or nothing.
func (c *compilation) copyState(i *instance, depth int) string {
	g := &c.graph
	g.places += placesOf(i.decl)
	switch {
	case len(g.states) >= c.opts.maxStates():
		return fmt.Sprintf("more than %d states", c.opts.maxStates())
	case g.places > mostPlaces:
		return fmt.Sprintf("more than %d questions and states", mostPlaces)
	case depth > maxNesting:
		return fmt.Sprintf("fragments that run each other more than %d deep", maxNesting)
	}
	i.index = len(g.states)
	g.states = append(g.states, i)
	g.byID[i.id] = i
	run := runOf(i.decl)
	if run == nil {
		return ""
	}
	frag := c.names.frags[run.Fragment.Name]
	f := &frame{frag: frag, prefix: runPrefix(i, run), fields: map[string]string{}, exits: map[string]string{}}
	for k, arg := range run.Args {
		f.fields[frag.decl.Params[k].Name.Name] = i.frame.field(arg.Name)
	}
	for _, o := range run.Outcomes {
		f.exits[o.Name.Name] = i.frame.target(o.Target.Name.Name)
	}
	for _, s := range frag.decl.States {
		if limit := c.copyState(&instance{id: f.prefix + s.Name.Name, root: i.root, decl: s, frame: f}, depth+1); limit != "" {
			return limit
		}
	}
	return ""
}

// mostPlaces leaves room for what a machine holds besides the author's states.
const mostPlaces = machine.MaxLocations - machine.MaxNamed - 2

// placesOf is the most locations that a state becomes: one for each question, and one for how it ends.
func placesOf(s *syntax.StateDecl) int {
	n := 1
	for _, st := range s.Body {
		if _, ok := st.(*syntax.AskStmt); ok {
			n++
		}
	}
	return n
}

// runPrefix starts the ids of the states that a run copies.
func runPrefix(i *instance, run *syntax.RunStmt) string { return i.id + "/" + run.Fragment.Name + "." }

// arguments checks what each run gives its fragment, and that it handles every exit.
func (c *compilation) arguments() {
	c.eachBody(func(b body, s *syntax.StateDecl) {
		for _, st := range s.Body {
			if run, ok := st.(*syntax.RunStmt); ok {
				c.runArguments(b, s, run)
			}
		}
	})
}

func (c *compilation) runArguments(b body, s *syntax.StateDecl, run *syntax.RunStmt) {
	frag := c.names.frags[run.Fragment.Name]
	c.outcomes(b.in(s.Name.Name), run.Span, "run "+run.Fragment.Name, exitNames(frag), run.Outcomes)
	params := frag.decl.Params
	if len(run.Args) != len(params) {
		c.report(diag.WrongArguments, run.Fragment.Span, "`%s` is given %s and takes %d", run.Fragment.Name,
			plural(len(run.Args), "field", "fields"), len(params)).In("%s", b.in(s.Name.Name)).
			Note(frag.decl.Name.Span, "the fragment is declared here").
			Help("write `run %s`", signature(frag))
		return
	}
	for k, arg := range run.Args {
		have, want := c.typeOf(b, arg.Name), c.typeOfRef(&params[k].Type)
		if problem := have.fits(want); problem != "" {
			c.report(diag.WrongArguments, arg.Span, "`%s` is given `%s` for `%s`, but %s", run.Fragment.Name, arg.Name, params[k].Name.Name, problem).
				In("%s", b.in(s.Name.Name)).Note(params[k].Span, "the parameter stands here").
				Help("give it a field of type `%s`", want.written())
		}
	}
}

// signature shows how a fragment is run.
func signature(f *fragment) string {
	args := make([]string, len(f.decl.Params))
	for i, p := range f.decl.Params {
		args[i] = p.Name.Name
	}
	ways := make([]string, len(f.decl.Exits))
	for i, e := range f.decl.Exits {
		ways[i] = e.Name + " -> …"
	}
	given := ""
	if len(args) > 0 {
		given = "(" + strings.Join(args, ", ") + ")"
	}
	return fmt.Sprintf("%s%s { %s }", f.decl.Name.Name, given, strings.Join(ways, "  "))
}

func exitNames(f *fragment) []string {
	out := make([]string, len(f.decl.Exits))
	for i, e := range f.decl.Exits {
		out[i] = e.Name
	}
	return out
}

// outcomes checks that every outcome of an act is handled exactly once, and nothing else is.
func (c *compilation) outcomes(within string, at source.Span, act string, want []string, got []syntax.Outcome) {
	seen := map[string]source.Span{}
	for _, o := range got {
		first, dup := seen[o.Name.Name]
		switch {
		case dup:
			c.report(diag.DeclaredTwice, o.Name.Span, "`%s` handles `%s` twice", act, o.Name.Name).In("%s", within).
				Note(first, "the first stands here").Help("keep one of the two")
		case !slices.Contains(want, o.Name.Name):
			c.suggest(c.report(diag.UnknownExit, o.Name.Span, "`%s` has no outcome `%s`", act, o.Name.Name).In("%s", within), o.Name, want)
		}
		seen[o.Name.Name] = o.Name.Span
	}
	var missing []string
	for _, w := range want {
		if _, ok := seen[w]; !ok {
			missing = append(missing, w)
		}
	}
	if len(missing) > 0 {
		c.report(diag.OutcomeMissing, at, "`%s` does not say what happens on %s", act, list(missing)).In("%s", within).
			Means("a patient to whom that happens has no next step").
			Help("add `%s -> …`", strings.Join(missing, " -> …`, `"))
	}
}

// cycles reports fragments that run themselves.
func (c *compilation) cycles() {
	const (
		open = 1
		done = 2
	)
	mark := map[string]int{}
	var path []string
	var visit func(name string)
	visit = func(name string) {
		mark[name] = open
		path = append(path, name)
		for _, s := range c.names.frags[name].decl.States {
			run := runOf(s)
			if run == nil {
				continue
			}
			switch next := run.Fragment.Name; mark[next] {
			case 0:
				visit(next)
			case open:
				loop := append(slices.Clone(path[slices.Index(path, next):]), next)
				c.report(diag.FragmentCycle, run.Fragment.Span, "the fragment `%s` runs itself", next).
					Note(source.Span{}, "%s", strings.Join(loop, " runs ")).
					Help("go back with an arrow inside the fragment, or with an exit that the caller leads back")
			}
		}
		path = path[:len(path)-1]
		mark[name] = done
	}
	for _, name := range sortedNames(c.names.frags) {
		if mark[name] == 0 {
			visit(name)
		}
	}
}
