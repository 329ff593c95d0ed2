package session_test

import (
	"bytes"
	"context"
	"errors"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/tacet-lang/tacet/runtime/engine"
	"github.com/tacet-lang/tacet/runtime/session"
	"github.com/tacet-lang/tacet/runtime/store/sqlite"
	"github.com/tacet-lang/tacet/runtime/store/sqlitetest"
)

func TestNotes(t *testing.T) {
	t.Parallel()
	d, id := handedOver(t, "")
	ctx := context.Background()
	const secret = "called her at work, zzqx"
	if err := d.AddNote(ctx, id, "ana", secret); err != nil {
		t.Fatal(err)
	}
	d.reopen(sqlite.Options{})
	if _, err := d.Post(ctx, id, session.Post{ClientID: "2", Text: "hello?"}); err != nil {
		t.Fatal(err)
	}
	c, err := d.Case(ctx, id)
	if err != nil || len(c.Desk.Notes) != 1 || c.Desk.Notes[0].Text != secret || c.Desk.Notes[0].By != "ana" {
		t.Fatalf("got %+v, %v", c.Desk, err)
	}
	page, err := d.Read(ctx, id, 0, 100)
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range page.Messages {
		if strings.Contains(m.Text, "zzqx") {
			t.Errorf("the note is a message: %+v", m)
		}
	}
	for _, file := range []string{d.path, d.path + "-wal"} {
		if b, err := os.ReadFile(file); err != nil || bytes.Contains(b, []byte("zzqx")) {
			t.Errorf("%s: %v, or it holds the note", file, err)
		}
	}
	for err == nil {
		err = d.AddNote(ctx, id, "ana", "again")
	}
	if c, _ := d.Case(ctx, id); !errors.Is(err, session.ErrNotes) || len(c.Desk.Notes) != session.MaxNotes {
		t.Errorf("%d notes, then %v", len(c.Desk.Notes), err)
	}
	sqlitetest.Check(t, d.path)
}

func TestTransfer(t *testing.T) {
	t.Parallel()
	d, id := handedOver(t, "!chest-pain")
	ctx := context.Background()
	asked := d.clock.Now()
	if err := d.Claim(ctx, id, "ana"); err != nil {
		t.Fatal(err)
	}
	for team, want := range map[string]error{"nobody": session.ErrTeam, "nurses": session.ErrTeam} {
		if err := d.Transfer(ctx, id, "ana", team, "not ours"); !errors.Is(err, want) {
			t.Errorf("Transfer to %s = %v, want %v", team, err, want)
		}
	}
	if err := d.Transfer(ctx, id, "bo", "coordinators", "not ours"); !errors.Is(err, session.ErrHeld) {
		t.Errorf("by somebody else: %v, want %v", err, session.ErrHeld)
	}
	if err := d.Transfer(ctx, id, "ana", "coordinators", "not ours"); err != nil {
		t.Fatal(err)
	}
	c, err := d.Case(ctx, id)
	if err != nil || c.Control != engine.Waiting || c.Team != "coordinators" || c.Holder != "" || c.Tier != "emergency" {
		t.Errorf("got %s of %s held by %q, tier %s, %v", c.Control, c.Team, c.Holder, c.Tier, err)
	}
	if !c.Desk.Asked.Equal(asked) || !c.Desk.Answered.IsZero() {
		t.Errorf("asked at %s and answered at %s, want %s and never", c.Desk.Asked, c.Desk.Answered, asked)
	}
	if err := d.Claim(ctx, id, "bo"); err != nil {
		t.Fatal(err)
	}
	d.clock.Move(time.Minute)
	if _, err := d.Answer(ctx, id, "bo", session.Answering{ClientID: "1", Text: "hello"}); err != nil {
		t.Fatal(err)
	}
	if c, err = d.Case(ctx, id); err != nil || !c.Desk.Answered.Equal(asked.Add(time.Minute)) {
		t.Errorf("answered at %s, %v", c.Desk.Answered, err)
	}
	sqlitetest.Check(t, d.path)
}

func TestStarted(t *testing.T) {
	t.Parallel()
	d, first := handedOver(t, "")
	ctx := context.Background()
	begin := d.clock.Now()
	ids := []string{first}
	for i := range 40 {
		d.clock.Move(time.Hour)
		r, err := d.Start(ctx, d.request("0123456789abcdef"+string(rune('a'+i))))
		if err != nil {
			t.Fatal(err)
		}
		ids = append(ids, r.ID)
	}
	for _, c := range []struct{ from, to, limit, wantNew, want int }{
		{0, 41, 100, 40, 41}, {10, 12, 100, 11, 2}, {10, 40, 3, 39, 3}, {41, 50, 9, 0, 0}, {-9, 1, 9, 0, 1},
	} {
		at := func(n int) time.Time { return begin.Add(time.Duration(n) * time.Hour) }
		list, err := d.Started(ctx, at(c.from), at(c.to), c.limit)
		if err != nil {
			t.Fatal(err)
		}
		var got, want []string
		for i := range list {
			got = append(got, list[i].ID)
		}
		for i := range c.want {
			want = append(want, ids[c.wantNew-i])
		}
		if d := cmp.Diff(want, got); d != "" {
			t.Errorf("%+v (-want +got):\n%s", c, d)
		}
	}
}
