package diag_test

import (
	"bytes"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"

	"github.com/tacet-lang/tacet/lang/diag"
	"github.com/tacet-lang/tacet/lang/source"
)

// mend makes a diagnostic whose fix replaces pieces of f: from, to and text, one after the other.
func mend(f *source.File, safe bool, edits ...diag.Edit) *diag.Diagnostic {
	return unknownState.At(edits[0].Span, "broken").Mend(safe, "mend it", edits...)
}

func TestApplyFixes(t *testing.T) {
	t.Parallel()
	f := source.New("a.flow", []byte("one two ünf four"))
	other := source.New("b.flow", []byte("elsewhere"))
	edit := func(from, to int, text string) diag.Edit { return diag.Edit{Span: f.Span(from, to), Text: text} }
	cases := []struct {
		name string
		list diag.List
		want string
		made int
		fail string
	}{
		{name: "nothing to do", want: "one two ünf four"},
		{name: "no fix", list: diag.List{unknownState.At(f.Span(0, 3), "x")}, want: "one two ünf four"},
		{name: "only words", list: diag.List{unknownState.At(f.Span(0, 3), "x").Help("do")}, want: "one two ünf four"},
		{name: "not safe", list: diag.List{mend(f, false, edit(0, 3, "1"))}, want: "one two ünf four"},
		{name: "another file", list: diag.List{mend(other, true, diag.Edit{Span: other.Span(0, 4)})}, want: "one two ünf four"},
		{name: "partly another file", list: diag.List{mend(f, true, edit(0, 3, "1"), diag.Edit{Span: other.Span(0, 4)})}, want: "one two ünf four"},
		{name: "replace", list: diag.List{mend(f, true, edit(4, 7, "2"))}, want: "one 2 ünf four", made: 1},
		{name: "delete and insert", list: diag.List{mend(f, true, edit(8, 13, "")), mend(f, true, edit(0, 0, "> "))}, want: "> one two four", made: 2},
		{name: "side by side", list: diag.List{mend(f, true, edit(0, 3, "1")), mend(f, true, edit(3, 4, "_")), mend(f, true, edit(3, 3, "!"))}, want: "1!_two ünf four", made: 3},
		{name: "several edits, not in order", list: diag.List{mend(f, true, edit(13, 17, "4"), edit(0, 3, "1"))}, want: "1 two ünf 4", made: 1},
		{name: "overlap: the first stands", list: diag.List{mend(f, true, edit(2, 5, "B")), mend(f, true, edit(0, 3, "A"))}, want: "A two ünf four", made: 1},
		{name: "overlap: all or nothing", list: diag.List{mend(f, true, edit(0, 3, "A")), mend(f, true, edit(2, 5, "B"), edit(13, 17, "4"))}, want: "A two ünf four", made: 1},
		{name: "inside another", list: diag.List{mend(f, true, edit(0, 7, "A")), mend(f, true, edit(5, 5, "B"))}, want: "A ünf four", made: 1},
		{name: "two at one place", list: diag.List{mend(f, true, edit(3, 3, "A")), mend(f, true, edit(3, 3, "B"))}, want: "oneA two ünf four", made: 1},
		{name: "the same twice", list: diag.List{mend(f, true, edit(3, 3, "A")), unused.At(f.Span(0, 1), "also").Mend(true, "", edit(3, 3, "A"))}, want: "oneA two ünf four", made: 1},
		{name: "outside", list: diag.List{mend(f, true, diag.Edit{Span: source.Span{Start: f.Pos(13), End: 99}})}, fail: "edit 1 was not made for this content"},
		{name: "backwards", list: diag.List{mend(f, true, diag.Edit{Span: source.Span{Start: f.Pos(5), End: 3}})}, fail: "edit 1 was not made for this content"},
		{name: "stale", list: diag.List{mend(f, true, diag.Edit{Span: source.Span{Start: source.Pos{Filename: f.Name, Offset: 4, Line: 2, Column: 1}, End: 7}})}, fail: "edit 1 was not made for this content"},
		{name: "overlap in one fix", list: diag.List{mend(f, true, edit(0, 3, "A"), edit(2, 4, "B"))}, fail: "edits 1 and 2 overlap"},
		{name: "half a character", list: diag.List{mend(f, true, edit(8, 9, "u"))}, fail: "the result is not UTF-8"},
		{name: "text that is no text", list: diag.List{mend(f, true, edit(0, 3, "\xff"))}, fail: "the result is not UTF-8"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			got, made, err := diag.ApplyFixes(f, c.list)
			if c.fail != "" {
				if err == nil || !strings.Contains(err.Error(), c.fail) || got != nil {
					t.Errorf("got %q, %v; want error %q", got, err, c.fail)
				}
				return
			}
			if err != nil || string(got) != c.want || made != c.made {
				t.Errorf("got %q, %d, %v; want %q, %d", got, made, err, c.want, c.made)
			}
		})
	}
}

// habits are what people type in a guard, each with what it should have been.
var habits = map[string]string{"=": "==", "and": "&&", "or": "||", "not": "!", "<>": "!="}

var habit = regexp.MustCompile(`==|!=|<>|<=|>=|=|\band\b|\bor\b|\bnot\b`)

// lint is a small checker with safe fixes.
func lint(f *source.File) diag.List {
	var l diag.List
	for _, at := range habit.FindAllIndex(f.Bytes, -1) {
		span := f.Span(at[0], at[1])
		if good, ok := habits[f.Text(span)]; ok {
			l.Add(unknownState.At(span, "`%s` is written `%s`", f.Text(span), good).Mend(true, "write it so", diag.Edit{Span: span, Text: good}))
		}
	}
	return l
}

// Fixing what was fixed changes nothing, and what is fixed is no longer found.
func TestFixesTwiceAreFixesOnce(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		words := rapid.SliceOf(rapid.SampledFrom([]string{"=", "and", "or", "not", "<>", "==", "!=", " x ", " é ", "\n", " 日本 ", " 3 "})).Draw(t, "words")
		f := source.New("a.flow", []byte(strings.Join(words, " ")))
		l := lint(f)
		once, made, err := diag.ApplyFixes(f, l)
		if err != nil || made != len(l) {
			t.Fatalf("%q: %d of %d fixes, %v", f.Bytes, made, len(l), err)
		}
		fixed := source.New("a.flow", once)
		if rest := lint(fixed); len(rest) > 0 {
			t.Fatalf("%q became %q, where %d are left", f.Bytes, once, len(rest))
		}
		twice, made, err := diag.ApplyFixes(fixed, lint(fixed))
		if err != nil || made != 0 || !bytes.Equal(once, twice) {
			t.Fatalf("%q, then %q: %d, %v", once, twice, made, err)
		}
	})
}

// ApplyFixes against the plainest way to do it: take a fix when no byte of it is taken, then replace from the end.
func TestApplyFixesAgainstReference(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		f := source.New("a.flow", []byte(rapid.StringMatching(`[a-zé\n]{0,30}`).Draw(t, "content")))
		starts := []int{len(f.Bytes)}
		for i := range string(f.Bytes) {
			starts = append(starts, i)
		}
		slices.Sort(starts)
		place := rapid.SampledFrom(starts)
		var l diag.List
		for range rapid.IntRange(0, 12).Draw(t, "fixes") {
			a, b := place.Draw(t, "from"), place.Draw(t, "to")
			e := diag.Edit{Span: f.Span(min(a, b), max(a, b)), Text: rapid.StringMatching(`[A-Zü]{0,3}`).Draw(t, "text")}
			at := place.Draw(t, "at")
			l.Add(unknownState.At(f.Span(at, at), "%s", e.Text).Mend(rapid.Bool().Draw(t, "safe"), "", e))
		}
		want := reference(f, l.Sorted())
		got, _, err := diag.ApplyFixes(f, l)
		if err != nil || string(got) != want {
			t.Fatalf("got %q, %v; want %q", got, err, want)
		}
		again, _, err := diag.ApplyFixes(f, slices.Concat(l, l))
		if err != nil || string(again) != want && !tied(l) {
			t.Fatalf("every fix twice: got %q, %v; want %q", again, err, want)
		}
		slices.Reverse(l)
		if reversed, _, _ := diag.ApplyFixes(f, l); string(reversed) != want && !tied(l) {
			t.Fatalf("the other way round: got %q, want %q", reversed, want)
		}
	})
}

func reference(f *source.File, l diag.List) string {
	var taken []diag.Edit
	for _, d := range l {
		if !d.Fix.Safe {
			continue
		}
		e := d.Fix.Edits[0]
		if !slices.ContainsFunc(taken, func(t diag.Edit) bool {
			from, to := max(t.Span.Start.Offset, e.Span.Start.Offset), min(t.Span.End, e.Span.End)
			empty := t.Span.Start.Offset == t.Span.End || e.Span.Start.Offset == e.Span.End
			inside := empty && from == to && (t.Span.Start.Offset < from && to < t.Span.End || e.Span.Start.Offset < from && to < e.Span.End)
			return from < to || inside || t.Span == e.Span
		}) {
			taken = append(taken, e)
		}
	}
	slices.SortFunc(taken, func(a, b diag.Edit) int {
		if a.Span.Start.Offset != b.Span.Start.Offset {
			return b.Span.Start.Offset - a.Span.Start.Offset
		}
		return b.Span.End - a.Span.End
	})
	out := string(f.Bytes)
	for _, e := range taken {
		out = out[:e.Span.Start.Offset] + e.Text + out[e.Span.End:]
	}
	return out
}

// tied reports whether two diagnostics differ only in their fix, so that their order is that of the list.
func tied(l diag.List) bool {
	for i, a := range l {
		for _, b := range l[:i] {
			if a.Span == b.Span && a.Message == b.Message {
				return true
			}
		}
	}
	return false
}

func FuzzApplyFixes(f *testing.F) {
	f.Add("when a = b", 7, 8, "==", 5, 5, "!")
	f.Add("é\xff", 1, 3, "x", 0, 9, "\xfe")
	f.Fuzz(func(t *testing.T, content string, from, to int, text string, from2, to2 int, text2 string) {
		file := source.New("a.flow", []byte(content))
		first, second := diag.Edit{Span: file.Span(from, to), Text: text}, diag.Edit{Span: file.Span(from2, to2), Text: text2}
		stale := second
		stale.Span.End = to2
		for _, l := range []diag.List{
			{mend(file, true, first), mend(file, true, second)}, {mend(file, true, first, second)}, {mend(file, true, stale)},
		} {
			got, made, err := diag.ApplyFixes(file, l)
			if err == nil && utf8.ValidString(content) && !utf8.Valid(got) {
				t.Errorf("%q became %q", content, got)
			}
			if err == nil && made == 0 && string(got) != content {
				t.Errorf("no fix was made, but %q became %q", content, got)
			}
		}
	})
}
