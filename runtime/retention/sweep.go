package retention

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/tacet-lang/tacet/lang/machine"
	"github.com/tacet-lang/tacet/runtime/session"
)

// Options wires a Sweeper. Practice, Store and Vault are required.
type Options struct {
	Practice string
	Store    Store
	Vault    Vault
	Clock    session.Clock // nil: the machine's
	Log      *slog.Logger  // nil: none
}

// Sweeper erases what is due. Safe for concurrent use, and beside others in other processes.
type Sweeper struct {
	practice string
	store    Store
	vault    Vault
	clock    session.Clock
	log      *slog.Logger
	terms    map[string]term // by machine; one goroutine sweeps at a time
}

// term is how long conversations on a machine are kept, and by whose calendar.
type term struct {
	session machine.Session
	zone    *time.Location
}

const (
	sweepEvery = 10 * time.Minute
	pageOf     = 500
	abandoned  = time.Minute // after which another process finishes an erasure
)

// New returns a sweeper.
func New(o Options) (*Sweeper, error) {
	if o.Practice == "" || o.Store == nil || o.Vault == nil {
		return nil, errors.New("retention: a practice, a store and a vault are needed")
	}
	s := &Sweeper{practice: o.Practice, store: o.Store, vault: o.Vault, clock: o.Clock, log: o.Log, terms: map[string]term{}}
	if s.clock == nil {
		s.clock = session.SystemClock{}
	}
	if s.log == nil {
		s.log = slog.New(slog.DiscardHandler)
	}
	return s, nil
}

// Run sweeps until ctx is done, at once and then every ten minutes.
func (s *Sweeper) Run(ctx context.Context) error {
	tick, stop := session.Every(sweepEvery)
	defer stop()
	for {
		if n, err := s.Once(ctx); err != nil && ctx.Err() == nil {
			s.log.ErrorContext(ctx, "sweep of what is kept failed", "erased", n, "error", err)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-tick:
		}
	}
}

// Once erases what is due now, finishes what other processes have left, and returns how many conversations it erased. One that
// cannot be erased does not keep the others.
func (s *Sweeper) Once(ctx context.Context) (erased int, err error) {
	now := s.clock.Now().UTC()
	left, err := s.store.Unfinished(ctx, s.practice, now.Add(-abandoned))
	if err != nil {
		return 0, err
	}
	var failed []error
	for _, e := range left {
		if err := finish(ctx, s.store, s.vault, e, now); err != nil {
			failed = append(failed, s.failed(ctx, e.Conversation, now, err))
			continue
		}
		erased++
	}
	err = s.each(ctx, now, func(k Kept, _ time.Time) error {
		if k.Held {
			return nil
		}
		err := Erase(ctx, s.store, s.vault, Erasure{Practice: s.practice, Conversation: k.Conversation, At: now, By: Sweep, Why: Expired})
		switch {
		case err == nil:
			erased++
		case errors.Is(err, ErrHeld), errors.Is(err, ErrErased): // meanwhile, by somebody else
		default:
			failed = append(failed, s.failed(ctx, k.Conversation, now, err))
		}
		return ctx.Err()
	})
	return erased, errors.Join(err, errors.Join(failed...))
}

// failed leaves an entry, which alerts the compliance owner.
func (s *Sweeper) failed(ctx context.Context, conversation string, now time.Time, err error) error {
	e := session.Entry{At: now, Actor: Sweep, Action: "retention.failed", Conversation: conversation}
	return errors.Join(fmt.Errorf("conversation %s: %w", conversation, err), s.store.Note(ctx, s.practice, e))
}

// Due calls fn with each conversation whose time is over at a moment, held ones too, and since when it is.
func (s *Sweeper) Due(ctx context.Context, at time.Time, fn func(k Kept, due time.Time) error) error {
	return s.each(ctx, at.UTC(), fn)
}

func (s *Sweeper) each(ctx context.Context, now time.Time, fn func(Kept, time.Time) error) error {
	list, err := s.store.Machines(ctx, s.practice)
	if err != nil {
		return err
	}
	var unread []error // machines; they do not keep the conversations on others
	for _, hash := range list {
		t, err := s.term(ctx, hash)
		if err != nil {
			unread = append(unread, fmt.Errorf("machine %s: %w", hash, err))
			continue
		}
		if err := s.on(ctx, t, Which{Machine: hash, Limit: pageOf}, now, fn); err != nil {
			return errors.Join(append(unread, err)...)
		}
	}
	return errors.Join(unread...)
}

// on goes through the conversations on one machine: those with an outcome that is kept for less, and then all.
func (s *Sweeper) on(ctx context.Context, t term, which Which, now time.Time, fn func(Kept, time.Time) error) error {
	seen := map[string]bool{}
	once := func(k Kept, due time.Time) error {
		if seen[k.Conversation] {
			return nil
		}
		seen[k.Conversation] = len(t.session.Ended) > 0
		return fn(k, due)
	}
	for _, e := range t.session.Ended {
		which.Ended = e.Outcome
		if err := s.within(ctx, t.after(e.Days), which, now, once); err != nil {
			return err
		}
	}
	which.Ended = ""
	return s.within(ctx, t.after(t.session.Keep), which, now, once)
}

// within goes through conversations that are all kept for as long.
func (s *Sweeper) within(ctx context.Context, t days, which Which, now time.Time, fn func(Kept, time.Time) error) error {
	// where the clocks change, days are shorter by an hour or two in all, and what began later than that cannot be due
	which.Began = now.Add(-time.Duration(t.count)*24*time.Hour + 2*time.Hour)
	for {
		list, err := s.store.Kept(ctx, s.practice, which)
		if err != nil || len(list) == 0 {
			return err
		}
		for _, k := range list {
			which.After = k.Conversation
			due := t.ends(k.Last)
			if now.Before(due) {
				continue
			}
			if err := fn(k, due); err != nil {
				return err
			}
		}
	}
}

// days are counted by a practice's calendar.
type days struct {
	count int
	zone  *time.Location
}

func (t term) after(count int) days { return days{count, t.zone} }

// ends is the moment at which what was last touched then is kept no longer: so many days on, at the same time by the clock.
func (d days) ends(last time.Time) time.Time { return last.In(d.zone).AddDate(0, 0, d.count).UTC() }

func (s *Sweeper) term(ctx context.Context, hash string) (t term, err error) {
	if known, ok := s.terms[hash]; ok {
		return known, nil
	}
	var m *machine.Machine
	err = s.store.View(ctx, s.practice, func(r session.Reader) (err error) {
		m, err = session.MachineOf(r, hash)
		return err
	})
	if err != nil {
		return t, err
	}
	zone, err := time.LoadLocation(m.Practice.Timezone)
	if err != nil {
		return t, err
	}
	t = term{m.Session, zone}
	s.terms[hash] = t
	return t, nil
}
