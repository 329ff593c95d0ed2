package diag

import (
	"bufio"
	"fmt"
	"io"
	"strconv"
	"strings"
	"unicode/utf8"
)

// GitHub writes diagnostics as workflow commands, one a line, which GitHub shows beside the changed lines of a pull
// request. The columns are those of the first and the last underlined character; a span of several lines has none,
// because the runner refuses such a command. Nothing is written when there is nothing to report.
//
// Source: docs.github.com, "Workflow commands for GitHub Actions", and escapeData and escapeProperty of actions/toolkit.
func GitHub(w io.Writer, l List, sources Sources, o Options) error {
	out := bufio.NewWriter(w)
	for _, d := range l.Sorted() {
		title := visible(d.Code.ID + ": " + d.Code.Title)
		properties := append(githubPlace(d, sources), "title="+escapeProperty(title))
		fmt.Fprintf(out, "::%s %s::%s\n", d.Severity, strings.Join(properties, ","), escapeData(strings.Join(d.lines(), "\n")))
	}
	if o.Failure != nil {
		title := visible(o.tool() + ": " + o.Failure.Code)
		fmt.Fprintf(out, "::error title=%s::%s\n", escapeProperty(title), escapeData(visible(o.Failure.Message)))
	}
	return out.Flush()
}

func githubPlace(d *Diagnostic, sources Sources) []string {
	start := d.Span.Start
	if start.Filename == "" {
		return nil
	}
	properties := []string{"file=" + escapeProperty(visible(start.Filename))}
	if !start.IsValid() {
		return properties
	}
	line, column := start.Line, start.Column
	if f := fileOf(sources, d.Span); f != nil {
		// The last character, not the one after: a span that ends with a line does not reach into the next.
		_, size := utf8.DecodeLastRuneInString(f.Text(d.Span))
		end := f.Pos(max(d.Span.End-size, start.Offset))
		line, column = end.Line, end.Column
	}
	properties = append(properties, "line="+strconv.Itoa(start.Line), "endLine="+strconv.Itoa(line))
	if line == start.Line {
		properties = append(properties, "col="+strconv.Itoa(start.Column), "endColumn="+strconv.Itoa(column))
	}
	return properties
}

func escapeData(s string) string {
	return strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A").Replace(s)
}

func escapeProperty(s string) string {
	return strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A", ":", "%3A", ",", "%2C").Replace(s)
}

// lines says all that d says about itself in lines that are safe to print, without excerpts.
func (d *Diagnostic) lines() []string {
	lines := []string{visible(d.Message)}
	if d.Within != "" {
		lines[0] += ", in " + visible(d.Within)
	}
	if d.Label != "" {
		lines = append(lines, visible(d.Label))
	}
	for _, n := range d.Notes {
		line := "note: " + visible(n.Text)
		if where := n.Span.Start.String(); where != "-" {
			line += ", " + visible(where)
		}
		lines = append(lines, line)
	}
	return append(lines, d.wayOut()...)
}

// wayOut is what d means for a patient and what to do about it, in lines that are safe to print.
func (d *Diagnostic) wayOut() []string {
	var lines []string
	if d.Effect != "" {
		lines = append(lines, visible(d.meaning()))
	}
	if d.Witness != "" {
		lines = append(lines, "see: "+visible(d.replay()))
	}
	if d.Fix != nil {
		lines = append(lines, "fix: "+visible(d.Fix.Text))
	}
	return append(lines, "why: "+d.why())
}
