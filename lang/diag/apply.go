package diag

import (
	"cmp"
	"fmt"
	"slices"
	"unicode/utf8"

	"github.com/tacet-lang/tacet/lang/source"
)

// ApplyFixes makes the safe fixes of l whose edits all lie in f, in one pass, and returns the new content and how many
// fixes it made. A fix is made as a whole or not at all. Fixes are taken in the order of [List.Sorted]; one that
// overlaps an earlier one, or is the same, is left for the next check of the new content.
//
// It fails, and makes nothing, when an edit was not made for the content of f or would break its UTF-8.
func ApplyFixes(f *source.File, l List) ([]byte, int, error) {
	var taken []Edit // sorted, without overlaps
	made := 0
	for _, d := range l.Sorted() {
		if d.Fix == nil || !d.Fix.Safe || !d.Fix.within(f.Name) {
			continue
		}
		edits := slices.SortedStableFunc(slices.Values(d.Fix.Edits), compareEdits)
		if err := checkEdits(f, edits); err != nil {
			return nil, 0, fmt.Errorf("fix of %s at %s: %w", d.Code.ID, d.Span.Start, err)
		}
		if slices.ContainsFunc(edits, func(e Edit) bool { return collides(taken, e) }) {
			continue
		}
		for _, e := range edits {
			at, _ := slices.BinarySearchFunc(taken, e, compareEdits)
			taken = slices.Insert(taken, at, e)
		}
		made++
	}
	out := rewrite(f.Bytes, taken)
	if utf8.Valid(f.Bytes) && !utf8.Valid(out) {
		return nil, 0, fmt.Errorf("fixes of %s: the result is not UTF-8", f.Name)
	}
	return out, made, nil
}

// within reports whether a fix has edits and all of them are in the file with this name.
func (f *Fix) within(name string) bool {
	return len(f.Edits) > 0 && !slices.ContainsFunc(f.Edits, func(e Edit) bool { return e.Span.Start.Filename != name })
}

// checkEdits says what is wrong with the sorted edits of one fix.
func checkEdits(f *source.File, edits []Edit) error {
	for i, e := range edits {
		if e.Span.End < e.Span.Start.Offset || e.Span.End > len(f.Bytes) || f.Pos(e.Span.Start.Offset) != e.Span.Start {
			return fmt.Errorf("edit %d was not made for this content", i+1)
		}
		if i > 0 && overlap(edits[i-1], e) {
			return fmt.Errorf("edits %d and %d overlap", i, i+1)
		}
	}
	return nil
}

func compareEdits(a, b Edit) int {
	return cmp.Or(cmp.Compare(a.Span.Start.Offset, b.Span.Start.Offset), cmp.Compare(a.Span.End, b.Span.End))
}

// overlap reports whether two edits touch the same bytes, or insert at the same place, where their order would matter.
func overlap(a, b Edit) bool {
	if a.Span.Start.Offset == b.Span.Start.Offset && a.Span.End == b.Span.End {
		return true
	}
	return a.Span.Start.Offset < b.Span.End && b.Span.Start.Offset < a.Span.End
}

// collides reports whether e overlaps one of the sorted edits. Since these do not overlap each other, only the two beside
// its place can.
func collides(sorted []Edit, e Edit) bool {
	at, _ := slices.BinarySearchFunc(sorted, e, compareEdits)
	return at > 0 && overlap(sorted[at-1], e) || at < len(sorted) && overlap(sorted[at], e)
}

// rewrite makes sorted edits.
func rewrite(content []byte, edits []Edit) []byte {
	var out []byte
	at := 0
	for _, e := range edits {
		out = append(out, content[at:e.Span.Start.Offset]...)
		out = append(out, e.Text...)
		at = e.Span.End
	}
	return append(out, content[at:]...)
}
