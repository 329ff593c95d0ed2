package simulation

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/tacet-lang/tacet/lang/machine"
	"github.com/tacet-lang/tacet/runtime/connect"
	"github.com/tacet-lang/tacet/runtime/outbox"
	"github.com/tacet-lang/tacet/runtime/session"
)

// worker makes what takes out what is sent, for one server. Every vendor and every team is reached by a webhook.
func (s *history) worker(store outbox.Store) (*outbox.Worker, error) {
	at := connect.Endpoint{
		URL:     "https://outside.example/",
		Secrets: []connect.Secret{connect.Secret("whsec_" + base64.StdEncoding.EncodeToString(bytes.Repeat([]byte{1}, 24)))},
	}
	settings := outbox.Settings{
		Origin: "https://inside.example", Vendors: map[string]outbox.Vendor{}, Teams: map[string]outbox.Contact{},
		Compliance: outbox.Contact{Hook: &at},
	}
	for i := range s.Flow.Machine.Practice.Vendors {
		settings.Vendors[s.Flow.Machine.Practice.Vendors[i].Name] = outbox.Vendor{Endpoint: at, Form: outbox.Full}
	}
	for _, t := range s.Flow.Machine.Practice.Teams {
		settings.Teams[t.Name] = outbox.Contact{Hook: &at}
	}
	return outbox.New(outbox.Options{
		Practice: s.Flow.Machine.Practice.ID, Store: store, Vault: s.Vault, Settings: settings, Clock: s, Random: s, AtOnce: 1,
		Client: &http.Client{Transport: outside{s}}, Flows: func() []*machine.Machine { return []*machine.Machine{s.Flow.Machine} },
	})
}

// outside is everybody who is sent something.
type outside struct{ *history }

// RoundTrip implements http.RoundTripper: what is sent may not arrive, arrive and not be answered, or be refused.
func (o outside) RoundTrip(r *http.Request) (*http.Response, error) {
	status := http.StatusOK
	switch {
	case o.failing > 0 && o.rand.IntN(5) == 0:
		status = http.StatusInternalServerError
	default:
		f := o.fault()
		if f == before {
			return nil, errors.New("not reached")
		}
		o.arrive(r.Header.Get("webhook-id"))
		if f == after {
			return nil, errors.New("no answer")
		}
	}
	return &http.Response{StatusCode: status, Header: http.Header{}, Body: io.NopCloser(strings.NewReader("")), Request: r}, nil
}

func (o outside) arrive(id string) {
	o.arrived[id]++
	if o.arrived[id] > 1 {
		o.figures.Twice++
	}
}

// work lets a server take out what is due.
func (s *history) work(host int) error {
	return s.within(host, func(*session.Host) error {
		_, err := s.workers[host].Once(context.Background())
		if errors.Is(err, session.ErrUnavailable) {
			return nil
		}
		return err
	})
}

// settle works until everything has had its chance to arrive.
func (s *history) settle() error {
	for range 6 {
		s.now = s.now.Add(12 * time.Hour)
		for range 20 {
			n, err := s.workers[0].Once(context.Background())
			if err != nil {
				return err
			}
			if n == 0 {
				break
			}
		}
	}
	return s.judgeArrived()
}

// judgeArrived checks that everything that was to arrive has, that nothing else did, and that no parcel left without its entry in
// the trail.
func (s *history) judgeArrived() error {
	practice := s.Flow.Machine.Practice.ID
	rows, err := s.store.Deliveries(context.Background(), practice, outbox.Filter{Limit: 1 << 20})
	if err != nil {
		return err
	}
	begun, err := s.begun(practice)
	if err != nil {
		return err
	}
	known := map[string]bool{}
	for i := range rows {
		r := &rows[i]
		known[r.ID] = true
		switch r.Kind {
		case outbox.Send:
			s.figures.Parcels++
			if r.State != outbox.Delivered || s.arrived[r.ID] == 0 {
				return fmt.Errorf("parcel %s is %s, and arrived %d times", r.ID, r.State, s.arrived[r.ID])
			}
			if s.arrived[r.ID] > begun[r.ID] {
				return fmt.Errorf("parcel %s arrived %d times, and the trail has %d entries of it", r.ID, s.arrived[r.ID], begun[r.ID])
			}
		case outbox.Page:
			s.figures.Calls++
		case outbox.Alert:
		}
	}
	for id := range s.arrived {
		call := id[:max(0, strings.LastIndexByte(id, '-'))] // of which each rung has its number
		if !known[id] && !known[call] {
			return fmt.Errorf("%s arrived, and nothing says that it was to", id)
		}
	}
	return nil
}

// judgeCalled checks that people were called to a conversation that waits.
func (s *history) judgeCalled(id string) error {
	practice := s.Flow.Machine.Practice.ID
	var st session.Standing
	err := s.store.View(context.Background(), practice, func(r session.Reader) (err error) {
		st, err = r.Standing(id)
		return err
	})
	if err != nil {
		return err
	}
	for call := range s.arrived { // whoever could not be reached, the next one was
		if strings.HasPrefix(call, outbox.PageID(id, st.Epoch)+"-") {
			return nil
		}
	}
	return errors.New("it waits, and nobody was called")
}

// begun counts the entries of the trail that say that a parcel leaves.
func (s *history) begun(practice string) (map[string]int, error) {
	out := map[string]int{}
	err := s.store.View(context.Background(), practice, func(r session.Reader) error {
		entries, err := r.Audit(0, 1<<20)
		for i := range entries {
			if e := &entries[i]; e.Action == "egress.begun" {
				out[e.Detail["delivery"]]++
			}
		}
		return err
	})
	return out, err
}

// judgeParcels checks that a conversation that has sent something has sent it once.
func (s *history) judgeParcels(id string, is session.Status) error {
	rows, err := s.store.Deliveries(context.Background(), s.Flow.Machine.Practice.ID, outbox.Filter{Kind: outbox.Send, Limit: 1 << 20})
	if err != nil {
		return err
	}
	n := 0
	for i := range rows {
		if rows[i].Conversation == id {
			n++
		}
	}
	if want := is.Outcome == s.Sent; want != (n == 1) || n > 1 {
		return fmt.Errorf("it ended as %q, and %d parcels were sent", is.Outcome, n)
	}
	return nil
}
