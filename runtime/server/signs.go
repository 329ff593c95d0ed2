package server

import (
	"net/http"
	"slices"
	"strings"

	"github.com/tacet-lang/tacet/runtime/engine"
	"github.com/tacet-lang/tacet/runtime/people"
	"github.com/tacet-lang/tacet/runtime/presence"
	"github.com/tacet-lang/tacet/runtime/session"
)

// Who is there, and who is writing. Signs say that somebody writes and never what; they are kept nowhere, so they are no entries of the
// trail.
type (
	presenceBody struct {
		Conversation string `json:"conversation" need:"true"`
		Doing        string `json:"doing" need:"true"` // viewing, typing, gone
	}
	presenceAnswer struct {
		Others  []otherAnswer `json:"others"`
		Patient string        `json:"patient,omitempty"` // viewing, typing; else nobody knows
		Seq     int64         `json:"seq"`
		Control string        `json:"control"`
		Holder  string        `json:"holder,omitempty"`
	}
	otherAnswer struct {
		Name  string `json:"name"`
		Doing string `json:"doing"`
	}
	typingBody struct {
		Typing bool `json:"typing"`
	}
)

func (s *Server) presenceRoute() route {
	return route{method: "POST", path: "/api/staff/presence", does: "Says that one looks at a conversation, and who else does", access: toStaff(),
		body: presenceBody{}, answer: answer{status: http.StatusOK, body: presenceAnswer{}}, problems: []*problem{errNotFound, errInvalid},
		staff: s.attend}
}

// attend says who else looks at a conversation, to who may look at it. Only who has it is seen writing: nobody else can send.
func (s *Server) attend(w http.ResponseWriter, r *http.Request, c *caller) error {
	var b presenceBody
	if err := decodeInto(w, r, &b); err != nil {
		return err
	}
	k, err := s.host.Case(r.Context(), b.Conversation)
	if err != nil {
		return err
	}
	if !s.people.May(c.Visit, people.ViewTranscript, s.target(c, &k)) && !c.Broke(k.ID, s.host.Now()) {
		return errNotFound
	}
	doing := presence.Doing(b.Doing)
	if !slices.Contains([]presence.Doing{presence.Viewing, presence.Typing, presence.Gone}, doing) {
		return errInvalid
	}
	if doing == presence.Typing && (k.Holder != c.ID || k.Control != engine.Human) {
		doing = presence.Viewing
	}
	names, err := s.people.Names(r.Context())
	if err != nil {
		return err
	}
	s.present.Tell(k.ID, c.ID, doing)
	out := presenceAnswer{Others: []otherAnswer{}, Seq: k.Seq, Control: string(k.Control), Holder: k.Holder}
	for who, doing := range s.present.Who(k.ID, s.host.Now()) {
		switch who {
		case c.ID:
		case presence.Patient:
			out.Patient = string(doing)
		default:
			out.Others = append(out.Others, otherAnswer{names[who], string(doing)})
		}
	}
	slices.SortFunc(out.Others, func(a, b otherAnswer) int { return strings.Compare(a.Name, b.Name) })
	return s.send(w, http.StatusOK, out)
}

// typing takes the sign that a patient writes, or does not any more. It has a limit of its own, so that no sign can cost a message.
func (s *Server) typing(w http.ResponseWriter, r *http.Request) error {
	id, err := s.authorize(r)
	if err != nil {
		return err
	}
	if s.limits != nil {
		if wait := s.limits.signs.take(id, s.host.Now()); wait > 0 {
			return s.tooMany("signs", wait)
		}
	}
	var b typingBody
	if err := decodeInto(w, r, &b); err != nil {
		return err
	}
	doing := presence.Viewing
	if b.Typing {
		doing = presence.Typing
	}
	s.present.Tell(id, presence.Patient, doing)
	return s.done(w, nil)
}

// isWriting says whether the person who has a conversation writes to the patient just now.
func (s *Server) isWriting(id string, st session.Status) bool {
	if st.Control != engine.Human {
		return false
	}
	for who, doing := range s.present.Who(id, s.host.Now()) {
		if who != presence.Patient && doing == presence.Typing {
			return true
		}
	}
	return false
}

// withPeople says whether anybody of the staff can be looking at a conversation.
func withPeople(st session.Status) bool {
	return st.Control == engine.Waiting || st.Control == engine.Human
}
