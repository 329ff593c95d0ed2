package preview

import (
	"sync"
	"time"

	"github.com/tacet-lang/tacet/lang/machine"
	"github.com/tacet-lang/tacet/runtime/engine"
	"github.com/tacet-lang/tacet/runtime/rehearsal"
)

// flow is a flow that compiles, or the last version of it that did.
type flow struct {
	file    string
	machine *machine.Machine
	stale   bool // the file says something else by now, which does not compile
	now     func() time.Time

	program func() (*engine.Program, error)
	drawing func() *drawing
	tests   func() *outcome
}

func newFlow(f Flow, now func() time.Time) *flow {
	out := &flow{file: f.File, machine: f.Machine, now: now}
	out.program = sync.OnceValues(func() (*engine.Program, error) { return engine.Load(f.Machine) })
	out.drawing = sync.OnceValue(func() *drawing { return draw(f.Machine) })
	out.tests = sync.OnceValue(func() *outcome { return out.play(f.Tests) })
	return out
}

// outcome is how the tests of a flow went.
type outcome struct {
	tests    []tested
	failed   int
	coverage *rehearsal.Coverage
}

type tested struct {
	machine.Test
	report string // "" where it passed
}

// seed makes one-time codes the same every time.
const seed = 1

func (f *flow) play(tests []machine.Test) *outcome {
	out := &outcome{coverage: rehearsal.NewCoverage(f.machine)}
	p, err := f.program()
	if err != nil {
		return out // told where the conversation is
	}
	for _, t := range tests {
		r, err := rehearsal.Play(p, t, seed)
		if err != nil {
			out.tests = append(out.tests, tested{t, err.Error()})
			out.failed++
			continue
		}
		out.coverage.Merge(r.Coverage)
		out.tests = append(out.tests, tested{t, r.Report()})
		if !r.OK() {
			out.failed++
		}
	}
	return out
}
