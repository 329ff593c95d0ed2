package compiler

import (
	"io/fs"
	"slices"

	"github.com/tacet-lang/tacet/lang/diag"
	"github.com/tacet-lang/tacet/lang/machine"
	"github.com/tacet-lang/tacet/lang/policy"
	"github.com/tacet-lang/tacet/lang/source"
	"github.com/tacet-lang/tacet/stdlib"
)

// facts are what a flow is judged by: the practice, and the policy packs it uses composed with the practice's own.
type facts struct {
	practice *policy.Practice
	policy   *policy.Policy
}

// channels lists the channels of practice.yaml.
func (f facts) channels() []string { return words(f.practice.Channels) }

func (f facts) teams() []string {
	out := make([]string, len(f.practice.Teams))
	for i, t := range f.practice.Teams {
		out[i] = t.Name.Value
	}
	return out
}

func (f facts) vendors() []string {
	out := make([]string, len(f.practice.Vendors))
	for i, v := range f.practice.Vendors {
		out[i] = v.Name.Value
	}
	return out
}

// words returns the values of a list in a YAML file.
func words(in []policy.String) []string {
	out := make([]string, len(in))
	for i, s := range in {
		out[i] = s.Value
	}
	return out
}

// shared is practice.yaml and the policy files of the directory.
type shared struct {
	practice *policy.Practice
	overlays []*policy.Pack // policy.yaml and *.policy.yaml, by name: they always apply, because they can only tighten
	files    map[string]*source.File
}

// packUse is a policy pack that a flow uses.
type packUse struct {
	name string
	pack *policy.Pack
	span source.Span
}

// packRead is a pack that was read once for all flows.
type packRead struct {
	pack     *policy.Pack
	problems diag.List
}

// policyMade is a composition that was made once for all flows that use the same packs.
type policyMade struct {
	policy   *policy.Policy
	problems diag.List
}

const practiceFile = "practice.yaml"

// loadFacts reads practice.yaml and the policy files of the directory.
func (p *project) loadFacts() {
	p.shared.files = map[string]*source.File{}
	f, problem := read(p.src, practiceFile)
	if problem != nil {
		p.problems.Add(problem.Help("a practice is a folder with practice.yaml in it; `tacet init` makes one"))
		return
	}
	p.shared.files[f.Name] = f
	practice, problems := policy.ParsePractice(f)
	p.shared.practice = practice
	p.problems = append(p.problems, problems...)
	p.loadLogo(practice)
	for _, name := range p.policyFiles() {
		pack, problems := p.pack(p.src, name)
		p.problems = append(p.problems, problems...)
		if pack != nil {
			p.shared.overlays = append(p.shared.overlays, pack)
			p.shared.files[name] = pack.File
		}
	}
}

// loadLogo reads the picture that practice.yaml names.
func (p *project) loadLogo(practice *policy.Practice) {
	if practice == nil || practice.Website == nil || !practice.Website.Logo.IsSet() {
		return
	}
	logo := practice.Website.Logo
	f, problem := read(p.src, logo.Value)
	switch {
	case problem != nil:
	case len(f.Bytes) > machine.MaxLogo || !machine.IsPNG(f.Bytes):
		problem = diag.UnreadableFile.At(logo.Span, "`%s` is no PNG of at most %d KiB", logo.Value, machine.MaxLogo>>10)
	default:
		practice.Website.Picture = f.Bytes
		return
	}
	problem.Span = logo.Span
	p.problems.Add(problem.Help("put a small PNG beside practice.yaml, or leave `logo` out"))
}

func (p *project) policyFiles() []string {
	files, err := fs.Glob(p.src, "*"+packEnding)
	if err != nil {
		panic("compiler: bad pattern: " + err.Error())
	}
	if _, err := fs.Stat(p.src, "policy.yaml"); err == nil {
		files = append(files, "policy.yaml")
	}
	slices.Sort(files)
	return files
}

// pack reads a policy pack once.
func (p *project) pack(from fs.FS, file string) (*policy.Pack, diag.List) {
	r := p.packs.get(file, func() (r packRead) {
		f, problem := read(from, file)
		if problem != nil {
			r.problems.Add(problem)
			return r
		}
		if from == fs.FS(stdlib.FS) {
			r.pack = policy.ReadPack(f)
			return r
		}
		r.pack, r.problems = policy.ParsePack(f)
		return r
	})
	return r.pack, r.problems
}

// composePolicy makes the policy the flow is judged by: the base pack it uses, tightened by every overlay.
func (c *compilation) composePolicy() {
	var base *packUse
	overlays := slices.Clone(c.project.shared.overlays)
	for i := range c.packs {
		u := &c.packs[i]
		c.files[u.pack.File.Name] = u.pack.File
		switch {
		case u.pack.Extends.IsSet():
			if !slices.Contains(overlays, u.pack) {
				overlays = append(overlays, u.pack)
			}
		case base == nil:
			base = u
		default:
			c.report(diag.DeclaredTwice, u.span, "a flow is judged by one base policy, and `%s` is a second one", u.name).
				Note(base.span, "the first is `%s`", base.name).Help("keep one; what differs belongs in policy.yaml, which can only tighten")
		}
	}
	if base == nil {
		if len(c.flow.tree.Decls) > 0 {
			c.report(diag.MissingDecl, c.topOfFile(), "this flow uses no policy pack").
				Means("a patient could be asked anything").
				Help("add `use \"std/hipaa\"`")
		} else {
			c.report(diag.MissingDecl, c.topOfFile(), "this file is empty").Help("start with `flow \"…\"`, or copy an example")
		}
		return
	}
	made := c.project.compose(base.pack, overlays)
	c.diags = append(c.diags, made.problems...)
	c.facts = facts{practice: c.project.shared.practice, policy: made.policy}
}

func (p *project) compose(base *policy.Pack, overlays []*policy.Pack) policyMade {
	key := base.File.Name
	for _, o := range overlays {
		key += "\x00" + o.File.Name
	}
	return p.policies.get(key, func() (made policyMade) {
		made.policy, made.problems = policy.Compose(base, overlays...)
		return made
	})
}
