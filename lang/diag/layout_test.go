package diag_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/tacet-lang/tacet/lang/diag"
	"github.com/tacet-lang/tacet/lang/source"
)

// The span of each case is what stands between « and », which are not part of the source.
func TestLayout(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("word ", 40)
	cases := []struct{ name, text string }{
		{"first line", "«flow» \"x\""},
		{"blank line before", "one\n\n«two»\n"},
		{"tabs", "a\n\tsay\t\t«\"x\"»\t-> y\n"},
		{"tab underlined", "ab«\t»cd\n"},
		{"wide characters", "say \"日本語\" «-> 東京»\n"},
		{"combining characters", "say \"e\u0301e\u0301\" «-> o\u0308»\n"},
		{"emoji", "say \"👩\u200d👩\u200d👧 👍🏽 ❤\ufe0f 🇪🇸\" «x»\n"},
		{"hangul in pieces", "say \"\u1112\u1161\u11ab\" «x»\n"},
		{"underlined wide", "say «日本»\n"},
		{"direction marks", "say \"\u202eabc\u202c\" «x»\n"},
		{"terminal escapes", "say \"\x1b[2J\x1b]0;x\x07\u009b\" «x»\n"},
		{"not UTF-8", "say \"\xff\xfe\" «x»\n"},
		{"zero-width space", "say «a\u200bb»\n"},
		{"characters drawn as nothing", "say «a\u3164b\u034fc»\n"},
		{"joiner in latin", "say a\u200db «x»\n"},
		{"no-break space", "say\u00a0«x»\n"},
		{"windows line ends", "one\r\n«two»\r\nthree\r\n"},
		{"windows, two lines", "«one\r\ntwo»\r\nthree\r\n"},
		{"nothing underlined", "state x {«»\n"},
		{"nothing underlined, inside", "say «»hello\n"},
		{"line end underlined", "state x {«\n»}\n"},
		{"only space underlined", "state x«   »{\n"},
		{"end of file", "state x {\n  say\n«»"},
		{"end of file without newline", "state x {\n  say«»"},
		{"empty file", "«»"},
		{"only line ends", "\n«\n\n»\n"},
		{"two lines", "state «x {\n  say \"hi\"» }\n"},
		{"four lines", "«a\n  b\n  c\nd»\n"},
		{"many lines", "«a\nb\nc\nd\ne\nf»\n"},
		{"blank lines inside", "«a\n\n\n b»\n"},
		{"trailing space inside", "«a   \n   b»\n"},
		{"long line, start", "«x» " + long + "\n"},
		{"long line, middle", long + "«here» " + long + "\n"},
		{"long line, end", long + "«here»\n"},
		{"long line, after the end", long + "«»\n"},
		{"long line, all of it", "«" + long + "»\n"},
		{"long line, wide characters at the edges", strings.Repeat("語", 80) + "«x»" + strings.Repeat("語", 80) + "\n"},
		{"long line before", long + "\n«x»\n"},
		{"long line before, cut", long + "\n" + long + "«x»\n"},
		{"short line before, cut", "short\n" + long + "«x»\n"},
		{"very long line", strings.Repeat("é", 9000) + "«x»" + strings.Repeat("語", 9000) + "\n"},
		{"very long line, cut inside characters", strings.Repeat("語", 900) + "«y»" + strings.Repeat("é", 900) + "\n"},
		{"blank lines before", "one\n \n\t\n«two»\n"},
		{"line before a very long one", "a\n" + strings.Repeat("x", 2000) + "«y»\n"},
		{"blank first line inside", "a\n«\n b»\n"},
		{"very long span", "x «" + strings.Repeat("y", 20000) + "»\n"},
		{"high line number", strings.Repeat("\n", 123455) + "«x»\n"},
	}
	var out bytes.Buffer
	for _, c := range cases {
		fmt.Fprintf(&out, "== %s\n%s\n", c.name, layout(t, c.text, 60))
	}
	golden(t, "layout.txt", out.Bytes())
}

// layout prints a warning about the marked part of a text.
func layout(t *testing.T, marked string, width int) string {
	t.Helper()
	before, rest, _ := strings.Cut(marked, "«")
	inside, after, _ := strings.Cut(rest, "»")
	f := source.New("x.flow", []byte(before+inside+after))
	d := unused.At(f.Span(len(before), len(before)+len(inside)), "message").Labelled("label")
	var b bytes.Buffer
	if err := diag.Text(&b, diag.List{d}, diag.Files{f.Name: f}, diag.Options{Width: width}); err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(b.String(), "\n")
	return strings.Join(lines[1:len(lines)-4], "\n")
}

func TestColor(t *testing.T) {
	t.Setenv("NO_COLOR", "1") // the caller's choice holds, not the environment
	r := reports()["errors"]
	plain := string(print(t, "text", r))
	r.options.Color = true
	colored := print(t, "text", r)
	golden(t, "color.txt", colored)
	var stripped strings.Builder
	for i, part := range strings.Split(string(colored), "\x1b[") {
		if i > 0 {
			_, part, _ = strings.Cut(part, "m")
		}
		stripped.WriteString(part)
	}
	if stripped.String() != plain {
		t.Errorf("without its colors the text is\n%s\nwant\n%s", stripped.String(), plain)
	}
}

func TestSummary(t *testing.T) {
	t.Parallel()
	at := func(file string) source.Span {
		return source.Span{Start: source.Pos{Filename: file, Line: 1, Column: 1}}
	}
	e := func(file string) *diag.Diagnostic { return unknownState.At(at(file), "e") }
	w := func(file string) *diag.Diagnostic { return unused.At(at(file), "w") }
	cases := []struct {
		list diag.List
		want string
	}{
		{nil, "no problems found"},
		{diag.List{e("a")}, "1 error in 1 file"},
		{diag.List{w("a")}, "1 warning in 1 file"},
		{diag.List{e("a"), e("a"), w("a")}, "2 errors, 1 warning in 1 file"},
		{diag.List{e("a"), w("b"), w("c")}, "1 error, 2 warnings in 3 files"},
		{diag.List{e("")}, "1 error"},
	}
	for _, c := range cases {
		if got := c.list.Summary(); got != c.want {
			t.Errorf("Summary of %d = %q, want %q", len(c.list), got, c.want)
		}
	}
}
