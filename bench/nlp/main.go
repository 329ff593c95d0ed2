// Command nlp measures the topic classifier of lang/text side by side with @nlpjs/nlp on the same data in one run:
//
//	go run ./bench/nlp                              own lines and the extracts of data/
//	go run ./bench/nlp -clinc150 data_full.json -banking77 train.csv
//
// For 5, 10, 20, 50 and 100 examples to a topic it draws examples three times, trains both, and prints how many of the
// other lines were understood, how many lines about nothing in scope were left alone, and the time of one message.
// @nlpjs/nlp is installed from npm into a temporary folder; it stands twice, as documented and with our background lines
// as its `None`. The last column is what it would understand if its scores were cut, knowing the answers, where it leaves
// as many lines alone as we do. Without node and npm (Debian: apt-get install nodejs npm) only our figures are printed.
package main

import (
	"flag"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/tacet-lang/tacet/lang/text"
)

// sizes are how many examples a topic has; a set with fewer lines to spare is left out of a size.
var sizes = []int{5, 10, 20, 50, 100}

// draws is how often examples are drawn; spare is how many lines of a topic must be left to measure with.
const (
	draws = 3
	spare = 5
)

func main() {
	clinc := flag.String("clinc150", "", "the whole CLINC150, its data_full.json")
	banking := flag.String("banking77", "", "the whole BANKING77, its train.csv")
	flag.Parse()
	if err := run(*clinc, *banking, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "nlp:", err)
		os.Exit(2)
	}
}

func run(clinc, banking string, out io.Writer) error {
	sets, err := readSets(clinc, banking)
	if err != nil {
		return fmt.Errorf("%w (run it from the root of the repository)", err)
	}
	background, err := readBackground()
	if err != nil {
		return err
	}
	peer, err := install()
	if err != nil {
		fmt.Fprintf(out, "@nlpjs/nlp is left out: %v; it needs node and npm (Debian: apt-get install nodejs npm)\n\n", err)
	} else {
		defer peer.remove()
	}
	fmt.Fprintln(out, "| set | examples | ours: right | left alone | µs | nlp.js: right | left alone | µs | with None: right | left alone | cut as ours: right |")
	fmt.Fprintln(out, "| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |")
	for _, s := range sets {
		for _, size := range sizes {
			if !s.affords(size) {
				continue
			}
			if err := compare(out, s, size, peer, background); err != nil {
				return err
			}
		}
	}
	return nil
}

// result sums up what one classifier made of the measured lines of all draws.
type result struct {
	right, in, alone, not int
	cut                   int // right, had scores been cut where as many were left alone as by ours
	took                  time.Duration
}

func (r *result) add(o result) {
	r.right += o.right
	r.in += o.in
	r.alone += o.alone
	r.not += o.not
	r.cut += o.cut
	r.took += o.took
}

func (r *result) cells() string {
	return fmt.Sprintf("%.3f | %.3f | %.0f", share(r.right, r.in), share(r.alone, r.not),
		float64(r.took.Microseconds())/float64(max(1, r.in+r.not)))
}

func share(n, of int) float64 { return float64(n) / float64(max(1, of)) }

// compare prints one row.
func compare(out io.Writer, s set, size int, peer *peer, background []example) error {
	var ours, plain, taught result
	for draw := range draws {
		train, test := s.draw(size, draw)
		mine := measure(train, test)
		ours.add(mine)
		if peer == nil {
			continue
		}
		alone := mine.alone
		for _, p := range []struct {
			to    *result
			train []example
		}{{&plain, train}, {&taught, slices.Concat(train, background)}} {
			r, err := peer.measure(p.train, test, alone)
			if err != nil {
				return err
			}
			p.to.add(r)
		}
	}
	if peer == nil {
		fmt.Fprintf(out, "| %s | %d | %s | | | | | | |\n", s.name, size, ours.cells())
		return nil
	}
	fmt.Fprintf(out, "| %s | %d | %s | %s | %.3f | %.3f | %.3f |\n", s.name, size, ours.cells(), plain.cells(),
		share(taught.right, taught.in), share(taught.alone, taught.not), share(max(plain.cut, taught.cut), plain.in))
	return nil
}

// measure trains our model and classifies the test lines.
func measure(train, test []example) result {
	byTopic := map[string]int{}
	var specs []text.TopicSpec
	for _, e := range train {
		i, ok := byTopic[e.topic]
		if !ok {
			i = len(specs)
			byTopic[e.topic] = i
			specs = append(specs, text.TopicSpec{Name: e.topic})
		}
		specs[i].Like = append(specs[i].Like, text.Phrase{Lang: e.lang, Pattern: e.text})
	}
	m := text.TrainTopics(specs)
	m.Classify(text.Normalise(test[0].text)) // what is made ready once
	var r result
	start := time.Now()
	for _, e := range test {
		got := none
		if scores := m.Classify(text.Normalise(e.text)); len(scores) > 0 {
			got = scores[0].Topic
		}
		r.count(e, got)
	}
	r.took = time.Since(start)
	return r
}

func (r *result) count(e example, got string) {
	if e.topic == none {
		r.not++
		if got == none {
			r.alone++
		}
		return
	}
	r.in++
	if got == e.topic {
		r.right++
	}
}

// readBackground reads what our trainer knows of what is not meant.
func readBackground() ([]example, error) {
	var out []example
	for _, lang := range []string{"en", "es"} {
		data, err := os.ReadFile("lang/text/lexicon/background-" + lang + ".txt")
		if err != nil {
			return nil, err
		}
		for line := range strings.Lines(string(data)) {
			if line = strings.TrimSpace(line); line != "" && !strings.HasPrefix(line, "#") {
				out = append(out, example{lang: lang, topic: none, text: line})
			}
		}
	}
	return out, nil
}
