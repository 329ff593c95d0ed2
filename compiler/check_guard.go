package compiler

import (
	"runtime"
	"slices"
	"sync"

	"github.com/tacet-lang/tacet/lang/guard"
	"github.com/tacet-lang/tacet/lang/source"
	"github.com/tacet-lang/tacet/lang/syntax"
)

// guardUse is one `when` in the environment of its body.
type guardUse struct {
	when *syntax.WhenStmt
	file *source.File
	key  guardKey
}

// guardKey names a guard: equal keys have equal meaning. Frag is nil in the flow.
type guardKey struct {
	frag *fragment
	form string
}

// checkGuards checks every guard, equal ones once: a guard costs some tens of microseconds, and large flows repeat them.
func (c *compilation) checkGuards() {
	c.types.guards = map[*syntax.WhenStmt]*guard.Expr{}
	uses, distinct := c.guardUses()
	envs := map[*fragment]*guard.Env{}
	for _, u := range distinct {
		if envs[u.key.frag] == nil {
			envs[u.key.frag] = c.guardEnv(u.key.frag)
		}
	}
	checked := make([]*guard.Expr, len(distinct))
	eachConcurrently(len(distinct), func(i int) {
		u := distinct[i]
		checked[i], _ = envs[u.key.frag].Check(u.file, u.when.Guard.Span)
	})
	byKey := make(map[guardKey]*guard.Expr, len(distinct))
	for i, u := range distinct {
		byKey[u.key] = checked[i]
	}
	for _, u := range uses {
		x := byKey[u.key]
		if x == nil { // each place of a wrong guard is told, with its own position
			_, problems := envs[u.key.frag].Check(u.file, u.when.Guard.Span)
			c.diags = append(c.diags, problems...)
			continue
		}
		c.types.guards[u.when] = x
	}
}

// guardUses returns every guard of the flow and its fragments, and the first of each distinct one.
func (c *compilation) guardUses() (all, distinct []guardUse) {
	seen := map[guardKey]bool{}
	c.eachBody(func(b body, s *syntax.StateDecl) {
		for _, st := range s.Body {
			w, ok := st.(*syntax.WhenStmt)
			if !ok {
				continue
			}
			u := guardUse{when: w, file: b.unit.file, key: guardKey{frag: b.frag, form: guard.Canonical(w.Guard.Source)}}
			all = append(all, u)
			if !seen[u.key] {
				seen[u.key] = true
				distinct = append(distinct, u)
			}
		}
	})
	return all, distinct
}

// guardEnv is what the guards of a body may refer to.
func (c *compilation) guardEnv(frag *fragment) *guard.Env {
	b := body{unit: c.flow}
	if frag != nil {
		b = body{unit: frag.unit, frag: frag}
	}
	var vars []guard.Var
	for _, name := range c.fieldsOf(b) {
		t := c.typeOf(b, name)
		vars = append(vars, guard.Var{Name: name, Kind: t.kind(), Options: t.options})
	}
	heard := make([]string, 0, len(c.names.topics)+len(c.names.triggers))
	for name := range union(c.names.topics, c.names.triggers) {
		heard = append(heard, name)
	}
	slices.Sort(heard)
	return guard.NewEnv(vars, heard)
}

// eachConcurrently calls f for 0 … n-1 on all processors. f writes to its own place only.
func eachConcurrently(n int, f func(i int)) {
	workers := min(runtime.GOMAXPROCS(0), n)
	var wg sync.WaitGroup
	for w := range workers {
		wg.Go(func() {
			for i := w; i < n; i += workers {
				f(i)
			}
		})
	}
	wg.Wait()
}

// guardSource returns the source of a guard with its parameters replaced by the fields they stand for.
func (f *frame) guardSource(x *guard.Expr) string {
	src := x.String()
	if f == nil {
		return src
	}
	var out []byte
	last := 0
	for _, w := range guardWords(src) {
		field, ok := f.fields[w.name]
		if !ok {
			continue
		}
		out = append(append(out, src[last:w.start]...), field...)
		last = w.start + len(w.name)
	}
	return string(append(out, src[last:]...))
}
