package sessiontest

import (
	"testing"

	"github.com/tacet-lang/tacet/runtime/engine"
	"github.com/tacet-lang/tacet/runtime/session"
)

// CheckLog asserts what holds of every log without staff in it: no gaps, at most one acknowledgement, and nothing of
// the assistant after it.
func CheckLog(t testing.TB, p session.Page) {
	t.Helper()
	ack := int64(0)
	for i, m := range p.Messages {
		if m.Seq != int64(i+1) {
			t.Errorf("message %d has number %d", i+1, m.Seq)
		}
		if ack > 0 && m.Author == session.ByAssistant {
			t.Errorf("the assistant spoke at %d, after the acknowledgement at %d", m.Seq, ack)
		}
		if m.Role == engine.RoleAck {
			ack = m.Seq
		}
	}
	if p.Status.Control == engine.Waiting && ack == 0 {
		t.Error("handed over without an acknowledgement")
	}
	if p.Status.Seq != int64(len(p.Messages)) {
		t.Errorf("state says %d messages, there are %d", p.Status.Seq, len(p.Messages))
	}
}
