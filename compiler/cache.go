package compiler

import "sync"

// cache makes each value once, however many flows ask for it at the same time. The zero cache is empty.
type cache[T any] struct {
	mu   sync.Mutex
	made map[string]func() T
}

func (c *cache[T]) get(key string, make func() T) T {
	c.mu.Lock()
	f, ok := c.made[key]
	if !ok {
		f = sync.OnceValue(make)
		if c.made == nil {
			c.made = map[string]func() T{}
		}
		c.made[key] = f
	}
	c.mu.Unlock()
	return f()
}
