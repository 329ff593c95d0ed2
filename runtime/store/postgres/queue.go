package postgres

import (
	"github.com/jackc/pgx/v5"

	"github.com/tacet-lang/tacet/runtime/session"
)

var _ session.QueueReader = (*reader)(nil)

// Queue implements session.QueueReader.
func (r *reader) Queue(limit int) ([]string, error) {
	return list(r, `SELECT id FROM conversations WHERE practice = $1 AND control IN ('waiting', 'human') AND erased IS NULL
		ORDER BY control = 'human', since, id LIMIT $2`, []any{r.practice, limit}, pgx.RowTo[string])
}
