package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/tacet-lang/tacet/runtime/retention"
	"github.com/tacet-lang/tacet/runtime/session"
	"github.com/tacet-lang/tacet/runtime/store/sqlite"
)

// ends are what an exported trail says of conversations that were erased and of holds that were released.
type ends struct {
	erased   []session.Entry
	released map[string]session.Entry // by the hold's id
}

// readEnds reads them from a file.
func readEnds(name string) (since ends, err error) {
	f, err := os.Open(name)
	if err != nil {
		return since, err
	}
	defer func() { _ = f.Close() }() // it was only read
	since.released = map[string]session.Entry{}
	for d := json.NewDecoder(f); ; {
		var e session.Entry
		if err := d.Decode(&e); errors.Is(err, io.EOF) {
			return since, nil
		} else if err != nil || e.Action == "" {
			return since, errors.New("it is not what tacet audit export prints")
		}
		switch e.Action {
		case retention.Begun:
			since.erased = append(since.erased, e)
		case holdReleased:
			since.released[e.Detail["hold"]] = e
		}
	}
}

// destroyer destroys keys without opening any.
type destroyer struct{ *sqlite.Keys }

func (d destroyer) Destroy(ctx context.Context, practice string, key int64) error {
	return d.DestroyKey(ctx, practice, key)
}

// again destroys in what was restored the keys that had been destroyed since the copy. What a hold of the copy forbids comes last, with what
// to do about it.
func (since *ends) again(con *console, dir, data, practice string) (err error) {
	store, err := sqlite.Open(data, sqlite.Options{})
	if err != nil {
		return ioError(err)
	}
	defer func() { err = errors.Join(err, store.Close()) }()
	keys, err := sqlite.OpenKeys(data + ".keys")
	if err != nil {
		return ioError(err)
	}
	defer func() { err = errors.Join(err, keys.Close()) }()
	var n int64
	var held []string
	for _, e := range since.erased {
		err := since.erase(store, destroyer{keys}, practice, e)
		switch {
		case errors.Is(err, session.ErrNotFound), errors.Is(err, retention.ErrErased): // later than the copy, or erased in it
		case errors.Is(err, retention.ErrHeld):
			say, err := stillHeld(store, dir, data, practice, e.Conversation)
			if err != nil {
				return ioError(err)
			}
			held = append(held, say)
		case err != nil:
			return ioError(err)
		default:
			n++
		}
	}
	_, err = fmt.Fprintln(con.out, "erased again:", counted(n, "conversation", "conversations"))
	if len(held) > 0 {
		return errors.Join(fmt.Errorf("a legal hold of the copy, whose release the trail does not name, keeps what was erased since; put the master key back, and before anybody sees the data run, in this order: %s", strings.Join(held, ", ")), err)
	}
	return err
}

// erase erases a conversation as an entry says; holds of the copy that the trail says were released are released before.
func (since *ends) erase(store retention.Store, keys retention.Vault, practice string, e session.Entry) error {
	ctx := context.Background()
	erasure := retention.Erasure{
		Practice: practice, Conversation: e.Conversation, At: time.Now().UTC(), By: e.Actor, Why: "erased before the copy was restored",
	}
	err := retention.Erase(ctx, store, keys, erasure)
	if !errors.Is(err, retention.ErrHeld) {
		return err
	}
	holds, failed := holdsOn(store, practice, e.Conversation)
	if failed != nil {
		return failed
	}
	for _, h := range holds {
		r, ok := since.released[h.ID]
		if !ok {
			return err
		}
		h.Released, h.ReleasedBy, h.ReleasedReason = r.At.UTC(), r.Actor, r.Detail["reason"]
		entry := session.Entry{
			At: erasure.At, Actor: r.Actor, Action: holdReleased,
			Detail: map[string]string{"hold": h.ID, "reason": h.ReleasedReason, "why": "released before the copy was restored"},
		}
		if err := store.Release(ctx, h, entry); err != nil {
			return err
		}
	}
	return retention.Erase(ctx, store, keys, erasure)
}

// holdsOn lists the holds on a conversation that still hold.
func holdsOn(store retention.Store, practice, conversation string) (list []retention.Hold, err error) {
	all, err := store.Holds(context.Background(), practice, false)
	for i := range all {
		if all[i].Conversation == conversation {
			list = append(list, all[i])
		}
	}
	return list, err
}

// stillHeld says what to run, in which order.
func stillHeld(store retention.Store, dir, data, practice, conversation string) (string, error) {
	holds, err := holdsOn(store, practice, conversation)
	if err != nil {
		return "", err
	}
	say := ""
	for i := range holds {
		say += fmt.Sprintf("`tacet hold release %s %s --data %s --reason WHY --by NAME`, ", holds[i].ID, dir, data)
	}
	return say + fmt.Sprintf("`tacet erase %s %s --data %s --by NAME`", conversation, dir, data), nil
}
