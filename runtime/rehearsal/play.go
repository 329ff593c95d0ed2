package rehearsal

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/tacet-lang/tacet/lang/machine"
	"github.com/tacet-lang/tacet/runtime/engine"
)

// Result is how a test went.
type Result struct {
	Test     machine.Test
	Passed   int // steps done before the failure, or all
	Failure  *Failure
	Lines    []Line // the whole conversation
	Log      []engine.Event
	Coverage *Coverage
}

// OK reports that every step passed.
func (r *Result) OK() bool { return r.Failure == nil }

// Failure is the step that a test failed at.
type Failure struct {
	Place    machine.Place // of the step
	Step     string        // the step in the author's words
	Expected string        // "" when the step itself was impossible
	Got      string
	Lines    []Line // the conversation so far
}

// Play plays a test. It errs only where the test cannot be played at all (see NewSession).
func Play(p *engine.Program, test machine.Test, seed uint64) (*Result, error) {
	s, err := NewSession(p, Options{Seed: seed})
	if err != nil {
		return nil, err
	}
	r := &Result{Test: test}
	pl := player{Session: s, asksAgain: slices.ContainsFunc(test.Steps, func(s machine.TestStep) bool { return s.What == "reprompt" })}
	for _, step := range test.Steps {
		if r.Failure = pl.play(step); r.Failure != nil {
			break
		}
		r.Passed++
	}
	if left := s.World.Forced(); r.Failure == nil && len(left) > 0 {
		r.Failure = &Failure{Place: pl.worldAt, Step: "world " + left[0], Expected: "an act that ends with `" + left[0] + "`", Got: "the test ended first"}
	}
	if r.Failure != nil {
		r.Failure.Lines = s.Lines
	}
	r.Lines, r.Log, r.Coverage = s.Lines, s.Log, s.Coverage
	return r, nil
}

// player is a session with what only tests know.
type player struct {
	*Session
	silent    bool          // silence was expected
	asksAgain bool          // the test is about answers that are not understood
	worldAt   machine.Place // of the last world step
}

func (p *player) play(step machine.TestStep) *Failure {
	fail := func(expected, got string) *Failure {
		return &Failure{Place: step.Place, Step: words(step), Expected: expected, Got: got}
	}
	if step.Verb == "expect" {
		if err := p.Begin(); err != nil {
			return fail("", err.Error())
		}
		expected, got, ok := p.expect(step)
		if !ok {
			return fail(expected, got)
		}
		return nil
	}
	if err := p.act(step); err != nil {
		return fail("", err.Error())
	}
	if said := p.lastSaid(); p.silent && said != nil {
		return fail("silence, as expected before", "the assistant said "+quote(said.Text))
	}
	return nil
}

// act does a step that is no expectation.
func (p *player) act(step machine.TestStep) error {
	switch step.Verb {
	case "at":
		at, err := time.ParseInLocation("2006-01-02 15:04", step.Text, p.zone)
		if err != nil {
			return fmt.Errorf("`%s` is no time; write it like \"2026-03-02 22:00\"", step.Text)
		}
		return p.SetTime(at)
	case "language":
		return p.Language(step.Name)
	case "channel":
		return p.Channel(step.Name)
	case "patient":
		if strings.Contains(step.Text, "{code}") && p.World.Code() == "" {
			return fmt.Errorf("no code has been sent yet")
		}
		return p.Say(step.Text)
	case "choose":
		return p.Choose(step.Text)
	case "human":
		return p.Human()
	case "wait":
		if err := p.Begin(); err != nil {
			return err
		}
		return p.Wait(time.Duration(step.Seconds) * time.Second)
	case "world":
		p.worldAt = step.Place
		return p.World.Force(step.Name)
	}
	return fmt.Errorf("there is no step `%s`", step.Verb)
}

// words writes a step as its author did.
func words(s machine.TestStep) string {
	out := s.Verb
	if s.Verb == "wait" {
		return "wait " + waitWords(s.Seconds)
	}
	for _, w := range []string{s.What, s.Name} {
		if w != "" {
			out += " " + w
		}
	}
	if s.Text != "" {
		out += " " + quote(s.Text)
	}
	return out
}

func waitWords(seconds int64) string {
	for _, u := range []struct {
		seconds int64
		name    string
	}{{86400, "days"}, {3600, "hours"}, {60, "minutes"}} {
		if seconds%u.seconds == 0 {
			return fmt.Sprintf("%d %s", seconds/u.seconds, u.name)
		}
	}
	return fmt.Sprintf("%d seconds", seconds)
}

func quote(s string) string { return `"` + s + `"` }
