package session

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"slices"

	"github.com/tacet-lang/tacet/runtime/engine"
)

// Status says where a conversation stands, as far as the patient may know.
type Status struct {
	Control engine.Control
	Lang    string
	Tier    string // of the escalation, "" before
	Outcome string // of the end, "" before
	Seq     int64  // of the last message
}

func status(c engine.Conversation) Status {
	return Status{Control: c.Control, Lang: c.Lang, Tier: c.Tier, Outcome: c.Outcome, Seq: c.Seq}
}

// Reply answers a request. Equal requests get equal replies, however often and whenever they are repeated; only Token
// differs, because it is not kept.
type Reply struct {
	ID       string
	Token    string // Start only
	Messages []Message
	Status   Status
}

const (
	// maxTries bounds the tries of a turn whose conversation moved on or whose machine had to be loaded
	maxTries   = 3
	tokenBytes = 32 // 256 bits
)

// Start begins a conversation and says what the assistant says first. Its token is given out here and never again; a
// repeated request gets a further one as long as the patient has not said anything. It returns ErrNotFound for an
// unknown flow, ErrNotice when Notice is not the hash of the current wording, ErrOption for a language the flow does not speak and
// ErrConflict for a client id used otherwise.
func (h *Host) Start(ctx context.Context, s Start) (Reply, error) {
	flow := h.current[s.Flow]
	if flow == nil {
		return Reply{}, ErrNotFound
	}
	if s.Lang == "" {
		s.Lang = flow.Machine.Flow.Languages[0]
	}
	if !slices.Contains(flow.Machine.Flow.Languages, s.Lang) {
		return Reply{}, ErrOption
	}
	if s.Notice != flow.notices[s.Lang].Hash {
		return Reply{}, ErrNotice
	}
	secret, err := randomBytes(h.random, tokenBytes)
	if err != nil {
		return Reply{}, fmt.Errorf("token: %w", err)
	}
	token := base64.RawURLEncoding.EncodeToString(secret)
	var reply Reply
	err = h.update(ctx, func(tx Tx) (t *turn, err error) {
		reply, t, err = h.start(tx, flow, s, token)
		return t, err
	})
	if err != nil {
		return Reply{}, err
	}
	reply.Token = token
	return reply, nil
}

func (h *Host) start(tx Tx, flow *served, s Start, token string) (Reply, *turn, error) {
	practice := flow.Machine.Practice.ID
	switch was, err := tx.Started(practice, s.ClientID); {
	case errors.Is(err, ErrNotFound):
	case err != nil:
		return Reply{}, nil, err
	default:
		reply, err := h.startedBefore(tx, was, s, token)
		return reply, nil, err
	}
	id := h.newID()
	before := Record{
		Conversation: flow.Program.New(id), Practice: practice, Flow: flow.Machine.Flow.ID,
		ClientID: s.ClientID, Request: s.digest(), Version: 1, Touched: h.clock.Now(),
	}
	if err := tx.Create(before); err != nil {
		return Reply{}, nil, fmt.Errorf("create: %w", err)
	}
	if err := tx.AddToken(id, TokenDigest(token), before.Touched); err != nil {
		return Reply{}, nil, fmt.Errorf("add token: %w", err)
	}
	t, err := h.turn(tx, before)
	if err != nil {
		return Reply{}, nil, err
	}
	t.audit("patient", "notice.acknowledged", map[string]string{"notice": s.Notice, "lang": s.Lang})
	t.audit("patient", "conversation.started", map[string]string{"flow": before.Flow, "machine": flow.hash})
	if err := t.step(engine.Event{Kind: engine.Start, Lang: s.Lang, Channel: channel(flow.Machine)}); err != nil {
		return Reply{}, nil, err
	}
	answer := Answer{
		Conversation: id, ClientID: s.ClientID, Request: before.Request, Last: t.rec.Seq, Status: status(t.rec.Conversation),
	}
	return Reply{ID: id, Messages: t.out.Messages, Status: answer.Status}, t, t.commit(before, &answer)
}

// startedBefore answers a repeated start. Once the patient has said something a further token would let whoever learned
// the client id read it, so then it is a clash.
func (h *Host) startedBefore(tx Tx, was Record, s Start, token string) (Reply, error) {
	answer, err := tx.Answered(was.ID, s.ClientID)
	if err != nil {
		return Reply{}, err
	}
	if was.Request != s.digest() || was.Seq > answer.Last {
		return Reply{}, ErrConflict
	}
	if err := tx.AddToken(was.ID, TokenDigest(token), h.clock.Now()); err != nil {
		return Reply{}, fmt.Errorf("add token: %w", err)
	}
	return replay(tx, answer)
}

// Post takes what a patient does. A message to people, or after the end, is received and gets no messages in return. It
// returns ErrNotFound, ErrConflict for a client id used for another request, ErrOption for what is not on offer (or no
// longer, by Post.Seen) and ErrUnserved when the conversation's machine is not loaded.
func (h *Host) Post(ctx context.Context, id string, p Post) (Reply, error) {
	var reply Reply
	err := h.update(ctx, func(tx Tx) (t *turn, err error) {
		answer, err := tx.Answered(id, p.ClientID)
		switch {
		case err == nil && answer.Request != p.digest():
			return nil, ErrConflict
		case err == nil:
			reply, err = replay(tx, answer)
			return nil, err
		case !errors.Is(err, ErrNotFound):
			return nil, err
		}
		before, err := tx.Conversation(id)
		if err != nil {
			return nil, err
		}
		if t, err = h.turn(tx, before); err != nil {
			return nil, err
		}
		reply, err = t.post(before, p)
		return t, err
	})
	if errors.Is(err, engine.ErrEvent) {
		err = ErrOption
	}
	if err != nil {
		return Reply{}, err
	}
	return reply, nil
}

func (t *turn) post(before Record, p Post) (Reply, error) {
	if p.Option != "" && p.Seen != 0 && p.Seen != before.Seq {
		return Reply{}, ErrOption
	}
	if err := t.step(p.event()); err != nil {
		return Reply{}, err
	}
	t.audit("patient", "turn", nil)
	answer := Answer{
		Conversation: before.ID, ClientID: p.ClientID, Request: p.digest(), After: before.Seq, Last: t.rec.Seq,
		Status: status(t.rec.Conversation),
	}
	return Reply{ID: before.ID, Messages: t.out.Messages, Status: answer.Status}, t.commit(before, &answer)
}

func replay(r Reader, a Answer) (Reply, error) {
	list, err := r.Messages(a.Conversation, a.After, int(a.Last-a.After))
	return Reply{ID: a.Conversation, Messages: list, Status: a.Status}, err
}

// update runs a turn in a transaction, again when its conversation moved on, and does what follows once it is durable.
func (h *Host) update(ctx context.Context, fn func(tx Tx) (*turn, error)) error {
	for try := 0; ; try++ {
		var done *turn
		err := h.store.Update(ctx, func(tx Tx) (err error) {
			done, err = fn(tx)
			return err
		})
		if err == nil {
			if done != nil {
				done.after(context.WithoutCancel(ctx))
			}
			return nil
		}
		if again, err := h.adopt(ctx, err); try >= maxTries || !again && !errors.Is(err, ErrStale) {
			return err
		}
	}
}
