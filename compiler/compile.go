// Package compiler turns a flow file and the facts around it into a machine.
//
// The road goes one way: parse, resolve, expand, check, lower. It stops at the first floor with errors. No pass changes
// the tree; each writes tables of its own beside it. The package is pure: files come in as fs.FS, nothing else of the
// world does, and the same files give the same bytes.
package compiler

import (
	"fmt"
	"io/fs"
	"path"
	"runtime"
	"slices"
	"strings"
	"sync"

	"github.com/tacet-lang/tacet/lang/diag"
	"github.com/tacet-lang/tacet/lang/machine"
	"github.com/tacet-lang/tacet/lang/source"
	"github.com/tacet-lang/tacet/lang/speech"
)

// Options steer a compilation. The zero value is what `tacet check` uses.
type Options struct {
	Std       fs.FS // the standard library: std/*.flow and std/*.policy.yaml; nil means the one built in
	MaxStates int   // most states after fragments are copied; 0 means 100 000
	Untrained bool  // leave the topic classifier out: nothing is judged by it, and training costs more than all checks
}

const defaultMaxStates = 100_000

func (o Options) maxStates() int {
	if o.MaxStates > 0 {
		return o.MaxStates
	}
	return defaultMaxStates
}

// Result is what one flow file became. Machine is nil when it has errors; Files is always complete, for printing them.
type Result struct {
	Entry   string // the flow file's name
	Machine *machine.Machine
	Tests   []machine.Test          // in the order of the file
	Files   map[string]*source.File // every file that was read, by name
}

// Compile compiles the flow file entry of a practice directory.
func Compile(src fs.FS, entry string, o Options) (*Result, diag.List) {
	p := load(src, o, entry)
	r, problems := p.compile(entry)
	return r, slices.Concat(p.problems, problems).Sorted()
}

// CompileAll compiles every flow of a practice directory, in name order. Files that hold no flow are modules, and are
// read where a flow uses them. The list holds the problems of all of them; those of shared files once.
func CompileAll(src fs.FS, o Options) ([]*Result, diag.List) {
	files := flowFiles(src)
	p := load(src, o, files...)
	entries, problems := p.entries(files)
	results := make([]*Result, len(entries))
	lists := make([]diag.List, len(entries))
	faults := make([]any, len(entries))
	var wg sync.WaitGroup
	slots := make(chan struct{}, runtime.GOMAXPROCS(0))
	for i, entry := range entries {
		wg.Go(func() {
			slots <- struct{}{}
			defer func() { <-slots }()
			defer func() { faults[i] = recover() }()
			results[i], lists[i] = p.compile(entry)
		})
	}
	wg.Wait()
	for i, fault := range faults {
		if fault != nil {
			panic(fmt.Sprintf("%s: %v", entries[i], fault)) // where the caller can recover it
		}
	}
	return results, slices.Concat(p.problems, problems, slices.Concat(lists...)).Sorted()
}

// compilation carries one flow down the road. Each pass reads the tables before it and fills its own.
type compilation struct {
	project *project
	opts    Options
	entry   string
	diags   diag.List
	told    map[string]*diag.Diagnostic // by cause, where one can have several places
	files   map[string]*source.File

	flow       *unit   // parse
	modules    []*unit // parse: what the flow uses, std/texts first
	packs      []packUse
	facts      facts                      // parse: practice and composed policy
	names      names                      // resolve
	graph      graph                      // expand
	types      types                      // check
	utterances []utterance                // check: every text, to be judged by its words
	anywhere   speech.Context             // check: what a text may ask for wherever it stands
	permits    map[string]map[string]bool // check: what a text may ask for beside fields of such classes, and a question for a field
	result     *Result                    // lower
}

func (p *project) compile(entry string) (*Result, diag.List) {
	c := &compilation{project: p, opts: p.opts, entry: entry, files: map[string]*source.File{}, permits: map[string]map[string]bool{}}
	c.result = &Result{Entry: entry, Files: c.files}
	road := []struct{ pass, instead func() }{
		{c.parse, nil}, {c.resolve, c.checkApart}, {c.expand, c.checkApart}, {c.check, nil}, {c.lower, nil},
	}
	for _, floor := range road {
		floor.pass()
		if !c.diags.HasErrors() && !p.problems.HasErrors() {
			continue
		}
		if floor.instead != nil {
			floor.instead()
		}
		c.result.Machine, c.result.Tests = nil, nil
		break
	}
	return c.result, c.diags.Sorted()
}

// report adds a problem and returns it, to be completed.
func (c *compilation) report(code *diag.Code, span source.Span, format string, args ...any) *diag.Diagnostic {
	d := code.At(span, format, args...)
	c.diags.Add(d)
	return d
}

// sameCause notes one more place of a cause that was reported already, and says whether it was.
func (c *compilation) sameCause(cause string, span source.Span, format string, args ...any) bool {
	d := c.told[cause]
	if d == nil {
		return false
	}
	d.Also(span, format, args...)
	return true
}

// cause keeps a problem for the further places of its cause.
func (c *compilation) cause(name string, d *diag.Diagnostic) *diag.Diagnostic {
	if c.told == nil {
		c.told = map[string]*diag.Diagnostic{}
	}
	c.told[name] = d
	return d
}

// flowID is the flow's short name: its file's name without folder and ending.
func flowID(entry string) string { return strings.TrimSuffix(path.Base(entry), ".flow") }

// File returns a file that went into the result, by name, or nil: a Result is the sources of its diagnostics.
func (r *Result) File(name string) *source.File { return r.Files[name] }
