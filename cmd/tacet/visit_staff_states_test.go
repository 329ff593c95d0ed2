package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"github.com/tacet-lang/tacet/lang/machine"
	"github.com/tacet-lang/tacet/runtime/server/browsertest"
)

// TestVisitStaffEveryState plays every test of every example as a patient and opens each conversation as staff do, after each thing that
// brings it to a state, a control or an urgency that was not seen yet: nothing is wrong with the page by our own rules or by axe-core's.
func TestVisitStaffEveryState(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("some minutes of looking")
	}
	folders, err := filepath.Glob("../../examples/*/practice.yaml")
	if err != nil || len(folders) < 5 {
		t.Fatalf("examples: %v %v", folders, err)
	}
	for _, f := range folders {
		dir := filepath.Dir(f)
		t.Run(filepath.Base(dir), func(t *testing.T) {
			t.Parallel()
			c, err := compilePaths([]string{dir}, compiling{})
			if err != nil || c.problems.HasErrors() {
				t.Fatalf("%v %v", err, c.problems)
			}
			link := serveForStaff(t, dir)
			desk := &watcher{T: t, url: link[:strings.Index(link, "/staff/")], seen: map[string]bool{}}
			desk.open(link, c.flows[0].Machine)
			for _, flow := range c.flows {
				for _, test := range flow.Tests {
					desk.play(flow.Machine, test)
				}
			}
			t.Logf("%d views were looked at", len(desk.seen))
		})
	}
}

// watcher is somebody of the staff who looks at everything.
type watcher struct {
	*testing.T
	url  string
	tab  *browsertest.Tab
	seen map[string]bool
}

// open makes the first account, which is then a clinician of every team, too.
func (w *watcher) open(link string, m *machine.Machine) {
	w.Helper()
	admin := browsertest.Open(w.T, link)
	fill(admin, "name", "Dana Ortiz")
	fill(admin, "email", "dana@practice.example")
	fill(admin, "password", "seven quiet herons wading")
	admin.Press("Go on")
	enrol(admin)
	learn(admin, 2)
	var teams []string
	for i := range m.Practice.Teams {
		teams = append(teams, m.Practice.Teams[i].Name)
	}
	w.tab = arrive(w.T, invite(admin, "Noor Haddad", "clinician", strings.Join(teams, " ")), "eleven loud geese arguing")
	w.tab.Shows(".list")
}

// play has a patient do what a test says, as far as a real clock and codes that nobody reads allow.
func (w *watcher) play(m *machine.Machine, test machine.Test) {
	w.Helper()
	var at struct {
		Conversation, Token, Control string
		Crisis                       bool
		Messages                     []struct {
			Options []struct{ ID, Label string }
		}
	}
	post := func(path string, body map[string]any) bool {
		b, err := json.Marshal(body)
		if err != nil {
			w.Fatal(err)
		}
		req, err := http.NewRequestWithContext(w.Context(), http.MethodPost, w.url+path, bytes.NewReader(b))
		if err != nil {
			w.Fatal(err)
		}
		req.Header.Set("Content-Type", "application/json")
		req.Header.Set("Authorization", "Bearer "+at.Token)
		res, err := http.DefaultClient.Do(req)
		if err != nil {
			w.Fatal(err)
		}
		defer func() { _ = res.Body.Close() }() // it was read
		if res.StatusCode/100 != 2 {
			return false
		}
		token := at.Token
		at.Messages = nil
		err = json.NewDecoder(res.Body).Decode(&at)
		if at.Token == "" {
			at.Token = token
		}
		return err == nil
	}
	lang := m.Flow.Languages[0]
	start := func() bool {
		if at.Conversation != "" {
			return true
		}
		var n struct{ Notice struct{ Hash string } }
		body := map[string]any{"flow": m.Flow.ID, "lang": lang, "client_id": fmt.Sprintf("%s-%032d", m.Flow.ID, len(w.seen)*1000+test.Place.Line)}
		if b, err := json.Marshal(body); err == nil { // the notice comes with the refusal
			if res, err := http.Post(w.url+"/api/conversations", "application/json", bytes.NewReader(b)); err == nil { //nolint:noctx // a test's own server
				_ = json.NewDecoder(res.Body).Decode(&n)
				_ = res.Body.Close() // it was read
			}
		}
		body["notice"] = n.Notice.Hash
		return post("/api/conversations", body)
	}
	for i, step := range test.Steps {
		body := map[string]any{"client_id": fmt.Sprint(i)}
		switch step.Verb {
		case "language":
			if lang = step.Name; at.Conversation == "" {
				continue
			}
			body["lang"] = step.Name
		case "patient":
			body["text"] = step.Text
		case "choose":
			body["option"] = step.Text
			for _, msg := range at.Messages {
				for _, o := range msg.Options {
					if strings.EqualFold(o.Label, step.Text) {
						body["option"] = o.ID
					}
				}
			}
		case "human":
			body["human"] = true
		default:
			continue
		}
		if !start() || !post("/api/conversations/"+at.Conversation+"/messages", body) {
			return // the test needs another time, or a code
		}
		w.look(at.Conversation, m.Flow.ID)
	}
}

// look opens a conversation where it stands somewhere new.
func (w *watcher) look(id, flow string) {
	w.Helper()
	where := browsertest.Eval[string](w.tab, fmt.Sprintf(`fetch("/api/staff/conversations/%s").then((r) => r.json()).then((c) => [c.state, c.control, c.urgency, c.lang].join(" "))`, id))
	view := flow + " " + where
	if w.seen[view] {
		return
	}
	w.seen[view] = true
	w.tab.Do(chromedp.Evaluate[chromedp.Void](fmt.Sprintf(`location.hash = "/c/%s"; location.reload()`, id)))
	w.tab.Shows(fmt.Sprintf(`.pane[data-id=%q]`, id))
	w.tab.Check(view)
}
