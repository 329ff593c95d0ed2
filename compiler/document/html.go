package document

import (
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"fmt"
	"html"
	"strings"
)

//go:embed style.css
var style string

// HTML returns the document as one page that loads nothing and runs nothing: its content security policy permits the one
// style sheet in it, by hash.
func (d *Document) HTML() string {
	var b strings.Builder
	sum := sha256.Sum256([]byte(style))
	fmt.Fprintf(&b, `<!doctype html>
%s
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'sha256-%s'; base-uri 'none'; form-action 'none'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>%s</title>
<style>%s</style>
</head>
<body>
<a class="skip" href="#main">Skip to the policy</a>
<header>
<h1>%s</h1>
<p class="lead">%s</p>
</header>
<nav aria-labelledby="contents">
<h2 id="contents">Contents</h2>
<ol>
`, Marker, base64.StdEncoding.EncodeToString(sum[:]), escapeHTML(d.Title), style, escapeHTML(d.Title), escapeHTML(d.Lead))
	for _, s := range d.Sections {
		fmt.Fprintf(&b, "<li><a href=\"#%s\">%s</a></li>\n", s.ID, escapeHTML(s.Title))
	}
	b.WriteString("</ol>\n</nav>\n<main id=\"main\">\n")
	for i, s := range d.Sections {
		fmt.Fprintf(&b, "<section aria-labelledby=\"%s\">\n<h2 id=\"%s\">%d. %s</h2>\n", s.ID, s.ID, i+1, escapeHTML(s.Title))
		for _, x := range s.Blocks {
			htmlBlock(&b, x)
		}
		b.WriteString("</section>\n")
	}
	b.WriteString("</main>\n</body>\n</html>\n")
	return b.String()
}

func htmlBlock(b *strings.Builder, x block) {
	switch x := x.(type) {
	case paragraph:
		fmt.Fprintf(b, "<p>%s</p>\n", htmlLine(x.Text))
	case heading:
		fmt.Fprintf(b, "<h3>%s</h3>\n", htmlLine(x.Text))
	case quotation:
		fmt.Fprintf(b, "<figure>\n<figcaption>%s</figcaption>\n<blockquote lang=\"%s\">", escapeHTML(languageName(x.Lang)), escapeHTML(x.Lang))
		for l := range strings.SplitSeq(strings.TrimRight(x.Text, "\n"), "\n") {
			fmt.Fprintf(b, "<p>%s</p>", escapeHTML(l))
		}
		b.WriteString("</blockquote>\n</figure>\n")
	case table:
		htmlTable(b, &x)
	}
}

// htmlTable writes a table that scrolls on its own where the screen is narrow; the region can be reached by keyboard.
func htmlTable(b *strings.Builder, t *table) {
	fmt.Fprintf(b, "<div class=\"scroll\" role=\"region\" aria-label=\"%s\" tabindex=\"0\">\n<table>\n<caption>%s</caption>\n", escapeHTML(t.Caption), escapeHTML(t.Caption))
	b.WriteString("<thead><tr>")
	for _, h := range t.Head {
		fmt.Fprintf(b, "<th scope=\"col\">%s</th>", escapeHTML(h))
	}
	b.WriteString("</tr></thead>\n<tbody>\n")
	for _, row := range t.Rows {
		b.WriteString("<tr>")
		for i, c := range row {
			tag, attr := "td", ""
			if i == 0 {
				tag, attr = "th", " scope=\"row\""
			}
			fmt.Fprintf(b, "<%s%s>%s</%s>", tag, attr, htmlCell(c), tag)
		}
		b.WriteString("</tr>\n")
	}
	b.WriteString("</tbody>\n</table>\n</div>\n")
}

func htmlCell(c cell) string {
	var parts []string
	for _, l := range c {
		parts = append(parts, htmlLine(l))
	}
	return strings.Join(parts, "<br>")
}

// longCode is how many bytes of code may be broken anywhere: a hash.
const longCode = 40

func htmlLine(l line) string {
	var b strings.Builder
	for _, r := range l {
		s := escapeHTML(r.Text)
		switch {
		case r.Code && len(r.Text) > longCode:
			s = "<code class=\"long\">" + s + "</code>"
		case r.Code:
			s = "<code>" + s + "</code>"
		case r.Lang != "" && r.Lang != "en":
			s = fmt.Sprintf("<span lang=\"%s\">%s</span>", escapeHTML(r.Lang), s)
		}
		b.WriteString(s)
	}
	return b.String()
}

func escapeHTML(s string) string { return html.EscapeString(oneLine(s)) }
