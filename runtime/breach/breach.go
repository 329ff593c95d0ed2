// Package breach keeps the records of incidents with patient data: what happened, whose data of which classes in which turns is
// concerned, how it was judged, who was told, and by when they must be (45 CFR 164.400 to 164.414, 164.530(j)).
//
// A record is never changed: each change is a new revision, and the earlier ones stay. Records are sealed, since what people write
// about an incident can tell about patients. The conversations that are concerned come under a legal hold, so that what the
// practice must prove does not end with its term.
package breach

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/tacet-lang/tacet/runtime/audit"
	"github.com/tacet-lang/tacet/runtime/session"
	"github.com/tacet-lang/tacet/runtime/vault"
)

// Errors.
var (
	// ErrStale says that the record was changed meanwhile.
	ErrStale = errors.New("the record was changed meanwhile")
	// ErrNobody says that no conversation is concerned.
	ErrNobody = errors.New("the audit trail knows of no conversation that is concerned")
)

// The decisions about an incident. Until there is one it is presumed a breach (45 CFR 164.402(2)).
const (
	Undecided = ""
	IsBreach  = "breach"
	LowRisk   = "low-probability" // of compromise, as the four factors show
)

// Record is one incident.
type Record struct {
	ID         string         `json:"id"`
	Revision   int            `json:"revision"`
	Practice   string         `json:"practice"`
	Discovered time.Time      `json:"discovered"`
	What       string         `json:"what"`
	Received   string         `json:"received,omitempty"`   // who got the data
	Mitigation string         `json:"mitigation,omitempty"` // what was done about it
	Decision   string         `json:"decision,omitempty"`
	Because    string         `json:"because,omitempty"` // the four factors of 45 CFR 164.402(2)
	States     map[string]int `json:"states,omitempty"`  // residents concerned
	Notices    []Notice       `json:"notices,omitempty"`
	Affected   []Affected     `json:"affected"`
	By         string         `json:"by"` // of this revision
	At         time.Time      `json:"at"`
}

// Notice says who was told.
type Notice struct {
	To string    `json:"to"` // individuals, hhs, media
	At time.Time `json:"at"`
	By string    `json:"by"`
}

// Affected is one conversation, and so one person, of whom data is concerned.
type Affected struct {
	Conversation string   `json:"conversation"`
	Classes      []string `json:"classes"` // that it held when it was looked at
	Turns        []int64  `json:"turns"`   // in which there was something by then
	Entries      []int64  `json:"entries"` // of the audit trail, that show how it is concerned
	Erased       bool     `json:"erased,omitempty"`
}

// Revision is a record as it is stored.
type Revision struct {
	ID     string
	Number int // from 1
	Key    int64
	At     time.Time
	Sealed []byte
}

// Store keeps records. Implementations pass breachtest.Run. Safe for concurrent use, also by several processes.
type Store interface {
	session.Store
	// PutIncident adds a revision. It returns ErrStale when its number does not follow.
	PutIncident(ctx context.Context, practice string, r Revision, entries ...session.Entry) error
	// Incidents lists the newest revision of each record, by id.
	Incidents(ctx context.Context, practice string) ([]Revision, error)
}

// Query says how data is concerned: seen by a person, sent to a vendor, or of certain conversations.
type Query struct {
	Person        string
	Vendor        string
	Conversations []string
	From, To      time.Time // From ≤ at < To; zero: open
}

// shows lists what shows somebody a conversation.
var shows = []string{"transcript.viewed", "transcript.revealed", "transcript.exported", "conversation.claimed", "conversation.replied", "search.hit"}

// searched is a search, which shows who was found by name. Its entry is about several conversations, and names them.
const searched, searchFound = "conversations.searched", "found"

// leaves lists what takes data to a vendor. What was begun may have arrived, whatever came back.
var leaves = []string{"egress.begun", "egress.delivered", "egress.fetched", "egress.handed-out"}

// concerned are the conversations of a query that an entry of the trail is about.
func (q *Query) concerned(e *session.Entry) []string {
	if e.Action == searched {
		return slices.DeleteFunc(strings.Fields(e.Detail[searchFound]), func(id string) bool {
			return !(q.Person != "" && e.Actor == q.Person || q.Person == "" && slices.Contains(q.Conversations, id))
		})
	}
	if q.concerns(e) {
		return []string{e.Conversation}
	}
	return nil
}

// concerns reports whether an entry about one conversation is about data of a query.
func (q *Query) concerns(e *session.Entry) bool {
	switch {
	case e.Conversation == "":
		return false
	case q.Person != "":
		return e.Actor == q.Person && slices.Contains(shows, e.Action)
	case q.Vendor != "":
		told := e.Detail["form"] == "thin" && e.Action != "egress.fetched" // that there is something, and no more
		return e.Detail["vendor"] == q.Vendor && slices.Contains(leaves, e.Action) && !told
	}
	return slices.Contains(q.Conversations, e.Conversation)
}

// Find says which conversations, classes and turns are concerned: one look through the trail, and one at each conversation.
func Find(ctx context.Context, s session.Store, v *vault.Vault, practice string, q Query) ([]Affected, error) {
	found := map[string]*hit{}
	for _, id := range q.Conversations {
		found[id] = &hit{}
	}
	err := audit.Each(ctx, s, practice, audit.Query{From: q.From, To: q.To}, func(e session.Entry) error {
		for _, id := range q.concerned(&e) {
			h := found[id]
			if h == nil {
				h = &hit{}
				found[id] = h
			}
			h.entries, h.last = append(h.entries, e.Number), e.At
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	f := finder{store: s, vault: v, practice: practice, machines: map[string]fields{}}
	list := make([]Affected, 0, len(found))
	for _, id := range slices.Sorted(maps.Keys(found)) {
		a, err := f.look(ctx, id, found[id])
		if err != nil {
			return nil, fmt.Errorf("conversation %s: %w", id, err)
		}
		list = append(list, a)
	}
	return list, nil
}

// hit is how a conversation is concerned.
type hit struct {
	entries []int64
	last    time.Time // of the last entry; zero: of whatever it holds
}

// finder looks at conversations.
type finder struct {
	store    session.Store
	vault    *vault.Vault
	practice string
	machines map[string]fields // by hash
}

// manyTurns is more than a conversation has.
const manyTurns = 1 << 20

// look opens the turns that were there by the last entry.
func (f *finder) look(ctx context.Context, id string, h *hit) (Affected, error) {
	a := Affected{Conversation: id, Entries: h.entries}
	var header session.Header
	var turns []session.Turn
	err := f.store.View(ctx, f.practice, func(r session.Reader) (err error) {
		if header, err = r.Header(id); err == nil {
			turns, err = r.Turns(id, 0, manyTurns)
		}
		return err
	})
	if err != nil {
		return a, err
	}
	classes := map[string]bool{}
	for i := range turns {
		t := &turns[i]
		if !h.last.IsZero() && t.At.After(h.last) {
			break
		}
		a.Turns = append(a.Turns, t.Version)
		o, err := session.OpenTurn(ctx, f.vault, &header, t)
		if errors.Is(err, vault.ErrDestroyed) {
			a.Erased = true
			continue
		}
		if err != nil {
			return a, err
		}
		if err := f.hold(ctx, &o, classes); err != nil {
			return a, err
		}
	}
	a.Classes = slices.Sorted(maps.Keys(classes))
	return a, nil
}

// Deadlines are the record's.
func (r *Record) Deadlines(zone *time.Location) []Deadline {
	return Deadlines(r.Discovered, len(r.Affected), r.States, zone)
}

// sealed is where a record is bound to.
func sealed(practice, id string, number int) vault.Label {
	return vault.Label{Practice: practice, Conversation: "incident/" + id, Sequence: int64(number), Column: "record"}
}

// Put stores the next revision of a record, with an entry in the trail.
func Put(ctx context.Context, s Store, v *vault.Vault, r Record, action string) (Record, error) {
	r.Revision++
	plain, err := json.Marshal(r)
	if err != nil {
		return r, err
	}
	key, err := v.NewKey(ctx, r.Practice)
	if err != nil {
		return r, err
	}
	b, err := v.Seal(ctx, key, sealed(r.Practice, r.ID, r.Revision), plain)
	if err != nil {
		return r, err
	}
	entry := session.Entry{At: r.At.UTC(), Actor: r.By, Action: action, Detail: map[string]string{
		"incident": r.ID, "people": fmt.Sprint(len(r.Affected)), "decision": r.Decision,
	}}
	return r, s.PutIncident(ctx, r.Practice, Revision{ID: r.ID, Number: r.Revision, Key: key, At: r.At, Sealed: b}, entry)
}

// List opens the newest revision of each record.
func List(ctx context.Context, s Store, v *vault.Vault, practice string) ([]Record, error) {
	stored, err := s.Incidents(ctx, practice)
	if err != nil {
		return nil, err
	}
	list := make([]Record, len(stored))
	for i, r := range stored {
		plain, err := v.Open(ctx, r.Key, sealed(practice, r.ID, r.Number), r.Sealed)
		if err != nil {
			return nil, fmt.Errorf("incident %s: %w", r.ID, err)
		}
		if err := json.Unmarshal(plain, &list[i]); err != nil {
			return nil, fmt.Errorf("incident %s: %w", r.ID, err)
		}
	}
	return list, nil
}

// Classes lists all that are concerned.
func (r *Record) Classes() []string {
	all := map[string]bool{}
	for _, a := range r.Affected {
		for _, c := range a.Classes {
			all[c] = true
		}
	}
	return slices.Sorted(maps.Keys(all))
}

// Check reports what a record lacks.
func (r *Record) Check() error {
	switch {
	case strings.TrimSpace(r.What) == "":
		return errors.New("say what happened")
	case r.Discovered.IsZero() || r.Discovered.After(r.At):
		return errors.New("say on which day it was discovered, which is not to come")
	case r.Decision != Undecided && r.Decision != IsBreach && r.Decision != LowRisk:
		return fmt.Errorf("a decision is `%s` or `%s`", IsBreach, LowRisk)
	case r.Decision == LowRisk && strings.TrimSpace(r.Because) == "":
		return errors.New("say why the probability is low, by the four factors of 45 CFR 164.402(2): what data, who got it, was it looked at, what was done")
	}
	return nil
}
