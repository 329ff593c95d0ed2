package server

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/tacet-lang/tacet/runtime/engine"
	"github.com/tacet-lang/tacet/runtime/jsonwriter"
	"github.com/tacet-lang/tacet/runtime/session"
)

// TestReplyIsWrittenAsItsType holds that what is written is what the type, and with it the description of the API, says.
func TestReplyIsWrittenAsItsType(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		text := func(name string) string {
			return rapid.SampledFrom([]string{"", "book", `"\<>&`, "¿Qué?\u2028", "line\n\x00"}).Draw(t, name)
		}
		var list []session.Message
		for range rapid.IntRange(0, 3).Draw(t, "messages") {
			m := session.Message{
				Seq: rapid.Int64Range(0, 1<<40).Draw(t, "seq"), At: time.Unix(1, 0), Author: session.Author(text("author")),
				Role: engine.Role(text("role")), Lang: text("lang"), Text: text("text"),
				Input: engine.Input{Kind: text("kind"), Field: text("field"), Min: text("min"), Max: text("max")},
			}
			for range rapid.IntRange(0, 2).Draw(t, "options") {
				m.Options = append(m.Options, engine.Option{ID: text("id"), Label: text("label")})
			}
			list = append(list, m)
		}
		r := newReply(text("conversation"), session.Status{
			Control: engine.Control(text("control")), Lang: text("lang"), Tier: rapid.SampledFrom([]string{"", "emergency"}).Draw(t, "tier"),
			Outcome: text("outcome"), Seq: rapid.Int64Range(0, 9).Draw(t, "last"),
		}, list)
		r.Token, r.Wait = text("token"), text("wait")
		var got jsonwriter.Writer
		r.write(&got)
		want, err := json.Marshal(r)
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(string(want), string(got.B)); d != "" {
			t.Errorf("(-want +got):\n%s", d)
		}
	})
}
