package session_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
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
		Flows: []session.Flow{d.flow}, Store: d.store, Clock: d.clock, Codes: d.codes,
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
	err := d.store.View(context.Background(), func(r session.Reader) error {
		list, err := r.Audit(d.flow.Machine.Practice.ID, 0, 100000)
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
	both, err := session.New(session.Options{Flows: []session.Flow{was, d.flow}, Store: d.store, Clock: d.clock})
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
		Flows: []session.Flow{program(t, enginetest.Consultation())}, Store: d.store, Clock: d.clock,
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

func TestSilenceEndsIt(t *testing.T) {
	t.Parallel()
	d := open(t, sessiontest.Flow(), sqlite.Options{})
	r, err := d.Start(context.Background(), d.request("one"))
	if err != nil {
		t.Fatal(err)
	}
	waiting := d.start()
	d.post(waiting, session.Post{Human: true})
	d.clock.Move(20*time.Minute - time.Second)
	if n, err := d.Tick(context.Background()); n != 0 || err != nil {
		t.Errorf("a second before the deadline: %d due, %v", n, err)
	}
	d.clock.Move(-10 * time.Hour) // set back: nobody gains time
	d.clock.Move(10*time.Hour + time.Second)
	woken, stop := d.Watch(r.ID)
	defer stop()
	if n, err := d.Tick(context.Background()); n != 1 || err != nil {
		t.Errorf("at the deadline: %d due, %v; want 1", n, err)
	}
	select {
	case <-woken:
	default:
		t.Error("who watches was not told")
	}
	p := d.transcript(r.ID)
	if last := p.Messages[len(p.Messages)-1]; p.Status.Control != engine.Closed || last.Role != engine.RoleClosing {
		t.Errorf("after the deadline: control %s, last message %+v", p.Status.Control, last)
	}
	if n, err := d.Tick(context.Background()); n != 0 || err != nil {
		t.Errorf("second sweep: %d due, %v; want 0", n, err)
	}
	if err := d.Authorize(context.Background(), r.ID, r.Token); !errors.Is(err, session.ErrUnauthorized) {
		t.Errorf("token after silence: got %v, want ErrUnauthorized", err)
	}
	if got := d.transcript(waiting).Status.Control; got != engine.Waiting {
		t.Errorf("a conversation with people was ended: %s", got)
	}
}

func TestTokenOutlivesAnEndByASession(t *testing.T) {
	t.Parallel()
	d := open(t, sessiontest.Flow(), sqlite.Options{})
	r, err := d.Start(context.Background(), d.request("one"))
	if err != nil {
		t.Fatal(err)
	}
	d.write(r.ID, "end")
	if err := d.Authorize(context.Background(), r.ID, r.Token); err != nil {
		t.Errorf("just after the end: %v", err)
	}
	d.clock.Move(20 * time.Minute)
	if err := d.Authorize(context.Background(), r.ID, r.Token); !errors.Is(err, session.ErrUnauthorized) {
		t.Errorf("a session later: got %v, want ErrUnauthorized", err)
	}
}

func TestClockSetBack(t *testing.T) {
	t.Parallel()
	d := open(t, sessiontest.Flow(), sqlite.Options{})
	id := d.start()
	d.write(id, "one")
	d.clock.Move(-24 * time.Hour)
	d.write(id, "two")
	list := d.transcript(id).Messages
	for i := 1; i < len(list); i++ {
		if list[i].At.Before(list[i-1].At) {
			t.Errorf("message %d is older than the one before it", list[i].Seq)
		}
	}
}

func TestAppointments(t *testing.T) {
	t.Parallel()
	d := open(t, sessiontest.Flow(), sqlite.Options{})
	ana, ben, cleo := d.start(), d.start(), d.start()
	offered := d.post(ana, session.Post{Text: "slots"})
	options := offered.Messages[len(offered.Messages)-1].Options
	if len(options) != 6 || options[0].Label != "Mon 10:00" {
		t.Fatalf("offered %+v, want 6 from Monday 10:00", options)
	}
	first := session.Post{Option: options[0].ID}
	for _, id := range []string{ben, cleo} {
		d.write(id, "slots")
	}
	for id, want := range map[string]string{ana: "hold: held", ben: "hold: held"} {
		if got := said(d.post(id, first).Messages); got != want {
			t.Errorf("first two of two places: got %q, want %q", got, want)
		}
	}
	if got := said(d.post(cleo, first).Messages); got != "hold: taken" {
		t.Errorf("third of two places: got %q, want taken", got)
	}
	if got := d.write(ana, "book"); got != "book: booked" {
		t.Errorf("book: got %q", got)
	}
	d.clock.Move(10 * time.Minute) // Ben's hold expires
	if got := said(d.post(cleo, first).Messages); got != "hold: held" {
		t.Errorf("place of an expired hold: got %q, want held", got)
	}
	if got := d.write(cleo, "book"); got != "book: booked" {
		t.Errorf("book: got %q", got)
	}
	if got := d.write(ben, "book"); got != "book: taken" {
		t.Errorf("book after the place went to another: got %q, want taken", got)
	}
	again := d.post(ben, session.Post{Text: "slots"})
	for _, o := range again.Messages[len(again.Messages)-1].Options {
		if o.ID == options[0].ID {
			t.Error("a full slot is offered")
		}
	}
}

func TestHoldEndsWithTheConversation(t *testing.T) {
	t.Parallel()
	d := open(t, sessiontest.Flow(), sqlite.Options{})
	ids := []string{d.start(), d.start(), d.start()}
	var slot session.Post
	for _, id := range ids {
		r := d.post(id, session.Post{Text: "slots"})
		slot.Option = r.Messages[len(r.Messages)-1].Options[0].ID
	}
	d.post(ids[0], slot)
	d.post(ids[1], slot)
	d.write(ids[0], "end")
	if got := said(d.post(ids[2], slot).Messages); got != "hold: held" {
		t.Errorf("place of a conversation that ended: got %q, want held", got)
	}
}

func TestCodes(t *testing.T) {
	t.Parallel()
	d := open(t, sessiontest.Flow(), sqlite.Options{})
	id := d.start()
	if got := d.write(id, "code unreachable"); got != "send-code: unreachable" || len(d.codes.Sent()) != 0 {
		t.Errorf("unreachable: got %q and %d codes sent", got, len(d.codes.Sent()))
	}
	send := func() string {
		t.Helper()
		if got := d.write(id, "code +12125550142"); got != "send-code: sent" {
			t.Fatalf("got %q, want sent", got)
		}
		return d.codes.Sent()[len(d.codes.Sent())-1]
	}
	wrong := func(code string) string { return fmt.Sprintf("%06d", (number(t, code)+1)%1_000_000) }
	want := func(text, result string) {
		t.Helper()
		if got := d.write(id, text); got != "check-code: "+result {
			t.Errorf("%s: got %q, want %s", text, got, result)
		}
	}
	code := send()
	want(wrong(code), "wrong")
	want(code, "verified")
	want(code, "expired") // used up
	code = send()
	d.clock.Move(10 * time.Minute)
	want(code, "expired")
	code = send()
	for range 5 {
		want(wrong(code), "wrong")
	}
	want(code, "expired")
	old := send()
	if code = send(); old != code {
		want(old, "wrong")
	}
	want(code, "verified")
	p := session.Post{ClientID: "again", Text: "code +12125550142"}
	d.post(id, p)
	n := len(d.codes.Sent())
	d.post(id, p)
	if got := len(d.codes.Sent()); got != n {
		t.Errorf("a repeated request sent %d codes more", got-n)
	}
}

func number(t *testing.T, code string) (n int) {
	t.Helper()
	if _, err := fmt.Sscanf(code, "%d", &n); err != nil || len(code) != 6 {
		t.Fatalf("code %q is not six digits", code)
	}
	return n
}

func TestOutbox(t *testing.T) {
	t.Parallel()
	d := open(t, sessiontest.Flow(), sqlite.Options{})
	id := d.start()
	d.write(id, "send")
	var list []session.Outgoing
	err := d.store.View(context.Background(), func(r session.Reader) (err error) {
		list, err = r.Outbox("lakeside", 10)
		return err
	})
	want := []session.Outgoing{{
		Practice: "lakeside", Conversation: id, Vendor: "crm", At: d.clock.Now(),
		Fields: []engine.FieldValue{{Name: "name", Class: "contact", Value: "Ana"}},
	}}
	if diff := cmp.Diff(want, list); diff != "" || err != nil {
		t.Errorf("outbox (-want +got): %v\n%s", err, diff)
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

// TestNobodySpeaksAfterAHandoff lets several clients do anything at once through two servers on one file, each request
// repeated through the other server, and reads the logs.
func TestNobodySpeaksAfterAHandoff(t *testing.T) {
	t.Parallel()
	const conversations, clients, requests = 12, 4, 25
	d := open(t, program(t, enginetest.Visit()), sqlite.Options{})
	other := *d
	other.store = nil
	other.reopen(sqlite.Options{})
	t.Cleanup(func() { _ = other.store.Close() })
	texts := []string{
		"#booking", "yes", "no", "+1 212 555 0143", "000000", "hello", "@bot", "#hours", "tomorrow", "#diagnosis",
		"!fever", "@human", "!chest-pain", "ok !complaint",
	}
	ids := make([]string, conversations)
	var wg sync.WaitGroup
	for i := range ids {
		ids[i] = d.start()
		for c := range clients {
			wg.Go(func() {
				random := rand.New(rand.NewPCG(uint64(i), uint64(c)))
				for n := range requests {
					p := session.Post{ClientID: fmt.Sprintf("%d-%d", c, n), Text: texts[random.IntN(len(texts)-random.IntN(8))]}
					if n%7 == 3 {
						p = session.Post{ClientID: p.ClientID, Lang: []string{"en", "es"}[n%2]}
					}
					first, again := d.post(ids[i], p), other.post(ids[i], p)
					if diff := cmp.Diff(first, again); diff != "" {
						t.Errorf("repeated request:\n%s", diff)
					}
				}
			})
		}
	}
	wg.Wait()
	for _, id := range ids {
		checkLog(t, d.transcript(id))
	}
}

// checkLog asserts what holds of every log without staff in it: no gaps, at most one acknowledgement, and nothing of
// the assistant after it.
func checkLog(t *testing.T, p session.Page) {
	t.Helper()
	ack := int64(0)
	for i, m := range p.Messages {
		if m.Seq != int64(i+1) {
			t.Errorf("message %d has number %d", i+1, m.Seq)
		}
		if ack > 0 && m.Author == session.ByAssistant {
			t.Errorf("the assistant spoke at %d, after the acknowledgement at %d", m.Seq, ack)
		}
		if m.Role == engine.RoleAck {
			ack = m.Seq
		}
	}
	if p.Status.Control == engine.Waiting && ack == 0 {
		t.Error("handed over without an acknowledgement")
	}
	if p.Status.Seq != int64(len(p.Messages)) {
		t.Errorf("state says %d messages, there are %d", p.Status.Seq, len(p.Messages))
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
