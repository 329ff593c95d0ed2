package diag

import (
	"cmp"
	"encoding/xml"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/jstemmer/go-junit-report/v2/junit"
)

// JUnit writes diagnostics as a JUnit report: one suite per file and in it one case per diagnostic. An error is a
// failure; a warning passes and keeps its text as output; a checked file without diagnostics is one case that passes.
// What belongs to no file, a failure of the tool among it, is in a suite with the name of the tool; when the tool failed,
// no file passes.
func JUnit(w io.Writer, l List, sources Sources, o Options) error {
	report := junit.Testsuites{Name: visible(o.tool())}
	cases := map[string][]junit.Testcase{}
	for _, d := range l.Sorted() {
		file := d.Span.Start.Filename
		cases[file] = append(cases[file], junitCase(d, sources))
	}
	var names []string
	if o.Failure == nil { // otherwise nobody knows whether all of them were checked
		names = slices.Clone(o.Checked)
	}
	for file := range cases {
		names = append(names, file)
	}
	slices.Sort(names)
	if o.Failure != nil || len(names) == 0 {
		cases[""] = append(cases[""], junitRun(o))
		names = slices.Insert(names, 0, "")
	}
	for i, file := range slices.Compact(names) {
		suite := junit.Testsuite{ID: i, Name: cmp.Or(visible(file), report.Name), File: visible(file), Time: "0"}
		if cases[file] == nil {
			cases[file] = []junit.Testcase{{Name: "no problems found", Classname: suite.Name}}
		}
		for _, c := range cases[file] {
			c.Classname = suite.Name
			suite.AddTestcase(c)
		}
		report.AddSuite(suite)
	}
	if _, err := io.WriteString(w, xml.Header); err != nil {
		return err
	}
	return report.WriteXML(w)
}

func junitCase(d *Diagnostic, sources Sources) junit.Testcase {
	var body strings.Builder
	t := newText(&body, sources, Options{})
	t.diagnostic(d)
	t.w.Flush()
	c := junit.Testcase{Name: fmt.Sprintf("%s: %s", d.Code.ID, visible(d.Message))}
	if start := d.Span.Start; start.IsValid() {
		c.Name = fmt.Sprintf("%d:%d: %s", start.Line, start.Column, c.Name)
	}
	if d.Severity == Error {
		c.Failure = &junit.Result{Message: visible(d.Message), Type: d.Code.ID, Data: body.String()}
	} else {
		c.SystemOut = &junit.Output{Data: body.String()}
	}
	return c
}

// junitRun is the case of the run itself: whether the tool could do its work.
func junitRun(o Options) junit.Testcase {
	if o.Failure == nil {
		return junit.Testcase{Name: "no problems found"}
	}
	return junit.Testcase{
		Name:  "run",
		Error: &junit.Result{Message: visible(o.Failure.Message), Type: visible(o.Failure.Code), Data: visible(o.Failure.Message)},
	}
}
