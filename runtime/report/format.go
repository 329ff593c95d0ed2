package report

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"strconv"
)

// JSON writes a report for machines.
func (r *Report) JSON(w io.Writer) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(r)
}

// CSV writes a report for a spreadsheet: one number a line. A hidden cell has no number.
func (r *Report) CSV(w io.Writer) error {
	out := csv.NewWriter(w)
	lines := [][]string{{"figure", "title", "table", "name", "unit", "n", "of"}}
	for i := range r.Figures {
		f := &r.Figures[i]
		for _, v := range f.Values {
			n, of := strconv.FormatInt(v.N, 10), ""
			if v.Unit == Part {
				of = strconv.FormatInt(v.Of, 10)
			}
			if v.Missing != "" {
				n, of = "", ""
			}
			lines = append(lines, []string{f.ID, f.Title, "", v.Name, string(v.Unit), n, of})
		}
		for _, t := range f.Tables {
			for _, c := range t.Cells {
				n := strconv.FormatInt(c.N, 10)
				if c.Hidden {
					n = ""
				}
				lines = append(lines, []string{f.ID, f.Title, t.Title, c.Name, string(Count), n, ""})
			}
		}
	}
	return out.WriteAll(lines)
}

// Text writes a report for people.
func (r *Report) Text(w io.Writer) error {
	p := printer{w: w}
	p.line("%s, %s to %s (%s)", r.Practice, r.From, r.To, r.Timezone)
	for i := range r.Figures {
		f := &r.Figures[i]
		p.line("\n%s %s\n  %s", f.ID, f.Title, f.Definition)
		for _, v := range f.Values {
			p.line("  %-44s %s", v.Name, v)
		}
		for _, t := range f.Tables {
			p.table(&t)
		}
	}
	return p.err
}

type printer struct {
	w   io.Writer
	err error
}

func (p *printer) line(format string, args ...any) {
	if p.err == nil {
		_, p.err = fmt.Fprintf(p.w, format+"\n", args...)
	}
}

func (p *printer) table(t *Table) {
	if len(t.Cells) == 0 {
		return
	}
	p.line("  %s", t.Title)
	for _, c := range t.Cells {
		if t.Days && c.N == 0 {
			continue
		}
		p.line("    %-42s %s", c.Name, c)
	}
}
