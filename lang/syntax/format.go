package syntax

import (
	"fmt"
	"strings"
)

// lineWidth is the column that lists and texts of several languages are wrapped at.
const lineWidth = 100

// Format prints a file in the one layout: two blanks of indent, neighbouring lines of a kind aligned, one blank line
// between declarations, lists wrapped at 100 columns. Texts and conditions stay as they were written, and so do the blank
// lines that group the lines of a block. The result parses to an equal file. f must have been read without errors.
func Format(f *File) []byte {
	p := &printer{file: f}
	if f.Source != nil {
		p.src = string(f.Source.Bytes)
	}
	for i, d := range f.Decls {
		if i > 0 {
			p.between(group(f.Decls[i-1]) != group(d))
		}
		p.decl(d)
	}
	p.between(len(f.Decls) > 0)
	p.comments(len(p.src) + 1)
	return p.layout()
}

// group returns the kind of declarations that d may stand next to without a blank line, or a kind of its own.
func group(d Decl) string {
	switch d.(type) {
	case *FlowDecl, *PurposeDecl, *UseDecl, *LanguagesDecl, *ChannelDecl:
		return "head"
	case *FieldDecl, *DeclassifyDecl, *AllowDecl, *TextDecl:
		return fmt.Sprintf("%T", d)
	default:
		return fmt.Sprintf("%p", d)
	}
}

// row is one line, or a line and what is wrapped below it.
type row struct {
	indent  int
	kind    string               // neighbouring rows of one kind are aligned; "" for none
	cells   []string             // padded to the widest of the neighbours
	gaps    []int                // blanks after each cell
	last    func(col int) string // the rest, given the column it begins at (0-based)
	comment string
}

// printer turns a tree into rows. Comments are taken in order as the nodes around them are printed.
type printer struct {
	file    *File
	src     string
	rows    []row
	depth   int
	next    int  // the next comment
	seen    int  // bytes of the source up to here are printed
	force   bool // a blank line must come before the next row
	opening bool // the last row opened a block, so no blank line comes next
}

// between ends a declaration; blank says that a blank line must follow.
func (p *printer) between(blank bool) { p.force = blank }

// add appends a row for the source from byte start to end, and the comment that trails it.
func (p *printer) add(start, end int, r row) {
	p.space(start)
	r.indent = p.depth * 2
	p.rows = append(p.rows, r)
	p.mark(end)
	p.trail(end)
}

func (p *printer) mark(end int) { p.seen = max(p.seen, end) }

// space prints the blank line that must or may stand before the source at byte start.
func (p *printer) space(start int) {
	if len(p.rows) > 0 && !p.opening && (p.force || p.blankBefore(start)) {
		p.rows = append(p.rows, row{})
	}
	p.force, p.opening = false, false
}

// blankBefore reports whether the author left a blank line before byte start.
func (p *printer) blankBefore(start int) bool {
	if start > len(p.src) || start <= p.seen {
		return false
	}
	return strings.Count(p.src[p.seen:start], "\n") > 1
}

// comments prints the comments that stand before byte end, each on a line of its own.
func (p *printer) comments(end int) {
	for ; p.next < len(p.file.Comments) && p.file.Comments[p.next].Span.Start.Offset < end; p.next++ {
		c := p.file.Comments[p.next]
		p.space(c.Span.Start.Offset)
		p.rows = append(p.rows, row{indent: p.depth * 2, kind: commentKind, last: fixedCell(c.Text)})
		p.mark(c.Span.End)
	}
}

// trail takes the comment that stands on the line that byte end is on, with nothing but a comma between, and puts it
// behind the last row.
func (p *printer) trail(end int) {
	if c, ok := p.trailing(end); ok {
		p.rows[len(p.rows)-1].comment = c
	}
}

func (p *printer) trailing(end int) (string, bool) {
	if p.next == len(p.file.Comments) {
		return "", false
	}
	c := p.file.Comments[p.next]
	if start := c.Span.Start.Offset; start < end || start > len(p.src) || strings.Trim(p.src[end:start], " \t\r,") != "" {
		return "", false
	}
	p.next++
	p.mark(c.Span.End)
	return c.Text, true
}

// commentIn reports whether a comment stands between two bytes.
func (p *printer) commentIn(start, end int) bool {
	for _, c := range p.file.Comments[p.next:] {
		if at := c.Span.Start.Offset; at >= end {
			return false
		} else if at >= start {
			return true
		}
	}
	return false
}

// line prints a node that stands on one line; comments inside it come before it.
func (p *printer) line(n Node, text string) { p.lineOf(n, row{last: fixedCell(text)}) }

func (p *printer) lineOf(n Node, r row) {
	start, end := n.Range().Start.Offset, n.Range().End
	p.comments(max(start, end))
	p.add(start, end, r)
}

// open prints the first line of a block. body is where its lines begin.
func (p *printer) open(n Node, header int, text string) {
	start, brace := n.Range().Start.Offset, p.brace(n, header)
	p.add(start, brace, row{last: fixedCell(text + " {")})
	p.opening = true
	p.depth++
}

// brace prints the comments in the first line of a block, of which header is some byte, and returns where its lines begin.
func (p *printer) brace(n Node, header int) int {
	at := min(max(header, n.Range().Start.Offset), len(p.src))
	for _, c := range p.file.Comments[p.next:] {
		i := strings.IndexByte(p.src[at:], '{')
		if i < 0 || c.Span.Start.Offset > at+i {
			break
		}
		at = max(at, c.Span.End)
	}
	if i := strings.IndexByte(p.src[at:], '{'); i >= 0 {
		at += i
	}
	p.comments(at)
	return min(at+1, len(p.src))
}

// close prints the last line of a block, after the comments at its end.
func (p *printer) close(n Node) {
	end := n.Range().End
	p.comments(end)
	p.depth--
	if p.opening {
		last := &p.rows[len(p.rows)-1]
		if last.comment == "" {
			text := last.last(0)
			last.last = fixedCell(text + "}")
			p.opening = false
			p.mark(end)
			p.trail(end)
			return
		}
	}
	p.opening, p.force = true, false
	p.add(end-1, end, row{last: fixedCell("}")})
}

func fixedCell(text string) func(int) string { return func(int) string { return text } }

// layout aligns the rows and joins them.
func (p *printer) layout() []byte {
	var lines []string
	var notes []string
	for i := 0; i < len(p.rows); {
		j := i + 1
		for j < len(p.rows) && p.rows[i].kind != "" && p.rows[i].kind != commentKind && p.rows[j].neighbours(p.rows[i]) {
			j++
		}
		widths := align(p.rows[i:j])
		for _, r := range p.rows[i:j] {
			lines = append(lines, r.print(widths))
			notes = append(notes, r.comment)
		}
		i = j
	}
	alignNotes(lines, notes)
	out := strings.Join(lines, "\n")
	if out != "" {
		out += "\n"
	}
	return []byte(out)
}

// neighbours reports whether r is aligned with the rows above it, of which first is the first.
func (r row) neighbours(first row) bool {
	return r.indent == first.indent && (r.kind == first.kind || r.kind == commentKind)
}

// commentKind is the kind of a row that is a comment; it does not come between the rows it stands among.
const commentKind = "#"

// maxAligned is the widest start of a row that others are aligned with; a wider one stands out by itself.
const maxAligned = 72

func (r row) stands() bool {
	total := 0
	for _, c := range r.cells {
		total += width(c)
	}
	return total > maxAligned
}

// align returns the widths of the cells of neighbouring rows.
func align(rows []row) []int {
	var widths []int
	for _, r := range rows {
		if r.stands() {
			continue
		}
		for i, c := range r.cells {
			if i == len(widths) {
				widths = append(widths, 0)
			}
			widths[i] = max(widths[i], width(c))
		}
	}
	return widths
}

// width returns the columns of the widest line of a text.
func width(text string) int {
	widest := 0
	for line := range strings.SplitSeq(text, "\n") {
		widest = max(widest, len([]rune(line)))
	}
	return widest
}

// print returns the row with its cells padded.
func (r row) print(widths []int) string {
	switch {
	case r.last == nil:
		return ""
	case r.stands():
		return r.padded(nil)
	default:
		return r.padded(widths)
	}
}

func (r row) padded(widths []int) string {
	var b strings.Builder
	b.WriteString(strings.Repeat(" ", r.indent))
	col := r.indent
	for i, c := range r.cells {
		w := width(c)
		if i < len(widths) {
			w = max(w, widths[i])
		}
		b.WriteString(c + strings.Repeat(" ", w-width(c)+r.gaps[i]))
		col += w + r.gaps[i]
	}
	b.WriteString(r.last(col))
	return b.String()
}

// alignNotes puts the comments that trail neighbouring lines below each other.
func alignNotes(lines, notes []string) {
	for i := 0; i < len(lines); {
		j, widest := i, 0
		for ; j < len(lines) && notes[j] != "" && !strings.Contains(lines[j], "\n"); j++ {
			widest = max(widest, width(lines[j]))
		}
		if j == i {
			if notes[i] != "" {
				lines[i] += "  " + notes[i]
			}
			i++
			continue
		}
		for ; i < j; i++ {
			gap := 2
			if widest <= lineWidth {
				gap += widest - width(lines[i])
			}
			lines[i] += strings.Repeat(" ", gap) + notes[i]
		}
	}
}
