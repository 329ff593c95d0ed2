package server

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"errors"
	"html/template"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/tacet-lang/tacet/lang/machine"
	"github.com/tacet-lang/tacet/runtime/engine"
	"github.com/tacet-lang/tacet/runtime/session"
)

//go:embed web/chat.html web/chat.css web/chat.js web/widget.js
var web embed.FS

var pageTemplate = sync.OnceValue(func() *template.Template {
	return template.Must(template.New("chat.html").Funcs(template.FuncMap{"urgent": urgent}).ParseFS(web, "web/chat.html"))
})

// pages registers the chat page, and the staff's where there are accounts.
func (s *Server) pages(mux *http.ServeMux) {
	s.handle(mux, "GET /{$}", s.home)
	s.handle(mux, "GET /chat/{flow}", s.chat)
	s.handle(mux, "POST /chat/{flow}/start", s.chatStart)
	s.handle(mux, "POST /chat/{flow}/say", s.chatSay)
	s.handle(mux, "GET /embed/{$}", s.framed(s.home))
	s.handle(mux, "GET /embed/{flow}", s.framed(s.chat))
	s.handle(mux, "POST /embed/{flow}/start", s.framed(s.chatStart))
	s.handle(mux, "POST /embed/{flow}/say", s.framed(s.chatSay))
	s.handle(mux, "GET /widget.js", s.widget)
	s.handle(mux, "GET /assets/{version}/{file}", s.asset)
	if s.people != nil {
		s.staffPages(mux)
	}
	mux.HandleFunc("/", s.answer(func(http.ResponseWriter, *http.Request) error { return errNotFound }))
}

// asset is a file of the page under a version that changes with its content, so that browsers may keep it.
func (s *Server) asset(w http.ResponseWriter, r *http.Request) {
	const style, script = "text/css; charset=utf-8", "text/javascript; charset=utf-8"
	kinds := map[string]string{"chat.css": style, "chat.js": script}
	if s.themed(w, r) {
		return
	}
	kind, ok := kinds[r.PathValue("file")]
	if !ok || r.PathValue("version") != assetVersion() {
		s.fail(w, r, errNotFound)
		return
	}
	b, err := web.ReadFile("web/" + r.PathValue("file"))
	if err != nil {
		panic("server: an embedded file is missing") // embed checked it
	}
	w.Header().Set("Content-Type", kind)
	w.Header().Set("Cache-Control", forever)
	_, _ = w.Write(b) // a client that has gone asks again
}

var assetVersion = sync.OnceValue(func() string {
	h := sha256.New()
	for _, name := range []string{"chat.css", "chat.js"} {
		b, err := web.ReadFile("web/" + name)
		if err != nil {
			panic("server: an embedded file is missing") // embed checked it
		}
		h.Write(b)
	}
	return hex.EncodeToString(h.Sum(nil)[:8])
})

func (s *Server) home(w http.ResponseWriter, r *http.Request) {
	list := s.host.Flows()
	switch len(list) {
	case 0:
		s.fail(w, r, errNotFound)
		return
	case 1:
		to := place(r) + url.PathEscape(list[0].Flow.ID)
		if r.URL.RawQuery != "" {
			to += "?" + r.URL.Query().Encode()
		}
		http.Redirect(w, r, to, http.StatusSeeOther)
		return
	}
	v := s.view(r, list[0], preferred(r, list[0]))
	for _, m := range list {
		v.Flows = append(v.Flows, choice{ID: m.Flow.ID, Label: m.Flow.Name})
	}
	s.render(w, r, http.StatusOK, v)
}

// preferred suggests a language: the one asked for in the address, or the first that the browser likes.
func preferred(r *http.Request, m *machine.Machine) string {
	for _, l := range append([]string{r.URL.Query().Get("lang")}, strings.Split(r.Header.Get("Accept-Language"), ",")...) {
		l, _, _ = strings.Cut(strings.TrimSpace(l), ";")
		l, _, _ = strings.Cut(l, "-")
		if l = strings.ToLower(l); slices.Contains(m.Flow.Languages, l) {
			return l
		}
	}
	return m.Flow.Languages[0]
}

// served finds the machine of the address's flow.
func (s *Server) served(r *http.Request) *machine.Machine {
	for _, m := range s.host.Flows() {
		if m.Flow.ID == r.PathValue("flow") {
			return m
		}
	}
	return nil
}

// chat shows the conversation that the browser has with the flow, or the notice and the way to start one.
func (s *Server) chat(w http.ResponseWriter, r *http.Request) {
	m := s.served(r)
	if m == nil {
		s.sorry(w, r, errNotFound)
		return
	}
	id, token, ok := s.kept(r, m.Flow.ID)
	if ok && r.URL.Query().Get("new") == "" {
		switch err := s.host.Authorize(r.Context(), id, token); {
		case err == nil:
			s.transcript(w, r, id)
			return
		case !errors.Is(err, session.ErrUnauthorized) && !errors.Is(err, session.ErrNotFound):
			s.sorry(w, r, err)
			return
		}
	}
	v := s.view(r, m, preferred(r, m))
	v.Complaint = v.Words.complaint(r.URL.Query().Get("e"))
	if ok {
		s.keep(w, r, m.Flow.ID, "")
		if r.URL.Query().Get("new") == "" {
			v.Complaint = v.Words.OverIdle
		}
	}
	n, _ := s.host.Notice(m.Flow.ID, v.Lang)
	v.Notice = &n
	s.render(w, r, http.StatusOK, v)
}

// transcriptLimit bounds the messages of one page; of a longer conversation the last are shown.
const transcriptLimit = 400

func (s *Server) transcript(w http.ResponseWriter, r *http.Request, id string) {
	page, err := s.host.Read(r.Context(), id, 0, transcriptLimit)
	if skip := page.Status.Seq - transcriptLimit; err == nil && skip > 0 {
		page, err = s.host.Read(r.Context(), id, skip, transcriptLimit)
	}
	var c session.Case
	if err == nil {
		c, err = s.host.Case(r.Context(), id)
	}
	if err != nil {
		s.sorry(w, r, err)
		return
	}
	v := s.view(r, page.Flow, page.Status.Lang)
	v.ID, v.Status = id, page.Status
	v.Crisis, v.Over = page.Status.Tier == machine.Emergency, page.Status.Control == engine.Closed
	v.Complaint = v.Words.complaint(r.URL.Query().Get("e"))
	for _, m := range page.Messages {
		v.Messages = append(v.Messages, v.line(m))
	}
	v.Field = newField(v.Words, engine.Input{})
	if last := len(page.Messages) - 1; last >= 0 && page.Status.Control == engine.Assistant {
		v.Options = grouped(page.Flow, page.Messages[last])
		v.Field = newField(v.Words, page.Messages[last].Input)
	}
	v.stand(c, s.host.Now())
	s.render(w, r, http.StatusOK, v)
}

func (s *Server) chatStart(w http.ResponseWriter, r *http.Request) {
	m := s.served(r)
	if m == nil {
		s.sorry(w, r, errNotFound)
		return
	}
	var b startBody
	err := form(w, r, membersOf(&b))
	b.Flow = m.Flow.ID
	q := b.start()
	if err == nil {
		err = checkClientID(q.ClientID, minStartID)
	}
	if err == nil {
		err = s.limit(r, false)
	}
	if err != nil {
		s.back(w, r, m.Flow.ID, err)
		return
	}
	rep, err := s.host.Start(r.Context(), q)
	if err != nil {
		s.back(w, r, m.Flow.ID, s.startProblem(q, err))
		return
	}
	s.keep(w, r, m.Flow.ID, rep.ID+"."+rep.Token)
	s.back(w, r, m.Flow.ID, nil)
}

func (s *Server) chatSay(w http.ResponseWriter, r *http.Request) {
	m := s.served(r)
	if m == nil {
		s.sorry(w, r, errNotFound)
		return
	}
	var b postBody
	err := form(w, r, membersOf(&b))
	p := session.Post(b)
	if err == nil && p.Option != "" {
		p.Text = "" // a quick reply was pressed while something stood in the field
	}
	if err == nil {
		err = checkPost(p)
	}
	id, token, ok := s.kept(r, m.Flow.ID)
	if err == nil && ok {
		err = s.host.Authorize(r.Context(), id, token)
		if err == nil {
			err = s.limitPost(r, id, p)
		}
		if err == nil {
			_, err = s.host.Post(r.Context(), id, p)
		}
	}
	if errors.Is(err, session.ErrUnauthorized) {
		err = nil // the page says that the conversation has ended
	}
	s.back(w, r, m.Flow.ID, err)
}

// sorry is a problem as a page: what is wrong, the emergency line, and how to reach the practice all the same.
func (s *Server) sorry(w http.ResponseWriter, r *http.Request, err error) {
	list := s.host.Flows()
	if len(list) == 0 {
		s.fail(w, r, err)
		return
	}
	p := s.problem(r, err)
	v := s.view(r, list[0], preferred(r, list[0]))
	v.Sorry, v.Way, v.WayTo = v.Words.NotNow, v.Words.Retry, strings.TrimSuffix(place(r), "chat/")
	if m := s.served(r); m != nil {
		v.WayTo = place(r) + url.PathEscape(m.Flow.ID)
	}
	if p.Status == http.StatusNotFound {
		v.Sorry, v.Way = v.Words.NotHere, v.Words.Again
	}
	p.head(w.Header())
	s.render(w, r, p.Status, v)
}

// back leads the browser to the chat, so that a reload repeats nothing. Where the server failed the browser stays: its
// reload sends the same again, which counts once.
func (s *Server) back(w http.ResponseWriter, r *http.Request, flow string, err error) {
	to := place(r) + url.PathEscape(flow)
	if err != nil {
		p := s.problem(r, err)
		if p.Status >= http.StatusInternalServerError {
			s.sorry(w, r, p)
			return
		}
		to += "?e=" + p.Code
	}
	http.Redirect(w, r, to+"#end", http.StatusSeeOther)
}

func (s *Server) render(w http.ResponseWriter, r *http.Request, status int, v view) {
	var b bytes.Buffer
	if err := pageTemplate().Execute(&b, v); err != nil {
		s.fail(w, r, err)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Content-Length", strconv.Itoa(b.Len()))
	w.WriteHeader(status)
	_, _ = w.Write(b.Bytes()) // a client that has gone asks again
}
