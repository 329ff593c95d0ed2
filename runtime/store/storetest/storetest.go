// Package storetest is the suite that every session.Store passes.
package storetest

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/tacet-lang/tacet/runtime/engine"
	"github.com/tacet-lang/tacet/runtime/session"
)

// Opener opens a store on the data that stays under its name for the length of a test: opening the same name again sees what
// was committed before.
type Opener func(t *testing.T, name string) session.Store

// Run runs the suite.
func Run(t *testing.T, open Opener) {
	for _, c := range []struct {
		name string
		test func(*testing.T, session.Store)
	}{
		{"turn is read back", turnIsReadBack},
		{"what is not there", whatIsNotThere},
		{"machines", machines},
		{"failed update leaves nothing", failedUpdateLeavesNothing},
		{"panic reaches the caller", panicReachesTheCaller},
		{"stale version", staleVersion},
		{"one winner of a version", oneWinner},
		{"gap-free messages", gapFree},
		{"silence after a handoff", silence},
		{"one acknowledgement", oneAcknowledgement},
		{"emergency is not released", emergencyStays},
		{"release gives the word back", release},
		{"client ids are unique", clientIDs},
		{"due", due},
		{"tokens", tokens},
		{"codes", codes},
		{"places of a slot", places},
		{"buffer between slots", buffer},
		{"holds expire", holdsExpire},
		{"a thousand patients, one slot", race},
		{"audit numbers", auditNumbers},
		{"practices are apart", practicesApart},
		{"views see whole turns", viewsSeeWholeTurns},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s := open(t, "store")
			t.Cleanup(func() { _ = s.Close() })
			c.test(t, s)
		})
	}
	t.Run("survives closing", func(t *testing.T) {
		t.Parallel()
		survivesClosing(t, open)
	})
}

var at = time.Date(2026, 3, 2, 15, 0, 0, 123000, time.UTC)

func record(id string) session.Record {
	return session.Record{
		Conversation: engine.Conversation{
			ID: id, Machine: "m", Lang: "en", Control: engine.Assistant, Values: []string{"Zoë \"<x>\"", ""}, Started: at,
		},
		Practice: "lakeside", Flow: "consultation", ClientID: "client-" + id, Request: session.Digest{1}, Version: 1, Touched: at,
	}
}

func update(t *testing.T, s session.Store, fn func(session.Tx) error) {
	t.Helper()
	if err := s.Update(context.Background(), fn); err != nil {
		t.Fatalf("Update: %v", err)
	}
}

func view(t *testing.T, s session.Store, fn func(session.Reader) error) {
	t.Helper()
	if err := s.View(context.Background(), fn); err != nil {
		t.Fatalf("View: %v", err)
	}
}

func create(t *testing.T, s session.Store, ids ...string) {
	t.Helper()
	putMachine(t, s)
	update(t, s, func(tx session.Tx) error {
		for _, id := range ids {
			if err := tx.Create(record(id)); err != nil {
				return err
			}
		}
		return nil
	})
}

func putMachine(t *testing.T, s session.Store) {
	t.Helper()
	update(t, s, func(tx session.Tx) error { return tx.PutMachine("m", []byte(`{"flow":"é"}`)) })
}

func load(t *testing.T, s session.Store, id string) (r session.Record) {
	t.Helper()
	view(t, s, func(tx session.Reader) (err error) { r, err = tx.Conversation(id); return err })
	return r
}

func messages(t *testing.T, s session.Store, id string) (list []session.Message) {
	t.Helper()
	view(t, s, func(tx session.Reader) (err error) { list, err = tx.Messages(id, 0, 1000); return err })
	return list
}

func said(seq, epoch int64, role engine.Role) session.Message {
	return session.Message{
		Seq: seq, At: at, Author: session.ByAssistant, Role: role, Epoch: epoch, Lang: "es", Text: "¿Qué tal?\n",
		Options: []engine.Option{{ID: "1", Label: "Sí"}}, Input: engine.Input{Kind: "phone", Field: "phone"},
	}
}

func typed(seq int64) session.Message {
	return session.Message{
		Seq: seq, At: at, Author: session.ByPatient, Lang: "en", Text: "my ssn is 078-05-1120", Masked: "my ssn is ███",
		Found: []engine.Finding{{Type: "ssn", Class: "identifier", Start: 10, End: 21}},
	}
}

// turn commits messages to a conversation that was just created.
func turn(t *testing.T, s session.Store, id string, change func(*session.Record), list ...session.Message) error {
	t.Helper()
	return s.Update(context.Background(), func(tx session.Tx) error {
		r, err := tx.Conversation(id)
		if err != nil {
			return err
		}
		if len(list) > 0 {
			r.Seq = list[len(list)-1].Seq
		}
		if change != nil {
			change(&r)
		}
		return tx.Commit(session.Turn{Record: r, Messages: list})
	})
}

func turnIsReadBack(t *testing.T, s session.Store) {
	create(t, s, "a")
	r := record("a")
	r.Seq, r.Deadline, r.Heard, r.Flagged = 3, at.Add(time.Hour), []string{"booking"}, true
	list := []session.Message{typed(1), said(2, 0, engine.RoleSay), said(3, 0, engine.RolePrompt)}
	answer := session.Answer{
		Conversation: "a", ClientID: "c1", Request: session.Digest{9}, After: 0, Last: 3,
		Status: session.Status{Control: engine.Assistant, Lang: "es", Seq: 3},
	}
	out := session.Outgoing{
		Practice: "lakeside", Conversation: "a", Vendor: "crm", At: at,
		Fields: []engine.FieldValue{{Name: "name", Class: "contact", Value: "Ana"}},
	}
	entry := session.Entry{
		Practice: "lakeside", At: at, Actor: "patient", Action: "turn", Conversation: "a", Detail: map[string]string{"k": "v"},
	}
	update(t, s, func(tx session.Tx) error {
		return tx.Commit(session.Turn{
			Record: r, Messages: list, Outbox: []session.Outgoing{out}, Audit: []session.Entry{entry}, Answer: &answer,
		})
	})
	r.Version, entry.Number = 2, 1
	view(t, s, func(tx session.Reader) error {
		same(t, "Conversation", r)(tx.Conversation("a"))
		same(t, "Started", r)(tx.Started("lakeside", "client-a"))
		same(t, "Messages", list)(tx.Messages("a", 0, 10))
		same(t, "Messages after 1", list[1:2])(tx.Messages("a", 1, 1))
		same(t, "Answered", answer)(tx.Answered("a", "c1"))
		same(t, "Outbox", []session.Outgoing{out})(tx.Outbox("lakeside", 10))
		same(t, "Audit", []session.Entry{entry})(tx.Audit("lakeside", 0, 10))
		return nil
	})
}

// same compares what a method returned.
func same[T any](t *testing.T, what string, want T) func(T, error) {
	return func(got T, err error) {
		t.Helper()
		if err != nil {
			t.Errorf("%s: %v", what, err)
		} else if d := cmp.Diff(want, got); d != "" {
			t.Errorf("%s (-want +got):\n%s", what, d)
		}
	}
}

func whatIsNotThere(t *testing.T, s session.Store) {
	view(t, s, func(r session.Reader) error {
		for what, read := range map[string]func() error{
			"Conversation": func() error { _, err := r.Conversation("x"); return err },
			"Started":      func() error { _, err := r.Started("p", "x"); return err },
			"Answered":     func() error { _, err := r.Answered("x", "y"); return err },
			"Code":         func() error { _, err := r.Code("x"); return err },
			"Machine":      func() error { _, err := r.Machine("x"); return err },
		} {
			if err := read(); !errors.Is(err, session.ErrNotFound) {
				t.Errorf("%s: got %v, want ErrNotFound", what, err)
			}
		}
		list, err := r.Messages("x", 0, 10)
		if err != nil || len(list) != 0 {
			t.Errorf("Messages: got %v, %v, want none", list, err)
		}
		return nil
	})
	err := s.Update(context.Background(), func(tx session.Tx) error {
		return tx.Commit(session.Turn{Record: record("x")})
	})
	if !errors.Is(err, session.ErrNotFound) {
		t.Errorf("Commit: got %v, want ErrNotFound", err)
	}
}

func machines(t *testing.T, s session.Store) {
	err := s.Update(context.Background(), func(tx session.Tx) error { return tx.Create(record("a")) })
	if err == nil {
		t.Error("a conversation was pinned to a machine that is not there")
	}
	putMachine(t, s)
	update(t, s, func(tx session.Tx) error { return tx.PutMachine("m", []byte(`{}`)) })
	view(t, s, func(r session.Reader) error {
		same(t, "Machine", []byte(`{"flow":"é"}`))(r.Machine("m"))
		return nil
	})
}

func staleVersion(t *testing.T, s session.Store) {
	create(t, s, "a")
	old := load(t, s, "a")
	if err := turn(t, s, "a", nil, typed(1)); err != nil {
		t.Fatal(err)
	}
	err := s.Update(context.Background(), func(tx session.Tx) error {
		return tx.Commit(session.Turn{Record: old, Messages: []session.Message{typed(2)}})
	})
	if !errors.Is(err, session.ErrStale) {
		t.Errorf("Commit onto an old version: got %v, want ErrStale", err)
	}
	if n := len(messages(t, s, "a")); n != 1 {
		t.Errorf("got %d messages, want 1", n)
	}
}

func oneWinner(t *testing.T, s session.Store) {
	create(t, s, "a")
	old := load(t, s, "a")
	var wins atomic.Int64
	var wg sync.WaitGroup
	for range 50 {
		wg.Go(func() {
			err := s.Update(context.Background(), func(tx session.Tx) error {
				return tx.Commit(session.Turn{Record: old, Messages: []session.Message{typed(1)}})
			})
			if err == nil {
				wins.Add(1)
			} else if !errors.Is(err, session.ErrStale) {
				t.Errorf("Commit: %v", err)
			}
		})
	}
	wg.Wait()
	if wins.Load() != 1 {
		t.Errorf("%d turns were committed onto one version, want 1", wins.Load())
	}
}

func gapFree(t *testing.T, s session.Store) {
	create(t, s, "a")
	for _, seq := range []int64{0, 2} {
		if err := turn(t, s, "a", nil, typed(seq)); err == nil {
			t.Errorf("the first message got number %d", seq)
		}
	}
	if err := turn(t, s, "a", nil, typed(1), typed(2)); err != nil {
		t.Error(err)
	}
	if err := turn(t, s, "a", nil, typed(2)); err == nil {
		t.Error("a number was given twice")
	}
}

func clientIDs(t *testing.T, s session.Store) {
	create(t, s, "a")
	twin := record("b")
	twin.ClientID = "client-a"
	if err := s.Update(context.Background(), func(tx session.Tx) error { return tx.Create(twin) }); err == nil {
		t.Error("two conversations have one client id")
	}
	answer := func(tx session.Tx) error {
		r, err := tx.Conversation("a")
		if err != nil {
			return err
		}
		return tx.Commit(session.Turn{Record: r, Answer: &session.Answer{Conversation: "a", ClientID: "c"}})
	}
	update(t, s, answer)
	if err := s.Update(context.Background(), answer); err == nil {
		t.Error("one request was answered twice")
	}
}

func due(t *testing.T, s session.Store) {
	ids := []string{"a", "b", "c", "d"}
	create(t, s, ids...)
	for i, id := range ids[:3] {
		deadline := func(r *session.Record) { r.Deadline = at.Add(time.Duration(3-i) * time.Minute) }
		if err := turn(t, s, id, deadline); err != nil {
			t.Fatal(err)
		}
	}
	view(t, s, func(r session.Reader) error {
		same(t, "Due", []string{"c", "b"})(r.Due(at.Add(2*time.Minute), 10))
		same(t, "Due, at most one", []string{"c"})(r.Due(at.Add(time.Hour), 1))
		same(t, "Due before", []string(nil))(r.Due(at, 10))
		return nil
	})
}

func tokens(t *testing.T, s session.Store) {
	create(t, s, "a", "b")
	one, two := session.TokenDigest("one"), session.TokenDigest("two")
	update(t, s, func(tx session.Tx) error {
		return errors.Join(tx.AddToken("a", one, at), tx.AddToken("a", two, at))
	})
	view(t, s, func(r session.Reader) error {
		same(t, "first token", true)(r.HoldsToken("a", one))
		same(t, "second token", true)(r.HoldsToken("a", two))
		same(t, "unknown token", false)(r.HoldsToken("a", session.TokenDigest("three")))
		same(t, "token of another conversation", false)(r.HoldsToken("b", one))
		return nil
	})
}

func codes(t *testing.T, s session.Store) {
	create(t, s, "a")
	c := session.Code{Conversation: "a", Salt: []byte{1, 2}, Hash: session.Digest{3}, Expires: at, Tries: 0}
	update(t, s, func(tx session.Tx) error { return tx.PutCode(c) })
	c.Tries = 4
	update(t, s, func(tx session.Tx) error { return tx.PutCode(c) })
	view(t, s, func(r session.Reader) error { same(t, "Code", c)(r.Code("a")); return nil })
	update(t, s, func(tx session.Tx) error { return tx.DropCode("a") })
	view(t, s, func(r session.Reader) error {
		if _, err := r.Code("a"); !errors.Is(err, session.ErrNotFound) {
			t.Errorf("dropped code: got %v, want ErrNotFound", err)
		}
		return nil
	})
}

func auditNumbers(t *testing.T, s session.Store) {
	create(t, s, "a")
	for range 3 {
		update(t, s, func(tx session.Tx) error {
			r, err := tx.Conversation("a")
			if err != nil {
				return err
			}
			e := session.Entry{Practice: "lakeside", At: at, Actor: "patient", Action: "turn", Conversation: "a"}
			other := e
			other.Practice = "hillside"
			return tx.Commit(session.Turn{Record: r, Audit: []session.Entry{e, other, e}})
		})
	}
	view(t, s, func(r session.Reader) error {
		for practice, want := range map[string]int{"lakeside": 6, "hillside": 3} {
			list, err := r.Audit(practice, 0, 100)
			if err != nil {
				return err
			}
			for i, e := range list {
				if e.Number != int64(i+1) {
					t.Errorf("%s: entry %d has number %d", practice, i+1, e.Number)
				}
			}
			if len(list) != want {
				t.Errorf("%s: got %d entries, want %d", practice, len(list), want)
			}
		}
		return nil
	})
}

func practicesApart(t *testing.T, s session.Store) {
	create(t, s, "a")
	twin := record("b")
	twin.Practice, twin.ClientID = "hillside", "client-a"
	update(t, s, func(tx session.Tx) error { return tx.Create(twin) })
	r := hold("b", slot(0))
	r.Practice = "hillside"
	if err := errors.Join(reserve(s, r, rule(1, 0)), reserve(s, hold("a", slot(0)), rule(1, 0))); err != nil {
		t.Errorf("two practices share a calendar: %v", err)
	}
}
