package main

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"github.com/tacet-lang/tacet/compiler/compare"
)

func printDiff(con *console, format string, diffs []flowDiff) error {
	var b strings.Builder
	switch format {
	case "json":
		enc := json.NewEncoder(con.out)
		enc.SetIndent("", "  ")
		enc.SetEscapeHTML(false)
		return enc.Encode(map[string]any{"flows": diffs})
	case "markdown":
		markdownDiff(&b, diffs)
	default:
		textDiff(con, &b, diffs)
	}
	_, err := io.WriteString(con.out, b.String())
	return err
}

func textDiff(con *console, b *strings.Builder, diffs []flowDiff) {
	for _, d := range diffs {
		if len(d.Changes) == 0 {
			fmt.Fprintf(b, "%s: no difference\n", d.Flow)
			continue
		}
		fmt.Fprintf(b, "%s: %s\n", d.Flow, count(len(d.Changes), "change", "changes"))
		for _, c := range d.Changes {
			colour := map[string]string{"safety": "31", "privacy": "35", "behaviour": "33", "wording": "36"}[c.Level]
			fmt.Fprintf(b, "\n%s: %s\n", con.paint(colour, c.Level), c.What)
			if at := placeWords(&c); at != "" {
				fmt.Fprintf(b, "  --> %s\n", at)
			}
			if c.Old != "" {
				fmt.Fprintf(b, "  before: %s\n", indented(c.Old))
			}
			if c.New != "" {
				fmt.Fprintf(b, "  now:    %s\n", indented(c.New))
			}
			fmt.Fprintf(b, "  for a patient: %s\n", c.Means)
			if c.Conversation != nil {
				b.WriteString("  for example:\n")
				for l := range strings.Lines(conversationText(c.Conversation)) {
					b.WriteString("    " + l)
				}
			}
		}
		b.WriteByte('\n')
	}
}

// indented puts the further lines of a text under its first.
func indented(s string) string { return strings.ReplaceAll(strings.TrimSpace(s), "\n", "\n          ") }

func placeWords(c *change) string {
	if c.Place.Line == 0 {
		return ""
	}
	at := fmt.Sprintf("%s:%d:%d", c.Place.File, c.Place.Line, c.Place.Column)
	if c.Gone {
		at += " (before)"
	}
	return at
}

// conversationText writes what both heard, and how each went on.
func conversationText(s *shown) string {
	var b strings.Builder
	spokenText(&b, "", s.Before)
	if s.Heard != "" && s.Heard != `""` {
		fmt.Fprintf(&b, "the patient %s\n", heardWords(s.Heard))
	}
	spokenText(&b, "before | ", replies(s.Old))
	spokenText(&b, "now    | ", replies(s.New))
	return b.String()
}

func heardWords(heard string) string {
	if strings.HasPrefix(heard, `"`) {
		return "types " + heard
	}
	return heard
}

// replies leaves out what the patient said: it stands above.
func replies(lines []spoken) []spoken {
	var out []spoken
	for _, l := range lines {
		if l.Who != "patient" {
			out = append(out, l)
		}
	}
	if len(out) == 0 {
		out = []spoken{{Who: "note", Text: "nothing is said"}}
	}
	return out
}

func spokenText(b *strings.Builder, side string, lines []spoken) {
	for _, l := range lines {
		who := l.Who
		if who == "note" {
			who = "--"
		}
		text := strings.ReplaceAll(l.Text, "\n", "\n"+side+strings.Repeat(" ", 11))
		fmt.Fprintf(b, "%s%-9s  %s\n", side, who, text)
		if len(l.Options) > 0 {
			fmt.Fprintf(b, "%s%-9s  [%s]\n", side, "", strings.Join(l.Options, "] ["))
		}
	}
}

func markdownDiff(b *strings.Builder, diffs []flowDiff) {
	for _, d := range diffs {
		fmt.Fprintf(b, "## %s\n\n", markdownText(d.Flow))
		if len(d.Changes) == 0 {
			b.WriteString("No difference.\n\n")
			continue
		}
		for _, level := range compare.Levels {
			first := true
			for _, c := range d.Changes {
				if c.Level != level {
					continue
				}
				if first {
					fmt.Fprintf(b, "### %s\n\n", strings.ToUpper(level[:1])+level[1:])
					first = false
				}
				markdownChange(b, &c)
			}
		}
	}
}

func markdownChange(b *strings.Builder, c *change) {
	fmt.Fprintf(b, "- **%s**", markdownText(c.What))
	if at := placeWords(c); at != "" {
		fmt.Fprintf(b, " (%s)", markdownText(at))
	}
	fmt.Fprintf(b, "  \n  For a patient: %s.", markdownText(c.Means))
	if c.Old != "" {
		fmt.Fprintf(b, "  \n  Before: %s", markdownText(c.Old))
	}
	if c.New != "" {
		fmt.Fprintf(b, "  \n  Now: %s", markdownText(c.New))
	}
	b.WriteString("\n")
	if c.Conversation != nil {
		text := conversationText(c.Conversation)
		fence := "```"
		for strings.Contains(text, fence) {
			fence += "`"
		}
		fmt.Fprintf(b, "\n  <details><summary>A conversation that shows it</summary>\n\n  %stext\n", fence)
		for l := range strings.Lines(text) {
			b.WriteString("  " + l)
		}
		fmt.Fprintf(b, "  %s\n\n  </details>\n", fence)
	}
	b.WriteString("\n")
}

// markdownText makes text stand as it is, on one line. Backticks stay: what is between them is code of ours.
func markdownText(s string) string {
	var b strings.Builder
	code := false
	for _, r := range strings.Join(strings.Fields(s), " ") {
		switch {
		case r == '`':
			code = !code
		case !code && strings.ContainsRune(`\*_[]<>#~|`, r):
			b.WriteByte('\\')
		}
		b.WriteRune(r)
	}
	return b.String()
}
