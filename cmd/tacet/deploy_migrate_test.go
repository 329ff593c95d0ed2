package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestDeployMigrate takes a second version into service with a map: a map that is not safe is refused in words, a safe one
// moves a conversation with its next turn, and the audit trail says so.
func TestDeployMigrate(t *testing.T) {
	t.Parallel()
	s := &shop{t, t.TempDir()}
	if err := os.CopyFS(filepath.Join(s.dir, "base"), os.DirFS("../../examples/lakeside")); err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(filepath.Join(s.dir, "base", "hours-and-faq.flow")); err != nil {
		t.Fatal(err)
	}
	moves := func(text string) []string {
		if err := os.WriteFile(filepath.Join(s.dir, "moves.yaml"), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return []string{"deploy", "--data", "x.db", "--migrate", "moves.yaml", "two/consultation.artifact.json"}
	}
	s.must("build", "-o", "one", "base")
	s.must("deploy", "--data", "x.db", "one/consultation.artifact.json")
	p := startProcess(t, "--practice", "lakeside", "--data", filepath.Join(s.dir, "x.db"))
	patient := &patient{urls: []string{p.url}}
	if err := patient.begin("consultation", "0123456789abcdef"); err != nil {
		t.Fatal(err)
	}
	say := func(n, text string) answer {
		t.Helper()
		a, err := patient.send("POST", "/api/conversations/"+patient.id+"/messages", map[string]any{"client_id": n, "text": text})
		if err != nil || a.Status != 200 || len(a.Messages) == 0 {
			t.Fatalf("%q is answered with %+v, %v", text, a, err)
		}
		return a
	}
	say("1", "botox")
	say("2", "book")

	for _, c := range [][2]string{{"field part ", "field hour "}, {"ask part ", "ask hour "}, {"say by part ", "say by hour "}, {"topic, part to", "topic, hour to"}, {"Done. A coordinator", "All done. A coordinator"}, {`flow "Consultation requests"`, `flow "Requests"`}} {
		s.replace(c[0], c[1])
	}
	flow := filepath.Join(s.dir, "base", "consultation.flow")
	b, err := os.ReadFile(flow)
	if err != nil {
		t.Fatal(err)
	}
	text, _, _ := strings.Cut(string(b), "\ntest ")
	if err := os.WriteFile(flow, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	s.must("build", "-o", "two", "base")
	for _, c := range []struct{ text, want string }{
		{"otherwise: same\n", "has no field `part`"},
		{"fields: {part: drop}\nquestions: {contact: contact}\n", "leaves open where conversations at `contact.3` go"},
		{"fields: {part: hour}\nquestions: {contact.2: contact.3}\n", "`hour` is asked for, not `phone`, so that the next answer would be to another question"},
		{"fields: {part: hour, topic: drop}\nquestions: {contact: contact}\n", "counts on something that is not so for everybody there: `topic` has been answered"},
		{"from: 00ff\n", "no version of `consultation` was deployed whose hash begins with `00ff`"},
		{"states: {}\n", "field states not found"},
		{"otherwise: stay\n", "it can be same, drain or human"},
		{"questions: {contact: }\n", "does not say what becomes of `contact`"},
		{"fields: {part: hour}\nquestions: {nowhere: contact}\n", "asks nothing of that name"},
	} {
		if out, err := s.tacet(moves(c.text)...); err == nil || !strings.Contains(out, c.want) {
			t.Errorf("with the map %q: %v, want %q\n%s", c.text, err, c.want, out)
		}
	}
	out := s.must(moves("fields: {part: hour}\nquestions:\n  contact: contact\n  confirm: human\n")...)
	for _, want := range []string{"contact.2 ", "move to contact.2", "go to people after their next message", "end on their version"} {
		if !strings.Contains(out, want) {
			t.Errorf("deploy does not say %q:\n%s", want, out)
		}
	}
	s.waitFor(p.url, "Requests")
	for n, text := range []string{"Ana Ruiz", "312 555 0142", "evening"} {
		say("a"+string(rune('0'+n)), text)
	}
	if a := say("b", "yes"); !strings.HasPrefix(a.Messages[len(a.Messages)-1].Text, "All done.") {
		t.Errorf("it ends with %+v", a.Messages)
	}
	p.kill()
	trail := s.must("audit", "export", "--data", "x.db", "base")
	if n := strings.Count(trail, "conversation.migrated"); n != 1 {
		t.Errorf("%d moves in the trail:\n%s", n, trail)
	}
}
