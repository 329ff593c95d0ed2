package postgres

import (
	"github.com/jackc/pgx/v5"

	"github.com/tacet-lang/tacet/runtime/session"
)

var _ session.QueueReader = (*reader)(nil)

// Conversations implements audit.Lister.
func (r *reader) Conversations(after string, limit int) ([]string, error) {
	return list(r, `SELECT id FROM conversations WHERE practice = $1 AND id COLLATE "C" > $2 ORDER BY id COLLATE "C" LIMIT $3`,
		[]any{r.practice, after, limit}, pgx.RowTo[string])
}

// Queue implements session.QueueReader.
func (r *reader) Queue(limit int) ([]string, error) {
	return list(r, `SELECT id FROM conversations WHERE practice = $1 AND control IN ('waiting', 'human') AND erased IS NULL
		ORDER BY tier <> 'emergency', control = 'human', tier <> 'urgent-clinical', since, id LIMIT $2`, []any{r.practice, limit}, pgx.RowTo[string])
}
