// Package wake wakes those who wait for news of something, by its name.
package wake

import (
	"maps"
	"slices"
	"sync"
)

// Hub knows who waits for what. It carries no news: who is woken looks for themselves, so a wake-up that is lost with a process loses
// nothing. The zero value is ready, and safe for concurrent use.
type Hub struct {
	mu   sync.Mutex
	subs map[string]map[chan struct{}]struct{}
}

// Watch returns a channel that receives after each Wake of a name, several of them at once, and a function to stop it.
func (h *Hub) Watch(name string) (news <-chan struct{}, stop func()) {
	c := make(chan struct{}, 1)
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.subs == nil {
		h.subs = map[string]map[chan struct{}]struct{}{}
	}
	if h.subs[name] == nil {
		h.subs[name] = map[chan struct{}]struct{}{}
	}
	h.subs[name][c] = struct{}{}
	return c, func() {
		h.mu.Lock()
		defer h.mu.Unlock()
		delete(h.subs[name], c)
		if len(h.subs[name]) == 0 {
			delete(h.subs, name)
		}
	}
}

// Watched lists the names that somebody waits for, in order.
func (h *Hub) Watched() []string {
	h.mu.Lock()
	defer h.mu.Unlock()
	return slices.Sorted(maps.Keys(h.subs))
}

// Wake wakes all who wait for a name.
func (h *Hub) Wake(name string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for c := range h.subs[name] {
		select {
		case c <- struct{}{}:
		default: // already woken
		}
	}
}
