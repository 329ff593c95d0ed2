package preview

import (
	"strings"

	"github.com/tacet-lang/tacet/lang/machine"
	"github.com/tacet-lang/tacet/runtime/rehearsal"
)

// frame is a witness as far as it is shown.
type frame struct {
	of, steps int // the step shown, and how many there are after the beginning
	lines     []rehearsal.Line
	fresh     int // lines from here on are of this step
	state     string
	lit       string // the author's state that it is in or came from
	taken     []step // from the state of the step before
	been      map[string]bool
	err       error
}

// shown plays a witness up to a step.
func shown(m *machine.Machine, talk *machine.Talk, upTo int) frame {
	ends := steps(talk)
	f := frame{steps: len(ends) - 1, been: map[string]bool{}}
	f.of = min(max(upTo, 0), f.steps)
	for i := max(f.of-1, 0); i <= f.of; i++ {
		part := &machine.Talk{Flow: talk.Flow, Lines: talk.Lines[:ends[i]]}
		if i == f.steps {
			part = talk
		}
		r, err := rehearsal.Replay(m, part, seed)
		if err != nil {
			f.err = err
			return f
		}
		before := f.state
		f.state = stateOf(m, r.Conv.Location)
		if !strings.HasPrefix(f.state, "@") {
			f.lit = f.state
		}
		f.fresh = len(f.lines)
		f.lines = r.Lines
		if before != "" && before != f.state {
			f.taken = []step{{before, f.state}}
		}
	}
	for _, l := range talk.Lines[:ends[f.of]] {
		if l.Verb == machine.TalkEnters {
			f.been[stateOf(m, l.Text)] = true
		}
	}
	return f
}

// steps says after how many lines each step of a talk ends. A step is one thing that the patient or the clock does, with
// what prepares it before and what is compared after; the beginning is a step of its own.
func steps(talk *machine.Talk) []int {
	var ends []int
	prepared := 0 // lines since the last that does not only prepare
	begun := false
	for i, l := range talk.Lines {
		if l.Verb == machine.TalkLanguage && !begun {
			continue // the language that it begins in
		}
		switch l.Verb {
		case machine.TalkHears, machine.TalkMeanwhile, machine.TalkWorld, machine.TalkChannel:
			prepared++
		case machine.TalkPatient, machine.TalkPress, machine.TalkHuman, machine.TalkTopic, machine.TalkWait, machine.TalkRetry, machine.TalkLanguage:
			ends = append(ends, i-prepared)
			prepared = 0
		default:
			begun = begun || l.Verb != machine.TalkAt
			prepared = 0
		}
	}
	return append(ends, len(talk.Lines))
}

func stateOf(m *machine.Machine, location string) string {
	for i := range m.Locations {
		if m.Locations[i].ID == location {
			return m.Locations[i].State
		}
	}
	return ""
}
