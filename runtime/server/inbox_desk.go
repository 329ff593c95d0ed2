package server

import (
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/tacet-lang/tacet/lang/machine"
	"github.com/tacet-lang/tacet/runtime/engine"
	"github.com/tacet-lang/tacet/runtime/people"
	"github.com/tacet-lang/tacet/runtime/session"
)

// What staff have beside a transcript.
type (
	deskAnswer struct {
		State      string         `json:"state"`                // of the flow, where the assistant is or was
		Asking     string         `json:"asking,omitempty"`     // the field it asked for last
		Escalation string         `json:"escalation,omitempty"` // that handed it over
		Channel    string         `json:"channel"`
		NoticeLang string         `json:"notice_lang"` // the privacy notice was shown in it before anything was typed
		Consents   []string       `json:"consents"`
		Notes      []noteAnswer   `json:"notes"`
		MoreNotes  int            `json:"hidden_notes"` // that one does not see
		Guidance   guidanceAnswer `json:"guidance"`
		Approved   []textAnswer   `json:"approved"` // texts that may be sent as they are
		Resume     []textAnswer   `json:"resume"`   // where the assistant can go on
		Teams      []string       `json:"teams"`    // that it can be passed to
	}
	noteAnswer struct {
		At   time.Time `json:"at"`
		By   string    `json:"by"`
		Text string    `json:"text"`
	}
	// guidanceAnswer says what may and may not be said, by the flow's scope.
	guidanceAnswer struct {
		Purpose  string   `json:"purpose"`
		Handle   []string `json:"handle"`
		Escalate []string `json:"escalate"`
		Refuse   []string `json:"refuse"`
	}
	textAnswer struct {
		ID   string `json:"id"`
		Text string `json:"text"`
	}
	noteBody struct {
		Text string `json:"text" need:"true"`
	}
	transferBody struct {
		Team   string `json:"team" need:"true"`
		Reason string `json:"reason" need:"true"`
	}
	trainingAnswer struct {
		Courses []courseAnswer `json:"courses"`
	}
	courseAnswer struct {
		Role    people.Role `json:"role"`
		Title   string      `json:"title"`
		Points  []string    `json:"points"`
		Version string      `json:"version"`
	}
	trainedBody struct {
		Role    string `json:"role" need:"true"`
		Version string `json:"version" need:"true"` // that was read
	}
)

func (s *Server) deskRoutes() []route {
	const one = "/api/staff/conversations/{id}"
	done := answer{status: http.StatusNoContent}
	return []route{
		{method: "POST", path: one + "/notes", does: "Writes a note that colleagues see and the patient never does",
			access: toWhoMayDo(people.AddNote), turn: true, body: noteBody{}, answer: done, problems: []*problem{errNotes, errText}, staff: s.addNote},
		{method: "POST", path: one + "/transfer", does: "Passes a conversation to another team", access: toWhoMayDo(people.Transfer), turn: true,
			body: transferBody{}, answer: done, problems: []*problem{errHeld, errReason, errTeam, errOver}, staff: s.transfer},
		s.presenceRoute(),
		{method: "GET", path: "/api/staff/training", does: "Shows the courses that one has to acknowledge", access: toStaff(),
			answer: answer{status: http.StatusOK, body: trainingAnswer{}}, staff: s.training},
		{method: "POST", path: "/api/staff/training", does: "Acknowledges a course", access: toStaff(), body: trainedBody{}, answer: done,
			problems: []*problem{errInvalid, errChanged}, staff: s.trained},
		{method: "POST", path: "/api/staff/search", does: "Finds conversations of one's teams by day, state, team, outcome and the patient's name",
			access: toWhoMay(people.Search), body: searchBody{}, answer: answer{status: http.StatusOK, body: searchAnswer{}},
			problems: []*problem{errRange, errState, errInvalid}, staff: s.search},
		s.figuresRoute(),
		s.questionsRoute(),
	}
}

// newDesk is what staff see beside a transcript. Notes can hold anything a patient said, so they are for who sees contact data.
func newDesk(k *session.Case, sees func(string) bool, names map[string]string) deskAnswer {
	a := deskAnswer{
		Escalation: k.Escalation, Channel: k.Channel, NoticeLang: k.NoticeLang, Consents: append([]string{}, k.Consents...),
		Notes: []noteAnswer{}, Guidance: guidance(k.Flow), Approved: approved(k.Flow, k.Lang), Resume: []textAnswer{}, Teams: []string{},
	}
	for i := range k.Flow.Locations {
		l := &k.Flow.Locations[i]
		if l.ID == k.Location {
			a.State = l.State
		}
		if l.ID == l.State && (l.Kind == machine.Ask || l.Kind == machine.Offer || l.Kind == machine.Listen || l.Kind == machine.Auto) {
			a.Resume = append(a.Resume, textAnswer{l.ID, l.State})
		}
	}
	for _, n := range k.Desk.Notes {
		if !sees("contact") {
			a.MoreNotes++
			continue
		}
		a.Notes = append(a.Notes, noteAnswer{n.At, names[n.By], n.Text})
	}
	for i := range k.Flow.Practice.Teams {
		if name := k.Flow.Practice.Teams[i].Name; name != k.Team {
			a.Teams = append(a.Teams, name)
		}
	}
	return a
}

func guidance(m *machine.Machine) guidanceAnswer {
	g := guidanceAnswer{Purpose: m.Flow.Purpose, Handle: []string{}, Escalate: []string{}, Refuse: []string{}}
	for i := range m.Topics {
		switch t := &m.Topics[i]; t.Treat {
		case machine.Handle:
			g.Handle = append(g.Handle, t.Name)
		case machine.Escalate:
			g.Escalate = append(g.Escalate, t.Name)
		case machine.Refuse:
			g.Refuse = append(g.Refuse, t.Name)
		}
	}
	return g
}

// approved lists the answers that the flow itself gives, which were checked with it, in a language.
func approved(m *machine.Machine, lang string) []textAnswer {
	list := []textAnswer{}
	for i := range m.Topics {
		t := &m.Topics[i]
		if t.Treat != machine.Handle || len(t.Answer) == 0 {
			continue
		}
		if text, ok := filled(&m.Practice, t.Answer.In(lang), lang); ok {
			list = append(list, textAnswer{t.Name, text})
		}
	}
	return list
}

// filled fills the practice's facts into a text; ok is false where it names anything else.
func filled(p *machine.Practice, s, lang string) (text string, ok bool) {
	facts := map[string]string{
		"practice.name": p.Name, "practice.phone": p.Phone, "practice.address": p.Address, "practice.hours": p.HoursText.In(lang),
	}
	var b strings.Builder
	at := 0
	unescaped := func(s string) string { return strings.ReplaceAll(s, "{{", "{") }
	for _, ph := range machine.Placeholders(s) {
		fact := facts[ph.Name]
		if ph.Problem != "" || fact == "" {
			return "", false
		}
		b.WriteString(unescaped(s[at:ph.Start]) + fact)
		at = ph.End
	}
	b.WriteString(unescaped(s[at:]))
	return b.String(), true
}

func (s *Server) addNote(w http.ResponseWriter, r *http.Request, c *caller) error {
	var b noteBody
	if err := decodeInto(w, r, &b); err != nil {
		return err
	}
	if err := checkText(b.Text); err != nil {
		return err
	}
	return s.done(w, caseProblem(s.host.AddNote(r.Context(), c.seen.ID, c.ID, b.Text)))
}

func (s *Server) transfer(w http.ResponseWriter, r *http.Request, c *caller) error {
	var b transferBody
	if err := decodeInto(w, r, &b); err != nil {
		return err
	}
	if err := checkReason(b.Reason); err != nil {
		return err
	}
	return s.done(w, caseProblem(s.host.Transfer(r.Context(), c.seen.ID, c.ID, b.Team, b.Reason)))
}

// harmless lists the classes that an answer to a patient may hold without a warning: a date, a name or a phone number.
var harmless = []string{"public", "preference", "interest", "contact", "identifier"}

// warn holds back a reply that seems to hold protected data until whoever writes it has been warned; it returns the kinds.
func (s *Server) warn(r *http.Request, c *caller, b *replyBody) (string, error) {
	found := slices.DeleteFunc(slices.Clone(s.host.Scan(r.Context(), c.seen.ID, b.Text)), func(f engine.Finding) bool {
		return slices.Contains(harmless, f.Class)
	})
	if len(found) == 0 {
		return "", nil
	}
	kinds := engine.Kinds(found)
	if b.Anyway {
		return kinds, nil
	}
	p := *errProtected
	p.Detail = kinds
	return "", &p
}

func (s *Server) training(w http.ResponseWriter, _ *http.Request, c *caller) error {
	out := trainingAnswer{Courses: []courseAnswer{}}
	for _, k := range s.people.Outstanding(c.Visit) {
		out.Courses = append(out.Courses, courseAnswer{k.Role, k.Title, k.Points, k.Version()})
	}
	return s.send(w, http.StatusOK, out)
}

// trained notes that somebody has read a course. The version is theirs to repeat, so that nobody agrees to a wording that
// changed while they read.
func (s *Server) trained(w http.ResponseWriter, r *http.Request, c *caller) error {
	var b trainedBody
	if err := decodeInto(w, r, &b); err != nil {
		return err
	}
	for _, k := range s.people.Outstanding(c.Visit) {
		if string(k.Role) == b.Role && k.Version() == b.Version {
			return s.done(w, s.people.Acknowledge(r.Context(), c.Visit, k.Role))
		}
	}
	return errInvalid
}
