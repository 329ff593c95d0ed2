package server

import (
	"bytes"
	"context"
	"crypto/sha256"
	"fmt"
	"net/http"
	"slices"
	"time"

	"github.com/tacet-lang/tacet/runtime/engine"
	"github.com/tacet-lang/tacet/runtime/report"
	"github.com/tacet-lang/tacet/runtime/session"
)

// What the assistant ended alone is looked at by people, a few conversations a week: one that people should have had counts as owed and
// not met (M10), whatever the triggers say of it.
const (
	sampleDays = 7
	sampleFrom = 300 // newest conversations of these days that are drawn from
	sampleSize = 5
)

type (
	sampleAnswer struct {
		Conversation string    `json:"conversation"`
		Flow         string    `json:"flow"`
		Started      time.Time `json:"started"`
	}
	judgementBody struct {
		Conversation string `json:"conversation" need:"true"`
		Owed         string `json:"owed" need:"true"` // yes: people should have had it; no
	}
)

func (s *Server) judgementRoute(a access) route {
	return route{method: "POST", path: "/api/staff/judgements", does: "Says whether people should have had a conversation that the assistant ended alone",
		access: a, body: judgementBody{}, answer: answer{status: http.StatusNoContent}, problems: []*problem{errInvalid, errNotFound}, staff: s.judge}
}

// judge writes into the trail what somebody makes of a conversation; the last judgement counts.
func (s *Server) judge(w http.ResponseWriter, r *http.Request, c *caller) error {
	var b judgementBody
	if err := decodeInto(w, r, &b); err != nil {
		return err
	}
	if b.Owed != report.Owed && b.Owed != report.NotOwed {
		return errInvalid
	}
	if _, err := s.host.Case(r.Context(), b.Conversation); err != nil {
		return err
	}
	return s.done(w, s.host.Note(r.Context(), c.ID, report.ActionJudged, b.Conversation, map[string]string{"owed": b.Owed}))
}

// sample draws conversations of the last days that people never had and nobody has judged. The draw is the same for everybody on a day,
// and nobody chooses it.
func (s *Server) sample(ctx context.Context, now time.Time) ([]sampleAnswer, error) {
	from := now.AddDate(0, 0, -sampleDays)
	list, err := s.host.Started(ctx, from, now, sampleFrom)
	if err != nil {
		return nil, err
	}
	judged := map[string]bool{}
	store, _ := s.host.Store()
	if err := store.View(ctx, s.host.Practice(), func(r session.Reader) error {
		return session.Finding{Practice: s.host.Practice(), Action: report.ActionJudged, From: from}.Each(r, func(e session.Entry) bool {
			judged[e.Conversation] = true
			return true
		})
	}); err != nil {
		return nil, err
	}
	list = slices.DeleteFunc(list, func(k session.Case) bool {
		return k.Control != engine.Closed || !k.Desk.Asked.IsZero() || k.LastHeard.IsZero() || judged[k.ID]
	})
	day := now.Format(time.DateOnly)
	place := func(k *session.Case) []byte {
		h := sha256.Sum256(fmt.Appendf(nil, "%s %s", day, k.ID))
		return h[:]
	}
	slices.SortFunc(list, func(a, b session.Case) int { return bytes.Compare(place(&a), place(&b)) })
	out := []sampleAnswer{}
	for i := range list[:min(len(list), sampleSize)] {
		out = append(out, sampleAnswer{list[i].ID, list[i].Flow.Flow.Name, list[i].Started.UTC()})
	}
	return out, nil
}
