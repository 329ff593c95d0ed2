package session

import (
	"encoding/base64"
	"encoding/json"
	"maps"
	"slices"
	"strconv"
	"time"
	"unicode/utf8"

	"github.com/tacet-lang/tacet/runtime/engine"
)

// encoder writes the JSON of what every turn stores. It is read by encoding/json, which would also write it, at four times
// the cost: TestEncoder holds that both mean the same, whatever the fields hold.
type encoder struct{ b []byte }

// name begins a member. Members whose value is empty are left out by the methods that write them.
func (e *encoder) name(n string) {
	switch e.b[len(e.b)-1] {
	case '{', '[':
	default:
		e.b = append(e.b, ',')
	}
	e.b = append(append(append(e.b, '"'), n...), '"', ':')
}

func (e *encoder) text(n, v string) {
	if v != "" {
		e.name(n)
		e.quote(v)
	}
}

func (e *encoder) bytes(n string, v []byte) {
	if len(v) > 0 {
		e.name(n)
		e.base64(v)
	}
}

func (e *encoder) base64(v []byte) {
	e.b = append(e.b, '"')
	e.b = append(base64.StdEncoding.AppendEncode(e.b, v), '"')
}

func (e *encoder) number(n string, v int64) {
	if v != 0 {
		e.name(n)
		e.b = strconv.AppendInt(e.b, v, 10)
	}
}

func (e *encoder) flag(n string, v bool) {
	if v {
		e.name(n)
		e.b = append(e.b, "true"...)
	}
}

func (e *encoder) time(n string, v time.Time) {
	if !v.IsZero() {
		e.name(n)
		e.b = append(v.AppendFormat(append(e.b, '"'), time.RFC3339Nano), '"')
	}
}

func (e *encoder) texts(n string, list []string) {
	if len(list) == 0 {
		return
	}
	e.name(n)
	e.list(len(list), func(i int) { e.quote(list[i]) })
}

func (e *encoder) list(n int, item func(i int)) {
	e.b = append(e.b, '[')
	for i := range n {
		if i > 0 {
			e.b = append(e.b, ',')
		}
		item(i)
	}
	e.b = append(e.b, ']')
}

func (e *encoder) object(members func()) {
	e.b = append(e.b, '{')
	members()
	e.b = append(e.b, '}')
}

// quote writes a string. What needs care is left to encoding/json.
func (e *encoder) quote(s string) {
	for i := range len(s) {
		if c := s[i]; c < ' ' || c == '"' || c == '\\' || c >= utf8.RuneSelf {
			b, _ := json.Marshal(s) // of a string it never fails
			e.b = append(e.b, b...)
			return
		}
	}
	e.b = append(append(append(e.b, '"'), s...), '"')
}

// turn writes what stands sealed in a turn.
func (e *encoder) turn(s *sealedTurn) {
	e.object(func() {
		e.bytes("request", s.Request)
		if len(s.Messages) > 0 {
			e.name("messages")
			e.list(len(s.Messages), func(i int) { e.message(&s.Messages[i]) })
		}
		e.name("state")
		e.conversation(&s.State)
		if len(s.Tokens) > 0 {
			e.name("tokens")
			e.list(len(s.Tokens), func(i int) { e.base64(s.Tokens[i]) })
		}
		if c := s.Code; c != nil {
			e.name("code")
			e.object(func() {
				e.bytes("salt", c.Salt)
				e.bytes("hash", c.Hash)
				e.time("expires", c.Expires)
				e.number("tries", int64(c.Tries))
			})
		}
		e.text("holder", s.Holder)
		if d := &s.Desk; len(d.Notes) > 0 || !d.Asked.IsZero() || !d.Answered.IsZero() {
			e.name("desk")
			e.desk(d)
		}
	})
}

func (e *encoder) desk(d *Desk) {
	e.object(func() {
		e.time("asked", d.Asked)
		e.time("answered", d.Answered)
		if len(d.Notes) == 0 {
			return
		}
		e.name("notes")
		e.list(len(d.Notes), func(i int) {
			n := &d.Notes[i]
			e.object(func() { e.time("at", n.At); e.text("by", n.By); e.text("text", n.Text) })
		})
	})
}

func (e *encoder) message(m *Message) {
	e.object(func() {
		e.number("seq", m.Seq)
		e.text("author", string(m.Author))
		e.text("actor", m.Actor)
		e.text("role", string(m.Role))
		e.number("epoch", m.Epoch)
		e.text("lang", m.Lang)
		e.text("text", m.Text)
		e.text("masked", m.Masked)
		if len(m.Options) > 0 {
			e.name("options")
			e.list(len(m.Options), func(i int) {
				e.object(func() { e.text("id", m.Options[i].ID); e.text("label", m.Options[i].Label) })
			})
		}
		if m.Input != (engine.Input{}) {
			e.name("input")
			e.object(func() {
				e.text("kind", m.Input.Kind)
				e.text("field", m.Input.Field)
				e.text("min", m.Input.Min)
				e.text("max", m.Input.Max)
			})
		}
		if len(m.Found) > 0 {
			e.name("found")
			e.list(len(m.Found), func(i int) { e.finding(&m.Found[i]) })
		}
	})
}

func (e *encoder) finding(f *engine.Finding) {
	e.object(func() {
		e.text("type", f.Type)
		e.text("class", f.Class)
		e.number("start", int64(f.Start))
		e.number("end", int64(f.End))
	})
}

func (e *encoder) conversation(c *engine.Conversation) {
	e.object(func() {
		e.text("id", c.ID)
		e.text("machine", c.Machine)
		e.text("lang", c.Lang)
		e.text("channel", c.Channel)
		e.text("control", string(c.Control))
		e.number("epoch", c.Epoch)
		e.number("seq", c.Seq)
		e.text("location", c.Location)
		e.texts("values", c.Values)
		e.number("attempts", int64(c.Attempts))
		e.texts("heard", c.Heard)
		if len(c.Offered) > 0 {
			e.name("offered")
			e.list(len(c.Offered), func(i int) { e.slot(&c.Offered[i]) })
		}
		e.texts("shown", c.Shown)
		if p := c.Pending; p != nil {
			e.name("pending")
			e.object(func() { e.text("kind", string(p.Kind)); e.text("field", p.Field); e.text("value", p.Value) })
		}
		e.flag("sent", c.Sent)
		e.texts("unread", c.Unread)
		e.texts("consents", c.Consents)
		e.texts("verified", c.Verified)
		e.text("notice_lang", c.NoticeLang)
		e.texts("notice_also", c.NoticeAlso)
		e.flag("flagged", c.Flagged)
		e.flag("gentle", c.Gentle)
		e.text("escalation", c.Escalation)
		e.text("tier", c.Tier)
		e.text("team", c.Team)
		e.text("reason", c.Reason)
		e.text("outcome", c.Outcome)
		e.time("started", c.Started)
		e.time("last_heard", c.LastHeard)
		e.time("deadline", c.Deadline)
	})
}

func (e *encoder) slot(s *engine.Slot) {
	b, _ := json.Marshal(s) // of texts and times it never fails
	e.b = append(e.b, b...)
}

func (e *encoder) entry(a *Entry) {
	e.object(func() {
		e.time("at", a.At)
		e.text("actor", a.Actor)
		e.text("action", a.Action)
		e.text("conversation", a.Conversation)
		e.number("version", a.Version)
		e.bytes("turn", a.Turn)
		if len(a.Detail) == 0 {
			return
		}
		e.name("detail")
		e.object(func() {
			for _, k := range slices.Sorted(maps.Keys(a.Detail)) {
				if e.b[len(e.b)-1] != '{' {
					e.b = append(e.b, ',')
				}
				e.quote(k)
				e.b = append(e.b, ':')
				e.quote(a.Detail[k])
			}
		})
	})
}
