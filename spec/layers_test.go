// Package spec_test holds the project to its written specification: who may import whom, that the flows on the pages
// compile, and that every conformance case behaves as it says.
package spec_test

import (
	"go/parser"
	"go/token"
	"io/fs"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const module = "github.com/tacet-lang/tacet/"

// layers says which of our packages a package may import. A package that is not in it fails. The four sentences it
// spells out: lang knows nobody; the compiler never sees the runtime; the runtime never sees syntax, policy or the
// compiler, only machines; only session, store, server and cmd touch the world.
var layers = map[string][]string{
	"lang/source":  {},
	"lang/diag":    {"lang/source"},
	"lang/syntax":  {"lang/source", "lang/diag"},
	"lang/machine": {},
	"lang/text":    {},
	"lang/speech":  {"lang/text"},
	"lang/input":   {},
	"lang/guard":   {"lang/source", "lang/diag", "lang/machine"},
	"lang/policy":  {"lang/source", "lang/diag", "lang/machine", "spec/schema"},
	"spec":         {},
	"spec/schema":  {},
	"spec/hostile": {},
	"bench":        {},
	"bench/nlp":    {"lang/text"},
	"bench/turns":  {"runtime/store/postgrestest"},
	"stdlib":       {},

	"compiler":                   {"lang/source", "lang/diag", "lang/syntax", "lang/machine", "lang/text", "lang/speech", "lang/guard", "lang/policy", "stdlib"},
	"compiler/verify":            {"lang/source", "lang/diag", "lang/machine", "lang/guard", "lang/input"},
	"compiler/verify/verifytest": {"lang/machine", "lang/guard"},
	"compiler/export":            {"lang/machine", "lang/guard"},
	"compiler/document":          {"lang/machine"},
	"compiler/compare":           {"lang/machine", "lang/guard"},
	"compiler/mutate":            {"lang/machine", "lang/guard"},

	"runtime/kernel":              {"lang/machine"},
	"runtime/calendar":            {"lang/machine"},
	"runtime/engine":              {"lang/machine", "lang/text", "lang/input", "lang/guard", "runtime/calendar"},
	"runtime/engine/enginetest":   {"lang/machine", "lang/text", "runtime/engine"},
	"runtime/rehearsal":           {"lang/machine", "lang/input", "lang/text", "runtime/engine", "runtime/calendar"},
	"runtime/migration":           {"lang/machine", "runtime/engine"},
	"runtime/release":             {"lang/machine"},
	"runtime/release/releasetest": {"runtime/release"},
	"runtime/connect":             {},
	"runtime/audit":               {"runtime/session"},
	"runtime/outbox":              {"lang/machine", "runtime/calendar", "runtime/connect", "runtime/engine", "runtime/recent", "runtime/review", "runtime/session", "runtime/vault"},
	"runtime/outbox/outboxtest":   {"runtime/engine", "runtime/outbox", "runtime/session", "runtime/session/sessiontest"},
	"runtime/breach":              {"lang/machine", "runtime/audit", "runtime/session", "runtime/vault"},
	"runtime/breach/breachtest":   {"runtime/breach", "runtime/session"},
	"runtime/review":              {"runtime/session"},
	"runtime/retention":           {"lang/machine", "runtime/session"},
	"runtime/people":              {},
	"runtime/people/peopletest":   {"runtime/people"},
	"runtime/presence":            {"runtime/wake"},
	"runtime/wake":                {},
	"runtime/recent":              {},
	"runtime/jsonwriter":          {},
	"runtime/report":              {"lang/machine", "runtime/calendar", "runtime/engine", "runtime/session", "runtime/vault"},
	"runtime/vault":               {"runtime/recent"},
	"runtime/vault/vaulttest":     {"runtime/vault"},
	"runtime/session":             {"lang/machine", "runtime/engine", "runtime/calendar", "runtime/migration", "runtime/vault", "runtime/recent", "runtime/wake", "runtime/jsonwriter"},
	"runtime/spans":               {},
	"runtime/session/sessiontest": {"lang/machine", "runtime/engine", "runtime/session"},
	"runtime/store/sqlite":        {"runtime/breach", "runtime/engine", "runtime/outbox", "runtime/people", "runtime/recent", "runtime/release", "runtime/retention", "runtime/session", "runtime/vault"},
	"runtime/store/postgres":      {"runtime/breach", "runtime/engine", "runtime/outbox", "runtime/people", "runtime/presence", "runtime/release", "runtime/retention", "runtime/session", "runtime/vault"},
	"runtime/store/postgrestest":  {},
	"runtime/store/memory":        {"lang/machine", "runtime/engine", "runtime/outbox", "runtime/session"},
	"runtime/simulation":          {"lang/machine", "runtime/connect", "runtime/engine", "runtime/outbox", "runtime/session", "runtime/store/memory", "runtime/vault"},
	"runtime/store/storetest":     {"lang/machine", "runtime/engine", "runtime/session", "runtime/session/sessiontest"},
	"runtime/server":              {"lang/input", "lang/machine", "runtime/breach", "runtime/calendar", "runtime/engine", "runtime/jsonwriter", "runtime/outbox", "runtime/people", "runtime/presence", "runtime/recent", "runtime/release", "runtime/report", "runtime/retention", "runtime/review", "runtime/session"},
	"runtime/server/browsertest":  {},
	"runtime/store/sqlitetest":    {"runtime/store/sqlite", "runtime/vault"},

	// The page of `tacet dev` shows what the compiler made and plays it, so it sees both halves; only cmd/tacet wires it.
	"preview": {"lang/diag", "lang/source", "lang/machine", "compiler/export", "runtime/calendar", "runtime/engine", "runtime/rehearsal"},

	"runtime/retention/retentiontest": {"runtime/engine", "runtime/retention", "runtime/session", "runtime/session/sessiontest"},

	"cmd/tacet":      {"*"},
	"cmd/tacet/heap": {},
}

// pure lists packages without I/O, clock, randomness or logging, and what of the standard library that forbids.
var (
	pure      = []string{"lang/", "compiler", "runtime/engine", "runtime/kernel", "runtime/calendar"}
	forbidden = []string{"net", "net/http", "os", "os/exec", "log", "log/slog", "math/rand", "math/rand/v2", "crypto/rand", "database/sql"}
)

func TestLayers(t *testing.T) {
	t.Parallel()
	for pkg, imports := range importsOf(t, "..") {
		allowed, known := layers[pkg]
		if !known {
			t.Errorf("package %s is not in the import table of spec/layers_test.go", pkg)
			continue
		}
		for _, imp := range imports {
			if ours, ok := strings.CutPrefix(imp, module); ok {
				if !slices.Contains(allowed, ours) && !slices.Contains(allowed, "*") {
					t.Errorf("%s imports %s, which the floor plan does not allow", pkg, ours)
				}
				continue
			}
			if isPure(pkg) && slices.Contains(forbidden, imp) {
				t.Errorf("%s imports %s, but it must stay free of I/O, clock and randomness", pkg, imp)
			}
		}
	}
}

func isPure(pkg string) bool {
	return slices.ContainsFunc(pure, func(p string) bool { return strings.HasPrefix(pkg, p) })
}

// importsOf parses the imports of every package's non-test files. It reads the files itself, so that the test cache
// notices when they change.
func importsOf(t *testing.T, root string) map[string][]string {
	t.Helper()
	out := map[string][]string{}
	err := filepath.WalkDir(root, func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && (strings.HasPrefix(d.Name(), ".") && d.Name() != ".." || d.Name() == "testdata") {
			return filepath.SkipDir
		}
		if !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") {
			return nil
		}
		f, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.ImportsOnly)
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(root, filepath.Dir(name))
		if err != nil {
			return err
		}
		pkg := path.Clean(filepath.ToSlash(rel))
		out[pkg] = slices.Grow(out[pkg], 1)
		for _, imp := range f.Imports {
			p, err := strconv.Unquote(imp.Path.Value)
			if err != nil {
				return err
			}
			out[pkg] = append(out[pkg], p)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(out) < 10 {
		t.Fatalf("found only %d packages under %s", len(out), root)
	}
	return out
}
