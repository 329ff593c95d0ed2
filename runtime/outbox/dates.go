package outbox

import (
	"context"
	"time"
)

// dates makes alerts of what falls on a date: agreements that end, and reviews that are due. A process looks once a day; the alerts have
// names of their own, of which a store keeps the first, so each is told once however many processes look.
func (w *Worker) dates(ctx context.Context) error {
	now := w.clock.Now().In(w.zone)
	y, m, d := now.Date()
	today := time.Date(y, m, d, 0, 0, 0, 0, time.UTC)
	if w.looked.Swap(today.Unix()) == today.Unix() {
		return nil
	}
	err := w.tellDates(ctx, now, today)
	if err != nil {
		w.looked.Store(0) // look again
	}
	return err
}

func (w *Worker) tellDates(ctx context.Context, now, today time.Time) error {
	due, err := w.reviews(ctx, now)
	if err != nil {
		return err
	}
	alerts := append(w.agreements(today), due...)
	if len(alerts) == 0 {
		return nil
	}
	for i := range alerts {
		r := &alerts[i]
		r.Practice, r.Kind, r.At, r.Due, r.State = w.practice, Alert, now.UTC(), now.UTC(), Queued
	}
	at, err := w.store.Followed(ctx, w.practice)
	if err != nil {
		return err
	}
	return w.store.Follow(ctx, w.practice, at, at, alerts)
}
