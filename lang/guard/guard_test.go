package guard_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/tacet-lang/tacet/lang/diag"
	"github.com/tacet-lang/tacet/lang/guard"
	"github.com/tacet-lang/tacet/lang/source"
)

func env() *guard.Env {
	return guard.NewEnv([]guard.Var{
		{Name: "topic", Kind: guard.Choice, Options: []string{"rhinoplasty", "botox", "other"}},
		{Name: "pain", Kind: guard.Int},
		{Name: "ok", Kind: guard.Bool},
		{Name: "birth", Kind: guard.Date},
		{Name: "at", Kind: guard.Time},
		{Name: "name", Kind: guard.String},
	}, []string{"booking", "chest-pain"})
}

type values map[string]any

func (v values) Lookup(name string) (any, bool) { x, ok := v[name]; return x, ok }

func TestEval(t *testing.T) {
	t.Parallel()
	v := values{
		"topic": "other", "pain": int64(8), "ok": true, "birth": "1990-11-23", "at": "14:30", "name": "Ana",
		"practice.open": false, "now.hour": int64(22), "now.weekday": "monday", "channel": "web-chat", "language": "es",
		"attempts": int64(1), "verified": false, "today": "2026-11-22", "heard:booking": true,
	}
	for src, want := range map[string]bool{
		`topic == "other" && !practice.open`:              true,
		`topic != "other" || pain >= 9`:                   false,
		`8 <= pain`:                                       true,
		`topic in ["botox", "other"]`:                     true,
		`!(pain in [1, 2, 3])`:                            true,
		`ok ? pain > 7 : pain > 9`:                        true,
		`age(birth) >= 36`:                                false, // 36 tomorrow
		`age(birth) == 35`:                                true,
		`days(birth) < 0`:                                 true,
		`birth < "2000-01-01" && at >= "14:00"`:           true,
		`heard("booking") && !heard("chest-pain")`:        true,
		`now.hour >= 18 && now.weekday == "monday"`:       true,
		`language == "es" && channel == "web-chat"`:       true,
		`ok == false`:                                     false,
		`attempts > 0 && !verified`:                       true,
		`name == "Ana"`:                                   true,
		`pain > -1`:                                       true,
		"topic == \"other\"\n  &&\n\t!practice.open":      true,
		`topic == 'other' && name != "says \"hi\" -> no"`: true,
	} {
		x, err := env().Compile(src)
		if err != nil {
			t.Errorf("Compile(%s): %v", src, err)
			continue
		}
		if got, err := x.Eval(v); err != nil || got != want {
			t.Errorf("Eval(%s) = %v, %v; want %v", src, got, err, want)
		}
	}
}

// TestCheckBlames says, for each wrong guard, the code and exactly which characters are underlined.
func TestCheckBlames(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ src, code, blamed string }{
		{`topic = "other"`, "T2301", "="},
		{`topic == "other" and ok`, "T2301", "and"},
		{`topic is not "other"`, "T2301", "is not"},
		{`pain is at least 8`, "T2301", "is at least"},
		{`topic == other`, "T2301", "other"},
		{`ok == yes`, "T2301", "yes"},
		{`Pain > 3`, "T2301", "Pain"},
		{`pain =< 3`, "T2301", "=<"},
		{`topc == "other"`, "T2303", "topc"},
		{`practice.opne`, "T2303", "practice.opne"},
		{`heard("bookin")`, "T2303", `"bookin"`},
		{`pain >= "8"`, "T2304", `"8"`},
		{`pain`, "T2304", "pain"},
		{`topic`, "T2304", "topic"},
		{`birth < "31/12/2000"`, "T2304", `"31/12/2000"`},
		{`at == "2pm"`, "T2304", `"2pm"`},
		{`topic < "other"`, "T2304", `topic < "other"`},
		{`age(pain) > 3`, "T2304", `age(pain)`},
		{`age(birth)`, "T2304", `age(birth)`},
		{`topic == "othr"`, "T2305", `"othr"`},
		{`topic in ["botox", "fillr"]`, "T2305", `"fillr"`},
		{`pain + 1 > 8`, "T2306", "pain + 1"},
		{`pain > 7.5`, "T2304", "7.5"},
		{`name.matches("a+")`, "T2306", `name.matches("a+")`},
		{`name.startsWith("A")`, "T2306", `name.startsWith("A")`},
		{`size(name) > 3`, "T2306", `size(name)`},
		{`birth == at`, "T2306", `birth == at`},
		{`[1,2].exists(x, x == pain)`, "T2306", ``},
		{`dyn(pain) == 3`, "T2306", `dyn(pain)`},
		{`topic == `, "T2302", ``},
		{`(topic == "other"`, "T2302", ``},
		{``, "T2302", ``},
		{`topic == "other" && && ok`, "T2302", ``},
		{strings.Repeat("(", 60) + "ok" + strings.Repeat(")", 60), "T2307", ``},
		{strings.Repeat("!", 100000) + "ok", "T2307", ``},
		{"name == \"" + strings.Repeat("é", 2001) + "\"", "T2307", ``},
	} {
		pad := "é  when " // the guard starts in the middle of a line with a wide rune before it
		f := source.New("x.flow", []byte(pad+c.src+" -> later"))
		x, l := env().Check(f, f.Span(len(pad), len(pad)+len(c.src)))
		if x != nil || len(l) != 1 {
			t.Errorf("Check(%.60s): %d diagnostics %v, want one", c.src, len(l), texts(l))
			continue
		}
		d := l[0]
		if d.Code.ID != c.code {
			t.Errorf("Check(%.60s) = %s %q, want %s", c.src, d.Code.ID, d.Message, c.code)
		}
		if got := f.Text(d.Span); c.blamed != "" && got != c.blamed {
			t.Errorf("Check(%s) blames %q, want %q", c.src, got, c.blamed)
		}
	}
}

func texts(l diag.List) []string {
	var out []string
	for _, d := range l {
		out = append(out, d.Code.ID+" "+d.Message)
	}
	return out
}

// TestHabitsAreMendedSafely applies every fix and expects a guard that compiles.
func TestHabitsAreMendedSafely(t *testing.T) {
	t.Parallel()
	for src, want := range map[string]string{
		`topic = other and not practice.open`:       `topic == "other" && ! practice.open`,
		`topic is not Botox or pain is more than 3`: `topic != "botox" || pain > 3`,
		`ok is yes`:                                  `ok == true`,
		`pain is at most 3 & TOPIC === "other"`:      `pain <= 3 && topic == "other"`,
		`topic equals "other" | practice.open == no`: `topic == "other" || practice.open == false`,
	} {
		f := source.New("x.flow", []byte(src))
		_, l := env().Check(f, f.Span(0, len(src)))
		mended := src
		for i := len(l) - 1; i >= 0; i-- {
			fix := l[i].Fix
			if fix == nil || !fix.Safe || len(fix.Edits) != 1 {
				t.Fatalf("Check(%s): %q has no safe fix", src, l[i].Message)
			}
			e := fix.Edits[0]
			mended = mended[:e.Span.Start.Offset] + e.Text + mended[e.Span.End:]
		}
		if mended != want {
			t.Errorf("fix of %s is %s, want %s", src, mended, want)
		}
		if _, err := env().Compile(mended); err != nil {
			t.Errorf("fix of %s does not compile: %v", src, err)
		}
	}
}

func TestSeveralMistakesOfOneGuard(t *testing.T) {
	t.Parallel()
	src := `topc == "x" && pain > "3" || birth < "soon"`
	f := source.New("x.flow", []byte(src))
	_, l := env().Check(f, f.Span(0, len(src)))
	if len(l) != 3 {
		t.Errorf("Check(%s) = %v, want three", src, texts(l))
	}
}

func TestTree(t *testing.T) {
	t.Parallel()
	x, err := env().Compile(`3 < pain && (topic in ["botox"] || !ok)`)
	if err != nil {
		t.Fatal(err)
	}
	got := fmt.Sprintf("%+v", x.Tree())
	want := `{X:{Subject:pain Op:> Values:[{Int:3 Text: Bool:false}]} Y:{X:{Subject:topic Op:in Values:[{Int:0 Text:botox Bool:false}]} Y:{X:{Subject:ok Op:== Values:[{Int:0 Text: Bool:true}]}}}}`
	if got != want {
		t.Errorf("Tree = %s\nwant %s", got, want)
	}
	if got := strings.Join(x.Reads(), " "); got != "ok pain topic" {
		t.Errorf("Reads = %s", got)
	}
}

func TestUnassignedIsAnError(t *testing.T) {
	t.Parallel()
	x, err := env().Compile(`pain > 3`)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := x.Eval(values{}); err == nil {
		t.Error("Eval without a value for pain: no error")
	}
}

func FuzzCheck(f *testing.F) {
	for _, s := range []string{`topic == "other" && !practice.open`, `age(birth) >= 18`, `a.b.c == 1`, `heard("x")`, `1 in [`, "\"", `pain in [1,2] ? ok : !ok`} {
		f.Add(s)
	}
	e := env()
	v := values{"topic": "other", "pain": int64(8), "ok": true, "birth": "1990-11-23", "at": "14:30", "name": "Ana",
		"practice.open": false, "now.hour": int64(22), "now.weekday": "monday", "channel": "web-chat", "language": "es",
		"attempts": int64(1), "verified": false, "today": "2026-11-22"}
	f.Fuzz(func(t *testing.T, src string) {
		file := source.New("x.flow", []byte(src))
		x, l := e.Check(file, file.Span(0, len(src)))
		if (x == nil) == (len(l) == 0) {
			t.Fatalf("Check(%q): %v with %d diagnostics", src, x, len(l))
		}
		for _, d := range l {
			if d.Span.Start.Offset < 0 || d.Span.End > len(src) || d.Span.Start.Offset > d.Span.End {
				t.Fatalf("Check(%q): span %v outside", src, d.Span)
			}
		}
		if x == nil {
			return
		}
		if _, err := x.Eval(v); err != nil {
			t.Fatalf("Eval(%q) with every name assigned: %v", src, err)
		}
		again, err := e.Compile(x.String())
		if err != nil || again.String() != x.String() {
			t.Fatalf("canonical form of %q is not stable: %v", src, err)
		}
	})
}

func BenchmarkCompile(b *testing.B) {
	e := env()
	for b.Loop() {
		if _, err := e.Compile(`topic == "other" && !practice.open`); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkEval(b *testing.B) {
	x, err := env().Compile(`topic == "other" && !practice.open`)
	if err != nil {
		b.Fatal(err)
	}
	var v guard.Values = values{"topic": "other", "practice.open": false}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := x.Eval(v); err != nil {
			b.Fatal(err)
		}
	}
}
