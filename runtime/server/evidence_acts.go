package server

import (
	"context"
	"crypto/rand"
	"encoding/base32"
	"errors"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/tacet-lang/tacet/runtime/retention"
	"github.com/tacet-lang/tacet/runtime/session"
)

// Incidents and what the trail knows. An incident is two entries of the trail, which nobody can change and which is kept as long as
// the law asks (45 CFR 164.414(b), 164.316(b)(2)); so what stands there says what happened, and nothing about a patient.
type (
	incidentBody struct {
		Summary    string `json:"summary" need:"true"`
		Discovered string `json:"discovered" need:"true"` // a day: the clock of 45 CFR 164.404 runs from it
		Person     string `json:"person"`                 // whose looks are concerned, by id
		From       string `json:"from"`
		To         string `json:"to"`
	}
	incidentAnswer struct {
		ID         string   `json:"id"`
		Summary    string   `json:"summary"`
		Discovered string   `json:"discovered"`
		Due        string   `json:"due"` // patients must be told by this day, if it was a breach
		Days       int      `json:"days"`
		Outcome    string   `json:"outcome,omitempty"`
		Affected   []string `json:"affected"` // conversations that the person looked at on these days
	}
	trailAnswer struct {
		Entries []entryAnswer `json:"entries"`
	}
	entryAnswer struct {
		Number       int64         `json:"number"`
		At           time.Time     `json:"at"`
		Actor        string        `json:"actor"`
		Name         string        `json:"name,omitempty"` // of the actor, who has an account
		Action       string        `json:"action"`
		Conversation string        `json:"conversation,omitempty"`
		Detail       []detailEntry `json:"detail"`
	}
	detailEntry struct {
		Name  string `json:"name"`
		Value string `json:"value"`
	}
)

// notifyWithin is how many days there are to tell patients of a breach (45 CFR 164.404(b)).
const notifyWithin = 60

func (s *Server) hold(w http.ResponseWriter, r *http.Request, c *caller) error {
	var b holdBody
	if err := decodeInto(w, r, &b); err != nil {
		return err
	}
	if err := checkReason(b.Reason); err != nil {
		return err
	}
	if s.rooms.Holds == nil {
		return errNotFound
	}
	now := s.host.Now().UTC()
	h := retention.Hold{ID: token26(), Practice: s.host.Practice(), Conversation: b.Conversation, Reason: b.Reason, By: c.ID, At: now}
	err := s.rooms.Holds.Hold(r.Context(), h, session.Entry{
		At: now, Actor: c.ID, Action: "hold.placed", Conversation: b.Conversation, Detail: map[string]string{"hold": h.ID, "reason": b.Reason},
	})
	if errors.Is(err, retention.ErrErased) {
		return errNotFound
	}
	if err != nil {
		return err
	}
	return s.send(w, http.StatusCreated, madeAnswer{h.ID})
}

func (s *Server) releaseHold(w http.ResponseWriter, r *http.Request, c *caller) error {
	reason, err := s.reason(w, r)
	if err != nil {
		return err
	}
	if s.rooms.Holds == nil {
		return errNotFound
	}
	now := s.host.Now().UTC()
	list, err := s.rooms.Holds.Holds(r.Context(), s.host.Practice(), false)
	if err != nil {
		return err
	}
	for _, h := range list {
		if h.ID != r.PathValue("hold") {
			continue
		}
		h.Released, h.ReleasedBy, h.ReleasedReason = now, c.ID, reason
		return s.done(w, s.rooms.Holds.Release(r.Context(), h, session.Entry{
			At: now, Actor: c.ID, Action: "hold.released", Conversation: h.Conversation, Detail: map[string]string{"hold": h.ID, "reason": reason},
		}))
	}
	return errNotFound
}

// token26 is an unguessable name.
func token26() string {
	b := make([]byte, 16)
	_, _ = rand.Read(b) // it never fails
	return strings.ToLower(base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(b))
}

func (s *Server) openIncident(w http.ResponseWriter, r *http.Request, c *caller) error {
	var b incidentBody
	if err := decodeInto(w, r, &b); err != nil {
		return err
	}
	if checkReason(b.Summary) != nil {
		return invalid("say in 5 to 500 characters what happened, and nothing about a patient")
	}
	discovered, err := time.ParseInLocation(time.DateOnly, b.Discovered, s.zone())
	if err != nil || discovered.After(s.host.Now()) {
		return invalid("the day of discovery is written as 2026-11-30 and is not in the future")
	}
	detail := map[string]string{"incident": token26(), "summary": b.Summary, "discovered": b.Discovered}
	if b.Person != "" {
		names, err := s.people.Names(r.Context())
		if err != nil {
			return err
		}
		if _, known := names[b.Person]; !known {
			return invalid("nobody has that id")
		}
		if _, _, err := s.days(b.From, b.To); err != nil {
			return invalid("with a person come the days, at most 92 apart")
		}
		detail["person"], detail["from"], detail["to"] = b.Person, b.From, b.To
	}
	if err := s.host.Note(r.Context(), c.ID, "incident.opened", "", detail); err != nil {
		return err
	}
	return s.send(w, http.StatusCreated, madeAnswer{detail["incident"]})
}

func (s *Server) closeIncident(w http.ResponseWriter, r *http.Request, c *caller) error {
	var b closeBody
	if err := decodeInto(w, r, &b); err != nil {
		return err
	}
	if !outcome.MatchString(b.Outcome) {
		return errOutcome
	}
	e, err := s.evidence(r.Context())
	if err != nil {
		return err
	}
	for _, i := range e.Incidents {
		if i.ID == r.PathValue("incident") && i.Outcome == "" {
			return s.done(w, s.host.Note(r.Context(), c.ID, "incident.closed", "", map[string]string{"incident": i.ID, "outcome": b.Outcome}))
		}
	}
	return errNotFound
}

// incidents reads incidents out of the trail, the newest first.
func (s *Server) incidents(ctx context.Context, entries []session.Entry, now time.Time) ([]incidentAnswer, error) {
	list := []incidentAnswer{}
	for _, e := range entries {
		d := e.Detail
		switch e.Action {
		case "incident.opened":
			a := incidentAnswer{ID: d["incident"], Summary: d["summary"], Discovered: d["discovered"], Affected: []string{}}
			if day, err := time.ParseInLocation(time.DateOnly, a.Discovered, now.Location()); err == nil {
				due := day.AddDate(0, 0, notifyWithin)
				a.Due, a.Days = due.Format(time.DateOnly), int(due.Sub(now).Hours()/24)
			}
			var err error
			if d["person"] != "" {
				if a.Affected, err = s.seenBy(ctx, d["person"], d["from"], d["to"]); err != nil {
					return nil, err
				}
			}
			list = append(list, a)
		case "incident.closed":
			for i := range list {
				if list[i].ID == d["incident"] {
					list[i].Outcome = d["outcome"]
				}
			}
		}
	}
	slices.Reverse(list)
	return list, nil
}

// seenBy lists the conversations that somebody looked at on some days, by the trail.
func (s *Server) seenBy(ctx context.Context, person, first, last string) ([]string, error) {
	from, to, err := s.days(first, last)
	if err != nil {
		return []string{}, nil //nolint:nilerr // an entry that was written by another version
	}
	looks, err := s.host.Entries(ctx, from, to, 10_000, func(e *session.Entry) bool {
		return e.Actor == person && e.Conversation != "" && strings.HasPrefix(e.Action, "transcript.")
	})
	list := []string{}
	for _, e := range looks {
		list = append(list, e.Conversation)
	}
	slices.Sort(list)
	return slices.Compact(list), err
}

// trailQuery are the parameters of a search in the trail.
var trailQuery = []string{"from", "to", "actor", "action", "conversation"}

// trailShown is the most entries of one answer, the newest.
const trailShown = 500

// trail finds entries.
func (s *Server) trail(r *http.Request) ([]entryAnswer, error) {
	q := r.URL.Query()
	first, last := q.Get("from"), q.Get("to")
	today := s.host.Now().In(s.zone())
	if last == "" {
		last = today.Format(time.DateOnly)
	}
	if first == "" {
		first = today.AddDate(0, 0, -6).Format(time.DateOnly)
	}
	from, to, err := s.days(first, last)
	if err != nil {
		return nil, err
	}
	actor, action, conversation := q.Get("actor"), q.Get("action"), q.Get("conversation")
	entries, err := s.host.Entries(r.Context(), from, to, trailShown, func(e *session.Entry) bool {
		return (actor == "" || e.Actor == actor) && (action == "" || strings.HasPrefix(e.Action, action)) && (conversation == "" || e.Conversation == conversation)
	})
	if err != nil {
		return nil, err
	}
	names, err := s.people.Names(r.Context())
	if err != nil {
		return nil, err
	}
	list := []entryAnswer{}
	for _, e := range slices.Backward(entries) {
		a := entryAnswer{Number: e.Number, At: e.At.UTC(), Actor: e.Actor, Name: names[e.Actor], Action: e.Action, Conversation: e.Conversation, Detail: []detailEntry{}}
		for name, value := range e.Detail {
			a.Detail = append(a.Detail, detailEntry{name, value})
		}
		slices.SortFunc(a.Detail, func(a, b detailEntry) int { return strings.Compare(a.Name, b.Name) })
		list = append(list, a)
	}
	return list, nil
}
