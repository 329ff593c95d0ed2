package diag

import (
	"bytes"
	"fmt"
	"strings"
)

const explainWidth = 80

// Explain returns the page of a code as plain text, for `tacet explain`.
func Explain(c *Code) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s[%s]: %s\n", c.Severity, c.ID, c.Title)
	for paragraph := range strings.SplitSeq(strings.TrimSpace(c.Text), "\n\n") {
		if paragraph != "" {
			fmt.Fprintf(&b, "\n%s\n", wrap(paragraph, explainWidth))
		}
	}
	for _, example := range c.examples() {
		fmt.Fprintf(&b, "\n%s\n\n%s\n", example.title, indent(example.text))
	}
	fmt.Fprintf(&b, "\n%s\n", c.silencing())
	return b.String()
}

// Catalogue returns the page that lists every code, in Markdown.
func Catalogue() []byte { return catalogueOf(Codes()) }

// area says what the codes with this first digit are about.
func area(digit byte) string {
	switch digit {
	case '1':
		return "Reading a flow file"
	case '2':
		return "Names, transitions, guards"
	case '3':
		return "Fields, classes, purposes"
	case '4':
		return "The practice and its policy packs"
	case '5':
		return "People: escalation and cover"
	case '6':
		return "Vendors and agreements"
	case '7':
		return "What texts ask for and give"
	case '8':
		return "Tests in a flow"
	case '9':
		return "Compiled machines, and bugs of the compiler"
	default:
		return ""
	}
}

func catalogueOf(codes []*Code) []byte {
	var b bytes.Buffer
	b.WriteString("<!-- Generated from the codes in lang/diag; do not edit. -->\n\n# Diagnostics\n\n" +
		"Every diagnostic has a stable code. `tacet explain CODE` shows the same page. An error stops the build and can not\n" +
		"be silenced; a warning can, with a reason and an expiry.\n")
	b.WriteString("\n| code | | title |\n| --- | --- | --- |\n")
	for _, c := range codes {
		fmt.Fprintf(&b, "| [%s](#%s) | %s | %s |\n", c.ID, strings.ToLower(c.ID), c.Severity, strings.ReplaceAll(c.Title, "|", `\|`))
	}
	digit := byte(0)
	for _, c := range codes {
		if c.ID[1] != digit {
			digit = c.ID[1]
			fmt.Fprintf(&b, "\n## %s\n", area(digit))
		}
		fmt.Fprintf(&b, "\n### %s\n\n%s", c.ID, c.markdown())
	}
	return b.Bytes()
}

// markdown returns the page of a code without its heading.
func (c *Code) markdown() string {
	var b strings.Builder
	fmt.Fprintf(&b, "**%s: %s**\n", c.Severity, c.Title)
	if c.Text != "" {
		fmt.Fprintf(&b, "\n%s\n", strings.TrimSpace(c.Text))
	}
	for _, example := range c.examples() {
		fence := "```"
		for strings.Contains(example.text, fence) {
			fence += "`"
		}
		fmt.Fprintf(&b, "\n%s\n\n%stext\n%s\n%s\n", example.title, fence, example.text, fence)
	}
	return b.String()
}

func (c *Code) silencing() string {
	if c.Severity == Warning {
		return "This is a warning: it can be silenced, with a reason and an expiry."
	}
	return "This is an error: it can not be silenced."
}

type example struct{ title, text string }

func (c *Code) examples() []example {
	var out []example
	if bad := strings.Trim(c.Bad, "\n"); bad != "" {
		out = append(out, example{"This gives it:", bad})
	}
	if good := strings.Trim(c.Good, "\n"); good != "" {
		out = append(out, example{"Mended:", good})
	}
	return out
}

func indent(s string) string { return "    " + strings.ReplaceAll(s, "\n", "\n    ") }

// wrap breaks a paragraph into lines of at most so many columns where its words allow it.
func wrap(paragraph string, columns int) string {
	var b strings.Builder
	column := 0
	for _, word := range strings.Fields(paragraph) {
		n := lineWidth(cells([]byte(word)))
		switch {
		case column == 0:
		case column+1+n > columns:
			b.WriteByte('\n')
			column = 0
		default:
			b.WriteByte(' ')
			column++
		}
		b.WriteString(word)
		column += n
	}
	return b.String()
}
