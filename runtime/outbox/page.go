package outbox

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/tacet-lang/tacet/runtime/calendar"
	"github.com/tacet-lang/tacet/runtime/connect"
	"github.com/tacet-lang/tacet/runtime/engine"
	"github.com/tacet-lang/tacet/runtime/session"
)

const (
	callAgain = 30 * time.Second // after nobody could be reached
	callTries = 3                // at one rung, before the next is called
)

// page calls people to a conversation that waits, one rung of the ladder after the other, and the whole ladder again and again,
// until somebody has taken it.
func (w *Worker) page(ctx context.Context, r Row) error {
	st, err := w.standing(ctx, r.Conversation)
	if err != nil {
		return err
	}
	if st.Control != engine.Waiting || st.Epoch != r.Epoch {
		r.State, r.Why = Delivered, ""
		return w.finish(ctx, r, "page.answered", nil)
	}
	facts := w.facts()
	if facts == nil { // nothing is in service any more, and somebody waits all the same
		m, err := w.machine(ctx, r.Conversation)
		if err != nil {
			return err
		}
		facts = &m.Practice
	}
	team, c := w.rung(calendar.Ladder(facts, st.Team), r.Rung)
	detail := map[string]string{"delivery": r.ID, "team": team, "tier": st.Tier}
	if !c.reachable() {
		return w.parked(ctx, r, "nothing says how people are reached", detail)
	}
	if err := w.call(ctx, &r, c, TypeWaiting, toldWaiting{w.told(&r), team, st.Tier}, w.waiting(st.Tier)); err != nil {
		r.Tries++
		r.Why = "nobody could be reached"
		r.Due = w.clock.Now().UTC().Add(callAgain)
		if r.Tries >= callTries {
			r.Rung, r.Tries = r.Rung+1, 0
		}
		return w.finish(ctx, r, "page.failed", detail)
	}
	r.Rung, r.Tries, r.Why, r.Tier = r.Rung+1, 0, "", st.Tier
	r.Due = w.climbs(facts, team, st.Tier, w.clock.Now())
	return w.finish(ctx, r, "page.sent", detail)
}

func (w *Worker) standing(ctx context.Context, conversation string) (st session.Standing, err error) {
	err = w.store.View(ctx, w.practice, func(r session.Reader) (err error) {
		st, err = r.Standing(conversation)
		return err
	})
	return st, err
}

// compliance stands on the last rung of each ladder.
const compliance = "compliance"

// rung is who is called for the nth time: of the ladder's teams those that can be reached, and at the end the compliance owner.
func (w *Worker) rung(teams []string, n int) (string, Contact) {
	names := slices.DeleteFunc(slices.Clone(teams), func(t string) bool { c := w.ways.Load().Teams[t]; return !c.reachable() })
	if w.ways.Load().Compliance.reachable() {
		names = append(names, compliance)
	}
	if len(names) == 0 {
		return "", Contact{}
	}
	name := names[n%len(names)]
	if c, ok := w.ways.Load().Teams[name]; ok {
		return name, c
	}
	return name, w.ways.Load().Compliance
}

// notice is an e-mail; it never says anything of a patient.
type notice struct{ subject, text string }

func (w *Worker) waiting(tier string) notice {
	return notice{
		"Somebody is waiting (" + tier + ")",
		fmt.Sprintf("A conversation waits for a person of your team; it is %s.\n\nOpen %s%s and sign in.\n", tier, w.ways.Load().Origin, StaffPath),
	}
}

// call tells people by every way there is, and succeeds when one did.
func (w *Worker) call(ctx context.Context, r *Row, c Contact, kind string, data any, n notice) error {
	var errs []error
	reached := false
	note := func(err error) {
		reached = reached || err == nil
		errs = append(errs, err)
	}
	if c.Hook != nil {
		b, err := body(kind, r.At, data)
		if err != nil {
			return err
		}
		// each call is a message of its own: the one before was received, and nobody came
		id := fmt.Sprintf("%s-%d", r.ID, r.Rung)
		result, err := connect.Post(ctx, w.ways.Load().client, *c.Hook, connect.Message{ID: id, Body: b}, w.clock.Now())
		if err == nil && result.Verdict != connect.Delivered {
			err = errors.New(result.Why)
		}
		note(err)
	}
	for _, to := range c.Email {
		if w.ways.Load().mail == nil {
			note(errors.New("nothing says how e-mail is sent"))
			continue
		}
		note(w.ways.Load().mail.Send(ctx, to, n.subject, n.text))
	}
	if reached {
		return nil
	}
	err := errors.Join(errs...)
	w.log.ErrorContext(ctx, "nobody could be reached", "delivery", r.ID, "error", err)
	return err
}

// urgent is the action of an emergency that is heard while a person has the conversation.
const urgent = "conversation.urgent"

// alerting lists what the compliance owner is told at once, and in which words.
var alerting = map[string]string{
	"glass.broken":         "Somebody has opened a conversation in an emergency that their role does not show them.",
	"egress.parked":        "Something that patients have sent may not leave, and is parked.",
	"egress.given-up":      "Something that patients have sent could not be delivered for days, and is given up.",
	"page.parked":          "A patient waits, and nothing says how people are reached.",
	"page.given-up":        "A patient waits, and people could not be called for days, by a fault of this program.",
	"alert.given-up":       "An alert could not be delivered for days.",
	urgent:                 "A patient who is talking to a person has written something that sounds like an emergency.",
	"breach.opened":        "An incident was opened. Its clocks are running.",
	"people.own-roles":     "Somebody who manages people has given a role to themselves.",
	"people.reinvited":     "Somebody's password and second factor are being replaced. Make sure that they asked for it: whoever has the link is them.",
	"people.session-moved": "Somebody's session was used from another browser than they signed in with, and has been ended.",
	"retention.failed":     "A conversation could not be erased when it was due.",
	agreementEnds:          "The agreement with a vendor ends soon, or has ended: then nothing is sent to it any more.",
}

const (
	followBlocks = 256
	followPages  = 16             // of blocks at a tick
	stale        = 24 * time.Hour // older entries alert nobody
)

// daily lists alerts that say the same again: where nothing is set up every parcel is parked, and a practice hears of that once a day.
var daily = map[string]bool{"egress.parked": true}

// follow makes alerts of the entries of the trail that nobody has looked at yet: one for each kind of action at a time, so that a
// thousand parked parcels are one alert.
func (w *Worker) follow(ctx context.Context) error {
	for range followPages {
		was, err := w.store.Followed(ctx, w.practice)
		if err != nil {
			return err
		}
		var blocks []session.Block
		err = w.store.View(ctx, w.practice, func(r session.Reader) (err error) {
			blocks, err = r.Blocks(was, followBlocks)
			return err
		})
		if err != nil || len(blocks) == 0 {
			return err
		}
		last := blocks[len(blocks)-1]
		if err := w.store.Follow(ctx, w.practice, was, last.First+last.Count-1, w.alerts(blocks, was)); err != nil || len(blocks) < followBlocks {
			return err
		}
	}
	return nil // the rest with the next tick: what is due must not wait for it
}

func (w *Worker) alerts(blocks []session.Block, after int64) (list []Row) {
	now := w.clock.Now().UTC()
	told := map[string]bool{}
	for i := range blocks {
		if !mentions(blocks[i].Entries) {
			continue
		}
		entries, err := blocks[i].Open(w.practice)
		if err != nil {
			w.log.Error("the audit trail is not whole", "error", err) // audit verify says where; what follows must still be told
			continue
		}
		for _, e := range entries {
			about := e.Action
			if e.Action == urgent { // each of them is somebody
				about += " " + e.Conversation
			}
			if e.Number <= after || alerting[e.Action] == "" || told[about] || now.Sub(e.At) > stale {
				continue
			}
			told[about] = true
			id := AlertID(e.Number)
			if daily[e.Action] { // a store keeps the first of a name
				id = "alert-" + e.Action + "-" + day(now, w.zone)
			}
			list = append(list, Row{
				ID: id, Practice: w.practice, Kind: Alert, Conversation: e.Conversation, To: e.Action, At: e.At, Due: now,
				State: Queued,
			})
		}
	}
	return list
}

// mentions looks for an action without reading the entries: nearly all of them are turns.
func mentions(entries []byte) bool {
	for action := range alerting {
		if bytes.Contains(entries, []byte(`"action":"`+action+`"`)) {
			return true
		}
	}
	return false
}

// alert tells the compliance owner, or of an emergency the team that has the conversation.
func (w *Worker) alert(ctx context.Context, r Row) error {
	c := w.ways.Load().Compliance
	if r.To == urgent {
		st, err := w.standing(ctx, r.Conversation)
		if err != nil {
			return err
		}
		if team := w.ways.Load().Teams[st.Team]; team.reachable() {
			c = team
		}
	}
	if !c.reachable() {
		r.State, r.Why = Parked, "nothing says how the compliance owner is reached"
		w.log.WarnContext(ctx, "an alert waits, because "+r.Why+": give serve a file of connections with, say, `compliance: {email: [dana@example.com]}`, and `mail:`",
			"about", r.To, "delivery", r.ID)
		return w.finish(ctx, r, "alert.parked", nil)
	}
	n := notice{"Please look: " + r.To, fmt.Sprintf("%s\n\nThe audit trail says more: %s%s\n", alerting[r.To], w.ways.Load().Origin, StaffPath)}
	if r.To == reviewDue {
		text, err := w.remind(ctx, &r)
		if err != nil {
			return err
		}
		if text == "" {
			r.State, r.Why = Delivered, ""
			return w.finish(ctx, r, "alert.needless", nil)
		}
		n = notice{"Reviews are due", fmt.Sprintf("%s\nThe evidence page takes the signature: %s%s\n", text, w.ways.Load().Origin, EvidencePath)}
	}
	if err := w.call(ctx, &r, c, TypeAlert, toldAlert{w.told(&r), r.To}, n); err != nil {
		return w.failed(ctx, r, connect.Result{Why: "nobody could be reached"}, nil)
	}
	r.State, r.Why = Delivered, ""
	return w.finish(ctx, r, "alert.sent", nil)
}
