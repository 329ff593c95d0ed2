package server

import (
	"net/http"
	"time"
)

// The answers about where somebody is signed in.
type (
	placeAnswer struct {
		ID      string    `json:"id"`
		Browser string    `json:"browser"`
		Network string    `json:"network"`
		Began   time.Time `json:"began"`
		Seen    time.Time `json:"seen"`
		Current bool      `json:"current"`
	}
	placesAnswer struct {
		Sessions []placeAnswer `json:"sessions"`
	}
)

func (s *Server) sessionRoutes() []route {
	return []route{
		{method: "GET", path: "/api/staff/sessions", does: "Lists where one is signed in", access: toStaff(),
			answer: answer{status: http.StatusOK, body: placesAnswer{}}, staff: s.places},
		{method: "POST", path: "/api/staff/sessions/{session}/end", access: toStaff(), staff: s.endPlace,
			does:   "Ends one of one's own sessions, or for `others` all but this one, within ten minutes of signing in",
			answer: answer{status: http.StatusNoContent}, problems: []*problem{errInvalid, errNotFound}},
	}
}

func (s *Server) places(w http.ResponseWriter, r *http.Request, c *caller) error {
	list, err := s.people.Places(r.Context(), c.Visit)
	if err != nil {
		return err
	}
	out := placesAnswer{Sessions: make([]placeAnswer, len(list))}
	for i, p := range list {
		out.Sessions[i] = placeAnswer{p.ID, p.Client.Browser, p.Client.Network, p.Began, p.Seen, p.Current}
	}
	return s.send(w, http.StatusOK, out)
}

func (s *Server) endPlace(w http.ResponseWriter, r *http.Request, c *caller) error {
	return s.done(w, s.people.EndPlace(r.Context(), c.Visit, r.PathValue("session")))
}
