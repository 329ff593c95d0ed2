package guard

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/tacet-lang/tacet/lang/machine"
)

// Code is a tree as a machine carries it, in postfix order.
func Code(n Node) []machine.GuardStep {
	var out []machine.GuardStep
	var add func(Node)
	add = func(n Node) {
		switch n := n.(type) {
		case And:
			add(n.X)
			add(n.Y)
			out = append(out, machine.GuardStep{Op: machine.OpAnd})
		case Or:
			add(n.X)
			add(n.Y)
			out = append(out, machine.GuardStep{Op: machine.OpOr})
		case Not:
			add(n.X)
			out = append(out, machine.GuardStep{Op: machine.OpNot})
		case If:
			add(n.Cond)
			add(n.Then)
			add(n.Else)
			out = append(out, machine.GuardStep{Op: machine.OpIf})
		case Const:
			out = append(out, machine.GuardStep{Op: strconv.FormatBool(n.Value)})
		case Test:
			out = append(out, n.step())
		default:
			panic(fmt.Sprintf("guard: unknown node %T", n))
		}
	}
	add(n)
	return out
}

func (t Test) step() machine.GuardStep {
	s := machine.GuardStep{Op: string(t.Op), Of: t.Subject.Func, Name: t.Subject.Name}
	for _, v := range t.Values {
		switch t.Subject.Kind {
		case Bool:
			s.Values = append(s.Values, strconv.FormatBool(v.Bool))
		case Int:
			s.Values = append(s.Values, strconv.FormatInt(v.Int, 10))
		case String, Choice, Date, Time:
			s.Values = append(s.Values, v.Text)
		}
	}
	return s
}

// ForMachine is what the guards of a machine may refer to.
func ForMachine(m *machine.Machine) *Env {
	vars := make([]Var, 0, len(m.Fields))
	for i := range m.Fields {
		f := &m.Fields[i]
		v := Var{Name: f.Name, Kind: kindOf[f.ValueKind()]}
		for _, o := range f.Options {
			v.Options = append(v.Options, o.Value)
		}
		vars = append(vars, v)
	}
	heard := make([]string, 0, len(m.Topics)+len(m.Triggers))
	for i := range m.Topics {
		heard = append(heard, m.Topics[i].Name)
	}
	for i := range m.Triggers {
		heard = append(heard, m.Triggers[i].Name)
	}
	return NewEnv(vars, heard)
}

var kindOf = map[string]Kind{
	machine.KindYesNo: Bool, machine.KindNumber: Int, machine.KindChoice: Choice, machine.KindDate: Date, machine.KindTime: Time,
	machine.KindText: String,
}

// Complete gives the guards of a machine their code, and the one source of each: guards that say the same become one.
// It is for machines that were not compiled from a flow.
func Complete(m *machine.Machine) error {
	env := ForMachine(m)
	sources := make([]string, len(m.Guards))
	bySource := map[string]machine.Guard{}
	for i, g := range m.Guards {
		x, err := env.Compile(g.Source)
		if err != nil {
			return fmt.Errorf("guard %d: %w", i, err)
		}
		g = machine.Guard{Reads: x.Reads(), Code: Code(x.Tree())}
		g.Source = m.GuardSource(g.Code)
		sources[i], bySource[g.Source] = g.Source, g
	}
	m.Guards = m.Guards[:0:0]
	for _, g := range bySource {
		m.Guards = append(m.Guards, g)
	}
	slices.SortFunc(m.Guards, func(a, b machine.Guard) int { return strings.Compare(a.Source, b.Source) })
	for i := range m.Locations {
		for e := range m.Locations[i].Edges {
			edge := &m.Locations[i].Edges[e]
			if edge.Guard == nil {
				continue
			}
			n := slices.IndexFunc(m.Guards, func(g machine.Guard) bool { return g.Source == sources[*edge.Guard] })
			edge.Guard = &n
		}
	}
	return nil
}
