package engine_test

import (
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tacet-lang/tacet/runtime/engine"
	"github.com/tacet-lang/tacet/runtime/engine/enginetest"
)

// TestOfferedWordsAreReadAlike reads words of the machine's own buttons, whose readings are kept, from many turns at once: all
// read what a program reads that never saw them.
func TestOfferedWordsAreReadAlike(t *testing.T) {
	t.Parallel()
	m := enginetest.Train(enginetest.Consultation())
	load := func() engine.Reader {
		p, err := engine.Load(m)
		if err != nil {
			t.Fatal(err)
		}
		return p.Reader()
	}
	type told struct {
		Triggers, Likely, Possible []string
		Human, Bot                 bool
		Found                      []engine.Finding
		Masked                     string
	}
	read := func(by engine.Reader, text, expected string) told {
		r := by.Read(text, expected)
		return told{
			r.Triggers(), r.Topics(engine.Likely), r.Topics(engine.Possible), r.WantsHuman(), r.AsksIfBot(), r.Found(),
			r.Mask(func(engine.Finding) bool { return true }),
		}
	}
	shared := load()
	var all sync.WaitGroup
	for _, text := range []string{"Botox", "botox", "Morning", "morning", "yes", "Sí", "Something else", "my SSN is 078-05-1120"} {
		for _, expected := range []string{"", "choice", "name"} {
			want := read(load(), text, expected)
			for range 4 {
				all.Go(func() {
					if d := cmp.Diff(want, read(shared, text, expected)); d != "" {
						t.Errorf("%q where %q is expected (-want +got):\n%s", text, expected, d)
					}
				})
			}
		}
	}
	all.Wait()
}
