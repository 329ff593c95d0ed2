// Package server answers patients over HTTP: a JSON API (spec/http-api.md) and a chat page (web/README.md) that works
// without scripts. It turns requests into session calls and their errors into statuses; it decides nothing itself.
package server

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"go.opentelemetry.io/otel/trace"
	"golang.org/x/sync/errgroup"

	"github.com/tacet-lang/tacet/runtime/people"
	"github.com/tacet-lang/tacet/runtime/presence"
	"github.com/tacet-lang/tacet/runtime/session"
)

// The limits of a request. An idle connection costs the client a new one, so they are generous to slow phones only.
const (
	headerTimeout = 5 * time.Second
	readTimeout   = 15 * time.Second
	writeTimeout  = 30 * time.Second
	idleTimeout   = 2 * time.Minute
	drainTimeout  = 10 * time.Second // of a shutdown
	maxHeader     = 16 << 10         // bytes
	maxBody       = 64 << 10         // bytes
	maxText       = 8 << 10          // bytes of one message
)

// Options wires a Server; see session.Options for most of it.
type Options struct {
	session.Options
	// Secure says that patients reach the server over TLS, which ends here or before: cookies are then never sent in the
	// clear, and browsers are told to insist.
	Secure bool
	// Shared says that other processes answer patients from the same store, so that what they do must be looked for.
	Shared bool
	// Signs carries who looks and who writes between these processes. nil: each knows only its own.
	Signs presence.Relay
	// People lets staff in. nil: the server has no calls for staff.
	People *people.Service
	Rooms  Rooms // what the compliance owner sees besides conversations
	Limits Limits
	// Deliveries is what vendors fetch. nil: the server has no call for vendors.
	Deliveries Deliveries
	// Proxied says that a proxy stands before the server, which says in X-Forwarded-For who sends a request.
	Proxied bool
	// Drain is how long the server says that it is not ready before it stops taking requests, so that load balancers notice.
	Drain time.Duration
}

// Server serves patients. Safe for concurrent use.
type Server struct {
	host       *session.Host
	log        *slog.Logger
	secure     bool
	shared     bool // other processes take turns too
	people     *people.Service
	rooms      Rooms
	repeats    sync.Map // veil: by *machine.Machine, the fields that its messages repeat
	limits     *limits
	proxied    bool
	drain      time.Duration
	figures    *figures
	tracer     trace.Tracer // or nil
	handler    http.Handler
	streams    streams
	deliveries Deliveries
	present    *presence.Desk
	looks      looks
	refusals   looks

	stopping atomic.Bool
}

// New returns a server. It fails on a machine that cannot be served.
func New(o Options) (*Server, error) {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	host, err := session.New(o.Options)
	if err != nil {
		return nil, err
	}
	s := &Server{host: host, log: o.Log, secure: o.Secure, people: o.People, rooms: o.Rooms, limits: newLimits(o.Limits), proxied: o.Proxied, drain: o.Drain}
	s.deliveries, s.tracer, s.shared = o.Deliveries, o.Tracer, o.Shared
	s.present = presence.New(host.Practice(), session.NewID(), o.Signs, host.Now)
	s.streams.closing = make(chan struct{})
	s.figures = newFigures(s)
	s.handler = s.protect(s.routes())
	return s, nil
}

// ServeHTTP implements http.Handler.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.handler.ServeHTTP(w, r) }

func (s *Server) routes() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "ok\n") })
	s.handle(mux, "GET /readyz", s.ready)
	s.register(mux, s.table())
	s.pages(mux)
	return mux
}

// handle registers what is counted.
func (s *Server) handle(mux *http.ServeMux, pattern string, h http.HandlerFunc) {
	mux.HandleFunc(pattern, s.figures.count(pattern, s.traced(pattern, h)))
}

// Offer lets new conversations start on these flows and on no others; see session.Host.Offer.
func (s *Server) Offer(ctx context.Context, flows []session.Flow) error {
	return s.host.Offer(ctx, flows)
}

// Serve answers on l until ctx is done, then lets the requests under way finish. It also ends conversations that fall
// silent. It closes l, not the store.
func (s *Server) Serve(ctx context.Context, l net.Listener) error {
	web := &http.Server{
		Handler: s, ReadHeaderTimeout: headerTimeout, ReadTimeout: readTimeout, WriteTimeout: writeTimeout,
		IdleTimeout: idleTimeout, MaxHeaderBytes: maxHeader, ErrorLog: slog.NewLogLogger(s.log.Handler(), slog.LevelDebug),
	}
	web.RegisterOnShutdown(s.streams.close)
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() error {
		if err := web.Serve(l); !errors.Is(err, http.ErrServerClosed) {
			return fmt.Errorf("serve: %w", err)
		}
		return nil
	})
	g.Go(func() error { return s.host.Run(ctx) })
	g.Go(func() error { return s.present.Run(ctx) })
	if s.shared {
		g.Go(func() error { return s.host.Follow(ctx) })
	}
	g.Go(func() error {
		<-ctx.Done()
		s.stop()
		drain, cancel := context.WithTimeout(context.WithoutCancel(ctx), drainTimeout)
		defer cancel()
		if err := web.Shutdown(drain); err != nil {
			return errors.Join(fmt.Errorf("shut down: %w", err), web.Close())
		}
		return nil
	})
	return g.Wait()
}

// stop says that the server is not ready any more, and waits until load balancers have noticed.
func (s *Server) stop() {
	s.stopping.Store(true)
	if s.drain <= 0 {
		return
	}
	passed, end := session.Every(s.drain)
	defer end()
	<-passed
}
