package outbox

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/tacet-lang/tacet/compiler"
	"github.com/tacet-lang/tacet/compiler/verify"
	"github.com/tacet-lang/tacet/compiler/verify/verifytest"
	"github.com/tacet-lang/tacet/lang/machine"
)

// compare holds what is found here against the verifier's own: no class may be missing where something is sent, nor anywhere else. It
// counts the sends, and those of which more is found.
func compare(t *testing.T, name string, m *machine.Machine, sends, more *int) {
	t.Helper()
	report, _ := verify.Check(m, verify.Options{AsOf: time.Date(2026, 11, 22, 0, 0, 0, 0, time.UTC)})
	if report.Certificate == nil {
		return
	}
	found := learns(m).at
	for i, inv := range report.Certificate.Invariants {
		at := found[inv.Location]
		for _, c := range inv.Control {
			if !slices.Contains(at, c.Class) {
				t.Errorf("%s: that a conversation comes by %s tells of the class %s, which is not found: %v", name, inv.Location, c.Class, at)
			}
		}
		if len(inv.States) > 0 && slices.ContainsFunc(m.Locations[i].Do, func(a machine.Action) bool { return a.To != "" }) {
			if *sends++; len(at) > len(inv.Control) {
				*more++
			}
		}
	}
}

// TestLearned: what is worked out here holds all that the verifier proves by another road, over ways that conversations take.
func TestLearned(t *testing.T) {
	t.Parallel()
	flows, err := filepath.Glob("../../examples/*/*.flow")
	good, err2 := filepath.Glob("../../spec/corpus/good/*.flow")
	if err != nil || err2 != nil || len(flows) < 8 || len(good) < 100 {
		t.Fatalf("%d flows of examples, %d of the corpus, %v %v", len(flows), len(good), err, err2)
	}
	sends, more := 0, 0
	for _, name := range append(flows, good...) {
		facts := filepath.Join(filepath.Dir(name), "practice.yaml")
		if strings.Contains(name, "corpus") {
			facts = "../../spec/corpus/practice.yaml"
		}
		src := fstest.MapFS{}
		for as, from := range map[string]string{"practice.yaml": facts, filepath.Base(name): name} {
			b, err := os.ReadFile(from)
			if err != nil {
				t.Fatal(err)
			}
			src[as] = &fstest.MapFile{Data: b}
		}
		r, problems := compiler.Compile(src, filepath.Base(name), compiler.Options{Untrained: true})
		if r.Machine == nil {
			t.Errorf("%s: %v", name, problems)
			continue
		}
		compare(t, name, r.Machine, &sends, &more)
	}
	t.Logf("%d sends of written flows, of %d more is found", sends, more)
	if sends < 50 || more*10 > sends {
		t.Errorf("of %d sends of written flows, %d would tell more than the verifier proves", sends, more)
	}
	seeds := uint64(400)
	if testing.Short() {
		seeds = 40
	}
	for seed := range seeds {
		compare(t, "drawn", verifytest.Draw(seed, verifytest.Options{Sane: true}), &sends, &more)
	}
	t.Logf("%d sends, of %d more is found", sends, more)
}
