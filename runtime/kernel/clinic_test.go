package kernel_test

import (
	"cmp"
	"slices"
	"testing"

	"github.com/tacet-lang/tacet/compiler/verify/verifytest"
	"github.com/tacet-lang/tacet/lang/guard"
	"github.com/tacet-lang/tacet/lang/machine"
)

// clinic is a machine in which everything occurs that a certificate can speak of.
func clinic(t testing.TB) *machine.Machine {
	t.Helper()
	m := verifytest.Draw(1, verifytest.Options{})
	m.Flow.ID, m.Flow.Channels = "clinic", []string{"portal-chat", "web-chat"}
	m.Practice.Vendors[0].Classes = []string{"health"}
	m.Policy.Declassify = []machine.Declass{{Field: "slot", From: "contact", To: "preference", Reason: "a time alone", Owner: "Dana Ruiz", Until: "2027-12-31"}}
	m.Topics[0].Answer, m.Topics[0].Route = text("Ask us."), ""
	m.Topics = append(m.Topics, machine.Topic{Name: "question", Treat: machine.Handle, Route: "q-note"})
	m.Topics[1].Answer = nil
	m.Fields, m.Guards, m.Locations = nil, nil, m.Locations[:0]
	b := &builder{m: m}
	b.field("born", "date-of-birth", "identifier")
	b.field("count", "number", "preference")
	b.field("day", "date", "contact")
	b.field("hour", "time", "preference")
	b.field("mark", "number", "health")
	lo, hi := int64(0), int64(10)
	m.Fields[4].Min, m.Fields[4].Max = &lo, &hi
	b.field("name", "name", "contact")
	b.field("note", "message", "contact")
	b.field("ok", "yes-no", "preference")
	b.field("phone", "phone", "contact")
	b.field("slot", "slot", "preference")
	b.field("topic", "choice", "interest")
	for _, o := range []string{"botox", "filler", "other"} {
		m.Fields[10].Options = append(m.Fields[10].Options, machine.Option{Value: o, Label: text(o)})
	}
	b.add("a-start", machine.Auto, ways{{"", `channel == "web-chat" && language == "es"`, "a-spanish"}, {"", "", "b-phone"}})
	b.add("a-spanish", machine.Auto, ways{{"", "", "b-phone"}}, say("Hola."))
	b.ask("b-phone", "phone", ways{{"", "", "c-verify"}})
	b.add("c-verify", machine.Verify, ways{
		{machine.OnFailed, "attempts > 2", "z-later"}, {machine.OnFailed, "", "c-verify"}, {machine.OnUnreachable, "", "z-later"}, {machine.OnVerified, "verified", "d-consent"}, {machine.OnVerified, "", "z-later"},
	}).Field = "phone"
	agree := b.add("d-consent", machine.Consent, ways{{machine.OnGranted, "", "e-born"}, {machine.OnRefused, "", "q-note"}})
	agree.Consent, agree.Covers = "health", []string{"health"}
	b.ask("e-born", "born", ways{{"", "age(born) >= 18", "f-mark"}, {"", "!(age(born) >= 18)", "q-note"}})
	b.ask("f-mark", "mark", ways{{"", "8 <= mark", "f-strong"}, {"", "mark in [0, 1, 2] || mark > 2 && mark < 8", "g-topic"}})
	b.add("f-strong", machine.Auto, ways{{"", "", "g-topic"}}, say("We will hurry."))
	b.ask("g-topic", "topic", ways{{"", `topic == 'other'`, "g-name"}, {"", `!(topic in ["other"])`, "h-about"}})
	b.ask("g-name", "name", ways{{"", "", "h-about"}})
	b.add("h-about", machine.Auto, ways{{"", "", "i-day"}}, machine.Action{By: "topic", Cases: map[string]machine.Text{
		"botox": text("Botox."), "filler": text("Filler."), "other": text("Other, {name}.")}})
	b.ask("i-day", "day", ways{{"", `day < "2027-01-01" && days(day) > 3`, "i-hour"}, {"", "", "j-offer"}})
	b.ask("i-hour", "hour", ways{{"", `hour < "12:00"`, "j-offer"}, {"", `hour >= "12:00"`, "i-late"}})
	b.add("i-late", machine.Auto, ways{{"", "", "j-offer"}}, say("On {day}, after noon."))
	offer := b.add("j-offer", machine.Offer, ways{{"1", "", "k-listen"}, {"2", "", "l-slot"}, {"3", "", "m-send"}})
	offer.Choices = []machine.Choice{{Label: text("Ask")}, {Label: text("Book"), Topic: "booking"}, {Label: text("Send")}}
	b.add("k-listen", machine.Listen, ways{{"booking", "", "l-slot"}, {"hours", "", "m-send"}})
	b.ask("l-slot", "slot", ways{{"", "", "l-book"}, {machine.OnNone, `heard("fever")`, "z-nurse"}, {machine.OnNone, "", "m-send"}})
	b.add("l-book", machine.Book, ways{{machine.OnBooked, "", "z-end"}, {machine.OnFailed, "", "z-nurse"}, {machine.OnTaken, "", "l-slot"}}).Field = "slot"
	b.add("m-send", machine.Auto, ways{{"", `practice.open && now.hour >= 9 && now.weekday in ["monday", "friday"]`, "z-office"}, {"", "practice.open", "z-later"}, {"", "", "z-end"}},
		machine.Action{To: "crm", Fields: []string{"phone", "topic"}}).Ordered = true
	b.ask("q-note", "note", ways{{"", `note == "stop" || heard("booking")`, "z-end"}, {"", "", "r-ok"}})
	b.ask("r-ok", "ok", ways{{"", `ok ? language != "es" : true`, "s-count"}, {"", "", "z-later"}})
	b.ask("s-count", "count", ways{{"", "count > 3", "s-said"}, {"", "", "z-later"}})
	b.add("s-said", machine.Auto, ways{{"", "", "z-end"}}, machine.Action{By: "ok", Cases: map[string]machine.Text{"yes": text("Good."), "no": text("Well.")}})
	b.add("z-end", machine.End, nil).Outcome = "completed"
	b.handoff("@human", "backed")
	b.handoff("@stuck", "backed")
	b.handoff("z-later", "backed")
	b.handoff("z-nurse", "always")
	b.handoff("z-office", "office")
	for _, e := range m.Escalations {
		l := b.handoff(e.Location, "always")
		l.Tier, l.Do = e.Tier, []machine.Action{say("Call 911 now.")}
	}
	m.Policy.Signs = []machine.Sign{{Kind: "chest-pain", Tier: machine.Emergency}, {Kind: "fever", Tier: machine.Routine}}
	m.Start = "a-start"
	b.finish()
	return m
}

// ways are an outcome, a guard and where it leads.
type ways [][3]string

type builder struct {
	m      *machine.Machine
	places []*machine.Location
	ways   []ways
}

func text(s string) machine.Text { return machine.Text{"en": s, "es": "es: " + s} }

func say(s string) machine.Action { return machine.Action{Say: text(s)} }

func (b *builder) field(name, kind, class string) {
	b.m.Fields = append(b.m.Fields, machine.Field{Name: name, Type: kind, Class: class})
}

func (b *builder) add(id string, kind machine.Kind, w ways, do ...machine.Action) *machine.Location {
	l := &machine.Location{ID: id, State: id, Kind: kind, Do: do}
	if kind.Waits() {
		l.Prompt = text("Well?")
	}
	b.places, b.ways = append(b.places, l), append(b.ways, w)
	return l
}

func (b *builder) ask(id, field string, w ways) { b.add(id, machine.Ask, w).Field = field }

func (b *builder) handoff(id, team string) *machine.Location {
	l := b.add(id, machine.Handoff, nil)
	l.Team, l.Tier = team, machine.Routine
	return l
}

func (b *builder) finish() {
	index := map[string]int{}
	for i, w := range b.ways {
		for _, e := range w {
			edge := machine.Edge{On: e[0], To: e[2]}
			if e[1] != "" {
				if _, ok := index[e[1]]; !ok {
					index[e[1]] = len(b.m.Guards)
					b.m.Guards = append(b.m.Guards, machine.Guard{Source: e[1]})
				}
				n := index[e[1]]
				edge.Guard = &n
			}
			b.places[i].Edges = append(b.places[i].Edges, edge)
		}
		b.m.Locations = append(b.m.Locations, *b.places[i])
	}
	slices.SortFunc(b.m.Locations, func(x, y machine.Location) int { return cmp.Compare(x.ID, y.ID) })
	if err := guard.Complete(b.m); err != nil {
		panic(err)
	}
}
