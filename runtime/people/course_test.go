package people_test

import (
	"errors"
	"slices"
	"testing"

	"github.com/tacet-lang/tacet/runtime/people"
)

// TestCourses: a role is in effect once its course is acknowledged, what it may do and what it sees.
func TestCourses(t *testing.T) {
	t.Parallel()
	h := open(t, people.Options{Courses: people.Required()})
	dana := h.first()
	v, err := h.Authenticate(ctx, dana.token)
	if err != nil {
		t.Fatal(err)
	}
	about := people.Target{Practice: practice}
	if h.May(v, people.ManagePeople, about) || h.Sees(v, "public") {
		t.Error("without training she may manage people, or sees something")
	}
	var roles []people.Role
	for _, c := range h.Outstanding(v) {
		roles = append(roles, c.Role)
	}
	if want := []people.Role{people.Admin, people.Compliance}; !slices.Equal(roles, want) {
		t.Errorf("outstanding: got %v, want %v", roles, want)
	}
	if err := h.Acknowledge(ctx, v, people.Admin); err != nil {
		t.Fatal(err)
	}
	if err := h.Acknowledge(ctx, v, people.Clinician); !errors.Is(err, people.ErrInvalid) {
		t.Errorf("the course of a role she does not have: %v", err)
	}
	v, err = h.Authenticate(ctx, dana.token)
	if err != nil {
		t.Fatal(err)
	}
	if !h.May(v, people.ManagePeople, about) || h.May(v, people.ViewAudit, about) || h.Sees(v, "public") {
		t.Error("trained as an admin alone, she may not manage people, or is in effect for compliance")
	}
	if names, err := h.Names(ctx); err != nil || names[v.ID] != v.Name {
		t.Errorf("Names = %v, %v", names, err)
	}
}

// TestGlance: what a page does by itself does not keep a session open.
func TestGlance(t *testing.T) {
	t.Parallel()
	h := open(t, people.Options{})
	dana := h.first()
	for range 3 {
		if _, err := h.Glance(ctx, dana.token); err != nil {
			t.Fatal(err)
		}
		h.clock.wait(people.Idle/3 + 1)
	}
	if _, err := h.Glance(ctx, dana.token); !errors.Is(err, people.ErrRefused) {
		t.Errorf("after a quarter of an hour of glances: %v, want %v", err, people.ErrRefused)
	}
}
