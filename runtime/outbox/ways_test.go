package outbox_test

import (
	"strings"
	"testing"
	"time"

	"github.com/tacet-lang/tacet/lang/machine"
	"github.com/tacet-lang/tacet/runtime/connect"
	"github.com/tacet-lang/tacet/runtime/outbox"
)

// TestParkedIsToldDaily: where nothing says how a vendor is reached every parcel is parked, and the compliance owner hears of it once
// on a day of the practice.
func TestParkedIsToldDaily(t *testing.T) {
	t.Parallel()
	h := build(t, outbox.Thin, func(_ *machine.Machine, s *outbox.Settings) { s.Vendors = nil })
	told := func() (n int) {
		for _, letter := range h.mail.got {
			if strings.Contains(letter, "egress.parked") {
				n++
			}
		}
		return n
	}
	for range 5 {
		h.book()
		h.work()
		h.clock.Move(10 * time.Minute)
	}
	if n := told(); n != 1 {
		t.Errorf("five parcels of a day are told %d times", n)
	}
	h.clock.Move(24 * time.Hour)
	h.book()
	h.work()
	if n := told(); n != 2 {
		t.Errorf("on the second day they are told %d times in all, want 2", n)
	}
}

// TestUse: a vendor that is told of while the worker runs is sent what comes from then on, and what was parked when somebody says so;
// settings that cannot be meant change nothing.
func TestUse(t *testing.T) {
	t.Parallel()
	h := build(t, outbox.Thin, nil)
	vendors := h.settings.Vendors
	h.settings.Vendors = nil
	if err := h.worker.Use(h.settings, h.world.client, h.mail); err != nil {
		t.Fatal(err)
	}
	h.book()
	h.work()
	h.wantState(outbox.Send, outbox.Parked, "nothing says how this vendor is reached")
	wrong := h.settings
	wrong.Vendors = map[string]outbox.Vendor{"crm": {Form: outbox.Thin, Endpoint: connect.Endpoint{URL: "http://plain.example"}}}
	if err := h.worker.Use(wrong, h.world.client, h.mail); err == nil {
		t.Error("a vendor without TLS is taken")
	}
	h.settings.Vendors = vendors
	if err := h.worker.Use(h.settings, h.world.client, h.mail); err != nil {
		t.Fatal(err)
	}
	h.book()
	h.work()
	list, err := h.store.Deliveries(ctx, "lakeside", outbox.Filter{Kind: outbox.Send, State: outbox.Delivered})
	if err != nil || len(list) != 1 {
		t.Errorf("%d parcels are delivered, %v; want the second", len(list), err)
	}
}
