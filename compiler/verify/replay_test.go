package verify_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/tacet-lang/tacet/compiler/verify"
	"github.com/tacet-lang/tacet/compiler/verify/verifytest"
	"github.com/tacet-lang/tacet/lang/machine"
	"github.com/tacet-lang/tacet/runtime/rehearsal"
)

// TestWitnessesReplay plays every witness of random machines through the engine. What does not come true must be one of
// the things that spec/guarantees.md leaves open, and seldom.
func TestWitnessesReplay(t *testing.T) {
	t.Parallel()
	seeds := uint64(600)
	if testing.Short() {
		seeds = 60
	}
	all, open := 0, 0
	for seed := range seeds {
		m := verifytest.Draw(seed, verifytest.Options{})
		report, _ := verify.Check(m, verify.Options{AsOf: asOf})
		for _, w := range report.Witnesses {
			all++
			_, err := rehearsal.Replay(m, w.Talk, 1)
			switch {
			case err == nil:
			case leftOpen(m, w.Talk):
				open++
			default:
				t.Errorf("seed %d: %v\n%s", seed, err, w.Talk.Format())
			}
		}
	}
	if all == 0 || open*100 > 2*all {
		t.Errorf("%d of %d witnesses do not replay: more than a few", open, all)
	}
	t.Logf("%d witnesses, %d of them left open", all, open)
}

// leftOpen reports whether a talk rests on what the model leaves open: a topic that leads on both by itself and at a
// listen, a topic heard beside an answer, or where a date lies from today.
func leftOpen(m *machine.Machine, talk *machine.Talk) bool {
	for _, l := range talk.Lines {
		if l.Verb == machine.TalkHears || l.Verb == machine.TalkMeanwhile {
			return true
		}
		if l.Verb != machine.TalkTopic {
			continue
		}
		routed := slices.ContainsFunc(m.Topics, func(t machine.Topic) bool { return t.Name == l.Text && t.Route != "" })
		listened := slices.ContainsFunc(m.Locations, func(at machine.Location) bool { return at.Kind == machine.Listen })
		if routed && listened {
			return true
		}
	}
	relative := slices.ContainsFunc(m.Guards, func(g machine.Guard) bool { return strings.Contains(g.Source, "days(") })
	literal := slices.ContainsFunc(m.Guards, func(g machine.Guard) bool { return strings.Contains(g.Source, "2026-") })
	return relative && literal
}
