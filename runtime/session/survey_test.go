package session_test

import (
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/tacet-lang/tacet/runtime/session"
)

// trail is a Reader of nothing but entries.
type trail struct {
	session.Reader
	list []session.Entry
}

func (t trail) Audit(after int64, limit int) ([]session.Entry, error) {
	rest := t.list[min(after, int64(len(t.list))):]
	return rest[:min(limit, len(rest))], nil
}

// TestEachEntry: whatever the clocks of several processes did, within an hour, exactly the entries of a time are found, in order.
func TestEachEntry(t *testing.T) {
	t.Parallel()
	begin := time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC)
	rapid.Check(t, func(t *rapid.T) {
		var tr trail
		at := 0
		for n := range rapid.IntRange(0, 60).Draw(t, "entries") {
			at += rapid.IntRange(0, 40).Draw(t, "minutes")
			back := rapid.IntRange(0, 59).Draw(t, "clock set back")
			tr.list = append(tr.list, session.Entry{Number: int64(n + 1), At: begin.Add(time.Duration(at-back) * time.Minute)})
		}
		from := begin.Add(time.Duration(rapid.IntRange(-60, 2400).Draw(t, "from")) * time.Minute)
		to := from.Add(time.Duration(rapid.IntRange(0, 600).Draw(t, "length")) * time.Minute)
		var got, want []int64
		if err := session.EachEntry(tr, from, to, func(e session.Entry) bool { got = append(got, e.Number); return true }); err != nil {
			t.Fatal(err)
		}
		for _, e := range tr.list {
			if !e.At.Before(from) && e.At.Before(to) {
				want = append(want, e.Number)
			}
		}
		if !slices.Equal(got, want) {
			t.Errorf("from %s to %s: got %v, want %v", from, to, got, want)
		}
	})
}

// Blocks lays the entries out in blocks of three.
func (t trail) Blocks(after int64, limit int) (list []session.Block, err error) {
	for i := 0; i < len(t.list); i += 3 {
		part := t.list[i:min(i+3, len(t.list))]
		b := session.Block{First: int64(i + 1), Count: int64(len(part)), Entries: session.EncodeEntries(part)}
		b.Hash = session.Chain("lakeside", b.First, b.Prev, b.Entries)
		if b.First+b.Count-1 > after && len(list) < min(limit, 2) {
			list = append(list, b)
		}
	}
	return list, nil
}

// TestFinding finds what a look at every entry finds.
func TestFinding(t *testing.T) {
	t.Parallel()
	begin := time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC)
	rapid.Check(t, func(t *rapid.T) {
		var tr trail
		for n := range rapid.IntRange(0, 40).Draw(t, "entries") {
			tr.list = append(tr.list, session.Entry{
				Number: int64(n + 1), At: begin.Add(time.Duration(n) * 20 * time.Minute), Action: rapid.SampledFrom([]string{"turn", "review.signed", "review.signed-not"}).Draw(t, "action"),
			})
		}
		from := begin.Add(time.Duration(rapid.IntRange(-60, 900).Draw(t, "from")) * time.Minute)
		most := rapid.IntRange(1, 40).Draw(t, "most")
		var got, want []int64
		if err := (session.Finding{Practice: "lakeside", Action: "review.signed", From: from}).Each(tr, func(e session.Entry) bool {
			got = append(got, e.Number)
			return len(got) < most
		}); err != nil {
			t.Fatal(err)
		}
		for _, e := range tr.list {
			if e.Action == "review.signed" && !e.At.Before(from) && len(want) < most {
				want = append(want, e.Number)
			}
		}
		if !slices.Equal(got, want) {
			t.Errorf("got %v, want %v", got, want)
		}
	})
}
