package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/tacet-lang/tacet/cmd/tacet/heap"
	"github.com/tacet-lang/tacet/lang/machine"
	"github.com/tacet-lang/tacet/lang/text"
	"github.com/tacet-lang/tacet/runtime/engine"
	"github.com/tacet-lang/tacet/runtime/outbox"
	"github.com/tacet-lang/tacet/runtime/presence"
	"github.com/tacet-lang/tacet/runtime/retention"
	"github.com/tacet-lang/tacet/runtime/server"
	"github.com/tacet-lang/tacet/runtime/session"
)

type serveCmd struct {
	Dir         string        `arg:"" optional:"" help:"Folder of the practice; the current folder by default." default:"."`
	Addr        string        `help:"Address to listen on." default:"127.0.0.1:8080"`
	Secure      bool          `help:"Patients reach this server over TLS, which ends here or before."`
	Metrics     string        `help:"Address where figures are told to a monitoring system (Prometheus), at /metrics; patients must not reach it." placeholder:"ADDR"`
	Traces      string        `help:"Address that traces of requests are sent to (OpenTelemetry, OTLP over HTTP); else what OTEL_EXPORTER_OTLP_ENDPOINT says." placeholder:"URL"`
	Proxied     bool          `help:"A proxy stands before this server and says in X-Forwarded-For who sends a request."`
	NoLimits    bool          `help:"Do not limit how many requests may come: for measuring, or where something before the server limits."`
	Drain       time.Duration `help:"How long to say at /readyz that the server stops before it does." default:"0s"`
	Log         string        `help:"Form of the log: text or json." enum:"text,json" default:"text"`
	Practice    string        `help:"Serve what was deployed for the practice with this id, instead of what stands in its folder." placeholder:"ID"`
	Production  bool          `help:"Serve only what was approved with a trusted key; with --practice."`
	Trust       []string      `help:"PEM file with public keys whose approvals count in production." type:"path" sep:"none" placeholder:"FILE"`
	Connections string        `help:"File that says where vendors, teams and the mail server are (YAML); without it what is sent waits, parked." type:"existingfile" placeholder:"FILE"`
	dataFlags
	staffFlags
	tlsFlags
}

// Help shows examples.
func (serveCmd) Help() string {
	return `Examples:
  tacet serve lakeside
  tacet serve --addr 127.0.0.1:0 lakeside    any free port; the address is printed
  TACET_DATABASE_URL=postgres://… TACET_KEYS_URL=postgres://… tacet serve --master file:/run/master.key lakeside
                                             one of any number of servers over one PostgreSQL
  tacet serve --production --practice lakeside --trust dana.pub.pem --data practice.db
                                             what was deployed and approved, as it is deployed

One-time codes are printed in this terminal until a messaging vendor is connected.`
}

// Run serves until it is interrupted.
func (cmd *serveCmd) Run(con *console) error {
	if err := cmd.checkFlags(); err != nil {
		return err
	}
	var flows []session.Flow
	if cmd.Practice == "" {
		c, err := mustCompile(con, compiling{prove: time.Now()}, cmd.Dir)
		if err != nil {
			return err
		}
		if flows, err = programs(c); err != nil {
			return err
		}
	}
	data, err := cmd.open(con, cmd.Dir)
	if err != nil {
		return err
	}
	return errors.Join(cmd.run(con, data, flows), data.close())
}

func (cmd *serveCmd) checkFlags() error {
	if info, err := os.Stat(cmd.Dir); cmd.Practice == "" && err == nil && !info.IsDir() {
		return usage("`%s` is a file; name the folder of the practice, which is served as a whole", cmd.Dir)
	}
	switch {
	case cmd.Practice != "" && cmd.Data == "":
		return usage("say with --data where the practice's database is")
	case cmd.Production && cmd.Practice == "":
		return usage("in production only what was deployed is served: name the practice with --practice")
	case cmd.Production && len(cmd.Trust) == 0:
		return usage("in production only what was approved is served: name with --trust the public keys whose approvals count")
	case !cmd.Production && len(cmd.Trust) > 0:
		return usage("`--trust` goes with --production")
	}
	if err := cmd.checkTLS(); err != nil {
		return err
	}
	cmd.Secure = cmd.Secure || cmd.hasTLS()
	return cmd.check()
}

// run serves flows, or what is deployed, until it is interrupted.
func (cmd *serveCmd) run(con *console, d *data, flows []session.Flow) error {
	heap.Serve()
	log := cmd.logger(con)
	d.tellDamage(log)
	var from *deployed
	if cmd.Practice != "" {
		keys, err := trust(cmd.Trust)
		if err != nil {
			return err
		}
		from = &deployed{practice: cmd.Practice, store: d.store, trusted: keys, log: log, now: time.Now}
		if flows, err = from.flows(context.Background()); err != nil {
			return ioError(err)
		}
		if len(flows) == 0 {
			return usage("nothing that can be served is deployed for the practice `%s`; see `tacet deploy --help`", cmd.Practice)
		}
	}
	tracer, stopTraces, err := tracer(cmd.Traces, log)
	if err != nil {
		return err
	}
	defer stopTraces()
	l, err := net.Listen("tcp", cmd.Addr)
	if err != nil {
		return ioError(fmt.Errorf("cannot listen on %s: %w", cmd.Addr, err))
	}
	o := session.Options{Flows: flows, Store: d.store, Vault: d.vault, Log: log, Tracer: tracer, Codes: terminalCodes{con.out}}
	if from != nil {
		o.Load = from.admit
	}
	sweeper, err := retention.New(retention.Options{Practice: flows[0].Machine.Practice.ID, Store: d.store, Vault: d.vault, Log: log})
	if err != nil {
		return errors.Join(err, l.Close())
	}
	srv, worker, err := cmd.server(con, d, o, l.Addr())
	if err != nil {
		return errors.Join(err, l.Close())
	}
	go text.Prepare() // so that the first message does not wait for it
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	var beside errgroup.Group
	if from != nil {
		beside.Go(func() error { from.follow(ctx, srv.Offer); return nil })
	}
	beside.Go(func() error { return worker.Run(ctx) })
	beside.Go(func() error {
		followConnections(ctx, cmd.Connections, cmd.ownOrigin(l.Addr()), worker, log)
		return nil
	})
	beside.Go(func() error { return sweeper.Run(ctx) })
	if cmd.hasTLS() {
		over, err := cmd.overTLS(ctx, l, cmd.folder(cmd.Dir), log)
		if err != nil {
			stop()
			return errors.Join(err, beside.Wait(), l.Close())
		}
		l = over
	}
	err = cmd.serve(ctx, srv, l)
	stop() // also where it was not asked to
	if err = errors.Join(err, beside.Wait()); err != nil {
		return ioError(err)
	}
	return nil
}

// server makes the server that answers at an address, and says that it is open, and the worker that takes out what is sent.
func (cmd *serveCmd) server(con *console, d *data, o session.Options, at net.Addr) (*server.Server, *outbox.Worker, error) {
	_, port, err := net.SplitHostPort(at.String())
	if err != nil {
		return nil, nil, ioError(err)
	}
	practice := &o.Flows[0].Machine.Practice
	var srv *server.Server
	worker, err := cmd.worker(d, practice.ID, at, o, func() []*machine.Machine {
		if srv != nil {
			return srv.Flows()
		}
		return machines(o.Flows)
	})
	if err != nil {
		return nil, nil, err
	}
	staff, err := cmd.people(practice, d, port)
	if err != nil {
		return nil, nil, err
	}
	signs, _ := d.store.(presence.Relay) // only a store of several processes carries them
	srv, err = server.New(server.Options{
		Options: o, Secure: cmd.Secure, Shared: d.shared, Signs: signs, People: staff, Deliveries: worker,
		Limits: server.Limits{Off: cmd.NoLimits}, Proxied: cmd.Proxied, Drain: cmd.Drain,
		Rooms: server.Rooms{Releases: d.store, Holds: d.store, Disclosures: d.store, Incidents: d.store, Documents: writtenPolicies, Risks: assessedRisks},
	})
	if err != nil {
		return nil, nil, ioError(err)
	}
	cmd.announce(con, o.Flows, at)
	if err := announceSetUp(con, staff, cmd.address(at)); err != nil {
		return nil, nil, ioError(err)
	}
	return srv, worker, nil
}

// ownOrigin is where the server is reached, as far as it is told.
func (cmd *serveCmd) ownOrigin(at net.Addr) string {
	if origin := strings.TrimSuffix(cmd.Origin, "/"); origin != "" {
		return origin
	}
	_, port, err := net.SplitHostPort(at.String())
	if err != nil {
		panic("tacet: an address without a port: " + at.String()) // it is one that was listened on
	}
	return "http://localhost:" + port
}

// worker makes what takes out what is sent, and reads where everybody is.
func (cmd *serveCmd) worker(d *data, practice string, at net.Addr, o session.Options, flows func() []*machine.Machine) (*outbox.Worker, error) {
	c, err := readConnections(cmd.Connections, cmd.ownOrigin(at))
	if err != nil {
		return nil, err
	}
	w, err := newWorker(d, practice, flows, c, o.Log)
	if err != nil {
		return nil, ioError(err)
	}
	return w, nil
}

func machines(flows []session.Flow) []*machine.Machine {
	list := make([]*machine.Machine, len(flows))
	for i := range flows {
		list[i] = flows[i].Machine
	}
	return list
}

// serve answers patients, and beside them the monitoring system.
func (cmd *serveCmd) serve(ctx context.Context, srv *server.Server, l net.Listener) error {
	if cmd.Metrics == "" {
		return srv.Serve(ctx, l)
	}
	m, err := net.Listen("tcp", cmd.Metrics)
	if err != nil {
		return errors.Join(fmt.Errorf("cannot listen on %s: %w", cmd.Metrics, err), l.Close())
	}
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", srv.Figures())
	figures := &http.Server{Handler: mux, ReadHeaderTimeout: 5 * time.Second}
	go func() { _ = figures.Serve(m) }() // it ends with Close below
	return errors.Join(srv.Serve(ctx, l), figures.Close())
}

func (cmd *serveCmd) logger(con *console) *slog.Logger {
	if cmd.Log == "json" {
		return slog.New(slog.NewJSONHandler(con.err, nil))
	}
	return slog.New(slog.NewTextHandler(con.err, &slog.HandlerOptions{Level: slog.LevelWarn}))
}

func (cmd *serveCmd) announce(con *console, flows []session.Flow, addr net.Addr) {
	at := cmd.address(addr)
	fmt.Fprintf(con.out, "%s is open at %s\n", flows[0].Machine.Practice.Name, at)
	for _, f := range flows {
		fmt.Fprintf(con.out, "  %-28s %s/chat/%s\n", f.Machine.Flow.Name, at, f.Machine.Flow.ID)
	}
	fmt.Fprintln(con.out, "Stop with Ctrl-C.")
}

// programs loads the machines side by side.
func programs(c *compiled) ([]session.Flow, error) {
	out := make([]session.Flow, len(c.flows))
	var common engine.Shared
	var g errgroup.Group
	for i, f := range c.flows {
		g.Go(func() error {
			p, err := engine.LoadWith(f.Machine, engine.Options{Shared: &common})
			if err != nil {
				return fmt.Errorf("load %s: %w", f.path, err)
			}
			out[i] = session.Flow{Machine: f.Machine, Program: p}
			return nil
		})
	}
	return out, g.Wait()
}

// terminalCodes prints one-time codes for the person who runs the server, and never the address they are for.
type terminalCodes struct{ out io.Writer }

func (terminalCodes) Accepts(string) bool { return true }

func (t terminalCodes) Send(_ context.Context, _, code string) error {
	_, err := fmt.Fprintf(t.out, "one-time code: %s\n", code)
	return err
}
