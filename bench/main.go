// Command bench measures the tacet binary as a user meets it, whole processes on generated practices:
//
//	go run ./bench            check at 200, 1 000 and 10 000 states, and serve to the first answered request
//
// It prints minimum, median and maximum, and how time grows with size. It judges nothing: figures depend on the machine.
package main

import (
	"flag"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

func main() {
	runs := flag.Int("runs", 7, "runs of each measurement")
	flag.Parse()
	if err := bench(*runs); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(2)
	}
}

func bench(runs int) error {
	dir, err := os.MkdirTemp("", "tacet-bench-")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	tacet := filepath.Join(dir, "tacet")
	if out, err := exec.Command("go", "build", "-o", tacet, "./cmd/tacet").CombinedOutput(); err != nil {
		return fmt.Errorf("build: %w\n%s", err, out)
	}
	facts, err := os.ReadFile("examples/lakeside/practice.yaml")
	if err != nil {
		return fmt.Errorf("run it from the root of the repository: %w", err)
	}
	var last time.Duration
	for _, states := range []int{200, 1000, 10_000} {
		practice := filepath.Join(dir, fmt.Sprint(states))
		lines, err := writePractice(practice, facts, states, 40)
		if err != nil {
			return err
		}
		times, err := measure(runs, func() error { return run(tacet, "check", practice) })
		if err != nil {
			return err
		}
		report(fmt.Sprintf("check, %d states, %d lines", states, lines), times)
		if last > 0 {
			fmt.Printf("%48s %.1f × the one above\n", "", float64(median(times))/float64(last))
		}
		last = median(times)
	}
	times, err := measure(runs, func() error { return firstAnswer(tacet, dir) })
	if err != nil {
		return err
	}
	report("serve examples/lakeside to the first answer", times)
	return nil
}

// writePractice writes a practice with one flow of so many states and fields, six lines a state, and returns its lines.
func writePractice(dir string, facts []byte, states, fields int) (lines int, err error) {
	flow := largeFlow(states, fields)
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return 0, err
	}
	if err := os.WriteFile(filepath.Join(dir, "practice.yaml"), facts, 0o644); err != nil {
		return 0, err
	}
	return strings.Count(flow, "\n"), os.WriteFile(filepath.Join(dir, "consultation.flow"), []byte(flow), 0o644)
}

// largeFlow asks its fields over and over, decides by what it just asked, and at the end sends everything.
func largeFlow(states, fields int) string {
	var b strings.Builder
	b.WriteString(`flow "Large"
purpose scheduling
use "std/hipaa", "std/emergency", "std/frontdesk"
scope { handle booking  escalate clinical-question  refuse diagnosis }
session { timeout 20 minutes  keep 90 days  retries 2 }
notice "This chat is automated. Please do not share medical details here. In an emergency call 911 or 988."
start s0
escalation team { on clinical-question say "I am passing this to our team." handoff coordinators }
`)
	types := []string{"one of morning, afternoon, evening", "number 0..100", "yes-no", "date"}
	guards := []string{`f%d == "morning"`, `f%d >= 50`, `f%d`, `f%d < "2027-01-01"`}
	var all []string
	for i := range fields {
		fmt.Fprintf(&b, "field f%d %s for \"the coordinator's call back\"\n", i, types[i%4])
		all = append(all, fmt.Sprintf("f%d", i))
	}
	for i := range states {
		f := i % fields
		next, skip := fmt.Sprintf("s%d", i+1), fmt.Sprintf("s%d", i+1)
		if i+2 < states {
			skip = fmt.Sprintf("s%d", i+2)
		}
		if i+1 == states {
			next, skip = "done", "done"
		}
		fmt.Fprintf(&b, "state s%d {\n  say \"This is step %d.\"\n  ask f%d \"What is the answer to question %d?\"\n", i, i, f, i)
		if i < fields { // an answer that is asked again must have been of use before
			fmt.Fprintf(&b, "  send f%d to crm\n  -> %s\n}\n", f, next)
			continue
		}
		fmt.Fprintf(&b, "  when "+guards[f%4]+" -> %s\n  otherwise -> %s\n}\n", f, next, skip)
	}
	fmt.Fprintf(&b, "state done {\n  send %s to crm\n  end completed\n}\n", strings.Join(all, ", "))
	return b.String()
}

func run(name string, args ...string) error {
	if out, err := exec.Command(name, args...).CombinedOutput(); err != nil {
		return fmt.Errorf("%s %s: %w\n%s", name, strings.Join(args, " "), err, out)
	}
	return nil
}

// firstAnswer starts a server on an empty database and waits for its first answer.
func firstAnswer(tacet, dir string) error {
	data, err := os.MkdirTemp(dir, "data-")
	if err != nil {
		return err
	}
	cmd := exec.Command(tacet, "serve", "--addr", "127.0.0.1:0", "--data", filepath.Join(data, "tacet.db"), "examples/lakeside")
	out, err := cmd.StdoutPipe()
	if err != nil {
		return err
	}
	if err := cmd.Start(); err != nil {
		return err
	}
	defer func() { _ = cmd.Process.Kill(); _ = cmd.Wait() }()
	line := make([]byte, 512)
	n, err := out.Read(line)
	if err != nil {
		return err
	}
	_, address, ok := strings.Cut(strings.SplitN(string(line[:n]), "\n", 2)[0], " at ")
	if !ok {
		return fmt.Errorf("the server printed no address: %s", line[:n])
	}
	resp, err := http.Get(address + "/api/flows")
	if err != nil {
		return err
	}
	defer func() { _ = resp.Body.Close() }()
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("the first answer is %s", resp.Status)
	}
	_, err = io.Copy(io.Discard, resp.Body)
	return err
}

func measure(runs int, f func() error) ([]time.Duration, error) {
	var times []time.Duration
	for range runs {
		start := time.Now()
		if err := f(); err != nil {
			return nil, err
		}
		times = append(times, time.Since(start))
	}
	slices.Sort(times)
	return times, nil
}

func median(sorted []time.Duration) time.Duration { return sorted[len(sorted)/2] }

func report(what string, sorted []time.Duration) {
	round := func(d time.Duration) time.Duration { return d.Round(100 * time.Microsecond) }
	fmt.Printf("%-48s min %8s  median %8s  max %8s\n", what, round(sorted[0]), round(median(sorted)), round(sorted[len(sorted)-1]))
}
