package syntax

import (
	"slices"

	"github.com/tacet-lang/tacet/lang/diag"
	"github.com/tacet-lang/tacet/lang/source"
)

// maxErrors is how many errors of one file are told before reading stops.
const maxErrors = 50

// reporter collects the diagnostics of one file, never more than are told.
type reporter struct {
	file     *source.File
	list     diag.List
	reserved []reservedName
}

// reservedName is a word of the language that stands for a name.
type reservedName struct {
	told     *diag.Diagnostic
	word     string
	declares bool
}

// tellReservedOnce leaves one diagnostic of each such word: where it is declared, or where it stands first. The others become
// notes of that.
func (r *reporter) tellReservedOnce() {
	main := map[string]*diag.Diagnostic{}
	for _, first := range []bool{true, false} {
		for _, n := range r.reserved {
			if main[n.word] == nil && n.declares == first {
				main[n.word] = n.told
			}
		}
	}
	for _, n := range r.reserved {
		if m := main[n.word]; m != n.told {
			m.Also(n.told.Span, "and it stands for a name here")
			r.list = slices.DeleteFunc(r.list, func(d *diag.Diagnostic) bool { return d == n.told })
		}
	}
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
