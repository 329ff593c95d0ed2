package session_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/tacet-lang/tacet/runtime/calendar"
	"github.com/tacet-lang/tacet/runtime/engine"
	"github.com/tacet-lang/tacet/runtime/session"
	"github.com/tacet-lang/tacet/runtime/session/sessiontest"
	"github.com/tacet-lang/tacet/runtime/store/sqlite"
	"github.com/tacet-lang/tacet/runtime/store/sqlitetest"
)

func TestAppointments(t *testing.T) {
	t.Parallel()
	d := open(t, sessiontest.Flow(), sqlite.Options{})
	ana, ben, cleo := d.start(), d.start(), d.start()
	offered := d.post(ana, session.Post{Text: "slots"})
	options := offered.Messages[len(offered.Messages)-1].Options
	if len(options) != calendar.Offered || options[0].Label != "Mon 10:00" {
		t.Fatalf("offered %+v, want %d from Monday 10:00", options, calendar.Offered)
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
	var list []session.Parcel
	err := d.store.View(context.Background(), "lakeside", func(r session.Reader) (err error) {
		list, err = r.Outbox(10)
		return err
	})
	if err != nil || len(list) != 1 {
		t.Fatalf("outbox: got %+v, %v, want one parcel", list, err)
	}
	got, err := session.OpenParcel(context.Background(), sqlitetest.Vault(t, d.path), list[0])
	want := session.Outgoing{
		Conversation: id, Vendor: "crm", At: d.clock.Now(),
		Fields: []engine.FieldValue{{Name: "name", Class: "contact", Value: "Ana"}},
	}
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Errorf("parcel (-want +got): %v\n%s", err, diff)
	}
}
