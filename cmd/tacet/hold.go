package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/tacet-lang/tacet/runtime/retention"
	"github.com/tacet-lang/tacet/runtime/session"
)

type holdCmd struct {
	Add     holdAddCmd     `cmd:"" help:"Keep a conversation from being erased, by anybody."`
	Release holdReleaseCmd `cmd:"" help:"End a hold."`
	List    holdListCmd    `cmd:"" help:"List holds."`
}

type holdAddCmd struct {
	Conversation string `arg:"" help:"The conversation's id."`
	boxFlags
	Reason string `help:"Why it must be kept." required:""`
	By     string `help:"Who says so, for the audit trail." required:""`
}

// Help shows an example.
func (holdAddCmd) Help() string {
	return `Example:
  tacet hold add 06eauho0o2sd6204qglq6bj144 lakeside --reason "claim 2026-114" --by "Dana Ortiz"

Neither the term of its flow nor tacet erase ends a conversation that is held.`
}

// Run adds a hold.
func (cmd *holdAddCmd) Run(con *console) error {
	return cmd.with(con, func(ctx context.Context, store database, practice string) error {
		h, err := placeHold(ctx, store, retention.Hold{Practice: practice, Conversation: cmd.Conversation, Reason: cmd.Reason, By: cmd.By})
		if err != nil {
			return err
		}
		_, err = fmt.Fprintln(con.out, "held:", h.ID)
		return err
	})
}

// placeHold stores a hold under an id of its own.
func placeHold(ctx context.Context, store retention.Store, h retention.Hold) (retention.Hold, error) {
	h.ID, h.At = session.NewID()[:12], time.Now().UTC().Truncate(time.Microsecond)
	entry := session.Entry{
		At: h.At, Actor: h.By, Action: "hold.placed", Conversation: h.Conversation, Detail: map[string]string{"hold": h.ID, "reason": h.Reason},
	}
	err := store.Hold(ctx, h, entry)
	switch {
	case errors.Is(err, session.ErrNotFound):
		err = fmt.Errorf("there is no conversation %s", h.Conversation)
	case errors.Is(err, retention.ErrErased):
		err = fmt.Errorf("conversation %s is erased", h.Conversation)
	}
	return h, err
}

// holdReleased is the action of the entry about the end of a hold.
const holdReleased = "hold.released"

type holdReleaseCmd struct {
	ID string `arg:"" help:"The hold's id."`
	boxFlags
	Reason string `help:"Why it need not be kept any more." required:""`
	By     string `help:"Who says so, for the audit trail." required:""`
}

// Run ends a hold.
func (cmd *holdReleaseCmd) Run(con *console) error {
	return cmd.with(con, func(ctx context.Context, store database, practice string) error {
		h := retention.Hold{ID: cmd.ID, Practice: practice, Released: time.Now().UTC(), ReleasedBy: cmd.By, ReleasedReason: cmd.Reason}
		entry := session.Entry{
			At: h.Released, Actor: cmd.By, Action: holdReleased, Detail: map[string]string{"hold": h.ID, "reason": cmd.Reason},
		}
		err := store.Release(ctx, h, entry)
		if errors.Is(err, session.ErrNotFound) {
			return fmt.Errorf("there is no hold %s that still holds", cmd.ID)
		}
		if err != nil {
			return err
		}
		_, err = fmt.Fprintln(con.out, "released")
		return err
	})
}

type holdListCmd struct {
	boxFlags
	All bool `help:"Released holds too."`
}

// Run lists holds.
func (cmd *holdListCmd) Run(con *console) error {
	return cmd.with(con, func(ctx context.Context, store database, practice string) error {
		list, err := store.Holds(ctx, practice, cmd.All)
		if err != nil {
			return err
		}
		for i := range list {
			h := &list[i]
			line := fmt.Sprintf("%s  %s  %s  %s: %s", h.ID, stamp(h.At), h.Conversation, h.By, h.Reason)
			if !h.Released.IsZero() {
				line += fmt.Sprintf("  released %s, %s: %s", stamp(h.Released), h.ReleasedBy, h.ReleasedReason)
			}
			if _, err := fmt.Fprintln(con.out, line); err != nil {
				return err
			}
		}
		return nil
	})
}

type retentionCmd struct {
	boxFlags
	Within time.Duration `help:"Also what will be due so soon." default:"0s" placeholder:"720h"`
}

// Help shows an example.
func (retentionCmd) Help() string {
	return `Example:
  tacet retention --within 720h lakeside     what is due now and in the next 30 days

Nothing is erased by this: servers sweep by themselves, every ten minutes.`
}

// Run lists what is due.
func (cmd *retentionCmd) Run(con *console) error {
	return cmd.with(con, func(ctx context.Context, store database, practice string) error {
		s, err := retention.New(retention.Options{Practice: practice, Store: store, Vault: untouched{}})
		if err != nil {
			return err
		}
		return s.Due(ctx, time.Now().Add(cmd.Within), func(k retention.Kept, due time.Time) error {
			held := ""
			if k.Held {
				held = "  held"
			}
			_, err := fmt.Fprintf(con.out, "%s  %s%s\n", stamp(due), k.Conversation, held)
			return err
		})
	})
}

// untouched is a vault that destroys nothing.
type untouched struct{}

func (untouched) Destroy(context.Context, string, int64) error {
	return errors.New("nothing is erased here")
}
