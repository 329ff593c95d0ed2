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

	"github.com/tacet-lang/tacet/compiler"
	"github.com/tacet-lang/tacet/lang/diag"
	"github.com/tacet-lang/tacet/lang/source"
)

// compiled is what a set of paths on the command line became. Names in positions are as the user would type them.
type compiled struct {
	flows    []flowFile
	problems diag.List
	files    diag.Files
}

// flowFile is one compiled flow with the folder it stands in.
type flowFile struct {
	*compiler.Result
	path string // as the user would type it
}

// compilePaths compiles practice folders and single flow files. It fails only where a path cannot be read at all.
func compilePaths(paths []string, o compiler.Options) (*compiled, error) {
	out := &compiled{files: diag.Files{}}
	for _, p := range paths {
		if err := out.add(p, o); err != nil {
			return nil, err
		}
	}
	out.problems = out.problems.Sorted()
	return out, nil
}

func (c *compiled) add(path string, o compiler.Options) error {
	info, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return ioError(fmt.Errorf("there is no file or folder `%s`", path))
	}
	if err != nil {
		return ioError(err)
	}
	if info.IsDir() {
		results, problems := compiler.CompileAll(os.DirFS(path), o)
		c.take(path, problems, results...)
		return nil
	}
	if filepath.Ext(path) != ".flow" {
		return usage("`%s` is no flow file; name a .flow file or the folder of a practice", path)
	}
	dir, file := filepath.Split(path)
	if dir == "" {
		dir = "."
	}
	r, problems := compiler.Compile(os.DirFS(dir), file, o)
	c.take(dir, problems, r)
	return nil
}

// take adds results of the folder dir under the names the user knows them by.
func (c *compiled) take(dir string, problems diag.List, results ...*compiler.Result) {
	name := func(file string) string {
		if file == "" || strings.HasPrefix(file, "std/") {
			return file
		}
		return filepath.Join(dir, file)
	}
	for _, r := range results {
		for file, f := range r.Files {
			c.files[name(file)] = source.New(name(file), f.Bytes)
		}
		c.flows = append(c.flows, flowFile{Result: r, path: name(r.Entry)})
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

// print writes the problems in a form and returns violations if any of them stops a build.
func (c *compiled) print(con *console, format string) error {
	o := diag.Options{Color: con.color, Width: con.width, Version: version(), Checked: c.checked()}
	if err := diag.Format(format)(con.out, c.problems, c.files, o); err != nil {
		return ioError(err)
	}
	if c.problems.HasErrors() {
		return violations
	}
	return nil
}

// mustCompile compiles paths for a command that needs machines: problems are printed and end it.
func mustCompile(con *console, paths ...string) (*compiled, error) {
	c, err := compilePaths(paths, compiler.Options{})
	if err != nil {
		return nil, err
	}
	if !c.problems.HasErrors() {
		return c, nil
	}
	o := diag.Options{Color: con.color, Width: con.width, Version: version(), Checked: c.checked()}
	if err := diag.Text(con.err, c.problems, c.files, o); err != nil {
		return nil, ioError(err)
	}
	return nil, violations
}
