package server

import (
	"bytes"
	"errors"
	"html/template"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/tacet-lang/tacet/runtime/people"
)

// sheet is what every page has that the server renders for staff.
type sheet struct {
	Frame     frame
	Title     string
	Who       string
	Ways      []choice
	Complaint string
	zone      *time.Location // of the practice
}

// complain shows a problem on the page that it belongs to. Any other error it gives back.
func (v *sheet) complain(err error) error {
	var p *problem
	if !asProblem(err, &p) {
		return err
	}
	v.Complaint = sentence(p)
	return nil
}

// Day writes a day of the practice's calendar: a time's, or one that is written as 2026-03-02.
func (v sheet) Day(of any) string {
	t, isTime := of.(time.Time)
	if text, ok := of.(string); ok {
		var err error
		if t, err = time.ParseInLocation(time.DateOnly, text, v.zone); err != nil {
			return text
		}
	} else if !isTime {
		panic("server: neither a time nor a day")
	}
	return t.In(v.zone).Format("Jan 2, 2006")
}

// Moment writes a time by the practice's clock, and says so.
func (v sheet) Moment(t time.Time) string { return t.In(v.zone).Format("Jan 2, 2006, 3:04 PM MST") }

// Second is a Moment to the second.
func (v sheet) Second(t time.Time) string { return t.In(v.zone).Format("Jan 2, 2006, 3:04:05 PM MST") }

// staffSheet registers a page that the server renders. Who is not signed in is sent to the door; everything else is as with a call
// of the API, the entry of the trail too.
func (s *Server) staffSheet(mux *http.ServeMux, path string, a people.Action, look string, show func(http.ResponseWriter, *http.Request, *caller) error) {
	call := &route{method: "GET", path: path, access: toWhoMay(a), look: look, staff: show}
	call.check()
	s.handle(mux, "GET "+path, s.answer(func(w http.ResponseWriter, r *http.Request) error {
		if err := s.limit(r, false); err != nil {
			return err
		}
		err := s.admit(w, r, call)
		if errors.Is(err, people.ErrRefused) {
			http.Redirect(w, r, "/staff", http.StatusSeeOther)
			return nil
		}
		return err
	}))
}

// ways lists where somebody can go from a page.
func (s *Server) ways(c *caller, here string) (list []choice) {
	for _, w := range []struct {
		to, label string
		need      people.Action
	}{
		{"/staff", "Inbox", ""}, {"/staff/questions", "Questions", people.Search}, {"/staff/figures", "Figures", people.ViewFigures}, {"/staff/evidence", "Evidence", people.ViewAudit},
		{"/staff/trail", "Audit trail", people.ViewAudit},
	} {
		if w.need == "" || s.people.May(c.Visit, w.need, people.Target{Practice: s.host.Practice()}) {
			list = append(list, choice{ID: w.to, Label: w.label, Current: w.to == here})
		}
	}
	return list
}

func (s *Server) sheet(r *http.Request, c *caller, title string) (sheet, error) {
	f, ok := s.frame()
	if !ok {
		return sheet{}, errNotFound
	}
	roles := make([]string, len(c.Roles))
	for i, role := range c.Roles {
		roles[i] = string(role)
	}
	slices.Sort(roles)
	return sheet{Frame: f, Title: title, Who: c.Name + " · " + strings.Join(roles, ", "), Ways: s.ways(c, r.URL.Path), zone: s.zone()}, nil
}

// sheetTemplate reads a page's content, to stand in the frame of all, when it is first shown.
func sheetTemplate(content string) func() *template.Template {
	return sync.OnceValue(func() *template.Template {
		return template.Must(template.New(content).Funcs(template.FuncMap{
			"join": func(list []string) string { return strings.Join(list, ", ") },
		}).ParseFS(staffWeb, "web/staff_page.html", "web/"+content))
	})
}

// page renders a sheet.
func (s *Server) page(w http.ResponseWriter, t *template.Template, v any) error {
	var b bytes.Buffer
	if err := t.ExecuteTemplate(&b, "page", v); err != nil {
		return err
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	_, _ = w.Write(b.Bytes()) // a client that has gone asks again
	return nil
}

// asProblem reports whether an error is one that can be shown.
func asProblem(err error, p **problem) bool { return errors.As(err, p) }

// sentence is a problem for people.
func sentence(p *problem) string {
	text := strings.ToUpper(p.Title[:1]) + p.Title[1:]
	if p.Detail != "" {
		text += ": " + p.Detail
	}
	return text + "."
}
