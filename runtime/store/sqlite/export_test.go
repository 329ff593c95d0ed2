package sqlite

import "time"

// Impatient lets turns wait for a disk no longer than this.
func Impatient(o Options, d time.Duration) Options {
	o.patience = d
	return o
}

// OnLayer puts a file layer below a store.
func OnLayer(o Options, name string) Options {
	o.layer = layer(name)
	return o
}

// OpenKeysOn is OpenKeys on the file layer of a store.
func OpenKeysOn(o Options, path string) (*Keys, error) { return openKeys(o.layer, path) }

// MaxBatch is how many updates share a commit.
const MaxBatch = maxBatch

// Patience is how long turns wait for the disk.
func (s *Store) Patience() time.Duration { return s.patience }
