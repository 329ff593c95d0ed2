package simulation

import (
	"context"
	"time"

	"github.com/tacet-lang/tacet/runtime/outbox"
	"github.com/tacet-lang/tacet/runtime/session"
	"github.com/tacet-lang/tacet/runtime/store/memory"
)

// faulty is the store as one server sees it.
type faulty struct {
	*memory.Store
	history *history
}

// Commit implements session.Store.
func (f *faulty) Commit(ctx context.Context, w session.Write) error {
	return f.around(func() error { return f.Store.Commit(ctx, w) })
}

// View implements session.Store.
func (f *faulty) View(ctx context.Context, practice string, fn func(session.Reader) error) error {
	if err := f.cross(); err != nil {
		return err
	}
	if f.history.fault() != none {
		return errFault
	}
	return f.Store.View(ctx, practice, fn)
}

// PutMachine implements session.Store.
func (f *faulty) PutMachine(ctx context.Context, practice, hash string, canonical []byte) error {
	if f.history.fault() == before {
		return errFault
	}
	return f.Store.PutMachine(ctx, practice, hash, canonical)
}

// Note implements session.Store.
func (f *faulty) Note(ctx context.Context, practice string, entries ...session.Entry) error {
	return f.around(func() error { return f.Store.Note(ctx, practice, entries...) })
}

// Claim implements outbox.Store.
func (f *faulty) Claim(ctx context.Context, practice string, now, until time.Time, limit int) (list []outbox.Row, err error) {
	err = f.around(func() error {
		list, err = f.Store.Claim(ctx, practice, now, until, limit)
		return err
	})
	return list, err
}

// Finish implements outbox.Store.
func (f *faulty) Finish(ctx context.Context, r outbox.Row, entries ...session.Entry) error {
	return f.around(func() error { return f.Store.Finish(ctx, r, entries...) })
}

// Follow implements outbox.Store.
func (f *faulty) Follow(ctx context.Context, practice string, was, is int64, alerts []outbox.Row) error {
	return f.around(func() error { return f.Store.Follow(ctx, practice, was, is, alerts) })
}

// around lets a call fail before it is done or after, and others come first.
func (f *faulty) around(call func() error) error {
	if err := f.cross(); err != nil {
		return err
	}
	switch f.history.fault() {
	case before:
		return errFault
	case after:
		if err := call(); err != nil {
			return err
		}
		return errFault
	}
	return call()
}

type when int

const (
	none when = iota
	before
	after
)

// fault decides whether a call fails.
func (h *history) fault() when {
	if h.failing == 0 || h.rand.IntN(100) >= h.failing {
		return none
	}
	h.figures.Faults++
	return before + when(h.rand.IntN(2))
}

// cross lets requests through other servers come first.
func (f *faulty) cross() error {
	h := f.history
	if h.crossing == 0 || h.rand.IntN(100) >= h.crossing {
		return nil
	}
	busy := 0
	for _, b := range h.busy {
		if b {
			busy++
		}
	}
	if busy == 0 || busy > depth {
		return nil
	}
	return h.step(busy)
}
