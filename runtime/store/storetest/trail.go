package storetest

import (
	"context"
	"strconv"
	"sync"
	"testing"

	"github.com/tacet-lang/tacet/runtime/session"
)

func trail(t *testing.T, s session.Store) {
	entry := func(n int) session.Entry {
		return session.Entry{At: at, Actor: "kim", Action: "read", Conversation: "a", Detail: map[string]string{"n": strconv.Itoa(n)}}
	}
	ctx := context.Background()
	for _, p := range []string{practice, "hillside"} {
		for n := 1; n < 8; n += 2 {
			if err := s.Note(ctx, p, entry(n), entry(n+1)); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := s.Note(ctx, practice); err != nil {
		t.Errorf("noting nothing: %v", err)
	}
	if got := trailHolds(t, s); got != 8 {
		t.Errorf("the trail holds %d entries, want 8", got)
	}
	view(t, s, func(r session.Reader) error {
		for _, c := range []struct {
			after int64
			limit int
			want  []int64
		}{{0, 3, []int64{1, 2, 3}}, {3, 10, []int64{4, 5, 6, 7, 8}}, {7, 1, []int64{8}}, {8, 10, nil}} {
			list, err := r.Audit(c.after, c.limit)
			if err != nil || len(list) != len(c.want) {
				t.Errorf("Audit(%d, %d): got %+v, %v, want %v", c.after, c.limit, list, err, c.want)
				continue
			}
			for i, e := range list {
				if e.Number != c.want[i] || e.Detail["n"] != strconv.FormatInt(c.want[i], 10) {
					t.Errorf("Audit(%d, %d): entry %d is %+v", c.after, c.limit, i, e)
				}
			}
		}
		return nil
	})
}

func trailOfMany(t *testing.T, s session.Store) {
	var wg sync.WaitGroup
	for range 40 {
		wg.Go(func() {
			if err := s.Note(context.Background(), practice, session.Entry{At: at, Actor: "kim", Action: "read"}); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if got := trailHolds(t, s); got != 40 {
		t.Errorf("the trail holds %d entries, want 40", got)
	}
}

// trailHolds follows the chain from its beginning and counts the entries.
func trailHolds(t *testing.T, s session.Store) (count int64) {
	t.Helper()
	view(t, s, func(r session.Reader) error {
		blocks, err := r.Blocks(0, 1_000_000)
		if err != nil {
			return err
		}
		var prev session.Digest
		for i := range blocks {
			b := &blocks[i]
			if b.First != count+1 || b.Prev != prev {
				t.Errorf("block %d starts at %d after entry %d, or does not follow the block before it", i, b.First, count)
			}
			if _, err := b.Open(practice); err != nil {
				t.Error(err)
			}
			count, prev = count+b.Count, b.Hash
		}
		return nil
	})
	return count
}
