package outbox_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tacet-lang/tacet/runtime/connect"
	"github.com/tacet-lang/tacet/runtime/outbox"
)

// TestHandOut gives out what was sent to a vendor, with an entry each, for as long as the vendor may have it and it is there.
func TestHandOut(t *testing.T) {
	t.Parallel()
	h := build(t, outbox.Thin, nil)
	id := h.book()
	h.work()
	gone := h.book()
	h.work()
	out := func(vendor string) (list []connect.Contact, withheld int) {
		t.Helper()
		list, withheld, err := h.worker.HandOut(ctx, outbox.Handout{Vendor: vendor, Form: outbox.CSV, By: "sam"})
		if err != nil {
			t.Fatal(err)
		}
		return list, withheld
	}
	list, withheld := out("crm")
	if len(list) != 2 || withheld != 0 {
		t.Fatalf("%d handed out, %d withheld", len(list), withheld)
	}
	want := connect.Field{Name: "name", Type: "name", Value: patientName}
	if d := cmp.Diff(want, list[0].Fields[0]); d != "" {
		t.Errorf("-want +got:\n%s", d)
	}
	if got := h.trail("egress.handed-out"); len(got) != 2 {
		t.Errorf("the trail says %v", got)
	}
	if list, _ := out("news"); len(list) != 0 {
		t.Errorf("another vendor is handed out %v", list)
	}
	tomorrow := outbox.Handout{Vendor: "crm", Form: outbox.CSV, By: "sam", From: h.clock.Now().AddDate(0, 0, 1)}
	if list, _, err := h.worker.HandOut(ctx, tomorrow); err != nil || len(list) != 0 {
		t.Errorf("since tomorrow: %v, %v", list, err)
	}
	h.erase(gone)
	if list, withheld := out("crm"); len(list) != 1 || withheld != 0 || list[0].ID[:len(id)] != id {
		t.Errorf("after an erasure: %v, %d withheld", list, withheld)
	}
	h.today[0].Practice.Vendors[0].Agreement.Expires = "2026-01-31"
	if list, withheld := out("crm"); len(list) != 0 || withheld != 1 {
		t.Errorf("after the agreement: %v, %d withheld", list, withheld)
	}
	if got := h.trail("egress.withheld"); len(got) != 1 {
		t.Errorf("the trail says %v", got)
	}
}
