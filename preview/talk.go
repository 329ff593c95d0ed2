package preview

import (
	"fmt"
	"slices"
	"time"

	"github.com/tacet-lang/tacet/lang/machine"
	"github.com/tacet-lang/tacet/runtime/calendar"
	"github.com/tacet-lang/tacet/runtime/engine"
	"github.com/tacet-lang/tacet/runtime/rehearsal"
)

// act is one thing that the author does as a patient, or with the world around.
type act struct{ kind, text string }

// The kinds of act.
const (
	actSay      = "say"
	actChoose   = "choose"
	actHuman    = "human"
	actLanguage = "language"
	actWait     = "wait"  // a length of time, 25m
	actClock    = "clock" // a time, as clockLayout
	actWorld    = "world" // an outcome that the next act of the world will have
)

// clockLayout is how browsers write a local time.
const clockLayout = "2006-01-02T15:04"

// talk is a conversation with a flow: what was done, and what became of the part of it that is played. It is a value:
// every change is played from the beginning, which is what lets it go back, and on to a new version.
type talk struct {
	flow    *flow
	start   time.Time
	channel string
	lang    string
	acts    []act
	at      int // acts played; the rest were taken back
	told    string
	bad     bool // told is about a mistake

	session *rehearsal.Session
	moments []moment // after the beginning and after each act played
}

// moment is where the conversation was after an act.
type moment struct {
	lines int // of the transcript so far
	state string
	steps []step // taken in this turn
	why   []string
	now   time.Time
}

// step is a way between two states.
type step struct{ from, to string }

// begin starts a conversation with a flow at the next time that its practice is open.
func begin(f *flow) *talk {
	t := talk{flow: f, start: f.when("open")}
	return t.play()
}

// when is a time by the practice's clock: now, or the next that it is open or closed. It is now where there is none.
func (f *flow) when(which string) time.Time {
	zone, err := time.LoadLocation(f.machine.Practice.Timezone)
	if err != nil {
		zone = time.UTC // NewSession says what is wrong
	}
	now := f.now().In(zone).Truncate(time.Minute)
	hours := calendar.Practice(&f.machine.Practice)
	switch which {
	case "open":
		if at, ok := hours.NextOpen(now); ok {
			return at
		}
	case "closed":
		for h := range 8 * 24 {
			if at := now.Truncate(time.Hour).Add(time.Duration(h) * time.Hour); !at.Before(now) && !hours.IsOpen(at) {
				return at
			}
		}
	}
	return now
}

// play plays the acts up to at from the beginning. What can no longer be done is left out with all that followed it.
func (t talk) play() *talk {
	t.session, t.moments = nil, nil
	p, err := t.flow.program()
	if err == nil {
		t.session, err = rehearsal.NewSession(p, rehearsal.Options{Now: t.start, Lang: t.lang, Channel: t.channel, Seed: seed})
	}
	if err == nil {
		before := count(t.session)
		err = t.session.Begin()
		t.remember(before)
	}
	if err != nil {
		t.told, t.bad, t.at = err.Error(), true, 0
		return &t
	}
	for i, a := range t.acts[:t.at] {
		before := count(t.session)
		if err := perform(t.session, a); err != nil {
			t.acts, t.at = t.acts[:i:i], i
			t.told, t.bad = err.Error(), true
			return t.play()
		}
		t.remember(before)
	}
	return &t
}

// count is how often each way was taken so far.
func count(s *rehearsal.Session) []int {
	out := make([]int, 0, len(s.Coverage.Edges)+len(s.Coverage.Locations))
	for _, e := range s.Coverage.Edges {
		out = append(out, e.Taken)
	}
	for _, l := range s.Coverage.Locations {
		out = append(out, l.Entered)
	}
	return out
}

func (t *talk) remember(before []int) {
	m := moment{lines: len(t.session.Lines), state: t.session.State(), why: t.session.Why(), now: t.session.Now()}
	c := t.session.Coverage
	states := map[string]string{}
	for i, l := range c.Locations {
		states[l.Location] = l.State
		if l.Entered > before[len(c.Edges)+i] {
			m.steps = append(m.steps, step{to: l.State})
		}
	}
	for i, e := range c.Edges {
		if from, to := states[e.From], states[e.To]; e.Taken > before[i] && from != to {
			m.steps = append(m.steps, step{from, to})
		}
	}
	t.moments = append(t.moments, m)
}

func perform(s *rehearsal.Session, a act) error {
	switch a.kind {
	case actSay:
		return s.Say(a.text)
	case actChoose:
		return s.Choose(a.text)
	case actHuman:
		return s.Human()
	case actLanguage:
		return s.Language(a.text)
	case actWait:
		d, err := time.ParseDuration(a.text)
		if err != nil || d < 0 {
			return fmt.Errorf("`%s` is no length of time; write 25m or 2h", a.text)
		}
		return s.Wait(d)
	case actClock:
		at, err := time.ParseInLocation(clockLayout, a.text, s.Now().Location())
		if err != nil {
			return fmt.Errorf("`%s` is no time", a.text)
		}
		return s.SetTime(at)
	case actWorld:
		return s.World.Force(a.text)
	}
	return fmt.Errorf("nobody can do `%s`", a.kind)
}

// with does one thing more; what had been taken back is gone.
func (t *talk) with(a act) *talk {
	next := *t
	next.told, next.bad = "", false
	next.acts = append(slices.Clone(t.acts[:t.at]), a)
	next.at = len(next.acts)
	out := next.play()
	if out.at < next.at { // refused: nothing is lost by it
		back := *t
		back.told, back.bad = out.told, true
		return &back
	}
	return out
}

// to goes back, or forward again, to where n acts are played.
func (t *talk) to(n int) *talk {
	next := *t
	next.told, next.bad = "", false
	next.at = min(max(n, 0), len(t.acts))
	return next.play()
}

// from plays the same from another time or on another channel.
func (t *talk) from(start time.Time, channel string) *talk {
	next := *t
	next.told, next.bad = "", false
	next.start, next.channel = start, channel
	out := next.play()
	if out.at < next.at {
		out.told = fmt.Sprintf("Played again from there as far as it goes, which is %d of %s: %s.", out.at, things(next.at), out.told)
	}
	return out
}

// on goes on with another version of the flow, and says what that changed.
func (t *talk) on(f *flow) *talk {
	next := *t
	next.flow, next.told, next.bad = f, "", false
	out := next.play()
	switch {
	case out.at < next.at:
		out.told = fmt.Sprintf("The flow was read again. The conversation could be played as far as %d of %s: %s.", out.at, things(next.at), out.told)
	case len(t.acts) > 0 && !same(t, out):
		out.told = "The flow was read again, and the conversation was played again: the assistant now says something else."
	}
	return out
}

func things(n int) string {
	if n == 1 {
		return "1 step"
	}
	return fmt.Sprintf("%d steps", n)
}

// same reports whether two conversations read the same.
func same(a, b *talk) bool {
	if a.session == nil || b.session == nil {
		return a.session == b.session
	}
	return slices.EqualFunc(a.session.Lines, b.session.Lines, func(x, y rehearsal.Line) bool {
		return x.Who == y.Who && x.Text == y.Text && slices.Equal(x.Options, y.Options)
	})
}

// of loads a test of the flow into the conversation, all of it played.
func (t *talk) of(test machine.Test) *talk {
	next := talk{flow: t.flow} // from the time of rehearsals, unless the test names one
	zone := t.flow.when("now").Location()
	for _, s := range test.Steps {
		began := len(next.acts) > 0
		switch s.Verb {
		case "at":
			at, err := time.ParseInLocation(stepLayout, s.Text, zone)
			switch {
			case err != nil: // the test says so
			case began:
				next.acts = append(next.acts, act{actClock, at.Format(clockLayout)})
			default:
				next.start = at
			}
		case "language":
			if !began {
				next.lang = s.Name
				continue
			}
			next.acts = append(next.acts, act{actLanguage, s.Name})
		case "channel":
			next.channel = s.Name
		case "patient":
			next.acts = append(next.acts, act{actSay, s.Text})
		case "choose":
			next.acts = append(next.acts, act{actChoose, s.Text})
		case "human":
			next.acts = append(next.acts, act{kind: actHuman})
		case "wait":
			next.acts = append(next.acts, act{actWait, (time.Duration(s.Seconds) * time.Second).String()})
		case "world":
			next.acts = append(next.acts, act{actWorld, s.Name})
		}
	}
	next.at = len(next.acts)
	out := next.play()
	if !out.bad {
		out.told = "This is the test “" + test.Name + "”. Step back and forward below."
	}
	return out
}

// asleep says why the assistant does not answer; "" while it does.
func (t *talk) asleep() string {
	c := &t.session.Conv
	switch c.Control {
	case engine.Waiting, engine.Human:
		if c.Team != "" {
			return "The conversation is with people now: " + c.Team + ". The assistant stays silent."
		}
		return "The conversation is with people now. The assistant stays silent."
	case engine.Closed:
		return "The conversation is over: " + c.Outcome + "."
	case engine.Assistant:
	}
	return ""
}
