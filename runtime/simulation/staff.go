package simulation

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/tacet-lang/tacet/runtime/session"
)

// people work at the practice.
var people = []string{"dana", "rosa"}

// reply is what a person writes to a patient.
type reply struct {
	talk, person string
	what         session.Answering
	answered     bool
}

// staff lets a person do something to a conversation.
func (s *history) staff(host int) error {
	talk := s.patients[s.rand.IntN(len(s.patients))].talk
	if talk == "" {
		return nil
	}
	s.figures.Acts++
	person := people[s.rand.IntN(len(people))]
	return s.within(host, func(h *session.Host) error {
		ctx := context.Background()
		var err error
		switch n := s.rand.IntN(10); {
		case n < 4:
			err = h.Claim(ctx, talk, person)
		case n < 7:
			return s.answer(h, s.reply(talk, person))
		case n < 9:
			err = h.Release(ctx, talk, person, "the assistant can go on", "")
		default:
			err = h.Close(ctx, talk, person, "helped")
		}
		return refused(err)
	})
}

// refused is nil for what a person is told when they may not, or not now.
func refused(err error) error {
	for _, known := range []error{session.ErrUnavailable, session.ErrHeld, session.ErrOver, session.ErrEmergency} {
		if errors.Is(err, known) {
			return nil
		}
	}
	return err
}

// reply is what a person writes next: something new, or something once more.
func (s *history) reply(talk, person string) *reply {
	if len(s.said) > 0 && s.rand.IntN(3) == 0 {
		return s.said[s.rand.IntN(len(s.said))]
	}
	id := fmt.Sprintf("reply-%d", len(s.said))
	r := &reply{talk: talk, person: person, what: session.Answering{ClientID: id, Text: "We are here. " + mark(id)}}
	s.said = append(s.said, r)
	return r
}

func (s *history) answer(h *session.Host, r *reply) error {
	_, err := h.Answer(context.Background(), r.talk, r.person, r.what)
	r.answered = r.answered || err == nil
	return refused(err)
}

// judgeAnswers checks that what a person was told is sent stands in the log once, and what they were not at most once.
func (s *history) judgeAnswers(id string, list []session.Message) error {
	for _, r := range s.said {
		if r.talk != id {
			continue
		}
		n := 0
		for _, m := range list {
			if m.Author == session.ByStaff && strings.Contains(m.Text, mark(r.what.ClientID)) {
				n++
			}
		}
		if n > 1 || r.answered && n == 0 {
			return fmt.Errorf("%s of %s stands in the log %d times", r.what.ClientID, r.person, n)
		}
	}
	return nil
}
