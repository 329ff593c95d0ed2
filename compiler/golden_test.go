package compiler_test

import (
	"bytes"
	"encoding/json"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/santhosh-tekuri/jsonschema/v5"
	"pgregory.net/rapid"

	"github.com/tacet-lang/tacet/compiler"
	"github.com/tacet-lang/tacet/lang/machine"
	"github.com/tacet-lang/tacet/lang/source"
	"github.com/tacet-lang/tacet/lang/syntax"
)

// goldens returns the flows of testdata/golden by path.
func goldens(t testing.TB) map[string]string {
	t.Helper()
	paths, err := filepath.Glob("testdata/golden/*.flow")
	if err != nil || len(paths) == 0 {
		t.Fatalf("no goldens: %v", err)
	}
	out := map[string]string{}
	for _, p := range paths {
		b, err := os.ReadFile(p)
		if err != nil {
			t.Fatal(err)
		}
		out[p] = string(b)
	}
	return out
}

// compiled compiles a flow that must have no problems.
func compiled(t testing.TB, flow string) *compiler.Result {
	t.Helper()
	r, problems := compiler.Compile(practice(t, map[string]string{"test.flow": flow}), "test.flow", compiler.Options{Std: std(t)})
	if len(problems) > 0 {
		t.Fatalf("%s", shown(r, problems))
	}
	return r
}

func canonical(t testing.TB, m *machine.Machine) []byte {
	t.Helper()
	b, err := m.Canonical()
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// TestGolden compares machines and tests with testdata/golden/*.json, which TACET_UPDATE=1 rewrites. The classifier's
// weights are lang/text's to test and are left out.
func TestGolden(t *testing.T) {
	t.Parallel()
	for path, flow := range goldens(t) {
		r := compiled(t, flow)
		m := *r.Machine
		m.TopicModel = nil
		var got bytes.Buffer
		enc := json.NewEncoder(&got)
		enc.SetEscapeHTML(false)
		enc.SetIndent("", " ")
		if err := enc.Encode(struct {
			Machine *machine.Machine `json:"machine"`
			Tests   []machine.Test   `json:"tests"`
		}{&m, r.Tests}); err != nil {
			t.Fatal(err)
		}
		golden := strings.TrimSuffix(path, ".flow") + ".json"
		if os.Getenv("TACET_UPDATE") == "1" {
			if err := os.WriteFile(golden, got.Bytes(), 0o644); err != nil {
				t.Fatal(err)
			}
			continue
		}
		want, err := os.ReadFile(golden)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(string(want), got.String()); diff != "" {
			t.Errorf("%s (-want +got):\n%s", golden, diff)
		}
	}
}

// TestSchema checks that every compiled machine fits the published schema, and reads back as it was.
func TestSchema(t *testing.T) {
	t.Parallel()
	schema := machineSchema(t)
	for path, flow := range goldens(t) {
		m := compiled(t, flow).Machine
		b := canonical(t, m)
		var v any
		if err := json.Unmarshal(b, &v); err != nil {
			t.Fatal(err)
		}
		if err := schema.Validate(v); err != nil {
			t.Errorf("%s: %#v", path, err)
		}
		back, err := machine.Decode(b)
		if err != nil {
			t.Errorf("%s: Decode: %v", path, err)
			continue
		}
		if diff := cmp.Diff(string(b), string(canonical(t, back))); diff != "" {
			t.Errorf("%s: Decode changed it:\n%s", path, diff)
		}
	}
}

func machineSchema(t testing.TB) *jsonschema.Schema {
	t.Helper()
	b, err := os.ReadFile("../spec/schema/machine.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("machine.schema.json", bytes.NewReader(b)); err != nil {
		t.Fatal(err)
	}
	schema, err := c.Compile("machine.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	return schema
}

// TestSameBytes compiles twice, alone and with all others.
func TestSameBytes(t *testing.T) {
	t.Parallel()
	files := map[string]string{"shared.flow": "topic parking { like \"parking\" answer \"Behind the house.\" }\n"}
	for path, flow := range goldens(t) {
		files[filepath.Base(path)] = flow
	}
	src, options := practice(t, files), compiler.Options{Std: std(t)}
	all, problems := compiler.CompileAll(src, options)
	if len(problems) > 0 || len(all) != len(files)-1 {
		t.Fatalf("%d results, %d problems", len(all), len(problems))
	}
	for i, r := range all {
		if i > 0 && all[i-1].Entry >= r.Entry {
			t.Errorf("%s comes after %s", r.Entry, all[i-1].Entry)
		}
		alone, _ := compiler.Compile(src, r.Entry, options)
		if !bytes.Equal(canonical(t, r.Machine), canonical(t, alone.Machine)) {
			t.Errorf("%s is another machine when it is compiled alone", r.Entry)
		}
	}
}

// TestOrderOfDeclarations shuffles the declarations of a flow: only places in the file, and its hash, may change.
func TestOrderOfDeclarations(t *testing.T) {
	t.Parallel()
	for path, flow := range goldens(t) {
		decls := declarations(t, flow)
		want := behaviour(t, compiled(t, flow).Machine)
		rapid.Check(t, func(rt *rapid.T) {
			order := rand.New(rand.NewPCG(rapid.Uint64().Draw(rt, "seed"), 1)).Perm(len(decls))
			var b strings.Builder
			for _, i := range order {
				b.WriteString(decls[i] + "\n")
			}
			if got := behaviour(t, compiled(t, b.String()).Machine); got != want {
				rt.Errorf("%s: the order of declarations changes the machine:\n%s", path, cmp.Diff(want, got))
			}
		})
	}
}

// declarations cuts a flow into its declarations.
func declarations(t testing.TB, flow string) []string {
	t.Helper()
	f := source.New("test.flow", []byte(flow))
	tree, problems := syntax.Parse(f)
	if len(problems) > 0 {
		t.Fatalf("%d problems", len(problems))
	}
	var out []string
	for _, d := range tree.Decls {
		out = append(out, f.Text(d.Range()))
	}
	return out
}

// behaviour is a machine without the places and hashes of its files.
func behaviour(t testing.TB, m *machine.Machine) string {
	t.Helper()
	var v any
	if err := json.Unmarshal(canonical(t, m), &v); err != nil {
		t.Fatal(err)
	}
	var strip func(v any)
	strip = func(v any) {
		switch v := v.(type) {
		case map[string]any:
			delete(v, "place")
			delete(v, "sources")
			for _, x := range v {
				strip(x)
			}
		case []any:
			for _, x := range v {
				strip(x)
			}
		}
	}
	strip(v)
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// FuzzCompile: whatever the files hold, there is a machine that reads back as itself, or at least one problem.
func FuzzCompile(f *testing.F) {
	facts, err := os.ReadFile("testdata/practice/practice.yaml")
	if err != nil {
		f.Fatal(err)
	}
	for _, flow := range goldens(f) {
		f.Add(flow, string(facts), "")
	}
	cases, err := filepath.Glob("testdata/cases/*.flow")
	if err != nil {
		f.Fatal(err)
	}
	for _, name := range cases {
		b, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		for _, chunk := range strings.Split(string(b), "\n---\n") {
			f.Add(complete(chunk), string(facts), "pack: lakeside/policy\nversion: \"1\"\nextends: std/hipaa\n")
		}
	}
	library := fs.FS(std(f))
	f.Fuzz(func(t *testing.T, flow, facts, overlay string) {
		files := map[string]string{"test.flow": flow, "practice.yaml": facts}
		if overlay != "" {
			files["policy.yaml"] = overlay
		}
		r, problems := compiler.Compile(practice(t, files), "test.flow", compiler.Options{Std: library, MaxStates: 1000})
		if problems.HasErrors() != (r.Machine == nil) {
			t.Fatalf("machine %v beside %d problems", r.Machine != nil, len(problems))
		}
		shown(r, problems) // printing must not fail either
		if r.Machine == nil {
			return
		}
		b := canonical(t, r.Machine)
		back, err := machine.Decode(b)
		if err != nil {
			t.Fatalf("Decode: %v", err)
		}
		if !bytes.Equal(b, canonical(t, back)) {
			t.Fatal("Decode changed the machine")
		}
	})
}
