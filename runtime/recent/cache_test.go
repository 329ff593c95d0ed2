package recent_test

import (
	"testing"

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
