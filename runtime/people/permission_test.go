package people_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/tacet-lang/tacet/runtime/people"
)

func TestBreakGlass(t *testing.T) {
	t.Parallel()
	h := open(t, people.Options{})
	dana := h.first()
	mei := h.join(dana, "Mei Chen", []people.Role{people.Coordinator}, "coordinators")
	if err := h.Break(ctx, h.visit(dana), "c1", "the patient may be in danger"); !errors.Is(err, people.ErrForbidden) {
		t.Errorf("who answers no patients broke the glass: %v", err)
	}
	v := h.visit(mei)
	if err := h.Break(ctx, v, "c1", "because"); !errors.Is(err, people.ErrInvalid) {
		t.Errorf("without a reason: %v", err)
	}
	if err := h.Break(ctx, v, "c1", "the patient may be in danger"); err != nil {
		t.Fatal(err)
	}
	v = h.visit(mei)
	if !v.Broke("c1", h.clock.Now()) || v.Broke("c2", h.clock.Now()) {
		t.Error("the glass is not broken over that conversation alone")
	}
	if v.Broke("c1", h.clock.Now().Add(time.Hour)) {
		t.Error("the glass is broken for more than an hour")
	}
	if len(h.alerts) != 1 || h.alerts[0].Conversation != "c1" || h.alerts[0].Person.ID != mei.id {
		t.Errorf("alerts: %+v", h.alerts)
	}
}

// TestBreakGlassAtOnce: people who break the glass at the same moment, and one who does over several conversations from several windows
// while others of theirs are in use, all see what they asked for, and each has its entry and its alert.
func TestBreakGlassAtOnce(t *testing.T) {
	t.Parallel()
	var mu sync.Mutex
	alerts := 0
	h := open(t, people.Options{Alert: func(people.Alert) { mu.Lock(); alerts++; mu.Unlock() }})
	dana := h.first()
	mei := h.join(dana, "Mei Chen", []people.Role{people.Coordinator}, "coordinators")
	bo := h.join(dana, "Bo Lind", []people.Role{people.Coordinator}, "coordinators")
	h.clock.wait(time.Minute) // so that every use is written down
	var wg sync.WaitGroup
	for i := range 4 {
		for _, m := range []*member{mei, bo} {
			wg.Go(func() {
				v, err := h.Authenticate(ctx, m.token)
				if err == nil {
					err = h.Break(ctx, v, fmt.Sprint("c", i), "the patient may be in danger")
				}
				if err != nil {
					t.Errorf("c%d: %v", i, err)
				}
			})
		}
	}
	wg.Wait()
	for i := range 4 {
		for _, m := range []*member{mei, bo} {
			if !h.visit(m).Broke(fmt.Sprint("c", i), h.clock.Now()) {
				t.Errorf("%s broke the glass over c%d and does not see it", m.email, i)
			}
		}
	}
	entries := 0
	for _, e := range h.store.Events(practice) {
		if e.Action == "glass.broken" {
			entries++
		}
	}
	if entries != 8 || alerts != 8 {
		t.Errorf("%d entries and %d alerts, want 8 of each", entries, alerts)
	}
}

func TestTraining(t *testing.T) {
	t.Parallel()
	h := open(t, people.Options{Courses: map[people.Role]string{people.Coordinator: "2026-01"}})
	dana := h.first()
	mei := h.join(dana, "Mei Chen", []people.Role{people.Coordinator}, "coordinators")
	v := h.visit(mei)
	queue := people.Target{Practice: practice}
	if h.May(v, people.ViewQueue, queue) {
		t.Error("without the course the queue is open")
	}
	if err := h.Acknowledge(ctx, v, people.Clinician); !errors.Is(err, people.ErrInvalid) {
		t.Errorf("the course of a role one has not: %v", err)
	}
	if err := h.Acknowledge(ctx, v, people.Coordinator); err != nil {
		t.Fatal(err)
	}
	if !h.May(v, people.ViewQueue, queue) || !h.May(h.visit(mei), people.ViewQueue, queue) {
		t.Error("with the course the queue is closed")
	}
}

// TestPermissions holds the whole matrix against a page that people read: role by action, for a conversation of one's own
// team and claim, of one's team, of another team, and of another practice.
func TestPermissions(t *testing.T) {
	t.Parallel()
	actions := []people.Action{
		people.ViewQueue, people.ViewTranscript, people.Reveal, people.Search, people.Claim, people.Reply, people.AddNote, people.Transfer,
		people.Release, people.CloseIt, people.ExportTranscript, people.ViewFigures, people.ViewFlows, people.Deploy, people.Approve,
		people.ManagePeople, people.ViewAudit, people.ExportAudit, people.SignReview, people.ManageVendors, people.ManageHolds,
		people.ManageIncidents, people.Erase, people.ManageKeys, people.TakeBackup, people.BreakGlass, "something.else",
	}
	targets := []people.Target{
		{Practice: practice, Team: "nurses", Claimed: "me"}, {Practice: practice, Team: "nurses"}, {Practice: practice, Team: "nurses", Claimed: "you"},
		{Practice: practice, Team: "coordinators", Claimed: "me"}, {Practice: "other", Team: "nurses", Claimed: "me"},
	}
	var b strings.Builder
	fmt.Fprintln(&b, "# Who may do what: o yes, . no; a conversation that is mine, nobody's, somebody else's, another team's, another practice's")
	fmt.Fprintf(&b, "%-22s", "")
	for _, r := range people.Roles {
		fmt.Fprintf(&b, "%-13s", r)
	}
	b.WriteString("left\n")
	for _, a := range actions {
		fmt.Fprintf(&b, "%-22s", a)
		for _, r := range append(slices.Clone(people.Roles), "left") {
			p := people.Person{ID: "me", Practice: practice, Roles: []people.Role{r}, Teams: []string{"nurses"}}
			if r == "left" {
				p.Roles, p.Left = people.Roles, true
			}
			cell := ""
			for _, target := range targets {
				mark := "."
				if p.May(a, target, nil) {
					mark = "o"
				}
				cell += mark
			}
			fmt.Fprintf(&b, "%-13s", cell)
		}
		b.WriteByte('\n')
	}
	got := strings.ReplaceAll(b.String(), " \n", "\n")
	for strings.Contains(got, " \n") {
		got = strings.ReplaceAll(got, " \n", "\n")
	}
	name := filepath.Join("testdata", "permissions.txt")
	if os.Getenv("TACET_UPDATE") != "" {
		if err := os.WriteFile(name, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("permissions are\n%s\nand the page says\n%s", got, want)
	}
}

func TestSees(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		role  people.Role
		class string
		want  bool
	}{
		{people.Coordinator, "contact", true}, {people.Coordinator, "health", false}, {people.Clinician, "health", true},
		{people.Clinician, "secret", false}, {people.Clinician, "a-class-of-ones-own", false}, {people.Compliance, "contact", false},
		{people.Admin, "preference", false}, {people.Operator, "public", false},
	} {
		p := people.Person{Roles: []people.Role{c.role}}
		if got := p.Sees(c.class); got != c.want {
			t.Errorf("%s sees %s: %t, want %t", c.role, c.class, got, c.want)
		}
	}
}
