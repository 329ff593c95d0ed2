package memory_test

import (
	"sync"
	"testing"

	"github.com/tacet-lang/tacet/runtime/outbox"
	"github.com/tacet-lang/tacet/runtime/outbox/outboxtest"
	"github.com/tacet-lang/tacet/runtime/session"
	"github.com/tacet-lang/tacet/runtime/store/memory"
	"github.com/tacet-lang/tacet/runtime/store/storetest"
)

func TestDeliveries(t *testing.T) {
	t.Parallel()
	outboxtest.Run(t, func(*testing.T) outboxtest.Opener {
		first := memory.New()
		return func(*testing.T) outbox.Store { return first.Again() }
	})
}

func TestStore(t *testing.T) {
	t.Parallel()
	var mu sync.Mutex
	open := map[string]*memory.Store{}
	storetest.Run(t, func(t *testing.T, name string) session.Store {
		t.Helper()
		mu.Lock()
		defer mu.Unlock()
		key := t.Name() + "/" + name
		if open[key] == nil {
			open[key] = memory.New()
			return open[key]
		}
		return open[key].Again()
	})
}
