package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/tacet-lang/tacet/lang/machine"
	"github.com/tacet-lang/tacet/runtime/engine"
	"github.com/tacet-lang/tacet/runtime/people"
	"github.com/tacet-lang/tacet/runtime/people/peopletest"
	"github.com/tacet-lang/tacet/runtime/server"
	"github.com/tacet-lang/tacet/runtime/session"
	"github.com/tacet-lang/tacet/runtime/session/sessiontest"
	"github.com/tacet-lang/tacet/runtime/store/sqlite"
	"github.com/tacet-lang/tacet/runtime/store/sqlitetest"
	"github.com/tacet-lang/tacet/runtime/vault"
	"github.com/tacet-lang/tacet/spec/hostile"
)

// TestHostileCorpus writes every line of the corpus as an answer to every kind of question of the examples, at a server with
// everything in it. Whatever is written: the conversation goes an edge that its machine declares, or stays; only the field that is
// asked for changes; the assistant says what the author wrote; and every form in which the conversation is given out is one that a
// strict reader reads, with the line in it as text. TACET_HOSTILE=all writes every line at every question.
func TestHostileCorpus(t *testing.T) {
	t.Parallel()
	lines := hostile.Lines()
	all := os.Getenv("TACET_HOSTILE") == "all"
	practices, err := filepath.Glob("../../examples/*/practice.yaml")
	if err != nil || len(practices) < 5 {
		t.Fatalf("%d practices, %v", len(practices), err)
	}
	for i, name := range practices {
		dir := filepath.Dir(name)
		t.Run(filepath.Base(dir), func(t *testing.T) {
			t.Parallel()
			h := openHostile(t, dir)
			for j, f := range h.flows {
				w := &hostileWalk{siege: h, m: f.Machine, todo: map[string][]string{}, rnd: rand.New(rand.NewPCG(uint64(i), uint64(j)))}
				w.share(lines, 16*i+j, all)
				w.walk()
			}
			h.figures()
			sqlitetest.Check(t, h.data)
		})
	}
}

// siege is a server of one practice, in this process.
type siege struct {
	*testing.T
	flows  []session.Flow
	url    string
	data   string
	client *http.Client
	store  *sqlite.Store
	vault  *vault.Vault
	codes  *hostileCodes
	srv    *server.Server
	staff  string // cookie
	ids    int
	mu     sync.Mutex
}

func openHostile(t *testing.T, dir string) *siege {
	t.Helper()
	c, err := compilePaths([]string{dir}, compiling{})
	if err != nil || c.problems.HasErrors() {
		t.Fatalf("%v %v", err, c.problems)
	}
	h := &siege{T: t, data: filepath.Join(t.TempDir(), "tacet.db"), client: &http.Client{}, codes: &hostileCodes{}}
	for _, f := range c.flows { // as many as come by
		if a := f.Machine.Practice.Appointments; a != nil {
			a.Capacity = 10_000
		}
	}
	if h.flows, err = programs(c); err != nil {
		t.Fatal(err)
	}
	if h.store, err = sqlite.Open(h.data, sqlite.Options{}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = h.store.Close() })
	h.vault = sqlitetest.Vault(t, h.data)
	practice := h.flows[0].Machine.Practice.ID
	staff, err := people.New(people.Options{
		Practice: practice, Name: "Example", Store: h.store.People(), Sealer: peopletest.Sealer{}, Now: time.Now, Origin: "http://localhost",
	})
	if err != nil {
		t.Fatal(err)
	}
	h.srv, err = server.New(server.Options{
		Options: session.Options{Flows: h.flows, Store: h.store, Vault: h.vault, Codes: h.codes}, People: staff, Limits: server.Limits{Off: true},
		Rooms: server.Rooms{Releases: h.store, Holds: h.store, Disclosures: h.store, Incidents: h.store, Documents: writtenPolicies, Risks: assessedRisks},
	})
	if err != nil {
		t.Fatal(err)
	}
	web := httptest.NewServer(h.srv)
	t.Cleanup(web.Close)
	h.url = web.URL
	h.signIn(staff)
	return h
}

// hostileCodes reaches every telephone but one.
type hostileCodes struct{ sessiontest.Codes }

const unreached = "312 555 0199"

// Accepts implements session.CodeSender.
func (c *hostileCodes) Accepts(address string) bool {
	return c.Codes.Accepts(address) && !strings.HasSuffix(address, "5550199")
}

// do asks the server and fails on an answer that says it is our fault.
func (h *siege) do(method, path, auth string, body any) (status int, answer []byte, header http.Header) {
	h.Helper()
	e, err := ask(method, h.url+path, body, showing(auth)...)
	if err != nil {
		h.Fatal(err)
	}
	if e.Status >= 500 {
		h.Errorf("%s %s: %d %s", method, path, e.Status, e.Body)
	}
	return e.Status, e.Body, e.Header
}

func (h *siege) clientID() string {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.ids++
	return fmt.Sprintf("hostile-client-%08d", h.ids)
}

// state opens the newest turn of a conversation.
func (h *siege) state(id string) engine.Conversation {
	h.Helper()
	var out session.Opened
	err := h.store.View(context.Background(), h.flows[0].Machine.Practice.ID, func(r session.Reader) error {
		head, err := r.Header(id)
		if err != nil {
			return err
		}
		turn, err := r.Last(id)
		if err != nil {
			return err
		}
		out, err = session.OpenTurn(context.Background(), h.vault, &head, &turn)
		return err
	})
	if err != nil {
		h.Fatal(err)
	}
	return out.State
}

// allowed compares a turn with the machine.
func (w *hostileWalk) allowed(was, is *engine.Conversation, body map[string]any) {
	w.Helper()
	if was.Location != is.Location && !reachable(w.m, was.Location)[is.Location] {
		w.Errorf("%s: %q leads from %s to %s, which no edge does", w.m.Flow.ID, body, was.Location, is.Location)
	}
	asked := locationOf(w.m, was.Location).Field
	for i, value := range is.Values {
		if name := w.m.Fields[i].Name; value != was.Values[i] && value != "" && name != asked {
			w.Errorf("%s: %q at %s, which asks for %q, sets %s to %q", w.m.Flow.ID, body, was.Location, asked, name, value)
		}
	}
	if len(is.Verified) > len(was.Verified) && locationOf(w.m, was.Location).Kind != machine.Verify {
		w.Errorf("%s: %q at %s verifies %v", w.m.Flow.ID, body, was.Location, is.Verified)
	}
	if len(is.Consents) > len(was.Consents) && locationOf(w.m, was.Location).Kind != machine.Consent {
		w.Errorf("%s: %q at %s consents to %v", w.m.Flow.ID, body, was.Location, is.Consents)
	}
}

// atOnce are outcomes with which a question is left before anybody has answered it.
var atOnce = []string{machine.OnUnreachable, machine.OnNone, machine.OnTaken, machine.OnFailed}

// reachable lists where one turn can lead from a question: along its edges and through what does not wait, to an escalation, to
// people, or where a topic leads.
func reachable(m *machine.Machine, from string) map[string]bool {
	out := map[string]bool{}
	var add func(id string)
	add = func(id string) {
		if id == "" || out[id] {
			return
		}
		out[id] = true
		l := locationOf(m, id)
		for _, e := range l.Edges {
			if !l.Kind.Waits() || slices.Contains(atOnce, e.On) {
				add(e.To)
			}
		}
	}
	for _, e := range locationOf(m, from).Edges {
		add(e.To)
	}
	for i := range m.Escalations {
		add(m.Escalations[i].Location)
	}
	for i := range m.Topics {
		if m.Topics[i].Treat == "handle" {
			add(m.Topics[i].Route)
		}
	}
	add(m.Human)
	add(m.Stuck)
	return out
}

// spoken holds what the assistant said against the author's texts.
func (w *hostileWalk) spoken(c *hostileTalk, body map[string]any, values []string) {
	w.Helper()
	for _, msg := range c.Messages {
		if msg.Author != "assistant" || w.said[msg.Text] {
			continue
		}
		if slices.ContainsFunc(w.templates, func(r *regexp.Regexp) bool { return r.MatchString(msg.Text) }) {
			w.said[msg.Text] = true
			continue
		}
		// a question asked again, in the words of package input and of the question: nothing of the answer is in it
		line, _ := body["text"].(string)
		ours := slices.Contains(values, line) || slices.ContainsFunc(textsOf(w.m), func(t string) bool { return strings.Contains(t, line) })
		if strings.ContainsAny(msg.Text, "<>{}$=`|\\\r\n\x00") || len(line) > 8 && strings.Contains(msg.Text, line) && !ours {
			w.Errorf("%s: after %q the assistant says what nobody wrote: %q", w.m.Flow.ID, body, msg.Text)
		}
	}
}

func locationOf(m *machine.Machine, id string) *machine.Location {
	return &m.Locations[slices.IndexFunc(m.Locations, func(l machine.Location) bool { return l.ID == id })]
}

// textsOf lists every text of a machine that can be said.
func textsOf(m *machine.Machine) (list []string) {
	add := func(texts ...machine.Text) {
		for _, t := range texts {
			for _, lang := range m.Flow.Languages {
				if t[lang] != "" {
					list = append(list, t[lang])
				}
			}
		}
	}
	add(m.Notice)
	for _, t := range m.Texts {
		add(t)
	}
	for i := range m.Topics {
		add(m.Topics[i].Answer)
	}
	for i := range m.Locations {
		l := &m.Locations[i]
		add(l.Prompt)
		for j := range l.Do {
			add(l.Do[j].Say)
			for _, t := range l.Do[j].Cases {
				add(t)
			}
		}
	}
	return list
}

// patternOf is a text as a pattern: every placeholder stands for anything but a brace, which no value brings along unread.
func patternOf(text string) *regexp.Regexp {
	var b strings.Builder
	b.WriteString(`(?s)^`)
	last := 0
	for _, p := range machine.Placeholders(text) {
		b.WriteString(regexp.QuoteMeta(text[last:p.Start]) + `.*`)
		last = p.End
	}
	b.WriteString(regexp.QuoteMeta(text[last:]) + `$`)
	return regexp.MustCompile(b.String())
}
