package machine

import (
	"fmt"
	"strings"
)

// Placeholder is one {…} of a text.
type Placeholder struct {
	Name    string // what stands between the braces: a field, or "practice." and a fact
	Start   int    // bytes from the start of the text, of the opening brace
	End     int    // just past the closing brace
	Problem string // what is wrong with it, for an author; empty when it is well formed
}

// PracticeFacts are the facts a text may name, each after `practice.`.
var PracticeFacts = []string{"address", "hours", "name", "next_open", "phone"}

// Placeholders returns the {…} of a text in order. `{{` is a literal brace; a closing brace alone is one too.
func Placeholders(s string) []Placeholder {
	var out []Placeholder
	for i := 0; i < len(s); i++ {
		if s[i] != '{' {
			continue
		}
		if i+1 < len(s) && s[i+1] == '{' {
			i++
			continue
		}
		n := strings.IndexAny(s[i+1:], "{}")
		if n < 0 || s[i+1+n] == '{' {
			out = append(out, Placeholder{Start: i, End: i + 1, Problem: "this brace is never closed"})
			continue
		}
		p := Placeholder{Name: s[i+1 : i+1+n], Start: i, End: i + 2 + n}
		if object, fact, dotted := strings.Cut(p.Name, "."); !isName(object) || dotted && !isName(fact) {
			p.Problem = fmt.Sprintf("`{%s}` is not the name of a field", p.Name)
		}
		out = append(out, p)
		i += 1 + n
	}
	return out
}

// isName reports whether s is a name of the language: lower-case ASCII words joined by - or _.
func isName(s string) bool {
	if s == "" || s[0] < 'a' || s[0] > 'z' {
		return false
	}
	joined := false
	for _, r := range []byte(s) {
		switch {
		case r >= 'a' && r <= 'z', r >= '0' && r <= '9':
			joined = false
		case (r == '-' || r == '_') && !joined:
			joined = true
		default:
			return false
		}
	}
	return !joined
}
