package syntax_test

import (
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/tacet-lang/tacet/lang/diag"
	"github.com/tacet-lang/tacet/lang/source"
	"github.com/tacet-lang/tacet/lang/syntax"
)

// safe returns the diagnostics that have a safe fix.
func safe(list diag.List) diag.List {
	var out diag.List
	for _, d := range list {
		if d.Fix != nil && d.Fix.Safe {
			out.Add(d)
		}
	}
	return out
}

// TestSafeFixes applies the safe fixes of every wrong chunk: each round must leave fewer errors, until no safe fix is left.
func TestSafeFixes(t *testing.T) {
	t.Parallel()
	content, err := os.ReadFile("testdata/errors.flow")
	if err != nil {
		t.Fatal(err)
	}
	notes := regexp.MustCompile(`(?m)[ \t]*#! T\d{4} .*$`)
	for chunk := range strings.SplitSeq(notes.ReplaceAllString(string(content), ""), "\n---\n") {
		f := source.New("chunk.flow", []byte(chunk))
		_, list := syntax.Parse(f)
		for len(safe(list)) > 0 {
			mended, n, err := diag.ApplyFixes(f, list)
			if err != nil || n == 0 {
				t.Fatalf("%d fixes applied of %d, %v, in\n%s", n, len(safe(list)), err, f.Bytes)
			}
			next := source.New("chunk.flow", mended)
			_, left := syntax.Parse(next)
			if len(left) >= len(list) {
				t.Errorf("%d errors before and %d after the safe fixes, the first %q, in\n%s\n---\n%s",
					len(list), len(left), left[0].Message, f.Bytes, mended)
				break
			}
			f, list = next, left
		}
	}
}

// TestSafeFixOfField demands that the fix of a field's name mends the texts that hold the field too.
func TestSafeFixOfField(t *testing.T) {
	t.Parallel()
	const wrong = "field call-time time\nnotice \"\"\"\n  ¿Señora? {call-time}\n\n  é {call-time}, {{call-time}} {{{call-time}\n\"\"\"\n" +
		"fragment f(who-is name) exits done {\n  start a\n  state a { ask who-is \"Ñ {who-is} {call-time}\" -> done }\n}\n"
	const want = "field call_time time\nnotice \"\"\"\n  ¿Señora? {call_time}\n\n  é {call_time}, {{call-time}} {{{call_time}\n\"\"\"\n" +
		"fragment f(who_is name) exits done {\n  start a\n  state a { ask who_is \"Ñ {who_is} {call_time}\" -> done }\n}\n"
	f := source.New("x.flow", []byte(wrong))
	_, list := syntax.Parse(f)
	got, n, err := diag.ApplyFixes(f, list)
	if err != nil || n != 3 || string(got) != want {
		t.Errorf("%d fixes, %v, of\n%s\ngive\n%s\nwant\n%s", n, err, wrong, got, want)
	}
}

// TestCodePages reads the examples of every page: the bad one gives the code, the good one gives no error.
func TestCodePages(t *testing.T) {
	t.Parallel()
	for _, c := range diag.Codes() {
		if !strings.HasPrefix(c.ID, "T1") || strings.HasPrefix(c.Bad, "(") || c == diag.TooDeep {
			continue
		}
		if !reports(c.Bad, c) {
			t.Errorf("%s: the bad example does not give the code:\n%s", c.ID, c.Bad)
		}
		if !correct(c.Good) {
			t.Errorf("%s: the good example has errors:\n%s", c.ID, c.Good)
		}
	}
}

// inState puts lines into a state, where most examples stand.
func inState(lines string) string { return "state example {\n" + lines + "\n}" }

func reports(src string, c *diag.Code) bool {
	for _, s := range []string{src, inState(src)} {
		_, list := syntax.Parse(source.New("page.flow", []byte(s)))
		for _, d := range list {
			if d.Code == c {
				return true
			}
		}
	}
	return false
}

func correct(src string) bool {
	for _, s := range []string{src, inState(src)} {
		if _, list := syntax.Parse(source.New("page.flow", []byte(s))); len(list) == 0 {
			return true
		}
	}
	return false
}
