package sqlite

import (
	"github.com/ncruces/go-sqlite3"

	"github.com/tacet-lang/tacet/runtime/session"
)

var _ session.QueueReader = (*reader)(nil)

// Conversations implements audit.Lister.
func (r *reader) Conversations(after string, limit int) (list []string, err error) {
	err = r.query(`SELECT id FROM conversations WHERE practice = ? AND id > ? ORDER BY id LIMIT ?`, func(s *sqlite3.Stmt) error {
		list = append(list, s.ColumnText(0))
		return nil
	}, r.practice, after, limit)
	return list, err
}

// Queue implements session.QueueReader.
func (r *reader) Queue(limit int) (list []string, err error) {
	err = r.query(`SELECT id FROM conversations WHERE practice = ? AND control IN ('waiting', 'human') AND erased IS NULL
		ORDER BY tier <> 'emergency', control = 'human', tier <> 'urgent-clinical', since, id LIMIT ?`, func(s *sqlite3.Stmt) error {
		list = append(list, s.ColumnText(0))
		return nil
	}, r.practice, limit)
	return list, err
}
