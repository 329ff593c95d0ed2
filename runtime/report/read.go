package report

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/tacet-lang/tacet/lang/machine"
	"github.com/tacet-lang/tacet/runtime/engine"
	"github.com/tacet-lang/tacet/runtime/session"
	"github.com/tacet-lang/tacet/runtime/vault"
)

// Source is where conversations are kept.
type Source struct {
	Store    session.Store
	Vault    *vault.Vault
	Practice machine.Practice
	// Judge returns what says of a text whether a trigger of the machine, as it is understood today, is raised by it. nil: what was heard
	// then is not judged again.
	Judge func(m *machine.Machine) (func(text string) bool, error)
}

// ErrLarge says that a time holds more conversations than are counted at once.
var ErrLarge = errors.New("more than 100,000 conversations; choose fewer days")

// most bounds how many conversations are counted at once.
const most = 100_000

// atOnce is how many connections to the store are used at once, each for so many conversations; patients must find the store free too.
const (
	atOnce = 2
	batch  = 32
)

// counts lists the actions of the trail that figures count.
var counts = []string{"phi.flagged", "conversation.replied", "glass.broken", "transcript.revealed"}

// Read gathers the rows of a time, between two moments in the practice's zone.
func Read(ctx context.Context, s Source, from, to time.Time) (*Log, error) {
	l := &Log{Practice: s.Practice, Zone: from.Location(), From: from, To: to}
	r := reading{Source: s, log: l, machines: map[string]*served{}}
	ids, named, judged, err := r.trail(ctx)
	if err != nil {
		return nil, err
	}
	rows := make([]*Conversation, len(ids)) // nil: erased
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(atOnce)
	for from := 0; from < len(ids); from += batch {
		g.Go(func() error { return r.batch(ctx, ids[from:min(from+batch, len(ids))], rows[from:]) })
	}
	if err := g.Wait(); err != nil {
		return nil, err
	}
	for i, c := range rows {
		if c == nil {
			l.Erased++
			continue
		}
		c.Named, c.Judged = named[ids[i]], judged[ids[i]]
		l.Conversations = append(l.Conversations, *c)
	}
	return l, nil
}

type reading struct {
	Source
	log      *Log
	mu       sync.Mutex
	machines map[string]*served // by hash; guarded by mu
}

// served is a machine with what judges texts by it.
type served struct {
	*machine.Machine
	raises func(text string) bool // nil: nothing does
}

// machine makes a machine ready once. That happens outside of any view, since a judge may have to look into the store.
func (r *reading) machine(ctx context.Context, hash string) (*served, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if s := r.machines[hash]; s != nil {
		return s, nil
	}
	s := &served{}
	err := r.Store.View(ctx, r.Practice.ID, func(rd session.Reader) (err error) {
		s.Machine, err = session.MachineOf(rd, hash)
		return err
	})
	if err != nil {
		return nil, err
	}
	if r.Judge != nil {
		if s.raises, err = r.Judge(s.Machine); err != nil {
			return nil, fmt.Errorf("machine %s: %w", hash, err)
		}
	}
	r.machines[hash] = s
	return s, nil
}

// trail reads the trail from the begin of the time to its own end: turns of these conversations may come later.
func (r *reading) trail(ctx context.Context) (ids []string, named map[string]int64, judged map[string]string, err error) {
	named, judged = map[string]int64{}, map[string]string{}
	err = r.Store.View(ctx, r.Practice.ID, func(rd session.Reader) error {
		return session.EachEntry(rd, r.log.From, time.Time{}, func(e session.Entry) bool {
			within := e.At.Before(r.log.To)
			if within && e.Action == session.ActionStarted {
				ids = append(ids, e.Conversation)
			}
			if e.Action == ActionJudged {
				judged[e.Conversation] = e.Detail["owed"]
			}
			if e.Version > 0 {
				named[e.Conversation]++
			}
			if within && slices.Contains(counts, e.Action) {
				r.log.Events = append(r.log.Events, Event{At: e.At, Action: e.Action, Kinds: e.Detail["kinds"] + e.Detail["warned"]})
			}
			return len(ids) <= most
		})
	})
	if err == nil && len(ids) > most {
		err = ErrLarge
	}
	return ids, named, judged, err
}

// sealed is a conversation as it is stored.
type sealed struct {
	header session.Header
	turns  []session.Turn // in order, those without messages left out but for the newest
}

// batch reads conversations. One that is erased leaves its row as it is.
func (r *reading) batch(ctx context.Context, ids []string, rows []*Conversation) error {
	list := make([]sealed, len(ids))
	err := r.Store.View(ctx, r.Practice.ID, func(rd session.Reader) error {
		for i, id := range ids {
			if err := list[i].read(rd, id); err != nil && !errors.Is(err, session.ErrNotFound) {
				return err
			}
		}
		return nil
	})
	for i := 0; i < len(list) && err == nil; i++ {
		if rows[i], err = r.conversation(ctx, &list[i]); errors.Is(err, session.ErrNotFound) {
			rows[i], err = nil, nil
		}
	}
	return err
}

// turnsPage is how many turns are read at once.
const turnsPage = 200

func (s *sealed) read(rd session.Reader, id string) (err error) {
	if s.header, err = rd.Header(id); err != nil {
		return err
	}
	for after, more := int64(0), true; more; {
		page, err := rd.Turns(id, after, turnsPage)
		if err != nil {
			return err
		}
		if more = len(page) == turnsPage; more {
			after = page[len(page)-1].Last
		}
		s.turns = append(s.turns, page...)
	}
	newest, err := rd.Newest([]string{id})
	if err != nil {
		return err
	}
	if n := len(s.turns); n > 0 && s.turns[n-1].Version == newest[0] {
		return nil
	}
	last, err := rd.Turn(id, newest[0]) // the newest says nothing, but counts
	s.turns = append(s.turns, last)
	return err
}

// conversation makes one row.
func (r *reading) conversation(ctx context.Context, s *sealed) (*Conversation, error) {
	if len(s.turns) == 0 {
		return nil, session.ErrNotFound
	}
	m, err := r.machine(ctx, s.header.Machine)
	if err != nil {
		return nil, err
	}
	row := row{m: m}
	row.c = Conversation{ID: s.header.Conversation, Flow: s.header.Flow, Started: s.header.Started, Booking: forBooking(m.Machine)}
	for i := range s.turns {
		t := &s.turns[i]
		o, err := session.OpenOutline(ctx, r.Vault, &s.header, t)
		if err != nil {
			return nil, err
		}
		if t.Version == 1 {
			row.c.From = o.From
		}
		row.c.Stored = t.Version
		row.turn(t.At, &o)
	}
	row.end()
	return &row.c, nil
}

func forBooking(m *machine.Machine) bool {
	return m.Flow.Purpose == "scheduling" || m.Flow.Purpose == "lead-contact"
}

// row becomes a conversation turn by turn.
type row struct {
	m       *served
	c       Conversation
	control engine.Control
	last    session.OutlineOfState
	said    *session.Line // of the patient, last
}

func (r *row) turn(at time.Time, o *session.Outline) {
	c, s := &r.c, &o.State
	state := r.state(r.last.Location) // in which the patient wrote
	for i := range o.Messages {
		r.message(at, &o.Messages[i], state)
	}
	if s.Control == engine.Assistant || s.Outcome != "" {
		if name := r.state(s.Location); name != "" {
			c.State = name
		}
	}
	if c.Contact.IsZero() && r.reachable(s) {
		c.Contact = at
	}
	handed := s.Control == engine.Waiting || s.Control == engine.Human
	if !handed && (r.control == engine.Assistant || r.control == "") {
		r.missed(o.Messages)
	}
	if handed && (r.control == "" || r.control == engine.Assistant) {
		if s.Reason == "human" && !slices.ContainsFunc(o.Messages, byPatient) { // by the button
			r.heard(at)
		}
		c.Handoffs = append(c.Handoffs, Handoff{At: at, Reason: s.Reason, Tier: tier(s.Tier), Team: s.Team, AskedByStaff: s.Reason == "staff"})
		r.answered(at, o)
	}
	if s.Control == engine.Closed && r.control != engine.Closed {
		if n := len(c.Handoffs); n > 0 {
			c.Handoffs[n-1].Closed = at
		}
		// what staff close with a word of the flow's is not the flow's outcome
		c.Declared = (r.control == engine.Assistant || r.control == "") && r.declares(s.Outcome)
	}
	c.Flagged = c.Flagged || s.Flagged
	r.control, r.last = s.Control, *s
}

func byPatient(m session.Line) bool { return m.Author == session.ByPatient }

// heard counts something that the patient did.
func (r *row) heard(at time.Time) {
	r.c.Heard++
	if r.c.FirstHeard.IsZero() {
		r.c.FirstHeard = at
	}
}

func tier(name string) string {
	if name == "" {
		return machine.Routine
	}
	return name
}

func (r *row) message(at time.Time, m *session.Line, state string) {
	c := &r.c
	switch m.Author {
	case session.ByPatient:
		r.heard(at)
		r.said = m
	case session.ByStaff:
		if n := len(c.Handoffs); n > 0 && c.Handoffs[n-1].Answered.IsZero() {
			c.Handoffs[n-1].Answered = at
		}
	case session.ByAssistant:
		if c.FirstSaid.IsZero() && !c.FirstHeard.IsZero() {
			c.FirstSaid = at
		}
		switch m.Role {
		case engine.RoleReprompt:
			c.Unanswered = append(c.Unanswered, state)
			if r.said != nil && len(r.said.Found) == 0 {
				c.Words = union(c.Words, words(r.said.Text))
			}
		case engine.RoleAnswer:
			if topic := r.topic(m.Text, m.Lang); topic != "" {
				c.Topics = append(c.Topics, topic)
			}
		}
	}
}

// missed counts what should have been handed to people, as texts are understood today, and was not.
func (r *row) missed(list []session.Line) {
	for i := range list {
		if r.m.raises != nil && list[i].Author == session.ByPatient && r.m.raises(list[i].Text) {
			r.c.Missed++
		}
	}
}

// answered notes a person's message in the very turn in which people got the conversation.
func (r *row) answered(at time.Time, o *session.Outline) {
	for i := range o.Messages {
		if o.Messages[i].Author == session.ByStaff {
			r.c.Handoffs[len(r.c.Handoffs)-1].Answered = at
		}
	}
}

// topic finds the topic whose answer a text is.
func (r *row) topic(text, lang string) string {
	for i := range r.m.Topics {
		if t := &r.m.Topics[i]; len(t.Answer) > 0 && says(t.Answer.In(lang), text) {
			return t.Name
		}
	}
	return ""
}

// says reports whether a text is a template with its places filled: its fixed parts stand in the text in order.
func says(template, text string) bool {
	at, rest := 0, text
	first := true
	for _, ph := range append(machine.Placeholders(template), machine.Placeholder{Start: len(template), End: len(template)}) {
		part := strings.ReplaceAll(template[at:ph.Start], "{{", "{")
		switch i := strings.Index(rest, part); {
		case i < 0, first && i != 0:
			return false
		default:
			rest = rest[i+len(part):]
		}
		at, first = ph.End, false
	}
	return rest == "" || strings.HasSuffix(template, "}")
}

func (r *row) state(location string) string {
	for i := range r.m.Locations {
		if l := &r.m.Locations[i]; l.ID == location && l.Kind != machine.Handoff {
			return l.State
		}
	}
	return ""
}

// reachable reports whether the patient has given a way to reach them.
func (r *row) reachable(s *session.OutlineOfState) bool {
	for i, f := range r.m.Fields {
		if (f.Type == "phone" || f.Type == "email") && i < len(s.Values) && s.Values[i] != "" {
			return true
		}
	}
	return false
}

func (r *row) end() {
	c, s := &r.c, &r.last
	c.Channel, c.Lang, c.Control, c.Outcome = s.Channel, s.Lang, string(s.Control), s.Outcome
}

// declares reports whether the flow has an end with this outcome.
func (r *row) declares(outcome string) bool {
	for i := range r.m.Locations {
		if l := &r.m.Locations[i]; l.Kind == machine.End && l.Outcome == outcome {
			return outcome != ""
		}
	}
	return false
}
