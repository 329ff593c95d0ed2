package main

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"github.com/tacet-lang/tacet/lang/machine"
	"github.com/tacet-lang/tacet/runtime/engine"
	"github.com/tacet-lang/tacet/runtime/rehearsal"
)

type testCmd struct {
	Paths    []string `arg:"" optional:"" help:"Practice folders or flow files; the current folder by default."`
	Run_     string   `name:"run" help:"Only tests whose name holds this text."`
	Verbose  bool     `short:"v" help:"Print the conversation of every test."`
	Coverage bool     `short:"c" help:"List the lines that no test reaches."`
	Format   string   `help:"How to print: ${enum}." enum:"text,json" default:"text"`
	Seed     uint64   `help:"Seed of the one-time codes." default:"1"`
}

// Help shows examples.
func (testCmd) Help() string {
	return `Examples:
  tacet test                       every test of this folder
  tacet test --run booked faq.flow
  tacet test -c lakeside           with the lines that no test reaches`
}

// tally is the outcome of the tests of one flow.
type tally struct {
	File     string              `json:"file"`
	Passed   int                 `json:"passed"`
	Failed   int                 `json:"failed"`
	Coverage rehearsal.Summary   `json:"coverage"`
	Tests    []testOutcome       `json:"tests"`
	gaps     []rehearsal.Gap     // in the flow's own files
	merged   *rehearsal.Coverage // of all its tests
}

type testOutcome struct {
	Name   string        `json:"name"`
	Place  machine.Place `json:"place"`
	OK     bool          `json:"ok"`
	Report string        `json:"report,omitempty"`
}

// Run plays the tests.
func (cmd *testCmd) Run(con *console) error {
	c, err := cmd.compile(con)
	if err != nil {
		return err
	}
	tallies := []tally{}
	failed := 0
	for _, f := range c.flows {
		t, err := cmd.play(con, f)
		if err != nil {
			return err
		}
		failed += t.Failed
		tallies = append(tallies, t)
	}
	if cmd.Format == "json" {
		enc := json.NewEncoder(con.out)
		enc.SetIndent("", "  ")
		err = enc.Encode(map[string]any{"flows": tallies})
	} else {
		err = cmd.summary(con, tallies)
	}
	if err != nil {
		return err
	}
	if failed > 0 {
		return errViolations
	}
	return nil
}

// compile compiles in the form that was asked for, so that a pipeline can read why nothing was played.
func (cmd *testCmd) compile(con *console) (*compiled, error) {
	if cmd.Format == "text" {
		return mustCompile(con, compiling{}, orHere(cmd.Paths)...)
	}
	c, err := compilePaths(orHere(cmd.Paths), compiling{})
	if err != nil || !c.problems.HasErrors() {
		return c, err
	}
	return nil, c.print(con, cmd.Format)
}

func (cmd *testCmd) play(con *console, f flowFile) (tally, error) {
	out := tally{File: f.path, Tests: []testOutcome{}, merged: rehearsal.NewCoverage(f.Machine)}
	p, err := engine.Load(f.Machine)
	if err != nil {
		return out, err
	}
	for _, test := range f.Tests {
		if !strings.Contains(test.Name, cmd.Run_) {
			continue
		}
		r, err := rehearsal.Play(p, test, cmd.Seed)
		if err != nil {
			return out, err
		}
		out.merged.Merge(r.Coverage)
		out.Tests = append(out.Tests, testOutcome{test.Name, test.Place, r.OK(), r.Report()})
		if r.OK() {
			out.Passed++
		} else {
			out.Failed++
		}
		if cmd.Format == "text" {
			if err := cmd.tell(con, f, r); err != nil {
				return out, err
			}
		}
	}
	out.Coverage = out.merged.Summary()
	out.gaps = out.merged.Gaps()
	return out, nil
}

func (cmd *testCmd) tell(con *console, f flowFile, r *rehearsal.Result) error {
	word := con.paint("32", "ok")
	if !r.OK() {
		word = con.paint("31", "FAIL")
	}
	if _, err := fmt.Fprintf(con.out, "%-4s  %s: %s\n", word, f.path, r.Test.Name); err != nil {
		return err
	}
	text := r.Report()
	if cmd.Verbose && r.OK() {
		text = rehearsal.Transcript(r.Lines)
	}
	for line := range strings.Lines(text) {
		if _, err := io.WriteString(con.out, "      "+line); err != nil {
			return err
		}
	}
	return nil
}

func (cmd *testCmd) summary(con *console, tallies []tally) error {
	for _, t := range tallies {
		s := t.Coverage
		if _, err := fmt.Fprintf(con.out, "%s: %s, %d failed; reached %s of the states, %s of the ways, %s of the outcomes of conditions\n",
			t.File, count(t.Passed, "test passed", "tests passed"), t.Failed, percent(s.Locations), percent(s.Edges), percent(s.Guards)); err != nil {
			return err
		}
		if !cmd.Coverage {
			continue
		}
		for _, g := range t.gaps {
			if _, err := fmt.Fprintf(con.out, "  %s:%d:%d: %s\n", g.Place.File, g.Place.Line, g.Place.Column, g.What); err != nil {
				return err
			}
		}
	}
	return nil
}

func percent(r rehearsal.Ratio) string {
	if r.Total == 0 {
		return "all"
	}
	return fmt.Sprintf("%d %%", 100*r.Covered/r.Total)
}

// paint colours a word on a terminal that shows colours.
func (c *console) paint(sgr, s string) string {
	if !c.color {
		return s
	}
	return "\x1b[" + sgr + "m" + s + "\x1b[0m"
}
