package heldtest_test

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"
)

// share is how many of all did what is counted.
type share struct{ of, all int }

// rate is the share as a number; of nothing it is 0.
func (s share) rate() float64 {
	if s.all == 0 {
		return 0
	}
	return float64(s.of) / float64(s.all)
}

// wilson is the 95 % interval of the share (Wilson 1927).
func (s share) wilson() (low, high float64) {
	const z = 1.96
	if s.all == 0 {
		return 0, 1
	}
	p, n := s.rate(), float64(s.all)
	mid, half := p+z*z/(2*n), z*math.Sqrt(p*(1-p)/n+z*z/(4*n*n))
	return (mid - half) / (1 + z*z/n), (mid + half) / (1 + z*z/n)
}

func (s share) String() string {
	if s.all == 0 {
		return "–"
	}
	low, high := s.wilson()
	return fmt.Sprintf("%.3f [%.2f, %.2f] %d/%d", s.rate(), low, high, s.of, s.all)
}

// slices of a set, such as "lang es" and "category stroke", each with its share.
type sliced map[string]share

// add counts one example in each of its slices.
func (s sliced) add(hit bool, names ...string) {
	for _, n := range names {
		was := s[n]
		was.all++
		if hit {
			was.of++
		}
		s[n] = was
	}
}

// column is one figure of a table, by slice.
type column struct {
	title string
	by    sliced
}

// table writes the slices whose name starts with kind, one a row, as Markdown.
func table(b *strings.Builder, kind string, columns ...column) {
	rows := map[string]bool{}
	for _, c := range columns {
		for name := range c.by {
			if strings.HasPrefix(name, kind+" ") {
				rows[name] = true
			}
		}
	}
	if len(rows) == 0 {
		return
	}
	fmt.Fprintf(b, "| %s |", kind)
	for _, c := range columns {
		fmt.Fprintf(b, " %s |", c.title)
	}
	b.WriteString("\n| --- |" + strings.Repeat(" --- |", len(columns)) + "\n")
	for _, name := range slices.Sorted(maps.Keys(rows)) {
		fmt.Fprintf(b, "| %s |", strings.TrimPrefix(name, kind+" "))
		for _, c := range columns {
			fmt.Fprintf(b, " %s |", c.by[name])
		}
		b.WriteByte('\n')
	}
	b.WriteByte('\n')
}

// target is a figure that the project has set itself a mark for.
type target struct {
	name   string
	got    share
	mark   float64
	atMost bool // the figure should not exceed the mark
}

func (t target) met() bool {
	if t.atMost {
		return t.got.rate() <= t.mark
	}
	return t.got.rate() >= t.mark
}

func (t target) row() string {
	sign, verdict := "≥", "missed"
	if t.atMost {
		sign = "≤"
	}
	if t.met() {
		verdict = "met"
	}
	return fmt.Sprintf("| %s | %s | %s %.3g | %s |\n", t.name, t.got, sign, t.mark, verdict)
}

// worst is the slice of a kind with the lowest rate.
func (s sliced) worst(kind string) (string, share) {
	name, low := "", share{}
	for _, n := range slices.Sorted(maps.Keys(s)) {
		if strings.HasPrefix(n, kind+" ") && (name == "" || s[n].rate() < low.rate()) {
			name, low = n, s[n]
		}
	}
	return strings.TrimPrefix(name, kind+" "), low
}
