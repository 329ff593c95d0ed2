package diag_test

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"net/url"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/jstemmer/go-junit-report/v2/junit"
	"github.com/owenrumney/go-sarif/v3/pkg/report/v210/sarif"
	"github.com/santhosh-tekuri/jsonschema/v5"

	"github.com/tacet-lang/tacet/lang/diag"
	"github.com/tacet-lang/tacet/lang/source"
)

func TestEveryFormIsValid(t *testing.T) {
	t.Parallel()
	for name, r := range reports() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			check(t, r)
		})
	}
}

// check prints a report in every form, reads back what was written as its readers do, and compares.
func check(t *testing.T, r report) {
	t.Helper()
	for form, read := range map[string]func(*testing.T, report, []byte){
		"text": checkText, "json": checkJSON, "sarif": checkSARIF, "github": checkGitHub, "junit": checkJUnit,
	} {
		out := print(t, form, r)
		for line := range strings.SplitSeq(string(out), "\n") {
			if diag.HasHidden(strings.ReplaceAll(line, "\t", "")) {
				t.Errorf("%s: hidden characters reach the writer: %q", form, line)
			}
		}
		if !utf8.Valid(out) {
			t.Errorf("%s: not UTF-8", form)
		}
		read(t, r, out)
	}
}

func checkText(t *testing.T, r report, out []byte) {
	t.Helper()
	for _, d := range r.list {
		if want := d.Severity.String() + "[" + d.Code.ID + "]: " + diag.Visible(d.Message) + "\n"; !bytes.Contains(out, []byte(want)) {
			t.Errorf("no line %q in\n%s", want, out)
		}
	}
	if r.options.Failure != nil && !bytes.Contains(out, []byte("tacet: "+diag.Visible(r.options.Failure.Message)+"\n")) {
		t.Errorf("the failure is missing in\n%s", out)
	}
	if got := len(out) > 0 && out[len(out)-1] == '\n'; !got {
		t.Errorf("no newline at the end of\n%s", out)
	}
}

var schema = func() *jsonschema.Schema {
	content, err := os.ReadFile("../../spec/schema/diagnostics.schema.json")
	if err != nil {
		panic(err)
	}
	return jsonschema.MustCompileString("diagnostics.schema.json", string(content))
}()

func checkJSON(t *testing.T, r report, out []byte) {
	t.Helper()
	var value any
	if err := json.Unmarshal(out, &value); err != nil {
		t.Fatalf("not JSON: %v\n%s", err, out)
	}
	if err := schema.Validate(value); err != nil {
		t.Errorf("does not follow the schema: %#v\n%s", err, out)
	}
	var got struct {
		Diagnostics []struct {
			Code, Message, Within, Label, Effect, Witness string
			Place                                         struct{ File string }
			Notes                                         []struct{ Text string }
			Fix                                           struct {
				Text  string
				Edits []struct{ Text string }
			}
		}
		Summary struct{ OK bool }
		Failure struct{ Code, Message string }
	}
	if err := json.Unmarshal(out, &got); err != nil {
		t.Fatal(err)
	}
	if want := !r.list.HasErrors() && r.options.Failure == nil; got.Summary.OK != want {
		t.Errorf("ok = %v, want %v", got.Summary.OK, want)
	}
	if f := r.options.Failure; f != nil {
		same(t, "failure", []string{got.Failure.Code, got.Failure.Message}, []string{f.Code, f.Message})
	}
	sorted := r.list.Sorted()
	if len(got.Diagnostics) != len(sorted) {
		t.Fatalf("%d diagnostics, want %d", len(got.Diagnostics), len(sorted))
	}
	for i, d := range sorted {
		g := got.Diagnostics[i]
		gs := []string{g.Code, g.Message, g.Within, g.Label, g.Effect, g.Witness, g.Place.File, g.Fix.Text}
		ws := []string{d.Code.ID, d.Message, d.Within, d.Label, d.Effect, d.Witness, d.Span.Start.Filename, ""}
		if d.Fix != nil {
			ws[len(ws)-1] = d.Fix.Text
			for j, e := range d.Fix.Edits {
				gs, ws = append(gs, g.Fix.Edits[j].Text), append(ws, e.Text)
			}
		}
		for j, n := range d.Notes {
			gs, ws = append(gs, g.Notes[j].Text), append(ws, n.Text)
		}
		same(t, d.Code.ID, gs, ws)
	}
}

// same compares texts that were carried as UTF-8, where a byte that is none becomes U+FFFD.
func same(t *testing.T, what string, got, want []string) {
	t.Helper()
	for i := range want {
		if want[i] = string([]rune(want[i])); got[i] != want[i] {
			t.Errorf("%s: text %d = %q, want %q", what, i, got[i], want[i])
		}
	}
}

func checkSARIF(t *testing.T, r report, out []byte) {
	t.Helper()
	log, err := sarif.FromBytes(out, sarif.WithStrictValidation())
	if err != nil {
		t.Fatalf("not SARIF: %v\n%s", err, out)
	}
	if err := log.Validate(); err != nil {
		t.Errorf("does not follow the SARIF schema: %v\n%s", err, out)
	}
	run := log.Runs[0]
	if got, want := *run.Invocations[0].ExecutionSuccessful, r.options.Failure == nil; got != want {
		t.Errorf("executionSuccessful = %v, want %v", got, want)
	}
	if *run.ColumnKind != "unicodeCodePoints" {
		t.Errorf("columnKind = %q", *run.ColumnKind)
	}
	sorted := r.list.Sorted()
	if len(run.Results) != len(sorted) {
		t.Fatalf("%d results, want %d", len(run.Results), len(sorted))
	}
	for i, d := range sorted {
		got := run.Results[i]
		if rule := run.Tool.Driver.Rules[got.RuleIndex]; *rule.ID != d.Code.ID || *got.RuleID != d.Code.ID {
			t.Errorf("result %d is of rule %s (index of %s), want %s", i, *got.RuleID, *rule.ID, d.Code.ID)
		}
		first, _, _ := strings.Cut(*got.Message.Text, "\n")
		if want := strings.ReplaceAll(diag.Visible(d.Message), "](", "] ("); unbrace(t, first) != want && d.Message != "" {
			t.Errorf("message = %q, want %q", unbrace(t, first), want)
		}
		if d.Span.Start.Filename != "" {
			checkSARIFLocation(t, r, got.Locations[0], d.Span)
		}
		related := got.RelatedLocations
		for _, n := range d.Notes {
			if n.Span.Start.Filename == "" {
				continue
			}
			checkSARIFLocation(t, r, related[0], n.Span)
			if link := "](" + strconv.Itoa(related[0].ID) + ")"; strings.Count(*got.Message.Text, link) != 1 {
				t.Errorf("no single link %s in %q", link, *got.Message.Text)
			}
			related = related[1:]
		}
		if d.Fix != nil && len(d.Fix.Edits) > 0 {
			same(t, "edit", []string{*got.Fixes[0].ArtifactChanges[0].Replacements[0].InsertedContent.Text}, []string{d.Fix.Edits[0].Text})
		}
	}
}

// unbrace undoes the doubling of braces, of which no single one may be left.
func unbrace(t *testing.T, s string) string {
	t.Helper()
	if rest := strings.NewReplacer("{{", "", "}}", "").Replace(s); strings.ContainsAny(rest, "{}") {
		t.Errorf("a placeholder in %q", s)
	}
	return strings.NewReplacer("{{", "{", "}}", "}").Replace(s)
}

// checkSARIFLocation finds the text of a region by its lines and columns, counted in code points, and the file by its URI.
func checkSARIFLocation(t *testing.T, r report, at *sarif.Location, span source.Span) {
	t.Helper()
	u, err := url.Parse(*at.PhysicalLocation.ArtifactLocation.URI)
	if err != nil || strings.TrimPrefix(u.Path, "./") != strings.TrimPrefix(span.Start.Filename, "./") {
		t.Errorf("uri %q is not %q: %v", *at.PhysicalLocation.ArtifactLocation.URI, span.Start.Filename, err)
	}
	var f *source.File
	if r.sources != nil {
		f = r.sources.File(span.Start.Filename)
	}
	region := at.PhysicalLocation.Region
	if f == nil || !span.IsValid() || region.EndLine == nil {
		return
	}
	lines := bytes.SplitAfter(f.Bytes, []byte("\n"))
	offset := func(line, column int) int {
		n := 0
		for _, l := range lines[:line-1] {
			n += len(l)
		}
		for range column - 1 {
			_, size := utf8.DecodeRune(f.Bytes[n:])
			n += size
		}
		return n
	}
	from, to := offset(*region.StartLine, *region.StartColumn), offset(*region.EndLine, *region.EndColumn)
	if got, want := string(f.Bytes[from:to]), f.Text(span); got != want {
		t.Errorf("the region holds %q, want %q", got, want)
	}
	if got, want := string(f.Bytes[region.ByteOffset:region.ByteOffset+*region.ByteLength]), f.Text(span); got != want {
		t.Errorf("the bytes of the region hold %q, want %q", got, want)
	}
}

func checkGitHub(t *testing.T, r report, out []byte) {
	t.Helper()
	lines := strings.Split(strings.TrimSuffix(string(out), "\n"), "\n")
	if len(out) == 0 {
		lines = nil
	}
	sorted := r.list.Sorted()
	want := len(sorted)
	if r.options.Failure != nil {
		want++
	}
	if len(lines) != want {
		t.Fatalf("%d commands, want %d:\n%s", len(lines), want, out)
	}
	for i, line := range lines {
		command, properties, data := runnerCommand(t, line)
		if i == len(sorted) {
			if command != "error" || data != diag.Visible(r.options.Failure.Message) {
				t.Errorf("failure is %s %q", command, data)
			}
			continue
		}
		d := sorted[i]
		if command != d.Severity.String() || properties["file"] != diag.Visible(d.Span.Start.Filename) {
			t.Errorf("command %q, file %q, want %s, %q", command, properties["file"], d.Severity, d.Span.Start.Filename)
		}
		if !strings.HasPrefix(data, diag.Visible(d.Message)) {
			t.Errorf("message %q, want %q", data, d.Message)
		}
		if properties["line"] != properties["endLine"] && properties["col"]+properties["endColumn"] != "" {
			t.Errorf("the runner refuses columns of several lines: %s", line)
		}
		if column, err := strconv.Atoi(properties["endColumn"]); err == nil {
			checkGitHubColumns(t, r, d.Span, column)
		}
	}
}

// checkGitHubColumns compares the characters from the start of a span to a column, counted in, with those of the span.
func checkGitHubColumns(t *testing.T, r report, span source.Span, last int) {
	t.Helper()
	if last < span.Start.Column {
		t.Errorf("the runner refuses column %d, before the start %d", last, span.Start.Column)
	}
	if r.sources == nil || r.sources.File(span.Start.Filename) == nil {
		return
	}
	f := r.sources.File(span.Start.Filename)
	rest, want := []rune(string(f.Bytes[span.Start.Offset:])), string([]rune(f.Text(span)))
	if want == "" {
		return
	}
	if got := string(rest[:last-span.Start.Column+1]); got != want {
		t.Errorf("the columns hold %q, want %q", got, want)
	}
}

// runnerCommand reads a workflow command as ActionCommand.TryParseV2 of actions/runner does.
func runnerCommand(t *testing.T, line string) (command string, properties map[string]string, data string) {
	t.Helper()
	head, data, ok := strings.Cut(strings.TrimPrefix(line, "::"), "::")
	if !ok || !strings.HasPrefix(line, "::") {
		t.Fatalf("not a command: %q", line)
	}
	command, list, _ := strings.Cut(head, " ")
	properties = map[string]string{}
	for pair := range strings.SplitSeq(list, ",") {
		name, value, ok := strings.Cut(pair, "=")
		if !ok || !slices.Contains([]string{"file", "line", "endLine", "col", "endColumn", "title"}, name) {
			t.Errorf("property %q in %q", pair, line)
		}
		properties[name] = strings.NewReplacer("%0D", "\r", "%0A", "\n", "%3A", ":", "%2C", ",", "%25", "%").Replace(value)
	}
	return command, properties, strings.NewReplacer("%0D", "\r", "%0A", "\n", "%25", "%").Replace(data)
}

func checkJUnit(t *testing.T, r report, out []byte) {
	t.Helper()
	var got junit.Testsuites
	if err := xml.Unmarshal(out, &got); err != nil {
		t.Fatalf("not XML: %v\n%s", err, out)
	}
	errors, warnings, _ := r.list.Sorted().Count()
	if got.Failures != errors || got.Tests == 0 || got.Errors > 0 != (r.options.Failure != nil) {
		t.Errorf("%d tests, %d failures, %d errors; want %d failures\n%s", got.Tests, got.Failures, got.Errors, errors, out)
	}
	var failures, outputs []string
	for _, suite := range got.Suites {
		if suite.Tests != len(suite.Testcases) || suite.Tests == 0 {
			t.Errorf("suite %s says %d tests, has %d", suite.Name, suite.Tests, len(suite.Testcases))
		}
		for _, c := range suite.Testcases {
			switch {
			case c.Failure != nil:
				failures = append(failures, c.Failure.Message)
				if !strings.Contains(c.Failure.Data, c.Failure.Message) {
					t.Errorf("body %q is not about %q", c.Failure.Data, c.Failure.Message)
				}
			case c.SystemOut != nil:
				outputs = append(outputs, c.SystemOut.Data)
			}
		}
	}
	var want []string
	for _, d := range r.list.Sorted() {
		if d.Severity == diag.Error {
			want = append(want, diag.Visible(d.Message))
		}
	}
	if slices.Sort(want); !slices.Equal(slices.Sorted(slices.Values(failures)), want) || len(outputs) != warnings {
		t.Errorf("failures %q and %d outputs, want %q and %d", failures, len(outputs), want, warnings)
	}
}
