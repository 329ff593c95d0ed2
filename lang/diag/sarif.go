package diag

import (
	"crypto/sha256"
	"fmt"
	"io"
	"net/url"
	"strings"

	"github.com/owenrumney/go-sarif/v3/pkg/report/v210/sarif"

	"github.com/tacet-lang/tacet/lang/source"
)

const sarifSchema = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"

// SARIF writes diagnostics as one run of a SARIF 2.1.0 log: the rules that were broken with their help, results with
// their related locations and fixes, the files that were checked. Columns count Unicode code points from 1, and the end
// of a region is exclusive (§3.30.8). A failure of the tool is a notification of an unsuccessful invocation (§3.20).
func SARIF(w io.Writer, l List, sources Sources, o Options) error {
	s := &sarifRun{run: newSARIFRun(o), sources: sources, rules: map[string]int{}, seen: map[string]int{}}
	for _, d := range l.Sorted() {
		s.run.AddResult(s.result(d))
	}
	report := sarif.NewReport()
	report.Schema = sarifSchema
	return writeJSON(w, report.AddRun(s.run))
}

type sarifRun struct {
	run     *sarif.Run
	sources Sources
	rules   map[string]int // index of a code in the rules
	seen    map[string]int // how often a fingerprint was given
}

func newSARIFRun(o Options) *sarif.Run {
	driver := sarif.NewToolComponent().WithName(visible(o.tool()))
	if o.Version != "" {
		driver.WithVersion(visible(o.Version))
	}
	invocation := sarif.NewInvocation().WithExecutionSuccessful(o.Failure == nil)
	if f := o.Failure; f != nil {
		n := sarif.NewNotification().WithLevel(sarif.LevelError).WithMessage(sarifMessage(visible(f.Message))).
			WithDescriptor(sarif.NewReportingDescriptorReference().WithID(visible(f.Code)))
		if f.Code == "usage" {
			invocation.AddToolConfigurationNotification(n)
		} else {
			invocation.AddToolExecutionNotification(n)
		}
	}
	run := sarif.NewRun().WithTool(sarif.NewTool().WithDriver(driver)).WithColumnKind("unicodeCodePoints").
		WithInvocations([]*sarif.Invocation{invocation}).WithNewlineSequences([]string{"\n"})
	for _, name := range o.Checked {
		run.AddDistinctArtifact(fileURI(name)).AddRole("analysisTarget")
	}
	return run
}

func (s *sarifRun) result(d *Diagnostic) *sarif.Result {
	level := sarifLevel(d.Severity)
	r := sarif.NewRuleResult(d.Code.ID).WithRuleIndex(s.rule(d.Code)).WithLevel(level)
	if at := s.location(d.Span); at != nil {
		if d.Within != "" {
			at.AddLogicalLocation(sarif.NewLogicalLocation().WithName(visible(d.Within)))
		}
		r.AddLocation(at)
	}
	r.WithMessage(sarif.NewTextMessage(s.message(d, r)))
	if fix := s.fix(d.Fix); fix != nil {
		r.WithFixes([]*sarif.Fix{fix})
	}
	r.PartialFingerprints = map[string]string{"tacet/v1": s.fingerprint(d)}
	return r
}

// message says all that d says, and links what it says about other places to them, which it adds to r.
func (s *sarifRun) message(d *Diagnostic, r *sarif.Result) string {
	lines := []string{sarifText(visible(d.Message))}
	if d.Label != "" {
		lines = append(lines, sarifText(visible(d.Label)))
	}
	for _, n := range d.Notes {
		line := "note: " + sarifText(visible(n.Text))
		if at := s.location(n.Span); at != nil {
			id := len(r.RelatedLocations) + 1
			r.AddRelatedLocation(at.WithID(id).WithMessage(sarifMessage(visible(n.Text))))
			line += fmt.Sprintf(", [%s](%d)", sarifLink(visible(n.Span.Start.String())), id)
		}
		lines = append(lines, line)
	}
	for _, line := range d.wayOut() {
		lines = append(lines, sarifText(line))
	}
	return strings.Join(lines, "\n")
}

// rule returns the index of a code in the rules, where it is added the first time.
func (s *sarifRun) rule(c *Code) int {
	if i, ok := s.rules[c.ID]; ok {
		return i
	}
	rule := s.run.AddRule(c.ID).
		WithDefaultConfiguration(sarif.NewReportingConfiguration().WithLevel(sarifLevel(c.Severity))).
		WithHelp(sarif.NewMultiformatMessageString().
			WithText(sarifText(Explain(c))).WithMarkdown(sarifBraces(c.markdown())))
	if c.Title != "" {
		rule.WithShortDescription(sarif.NewMultiformatMessageString().WithText(sarifText(c.Title)))
	}
	if c.Text != "" {
		rule.WithFullDescription(sarif.NewMultiformatMessageString().WithText(sarifText(c.Text)))
	}
	s.rules[c.ID] = len(s.rules)
	return s.rules[c.ID]
}

// location returns the location of a span, or nil when it has none.
func (s *sarifRun) location(span source.Span) *sarif.Location {
	if span.Start.Filename == "" {
		return nil
	}
	at := sarif.NewPhysicalLocation().WithArtifactLocation(sarif.NewSimpleArtifactLocation(fileURI(span.Start.Filename)))
	if span.IsValid() {
		at.WithRegion(s.region(span))
	}
	return sarif.NewLocationWithPhysicalLocation(at)
}

func (s *sarifRun) region(span source.Span) *sarif.Region {
	region := sarif.NewRegion().WithStartLine(span.Start.Line).WithStartColumn(span.Start.Column)
	f := fileOf(s.sources, span)
	if f == nil {
		return region
	}
	end := f.Pos(max(span.End, span.Start.Offset))
	return region.WithEndLine(end.Line).WithEndColumn(end.Column).
		WithByteOffset(span.Start.Offset).WithByteLength(end.Offset - span.Start.Offset)
}

// fix returns the edits of a fix, or nil when it is only words. Edits of unknown files are given in bytes.
func (s *sarifRun) fix(f *Fix) *sarif.Fix {
	if f == nil || len(f.Edits) == 0 {
		return nil
	}
	out := sarif.NewFix().WithDescription(sarifMessage(visible(f.Text))).
		WithProperties(sarif.NewPropertyBag().Add("safe", f.Safe))
	changes := map[string]*sarif.ArtifactChange{}
	for _, e := range f.Edits {
		name := e.Span.Start.Filename
		if changes[name] == nil {
			changes[name] = sarif.NewArtifactChange().WithArtifactLocation(sarif.NewSimpleArtifactLocation(fileURI(name)))
			out.AddArtifactChange(changes[name])
		}
		region := s.region(e.Span)
		if region.EndLine == nil {
			region = sarif.NewRegion().WithByteOffset(e.Span.Start.Offset).WithByteLength(max(0, e.Span.End-e.Span.Start.Offset))
		}
		changes[name].AddReplacement(sarif.NewReplacement().WithDeletedRegion(region).
			WithInsertedContent(sarif.NewArtifactContent().WithText(e.Text)))
	}
	return out
}

// fingerprint names a diagnostic so that it stays the same when lines move: by what it says, not by where it is.
func (s *sarifRun) fingerprint(d *Diagnostic) string {
	sum := sha256.Sum256(fmt.Appendf(nil, "%q %q %q %q %q", d.Code.ID, d.Span.Start.Filename, d.Within, d.Message, d.Label))
	name := fmt.Sprintf("%x", sum[:16])
	s.seen[name]++
	return fmt.Sprintf("%s:%d", name, s.seen[name])
}

func sarifLevel(s Severity) string {
	if s == Warning {
		return sarif.LevelWarning
	}
	return sarif.LevelError
}

func sarifMessage(s string) *sarif.Message { return sarif.NewTextMessage(sarifText(s)) }

// sarifText returns s as a plain text message: braces doubled (§3.11.5), and nothing in it a link (§3.11.6), which has
// no escape, so that a space parts what would make one. A message is never empty (§3.11.8).
func sarifText(s string) string {
	if s == "" {
		return " "
	}
	return sarifBraces(strings.ReplaceAll(s, "](", "] ("))
}

func sarifBraces(s string) string { return strings.NewReplacer("{", "{{", "}", "}}").Replace(s) }

// sarifLink returns s as the text of a link.
func sarifLink(s string) string {
	return strings.NewReplacer(`\`, `\\`, "[", `\[`, "]", `\]`).Replace(sarifBraces(s))
}

// fileURI returns a file name as a relative reference, or as a file URI when it is absolute (§3.4.3).
func fileURI(name string) string {
	u := url.URL{Path: name}
	if strings.HasPrefix(name, "/") {
		u.Scheme = "file"
	}
	return u.String()
}
