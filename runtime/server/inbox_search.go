package server

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/tacet-lang/tacet/runtime/engine"
	"github.com/tacet-lang/tacet/runtime/people"
	"github.com/tacet-lang/tacet/runtime/session"
)

// Bounds of a search.
const (
	searchDays   = 92
	searchOpened = 1000 // conversations looked at
	searchShown  = 100
)

type (
	// searchBody says what to look for. It is a body and not an address, because addresses end up in logs.
	searchBody struct {
		From    string `json:"from" need:"true"` // days of the practice's calendar, both included
		To      string `json:"to" need:"true"`
		State   string `json:"state"` // assistant, waiting, human, closed
		Team    string `json:"team"`
		Outcome string `json:"outcome"`
		Flagged bool   `json:"flagged"` // only those in which protected data was volunteered
		Name    string `json:"name"`    // words of the patient's name
	}
	searchAnswer struct {
		Conversations []caseAnswer `json:"conversations"`
		More          bool         `json:"more"` // there are more than are shown, or were looked at
	}
)

// search finds conversations by what queues know of them. Names stand sealed and there is no index of them, which would tell
// who has the database who wrote; so a search by name opens the conversations of the days asked for, one by one.
func (s *Server) search(w http.ResponseWriter, r *http.Request, c *caller) error {
	var b searchBody
	if err := decodeInto(w, r, &b); err != nil {
		return err
	}
	words, err := s.checkSearch(c, &b)
	if err != nil {
		return err
	}
	from, to, err := s.days(b.From, b.To)
	if err != nil {
		return err
	}
	list, err := s.host.Started(r.Context(), from, to, searchOpened+1)
	if err != nil {
		return err
	}
	names, err := s.people.Names(r.Context())
	if err != nil {
		return err
	}
	out := searchAnswer{Conversations: []caseAnswer{}, More: len(list) > searchOpened}
	var hits []string
	for i := range list[:min(len(list), searchOpened)] {
		k := &list[i]
		if !s.people.May(c.Visit, people.ViewTranscript, s.target(c, k)) || !b.fits(k) || !named(k, words) {
			continue
		}
		if len(hits) == searchShown {
			out.More = true
			break
		}
		hits = append(hits, k.ID)
		out.Conversations = append(out.Conversations, s.newCase(k, s.sees(c, k.ID), names))
	}
	if err := s.noteSearch(r, c, &b, hits); err != nil {
		return err
	}
	return s.send(w, http.StatusOK, out)
}

func (s *Server) checkSearch(c *caller, b *searchBody) (words []string, err error) {
	if b.State != "" && !slices.Contains([]engine.Control{engine.Assistant, engine.Waiting, engine.Human, engine.Closed}, engine.Control(b.State)) {
		return nil, errState
	}
	if _, err := s.teams(b.Team); err != nil || b.Outcome != "" && !outcome.MatchString(b.Outcome) {
		return nil, errInvalid
	}
	words = strings.Fields(strings.ToLower(b.Name))
	for _, word := range words {
		if utf8.RuneCountInString(word) < 2 || !s.people.Sees(c.Visit, "contact") {
			return nil, errInvalid
		}
	}
	return words, nil
}

// days reads two days of the practice's calendar and returns the time between the begin of the first and the end of the second.
func (s *Server) days(first, last string) (from, to time.Time, err error) {
	zone := s.zone()
	if from, err = time.ParseInLocation(time.DateOnly, first, zone); err != nil {
		return from, to, errRange
	}
	if to, err = time.ParseInLocation(time.DateOnly, last, zone); err != nil {
		return from, to, errRange
	}
	to = to.AddDate(0, 0, 1)
	if !from.Before(to) || to.After(from.AddDate(0, 0, searchDays+1)) {
		return from, to, errRange
	}
	return from, to, nil
}

// zone is the practice's; every flow that is served was loaded with it.
func (s *Server) zone() *time.Location {
	if flows := s.host.Flows(); len(flows) > 0 {
		if zone, err := time.LoadLocation(flows[0].Practice.Timezone); err == nil {
			return zone
		}
	}
	return time.UTC
}

func (b *searchBody) fits(k *session.Case) bool {
	return (b.State == "" || b.State == string(k.Control)) && (b.Team == "" || b.Team == k.Team) &&
		(b.Outcome == "" || b.Outcome == k.Outcome) && (!b.Flagged || k.Flagged)
}

// named reports whether every word begins a word of a name that the patient gave.
func named(k *session.Case, words []string) bool {
	if len(words) == 0 {
		return true
	}
	var given []string
	for i, f := range k.Flow.Fields {
		if f.Type == "name" && i < len(k.Values) {
			given = append(given, strings.Fields(strings.ToLower(k.Values[i]))...)
		}
	}
	for _, word := range words {
		if !slices.ContainsFunc(given, func(g string) bool { return strings.HasPrefix(g, word) }) {
			return false
		}
	}
	return true
}

// noteSearch writes into the trail what was looked for and what was found, but not the name.
func (s *Server) noteSearch(r *http.Request, c *caller, b *searchBody, hits []string) error {
	detail := map[string]string{"from": b.From, "to": b.To, "hits": strconv.Itoa(len(hits))}
	for name, value := range map[string]string{"state": b.State, "team": b.Team, "outcome": b.Outcome} {
		if value != "" {
			detail[name] = value
		}
	}
	if b.Name != "" {
		detail["by"], detail["found"] = "name", strings.Join(hits, " ")
	}
	return s.host.Note(r.Context(), c.ID, "conversations.searched", "", detail)
}
