package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"time"

	"github.com/pquerna/otp/totp"
	"golang.org/x/net/html"

	"github.com/tacet-lang/tacet/runtime/people"
	"github.com/tacet-lang/tacet/spec/hostile"
)

// signIn makes somebody who sees everything: who owns the policy, and is a clinician of every team.
func (h *siege) signIn(staff *people.Service) {
	h.Helper()
	ctx := context.Background()
	svc := staff.For(people.ClientOf("Go-http-client/1.1", "127.0.0.1"))
	link, _, err := svc.FirstLink(ctx)
	if err != nil {
		h.Fatal(err)
	}
	step, err := svc.MakeFirst(ctx, link, "Dana Ortiz", "dana@example.com", "seven quiet herons wading")
	if err != nil {
		h.Fatal(err)
	}
	offer, err := svc.OfferCodes(ctx, step.Token)
	if err != nil {
		h.Fatal(err)
	}
	code, err := totp.GenerateCode(offer.Secret, time.Now())
	if err != nil {
		h.Fatal(err)
	}
	if step, err = svc.TakeCodes(ctx, step.Token, code); err != nil {
		h.Fatal(err)
	}
	v, err := svc.Authenticate(ctx, step.Token)
	if err != nil {
		h.Fatal(err)
	}
	who := v.Person
	who.Roles = append(who.Roles, people.Clinician)
	for i := range h.flows[0].Machine.Practice.Teams {
		who.Teams = append(who.Teams, h.flows[0].Machine.Practice.Teams[i].Name)
	}
	if err := svc.Edit(ctx, v, who); err != nil {
		h.Fatal(err)
	}
	h.staff = "tacet_staff=" + step.Token
}

// outputs reads every form in which a conversation is given out, with a strict reader of that form.
func (w *hostileWalk) outputs(c *hostileTalk) {
	w.Helper()
	own := "tacet-" + w.m.Flow.ID + "=" + c.ID + "." + c.Token
	said := w.messages(c)
	w.page("the chat page", "/chat/"+w.m.Flow.ID, own, said)
	w.stream(c, len(said))
	if w.rnd.IntN(4) > 0 { // what staff see, of every fourth
		return
	}
	path := "/api/staff/conversations/" + c.ID
	status, b, _ := w.do("GET", path, w.staff, nil)
	if status == http.StatusNotFound { // no team's
		return
	}
	if status != http.StatusOK || !json.Valid(b) {
		w.Errorf("staff see %d %s", status, b)
	}
	w.page("the export as a page", path+"/export/html", w.staff, nil) // what its reader does not see is masked
	status, b, _ = w.do("GET", path+"/export/fhir", w.staff, nil)
	var bundle struct {
		ResourceType string
		Entry        []struct {
			Resource struct {
				ResourceType string
				Payload      []struct{ ContentString string }
			}
		}
	}
	if err := json.Unmarshal(b, &bundle); err != nil || status != http.StatusOK || bundle.ResourceType != "Bundle" {
		w.Errorf("FHIR: %d %v %s", status, err, b)
	}
	for _, e := range bundle.Entry {
		if !slices.Contains([]string{"Communication", "QuestionnaireResponse", "Provenance", "Questionnaire"}, e.Resource.ResourceType) {
			w.Errorf("FHIR holds a %q", e.Resource.ResourceType)
		}
	}
}

// messages reads the conversation by the API and returns what the patient said, as it stands there.
func (w *hostileWalk) messages(c *hostileTalk) (said []string) {
	w.Helper()
	status, b, header := w.do("GET", "/api/conversations/"+c.ID+"/messages", c.Token, nil)
	var all struct {
		Messages []struct{ Author, Text string }
	}
	if err := json.Unmarshal(b, &all); err != nil || status != http.StatusOK {
		w.Fatalf("messages: %d %v", status, err)
	}
	if bytes.ContainsAny(b, "<>") || header.Get("Content-Type") != "application/json" || header.Get("X-Content-Type-Options") != "nosniff" {
		w.Errorf("messages could be taken for a page: %v %s", header, b)
	}
	for _, m := range all.Messages {
		if m.Author == "patient" {
			said = append(said, m.Text)
		}
	}
	return said
}

// harmlessTags are the elements that pages are made of, with what begins an address in them.
var (
	harmlessTags = []string{"html", "head", "meta", "title", "link", "script", "body", "header", "main", "footer", "nav", "section", "article", "aside",
		"h1", "h2", "h3", "p", "a", "ol", "ul", "li", "dl", "dt", "dd", "div", "span", "b", "strong", "small", "em", "time", "form", "fieldset", "legend",
		"label", "input", "textarea", "select", "option", "button", "details", "summary", "table", "caption", "thead", "tbody", "tr", "th", "td", "br",
		"noscript", "style", "template", "dialog", "output", "abbr", "hr", "code"}
	drawn           = []string{"svg", "rect", "line", "text", "title"} // of the figures
	harmlessAddress = []string{"/", "#", "tel:", "sms:", "https://988lifeline.org", "?new=1"}
)

// page parses a page as browsers do: no element and no attribute in it comes from what was written, and what was written stands in it.
func (w *hostileWalk) page(what, path, cookie string, said []string) {
	w.Helper()
	status, b, header := w.do("GET", path, cookie, nil)
	if status != http.StatusOK || !strings.HasPrefix(header.Get("Content-Type"), "text/html") {
		w.Errorf("%s: %d %v", what, status, header)
		return
	}
	doc, err := html.Parse(bytes.NewReader(b))
	if err != nil {
		w.Fatal(err)
	}
	var text strings.Builder
	for n := range doc.Descendants() {
		switch n.Type {
		case html.TextNode:
			text.WriteString(n.Data)
		case html.CommentNode:
			w.Errorf("%s: a comment %q", what, n.Data)
		case html.ElementNode:
			w.element(what, n)
		}
	}
	for _, line := range said {
		if !strings.Contains(squeezed(text.String()), squeezed(line)) {
			w.Errorf("%s does not show %q", what, line)
		}
	}
}

func (w *hostileWalk) element(what string, n *html.Node) {
	w.Helper()
	if n.Namespace == "" && !slices.Contains(harmlessTags, n.Data) || n.Namespace != "" && !slices.Contains(drawn, n.Data) {
		w.Errorf("%s: an element %s", what, n.Data)
	}
	if n.Data == "script" && n.FirstChild != nil {
		w.Errorf("%s: a script of its own: %s", what, n.FirstChild.Data)
	}
	for _, a := range n.Attr {
		switch {
		case strings.HasPrefix(a.Key, "on") || a.Key == "srcdoc" || a.Key == "style":
			w.Errorf("%s: %s=%q", what, a.Key, a.Val)
		case a.Key == "href" || a.Key == "src" || a.Key == "action" || a.Key == "formaction":
			begins := func(p string) bool { return strings.HasPrefix(a.Val, p) }
			if !slices.ContainsFunc(harmlessAddress, begins) && a.Val != "" || strings.HasPrefix(a.Val, "//") {
				w.Errorf("%s: %s leads to %q", what, a.Key, a.Val)
			}
		}
	}
}

// squeezed is a text without white space and without what a parser of HTML replaces.
func squeezed(s string) string {
	return strings.Map(func(r rune) rune {
		if r <= ' ' || r == 0xA0 || r == 0xFFFD {
			return -1
		}
		return r
	}, s)
}

// stream reads the conversation as server-sent events, as WHATWG says: lines end at CR, LF or both.
func (w *hostileWalk) stream(c *hostileTalk, said int) {
	w.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, "GET", w.url+"/api/conversations/"+c.ID+"/events", nil)
	if err != nil {
		w.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+c.Token)
	res, err := w.client.Do(req)
	if err != nil {
		w.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	patients := 0
	for s := newEventLines(res.Body); patients < said && s.Scan(); {
		name, value, _ := strings.Cut(s.Text(), ":")
		switch name {
		case "", "id", "event", "retry":
		case "data":
			var one struct {
				Author, Text string
			}
			if err := json.Unmarshal([]byte(value), &one); err != nil {
				w.Errorf("an event holds %q: %v", value, err)
			}
			if one.Author == "patient" {
				patients++
			}
		default:
			w.Errorf("a line of events begins with %q", name)
		}
	}
	if patients != said {
		w.Errorf("%d messages of the patient are streamed, want %d", patients, said)
	}
}

// newEventLines splits at every end of a line that a browser knows.
func newEventLines(r io.Reader) *bufio.Scanner {
	s := bufio.NewScanner(r)
	s.Buffer(nil, 1<<20)
	s.Split(func(data []byte, atEOF bool) (int, []byte, error) {
		if i := bytes.IndexAny(data, "\r\n"); i >= 0 {
			return i + 1, data[:i], nil
		}
		if atEOF && len(data) > 0 {
			return len(data), data, nil
		}
		return 0, nil, nil
	})
	return s
}

// figures asks for what is not there under hostile names, and reads the figures: their number is bounded, and none has a name that
// somebody else gave it.
func (h *siege) figures() {
	h.Helper()
	lines := hostile.Lines()
	for _, line := range lines[:100] {
		r := httptest.NewRequest("GET", "/", nil)
		r.URL.Path = "/" + line
		h.srv.ServeHTTP(httptest.NewRecorder(), r)
	}
	rec := httptest.NewRecorder()
	h.srv.Figures().ServeHTTP(rec, httptest.NewRequest("GET", "/metrics", nil))
	series := 0
	for s := range strings.Lines(rec.Body.String()) {
		if strings.HasPrefix(s, "#") {
			continue
		}
		series++
		if strings.ContainsAny(s, "<>;'%") || strings.Contains(s, "script") || strings.Contains(s, "evil") {
			h.Errorf("a figure says %q", s)
		}
	}
	if h.Logf("%d figures", series); series > 2000 {
		h.Errorf("%d figures", series)
	}
	for _, path := range []string{"/staff/trail", "/staff/evidence", "/staff/figures"} {
		w := &hostileWalk{siege: h}
		w.page(path, path, h.staff, nil)
	}
}
