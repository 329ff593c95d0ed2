package rehearsal

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/tacet-lang/tacet/lang/machine"
	"github.com/tacet-lang/tacet/runtime/engine"
)

// ErrDiverges means that a talk does not happen as written.
var ErrDiverges = errors.New("the conversation goes another way")

// Replayed is how a talk went.
type Replayed struct {
	Lines []Line // the conversation
	Conv  engine.Conversation
}

// Replay performs a talk through the engine as it runs in production and compares what it says: every text of the
// assistant, every value held, every location. It errs with ErrDiverges at the first line that does not come true.
//
// Two lines have no words of their own: `topic` and `retry`. For the first the patient types a text that a reader around
// the flow's own takes for that topic or trigger; for the second, texts that do not fit.
func Replay(m *machine.Machine, talk *machine.Talk, seed uint64) (*Replayed, error) {
	plain, err := engine.Load(m)
	if err != nil {
		return nil, err
	}
	also := []string{}
	p, err := engine.LoadWith(m, engine.Options{Reader: markedReader{plain.Reader(), m, &also}})
	if err != nil {
		return nil, err
	}
	if talk.Machine != "" && talk.Machine != p.Hash() {
		return nil, fmt.Errorf("%w: it was written for another version of the flow", ErrDiverges)
	}
	s, err := NewSession(p, Options{Seed: seed})
	if err != nil {
		return nil, err
	}
	r := &replayer{Session: s, also: &also, alsoAt: map[int][]string{}}
	for i, l := range talk.Lines {
		if err := r.line(l); err != nil {
			return nil, fmt.Errorf("line %d, `%s: %s`: %w", i+1, l.Verb, l.Text, err)
		}
	}
	if err := s.Begin(); err != nil {
		return nil, err
	}
	if err := r.reproduces(talk); err != nil {
		return nil, err
	}
	return &Replayed{Lines: s.Lines, Conv: s.Conv}, nil
}

// replayer is a session that compares.
type replayer struct {
	*Session
	heard  int              // assistant's lines already compared
	also   *[]string        // what the text typed next is taken for, besides what it says
	alsoAt map[int][]string // the same of events of the past, by index into Log
}

// line performs a line, or compares it.
func (r *replayer) line(l machine.TalkLine) error {
	switch l.Verb {
	case machine.TalkHears:
		*r.also = append(*r.also, l.Text)
		return nil
	case machine.TalkMeanwhile:
		r.meanwhile += mark(l.Text)
		return nil
	case machine.TalkPatient, machine.TalkTopic:
		if err := r.Begin(); err != nil {
			return err
		}
		r.alsoAt[len(r.Log)] = *r.also
		defer func() { *r.also = nil }()
	}
	switch l.Verb {
	case machine.TalkAt:
		at, err := time.ParseInLocation(talkTime, l.Text, r.zone)
		if err != nil {
			return fmt.Errorf("%w: not a time", ErrDiverges)
		}
		return r.SetTime(at)
	case machine.TalkWait:
		return r.waitUntil(l.Text)
	case machine.TalkChannel:
		return r.Channel(l.Text)
	case machine.TalkLanguage:
		return r.Language(l.Text)
	case machine.TalkPatient:
		return r.Say(l.Text)
	case machine.TalkPress:
		return r.Choose(l.Text)
	case machine.TalkHuman:
		return r.Human()
	case machine.TalkTopic:
		return r.Say(mark(l.Text))
	case machine.TalkRetry:
		return r.retry(l.Text)
	case machine.TalkWorld:
		return r.force(l.Text)
	case machine.TalkAssistant:
		return r.says(l.Text)
	case machine.TalkHolds:
		return r.holds(l.Text)
	case machine.TalkEnters:
		return r.isAt(l.Text)
	case machine.TalkAgain:
		return nil
	}
	return fmt.Errorf("%w: there is no such line", ErrDiverges)
}

// force makes the act that an author's outcome belongs to end so. A slot that is taken while it is chosen is no outcome
// of the author's.
func (r *replayer) force(outcome string) error {
	if outcome == machine.OnTaken {
		return r.World.forceOf(engine.ActBook, outcome)
	}
	return r.World.Force(outcome)
}

const talkTime = "2006-01-02 15:04"

// waitUntil lets time pass with a patient who keeps the session alive: choosing the language anew is an event of the
// patient that changes nothing.
func (r *replayer) waitUntil(text string) error {
	to, err := time.ParseInLocation(talkTime, text, r.zone)
	if err != nil {
		return fmt.Errorf("%w: not a time", ErrDiverges)
	}
	if err := r.Begin(); err != nil {
		return err
	}
	stride := time.Duration(r.program.Machine().Session.Timeout)*time.Second - time.Minute
	for r.Conv.Control == engine.Assistant && to.Sub(r.now) > stride {
		if err := r.SetTime(r.now.Add(stride)); err != nil {
			return err
		}
		if err := r.step(engine.Event{Kind: engine.Language, Lang: r.Conv.Lang}); err != nil {
			return err
		}
	}
	return r.SetTime(to)
}

// unfitting are texts that no question takes for an answer; which one a field refuses depends on its type.
var unfitting = []string{"#%&*", "?!?!", strings.Repeat("x1 ", 1200)}

func (r *replayer) retry(text string) error {
	n, err := strconv.Atoi(text)
	if err != nil || n < 0 {
		return fmt.Errorf("%w: not a number", ErrDiverges)
	}
	for range n {
		if err := r.misfit(); err != nil {
			return err
		}
	}
	return nil
}

// misfit types a text that does not fit, whichever does not.
func (r *replayer) misfit() error {
	for _, text := range unfitting {
		trial := *r.Session
		trial.Lines, trial.Log, trial.Coverage = nil, nil, NewCoverage(r.program.Machine())
		before := trial.Conv.Attempts
		if err := trial.Say(text); err != nil || trial.Conv.Attempts <= before && trial.Conv.Control == engine.Assistant {
			continue
		}
		return r.Say(text)
	}
	return fmt.Errorf("%w: every text fits here", ErrDiverges)
}

// says expects a text among what the assistant said and was not compared yet.
func (r *replayer) says(text string) error {
	if err := r.Begin(); err != nil {
		return err
	}
	want := strings.ToLower(squeeze(text)) // a label is capitalised as a button and not within a sentence
	for i := r.heard; i < len(r.Lines); i++ {
		if l := r.Lines[i]; l.Who == Assistant && strings.Contains(strings.ToLower(squeeze(l.Text)), want) {
			r.heard = i
			return nil
		}
	}
	return fmt.Errorf("%w: the assistant does not say it", ErrDiverges)
}

func (r *replayer) holds(text string) error {
	name, want, _ := strings.Cut(text, "=")
	fields := r.program.Machine().Fields
	i := slices.IndexFunc(fields, func(f machine.Field) bool { return f.Name == name })
	if i < 0 || r.Conv.Values[i] != want {
		return fmt.Errorf("%w: it is not held", ErrDiverges)
	}
	return nil
}

func (r *replayer) isAt(location string) error {
	if err := r.Begin(); err != nil {
		return err
	}
	if r.Conv.Location != location && !r.passed(location) {
		return fmt.Errorf("%w: it is at `%s`", ErrDiverges, r.Conv.Location)
	}
	return nil
}

// mark is the text that stands for a patient's words about a topic.
func mark(topic string) string { return "(about " + topic + ")" }

// markedReader understands marked texts, and all others as the flow's own reader does, besides what they are taken for
// as well.
type markedReader struct {
	engine.Reader
	m    *machine.Machine
	also *[]string
}

func (r markedReader) Read(text, expected string) engine.Reading {
	out := markedReading{Reading: r.Reader.Read(text, expected)}
	marked := false
	for rest := text; ; marked = true {
		after, ok := strings.CutPrefix(rest, "(about ")
		name, next, ok2 := strings.Cut(after, ")")
		if !ok || !ok2 {
			break
		}
		out.add(r.m, name)
		rest = next
	}
	if !marked && len(*r.also) == 0 {
		return out.Reading
	}
	out.beside = !marked
	for _, name := range *r.also {
		out.add(r.m, name)
	}
	return out
}

// markedReading is what a text is taken for. What stands beside an answer is likely, not certain.
type markedReading struct {
	engine.Reading
	topics, triggers []string
	beside           bool
}

func (m *markedReading) add(of *machine.Machine, name string) {
	if slices.ContainsFunc(of.Triggers, func(t machine.Trigger) bool { return t.Name == name }) {
		m.triggers = append(m.triggers, name)
		return
	}
	m.topics = append(m.topics, name)
}

func (m markedReading) Triggers() []string { return m.triggers }

func (m markedReading) Topics(bar engine.Bar) []string {
	if m.beside && bar == engine.Certain {
		return nil
	}
	return m.topics
}

func (m markedReading) WantsHuman() bool        { return false }
func (m markedReading) AsksIfBot() bool         { return false }
func (m markedReading) Found() []engine.Finding { return nil }
