package report_test

import (
	"context"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/tacet-lang/tacet/lang/machine"
	"github.com/tacet-lang/tacet/runtime/engine"
	"github.com/tacet-lang/tacet/runtime/engine/enginetest"
	"github.com/tacet-lang/tacet/runtime/report"
	"github.com/tacet-lang/tacet/runtime/session"
	"github.com/tacet-lang/tacet/runtime/session/sessiontest"
	"github.com/tacet-lang/tacet/runtime/store/sqlite"
	"github.com/tacet-lang/tacet/runtime/store/sqlitetest"
)

// desk is a host over a file, with a clock of its own.
type desk struct {
	*session.Host
	testing.TB
	clock *sessiontest.Clock
}

func open(t testing.TB) *desk {
	t.Helper()
	return openWith(t, enginetest.Consultation(), engine.Options{Reader: enginetest.Reader{}})
}

func openWith(t testing.TB, m *machine.Machine, o engine.Options) *desk {
	t.Helper()
	for i := range m.Topics {
		if m.Topics[i].Name == "hours" {
			m.Topics[i].Answer = enginetest.Both("We are open {practice.hours}.", "Abrimos {practice.hours}.")
		}
	}
	p, err := engine.LoadWith(m, o)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "tacet.db")
	store, err := sqlite.Open(path, sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = store.Close() })
	d := &desk{TB: t, clock: sessiontest.NewClock()}
	d.Host, err = session.New(session.Options{
		Flows: []session.Flow{{Machine: m, Program: p}}, Store: store, Vault: sqlitetest.Vault(t, path), Clock: d.clock,
	})
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// talk starts a conversation and does things in it a minute apart: "" asks for a person, "=x" picks, anything else is written.
func (d *desk) talk(client string, what ...string) string {
	d.Helper()
	ctx := context.Background()
	n, _ := d.Notice("consultation", "en")
	r, err := d.Start(ctx, session.Start{Flow: "consultation", ClientID: "0123456789abcdef" + client, Notice: n.Hash, From: session.Attribution{Source: "Flyer " + client}})
	if err != nil {
		d.Fatal(err)
	}
	for i, w := range what {
		d.clock.Move(time.Minute)
		p := session.Post{ClientID: string(rune('a' + i)), Text: w}
		if w == "" {
			p.Human = true
		} else if w[0] == '=' {
			p.Text, p.Option = "", w[1:]
		}
		if _, err := d.Post(ctx, r.ID, p); err != nil {
			d.Fatal(err)
		}
	}
	return r.ID
}

func (d *desk) must(err error) {
	d.Helper()
	if err != nil {
		d.Fatal(err)
	}
}

// TestRead plays a morning and reads it back: what happened, and of what anybody wrote the words that fitted nothing.
func TestRead(t *testing.T) {
	t.Parallel()
	d := open(t)
	ctx := context.Background()
	zone := chicago(t)
	begin := d.clock.Now()
	d.talk("1", "=rhinoplasty", "##hours", "zzz", "=1", "Maria Lopez", "312 555 0142", "=morning", "yes")
	asked := d.talk("2", "=botox", "")
	d.clock.Move(10 * time.Minute)
	d.must(d.Claim(ctx, asked, "ana"))
	_, err := d.Answer(ctx, asked, "ana", session.Answering{ClientID: "1", Text: "hello"})
	d.must(err)
	d.must(d.Close(ctx, asked, "ana", "completed")) // by people: no outcome of the flow's
	d.talk("3", "!chest-pain")
	d.talk("4")
	taken := d.talk("5", "=botox")
	d.must(d.Claim(ctx, taken, "bo"))
	d.must(d.Note(ctx, "dana", report.ActionJudged, d.talk("6", "=facelift"), map[string]string{"owed": report.Owed}))
	d.clock.Move(21 * time.Minute)
	if _, err := d.Tick(ctx); err != nil {
		t.Fatal(err)
	}

	store, vault := d.Store()
	day := time.Date(2026, 3, 2, 0, 0, 0, 0, zone)
	l, err := report.Read(ctx, report.Source{Store: store, Vault: vault, Practice: d.Flows()[0].Practice}, day, day.AddDate(0, 0, 1))
	if err != nil {
		t.Fatal(err)
	}
	at := func(minutes int) time.Time { return begin.Add(time.Duration(minutes) * time.Minute).UTC() }
	type row struct {
		Heard, Handoffs           int
		Outcome, State            string
		Declared, Contact         bool
		Topics, Unanswered        []string
		Asked, Answered, Finished time.Time
		ByStaff                   bool
		Whole                     bool
		Words                     []string
		Judged, From              string
	}
	var got []row
	for i := range l.Conversations {
		c := &l.Conversations[i]
		g := row{Heard: c.Heard, Handoffs: len(c.Handoffs), Outcome: c.Outcome, State: c.State, Declared: c.Declared, Contact: !c.Contact.IsZero(),
			Topics: c.Topics, Unanswered: c.Unanswered, Words: c.Words, Judged: c.Judged, From: c.From.Source, Whole: c.Named == c.Stored && c.Stored > 0}
		if len(c.Handoffs) > 0 {
			h := c.Handoffs[0]
			g.Asked, g.ByStaff = h.At.UTC(), h.AskedByStaff
			if !h.Answered.IsZero() {
				g.Answered = h.Answered.UTC()
			}
			if !h.Closed.IsZero() {
				g.Finished = h.Closed.UTC()
			}
		}
		got = append(got, g)
	}
	want := []row{
		{Heard: 8, Outcome: "completed", State: "booked", Declared: true, Contact: true, Topics: []string{"hours"}, Unanswered: []string{"about"}, Words: []string{"zzz"}, Whole: true, From: "flyer-1"},
		{Heard: 2, Handoffs: 1, Outcome: "completed", State: "about", Asked: at(10), Answered: at(20), Finished: at(20), Whole: true, From: "flyer-2"},
		{Heard: 1, Handoffs: 1, State: "welcome", Asked: at(21), Whole: true, From: "flyer-3"},
		{Outcome: "timeout", State: "welcome", Whole: true, From: "flyer-4"},
		{Heard: 1, Handoffs: 1, State: "about", Asked: at(22), ByStaff: true, Whole: true, From: "flyer-5"},
		{Heard: 1, Outcome: "timeout", State: "about", Whole: true, Judged: report.Owed, From: "flyer-6"},
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("-want +got:\n%s", d)
	}
	judged, err := report.Read(ctx, report.Source{Store: store, Vault: vault, Practice: d.Flows()[0].Practice, Judge: func(*machine.Machine) (func(string) bool, error) {
		return func(text string) bool { return text == "zzz" || text == "!chest-pain" }, nil
	}}, day, day.AddDate(0, 0, 1))
	if err != nil {
		t.Fatal(err)
	}
	for i := range judged.Conversations {
		if got, want := judged.Conversations[i].Missed, map[int]int{0: 1}[i]; got != want {
			t.Errorf("conversation %d: %d messages were missed, want %d", i, got, want)
		}
	}
	for _, days := range []int{-1, 1} {
		from := day.AddDate(0, 0, days)
		none, err := report.Read(ctx, report.Source{Store: store, Vault: vault, Practice: d.Flows()[0].Practice}, from, from.AddDate(0, 0, 1))
		if err != nil || len(none.Conversations) != 0 || len(none.Events) != 0 {
			t.Errorf("%s: %d conversations, %d events, %v", from, len(none.Conversations), len(none.Events), err)
		}
	}
}
