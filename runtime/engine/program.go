package engine

import (
	"fmt"
	"time"

	"github.com/tacet-lang/tacet/lang/guard"
	"github.com/tacet-lang/tacet/lang/input"
	"github.com/tacet-lang/tacet/lang/machine"
	"github.com/tacet-lang/tacet/runtime/calendar"
)

// typeSlot is the field type that the calendar answers, not lang/input.
const typeSlot = "slot"

// kindText is how fields are read whose type lang/input does not know (the policy's own types).
const kindText = "text"

// Program is a machine made ready to run: everything is looked up, compiled and trained once. It is never changed
// after Load and is safe for concurrent use.
type Program struct {
	m       *machine.Machine
	hash    string
	langs   []string
	timeout time.Duration
	notice  message
	texts   map[string]message

	fields  map[string]int
	kinds   []string         // lang/input's kind of each field
	options [][]input.Option // of each choice field

	locations   []location
	byID        map[string]int
	start       int
	human       int
	stuck       int
	topics      map[string]topic
	triggers    map[string]string // tier by name
	escalations []escalation      // most urgent first
	permits     permits
	vendors     map[string]permits
	guards      []*guard.Expr
	reader      Reader
}

type topic struct {
	treat  string
	answer message // nil: none
	route  int     // -1: none
}

type escalation struct {
	name     string
	tier     string
	on       map[string]bool
	location int
}

// Options replaces parts of a program.
type Options struct {
	Reader Reader  // nil: lang/text with the machine's own triggers and topic model
	Shared *Shared // what several programs have in common; nil: nothing
}

// Load makes a machine ready. It errs on a machine that machine.Validate would refuse, and on a guard or a phrase that
// does not compile.
func Load(m *machine.Machine) (*Program, error) { return LoadWith(m, Options{}) }

// LoadWith is Load with parts replaced.
func LoadWith(m *machine.Machine, o Options) (*Program, error) {
	if err := m.Validate(); err != nil {
		return nil, fmt.Errorf("load machine: %w", err)
	}
	p := &Program{m: m, langs: m.Flow.Languages, timeout: time.Duration(m.Session.Timeout) * time.Second, reader: o.Reader}
	for _, step := range []func() error{
		p.indexHash, p.indexFields, p.indexTexts, p.compileGuards, p.indexLocations, p.indexTopics, p.indexEscalations,
		p.indexPolicy, func() error { return p.indexReader(o.Shared) },
	} {
		if err := step(); err != nil {
			return nil, fmt.Errorf("load machine: %w", err)
		}
	}
	return p, nil
}

// Machine returns what the program runs. It must not be changed.
func (p *Program) Machine() *machine.Machine { return p.m }

// Hash returns the machine's hash.
func (p *Program) Hash() string { return p.hash }

// Reader is how the program understands free text.
func (p *Program) Reader() Reader { return p.reader }

// New returns a conversation before its Start event.
func (p *Program) New(id string) Conversation {
	return Conversation{ID: id, Machine: p.hash, Lang: p.langs[0], Control: Assistant, Values: make([]string, len(p.m.Fields))}
}

func (p *Program) indexHash() (err error) {
	p.hash, err = p.m.Hash()
	return err
}

func (p *Program) indexFields() error {
	known := map[string]bool{}
	for _, k := range input.Kinds() {
		known[k] = true
	}
	p.fields = make(map[string]int, len(p.m.Fields))
	for i, f := range p.m.Fields {
		p.fields[f.Name] = i
		kind := kindText
		if known[f.Type] {
			kind = f.Type
		}
		p.kinds = append(p.kinds, kind)
		var opts []input.Option
		for _, o := range f.Options {
			opts = append(opts, input.Option{Value: o.Value, Labels: o.Label})
		}
		p.options = append(p.options, opts)
	}
	return nil
}

func (p *Program) indexTexts() (err error) {
	if p.notice, err = p.compileText(p.m.Notice); err != nil {
		return fmt.Errorf("notice: %w", err)
	}
	p.texts = make(map[string]message, len(p.m.Texts))
	for _, name := range machine.StandardTexts {
		if p.texts[name], err = p.compileText(p.m.Texts[name]); err != nil {
			return fmt.Errorf("standard text %s: %w", name, err)
		}
	}
	return nil
}

func (p *Program) compileGuards() error {
	var vars []guard.Var
	for _, f := range p.m.Fields {
		vars = append(vars, guardVar(f))
	}
	var heard []string
	for _, t := range p.m.Topics {
		heard = append(heard, t.Name)
	}
	for _, t := range p.m.Triggers {
		heard = append(heard, t.Name)
	}
	env := guard.NewEnv(vars, heard)
	for i, g := range p.m.Guards {
		x, err := env.Compile(g.Source)
		if err != nil {
			return fmt.Errorf("guard %d: %w", i, err)
		}
		p.guards = append(p.guards, x)
	}
	return nil
}

func guardVar(f machine.Field) guard.Var {
	v := guard.Var{Name: f.Name, Kind: guard.String}
	switch f.Type {
	case "number":
		v.Kind = guard.Int
	case "yes-no":
		v.Kind = guard.Bool
	case "date", "date-of-birth":
		v.Kind = guard.Date
	case "time":
		v.Kind = guard.Time
	case "choice":
		v.Kind = guard.Choice
		for _, o := range f.Options {
			v.Options = append(v.Options, o.Value)
		}
	}
	return v
}

func (p *Program) indexTopics() (err error) {
	p.topics = make(map[string]topic, len(p.m.Topics))
	for _, mt := range p.m.Topics {
		t := topic{treat: mt.Treat, route: -1}
		if len(mt.Answer) > 0 {
			if t.answer, err = p.compileText(mt.Answer); err != nil {
				return fmt.Errorf("topic %s: %w", mt.Name, err)
			}
		}
		if mt.Route != "" {
			if t.route, err = p.locate(mt.Route); err != nil {
				return fmt.Errorf("topic %s: %w", mt.Name, err)
			}
		}
		p.topics[mt.Name] = t
	}
	return nil
}

// indexEscalations orders them by urgency, so that the first that fits is the right one.
func (p *Program) indexEscalations() error {
	p.triggers = make(map[string]string, len(p.m.Triggers))
	for _, t := range p.m.Triggers {
		p.triggers[t.Name] = t.Tier
	}
	for _, tier := range []string{machine.Emergency, machine.Urgent, machine.Routine} {
		for _, me := range p.m.Escalations {
			if tierOf(me.Tier) != tier {
				continue
			}
			loc, err := p.locateHandoff(me.Location)
			if err != nil {
				return fmt.Errorf("escalation %s: %w", me.Name, err)
			}
			e := escalation{name: me.Name, tier: tier, location: loc, on: map[string]bool{}}
			for _, name := range me.On {
				e.on[name] = true
			}
			p.escalations = append(p.escalations, e)
		}
	}
	return nil
}

// tierOf reads a tier; what is not said is routine.
func tierOf(tier string) string {
	if tier == "" {
		return machine.Routine
	}
	return tier
}

// Open reports whether the practice is open at that moment.
func (p *Program) open(at time.Time) bool { return calendar.Practice(&p.m.Practice).IsOpen(at) }
