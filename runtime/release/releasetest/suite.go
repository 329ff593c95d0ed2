// Package releasetest holds what every store of releases must do.
package releasetest

import (
	"context"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/tacet-lang/tacet/runtime/release"
)

// Run tests a store; open returns an empty one.
func Run(t *testing.T, open func(t *testing.T) release.Store) {
	t.Helper()
	ctx := context.Background()
	at := time.Date(2026, 3, 2, 15, 0, 0, 0, time.UTC)
	d := func(flow, machine string) release.Deployment {
		out := release.Deployment{Flow: flow, Machine: machine, At: at, By: "dana"}
		if machine != "" {
			out.Artifact, out.Approval, out.Migration = []byte("artifact of "+machine), []byte("approval"), []byte("migration")
		}
		return out
	}
	numbers := func(list []release.Deployment) (out []int64) {
		for _, d := range list {
			out = append(out, d.Number)
		}
		return out
	}
	t.Run("in service", func(t *testing.T) {
		t.Parallel()
		s := open(t)
		if n, err := s.NewestDeployment(ctx, "p"); n != 0 || err != nil {
			t.Fatalf("NewestDeployment of nothing = %d, %v", n, err)
		}
		for i, one := range []release.Deployment{d("b", "m1"), d("a", "m2"), d("b", "m3"), d("b", "m1"), d("c", "m4"), d("c", "")} {
			if n, err := s.Deploy(ctx, "p", one); n != int64(i+1) || err != nil {
				t.Fatalf("Deploy = %d, %v; want %d", n, err, i+1)
			}
		}
		if n, err := s.NewestDeployment(ctx, "p"); n != 6 || err != nil {
			t.Errorf("NewestDeployment = %d, %v; want 6", n, err)
		}
		list, err := s.InService(ctx, "p")
		if diff := cmp.Diff([]int64{2, 4}, numbers(list)); err != nil || diff != "" {
			t.Fatalf("InService: %v (-want +got)\n%s", err, diff)
		}
		want := d("a", "m2")
		want.Number = 2
		if diff := cmp.Diff(want, list[0]); diff != "" {
			t.Errorf("a deployment read back (-want +got):\n%s", diff)
		}
		list, err = s.Deployed(ctx, "p", "m1")
		if diff := cmp.Diff([]int64{4, 1}, numbers(list)); err != nil || diff != "" {
			t.Errorf("Deployed: %v (-want +got)\n%s", err, diff)
		}
		list, err = s.Earlier(ctx, "p", "b", 4, 1)
		if diff := cmp.Diff([]int64{3}, numbers(list)); err != nil || diff != "" {
			t.Errorf("Earlier: %v (-want +got)\n%s", err, diff)
		}
		list, err = s.InService(ctx, "another")
		if len(list) != 0 || err != nil {
			t.Errorf("another practice has %v, %v", list, err)
		}
	})
}
