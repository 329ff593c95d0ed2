package diag

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/tacet-lang/tacet/lang/source"
)

// jsonShape is the version of the JSON form. Within one version no property goes away or changes its meaning; new ones
// may come, with the schema of the release that brings them.
const jsonShape = 1

// JSON writes diagnostics as one object, for programs. Its shape is spec/schema/diagnostics.schema.json; it is complete
// and valid also when there is nothing to report and when the tool failed.
func JSON(w io.Writer, l List, sources Sources, o Options) error {
	l = l.Sorted()
	errors, warnings, files := l.Count()
	r := jsonReport{
		Shape:       jsonShape,
		Tool:        o.tool(),
		Version:     o.Version,
		Diagnostics: make([]jsonDiagnostic, 0, len(l)),
		Summary:     jsonSummary{OK: errors == 0 && o.Failure == nil, Errors: errors, Warnings: warnings, Files: files},
	}
	if o.Failure != nil {
		r.Failure = &jsonFailure{Code: o.Failure.Code, Message: o.Failure.Message}
	}
	for _, d := range l {
		r.Diagnostics = append(r.Diagnostics, newJSONDiagnostic(d, sources))
	}
	return writeJSON(w, r)
}

type jsonReport struct {
	Shape       int              `json:"shape"`
	Tool        string           `json:"tool"`
	Version     string           `json:"version"`
	Diagnostics []jsonDiagnostic `json:"diagnostics"`
	Summary     jsonSummary      `json:"summary"`
	Failure     *jsonFailure     `json:"failure,omitempty"`
}

type jsonSummary struct {
	OK       bool `json:"ok"`
	Errors   int  `json:"errors"`
	Warnings int  `json:"warnings"`
	Files    int  `json:"files"`
}

type jsonFailure struct {
	Code    string `json:"code"`
	Message string `json:"message"`
}

type jsonDiagnostic struct {
	Code     string     `json:"code"`
	Severity string     `json:"severity"`
	Title    string     `json:"title"`
	Message  string     `json:"message"`
	Place    *jsonPlace `json:"place,omitempty"`
	Within   string     `json:"within,omitempty"`
	Label    string     `json:"label,omitempty"`
	Effect   string     `json:"effect,omitempty"`
	Notes    []jsonNote `json:"notes,omitempty"`
	Fix      *jsonFix   `json:"fix,omitempty"`
	Witness  string     `json:"witness,omitempty"`
	Explain  string     `json:"explain"`
}

// jsonPlace is a file, and a part of it when start and end are there.
type jsonPlace struct {
	File  string   `json:"file"`
	Start *jsonPos `json:"start,omitempty"`
	End   *jsonPos `json:"end,omitempty"`
}

type jsonPos struct {
	Offset int `json:"offset"`
	Line   int `json:"line,omitempty"`
	Column int `json:"column,omitempty"`
}

type jsonNote struct {
	Text  string     `json:"text"`
	Place *jsonPlace `json:"place,omitempty"`
}

type jsonFix struct {
	Text  string     `json:"text"`
	Safe  bool       `json:"safe"`
	Edits []jsonEdit `json:"edits"`
}

type jsonEdit struct {
	Place *jsonPlace `json:"place"`
	Text  string     `json:"text"`
}

func newJSONDiagnostic(d *Diagnostic, sources Sources) jsonDiagnostic {
	out := jsonDiagnostic{
		Code:     d.Code.ID,
		Severity: d.Severity.String(),
		Title:    d.Code.Title,
		Message:  d.Message,
		Place:    newJSONPlace(d.Span, sources),
		Within:   d.Within,
		Label:    d.Label,
		Effect:   d.Effect,
		Witness:  d.Witness,
		Explain:  d.why(),
	}
	for _, n := range d.Notes {
		out.Notes = append(out.Notes, jsonNote{Text: n.Text, Place: newJSONPlace(n.Span, sources)})
	}
	if d.Fix != nil {
		out.Fix = &jsonFix{Text: d.Fix.Text, Safe: d.Fix.Safe, Edits: make([]jsonEdit, 0, len(d.Fix.Edits))}
		for _, e := range d.Fix.Edits {
			out.Fix.Edits = append(out.Fix.Edits, jsonEdit{Place: newJSONPlace(e.Span, sources), Text: e.Text})
		}
	}
	return out
}

// newJSONPlace returns the place of a span, or nil when it has none. The line and column of its end are known only when
// the file is.
func newJSONPlace(s source.Span, sources Sources) *jsonPlace {
	if !s.IsValid() {
		if s.Start.Filename == "" {
			return nil
		}
		return &jsonPlace{File: s.Start.Filename}
	}
	p := &jsonPlace{
		File:  s.Start.Filename,
		Start: &jsonPos{Offset: s.Start.Offset, Line: s.Start.Line, Column: s.Start.Column},
		End:   &jsonPos{Offset: max(s.End, s.Start.Offset)},
	}
	if f := fileOf(sources, s); f != nil {
		end := f.Pos(p.End.Offset)
		p.End.Offset, p.End.Line, p.End.Column = end.Offset, end.Line, end.Column
	}
	return p
}

// writeJSON writes v indented, with a newline at the end. Characters that could steer a terminal or reorder what is read
// are written as escapes, so the text is safe to print and means the same.
func writeJSON(w io.Writer, v any) error {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(v); err != nil {
		return fmt.Errorf("encode diagnostics: %w", err)
	}
	_, err := w.Write(escapeHidden(b.Bytes()))
	return err
}

// escapeHidden rewrites the hidden characters of a JSON text, which can only stand in its strings, as \u escapes.
func escapeHidden(text []byte) []byte {
	out := make([]byte, 0, len(text))
	prev := rune(0)
	for i := 0; i < len(text); {
		r, n := utf8.DecodeRune(text[i:])
		switch {
		case r == '\n' || !isHidden(r, prev):
			out = append(out, text[i:i+n]...)
		case r > 0xffff:
			high, low := utf16.EncodeRune(r)
			out = fmt.Appendf(out, `\u%04x\u%04x`, high, low)
		default:
			out = fmt.Appendf(out, `\u%04x`, r)
		}
		prev = r
		i += n
	}
	return out
}
