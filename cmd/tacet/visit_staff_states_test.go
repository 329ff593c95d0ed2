package main

import (
	"fmt"
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
	for _, dir := range examplePractices(t) {
		t.Run(filepath.Base(dir), func(t *testing.T) {
			t.Parallel()
			flows := flowsOf(t, dir)
			link := serveForStaff(t, dir)
			desk := &watcher{T: t, url: link[:strings.Index(link, "/staff/")], seen: map[string]bool{}}
			desk.open(link, flows[0].Machine)
			for _, flow := range flows {
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
	admin := firstAccount(w.T, link)
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
	at := caller{url: w.url, flow: m.Flow.ID, lang: m.Flow.Languages[0]}
	for i, step := range test.Steps {
		body := map[string]any{"client_id": fmt.Sprint(i)}
		switch step.Verb {
		case "language":
			if at.lang = step.Name; at.Conversation == "" {
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
		if at.Conversation == "" {
			if err := at.start(fmt.Sprintf("%s-%032d", m.Flow.ID, len(w.seen)*1000+test.Place.Line)); err != nil {
				w.Fatal(err)
			}
		}
		if at.do(body) != nil {
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
