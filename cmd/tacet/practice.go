package main

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/tacet-lang/tacet/compiler"
	"github.com/tacet-lang/tacet/compiler/verify"
	"github.com/tacet-lang/tacet/lang/diag"
	"github.com/tacet-lang/tacet/lang/source"
)

// compiled is what a set of paths on the command line became. Names in positions are as the user would type them.
type compiled struct {
	flows    []flowFile
	problems diag.List
	files    diag.Files
	bugs     []error // what should not have been possible, whatever the files hold
}

// flowFile is one compiled flow with the folder it stands in.
type flowFile struct {
	*compiler.Result
	path   string // as the user would type it
	dir    string
	report *verify.Report // nil unless it was to be proven
}

// compiling says how far flows are taken.
type compiling struct {
	untrained bool      // without the topic classifier
	prove     time.Time // the day that guarantees are proven for; zero: not proven at all
}

// compilePaths compiles practice folders and single flow files. It fails only where a path cannot be read at all.
func compilePaths(paths []string, o compiling) (*compiled, error) {
	out := &compiled{files: diag.Files{}}
	for _, p := range paths {
		if err := out.add(p, o); err != nil {
			return nil, err
		}
	}
	out.problems = out.problems.Sorted()
	return out, nil
}

func (c *compiled) add(path string, o compiling) error {
	info, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return ioError(fmt.Errorf("there is no file or folder `%s`", path))
	}
	if err != nil {
		return ioError(err)
	}
	options := compiler.Options{Untrained: o.untrained}
	if info.IsDir() {
		results, problems := compiler.CompileAll(os.DirFS(path), options)
		c.take(path, o, problems, results...)
		return nil
	}
	if filepath.Ext(path) != ".flow" {
		return usage("`%s` is no flow file; name a .flow file or the folder of a practice", path)
	}
	dir, file := filepath.Split(path)
	if dir == "" {
		dir = "."
	}
	r, problems := compiler.Compile(os.DirFS(dir), file, options)
	c.take(dir, o, problems, r)
	return nil
}

// take adds results of the folder dir under the names the user knows them by.
func (c *compiled) take(dir string, o compiling, problems diag.List, results ...*compiler.Result) {
	name := func(file string) string {
		if file == "" || strings.HasPrefix(file, "std/") {
			return file
		}
		return filepath.Join(dir, file)
	}
	proofs := make([]proof, len(results))
	var wg sync.WaitGroup
	for i, r := range results {
		for file, f := range r.Files {
			c.files[name(file)] = source.New(name(file), f.Bytes)
		}
		if !o.prove.IsZero() && r.Machine != nil {
			wg.Go(func() { proofs[i] = prove(r, o.prove, filepath.Join(dir, talkFolder)) })
		}
	}
	wg.Wait()
	for i, r := range results {
		c.flows = append(c.flows, flowFile{Result: r, path: name(r.Entry), dir: dir, report: proofs[i].report})
		problems = append(problems, proofs[i].problems...)
		c.bugs = append(c.bugs, proofs[i].bugs...)
	}
	for _, d := range problems {
		c.problems.Add(renamed(d, name))
	}
}

// renamed is d with every file name in it passed through name.
func renamed(d *diag.Diagnostic, name func(string) string) *diag.Diagnostic {
	out := *d
	out.Span.Start.Filename = name(d.Span.Start.Filename)
	out.Notes = slices.Clone(d.Notes)
	for i := range out.Notes {
		out.Notes[i].Span.Start.Filename = name(out.Notes[i].Span.Start.Filename)
	}
	if d.Fix != nil {
		fix := *d.Fix
		fix.Edits = slices.Clone(fix.Edits)
		for i := range fix.Edits {
			fix.Edits[i].Span.Start.Filename = name(fix.Edits[i].Span.Start.Filename)
		}
		out.Fix = &fix
	}
	return &out
}

// checked names the files that the user wrote, sorted.
func (c *compiled) checked() []string {
	return slices.DeleteFunc(slices.Sorted(maps.Keys(c.files)), func(n string) bool { return strings.HasPrefix(n, "std/") })
}

// print writes the problems in a form and returns errViolations if any of them stops a build.
func (c *compiled) print(con *console, format string) error {
	if err := diag.Format(format)(con.out, c.problems, c.files, c.printing(con)); err != nil {
		return ioError(err)
	}
	return c.verdict()
}

func (c *compiled) printing(con *console) diag.Options {
	return diag.Options{Color: con.color, Width: con.width, Version: version(), Checked: c.checked()}
}

// verdict is what a command ends with once the problems are printed.
func (c *compiled) verdict() error {
	switch {
	case len(c.bugs) > 0:
		return bug{errors.Join(c.bugs...)}
	case c.problems.HasErrors():
		return errViolations
	}
	return nil
}

// mustCompile compiles paths for a command that needs machines: problems are printed and end it.
func mustCompile(con *console, o compiling, paths ...string) (*compiled, error) {
	c, err := compilePaths(paths, o)
	if err != nil {
		return nil, err
	}
	if c.problems.HasErrors() {
		if err := diag.Text(con.err, c.problems, c.files, c.printing(con)); err != nil {
			return nil, ioError(err)
		}
	}
	return c, c.verdict()
}
