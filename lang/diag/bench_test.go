package diag_test

import (
	"bytes"
	"io"
	"testing"

	"github.com/tacet-lang/tacet/lang/diag"
	"github.com/tacet-lang/tacet/lang/source"
)

// A thousand diagnostics in a file of short lines, and in one that is a single line of 1 MiB.
func BenchmarkPrint(b *testing.B) {
	files := map[string]*source.File{
		"short": source.New("short.flow", bytes.Repeat([]byte("state x { say \"hello\" -> y }\n"), 36_000)),
		"line":  source.New("line.flow", bytes.Repeat([]byte("state x { say \"hello\" -> y } "), 36_000)),
	}
	for _, name := range []string{"short", "line"} {
		f := files[name]
		var l diag.List
		for i := range 1000 {
			at := i * 29 * 36
			l.Add(unknownState.At(f.Span(at+6, at+7), "no state named `x`"))
		}
		r := report{list: l, sources: diag.Files{f.Name: f}}
		for _, form := range diag.Formats() {
			b.Run(name+"/"+form, func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					if err := diag.Format(form)(io.Discard, r.list, r.sources, r.options); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}
