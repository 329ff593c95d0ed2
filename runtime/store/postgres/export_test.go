package postgres

import "time"

// Impatient lets turns wait for the database no longer than this.
func (s *Store) Impatient(d time.Duration) { s.patience = d }
