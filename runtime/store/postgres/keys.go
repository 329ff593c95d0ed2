package postgres

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/tacet-lang/tacet/runtime/vault"
)

var _ vault.Keys = (*Keys)(nil)

// Keys is a vault.Keys in a database of its own, apart from the conversations' and from their backups. PostgreSQL leaves a
// deleted row in the table's file until Vacuum and in its log until that is recycled, so this database is to be run without
// log archiving and without standing backups of its files. What stands there is wrapped by the practice's key at the time,
// which Rotate destroys.
type Keys struct{ pool *pgxpool.Pool }

// OpenKeys connects to the database of keys at url, whose schema it brings up to date.
func OpenKeys(ctx context.Context, url string) (*Keys, error) {
	pool, err := connect(ctx, url, "keys")
	if err != nil {
		return nil, err
	}
	return &Keys{pool}, nil
}

// Close closes the connections.
func (k *Keys) Close() error {
	k.pool.Close()
	return nil
}

// PracticeKeys implements vault.Keys.
func (k *Keys) PracticeKeys(ctx context.Context, practice string) ([]vault.PracticeKey, error) {
	rows, err := k.pool.Query(ctx, `SELECT generation, wrapped FROM practice_keys WHERE practice = $1 ORDER BY generation`, practice)
	if err != nil {
		return nil, translate(err)
	}
	return collect(rows, pgx.RowToStructByPos[vault.PracticeKey])
}

// PutPracticeKey implements vault.Keys.
func (k *Keys) PutPracticeKey(ctx context.Context, practice string, key vault.PracticeKey, was []byte) (bool, error) {
	sql := `UPDATE practice_keys SET wrapped = $3 WHERE practice = $1 AND generation = $2 AND wrapped = $4`
	args := []any{practice, key.Generation, key.Wrapped, was}
	if was == nil {
		sql, args = `INSERT INTO practice_keys (practice, generation, wrapped) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING`, args[:3]
	}
	tag, err := k.pool.Exec(ctx, sql, args...)
	return tag.RowsAffected() == 1, translate(err)
}

// DropPracticeKeys implements vault.Keys.
func (k *Keys) DropPracticeKeys(ctx context.Context, practice string, before int64) error {
	return translate(pgx.BeginFunc(ctx, k.pool, func(tx pgx.Tx) error {
		// whoever adds a conversation key holds the row of its practice key until that is stored; so look after them
		if _, err := tx.Exec(ctx, `SELECT 1 FROM practice_keys WHERE practice = $1 AND generation < $2 FOR UPDATE`, practice, before); err != nil {
			return err
		}
		var needed bool
		err := tx.QueryRow(ctx, `SELECT EXISTS (SELECT 1 FROM conversation_keys WHERE practice = $1 AND generation < $2)`,
			practice, before).Scan(&needed)
		if err != nil {
			return err
		}
		if needed {
			return fmt.Errorf("%w: a conversation key needs it", vault.ErrSealed)
		}
		_, err = tx.Exec(ctx, `DELETE FROM practice_keys WHERE practice = $1 AND generation < $2`, practice, before)
		return err
	}))
}

// AddKeys implements vault.Keys.
func (k *Keys) AddKeys(ctx context.Context, practice string, n int, wrap func(int64) (vault.ConversationKey, error)) (first int64, err error) {
	var failed error // wrap's own, as it is
	err = pgx.BeginFunc(ctx, k.pool, func(tx pgx.Tx) error {
		var last int64
		if err := tx.QueryRow(ctx, `UPDATE key_numbers SET last = last + $1 RETURNING last`, n).Scan(&last); err != nil {
			return err
		}
		first = last - int64(n) + 1
		for number := first; number <= last; number++ {
			var key vault.ConversationKey
			if key, failed = wrap(number); failed != nil {
				return failed
			}
			// the row of the practice key stays locked, so that nobody drops the key meanwhile
			tag, err := tx.Exec(ctx, `INSERT INTO conversation_keys (number, practice, generation, wrapped)
				SELECT $1, practice, generation, $4 FROM practice_keys WHERE practice = $2 AND generation = $3 FOR SHARE`,
				key.Number, practice, key.Generation, key.Wrapped)
			if err != nil {
				return err
			}
			if tag.RowsAffected() == 0 {
				failed = vault.ErrDestroyed
				return failed
			}
		}
		return nil
	})
	if failed != nil {
		return 0, failed
	}
	return first, translate(err)
}

// Key implements vault.Keys.
func (k *Keys) Key(ctx context.Context, practice string, number int64) (vault.ConversationKey, error) {
	key := vault.ConversationKey{Number: number}
	err := k.pool.QueryRow(ctx, `SELECT generation, wrapped FROM conversation_keys WHERE number = $1 AND practice = $2`, number, practice).
		Scan(&key.Generation, &key.Wrapped)
	if errors.Is(err, pgx.ErrNoRows) {
		return key, k.destroyed(ctx, practice, number)
	}
	return key, translate(err)
}

// destroyed tells a key that was destroyed from one that is lost.
func (k *Keys) destroyed(ctx context.Context, practice string, number int64) error {
	var gone bool
	err := k.pool.QueryRow(ctx, `SELECT EXISTS (SELECT 1 FROM destroyed_keys WHERE number = $1 AND practice IN ($2, ''))`, number, practice).Scan(&gone)
	switch {
	case err != nil:
		return translate(err)
	case gone:
		return vault.ErrDestroyed
	}
	return vault.ErrLost
}

// KeysBefore implements vault.Keys.
func (k *Keys) KeysBefore(ctx context.Context, practice string, generation int64, limit int) ([]vault.ConversationKey, error) {
	rows, err := k.pool.Query(ctx, `SELECT number, generation, wrapped FROM conversation_keys WHERE practice = $1 AND generation < $2
		ORDER BY generation, number LIMIT $3`, practice, generation, limit)
	if err != nil {
		return nil, translate(err)
	}
	return collect(rows, pgx.RowToStructByPos[vault.ConversationKey])
}

// ReplaceKeys implements vault.Keys.
func (k *Keys) ReplaceKeys(ctx context.Context, practice string, keys []vault.ConversationKey) error {
	return translate(pgx.BeginFunc(ctx, k.pool, func(tx pgx.Tx) error {
		b := &pgx.Batch{}
		for _, key := range keys {
			b.Queue(`UPDATE conversation_keys SET generation = $1, wrapped = $2 WHERE number = $3 AND practice = $4`,
				key.Generation, key.Wrapped, key.Number, practice)
		}
		return tx.SendBatch(ctx, b).Close()
	}))
}

// DestroyKey implements vault.Keys.
func (k *Keys) DestroyKey(ctx context.Context, practice string, number int64) error {
	_, err := k.pool.Exec(ctx, `WITH gone AS (DELETE FROM conversation_keys WHERE number = $1 AND practice = $2)
		INSERT INTO destroyed_keys (number, practice) VALUES ($1, $2) ON CONFLICT DO NOTHING`, number, practice)
	return translate(err)
}

// Vacuum removes destroyed keys from the table's file, where PostgreSQL keeps deleted rows until then.
func (k *Keys) Vacuum(ctx context.Context) error {
	_, err := k.pool.Exec(ctx, `VACUUM FULL conversation_keys`)
	return translate(err)
}
