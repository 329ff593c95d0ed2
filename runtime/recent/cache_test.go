package recent_test

import (
	"testing"

	"pgregory.net/rapid"

	"github.com/tacet-lang/tacet/runtime/recent"
)

func TestCacheForgetsWhatWasNotUsed(t *testing.T) {
	t.Parallel()
	c := recent.New[string, int](2)
	c.Put("a", 1)
	c.Put("b", 2)
	c.Put("a", 3)
	c.Put("c", 4)
	for key, want := range map[string]int{"a": 3, "b": 0, "c": 4} {
		if got, ok := c.Get(key); got != want || ok != (want != 0) {
			t.Errorf("Get(%q) = %d, %v, want %d", key, got, ok, want)
		}
	}
	c.Drop("a")
	c.Drop("a")
	if _, ok := c.Get("a"); ok {
		t.Error("a dropped key is there")
	}
	c.Clear()
	if _, ok := c.Get("c"); ok {
		t.Error("something is left after Clear")
	}
}

func TestCacheAges(t *testing.T) {
	t.Parallel()
	c := recent.New[string, int](3)
	c.Put("idle", 1)
	c.Put("used", 2)
	c.Age()
	c.Get("used")
	c.Put("new", 3)
	c.Age()
	for key, want := range map[string]int{"idle": 0, "used": 2, "new": 3} {
		if got, ok := c.Get(key); got != want || ok != (want != 0) {
			t.Errorf("Get(%q) = %d, %v, want %d", key, got, ok, want)
		}
	}
	for _, key := range []string{"x", "y", "z"} { // the places of what was forgotten are free
		c.Put(key, 4)
	}
	if got, ok := c.Get("z"); got != 4 || !ok {
		t.Errorf("Get after Age = %d, %v", got, ok)
	}
}

// TestCacheHoldsItsLimit compares a cache with a map: it never holds more than its limit, what was dropped, or a wrong value.
func TestCacheHoldsItsLimit(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		limit := rapid.IntRange(1, 5).Draw(t, "limit")
		c, want := recent.New[int, int](limit), map[int]int{}
		for step := range rapid.IntRange(0, 60).Draw(t, "steps") {
			key := rapid.IntRange(0, 8).Draw(t, "key")
			switch rapid.SampledFrom([]string{"put", "put", "get", "drop", "age"}).Draw(t, "does") {
			case "put":
				c.Put(key, step)
				want[key] = step
				if got, ok := c.Get(key); !ok || got != step {
					t.Fatalf("step %d: what was put is %d, %v", step, got, ok)
				}
			case "get":
				if got, ok := c.Get(key); ok && got != want[key] {
					t.Fatalf("step %d: %d has %d, want %d", step, key, got, want[key])
				}
			case "age":
				c.Age()
			case "drop":
				c.Drop(key)
				delete(want, key)
				if _, ok := c.Get(key); ok {
					t.Fatalf("step %d: %d is there, and was dropped", step, key)
				}
			}
			held := 0
			for k := range 9 {
				if _, ok := c.Get(k); ok {
					held++
				}
			}
			if held > limit {
				t.Fatalf("step %d: %d values are held, limit %d", step, held, limit)
			}
		}
	})
}
