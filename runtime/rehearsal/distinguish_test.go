package rehearsal_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tacet-lang/tacet/lang/machine"
	"github.com/tacet-lang/tacet/runtime/engine"
	"github.com/tacet-lang/tacet/runtime/engine/enginetest"
	"github.com/tacet-lang/tacet/runtime/rehearsal"
)

func program(t testing.TB, edit func(*machine.Machine)) *engine.Program {
	t.Helper()
	m := enginetest.Place(enginetest.Train(enginetest.Consultation()))
	if edit != nil {
		edit(m)
	}
	p, err := engine.Load(m)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// TestDistinguish edits a flow and checks that the conversation found is one in which the two part as the sign says, and
// no longer than it must be.
func TestDistinguish(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name  string
		edit  func(*machine.Machine)
		sign  rehearsal.Sign
		turns int
		old   string // in what the old one says then
		new   string
	}{
		{"a greeting", func(m *machine.Machine) { enginetest.At(m, "welcome").Prompt = enginetest.Same("Which?") }, rehearsal.Sign{New: true, At: "welcome"}, 0, "interested", "Which?"},
		{"a question four turns in", func(m *machine.Machine) { enginetest.At(m, "contact/2").Prompt = enginetest.Same("Number?") }, rehearsal.Sign{New: true, Field: "phone"}, 3, "best to reach you", "Number?"},
		{"patience", func(m *machine.Machine) { m.Session.Retries = 1 }, rehearsal.Sign{New: true, Reason: "retries"}, 2, "", ""},
		{"time", func(m *machine.Machine) { m.Session.Timeout += 600 }, rehearsal.Sign{Outcome: "timeout"}, 1, "", ""},
		{"a person", func(m *machine.Machine) { enginetest.At(m, "@human").Team = "nurses" }, rehearsal.Sign{New: true, Reason: "human"}, 1, "handed to coordinators", "handed to nurses"},
		{"a send", func(m *machine.Machine) { enginetest.At(m, "booked").Do[0].Fields = []string{"phone"} }, rehearsal.Sign{Vendor: "crm", Sent: "name"}, 6, "name", "sent to crm: phone"},
	} {
		before, after := program(t, nil), program(t, c.edit)
		found, err := rehearsal.Distinguish(before, after, rehearsal.Search{Signs: []rehearsal.Sign{c.sign}})
		if err != nil {
			t.Fatal(err)
		}
		d := found[0]
		if d == nil {
			t.Errorf("%s: no conversation was found", c.name)
			continue
		}
		if got, now := rehearsal.Transcript(d.Old), rehearsal.Transcript(d.New); d.Turns != c.turns || !strings.Contains(got, c.old) || !strings.Contains(now, c.new) || got == now {
			t.Errorf("%s: after %d turns, want %d:\nold\n%snew\n%s", c.name, d.Turns, c.turns, got, now)
		}
		again, err := rehearsal.Distinguish(before, after, rehearsal.Search{Signs: []rehearsal.Sign{c.sign}})
		if err != nil || cmp.Diff(d, again[0]) != "" {
			t.Errorf("%s: another result the second time: %v", c.name, err)
		}
	}
}

// TestDistinguishSame checks that nothing tells a program from itself, and that the search keeps its budget.
func TestDistinguishSame(t *testing.T) {
	t.Parallel()
	p := program(t, nil)
	found, err := rehearsal.Distinguish(p, p, rehearsal.Search{Budget: 500, Signs: []rehearsal.Sign{{New: true, At: "booked"}, {Reason: "human"}, {Outcome: "timeout"}, {Says: "hello"}}})
	if err != nil {
		t.Fatal(err)
	}
	for i, d := range found {
		if d != nil {
			t.Errorf("sign %d: a program differs from itself: %+v", i, d)
		}
	}
}
