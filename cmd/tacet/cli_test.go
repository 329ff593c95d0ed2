package main

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/owenrumney/go-sarif/v3/pkg/report/v210/sarif"
	"github.com/rogpeppe/go-internal/testscript"
	"github.com/santhosh-tekuri/jsonschema/v5"
)

// TestVerbs plays one script for each command. Beside what every script has, they know
//
//	exits CODE tacet ARGS…   the command ends with exactly this exit code
//	is FORM FILE             the file, or stdout, is what it claims to be
//	big FILE BYTES           writes that many bytes of one line
//	mode FILE PERM           the file has these permissions
//
// and find a practice without mistakes in $WORK/base and an address that is in use in $USED.
func TestVerbs(t *testing.T) {
	t.Parallel()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	base, err := filepath.Abs("../../spec/conformance/base")
	if err != nil {
		t.Fatal(err)
	}
	testscript.Run(t, testscript.Params{
		Dir:                 "../../spec/conformance/cli",
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		UpdateScripts:       os.Getenv("TACET_UPDATE") == "1",
		Setup: func(e *testscript.Env) error {
			e.Setenv("USED", l.Addr().String())
			return os.CopyFS(filepath.Join(e.WorkDir, "base"), os.DirFS(base))
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"exits": cmdExits, "is": cmdIs, "big": cmdBig, "mode": cmdMode,
		},
	})
}

func cmdExits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits CODE tacet ARGS…")
	}
	code := 0
	err := ts.Exec(args[1], args[2:]...)
	var exit *exec.ExitError
	switch {
	case errors.As(err, &exit):
		code = exit.ExitCode()
	case err != nil:
		ts.Fatalf("%v", err)
	}
	if strconv.Itoa(code) != args[0] {
		ts.Fatalf("exit code %d, want %s", code, args[0])
	}
}

func cmdBig(ts *testscript.TestScript, neg bool, args []string) {
	size := 0
	if len(args) == 2 {
		size, _ = strconv.Atoi(args[1])
	}
	if neg || size < 1 {
		ts.Fatalf("usage: big FILE BYTES")
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), bytes.Repeat([]byte("a"), size), 0o644))
}

func cmdMode(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: mode FILE PERM")
	}
	info, err := os.Stat(ts.MkAbs(args[0]))
	ts.Check(err)
	if got := strconv.FormatUint(uint64(info.Mode().Perm()), 8); got != args[1] {
		ts.Fatalf("%s has permissions %s, want %s", args[0], got, args[1])
	}
}

func cmdIs(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 || forms[args[0]] == nil {
		ts.Fatalf("usage: is FORM FILE")
	}
	content := []byte(ts.ReadFile(args[1]))
	if err := forms[args[0]](content); err != nil {
		ts.Fatalf("%s is not %s: %v\n%s", args[1], args[0], err, content)
	}
}

// forms read what a command wrote as its readers do.
var forms = map[string]func([]byte) error{
	"json": isJSON, "diagnostics": isDiagnostics, "sarif": isSARIF, "junit": isJUnit, "github": isGitHub,
	"svg": isSVG, "dot": isDOT, "mermaid": isMermaid,
}

func isJSON(content []byte) error {
	d := json.NewDecoder(bytes.NewReader(content))
	var value any
	if err := d.Decode(&value); err != nil {
		return err
	}
	if d.More() {
		return errors.New("more than one value")
	}
	return nil
}

func isDiagnostics(content []byte) error {
	var value any
	if err := json.Unmarshal(content, &value); err != nil {
		return err
	}
	text, err := os.ReadFile("../../spec/schema/diagnostics.schema.json")
	if err != nil {
		return err
	}
	schema, err := jsonschema.CompileString("diagnostics.schema.json", string(text))
	if err != nil {
		return err
	}
	return schema.Validate(value)
}

func isSARIF(content []byte) error {
	log, err := sarif.FromBytes(content, sarif.WithStrictValidation())
	if err != nil {
		return err
	}
	return log.Validate()
}

// element reads a whole XML document and returns the name of its outermost element.
func element(content []byte) (string, error) {
	d := xml.NewDecoder(bytes.NewReader(content))
	root := ""
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return root, nil
		}
		if err != nil {
			return "", err
		}
		if e, ok := token.(xml.StartElement); ok && root == "" {
			root = e.Name.Local
		}
	}
}

func isJUnit(content []byte) error {
	var suites struct {
		XMLName  xml.Name `xml:"testsuites"`
		Tests    int      `xml:"tests,attr"`
		Failures int      `xml:"failures,attr"`
		Errors   int      `xml:"errors,attr"`
		Suites   []struct {
			Name  string     `xml:"name,attr"`
			Cases []struct{} `xml:"testcase"`
		} `xml:"testsuite"`
	}
	if err := xml.Unmarshal(content, &suites); err != nil {
		return err
	}
	cases := 0
	for _, s := range suites.Suites {
		cases += len(s.Cases)
	}
	if cases != suites.Tests {
		return errors.New("the number of tests is not that of the cases")
	}
	return nil
}

var workflowCommand = regexp.MustCompile(`^::(error|warning|notice)( [a-zA-Z]+=[^,:]*(,[a-zA-Z]+=[^,:]*)*)?::.+$`)

func isGitHub(content []byte) error {
	for line := range strings.Lines(string(content)) {
		if !workflowCommand.MatchString(strings.TrimSuffix(line, "\n")) {
			return errors.New("not a workflow command: " + line)
		}
	}
	return nil
}

func isSVG(content []byte) error {
	root, err := element(content)
	if err == nil && root != "svg" {
		err = errors.New("the outermost element is " + root)
	}
	return err
}

var (
	dotLine     = regexp.MustCompile(`^(digraph "([^"\\]|\\.)*" \{|\}|  [^\n]*;)$`)
	mermaidLine = regexp.MustCompile(`^(flowchart TD|  \S.*)$`)
)

func isDOT(content []byte) error { return everyLine(content, dotLine) }

func isMermaid(content []byte) error { return everyLine(content, mermaidLine) }

func everyLine(content []byte, form *regexp.Regexp) error {
	for line := range strings.Lines(string(content)) {
		if line = strings.TrimSuffix(line, "\n"); !form.MatchString(line) {
			return errors.New("a line of another kind: " + line)
		}
	}
	return nil
}
