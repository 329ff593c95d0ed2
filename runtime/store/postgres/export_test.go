package postgres

import (
	"context"
	"time"
)

// Impatient lets turns wait for the database no longer than this.
func (s *Store) Impatient(d time.Duration) { s.patience = d }

// Patience is how long turns wait for the database.
func (s *Store) Patience() time.Duration { return s.patience }

// Fits says whether a process with the clock may use the database.
func (s *Store) Fits(clock func() time.Time) error { return fits(context.Background(), s.pool, clock) }
