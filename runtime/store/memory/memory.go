// Package memory keeps conversations in memory: for simulations, which need a store that does the same each time. It keeps
// every promise of session.Store but the one to survive its process.
package memory

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/tacet-lang/tacet/lang/machine"
	"github.com/tacet-lang/tacet/runtime/engine"
	"github.com/tacet-lang/tacet/runtime/outbox"
	"github.com/tacet-lang/tacet/runtime/session"
)

var _ session.Store = (*Store)(nil)

// Store is a session.Store without a file.
type Store struct {
	mu        *sync.RWMutex // shared by all that are open on the same rows
	closed    bool
	practices map[string]*practice
	owners    map[string]string // of conversations: ids are unique over all practices
}

type practice struct {
	machines map[string][]byte
	talks    map[string]*talk
	started  map[session.ClientKey]string
	calendar []session.Reservation
	outbox   []session.Parcel
	blocks   []session.Block
	deliveries
}

type talk struct {
	header   session.Header
	standing session.Standing
	turns    []session.Turn
}

// New returns an empty store.
func New() *Store {
	return &Store{mu: &sync.RWMutex{}, practices: map[string]*practice{}, owners: map[string]string{}}
}

// Close ends the store; what it holds is there still for another one made by Again.
func (s *Store) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.closed = true
	return nil
}

// Again returns another store on the same rows, as another process has.
func (s *Store) Again() *Store {
	s.mu.Lock()
	defer s.mu.Unlock()
	return &Store{mu: s.mu, practices: s.practices, owners: s.owners}
}

func (s *Store) lock(ctx context.Context) (unlock func(), err error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	s.mu.Lock()
	if s.closed {
		s.mu.Unlock()
		return nil, fmt.Errorf("%w: it is closed", session.ErrUnavailable)
	}
	return s.mu.Unlock, nil
}

func (s *Store) of(name string) *practice {
	p := s.practices[name]
	if p == nil {
		p = &practice{
			machines: map[string][]byte{}, talks: map[string]*talk{}, started: map[session.ClientKey]string{},
			deliveries: deliveries{rows: map[string]*outbox.Row{}, shut: map[string]bool{}},
		}
		s.practices[name] = p
	}
	return p
}

// PutMachine implements session.Store.
func (s *Store) PutMachine(ctx context.Context, name, hash string, canonical []byte) error {
	unlock, err := s.lock(ctx)
	if err != nil {
		return err
	}
	defer unlock()
	if p := s.of(name); p.machines[hash] == nil {
		p.machines[hash] = slices.Clone(canonical)
	}
	return nil
}

// Note implements session.Store.
func (s *Store) Note(ctx context.Context, name string, entries ...session.Entry) error {
	unlock, err := s.lock(ctx)
	if err != nil {
		return err
	}
	defer unlock()
	s.of(name).chain(name, entries)
	return nil
}

// Defer implements session.Store.
func (s *Store) Defer(ctx context.Context, name, conversation string, was, due time.Time) error {
	unlock, err := s.lock(ctx)
	if err != nil {
		return err
	}
	defer unlock()
	if t := s.of(name).talks[conversation]; t != nil && !was.IsZero() && t.standing.Due.Equal(was) {
		t.standing.Due = due.UTC()
	}
	return nil
}

// Commit implements session.Store.
func (s *Store) Commit(ctx context.Context, w session.Write) error {
	unlock, err := s.lock(ctx)
	if err != nil {
		return err
	}
	defer unlock()
	p := s.of(w.Practice)
	t := p.talks[w.Conversation]
	if w.Header != nil {
		if t, err = s.begin(p, &w); err != nil {
			return err
		}
	}
	if t == nil {
		return session.ErrNotFound
	}
	if err := admit(t, &w.Turn); err != nil {
		return err
	}
	calendar, err := p.reserve(&w)
	if err != nil {
		return err
	}
	// nothing can fail from here on
	if w.Header != nil {
		p.talks[w.Conversation], p.started[w.Header.Client], s.owners[w.Conversation] = t, w.Conversation, w.Practice
	}
	n := w.Turn
	n.At, n.Sealed = n.At.UTC(), slices.Clone(n.Sealed)
	t.turns = append(t.turns, n)
	if w.Standing != nil {
		p.page(w.Practice, w.Conversation, &t.standing, w.Standing)
		t.standing = *w.Standing
	}
	p.calendar = calendar
	for _, parcel := range w.Outbox {
		parcel.Practice, parcel.Conversation, parcel.Version, parcel.Key = w.Practice, w.Conversation, w.Version, t.header.Key
		p.outbox = append(p.outbox, parcel)
		p.send(&parcel, w.Epoch)
	}
	p.chain(w.Practice, w.Audit)
	return nil
}

// begin returns a new conversation, which is not stored yet.
func (s *Store) begin(p *practice, w *session.Write) (*talk, error) {
	if p.machines[w.Header.Machine] == nil {
		return nil, errors.New("there is no such machine")
	}
	if s.owners[w.Conversation] != "" || p.started[w.Header.Client] != "" {
		return nil, session.ErrStale
	}
	return &talk{header: *w.Header}, nil
}

// admit is the wall: whether a turn may follow those before. See session.Turn.
func admit(t *talk, n *session.Turn) error {
	last := int64(len(t.turns))
	switch {
	case n.Version <= last:
		return session.ErrStale
	case n.Version > last+1:
		return session.ErrNotFound
	case n.Ack && (n.Said < 0 || n.Control == engine.Assistant || n.Epoch <= n.Said):
		return fmt.Errorf("%w: an acknowledgement without a handoff", session.ErrSilent)
	case last == 0 && n.After != 0, n.Last < n.After, (n.Authors > 0) != (n.Last > n.After), (n.Authors&session.AssistantWrote != 0) != (n.Said >= 0):
		return errors.New("turn out of sequence")
	case last == 0 && (n.Said > 0 || n.Released):
		return session.ErrSilent
	case last == 0:
		return nil
	}
	was := &t.turns[last-1]
	switch {
	case n.After != was.Last || n.At.Before(was.At):
		return errors.New("turn out of sequence")
	case n.Epoch < was.Epoch, n.Epoch == was.Epoch && n.Control != was.Control,
		was.Control == engine.Closed && n.Control != engine.Closed,
		was.Tier == machine.Emergency && (n.Tier != machine.Emergency || was.Control != engine.Assistant && n.Control == engine.Assistant):
		return fmt.Errorf("%w: control moves forward only", session.ErrSilent)
	case n.Said < 0, was.Control == engine.Assistant && n.Said == was.Epoch,
		n.Released && (was.Control == engine.Waiting || was.Control == engine.Human) && was.Tier != machine.Emergency && n.Said == was.Epoch+1:
		return nil
	}
	return session.ErrSilent
}

// reserve returns the calendar after a turn's changes.
func (p *practice) reserve(w *session.Write) ([]session.Reservation, error) {
	list := slices.Clone(p.calendar)
	for _, c := range w.Calendar {
		r := c.Reservation
		r.Conversation = w.Conversation
		switch c.Kind {
		case session.Hold:
			from, to := c.Places.Around(r.Slot)
			list = slices.DeleteFunc(list, func(o session.Reservation) bool {
				return !o.Booked && (o.Conversation == r.Conversation && o.Field == r.Field || overlap(o, from, to) && !o.Expires.After(c.Places.Now))
			})
			place, ok := c.Places.Fit(r, slices.DeleteFunc(slices.Clone(list), func(o session.Reservation) bool { return !overlap(o, from, to) }))
			if !ok {
				return nil, session.ErrTaken
			}
			r.Place, r.Booked = place, false
			list = append(list, r)
		case session.Book:
			i := slices.IndexFunc(list, func(o session.Reservation) bool {
				return !o.Booked && o.Conversation == r.Conversation && o.Field == r.Field && o.Slot.ID == r.Slot.ID
			})
			if i < 0 {
				return nil, session.ErrTaken
			}
			list[i].Booked, list[i].Expires = true, time.Time{}
		case session.GiveUp:
			list = slices.DeleteFunc(list, func(o session.Reservation) bool { return !o.Booked && o.Conversation == r.Conversation })
		default:
			panic("memory: unhandled change to the calendar " + string(c.Kind))
		}
	}
	return list, nil
}

func overlap(r session.Reservation, from, to time.Time) bool {
	return r.Slot.Start.Before(to) && r.Slot.End.After(from)
}

// chain appends entries to the trail as one block.
func (p *practice) chain(name string, entries []session.Entry) {
	if len(entries) == 0 {
		return
	}
	b := session.Block{First: 1, Count: int64(len(entries)), Entries: session.EncodeEntries(entries)}
	if n := len(p.blocks); n > 0 {
		b.First, b.Prev = p.blocks[n-1].First+p.blocks[n-1].Count, p.blocks[n-1].Hash
	}
	b.Hash = session.Chain(name, b.First, b.Prev, b.Entries)
	p.blocks = append(p.blocks, b)
}

// View implements session.Store. fn must not call the store.
func (s *Store) View(ctx context.Context, name string, fn func(session.Reader) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	s.mu.RLock()
	defer s.mu.RUnlock()
	if s.closed {
		return fmt.Errorf("%w: it is closed", session.ErrUnavailable)
	}
	p := s.practices[name]
	if p == nil {
		p = &practice{}
	}
	return fn(&reader{p, name})
}

// reader is a session.Reader of one practice.
type reader struct {
	*practice
	name string
}

func (r *reader) talk(id string) (*talk, error) {
	if t := r.talks[id]; t != nil {
		return t, nil
	}
	return nil, session.ErrNotFound
}

func (r *reader) Header(id string) (session.Header, error) {
	t, err := r.talk(id)
	if err != nil {
		return session.Header{}, err
	}
	return t.header, nil
}

func (r *reader) Standing(id string) (session.Standing, error) {
	t, err := r.talk(id)
	if err != nil {
		return session.Standing{}, err
	}
	return t.standing, nil
}

func (r *reader) Started(client session.ClientKey) (string, error) {
	if id := r.started[client]; id != "" {
		return id, nil
	}
	return "", session.ErrNotFound
}

func (r *reader) Last(id string) (session.Turn, error) {
	t, err := r.talk(id)
	if err != nil {
		return session.Turn{}, err
	}
	return t.turns[len(t.turns)-1], nil
}

func (r *reader) Newest(ids []string) ([]int64, error) {
	list := make([]int64, len(ids))
	for i, id := range ids {
		if t := r.talks[id]; t != nil {
			list[i] = int64(len(t.turns))
		}
	}
	return list, nil
}

func (r *reader) Turn(id string, version int64) (session.Turn, error) {
	t, err := r.talk(id)
	if err != nil || version < 1 || version > int64(len(t.turns)) {
		return session.Turn{}, session.ErrNotFound
	}
	return t.turns[version-1], nil
}

func (r *reader) Turns(id string, after int64, limit int) (list []session.Turn, err error) {
	t := r.talks[id]
	if t == nil {
		return nil, nil
	}
	for _, n := range t.turns {
		if n.Last > after && n.Authors > 0 && len(list) < limit {
			list = append(list, n)
		}
	}
	return list, nil
}

func (r *reader) Answered(id string, client session.ClientKey) (int64, error) {
	if t := r.talks[id]; t != nil && client != (session.ClientKey{}) {
		for _, n := range t.turns {
			if n.Client == client {
				return n.Version, nil
			}
		}
	}
	return 0, session.ErrNotFound
}

func (r *reader) Answers(id string, limit int) (list []session.Answer, err error) {
	t := r.talks[id]
	if t == nil {
		return nil, nil
	}
	for _, n := range t.turns {
		if n.Client != (session.ClientKey{}) {
			list = append(list, session.Answer{Client: n.Client, Version: n.Version})
		}
	}
	return list[max(0, len(list)-limit):], nil
}

func (r *reader) Due(now time.Time, limit int) (list []session.Due, err error) {
	for id, t := range r.talks {
		if due := t.standing.Due; !due.IsZero() && !due.After(now) {
			list = append(list, session.Due{Conversation: id, At: due})
		}
	}
	slices.SortFunc(list, func(a, b session.Due) int {
		if c := a.At.Compare(b.At); c != 0 {
			return c
		}
		if a.Conversation < b.Conversation {
			return -1
		}
		return 1
	})
	return list[:min(len(list), limit)], nil
}

func (r *reader) Reserved(from, to, now time.Time) (list []session.Reservation, err error) {
	for _, o := range r.calendar {
		if overlap(o, from, to) && (o.Booked || o.Expires.After(now)) {
			list = append(list, o)
		}
	}
	slices.SortFunc(list, func(a, b session.Reservation) int {
		if c := a.Slot.Start.Compare(b.Slot.Start); c != 0 {
			return c
		}
		return a.Place - b.Place
	})
	return list, nil
}

func (r *reader) Machine(hash string) ([]byte, error) {
	if m := r.machines[hash]; m != nil {
		return slices.Clone(m), nil
	}
	return nil, session.ErrNotFound
}

func (r *reader) Audit(after int64, limit int) ([]session.Entry, error) {
	return session.EntriesAfter(r.name, r.blocks, after, limit)
}

func (r *reader) Blocks(after int64, limit int) (list []session.Block, err error) {
	for _, b := range r.blocks {
		if b.First+b.Count > after+1 && len(list) < limit {
			list = append(list, b)
		}
	}
	return list, nil
}

func (r *reader) Outbox(limit int) ([]session.Parcel, error) {
	return slices.Clone(r.outbox[:min(len(r.outbox), limit)]), nil
}
