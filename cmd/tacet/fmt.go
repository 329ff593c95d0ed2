package main

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"

	"github.com/aymanbagabas/go-udiff"

	"github.com/tacet-lang/tacet/lang/diag"
	"github.com/tacet-lang/tacet/lang/source"
	"github.com/tacet-lang/tacet/lang/syntax"
)

type fmtCmd struct {
	Paths []string `arg:"" optional:"" help:"Flow files or folders; - for standard input; the current folder by default."`
	Check bool     `help:"Change nothing; list files in another layout and exit with 1."`
	Diff  bool     `help:"Change nothing; print what would change and exit with 1 if anything would."`
}

// Help shows examples.
func (fmtCmd) Help() string {
	return `Examples:
  tacet fmt                     every flow of this folder
  tacet fmt --check lakeside    for a pipeline
  tacet fmt - < faq.flow        standard input to standard output`
}

// Run formats.
func (cmd *fmtCmd) Run(con *console) error {
	if slices.Contains(cmd.Paths, "-") {
		return cmd.stdin(con)
	}
	names, err := flowFiles(orHere(cmd.Paths))
	if err != nil {
		return err
	}
	wrong, other := false, false
	for _, name := range names {
		content, err := readFlow(name)
		if err != nil {
			return err
		}
		after, ok, err := format(con, name, content)
		if err != nil {
			return err
		}
		if !ok {
			wrong = true
			continue
		}
		if bytes.Equal(content, after) {
			continue
		}
		other = true
		if err := cmd.settle(con, name, content, after); err != nil {
			return err
		}
	}
	if wrong || (other && (cmd.Check || cmd.Diff)) {
		return errViolations
	}
	return nil
}

func (cmd *fmtCmd) stdin(con *console) error {
	if len(cmd.Paths) > 1 {
		return usage("`-` stands alone: it reads standard input and writes standard output")
	}
	content, err := io.ReadAll(io.LimitReader(con.in, source.MaxFileSize+1))
	if err != nil {
		return ioError(err)
	}
	after, ok, err := format(con, "<stdin>", content)
	if err != nil {
		return err
	}
	if !ok {
		return errViolations
	}
	if cmd.Check || cmd.Diff {
		if bytes.Equal(content, after) {
			return nil
		}
		if err := cmd.settle(con, "<stdin>", content, after); err != nil {
			return err
		}
		return errViolations
	}
	_, err = con.out.Write(after)
	return err
}

// format lays one file out; ok is false when it has errors, which are printed.
func format(con *console, name string, content []byte) (after []byte, ok bool, err error) {
	f := source.New(name, content)
	tree, problems := syntax.Parse(f)
	if problems.HasErrors() {
		o := diag.Options{Color: con.color, Width: con.width, Version: version()}
		if err := diag.Text(con.err, problems, diag.Files{name: f}, o); err != nil {
			return nil, false, ioError(err)
		}
		return nil, false, nil
	}
	return syntax.Format(tree), true, nil
}

// settle writes the new layout, or only tells of it.
func (cmd *fmtCmd) settle(con *console, name string, before, after []byte) error {
	var err error
	switch {
	case cmd.Diff:
		_, err = io.WriteString(con.out, udiff.Unified(name, name, string(before), string(after)))
	case cmd.Check:
		_, err = fmt.Fprintln(con.out, name)
	default:
		return replaceFile(name, after)
	}
	return err
}

// readFlow reads a regular file, and of one that is too large just enough for the parser to say so; a pipe or a device
// would be read for ever.
func readFlow(name string) ([]byte, error) {
	if info, err := os.Stat(name); err != nil || !info.Mode().IsRegular() {
		return nil, ioError(fmt.Errorf("`%s` is no file that can be read", name))
	}
	f, err := os.Open(name)
	if err != nil {
		return nil, ioError(fmt.Errorf("`%s` cannot be read", name))
	}
	defer func() { _ = f.Close() }()
	content, err := io.ReadAll(io.LimitReader(f, source.MaxFileSize+1))
	if err != nil {
		return nil, ioError(fmt.Errorf("`%s` cannot be read", name))
	}
	return content, nil
}

// flowFiles lists the .flow files that paths name, those of folders in name order.
func flowFiles(paths []string) ([]string, error) {
	var out []string
	for _, p := range paths {
		info, err := os.Stat(p)
		if err != nil {
			return nil, ioError(fmt.Errorf("there is no file or folder `%s`", p))
		}
		if !info.IsDir() {
			out = append(out, p)
			continue
		}
		found, err := filepath.Glob(filepath.Join(p, "*.flow"))
		if err != nil {
			return nil, ioError(err)
		}
		out = append(out, found...)
	}
	return out, nil
}
