package main

import (
	"bytes"
	"encoding/json"
	"io/fs"
	"strings"
	"testing"

	"github.com/tacet-lang/tacet/lang/text"
	"github.com/tacet-lang/tacet/stdlib"
)

// scanLines runs the command on text and decodes its objects.
func scanLines(t *testing.T, in string, args ...string) []scanned {
	t.Helper()
	var out, errs bytes.Buffer
	con := &console{in: strings.NewReader(in), out: &out, err: &errs}
	if code := run(append([]string{"scan"}, args...), con); code != exitHolds {
		t.Fatalf("exit code %d: %s", code, errs.String())
	}
	var got []scanned
	for d := json.NewDecoder(&out); d.More(); {
		var s scanned
		if err := d.Decode(&s); err != nil {
			t.Fatal(err)
		}
		got = append(got, s)
	}
	return got
}

// TestScanUsesTheWholeStandardLibrary: without a flow, every module of the standard library is listened for.
func TestScanUsesTheWholeStandardLibrary(t *testing.T) {
	t.Parallel()
	flow, err := standardFiles.ReadFile("standard/scan.flow")
	if err != nil {
		t.Fatal(err)
	}
	modules, err := fs.Glob(stdlib.FS, "std/*.flow")
	if err != nil || len(modules) == 0 {
		t.Fatalf("modules %v, %v", modules, err)
	}
	for _, m := range modules {
		name := strings.TrimSuffix(m, ".flow")
		if name != "std/texts" && !strings.Contains(string(flow), `"`+name+`"`) {
			t.Errorf("scan.flow does not use %s", name)
		}
	}
}

// TestScanLongLine: what stands behind the reach of one detector call is found, once, at its place in the line.
func TestScanLongLine(t *testing.T) {
	t.Parallel()
	const ssn = "536-22-8471"
	for _, filler := range []string{"hello there, ", "ñandú ", strings.Repeat("x", 97)} {
		line := ssn + " " + strings.Repeat(filler, 12_000/len(filler)) + " my ssn is " + ssn + " and chest pain"
		got := scanLines(t, line+"\n")
		if len(got) != 1 {
			t.Fatalf("%d objects, want 1", len(got))
		}
		var places []int
		for _, p := range got[0].PHI {
			if line[p.Start:p.End] != ssn {
				t.Errorf("filler %q: found %q, want %q", filler, line[p.Start:p.End], ssn)
			}
			places = append(places, p.Start)
		}
		if len(places) != 2 {
			t.Errorf("filler %q: places %v, want the first and the last", filler, places)
		}
		n := 0
		for _, h := range got[0].Triggers {
			if h.Name == "chest-pain" {
				n++
			}
		}
		if n != 1 {
			t.Errorf("filler %q: the chest pain is found %d times, want once", filler, n)
		}
	}
}

func TestScanKeepsLinesApart(t *testing.T) {
	t.Parallel()
	in := "\xef\xbb\xbfcall 212-555-0142\r\n\n\xff\xfe bad \xc3 bytes 212-555-0142\nlast"
	got := scanLines(t, in)
	if len(got) != 4 {
		t.Fatalf("%d objects, want 4", len(got))
	}
	for i, want := range []int{1, 0, 1, 0} {
		if got[i].Line != i+1 || len(got[i].PHI) != want {
			t.Errorf("object %d: line %d with %d findings, want line %d with %d", i, got[i].Line, len(got[i].PHI), i+1, want)
		}
	}
	if p := got[0].PHI[0]; p.Start != 5 || p.End != 17 {
		t.Errorf("behind a byte order mark: %d–%d, want 5–17", p.Start, p.End)
	}
}

func TestWindowsCoverTheLine(t *testing.T) {
	t.Parallel()
	for _, s := range []string{"", "a", strings.Repeat("a", 3*text.MaxRunes), strings.Repeat("ñ", 9_001), strings.Repeat("\xff", 9_001), strings.Repeat("word ", 4_000)} {
		end := 0
		for _, w := range windows(s) {
			if w.Start > end || w.End < w.Start {
				t.Fatalf("%d bytes: window %v after %d", len(s), w, end)
			}
			end = w.End
		}
		if end != len(s) {
			t.Errorf("windows of %d bytes end at %d", len(s), end)
		}
	}
}

func FuzzScan(f *testing.F) {
	f.Add("call 212-555-0142\r\nchest pain\n", false)
	f.Add("a,b\n\"x\ny\",2\n", true)
	f.Fuzz(func(t *testing.T, in string, csv bool) {
		args := []string{"scan"}
		if csv {
			args = append(args, "--column", "1")
		}
		var out, errs bytes.Buffer
		code := run(args, &console{in: strings.NewReader(in), out: &out, err: &errs})
		if code != exitHolds && code != exitUsage {
			t.Fatalf("exit code %d on %q: %s", code, in, errs.String())
		}
		if !csv && code == exitHolds && !strings.HasPrefix(in, "\xef\xbb\xbf") {
			if got, want := strings.Count(out.String(), "\n"), len(strings.SplitAfter(in, "\n")); got != want && got != want-1 {
				t.Errorf("%d objects for %d lines", got, want)
			}
		}
	})
}
