package server

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/tacet-lang/tacet/runtime/breach"
	"github.com/tacet-lang/tacet/runtime/retention"
	"github.com/tacet-lang/tacet/runtime/session"
)

// Bodies and answers about incidents and the trail.
type (
	incidentBody struct {
		Summary      string `json:"summary" need:"true"`
		Discovered   string `json:"discovered" need:"true"` // a day: the clocks of 45 CFR 164.404 and the following run from it
		Person       string `json:"person"`                 // concerned is what they have seen, by id
		Vendor       string `json:"vendor"`                 // or what this vendor has received
		Conversation string `json:"conversation"`           // or this one
		From         string `json:"from"`
		To           string `json:"to"`
	}
	decisionBody struct {
		Decision   string `json:"decision"` // breach, low-probability
		Because    string `json:"because"`
		Mitigation string `json:"mitigation"`
		Told       string `json:"told"` // individuals, hhs, media: today
	}
	incidentAnswer struct {
		ID         string           `json:"id"`
		Summary    string           `json:"summary"`
		Discovered string           `json:"discovered"`
		Decision   string           `json:"decision"` // presumed a breach until it is decided
		Because    string           `json:"because,omitempty"`
		Classes    []string         `json:"classes"`
		Affected   []string         `json:"affected"` // conversations
		Deadlines  []deadlineAnswer `json:"deadlines"`
		Told       []toldAnswer     `json:"told"`
	}
	deadlineAnswer struct {
		Who   string `json:"who"`
		Day   string `json:"day"` // the last in time
		Basis string `json:"basis"`
		Days  int    `json:"days"` // left
	}
	toldAnswer struct {
		To  string `json:"to"`
		Day string `json:"day"`
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
	id, err := s.placeHold(r.Context(), c, b.Conversation, b.Reason)
	if err != nil {
		return err
	}
	return s.send(w, http.StatusCreated, madeAnswer{id})
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

// openIncident records an incident, finds out whom it concerns, and keeps what must be proven.
func (s *Server) openIncident(w http.ResponseWriter, r *http.Request, c *caller) error {
	var b incidentBody
	if err := decodeInto(w, r, &b); err != nil {
		return err
	}
	if s.rooms.Incidents == nil {
		return errNotFound
	}
	q, err := s.concerned(&b)
	if err != nil {
		return err
	}
	discovered, err := time.ParseInLocation(time.DateOnly, b.Discovered, s.zone())
	if err != nil {
		return invalid("a day is written as 2026-11-30")
	}
	rec := breach.Record{
		ID: strings.ToLower(session.NewID()[:10]), Practice: s.host.Practice(), Discovered: discovered, What: b.Summary, By: c.ID, At: s.host.Now().UTC(),
	}
	if err := rec.Check(); err != nil {
		return invalid(err.Error())
	}
	store, vault := s.host.Store()
	rec.Affected, err = breach.Find(r.Context(), store, vault, rec.Practice, q)
	if err != nil {
		return err
	}
	if len(rec.Affected) == 0 {
		return invalid(breach.ErrNobody.Error())
	}
	if rec, err = breach.Put(r.Context(), s.rooms.Incidents, vault, rec, "breach.opened"); err != nil {
		return err
	}
	for _, a := range rec.Affected {
		if a.Erased || s.rooms.Holds == nil {
			continue
		}
		if _, err := s.placeHold(r.Context(), c, a.Conversation, "incident "+rec.ID); err != nil {
			return err
		}
	}
	return s.send(w, http.StatusCreated, madeAnswer{rec.ID})
}

// concerned reads whose data an incident concerns.
func (s *Server) concerned(b *incidentBody) (q breach.Query, err error) {
	q = breach.Query{Person: b.Person, Vendor: b.Vendor}
	given := 0
	for _, v := range []string{b.Person, b.Vendor, b.Conversation} {
		if v != "" {
			given++
		}
	}
	if given != 1 {
		return q, invalid("say what is concerned: what a person has seen, what a vendor has received, or which conversation")
	}
	if b.Conversation != "" {
		q.Conversations = []string{b.Conversation}
	}
	for _, d := range []struct {
		day  string
		next int
		to   *time.Time
	}{{b.From, 0, &q.From}, {b.To, 1, &q.To}} {
		if d.day == "" {
			continue
		}
		at, err := time.ParseInLocation(time.DateOnly, d.day, s.zone())
		if err != nil {
			return q, invalid("a day is written as 2026-11-30")
		}
		*d.to = at.AddDate(0, 0, d.next)
	}
	return q, nil
}

// placeHold keeps a conversation from being erased.
func (s *Server) placeHold(ctx context.Context, c *caller, conversation, reason string) (string, error) {
	h := retention.Hold{
		ID: session.NewID()[:12], Practice: s.host.Practice(), Conversation: conversation, Reason: reason, By: c.ID, At: s.host.Now().UTC().Truncate(time.Microsecond),
	}
	err := s.rooms.Holds.Hold(ctx, h, session.Entry{
		At: h.At, Actor: c.ID, Action: "hold.placed", Conversation: conversation, Detail: map[string]string{"hold": h.ID, "reason": reason},
	})
	if errors.Is(err, retention.ErrErased) {
		err = errNotFound
	}
	return h.ID, err
}

// decide writes down how an incident was judged and who was told; what was written before stays.
func (s *Server) decide(w http.ResponseWriter, r *http.Request, c *caller) error {
	var b decisionBody
	if err := decodeInto(w, r, &b); err != nil {
		return err
	}
	if s.rooms.Incidents == nil {
		return errNotFound
	}
	_, vault := s.host.Store()
	list, err := breach.List(r.Context(), s.rooms.Incidents, vault, s.host.Practice())
	if err != nil {
		return err
	}
	i := slices.IndexFunc(list, func(rec breach.Record) bool { return rec.ID == r.PathValue("incident") })
	if i < 0 {
		return errNotFound
	}
	rec := list[i]
	rec.By, rec.At = c.ID, s.host.Now().UTC()
	for to, given := range map[*string]string{&rec.Decision: b.Decision, &rec.Because: b.Because, &rec.Mitigation: b.Mitigation} {
		if given != "" {
			*to = given
		}
	}
	if b.Told != "" {
		if !slices.Contains([]string{"individuals", "hhs", "media"}, b.Told) {
			return invalid("told are individuals, hhs or media")
		}
		rec.Notices = append(slices.Clone(rec.Notices), breach.Notice{To: b.Told, At: rec.At, By: c.ID})
	}
	if err := rec.Check(); err != nil {
		return invalid(err.Error())
	}
	_, err = breach.Put(r.Context(), s.rooms.Incidents, vault, rec, "breach.updated")
	if errors.Is(err, breach.ErrStale) {
		err = errChanged
	}
	return s.done(w, err)
}

// incidents lists incidents, the newest discovery first.
func (s *Server) incidents(ctx context.Context, now time.Time) ([]incidentAnswer, error) {
	list := []incidentAnswer{}
	if s.rooms.Incidents == nil {
		return list, nil
	}
	_, vault := s.host.Store()
	records, err := breach.List(ctx, s.rooms.Incidents, vault, s.host.Practice())
	if err != nil {
		return nil, err
	}
	slices.SortStableFunc(records, func(a, b breach.Record) int { return b.Discovered.Compare(a.Discovered) })
	for i := range records {
		rec := &records[i]
		a := incidentAnswer{
			ID: rec.ID, Summary: rec.What, Discovered: rec.Discovered.In(now.Location()).Format(time.DateOnly), Decision: cmp.Or(rec.Decision, "presumed a breach"),
			Because: rec.Because, Classes: append([]string{}, rec.Classes()...), Affected: []string{}, Deadlines: []deadlineAnswer{}, Told: []toldAnswer{},
		}
		for _, f := range rec.Affected {
			a.Affected = append(a.Affected, f.Conversation)
		}
		for _, d := range rec.Deadlines(now.Location()) {
			last := d.By.Add(-time.Second).In(now.Location())
			a.Deadlines = append(a.Deadlines, deadlineAnswer{d.Who, last.Format(time.DateOnly), d.Basis, int(d.By.Sub(now).Hours() / 24)})
		}
		for _, n := range rec.Notices {
			a.Told = append(a.Told, toldAnswer{n.To, n.At.In(now.Location()).Format(time.DateOnly)})
		}
		list = append(list, a)
	}
	return list, nil
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
