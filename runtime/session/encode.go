package session

import (
	"encoding/json"
	"maps"
	"slices"

	"github.com/tacet-lang/tacet/runtime/engine"
	"github.com/tacet-lang/tacet/runtime/jsonwriter"
)

// encoder writes the JSON of what every turn stores. encoding/json reads it: TestEncoder holds that it means what
// encoding/json would have written, whatever the fields hold.
type encoder struct{ jsonwriter.Writer }

// turn writes what stands sealed in a turn.
func (e *encoder) turn(s *sealedTurn) {
	e.Object(func() {
		e.Bytes("request", s.Request)
		if len(s.Messages) > 0 {
			e.Name("messages")
			e.List(len(s.Messages), func(i int) { e.message(&s.Messages[i]) })
		}
		e.Name("state")
		e.conversation(&s.State)
		if len(s.Tokens) > 0 {
			e.Name("tokens")
			e.List(len(s.Tokens), func(i int) { e.Base64(s.Tokens[i]) })
		}
		if c := s.Code; c != nil {
			e.Name("code")
			e.Object(func() {
				e.Bytes("salt", c.Salt)
				e.Bytes("hash", c.Hash)
				e.Time("expires", c.Expires)
				e.Number("tries", int64(c.Tries))
			})
		}
		e.Text("holder", s.Holder)
		if d := &s.Desk; len(d.Notes) > 0 || !d.Asked.IsZero() || !d.Answered.IsZero() {
			e.Name("desk")
			e.desk(d)
		}
		if f := s.From; f != (Attribution{}) {
			e.Name("from")
			e.Object(func() { e.Text("source", f.Source); e.Text("medium", f.Medium); e.Text("campaign", f.Campaign) })
		}
	})
}

func (e *encoder) desk(d *Desk) {
	e.Object(func() {
		e.Time("asked", d.Asked)
		e.Time("answered", d.Answered)
		if len(d.Notes) == 0 {
			return
		}
		e.Name("notes")
		e.List(len(d.Notes), func(i int) {
			n := &d.Notes[i]
			e.Object(func() { e.Time("at", n.At); e.Text("by", n.By); e.Text("text", n.Text) })
		})
	})
}

func (e *encoder) message(m *Message) {
	e.Object(func() {
		e.Number("seq", m.Seq)
		e.Text("author", string(m.Author))
		e.Text("actor", m.Actor)
		e.Text("role", string(m.Role))
		e.Number("epoch", m.Epoch)
		e.Text("lang", m.Lang)
		e.Text("text", m.Text)
		e.Text("masked", m.Masked)
		if len(m.Options) > 0 {
			e.Name("options")
			e.List(len(m.Options), func(i int) {
				e.Object(func() { e.Text("id", m.Options[i].ID); e.Text("label", m.Options[i].Label) })
			})
		}
		if m.Input != (engine.Input{}) {
			e.Name("input")
			e.Object(func() {
				e.Text("kind", m.Input.Kind)
				e.Text("field", m.Input.Field)
				e.Text("min", m.Input.Min)
				e.Text("max", m.Input.Max)
			})
		}
		if len(m.Found) > 0 {
			e.Name("found")
			e.List(len(m.Found), func(i int) { e.finding(&m.Found[i]) })
		}
	})
}

// fields writes what goes to a vendor.
func (e *encoder) fields(list []engine.FieldValue) {
	e.List(len(list), func(i int) {
		e.Object(func() { e.Text("name", list[i].Name); e.Text("class", list[i].Class); e.Text("value", list[i].Value) })
	})
}

func (e *encoder) finding(f *engine.Finding) {
	e.Object(func() {
		e.Text("type", f.Type)
		e.Text("class", f.Class)
		e.Number("start", int64(f.Start))
		e.Number("end", int64(f.End))
	})
}

func (e *encoder) conversation(c *engine.Conversation) {
	e.Object(func() {
		e.Text("id", c.ID)
		e.Text("machine", c.Machine)
		e.Text("lang", c.Lang)
		e.Text("channel", c.Channel)
		e.Text("control", string(c.Control))
		e.Number("epoch", c.Epoch)
		e.Number("seq", c.Seq)
		e.Text("location", c.Location)
		e.Texts("values", c.Values)
		e.Number("attempts", int64(c.Attempts))
		e.Texts("heard", c.Heard)
		if len(c.Offered) > 0 {
			e.Name("offered")
			e.List(len(c.Offered), func(i int) { e.slot(&c.Offered[i]) })
		}
		e.Texts("shown", c.Shown)
		if p := c.Pending; p != nil {
			e.Name("pending")
			e.Object(func() { e.Text("kind", string(p.Kind)); e.Text("field", p.Field); e.Text("value", p.Value) })
		}
		e.Flag("sent", c.Sent)
		e.Texts("unread", c.Unread)
		e.Texts("consents", c.Consents)
		e.Texts("verified", c.Verified)
		e.Text("notice_lang", c.NoticeLang)
		e.Texts("notice_also", c.NoticeAlso)
		e.Flag("flagged", c.Flagged)
		e.Flag("gentle", c.Gentle)
		e.Text("escalation", c.Escalation)
		e.Text("tier", c.Tier)
		e.Text("team", c.Team)
		e.Text("reason", c.Reason)
		e.Text("outcome", c.Outcome)
		e.Time("started", c.Started)
		e.Time("last_heard", c.LastHeard)
		e.Time("deadline", c.Deadline)
	})
}

func (e *encoder) slot(s *engine.Slot) {
	b, _ := json.Marshal(s) // of texts and times it never fails
	e.B = append(e.B, b...)
}

func (e *encoder) entry(a *Entry) {
	e.Object(func() {
		e.Time("at", a.At)
		e.Text("actor", a.Actor)
		e.Text("action", a.Action)
		e.Text("conversation", a.Conversation)
		e.Number("version", a.Version)
		e.Bytes("turn", a.Turn)
		if len(a.Detail) == 0 {
			return
		}
		e.Name("detail")
		e.Object(func() {
			for _, k := range slices.Sorted(maps.Keys(a.Detail)) {
				if e.B[len(e.B)-1] != '{' {
					e.B = append(e.B, ',')
				}
				e.String(k)
				e.B = append(e.B, ':')
				e.String(a.Detail[k])
			}
		})
	})
}
