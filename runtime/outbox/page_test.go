package outbox_test

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/tacet-lang/tacet/lang/machine"
	"github.com/tacet-lang/tacet/runtime/connect"
	"github.com/tacet-lang/tacet/runtime/outbox"
	"github.com/tacet-lang/tacet/runtime/session"
	"github.com/tacet-lang/tacet/runtime/store/sqlite"
)

// newYork is the practice's zone.
func newYork(t *testing.T) *time.Location {
	t.Helper()
	zone, err := time.LoadLocation("America/New_York")
	if err != nil {
		t.Fatal(err)
	}
	return zone
}

// calls lists when who was called until the moment, by the practice's clock.
func (h *house) calls(t *testing.T, until string) (list []string) {
	t.Helper()
	zone := newYork(t)
	end, err := time.ParseInLocation("2006-01-02 15:04", until, zone)
	if err != nil {
		t.Fatal(err)
	}
	for {
		h.work()
		stamp := h.clock.Now().In(zone).Format("Mon 15:04 ")
		for _, to := range h.mail.about("waiting") {
			who, _, _ := strings.Cut(to, "@")
			list = append(list, stamp+who)
		}
		r := h.row(outbox.Page)
		if r.State != outbox.Queued || r.Due.After(end) {
			h.clock.Move(end.Sub(h.clock.Now()))
			return list
		}
		h.clock.Move(r.Due.Sub(h.clock.Now()))
	}
}

func (h *house) at(t *testing.T, moment string) {
	t.Helper()
	at, err := time.ParseInLocation("2006-01-02 15:04", moment, newYork(t))
	if err != nil {
		t.Fatal(err)
	}
	h.clock.Move(at.Sub(h.clock.Now()))
}

// TestLadder: a routine request waits for an hour of the team's own hours, then its fallback is called, then the compliance
// owner, and all of them again. 2026-03-08 is the night in which the clocks go forward.
func TestLadder(t *testing.T) {
	t.Parallel()
	h := build(t, outbox.Thin, nil)
	h.at(t, "2026-03-06 16:30") // a Friday
	id := h.patient()
	h.write(id, "@human")
	got := h.calls(t, "2026-03-09 12:00")
	if d := cmp.Diff([]string{
		"Fri 16:30 desk",   // open until 17:00: half an hour passes on Friday, half on Monday
		"Mon 09:30 nurses", // open day and night on weekdays
		"Mon 10:30 dana",   // by the practice's hours
		"Mon 11:30 desk",
	}, got); d != "" {
		t.Errorf("calls (-want +got)\n%s", d)
	}
	if err := h.host.Claim(ctx, id, "mei"); err != nil {
		t.Fatal(err)
	}
	h.at(t, "2026-03-10 12:00")
	h.work()
	if to := h.mail.to(); len(to) != 0 {
		t.Errorf("after somebody took it, %v were called", to)
	}
	h.wantState(outbox.Page, outbox.Delivered, "")
	sent := h.world.sent() // the nurses' webhook
	if len(sent) != 1 {
		t.Fatalf("%d webhooks", len(sent))
	}
	official(t, sent[0], secret(2))
	wantBody := `{"type":"conversation.waiting","timestamp":"2026-03-06T21:30:00Z","data":{"id":"` + outbox.PageID(id, 1) +
		`","practice":"lakeside","link":"https://chat.lakeside.example/staff","team":"nurses","tier":"routine"}}`
	if sent[0].body != wantBody {
		t.Errorf("the team was told\n%s\nwant\n%s", sent[0].body, wantBody)
	}
	if d := cmp.Diff([]string{"page.sent", "page.sent", "page.sent", "page.sent", "page.answered"}, h.trail("page")); d != "" {
		t.Errorf("the trail (-want +got)\n%s", d)
	}
}

// TestEmergencyLadder: an emergency climbs by the clock, at night and in the hour that does not exist, across a restart.
func TestEmergencyLadder(t *testing.T) {
	t.Parallel()
	h := build(t, outbox.Thin, nil)
	h.at(t, "2026-03-08 01:52")
	id := h.patient()
	h.write(id, "!chest-pain")
	got := h.calls(t, "2026-03-08 01:56")
	h.restart()
	got = append(got, h.calls(t, "2026-03-08 03:10")...)
	if d := cmp.Diff([]string{"Sun 01:52 nurses", "Sun 01:57 dana", "Sun 03:02 nurses", "Sun 03:07 dana"}, got); d != "" {
		t.Errorf("calls (-want +got)\n%s", d)
	}
	if n := len(h.world.sent()); n != 2 {
		t.Errorf("the nurses' webhook was called %d times, want 2", n)
	}
}

// TestNobodyThere: where mail and webhook fail, calls are repeated at once and then climb, and the failure is in the log.
func TestNobodyThere(t *testing.T) {
	t.Parallel()
	h := build(t, outbox.Thin, nil)
	h.mail.down = true
	h.world.answers(500)
	h.write(h.patient(), "!chest-pain")
	start := h.clock.Now()
	for range 4 {
		h.work()
		h.clock.Move(h.row(outbox.Page).Due.Sub(h.clock.Now()))
	}
	if d := h.clock.Now().Sub(start); d != 2*time.Minute {
		t.Errorf("four calls took %v", d)
	}
	if r := h.row(outbox.Page); r.Rung != 1 || r.State != outbox.Queued {
		t.Errorf("the call is at %+v", r)
	}
	if !strings.Contains(h.log.String(), "nobody could be reached") {
		t.Error("the log does not say that nobody could be reached")
	}
	h.mail.down = false
	h.work()
	if to := h.mail.to(); !slices.Equal(to, []string{"dana@lakeside.example"}) {
		t.Errorf("then %v was called", to)
	}
}

// TestWaitsTwice: each time that a conversation begins to wait is a call of its own.
func TestWaitsTwice(t *testing.T) {
	t.Parallel()
	h := build(t, outbox.Thin, nil)
	id := h.patient()
	h.write(id, "@human")
	h.work()
	if err := h.host.Claim(ctx, id, "mei"); err != nil {
		t.Fatal(err)
	}
	if err := h.host.Release(ctx, id, "mei", "wrong number", ""); err != nil {
		t.Fatal(err)
	}
	h.mail.to()
	h.clock.Move(time.Second)
	h.write(id, "@human")
	h.work()
	if to := h.mail.to(); !slices.Equal(to, []string{"desk@lakeside.example"}) {
		t.Errorf("the second time %v were called", to)
	}
}

// TestAlerts: what the trail says is told once, however many processes follow it.
func TestAlerts(t *testing.T) {
	t.Parallel()
	h := build(t, outbox.Thin, nil)
	note := func(action string, at time.Time) {
		t.Helper()
		if err := h.store.Note(ctx, "lakeside", session.Entry{At: at, Actor: "mei", Action: action, Conversation: "c1", Detail: map[string]string{"reason": "the patient " + patientName}}); err != nil {
			t.Fatal(err)
		}
	}
	note("glass.broken", h.clock.Now().Add(-25*time.Hour)) // before anybody was told
	h.work()
	note("glass.broken", h.clock.Now())
	note("transcript.viewed", h.clock.Now())
	other := h.another(h.store)
	for range 3 {
		h.work()
		if _, err := other.Once(ctx); err != nil {
			t.Fatal(err)
		}
	}
	if len(h.mail.got) != 1 || !strings.Contains(h.mail.got[0], "glass.broken") || strings.Contains(h.mail.got[0], patientName) {
		t.Errorf("the compliance owner was told %q", h.mail.got)
	}
	h.wantState(outbox.Alert, outbox.Delivered, "")
}

// TestAlertsOfFaults: a call that a fault of ours has ended is told, because somebody waits.
func TestAlertsOfFaults(t *testing.T) {
	t.Parallel()
	h := build(t, outbox.Thin, nil)
	h.write(h.patient(), "@human")
	broken := h.another(unseen{h.store})
	for range 20 {
		r := h.row(outbox.Page)
		if r.State != outbox.Queued {
			break
		}
		h.clock.Move(r.Due.Sub(h.clock.Now()))
		if _, err := broken.Once(ctx); err != nil {
			t.Fatal(err)
		}
	}
	h.wantState(outbox.Page, outbox.Dead, "fault")
	h.work()
	if to := h.mail.to(); !slices.Equal(to, []string{"dana@lakeside.example"}) {
		t.Errorf("%v were told", to)
	}
}

// unseen is a store that makes a worker stumble over where a conversation stands.
type unseen struct{ *sqlite.Store }

func (u unseen) View(ctx context.Context, practice string, fn func(session.Reader) error) error {
	return u.Store.View(ctx, practice, func(r session.Reader) error { return fn(unseenReader{r}) })
}

type unseenReader struct{ session.Reader }

func (unseenReader) Standing(string) (session.Standing, error) { panic("standing") }

// TestUrgentWhileHuman: what sounds like an emergency while a person has the conversation calls that team at once.
func TestUrgentWhileHuman(t *testing.T) {
	t.Parallel()
	h := build(t, outbox.Thin, nil)
	id := h.patient()
	h.write(id, "@human")
	if err := h.host.Claim(ctx, id, "mei"); err != nil {
		t.Fatal(err)
	}
	h.work()
	h.mail.to()
	other := h.patient()
	h.write(other, "@human")
	if err := h.host.Claim(ctx, other, "kai"); err != nil {
		t.Fatal(err)
	}
	h.work()
	h.mail.to()
	h.write(id, "!chest-pain")
	h.write(other, "!chest-pain")
	h.work()
	if to := h.mail.to(); !slices.Equal(to, []string{"desk@lakeside.example", "desk@lakeside.example"}) {
		t.Errorf("%v were told of two", to)
	}
}

// TestNothingInService: who waits is not forgotten when no flow may be offered any more.
func TestNothingInService(t *testing.T) {
	t.Parallel()
	h := build(t, outbox.Thin, nil)
	h.write(h.patient(), "@human")
	h.today = nil
	h.work()
	if to := h.mail.to(); !slices.Equal(to, []string{"desk@lakeside.example"}) {
		t.Errorf("%v were called", to)
	}
}

// TestFault: a row that cannot be read is tried by the schedule and then given up, and keeps no other row waiting.
func TestFault(t *testing.T) {
	t.Parallel()
	h := build(t, outbox.Thin, nil)
	h.book()
	broken := h.another(unreadable{h.store})
	if _, err := broken.Once(ctx); err != nil {
		t.Fatal(err)
	}
	if r := h.row(outbox.Send); r.Tries != 1 || r.State != outbox.Queued || r.Why != "a fault of this program" {
		t.Errorf("the row is %+v", r)
	}
	h.clock.Move(time.Minute)
	h.work()
	h.wantState(outbox.Send, outbox.Delivered, "")
}

// unreadable is a store whose parcels make a worker stumble.
type unreadable struct{ *sqlite.Store }

func (unreadable) Parcel(context.Context, outbox.Row) (session.Parcel, error) { panic("parcel") }

// TestAgreementEnds: the compliance owner is told 30, 7 and 1 days ahead and on the day, once each, over restarts and by however
// many processes, also where no server ran on the very day.
func TestAgreementEnds(t *testing.T) {
	t.Parallel()
	h := build(t, outbox.Thin, nil) // it ends on 2026-12-31
	told := func(moment string, want int) {
		t.Helper()
		h.at(t, moment)
		h.work()
		other := h.another(h.store)
		if _, err := other.Once(ctx); err != nil {
			t.Fatal(err)
		}
		h.work()
		if n := len(h.mail.about("agreement")); n != want {
			t.Errorf("%s: told %d times, want %d", moment, n, want)
		}
	}
	told("2026-11-30 23:59", 0)
	told("2026-12-01 00:01", 1)
	h.restart()
	told("2026-12-01 09:00", 0)
	told("2026-12-26 09:00", 1) // not on the 24th
	told("2026-12-30 09:00", 1)
	told("2026-12-31 00:00", 1)
	told("2027-01-02 00:00", 0)
}

// TestReviewsDue: the compliance owner is reminded once of each day on which reviews are due, over restarts, by however many processes
// and also where no server ran on the very day; of what was signed meanwhile nobody hears.
func TestReviewsDue(t *testing.T) {
	t.Parallel()
	h := build(t, outbox.Thin, func(_ *machine.Machine, s *outbox.Settings) {
		s.Compliance.Hook = &connect.Endpoint{URL: s.Teams["nurses"].Hook.URL, Secrets: []connect.Secret{secret(3)}}
	})
	h.write(h.patient(), "hello")
	told := func(moment string, want ...string) {
		t.Helper()
		h.at(t, moment)
		h.work()
		other := h.another(h.store)
		if _, err := other.Once(ctx); err != nil {
			t.Fatal(err)
		}
		h.work()
		got := h.mail.about("Reviews are due")
		if len(got) != min(1, len(want)) {
			t.Fatalf("%s: reminded %d times: %q", moment, len(got), got)
		}
		for _, w := range want {
			if !strings.HasPrefix(got[0], "dana@") || !strings.Contains(got[0], w) || strings.Contains(got[0], patientName) {
				t.Errorf("%s: want %q in\n%s", moment, w, got[0])
			}
		}
		if n := strings.Count(strings.Join(got, ""), "\n- "); n != len(want) {
			t.Errorf("%s: %d reviews are named, want %d", moment, n, len(want))
		}
	}
	told("2026-03-08 23:59")
	told("2026-03-09 00:01", "- Flagged conversations, in which", "- A sample of conversations that the assistant ended alone: should people have had them? (never signed yet)")
	if hooks := h.world.sent(); len(hooks) != 1 || !strings.Contains(hooks[0].body, `"about":"review.due"`) {
		t.Errorf("the webhook was told %+v", hooks)
	}
	h.restart()
	told("2026-03-09 09:00")
	told("2026-03-10 00:30") // not signed: nobody is told of the same day again
	h.sign("flagged", "sample")
	told("2026-03-16 12:00")
	told("2026-03-19 12:00", "Due since 2026-03-17", "last signed on 2026-03-10") // no server ran on the 17th
	h.mail.down = true
	h.world.answers(500)
	h.at(t, "2026-04-01 00:10") // a month after the begin
	h.work()
	h.sign("trail", "access", "restore", "flows")
	h.mail.down = false
	h.world.answers(200)
	told("2026-04-01 09:00") // what could not be sent is needless now
	if got := h.trail("alert.needless"); len(got) != 1 {
		t.Errorf("the trail says %v", got)
	}
}

func TestNobodyNamed(t *testing.T) {
	t.Parallel()
	h := build(t, outbox.Thin, func(_ *machine.Machine, s *outbox.Settings) { s.Teams, s.Compliance = nil, outbox.Contact{} })
	h.write(h.patient(), "@human")
	h.work()
	h.wantState(outbox.Page, outbox.Parked, "how people are reached")
	h.wantState(outbox.Alert, outbox.Parked, "how the compliance owner is reached")
	if log := h.log.String(); !strings.Contains(log, "level=WARN") || strings.Contains(log, "level=ERROR") || !strings.Contains(log, "compliance: {email:") {
		t.Errorf("the log says\n%s", log)
	}
}

func TestSettingsCheck(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(*outbox.Settings){
		"origin":   func(s *outbox.Settings) { s.Origin = "chat.example.com" },
		"path":     func(s *outbox.Settings) { s.Origin = "https://chat.example.com/x" },
		"form":     func(s *outbox.Settings) { s.Vendors["crm"] = outbox.Vendor{Form: "fax"} },
		"endpoint": func(s *outbox.Settings) { s.Vendors["crm"] = outbox.Vendor{Form: outbox.Thin} },
		"upsert":   func(s *outbox.Settings) { s.Vendors["crm"] = outbox.Vendor{Form: outbox.Upsert} },
		"email":    func(s *outbox.Settings) { s.Teams["desk"] = outbox.Contact{Email: []string{"desk"}} },
		"tier":     func(s *outbox.Settings) { s.Climb = map[string]time.Duration{"soon": time.Hour} },
		"secret": func(s *outbox.Settings) {
			one := outbox.Vendor{Endpoint: connect.Endpoint{URL: "https://a.example", Secrets: []connect.Secret{secret(1)}}, Form: outbox.Thin}
			s.Vendors["crm"], s.Vendors["news"] = one, one
		},
		"climb": func(s *outbox.Settings) { s.Climb = map[string]time.Duration{machine.Routine: time.Second} },
	} {
		s := outbox.Settings{Origin: "https://chat.example.com", Vendors: map[string]outbox.Vendor{}, Teams: map[string]outbox.Contact{}}
		if err := s.Check(); err != nil {
			t.Fatal(err)
		}
		change(&s)
		if s.Check() == nil {
			t.Errorf("%s: nothing is found wrong", name)
		}
	}
}
