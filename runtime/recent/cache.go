// Package recent remembers what was used lately, up to a bound.
package recent

import "sync"

// Cache maps keys to values and forgets one that was not used lately when it would hold more than its limit. Which one is
// found by the clock algorithm (Corbató 1968): looking a value up only marks it, and touches nothing but the value itself.
// Safe for concurrent use.
type Cache[K comparable, V any] struct {
	mu    sync.Mutex
	limit int
	byKey map[K]*entry[K, V]
	ring  []*entry[K, V] // those that are held, and places of those that were dropped; guarded by mu
	hand  int            // where in the ring it is decided next who is forgotten; guarded by mu
}

type entry[K comparable, V any] struct {
	key   K
	value V
	used  bool // since the hand came by
	idle  bool // since Age was called last
	held  bool
}

// New returns a cache of at most limit values, which is at least 1.
func New[K comparable, V any](limit int) *Cache[K, V] {
	return &Cache[K, V]{limit: max(limit, 1), byKey: map[K]*entry[K, V]{}}
}

// Get returns the value of a key and counts it as used.
func (c *Cache[K, V]) Get(key K) (value V, ok bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	e := c.byKey[key]
	if e == nil {
		return value, false
	}
	e.used, e.idle = true, false
	return e.value, true
}

// Put sets the value of a key.
func (c *Cache[K, V]) Put(key K, value V) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if e := c.byKey[key]; e != nil {
		e.value, e.used, e.idle = value, true, false
		return
	}
	e := &entry[K, V]{key: key, value: value, held: true}
	c.byKey[key] = e
	if len(c.ring) < c.limit {
		c.ring = append(c.ring, e)
		return
	}
	c.ring[c.free()] = e
}

// free returns a place in the ring, whose entry is forgotten. It ends within two rounds: the first leaves nobody marked.
func (c *Cache[K, V]) free() int {
	for {
		at := c.hand
		c.hand = (c.hand + 1) % len(c.ring)
		e := c.ring[at]
		if e.held && e.used {
			e.used = false
			continue
		}
		if e.held {
			delete(c.byKey, e.key)
		}
		return at
	}
}

// Drop forgets a key.
func (c *Cache[K, V]) Drop(key K) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if e := c.byKey[key]; e != nil {
		delete(c.byKey, key)
		*e = entry[K, V]{} // its place in the ring keeps nothing of it
	}
}

// Age forgets what was not used since it was called last. Called at regular times, it keeps nothing idle for more than two of them.
func (c *Cache[K, V]) Age() {
	c.mu.Lock()
	defer c.mu.Unlock()
	for key, e := range c.byKey {
		if e.idle {
			delete(c.byKey, key)
			*e = entry[K, V]{}
			continue
		}
		e.idle = true
	}
}

// Clear forgets everything.
func (c *Cache[K, V]) Clear() {
	c.mu.Lock()
	defer c.mu.Unlock()
	clear(c.byKey)
	c.ring, c.hand = nil, 0
}
