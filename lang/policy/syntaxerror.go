package policy

import (
	"bytes"
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"github.com/tacet-lang/tacet/lang/diag"
)

// maxBisect bounds the files in which the line of a syntax error is looked for by reading prefixes.
const maxBisect = 64 << 10

// syntaxSentences say in words what yaml.v3 says about tokens. The first whose mark is in the message speaks.
var syntaxSentences = []struct{ mark, message, help string }{
	{"mapping values are not allowed", "there is one colon too many, or the indentation does not fit", "put a text that has a colon in quotes, and begin the line under the one it belongs with"},
	{"could not find expected ':'", "this line has no `key: value`", "write a key, a colon, a space and the value"},
	{"did not find expected key", "this line does not fit under the one above", "begin it in the same column as its neighbours; if a text has quotes in it, put the whole text in quotes"},
	{"did not find expected '-'", "this line does not fit under the list above", "begin each entry of the list with a hyphen, in the same column"},
	{"',' or ']'", "the list that `[` opens is not closed", "close it with `]`, with commas between the values"},
	{"',' or '}'", "the block that `{` opens is not closed", "close it with `}`, with commas between the values"},
	{"quoted scalar", "a quote is opened and not closed", "close the quote; an apostrophe inside single quotes is written twice"},
	{"escape", "the backslash does not mean anything here", "use single quotes, or write the backslash twice"},
	{"cannot start any token", "a value cannot begin with this sign", "put the text in quotes"},
	{"block sequence entries are not allowed", "a list cannot begin here", "put the list on the lines below, each entry with a hyphen"},
	{"block mapping", "this line does not fit here", "check its indentation"},
	{"alphabetic or numeric character", "a value cannot begin with `*` or `&`", "put the text in quotes"},
	{"unknown anchor", "`*` repeats a value that does not exist", "write the value out; put a text that begins with `*` in quotes"},
	{"directive", "a line cannot begin with `%`", "put the text in quotes"},
	{"exceeded max depth", "this is nested too deeply", "check the brackets"},
	{"did not find expected <document start>", "this line does not belong to anything", "check its indentation, and that each line is `key: value`"},
}

// slip is what is wrong with a line, in words.
type slip struct{ message, help string }

var (
	keyAndValue = regexp.MustCompile(`^\s*(?:- )?([A-Za-z0-9_-]+): +(.*)$`)
	quotedPart  = regexp.MustCompile(`^("[^"]*"|'[^']*')\s+[^\s#].*$`)
)

// slipIn recognises the common slips by the look of a line, better than a scanner can name them.
func (d *document) slipIn(line int) slip {
	m := keyAndValue.FindStringSubmatch(d.file.Line(line))
	if m == nil {
		return slip{}
	}
	key, value := m[1], strings.TrimSpace(m[2])
	switch {
	case strings.Count(value, `"`) == 1 && strings.HasPrefix(value, `"`):
		return slip{"a quote is opened and not closed", "close it at the end of the text"}
	case quotedPart.MatchString(value):
		return slip{"there is text after the closing quote", "put the whole text in quotes, or none of it"}
	case strings.ContainsAny(value[:min(1, len(value))], `"'[{`):
		return slip{}
	case strings.Contains(value, ": ") || strings.HasSuffix(value, ":"):
		return slip{fmt.Sprintf("the text after `%s:` has a colon of its own", key), fmt.Sprintf(`put the text in quotes: %s: "%s"`, key, value)}
	case d.deeperThanItsNeighbour(line):
		return slip{"this line is indented further than the one above it, which already has a value", "begin it in the same column as the line above"}
	}
	return slip{}
}

func (d *document) deeperThanItsNeighbour(line int) bool {
	indent := func(s string) int { return len(s) - len(strings.TrimLeft(s, " ")) }
	for n := line - 1; n >= 1; n-- {
		above := d.file.Line(n)
		if text := strings.TrimSpace(above); text == "" || strings.HasPrefix(text, "#") {
			continue
		}
		m := keyAndValue.FindStringSubmatch(above)
		return m != nil && strings.TrimSpace(m[2]) != "" && indent(d.file.Line(line)) > indent(above)
	}
	return false
}

var lineOf = regexp.MustCompile(`line (\d+)`)

// syntax reports an error of yaml.v3 at the line that causes it.
func (d *document) syntax(err error) {
	message, help := "this cannot be read", "check the indentation, the quotes and the brackets of this line and the one above"
	for _, s := range syntaxSentences {
		if strings.Contains(err.Error(), s.mark) {
			message, help = s.message, s.help
			break
		}
	}
	line := d.blameLine(err)
	start := d.starts[line-1]
	text := d.file.Line(line)
	if slip := d.slipIn(line); slip.message != "" {
		message, help = slip.message, slip.help
	}
	indent := len(text) - len(strings.TrimLeft(text, " "))
	span := d.file.Span(start+indent, start+len(strings.TrimRight(text, " ")))
	code := diag.YAMLSyntax
	if strings.Contains(err.Error(), "unknown anchor") {
		code = diag.YAMLFeature
	}
	d.diags.Add(code.At(span, "%s", message).Help("%s", help))
}

// blameLine returns the 1-based line of a syntax error: the one after the longest prefix that can be read. yaml.v3
// itself often names the line where the surrounding block began.
func (d *document) blameLine(err error) int {
	line := 1
	if m := lineOf.FindStringSubmatch(err.Error()); m != nil {
		line, _ = strconv.Atoi(m[1])
	}
	line = min(max(line, 1), len(d.starts))
	if len(d.file.Bytes) > maxBisect {
		return line
	}
	good, bad := 0, len(d.starts)
	for bad-good > 1 {
		mid := (good + bad) / 2
		if d.prefixReads(mid) {
			good = mid
		} else {
			bad = mid
		}
	}
	for n := good + 2; n < len(d.starts) && n <= good+40; n++ {
		if d.prefixReads(n) { // a bracket that is closed some lines further down
			good = n
		}
	}
	for n := good + 1; n <= len(d.starts); n++ {
		if text := strings.TrimSpace(d.file.Line(n)); text != "" && !strings.HasPrefix(text, "#") {
			return n
		}
	}
	return line
}

// prefixReads reports whether the first n lines are YAML by themselves.
func (d *document) prefixReads(n int) bool {
	prefix := d.file.Bytes
	if n < len(d.starts) {
		prefix = prefix[:d.starts[n]]
	}
	if len(bytes.TrimSpace(prefix)) == 0 {
		return true
	}
	_, err := parseYAML(prefix)
	return err == nil || err.Error() == "EOF"
}
