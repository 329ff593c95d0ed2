package session

import (
	"context"
	"fmt"

	"github.com/tacet-lang/tacet/lang/machine"
	"github.com/tacet-lang/tacet/runtime/engine"
)

// Offer lets new conversations start on these flows and on no others, in their order. It stores their machines first.
// Conversations under way end on the machine they started on, except those that a flow's moves lead to it.
func (h *Host) Offer(ctx context.Context, flows []Flow) error {
	current, order := map[string]*served{}, []string{}
	for _, f := range flows {
		s, err := h.prepare(f)
		if err != nil {
			return fmt.Errorf("flow %s: %w", f.Machine.Flow.ID, err)
		}
		canonical, err := f.Machine.Canonical()
		if err != nil {
			return err
		}
		if err := h.store.PutMachine(ctx, h.practice, s.hash, canonical); err != nil {
			return err
		}
		id := f.Machine.Flow.ID
		if current[id] == nil {
			order = append(order, id)
		}
		current[id] = s
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	h.current, h.order, h.moved = current, order, map[string]moving{}
	for _, s := range current {
		h.pinned[s.hash] = s
		s.moves(h.moved)
	}
	return nil
}

// offered returns the flow that new conversations start on; nil where there is none of that id.
func (h *Host) offered(flow string) *served {
	h.mu.RLock()
	defer h.mu.RUnlock()
	return h.current[flow]
}

// Flows lists the flows that new conversations can start on, in the order given.
func (h *Host) Flows() []*machine.Machine {
	h.mu.RLock()
	defer h.mu.RUnlock()
	list := make([]*machine.Machine, 0, len(h.order))
	for _, id := range h.order {
		list = append(list, h.current[id].Machine)
	}
	return list
}

// Ready returns nil if turns can be answered now.
func (h *Host) Ready(ctx context.Context) error {
	return h.store.View(ctx, h.practice, func(Reader) error { return nil })
}

// Urgent reports whether a text raises a trigger in a conversation, or may: what nobody can tell counts as urgent.
func (h *Host) Urgent(ctx context.Context, id, text string) bool {
	hd, err := h.cached(ctx, id)
	if err != nil {
		return true
	}
	flow, err := h.pinnedTo(ctx, hd.rec.Machine)
	if err != nil {
		return true
	}
	p, ok := flow.Program.(interface{ Reader() engine.Reader })
	return !ok || len(p.Reader().Read(text, "").Triggers()) > 0
}
