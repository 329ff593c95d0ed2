package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/tacet-lang/tacet/runtime/retention"
	"github.com/tacet-lang/tacet/runtime/session"
)

type keysCmd struct {
	Rotate    keysRotateCmd    `cmd:"" help:"Give the practice a new key, and destroy the one before."`
	NewMaster keysNewMasterCmd `cmd:"" help:"Seal the practice's keys by another master key."`
	Verify    keysVerifyCmd    `cmd:"" help:"Say whether the key of every conversation that is not erased opens."`
}

// ownedFlags name a practice's data.
type ownedFlags struct {
	Dir string `arg:"" optional:"" help:"Folder of the practice; the current folder by default." default:"."`
	By  string `help:"Who does this, for the audit trail." required:""`
	dataFlags
}

// owned is a practice's data with who handles it.
type owned struct {
	*data
	practice, by string
}

// with opens the data.
func (f *ownedFlags) with(con *console, fn func(o *owned) error) error {
	if err := f.check(); err != nil {
		return err
	}
	c, err := mustCompile(con, compiling{}, f.Dir)
	if err != nil {
		return err
	}
	d, err := f.dataFlags.open(con, f.Dir)
	if err != nil {
		return err
	}
	err = fn(&owned{d, c.flows[0].Machine.Practice.ID, f.By})
	if err = errors.Join(err, d.close()); err != nil {
		return ioError(err)
	}
	return nil
}

// noted does something between two entries of the trail, so that there is one even where the second cannot be written.
func (o *owned) noted(action, conversation string, fn func(ctx context.Context) error) error {
	ctx := context.Background()
	note := func(action string) error {
		return o.store.Note(ctx, o.practice, session.Entry{At: time.Now(), Actor: o.by, Action: action, Conversation: conversation})
	}
	if err := note(action + "-begun"); err != nil {
		return err
	}
	if err := fn(ctx); err != nil {
		return err
	}
	return note(action)
}

type keysRotateCmd struct{ ownedFlags }

// Help shows an example.
func (keysRotateCmd) Help() string {
	return `Example:
  tacet keys rotate --by "Sam Lee" lakeside

Conversations stay as they are; the keys that seal them are sealed anew. Servers may go on meanwhile.`
}

// Run rotates.
func (cmd *keysRotateCmd) Run(con *console) error {
	err := cmd.with(con, func(o *owned) error {
		return o.noted("keys.rotated", "", func(ctx context.Context) error { return o.vault.Rotate(ctx, o.practice) })
	})
	if err != nil {
		return err
	}
	_, err = fmt.Fprintln(con.out, "the practice has a new key")
	return err
}

type keysNewMasterCmd struct {
	ownedFlags
	To string `help:"The new master key: file:NAME, env:VARIABLE or command:LINE." required:"" placeholder:"SOURCE"`
}

// Help shows an example.
func (keysNewMasterCmd) Help() string {
	return `Example:
  tacet keys new-master --by "Sam Lee" --to file:/run/new.key lakeside

Servers must be started anew with the new master key afterwards.`
}

// Run seals anew.
func (cmd *keysNewMasterCmd) Run(con *console) error {
	to, err := masterKey(con, "", cmd.To)
	if err != nil {
		return err
	}
	err = cmd.with(con, func(o *owned) error {
		return o.noted("keys.master-changed", "", func(ctx context.Context) error { return o.vault.ChangeMaster(ctx, o.practice, to) })
	})
	if err != nil {
		return err
	}
	_, err = fmt.Fprintln(con.out, "the practice's keys are sealed by the new master key; start servers with it from now on")
	return err
}

type eraseCmd struct {
	Conversation string `arg:"" help:"The conversation's id."`
	ownedFlags
}

// Help shows an example.
func (eraseCmd) Help() string {
	return `Example:
  tacet erase 06eauho0o2sd6204qglq6bj144 lakeside --by "Dana Ortiz"

The conversation's key is destroyed: nobody can read it any more, in the database, its log or any copy of them. That it took
place stays in the audit trail.`
}

// Run destroys the key.
func (cmd *eraseCmd) Run(con *console) error {
	err := cmd.with(con, func(o *owned) error {
		err := retention.Erase(context.Background(), o.store, o.vault, retention.Erasure{
			Practice: o.practice, Conversation: cmd.Conversation, At: time.Now().UTC(), By: o.by, Why: "request",
		})
		switch {
		case errors.Is(err, session.ErrNotFound):
			return fmt.Errorf("there is no conversation %s", cmd.Conversation)
		case errors.Is(err, retention.ErrErased):
			return fmt.Errorf("conversation %s is erased already", cmd.Conversation)
		case errors.Is(err, retention.ErrHeld):
			return fmt.Errorf("conversation %s is under a legal hold: see `tacet hold list`", cmd.Conversation)
		}
		return err
	})
	if err != nil {
		return err
	}
	_, err = fmt.Fprintln(con.out, "erased: its key is destroyed")
	return err
}
