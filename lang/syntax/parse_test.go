package syntax_test

import (
	"encoding/binary"
	"fmt"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/tacet-lang/tacet/lang/diag"
	"github.com/tacet-lang/tacet/lang/source"
	"github.com/tacet-lang/tacet/lang/syntax"
)

func TestParse(t *testing.T) {
	t.Parallel()
	for _, name := range correctFiles {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			content, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			f := mustParse(t, name, content)
			golden(t, strings.TrimSuffix(name, ".flow")+".dump", []byte(syntax.Dump(f)))
			checkSpans(t, f)
		})
	}
}

// TestParseLayout reads a file again with its lines joined and with every word on a line of its own: only texts,
// conditions and comments know about lines.
func TestParseLayout(t *testing.T) {
	t.Parallel()
	content, err := os.ReadFile("testdata/consultation.flow")
	if err != nil {
		t.Fatal(err)
	}
	bare := regexp.MustCompile(`(?m)#.*$`).ReplaceAllString(string(content), "")
	want := syntax.Dump(mustParse(t, "bare.flow", []byte(bare)))
	word := regexp.MustCompile(`"""[^"]*"""|"[^"]*"|when [^\n]*->|[^\s"]+`)
	for name, sep := range map[string]string{"one line": " ", "a word a line": "\n", "CRLF": "\r\n", "tabs": "\t"} {
		changed := strings.Join(word.FindAllString(bare, -1), sep)
		got := syntax.Dump(mustParse(t, name, []byte(changed)))
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: (-want +got)\n%s", name, diff)
		}
	}
}

func TestParseByteOrderMark(t *testing.T) {
	t.Parallel()
	f := mustParse(t, "bom.flow", []byte("\ufeffstart a\n"))
	if got := f.Decls[0].Range().Start; got.Offset != 3 || got.Line != 1 {
		t.Errorf("the declaration after a byte order mark begins at %+v, want offset 3 in line 1", got)
	}
}

func TestParseTooLarge(t *testing.T) {
	t.Parallel()
	_, list := syntax.Parse(source.New("large.flow", make([]byte, source.MaxFileSize+1)))
	if len(list) != 1 || list[0].Code != diag.FlowTooLarge {
		t.Errorf("got %v, want one FlowTooLarge", list)
	}
}

// TestParseBytes is for what a test file in UTF-8 cannot hold.
func TestParseBytes(t *testing.T) {
	t.Parallel()
	tests := []struct {
		src  string
		want string // code and offset of each error
	}{
		{"start\x00 a", "T1023@5"},
		{"start a\x1b\n", "T1023@7"},
		{"start a\rpurpose b", "T1023@7"},
		{"say \"ma\xf1ana\"", "T1017@0 T1024@7"},
		{"start a # \xff\xfe", "T1024@10"},
		{"start \ufeffa", "T1021@6"},
		{"flow \"a\u2066b\"", "T1020@7"},
		{"flow \"😀👩\u200d👧\"", ""},
		{"flow \"5 μg\"", ""},
		{"", ""},
		{"\n\n# only a comment", ""},
	}
	for _, tt := range tests {
		_, list := syntax.Parse(source.New("x.flow", []byte(tt.src)))
		var got []string
		for _, d := range list {
			got = append(got, fmt.Sprintf("%s@%d", d.Code.ID, d.Span.Start.Offset))
		}
		if got := strings.Join(got, " "); got != tt.want {
			t.Errorf("Parse(%q) reports %q, want %q", tt.src, got, tt.want)
		}
	}
}

// TestParseEncoding gives files that are saved in another encoding: each is one error.
func TestParseEncoding(t *testing.T) {
	t.Parallel()
	flow := "flow \"Consultation\"\npurpose scheduling\nstart welcome\n"
	spanish := strings.Repeat("say \"¿Cuándo? Mañana, señora\"\n", 100)
	wide := func(text string, size int, order binary.ByteOrder) []byte {
		var out []byte
		for _, r := range text {
			unit := make([]byte, size)
			if size == 2 {
				order.PutUint16(unit, uint16(r))
			} else {
				order.PutUint32(unit, uint32(r))
			}
			out = append(out, unit...)
		}
		return out
	}
	for _, size := range []int{2, 4} {
		want := fmt.Sprintf("this file is saved as UTF-%d; fix: save it as UTF-8", size*8)
		for _, order := range []binary.ByteOrder{binary.LittleEndian, binary.BigEndian} {
			for _, text := range []string{flow, spanish, "\ufeff" + flow, "\ufeff" + spanish, "\ufeff"} {
				tree, list := syntax.Parse(source.New("x.flow", wide(text, size, order)))
				if len(list) != 1 || sentence(list[0]) != want || len(tree.Decls) > 0 {
					t.Errorf("%q as UTF-%d, %v: got %d errors, want one: %s", clip(text), size*8, order, len(list), want)
				}
			}
		}
	}
	for _, text := range []string{flow, spanish, "\ufeff" + flow, "", "a", "\x00", "start\x00 a", strings.Repeat("\x00", 64)} {
		_, list := syntax.Parse(source.New("x.flow", []byte(text)))
		for _, d := range list {
			if strings.Contains(d.Message, "saved as") {
				t.Errorf("%q: %s", clip(text), d.Message)
			}
		}
	}
}

func clip(text string) string { return text[:min(len(text), 40)] }

// checkSpans demands that every node's span lies in the file and inside its parent's, and that declarations are in order.
func checkSpans(t testing.TB, f *syntax.File) {
	t.Helper()
	last := 0
	for _, d := range f.Decls {
		if d.Range().Start.Offset < last {
			t.Errorf("declaration at %v overlaps the one before it", d.Range().Start)
		}
		last = d.Range().End
	}
	syntax.Walk(f, func(outer syntax.Node) bool {
		o := outer.Range()
		if o.IsValid() && (o.Start != f.Source.Pos(o.Start.Offset) || o.End < o.Start.Offset || o.End > len(f.Source.Bytes)) {
			t.Errorf("%T has span %+v, want its start at %+v", outer, o, f.Source.Pos(o.Start.Offset))
		}
		syntax.Walk(outer, func(inner syntax.Node) bool {
			if i := inner.Range(); i.IsValid() && o.IsValid() && (i.Start.Offset < o.Start.Offset || i.End > o.End) {
				t.Errorf("%T at %d-%d is not inside %T at %d-%d", inner, i.Start.Offset, i.End, outer, o.Start.Offset, o.End)
			}
			return true
		})
		return true
	})
}

// checkDiagnostics demands what holds for every list of errors.
func checkDiagnostics(t testing.TB, f *syntax.File, list diag.List) {
	t.Helper()
	if len(list) > 51 {
		t.Errorf("%d diagnostics, want at most 51", len(list))
	}
	size := len(f.Source.Bytes)
	for _, d := range list {
		if d.Span.Start.Offset < 0 || d.Span.Start.Offset > size || d.Span.End > size || d.Span.End < d.Span.Start.Offset {
			t.Errorf("%s: span %+v outside of %d bytes", d.Code.ID, d.Span, size)
		}
		if leak := leaks.FindString(ours(d.Message) + ours(d.Label)); leak != "" {
			t.Errorf("%s: message %q says %q", d.Code.ID, d.Message, leak)
		}
		if d.Fix == nil || d.Fix.Text == "" || leaks.MatchString(ours(d.Fix.Text)) {
			t.Errorf("%s: message %q has fix %+v, want the way out in words", d.Code.ID, d.Message, d.Fix)
		}
		if strings.Contains(d.Message, "\n") || strings.HasSuffix(d.Message, ".") {
			t.Errorf("%s: message %q is not one sentence without a period", d.Code.ID, d.Message)
		}
	}
}

// ours is a message without what it repeats of the author's file.
func ours(message string) string { return repeated.ReplaceAllString(message, "``") }

var repeated = regexp.MustCompile("`[^`]*`")

var leaks = regexp.MustCompile(`<(ident|string|number|date|guard|punct|lang)>|token|lexer|participle|something else`)

// TestParseHostile gives files that are made to hurt; each must be read in time that grows with its size only.
func TestParseHostile(t *testing.T) {
	if testing.Short() {
		t.Skip("slow")
	}
	large := 2 << 20
	rep := func(s string) string { return strings.Repeat(s, large/len(s)) }
	tests := map[string]string{
		"open braces":        strings.Repeat("{", 100_000),
		"nested states":      strings.Repeat("state a {\n", 100_000),
		"nested in line":     strings.Repeat("state a { ", 100_000),
		"close braces":       strings.Repeat("}", 100_000),
		"errors":             strings.Repeat("say 5\n", 100_000),
		"garbage":            strings.Repeat("\xff@;\x00 \u202e=> “ { \n", source.MaxFileSize/20),
		"words":              rep("a "),
		"words in lines":     rep("aa\n"),
		"one word":           rep("a"),
		"one long text":      `flow "` + strings.Repeat("a", large-7) + `"`,
		"quotes":             rep(`"`),
		"blanks":             rep(" "),
		"lines":              rep("\n"),
		"comments":           rep("#\n"),
		"one line of states": rep("state a { end b } "),
		"one long list":      "use " + strings.Repeat(`"a",`, (large-8)/4) + `"a"`,
		"whens":              rep("when "),
		"open whens":         "state a {\n" + strings.Repeat("when a\n\n", large/8-2),
		"guards in a line":   "state a { " + strings.Repeat("when a => b ", large/12-2),
		"open blocks":        rep(`""" `),
		"accents":            rep("é"),
		"joined accents":     rep("e\u0301"),
		"arrows":             rep("-"),
		"apostrophes":        rep("' "),
		"open texts":         rep("say \"a\nb\n"),
		"offers":             "state a { offer {\n" + strings.Repeat("\"a\" -> b\n", large/9-3),
		"odd quotes":         `flow ` + strings.Repeat(`"`, large/6*6+3),
		"odd block quotes":   rep(`""""""`) + `"""`,
		"odd open blocks":    strings.Repeat("\"\"\" \"\"\"\n", large/8) + `"""`,
		"open block":         `notice """` + rep("a\n"),
		"blank open block":   `notice """` + rep(" \n"),
		"escaped blocks":     rep(`"""\""" `),
		"escapes":            `flow "` + rep(`\z`) + `"`,
		"block of escapes":   `flow """` + rep(`\z`) + `"""`,
		"escaped quotes":     `flow "` + rep(`\"`),
		"hashes":             rep("#"),
		"hashes in guards":   "state a {\n" + rep("when a # b\n"),
		"hashes after words": rep("a # b\n"),
		"hidden characters":  "é" + rep("\u200b"),
		"hidden in words":    rep("a\u200b "),
		"hidden outside":     rep("\u200b "),
		"bytes":              rep("\xff"),
		"codes":              rep("T1234 "),
		"capitals":           rep("A "),
		"mixed quotes":       rep(`"'`),
		"quotes in guards":   "state a { when " + rep(`"'`),
		"guards and quotes":  "state a { " + rep(`when "a' -> b `),
		"brace pairs":        rep("{}"),
		"brace lines":        rep("{\n"),
		"state headers":      rep("state a\n"),
		"book headers":       "state a {\n" + rep("book a\n"),
		"offer headers":      "state a {\n" + rep("offer \"a\" -> b\n"),
		"fields":             rep("field a text class b for \"c\" "),
		"options":            "field a one of a" + rep(", a"),
		"numbers":            rep("1"),
		"ranges":             rep("1.."),
		"dates":              rep("2026-03-02"),
		"wide arrows":        rep("→"),
		"guillemets":         rep("«a "),
		"mentions":           strings.Repeat("field a-b text ", 60) + `notice "` + rep("{a-b}") + `"`,
		"indented":           "state a {\n" + strings.Repeat(" ", large/2) + "say\n" + strings.Repeat("-> b\n", large/12) + "}",
	}
	for name, src := range tests {
		t.Run(name, func(t *testing.T) {
			f := source.New(name, []byte(src))
			began := time.Now()
			tree, list := syntax.Parse(f)
			if took := time.Since(began); took > 10*time.Second {
				t.Errorf("%d bytes took %v", len(src), took)
			} else {
				t.Logf("%d bytes, %d errors, %v", len(src), len(list), took)
			}
			checkDiagnostics(t, tree, list)
		})
	}
}
