package main

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/tacet-lang/tacet/compiler/compare"
	"github.com/tacet-lang/tacet/lang/machine"
	"github.com/tacet-lang/tacet/runtime/engine"
	"github.com/tacet-lang/tacet/runtime/rehearsal"
)

type diffCmd struct {
	Old    string `arg:"" help:"A practice folder, a flow file, an artifact, or any of them at a git revision as in HEAD~1:lakeside."`
	New    string `arg:"" optional:"" help:"The same, later. With --rev it is left out."`
	Rev    string `help:"Compare the one path with itself at this git revision." placeholder:"REV"`
	Level  string `help:"Exit with 1 when something changed at this level or a weightier one: ${enum}." enum:"safety,privacy,behaviour,wording" default:"privacy"`
	Format string `help:"How to print: ${enum}." enum:"text,markdown,json" default:"text"`
	Quick  bool   `help:"Do not look for conversations that show the changes."`
}

// Help shows examples.
func (diffCmd) Help() string {
	return `Examples:
  tacet diff old/faq.flow faq.flow
  tacet diff --rev HEAD~1 lakeside              the folder as it is, against the commit before
  tacet diff v1.2:lakeside main:lakeside        two revisions; the path counts from the top of the repository
  tacet diff dist/faq.artifact.json faq.flow    what is served, against what is written
  tacet diff --format markdown --rev main .     for a pull request

Levels, the weightiest first: safety, privacy, behaviour, wording.`
}

// version of a practice that is compared.
type side struct {
	name  string
	flows map[string]*machine.Machine // by Flow.ID
	tests map[string][]machine.Test
}

// flowDiff is what changed in one flow.
type flowDiff struct {
	Flow    string   `json:"flow"`
	Changes []change `json:"changes"`
}

// change is one of them with the conversation that shows it.
type change struct {
	Level        string        `json:"level"`
	What         string        `json:"what"`
	Means        string        `json:"means"`
	Old          string        `json:"old,omitempty"`
	New          string        `json:"new,omitempty"`
	Place        machine.Place `json:"place"`
	Gone         bool          `json:"gone,omitempty"` // place is in the old version
	Conversation *shown        `json:"conversation,omitempty"`
	level        compare.Level
}

// shown is a conversation that tells the versions apart.
type shown struct {
	Before []spoken `json:"before"` // the same words of the patient to both; what the new version answers
	Heard  string   `json:"heard"`  // what the patient does then
	Old    []spoken `json:"old"`
	New    []spoken `json:"new"`
}

type spoken struct {
	Who     string   `json:"who"`
	Text    string   `json:"text"`
	Options []string `json:"options,omitempty"`
}

// Run compares and prints.
func (cmd *diffCmd) Run(con *console) error {
	from, to := cmd.Old, cmd.New
	switch {
	case cmd.Rev != "" && cmd.New != "":
		return usage("--rev compares one path with itself; name one, or write REV:PATH for each")
	case cmd.Rev != "":
		from, to = cmd.Rev+":./"+filepath.ToSlash(cmd.Old), cmd.Old
	case cmd.New == "":
		return usage("name two versions, or one with --rev")
	}
	before, err := loadSide(con, from)
	if err != nil {
		return err
	}
	after, err := loadSide(con, to)
	if err != nil {
		return err
	}
	diffs, err := cmd.compare(before, after)
	if err != nil {
		return err
	}
	if err := printDiff(con, cmd.Format, diffs); err != nil {
		return err
	}
	limit := compare.Level(slices.Index(compare.Levels, cmd.Level) + 1)
	for _, d := range diffs {
		for _, c := range d.Changes {
			if c.level <= limit {
				return errViolations
			}
		}
	}
	return nil
}

// loadSide reads one version.
func loadSide(con *console, name string) (*side, error) {
	if _, err := os.Stat(name); errors.Is(err, fs.ErrNotExist) {
		if rev, path, ok := strings.Cut(name, ":"); ok && rev != "" {
			return loadRevision(con, name, rev, path)
		}
	}
	out := &side{name: name, flows: map[string]*machine.Machine{}, tests: map[string][]machine.Test{}}
	if filepath.Ext(name) == ".json" {
		m, err := readMachine(name)
		if err != nil {
			return nil, err
		}
		out.flows[m.Flow.ID] = m
		return out, nil
	}
	c, err := mustCompile(con, compiling{}, name)
	if err != nil {
		return nil, err
	}
	for _, f := range c.flows {
		out.flows[f.Machine.Flow.ID], out.tests[f.Machine.Flow.ID] = f.Machine, f.Tests
	}
	return out, nil
}

// readMachine reads an artifact, or a machine alone.
func readMachine(name string) (*machine.Machine, error) {
	b, err := os.ReadFile(name)
	if err != nil {
		return nil, ioError(fmt.Errorf("`%s` cannot be read", name))
	}
	a, err := machine.DecodeArtifact(b)
	if err == nil {
		return a.Machine, nil
	}
	if m, merr := machine.Decode(b); merr == nil {
		return m, nil
	}
	return nil, usage("`%s`: %w", name, err)
}

// compare pairs flows by id. Two single flows are paired whatever they are called.
func (cmd *diffCmd) compare(before, after *side) ([]flowDiff, error) {
	ids := slices.Concat(slices.Collect(maps.Keys(before.flows)), slices.Collect(maps.Keys(after.flows)))
	slices.Sort(ids)
	ids = slices.Compact(ids)
	out := []flowDiff{}
	if len(before.flows) == 1 && len(after.flows) == 1 && len(ids) == 2 {
		for was := range before.flows {
			for is := range after.flows {
				d, err := cmd.flow(before, after, was, is)
				return append(out, d), err
			}
		}
	}
	for _, id := range ids {
		var d flowDiff
		var err error
		switch a, b := before.flows[id], after.flows[id]; {
		case a == nil:
			d = flowDiff{id, changes([]compare.Change{compare.Added(b)})}
		case b == nil:
			d = flowDiff{id, changes([]compare.Change{compare.Removed(a)})}
		default:
			if d, err = cmd.flow(before, after, id, id); err != nil {
				return nil, err
			}
		}
		out = append(out, d)
	}
	return out, nil
}

// flow compares one flow with its later version and looks for conversations that show the changes.
func (cmd *diffCmd) flow(before, after *side, was, is string) (flowDiff, error) {
	a, b := before.flows[was], after.flows[is]
	found := compare.Machines(a, b)
	out := flowDiff{is, changes(found)}
	if cmd.Quick || len(found) == 0 {
		return out, nil
	}
	probes, err := compare.ProbesOf(a, b)
	if err != nil {
		return out, err
	}
	s := rehearsal.Search{Answers: probes.Answers, Moments: probes.Moments, Texts: patientTexts(before.tests[was], after.tests[is])}
	var at []int
	for i := range found {
		if g := found[i].Sign; g != nil {
			at = append(at, i)
			s.Signs = append(s.Signs, rehearsal.Sign{
				New: g.New, At: g.At, From: g.From, Also: g.Also, Field: g.Field, Vendor: g.Vendor, Sent: g.Sent, Escalation: g.Escalation, Team: g.Team,
				Reason: g.Reason, Outcome: g.Outcome, Lang: g.Lang, Heard: g.Heard, Says: g.Says, Role: engine.Role(g.Role),
			})
		}
	}
	p, err := engine.Load(a)
	if err != nil {
		return out, err
	}
	q, err := engine.Load(b)
	if err != nil {
		return out, err
	}
	told, err := rehearsal.Distinguish(p, q, s)
	if err != nil {
		return out, err
	}
	for i, d := range told {
		if d != nil {
			out.Changes[at[i]].Conversation = &shown{spokenLines(d.Before, false), d.Heard, spokenLines(d.Old, true), spokenLines(d.New, true)}
		}
	}
	return out, nil
}

// patientTexts are what patients say in tests, each once.
func patientTexts(tests ...[]machine.Test) []string {
	var out []string
	for _, list := range tests {
		for _, t := range list {
			for _, s := range t.Steps {
				if s.Verb == "patient" && !slices.Contains(out, s.Text) {
					out = append(out, s.Text)
				}
			}
		}
	}
	return out
}

func changes(in []compare.Change) []change {
	out := make([]change, len(in))
	for i, c := range in {
		out[i] = change{Level: c.Level.String(), What: c.What, Means: c.Means, Old: c.Old, New: c.New, Place: c.Place, Gone: c.Gone, level: c.Level}
	}
	return out
}

// spokenLines are lines of a transcript; the notice is only named where it is not what differs.
func spokenLines(lines []rehearsal.Line, whole bool) []spoken {
	out := make([]spoken, len(lines))
	for i, l := range lines {
		out[i] = spoken{Who: string(l.Who), Text: l.Text}
		if l.Role == engine.RoleNotice && !whole {
			out[i].Text = "(the notice)"
		}
		for _, o := range l.Options {
			out[i].Options = append(out[i].Options, o.Label)
		}
	}
	return out
}
