package postgres

import (
	"context"
	"errors"
	"strings"

	"github.com/jackc/pgx/v5"

	"github.com/tacet-lang/tacet/runtime/presence"
)

var _ presence.Relay = (*Store)(nil)

// signs is the channel that signs of presence go through. Everybody who can connect to the database can listen to it, which
// is why they hold ids only.
const signs = "tacet_signs"

// Tell implements presence.Relay with NOTIFY. Nothing is written.
func (s *Store) Tell(ctx context.Context, practice, sign string) error {
	select {
	case <-s.stop:
		return errStopped
	default:
	}
	_, err := s.pool.Exec(ctx, `SELECT pg_notify($1, $2)`, signs, practice+" "+sign)
	return translate(err)
}

// Hear implements presence.Relay with LISTEN, on a connection of its own: one of the pool would be taken from the turns for ever. A
// proxy that gives a connection to several clients in turn does not carry it.
func (s *Store) Hear(ctx context.Context, practice string, heard func(sign string)) (err error) {
	conn, err := pgx.ConnectConfig(ctx, s.pool.Config().ConnConfig.Copy())
	if err != nil {
		return translate(err)
	}
	defer func() { err = errors.Join(err, conn.Close(context.WithoutCancel(ctx))) }()
	if _, err := conn.Exec(ctx, "LISTEN "+signs); err != nil {
		return translate(err)
	}
	for {
		n, err := conn.WaitForNotification(ctx)
		if err != nil {
			return translate(err)
		}
		if sign, ours := strings.CutPrefix(n.Payload, practice+" "); ours {
			heard(sign)
		}
	}
}
