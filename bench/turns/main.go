// Command turns measures how many turns of the reference conversation a server answers, side by side in one run: tacet,
// durable; tacet without sealing and audit trail, for what these cost; a bare net/http server; the same with one sealed row a turn;
// one, two and four processes of tacet over one private PostgreSQL; and, where Node is, XState behind fastify, in memory and durable.
//
//	go run ./bench/turns                        all of them, 64 conversations at once
//	go run ./bench/turns -at-once 1             a lone patient
//	go run ./bench/turns -only tacet,floor -rounds 1
//	go run ./bench/turns -only postgres         1, 2 and 4 processes
//	go run ./bench/turns -soak 30m -rate 50     one server for half an hour, and what grows
//
// A conversation is eight turns, its start included, on one kept-alive connection, and every reply is compared. Server and
// driver share the machine. It judges nothing: figures depend on the machine, ratios less.
package main

import (
	"bufio"
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/tacet-lang/tacet/runtime/store/postgrestest"
)

type options struct {
	atOnce, rounds int
	each           time.Duration
	only           []string
	binary         string // of tacet; "": it is built
	soak           time.Duration
	rate           float64 // of the soak, turns a second
	dir            string  // what is built and stored here is removed at the end
	postgres       *postgrestest.Server
}

func main() {
	var o options
	flag.IntVar(&o.atOnce, "at-once", 64, "conversations at once")
	flag.IntVar(&o.rounds, "rounds", 3, "rounds; every server is measured once in each")
	flag.DurationVar(&o.each, "each", 5*time.Second, "how long each server is measured in a round")
	only := flag.String("only", "", "servers to measure, by comma: tacet, tacet-bare, floor, raw, postgres, xstate, xstate-durable")
	flag.StringVar(&o.binary, "tacet", "", "measure this program instead of building one")
	flag.DurationVar(&o.soak, "soak", 0, "measure for how long memory, goroutines and files stay what they are, instead")
	flag.Float64Var(&o.rate, "rate", 50, "turns a second of -soak")
	peer := flag.Bool("serve-peer", false, "be a peer (the driver starts them itself)")
	database := flag.String("database", "", "of the peer")
	flag.Parse()
	if *peer {
		fail(servePeer(*database))
	}
	if *only != "" {
		o.only = strings.Split(*only, ",")
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	fail(run(ctx, o))
}

func fail(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, "turns:", err)
		os.Exit(2)
	}
}

func run(ctx context.Context, o options) (err error) {
	if o.dir, err = os.MkdirTemp("", "tacet-turns-"); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(o.dir)) }()
	if _, err := os.Stat("bench/turns/practice"); err != nil {
		return fmt.Errorf("run it from the root of the repository: %w", err)
	}
	if o.soak > 0 {
		return o.runSoak(ctx)
	}
	servers, err := o.servers()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, o.closePostgres()) }()
	results := make([]result, len(servers))
	for range o.rounds {
		for i, s := range servers {
			r, err := o.measure(ctx, s)
			if err != nil {
				return fmt.Errorf("%s: %w", s.name, err)
			}
			results[i].rounds = append(results[i].rounds, r)
		}
	}
	report(servers, results)
	return nil
}

// server is how to start one; each start has an empty database.
type server struct {
	name      string
	command   func(database string) []string
	port      *regexp.Regexp // finds its port in what it prints
	notice    bool           // it wants the privacy notice acknowledged
	processes int            // over one database; 0 means 1
	postgres  bool           // over PostgreSQL, and the name of a database is given to command
}

// tacetBare is tacet without sealing and audit trail.
const tacetBare = "tacet-bare"

var (
	anyPort   = regexp.MustCompile(`^(\d+)$`)
	tacetPort = regexp.MustCompile(`http://127\.0\.0\.1:(\d+)$`)
)

func (o *options) servers() ([]server, error) {
	over := func(program string) func(string) []string {
		return func(db string) []string {
			return []string{program, "serve", "--no-limits", "--addr", "127.0.0.1:0", "--data", db, "bench/turns/practice"}
		}
	}
	list := []server{
		{name: "tacet", port: tacetPort, notice: true, command: over(o.tacet())},
		{name: tacetBare, port: tacetPort, notice: true, command: over(o.bare())},
		{name: "floor", port: anyPort, command: func(string) []string { return peerOf("") }},
		{name: "raw", port: anyPort, command: peerOf},
		{name: "postgres", port: tacetPort, notice: true, postgres: true, processes: 1, command: o.overPostgres},
		{name: "postgres-2", port: tacetPort, notice: true, postgres: true, processes: 2, command: o.overPostgres},
		{name: "postgres-4", port: tacetPort, notice: true, postgres: true, processes: 4, command: o.overPostgres},
		{name: "xstate", port: anyPort, command: func(string) []string { return o.node("") }},
		{name: "xstate-durable", port: anyPort, command: o.node},
	}
	list = slices.DeleteFunc(list, func(s server) bool {
		return len(o.only) > 0 && !slices.ContainsFunc(o.only, func(n string) bool { return s.name == n || s.postgres && n == "postgres" })
	})
	has := func(prefix string) bool {
		return slices.ContainsFunc(list, func(s server) bool { return strings.HasPrefix(s.name, prefix) })
	}
	if has(tacetBare) {
		if err := o.buildBare(); err != nil {
			return nil, err
		}
	}
	if has("tacet") || has("postgres") {
		if err := o.build(); err != nil {
			return nil, err
		}
	}
	if has("postgres") {
		var err error
		if o.postgres, err = postgrestest.Launch(); err != nil {
			fmt.Fprintln(os.Stderr, "turns: PostgreSQL is left out (Debian: postgresql):", err)
			list = slices.DeleteFunc(list, func(s server) bool { return s.postgres })
		}
	}
	if has("xstate") {
		if err := o.install(); err != nil {
			fmt.Fprintln(os.Stderr, "turns: XState is left out; it needs Node 20 with npm (Debian: nodejs, npm) and a network:", err)
			list = slices.DeleteFunc(list, func(s server) bool { return strings.HasPrefix(s.name, "xstate") })
		}
	}
	if len(list) == 0 {
		return nil, errors.New("nothing to measure")
	}
	return list, nil
}

func (o *options) tacet() string { return cmp.Or(o.binary, filepath.Join(o.dir, "tacet")) }

func (o *options) build() error {
	if o.binary != "" {
		return nil
	}
	if out, err := exec.Command("go", "build", "-o", o.tacet(), "./cmd/tacet").CombinedOutput(); err != nil {
		return fmt.Errorf("build: %w\n%s", err, out)
	}
	return nil
}

// install brings the XState peer with its modules, once for all runs: npm compiles SQLite.
func (o *options) install() error {
	dir, err := nodeDir()
	if err != nil {
		return err
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	for _, name := range []string{"package.json", "server.mjs"} {
		b, err := os.ReadFile(filepath.Join("bench/turns/xstate", name))
		if err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(dir, name), b, 0o644); err != nil {
			return err
		}
	}
	cmd := exec.Command("npm", "install", "--no-audit", "--no-fund", "--silent")
	cmd.Dir = dir
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("npm install: %w\n%s", err, out)
	}
	return nil
}

func nodeDir() (string, error) {
	cache, err := os.UserCacheDir()
	return filepath.Join(cache, "tacet-bench-xstate"), err
}

func (o *options) node(database string) []string {
	dir, err := nodeDir()
	if err != nil {
		panic(err) // install asked for it before
	}
	args := []string{"node", filepath.Join(dir, "server.mjs"), "bench/turns/phrases.txt"}
	if database != "" {
		args = append(args, database)
	}
	return args
}

// measure starts a server, warms it up for a second, and counts turns.
func (o *options) measure(ctx context.Context, s server) (round, error) {
	dir, err := os.MkdirTemp(o.dir, "db-")
	if err != nil {
		return round{}, err
	}
	database := filepath.Join(dir, "turns.db")
	if s.postgres {
		if database, err = o.newDatabase(filepath.Base(dir)); err != nil {
			return round{}, err
		}
	}
	var started []*running
	defer func() {
		for _, p := range started {
			p.kill()
		}
	}()
	for range max(s.processes, 1) {
		p, err := s.start(ctx, database)
		if err != nil {
			return round{}, err
		}
		started = append(started, p)
	}
	patients, hangUp, err := s.patients(started, o.atOnce)
	defer hangUp()
	if err != nil {
		return round{}, err
	}
	if _, err := drive(ctx, patients, time.Second); err != nil {
		return round{}, err
	}
	before := cpu(started)
	r, err := drive(ctx, patients, o.each)
	if err == nil {
		r.cpu = (cpu(started) - before) / time.Duration(r.turns)
	}
	return r, err
}

// running is a server that answers.
type running struct {
	cmd  *exec.Cmd
	addr string
}

func (p *running) kill() {
	_ = p.cmd.Process.Kill()
	_ = p.cmd.Wait() // it was killed
}

func (s *server) start(ctx context.Context, database string) (*running, error) {
	args := s.command(database)
	p := &running{cmd: exec.CommandContext(ctx, args[0], args[1:]...)}
	out, err := p.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	var complaints bytes.Buffer
	p.cmd.Stderr = &complaints
	if err := p.cmd.Start(); err != nil {
		return nil, err
	}
	if p.addr, err = s.address(out); err != nil {
		p.kill()
		return nil, fmt.Errorf("%w\n%s", err, complaints.String())
	}
	return p, nil
}

// patients dials so many patients, shared out among servers.
func (s *server) patients(servers []*running, n int) (list []*patient, hangUp func(), err error) {
	hangUp = func() {
		for _, p := range list {
			_ = p.c.conn.Close()
		}
	}
	notice := ""
	if s.notice {
		if notice, err = shownNotice(servers[0].addr); err != nil {
			return nil, hangUp, err
		}
	}
	for i := range n {
		c, err := dial(servers[i%len(servers)].addr)
		if err != nil {
			return nil, hangUp, err
		}
		list = append(list, &patient{c: c, notice: notice, number: i})
	}
	return list, hangUp, nil
}

// address waits for the server to say where it listens.
func (s *server) address(out io.Reader) (string, error) {
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		if m := s.port.FindStringSubmatch(lines.Text()); m != nil {
			go func() { _, _ = io.Copy(io.Discard, out) }() // so that it never waits for us to read
			return "127.0.0.1:" + m[1], nil
		}
	}
	return "", errors.Join(errors.New("it did not say where it listens"), lines.Err())
}

func shownNotice(addr string) (string, error) {
	res, err := http.Get("http://" + addr + "/api/flows")
	if err != nil {
		return "", err
	}
	defer func() { _ = res.Body.Close() }()
	var served struct {
		Flows []struct {
			Notices []struct{ Hash string } `json:"notices"`
		} `json:"flows"`
	}
	if err := json.NewDecoder(res.Body).Decode(&served); err != nil {
		return "", err
	}
	if len(served.Flows) == 0 || len(served.Flows[0].Notices) == 0 {
		return "", errors.New("no notice is shown")
	}
	return served.Flows[0].Notices[0].Hash, nil
}

// round is what one server did in one round.
type round struct {
	turns    int
	rate     float64       // turns a second
	cpu      time.Duration // of the server, a turn
	p50, p99 time.Duration
}

// drive lets every patient hold one conversation after the other for a while.
func drive(ctx context.Context, patients []*patient, each time.Duration) (round, error) {
	ctx, cancel := context.WithTimeout(ctx, each)
	defer cancel()
	took := make([][]time.Duration, len(patients))
	errs := make([]error, len(patients))
	begun := time.Now()
	var wg sync.WaitGroup
	for i, p := range patients {
		wg.Go(func() {
			for ctx.Err() == nil && errs[i] == nil {
				errs[i] = p.converse(func(d time.Duration) { took[i] = append(took[i], d) })
			}
		})
	}
	wg.Wait()
	elapsed := time.Since(begun)
	all := slices.Concat(took...)
	slices.Sort(all)
	if err := errors.Join(errs...); err != nil || len(all) == 0 {
		return round{}, errors.Join(err, ctx.Err())
	}
	return round{
		turns: len(all), rate: float64(len(all)) / elapsed.Seconds(), p50: all[len(all)/2], p99: all[len(all)*99/100],
	}, nil
}

type result struct{ rounds []round }

// median returns the round in the middle by rate.
func (r *result) median() round {
	s := slices.Clone(r.rounds)
	slices.SortFunc(s, func(a, b round) int { return int(a.rate - b.rate) })
	return s[len(s)/2]
}

func report(servers []server, results []result) {
	by := map[string]round{}
	for i, s := range servers {
		by[s.name] = results[i].median()
	}
	fmt.Printf("%-16s %10s %10s %10s %10s %10s\n", "server", "turns/s", "of floor", "CPU/turn", "p50", "p99")
	for _, s := range servers {
		m := by[s.name]
		share := "-"
		if floor := by["floor"].rate; floor > 0 {
			share = fmt.Sprintf("%.2f", m.rate/floor)
		}
		fmt.Printf("%-16s %10.0f %10s %10s %10s %10s\n", s.name, m.rate, share, m.cpu.Round(100*time.Nanosecond),
			m.p50.Round(time.Microsecond), m.p99.Round(time.Microsecond))
	}
	if sealed, bare := by["tacet"], by[tacetBare]; sealed.rate > 0 && bare.rate > 0 {
		fmt.Printf("with sealing and audit trail tacet answers %.2f of the turns that it answers without", sealed.rate/bare.rate)
		if sealed.cpu > 0 {
			fmt.Printf(", and %.2f by processor time", float64(bare.cpu)/float64(sealed.cpu))
		}
		fmt.Println()
	}
}
