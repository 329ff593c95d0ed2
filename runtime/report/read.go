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

// atOnce is how many conversations are read at once; patients must find the store free too.
const atOnce = 2

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
	for i, id := range ids {
		g.Go(func() error {
			c, err := r.conversation(ctx, id)
			if errors.Is(err, session.ErrNotFound) {
				return nil
			}
			c.Named, c.Judged = named[id], judged[id]
			rows[i] = &c
			return err
		})
	}
	if err := g.Wait(); err != nil {
		return nil, err
	}
	for _, c := range rows {
		if c == nil {
			l.Erased++
			continue
		}
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
	var canonical []byte
	err := r.Store.View(ctx, r.Practice.ID, func(rd session.Reader) (err error) {
		canonical, err = rd.Machine(hash)
		return err
	})
	if err != nil {
		return nil, err
	}
	s := &served{}
	if s.Machine, err = machine.Decode(canonical); err != nil {
		return nil, fmt.Errorf("machine %s: %w", hash, err)
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

// conversation reads one conversation.
func (r *reading) conversation(ctx context.Context, id string) (c Conversation, err error) {
	var header session.Header
	var turns []session.Turn
	var last session.Turn
	err = r.Store.View(ctx, r.Practice.ID, func(rd session.Reader) (err error) {
		if header, err = rd.Header(id); err != nil {
			return err
		}
		if last, err = rd.Last(id); err != nil {
			return err
		}
		turns, err = everyTurn(rd, id)
		return err
	})
	if err != nil {
		return c, err
	}
	m, err := r.machine(ctx, header.Machine)
	if err != nil {
		return c, err
	}
	if n := len(turns); n == 0 || turns[n-1].Version != last.Version { // the newest says nothing, but counts
		turns = append(turns, last)
	}
	row := row{m: m}
	row.c = Conversation{ID: id, Flow: header.Flow, Started: header.Started, Stored: last.Version, Booking: forBooking(m.Machine)}
	for i := range turns {
		o, err := session.OpenTurn(ctx, r.Vault, &header, &turns[i])
		if err != nil {
			return c, err
		}
		if turns[i].Version == 1 {
			row.c.From = o.From
		}
		row.turn(turns[i].At, &o)
	}
	row.end()
	return row.c, nil
}

// turnsPage is how many turns are read at once.
const turnsPage = 200

func everyTurn(rd session.Reader, id string) (list []session.Turn, err error) {
	for after := int64(0); ; {
		page, err := rd.Turns(id, after, turnsPage)
		if err != nil || len(page) == 0 {
			return list, err
		}
		list = append(list, page...)
		after = page[len(page)-1].Last
	}
}

func forBooking(m *machine.Machine) bool {
	return m.Flow.Purpose == "scheduling" || m.Flow.Purpose == "lead-contact"
}

// row becomes a conversation turn by turn.
type row struct {
	m       *served
	c       Conversation
	control engine.Control
	last    engine.Conversation
	said    *session.Message // of the patient, last
}

func (r *row) turn(at time.Time, o *session.Opened) {
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

func byPatient(m session.Message) bool { return m.Author == session.ByPatient }

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

func (r *row) message(at time.Time, m *session.Message, state string) {
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
func (r *row) missed(list []session.Message) {
	for i := range list {
		if r.m.raises != nil && list[i].Author == session.ByPatient && r.m.raises(list[i].Text) {
			r.c.Missed++
		}
	}
}

// answered notes a person's message in the very turn in which people got the conversation.
func (r *row) answered(at time.Time, o *session.Opened) {
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
func (r *row) reachable(s *engine.Conversation) bool {
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
