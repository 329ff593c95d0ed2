package policy_test

import (
	"bytes"
	"encoding/json"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/tacet-lang/tacet/lang/diag"
	"github.com/tacet-lang/tacet/lang/policy"
	"github.com/tacet-lang/tacet/lang/source"
)

func indented(t testing.TB, v any) []byte {
	t.Helper()
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(v); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// repeated is what a message repeats of the author's file.
var repeated = regexp.MustCompile("`[^`]*`")

// sound fails when a diagnostic could not be shown to anybody.
func sound(t *testing.T, f *source.File, l diag.List) {
	for _, d := range l {
		s := d.Span
		if s.Start.Offset < 0 || s.End < s.Start.Offset || s.End > len(f.Bytes) || !s.IsValid() {
			t.Errorf("%s: span %d to %d of %d bytes", d.Code.ID, s.Start.Offset, s.End, len(f.Bytes))
		}
		said := repeated.ReplaceAllString(d.Message, "``")
		if said == "" || strings.Contains(said, "%!") || strings.Contains(said, "yaml:") || d.Fix == nil || d.Fix.Text == "" || strings.Contains(d.Fix.Text, "%!") {
			t.Errorf("%s: %q, %+v", d.Code.ID, d.Message, d.Fix)
		}
	}
	if err := diag.Text(&bytes.Buffer{}, l, diag.Files{f.Name: f}, diag.Options{}); err != nil {
		t.Error(err)
	}
}

func FuzzParsePractice(f *testing.F) {
	good := load(f, "testdata/practice.yaml")
	f.Add(good)
	f.Add(load(f, "../../examples/lakeside/practice.yaml"))
	for _, s := range practiceSlips {
		if s.old != "" {
			f.Add([]byte(strings.Replace(string(good), s.old, s.new, 1)))
		}
	}
	for _, s := range []string{"", "\xff", "---", "a: b: c", "? a\n? b", "[", "{a: [", "\ufeffname: x", "a: &a [*a]", "- - - -", "hours: {monday: 00:00-24:00, tuesday: '–'}", "\"", "name: 'a''b'", "a: |\n  b\n c", "!!map {}"} {
		f.Add([]byte(s))
	}
	pol := compose(f)
	f.Fuzz(func(t *testing.T, b []byte) {
		file := source.New("practice.yaml", b)
		p, l := policy.ParsePractice(file)
		sound(t, file, l)
		if p == nil && !l.HasErrors() {
			t.Error("no practice and no error")
		}
		if p == nil {
			return
		}
		sound(t, file, pol.CheckPractice(p))
		if again, _ := policy.ParsePractice(file); !l.HasErrors() && !bytes.Equal(indented(t, p.Machine()), indented(t, again.Machine())) {
			t.Error("two readings differ")
		}
	})
}

func FuzzParsePack(f *testing.F) {
	good := load(f, "testdata/pack.yaml")
	f.Add(good)
	names, _ := filepath.Glob(std + "*.policy.yaml")
	for _, name := range names {
		if !strings.Contains(name, "hipaa.policy") { // large: mutations of the small pack find more
			f.Add(load(f, name))
		}
	}
	for _, s := range packSlips {
		f.Add([]byte(strings.Replace(string(good), s.old, s.new, 1)))
	}
	for _, s := range overlaySlips {
		f.Add([]byte(s.new))
	}
	base := basePack(f)
	f.Fuzz(func(t *testing.T, b []byte) {
		file := source.New("policy.yaml", b)
		p, l := policy.ParsePack(file)
		sound(t, file, l)
		if p == nil || l.HasErrors() {
			if !l.HasErrors() {
				t.Error("no pack and no error")
			}
			return
		}
		for _, try := range [][]*policy.Pack{{p}, {base, p}, {p, base}} {
			pol, l := policy.Compose(try[0], try[1:]...)
			if (pol == nil) != l.HasErrors() {
				t.Errorf("policy %v with%s", pol != nil, describe(l))
			}
			if pol == nil {
				continue
			}
			for _, pu := range pol.Purposes() {
				pol.Machine(pu)
			}
		}
	})
}
