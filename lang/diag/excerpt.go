package diag

import (
	"bytes"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/tacet-lang/tacet/lang/source"
)

// The part of a line around a span that is looked at, in bytes, and the lines of a long span that are shown: enough for
// any terminal, and a file that is one line of 16 MiB costs no more than any other.
const (
	maxLineBefore = 1 << 10
	maxLineAfter  = 1 << 10
	maxSpanLines  = 4
)

// An excerpt draws the lines of one span with the span underlined.
type excerpt struct {
	file   *source.File
	span   source.Span
	label  string
	mark   string // "^" or "-"
	before bool   // also the line before, when it is not blank
	width  int    // columns for the whole line
	ink    inks
	caret  ink
}

// A row is one line of source, or the part of a very long one around the span, as cells.
type row struct {
	number   int
	cells    []cell
	from, to int  // the underlined columns: [from, to)
	cutLeft  bool // the line begins before the cells
	cutRight bool // the line goes on after them
}

// lines returns the printed lines, each without its line end.
func (e *excerpt) lines() []string {
	rows := e.rows()
	gutter := max(5, len(fmt.Sprint(rows[len(rows)-1].number)))
	room := e.width - gutter - len(" | ")
	var out []string
	if e.before && rows[0].number > 1 {
		if r := e.rowBefore(rows[0]); len(r.cells) > 0 {
			out = append(out, e.source(gutter, r, rows[0].window(room)))
		}
	}
	for i, r := range rows {
		if i > 0 && r.number != rows[i-1].number+1 {
			out = append(out, e.ink.gutter.paint(strings.Repeat(" ", gutter-3)+"..."))
		}
		w := r.window(room)
		out = append(out, e.source(gutter, r, w))
		from, to := w.column(r.from), w.column(r.to)
		out = append(out, e.margin(gutter, from)+e.caret.paint(strings.Repeat(e.mark, max(1, to-from))))
		if i == len(rows)-1 && e.label != "" {
			out = e.addLabel(out, gutter, from, to)
		}
	}
	return out
}

// margin is the empty gutter and the columns to the left of a mark.
func (e *excerpt) margin(gutter, column int) string {
	return e.ink.gutter.paint(strings.Repeat(" ", gutter)+" |") + " " + strings.Repeat(" ", column)
}

// addLabel puts the label beside the mark of the last line, or below it where there is no room.
func (e *excerpt) addLabel(lines []string, gutter, from, to int) []string {
	label := visible(e.label)
	room := e.width - gutter - len(" | ")
	n := lineWidth(cells([]byte(label)))
	if max(to, from+1)+1+n <= room {
		lines[len(lines)-1] += " " + e.caret.paint(label)
		return lines
	}
	return append(lines, e.margin(gutter, max(0, min(from, room-n)))+e.caret.paint(label))
}

// source draws a line of source between the edges of a window.
func (e *excerpt) source(gutter int, r row, w window) string {
	text := w.cut(r)
	head := e.ink.gutter.paint(fmt.Sprintf("%*d |", gutter, r.number))
	if text == "" {
		return head
	}
	return head + " " + text
}

// rows returns the lines of the span, the first few and the last of them when there are many. Blank lines within the
// span have nothing to underline and are left out, unless they are all there is.
func (e *excerpt) rows() []row {
	type piece struct{ number, from, to int }
	b, start := e.file.Bytes, e.span.Start.Offset
	end := min(max(e.span.End, start), len(b))
	first := lineEnd(b, start, end)
	var pieces []piece
	for number, at := e.span.Start.Line, start; ; number++ {
		stop := lineEnd(b, at, end)
		if from, to := trim(b, at, stop); from < to {
			if len(pieces) == maxSpanLines {
				pieces = pieces[:maxSpanLines-1]
			}
			pieces = append(pieces, piece{number, from, to})
		}
		if stop == end {
			break
		}
		at = stop + 1
	}
	if len(pieces) == 0 {
		pieces = append(pieces, piece{e.span.Start.Line, start, first})
	}
	rows := make([]row, len(pieces))
	for i, p := range pieces {
		rows[i] = e.row(p.number, p.from, p.to)
	}
	return rows
}

// lineEnd returns where the line that holds b[from] ends, at the latest at end.
func lineEnd(b []byte, from, end int) int {
	if i := bytes.IndexByte(b[from:end], '\n'); i >= 0 {
		return from + i
	}
	return end
}

// trim drops the white space at both ends of the bytes [from, to).
func trim(b []byte, from, to int) (int, int) {
	const space = " \t\r"
	to -= len(b[from:to]) - len(bytes.TrimRight(b[from:to], space))
	from += len(b[from:to]) - len(bytes.TrimLeft(b[from:to], space))
	return from, to
}

// row measures the line of the bytes [from, to), which lie in one line.
func (e *excerpt) row(number, from, to int) row {
	b := e.file.Bytes
	r := row{number: number}
	start := max(0, from-maxLineBefore)
	if i := bytes.LastIndexByte(b[start:from], '\n'); i >= 0 {
		start += i + 1
	} else if start > 0 {
		r.cutLeft = true
		for start < from && !utf8.RuneStart(b[start]) {
			start++
		}
	}
	high := min(len(b), from+maxLineAfter)
	stop := lineEnd(b, from, high)
	if stop == high && high < len(b) && b[high] != '\n' {
		r.cutRight = true
		for stop > from && !utf8.RuneStart(b[stop]) {
			stop--
		}
	} else if stop > from && b[stop-1] == '\r' {
		stop--
	}
	r.cells = cells(b[start:stop])
	r.from, r.to = columns(r.cells, from-start, to-start)
	return r
}

// rowBefore measures the line before a row; it has no cells when there is none or it is blank.
func (e *excerpt) rowBefore(next row) row {
	b := e.file.Bytes
	end := bytes.LastIndexByte(b[:e.span.Start.Offset], '\n')
	if end < 0 || next.number != e.span.Start.Line || next.cutLeft {
		return row{}
	}
	start := bytes.LastIndexByte(b[:end], '\n') + 1
	if from, to := trim(b, start, end); from == to {
		return row{}
	}
	return e.row(next.number-1, start, start)
}

// columns returns the columns that the bytes [from, to) of a line take; a place past the end is one after the last.
func columns(line []cell, from, to int) (int, int) {
	var column, left, right int
	found := false
	for _, c := range line {
		if !found && c.end > from {
			left, right, found = column, column, true
		}
		column += c.width
		if found && c.start < to {
			right = column
		}
	}
	if !found {
		left = column
	}
	return left, max(right, left+1)
}

// A window is the run of columns [from, to) of a line that is printed.
type window struct{ from, to int }

// window returns the part of a row to print in so many columns: all of it, or the part around the underlined columns.
func (r row) window(room int) window {
	total := lineWidth(r.cells)
	if total <= room && !r.cutLeft && !r.cutRight {
		return window{0, max(total+1, room)}
	}
	marked := min(r.to-r.from, room-2)
	lead := max(1, (room-marked)/3)
	from := max(0, min(r.from-lead, max(total, r.to)-room))
	return window{from, from + room}
}

func lineWidth(line []cell) (columns int) {
	for _, c := range line {
		columns += c.width
	}
	return columns
}

// column returns where a column of the line is printed, counted from the left edge of the window.
func (w window) column(c int) int { return min(max(c, w.from), w.to) - w.from }

// cut returns the text of a row within the window, with an ellipsis where something was left out. Every column stays in
// its place: a wide character that an edge or an ellipsis would split is replaced by spaces.
func (w window) cut(r row) string {
	total := lineWidth(r.cells)
	left, right := w.from, min(w.to, total)
	leftCut, rightCut := w.from > 0 || r.cutLeft, total > w.to || r.cutRight
	if leftCut {
		left++
	}
	if rightCut {
		right = min(right, w.to-1)
	}
	if leftCut && left >= right {
		return "…"
	}
	var b strings.Builder
	if leftCut {
		b.WriteString("…")
	}
	column := 0
	for _, c := range r.cells {
		start, end := column, column+c.width
		column = end
		switch {
		case end <= left && !(c.width == 0 && start >= left) || start >= right:
		case start < left || end > right:
			b.WriteString(strings.Repeat(" ", min(end, right)-max(start, left)))
		default:
			b.WriteString(c.text)
		}
	}
	if rightCut {
		b.WriteString("…")
	}
	return strings.TrimRight(b.String(), " ")
}
