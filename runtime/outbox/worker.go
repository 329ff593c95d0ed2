package outbox

import (
	"cmp"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"runtime/debug"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/tacet-lang/tacet/lang/machine"
	"github.com/tacet-lang/tacet/runtime/connect"
	"github.com/tacet-lang/tacet/runtime/recent"
	"github.com/tacet-lang/tacet/runtime/session"
	"github.com/tacet-lang/tacet/runtime/vault"
)

// Mailer sends one e-mail. *connect.Mailer implements it.
type Mailer interface {
	Send(ctx context.Context, to, subject, text string) error
}

// Options wires a Worker. Practice, Store, Vault and Flows are required.
type Options struct {
	Practice string
	Store    Store
	Vault    *vault.Vault
	// Flows lists the machines of the practice in service now: their facts decide what may leave.
	Flows    func() []*machine.Machine
	Settings Settings
	Client   *http.Client  // nil: connect.NewClient, which reaches public addresses only
	Mail     Mailer        // nil: no e-mail
	Clock    session.Clock // nil: the machine's
	Random   io.Reader     // nil: crypto/rand; spreads retries
	AtOnce   int           // rows that are tried at the same time; 0: 8
	Log      *slog.Logger  // nil: none
}

// Worker takes rows out. Safe for concurrent use.
type Worker struct {
	practice string
	store    Store
	vault    *vault.Vault
	flows    func() []*machine.Machine
	ways     atomic.Pointer[ways]
	clock    session.Clock
	random   io.Reader
	log      *slog.Logger
	zone     *time.Location
	atOnce   int
	machines *recent.Cache[string, *known] // by hash
	looked   atomic.Int64                  // the day on which agreements were looked at last
}

const (
	lease     = 2 * time.Minute // longer than a try may take
	tickEvery = time.Second
	atOnce    = 8
	keptOpen  = 64 // machines
)

// New returns a worker. It fails on settings that cannot be meant.
func New(o Options) (*Worker, error) {
	if o.Practice == "" || o.Store == nil || o.Vault == nil || o.Flows == nil {
		return nil, errors.New("outbox: a practice, a store, a vault and flows are needed")
	}
	w := &Worker{
		practice: o.Practice, store: o.Store, vault: o.Vault, flows: o.Flows,
		clock: o.Clock, random: o.Random, log: o.Log, zone: time.UTC, atOnce: cmp.Or(o.AtOnce, atOnce), machines: recent.New[string, *known](keptOpen),
	}
	if err := w.Use(o.Settings, o.Client, o.Mail); err != nil {
		return nil, err
	}
	if w.clock == nil {
		w.clock = session.SystemClock{}
	}
	if w.random == nil {
		w.random = rand.Reader
	}
	if w.log == nil {
		w.log = slog.New(slog.DiscardHandler)
	}
	if p := w.facts(); p != nil {
		zone, err := time.LoadLocation(p.Timezone)
		if err != nil {
			return nil, fmt.Errorf("time zone: %w", err)
		}
		w.zone = zone
	}
	return w, nil
}

// ways are how everybody is reached.
type ways struct {
	Settings
	client *http.Client
	mail   Mailer
}

// Use makes whatever is tried from now on go other ways, or changes nothing where the settings cannot be meant. A nil client reaches
// public addresses only, a nil mailer nobody.
func (w *Worker) Use(s Settings, client *http.Client, mail Mailer) error {
	if err := s.Check(); err != nil {
		return err
	}
	if client == nil {
		client = connect.NewClient()
	}
	w.ways.Store(&ways{s, client, mail})
	return nil
}

// facts are those of the practice as the first flow in service has them; nil where none is in service.
func (w *Worker) facts() *machine.Practice {
	if list := w.flows(); len(list) > 0 {
		return &list[0].Practice
	}
	return nil
}

// Run works until ctx is done.
func (w *Worker) Run(ctx context.Context) error {
	tick, stop := session.Every(tickEvery)
	defer stop()
	failing := false
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-tick:
		}
		_, err := w.Once(ctx)
		if err != nil && !failing && ctx.Err() == nil { // once: the next second brings the same
			w.log.ErrorContext(ctx, "outbox failed", "error", err)
		}
		failing = err != nil
	}
}

// Once makes alerts of what the trail and the calendar say and takes out what is due. It returns how many rows it tried.
func (w *Worker) Once(ctx context.Context) (int, error) {
	if err := w.follow(ctx); err != nil {
		return 0, err
	}
	if err := w.dates(ctx); err != nil {
		return 0, err
	}
	now := w.clock.Now().UTC()
	rows, err := w.store.Claim(ctx, w.practice, now, now.Add(lease), w.atOnce)
	if err != nil {
		return 0, err
	}
	var g errgroup.Group
	for _, r := range rows {
		g.Go(func() error { return w.try(ctx, r) })
	}
	return len(rows), g.Wait()
}

// try takes one row out. One that makes this process stumble must not take the process, and all others, with it.
func (w *Worker) try(ctx context.Context, r Row) (err error) {
	defer func() {
		if v := recover(); v != nil {
			w.log.ErrorContext(ctx, "panic", "delivery", r.ID, "type", fmt.Sprintf("%T", v), "stack", string(debug.Stack()))
			err = errFault
		}
		switch {
		case err == nil, ctx.Err() != nil, errors.Is(err, session.ErrUnavailable): // the lease ends, and it is tried again
		case errors.Is(err, ErrStale):
			err = nil // somebody else has it now
		default:
			w.log.ErrorContext(ctx, "delivery failed", "delivery", r.ID, "error", err)
			err = w.failed(ctx, r, connect.Result{Why: errFault.Error()}, nil)
		}
	}()
	switch r.Kind {
	case Send:
		return w.send(ctx, r)
	case Page:
		return w.page(ctx, r)
	case Alert:
		return w.alert(ctx, r)
	}
	return fmt.Errorf("delivery %s is of an unknown kind", r.ID)
}

// errFault stands for what is our own fault.
var errFault = errors.New("a fault of this program")

// finish stores what has become of a row, with an entry in the trail.
func (w *Worker) finish(ctx context.Context, r Row, action string, detail map[string]string) error {
	return w.store.Finish(ctx, r, w.entry(&r, action, detail))
}

func (w *Worker) entry(r *Row, action string, detail map[string]string) session.Entry {
	if detail == nil {
		detail = map[string]string{"delivery": r.ID}
	}
	return session.Entry{At: w.clock.Now().UTC(), Actor: "outbox", Action: action, Conversation: r.Conversation, Detail: detail}
}

// parked lays a row aside for people. They are told by an alert: where nothing is set up, that is every row there is.
func (w *Worker) parked(ctx context.Context, r Row, why string, detail map[string]string) error {
	r.State, r.Why = Parked, why
	w.log.DebugContext(ctx, "delivery parked", "delivery", r.ID, "to", r.To, "why", why)
	return w.finish(ctx, r, r.action("parked"), with(detail, r.ID, why))
}

// failed plans the next try, or gives up.
func (w *Worker) failed(ctx context.Context, r Row, last connect.Result, detail map[string]string) error {
	r.Tries++
	r.Why = last.Why
	wait, ok := connect.Next(r.Tries, w.spread(), last)
	if !ok {
		r.State = Dead
		w.log.ErrorContext(ctx, "delivery given up", "delivery", r.ID, "to", r.To, "why", r.Why)
		return w.finish(ctx, r, r.action("given-up"), with(detail, r.ID, r.Why))
	}
	r.Due = w.clock.Now().UTC().Add(wait)
	return w.finish(ctx, r, r.action("failed"), with(detail, r.ID, r.Why))
}

// action names what happened to a row, in the trail.
func (r *Row) action(what string) string {
	switch r.Kind {
	case Page:
		return "page." + what
	case Alert:
		return "alert." + what
	default:
		return "egress." + what
	}
}

func with(detail map[string]string, id, why string) map[string]string {
	out := map[string]string{"delivery": id, "why": why}
	for k, v := range detail {
		out[k] = v
	}
	return out
}

// spread keeps what failed together from being tried together again.
func (w *Worker) spread() int {
	var b [4]byte
	if _, err := io.ReadFull(w.random, b[:]); err != nil {
		return 0 // it only spreads
	}
	return int(binary.BigEndian.Uint32(b[:]) % 1000)
}

// endpoint names an address, so that one that wants nothing any more is known again, and another one is not.
func endpoint(url string) string {
	sum := sha256.Sum256([]byte(url))
	return hex.EncodeToString(sum[:16])
}
