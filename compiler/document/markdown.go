package document

import (
	"fmt"
	"strings"
)

// Markdown returns the document as GitHub-flavoured Markdown.
func (d *Document) Markdown() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n# %s\n\n%s\n", Marker, escapeMarkdown(d.Title), escapeMarkdown(d.Lead))
	for i, s := range d.Sections {
		fmt.Fprintf(&b, "\n## %d. %s\n", i+1, escapeMarkdown(s.Title))
		for _, x := range s.Blocks {
			b.WriteByte('\n')
			markdownBlock(&b, x)
		}
	}
	return b.String()
}

func markdownBlock(b *strings.Builder, x block) {
	switch x := x.(type) {
	case paragraph:
		b.WriteString(markdownLine(x.Text) + "\n")
	case heading:
		b.WriteString("### " + markdownLine(x.Text) + "\n")
	case quotation:
		fmt.Fprintf(b, "%s:\n\n", languageName(x.Lang))
		for l := range strings.SplitSeq(strings.TrimRight(x.Text, "\n"), "\n") {
			b.WriteString(strings.TrimRight("> "+escapeMarkdown(l), " ") + "  \n")
		}
	case table:
		markdownTable(b, &x)
	}
}

func markdownTable(b *strings.Builder, t *table) {
	fmt.Fprintf(b, "%s:\n\n", escapeMarkdown(t.Caption))
	for _, h := range t.Head {
		b.WriteString("| " + escapeMarkdown(h) + " ")
	}
	b.WriteString("|\n" + strings.Repeat("| --- ", len(t.Head)) + "|\n")
	for _, row := range t.Rows {
		for _, c := range row {
			var parts []string
			for _, l := range c {
				parts = append(parts, markdownLine(l))
			}
			b.WriteString("| " + strings.Join(parts, "<br>") + " ")
		}
		b.WriteString("|\n")
	}
}

func markdownLine(l line) string {
	var b strings.Builder
	for _, r := range l {
		if r.Code && r.Text != "" {
			b.WriteString(markdownCode(r.Text))
			continue
		}
		b.WriteString(escapeMarkdown(r.Text))
	}
	return b.String()
}

// markdownCode quotes code with more backticks than it holds in a row. A bar is escaped, because tables split on it even
// there; where a backslash makes that ambiguous, the code stands as text.
func markdownCode(s string) string {
	if strings.Contains(s, "|") && strings.Contains(s, `\`) {
		return escapeMarkdown(s)
	}
	s = strings.ReplaceAll(oneLine(s), "|", `\|`)
	longest, n := 0, 0
	for _, r := range s {
		if n++; r != '`' {
			n = 0
		}
		longest = max(longest, n)
	}
	fence := strings.Repeat("`", longest+1)
	if longest > 0 {
		return fence + " " + s + " " + fence
	}
	return fence + s + fence
}

// escapeMarkdown makes text stand as it is, wherever it comes from.
func escapeMarkdown(s string) string {
	var b strings.Builder
	for _, r := range oneLine(s) {
		switch r {
		case '\\', '`', '*', '_', '[', ']', '<', '>', '|', '~', '#':
			b.WriteByte('\\')
		case '&':
			b.WriteString("&amp;")
			continue
		}
		b.WriteRune(r)
	}
	return b.String()
}

// oneLine puts text on one line, and shows what could turn the direction of the text around it or hide in it.
func oneLine(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n', r == '\r', r == '\t', r == 0x2028, r == 0x2029:
			return ' '
		case r < 0x20, r == 0x7f, r >= 0x80 && r < 0xa0, r >= 0x202a && r <= 0x202e, r >= 0x2066 && r <= 0x2069, r == 0x200e, r == 0x200f:
			return '\ufffd'
		}
		return r
	}, s)
}
