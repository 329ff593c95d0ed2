package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/tacet-lang/tacet/runtime/retention"
	"github.com/tacet-lang/tacet/runtime/vault"
)

type keysVerifyCmd struct{ ownedFlags }

// Help shows an example.
func (keysVerifyCmd) Help() string {
	return `Example:
  tacet keys verify --by "Sam Lee" lakeside

The key of every conversation that is not erased is opened. Exit code 1 means that one is missing or does not open: the message names the
conversations, which nobody can read until the database of the keys is restored from a copy.`
}

// Run opens every key.
func (cmd *keysVerifyCmd) Run(con *console) error {
	var n int64
	var bad []string
	err := cmd.with(con, func(o *owned) error {
		return o.noted("keys.verified", "", func(ctx context.Context) (err error) {
			n, bad, err = o.verifyKeys(ctx)
			return err
		})
	})
	if err != nil {
		return err
	}
	for _, line := range bad {
		fmt.Fprintln(con.out, line)
	}
	if len(bad) > 0 {
		fmt.Fprintf(con.out, "%s of %d cannot be read: restore the database of the keys from a copy\n", counted(int64(len(bad)), "conversation", "conversations"), n)
		return errViolations
	}
	_, err = fmt.Fprintln(con.out, "every key opens:", counted(n, "conversation", "conversations"))
	return err
}

// verifyKeys counts the conversations that are not erased and says what is wrong with the keys of some.
func (o *owned) verifyKeys(ctx context.Context) (n int64, bad []string, err error) {
	if err := o.vault.Prepare(ctx, o.practice); err != nil {
		return 0, nil, err
	}
	machines, err := o.store.Machines(ctx, o.practice)
	if err != nil {
		return 0, nil, err
	}
	for _, machine := range machines {
		which := retention.Which{Machine: machine, Began: time.Now().Add(24 * time.Hour), Limit: 500}
		for {
			list, err := o.store.Kept(ctx, o.practice, which)
			if err != nil {
				return 0, nil, err
			}
			for _, k := range list {
				what, err := o.verifyKey(ctx, which, k)
				if err != nil {
					return 0, nil, err
				}
				if n++; what != "" {
					bad = append(bad, fmt.Sprintf("conversation %s: %s", k.Conversation, what))
				}
				which.After = k.Conversation
			}
			if len(list) < which.Limit {
				break
			}
		}
	}
	return n, bad, nil
}

// verifyKey says what is wrong with the key of the conversation that is listed first.
func (o *owned) verifyKey(ctx context.Context, which retention.Which, k retention.Kept) (what string, err error) {
	err = o.vault.Verify(ctx, o.practice, k.Key)
	switch {
	case errors.Is(err, vault.ErrLost):
		return "its key is missing, and it was not erased", nil
	case errors.Is(err, vault.ErrSealed):
		return "its key does not open", nil
	case !errors.Is(err, vault.ErrDestroyed):
		return "", err
	}
	which.Limit = 1
	switch again, err := o.store.Kept(ctx, o.practice, which); {
	case err != nil:
		return "", err
	case len(again) == 0 || again[0].Conversation != k.Conversation: // erased since it was listed
		return "", nil
	}
	return "its key was destroyed, but no erasure stands beside it, as in a copy from before; `tacet erase` writes it down", nil
}

// tellDamage logs each key that is lost or does not open, once.
func (d *data) tellDamage(log *slog.Logger) {
	d.vault.OnDamage(func(practice string, number int64, err error) {
		log.Error("a key is damaged, and what it sealed cannot be read; see `tacet keys verify`", "practice", practice, "key", number, "error", err)
	})
}
