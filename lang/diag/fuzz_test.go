package diag_test

import (
	"regexp"
	"strings"
	"testing"

	"github.com/tacet-lang/tacet/lang/diag"
	"github.com/tacet-lang/tacet/lang/source"
)

var sourceLine = regexp.MustCompile(`^ *[0-9]+ \|`)

// FuzzPrinters puts hostile text in every place a text can stand in and reads each form back.
func FuzzPrinters(f *testing.F) {
	f.Add("some answers are not handled", "a.flow", "state x {\n\tsay \"日本\"\n}\n", 10, 14, 60)
	f.Add(hostile, hostile, hostile, 0, 99, 20)
	f.Add("", "", "", 0, 0, 0)
	f.Add("[x](1) {0} }} {{", "/abs/x:y?#%41.flow", "\r\n\r\n", 1, 3, 80)
	f.Add("a\u2028b", "//host/x", "\xed\xa0\x80\u200d\u0301", 2, 3, 40)
	f.Add("]]>", "a=b,c:d", strings.Repeat("x", 9000), 8000, 8500, 30)
	f.Fuzz(func(t *testing.T, text, name, content string, start, end, width int) {
		file := source.New(name, []byte(content))
		span := file.Span(boundary(content, start), boundary(content, end))
		options := diag.Options{Width: width % 200, Checked: []string{name}}
		if len(text)%3 == 0 {
			options.Failure = &diag.Failure{Code: text, Message: text}
		}
		d := unknownState.At(span, "%s", text).In("%s", text).Labelled("%s", text).Means("%s", text).
			Note(span, "%s", text).Note(source.Span{}, "%s", text).Mend(true, text, diag.Edit{Span: span, Text: text})
		d.Witness = text
		w := unused.At(source.Span{Start: source.Pos{Filename: name}}, "%s", text)
		r := report{diag.List{d, w}, diag.Files{name: file}, options}
		check(t, r)
		check(t, report{r.list, nil, options})
		for line := range strings.SplitSeq(string(print(t, "text", r)), "\n") {
			if n := diag.Columns(line); sourceLine.MatchString(line) && n > max(options.Width, 100) {
				t.Errorf("%d columns: %q", n, line)
			} else if options.Width >= 20 && sourceLine.MatchString(line) && n > options.Width {
				t.Errorf("%d columns of %d: %q", n, options.Width, line)
			}
		}
	})
}

// boundary returns the last place at or before n where a character of s begins.
func boundary(s string, n int) int {
	if n >= len(s) {
		return len(s)
	}
	last := 0
	for i := range s {
		if i > n {
			break
		}
		last = i
	}
	return last
}
