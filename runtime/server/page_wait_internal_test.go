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
		{"desk", 22, "Our answering service can read this now. The team itself is back tomorrow at 9:00 AM (CST)."},
		{"alone", 22, "Our team is closed now. It is back tomorrow at 9:00 AM (CST), and a person can read this then."},
		{"alone", 7, "Our team is closed now. It is back today at 9:00 AM (CST), and a person can read this then."},
		{"late", 17, "Our team is closed now. It is back tomorrow at 9:00 AM (CST), and a person can read this then."},
		{"late", 19, "Another team of ours can read this now. The team itself is back tomorrow at 9:00 AM (CST)."},
		{"away", 22, "Somebody of our team is there now and will read this."},
		{"nobody", 10, "We cannot say when a person will read this. Please call us."},
		{"unknown", 10, "We cannot say when a person will read this. Please call us."},
		{"holiday", 22, "Our team is closed now. It is back on Thursday, March 5 at 1:00 PM (CST), and a person can read this then."},
		{"spring", 22, "Our team is closed now. It is back on Sunday, March 8 at 9:00 AM (CDT), and a person can read this then."},
		{"es:desk", 22, "Quien puede leer esto ahora: nuestro servicio de guardia. El equipo mismo vuelve mañana a las 9:00 a. m. (CST)."},
		{"es:holiday", 22, "Nuestro equipo está cerrado ahora. Vuelve el jueves 5 de marzo a la 1:00 p. m. (CST), y entonces una persona podrá leer esto."},
		{"es:alone", 7, "Nuestro equipo está cerrado ahora. Vuelve hoy a las 9:00 a. m. (CST), y entonces una persona podrá leer esto."},
	} {
		lang, team, ok := strings.Cut(c.team, ":")
		if !ok {
			lang, team = "en", c.team
		}
		k := session.Status{Control: engine.Waiting, Team: team, Lang: lang}
		at := time.Date(2026, 3, 3, c.hour, 0, 0, 0, chicago)
		if got := wordsIn(lang).wait(&p, &k, at); got != c.want {
			t.Errorf("%s at %d:\ngot  %q\nwant %q", c.team, c.hour, got, c.want)
		}
		k.Tier = machine.Emergency
		if got := wordsIn(lang).wait(&p, &k, at); got != "" {
			t.Errorf("%s in an emergency: %q", c.team, got)
		}
		k.Tier, k.Control = machine.Routine, engine.Human
		if got := wordsIn(lang).wait(&p, &k, at); got != "" {
			t.Errorf("%s with a person: %q", c.team, got)
		}
	}
}
