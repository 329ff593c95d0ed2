package session_test

import (
	"bytes"
	"testing"

	"github.com/tacet-lang/tacet/runtime/engine/enginetest"
	"github.com/tacet-lang/tacet/runtime/session"
)

// shelf is a store that holds one machine, under whatever hash.
type shelf struct {
	session.Reader
	canonical []byte
}

func (s shelf) Machine(string) ([]byte, error) { return s.canonical, nil }

// TestMachineOf changes one letter of a machine where it is stored: it is no machine of that hash any more, though it still reads as one.
func TestMachineOf(t *testing.T) {
	t.Parallel()
	m := enginetest.Consultation()
	canonical, err := m.Canonical()
	if err != nil {
		t.Fatal(err)
	}
	hash, err := m.Hash()
	if err != nil {
		t.Fatal(err)
	}
	if got, err := session.MachineOf(shelf{canonical: canonical}, hash); err != nil || got.Flow.ID != m.Flow.ID {
		t.Fatalf("MachineOf = %v, %v", got, err)
	}
	changed := bytes.Replace(canonical, []byte(`"scheduling"`), []byte(`"scheduline"`), 1)
	if bytes.Equal(changed, canonical) {
		t.Fatal("nothing was changed")
	}
	if got, err := session.MachineOf(shelf{canonical: changed}, hash); err == nil {
		t.Errorf("a changed machine is taken: %v", got.Flow)
	}
}
