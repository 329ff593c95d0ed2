package rehearsal

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/tacet-lang/tacet/lang/machine"
	"github.com/tacet-lang/tacet/runtime/engine"
)

// maxActs bounds the acts of the world that follow one event; a machine that books in circles stops there.
const maxActs = 100

// Who speaks or does something in a transcript.
type Who string

// The voices of a transcript.
const (
	Patient   Who = "patient"
	Assistant Who = "assistant"
	Staff     Who = "staff"
	Note      Who = "note" // what happened without a message: a handoff, the end, a send, time
)

// Line is one line of a transcript.
type Line struct {
	Who     Who
	Role    engine.Role // of an assistant's line
	Text    string
	Options []engine.Option
	At      time.Time
}

// Options says how a session begins. The zero value is Monday 2026-03-02 at 10:00 in the flow's first language.
type Options struct {
	Now     time.Time // any zone; shown by the practice's clock
	Lang    string
	Channel string
	Seed    uint64
}

// Session is one conversation being played. It is for one goroutine.
type Session struct {
	program *engine.Program
	zone    *time.Location
	options Options
	now     time.Time

	World    *World
	Conv     engine.Conversation
	Lines    []Line
	Log      []engine.Event // every event applied, outcomes of the world included
	Coverage *Coverage

	turn  []engine.Effect // of the last step of patient or clock, with what followed it
	began bool

	meanwhile string // what the patient types during the next act of the world
}

// NewSession prepares a conversation; it begins with Begin or the first step that needs it. It errs when the practice's
// time zone is unknown to this machine.
func NewSession(p *engine.Program, o Options) (*Session, error) {
	m := p.Machine()
	zone, err := time.LoadLocation(m.Practice.Timezone)
	if err != nil {
		return nil, fmt.Errorf("the practice's time zone: %w", err)
	}
	now := o.Now.In(zone)
	if o.Now.IsZero() {
		now = time.Date(2026, 3, 2, 10, 0, 0, 0, zone)
	}
	return &Session{
		program: p, zone: zone, options: o, now: now,
		World: NewWorld(&m.Practice, zone, o.Seed), Conv: p.New("rehearsal"), Coverage: NewCoverage(m),
	}, nil
}

// Now is the practice's clock.
func (s *Session) Now() time.Time { return s.now }

// Begin starts the conversation, once.
func (s *Session) Begin() error {
	if s.began {
		return nil
	}
	s.began = true
	s.turn = nil
	return s.apply(engine.Event{Kind: engine.Start, Lang: s.options.Lang, Channel: s.options.Channel})
}

// Say types a text. {code} in it is the one-time code sent last.
func (s *Session) Say(text string) error {
	text = strings.ReplaceAll(text, "{code}", s.World.Code())
	return s.step(engine.Event{Kind: engine.Message, Text: text})
}

// Choose presses the quick reply with that label or id. It errs when there is none.
func (s *Session) Choose(label string) error {
	if err := s.Begin(); err != nil {
		return err
	}
	offered := s.Offered()
	for _, o := range offered {
		if strings.EqualFold(o.Label, label) || o.ID == label {
			return s.step(engine.Event{Kind: engine.Pick, Option: o.ID})
		}
	}
	if len(offered) == 0 {
		return fmt.Errorf("there is nothing to choose from now")
	}
	return fmt.Errorf("`%s` is not on offer; there is %s", label, labels(offered))
}

// Offered are the quick replies that can be pressed now.
func (s *Session) Offered() []engine.Option {
	if s.Conv.Control != engine.Assistant {
		return nil
	}
	for i := len(s.Lines) - 1; i >= 0; i-- {
		switch s.Lines[i].Who {
		case Assistant:
			return s.Lines[i].Options
		case Patient, Staff:
			return nil
		case Note:
		}
	}
	return nil
}

func labels(options []engine.Option) string {
	var out []string
	for _, o := range options {
		out = append(out, "`"+o.Label+"`")
	}
	return strings.Join(out, ", ")
}

// Human presses the button for a person.
func (s *Session) Human() error { return s.step(engine.Event{Kind: engine.AskHuman}) }

// Language switches the conversation's language, or sets the one it will begin in.
func (s *Session) Language(lang string) error {
	if !s.began {
		s.options.Lang = lang
		return nil
	}
	return s.step(engine.Event{Kind: engine.Language, Lang: lang})
}

// Channel sets the channel it will begin on.
func (s *Session) Channel(channel string) error {
	if s.began {
		return fmt.Errorf("the conversation has begun; its channel stays")
	}
	s.options.Channel = channel
	return nil
}

// Staff applies an event of the practice's people.
func (s *Session) Staff(e engine.Event) error { return s.step(e) }

// Wait lets time pass. Where the deadline lies on the way, the conversation times out at it.
func (s *Session) Wait(d time.Duration) error { return s.SetTime(s.now.Add(d)) }

// SetTime moves the clock forward. Before the beginning it may move anywhere.
func (s *Session) SetTime(to time.Time) error {
	to = to.In(s.zone)
	if !s.began {
		s.now = to
		return nil
	}
	if to.Before(s.now) {
		return fmt.Errorf("the clock does not go back from %s to %s", clock(s.now), clock(to))
	}
	s.turn = nil
	if d := s.Conv.Deadline; !d.IsZero() && !d.After(to) {
		s.now = d.In(s.zone)
		if err := s.apply(engine.Event{Kind: engine.Tick}); err != nil {
			return err
		}
	}
	s.now = to
	s.note("it is " + clock(to))
	return nil
}

func clock(t time.Time) string { return t.Format("Mon 2006-01-02 15:04") }

func (s *Session) step(e engine.Event) error {
	if err := s.Begin(); err != nil {
		return err
	}
	s.turn = nil
	return s.apply(e)
}

// apply steps, and answers the acts that the step asks for until there are none.
func (s *Session) apply(e engine.Event) error {
	for range maxActs {
		if err := s.once(e); err != nil {
			return err
		}
		if s.Conv.Pending == nil {
			return nil
		}
		if err := s.typeMeanwhile(); err != nil || s.Conv.Pending == nil {
			return err
		}
		e = s.World.Act(*s.Conv.Pending, s.now)
	}
	return fmt.Errorf("the conversation asks the world for more than %d things in one turn", maxActs)
}

// once steps.
func (s *Session) once(e engine.Event) error {
	e.At = s.now
	from := s.Conv.Location
	c, out, err := s.program.Step(s.Conv, e)
	if err != nil {
		return fmt.Errorf("%s: %w", e.Kind, err)
	}
	s.Conv = c
	s.Log = append(s.Log, e)
	s.turn = append(s.turn, out...)
	s.Coverage.add(from, out)
	for _, effect := range out {
		s.show(effect)
	}
	return nil
}

// typeMeanwhile types what the patient types while the world acts. It belongs to the act whose outcome is forced, if
// one is, and else to the next.
func (s *Session) typeMeanwhile() error {
	if s.meanwhile == "" || !s.World.next(s.Conv.Pending.Kind) {
		return nil
	}
	text := s.meanwhile
	s.meanwhile = ""
	return s.once(engine.Event{Kind: engine.Message, Text: text})
}

func (s *Session) show(effect engine.Effect) {
	switch e := effect.(type) {
	case engine.Received:
		s.Lines = append(s.Lines, Line{Who: Patient, Text: e.Text, At: s.now})
	case engine.Said:
		s.Lines = append(s.Lines, Line{Who: Assistant, Role: e.Role, Text: e.Text, Options: e.Options, At: s.now})
	case engine.StaffSaid:
		s.Lines = append(s.Lines, Line{Who: Staff, Text: e.Text, At: s.now})
	case engine.Sent:
		s.World.send(e)
		s.note("sent to " + e.Vendor + ": " + fieldNames(e))
	case engine.HandedOff:
		s.note(describeHandoff(e))
	case engine.Urgent:
		s.note("marked urgent: " + strings.Join(e.Triggers, ", "))
	case engine.Flagged:
		s.note("flagged for review: " + found(e.Found))
	case engine.Finished:
		s.note("over: " + e.Outcome)
	}
}

func (s *Session) note(text string) {
	s.Lines = append(s.Lines, Line{Who: Note, Text: text, At: s.now})
}

func fieldNames(e engine.Sent) string {
	var names []string
	for _, f := range e.Fields {
		names = append(names, f.Name)
	}
	return strings.Join(names, ", ")
}

func found(fs []engine.Finding) string {
	var types []string
	for _, f := range fs {
		if !slices.Contains(types, f.Type) {
			types = append(types, f.Type)
		}
	}
	return strings.Join(types, ", ")
}

func describeHandoff(e engine.HandedOff) string {
	to := "people"
	if e.Team != "" {
		to = e.Team
	}
	if e.Escalation != "" {
		return fmt.Sprintf("escalation %s (%s): with %s because of %s", e.Escalation, e.Tier, to, e.Reason)
	}
	return fmt.Sprintf("handed to %s (%s)", to, e.Reason)
}

// Fact is something the conversation knows.
type Fact struct{ Name, Value string }

// Facts are the fields collected so far, in the machine's order, then what else guards can see.
func (s *Session) Facts() []Fact {
	var out []Fact
	for i, f := range s.program.Machine().Fields {
		if v := s.Conv.Values[i]; v != "" {
			out = append(out, Fact{f.Name, v})
		}
	}
	c := &s.Conv
	out = append(out, Fact{"language", c.Lang}, Fact{"channel", c.Channel}, Fact{"control", string(c.Control)})
	for _, f := range []Fact{
		{"heard", strings.Join(c.Heard, ", ")}, {"consents", strings.Join(c.Consents, ", ")}, {"verified", strings.Join(c.Verified, ", ")},
		{"escalation", c.Escalation}, {"team", c.Team}, {"reason", c.Reason}, {"outcome", c.Outcome},
	} {
		if f.Value != "" {
			out = append(out, f)
		}
	}
	return out
}

// State is the author's state the conversation is in; "" before the beginning.
func (s *Session) State() string {
	if l := s.location(); l != nil {
		return l.State
	}
	return ""
}

func (s *Session) location() *machine.Location {
	ls := s.program.Machine().Locations
	if i := slices.IndexFunc(ls, func(l machine.Location) bool { return l.ID == s.Conv.Location }); i >= 0 {
		return &ls[i]
	}
	return nil
}

// Why tells how the last turn came about: what was heard, and each way that was taken with its line.
func (s *Session) Why() []string {
	var out []string
	if len(s.Conv.Heard) > 0 {
		out = append(out, "heard "+strings.Join(s.Conv.Heard, ", "))
	}
	for _, effect := range s.turn {
		switch e := effect.(type) {
		case engine.Entered:
			out = append(out, entered(e))
		case engine.Acted:
			out = append(out, "asked the world: "+string(e.Act.Kind)+" "+e.Act.Field)
		case engine.HandedOff:
			out = append(out, describeHandoff(e))
		case engine.Said:
			switch e.Role {
			case engine.RoleReprompt:
				out = append(out, fmt.Sprintf("the answer did not fit (%d of %d)", s.Conv.Attempts, s.program.Machine().Session.Retries))
			case engine.RoleAnswer, engine.RoleRefusal, engine.RoleGentle, engine.RoleClosing:
				out = append(out, "said as "+string(e.Role))
			case engine.RoleNotice, engine.RoleSay, engine.RolePrompt, engine.RoleAck:
			}
		}
	}
	return out
}

func entered(e engine.Entered) string {
	switch {
	case e.Guard != "":
		return fmt.Sprintf("to %s, because %s (%s:%d)", e.Location, e.Guard, e.Edge.File, e.Edge.Line)
	case e.Edge.Line != 0:
		return fmt.Sprintf("to %s (%s:%d)", e.Location, e.Edge.File, e.Edge.Line)
	}
	return "to " + e.Location
}
