// Package simulation lets patients, servers, a clock and a store that fails meet in every way one seed can bring about, in
// one process and in no time, and holds what comes of it against the promises of the runtime. The same seed is the same
// history, so that what went wrong can be looked at again (see Will Wilson, "Testing Distributed Systems w/ Deterministic
// Simulation", 2014). It is for tests and for drivers.
//
// Several servers share one store. A store call can fail before it is done or after, take the server with it, or let other
// requests, through other servers, come first. Patients repeat what they are not answered, repeat what they are, and
// reuse a name for something else. People take conversations, answer, give them back and close them. Each server takes out what is
// sent, to vendors and teams that fail before they have it or after. The clock jumps both ways.
package simulation

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/tacet-lang/tacet/runtime/engine"
	"github.com/tacet-lang/tacet/runtime/outbox"
	"github.com/tacet-lang/tacet/runtime/session"
	"github.com/tacet-lang/tacet/runtime/store/memory"
	"github.com/tacet-lang/tacet/runtime/vault"
)

// World is what is simulated.
type World struct {
	Flow  session.Flow
	Vault *vault.Vault // sealing is not simulated to fail
	Texts []string     // that patients write; a text can hold more words
	Way   []string     // that a patient writes who sends something to a vendor
	Sent  string       // the outcome of conversations that have sent something to a vendor, once each
}

// Figures say what a history held.
type Figures struct {
	Requests, Answers, Faults, Crashes, Conversations, Escalations int
	Acts, Releases                                                 int // of people
	Parcels, Calls, Twice                                          int // sent to vendors; to people; of both, what arrived again
}

// Add adds another history's figures.
func (f *Figures) Add(o Figures) {
	f.Requests, f.Answers, f.Faults, f.Crashes = f.Requests+o.Requests, f.Answers+o.Answers, f.Faults+o.Faults, f.Crashes+o.Crashes
	f.Conversations, f.Escalations = f.Conversations+o.Conversations, f.Escalations+o.Escalations
	f.Acts, f.Releases, f.Parcels, f.Calls, f.Twice = f.Acts+o.Acts, f.Releases+o.Releases, f.Parcels+o.Parcels, f.Calls+o.Calls, f.Twice+o.Twice
}

// Sizes of a history.
const (
	servers  = 3
	patients = 4 // at most
	steps    = 40
	depth    = servers - 1 // of requests that come first while another is on its way
)

// Run lives through one history and returns the first promise that was broken in it.
func Run(w World, seed uint64) (Figures, error) {
	r := rand.New(rand.NewPCG(seed, 0x7461636574))
	s := &history{
		World: w, rand: r, store: memory.New(), now: time.Date(2026, 3, 2, 15, 0, 0, 0, time.UTC),
		failing: r.IntN(4) * 4, crossing: r.IntN(4) * 8, arrived: map[string]int{},
	}
	for i := range servers {
		if err := s.boot(i); err != nil {
			return s.figures, err
		}
	}
	for range 1 + r.IntN(patients) {
		s.patients = append(s.patients, &patient{name: fmt.Sprintf("p%d", len(s.patients))})
	}
	for range steps {
		if err := s.step(0); err != nil {
			return s.figures, err
		}
	}
	s.failing, s.crossing = 0, 0
	if err := s.settle(); err != nil {
		return s.figures, err
	}
	return s.figures, s.judge()
}

// history is one run.
type history struct {
	World
	rand     *rand.Rand
	store    *memory.Store
	now      time.Time
	failing  int // calls of a hundred that fail
	crossing int // calls of a hundred that others come before
	hosts    [servers]*session.Host
	workers  [servers]*outbox.Worker
	busy     [servers]bool
	patients []*patient
	said     []*reply       // by people
	arrived  map[string]int // how often, by the name of the delivery
	figures  Figures
}

// Now implements session.Clock.
func (s *history) Now() time.Time { return s.now }

// Read is the randomness of servers.
func (s *history) Read(b []byte) (int, error) {
	for i := range b {
		b[i] = byte(s.rand.Uint32())
	}
	return len(b), nil
}

// boot starts a server that knows nothing but what is stored.
func (s *history) boot(i int) error {
	store := &faulty{s.store, s}
	worker, err := s.worker(store)
	if err != nil {
		return err
	}
	for {
		h, err := session.New(session.Options{
			Flows: []session.Flow{s.Flow}, Store: store, Vault: s.Vault, Clock: s, Random: s, Codes: codes{},
		})
		if !errors.Is(err, errFault) { // after which a server is started again
			s.hosts[i], s.workers[i] = h, worker
			return err
		}
	}
}

// codes can be sent anywhere.
type codes struct{}

func (codes) Accepts(string) bool                        { return true }
func (codes) Send(context.Context, string, string) error { return nil }

// patient holds conversations, one after the other.
type patient struct {
	name     string
	n        int // requests so far
	talk     string
	way      int      // how much of the world's way this conversation has taken
	open     *request // not answered yet
	answered []*request
}

// request is something a patient asks for, with what was answered.
type request struct {
	talk  string // empty: a start
	start session.Start
	post  session.Post
	reply session.Reply
}

// errFault is what a store that fails says.
var errFault = fmt.Errorf("%w: simulated", session.ErrUnavailable)

// step lets something happen.
func (s *history) step(deep int) error {
	host, ok := s.idle()
	if !ok {
		return nil
	}
	switch n := s.rand.IntN(100); {
	case n < 4:
		s.now = s.now.Add(time.Duration(s.rand.IntN(7200)-3600) * time.Second)
		return nil
	case n < 10:
		return s.tick(host)
	case n < 14 && deep == 0:
		s.figures.Crashes++
		return s.boot(host)
	case n < 22:
		return s.work(host)
	case n < 34:
		return s.staff(host)
	}
	s.now = s.now.Add(time.Duration(s.rand.IntN(90)) * time.Second)
	p := s.patients[s.rand.IntN(len(s.patients))]
	if len(p.answered) > 0 && s.rand.IntN(6) == 0 {
		return s.again(host, p.answered[s.rand.IntN(len(p.answered))])
	}
	return s.ask(host, p)
}

// idle picks a server that no request is under way in.
func (s *history) idle() (int, bool) {
	first := s.rand.IntN(servers)
	for i := range servers {
		if n := (first + i) % servers; !s.busy[n] {
			return n, true
		}
	}
	return 0, false
}

// within marks a server as busy while fn runs.
func (s *history) within(host int, fn func(*session.Host) error) error {
	s.busy[host] = true
	defer func() { s.busy[host] = false }()
	return fn(s.hosts[host])
}

func (s *history) tick(host int) error {
	return s.within(host, func(h *session.Host) error {
		failing, crossing := s.failing, s.crossing
		s.failing, s.crossing = 0, 0 // a sweep looks at several at once, in an order that no seed decides
		defer func() { s.failing, s.crossing = failing, crossing }()
		_, err := h.Tick(context.Background())
		return err
	})
}

// ask sends a patient's next request, or the one again that was not answered.
func (s *history) ask(host int, p *patient) error {
	if p.open == nil {
		p.open = s.next(p)
	}
	r := p.open
	s.figures.Requests++
	var got session.Reply
	err := s.within(host, func(h *session.Host) (err error) { got, err = s.send(h, r); return err })
	switch {
	case errors.Is(err, session.ErrUnavailable):
		return nil // asked again later
	case errors.Is(err, session.ErrUnauthorized), errors.Is(err, session.ErrOption):
		p.open, p.talk = nil, "" // over, or not on offer any more
		return nil
	case r.talk == "" && p.open != r && errors.Is(err, session.ErrConflict):
		return nil // it was answered, and its conversation went on, while this one was on its way
	case err != nil:
		return fmt.Errorf("%s asks %s: %w", p.name, describe(r), err)
	}
	if p.open != r { // somebody nested in this call was answered first
		return s.compare(r, got)
	}
	s.figures.Answers++
	r.reply, p.open = got, nil
	p.answered = append(p.answered, r)
	p.talk = got.ID
	if r.talk != "" {
		p.talk = r.talk
	}
	if got.Status.Control == engine.Closed || len(p.answered) > 12 && s.rand.IntN(4) == 0 {
		p.talk = ""
	}
	return nil
}

func (s *history) send(h *session.Host, r *request) (session.Reply, error) {
	if r.talk == "" {
		return h.Start(context.Background(), r.start)
	}
	return h.Post(context.Background(), r.talk, r.post)
}

// next decides what a patient asks for.
func (s *history) next(p *patient) *request {
	p.n++
	id := fmt.Sprintf("%s-%d-simulated-request", p.name, p.n)
	if p.talk == "" {
		p.way = 0
		n, _ := s.hosts[0].Notice(s.Flow.Machine.Flow.ID, "en")
		return &request{start: session.Start{Flow: s.Flow.Machine.Flow.ID, ClientID: id, Notice: n.Hash}}
	}
	post := session.Post{ClientID: id}
	switch n := s.rand.IntN(20); n {
	case 0:
		post.Human = true
	case 1:
		post.Lang = []string{"en", "es"}[s.rand.IntN(2)]
	case 2, 3, 4, 5, 6, 7:
		post.Text = s.Texts[s.rand.IntN(len(s.Texts))] + " " + mark(id)
	default:
		post.Text = s.Way[p.way%len(s.Way)] // without a mark: it must be understood as it is
		p.way++
	}
	return &request{talk: p.talk, post: post}
}

// mark is a word that only one request writes.
func mark(id string) string { return "(" + id + ")" }

// again repeats a request that was answered: as it was, or with another content under the same name.
func (s *history) again(host int, r *request) error {
	s.figures.Requests++
	other := s.rand.IntN(4) == 0 && r.talk != ""
	twin := *r
	if other {
		twin.post.Human, twin.post.Lang, twin.post.Text = false, "", "something else"
	}
	var got session.Reply
	err := s.within(host, func(h *session.Host) (err error) { got, err = s.send(h, &twin); return err })
	switch {
	case errors.Is(err, session.ErrUnavailable):
		return nil
	case other && errors.Is(err, session.ErrConflict), r.talk == "" && errors.Is(err, session.ErrConflict):
		return nil // a start cannot be repeated once the patient has said something
	case other:
		return fmt.Errorf("another request under the name of %s: %v, want %w", describe(r), err, session.ErrConflict)
	case err != nil:
		return fmt.Errorf("repeated %s: %w", describe(r), err)
	}
	return s.compare(r, got)
}

// compare holds a repeated answer against the first.
func (s *history) compare(r *request, got session.Reply) error {
	if r.reply.ID == "" {
		return nil // never answered before
	}
	if len(got.Messages) != len(r.reply.Messages) || got.Status != r.reply.Status {
		return fmt.Errorf("repeated %s is answered with %d messages and %+v, before with %d and %+v", describe(r), len(got.Messages), got.Status,
			len(r.reply.Messages), r.reply.Status)
	}
	for i := range got.Messages {
		if a, b := got.Messages[i], r.reply.Messages[i]; a.Seq != b.Seq || a.Text != b.Text || a.Author != b.Author || !a.At.Equal(b.At) {
			return fmt.Errorf("repeated %s is answered with message %+v, before with %+v", describe(r), a, b)
		}
	}
	return nil
}

func describe(r *request) string {
	if r.talk == "" {
		return "start " + r.start.ClientID
	}
	return fmt.Sprintf("post %s %q to %s", r.post.ClientID, r.post.Text, r.talk)
}
