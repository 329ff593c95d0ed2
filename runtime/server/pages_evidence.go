package server

import (
	"net/http"
	"time"
)

var (
	evidenceTemplate = sheetTemplate("staff_evidence.html")
	trailTemplate    = sheetTemplate("staff_trail.html")
)

// evidencePage shows what the compliance owner has to know, and lets them sign, hold and open.
func (s *Server) evidencePage(w http.ResponseWriter, r *http.Request, c *caller) error {
	base, err := s.sheet(r, c, "Evidence")
	if err != nil {
		return err
	}
	e, err := s.evidence(r.Context())
	if err != nil {
		return err
	}
	return s.page(w, evidenceTemplate(), struct {
		sheet
		E *evidenceAnswer
	}{base, e})
}

// trailPage searches the audit trail.
func (s *Server) trailPage(w http.ResponseWriter, r *http.Request, c *caller) error {
	base, err := s.sheet(r, c, "Audit trail")
	if err != nil {
		return err
	}
	today := s.host.Now().In(s.zone())
	q := r.URL.Query()
	v := struct {
		sheet
		From, To, Actor, Action, Conversation string
		Entries                               []entryAnswer
	}{base, q.Get("from"), q.Get("to"), q.Get("actor"), q.Get("action"), q.Get("conversation"), nil}
	if v.From == "" {
		v.From = today.AddDate(0, 0, -6).Format(time.DateOnly)
	}
	if v.To == "" {
		v.To = today.Format(time.DateOnly)
	}
	v.Entries, err = s.trail(r)
	if err := v.complain(err); err != nil {
		return err
	}
	return s.page(w, trailTemplate(), v)
}
