package session_test

import (
	"context"
	"os"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/tacet-lang/tacet/compiler"
	"github.com/tacet-lang/tacet/compiler/verify"
	"github.com/tacet-lang/tacet/lang/machine"
	"github.com/tacet-lang/tacet/runtime/engine"
	"github.com/tacet-lang/tacet/runtime/migration"
	"github.com/tacet-lang/tacet/runtime/session"
	"github.com/tacet-lang/tacet/runtime/store/sqlite"
)

// proven compiles and proves the example with some words replaced.
func proven(t *testing.T, old, new string) *machine.Artifact {
	t.Helper()
	src := fstest.MapFS{}
	for _, name := range []string{"consultation.flow", "practice.yaml"} {
		b, err := os.ReadFile("../../examples/lakeside/" + name)
		if err != nil {
			t.Fatal(err)
		}
		text, _, _ := strings.Cut(strings.ReplaceAll(string(b), old, new), "\ntest ")
		src[name] = &fstest.MapFile{Data: []byte(text)}
	}
	r, problems := compiler.Compile(src, "consultation.flow", compiler.Options{Untrained: true})
	if r.Machine == nil {
		t.Fatalf("it does not compile: %v", problems)
	}
	report, problems := verify.Check(r.Machine, verify.Options{AsOf: time.Date(2026, 11, 22, 0, 0, 0, 0, time.UTC), Files: r})
	if report.Certificate == nil {
		t.Fatalf("it is not proven: %v", problems)
	}
	return &machine.Artifact{Machine: r.Machine, Certificate: report.Certificate}
}

// TestMigration puts a second version in service while three conversations are at different questions of the first: one moves
// with its next turn, one goes to people, one ends where it began. All of it survives a restart.
func TestMigration(t *testing.T) {
	t.Parallel()
	old, next := proven(t, "", ""), proven(t, "Done. A coordinator will call you.", "All done.")
	served := func(a *machine.Artifact) session.Flow {
		p, err := engine.Load(a.Machine)
		if err != nil {
			t.Fatal(err)
		}
		return session.Flow{Machine: a.Machine, Program: p}
	}
	first, second := served(old), served(next)
	plan := migration.Plan{Format: migration.Format, From: first.Program.New("").Machine, To: second.Program.New("").Machine,
		Locations: map[string]string{
			"welcome": migration.Human, "about": migration.Drain, "contact": "contact", "contact.2": migration.Drain,
			"contact.3": migration.Drain, "confirm": migration.Drain,
		},
		Fields: map[string]string{"name": "name", "ok": "ok", "part": "part", "phone": "phone", "topic": "topic"}}
	move, err := migration.Check(plan, old, next)
	if err != nil {
		t.Fatal(err)
	}
	second.Moves = []*migration.Move{move}

	d := open(t, first, sqlite.Options{})
	moves, leaves, stays := d.start(), d.start(), d.start()
	d.post(moves, session.Post{Option: "botox"})
	d.post(moves, session.Post{Option: "1"})
	d.post(stays, session.Post{Option: "botox"})
	d.write(stays, "book")
	d.write(stays, "Bo Li")
	alarm := d.start()
	ctx := context.Background()
	if err := d.Offer(ctx, []session.Flow{second}); err != nil {
		t.Fatal(err)
	}

	request := session.Post{ClientID: "name", Text: "Ana Ruiz"}
	reply := d.post(moves, request)
	if again := d.post(moves, request); said(again.Messages) != said(reply.Messages) {
		t.Errorf("repeated: %q, then %q", said(reply.Messages), said(again.Messages))
	}
	if got := on(d, moves); got != plan.To {
		t.Errorf("it is on %s, want %s", got, plan.To)
	}
	r := d.post(leaves, session.Post{Option: "botox"})
	if r.Status.Control != engine.Waiting || on(d, leaves) != plan.From {
		t.Errorf("what goes to people: %+v", r.Status)
	}
	d.write(stays, "312 555 0142")
	if got := on(d, stays); got != plan.From {
		t.Errorf("what stays is on %s", got)
	}
	if r := d.post(alarm, session.Post{Text: "I have chest pain"}); r.Status.Tier != machine.Emergency {
		t.Errorf("an emergency on the way to people: %+v", r.Status)
	}

	d.flow = second
	d.reopen(sqlite.Options{})
	for _, text := range []string{"312 555 0142", "evening"} {
		d.write(moves, text)
	}
	if got := d.write(moves, "yes"); got != "All done." {
		t.Errorf("it ends with %q", got)
	}
	d.write(stays, "evening")
	if got := d.write(stays, "yes"); got != "Done. A coordinator will call you." {
		t.Errorf("on the first version it ends with %q", got)
	}
	trail := d.audit()
	for action, want := range map[string]int{"conversation.migrated": 1, "conversation.not-migrated": 1} {
		if got := len(slices.DeleteFunc(slices.Clone(trail), func(s string) bool { return s != action })); got != want {
			t.Errorf("%d entries %s, want %d", got, action, want)
		}
	}
}

// on is the hash of the machine that a conversation is on.
func on(d *desk, id string) string {
	d.Helper()
	c, err := d.Case(context.Background(), id)
	if err != nil {
		d.Fatal(err)
	}
	hash, err := c.Flow.Hash()
	if err != nil {
		d.Fatal(err)
	}
	if p := d.transcript(id); p.Flow != c.Flow {
		d.Errorf("%s is read on another machine than it is on", id)
	}
	return hash
}
