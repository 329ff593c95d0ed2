package compiler

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/tacet-lang/tacet/lang/guard"
	"github.com/tacet-lang/tacet/lang/machine"
	"github.com/tacet-lang/tacet/lang/syntax"
)

// collectGuards lists each distinct guard once, in the one way that a machine writes it.
func (l *lowering) collectGuards(m *machine.Machine) []machine.Guard {
	bySource := map[string]machine.Guard{}
	written := map[string]string{} // as the author wrote it → as the machine does
	for _, i := range l.c.graph.states {
		for _, st := range i.decl.Body {
			w, ok := st.(*syntax.WhenStmt)
			if !ok {
				continue
			}
			x := l.c.types.guards[w]
			src := i.frame.guardSource(x)
			if _, known := written[src]; known {
				continue
			}
			g := machine.Guard{Code: guard.Code(x.Tree())}
			for n := range g.Code {
				if g.Code[n].Of != "heard" {
					g.Code[n].Name = i.frame.field(g.Code[n].Name)
				}
			}
			for _, name := range x.Reads() {
				g.Reads = append(g.Reads, i.frame.field(name))
			}
			slices.Sort(g.Reads)
			g.Reads, g.Source = slices.Compact(g.Reads), m.GuardSource(g.Code)
			written[src], bySource[g.Source] = g.Source, g
		}
	}
	sources := sortedNames(bySource)
	out := make([]machine.Guard, len(sources))
	for n, src := range sources {
		out[n] = bySource[src]
	}
	for src, as := range written {
		l.guards[src], _ = slices.BinarySearch(sources, as)
	}
	return out
}

// locations lowers every state and escalation, and the two that every machine has.
func (l *lowering) locations() []machine.Location {
	out := make([]machine.Location, 0, len(l.c.graph.states)*3/2)
	for _, i := range l.c.graph.states {
		out = l.state(out, i)
	}
	for _, name := range sortedNames(l.c.names.escs) {
		if l.raises(name) {
			out = append(out, l.escalation(l.c.names.escs[name]))
		}
	}
	team := l.c.facts.practice.TeamFor(tierRoutine)
	for _, id := range []string{humanLocation, stuckLocation} {
		out = append(out, machine.Location{ID: id, State: id, Kind: machine.Handoff, Team: team, Tier: tierRoutine})
	}
	slices.SortFunc(out, func(a, b machine.Location) int { return cmp.Compare(a.ID, b.ID) })
	return out
}

// raises reports whether anything raises an escalation.
func (l *lowering) raises(name string) bool {
	for _, esc := range l.c.types.raised {
		if esc == name {
			return true
		}
	}
	return false
}

func (l *lowering) escalation(d *syntax.EscalationDecl) machine.Location {
	tier := escalationTier(d)
	out := machine.Location{ID: escalationLocation(d.Name.Name), State: d.Name.Name, Kind: machine.Handoff, Tier: tier, Place: l.place(d.Name.Span)}
	for _, st := range d.Body {
		switch st := st.(type) {
		case *syntax.SayStmt:
			out.Do = append(out.Do, machine.Action{Say: l.text(nil, &st.Text), Place: l.place(st.Span)})
		case *syntax.HandoffStmt:
			out.Team = l.team(st, tier)
		}
	}
	return out
}

func (l *lowering) team(st *syntax.HandoffStmt, tier string) string {
	if st.Team != nil {
		return st.Team.Name
	}
	return l.c.facts.practice.TeamFor(tier)
}

// stateLowering turns the statements of one state into locations: one for each ask, and one for how the state ends.
type stateLowering struct {
	*lowering
	i     *instance
	out   []machine.Location
	first int              // in out, of the state's locations
	do    []machine.Action // said and sent since the last ask
	ask   *machine.Location
}

func (l *lowering) state(out []machine.Location, i *instance) []machine.Location {
	s := &stateLowering{lowering: l, i: i, out: out, first: len(out)}
	var ways []machine.Edge
	ordered := false
	for _, st := range i.decl.Body {
		switch st := st.(type) {
		case *syntax.SayStmt, *syntax.SayByStmt, *syntax.SendStmt:
			s.do = append(s.do, s.action(st))
		case *syntax.AskStmt:
			s.flush()
			s.startAsk(st)
		case *syntax.FirstStmt:
			ordered = true
		case *syntax.WhenStmt:
			g := l.guards[i.frame.guardSource(l.c.types.guards[st])]
			ways = append(ways, machine.Edge{Guard: &g, To: i.frame.target(st.Target.Name.Name), Place: l.place(st.Span)})
		case *syntax.OtherwiseStmt:
			ways = append(ways, machine.Edge{To: i.frame.target(st.Target.Name.Name), Place: l.place(st.Span)})
		case *syntax.GotoStmt:
			ways = append(ways, machine.Edge{To: i.frame.target(st.Target.Name.Name), Place: l.place(st.Span)})
		default:
			s.finish(st)
			return s.out
		}
	}
	s.leave(ways, ordered)
	return s.out
}

// nextID is the id of the state's next location: the state's own, then state.2, state.3, …
func (s *stateLowering) nextID() string {
	n := len(s.out) - s.first
	if s.ask != nil {
		n++
	}
	if n == 0 {
		return s.i.id
	}
	return fmt.Sprintf("%s.%d", s.i.id, n+1)
}

// startAsk opens the location of an ask; what was said before it is done on entry.
func (s *stateLowering) startAsk(st *syntax.AskStmt) {
	loc := machine.Location{
		ID: s.nextID(), State: s.i.root, Kind: machine.Ask, Do: s.do, Field: s.i.frame.field(st.Field.Name),
		Prompt: s.text(s.i.frame, &st.Prompt), Place: s.place(st.Span),
	}
	if st.None != nil {
		loc.Edges = append(loc.Edges, machine.Edge{On: machine.OnNone, To: s.i.frame.target(st.None.Name.Name), Place: s.place(st.None.Span)})
	}
	s.ask, s.do = &loc, nil
}

// flush closes the open ask; without ways of its own it leads to the location that comes next.
func (s *stateLowering) flush() {
	if s.ask == nil {
		return
	}
	s.ask.Edges = append(s.ask.Edges, machine.Edge{To: s.nextID(), Place: s.ask.Place})
	s.out = append(s.out, *s.ask)
	s.ask = nil
}

// leave ends the state by its arrows: from the last ask, or from a location of its own when something is said after it.
func (s *stateLowering) leave(ways []machine.Edge, ordered bool) {
	if s.ask != nil && len(s.do) == 0 {
		s.ask.Edges = append(s.ask.Edges, ways...)
		s.ask.Ordered = ordered
		s.out = append(s.out, *s.ask)
		return
	}
	s.flush()
	s.out = append(s.out, machine.Location{
		ID: s.nextID(), State: s.i.root, Kind: machine.Auto, Do: s.do, Edges: ways, Ordered: ordered, Place: s.place(s.i.decl.Name.Span),
	})
}

// finish ends the state by a statement that is a location of its own.
func (s *stateLowering) finish(st syntax.Stmt) {
	s.flush()
	loc := machine.Location{ID: s.nextID(), State: s.i.root, Do: s.do, Place: s.place(st.Range())}
	f := s.i.frame
	switch st := st.(type) {
	case *syntax.OfferStmt:
		loc.Kind, loc.Prompt = machine.Offer, s.prompt(st.Prompt)
		for n, ch := range st.Choices {
			choice := machine.Choice{Label: s.text(f, &ch.Label)}
			if ch.Topic != nil {
				choice.Topic = ch.Topic.Name
			}
			loc.Choices = append(loc.Choices, choice)
			loc.Edges = append(loc.Edges, machine.Edge{On: fmt.Sprint(n + 1), To: f.target(ch.Target.Name.Name), Place: s.place(ch.Span)})
		}
	case *syntax.ListenStmt:
		loc.Kind, loc.Prompt, loc.Edges = machine.Listen, s.prompt(st.Prompt), s.outcomes(st.Routes)
	case *syntax.BookStmt:
		loc.Kind, loc.Field, loc.Edges = machine.Book, f.field(st.Field.Name), s.outcomes(st.Outcomes)
	case *syntax.VerifyStmt:
		loc.Kind, loc.Field, loc.Edges = machine.Verify, f.field(st.Field.Name), s.outcomes(st.Outcomes)
		loc.Prompt = s.text(f, &st.Prompt)
	case *syntax.ConsentStmt:
		loc.Kind, loc.Consent, loc.Edges = machine.Consent, st.Name.Name, s.outcomes(st.Outcomes)
		loc.Prompt, loc.Covers = s.text(f, &st.Prompt), covered(st)
	case *syntax.RunStmt:
		loc.Kind = machine.Auto
		to := runPrefix(s.i, st) + s.c.names.frags[st.Fragment.Name].decl.Start.Name
		loc.Edges = []machine.Edge{{To: to, Place: s.place(st.Span)}}
	case *syntax.EndStmt:
		loc.Kind, loc.Outcome = machine.End, st.Outcome.Name
	case *syntax.HandoffStmt:
		loc.Kind, loc.Team, loc.Tier = machine.Handoff, s.team(st, tierRoutine), tierRoutine
	default:
		panic(fmt.Sprintf("lower: unhandled statement %T", st))
	}
	s.out = append(s.out, loc)
}

func (s *stateLowering) prompt(t *syntax.Text) machine.Text {
	if t == nil {
		return nil
	}
	return s.text(s.i.frame, t)
}

func (s *stateLowering) outcomes(outcomes []syntax.Outcome) []machine.Edge {
	out := make([]machine.Edge, len(outcomes))
	for n, o := range outcomes {
		out[n] = machine.Edge{On: o.Name.Name, To: s.i.frame.target(o.Target.Name.Name), Place: s.place(o.Span)}
	}
	slices.SortFunc(out, func(a, b machine.Edge) int { return cmp.Compare(a.On, b.On) })
	return out
}

// action lowers what a state says or sends.
func (s *stateLowering) action(st syntax.Stmt) machine.Action {
	f := s.i.frame
	switch st := st.(type) {
	case *syntax.SayStmt:
		return machine.Action{Say: s.text(f, &st.Text), Place: s.place(st.Span)}
	case *syntax.SayByStmt:
		out := machine.Action{By: f.field(st.Field.Name), Cases: map[string]machine.Text{}, Place: s.place(st.Span)}
		for n := range st.Cases {
			out.Cases[st.Cases[n].Value.Name] = s.text(f, &st.Cases[n].Text)
		}
		return out
	case *syntax.SendStmt:
		out := machine.Action{To: st.To.Name, Place: s.place(st.Span)}
		for _, field := range st.Fields {
			out.Fields = append(out.Fields, f.field(field.Name))
		}
		slices.Sort(out.Fields)
		return out
	default:
		panic(fmt.Sprintf("lower: unhandled action %T", st))
	}
}
