package guard

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/tacet-lang/tacet/lang/diag"
	"github.com/tacet-lang/tacet/lang/source"
)

// habits finds what people write from habit of other languages, or of plain English, and answers each with a safe fix.
func (e *Env) habits(src string, at func(int, int) source.Span) diag.List {
	var out diag.List
	toks := tokens(src)
	for i := 0; i < len(toks); i++ {
		t := toks[i]
		instead, end, why := e.habit(src, toks, i)
		if instead == "" {
			continue
		}
		last := toks[end]
		span := at(t.start, last.end)
		written := src[t.start:last.end]
		out.Add(diag.GuardHabit.At(span, "`%s` is written `%s` in a condition", written, strings.TrimSpace(instead)).
			Labelled("%s", why).
			Mend(true, fmt.Sprintf("write `%s`", strings.TrimSpace(instead)), diag.Edit{Span: span, Text: instead}))
		i = end
	}
	return out
}

// habit judges the token at i. It returns what to write instead ("" when it is fine), the last token replaced and why.
func (e *Env) habit(src string, toks []token, i int) (instead string, end int, why string) {
	t := toks[i]
	if _, known := e.vars[t.text]; known {
		return "", i, ""
	}
	next := func(words ...string) bool {
		for j, w := range words {
			if i+1+j >= len(toks) || !strings.EqualFold(toks[i+1+j].text, w) {
				return false
			}
		}
		return true
	}
	switch strings.ToLower(t.text) {
	case "=", "===", "equals":
		if t.text == "=" && next("=") {
			return "==", i + 1, "one sign"
		}
		return "==", i, "`==` compares"
	case "is", "are":
		return e.isHabit(next, i)
	case "isn't", "isnt", "<>", "!==", "≠":
		return "!=", i, "`!=` means is not"
	case "and", "&":
		return "&&", i, "`&&` means and"
	case "or", "|":
		return "||", i, "`||` means or"
	case "not":
		if next("in") {
			return "", i, ""
		}
		return "!", i, "`!` means not"
	case "=<", "≤":
		return "<=", i, "`<=` means at most"
	case "=>", "≥":
		return ">=", i, "`>=` means at least"
	case "“", "”", "„":
		return `"`, i, "straight quotes"
	case "yes", "true":
		if t.text == "true" {
			return "", i, ""
		}
		return "true", i, "`true` means yes"
	case "no", "false":
		if t.text == "false" {
			return "", i, ""
		}
		return "false", i, "`false` means no"
	}
	if o := e.bareOption(toks, i); o != "" {
		return strconv.Quote(o), i, "answers stand in quotes"
	}
	if lower := strings.ToLower(t.text); lower != t.text && e.knows(lower) {
		return lower, i, "names are lower-case"
	}
	return "", i, ""
}

func (e *Env) isHabit(next func(...string) bool, i int) (string, int, string) {
	switch {
	case next("at", "least"):
		return ">=", i + 2, "`>=` means at least"
	case next("at", "most"):
		return "<=", i + 2, "`<=` means at most"
	case next("greater", "than"), next("more", "than"):
		return ">", i + 2, "`>` means more than"
	case next("less", "than"):
		return "<", i + 2, "`<` means less than"
	case next("not"):
		return "!=", i + 1, "`!=` means is not"
	case next("in"):
		return "in", i + 1, "`in` is enough"
	}
	return "==", i, "`==` compares"
}

func (e *Env) knows(name string) bool {
	_, ok := e.vars[name]
	return ok
}

// bareOption returns the option that an unquoted word names, when the word stands after a comparison of a field that
// offers it.
func (e *Env) bareOption(toks []token, i int) string {
	if i < 2 {
		return ""
	}
	subject := toks[i-2].text
	switch toks[i-1].text {
	case "==", "!=", "=", "is", "===", "<>":
	case "not":
		subject = ""
		if i >= 3 && toks[i-2].text == "is" {
			subject = toks[i-3].text
		}
	default:
		return ""
	}
	if v, ok := e.vars[subject]; ok && slices.Contains(v.Options, strings.ToLower(toks[i].text)) {
		return strings.ToLower(toks[i].text)
	}
	return ""
}
