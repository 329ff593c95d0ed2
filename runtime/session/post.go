package session

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/tacet-lang/tacet/lang/machine"
	"github.com/tacet-lang/tacet/runtime/engine"
)

// Status says where a conversation stands, as far as the patient may know.
type Status struct {
	Control engine.Control
	Lang    string
	Tier    string // of the escalation, "" before
	Team    string // of people, that has it or is awaited
	Outcome string // of the end, "" before
	Seq     int64  // of the last message
}

func status(c *engine.Conversation) Status {
	return Status{Control: c.Control, Lang: c.Lang, Tier: c.Tier, Team: c.Team, Outcome: c.Outcome, Seq: c.Seq}
}

// Reply answers a request. Equal requests get equal replies, however often and whenever they are repeated; only Token
// differs, because it is not kept.
type Reply struct {
	ID       string
	Token    string // Start only
	Messages []Message
	Status   Status
	At       time.Time         // of the turn, in the practice's zone
	Practice *machine.Practice // as the turn had its facts
}

const (
	// maxTries bounds how often a turn is computed: its conversation moved on in another process, its machine had to be
	// loaded, or the calendar changed.
	maxTries   = 8
	tokenBytes = 32 // 256 bits
	maxTokens  = 64 // of one conversation, the newest; more than a client needs that lost its replies
)

// Start begins a conversation and says what the assistant says first. Its token is given out here and never again; a
// repeated request gets a further one as long as the patient has not said anything. It returns ErrNotFound for an
// unknown flow, ErrNotice when Notice is not the hash of the current wording, ErrOption for a language the flow does not
// speak and ErrConflict for a client id used otherwise.
func (h *Host) Start(ctx context.Context, s Start) (Reply, error) {
	flow := h.offered(s.Flow)
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
	s.From = s.From.Clean()
	secret, err := randomBytes(h.random, tokenBytes)
	if err != nil {
		return Reply{}, fmt.Errorf("token: %w", err)
	}
	token := base64.RawURLEncoding.EncodeToString(secret)
	reply, err := h.start(ctx, flow, s, token)
	if errors.Is(err, ErrStale) {
		reply, err = h.startedBefore(ctx, s, token)
	}
	if err != nil {
		return Reply{}, err
	}
	reply.Token = token
	return reply, nil
}

// start stores a new conversation. ErrStale says that the request has started one already.
func (h *Host) start(ctx context.Context, flow *served, s Start, token string) (reply Reply, err error) {
	ctx, end := h.span(ctx, spanTurn)
	defer func() { end(err) }()
	now := h.clock.Now()
	id, err := conversationID(now, h.random)
	if err != nil {
		return Reply{}, fmt.Errorf("conversation id: %w", err)
	}
	key, err := h.vault.NewKey(ctx, h.practice)
	if err != nil {
		return Reply{}, fmt.Errorf("conversation key: %w", errors.Join(ErrUnavailable, err))
	}
	before := &Record{Conversation: flow.Program.New(id), Header: Header{
		Conversation: id, Practice: h.practice, Flow: flow.Machine.Flow.ID, Machine: flow.hash,
		Key: key, Client: KeyOf(s.ClientID),
	}}
	t, err := h.turn(ctx, before)
	if err != nil {
		return Reply{}, err
	}
	t.rec.Header.Started, t.rec.Tokens, t.from = t.now, []Digest{TokenDigest(token)}, s.From
	t.audit("patient", "notice.acknowledged", map[string]string{"notice": s.Notice, "lang": s.Lang})
	t.audit("patient", ActionStarted, map[string]string{"flow": before.Header.Flow, "machine": flow.hash})
	if err := t.step(engine.Event{Kind: engine.Start, Lang: s.Lang, Channel: channel(flow.Machine)}); err != nil {
		return Reply{}, err
	}
	r := request{client: before.Header.Client, digest: s.digest()}
	if err := t.commit(r); err != nil {
		return Reply{}, err
	}
	h.heads.Put(id, (&head{}).after(t.rec, r.client, h.clock.Now()))
	t.after()
	return t.reply(), nil
}

func (t *turn) reply() Reply {
	return Reply{ID: t.rec.ID, Messages: t.messages, Status: status(&t.rec.Conversation), At: t.now, Practice: &t.flow.Machine.Practice}
}

// startedBefore answers a repeated start. Once the patient has said something a further token would let whoever learned
// the client id read it, so then it is a clash.
func (h *Host) startedBefore(ctx context.Context, s Start, token string) (Reply, error) {
	var id string
	err := h.store.View(ctx, h.practice, func(r Reader) (err error) {
		id, err = r.Started(KeyOf(s.ClientID))
		return err
	})
	if err != nil {
		return Reply{}, err
	}
	var reply Reply
	err = h.decide(ctx, id, func(hd *head, _ int) (t *turn, r request, err error) {
		var asked Digest
		if reply, asked, err = h.replay(ctx, hd, 1); err != nil {
			return nil, r, err
		}
		said := hd.rec.Seq - reply.Status.Seq
		if hd.rec.Outcome == engine.TimedOut {
			said-- // which the clock did
		}
		if asked != s.digest() || said > 0 {
			return nil, r, ErrConflict
		}
		if t, err = h.turn(ctx, &hd.rec); err != nil {
			return nil, r, err
		}
		t.rec.Tokens = append(slices.Clone(hd.rec.Tokens[max(0, len(hd.rec.Tokens)-maxTokens+1):]), TokenDigest(token))
		t.audit("patient", "token.issued", nil)
		return t, r, nil
	})
	return reply, err
}

// Post takes what a patient does. A message to people, or after the end, is received and gets no messages in return. It
// returns ErrNotFound, ErrConflict for a client id used for another request, ErrOption for what is not on offer (or no
// longer, by Post.Seen) and ErrUnserved when the conversation's machine is not loaded.
func (h *Host) Post(ctx context.Context, id string, p Post) (Reply, error) {
	r := request{client: KeyOf(p.ClientID), digest: p.digest()}
	var reply Reply
	err := h.decide(ctx, id, func(hd *head, try int) (*turn, request, error) {
		version, err := h.answer(ctx, hd, r.client)
		if err != nil {
			return nil, r, err
		}
		if version > 0 {
			was, asked, err := h.replay(ctx, hd, version)
			if err == nil && asked != r.digest {
				err = ErrConflict
			}
			reply = was
			return nil, r, err
		}
		t, err := h.turn(ctx, &hd.rec)
		if err != nil {
			return nil, r, err
		}
		t.full = try > maxTries/2
		leaves := t.migrate()
		if err := t.post(p); err != nil {
			return nil, r, err
		}
		if leaves {
			if err := t.leave(); err != nil {
				return nil, r, err
			}
		}
		reply = t.reply()
		return t, r, nil
	})
	if errors.Is(err, engine.ErrEvent) {
		err = ErrOption
	}
	if err != nil {
		return Reply{}, err
	}
	return reply, nil
}

func (t *turn) post(p Post) error {
	if p.Option != "" && p.Seen != 0 && p.Seen != t.before.Seq {
		return ErrOption
	}
	t.audit("patient", "turn", nil)
	return t.step(p.event())
}

// replay is what a turn was answered with, and the digest of the request.
func (h *Host) replay(ctx context.Context, hd *head, version int64) (Reply, Digest, error) {
	var stored Turn
	err := h.store.View(ctx, h.practice, func(r Reader) (err error) {
		stored, err = r.Turn(hd.rec.ID, version)
		return err
	})
	if err != nil {
		return Reply{}, Digest{}, err
	}
	s, err := h.open(ctx, &hd.rec.Header, &stored)
	if err != nil {
		return Reply{}, Digest{}, err
	}
	flow, err := h.pinnedTo(ctx, s.State.Machine)
	if err != nil {
		return Reply{}, Digest{}, err
	}
	var asked Digest
	copy(asked[:], s.Request)
	return Reply{ID: hd.rec.ID, Messages: s.Messages, Status: status(&s.State), At: stored.At.In(flow.zone), Practice: &flow.Machine.Practice}, asked, nil
}

// decide computes a turn onto the head of a conversation and stores it, anew while somebody else was faster. fn is told
// how often it was called before; it returns no turn where there is nothing to store.
func (h *Host) decide(ctx context.Context, id string, fn func(hd *head, try int) (*turn, request, error)) error {
	done, err := h.turns.take(ctx, id)
	if err != nil {
		return err
	}
	defer done()
	for try := 0; ; try++ {
		err := h.decideOnce(ctx, id, try, fn)
		if err == nil {
			return nil
		}
		again, err := h.adopt(ctx, err)
		if try+1 >= maxTries || !again && !errors.Is(err, ErrStale) && !errors.Is(err, ErrTaken) {
			return err
		}
	}
}

func (h *Host) decideOnce(ctx context.Context, id string, try int, fn func(hd *head, try int) (*turn, request, error)) (err error) {
	ctx, end := h.span(ctx, spanTurn)
	defer func() { end(err) }()
	hd, err := h.cached(ctx, id)
	if err != nil {
		return err
	}
	t, r, err := fn(hd, try)
	if err != nil || t == nil {
		return err
	}
	t.ctx = ctx // so that its commit is part of this span
	if err := t.commit(r); err != nil {
		h.heads.Drop(id) // it may have been stored all the same
		return err
	}
	h.heads.Put(id, hd.after(t.rec, r.client, h.clock.Now()))
	t.after()
	return nil
}
