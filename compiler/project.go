package compiler

import (
	"errors"
	"io/fs"
	"maps"
	"slices"
	"strings"

	"github.com/tacet-lang/tacet/lang/diag"
	"github.com/tacet-lang/tacet/lang/source"
	"github.com/tacet-lang/tacet/lang/speech"
	"github.com/tacet-lang/tacet/lang/syntax"
	"github.com/tacet-lang/tacet/stdlib"
)

// textsModule holds the standard sentences and is in use everywhere.
const textsModule = "std/texts"

// project is what all flows of one practice directory share: the facts, and modules that are read once.
type project struct {
	src      fs.FS
	std      fs.FS
	opts     Options
	problems diag.List // of practice.yaml and of the policy files

	shared shared // practice.yaml and the policy files of the directory

	modules  cache[*unit]      // by name
	packs    cache[packRead]   // by file
	policies cache[policyMade] // by the files composed
}

// unit is one parsed flow or module.
type unit struct {
	name     string // as `use` names it; empty for the flow itself
	file     *source.File
	tree     *syntax.File
	problems diag.List
}

func (u *unit) isModule() bool { return u.name != "" }

// isStandard reports whether the unit is part of the standard library.
func (u *unit) isStandard() bool { return strings.HasPrefix(u.name, "std/") }

// load reads what the flows of a directory share, and begins to read the entries and what they use.
func load(src fs.FS, o Options, entries ...string) *project {
	p := &project{src: src, std: o.Std, opts: o}
	if p.std == nil {
		p.std = stdlib.FS
	}
	go eachConcurrently(len(entries), func(i int) { quietly(func() { p.fetch(p.unit(p.src, entries[i], "")) }) })
	ahead(func() { p.texts() })
	ahead(speech.Prepare)
	p.loadFacts()
	return p
}

// texts is the module of the standard sentences.
func (p *project) texts() *unit { return p.unit(p.std, textsModule+flowEnding, textsModule) }

// ahead does work whose result is kept for whoever asks for it later. A panic is theirs too: a cache repeats it.
func ahead(work func()) { go quietly(work) }

func quietly(work func()) {
	defer func() { _ = recover() }()
	work()
}

// read returns a file of src, or nil and the problem.
func read(src fs.FS, name string) (*source.File, *diag.Diagnostic) {
	switch info, err := fs.Stat(src, name); {
	case err == nil && !info.Mode().IsRegular() && !info.IsDir():
		return nil, fileProblem(name, "`%s` is no file", name) // a pipe or a device would be read for ever
	case err == nil && info.Size() > source.MaxFileSize:
		return nil, fileProblem(name, "`%s` is larger than %d MiB, which is the limit", name, source.MaxFileSize>>20)
	}
	content, err := fs.ReadFile(src, name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, fileProblem(name, "there is no file `%s` here", name)
	case err != nil:
		return nil, fileProblem(name, "the file `%s` cannot be read", name)
	}
	return source.New(name, content), nil
}

func fileProblem(name, format string, args ...any) *diag.Diagnostic {
	span := source.Span{Start: source.Pos{Filename: name}}
	return diag.UnreadableFile.At(span, format, args...)
}

// flowFiles lists the flow files of a directory, in name order.
func flowFiles(src fs.FS) []string {
	files, err := fs.Glob(src, "*"+flowEnding)
	if err != nil {
		panic("compiler: bad pattern: " + err.Error())
	}
	return files
}

// entries are the files that hold a flow. A file that declares none, and nothing else that only a flow can, is a module.
func (p *project) entries(files []string) ([]string, diag.List) {
	var out []string
	for _, name := range files {
		u := p.unit(p.src, name, "")
		if u.tree == nil || u.problems.HasErrors() || !moduleShaped(u.tree) {
			out = append(out, name)
		}
	}
	if len(files) == 0 {
		return nil, diag.List{fileProblem("", "there is no .flow file in this folder").
			Help("start one with `tacet init`, or name the folder that holds them")}
	}
	return out, nil
}

func moduleShaped(f *syntax.File) bool {
	return !slices.ContainsFunc(f.Decls, func(d syntax.Decl) bool { return !allowedInModule(d) })
}

// unit parses a file once. name is empty for an entry, which is parsed under its file's name.
func (p *project) unit(from fs.FS, file, name string) *unit {
	key := name
	if key == "" {
		key = "entry:" + file
	}
	return p.modules.get(key, func() *unit {
		u := &unit{name: name}
		f, problem := read(from, file)
		if problem != nil {
			u.problems.Add(problem)
			return u
		}
		u.file = f
		u.tree, u.problems = syntax.Parse(f)
		return u
	})
}

// parse reads the entry and everything it uses, directly or through a module.
func (c *compilation) parse() {
	p := c.project
	maps.Copy(c.files, p.shared.files)
	c.flow = p.unit(p.src, c.entry, "")
	if !c.take(c.flow) {
		return
	}
	seen := map[string]bool{textsModule: true}
	texts := p.texts()
	c.modules = append(c.modules, texts)
	c.take(texts)
	c.uses(c.flow, seen)
	if !c.diags.HasErrors() {
		c.composePolicy()
	}
}

// fetch begins to read what a unit uses, so that files are read side by side while problems keep their order.
func (p *project) fetch(u *unit) {
	if u.tree == nil {
		return
	}
	for _, d := range u.tree.Decls {
		use, ok := d.(*syntax.UseDecl)
		if !ok {
			continue
		}
		for _, m := range use.Modules {
			if from, file := p.find(m.Value, packEnding); from != nil {
				ahead(func() { p.pack(from, file) })
			} else if from, file := p.find(m.Value, flowEnding); from != nil {
				ahead(func() { p.unit(from, file, m.Value) })
			}
		}
	}
}

// uses reads what a unit uses, each module and policy pack once.
func (c *compilation) uses(u *unit, seen map[string]bool) {
	for _, d := range u.tree.Decls {
		use, ok := d.(*syntax.UseDecl)
		if !ok {
			continue
		}
		for _, name := range use.Modules {
			if seen[name.Value] {
				continue
			}
			seen[name.Value] = true
			c.useOne(name, seen)
		}
	}
}

func (c *compilation) useOne(name syntax.String, seen map[string]bool) {
	p := c.project
	if from, file := p.find(name.Value, packEnding); from != nil {
		pack, problems := p.pack(from, file)
		c.diags = append(c.diags, problems...)
		if pack != nil {
			c.packs = append(c.packs, packUse{name: name.Value, pack: pack, span: name.Span})
		}
		return
	}
	from, file := p.find(name.Value, flowEnding)
	if from == nil {
		c.unknownModule(name)
		return
	}
	module := p.unit(from, file, name.Value)
	if c.take(module) {
		c.modules = append(c.modules, module)
		c.uses(module, seen)
	}
}

// take adds a unit's file and problems, and reports whether it can be used.
func (c *compilation) take(u *unit) bool {
	c.diags = append(c.diags, u.problems...)
	if u.file != nil {
		c.files[u.file.Name] = u.file
	}
	return u.tree != nil && !u.problems.HasErrors()
}

// The endings of the files that `use` names.
const (
	flowEnding = ".flow"
	packEnding = ".policy.yaml"
)

// find returns where the file of a module or pack is, or nil.
func (p *project) find(name, ending string) (fs.FS, string) {
	from := p.src
	if strings.HasPrefix(name, "std/") {
		from = p.std
	}
	file := name + ending
	if !fs.ValidPath(file) {
		return nil, ""
	}
	if info, err := fs.Stat(from, file); err != nil || info.IsDir() {
		return nil, ""
	}
	return from, file
}

func (c *compilation) unknownModule(m syntax.String) {
	d := c.report(diag.UnknownModule, m.Span, "there is no module or policy pack `%s`", m.Value)
	if near := diag.Near(m.Value, c.project.moduleNames()); near != "" {
		d.Mend(false, "did you mean `"+near+"`?", diag.Edit{Span: m.Span, Text: `"` + near + `"`})
		return
	}
	d.Help("there are %s", list(c.project.moduleNames()))
}

// moduleNames lists what `use` can name.
func (p *project) moduleNames() []string {
	var out []string
	for _, from := range []struct {
		fs     fs.FS
		prefix string
	}{{p.std, "std/"}, {p.src, ""}} {
		for _, ending := range []string{flowEnding, packEnding} {
			files, err := fs.Glob(from.fs, from.prefix+"*"+ending)
			if err != nil {
				panic("compiler: bad pattern: " + err.Error())
			}
			for _, f := range files {
				out = append(out, strings.TrimSuffix(f, ending))
			}
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}
