package server

import (
	"cmp"
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/tacet-lang/tacet/lang/machine"
	"github.com/tacet-lang/tacet/runtime/engine"
	"github.com/tacet-lang/tacet/runtime/jsonwriter"
	"github.com/tacet-lang/tacet/runtime/session"
)

// pageLimit is the most messages of one answer; a client asks again from the last.
const pageLimit = 200

// patientRoutes are the calls of a patient's device.
func (s *Server) patientRoutes() []route {
	const messages = "/api/conversations/{id}/messages"
	body := []*problem{errMalformed, errTooLarge, errMedia}
	page := answer{status: http.StatusOK, body: reply{}}
	return []route{
		{method: "GET", path: "/api/flows", does: "Lists what is served", access: toAnyone(),
			answer: answer{status: http.StatusOK, body: flowsAnswer{}}, handle: s.flows},
		{method: "POST", path: "/api/conversations", does: "Starts a conversation", access: toAnyone(), body: startBody{},
			answer: answer{status: http.StatusCreated, body: reply{}}, problems: append(body, errNotice, errReused, errNotFound), handle: s.start},
		{method: "POST", path: messages, does: "Does one thing of a patient's", access: toPatient(), body: postBody{},
			answer: page, problems: append(body, errNotOffered, errReused), handle: s.post},
		{method: "GET", path: messages, does: "Lists messages after a number", access: toPatient(), query: []string{"after"},
			answer: page, problems: []*problem{errParameter}, handle: s.messages},
		{method: "POST", path: "/api/conversations/{id}/typing", does: "Says that the patient is writing to people, or has stopped", access: toPatient(),
			body: typingBody{}, answer: answer{status: http.StatusNoContent}, problems: body, handle: s.typing},
		{method: "GET", path: "/api/conversations/{id}/events", does: "Streams messages as server-sent events", access: toPatient(),
			query: []string{"after"}, answer: answer{status: http.StatusOK, media: eventStream}, problems: []*problem{errParameter},
			handle: s.events},
	}
}

// The bodies of patients' calls.
type (
	startBody struct {
		Flow     string `json:"flow" need:"true"`
		Lang     string `json:"lang"`
		ClientID string `json:"client_id" need:"true"`
		Notice   string `json:"notice"`
		Source   string `json:"utm_source"`
		Medium   string `json:"utm_medium"`
		Campaign string `json:"utm_campaign"`
	}
	postBody struct {
		ClientID string `json:"client_id" need:"true"`
		Text     string `json:"text"`
		Option   string `json:"option"`
		Human    bool   `json:"human"`
		Lang     string `json:"lang"`
		Seen     int64  `json:"seen"`
	}
	flowsAnswer struct {
		Flows []flow `json:"flows"`
	}
)

// answer turns a handler's error into a problem.
func (s *Server) answer(handle func(http.ResponseWriter, *http.Request) error) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if err := handle(w, r); err != nil {
			s.fail(w, r, err)
		}
	}
}

func (s *Server) send(w http.ResponseWriter, status int, v any) error {
	b, err := json.Marshal(v)
	if err != nil {
		return err
	}
	sendJSON(w, status, append(b, '\n'))
	return nil
}

func sendJSON(w http.ResponseWriter, status int, body []byte) {
	h := w.Header()
	h["Content-Type"] = jsonContent
	h["Content-Length"] = []string{strconv.Itoa(len(body))}
	w.WriteHeader(status)
	_, _ = w.Write(body) // a client that has gone asks again
}

var jsonContent = []string{jsonMedia}

type notice struct {
	Lang string `json:"lang"`
	Text string `json:"text"`
	Hash string `json:"hash"`
}

type flow struct {
	ID        string   `json:"id"`
	Name      string   `json:"name"`
	Practice  practice `json:"practice"`
	Languages []string `json:"languages"`
	Notices   []notice `json:"notices"`
	Emergency []text   `json:"emergency"`
}

type practice struct {
	Name  string `json:"name"`
	Phone string `json:"phone"`
}

type text struct {
	Lang string `json:"lang"`
	Text string `json:"text"`
}

func (s *Server) flows(w http.ResponseWriter, _ *http.Request) error {
	list := []flow{}
	for _, m := range s.host.Flows() {
		list = append(list, s.flow(m))
	}
	return s.send(w, http.StatusOK, flowsAnswer{list})
}

func (s *Server) flow(m *machine.Machine) flow {
	f := flow{
		ID: m.Flow.ID, Name: m.Flow.Name, Languages: m.Flow.Languages,
		Practice: practice{Name: m.Practice.Name, Phone: m.Practice.Phone},
	}
	for _, lang := range m.Flow.Languages {
		n, _ := s.host.Notice(m.Flow.ID, lang)
		f.Notices = append(f.Notices, notice(n))
		f.Emergency = append(f.Emergency, text{Lang: lang, Text: m.Texts[emergencyBar].In(lang)})
	}
	return f
}

// emergencyBar is the standard text that no page is without.
const emergencyBar = "emergency-bar"

// reply is where a conversation stands and what was said.
type reply struct {
	Conversation string    `json:"conversation"`
	Token        string    `json:"token,omitempty"`
	Control      string    `json:"control"` // assistant, waiting, human, closed
	Crisis       bool      `json:"crisis"`  // an emergency was heard: show how to get help at once
	Lang         string    `json:"lang"`
	Outcome      string    `json:"outcome,omitempty"`
	Wait         string    `json:"wait,omitempty"` // while a person is awaited: when one will read it, in words to show
	Seq          int64     `json:"seq"`
	Messages     []message `json:"messages"`
}

type message struct {
	Seq     int64           `json:"seq"`
	At      string          `json:"at"`
	Author  session.Author  `json:"author"`
	Role    engine.Role     `json:"role,omitempty"`
	Lang    string          `json:"lang"`
	Text    string          `json:"text"`
	Options []engine.Option `json:"options,omitempty"`
	Input   *engine.Input   `json:"input,omitempty"`
}

func newReply(id string, st session.Status, list []session.Message) reply {
	r := reply{
		Conversation: id, Control: string(st.Control), Crisis: st.Tier == machine.Emergency, Lang: st.Lang,
		Outcome: st.Outcome, Seq: st.Seq, Messages: make([]message, len(list)),
	}
	for i := range list {
		r.Messages[i] = newMessage(&list[i])
	}
	return r
}

// answered is what a turn is answered with, the same however often it is asked for again.
func answered(rep *session.Reply) reply {
	r := newReply(rep.ID, rep.Status, rep.Messages)
	r.Wait = wordsIn(rep.Status.Lang).wait(rep.Practice, &rep.Status, rep.At)
	return r
}

// stands is where a conversation stands now.
func (s *Server) stands(id string, page *session.Page) reply {
	r := newReply(id, page.Status, page.Messages)
	if page.Status.Control == engine.Waiting {
		r.Wait = wordsIn(page.Status.Lang).wait(&page.Flow.Practice, &page.Status, s.host.Now().In(s.zone()))
	}
	return r
}

// write writes what encoding/json would.
func (r *reply) write(w *jsonwriter.Writer) {
	w.Object(func() {
		w.Name("conversation")
		w.String(r.Conversation)
		w.Text("token", r.Token)
		w.Name("control")
		w.String(r.Control)
		w.Bool("crisis", r.Crisis)
		w.Name("lang")
		w.String(r.Lang)
		w.Text("outcome", r.Outcome)
		w.Text("wait", r.Wait)
		w.Name("seq")
		w.Int(r.Seq)
		w.Name("messages")
		w.List(len(r.Messages), func(i int) { r.Messages[i].write(w) })
	})
}

func (m *message) write(w *jsonwriter.Writer) {
	w.Object(func() {
		w.Name("seq")
		w.Int(m.Seq)
		w.Name("at")
		w.String(m.At)
		w.Name("author")
		w.String(string(m.Author))
		w.Text("role", string(m.Role))
		w.Name("lang")
		w.String(m.Lang)
		w.Name("text")
		w.String(m.Text)
		if len(m.Options) > 0 {
			w.Name("options")
			w.List(len(m.Options), func(i int) { writeOption(w, &m.Options[i]) })
		}
		if m.Input != nil {
			w.Name("input")
			writeInput(w, m.Input)
		}
	})
}

func writeOption(w *jsonwriter.Writer, o *engine.Option) {
	w.Object(func() {
		w.Name("id")
		w.String(o.ID)
		w.Name("label")
		w.String(o.Label)
	})
}

func writeInput(w *jsonwriter.Writer, i *engine.Input) {
	w.Object(func() {
		w.Name("kind")
		w.String(i.Kind)
		w.Text("field", i.Field)
		w.Text("min", i.Min)
		w.Text("max", i.Max)
	})
}

// sendReply is send for what patients are answered.
func (s *Server) sendReply(w http.ResponseWriter, status int, r *reply) error {
	out := jsonwriter.Writer{B: make([]byte, 0, 1024)}
	r.write(&out)
	sendJSON(w, status, append(out.B, '\n'))
	return nil
}

func newMessage(m *session.Message) message {
	out := message{
		Seq: m.Seq, At: m.At.UTC().Format(time.RFC3339), Author: m.Author, Role: m.Role, Lang: m.Lang, Text: m.Text,
		Options: m.Options,
	}
	if m.Input != (engine.Input{}) {
		out.Input = &m.Input
	}
	return out
}

func (b *startBody) start() session.Start {
	return session.Start{Flow: b.Flow, Lang: b.Lang, ClientID: b.ClientID, Notice: b.Notice, From: session.Attribution{Source: b.Source, Medium: b.Medium, Campaign: b.Campaign}}
}

func (s *Server) start(w http.ResponseWriter, r *http.Request) error {
	var b startBody
	if err := decode(w, r, membersOf(&b)); err != nil {
		return err
	}
	q := b.start()
	if q.Flow == "" {
		return errMissing
	}
	if err := checkClientID(q.ClientID, minStartID); err != nil {
		return err
	}
	rep, err := s.host.Start(r.Context(), q)
	if err != nil {
		return s.startProblem(q, err)
	}
	out := answered(&rep)
	out.Token = rep.Token
	return s.sendReply(w, http.StatusCreated, &out)
}

// startProblem shows the notice to who has not shown it.
func (s *Server) startProblem(q session.Start, err error) error {
	switch {
	case errors.Is(err, session.ErrOption):
		return errLanguage
	case errors.Is(err, session.ErrNotice):
		n, _ := s.host.Notice(q.Flow, q.Lang)
		p := *errNotice
		p.Notice = &notice{Lang: n.Lang, Text: n.Text, Hash: n.Hash}
		return &p
	}
	return err
}

// authorize returns the conversation of the address, if the client may see it.
func (s *Server) authorize(r *http.Request) (string, error) {
	id := r.PathValue("id")
	t, ok := s.token(r, id)
	if !ok {
		return "", errUnauthized
	}
	return id, s.host.Authorize(r.Context(), id, t)
}

func (s *Server) post(w http.ResponseWriter, r *http.Request) error {
	id, p, err := s.readPost(w, r)
	if err != nil {
		return cmp.Or(s.limit(r, false), err)
	}
	if err := s.limitPost(r, id, p); err != nil {
		return err
	}
	rep, err := s.host.Post(r.Context(), id, p)
	if err != nil {
		return err
	}
	out := answered(&rep)
	return s.sendReply(w, http.StatusOK, &out)
}

func (s *Server) readPost(w http.ResponseWriter, r *http.Request) (id string, p session.Post, err error) {
	if id, err = s.authorize(r); err != nil {
		return "", p, err
	}
	var b postBody
	if err := decode(w, r, membersOf(&b)); err != nil {
		return "", p, err
	}
	p = session.Post(b)
	return id, p, checkPost(p)
}

func checkPost(p session.Post) error {
	if err := checkClientID(p.ClientID, 1); err != nil {
		return err
	}
	given := []bool{p.Text != "", p.Option != "", p.Human, p.Lang != ""}
	if n := len(slices.DeleteFunc(given, func(b bool) bool { return !b })); n != 1 {
		return errOneOf
	}
	if p.Text != "" {
		return checkText(p.Text)
	}
	return nil
}

func (s *Server) messages(w http.ResponseWriter, r *http.Request) error {
	id, err := s.authorize(r)
	if err != nil {
		return err
	}
	after, err := number(r.URL.Query().Get("after"))
	if err != nil {
		return err
	}
	page, err := s.host.Read(r.Context(), id, after, pageLimit)
	if err != nil {
		return err
	}
	out := s.stands(id, &page)
	return s.sendReply(w, http.StatusOK, &out)
}

// number reads the number of a message; none is 0.
func number(v string) (int64, error) {
	if v == "" {
		return 0, nil
	}
	n, err := strconv.ParseInt(v, 10, 64)
	if err != nil || n < 0 {
		return 0, errParameter
	}
	return n, nil
}
