package server

import (
	"testing"
	"time"

	"github.com/tacet-lang/tacet/lang/machine"
)

// TestWait says when the team is there, and who can read it until then.
func TestWait(t *testing.T) {
	t.Parallel()
	week := func(from, to int) (list []machine.Opening) {
		for day := range 7 {
			list = append(list, machine.Opening{Day: day, From: from, To: to})
		}
		return list
	}
	p := machine.Practice{Teams: []machine.Team{
		{Name: "desk", Hours: week(9*60, 17*60), Fallback: "service"}, {Name: "service", Label: machine.Text{"en": "our answering service"}, Hours: week(0, 24*60)},
		{Name: "late", Hours: week(9*60, 17*60), Fallback: "evening"}, {Name: "evening", Hours: week(18*60, 20*60)},
		{Name: "away", Fallback: "service"}, {Name: "nobody"}, {Name: "alone", Hours: week(9*60, 17*60)},
	}}
	m := &machine.Machine{Practice: p}
	for _, c := range []struct {
		team string
		hour int
		want string
	}{
		{"desk", 10, "Somebody of our team is there now and will read this."},
		{"desk", 22, "A person can read this from tomorrow at 9:00 AM on. Until then our answering service can read it."},
		{"alone", 22, "A person can read this from tomorrow at 9:00 AM on."},
		{"late", 17, "A person can read this from tomorrow at 9:00 AM on."},
		{"late", 19, "A person can read this from tomorrow at 9:00 AM on. Until then colleagues of theirs can read it."},
		{"away", 22, "Somebody of our team is there now and will read this."},
		{"nobody", 10, "We cannot say when a person will read this. Please call us."},
	} {
		if got := wordsIn("en").wait(m, c.team, time.Date(2026, 3, 3, c.hour, 0, 0, 0, time.UTC), "en"); got != c.want {
			t.Errorf("%s at %d: %q, want %q", c.team, c.hour, got, c.want)
		}
	}
}
