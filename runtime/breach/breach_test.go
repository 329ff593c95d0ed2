package breach_test

import (
	"bytes"
	"context"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/tacet-lang/tacet/runtime/breach"
	"github.com/tacet-lang/tacet/runtime/engine"
	"github.com/tacet-lang/tacet/runtime/engine/enginetest"
	"github.com/tacet-lang/tacet/runtime/session"
	"github.com/tacet-lang/tacet/runtime/session/sessiontest"
	"github.com/tacet-lang/tacet/runtime/store/sqlite"
	"github.com/tacet-lang/tacet/runtime/store/sqlitetest"
	"github.com/tacet-lang/tacet/runtime/vault"
)

var ctx = context.Background()

func zone(t *testing.T, name string) *time.Location {
	t.Helper()
	z, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return z
}

// TestDeadlines: 60 calendar days from the day of discovery, over a change of the clocks and a leap year, and the number of people
// from which more must be told.
func TestDeadlines(t *testing.T) {
	t.Parallel()
	z := zone(t, "America/New_York")
	at := func(s string) time.Time {
		when, err := time.ParseInLocation("2006-01-02 15:04", s, z)
		if err != nil {
			t.Fatal(err)
		}
		return when
	}
	for _, c := range []struct {
		discovered       string
		people           int
		states           map[string]int
		individuals, hhs string // the last day
		more             []string
	}{
		{"2026-02-01 23:59", 1, nil, "2026-04-02", "2027-03-01", nil},
		{"2026-02-02 00:00", 499, nil, "2026-04-03", "2027-03-01", nil},
		{"2027-06-01 12:00", 499, nil, "2027-07-31", "2028-02-29", nil},
		{"2026-10-15 12:00", 500, map[string]int{"IL": 500}, "2026-12-14", "2026-12-14", nil},
		{"2026-10-15 12:00", 1200, map[string]int{"IL": 501, "WI": 650, "IN": 49}, "2026-12-14", "2026-12-14", []string{"media of IL (501 residents)", "media of WI (650 residents)"}},
	} {
		got := map[string]string{}
		var media []string
		for _, d := range breach.Deadlines(at(c.discovered), c.people, c.states, z) {
			last := d.By.Add(-time.Second).In(z).Format(time.DateOnly)
			if d.By.In(z).Format("15:04:05") != "00:00:00" {
				t.Errorf("a day ends at %v", d.By)
			}
			switch {
			case d.Who == "the people concerned":
				got["individuals"] = last
			case d.Basis == "45 CFR 164.406":
				media = append(media, d.Who)
			default:
				got["hhs"] = last
			}
		}
		if got["individuals"] != c.individuals || got["hhs"] != c.hhs || !cmp.Equal(media, c.more) {
			t.Errorf("discovered %s, %d people: %v %v, want %s, %s, %v", c.discovered, c.people, got, media, c.individuals, c.hhs, c.more)
		}
	}
}

// office is a practice with what its trail knows.
type office struct {
	*testing.T
	store *sqlite.Store
	vault *vault.Vault
	host  *session.Host
	clock *sessiontest.Clock
	path  string
	n     int
}

func open(t *testing.T) *office {
	t.Helper()
	o := &office{T: t, path: filepath.Join(t.TempDir(), "tacet.db"), clock: sessiontest.NewClock()}
	o.vault = sqlitetest.Vault(t, o.path)
	var err error
	if o.store, err = sqlite.Open(o.path, sqlite.Options{}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = o.store.Close() })
	m := enginetest.Consultation()
	p, err := engine.LoadWith(m, engine.Options{Reader: enginetest.Reader{}})
	if err != nil {
		t.Fatal(err)
	}
	o.host, err = session.New(session.Options{Flows: []session.Flow{{Machine: m, Program: p}}, Store: o.store, Vault: o.vault, Clock: o.clock})
	if err != nil {
		t.Fatal(err)
	}
	return o
}

func (o *office) talk(texts ...string) string {
	o.Helper()
	o.n++
	n, _ := o.host.Notice("consultation", "en")
	r, err := o.host.Start(ctx, session.Start{Flow: "consultation", Lang: "en", ClientID: "client-0123456789-" + string(rune('a'+o.n)), Notice: n.Hash})
	if err != nil {
		o.Fatal(err)
	}
	o.write(r.ID, texts...)
	return r.ID
}

func (o *office) write(id string, texts ...string) {
	o.Helper()
	for _, text := range texts {
		o.n++
		o.clock.Move(time.Second)
		p := session.Post{ClientID: "c" + string(rune('a'+o.n)), Text: text}
		if text == "1" {
			p.Text, p.Option = "", "1"
		}
		if _, err := o.host.Post(ctx, id, p); err != nil {
			o.Fatal(err)
		}
	}
}

func (o *office) look(person, action, id string) {
	o.Helper()
	o.clock.Move(time.Second)
	if err := o.host.Note(ctx, person, action, id, nil); err != nil {
		o.Fatal(err)
	}
}

// search looks for a name, by which conversations are found.
func (o *office) search(person string, found ...string) {
	o.Helper()
	o.clock.Move(time.Second)
	detail := map[string]string{"by": "name", "found": strings.Join(found, " ")}
	if err := o.host.Note(ctx, person, "conversations.searched", "", detail); err != nil {
		o.Fatal(err)
	}
}

// TestFind: who saw what, which classes it held then, and in which turns.
func TestFind(t *testing.T) {
	t.Parallel()
	o := open(t)
	ana := o.talk("botox", "1", "Ana")
	tom := o.talk("facelift")
	bea := o.talk("$health and more")
	o.look("mei", "transcript.viewed", ana)
	o.write(ana, "(212) 555-0187") // after she looked
	o.look("mei", "queue.viewed", "")
	o.look("mei", "transcript.viewed", bea)
	o.look("kai", "transcript.viewed", tom)
	find := func(q breach.Query) []breach.Affected {
		t.Helper()
		list, err := breach.Find(ctx, o.store, o.vault, "lakeside", q)
		if err != nil {
			t.Fatal(err)
		}
		for i := range list {
			if q.Conversations == nil && len(list[i].Entries) == 0 {
				t.Errorf("%+v does not say how it is concerned", list[i])
			}
			list[i].Entries = nil
		}
		return list
	}
	o.search("ines", ana, bea)
	o.search("ines")
	o.search("kai", tom)
	if got := find(breach.Query{Person: "ines"}); len(got) != 2 || got[0].Conversation != ana || got[1].Conversation != bea {
		t.Errorf("found by name: %v", got)
	}
	want := []breach.Affected{
		{Conversation: ana, Classes: []string{"contact", "preference"}, Turns: []int64{1, 2, 3, 4}},
		{Conversation: bea, Classes: []string{"health"}, Turns: []int64{1, 2}},
	}
	if d := cmp.Diff(want, find(breach.Query{Person: "mei"})); d != "" {
		t.Errorf("by a person (-want +got)\n%s", d)
	}
	if got := find(breach.Query{Person: "mei", To: o.clock.Now().Add(-time.Hour)}); len(got) != 0 {
		t.Errorf("an hour before: %v", got)
	}
	if got := find(breach.Query{Conversations: []string{tom}}); len(got) != 1 || len(got[0].Turns) != 2 {
		t.Errorf("of a conversation: %v", got)
	}
	detail := map[string]string{"vendor": "crm", "form": "full"}
	if err := o.host.Note(ctx, "outbox", "egress.delivered", tom, detail); err != nil {
		t.Fatal(err)
	}
	if err := o.host.Note(ctx, "outbox", "egress.delivered", ana, map[string]string{"vendor": "crm", "form": "thin"}); err != nil {
		t.Fatal(err)
	}
	if got := find(breach.Query{Vendor: "crm"}); len(got) != 1 || got[0].Conversation != tom {
		t.Errorf("by a vendor: %v", got)
	}
	// sent, and nobody knows whether it arrived
	for id, form := range map[string]string{bea: "upsert", ana: "thin"} {
		if err := o.host.Note(ctx, "outbox", "egress.begun", id, map[string]string{"vendor": "crm", "form": form}); err != nil {
			t.Fatal(err)
		}
	}
	if got := find(breach.Query{Vendor: "crm"}); len(got) != 2 || got[0].Conversation != tom || got[1].Conversation != bea {
		t.Errorf("by a vendor that may have got it: %v", got)
	}
	if err := o.host.Note(ctx, "outbox", "egress.fetched", ana, map[string]string{"vendor": "crm", "form": "thin"}); err != nil {
		t.Fatal(err)
	}
	if got := find(breach.Query{Vendor: "crm"}); len(got) != 3 {
		t.Errorf("by a vendor that has fetched: %v", got)
	}
}

// TestRecord: revisions follow each other, and what people wrote stands sealed.
func TestRecord(t *testing.T) {
	t.Parallel()
	o := open(t)
	r := breach.Record{ID: "i1", Practice: "lakeside", Discovered: o.clock.Now(), At: o.clock.Now(), By: "dana",
		What: "a list of Zephyrine's was mailed", Affected: []breach.Affected{{Conversation: "c1", Classes: []string{"contact"}}}}
	first, err := breach.Put(ctx, o.store, o.vault, r, "breach.opened")
	if err != nil {
		t.Fatal(err)
	}
	second := first
	second.Decision = breach.IsBreach
	if second, err = breach.Put(ctx, o.store, o.vault, second, "breach.decided"); err != nil {
		t.Fatal(err)
	}
	if _, err := breach.Put(ctx, o.store, o.vault, first, "breach.decided"); err == nil {
		t.Error("a revision was written over another")
	}
	list, err := breach.List(ctx, o.store, o.vault, "lakeside")
	if d := cmp.Diff([]breach.Record{second}, list); err != nil || d != "" {
		t.Errorf("List: %v (-want +got)\n%s", err, d)
	}
	stored, err := o.store.Incidents(ctx, "lakeside")
	if err != nil || len(stored) != 1 || bytes.Contains(stored[0].Sealed, []byte("Zephyrine")) {
		t.Errorf("stored: %v, %v", stored, err)
	}
}

func TestCheck(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 3, 2, 15, 0, 0, 0, time.UTC)
	good := breach.Record{What: "x", Discovered: at, At: at}
	if err := good.Check(); err != nil {
		t.Fatal(err)
	}
	for name, change := range map[string]func(*breach.Record){
		"nothing happened": func(r *breach.Record) { r.What = " " },
		"no day":           func(r *breach.Record) { r.Discovered = time.Time{} },
		"tomorrow":         func(r *breach.Record) { r.Discovered = at.Add(24 * time.Hour) },
		"decision":         func(r *breach.Record) { r.Decision = "maybe" },
		"no factors":       func(r *breach.Record) { r.Decision = breach.LowRisk },
	} {
		r := good
		change(&r)
		if r.Check() == nil {
			t.Errorf("%s: nothing is found wrong", name)
		}
	}
}
