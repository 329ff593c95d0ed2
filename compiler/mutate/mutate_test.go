package mutate_test

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/tacet-lang/tacet/compiler"
	"github.com/tacet-lang/tacet/compiler/mutate"
	"github.com/tacet-lang/tacet/compiler/verify"
	"github.com/tacet-lang/tacet/compiler/verify/verifytest"
	"github.com/tacet-lang/tacet/lang/machine"
)

func read(t testing.TB) *machine.Machine {
	t.Helper()
	b, err := os.ReadFile("testdata/machine.json")
	if err != nil {
		t.Fatal(err)
	}
	m, err := machine.Decode(b)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func bytesOf(t testing.TB, m *machine.Machine) []byte {
	t.Helper()
	b, err := m.Canonical()
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// TestOneMistake checks that every mutant differs from its machine, that no two of a kind are the same, that the machine
// itself is never touched, and that making them again gives the same.
func TestOneMistake(t *testing.T) {
	t.Parallel()
	m := read(t)
	base := bytesOf(t, m)
	var hashes []string
	made := map[string]int{}
	seen := map[string]string{}
	for x := range mutate.All(m) {
		made[x.Mutator]++
		b := bytesOf(t, x.Machine)
		if bytes.Equal(b, base) {
			t.Errorf("%s: %s: no mistake was made", x.Mutator, x.What)
		}
		if other, ok := seen[x.Mutator+string(b)]; ok {
			t.Errorf("%s: %q is the same as %q", x.Mutator, x.What, other)
		}
		seen[x.Mutator+string(b)] = x.What
		h, err := x.Machine.Hash()
		if err != nil {
			t.Fatal(err)
		}
		hashes = append(hashes, x.What+h)
		if !bytes.Equal(bytesOf(t, m), base) {
			t.Fatalf("%s: %s: the machine itself was changed", x.Mutator, x.What)
		}
	}
	i := 0
	for x := range mutate.All(read(t)) {
		if h, err := x.Machine.Hash(); err != nil || hashes[i] != x.What+h {
			t.Fatalf("mutant %d is another the second time: %s", i, x.What)
		}
		i++
	}
	for _, x := range mutate.Mutators() {
		if made[x.Name] == 0 && x.Name != "drop-fallback" { // its teams have none
			t.Errorf("%s makes no mutant of a machine that has every part", x.Name)
		}
		if x.Explain == "" {
			t.Errorf("%s is not explained", x.Name)
		}
	}
}

// TestStops checks that whoever has enough gets no more.
func TestStops(t *testing.T) {
	t.Parallel()
	n := 0
	for range mutate.All(read(t)) {
		if n++; n == 3 {
			break
		}
	}
	if n != 3 {
		t.Errorf("got %d mutants after asking for 3", n)
	}
}

// TestRefused makes the mistakes in every practice of the examples: of those that aim at a guarantee at least 98 of 100
// are refused, and by that guarantee. A practice that does not compile or does not hold is left out here; its own tests
// say so.
func TestRefused(t *testing.T) {
	t.Parallel()
	day := time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC)
	folders, err := filepath.Glob("../../examples/*/practice.yaml")
	if err != nil {
		t.Fatal(err)
	}
	aimed, refused, hit := 0, 0, 0
	for _, f := range folders {
		results, problems := compiler.CompileAll(os.DirFS(filepath.Dir(f)), compiler.Options{Untrained: true})
		if problems.HasErrors() {
			t.Logf("%s does not compile", f)
			continue
		}
		for _, r := range results {
			if _, problems := verify.Check(r.Machine, verify.Options{AsOf: day}); problems.HasErrors() {
				t.Logf("%s does not hold", r.Entry)
				continue
			}
			for x := range mutate.All(r.Machine) {
				if x.Guarantee == "" {
					continue
				}
				aimed++
				by := refusedBy(x.Machine, day)
				if len(by) > 0 {
					refused++
				}
				if slices.Contains(by, x.Guarantee) || slices.Contains(by, "rules") {
					hit++
				} else {
					t.Logf("%s: %s (%s), aimed at %s: refused by %v", r.Entry, x.What, x.Mutator, x.Guarantee, by)
				}
			}
		}
	}
	t.Logf("%d mistakes aimed at a guarantee, %d refused, %d by that guarantee", aimed, refused, hit)
	if aimed == 0 || 100*hit < 98*aimed {
		t.Errorf("%d of %d mistakes were refused by the guarantee they aim at, want 98 of 100", hit, aimed)
	}
}

// refusedBy names what does not hold of a machine; "rules" when it is none.
func refusedBy(m *machine.Machine, day time.Time) []string {
	if m.Validate() != nil {
		return []string{"rules"}
	}
	report, problems := verify.Check(m, verify.Options{AsOf: day})
	if !problems.HasErrors() {
		return nil
	}
	var out []string
	for _, v := range report.Verdicts {
		if v.Status == verify.Violated || v.Status == verify.NotProven {
			out = append(out, v.Guarantee)
		}
	}
	return out
}

// FuzzAll makes every mistake in random machines: it never panics, leaves the machine as it was, and every mutant can be
// judged.
func FuzzAll(f *testing.F) {
	for seed := range uint64(8) {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, seed uint64) {
		m := verifytest.Draw(seed, verifytest.Options{})
		base := bytesOf(t, m)
		for x := range mutate.All(m) {
			if x.What == "" || x.Machine == m {
				t.Fatalf("seed %d: %s makes nothing", seed, x.Mutator)
			}
			_ = x.Machine.Validate()
		}
		if !bytes.Equal(bytesOf(t, m), base) {
			t.Errorf("seed %d: the machine itself was changed", seed)
		}
	})
}
