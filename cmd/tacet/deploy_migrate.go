package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/tacet-lang/tacet/lang/machine"
	"github.com/tacet-lang/tacet/runtime/kernel"
	"github.com/tacet-lang/tacet/runtime/migration"
	"github.com/tacet-lang/tacet/runtime/release"
)

// migrationMap is a map as people write it.
type migrationMap struct {
	From      string            `yaml:"from"`      // the beginning of the hash of the version that conversations are on; empty: the one in service
	Questions map[string]string `yaml:"questions"` // a state, or one of its questions → a state, a question, drain or human
	Fields    map[string]string `yaml:"fields"`    // a field → a field or drop; those left out keep their name
	Otherwise string            `yaml:"otherwise"` // same, drain or human
}

// The words of a map.
const (
	wordSame  = "same"
	wordDrain = "drain"
	wordHuman = "human"
	wordDrop  = "drop"
)

const maxMap = 1 << 20 // bytes

func readMap(name string) (m migrationMap, err error) {
	file, err := os.Open(name)
	if err != nil {
		return m, ioError(err)
	}
	b, err := io.ReadAll(io.LimitReader(file, maxMap+1))
	if err = errors.Join(err, file.Close()); err != nil {
		return m, ioError(err)
	}
	if len(b) > maxMap {
		return m, usage("%s is too large to be a migration map", name)
	}
	d := yaml.NewDecoder(bytes.NewReader(b))
	d.KnownFields(true)
	if err := d.Decode(&m); err != nil && !errors.Is(err, io.EOF) {
		return m, usage("%s is not a migration map: %v", name, err)
	}
	if m.Otherwise == "" {
		m.Otherwise = wordDrain
	}
	if !slices.Contains([]string{wordSame, wordDrain, wordHuman}, m.Otherwise) {
		return m, usage("%s: `otherwise` is `%s`; it can be same, drain or human", name, m.Otherwise)
	}
	return m, nil
}

// migrate makes the plans of maps for an artifact that is about to be deployed, checks them against both proofs, and tells
// what becomes of conversations.
func (cmd *deployCmd) migrate(con *console, store release.Store, to *machine.Artifact) ([]byte, error) {
	var plans []migration.Plan
	for _, name := range cmd.Migrate {
		m, err := readMap(name)
		if err != nil {
			return nil, err
		}
		from, err := m.old(store, to)
		if err != nil {
			return nil, err
		}
		p, notes, err := m.plan(from, to)
		if err == nil {
			_, err = migration.Check(p, from, to)
		}
		if err != nil {
			fmt.Fprintf(con.err, "nothing is deployed, because conversations cannot move as %s says:\n", name)
			for line := range strings.Lines(err.Error()) {
				fmt.Fprintf(con.err, "  %s\n", strings.TrimRight(line, "\n"))
			}
			return nil, errViolations
		}
		tellPlan(con, p, notes)
		plans = append(plans, p)
	}
	if len(plans) == 0 {
		return nil, nil
	}
	return migration.Encode(plans)
}

// old is the version that a map moves conversations from.
func (m *migrationMap) old(store release.Store, to *machine.Artifact) (*machine.Artifact, error) {
	ctx, practice, flow := context.Background(), to.Machine.Practice.ID, to.Machine.Flow.ID
	newest, err := store.NewestDeployment(ctx, practice)
	if err != nil {
		return nil, ioError(err)
	}
	list, err := store.Earlier(ctx, practice, flow, newest+1, 1000)
	if err != nil {
		return nil, ioError(err)
	}
	for i := range list {
		d := &list[i]
		if d.Machine == "" || !strings.HasPrefix(d.Machine, m.From) {
			continue
		}
		a, err := d.Open(nil)
		if err == nil {
			err = kernel.Check(a.Machine, a.Certificate, d.At)
		}
		if err != nil {
			return nil, usage("the version %s cannot be moved from: %w", d.Machine, err)
		}
		return a, nil
	}
	if m.From == "" {
		return nil, usage("no version of `%s` was deployed yet, so there is nothing to move", flow)
	}
	return nil, usage("no version of `%s` was deployed whose hash begins with `%s`", flow, m.From)
}

// plan spells a map out for two versions. notes say why questions stay where `otherwise: same` was asked for.
func (m *migrationMap) plan(from, to *machine.Artifact) (p migration.Plan, notes map[string]string, err error) {
	p = migration.Plan{Format: migration.Format, Locations: map[string]string{}, Fields: map[string]string{}}
	if p.From, err = from.Machine.Hash(); err != nil {
		return p, nil, err
	}
	if p.To, err = to.Machine.Hash(); err != nil {
		return p, nil, err
	}
	for i := range from.Machine.Fields {
		p.Fields[from.Machine.Fields[i].Name] = from.Machine.Fields[i].Name
	}
	for name, becomes := range m.Fields {
		if becomes == wordDrop {
			becomes = ""
		}
		p.Fields[name] = becomes
	}
	if notes, err = m.others(&p, from, to); err != nil {
		return p, nil, err
	}
	keys := slices.Sorted(maps.Keys(m.Questions))
	slices.SortStableFunc(keys, func(a, b string) int { return strings.Count(a, ".") - strings.Count(b, ".") }) // states before their questions
	for _, key := range keys {
		if err := spell(&p, from.Machine, to.Machine, key, m.Questions[key]); err != nil {
			return p, nil, err
		}
	}
	return p, notes, nil
}

// others fills in what becomes of questions that a map does not name.
func (m *migrationMap) others(p *migration.Plan, from, to *machine.Artifact) (map[string]string, error) {
	notes := map[string]string{}
	var admits func(old, new string) error
	if m.Otherwise == wordSame {
		var err error
		if admits, err = migration.Admits(p.Fields, from, to); err != nil {
			return nil, err
		}
	}
	for i := range from.Machine.Locations {
		l := &from.Machine.Locations[i]
		if !l.Kind.Waits() {
			continue
		}
		p.Locations[l.ID] = migration.Drain
		switch {
		case m.Otherwise == wordHuman:
			p.Locations[l.ID] = migration.Human
		case m.Otherwise == wordDrain:
		default:
			if err := admits(l.ID, l.ID); err != nil {
				notes[l.ID] = err.Error()
				continue
			}
			p.Locations[l.ID] = l.ID
		}
	}
	return notes, nil
}

// spell enters one line of a map: of a question, or of every question of a state.
func spell(p *migration.Plan, from, to *machine.Machine, key, target string) error {
	questions, single := state(from, key), false
	if l := at(from, key); questions == nil && l != nil {
		questions, single = []*machine.Location{l}, true
	}
	if questions == nil {
		p.Locations[key] = target // nobody stands there, which the check says best
	}
	for i, l := range questions {
		switch {
		case target == "":
			return usage("the map does not say what becomes of `%s`: name a state, drain or human", key)
		case target == wordDrain:
			p.Locations[l.ID] = migration.Drain
		case target == wordHuman:
			p.Locations[l.ID] = migration.Human
		case single && at(to, target) != nil, state(to, target) == nil:
			p.Locations[l.ID] = target
		default:
			id, ok := counterpart(p, questions[:i], l, state(to, target))
			if !ok {
				return usage("`%s: %s` leaves open where conversations at `%s` go: nothing there asks the same; say it in a line of its own", key, target, l.ID)
			}
			p.Locations[l.ID] = id
		}
	}
	return nil
}

// counterpart finds the question of a state that asks what l does: the first, second … such question for the first, second …
func counterpart(p *migration.Plan, before []*machine.Location, l *machine.Location, among []*machine.Location) (string, bool) {
	skip := 0
	for _, b := range before {
		if b.Kind == l.Kind && b.Field == l.Field {
			skip++
		}
	}
	for _, n := range among {
		if n.Kind != l.Kind || l.Field != "" && p.Fields[l.Field] != n.Field {
			continue
		}
		if skip == 0 {
			return n.ID, true
		}
		skip--
	}
	return "", false
}

// state are the questions of an author's state, in the order in which they are asked; nil where there is none of that name.
func state(m *machine.Machine, name string) (out []*machine.Location) {
	for i := range m.Locations {
		if l := &m.Locations[i]; l.State == name && l.Kind.Waits() {
			out = append(out, l)
		}
	}
	slices.SortFunc(out, func(a, b *machine.Location) int { // contact, contact.2, … contact.10
		if len(a.ID) != len(b.ID) {
			return len(a.ID) - len(b.ID)
		}
		return strings.Compare(a.ID, b.ID)
	})
	return out
}

func at(m *machine.Machine, id string) *machine.Location {
	n := slices.IndexFunc(m.Locations, func(l machine.Location) bool { return l.ID == id })
	if n < 0 {
		return nil
	}
	return &m.Locations[n]
}

// tellPlan says what becomes of conversations, question by question.
func tellPlan(con *console, p migration.Plan, notes map[string]string) {
	fmt.Fprintf(con.out, "conversations on %.12s\n", p.From)
	for _, id := range slices.Sorted(maps.Keys(p.Locations)) {
		switch to := p.Locations[id]; to {
		case migration.Drain:
			fmt.Fprintf(con.out, "  at %-24s end on their version\n", id)
		case migration.Human:
			fmt.Fprintf(con.out, "  at %-24s go to people after their next message\n", id)
		default:
			fmt.Fprintf(con.out, "  at %-24s move to %s with their next message\n", id, to)
		}
		if why := notes[id]; why != "" {
			fmt.Fprintf(con.out, "     %s\n", why)
		}
	}
}
