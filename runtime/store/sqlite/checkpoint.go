package sqlite

import (
	"sync/atomic"

	"github.com/ncruces/go-sqlite3"
)

// Commits are appended to the write-ahead log; from time to time its pages are moved into the database, and the log starts
// over. SQLite would do that within a commit, which then takes ten times as long. Here a connection of its own moves most
// pages beside the writer, and the writer moves the few that are left, since only between two commits the log is at rest.
const (
	logPages  = 2000  // in the log when moving begins; 8 MB
	logAtMost = 25000 // when the writer waits for it; 100 MB, for a disk that cannot keep up
)

// mover moves the log into the database.
type mover struct {
	conn  *conn
	begin chan struct{}
	done  chan struct{} // closed when it has stopped
	rest  atomic.Bool   // the writer moves what is left
	pages int           // in the log; the writer's
}

func newMover(l layer, path string) (*mover, error) {
	c, err := openData(l, path, sqlite3.OPEN_READWRITE)
	if err != nil {
		return nil, err
	}
	m := &mover{conn: c, begin: make(chan struct{}, 1), done: make(chan struct{})}
	go m.run()
	return m, nil
}

// run moves when it is told. Errors are not reported here: the log keeps everything meanwhile, and a disk that is full or
// broken fails the next commit, which reports it.
func (m *mover) run() {
	defer close(m.done)
	for range m.begin {
		_, _, _ = m.conn.db.WALCheckpoint("main", sqlite3.CHECKPOINT_PASSIVE)
		m.rest.Store(true)
	}
}

// committed is called by the writer after each commit.
func (m *mover) committed(writer *conn) {
	switch {
	case m.pages < logPages:
	case m.rest.Swap(false), m.pages > logAtMost:
		_, _, _ = writer.db.WALCheckpoint("main", sqlite3.CHECKPOINT_PASSIVE)
	default:
		select {
		case m.begin <- struct{}{}:
		default: // it is at it
		}
	}
}

// close waits for the mover.
func (m *mover) close() error {
	close(m.begin)
	<-m.done
	return m.conn.close()
}
