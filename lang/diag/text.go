package diag

import (
	"bufio"
	"fmt"
	"io"
	"unicode/utf8"

	"github.com/fatih/color"

	"github.com/tacet-lang/tacet/lang/source"
)

// Text writes diagnostics for a person at a terminal or in a log: each with its code and place, the author's own words
// underlined, what it means for a patient and the way out; then one line that counts them.
//
// Nothing from a flow, a file name or a message reaches the writer in a form that could steer a terminal or reorder what
// is read: such characters are shown by their code.
func Text(w io.Writer, l List, sources Sources, o Options) error {
	t := newText(w, sources, o)
	for _, d := range l.Sorted() {
		t.diagnostic(d)
		t.line("")
	}
	t.summary(l, o)
	return t.w.Flush()
}

// text writes the text form; errors of the writer are kept by it until Flush.
type text struct {
	w       *bufio.Writer
	sources Sources
	width   int
	ink     inks
}

func newText(w io.Writer, sources Sources, o Options) *text {
	return &text{w: bufio.NewWriter(w), sources: sources, width: o.width(), ink: newInks(o.Color)}
}

func (t *text) line(format string, args ...any) {
	fmt.Fprintf(t.w, format+"\n", args...)
}

func (t *text) diagnostic(d *Diagnostic) {
	head := t.ink.severity(d.Severity)
	t.line("%s: %s", head.paint(d.Severity.String()+"["+d.Code.ID+"]"), t.ink.message.paint(visible(d.Message)))
	t.place(d.Span, d.Within)
	t.excerpt(excerpt{span: d.Span, label: d.Label, mark: "^", before: true, caret: head})
	for _, n := range d.Notes {
		t.note(n)
	}
	t.meaning(d)
	if d.Fix != nil {
		t.line("  %s %s", t.ink.fix.paint("fix:"), visible(d.Fix.Text))
	}
	t.line("  %s %s", t.ink.why.paint("why:"), d.why())
}

func (t *text) place(span source.Span, within string) {
	switch where := span.Start.String(); {
	case where != "-" && within != "":
		t.line("  %s %s, %s", t.ink.gutter.paint("-->"), visible(where), visible(within))
	case where != "-":
		t.line("  %s %s", t.ink.gutter.paint("-->"), visible(where))
	case within != "":
		t.line("  %s in %s", t.ink.gutter.paint("-->"), visible(within))
	}
}

func (t *text) excerpt(e excerpt) {
	e.file = fileOf(t.sources, e.span)
	if e.file == nil {
		return
	}
	e.width, e.ink = t.width, t.ink
	for _, line := range e.lines() {
		t.line("%s", line)
	}
}

func (t *text) note(n Note) {
	t.line("  %s %s", t.ink.note.paint("note:"), visible(n.Text))
	t.place(n.Span, "")
	t.excerpt(excerpt{span: n.Span, mark: "-", caret: t.ink.note})
}

// meaning says what would happen to a patient, and beside it how to see it happen.
func (t *text) meaning(d *Diagnostic) {
	effect, replay := "", ""
	if d.Effect != "" {
		effect = visible(d.meaning())
	}
	if d.Witness != "" {
		replay = visible(d.replay())
	}
	const gap = "     "
	switch {
	case effect == "" && replay == "":
	case replay == "":
		t.line("  %s", t.ink.effect.paint(effect))
	case effect == "":
		t.line("  %s %s", t.ink.why.paint("see:"), replay)
	case len("  ")+utf8.RuneCountInString(effect+gap+replay) <= t.width:
		t.line("  %s%s%s", t.ink.effect.paint(effect), gap, replay)
	default:
		t.line("  %s", t.ink.effect.paint(effect))
		t.line("  %s %s", t.ink.why.paint("see:"), replay)
	}
}

func (t *text) summary(l List, o Options) {
	if o.Failure != nil {
		t.line("%s: %s", t.ink.error.paint(visible(o.tool())), visible(o.Failure.Message))
		if len(l) == 0 {
			return
		}
	}
	t.line("%s", l.Sorted().Summary())
}

// An ink paints a piece of text; the zero ink leaves it as it is.
type ink struct{ color *color.Color }

func (i ink) paint(s string) string {
	if i.color == nil || s == "" {
		return s
	}
	return i.color.Sprint(s)
}

// inks are the colors of the text form.
type inks struct {
	error, warning, message, gutter, note, effect, fix, why ink
}

// newInks returns inks that always paint, whatever the environment says, or never.
func newInks(on bool) inks {
	if !on {
		return inks{}
	}
	of := func(attributes ...color.Attribute) ink {
		c := color.New(attributes...)
		c.EnableColor()
		return ink{c}
	}
	return inks{
		error:   of(color.FgRed, color.Bold),
		warning: of(color.FgYellow, color.Bold),
		message: of(color.Bold),
		gutter:  of(color.FgBlue),
		note:    of(color.FgCyan),
		effect:  of(color.FgMagenta),
		fix:     of(color.FgGreen, color.Bold),
		why:     of(color.FgCyan, color.Bold),
	}
}

func (i inks) severity(s Severity) ink {
	if s == Warning {
		return i.warning
	}
	return i.error
}
