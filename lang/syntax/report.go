package syntax

import (
	"github.com/tacet-lang/tacet/lang/diag"
	"github.com/tacet-lang/tacet/lang/source"
)

// maxErrors is how many errors of one file are told before reading stops.
const maxErrors = 50

// reporter collects the diagnostics of one file, never more than are told.
type reporter struct {
	file *source.File
	list diag.List
}

// full reports whether nothing more will be told, so that reading on is of no use.
func (r *reporter) full() bool { return len(r.list) > maxErrors }

func (r *reporter) add(d *diag.Diagnostic) {
	if !r.full() {
		r.list.Add(d)
	}
}

// capped returns the first errors in order of place, and after the last a line that says there are more.
func capped(l diag.List) diag.List {
	l = l.Sorted()
	if len(l) <= maxErrors {
		return l
	}
	next := l[maxErrors]
	return append(l[:maxErrors:maxErrors], diag.TooManyErrors.At(next.Span,
		"this file has more than %d errors, so reading stops here", maxErrors).
		Help("mend the errors above first; many of the others may go with them"))
}
