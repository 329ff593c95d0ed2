package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// samples is how often a soak looks at the server.
const samples = 60

// watched are the figures of a server that must not grow, as its monitoring tells them, and what a slope of them is told in.
var watched = []struct {
	name, unit string
	per        float64
}{
	{"process_resident_memory_bytes", "MB", 1 << 20},
	{"go_memstats_heap_inuse_bytes", "MB", 1 << 20},
	{"go_goroutines", "", 1},
	{"process_open_fds", "", 1},
}

// sample is what a server told at one moment.
type sample struct {
	at     time.Duration
	turns  int
	values []float64
}

// runSoak drives one server at a steady rate and prints what its memory, goroutines and open files do: each sample, and by how
// much they grow an hour over the second half, by least squares. The first half fills caches.
func (o *options) runSoak(ctx context.Context) error {
	if err := o.build(); err != nil {
		return err
	}
	metrics, err := freePort()
	if err != nil {
		return err
	}
	s := server{name: "tacet", port: tacetPort, notice: true, command: func(db string) []string {
		return []string{o.tacet(), "serve", "--no-limits", "--addr", "127.0.0.1:0", "--metrics", metrics, "--data", db, "bench/turns/practice"}
	}}
	p, err := s.start(ctx, filepath.Join(o.dir, "turns.db"))
	if err != nil {
		return err
	}
	defer p.kill()
	patients, hangUp, err := s.patients([]*running{p}, o.atOnce)
	defer hangUp()
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, o.soak)
	defer cancel()
	var turns counter
	failed := make([]error, len(patients))
	var wg sync.WaitGroup
	pace := time.Duration(float64(len(patients)) / o.rate * float64(time.Second))
	for i, p := range patients {
		wg.Go(func() {
			for ctx.Err() == nil && failed[i] == nil {
				failed[i] = p.converse(func(d time.Duration) { turns.add(d); time.Sleep(pace - d) })
			}
		})
	}
	list, err := watch(ctx, "http://"+metrics+"/metrics", &turns, o.soak/samples)
	cancel()
	wg.Wait()
	reportSoak(list, &turns)
	return errors.Join(append(failed, err)...)
}

// watch looks at a server until ctx is done.
func watch(ctx context.Context, url string, turns *counter, each time.Duration) (list []sample, err error) {
	begun := time.Now()
	tick := time.NewTicker(each)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return list, nil
		case <-tick.C:
		}
		s := sample{at: time.Since(begun), turns: turns.count()}
		if s.values, err = figures(url); err != nil {
			return list, err
		}
		list = append(list, s)
		fmt.Printf("%8s %9d turns", s.at.Round(time.Second), s.turns)
		for i, w := range watched {
			fmt.Printf("  %s %.1f%s", short(w.name), s.values[i]/w.per, w.unit)
		}
		fmt.Println()
	}
}

func short(name string) string {
	return map[string]string{"process_resident_memory_bytes": "resident", "go_memstats_heap_inuse_bytes": "heap", "go_goroutines": "goroutines", "process_open_fds": "files"}[name]
}

// figures reads what is watched.
func figures(url string) ([]float64, error) {
	res, err := http.Get(url)
	if err != nil {
		return nil, err
	}
	defer func() { _ = res.Body.Close() }()
	values := make([]float64, len(watched))
	for lines := bufio.NewScanner(res.Body); lines.Scan(); {
		name, value, _ := strings.Cut(lines.Text(), " ")
		for i, w := range watched {
			if w.name == name {
				if values[i], err = strconv.ParseFloat(value, 64); err != nil {
					return nil, err
				}
			}
		}
	}
	return values, nil
}

func reportSoak(list []sample, turns *counter) {
	half := list[len(list)/2:]
	all := turns.sorted()
	if len(half) < 2 || len(all) == 0 {
		fmt.Fprintln(os.Stderr, "turns: too short to tell")
		return
	}
	fmt.Printf("%d turns, p50 %v, p99 %v, slowest %v\n", len(all), all[len(all)/2].Round(time.Microsecond), all[len(all)*99/100].Round(time.Microsecond), all[len(all)-1].Round(time.Microsecond))
	for i, w := range watched {
		fmt.Printf("%-11s grows by %+.2f%s an hour (from %.1f to %.1f over the second half)\n", short(w.name), slope(half, i)/w.per, w.unit,
			half[0].values[i]/w.per, half[len(half)-1].values[i]/w.per)
	}
}

// slope is by how much a figure grows an hour, by least squares.
func slope(list []sample, figure int) float64 {
	var n, x, y, xx, xy float64
	for _, s := range list {
		h := s.at.Hours()
		n, x, y, xx, xy = n+1, x+h, y+s.values[figure], xx+h*h, xy+h*s.values[figure]
	}
	return (n*xy - x*y) / (n*xx - x*x)
}

// counter counts turns.
type counter struct {
	mu   sync.Mutex
	took []time.Duration
}

func (c *counter) add(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.took = append(c.took, d)
}

func (c *counter) count() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return len(c.took)
}

func (c *counter) sorted() []time.Duration {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Sorted(slices.Values(c.took))
}

// freePort is an address that nobody listens on just now.
func freePort() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	return l.Addr().String(), l.Close()
}
