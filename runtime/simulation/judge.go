package simulation

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/tacet-lang/tacet/lang/machine"
	"github.com/tacet-lang/tacet/runtime/engine"
	"github.com/tacet-lang/tacet/runtime/session"
)

// judge reads what is stored, through a new server, and holds it against the promises.
func (s *history) judge() error {
	if err := s.boot(0); err != nil {
		return err
	}
	for _, p := range s.patients {
		for _, r := range p.answered {
			if err := s.again(0, r); err != nil {
				return err
			}
		}
	}
	for _, id := range slices.Sorted(maps.Keys(s.talks())) {
		s.figures.Conversations++
		if err := s.judgeTalk(id); err != nil {
			return fmt.Errorf("conversation %s: %w", id, err)
		}
	}
	return s.judgeTrail()
}

// transcript reads a whole conversation.
func (s *history) transcript(id string) (list []session.Message, status session.Status, err error) {
	for {
		page, err := s.hosts[0].Read(context.Background(), id, int64(len(list)), 50)
		if err != nil || len(page.Messages) == 0 {
			return list, page.Status, err
		}
		list = append(list, page.Messages...)
	}
}

func (s *history) judgeTalk(id string) error {
	list, status, err := s.transcript(id)
	if err != nil {
		return err
	}
	acks := 0
	for i, m := range list {
		if m.Seq != int64(i+1) {
			return fmt.Errorf("message %d has number %d", i+1, m.Seq)
		}
		if m.Role == engine.RoleAck {
			acks++
		}
	}
	waits, err := s.judgeSilence(id)
	if err != nil {
		return err
	}
	if acks > waits {
		return fmt.Errorf("%d acknowledgements of %d handoffs", acks, waits)
	}
	if status.Control == engine.Waiting {
		s.figures.Escalations++
		if acks == 0 {
			return errors.New("handed over without an acknowledgement")
		}
		if err := s.judgeCalled(id); err != nil {
			return err
		}
	}
	if err := s.judgeSaid(id, list); err != nil {
		return err
	}
	if err := s.judgeAnswered(id); err != nil {
		return err
	}
	if err := s.judgeAnswers(id, list); err != nil {
		return err
	}
	return s.judgeParcels(id, status)
}

// judgeSilence goes through the turns: from the acknowledgement, or from when a person takes a conversation, the assistant says
// nothing until a person has given it back, which nobody does with an emergency. It counts how often a conversation began to wait.
func (s *history) judgeSilence(id string) (waits int, err error) {
	err = s.store.View(context.Background(), s.Flow.Machine.Practice.ID, func(r session.Reader) error {
		last, err := r.Last(id)
		if err != nil {
			return err
		}
		was := session.Turn{Control: engine.Assistant}
		for v := int64(1); v <= last.Version; v++ {
			t, err := r.Turn(id, v)
			if err != nil {
				return err
			}
			if t.Ack {
				waits++
			}
			if t.Released {
				s.figures.Releases++
			}
			switch {
			case was.Control != engine.Assistant && !t.Released && t.Authors&session.AssistantWrote != 0:
				return fmt.Errorf("the assistant speaks in turn %d, while the conversation is with %s", v, was.Control)
			case was.Control != engine.Assistant && !t.Released && t.Control == engine.Assistant:
				return fmt.Errorf("the assistant has the conversation in turn %d, and nobody gave it back", v)
			case t.Released && was.Tier == machine.Emergency:
				return fmt.Errorf("an emergency is given back in turn %d", v)
			}
			was = t
		}
		return nil
	})
	return waits, err
}

// judgeSaid checks that what a patient was answered for stands in the log once, in order, and what they were not at most
// once.
func (s *history) judgeSaid(id string, list []session.Message) error {
	for _, p := range s.patients {
		last := 0
		for _, r := range append(slices.Clone(p.answered), p.open) {
			if r == nil || r.talk != id || !strings.Contains(r.post.Text, mark(r.post.ClientID)) {
				continue
			}
			var at []int
			for i, m := range list {
				if m.Author == session.ByPatient && strings.Contains(m.Text, mark(r.post.ClientID)) {
					at = append(at, i+1)
				}
			}
			answered := r.reply.ID != ""
			if len(at) > 1 || answered && len(at) == 0 && len(r.reply.Messages) > 0 && r.reply.Messages[0].Author == session.ByPatient {
				return fmt.Errorf("%s stands in the log %d times", describe(r), len(at))
			}
			if len(at) == 1 {
				if at[0] < last {
					return fmt.Errorf("%s stands before what was said earlier", describe(r))
				}
				last = at[0]
			}
		}
	}
	return nil
}

// judgeAnswered checks that what a patient was answered for has its turn, and nothing has two.
func (s *history) judgeAnswered(id string) error {
	turns := map[session.ClientKey]int{}
	err := s.store.View(context.Background(), s.Flow.Machine.Practice.ID, func(r session.Reader) error {
		answers, err := r.Answers(id, 1<<20)
		for _, a := range answers {
			turns[a.Client]++
		}
		return err
	})
	if err != nil {
		return err
	}
	for client, n := range turns {
		if n > 1 {
			return fmt.Errorf("request %x has %d turns", client, n)
		}
	}
	for _, p := range s.patients {
		for _, r := range p.answered {
			if r.talk == id && len(r.reply.Messages) > 0 && turns[session.KeyOf(r.post.ClientID)] == 0 {
				return fmt.Errorf("%s was answered, and has no turn", describe(r))
			}
		}
	}
	return nil
}

// judgeTrail checks that every turn has its entry and that the chain holds.
func (s *history) judgeTrail() error {
	practice := s.Flow.Machine.Practice.ID
	return s.store.View(context.Background(), practice, func(r session.Reader) error {
		entries, err := r.Audit(0, 1<<20)
		if err != nil {
			return err
		}
		type turn struct {
			id      string
			version int64
		}
		noted := map[turn][]byte{}
		for i, e := range entries {
			if e.Number != int64(i+1) {
				return fmt.Errorf("entry %d of the trail has number %d", i+1, e.Number)
			}
			if e.Version > 0 && e.Turn != nil {
				noted[turn{e.Conversation, e.Version}] = e.Turn
			}
		}
		for id := range s.talks() {
			last, err := r.Last(id)
			if err != nil {
				return err
			}
			for v := int64(1); v <= last.Version; v++ {
				t, err := r.Turn(id, v)
				if err != nil {
					return err
				}
				if sum := t.Digest(); string(noted[turn{id, v}]) != string(sum[:]) {
					return fmt.Errorf("turn %d of %s is not what the trail says", v, id)
				}
			}
		}
		return nil
	})
}

func (s *history) talks() map[string]bool {
	out := map[string]bool{}
	for _, p := range s.patients {
		for _, r := range p.answered {
			out[r.reply.ID] = true
		}
	}
	return out
}
