package server

import (
	"regexp"
	"strings"
	"time"

	"github.com/tacet-lang/tacet/lang/machine"
	"github.com/tacet-lang/tacet/runtime/session"
)

// veil hides what somebody does not see of a transcript:
//
//   - who does not see contact data gets no words at all, since whatever is said can hold some;
//   - a patient's message is hidden that stands where a field of a class was asked for that they do not see;
//   - in any other, what was recognised as data of such a class is hidden, and for who does not see health whatever the flow
//     may not hold;
//   - what the assistant says is hidden in flows that repeat such a field to the patient.
//
// It takes the messages in order.
type veil struct {
	sees    func(class string) bool
	classes map[string]string // by field
	repeats bool              // the assistant repeats a field that they do not see
	asked   string            // the field that is being asked for
}

// veilBack is how many messages before the first one shown are looked at, to know what was being asked.
const veilBack = 40

var interpolation = regexp.MustCompile(`\{([a-z][a-z0-9_-]*)\}`)

// repeated lists the fields that a machine's messages repeat.
func (s *Server) repeated(m *machine.Machine) map[string]bool {
	if known, ok := s.repeats.Load(m); ok {
		return known.(map[string]bool)
	}
	names := map[string]bool{}
	if canonical, err := m.Canonical(); err == nil {
		for _, match := range interpolation.FindAllSubmatch(canonical, -1) {
			names[string(match[1])] = true
		}
	} else {
		for i := range m.Fields {
			names[m.Fields[i].Name] = true
		}
	}
	s.repeats.Store(m, names)
	return names
}

func (s *Server) veil(m *machine.Machine, sees func(string) bool) *veil {
	v := &veil{sees: sees, classes: map[string]string{}}
	repeated := s.repeated(m)
	for i := range m.Fields {
		f := &m.Fields[i]
		v.classes[f.Name] = f.Class
		v.repeats = v.repeats || repeated[f.Name] && !sees(f.Class)
	}
	return v
}

func (v *veil) message(m *session.Message) staffMessage {
	out := staffMessage{
		Seq: m.Seq, At: m.At.UTC().Format(time.RFC3339), Author: m.Author, Actor: m.Actor, Role: m.Role, Lang: m.Lang, Text: m.Text,
	}
	for _, found := range m.Found {
		out.Found = append(out.Found, found.Type)
	}
	asked := v.asked
	if m.Author == session.ByAssistant {
		v.asked = m.Input.Field
	}
	class, known := v.classes[asked]
	switch {
	case !v.sees("contact"),
		m.Author == session.ByPatient && known && !v.sees(class),
		m.Author == session.ByAssistant && v.repeats:
		out.Text, out.Masked = "", true
	case m.Author == session.ByPatient:
		out.Text = v.hide(m)
		out.Masked = out.Text != m.Text
	}
	return out
}

// hide masks what was recognised in a message.
func (v *veil) hide(m *session.Message) string {
	strict := m.Masked != "" && !v.sees(health)
	b, at := strings.Builder{}, 0
	for _, f := range m.Found {
		if !strict && v.sees(f.Class) || f.Start < at || f.End > len(m.Text) || f.End < f.Start {
			continue
		}
		b.WriteString(m.Text[at:f.Start])
		b.WriteString("[" + f.Type + "]")
		at = f.End
	}
	b.WriteString(m.Text[at:])
	if strict && at == 0 {
		return m.Masked
	}
	return b.String()
}
