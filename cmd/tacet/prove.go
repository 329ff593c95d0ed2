package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/tacet-lang/tacet/compiler"
	"github.com/tacet-lang/tacet/compiler/verify"
	"github.com/tacet-lang/tacet/lang/diag"
	"github.com/tacet-lang/tacet/lang/machine"
	"github.com/tacet-lang/tacet/runtime/kernel"
	"github.com/tacet-lang/tacet/runtime/rehearsal"
)

// talkFolder is where, inside a practice's folder, conversations that show a violation are written.
const talkFolder = ".tacet"

// proof is what became of one flow's guarantees.
type proof struct {
	report   *verify.Report
	problems diag.List
	bugs     []error
}

// prove decides the guarantees of a compiled flow. What the verifier accepts, the kernel must accept; what it shows must
// happen when it is played. Anything else is a bug of ours and never shown as a fact about the flow.
func prove(r *compiler.Result, asOf time.Time, talks string) (p proof) {
	p.report, p.problems = verify.Check(r.Machine, verify.Options{AsOf: asOf, Files: r})
	if p.report.Certificate != nil {
		var refused *kernel.Refusal
		err := kernel.Check(r.Machine, p.report.Certificate, asOf)
		switch {
		case errors.As(err, &refused) && refused.Obligation == kernel.TooMuchWork:
			p.report.Certificate = nil
			p.problems.Add(tooLarge(r, refused))
		case err != nil:
			p.bugs = append(p.bugs, fmt.Errorf("%s: the kernel refuses a proof of the verifier: %w", r.Entry, err))
		}
	}
	names := map[string]string{} // of witnesses that can be shown
	for _, w := range p.report.Witnesses {
		if _, err := rehearsal.Replay(r.Machine, w.Talk, 1); err != nil {
			p.bugs = append(p.bugs, fmt.Errorf("%s: the conversation %s does not happen: %w", r.Entry, w.Name, err))
			continue
		}
		if name, err := writeTalk(talks, r.Machine.Flow.ID, w); err == nil {
			names[w.Name] = name
		}
	}
	p.problems = slices.DeleteFunc(p.problems, func(d *diag.Diagnostic) bool { return silenced(d, r.Machine, asOf) })
	for _, d := range p.problems {
		d.Witness = names[d.Witness]
	}
	return p
}

// tooLarge says that the proof of a flow is more than the kernel checks.
func tooLarge(r *compiler.Result, refused *kernel.Refusal) *diag.Diagnostic {
	at := r.Machine.Flow.Place
	return diag.NotProven.At(verify.Span(at, r.File(at.File)), "the proof of this flow is too large: %s", refused.Reason).
		Means("nobody can say yet what all patients would meet, so the flow is not served").
		Help("decide on an answer in the state that asks for it, so that later states need not remember it")
}

// silenced reports whether the flow silences a warning on that day. Errors cannot be silenced.
func silenced(d *diag.Diagnostic, m *machine.Machine, asOf time.Time) bool {
	return d.Severity == diag.Warning && slices.ContainsFunc(m.Allowed, func(a machine.Allowed) bool {
		return a.Code == d.Code.ID && asOf.Format(time.DateOnly) <= a.Until
	})
}

// writeTalk writes a witness beside the practice. Where that is not possible the problem is told without it.
func writeTalk(dir, flow string, w verify.Witness) (string, error) {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return "", err
	}
	name := filepath.Join(dir, flow+"."+w.Name)
	return name, writeWhole(name, []byte(w.Talk.Format()), 0o644)
}

// bug is a broken promise of ours: exit code 3.
type bug struct{ err error }

func (b bug) Error() string { return b.err.Error() }

// dayFlag is a day on the command line.
type dayFlag string

// day returns the day, today by default.
func (d dayFlag) day() (time.Time, error) {
	if d == "" {
		return time.Now(), nil
	}
	t, err := time.Parse(time.DateOnly, string(d))
	if err != nil {
		return t, usage("`%s` is no day; write it as 2026-11-30", d)
	}
	return t, nil
}

// in is the beginning of the day by a calendar; the zero time where no day is given.
func (d dayFlag) in(zone *time.Location) (time.Time, error) {
	if d == "" {
		return time.Time{}, nil
	}
	t, err := time.ParseInLocation(time.DateOnly, string(d), zone)
	if err != nil {
		return t, usage("`%s` is no day; write it as 2026-11-30", d)
	}
	return t, nil
}

type replayCmd struct {
	Talk string `arg:"" help:"A .talk file that check wrote."`
	Flow string `help:"The flow it shows; by default the one it names, in the folder above the file's."`
}

// Help shows examples.
func (replayCmd) Help() string {
	return `Plays a conversation that check found through the engine as it runs in production, and prints it.

Examples:
  tacet replay .tacet/followup.T2104-1.talk`
}

// Run replays.
func (cmd *replayCmd) Run(con *console) error {
	content, err := os.ReadFile(cmd.Talk)
	if err != nil {
		return ioError(fmt.Errorf("there is no file `%s`", cmd.Talk))
	}
	talk, err := machine.ParseTalk(string(content))
	if err != nil {
		return usage("`%s`: %w", cmd.Talk, err)
	}
	flow := cmd.Flow
	if flow == "" {
		flow = filepath.Join(filepath.Dir(filepath.Dir(cmd.Talk)), talk.Flow+".flow")
	}
	c, err := mustCompile(con, compiling{untrained: true}, flow)
	if err != nil {
		return err
	}
	if len(c.flows) != 1 {
		return usage("`%s` holds several flows; name one flow file", flow)
	}
	played, err := rehearsal.Replay(c.flows[0].Machine, talk, 1)
	if err != nil {
		fmt.Fprintf(con.out, "%s: %v\n", cmd.Talk, err)
		return errViolations
	}
	fmt.Fprint(con.out, rehearsal.Transcript(played.Lines))
	if talk.Shows != "" {
		fmt.Fprintf(con.out, "This shows: %s\n", strings.TrimSpace(talk.Shows))
	}
	return nil
}
