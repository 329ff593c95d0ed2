// Package heldtest_test measures what lang/text and lang/speech understand on examples that nobody who writes their
// rules, lexicons or training sets has looked at: the held.* files of lang/text/testdata. It prints figures by slice
// and never a line of those files.
package heldtest_test

import (
	"bufio"
	"encoding/json"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/tacet-lang/tacet/compiler"
	"github.com/tacet-lang/tacet/lang/text"
	"github.com/tacet-lang/tacet/runtime/engine"
)

const sets = "../testdata"

// rows reads a tab-separated file of the columns named.
func rows(t *testing.T, file string, columns ...string) [][]string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(sets, file))
	if err != nil {
		t.Fatal(err)
	}
	var out [][]string
	lines := strings.Split(strings.TrimSuffix(string(data), "\n"), "\n")
	lines = slices.DeleteFunc(lines, func(line string) bool { return strings.HasPrefix(line, "#") })
	for i, line := range lines {
		cells := strings.Split(line, "\t")
		switch {
		case len(cells) != len(columns):
			t.Fatalf("%s:%d has %d columns, want %d", file, i+1, len(cells), len(columns))
		case i == 0 && !slices.Equal(cells, columns):
			t.Fatalf("%s starts with %q, want %q", file, cells, columns)
		case i > 0:
			out = append(out, cells)
		}
	}
	return out
}

// oneOf fails the test if a cell holds something else: a slip of the pen would be measured as a slice of its own.
func oneOf(t *testing.T, cell string, allowed ...string) {
	t.Helper()
	if !slices.Contains(allowed, cell) {
		t.Fatalf("cell %q, want one of %q", cell, allowed)
	}
}

// marked is a message with what is to be found in it.
type marked struct {
	Lang, Style, Text string
	Spans             []markedSpan
}

type markedSpan struct {
	Type, Who  string
	Start, End int
}

func markedMessages(t *testing.T) []marked {
	t.Helper()
	f, err := os.Open(filepath.Join(sets, "phi", "held.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	var out []marked
	for s := bufio.NewScanner(f); s.Scan(); {
		var m marked
		if err := json.Unmarshal(s.Bytes(), &m); err != nil {
			t.Fatalf("phi/held.jsonl:%d: %v", len(out)+1, err)
		}
		oneOf(t, m.Lang, "en", "es")
		for at, i := 0, 0; i < len(m.Spans); i++ {
			p := m.Spans[i]
			oneOf(t, p.Type, phiTypes...)
			if p.Start < at || p.End <= p.Start || p.End > len(m.Text) || !utf8.RuneStart(m.Text[p.Start]) ||
				p.End < len(m.Text) && !utf8.RuneStart(m.Text[p.End]) {
				t.Fatalf("phi/held.jsonl:%d: span %d does not fit", len(out)+1, i+1)
			}
			at = p.End
		}
		out = append(out, m)
	}
	return out
}

// standard is what `tacet scan` listens with where no flow is named.
type standard struct {
	triggers *text.Triggers
	topics   *text.TopicModel
}

var standardLibrary = sync.OnceValues(func() (*standard, error) {
	r, problems := compiler.Compile(os.DirFS("../../../cmd/tacet/standard"), "scan.flow", compiler.Options{})
	if problems.HasErrors() || r.Machine == nil {
		return nil, &fs.PathError{Op: "compile", Path: "scan.flow", Err: fs.ErrInvalid}
	}
	triggers, err := engine.CompileTriggers(r.Machine.Triggers)
	if err != nil {
		return nil, err
	}
	topics, err := engine.DecodeTopics(r.Machine.TopicModel)
	return &standard{triggers, topics}, err
})

func library(t *testing.T) *standard {
	t.Helper()
	std, err := standardLibrary()
	if err != nil {
		t.Fatal(err)
	}
	return std
}

// letters is a text without case, punctuation and spacing: two lines that differ in nothing else are the same line.
func letters(s string) string {
	return strings.Map(func(r rune) rune {
		if !unicode.IsLetter(r) && !unicode.IsDigit(r) {
			return -1
		}
		return unicode.ToLower(r)
	}, s)
}

var quoted = regexp.MustCompile(`"([^"]*)"`)

// written is every text that rules were written against or models trained on, by its letters.
var written = sync.OnceValues(func() (map[string]bool, error) {
	out := map[string]bool{}
	for _, root := range []string{sets, "../lexicon", "../../speech", "../../../stdlib"} {
		err := filepath.WalkDir(root, func(name string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || strings.HasPrefix(d.Name(), "held") {
				return err
			}
			data, err := os.ReadFile(name)
			if err != nil {
				return err
			}
			for line := range strings.Lines(string(data)) {
				for _, cell := range strings.FieldsFunc(line, func(r rune) bool { return r == '\t' || r == '|' }) {
					out[letters(cell)] = true
				}
				for _, q := range quoted.FindAllStringSubmatch(line, -1) {
					out[letters(q[1])] = true
				}
			}
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	return out, nil
})

// slicesOf names the slices that every example is counted in.
func slicesOf(t *testing.T, lang, style, message string) []string {
	t.Helper()
	known, err := written()
	if err != nil {
		t.Fatal(err)
	}
	oneOf(t, lang, "en", "es")
	seen := "wording unseen"
	if known[letters(message)] {
		seen = "wording also in a work set"
	}
	return []string{"all all", "lang " + lang, "style " + style, seen}
}
