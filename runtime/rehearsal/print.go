package rehearsal

import (
	"fmt"
	"strings"
)

// Report describes a failed test: the place, what was expected and what there is, and the conversation so far. It is
// "" for a test that passed.
func (r *Result) Report() string {
	f := r.Failure
	if f == nil {
		return ""
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%s:%d:%d: test %q failed at `%s`\n", f.Place.File, f.Place.Line, f.Place.Column, r.Test.Name, f.Step)
	if f.Expected != "" {
		fmt.Fprintf(&b, "  expected  %s\n", f.Expected)
	}
	fmt.Fprintf(&b, "  got       %s\n", f.Got)
	b.WriteString("  the conversation so far:\n")
	for l := range strings.Lines(Transcript(f.Lines)) {
		b.WriteString("    " + l)
	}
	return b.String()
}

// Transcript writes lines one under the other, quick replies in brackets.
func Transcript(lines []Line) string {
	var b strings.Builder
	for _, l := range lines {
		text := strings.ReplaceAll(strings.TrimRight(l.Text, "\n"), "\n", "\n           ")
		if l.Who == Note {
			fmt.Fprintf(&b, "           -- %s\n", text)
			continue
		}
		fmt.Fprintf(&b, "%-9s  %s\n", l.Who, text)
		if len(l.Options) > 0 {
			var names []string
			for _, o := range l.Options {
				names = append(names, "["+o.Label+"]")
			}
			fmt.Fprintf(&b, "           %s\n", strings.Join(names, " "))
		}
	}
	return b.String()
}
