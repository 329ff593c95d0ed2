package migration_test

import (
	"maps"
	"os"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"github.com/tacet-lang/tacet/compiler"
	"github.com/tacet-lang/tacet/compiler/verify"
	"github.com/tacet-lang/tacet/lang/machine"
	"github.com/tacet-lang/tacet/runtime/engine"
	"github.com/tacet-lang/tacet/runtime/kernel"
	"github.com/tacet-lang/tacet/runtime/migration"
)

var today = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)

const entry = "consultation.flow"

// example is the practice that versions are made of.
var example = sync.OnceValue(func() map[string]string {
	out := map[string]string{}
	for _, name := range []string{entry, "practice.yaml"} {
		b, err := os.ReadFile("../../examples/lakeside/" + name)
		if err != nil {
			panic(err)
		}
		out[name] = string(b)
	}
	return out
})

// version compiles the example with some words replaced, old and new by turns, and proves it.
func version(t testing.TB, replaced ...string) *machine.Artifact {
	t.Helper()
	flow := example()[entry]
	for i := 0; i < len(replaced); i += 2 {
		if !strings.Contains(flow, replaced[i]) {
			t.Fatalf("the flow does not say %q", replaced[i])
		}
		flow = strings.ReplaceAll(flow, replaced[i], replaced[i+1])
	}
	flow, _, _ = strings.Cut(flow, "\ntest ")
	src := fstest.MapFS{"practice.yaml": {Data: []byte(example()["practice.yaml"])}, entry: {Data: []byte(flow)}}
	r, problems := compiler.Compile(src, entry, compiler.Options{Untrained: true})
	if r.Machine == nil {
		t.Fatalf("it does not compile: %v", problems)
	}
	report, problems := verify.Check(r.Machine, verify.Options{AsOf: today, Files: r})
	if report.Certificate == nil {
		t.Fatalf("it is not proven: %v", problems)
	}
	if err := kernel.Check(r.Machine, report.Certificate, today); err != nil {
		t.Fatal(err)
	}
	return &machine.Artifact{Machine: r.Machine, Certificate: report.Certificate}
}

var first = sync.OnceValue(func() *machine.Artifact { return version(new(testing.T)) })

func hash(t testing.TB, a *machine.Artifact) string {
	t.Helper()
	h, err := a.Machine.Hash()
	if err != nil {
		t.Fatal(err)
	}
	return h
}

// plan keeps every field, and every question but those named lets conversations end where they are.
func plan(t testing.TB, from, to *machine.Artifact, moves map[string]string) migration.Plan {
	t.Helper()
	p := migration.Plan{Format: migration.Format, From: hash(t, from), To: hash(t, to), Locations: map[string]string{}, Fields: map[string]string{}}
	for _, l := range from.Machine.Locations {
		if l.Kind.Waits() {
			p.Locations[l.ID] = migration.Drain
		}
	}
	for _, f := range from.Machine.Fields {
		p.Fields[f.Name] = f.Name
	}
	maps.Copy(p.Locations, moves)
	return p
}

// TestCheck holds for each change of a flow which moves it leaves safe, and what is said about the others.
func TestCheck(t *testing.T) {
	t.Parallel()
	same := func(names ...string) map[string]string {
		out := map[string]string{}
		for _, n := range names {
			out[n] = n
		}
		return out
	}
	everything := same("welcome", "about", "contact", "contact.2", "contact.3", "confirm")
	for _, c := range []struct {
		name     string
		replaced []string
		moves    map[string]string
		fields   map[string]string
		want     string // a part of what is said; empty: it is admitted
	}{
		{name: "other words", replaced: []string{`"What name should we use?"`, `"What is your name?"`}, moves: everything},
		{name: "a field has another name", replaced: []string{"field part ", "field hour ", "ask part ", "ask hour ", "say by part ", "say by hour ", "topic, part to", "topic, hour to"},
			moves: everything, fields: map[string]string{"part": "hour"}},
		{name: "a field has another name, which is not said", replaced: []string{"field part ", "field hour ", "ask part ", "ask hour ", "say by part ", "say by hour ", "topic, part to", "topic, hour to"},
			moves: everything, want: "has no field `part`"},
		{name: "a new question before what needs it", replaced: []string{
			"field ok ", "field email email for \"the confirmation\"\nfield ok ", `  ask part  "When`, "  ask email \"Which address?\" es \"¿Qué correo?\"\n  ask part  \"When", "send name, phone", "send name, email, phone"},
			moves: same("welcome", "about", "contact", "contact.2")},
		{name: "past a question that is new", replaced: []string{
			"field ok ", "field email email for \"the confirmation\"\nfield ok ", `  ask part  "When`, "  ask email \"Which address?\" es \"¿Qué correo?\"\n  ask part  \"When", "send name, phone", "send name, email, phone"},
			moves: map[string]string{"contact.3": "contact.4"}, want: "`email` has been answered"},
		{name: "to another question", moves: map[string]string{"contact": "contact.2"}, replaced: []string{`"What name should we use?"`, `"Your name?"`},
			want: "`phone` is asked for, not `name`, so that the next answer would be to another question"},
		{name: "to a question of another kind", moves: map[string]string{"contact": "about"}, replaced: []string{`"What name should we use?"`, `"Your name?"`},
			want: "is a question of another kind"},
		{name: "what was answered is dropped", moves: everything, fields: map[string]string{"topic": ""}, replaced: []string{`"What name should we use?"`, `"Your name?"`},
			want: "`topic` is asked for, not `"},
		{name: "what is still needed is dropped", moves: same("contact"), fields: map[string]string{"topic": ""}, replaced: []string{`"What name should we use?"`, `"Your name?"`},
			want: "`topic` has been answered"},
		{name: "an answer is gone", moves: everything, replaced: []string{"evening \"Evening\"", "night \"Night\"", "    evening ", "    night "},
			want: "the answer `evening` of `part` is gone"},
		{name: "an answer is gone, and with it the field", moves: same("contact", "contact.2"), fields: map[string]string{"part": ""},
			replaced: []string{"evening \"Evening\"", "night \"Night\"", "    evening ", "    night "}},
		{name: "a button is another one", moves: same("about"), replaced: []string{`"Ask about something else"`, `"Leave a message"`}, want: "button 2 is another one"},
		{name: "a button more", moves: same("about"), replaced: []string{`-> welcome`, "-> welcome\n    \"Ask later\" es \"Más tarde\" -> welcome"}},
		{name: "another notice", moves: everything, replaced: []string{"read only by our staff", "read by our staff"}, want: "the privacy notice has changed in `en`"},
		{name: "kept longer", moves: everything, replaced: []string{"keep 90 days", "keep 120 days"}, want: "conversations are kept for 90 days"},
		{name: "an outcome kept for less", moves: everything, replaced: []string{"keep 90 days", "keep 90 days  keep timeout 7 days"}, want: "depends on how they end"},
		{name: "for something else", moves: everything, replaced: []string{`for "when to call"`, `for "which doctor calls"`}, want: "drop its value"},
		{name: "a guard that is new looks at what is known", moves: same("contact", "contact.2", "contact.3"),
			replaced: []string{`topic == "other" && !practice.open`, `topic == "botox" && !practice.open`}},
		{name: "nobody stands there", moves: same("booked"), replaced: []string{`"What name should we use?"`, `"Your name?"`}, want: "nobody stands there"},
		{name: "the same", moves: everything, want: "both versions are the same"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			to := version(t, c.replaced...)
			p := plan(t, first(), to, c.moves)
			maps.Copy(p.Fields, c.fields)
			move, err := migration.Check(p, first(), to)
			switch {
			case c.want == "" && err != nil:
				t.Errorf("refused: %v", err)
			case c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)):
				t.Errorf("Check = %v, %v; want %q", move, err, c.want)
			}
		})
	}
}

// TestCheckWhoWasNotAsked moves conversations to where everybody has been asked for a name, from a version in which one way led
// past that, and which keeps nothing of it in mind.
func TestCheckWhoWasNotAsked(t *testing.T) {
	t.Parallel()
	const (
		name   = `"¿Qué nombre debemos usar?"` + "\n"
		number = "  -> number\n}\n\nstate number {\n"
	)
	again := []string{"otherwise -> contact\n}", "otherwise -> number\n}"}
	from := version(t, append(again, name, name+"  send name to crm\n"+number,
		"state contact {", "state which {\n  when topic == \"other\" -> number\n  otherwise -> contact\n}\n\nstate contact {",
		"-> contact\n    \"Ask", "-> which\n    \"Ask",
		"call {name} at", "call you at", "llamen a {name} al", "le llamen al", "send name, phone", "send phone")...)
	to := version(t, append(again, name, name+number)...)
	_, err := migration.Check(plan(t, from, to, map[string]string{"number": "number"}), from, to)
	if err == nil || !strings.Contains(err.Error(), "`name` has been answered") {
		t.Errorf("Check = %v", err)
	}
}

func TestCheckWantsEverythingNamed(t *testing.T) {
	t.Parallel()
	to := version(t, `"What name should we use?"`, `"Your name?"`)
	p := plan(t, first(), to, nil)
	delete(p.Locations, "contact.2")
	if _, err := migration.Check(p, first(), to); err == nil || !strings.Contains(err.Error(), "does not say what becomes of them") {
		t.Errorf("Check without a location = %v", err)
	}
	p = plan(t, first(), to, nil)
	delete(p.Fields, "ok")
	if _, err := migration.Check(p, first(), to); err == nil || !strings.Contains(err.Error(), "what becomes of the field `ok`") {
		t.Errorf("Check without a field = %v", err)
	}
	p = plan(t, to, first(), nil)
	if _, err := migration.Check(p, first(), to); err == nil {
		t.Error("a plan for the way back is admitted")
	}
}

// TestApply moves one conversation in the middle of its questions, and it ends on the new version as if it had begun there.
func TestApply(t *testing.T) {
	t.Parallel()
	to := version(t, "field part ", "field hour ", "ask part ", "ask hour ", "say by part ", "say by hour ", "topic, part to", "topic, hour to",
		`"Done. A coordinator will call you."`, `"All done."`)
	p := plan(t, first(), to, map[string]string{"contact.2": "contact.2", "contact.3": migration.Human})
	p.Fields["part"] = "hour"
	move, err := migration.Check(p, first(), to)
	if err != nil {
		t.Fatal(err)
	}
	old, next := load(t, first()), load(t, to)
	c := old.New("c1")
	say := func(p *engine.Program, events ...engine.Event) (out []engine.Effect) {
		t.Helper()
		for _, e := range events {
			e.At = time.Date(2026, 3, 2, 10, 0, 0, 0, time.UTC)
			var err error
			if c, out, err = p.Step(c, e); err != nil {
				t.Fatal(err)
			}
		}
		return out
	}
	message := func(text string) engine.Event { return engine.Event{Kind: engine.Message, Text: text} }
	say(old, engine.Event{Kind: engine.Start, Lang: "en"}, engine.Event{Kind: engine.Pick, Option: "botox"}, engine.Event{Kind: engine.Pick, Option: "1"})
	if got, fate := move.Apply(c); fate != migration.Stays || got.Machine != c.Machine {
		t.Errorf("at %s: fate %v, want it to stay", c.Location, fate)
	}
	say(old, message("Ana Ruiz"))
	moved, fate := move.Apply(c)
	if fate != migration.Moves || moved.Machine != hash(t, to) || moved.Location != "contact.2" {
		t.Fatalf("at %s: %+v, fate %v", c.Location, moved, fate)
	}
	waiting := c
	c = moved
	say(next, message("312 555 0142"), engine.Event{Kind: engine.Pick, Option: "evening"})
	effects := say(next, engine.Event{Kind: engine.Pick, Option: "yes"})
	var sent []engine.FieldValue
	for _, e := range effects {
		if s, ok := e.(engine.Sent); ok {
			sent = s.Fields
		}
	}
	if len(sent) != 4 || c.Outcome != "completed" {
		t.Errorf("sent %v, outcome %q", sent, c.Outcome)
	}
	for _, f := range sent {
		if f.Value == "" || f.Name == "part" {
			t.Errorf("sent %+v", f)
		}
	}
	c = waiting
	say(old, message("312 555 0142"))
	if _, fate := move.Apply(c); fate != migration.Leaves {
		t.Errorf("at %s: fate %v, want that people take it", c.Location, fate)
	}
	say(old, engine.Event{Kind: engine.AskHuman})
	if _, fate := move.Apply(c); fate != migration.Stays {
		t.Errorf("with people: fate %v, want it to stay", fate)
	}
}

// TestForcedMove makes a move that Check refuses, because a guard further on reads what would be dropped: there the new version
// cannot go on.
func TestForcedMove(t *testing.T) {
	t.Parallel()
	to := version(t, `"What name should we use?"`, `"Your name?"`)
	p := plan(t, first(), to, nil)
	p.Fields["topic"] = ""
	move, err := migration.Check(p, first(), to)
	if err != nil {
		t.Fatal(err)
	}
	old, next := load(t, first()), load(t, to)
	c := old.New("c1")
	step := func(p *engine.Program, events ...engine.Event) {
		t.Helper()
		for _, e := range events {
			e.At = time.Date(2026, 3, 2, 22, 0, 0, 0, time.UTC)
			var err error
			if c, _, err = p.Step(c, e); err != nil {
				t.Fatal(err)
			}
		}
	}
	step(old, engine.Event{Kind: engine.Start, Lang: "en"}, engine.Event{Kind: engine.Pick, Option: "botox"}, engine.Event{Kind: engine.Pick, Option: "1"})
	c = migration.Force(move, c, "contact")
	for _, text := range []string{"Ana Ruiz", "312 555 0142", "evening"} {
		step(next, engine.Event{Kind: engine.Message, Text: text})
	}
	if c.Reason != "fault" {
		t.Errorf("after a move that is refused it stands at %s: %+v", c.Location, c)
	}
}

func load(t testing.TB, a *machine.Artifact) *engine.Program {
	t.Helper()
	p, err := engine.Load(a.Machine)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestDecode(t *testing.T) {
	t.Parallel()
	good := []migration.Plan{{Format: migration.Format, From: "a", To: "b", Locations: map[string]string{"x": migration.Drain}, Fields: map[string]string{}}}
	b, err := migration.Encode(good)
	if err != nil {
		t.Fatal(err)
	}
	list, err := migration.Decode(b)
	if err != nil || len(list) != 1 || list[0].Locations["x"] != migration.Drain {
		t.Errorf("Decode(Encode) = %v, %v", list, err)
	}
	if list, err := migration.Decode(nil); len(list) != 0 || err != nil {
		t.Errorf("Decode(nothing) = %v, %v", list, err)
	}
	for _, bad := range []string{"{}", "null ", " " + string(b), strings.Replace(string(b), "/1", "/2", 1), strings.Replace(string(b), `"x":"@drain"`, `"x":"@drain","x":"@drain"`, 1), string(b) + "x"} {
		if _, err := migration.Decode([]byte(bad)); err == nil {
			t.Errorf("Decode(%s) is accepted", bad)
		}
	}
}

func FuzzDecode(f *testing.F) {
	f.Add([]byte(`[]`))
	f.Add([]byte(`[{"format":"tacet.migration/1","from":"a","to":"b","locations":{},"fields":{}}]`))
	f.Fuzz(func(t *testing.T, b []byte) {
		list, err := migration.Decode(b)
		if err != nil || len(b) == 0 {
			return
		}
		if again, err := migration.Encode(list); err != nil || string(again) != string(b) {
			t.Errorf("Encode(Decode(%q)) = %q, %v", b, again, err)
		}
	})
}
