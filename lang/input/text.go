package input

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// parseText reads one line of free text: white space is folded to single spaces.
func parseText(t string, c Context) Result {
	return freeText("text", strings.Join(strings.Fields(t), " "), DefaultTextRunes, c)
}

// parseMessage reads free text and keeps its line breaks, at most one empty line in a row.
func parseMessage(t string, c Context) Result {
	lines := strings.Split(strings.ReplaceAll(t, "\t", " "), "\n")
	kept := lines[:0]
	for _, l := range lines {
		l = strings.TrimSpace(l)
		if l == "" && len(kept) > 0 && kept[len(kept)-1] == "" {
			continue
		}
		kept = append(kept, l)
	}
	return freeText("message", strings.TrimSpace(strings.Join(kept, "\n")), DefaultMessageRunes, c)
}

func freeText(kind, t string, limit int, c Context) Result {
	if c.MaxRunes > 0 {
		limit = c.MaxRunes
	}
	if utf8.RuneCountInString(t) > limit {
		return invalid(TooLong)
	}
	if !strings.ContainsFunc(t, func(r rune) bool { return unicode.IsGraphic(r) && !unicode.IsSpace(r) }) {
		return unclear(Empty)
	}
	return ok(kind, t, c)
}
