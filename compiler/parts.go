package compiler

import (
	"strings"

	"github.com/tacet-lang/tacet/lang/machine"
	"github.com/tacet-lang/tacet/lang/source"
	"github.com/tacet-lang/tacet/lang/syntax"
)

// fieldsIn returns the fields a statement names outside texts and guards.
func fieldsIn(s syntax.Stmt) []syntax.Ident {
	switch s := s.(type) {
	case *syntax.SayByStmt:
		return []syntax.Ident{s.Field}
	case *syntax.AskStmt:
		return []syntax.Ident{s.Field}
	case *syntax.SendStmt:
		return s.Fields
	case *syntax.BookStmt:
		return []syntax.Ident{s.Field}
	case *syntax.VerifyStmt:
		return []syntax.Ident{s.Field}
	case *syntax.RunStmt:
		return s.Args
	}
	return nil
}

// textsIn returns the texts of a statement, in order.
func textsIn(s syntax.Stmt) []*syntax.Text {
	var out []*syntax.Text
	switch s := s.(type) {
	case *syntax.SayStmt:
		out = append(out, &s.Text)
	case *syntax.SayByStmt:
		for i := range s.Cases {
			out = append(out, &s.Cases[i].Text)
		}
	case *syntax.AskStmt:
		out = append(out, &s.Prompt)
	case *syntax.OfferStmt:
		if s.Prompt != nil {
			out = append(out, s.Prompt)
		}
		for i := range s.Choices {
			out = append(out, &s.Choices[i].Label)
		}
	case *syntax.ListenStmt:
		if s.Prompt != nil {
			out = append(out, s.Prompt)
		}
	case *syntax.VerifyStmt:
		out = append(out, &s.Prompt)
	case *syntax.ConsentStmt:
		out = append(out, &s.Prompt)
	}
	return out
}

// targetsIn returns where the arrows of a statement lead, in order.
func targetsIn(s syntax.Stmt) []syntax.Target {
	switch s := s.(type) {
	case *syntax.AskStmt:
		if s.None != nil {
			return []syntax.Target{*s.None}
		}
	case *syntax.OfferStmt:
		out := make([]syntax.Target, len(s.Choices))
		for i, ch := range s.Choices {
			out[i] = ch.Target
		}
		return out
	case *syntax.ListenStmt:
		return outcomeTargets(s.Routes)
	case *syntax.BookStmt:
		return outcomeTargets(s.Outcomes)
	case *syntax.VerifyStmt:
		return outcomeTargets(s.Outcomes)
	case *syntax.ConsentStmt:
		return outcomeTargets(s.Outcomes)
	case *syntax.RunStmt:
		return outcomeTargets(s.Outcomes)
	case *syntax.WhenStmt:
		return []syntax.Target{s.Target}
	case *syntax.OtherwiseStmt:
		return []syntax.Target{s.Target}
	case *syntax.GotoStmt:
		return []syntax.Target{s.Target}
	}
	return nil
}

func outcomeTargets(outcomes []syntax.Outcome) []syntax.Target {
	out := make([]syntax.Target, len(outcomes))
	for i, o := range outcomes {
		out[i] = o.Target
	}
	return out
}

// placeholderSpan finds where the n-th placeholder of a text stands in the file. Escapes never hold braces, so the n-th
// of the source is the n-th of the value.
func (c *compilation) placeholderSpan(s *syntax.String, n int) source.Span {
	f := c.unitOf(s.Span).file
	raw := machine.Placeholders(f.Text(s.Span))
	if n >= len(raw) {
		return s.Span
	}
	return f.Span(s.Span.Start.Offset+raw[n].Start, s.Span.Start.Offset+raw[n].End)
}

// fieldPlaceholders calls f for each placeholder of a text that names a field, with its number.
func fieldPlaceholders(s string, f func(n int, name string)) {
	if !strings.Contains(s, "{") {
		return
	}
	for n, p := range machine.Placeholders(s) {
		if p.Problem == "" && !strings.Contains(p.Name, ".") {
			f(n, p.Name)
		}
	}
}

// word is a name in the source of a guard.
type word struct {
	name  string
	start int // bytes from the start of the guard
}

// habitWords are words that people put between conditions; lang/guard knows what they mean.
var habitWords = map[string]bool{
	"and": true, "or": true, "not": true, "is": true, "isnt": true, "then": true, "between": true, "equals": true, "contains": true,
}

// guardWords returns the names a guard reads: not what stands in quotes, after a dot, or before a bracket.
func guardWords(src string) []word {
	var out []word
	for i := 0; i < len(src); {
		ch := src[i]
		switch {
		case ch == '"' || ch == '\'':
			i = skipQuoted(src, i)
		case isWordStart(ch):
			start := i
			for i < len(src) && (isWordStart(src[i]) || src[i] >= '0' && src[i] <= '9' || hyphenInside(src, i)) {
				i++
			}
			before, after := strings.TrimRight(src[:start], " \t\r\n"), strings.TrimLeft(src[i:], " \t\r\n")
			if !strings.HasSuffix(before, ".") && !strings.HasPrefix(after, "(") {
				out = append(out, word{name: src[start:i], start: start})
			}
		case ch >= '0' && ch <= '9':
			for i < len(src) && (src[i] >= '0' && src[i] <= '9' || isWordStart(src[i])) {
				i++
			}
		default:
			i++
		}
	}
	return out
}

func isWordStart(b byte) bool {
	return b == '_' || b >= 'a' && b <= 'z' || b >= 'A' && b <= 'Z'
}

// hyphenInside reports whether a hyphen joins two words, as in a name that was meant as one.
func hyphenInside(src string, i int) bool {
	return src[i] == '-' && i > 0 && i+1 < len(src) && src[i-1] != '-' && isWordStart(src[i+1])
}

func skipQuoted(src string, i int) int {
	quote := src[i]
	for i++; i < len(src); i++ {
		switch src[i] {
		case '\\':
			i++
		case quote:
			return i + 1
		}
	}
	return len(src)
}
