package main

import (
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"github.com/tacet-lang/tacet/lang/machine"
	"github.com/tacet-lang/tacet/runtime/engine"
	"github.com/tacet-lang/tacet/runtime/rehearsal"
	"github.com/tacet-lang/tacet/runtime/server"
	"github.com/tacet-lang/tacet/runtime/server/browsertest"
	"github.com/tacet-lang/tacet/runtime/session"
	"github.com/tacet-lang/tacet/runtime/session/sessiontest"
	"github.com/tacet-lang/tacet/runtime/store/sqlite"
	"github.com/tacet-lang/tacet/runtime/store/sqlitetest"
)

// TestVisitEveryState plays every test of every example on the patient's page, in a browser. The page says what the
// rehearsal says, and each state that is come to is looked at once in each language: nothing is wrong with it by our own
// rules or by axe-core's.
func TestVisitEveryState(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("some minutes of pressing buttons")
	}
	for _, dir := range examplePractices(t) {
		for _, flow := range flowsOf(t, dir) {
			t.Run(strings.TrimSuffix(filepath.Base(flow.path), ".flow"), func(t *testing.T) {
				t.Parallel()
				everyState(t, flow)
			})
		}
	}
}

// TestVisitEveryInputWithoutScripts plays so many tests of every example by plain forms that everything which can be asked for is
// answered without a script.
func TestVisitEveryInputWithoutScripts(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("a minute of pressing buttons")
	}
	tried := map[string]bool{}
	for _, dir := range examplePractices(t) {
		for _, flow := range flowsOf(t, dir) {
			v := newWalker(t, flow)
			v.scriptless = true
			for _, test := range flow.Tests {
				if news := v.asks(test, tried); len(news) > 0 {
					t.Logf("%s, %s: %v", flow.path, test.Name, news)
					v.walk(test)
				}
			}
		}
	}
	for _, want := range []string{"ask name", "ask phone", "ask email", "ask date", "ask time", "ask number", "ask choice", "ask yes-no", "offer", "verify", "book slot"} {
		if !tried[want] {
			t.Errorf("no test comes to %s; there are %v", want, slices.Sorted(maps.Keys(tried)))
		}
	}
}

// asks notes what a test is asked that no other was, and returns it.
func (v *walker) asks(test machine.Test, tried map[string]bool) (news []string) {
	v.Helper()
	r, err := rehearsal.Play(v.program, test, 1)
	if err != nil {
		v.Fatal(err)
	}
	entered := map[string]bool{}
	for _, l := range r.Coverage.Locations {
		entered[l.Location] = l.Entered > 0
	}
	m := v.flow.Machine
	for i := range m.Locations {
		l := &m.Locations[i]
		what := string(l.Kind)
		if l.Kind == machine.Ask || l.Kind == machine.Book {
			at := slices.IndexFunc(m.Fields, func(f machine.Field) bool { return f.Name == l.Field })
			what += " " + m.Fields[at].Type
		}
		if waits := slices.Contains([]machine.Kind{machine.Ask, machine.Offer, machine.Listen, machine.Consent, machine.Verify, machine.Book}, l.Kind); waits && entered[l.ID] && !tried[what] {
			tried[what] = true
			news = append(news, what)
		}
	}
	return news
}

func newWalker(t *testing.T, flow flowFile) *walker {
	t.Helper()
	p, err := engine.Load(flow.Machine)
	if err != nil {
		t.Fatal(err)
	}
	v := &walker{T: t, flow: flow, program: p, seen: map[string]bool{}, reached: rehearsal.NewCoverage(flow.Machine)}
	site := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { (*v.now.Load()).ServeHTTP(w, r) }))
	t.Cleanup(site.Close)
	v.url = site.URL
	return v
}

func everyState(t *testing.T, flow flowFile) {
	v := newWalker(t, flow)
	for _, test := range flow.Tests {
		v.walk(test)
	}
	for _, l := range v.reached.Locations {
		if l.Entered == 0 && !strings.HasPrefix(l.Place.File, "std/") && l.Place.Line != 0 {
			t.Errorf("no visit came to `%s`", l.Location)
		}
	}
	t.Logf("%d views were looked at", len(v.seen))
}

// walker visits a flow on the page and in rehearsal side by side.
type walker struct {
	*testing.T
	flow       flowFile
	program    *engine.Program
	url        string
	tab        *browsertest.Tab
	now        atomic.Pointer[http.Handler] // the server of the test that is played
	clock      *sessiontest.Clock
	codes      *sessiontest.Codes
	world      *staged
	twin       *rehearsal.Session
	lang       string
	began      bool
	scriptless bool // the browser runs none
	seen       map[string]bool
	reached    *rehearsal.Coverage
}

// staged makes acts of the world end as a test says.
type staged struct {
	*engine.Program
	next []string
	used bool // what the server then takes for free differs from the rehearsal's calendar
}

// Step implements session.Program.
func (s *staged) Step(c engine.Conversation, e engine.Event) (engine.Conversation, []engine.Effect, error) {
	if e.Kind == engine.Outcome && len(s.next) > 0 {
		result := s.next[0]
		if e.Act == engine.ActCheckCode && result == machine.OnFailed {
			result = engine.ResultExpired
		}
		if slices.Contains(engine.Results(e.Act), result) {
			s.next, s.used = s.next[1:], true
			e.Result, e.Slots = result, nil
		}
	}
	return s.Program.Step(c, e)
}

func (v *walker) walk(test machine.Test) {
	v.Helper()
	v.prepare()
	for _, step := range test.Steps {
		if step.Verb == "expect" {
			continue
		}
		if !v.step(step) {
			v.Errorf("%s: `%s %s` could not be done", test.Name, step.Verb, step.Text)
			break
		}
		if v.began && !v.same(test.Name) {
			break
		}
	}
	v.reached.Merge(v.twin.Coverage)
}

// prepare opens a server of its own for a test, at the time of rehearsals.
func (v *walker) prepare() {
	v.Helper()
	data := filepath.Join(v.TempDir(), "tacet.db")
	store, err := sqlite.Open(data, sqlite.Options{})
	if err != nil {
		v.Fatal(err)
	}
	v.Cleanup(func() { _ = store.Close() })
	v.clock, v.codes, v.world = sessiontest.NewClock(), &sessiontest.Codes{}, &staged{Program: v.program}
	srv, err := server.New(server.Options{Options: session.Options{
		Flows: []session.Flow{{Machine: v.flow.Machine, Program: v.world}}, Store: store, Vault: sqlitetest.Vault(v.T, data), Clock: v.clock, Codes: v.codes,
	}, Limits: server.Limits{Off: true}})
	if err != nil {
		v.Fatal(err)
	}
	var h http.Handler = srv
	v.now.Store(&h)
	if v.twin, err = rehearsal.NewSession(v.program, rehearsal.Options{Seed: 1}); err != nil {
		v.Fatal(err)
	}
	v.clock.Move(v.twin.Now().Sub(v.clock.Now()))
	v.began, v.lang = false, v.flow.Machine.Flow.Languages[0]
}

// begin starts the conversation on the page, as late as the rehearsal does.
func (v *walker) begin() {
	v.Helper()
	if v.began {
		return
	}
	v.began = true
	address := v.url + "/chat/" + v.flow.Machine.Flow.ID + "?new=1&lang=" + v.lang
	if v.tab == nil {
		v.tab = browsertest.Open(v.T, address)
		if v.scriptless {
			v.tab.WithoutScripts()
			v.tab.Go(address)
		}
	} else {
		v.tab.Go(address)
	}
	v.tab.Do(chromedp.Click(chromedp.CSS("main.start form button.main")))
	v.tab.Shows("#dock")
	if err := v.twin.Begin(); err != nil {
		v.Fatal(err)
	}
}

// step does a step on both sides, and reports whether both could.
func (v *walker) step(step machine.TestStep) bool {
	v.Helper()
	switch step.Verb {
	case "at":
		at, err := time.ParseInLocation("2006-01-02 15:04", step.Text, v.twin.Now().Location())
		if err != nil {
			return false
		}
		return v.pass(at.Sub(v.twin.Now()))
	case "wait":
		v.begin()
		return v.pass(time.Duration(step.Seconds) * time.Second)
	case "world":
		v.world.next = append(v.world.next, step.Name)
		return v.twin.World.Force(step.Name) == nil
	case "language":
		if !v.began {
			v.lang = step.Name
			return v.twin.Language(step.Name) == nil
		}
		v.press(fmt.Sprintf(`#languages button[value=%s]`, step.Name))
		v.tab.Shows("html[lang=" + step.Name + "]")
		return v.twin.Language(step.Name) == nil
	case "channel":
		return v.twin.Channel(step.Name) == nil && step.Name == v.flow.Machine.Flow.Channels[0]
	}
	v.begin()
	switch step.Verb {
	case "patient":
		text := step.Text
		if sent := v.codes.Sent(); len(sent) > 0 {
			text = strings.ReplaceAll(text, "{code}", sent[len(sent)-1])
		}
		if v.twin.Conv.Control == engine.Closed {
			return true // there is nowhere to write any more
		}
		if v.scriptless { // in a field of several lines enter begins a new one
			v.tab.Do(chromedp.SendKeys(chromedp.CSS("#answer"), text), chromedp.Click(chromedp.CSS("form.answer button.main")))
		} else {
			v.tab.Write(text)
		}
		v.settle()
		return v.twin.Say(step.Text) == nil
	case "choose":
		id := step.Text
		for _, o := range v.twin.Offered() {
			if strings.EqualFold(o.Label, step.Text) {
				id = o.ID
			}
		}
		v.press(fmt.Sprintf(`.options button[value=%q]`, id))
		return v.twin.Choose(step.Text) == nil
	case "human":
		v.press("#human")
		return v.twin.Human() == nil
	}
	return false
}

// pass lets time pass on both sides.
func (v *walker) pass(d time.Duration) bool {
	v.clock.Move(d)
	return v.twin.Wait(d) == nil
}

func (v *walker) press(selector string) {
	v.Helper()
	v.tab.Do(chromedp.Click(chromedp.CSS(selector), chromedp.NodeVisible))
	v.settle()
}

// settle waits until what was sent has been answered.
func (v *walker) settle() {
	v.Helper()
	if v.scriptless {
		return // a page that is loaded is complete; same waits for it
	}
	v.tab.Do(chromedp.Poll[chromedp.Void](`!document.body.hasAttribute("aria-busy") && !document.querySelector(".pending")`))
}

// same compares what both sides say, and looks at a view that is new.
func (v *walker) same(test string) bool {
	v.Helper()
	if v.twin.Conv.Outcome == session.TimedOut {
		return false // the page's server ends silent conversations by itself, and shows none of it
	}
	var want []string
	for _, l := range v.twin.Lines {
		if l.Who != rehearsal.Note {
			want = append(want, squeeze(l.Text))
		}
	}
	if n := len(want); v.scriptless && n > 0 {
		v.tab.Do(chromedp.WaitReady(fmt.Sprintf(`//div[@id="log"]//li[%d]`, n)))
	}
	got := browsertest.Eval[[]string](v.tab, `[...document.querySelectorAll("#log .text")].map((e) => e.textContent)`)
	for i := range got {
		got[i] = squeeze(got[i])
	}
	if code := v.twin.World.Code(); code != "" { // each side has codes of its own
		for i, w := range want {
			if i < len(got) && w == code {
				want[i] = got[i]
			}
		}
	}
	if v.world.used {
		got, want = withoutFigures(got), withoutFigures(want)
	}
	if !slices.Equal(got, want) {
		v.Errorf("%s: the page says\n  %s\nthe rehearsal\n  %s", test, strings.Join(got, "\n  "), strings.Join(want, "\n  "))
		return false
	}
	view := fmt.Sprintf("%s %s %s", v.twin.State(), v.twin.Conv.Lang, v.twin.Conv.Control)
	if !v.seen[view] {
		v.seen[view] = true
		v.tab.Check(view)
	}
	return true
}

func squeeze(s string) string { return strings.Join(strings.Fields(s), " ") }

var figures = regexp.MustCompile(`[0-9]+|\b([A-Z][a-z]+day|lunes|martes|miércoles|jueves|viernes|sábado)\b`)

// withoutFigures leaves out what differs between one free time and another: days and hours.
func withoutFigures(texts []string) []string {
	out := make([]string, len(texts))
	for i, t := range texts {
		out[i] = figures.ReplaceAllString(t, "#")
	}
	return out
}
