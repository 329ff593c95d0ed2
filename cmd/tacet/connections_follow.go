package main

import (
	"context"
	"log/slog"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/tacet-lang/tacet/runtime/outbox"
	"github.com/tacet-lang/tacet/runtime/session"
)

// fileLook is how often the connections file is looked at for a change.
const fileLook = 5 * time.Second

// written tells one state of a file from another.
type written struct {
	at   time.Time
	size int64
}

func lastWritten(name string) written {
	info, err := os.Stat(name)
	if err != nil {
		return written{}
	}
	return written{info.ModTime(), info.Size()}
}

// followConnections reads the connections file again when it has changed, and on SIGHUP, which also reads secrets anew. A file that
// cannot be meant changes nothing, and the log says so.
func followConnections(ctx context.Context, name, origin string, worker *outbox.Worker, log *slog.Logger) {
	if name == "" {
		return
	}
	asked := make(chan os.Signal, 1)
	signal.Notify(asked, syscall.SIGHUP)
	defer signal.Stop(asked)
	tick, stop := session.Every(fileLook)
	defer stop()
	for was := lastWritten(name); ; {
		select {
		case <-ctx.Done():
			return
		case <-asked:
		case <-tick:
			if lastWritten(name) == was {
				continue
			}
		}
		was = lastWritten(name)
		c, err := readConnections(name, origin)
		if err == nil {
			err = use(worker, c)
		}
		if err != nil {
			log.ErrorContext(ctx, "connections are as before", "file", name, "error", err)
			continue
		}
		log.WarnContext(ctx, "connections read again", "file", name)
	}
}
