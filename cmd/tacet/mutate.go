package main

import (
	"encoding/json"
	"fmt"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/tacet-lang/tacet/compiler/compare"
	"github.com/tacet-lang/tacet/compiler/mutate"
	"github.com/tacet-lang/tacet/compiler/verify"
	"github.com/tacet-lang/tacet/lang/machine"
	"github.com/tacet-lang/tacet/runtime/engine"
	"github.com/tacet-lang/tacet/runtime/rehearsal"
)

type mutateCmd struct {
	Paths      []string `arg:"" optional:"" help:"Practice folders or flow files; the current folder by default."`
	Format     string   `help:"How to print: ${enum}." enum:"text,json" default:"text"`
	Least      int      `help:"Exit with 1 when the tests notice less than this percentage." default:"0"`
	Guarantees bool     `help:"Also tell, by kind of mistake, how many the guarantees refuse."`
	Quick      bool     `help:"Do not look for conversations that would notice what no test does."`
	AsOf       dayFlag  `help:"The day that agreements and reviews are judged on, as 2026-11-30; today by default." placeholder:"DAY"`
}

// Help shows examples.
func (mutateCmd) Help() string {
	return `Makes small mistakes in a flow, one at a time. Those that break a guarantee are refused by tacet check and need no
test. Of the rest it says which ones no test in the flow file notices, by line, with a conversation that would.

Examples:
  tacet mutate consultation.flow
  tacet mutate --least 80 lakeside    in a pipeline`
}

// trial is what became of one mutant.
type trial struct {
	Mutator   string        `json:"mutator"`
	What      string        `json:"what"`
	Place     machine.Place `json:"place"`
	Aimed     string        `json:"aimed,omitempty"`      // the guarantee that it should break
	Refused   []string      `json:"refused,omitempty"`    // the guarantees that it breaks, or "rules" when it is no machine
	Noticed   string        `json:"noticed_by,omitempty"` // the first test that fails
	Example   *shown        `json:"example,omitempty"`    // a conversation that shows it, where no test does
	Unplayed  bool          `json:"unplayed,omitempty"`   // no test can notice it
	foreign   bool          // it stands in the standard library, or nowhere
	exhausted bool          // a conversation was looked for and none was found
}

// survives reports a mistake that the author should have a test for.
func (t *trial) survives() bool {
	return len(t.Refused) == 0 && t.Noticed == "" && !t.Unplayed && !t.foreign
}

// mutation is the outcome for one flow.
type mutation struct {
	File    string  `json:"file"`
	Noticed int     `json:"noticed"` // by tests, of those that the guarantees let through
	Missed  int     `json:"missed"`
	Refused int     `json:"refused"` // by the guarantees
	Trials  []trial `json:"mutants"`
}

// Run makes the mistakes.
func (cmd *mutateCmd) Run(con *console) error {
	day, err := cmd.AsOf.day()
	if err != nil {
		return err
	}
	c, err := mustCompile(con, compiling{prove: day}, orHere(cmd.Paths)...)
	if err != nil {
		return err
	}
	out := []mutation{}
	enough := true
	for _, f := range c.flows {
		m, err := cmd.flow(con, f, day)
		if err != nil {
			return err
		}
		if n := m.Noticed + m.Missed; n > 0 && 100*m.Noticed < cmd.Least*n {
			enough = false
		}
		out = append(out, m)
	}
	if cmd.Format == "json" {
		enc := json.NewEncoder(con.out)
		enc.SetIndent("", "  ")
		enc.SetEscapeHTML(false)
		err = enc.Encode(map[string]any{"flows": out})
	} else {
		err = cmd.tell(con, out)
	}
	if err == nil && !enough {
		return errViolations
	}
	return err
}

// flow tries every mutant of a flow.
func (cmd *mutateCmd) flow(con *console, f flowFile, day time.Time) (mutation, error) {
	out := mutation{File: f.path}
	p, err := engine.Load(f.Machine)
	if err != nil {
		return out, err
	}
	for _, t := range f.Tests {
		r, err := rehearsal.Play(p, t, 1)
		if err != nil {
			return out, err
		}
		if !r.OK() {
			fmt.Fprintf(con.err, "%s: the test %q fails without any mistake; see `tacet test`\n", f.path, t.Name)
			return out, errViolations
		}
	}
	var mutants []mutate.Mutant
	for m := range mutate.All(f.Machine) {
		mutants = append(mutants, m)
	}
	out.Trials = make([]trial, len(mutants))
	trier := mutantTrier{program: p, tests: f.Tests, day: day, look: !cmd.Quick}
	var wg sync.WaitGroup
	slots := make(chan struct{}, runtime.GOMAXPROCS(0))
	for i := range mutants {
		slots <- struct{}{}
		wg.Go(func() {
			defer func() { <-slots }()
			out.Trials[i] = trier.try(&mutants[i])
			mutants[i].Machine = nil
		})
	}
	wg.Wait()
	for i := range out.Trials {
		switch t := &out.Trials[i]; {
		case len(t.Refused) > 0:
			out.Refused++
		case t.Noticed != "" && !t.foreign:
			out.Noticed++
		case t.survives():
			out.Missed++
		}
	}
	return out, nil
}

// mutantTrier is what every trial of a flow shares. It is safe for concurrent use.
type mutantTrier struct {
	program *engine.Program
	tests   []machine.Test
	day     time.Time
	look    bool
}

func (x *mutantTrier) try(m *mutate.Mutant) trial {
	t := trial{
		Mutator: m.Mutator, What: m.What, Place: m.Place, Aimed: m.Guarantee, Unplayed: !m.Played,
		foreign: m.Place.Line == 0 || strings.HasPrefix(m.Place.File, "std/"),
	}
	o := engine.Options{}
	if !m.Heard {
		// What is understood stays as it is, and the classifier is most of a machine.
		o.Reader, m.Machine.TopicModel = x.program.Reader(), nil
	}
	if m.Machine.Validate() != nil {
		t.Refused = []string{"rules"}
		return t
	}
	if t.Refused = refusedBy(m.Machine, x.day); len(t.Refused) > 0 || t.Unplayed || t.foreign {
		return t
	}
	p, err := engine.LoadWith(m.Machine, o)
	if err != nil {
		t.Refused = []string{"rules"}
		return t
	}
	for _, test := range x.tests {
		if r, err := rehearsal.Play(p, test, 1); err != nil || !r.OK() {
			t.Noticed = test.Name
			return t
		}
	}
	if x.look {
		t.Example = x.example(p, m.At)
		t.exhausted = t.Example == nil
	}
	return t
}

// refusedBy names the guarantees that do not hold.
func refusedBy(m *machine.Machine, day time.Time) []string {
	report, problems := verify.Check(m, verify.Options{AsOf: day})
	if !problems.HasErrors() {
		return nil
	}
	var out []string
	for _, v := range report.Verdicts {
		if v.Status == verify.Violated || v.Status == verify.NotProven {
			out = append(out, v.Guarantee)
		}
	}
	if len(out) == 0 {
		out = []string{"rules"}
	}
	return out
}

// example looks for a conversation in which a mutant gives itself away.
func (x *mutantTrier) example(mutant *engine.Program, at string) *shown {
	const turns = 4000
	probes, err := compare.ProbesOf(x.program.Machine(), mutant.Machine())
	if err != nil {
		return nil
	}
	s := rehearsal.Search{
		Answers: probes.Answers, Moments: probes.Moments, Texts: patientTexts(x.tests), Budget: turns,
		Signs: []rehearsal.Sign{{New: true, At: at}},
	}
	if x.program.Machine().Session.Timeout != mutant.Machine().Session.Timeout {
		s.Signs[0] = rehearsal.Sign{New: mutant.Machine().Session.Timeout < x.program.Machine().Session.Timeout, Outcome: "timeout"}
	}
	for _, e := range x.program.Machine().Escalations {
		if e.Location == at {
			s.Signs = []rehearsal.Sign{{New: true, At: at, Heard: e.On[0]}}
		}
	}
	first := s.Signs[0]
	for _, lang := range x.program.Machine().Flow.Languages[1:] {
		first.Lang = lang
		s.Signs = append(s.Signs, first)
	}
	found, err := rehearsal.Distinguish(x.program, mutant, s)
	if err != nil {
		return nil
	}
	for _, d := range found {
		if d != nil {
			return &shown{spokenLines(d.Before, false), d.Heard, spokenLines(d.Old, false), spokenLines(d.New, false)}
		}
	}
	return nil
}

func (cmd *mutateCmd) tell(con *console, all []mutation) error {
	var b strings.Builder
	for _, m := range all {
		survivors := slices.DeleteFunc(slices.Clone(m.Trials), func(t trial) bool { return !t.survives() })
		slices.SortStableFunc(survivors, func(a, b trial) int { return a.Place.Line - b.Place.Line })
		for _, t := range survivors {
			fmt.Fprintf(&b, "%s:%d:%d: no test would notice: %s\n", filepath.Join(filepath.Dir(m.File), t.Place.File), t.Place.Line, t.Place.Column, t.What)
			switch {
			case t.Example != nil:
				for l := range strings.Lines(conversationText(t.Example)) {
					b.WriteString("    " + strings.Replace(l, "now    |", "wrong  |", 1))
				}
			case t.exhausted:
				b.WriteString("    (no conversation was found that shows it, either)\n")
			}
		}
		n := m.Noticed + m.Missed
		fmt.Fprintf(&b, "%s: %s; check refuses %d of them; of %d others in this file the tests notice %d", m.File, count(len(m.Trials), "mistake", "mistakes"), m.Refused, n, m.Noticed)
		if n > 0 {
			fmt.Fprintf(&b, " (%d %%)", 100*m.Noticed/n)
		}
		b.WriteString("\n")
		if cmd.Guarantees {
			mutatorTable(&b, m.Trials)
		}
	}
	_, err := fmt.Fprint(con.out, b.String())
	return err
}

// mutatorTable tells by kind of mistake how many were made, aimed at a guarantee, and refused.
func mutatorTable(b *strings.Builder, trials []trial) {
	fmt.Fprintf(b, "  %-20s %6s %6s %8s %8s\n", "mistake", "made", "aimed", "refused", "as aimed")
	for _, x := range mutate.Mutators() {
		var made, aimed, refused, hit int
		for _, t := range trials {
			if t.Mutator != x.Name {
				continue
			}
			made++
			if len(t.Refused) > 0 {
				refused++
			}
			if t.Aimed != "" {
				aimed++
				if slices.Contains(t.Refused, t.Aimed) || slices.Contains(t.Refused, "rules") {
					hit++
				}
			}
		}
		if made > 0 {
			fmt.Fprintf(b, "  %-20s %6d %6d %8d %8d\n", x.Name, made, aimed, refused, hit)
		}
	}
}
