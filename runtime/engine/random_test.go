package engine_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/tacet-lang/tacet/lang/machine"
	"github.com/tacet-lang/tacet/runtime/calendar"
	"github.com/tacet-lang/tacet/runtime/engine"
	"github.com/tacet-lang/tacet/runtime/engine/enginetest"
)

var fieldTypes = []string{"text", "name", "phone", "email", "date", "time", "date-of-birth", "zip", "number", "yes-no", "choice", "slot", "message", "symptoms"}

var guardPool = []string{
	"practice.open", "now.hour < 12", `now.weekday == "monday"`, `language == "es"`, "attempts > 1", "verified", `heard("pricing") || heard("fever")`,
	`f_choice == "a"`, "f_yes_no", "f_number > 3", `f_date < "2026-05-01"`, "age(f_date_of_birth) >= 18", `f_choice in ["a", "b"] && f_number == 0`,
}

// randomMachine draws a machine whose references resolve. Nothing else about it is sound: guards read what was never
// asked, automatic ways run in circles, texts interpolate what is not there.
func randomMachine(r *rapid.T) *machine.Machine {
	m := enginetest.New()
	m.Session.Retries = rapid.IntRange(0, 3).Draw(r, "retries")
	lo, hi := int64(0), int64(10)
	for _, typ := range fieldTypes {
		f := machine.Field{Name: fieldName(typ), Type: typ, Class: "contact"}
		switch typ {
		case "number":
			f.Min, f.Max = &lo, &hi
		case "choice":
			f.Options = []machine.Option{{Value: "a", Label: enginetest.Both("apple", "manzana")}, {Value: "b", Label: enginetest.Both("pear", "pera")}}
		}
		m.Fields = append(m.Fields, f)
	}
	for _, g := range guardPool {
		m.Guards = append(m.Guards, machine.Guard{Source: g})
	}
	enginetest.Sort(m) // before there are edges, so that their guards are what they were drawn as
	n := rapid.IntRange(1, 8).Draw(r, "locations")
	var ids []string
	for i := range n {
		ids = append(ids, fmt.Sprintf("l%d", i))
	}
	for i := range n {
		m.Locations = append(m.Locations, randomLocation(r, fmt.Sprintf("l%d", i), ids))
	}
	m.Locations = append(m.Locations, enginetest.Handoffs()...)
	m.Start = rapid.SampledFrom(ids).Draw(r, "start")
	m.Topics[0].Route = rapid.SampledFrom(append(ids, "")).Draw(r, "route")
	return enginetest.Sort(m)
}

func fieldName(typ string) string {
	b := []byte("f_" + typ)
	for i := range b {
		if b[i] == '-' {
			b[i] = '_'
		}
	}
	return string(b)
}

func randomLocation(r *rapid.T, id string, ids []string) machine.Location {
	l := machine.Location{ID: id, State: id}
	l.Kind = rapid.SampledFrom([]machine.Kind{machine.Auto, machine.Ask, machine.Ask, machine.Ask, machine.Offer, machine.Listen, machine.Consent, machine.Verify, machine.Book, machine.End, machine.Handoff}).Draw(r, "kind")
	for range rapid.IntRange(0, 2).Draw(r, "actions") {
		l.Do = append(l.Do, rapid.SampledFrom([]machine.Action{
			{Say: enginetest.Both("Hello {f_name}, {practice.name} opens {practice.next_open}.", "Hola {f_name}, {f_slot} {f_date}.")},
			{By: "f_choice", Cases: map[string]machine.Text{"a": enginetest.Both("A", "A"), "b": enginetest.Both("B", "B")}},
			{To: "crm", Fields: []string{"f_message", "f_name"}},
		}).Draw(r, "action"))
	}
	to := func(on string) machine.Edge {
		return machine.Edge{On: on, To: rapid.SampledFrom(ids).Draw(r, "to")}
	}
	guarded := func(on string) {
		least := 0
		if rapid.IntRange(0, 9).Draw(r, "otherwise") == 0 {
			least = 1 // no otherwise
		}
		for range rapid.IntRange(least, 2).Draw(r, "guards") {
			e := to(on)
			e.Guard = enginetest.G(rapid.IntRange(0, len(guardPool)-1).Draw(r, "guard"))
			l.Edges = append(l.Edges, e)
		}
		if least == 0 {
			l.Edges = append(l.Edges, to(on))
		}
	}
	mayLack := l.Kind == machine.Offer || l.Kind == machine.Listen
	if l.Kind.Waits() && (!mayLack || rapid.Bool().Draw(r, "prompt")) {
		l.Prompt = enginetest.Both("What now, {f_name}?", "¿Y ahora?")
	}
	switch l.Kind {
	case machine.Auto:
		guarded("")
	case machine.Ask:
		typ := rapid.SampledFrom(fieldTypes).Draw(r, "field")
		l.Field = fieldName(typ)
		guarded("")
		if typ == "slot" {
			l.Edges = append(l.Edges, to(machine.OnNone))
		}
	case machine.Offer:
		for i := range rapid.IntRange(1, 3).Draw(r, "choices") {
			l.Choices = append(l.Choices, machine.Choice{Label: enginetest.Both(fmt.Sprintf("way %d{f_choice}", i), fmt.Sprintf("camino %d", i)), Topic: rapid.SampledFrom([]string{"", "booking"}).Draw(r, "topic")})
			l.Edges = append(l.Edges, to(fmt.Sprint(i+1)))
		}
	case machine.Listen:
		l.Edges = append(l.Edges, to("booking"))
	case machine.Consent:
		l.Consent = "health"
		l.Edges = append(l.Edges, to(machine.OnGranted), to(machine.OnRefused))
	case machine.Verify:
		l.Field = "f_phone"
		l.Edges = append(l.Edges, to(machine.OnVerified), to(machine.OnFailed), to(machine.OnUnreachable))
	case machine.Book:
		l.Field = "f_slot"
		l.Edges = append(l.Edges, to(machine.OnBooked), to(machine.OnTaken), to(machine.OnFailed))
	case machine.End:
		l.Outcome = "done"
	case machine.Handoff:
		l.Team, l.Tier = "nurses", rapid.SampledFrom([]string{machine.Emergency, machine.Urgent, machine.Routine}).Draw(r, "tier")
	}
	return l
}

var said = []string{
	"", "Maria Lopez", "yes", "no", "1", "2", "apple", "212 555 0187", "maria@example.com", "10001", "march 3", "2pm", "January 5, 1980", "123456", "7",
	"way 1", "xyzzy", "!chest-pain", "!fever", "!complaint", "@human", "@bot", "#booking", "##booking", "##hours", "##pricing", "#diagnosis", "$health", "my $health and $contact", "tuesday at 9",
	"\x00\xff", "¿qué?", "🙂",
}

func randomEvent(r *rapid.T, c *engine.Conversation, last *engine.Said, at time.Time) engine.Event {
	e := engine.Event{At: at}
	e.Kind = rapid.SampledFrom([]engine.EventKind{
		engine.Message, engine.Message, engine.Message, engine.Message, engine.Message, engine.Pick, engine.Pick, engine.Outcome, engine.Outcome, engine.AskHuman,
		engine.Language, engine.Tick, engine.StaffTake, engine.StaffSay, engine.StaffRelease, engine.StaffClose, engine.Start, "bogus",
	}).Draw(r, "event")
	if c.Pending != nil && rapid.IntRange(0, 3).Draw(r, "world") > 0 {
		e.Kind = engine.Outcome
	}
	switch e.Kind {
	case engine.Message:
		e.Text = rapid.SampledFrom(said).Draw(r, "text")
		if rapid.Bool().Draw(r, "more") {
			e.Text += " " + rapid.SampledFrom(said).Draw(r, "and")
		}
	case engine.Pick:
		e.Option = "bogus"
		if last != nil && len(last.Options) > 0 {
			e.Option = rapid.SampledFrom(last.Options).Draw(r, "option").ID
		}
	case engine.Language:
		e.Lang = rapid.SampledFrom([]string{"en", "es", "fr"}).Draw(r, "lang")
	case engine.Outcome:
		e.Act = rapid.SampledFrom([]engine.ActKind{engine.ActSlots, engine.ActHold, engine.ActBook, engine.ActSendCode, engine.ActCheckCode}).Draw(r, "act")
		if c.Pending != nil && rapid.IntRange(0, 9).Draw(r, "matching") > 0 {
			e.Act = c.Pending.Kind
		}
		e.Result = rapid.SampledFrom(engine.Results(e.Act)).Draw(r, "result")
		for i := range rapid.IntRange(0, 9).Draw(r, "slots") {
			e.Slots = append(e.Slots, calendar.NewSlot(time.Date(2026, 3, 3, 9, 40*i, 0, 0, monday.Location()), 30))
		}
	case engine.StaffSay:
		e.Text, e.Actor = "Hello", "ana"
	case engine.StaffRelease:
		e.State = rapid.SampledFrom([]string{"l0", "@human", "nowhere"}).Draw(r, "state")
	case engine.StaffClose:
		e.Result = "answered"
	}
	return e
}

// TestStepKeepsItsPromises plays random events on random machines and watches the effects with a monitor that knows
// only the promises.
func TestStepKeepsItsPromises(t *testing.T) {
	t.Parallel()
	rapid.Check(t, keepsPromises)
}

func keepsPromises(r *rapid.T) {
	m := randomMachine(r)
	p, err := engine.LoadWith(m, engine.Options{Reader: enginetest.Reader{}})
	if err != nil {
		r.Fatalf("load: %v", err)
	}
	w := monitor{r: r, p: p, c: p.New("c1")}
	at := monday
	w.step(engine.Event{Kind: engine.Start, At: at, Lang: rapid.SampledFrom([]string{"en", "es", "fr", ""}).Draw(r, "lang")})
	for range rapid.IntRange(0, 25).Draw(r, "events") {
		at = at.Add(rapid.SampledFrom([]time.Duration{time.Second, time.Minute, 7 * time.Minute, 25 * time.Minute}).Draw(r, "pause"))
		w.step(randomEvent(r, &w.c, w.last, at))
	}
	w.replay()
}

// failer is what the monitor needs of a test.
type failer interface {
	Fatal(args ...any)
	Fatalf(format string, args ...any)
}

type monitor struct {
	r     failer
	p     *engine.Program
	c     engine.Conversation
	last  *engine.Said
	log   []engine.Event
	trace []byte

	emergency bool // an emergency was escalated, or heard by people
	notices   int
}

func (w *monitor) step(e engine.Event) {
	before := encode(w.r, w.c)
	c, out, err := w.p.Step(w.c, e)
	if got := encode(w.r, w.c); string(got) != string(before) {
		w.r.Fatalf("%s changed its argument from\n%s to\n%s", e.Kind, before, got)
	}
	if err != nil {
		if !errors.Is(err, engine.ErrEvent) {
			w.r.Fatalf("%+v: %v", e, err)
		}
		if len(out) > 0 || string(encode(w.r, c)) != string(before) {
			w.r.Fatalf("%+v: error and effects", e)
		}
		if e.Kind == engine.Message || e.Kind == engine.AskHuman || e.Kind == engine.Tick {
			w.r.Fatalf("a patient raised %v", err)
		}
		return
	}
	w.judge(e, c, out)
	w.c = c
	w.log = append(w.log, e)
	w.trace = append(w.trace, encode(w.r, c)...)
	w.trace = append(w.trace, encode(w.r, out)...)
}

func (w *monitor) judge(e engine.Event, c engine.Conversation, out []engine.Effect) {
	r := w.r
	if len(out) > 200 {
		r.Fatalf("%d effects", len(out))
	}
	speaking := w.c.Control == engine.Assistant || e.Kind == engine.StaffRelease
	if e.Kind == engine.StaffRelease && w.emergency {
		r.Fatalf("an emergency was given back")
	}
	seq, acks, moves, handoffs := w.c.Seq, 0, int64(0), 0
	first := true
	if e.Kind == engine.StaffRelease || e.Kind == engine.StaffTake {
		moves++
	}
	for _, effect := range out {
		switch x := effect.(type) {
		case engine.Received:
			seq = next(r, seq, x.Seq)
			w.last = nil
		case engine.StaffSaid:
			seq = next(r, seq, x.Seq)
		case engine.Said:
			seq = next(r, seq, x.Seq)
			if !speaking {
				r.Fatalf("said %q while control is %s", x.Text, w.c.Control)
			}
			if x.Text == "" {
				r.Fatalf("said nothing as %s at %s", x.Role, c.Location)
			}
			if w.notices == 0 && x.Role != engine.RoleNotice {
				r.Fatalf("%s before the notice", x.Role)
			}
			if x.Role == engine.RoleNotice {
				w.notices++
			}
			if x.Role == engine.RoleAck {
				acks++
			}
			if raises(e, "!chest-pain") && (x.Role != engine.RoleAck || !first) {
				r.Fatalf("%s %q in an emergency", x.Role, x.Text)
			}
			if acks > 0 && x.Role != engine.RoleAck && x.Role != engine.RoleSay {
				r.Fatalf("%s after the acknowledgement", x.Role)
			}
			first = false
			w.last = &x
		case engine.HandedOff:
			if e.Kind == engine.StaffTake {
				break
			}
			handoffs++
			moves++
			speaking = false
			w.emergency = w.emergency || x.Tier == machine.Emergency
		case engine.Finished:
			moves++
			speaking = false
		case engine.Urgent:
			w.emergency = true
		}
	}
	if acks != handoffs || handoffs > 1 {
		r.Fatalf("%d acknowledgements of %d handoffs", acks, handoffs)
	}
	if c.Seq != seq || c.Epoch-w.c.Epoch != moves {
		r.Fatalf("seq %d, want %d; epoch moved by %d, want %d", c.Seq, seq, c.Epoch-w.c.Epoch, moves)
	}
	if (c.Control == engine.Assistant) == c.Deadline.IsZero() {
		r.Fatalf("control %s, deadline %s", c.Control, c.Deadline)
	}
	if c.Control != engine.Assistant && c.Pending != nil {
		r.Fatalf("an act is pending under %s", c.Control)
	}
	if raises(e, "!chest-pain") && c.Tier != machine.Emergency {
		r.Fatalf("an emergency was not passed on")
	}
	if c.Attempts > w.p.Machine().Session.Retries {
		r.Fatalf("%d attempts", c.Attempts)
	}
}

// raises reports a patient's text that holds the mark.
func raises(e engine.Event, mark string) bool {
	return e.Kind == engine.Message && slices.Contains(strings.Fields(e.Text), mark)
}

func next(r failer, seq, got int64) int64 {
	if got != seq+1 {
		r.Fatalf("message %d follows %d", got, seq)
	}
	return got
}

func (w *monitor) replay() {
	c := w.p.New("c1")
	var trace []byte
	for _, e := range w.log {
		var out []engine.Effect
		var err error
		// What a store keeps is the JSON of the conversation, so each step reads that.
		var stored engine.Conversation
		if err = json.Unmarshal(encode(w.r, c), &stored); err != nil {
			w.r.Fatal(err)
		}
		if c, out, err = w.p.Step(stored, e); err != nil {
			w.r.Fatal(err)
		}
		trace = append(trace, encode(w.r, c)...)
		trace = append(trace, encode(w.r, out)...)
	}
	if string(trace) != string(w.trace) {
		w.r.Fatalf("the log replays to something else:\n%s", cmp.Diff(string(w.trace), string(trace)))
	}
}

func encode(r failer, v any) []byte {
	b, err := json.Marshal(v)
	if err != nil {
		r.Fatal(err)
	}
	return b
}
