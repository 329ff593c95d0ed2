// Package sessiontest helps to test what hosts conversations: a clock that stands still, a code sender that remembers,
// and a program whose every answer follows from one word, so that a test says what it means without a flow.
package sessiontest

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/tacet-lang/tacet/lang/machine"
	"github.com/tacet-lang/tacet/runtime/engine"
	"github.com/tacet-lang/tacet/runtime/session"
)

// Clock stands still until it is moved. Safe for concurrent use.
type Clock struct {
	mu sync.Mutex
	at time.Time
}

// NewClock returns a clock that shows a Monday morning in which the practice of Machine is open.
func NewClock() *Clock { return &Clock{at: time.Date(2026, 3, 2, 15, 0, 0, 0, time.UTC)} }

// Now implements session.Clock.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

// Move moves the clock, backwards too.
func (c *Clock) Move(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = c.at.Add(d)
}

// Codes remembers what was sent. Addresses that start with "un" cannot be reached.
type Codes struct {
	mu   sync.Mutex
	sent []string
}

// Accepts implements session.CodeSender.
func (c *Codes) Accepts(address string) bool { return !strings.HasPrefix(address, "un") }

// Send implements session.CodeSender.
func (c *Codes) Send(_ context.Context, _, code string) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.sent = append(c.sent, code)
	return nil
}

// Sent lists the codes sent so far.
func (c *Codes) Sent() []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Clone(c.sent)
}

// Machine is the machine of Program: a practice with hours, appointments and two languages.
func Machine() *machine.Machine {
	week := make([]machine.Opening, 0, 5)
	for day := 1; day <= 5; day++ {
		week = append(week, machine.Opening{Day: day, From: 9 * 60, To: 17 * 60})
	}
	return &machine.Machine{
		Format: machine.Format,
		Flow:   machine.Flow{Name: "Consultation requests", ID: "consultation", Languages: []string{"en", "es"}},
		Practice: machine.Practice{
			ID: "lakeside", Name: "Lakeside Aesthetics", Phone: "(312) 555-0100", Timezone: "America/Chicago", Hours: week,
			Appointments: &machine.Appointments{
				Hours: week, Duration: 30, Notice: 60, Horizon: 5, Capacity: 2, Hold: 10,
			},
		},
		Session: machine.Session{Timeout: 1200, Keep: 90, Retries: 2},
		Fields:  []machine.Field{{Name: "when", Type: "slot", Class: "preference"}},
		Notice:  machine.Text{"en": "This chat is stored.", "es": "Este chat se guarda."},
		Texts: map[string]machine.Text{
			"emergency-bar": {"en": "In an emergency call 911. In a crisis call or text 988.", "es": "En una emergencia llame al 911."},
		},
	}
}

// Program answers one word at a time:
//
//	slots, book, code, send, end   the act, or the effect, of that name
//	chest pain                     an emergency
//	six digits                     a code to be checked
//
// and anything else is repeated.
type Program struct{ Hash string }

// Flow is the flow that Program belongs to.
func Flow() session.Flow { return session.Flow{Machine: Machine(), Program: Program{Hash: "one"}} }

// New implements session.Program.
func (p Program) New(id string) engine.Conversation {
	return engine.Conversation{ID: id, Machine: p.Hash, Lang: "en", Control: engine.Assistant, Values: []string{""}}
}

// Step implements session.Program.
func (p Program) Step(c engine.Conversation, e engine.Event) (engine.Conversation, []engine.Effect, error) {
	s := &step{c: c, at: e.At}
	s.c.Pending = nil
	switch e.Kind {
	case engine.Start:
		s.c.Lang, s.c.Channel, s.c.Started = e.Lang, e.Channel, e.At
		s.c.NoticeLang = e.Lang
		s.say(engine.RoleNotice, Machine().Notice.In(e.Lang))
		s.say(engine.RolePrompt, "What would you like?", engine.Option{ID: "1", Label: "Book"}, engine.Option{ID: "2", Label: "Prices"})
	case engine.Message:
		s.received(e.Text)
		s.word(e.Text)
	case engine.Pick:
		if !s.picked(e.Option) {
			return c, nil, engine.ErrEvent
		}
	case engine.AskHuman:
		s.handOff("routine", "human")
	case engine.Language:
		if e.Lang != "en" && e.Lang != "es" {
			return c, nil, engine.ErrEvent
		}
		s.c.Lang = e.Lang
		s.say(engine.RolePrompt, "Language: "+e.Lang)
	case engine.Outcome:
		s.outcome(e)
	case engine.Tick:
		if s.c.Control == engine.Assistant && !e.At.Before(c.Deadline) {
			s.end("timeout")
			s.c.Deadline = time.Time{}
		}
		return s.c, s.out, nil
	case engine.StaffTake, engine.StaffSay, engine.StaffRelease, engine.StaffClose:
		return c, nil, engine.ErrEvent
	}
	s.c.LastHeard, s.c.Deadline = e.At, time.Time{}
	if s.c.Control == engine.Assistant {
		s.c.Deadline = e.At.Add(20 * time.Minute)
	}
	return s.c, s.out, nil
}

type step struct {
	c   engine.Conversation
	at  time.Time
	out []engine.Effect
}

func (s *step) received(text string) {
	s.c.Seq++
	s.out = append(s.out, engine.Received{Seq: s.c.Seq, Text: text, Masked: text})
}

func (s *step) say(role engine.Role, text string, options ...engine.Option) {
	if s.c.Control != engine.Assistant {
		return
	}
	s.c.Seq++
	s.out = append(s.out, engine.Said{
		Seq: s.c.Seq, Epoch: s.c.Epoch, Role: role, Lang: s.c.Lang, Text: text, Options: options,
		Input: engine.Input{Kind: "text"},
	})
}

func (s *step) act(kind engine.ActKind, value string) {
	a := engine.Act{Kind: kind, Field: "when", Value: value}
	s.c.Pending = &a
	s.out = append(s.out, engine.Acted{Act: a})
}

func (s *step) handOff(tier, reason string) {
	if s.c.Control != engine.Assistant {
		return
	}
	s.say(engine.RoleAck, "A person will take over.")
	s.c.Control, s.c.Tier, s.c.Team, s.c.Reason = engine.Waiting, tier, "desk", reason
	s.c.Epoch++
	s.out = append(s.out, engine.HandedOff{Tier: tier, Team: "desk", Reason: reason})
}

func (s *step) end(outcome string) {
	s.say(engine.RoleClosing, "This conversation has ended.")
	s.c.Control, s.c.Outcome = engine.Closed, outcome
	s.c.Epoch++
	s.out = append(s.out, engine.Finished{Outcome: outcome})
}

func (s *step) word(text string) {
	if s.c.Control != engine.Assistant {
		return
	}
	switch {
	case strings.Contains(text, "chest pain"):
		s.handOff("emergency", "chest-pain")
	case text == "slots":
		s.act(engine.ActSlots, "")
	case text == "book":
		s.act(engine.ActBook, s.c.Values[0])
	case strings.HasPrefix(text, "code "):
		s.act(engine.ActSendCode, text[len("code "):])
	case len(text) == 6 && strings.Trim(text, "0123456789") == "":
		s.act(engine.ActCheckCode, text)
	case text == "send":
		s.out = append(s.out, engine.Sent{Vendor: "crm", Fields: []engine.FieldValue{{Name: "name", Class: "contact", Value: "Ana"}}})
		s.say(engine.RoleSay, "Sent.")
	case text == "end":
		s.end("completed")
	default:
		s.say(engine.RolePrompt, "You said: "+text)
	}
}

func (s *step) picked(id string) bool {
	if id == "1" || id == "2" {
		s.received(id)
		s.say(engine.RolePrompt, "Picked "+id)
		return true
	}
	for _, slot := range s.c.Offered {
		if slot.ID == id {
			s.received(id)
			s.c.Values = []string{id}
			s.act(engine.ActHold, id)
			return true
		}
	}
	return false
}

func (s *step) outcome(e engine.Event) {
	s.c.Offered = append(s.c.Offered, e.Slots...)
	var options []engine.Option
	for _, slot := range e.Slots {
		options = append(options, engine.Option{ID: slot.ID, Label: slot.Start.Format("Mon 15:04")})
	}
	s.say(engine.RolePrompt, fmt.Sprintf("%s: %s", e.Act, e.Result), options...)
}
