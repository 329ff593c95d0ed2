package server

import (
	"strings"
	"testing"
	"time"

	"github.com/tacet-lang/tacet/lang/machine"
	"github.com/tacet-lang/tacet/runtime/engine"
	"github.com/tacet-lang/tacet/runtime/session"
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
		{Name: "desk", Hours: week(9*60, 17*60), Fallback: "service"}, {Name: "service", Label: machine.Text{"en": "our answering service", "es": "nuestro servicio de guardia"}, Hours: week(0, 24*60)},
		{Name: "late", Hours: week(9*60, 17*60), Fallback: "evening"}, {Name: "evening", Hours: week(18*60, 20*60)},
		{Name: "away", Fallback: "service"}, {Name: "nobody"}, {Name: "alone", Hours: week(9*60, 17*60)},
		{Name: "holiday", Hours: week(9*60, 17*60), Holidays: true}, {Name: "spring", Hours: []machine.Opening{{Day: 0, From: 9 * 60, To: 17 * 60}}},
	}, Holidays: []machine.Holiday{{Date: "2026-03-04"}, {Date: "2026-03-05", Openings: []machine.Opening{{From: 13 * 60, To: 15 * 60}}}}}
	m := &machine.Machine{Practice: p}
	chicago, err := time.LoadLocation("America/Chicago")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		team string
		hour int
		want string
	}{
		{"desk", 10, "Somebody of our team is there now and will read this."},
		{"desk", 22, "Our answering service can read this now. The team itself can read it from tomorrow at 9:00 AM (CST) on."},
		{"alone", 22, "Our team is closed now. A person can read this from tomorrow at 9:00 AM (CST) on."},
		{"alone", 7, "Our team is closed now. A person can read this from today at 9:00 AM (CST) on."},
		{"late", 17, "Our team is closed now. A person can read this from tomorrow at 9:00 AM (CST) on."},
		{"late", 19, "Another team of ours can read this now. The team itself can read it from tomorrow at 9:00 AM (CST) on."},
		{"away", 22, "Somebody of our team is there now and will read this."},
		{"nobody", 10, "We cannot say when a person will read this. Please call us."},
		{"unknown", 10, "We cannot say when a person will read this. Please call us."},
		{"holiday", 22, "Our team is closed now. A person can read this from Thursday, March 5 at 1:00 PM (CST) on."},
		{"spring", 22, "Our team is closed now. A person can read this from Sunday, March 8 at 9:00 AM (CDT) on."},
		{"es:desk", 22, "Quien puede leer esto ahora: nuestro servicio de guardia. El equipo mismo podrá leerlo a partir de mañana a las 9:00 a. m. (CST)."},
		{"es:holiday", 22, "Nuestro equipo está cerrado ahora. Una persona podrá leer esto a partir del jueves 5 de marzo a la 1:00 p. m. (CST)."},
		{"es:alone", 7, "Nuestro equipo está cerrado ahora. Una persona podrá leer esto a partir de hoy a las 9:00 a. m. (CST)."},
	} {
		lang, team, ok := strings.Cut(c.team, ":")
		if !ok {
			lang, team = "en", c.team
		}
		k := session.Case{Flow: m, Zone: chicago, Conversation: engine.Conversation{Control: engine.Waiting, Team: team}}
		at := time.Date(2026, 3, 3, c.hour, 0, 0, 0, chicago).UTC() // the zone is the practice's, whatever that of the clock
		if got := wordsIn(lang).wait(&k, at, lang); got != c.want {
			t.Errorf("%s at %d:\ngot  %q\nwant %q", c.team, c.hour, got, c.want)
		}
		k.Tier = machine.Emergency
		if got := wordsIn(lang).wait(&k, at, lang); got != "" {
			t.Errorf("%s in an emergency: %q", c.team, got)
		}
		k.Tier, k.Control = machine.Routine, engine.Human
		if got := wordsIn(lang).wait(&k, at, lang); got != "" {
			t.Errorf("%s with a person: %q", c.team, got)
		}
	}
}
