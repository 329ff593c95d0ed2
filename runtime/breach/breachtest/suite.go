// Package breachtest holds what every store of incidents must do.
package breachtest

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/tacet-lang/tacet/runtime/breach"
	"github.com/tacet-lang/tacet/runtime/session"
)

// Run tests a store on empty data.
func Run(t *testing.T, s breach.Store) {
	t.Helper()
	ctx := context.Background()
	at := time.Date(2026, 3, 2, 15, 0, 0, 0, time.UTC)
	put := func(practice, id string, number int) error {
		e := session.Entry{At: at, Actor: "dana", Action: "breach.opened", Detail: map[string]string{"incident": id}}
		return s.PutIncident(ctx, practice, breach.Revision{ID: id, Number: number, Key: 7, At: at, Sealed: []byte{0, byte(number)}}, e)
	}
	for _, r := range []struct {
		practice, id string
		number       int
		want         error
	}{
		{"p", "b", 1, nil}, {"p", "a", 1, nil}, {"p", "a", 1, breach.ErrStale}, {"p", "a", 3, breach.ErrStale}, {"p", "a", 2, nil}, {"q", "a", 1, nil},
	} {
		if err := put(r.practice, r.id, r.number); !errors.Is(err, r.want) || r.want == nil && err != nil {
			t.Errorf("revision %d of %s/%s: %v, want %v", r.number, r.practice, r.id, err, r.want)
		}
	}
	got, err := s.Incidents(ctx, "p")
	want := []breach.Revision{{ID: "a", Number: 2, Key: 7, At: at, Sealed: []byte{0, 2}}, {ID: "b", Number: 1, Key: 7, At: at, Sealed: []byte{0, 1}}}
	if d := cmp.Diff(want, got); err != nil || d != "" {
		t.Errorf("Incidents: %v (-want +got)\n%s", err, d)
	}
	err = s.View(ctx, "p", func(r session.Reader) error {
		list, err := r.Audit(0, 10)
		if len(list) != 3 {
			t.Errorf("the trail has %d entries, want one for each revision that was stored", len(list))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}
