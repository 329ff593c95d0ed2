package server

import (
	"errors"
	"net/http"
	"regexp"
	"time"
	"unicode/utf8"

	"github.com/tacet-lang/tacet/lang/machine"
	"github.com/tacet-lang/tacet/runtime/engine"
	"github.com/tacet-lang/tacet/runtime/people"
	"github.com/tacet-lang/tacet/runtime/report"
	"github.com/tacet-lang/tacet/runtime/session"
)

// The most conversations that a queue is looked for in, of all teams, and the most of one answer.
const (
	queueLimit = 2000
	queueShown = 300
)

// The bodies and answers about conversations, for staff.
type (
	queueAnswer struct {
		Conversations []caseAnswer `json:"conversations"`
		More          int          `json:"more,omitempty"` // that are not shown: less urgent, or not waiting as long
	}
	caseAnswer struct {
		Conversation string    `json:"conversation"`
		Flow         string    `json:"flow"`
		FlowName     string    `json:"flow_name"`
		Lang         string    `json:"lang"`
		Control      string    `json:"control"`
		Urgency      string    `json:"urgency,omitempty"` // emergency, urgent, routine
		Team         string    `json:"team,omitempty"`
		Reason       string    `json:"reason,omitempty"` // what raised it; only for who sees health
		Holder       string    `json:"holder,omitempty"` // who has it
		HolderName   string    `json:"holder_name,omitempty"`
		Outcome      string    `json:"outcome,omitempty"`
		Flagged      bool      `json:"flagged"`     // the patient volunteered protected data
		Since        time.Time `json:"since"`       // of its last turn
		Heard        time.Time `json:"heard"`       // when the patient last did something
		Seq          int64     `json:"seq"`         // of the last message
		MayRelease   bool      `json:"may_release"` // never an emergency
		Started      time.Time `json:"started"`
		waitAnswer
	}
	// waitAnswer is the clock of who waits for people: by the hours of the team, of an emergency by the clock on the wall.
	waitAnswer struct {
		Asked    time.Time `json:"asked,omitzero"`    // when it was handed to people
		Answered time.Time `json:"answered,omitzero"` // when a person first wrote
		Waited   int       `json:"waited_minutes"`
		Target   int       `json:"target_minutes"`
		Due      time.Time `json:"due,omitzero"`
		Late     bool      `json:"late"`
	}
	transcriptAnswer struct {
		caseAnswer
		deskAnswer
		Fields   []fieldAnswer  `json:"fields"`
		Messages []staffMessage `json:"messages"`
	}
	fieldAnswer struct {
		Name   string `json:"name"`
		Class  string `json:"class"`
		Value  string `json:"value,omitempty"`
		Hidden bool   `json:"hidden"` // there is a value, of a class that one does not see
	}
	staffMessage struct {
		Seq    int64          `json:"seq"`
		At     string         `json:"at"`
		Author session.Author `json:"author"`
		Actor  string         `json:"actor,omitempty"`
		Name   string         `json:"name,omitempty"` // of the actor
		Role   engine.Role    `json:"role,omitempty"`
		Lang   string         `json:"lang"`
		Text   string         `json:"text"`
		Masked bool           `json:"masked"` // parts of the text, or all of it, are hidden
		Found  []string       `json:"found,omitempty"`
	}
	reasonBody struct {
		Reason string `json:"reason" need:"true"`
	}
	replyBody struct {
		ClientID string `json:"client_id" need:"true"`
		Text     string `json:"text" need:"true"`
		Anyway   bool   `json:"anyway"` // after a warning of protected data
	}
	releaseBody struct {
		Reason   string `json:"reason" need:"true"`
		Location string `json:"location"`
	}
	closeBody struct {
		Outcome string `json:"outcome" need:"true"`
	}
)

func (s *Server) inboxRoutes() []route {
	const one = "/api/staff/conversations/{id}"
	transcript := answer{status: http.StatusOK, body: transcriptAnswer{}}
	done := answer{status: http.StatusNoContent}
	return []route{
		{method: "GET", path: "/api/staff/queue", does: "Lists the conversations of one's teams that wait for a person or have one",
			access: toWhoMay(people.ViewQueue), look: queueLook, answer: answer{status: http.StatusOK, body: queueAnswer{}}, staff: s.queue},
		{method: "GET", path: one, does: "Shows a conversation, masked by class", access: toWhoMayDo(people.ViewTranscript),
			look: "transcript.viewed", query: []string{"after"}, answer: transcript, problems: []*problem{errParameter}, staff: s.view1},
		{method: "POST", path: one + "/reveal", does: "Shows a conversation unmasked, for a reason", access: toWhoMayDo(people.Reveal),
			look: "transcript.reveal-asked", query: []string{"after"}, body: reasonBody{}, answer: transcript,
			problems: []*problem{errReason, errParameter}, staff: s.reveal},
		{method: "POST", path: one + "/break-glass", does: "Lets somebody see a conversation for an hour in an emergency",
			access: toWhoMayDo(people.BreakGlass), look: "glass.asked", body: reasonBody{}, answer: done, problems: []*problem{errInvalid},
			staff: s.breakGlass},
		{method: "POST", path: one + "/claim", does: "Takes a conversation", access: toWhoMayDo(people.Claim), turn: true, answer: done,
			problems: []*problem{errHeld, errOver}, staff: s.claim},
		{method: "POST", path: one + "/reply", does: "Writes to the patient", access: toWhoMayDo(people.Reply), turn: true, body: replyBody{},
			answer: answer{status: http.StatusOK, body: seqAnswer{}}, problems: []*problem{errHeld, errClientID, errText, errReused, errProtected}, staff: s.reply},
		{method: "POST", path: one + "/release", does: "Gives a conversation back to the assistant", access: toWhoMayDo(people.Release),
			turn: true, body: releaseBody{}, answer: done, problems: []*problem{errHeld, errReason, errEmergency, errOver, errNotOffered}, staff: s.release},
		{method: "POST", path: one + "/close", does: "Ends a conversation", access: toWhoMayDo(people.CloseIt), turn: true, body: closeBody{},
			answer: done, problems: []*problem{errHeld, errOutcome, errOver}, staff: s.closeIt},
	}
}

type seqAnswer struct {
	Seq int64 `json:"seq"`
}

// sees says which classes somebody sees of a conversation: those of their roles, and a clinician's after breaking the glass.
func (s *Server) sees(c *caller, id string) func(class string) bool {
	broke := c.Broke(id, s.host.Now())
	clinician := people.Person{Roles: []people.Role{people.Clinician}}
	return func(class string) bool { return s.people.Sees(c.Visit, class) || broke && clinician.Sees(class) }
}

// health is the class that a reason of an escalation can tell about.
const health = "health"

func (s *Server) newCase(k *session.Case, sees func(string) bool, names map[string]string) caseAnswer {
	a := caseAnswer{
		Conversation: k.ID, Flow: k.Flow.Flow.ID, FlowName: k.Flow.Flow.Name, Lang: k.Lang, Control: string(k.Control), Urgency: k.Tier,
		Team: k.Team, Holder: k.Holder, HolderName: names[k.Holder],
		Outcome: k.Outcome, Flagged: k.Flagged, Since: k.Touched.UTC(), Heard: k.LastHeard.UTC(), Seq: k.Seq, Started: k.Started.UTC(),
		MayRelease: k.Control == engine.Human && k.Tier != machine.Emergency && k.Outcome == "",
		waitAnswer: s.waiting(k),
	}
	switch {
	case sees(health), k.Reason == "human", k.Reason == engine.ReasonRetries, k.Reason == "state", k.Reason == "staff", k.Reason == "fault":
		a.Reason = k.Reason
	}
	return a
}

// waiting is the clock of a conversation that people have.
func (s *Server) waiting(k *session.Case) waitAnswer {
	d := k.Desk
	if d.Asked.IsZero() {
		return waitAnswer{}
	}
	until := s.host.Now().In(k.Zone)
	if !d.Answered.IsZero() {
		until = d.Answered.In(k.Zone)
	}
	w := report.WaitFor(&k.Flow.Practice, k.Team, k.Tier, d.Asked, until)
	a := waitAnswer{
		Asked: d.Asked.UTC(), Waited: int(w.Passed / time.Minute), Target: int(report.TargetOf(&k.Flow.Practice, k.Team, k.Tier).Within / time.Minute), Late: w.Late,
	}
	if !d.Answered.IsZero() {
		a.Answered = d.Answered.UTC()
	}
	if !w.Due.IsZero() {
		a.Due = w.Due.UTC()
	}
	return a
}

// queue shows no transcript, and only one's own teams.
func (s *Server) queue(w http.ResponseWriter, r *http.Request, c *caller) error {
	list, err := s.host.Queue(r.Context(), queueLimit)
	if err != nil {
		return err
	}
	names, err := s.people.Names(r.Context())
	if err != nil {
		return err
	}
	out := queueAnswer{Conversations: []caseAnswer{}}
	for i := range list {
		k := &list[i]
		if !s.people.May(c.Visit, people.ViewTranscript, s.target(c, k)) {
			continue
		}
		if len(out.Conversations) >= queueShown && k.Holder != c.ID { // one's own is never missing
			out.More++
			continue
		}
		out.Conversations = append(out.Conversations, s.newCase(k, s.sees(c, k.ID), names))
	}
	return s.send(w, http.StatusOK, out)
}

func (s *Server) view1(w http.ResponseWriter, r *http.Request, c *caller) error {
	return s.show(w, r, c, s.sees(c, c.seen.ID))
}

func (s *Server) reveal(w http.ResponseWriter, r *http.Request, c *caller) error {
	reason, err := s.reason(w, r)
	if err != nil {
		return err
	}
	if err := s.host.Note(r.Context(), c.ID, "transcript.revealed", c.seen.ID, map[string]string{"reason": reason}); err != nil {
		return err
	}
	return s.show(w, r, c, func(string) bool { return true })
}

// show answers with a conversation as far as somebody sees it.
func (s *Server) show(w http.ResponseWriter, r *http.Request, c *caller, sees func(string) bool) error {
	after, err := number(r.URL.Query().Get("after"))
	if err != nil {
		return err
	}
	page, err := s.host.Read(r.Context(), c.seen.ID, max(0, after-veilBack), pageLimit+veilBack)
	if err != nil {
		return err
	}
	names, err := s.people.Names(r.Context())
	if err != nil {
		return err
	}
	out := transcriptAnswer{
		caseAnswer: s.newCase(c.seen, sees, names), deskAnswer: newDesk(c.seen, sees, names), Fields: shownFields(c.seen, sees), Messages: []staffMessage{},
	}
	veil := s.veil(c.seen.Flow, sees)
	for i := range page.Messages {
		if field := page.Messages[i].Input.Field; field != "" {
			out.Asking = field
		}
		if m := veil.message(&page.Messages[i]); m.Seq > after {
			m.Name = names[m.Actor]
			out.Messages = append(out.Messages, m)
		}
	}
	return s.send(w, http.StatusOK, out)
}

// shownFields lists the fields that have a value, without those values that somebody does not see.
func shownFields(k *session.Case, sees func(string) bool) []fieldAnswer {
	list := []fieldAnswer{}
	for i, f := range k.Flow.Fields {
		if i >= len(k.Values) || k.Values[i] == "" {
			continue
		}
		a := fieldAnswer{Name: f.Name, Class: f.Class, Hidden: !sees(f.Class)}
		if !a.Hidden {
			a.Value = k.Values[i]
		}
		list = append(list, a)
	}
	return list
}

const (
	minReason = 5
	maxReason = 500
)

func checkReason(reason string) error {
	if n := utf8.RuneCountInString(reason); n < minReason || n > maxReason {
		return errReason
	}
	return nil
}

func (s *Server) reason(w http.ResponseWriter, r *http.Request) (string, error) {
	var b reasonBody
	if err := decodeInto(w, r, &b); err != nil {
		return "", err
	}
	return b.Reason, checkReason(b.Reason)
}

func (s *Server) breakGlass(w http.ResponseWriter, r *http.Request, c *caller) error {
	var b reasonBody
	if err := decodeInto(w, r, &b); err != nil {
		return err
	}
	return s.done(w, s.people.Break(r.Context(), c.Visit, c.seen.ID, b.Reason))
}

func (s *Server) claim(w http.ResponseWriter, r *http.Request, c *caller) error {
	return s.done(w, caseProblem(s.host.Claim(r.Context(), c.seen.ID, c.ID)))
}

func (s *Server) reply(w http.ResponseWriter, r *http.Request, c *caller) error {
	var b replyBody
	if err := decodeInto(w, r, &b); err != nil {
		return err
	}
	if err := checkClientID(b.ClientID, 1); err != nil {
		return err
	}
	if err := checkText(b.Text); err != nil {
		return err
	}
	warned, err := s.warn(r, c, &b)
	if err != nil {
		return err
	}
	rep, err := s.host.Answer(r.Context(), c.seen.ID, c.ID, session.Answering{ClientID: b.ClientID, Text: b.Text, Warned: warned})
	if err != nil {
		return caseProblem(err)
	}
	return s.send(w, http.StatusOK, seqAnswer{rep.Status.Seq})
}

func (s *Server) release(w http.ResponseWriter, r *http.Request, c *caller) error {
	var b releaseBody
	if err := decodeInto(w, r, &b); err != nil {
		return err
	}
	if err := checkReason(b.Reason); err != nil {
		return err
	}
	return s.done(w, caseProblem(s.host.Release(r.Context(), c.seen.ID, c.ID, b.Reason, b.Location)))
}

// outcome is a word of the practice's own, for its figures.
var outcome = regexp.MustCompile(`^[a-z][a-z-]{1,39}$`)

func (s *Server) closeIt(w http.ResponseWriter, r *http.Request, c *caller) error {
	var b closeBody
	if err := decodeInto(w, r, &b); err != nil {
		return err
	}
	if !outcome.MatchString(b.Outcome) || b.Outcome == session.TimedOut {
		return errOutcome
	}
	return s.done(w, caseProblem(s.host.Close(r.Context(), c.seen.ID, c.ID, b.Outcome)))
}

// caseProblem gives the errors of staff's acts their public face.
func caseProblem(err error) error {
	var other *session.HeldError
	switch {
	case errors.As(err, &other):
		return held(other.By)
	case errors.Is(err, session.ErrEmergency):
		return errEmergency
	case errors.Is(err, session.ErrOver):
		return errOver
	case errors.Is(err, session.ErrTeam):
		return errTeam
	case errors.Is(err, session.ErrNotes):
		return errNotes
	}
	return err
}
