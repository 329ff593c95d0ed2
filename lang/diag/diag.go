// Package diag is how Tacet tells a person what is wrong: diagnostics as values, each with a stable code, a place, the
// consequence for a patient and the way out, and the forms they are printed in (text, JSON, SARIF, GitHub, JUnit).
//
// Diagnostics are for the author of a flow; Go errors are for the program. A [List] is deliberately no error.
package diag

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/tacet-lang/tacet/lang/source"
)

// Severity says whether a diagnostic stops the build.
type Severity int

// An error stops the build and cannot be silenced. A warning can, with a reason and an expiry.
const (
	Error Severity = iota
	Warning
)

func (s Severity) String() string {
	if s == Warning {
		return "warning"
	}
	return "error"
}

// Diagnostic is one thing to tell the author.
type Diagnostic struct {
	Code     *Code
	Severity Severity
	Span     source.Span // what is underlined; may be invalid for a file-level message
	Within   string      // the enclosing construct in the author's words: `state "triage"`
	Message  string      // what is wrong: lower case, one line, no final period
	Label    string      // under the caret, short; may be empty
	Effect   string      // what would happen to a patient, `patient answers "3" → …`; may be empty
	Notes    []Note      // other places that matter
	Fix      *Fix        // the way out; may be nil
	Witness  string      // name of the .talk file that shows it; may be empty

	also int // places of the same cause beside Span
}

// mostAlso is how many places of one cause are shown; the rest are counted.
const mostAlso = 4

// Note is a second place or a further fact.
type Note struct {
	Span source.Span // may be invalid
	Text string
}

// Fix is the way out in words and, where it can be made by a program, as edits.
type Fix struct {
	Text  string
	Edits []Edit
	Safe  bool // applying it can not change what a correct flow means; `tacet check --fix` applies only these
}

// Edit replaces the bytes of a span with Text.
type Edit struct {
	Span source.Span
	Text string
}

// Code is a stable kind of diagnostic with its page for `tacet explain`.
type Code struct {
	ID       string // "T2104"
	Severity Severity
	Title    string // "some answers are not handled": a noun phrase or short sentence, lower case
	Text     string // why it matters and what to do, a few sentences for an admin
	Bad      string // a minimal excerpt that gives it
	Good     string // the same, mended
}

// At makes a diagnostic of this code. The message is formatted as by fmt.Sprintf.
func (c *Code) At(span source.Span, format string, args ...any) *Diagnostic {
	return &Diagnostic{Code: c, Severity: c.Severity, Span: span, Message: fmt.Sprintf(format, args...)}
}

// In names the enclosing construct, for example `state "triage"`.
func (d *Diagnostic) In(format string, args ...any) *Diagnostic {
	d.Within = fmt.Sprintf(format, args...)
	return d
}

// Labelled sets the short text under the caret.
func (d *Diagnostic) Labelled(format string, args ...any) *Diagnostic {
	d.Label = fmt.Sprintf(format, args...)
	return d
}

// Means says what would happen to a patient.
func (d *Diagnostic) Means(format string, args ...any) *Diagnostic {
	d.Effect = fmt.Sprintf(format, args...)
	return d
}

// Note adds another place (or, with an invalid span, a further fact).
func (d *Diagnostic) Note(span source.Span, format string, args ...any) *Diagnostic {
	d.Notes = append(d.Notes, Note{Span: span, Text: fmt.Sprintf(format, args...)})
	return d
}

// Also notes one more place of the same cause. Beyond a few, only how many more there are is said.
func (d *Diagnostic) Also(span source.Span, format string, args ...any) *Diagnostic {
	switch d.also++; {
	case d.also <= mostAlso:
		return d.Note(span, format, args...)
	case d.also > mostAlso+1:
		d.Notes = slices.DeleteFunc(d.Notes, func(n Note) bool { return n.Text == d.more(d.also-1) })
	}
	return d.Note(source.Span{}, "%s", d.more(d.also))
}

func (d *Diagnostic) more(places int) string {
	if places == mostAlso+1 {
		return "the same goes for 1 more place"
	}
	return fmt.Sprintf("the same goes for %d more places", places-mostAlso)
}

// Help says the way out in words.
func (d *Diagnostic) Help(format string, args ...any) *Diagnostic {
	d.Fix = &Fix{Text: fmt.Sprintf(format, args...)}
	return d
}

// Mend says the way out and the edits that make it; safe fixes are applied by `tacet check --fix`.
func (d *Diagnostic) Mend(safe bool, text string, edits ...Edit) *Diagnostic {
	d.Fix = &Fix{Text: text, Edits: edits, Safe: safe}
	return d
}

// List collects diagnostics. The zero List is empty and ready.
type List []*Diagnostic

// Add appends d.
func (l *List) Add(d *Diagnostic) { *l = append(*l, d) }

// HasErrors reports whether any diagnostic stops the build.
func (l List) HasErrors() bool {
	return slices.ContainsFunc(l, func(d *Diagnostic) bool { return d.Severity == Error })
}

// Sorted returns the diagnostics by file, place, code and message, without exact repetitions.
func (l List) Sorted() List {
	out := slices.Clone(l)
	slices.SortStableFunc(out, func(a, b *Diagnostic) int {
		return cmp.Or(
			cmp.Compare(a.Span.Start.Filename, b.Span.Start.Filename),
			cmp.Compare(a.Span.Start.Offset, b.Span.Start.Offset),
			cmp.Compare(a.Span.End, b.Span.End),
			cmp.Compare(a.Code.ID, b.Code.ID),
			cmp.Compare(a.Message, b.Message),
		)
	})
	return slices.CompactFunc(out, func(a, b *Diagnostic) bool {
		return a.Code == b.Code && a.Span == b.Span && a.Message == b.Message
	})
}
