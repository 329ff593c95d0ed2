package verify

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/tacet-lang/tacet/lang/machine"
	"github.com/tacet-lang/tacet/lang/source"
)

// Span is where a place of a machine stands in its file. Without the file it has a line and a column and no extent.
func Span(p machine.Place, f *source.File) source.Span {
	if p.Line == 0 {
		return source.Span{Start: source.Pos{Filename: p.File}}
	}
	bare := source.Span{Start: source.Pos{Filename: p.File, Line: p.Line, Column: p.Column}}
	if f == nil || p.Line > f.Lines() {
		return bare
	}
	lineStart := lineOffset(f, p.Line)
	line := f.Line(p.Line)
	start, ok := columnOffset(line, p.Column)
	if !ok {
		return bare
	}
	end := len(line)
	if p.End > 0 {
		if e, ok := columnOffset(line, p.End); ok && e >= start {
			end = e
		}
	}
	return f.Span(lineStart+start, lineStart+end)
}

// lineOffset is the offset at which a line of the file begins.
func lineOffset(f *source.File, line int) int {
	lo, hi := 0, len(f.Bytes)
	for lo < hi {
		mid := (lo + hi) / 2
		if f.Pos(mid).Line < line {
			lo = mid + 1
		} else {
			hi = mid
		}
	}
	return lo
}

// columnOffset turns a column in code points into bytes.
func columnOffset(line string, column int) (int, bool) {
	offset := 0
	for n := 1; n < column; n++ {
		if offset >= len(line) {
			return 0, false
		}
		_, size := utf8.DecodeRuneInString(line[offset:])
		offset += size
	}
	return offset, true
}

func (c *checking) span(p machine.Place) source.Span {
	if c.opts.Files == nil {
		return Span(p, nil)
	}
	return Span(p, c.opts.Files.File(p.File))
}

// conditionSpan is the condition of a `when` line, between its first word and its arrow; without the file, the line.
func (c *checking) conditionSpan(p machine.Place) source.Span {
	whole := c.span(p)
	if c.opts.Files == nil || !whole.IsValid() {
		return whole
	}
	f := c.opts.Files.File(p.File)
	if f == nil {
		return whole
	}
	text := f.Text(whole)
	rest, ok := strings.CutPrefix(text, "when ")
	arrow := strings.LastIndex(rest, "->")
	if !ok || arrow <= 0 {
		return whole
	}
	condition := rest[:arrow]
	start := whole.Start.Offset + len(text) - len(strings.TrimLeft(rest, " \t"))
	return f.Span(start, start+len(strings.TrimSpace(condition)))
}

// nowhere is the flow as a whole.
func (c *checking) nowhere() source.Span { return c.span(c.m.Flow.Place) }

// placeOf is where a location stands, or the flow where it stands nowhere.
func (c *checking) placeOf(l *location) source.Span {
	if l.Place.Line == 0 {
		return c.nowhere()
	}
	return c.span(l.Place)
}

// within names the construct that a location belongs to.
func (c *checking) within(l *location) string {
	for _, e := range c.m.Escalations {
		if e.Location == l.ID {
			return fmt.Sprintf("escalation %q", e.Name)
		}
	}
	if strings.HasPrefix(l.State, "@") {
		return ""
	}
	return fmt.Sprintf("state %q", l.State)
}
