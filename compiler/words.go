package compiler

import (
	"fmt"
	"slices"
	"strings"

	"github.com/tacet-lang/tacet/lang/diag"
	"github.com/tacet-lang/tacet/lang/syntax"
)

// list reads names aloud: "`a`, `b` and `c`"; a long list is cut.
func list(names []string) string {
	const most = 12
	if len(names) == 0 {
		return "none"
	}
	quoted := make([]string, 0, most+1)
	for i, n := range names {
		if i == most {
			return fmt.Sprintf("%s and %d more", strings.Join(quoted, ", "), len(names)-most)
		}
		quoted = append(quoted, "`"+n+"`")
	}
	if len(quoted) == 1 {
		return quoted[0]
	}
	return strings.Join(quoted[:len(quoted)-1], ", ") + " and " + quoted[len(quoted)-1]
}

// excerpt is the beginning of a text, for messages about it.
func excerpt(s string) string {
	const most = 40
	s = strings.Join(strings.Fields(s), " ")
	if r := []rune(s); len(r) > most {
		return strings.TrimSpace(string(r[:most])) + "…"
	}
	return s
}

// plural is "1 other use" or "3 other uses".
func plural(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

// languageName names a language in a sentence.
func languageName(tag string) string {
	switch tag {
	case "en":
		return "English"
	case "es":
		return "Spanish"
	}
	return "`" + tag + "`"
}

// rename is the edit that writes near where id stands.
func rename(id syntax.Ident, near string) diag.Edit { return diag.Edit{Span: id.Span, Text: near} }

// either reads names as alternatives: "`phone` or `email`".
func either(names []string) string {
	quoted := make([]string, len(names))
	for i, n := range names {
		quoted[i] = "`" + n + "`"
	}
	return strings.Join(quoted, " or ")
}

func contains(names []string, name string) bool { return slices.Contains(names, name) }

func isBlank(s string) bool { return strings.TrimSpace(s) == "" }
