package session_test

import (
	"context"
	"errors"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/tacet-lang/tacet/lang/machine"
	"github.com/tacet-lang/tacet/runtime/engine"
	"github.com/tacet-lang/tacet/runtime/engine/enginetest"
	"github.com/tacet-lang/tacet/runtime/session"
	"github.com/tacet-lang/tacet/runtime/session/sessiontest"
	"github.com/tacet-lang/tacet/runtime/store/sqlite"
	"github.com/tacet-lang/tacet/runtime/store/sqlitetest"
)

// desk is a host with what stands around it.
type desk struct {
	*session.Host
	*testing.T
	store session.Store
	clock *sessiontest.Clock
	codes *sessiontest.Codes
	path  string
	flow  session.Flow
}

func open(t *testing.T, flow session.Flow, o sqlite.Options) *desk {
	t.Helper()
	d := &desk{
		T: t, clock: sessiontest.NewClock(), codes: &sessiontest.Codes{}, flow: flow,
		path: filepath.Join(t.TempDir(), "tacet.db"),
	}
	d.reopen(o)
	t.Cleanup(func() { _ = d.store.Close() })
	return d
}

// reopen is a new process on the same data.
func (d *desk) reopen(o sqlite.Options) {
	d.Helper()
	if d.store != nil {
		if err := d.store.Close(); err != nil {
			d.Fatal(err)
		}
	}
	var err error
	if d.store, err = sqlite.Open(d.path, o); err != nil {
		d.Fatal(err)
	}
	d.Host, err = session.New(session.Options{
		Flows: []session.Flow{d.flow}, Store: d.store, Vault: sqlitetest.Vault(d, d.path), Clock: d.clock, Codes: d.codes,
	})
	if err != nil {
		d.Fatal(err)
	}
}

// program makes a machine of enginetest ready, with a reader that understands marks.
func program(t testing.TB, m *machine.Machine) session.Flow {
	t.Helper()
	p, err := engine.LoadWith(m, engine.Options{Reader: enginetest.Reader{}})
	if err != nil {
		t.Fatal(err)
	}
	return session.Flow{Machine: m, Program: p}
}

func (d *desk) request(clientID string) session.Start {
	n, ok := d.Notice(d.flow.Machine.Flow.ID, "en")
	if !ok {
		d.Fatal("no notice")
	}
	return session.Start{Flow: d.flow.Machine.Flow.ID, Lang: "en", ClientID: clientID, Notice: n.Hash}
}

func (d *desk) start() string {
	d.Helper()
	r, err := d.Start(context.Background(), d.request(session.NewID()))
	if err != nil {
		d.Fatal(err)
	}
	return r.ID
}

func (d *desk) post(id string, p session.Post) session.Reply {
	d.Helper()
	if p.ClientID == "" {
		p.ClientID = session.NewID()
	}
	r, err := d.Post(context.Background(), id, p)
	if err != nil {
		d.Fatalf("Post(%+v): %v", p, err)
	}
	return r
}

// write sends a text and returns what was answered.
func (d *desk) write(id, text string) string {
	d.Helper()
	return said(d.post(id, session.Post{Text: text}).Messages)
}

func said(list []session.Message) string {
	var out []string
	for _, m := range list {
		if m.Author != session.ByPatient {
			out = append(out, m.Text)
		}
	}
	return strings.Join(out, " | ")
}

func (d *desk) transcript(id string) session.Page {
	d.Helper()
	p, err := d.Read(context.Background(), id, 0, 10000)
	if err != nil {
		d.Fatal(err)
	}
	return p
}

func (d *desk) audit() (actions []string) {
	d.Helper()
	err := d.store.View(context.Background(), "lakeside", func(r session.Reader) error {
		list, err := r.Audit(0, 100000)
		for _, e := range list {
			actions = append(actions, e.Action)
		}
		return err
	})
	if err != nil {
		d.Fatal(err)
	}
	return actions
}

func TestStart(t *testing.T) {
	t.Parallel()
	d := open(t, sessiontest.Flow(), sqlite.Options{})
	req := d.request("one")
	for _, c := range []struct {
		name   string
		change func(*session.Start)
		want   error
	}{
		{"no notice", func(s *session.Start) { s.Notice = "" }, session.ErrNotice},
		{"notice of another language", func(s *session.Start) { s.Lang = "es" }, session.ErrNotice},
		{"unknown flow", func(s *session.Start) { s.Flow = "x" }, session.ErrNotFound},
		{"unknown language", func(s *session.Start) { s.Lang = "fr" }, session.ErrOption},
	} {
		bad := req
		c.change(&bad)
		if _, err := d.Start(context.Background(), bad); !errors.Is(err, c.want) {
			t.Errorf("%s: got %v, want %v", c.name, err, c.want)
		}
	}
	if got := d.audit(); len(got) != 0 {
		t.Errorf("something was stored before the notice: %v", got)
	}
	first, err := d.Start(context.Background(), req)
	if err != nil {
		t.Fatal(err)
	}
	again, err := d.Start(context.Background(), req)
	if err != nil || again.ID != first.ID || again.Token == first.Token {
		t.Errorf("repeated start: got %q %v, want the same conversation with a further token", again.ID, err)
	}
	if diff := cmp.Diff(first.Messages, again.Messages); diff != "" {
		t.Errorf("repeated start says something else:\n%s", diff)
	}
	for i, token := range []string{first.Token, again.Token} {
		if err := d.Authorize(context.Background(), first.ID, token); err != nil {
			t.Errorf("token %d: %v", i, err)
		}
	}
	for _, token := range []string{"", "x", first.Token + "x"} {
		if err := d.Authorize(context.Background(), first.ID, token); !errors.Is(err, session.ErrUnauthorized) {
			t.Errorf("token %q: got %v, want ErrUnauthorized", token, err)
		}
	}
	d.write(first.ID, "hello")
	if _, err := d.Start(context.Background(), req); !errors.Is(err, session.ErrConflict) {
		t.Errorf("start repeated after the patient spoke: got %v, want ErrConflict", err)
	}
}

func TestReplayIsOneTurn(t *testing.T) {
	t.Parallel()
	d := open(t, sessiontest.Flow(), sqlite.Options{})
	id := d.start()
	p := session.Post{ClientID: "c", Text: "hello"}
	replies := make([]session.Reply, 100)
	var wg sync.WaitGroup
	for i := range replies {
		wg.Go(func() { replies[i] = d.post(id, p) })
	}
	wg.Wait()
	for _, r := range replies[1:] {
		if diff := cmp.Diff(replies[0], r); diff != "" {
			t.Fatalf("replies differ:\n%s", diff)
		}
	}
	if got := len(d.transcript(id).Messages); got != 4 {
		t.Errorf("%d messages after 100 repetitions of one turn, want 4", got)
	}
	d.write(id, "end")
	d.reopen(sqlite.Options{})
	if diff := cmp.Diff(replies[0], d.post(id, p)); diff != "" {
		t.Errorf("the reply differs after a restart and further turns:\n%s", diff)
	}
	for _, other := range []session.Post{{Text: "hello "}, {Option: "hello"}, {Human: true}, {Lang: "es"}} {
		other.ClientID = "c"
		if _, err := d.Post(context.Background(), id, other); !errors.Is(err, session.ErrConflict) {
			t.Errorf("%+v under the same client id: got %v, want ErrConflict", other, err)
		}
	}
}

func TestPostErrors(t *testing.T) {
	t.Parallel()
	d := open(t, sessiontest.Flow(), sqlite.Options{})
	id := d.start()
	before := d.transcript(id)
	if _, err := d.Post(context.Background(), id, session.Post{ClientID: "c", Option: "99"}); !errors.Is(err, session.ErrOption) {
		t.Errorf("option that is not on offer: got %v, want ErrOption", err)
	}
	if _, err := d.Post(context.Background(), "nobody", session.Post{ClientID: "c", Text: "x"}); !errors.Is(err, session.ErrNotFound) {
		t.Errorf("unknown conversation: got %v, want ErrNotFound", err)
	}
	if diff := cmp.Diff(before, d.transcript(id)); diff != "" {
		t.Errorf("a refused request left something:\n%s", diff)
	}
}

// TestPinned changes the flow while a conversation is under way: it ends on the machine it started on, also in a process
// that was never given that machine.
func TestPinned(t *testing.T) {
	t.Parallel()
	d := open(t, program(t, enginetest.Visit()), sqlite.Options{})
	old := d.start()
	changed := enginetest.Visit()
	for i := range changed.Locations {
		if changed.Locations[i].ID == changed.Start {
			changed.Locations[i].Prompt = enginetest.Both("What is it about?", "¿De qué se trata?")
		}
	}
	was := d.flow
	d.flow = program(t, changed)
	d.reopen(sqlite.Options{})
	if got := d.write(old, "hmm"); !strings.Contains(got, "How can I help?") {
		t.Errorf("the old conversation asks %q", got)
	}
	if list := d.transcript(d.start()).Messages; !strings.Contains(said(list), "What is it about?") {
		t.Errorf("a new conversation starts with %q", said(list))
	}
	both, err := session.New(session.Options{Flows: []session.Flow{was, d.flow}, Store: d.store, Vault: sqlitetest.Vault(d, d.path), Clock: d.clock})
	if err != nil {
		t.Fatal(err)
	}
	if n := len(both.Flows()); n != 1 {
		t.Errorf("two versions of a flow are listed as %d flows", n)
	}
}

// TestRefusedMachine asks for a machine that may not be loaded any more: nothing happens to its conversations, and the
// sweep goes on with the others.
func TestRefusedMachine(t *testing.T) {
	t.Parallel()
	d := open(t, program(t, enginetest.Visit()), sqlite.Options{})
	old := d.start()
	h, err := session.New(session.Options{
		Flows: []session.Flow{program(t, enginetest.Consultation())}, Store: d.store, Vault: sqlitetest.Vault(d, d.path), Clock: d.clock,
		Load: func(*machine.Machine) (session.Program, error) { return nil, errors.New("withdrawn") },
	})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := h.Post(context.Background(), old, session.Post{ClientID: "c", Text: "x"}); !errors.Is(err, session.ErrUnserved) {
		t.Errorf("Post: got %v, want ErrUnserved", err)
	}
	if _, err := h.Read(context.Background(), old, 0, 10); !errors.Is(err, session.ErrUnserved) {
		t.Errorf("Read: got %v, want ErrUnserved", err)
	}
	d.clock.Move(time.Hour)
	for i, want := range []int{1, 0} {
		if n, err := h.Tick(context.Background()); n != want || err != nil {
			t.Errorf("sweep %d: %d due, %v; want %d", i+1, n, err, want)
		}
	}
}

// TestFaults stops a turn at every statement it makes, commit included, and asks again: the turn then counts once.
func TestFaults(t *testing.T) {
	t.Parallel()
	boom := errors.New("boom")
	turns := []session.Post{
		{ClientID: "1", Text: "slots"}, {ClientID: "2", Text: "send"}, {ClientID: "3", Text: "code +12125550142"},
		{ClientID: "4", Text: "chest pain"},
	}
	var left int // statements until the fault; 0 means none
	d := open(t, sessiontest.Flow(), sqlite.Options{})
	d.reopen(sqlite.Options{Before: func(string) error {
		if left--; left == 0 {
			return boom
		}
		return nil
	}})
	want := open(t, sessiontest.Flow(), sqlite.Options{})
	id, twin := d.start(), want.start()
	for _, p := range turns {
		for n := 1; ; n++ {
			before := d.transcript(id)
			left = n
			_, err := d.Post(context.Background(), id, p)
			if left > 0 { // the turn makes fewer statements than n
				if err != nil {
					t.Fatalf("%q without a fault: %v", p.Text, err)
				}
				break
			}
			if !errors.Is(err, boom) {
				t.Errorf("%q with statement %d failing: got %v, want boom", p.Text, n, err)
			}
			if diff := cmp.Diff(before, d.transcript(id)); diff != "" {
				t.Fatalf("%q with statement %d failing left:\n%s", p.Text, n, diff)
			}
		}
		left = 0
		want.post(twin, p)
	}
	if diff := cmp.Diff(want.transcript(twin), d.transcript(id)); diff != "" {
		t.Errorf("after faults (-without, +with):\n%s", diff)
	}
	if diff := cmp.Diff(want.audit(), d.audit()); diff != "" {
		t.Errorf("audit after faults (-without, +with):\n%s", diff)
	}
	if got := len(d.codes.Sent()); got != 1 {
		t.Errorf("%d codes were sent, want 1", got)
	}
}

func TestRepeatedStartIsOneConversation(t *testing.T) {
	t.Parallel()
	d := open(t, sessiontest.Flow(), sqlite.Options{})
	req := d.request("one")
	ids := make([]string, 50)
	var wg sync.WaitGroup
	for i := range ids {
		wg.Go(func() {
			r, err := d.Start(context.Background(), req)
			if err != nil {
				t.Error(err)
			}
			ids[i] = r.ID
		})
	}
	wg.Wait()
	for _, id := range ids {
		if id != ids[0] {
			t.Fatalf("one request started %s and %s", ids[0], id)
		}
	}
}
