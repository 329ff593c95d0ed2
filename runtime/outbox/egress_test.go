package outbox_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/tacet-lang/tacet/lang/machine"
	"github.com/tacet-lang/tacet/runtime/connect"
	"github.com/tacet-lang/tacet/runtime/engine/enginetest"
	"github.com/tacet-lang/tacet/runtime/outbox"
)

// TestPermit: each way in which nothing may leave, on the day at which it would.
func TestPermit(t *testing.T) {
	t.Parallel()
	agreement := func(a *machine.Agreement) func(*machine.Machine) {
		return func(m *machine.Machine) { m.Practice.Vendors[0].Agreement = a }
	}
	for name, c := range map[string]struct {
		change func(*machine.Machine)
		why    string
	}{
		"none":           {agreement(nil), "there is no agreement"},
		"not signed yet": {agreement(&machine.Agreement{Signed: "2026-03-03", Effective: "2026-01-01"}), "not in force yet"},
		"not yet":        {agreement(&machine.Agreement{Signed: "2025-12-10", Effective: "2026-03-03"}), "not in force yet"},
		"ends today":     {agreement(&machine.Agreement{Signed: "2025-12-10", Effective: "2026-01-01", Expires: "2026-03-02"}), "has ended on 2026-03-02"},
		"of no day":      {agreement(&machine.Agreement{Signed: "soon", Effective: "2026-01-01"}), "not in force yet"},
		"class":          {func(m *machine.Machine) { m.Practice.Vendors[0].Classes = []string{"preference"} }, "may not hold the class contact"},
		"purpose":        {func(m *machine.Machine) { m.Practice.Vendors[0].Purposes = []string{"billing"} }, "does not serve the purpose scheduling"},
		"gone":           {func(m *machine.Machine) { m.Practice.Vendors[0].Name = "other" }, "names this vendor any more"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := build(t, outbox.Full, nil)
			h.book()
			in := h.today
			m := *in[0]
			m.Practice.Vendors = slices.Clone(m.Practice.Vendors)
			c.change(&m)
			h.today = []*machine.Machine{in[0], &m} // one flow that says no is enough
			if name == "gone" {
				h.today = []*machine.Machine{&m}
			}
			h.work()
			if got := h.world.sent(); len(got) != 0 {
				t.Fatalf("something left: %v", got)
			}
			h.wantState(outbox.Send, outbox.Parked, c.why)
			h.work()
			want := []string{"dana@lakeside.example"}
			if name == "ends today" {
				want = append(want, want[0]) // and of its end
			}
			if to := h.mail.to(); !slices.Equal(to, want) {
				t.Errorf("mail was sent to %v; want the compliance owner to be told, once", to)
			}
			// people have seen to it
			h.today = in
			if err := h.store.Requeue(ctx, "lakeside", h.row(outbox.Send).ID, h.clock.Now()); err != nil {
				t.Fatal(err)
			}
			h.work()
			h.wantState(outbox.Send, outbox.Delivered, "")
		})
	}
}

// implying is a flow that sends a vendor a part of the day, which needs no agreement, where one topic leads and others do not; and
// another vendor the same where all ways have met again. The topic is of the class.
func implying(m *machine.Machine, class string) {
	m.Policy.VendorFloor = "contact"
	m.Policy.Permits = append(m.Policy.Permits, machine.Permit{Class: "health"})
	m.Practice.Vendors[0].Classes = []string{"contact", "preference", "health"}
	m.Practice.Vendors = append(m.Practice.Vendors, machine.Vendor{Name: "news", Classes: []string{"preference"}, Purposes: []string{"scheduling"}})
	m.Fields[4].Class = class // topic
	m.Guards = append(m.Guards, machine.Guard{Source: `topic == "other"`, Reads: []string{"topic"}})
	enginetest.At(m, "contact/3").Edges = []machine.Edge{{Guard: enginetest.G(2), To: "tell"}, {To: "confirm"}}
	enginetest.At(m, "confirm").Do = append(enginetest.At(m, "confirm").Do, machine.Action{To: "news", Fields: []string{"part"}})
	enginetest.At(m, "booked").Do = enginetest.At(m, "booked").Do[1:]
	m.Locations = append(m.Locations, machine.Location{ID: "tell", State: "tell", Kind: machine.Auto,
		Do: []machine.Action{{To: "crm", Fields: []string{"part"}}}, Edges: []machine.Edge{{To: "confirm"}}})
	enginetest.Sort(m)
}

// TestAgreementForWhatIsImplied: a vendor that is told something only by being told at all is told nothing once the agreement with it
// has ended, or it may hold the class no more: also after a restart, and when people let what was parked be tried again. What tells
// nothing goes to a vendor without any agreement.
func TestAgreementForWhatIsImplied(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		class  string
		form   outbox.Form
		change func(*machine.Vendor)
		why    string
	}{
		"ended":                {"contact", outbox.Thin, func(v *machine.Vendor) { v.Agreement.Expires = "2026-03-02" }, "has ended on 2026-03-02"},
		"ended, upsert":        {"contact", outbox.Upsert, func(v *machine.Vendor) { v.Agreement.Expires = "2026-03-02" }, "has ended on 2026-03-02"},
		"gone":                 {"contact", outbox.Full, func(v *machine.Vendor) { v.Agreement = nil }, "there is no agreement"},
		"class":                {"health", outbox.Thin, func(v *machine.Vendor) { v.Classes = []string{"contact", "preference"} }, "may not hold the class health"},
		"nothing of the class": {"preference", outbox.Thin, func(v *machine.Vendor) { v.Agreement = nil }, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := build(t, c.form, func(m *machine.Machine, s *outbox.Settings) {
				implying(m, c.class)
				s.Vendors["news"] = outbox.Vendor{Endpoint: connect.Endpoint{URL: s.Vendors["crm"].URL, Secrets: []connect.Secret{secret(3)}}, Form: outbox.Thin}
			})
			h.write(h.patient(), "other", "1", patientName, "(212) 555-0187", "morning")
			in := h.today
			m := *in[0]
			m.Practice.Vendors = slices.Clone(m.Practice.Vendors)
			v := m.Practice.Vendors[0]
			agreement := *v.Agreement
			v.Agreement = &agreement
			c.change(&v)
			m.Practice.Vendors[0] = v
			h.today = []*machine.Machine{&m}
			var row outbox.Row
			for _, again := range []func(){func() {}, h.restart, func() {
				if err := h.store.Requeue(ctx, "lakeside", row.ID, h.clock.Now()); err != nil {
					t.Fatal(err)
				}
			}} {
				again()
				h.work()
				list, err := h.store.Deliveries(ctx, "lakeside", outbox.Filter{To: "crm", Kind: outbox.Send})
				if err != nil || len(list) != 1 {
					t.Fatalf("%d rows, %v", len(list), err)
				}
				row = list[0]
				if want := map[bool]outbox.State{true: outbox.Delivered, false: outbox.Parked}[c.why == ""]; row.State != want || !strings.Contains(row.Why, c.why) {
					t.Errorf("it is %s, %q; want %s, %q", row.State, row.Why, want, c.why)
				}
			}
			for _, r := range h.world.sent() {
				if c.why != "" && strings.Contains(r.body+r.path, row.ID) {
					t.Errorf("the vendor was sent %s %s", r.path, r.body)
				}
			}
			if news, err := h.store.Deliveries(ctx, "lakeside", outbox.Filter{To: "news", Kind: outbox.Send, State: outbox.Delivered}); err != nil || len(news) != 1 {
				t.Errorf("who is told where all ways have met was told %d times, %v", len(news), err)
			}
			if _, err := h.fetch(row.ID, secret(1)); c.why != "" && c.form != outbox.Upsert && !errors.Is(err, outbox.ErrWithheld) {
				t.Errorf("fetched: %v", err)
			}
			if c.why == "" {
				return
			}
			// people have seen to it
			h.today = in
			if err := h.store.Requeue(ctx, "lakeside", row.ID, h.clock.Now()); err != nil {
				t.Fatal(err)
			}
			h.work()
			if r, err := h.store.Delivery(ctx, "lakeside", row.ID); err != nil || r.State != outbox.Delivered {
				t.Errorf("with the agreement again it is %s, %q, %v", r.State, r.Why, err)
			}
			for _, e := range h.entries() {
				if e.Action == "egress.delivered" && e.Detail["vendor"] == "crm" && !strings.Contains(e.Detail["classes"], c.class) {
					t.Errorf("the trail does not say what it told: %v", e.Detail)
				}
			}
		})
	}
}

// TestAgreementForWhatIsAskedOnly: an answer that only some are asked for tells of the answer that decided so, and so does that it is
// missing: who may not hold that answer is told nothing of either.
func TestAgreementForWhatIsAskedOnly(t *testing.T) {
	t.Parallel()
	for topic, answers := range map[string][]string{
		"other":       {"1", patientName, "(212) 555-0187", "morning"},
		"rhinoplasty": {"1", patientName, "morning"},
	} {
		t.Run(topic, func(t *testing.T) {
			t.Parallel()
			h := build(t, outbox.Full, func(m *machine.Machine, _ *outbox.Settings) {
				implying(m, "health")
				enginetest.At(m, "contact").Edges = []machine.Edge{{Guard: enginetest.G(1), To: "contact/2"}, {To: "contact/3"}}
				enginetest.At(m, "contact/3").Edges = []machine.Edge{{To: "confirm"}}
				enginetest.At(m, "confirm").Do = []machine.Action{enginetest.At(m, "confirm").Do[0], {To: "crm", Fields: []string{"phone"}}}
			})
			m := *h.today[0]
			m.Practice.Vendors = slices.Clone(m.Practice.Vendors)
			m.Practice.Vendors[0].Classes = []string{"contact", "preference"} // since today
			h.today = []*machine.Machine{&m}
			h.write(h.patient(), append([]string{topic}, answers...)...)
			h.work()
			h.wantState(outbox.Send, outbox.Parked, "may not hold the class health")
			if got := h.world.sent(); len(got) != 0 {
				t.Errorf("the vendor was sent %v", got)
			}
		})
	}
}

// TestWhole: what the policy lets be collected under conditions only stands in no message.
func TestWhole(t *testing.T) {
	t.Parallel()
	for form, want := range map[outbox.Form]outbox.State{outbox.Thin: outbox.Delivered, outbox.Full: outbox.Parked, outbox.Upsert: outbox.Parked} {
		h := build(t, form, func(m *machine.Machine, _ *outbox.Settings) {
			m.Policy.Permits = []machine.Permit{{Class: "contact", Requires: []string{"consent"}}, {Class: "preference"}}
		})
		h.book()
		h.work()
		h.wantState(outbox.Send, want, "")
	}
}

func TestAgreementThatNeedsNone(t *testing.T) {
	t.Parallel()
	h := build(t, outbox.Full, func(m *machine.Machine, _ *outbox.Settings) {
		m.Policy.VendorFloor = "health"
		m.Practice.Vendors[0].Agreement = nil
	})
	h.book()
	h.work()
	h.wantState(outbox.Send, outbox.Delivered, "")
}

func TestUnknownVendor(t *testing.T) {
	t.Parallel()
	h := build(t, outbox.Thin, func(_ *machine.Machine, s *outbox.Settings) { s.Vendors = nil })
	h.book()
	h.work()
	h.wantState(outbox.Send, outbox.Parked, "how this vendor is reached")
}
