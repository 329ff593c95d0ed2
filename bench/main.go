// Command bench measures the tacet binary as a user meets it, whole processes on generated practices:
//
//	go run ./bench            check at 100, 200, 1 000 and 10 000 states, check of tangled guards, and serve to the first answered request
//
// It prints minimum, median and maximum, the processor time and the memory of the median run, and how time grows with size. It judges
// nothing: figures depend on the machine.
package main

import (
	"bytes"
	"cmp"
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
	var before time.Duration
	for _, states := range []int{100, 200, 1000, 10_000} {
		if before, err = check(tacet, filepath.Join(dir, fmt.Sprint(states)), facts, fmt.Sprintf("check, %d states", states), largeFlow(states, 40), runs, before); err != nil {
			return err
		}
	}
	before = 0
	for _, fields := range []int{4, 8, 10, 20, 40} {
		if before, err = check(tacet, filepath.Join(dir, fmt.Sprint("tangled", fields)), facts, fmt.Sprintf("check, %d fields in each guard", fields), tangledFlow(10, fields), min(runs, 3), before); err != nil {
			return err
		}
	}
	times, err := measure(runs, func() (cost, error) { return cost{}, firstAnswer(tacet, dir) })
	if err != nil {
		return err
	}
	report("serve examples/lakeside to the first answer", times)
	return nil
}

// check measures the check of a practice with one flow. before is the median of a smaller one, if there is one.
func check(tacet, practice string, facts []byte, what, flow string, runs int, before time.Duration) (time.Duration, error) {
	lines, err := writePractice(practice, facts, flow)
	if err != nil {
		return 0, err
	}
	proven := true
	costs, err := measure(runs, func() (cost, error) {
		c, ok, err := run(tacet, "check", practice)
		proven = ok
		return c, err
	})
	if err != nil {
		return 0, err
	}
	if !proven {
		what += ": not proven"
	}
	report(fmt.Sprintf("%s, %d lines", what, lines), costs)
	median := costs[len(costs)/2]
	fmt.Printf("%60s cpu %s, %d MB", "", median.cpu.Round(time.Millisecond), median.memory>>20)
	if before > 0 {
		fmt.Printf(", %.1f × the one above", float64(median.wall)/float64(before))
	}
	fmt.Println()
	return median.wall, nil
}

// writePractice writes a practice with one flow, and returns how many lines it has.
func writePractice(dir string, facts []byte, flow string) (lines int, err error) {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return 0, err
	}
	if err := os.WriteFile(filepath.Join(dir, "practice.yaml"), facts, 0o644); err != nil {
		return 0, err
	}
	return strings.Count(flow, "\n"), os.WriteFile(filepath.Join(dir, "consultation.flow"), []byte(flow), 0o644)
}

// head begins a flow with so many fields of all types; the conditions on them, by type, are those of the two lists.
func head(start string, fields int) *strings.Builder {
	var b strings.Builder
	fmt.Fprintf(&b, `flow "Large"
purpose scheduling
use "std/hipaa", "std/emergency", "std/frontdesk"
scope { handle booking  escalate clinical-question  refuse diagnosis }
session { timeout 20 minutes  keep 90 days  retries 2 }
notice "This chat is automated. Please do not share medical details here. In an emergency call 911 or 988."
start %s
escalation team { on clinical-question say "I am passing this to our team." handoff coordinators }
`, start)
	types := []string{"one of morning, afternoon, evening", "number 0..100", "yes-no", "date"}
	for i := range fields {
		fmt.Fprintf(&b, "field f%d %s for \"the coordinator's call back\"\n", i, types[i%4])
	}
	return &b
}

var (
	guards = []string{`f%d == "morning"`, `f%d >= 50`, `f%d`, `f%d < "2027-01-01"`}
	others = []string{`f%d == "evening"`, `f%d < 20`, `!f%d`, `f%d > "2028-01-01"`}
)

// foot ends a flow: it sends all fields.
func foot(b *strings.Builder, fields int) string {
	all := make([]string, fields)
	for i := range all {
		all[i] = fmt.Sprintf("f%d", i)
	}
	fmt.Fprintf(b, "state done {\n  send %s to crm\n  end completed\n}\n", strings.Join(all, ", "))
	return b.String()
}

// tangledFlow asks all fields, and then each state decides by all of them: what was answered stays of interest to the end.
func tangledFlow(states, fields int) string {
	b := head("ask0", fields)
	for i := range fields {
		next := "s0"
		if i+1 < fields {
			next = fmt.Sprintf("ask%d", i+1)
		}
		fmt.Fprintf(b, "state ask%d {\n  ask f%d \"What is the answer to question %d?\"\n  -> %s\n}\n", i, i, i, next)
	}
	for i := range states {
		all, some := make([]string, fields), make([]string, fields)
		for f := range fields {
			all[f], some[f] = fmt.Sprintf(guards[f%4], f), fmt.Sprintf(guards[f%4], f)
			if i>>(f%8)&1 == 1 {
				some[f] = fmt.Sprintf(others[f%4], f)
			}
		}
		next, skip := "done", "done"
		if i+1 < states {
			next = fmt.Sprintf("s%d", i+1)
		}
		if i+2 < states {
			skip = fmt.Sprintf("s%d", i+2)
		}
		fmt.Fprintf(b, "state s%d {\n  say \"This is step %d.\"\n  first\n  when %s -> %s\n  when %s -> %s\n  otherwise -> %s\n}\n",
			i, i, strings.Join(all, " && "), next, strings.Join(some, " || "), skip, next)
	}
	return foot(b, fields)
}

// largeFlow asks its fields over and over, decides by what it just asked, and at the end sends everything.
func largeFlow(states, fields int) string {
	b := head("s0", fields)
	for i := range states {
		f := i % fields
		next, skip := fmt.Sprintf("s%d", i+1), fmt.Sprintf("s%d", i+1)
		if i+2 < states {
			skip = fmt.Sprintf("s%d", i+2)
		}
		if i+1 == states {
			next, skip = "done", "done"
		}
		fmt.Fprintf(b, "state s%d {\n  say \"This is step %d.\"\n  ask f%d \"What is the answer to question %d?\"\n", i, i, f, i)
		if i < fields { // an answer that is asked again must have been of use before
			fmt.Fprintf(b, "  send f%d to crm\n  -> %s\n}\n", f, next)
			continue
		}
		fmt.Fprintf(b, "  when "+guards[f%4]+" -> %s\n  otherwise -> %s\n}\n", f, next, skip)
	}
	return foot(b, fields)
}

// run runs a command, and says whether what it checked is proven. A flow that is not is no failure of the measurement.
func run(name string, args ...string) (c cost, proven bool, err error) {
	cmd := exec.Command(name, args...)
	out, err := cmd.CombinedOutput()
	if err != nil && !bytes.Contains(out, []byte("T2190")) {
		return c, false, fmt.Errorf("%s %s: %w\n%s", name, strings.Join(args, " "), err, out)
	}
	return cost{cpu: cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime(), memory: mostMemory(cmd.ProcessState)}, err == nil, nil
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

// cost is what one run took. memory is in bytes, 0 where the system does not tell it.
type cost struct {
	wall, cpu time.Duration
	memory    int64
}

// measure returns what runs took, in order of their time.
func measure(runs int, f func() (cost, error)) ([]cost, error) {
	var costs []cost
	for range runs {
		start := time.Now()
		c, err := f()
		if err != nil {
			return nil, err
		}
		c.wall = time.Since(start)
		costs = append(costs, c)
	}
	slices.SortFunc(costs, func(a, b cost) int { return cmp.Compare(a.wall, b.wall) })
	return costs, nil
}

func report(what string, sorted []cost) {
	round := func(c cost) time.Duration { return c.wall.Round(100 * time.Microsecond) }
	fmt.Printf("%-60s min %8s  median %8s  max %8s\n", what, round(sorted[0]), round(sorted[len(sorted)/2]), round(sorted[len(sorted)-1]))
}
