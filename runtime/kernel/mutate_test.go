package kernel_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/tacet-lang/tacet/compiler/verify"
	"github.com/tacet-lang/tacet/lang/machine"
	"github.com/tacet-lang/tacet/runtime/kernel"
)

// mutants calls f with every document that differs from this one in one place: a flag turned, a number or a text
// changed, a part left out, doubled or moved. Only those are made that keep takes, until stop says to.
func mutants(doc []byte, stop func() bool, keep func(path, how string) bool, f func(path, how string, doc []byte)) {
	var root any
	d := json.NewDecoder(strings.NewReader(string(doc)))
	d.UseNumber()
	if err := d.Decode(&root); err != nil {
		panic(err)
	}
	words := map[string][]string{}
	collect(root, "", words)
	emit := func(path, how string, set func(any), was, now any) {
		if stop() || !keep(path, how) {
			return
		}
		set(now)
		b, err := json.Marshal(root)
		if err != nil {
			panic(err)
		}
		f(path, how, b)
		set(was)
	}
	var walk func(path string, at any, set func(any))
	walk = func(path string, at any, set func(any)) {
		switch at := at.(type) {
		case bool:
			emit(path, "flip", set, at, !at)
		case json.Number:
			n, err := at.Int64()
			if err != nil {
				panic(err)
			}
			for _, to := range []int64{n + 1, n - 1, 0, -n, n + 60} {
				if to != n {
					emit(path, "number", set, at, json.Number(fmt.Sprint(to)))
				}
			}
		case string:
			for _, to := range append([]string{"", at + "x"}, words[pattern(path)]...) {
				if to != at {
					emit(path, "text", set, at, to)
				}
			}
		case []any:
			for i := range at {
				emit(path+"[]", "delete", set, at, slices.Delete(slices.Clone(at), i, i+1))
				emit(path+"[]", "double", set, at, slices.Insert(slices.Clone(at), i, at[i]))
				if i > 0 {
					swapped := slices.Clone(at)
					swapped[i-1], swapped[i] = at[i], at[i-1]
					if fmt.Sprint(at[i-1]) != fmt.Sprint(at[i]) {
						emit(path+"[]", "swap", set, at, swapped)
					}
				}
				walk(fmt.Sprintf("%s[%d]", path, i), at[i], func(v any) { at[i] = v })
			}
		case map[string]any:
			for _, key := range slices.Sorted(maps.Keys(at)) {
				if key == "topic_model" || key == "place" || key == "sha256" {
					continue // nothing that is decided here looks at them
				}
				was := at[key]
				emit(path+"."+key, "delete", func(v any) {
					if at[key] = v; v == nil {
						delete(at, key)
					}
				}, was, nil)
				walk(path+"."+key, was, func(v any) { at[key] = v })
			}
		}
	}
	walk("", root, func(v any) { root = v })
}

var index = regexp.MustCompile(`\[\d+\]`)

func pattern(path string) string { return index.ReplaceAllString(path, "[]") }

// part is a pattern that tells the numbers of a state apart.
func part(path string) string {
	for n, name := range []string{"[facts]", "[end]", "[human]"} {
		if rest, ok := strings.CutSuffix(path, fmt.Sprintf("[%d]", n)); ok && strings.Contains(rest, ".states[") {
			return pattern(rest) + name
		}
	}
	return pattern(path)
}

// collect gathers texts by where they stand, so that each can be changed to another that fits there.
func collect(at any, path string, words map[string][]string) {
	switch at := at.(type) {
	case string:
		if w := words[pattern(path)]; !slices.Contains(w, at) && len(w) < 6 {
			words[pattern(path)] = append(w, at)
		}
	case []any:
		for i := range at {
			collect(at[i], fmt.Sprintf("%s[%d]", path, i), words)
		}
	case map[string]any:
		for _, key := range slices.Sorted(maps.Keys(at)) {
			collect(at[key], path+"."+key, words)
		}
	}
}

// harmless is what may be changed in a certificate without anybody being worse off, and why.
var harmless = map[string]string{
	"number .invariants[].states[][end]":          "a rank may be any number that falls toward an end, and of handoffs that are not the author's none is looked at",
	"number .invariants[].states[][human]":        "a rank may be any number that falls with every automatic step",
	"swap .invariants[].states[][]":               "two ranks exchanged that fall either way",
	"delete .invariants[].uses[].rank":            "the rank 0, where the next location is the use",
	"number .invariants[].uses[].rank":            "a rank may be any number that falls toward a use",
	"delete .invariants[].merge":                  "nearer the root of the tree: classes are taken to decide more, not less",
	"text .invariants[].merge":                    "another location that all ways come by, farther on: classes are taken to decide more, not less",
	"swap .order[]":                               "the same tree, with two branches exchanged",
	"double .invariants[].control[]":              "said twice",
	"swap .invariants[].control[]":                "the same classes in another order",
	"double .invariants[].uses[]":                 "said twice",
	"swap .invariants[].splits[].nodes[]":         "two leaves of one node exchanged",
	"swap .invariants[].splits[].nodes[].cells[]": "the same cells in another order",
}

// idle is what the verifier tells an author and the kernel does not look at: lines that never matter to a patient.
var idle = []string{"this `otherwise` never happens", "whenever this condition holds, a line above holds too", "this condition never holds", "no conversation reaches"}

func TestEveryChangeOfACertificateIsRefused(t *testing.T) {
	if testing.Short() {
		t.Skip("some thousand checks; run without -short")
	}
	t.Parallel()
	changesAreRefused(t, every)
}

// TestSomeChangesOfACertificateAreRefused is the quick part of the test above: of each kind of change some.
func TestSomeChangesOfACertificateAreRefused(t *testing.T) {
	t.Parallel()
	changesAreRefused(t, some())
}

func every(string, string) bool { return true }

// some takes of each kind of change the first, the second, the fourth, the eighth and so on.
func some() func(path, how string) bool {
	seen := map[string]int{}
	return func(path, how string) bool {
		key := how + " " + part(path)
		seen[key]++
		return seen[key]&(seen[key]-1) == 0
	}
}

func changesAreRefused(t *testing.T, keep func(path, how string) bool) {
	t.Helper()
	m := clinic(t)
	good := certify(t, m)
	doc, err := good.Canonical()
	if err != nil {
		t.Fatal(err)
	}
	survivors := map[string]int{}
	total := 0
	mutants(doc, t.Failed, keep, func(path, how string, b []byte) {
		total++
		c, err := machine.DecodeCertificate(b)
		if err != nil {
			return
		}
		if again, err := c.Canonical(); err == nil && string(again) == string(doc) {
			return // the same certificate, written differently
		}
		if kernel.Check(m, c, today) == nil {
			key := how + " " + part(path)
			if survivors[key]++; harmless[key] == "" {
				t.Errorf("admitted: %s %s", how, path)
			}
		}
	})
	t.Logf("%d changes, survivors %v", total, survivors)
}

func TestEveryChangeOfAMachineIsRefusedOrHarmless(t *testing.T) {
	if testing.Short() {
		t.Skip("some thousand checks; run without -short")
	}
	t.Parallel()
	machinesAreRefused(t, every)
}

// TestSomeChangesOfAMachineAreRefusedOrHarmless is the quick part of the test above.
func TestSomeChangesOfAMachineAreRefusedOrHarmless(t *testing.T) {
	t.Parallel()
	machinesAreRefused(t, some())
}

func machinesAreRefused(t *testing.T, keep func(path, how string) bool) {
	t.Helper()
	m := clinic(t)
	good := certify(t, m)
	doc, err := m.Canonical()
	if err != nil {
		t.Fatal(err)
	}
	survivors := map[string]int{}
	total, admitted := 0, 0
	mutants(doc, t.Failed, keep, func(path, how string, b []byte) {
		total++
		changed, err := machine.Decode(b)
		if err != nil {
			return
		}
		hash, err := changed.Hash()
		if err != nil || hash == good.Machine {
			return
		}
		if kernel.Check(changed, good, today) == nil {
			t.Errorf("%s %s: another machine was admitted", how, path)
		}
		forged := *good
		forged.Machine = hash
		if kernel.Check(changed, &forged, today) != nil {
			return
		}
		admitted++
		report, problems := verify.Check(changed, verify.Options{AsOf: today})
		if report.Certificate == nil && !slices.ContainsFunc(idle, func(m string) bool { return strings.HasPrefix(problems[0].Message, m) }) {
			survivors[how+" "+pattern(path)]++
			t.Errorf("%s %s: the kernel admits what the verifier does not: %s", how, path, problems[0].Message)
		}
	})
	t.Logf("%d changes, %d admitted, %v", total, admitted, survivors)
}
