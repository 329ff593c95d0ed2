package diag_test

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tacet-lang/tacet/lang/diag"
	"github.com/tacet-lang/tacet/lang/source"
)

// The codes of these tests stand outside the catalogue, so that its wording can change without them.
var (
	unhandled = &diag.Code{
		ID: "T2104", Title: "some answers are not handled",
		Text: "The rules of a state must say what happens for every answer. Where one is missing the patient would wait for a reply that never comes.",
		Bad:  "when pain >= 8 -> nurse\nwhen pain <= 2 -> reassure", Good: "when pain >= 8 -> nurse\notherwise -> reassure",
	}
	unknownState = &diag.Code{ID: "T2001", Title: "unknown state", Text: "A transition names a state that is not there.", Bad: "-> triag", Good: "-> triage"}
	unused       = &diag.Code{ID: "T2301", Severity: diag.Warning, Title: "unused fragment", Text: "Nothing uses this fragment."}
	noOwner      = &diag.Code{ID: "T4101", Title: "no owner", Text: "Every practice names who answers for its flows."}
)

const followup = `flow "Follow-up"
purpose scheduling

field pain number 0..10 for "whom to call"

start triage

state triage {
	ask pain "How strong is the pain, 0 to 10?"

    # ≥ 8 is for the nurse
    when pain >= 8 -> nurse
    when pain <= 2 -> reassure
}
state reassure {
	say "日本語 é 👩‍👩‍👧 hi" -> nurze
}
`

const faq = `fragment greet {
  say "Hello.
  Welcome."

  -> done
}
`

const hostile = "::error file=x::]]><b>\"'&%0A\x1b[31m\u202Egnp.exe\u2066\U000e0041\u009b\x00\r\t,;{0}[a](b)\xff é"

// find returns the span of the nth text in f.
func find(f *source.File, text string, nth int) source.Span {
	at := -1
	for range nth {
		next := bytes.Index(f.Bytes[at+1:], []byte(text))
		if next < 0 {
			panic("no " + text + " in " + f.Name)
		}
		at += 1 + next
	}
	return f.Span(at, at+len(text))
}

// A report is what a printer is given.
type report struct {
	list    diag.List
	sources diag.Sources
	options diag.Options
}

func reports() map[string]report {
	flow := source.New("followup.flow", []byte(followup))
	words := source.New("std/faq.flow", []byte(faq))
	both := diag.Files{flow.Name: flow, words.Name: words}
	evil := source.New("a b/"+hostile+".flow", []byte("say "+hostile+" x\nnext\n"))
	options := diag.Options{Version: "1.2.3", Checked: []string{"followup.flow", "std/faq.flow"}}

	missing := unhandled.At(find(flow, "pain <= 2", 1), "some answers are not handled here").
		In("state %q", "triage").
		Labelled("nothing handles pain = 3").
		Means("patient answers %q → the assistant has no next step", "3").
		Help("change line 13 to `pain <= 7`, or add `otherwise -> nurse`")
	missing.Witness = "T2104-1.talk"
	typo := unknownState.At(find(flow, "nurze", 1), "no state named `nurze`").
		In("state %q", "reassure").
		Note(find(flow, "triage", 2), "the states of this flow are `triage` and `reassure`").
		Note(source.Span{}, "`nurse` is a team, not a state").
		Mend(true, "did you mean `triage`?", diag.Edit{Span: find(flow, "nurze", 1), Text: "triage"})
	greet := unused.At(find(words, strings.TrimSuffix(faq, "\n"), 1), "nothing uses `greet`").Labelled("declared here")
	hidden := unknownState.At(find(evil, hostile, 1), "no state named `%s`", hostile).
		In("state %q", hostile).
		Labelled("%s", hostile).
		Means("%s", hostile).
		Note(find(evil, "next", 1), "%s", hostile).
		Mend(true, hostile, diag.Edit{Span: find(evil, hostile, 1), Text: hostile})
	hidden.Witness = hostile

	shown := unused.At(source.Span{}, "nothing uses it").In("fragment %q", "greet")
	shown.Witness = "T2301-1.talk"
	told := unhandled.At(source.Span{}, "some answers are not handled").
		Means("the assistant %s", strings.Repeat("waits and ", 9)+"waits")
	told.Witness = "T2104-1.talk"

	failure := options
	failure.Failure = &diag.Failure{Code: "io", Message: "can not read `missing.flow`: no such file"}
	evilFailure := diag.Options{Tool: "tacet", Failure: &diag.Failure{Code: "usage", Message: hostile}}
	nowhere := noOwner.At(source.Span{}, "no owner is named")
	wholeFile := noOwner.At(source.Span{Start: source.Pos{Filename: "practice.yaml"}}, "no owner is named").Help("add `owner: NAME`")
	unread := unknownState.At(source.Span{Start: source.Pos{Filename: "gone.flow", Offset: 40, Line: 3, Column: 7}, End: 44}, "no state named `gone`")

	return map[string]report{
		"clean":    {nil, both, options},
		"nothing":  {nil, nil, diag.Options{}},
		"warnings": {diag.List{greet}, both, options},
		"errors":   {diag.List{typo, greet, missing, typo}, both, options},
		"failure":  {nil, nil, failure},
		"partial":  {diag.List{missing}, both, failure},
		"places":   {diag.List{unread, wholeFile, nowhere}, both, diag.Options{}},
		"unplaced": {diag.List{shown, told}, both, diag.Options{}},
		"hostile":  {diag.List{hidden}, diag.Files{evil.Name: evil}, evilFailure},
	}
}

// suffixes of the goldens of each form.
var suffixes = map[string]string{"text": ".txt", "json": ".json", "sarif": ".sarif", "github": ".github", "junit": ".xml"}

func TestGoldens(t *testing.T) {
	t.Parallel()
	for name, r := range reports() {
		for _, form := range diag.Formats() {
			t.Run(name+"/"+form, func(t *testing.T) {
				t.Parallel()
				golden(t, name+suffixes[form], print(t, form, r))
			})
		}
	}
}

// print returns what a printer writes, which must be the same each time.
func print(t *testing.T, form string, r report) []byte {
	t.Helper()
	var first, second bytes.Buffer
	for _, w := range []*bytes.Buffer{&first, &second} {
		if err := diag.Format(form)(w, r.list, r.sources, r.options); err != nil {
			t.Fatalf("%s: %v", form, err)
		}
	}
	if !bytes.Equal(first.Bytes(), second.Bytes()) {
		t.Errorf("%s: two runs differ: %s", form, cmp.Diff(first.String(), second.String()))
	}
	return first.Bytes()
}

// golden compares got with a file of testdata, which TACET_UPDATE=1 rewrites.
func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if os.Getenv("TACET_UPDATE") == "1" {
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("%s (-want +got):\n%s", path, diff)
	}
}

// A fullWriter takes so many bytes.
type fullWriter int

var errFull = errors.New("disk full")

func (w *fullWriter) Write(p []byte) (int, error) {
	if *w -= fullWriter(len(p)); *w < 0 {
		return 0, errFull
	}
	return len(p), nil
}

func TestWriterErrors(t *testing.T) {
	t.Parallel()
	r := reports()["errors"]
	for _, form := range diag.Formats() {
		for _, room := range []fullWriter{0, 100} {
			if err := diag.Format(form)(&room, r.list, r.sources, r.options); !errors.Is(err, errFull) {
				t.Errorf("%s: error %v, want %v", form, err, errFull)
			}
		}
	}
	if diag.Format("xml") != nil {
		t.Error("a printer for an unknown form")
	}
}
