// Package audit reads the audit trail of a practice: whether it is whole, and who did what.
//
// The trail is a chain of blocks, each with the hash of the one before it, and names every turn of every conversation with
// its digest. So an entry that was changed, deleted, put in, or moved breaks the chain at that place; a turn that was changed
// no longer has the digest that the trail knows. Only what nobody outside knows of can be cut off at the end or replaced
// as a whole: against that there are checkpoints, signed statements of where the trail ended at a time, kept elsewhere.
package audit

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/tacet-lang/tacet/runtime/session"
)

// Finding is something that is not as it was written.
type Finding struct {
	Number int64  // of the first entry that is concerned; 0 where it is about none
	What   string // a sentence without a full stop
}

// Report is the result of Verify.
type Report struct {
	Entries, Blocks, Turns int64
	Hash                   session.Digest // of the last block
	Last                   time.Time      // of the last entry
	Findings               []Finding
}

// Whole reports whether nothing was found.
func (r *Report) Whole() bool { return len(r.Findings) == 0 }

func (r *Report) find(number int64, format string, args ...any) {
	r.Findings = append(r.Findings, Finding{number, fmt.Sprintf(format, args...)})
}

// page is how many blocks are read at once.
const page = 512

// Verify reads the whole trail of a practice, and every turn that it names, and reports what is wrong. The error is one of
// reading. checkpoints are those that are known from elsewhere, verified.
func Verify(ctx context.Context, store session.Store, practice string, checkpoints ...Checkpoint) (*Report, error) {
	r := &Report{}
	v := verifier{Report: r, practice: practice, turns: map[string]int64{}, hashes: map[int64]session.Digest{}}
	for more := true; more; {
		err := store.View(ctx, practice, func(reader session.Reader) (err error) {
			more, err = v.page(reader)
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	// What was written meanwhile, and what is there, are looked at as of one moment: a practice goes on while its trail is read.
	err := store.View(ctx, practice, func(reader session.Reader) error {
		for more := true; more; {
			var err error
			if more, err = v.page(reader); err != nil {
				return err
			}
		}
		return errors.Join(v.ends(reader), v.unnamed(reader))
	})
	if err != nil {
		return nil, err
	}
	for _, c := range checkpoints {
		v.checkpoint(&c)
	}
	return r, nil
}

// verifier is what Verify knows so far.
type verifier struct {
	*Report
	practice string
	turns    map[string]int64         // the newest turn of each conversation that the trail names
	hashes   map[int64]session.Digest // of blocks, by the number after their last entry
}

// page reads the next blocks; more is false where there are none.
func (v *verifier) page(r session.Reader) (more bool, err error) {
	blocks, err := r.Blocks(v.Entries, page)
	if err != nil {
		return false, err
	}
	for i := range blocks {
		if err := v.block(r, &blocks[i]); err != nil {
			return false, err
		}
	}
	return len(blocks) > 0, nil
}

func (v *verifier) block(r session.Reader, b *session.Block) error {
	switch {
	case b.First != v.Entries+1:
		v.find(b.First, "entries %d to %d are missing before this one", v.Entries+1, b.First-1)
	case b.Prev != v.Hash:
		v.find(b.First, "it does not follow the entry before it")
	}
	entries, err := b.Open(v.practice)
	if err != nil {
		v.find(b.First, "entries %d to %d are not as they were written", b.First, b.First+b.Count-1)
	}
	v.Blocks++
	v.Entries, v.Hash = b.First+b.Count-1, b.Hash
	v.hashes[b.First+b.Count] = b.Hash
	for i := range entries {
		e := &entries[i]
		v.Last = e.At
		if e.Version > 0 {
			if err := v.turn(r, e); err != nil {
				return err
			}
		}
	}
	return nil
}

// turn holds a turn against the entry that names it.
func (v *verifier) turn(r session.Reader, e *session.Entry) error {
	v.Turns++
	if before := v.turns[e.Conversation]; e.Version != before+1 {
		v.find(e.Number, "turn %d of conversation %s is named after turn %d", e.Version, e.Conversation, before)
	}
	v.turns[e.Conversation] = max(v.turns[e.Conversation], e.Version)
	t, err := r.Turn(e.Conversation, e.Version)
	if errors.Is(err, session.ErrNotFound) {
		v.find(e.Number, "turn %d of conversation %s is gone", e.Version, e.Conversation)
		return nil
	}
	if err != nil {
		return err
	}
	if sum := t.Digest(); !bytes.Equal(sum[:], e.Turn) {
		v.find(e.Number, "turn %d of conversation %s is not as it was written", e.Version, e.Conversation)
	}
	return nil
}

// ends checks that no conversation goes on after the turns that the trail names.
func (v *verifier) ends(r session.Reader) error {
	for _, id := range slices.Sorted(maps.Keys(v.turns)) {
		last, err := r.Last(id)
		if errors.Is(err, session.ErrNotFound) {
			continue // said above
		}
		if err != nil {
			return err
		}
		if version := v.turns[id]; last.Version > version {
			v.find(0, "conversation %s has %d turns, and the trail knows %d", id, last.Version, version)
		}
	}
	return nil
}

// Lister is a Reader that knows of every conversation, whatever the trail says.
type Lister interface {
	// Conversations lists the conversations of the practice with ids after one, in order.
	Conversations(after string, limit int) ([]string, error)
}

// unnamed looks for conversations that the trail does not know: their entries were cut off with its end, or they were put in.
func (v *verifier) unnamed(r session.Reader) error {
	all, ok := r.(Lister)
	if !ok {
		return nil
	}
	for after := ""; ; {
		list, err := all.Conversations(after, page)
		if err != nil || len(list) == 0 {
			return err
		}
		for _, id := range list {
			if after = id; v.turns[id] == 0 {
				v.find(0, "conversation %s is there, and no entry of the trail knows of it", id)
			}
		}
	}
}

// checkpoint holds the trail against a statement from elsewhere.
func (v *verifier) checkpoint(c *Checkpoint) {
	switch hash, ok := v.hashes[c.Next]; {
	case c.Practice != v.practice:
		v.find(0, "the checkpoint of %s is of another practice", c.At.Format(time.RFC3339))
	case c.Next > v.Entries+1:
		v.find(v.Entries, "the trail ends at entry %d, and at %s it had %d", v.Entries, c.At.Format(time.RFC3339), c.Next-1)
	case !ok && c.Next > 1 || ok && hash != c.Hash:
		v.find(c.Next-1, "up to here it is not the trail of %s", c.At.Format(time.RFC3339))
	}
}

// Query selects entries. Zero fields select everything.
type Query struct {
	Actor, Conversation, Action string
	From, To                    time.Time // From ≤ at < To
}

func (q *Query) matches(e *session.Entry) bool {
	return (q.Actor == "" || e.Actor == q.Actor) && (q.Conversation == "" || e.Conversation == q.Conversation) &&
		(q.Action == "" || e.Action == q.Action) && (q.From.IsZero() || !e.At.Before(q.From)) && (q.To.IsZero() || e.At.Before(q.To))
}

// Each calls fn with the entries that a query selects, in order. It fails on a block that is not as it was written.
func Each(ctx context.Context, store session.Store, practice string, q Query, fn func(session.Entry) error) error {
	for after := int64(0); ; {
		var list []session.Entry
		err := store.View(ctx, practice, func(r session.Reader) (err error) {
			list, err = r.Audit(after, 8*page)
			return err
		})
		if err != nil || len(list) == 0 {
			return err
		}
		for _, e := range list {
			after = e.Number
			if !q.matches(&e) {
				continue
			}
			if err := fn(e); err != nil {
				return err
			}
		}
	}
}
