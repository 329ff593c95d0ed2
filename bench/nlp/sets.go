package main

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strings"
)

// none is the topic of what is out of scope.
const none = "none"

type example struct{ lang, topic, text string }

// set is what both classifiers are measured on.
type set struct {
	name   string
	topics map[string][]example
	not    []example // about no topic
}

func newSet(name string, lines []example) set {
	s := set{name: name, topics: map[string][]example{}}
	for _, e := range lines {
		if e.topic == none {
			s.not = append(s.not, e)
		} else {
			s.topics[e.topic] = append(s.topics[e.topic], e)
		}
	}
	return s
}

func (s *set) affords(size int) bool {
	for _, lines := range s.topics {
		if len(lines) < size+spare {
			return false
		}
	}
	return true
}

// draw chooses the examples; every other line is measured. The same draw is the same choice.
func (s *set) draw(size, draw int) (train, test []example) {
	random := uint64(draw+1) * 7919
	for _, topic := range slices.Sorted(keys(s.topics)) {
		lines := slices.Clone(s.topics[topic])
		for i := len(lines) - 1; i > 0; i-- {
			random = random*6364136223846793005 + 1442695040888963407 // Knuth, MMIX
			j := int((random >> 33) % uint64(i+1))
			lines[i], lines[j] = lines[j], lines[i]
		}
		train = append(train, lines[:size]...)
		test = append(test, lines[size:]...)
	}
	return train, append(test, s.not...)
}

func keys(m map[string][]example) func(yield func(string) bool) {
	return func(yield func(string) bool) {
		for k := range m {
			if !yield(k) {
				return
			}
		}
	}
}

// readSets reads our own lines and the extracts, or the whole public sets where files are given. What our background
// lines hold is not measured.
func readSets(clincFile, bankingFile string) ([]set, error) {
	rows, err := readTable("lang/text/testdata/topics/work.tsv", 4)
	if err != nil {
		return nil, err
	}
	background, err := readBackground()
	if err != nil {
		return nil, err
	}
	known := map[string]bool{}
	for _, e := range background {
		known[e.text] = true
	}
	var english, both []example
	for _, r := range rows {
		e := example{lang: r[0], topic: r[1], text: r[3]}
		if e.topic == none && known[e.text] {
			continue
		}
		if both = append(both, e); e.lang == "en" {
			english = append(english, e)
		}
	}
	clinc, err := readClinc(clincFile)
	if err != nil {
		return nil, err
	}
	banking, err := readBanking(bankingFile)
	if err != nil {
		return nil, err
	}
	for _, e := range clinc {
		if e.topic == none {
			banking = append(banking, e)
		}
	}
	return []set{
		newSet("front desk, English", english), newSet("front desk, both", both),
		newSet("CLINC150", clinc), newSet("BANKING77", banking),
	}, nil
}

// readTable reads a tab-separated file with a header.
func readTable(file string, columns int) ([][]string, error) {
	data, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	var out [][]string
	for i, line := range strings.Split(strings.TrimSpace(string(data)), "\n") {
		cells := strings.Split(line, "\t")
		if len(cells) != columns {
			return nil, fmt.Errorf("%s:%d: %d columns, want %d", file, i+1, len(cells), columns)
		}
		if i > 0 {
			out = append(out, cells)
		}
	}
	return out, nil
}

func readExtract(name string) ([]example, error) {
	rows, err := readTable("bench/nlp/data/"+name+".tsv", 2)
	if err != nil {
		return nil, err
	}
	var out []example
	for _, r := range rows {
		out = append(out, example{lang: "en", topic: r[0], text: r[1]})
	}
	return out, nil
}

func readClinc(file string) ([]example, error) {
	if file == "" {
		return readExtract("clinc150")
	}
	data, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	var parts map[string][][2]string
	if err := json.Unmarshal(data, &parts); err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	var out []example
	for _, part := range []string{"train", "val", "test", "oos_val", "oos_test"} {
		for _, p := range parts[part] {
			e := example{lang: "en", topic: p[1], text: p[0]}
			if e.topic == "oos" {
				e.topic = none
			}
			out = append(out, e)
		}
	}
	return out, nil
}

func readBanking(file string) ([]example, error) {
	if file == "" {
		return readExtract("banking77")
	}
	f, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	var out []example
	for _, r := range rows[min(1, len(rows)):] {
		out = append(out, example{lang: "en", topic: r[1], text: r[0]})
	}
	return out, nil
}
