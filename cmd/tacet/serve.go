package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/tacet-lang/tacet/runtime/engine"
	"github.com/tacet-lang/tacet/runtime/server"
	"github.com/tacet-lang/tacet/runtime/session"
)

// gcPercent lets a server's memory grow to five times what is in use before it is collected. That is some tens of
// megabytes, and a turn's garbage costs a tenth less of its time.
const gcPercent = 400

type serveCmd struct {
	Dir    string `arg:"" optional:"" help:"Folder of the practice; the current folder by default." default:"."`
	Addr   string `help:"Address to listen on." default:"127.0.0.1:8080"`
	Secure bool   `help:"Patients reach this server over TLS, which ends here or before."`
	dataFlags
}

// Help shows examples.
func (serveCmd) Help() string {
	return `Examples:
  tacet serve lakeside
  tacet serve --addr 127.0.0.1:0 lakeside    any free port; the address is printed
  TACET_DATABASE_URL=postgres://… TACET_KEYS_URL=postgres://… tacet serve --master file:/run/master.key lakeside
                                             one of any number of servers over one PostgreSQL

One-time codes are printed in this terminal until a messaging vendor is connected.`
}

// Run serves until it is interrupted.
func (cmd *serveCmd) Run(con *console) error {
	if info, err := os.Stat(cmd.Dir); err == nil && !info.IsDir() {
		return usage("`%s` is a file; name the folder of the practice, which is served as a whole", cmd.Dir)
	}
	if err := cmd.check(); err != nil {
		return err
	}
	c, err := mustCompile(con, compiling{prove: time.Now()}, cmd.Dir)
	if err != nil {
		return err
	}
	flows, err := programs(c)
	if err != nil {
		return err
	}
	data, err := cmd.open(con, cmd.Dir)
	if err != nil {
		return err
	}
	log := slog.New(slog.NewTextHandler(con.err, &slog.HandlerOptions{Level: slog.LevelWarn}))
	srv, err := server.New(server.Options{
		Options: session.Options{Flows: flows, Store: data.store, Vault: data.vault, Log: log, Codes: terminalCodes{con.out}},
		Secure:  cmd.Secure, Shared: data.shared,
	})
	if err != nil {
		return errors.Join(ioError(err), data.close())
	}
	l, err := net.Listen("tcp", cmd.Addr)
	if err != nil {
		return errors.Join(ioError(fmt.Errorf("cannot listen on %s: %w", cmd.Addr, err)), data.close())
	}
	cmd.announce(con, c, l.Addr())
	debug.SetGCPercent(gcPercent)
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := errors.Join(srv.Serve(ctx, l), data.close()); err != nil {
		return ioError(err)
	}
	return nil
}

func (cmd *serveCmd) announce(con *console, c *compiled, addr net.Addr) {
	fmt.Fprintf(con.out, "%s is open at http://%s\n", c.flows[0].Machine.Practice.Name, addr)
	for _, f := range c.flows {
		fmt.Fprintf(con.out, "  %-28s http://%s/chat/%s\n", f.Machine.Flow.Name, addr, f.Machine.Flow.ID)
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
