package session

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"slices"
	"sync"
	"time"
	_ "time/tzdata" // a practice's zone must resolve on hosts without a zone database

	"go.opentelemetry.io/otel/trace"

	"github.com/tacet-lang/tacet/lang/machine"
	"github.com/tacet-lang/tacet/runtime/engine"
	"github.com/tacet-lang/tacet/runtime/migration"
	"github.com/tacet-lang/tacet/runtime/recent"
	"github.com/tacet-lang/tacet/runtime/vault"
	"github.com/tacet-lang/tacet/runtime/wake"
)

// Errors of a Host. What a patient or a client is told for each is the server's business.
var (
	// ErrConflict says that a client id was used before, for another request.
	ErrConflict = errors.New("client id was used for another request")
	// ErrNotice says that the current privacy notice was not acknowledged.
	ErrNotice = errors.New("privacy notice not acknowledged")
	// ErrOption says that an option is not on offer, or that the flow does not speak a language.
	ErrOption = errors.New("not on offer")
	// ErrUnauthorized says that a token does not open the conversation, or no longer.
	ErrUnauthorized = errors.New("token does not open this conversation")
	// ErrUnserved says that the machine of a conversation cannot be loaded.
	ErrUnserved = errors.New("machine is not served here")
)

// Program is what a Host needs of a loaded machine; *engine.Program implements it.
type Program interface {
	New(id string) engine.Conversation
	Step(c engine.Conversation, e engine.Event) (engine.Conversation, []engine.Effect, error)
}

// CodeSender delivers one-time codes. Send is called after the turn that promised the code is durable.
type CodeSender interface {
	// Accepts reports whether codes can be sent to an address (an e-mail address, or a phone number in E.164).
	Accepts(address string) bool
	Send(ctx context.Context, address, code string) error
}

// Flow is a machine to be served, with the program that steps it, and how conversations on earlier versions move to it.
type Flow struct {
	Machine *machine.Machine
	Program Program
	Moves   []*migration.Move // those that lead elsewhere are ignored
}

// Options wires a Host. Flows, Store and Vault are required.
type Options struct {
	// Flows are what new conversations start on; of several with one flow id, on the last. They are of one practice.
	Flows []Flow
	Store Store
	Vault *vault.Vault // seals whatever is stored
	// Load makes a machine ready that is served no longer but has conversations: they end on the machine they started
	// on. nil: engine.Load. A caller that admits only certain machines refuses the others here.
	Load   func(*machine.Machine) (Program, error)
	Clock  Clock        // nil: SystemClock
	Random io.Reader    // nil: crypto/rand; ids, tokens, salts and codes
	Codes  CodeSender   // nil: no address can be reached
	Log    *slog.Logger // nil: none
	Tracer trace.Tracer // nil: no traces are made
}

// Host answers patients. Safe for concurrent use.
type Host struct {
	practice string
	store    Store
	vault    *vault.Vault
	clock    Clock
	random   io.Reader
	codes    CodeSender
	log      *slog.Logger
	tracer   trace.Tracer // or nil
	load     func(*machine.Machine) (Program, error)
	hub      wake.Hub // of conversations, woken after each turn
	heads    *recent.Cache[string, *head]
	turns    turns

	mu      sync.RWMutex
	pinned  map[string]*served // by machine hash; guarded by mu
	current map[string]*served // by flow id; guarded by mu
	order   []string           // flow ids as given; guarded by mu
	moved   map[string]moving  // by the hash of the machine moved from; guarded by mu
	failed  failures
}

// served is a flow with what is worked out once.
type served struct {
	Flow
	hash    string
	zone    *time.Location
	notices map[string]Notice // by language
	slots   bool              // it asks for appointments
}

// New returns a Host, having stored its machines. It fails on a machine whose time zone is unknown or whose notice
// cannot be shown.
func New(o Options) (*Host, error) {
	if len(o.Flows) == 0 || o.Store == nil || o.Vault == nil {
		return nil, errors.New("session: flows, a store and a vault are needed")
	}
	h := &Host{
		practice: o.Flows[0].Machine.Practice.ID,
		store:    o.Store, vault: o.Vault, clock: o.Clock, random: o.Random, codes: o.Codes, log: o.Log, load: o.Load,
		tracer: o.Tracer,
		heads:  recent.New[string, *head](headsKept),
		pinned: map[string]*served{}, current: map[string]*served{}, moved: map[string]moving{},
	}
	if h.clock == nil {
		h.clock = SystemClock{}
	}
	if h.random == nil {
		h.random = rand.Reader
	}
	if h.log == nil {
		h.log = slog.New(slog.DiscardHandler)
	}
	if h.load == nil {
		h.load = func(m *machine.Machine) (Program, error) { return engine.Load(m) }
	}
	for _, f := range o.Flows {
		if err := h.serve(f); err != nil {
			return nil, fmt.Errorf("flow %s: %w", f.Machine.Flow.ID, err)
		}
	}
	if err := h.vault.Prepare(context.Background(), h.practice); err != nil {
		return nil, fmt.Errorf("open keys: %w", err)
	}
	if err := h.keep(); err != nil {
		return nil, fmt.Errorf("keep machines: %w", err)
	}
	return h, nil
}

// keep stores the machines that are not stored yet, for whoever serves their conversations later.
func (h *Host) keep() error {
	ctx := context.Background()
	for _, hash := range slices.Sorted(maps.Keys(h.pinned)) {
		err := h.store.View(ctx, h.practice, func(r Reader) error {
			_, err := r.Machine(hash)
			return err
		})
		if err == nil {
			continue
		}
		if !errors.Is(err, ErrNotFound) {
			return err
		}
		canonical, err := h.pinned[hash].Machine.Canonical()
		if err != nil {
			return err
		}
		if err := h.store.PutMachine(ctx, h.practice, hash, canonical); err != nil {
			return err
		}
	}
	return nil
}

// serve lets new conversations start on a flow.
func (h *Host) serve(f Flow) error {
	s, err := h.prepare(f)
	if err != nil {
		return err
	}
	id := f.Machine.Flow.ID
	if h.current[id] == nil {
		h.order = append(h.order, id)
	}
	h.pinned[s.hash], h.current[id] = s, s
	s.moves(h.moved)
	return nil
}

// prepare works out what a flow needs once.
func (h *Host) prepare(f Flow) (*served, error) {
	if id := f.Machine.Practice.ID; id != h.practice {
		return nil, fmt.Errorf("it is of practice %s, the others are of %s", id, h.practice)
	}
	zone, err := time.LoadLocation(f.Machine.Practice.Timezone)
	if err != nil {
		return nil, fmt.Errorf("time zone: %w", err)
	}
	s := &served{Flow: f, hash: f.Program.New("").Machine, zone: zone, notices: map[string]Notice{}}
	s.slots = slices.ContainsFunc(f.Machine.Fields, func(f machine.Field) bool { return f.Type == "slot" })
	for _, lang := range f.Machine.Flow.Languages {
		if s.notices[lang], err = s.notice(lang, h.clock.Now()); err != nil {
			return nil, fmt.Errorf("notice in %s: %w", lang, err)
		}
	}
	return s, nil
}

// Watch returns a channel that receives after each turn of a conversation in this process, and a function to stop it.
// News of other processes arrives while Follow runs.
func (h *Host) Watch(id string) (<-chan struct{}, func()) { return h.hub.Watch(id) }
