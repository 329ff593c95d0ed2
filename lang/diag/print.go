package diag

import (
	"cmp"
	"fmt"
	"io"
	"strings"

	"github.com/tacet-lang/tacet/lang/source"
)

// Sources gives back the files that were read, by the name in their positions.
type Sources interface {
	File(name string) *source.File // nil when unknown
}

// Files is the plainest Sources: files by name.
type Files map[string]*source.File

// File returns the file with this name, or nil.
func (f Files) File(name string) *source.File { return f[name] }

// Options says how diagnostics are printed. The zero Options print plain text for a reader of 100 columns.
type Options struct {
	Color   bool     // SGR colors in the text form; the caller decides whether the writer is a terminal
	Width   int      // columns that excerpts of the text form may use; 0 means 100
	Tool    string   // "" means tacet
	Version string   // version of the tool; may be empty
	Checked []string // names of the files that were checked, with or without diagnostics
	Failure *Failure // set when the tool itself failed, so that the diagnostics may be incomplete
}

// Failure is why the tool could not do its work: bad usage, a file that can not be read. It is not about a flow.
type Failure struct {
	Code    string // stable, for programs: "usage", "io", "internal"
	Message string // for people: lower case, one line, no final period
}

func (o Options) tool() string { return cmp.Or(o.Tool, "tacet") }

func (o Options) width() int { return max(cmp.Or(o.Width, 100), 20) }

// Printer writes diagnostics in one form, sorted by [List.Sorted]. sources may be nil.
type Printer func(w io.Writer, l List, sources Sources, o Options) error

// Formats returns the names that [Format] knows.
func Formats() []string { return []string{"text", "json", "sarif", "github", "junit"} }

// Format returns the printer of a form by name, or nil.
func Format(name string) Printer {
	switch name {
	case "text":
		return Text
	case "json":
		return JSON
	case "sarif":
		return SARIF
	case "github":
		return GitHub
	case "junit":
		return JUnit
	default:
		return nil
	}
}

// Count returns how many errors and warnings l holds and in how many files they are.
func (l List) Count() (errors, warnings, files int) {
	seen := map[string]bool{}
	for _, d := range l {
		if d.Severity == Error {
			errors++
		} else {
			warnings++
		}
		if name := d.Span.Start.Filename; name != "" {
			seen[name] = true
		}
	}
	return errors, warnings, len(seen)
}

// Summary says how many errors and warnings l holds: "2 errors, 1 warning in 1 file".
func (l List) Summary() string {
	errors, warnings, files := l.Count()
	var s string
	switch {
	case errors == 0 && warnings == 0:
		return "no problems found"
	case warnings == 0:
		s = plural(errors, "error")
	case errors == 0:
		s = plural(warnings, "warning")
	default:
		s = plural(errors, "error") + ", " + plural(warnings, "warning")
	}
	if files > 0 {
		s += " in " + plural(files, "file")
	}
	return s
}

func plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

// fileOf returns the file a span lies in, or nil when it is unknown or is not the file the span was made for.
func fileOf(sources Sources, s source.Span) *source.File {
	if sources == nil || !s.IsValid() {
		return nil
	}
	f := sources.File(s.Start.Filename)
	if f == nil || s.Start.Offset < 0 || s.Start.Offset > len(f.Bytes) {
		return nil
	}
	return f
}

// why is the command that explains a code.
func (d *Diagnostic) why() string { return "tacet explain " + d.Code.ID }

// replay is the command that plays the witness.
func (d *Diagnostic) replay() string { return "tacet replay " + d.Witness }

// meaning is the effect as a line of its own, which says that it is about the patient.
func (d *Diagnostic) meaning() string {
	for _, subject := range []string{"patient ", "the patient ", "a patient "} {
		if strings.HasPrefix(d.Effect, subject) {
			return d.Effect
		}
	}
	return "patient: " + d.Effect
}
