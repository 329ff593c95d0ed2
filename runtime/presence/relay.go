package presence

import (
	"context"
	"encoding/json"
	"time"

	"golang.org/x/sync/errgroup"
)

// Relay carries signs between the processes of a practice. It may lose some.
type Relay interface {
	// Tell gives a sign to every process that hears.
	Tell(ctx context.Context, practice, sign string) error
	// Hear calls heard with each sign, until ctx is done or the connection is lost.
	Hear(ctx context.Context, practice string, heard func(sign string)) error
}

// Desk is the board of one process together with those of the others.
type Desk struct {
	Board
	practice, process string
	relay             Relay // nil: there are no others
	out               chan string
	now               func() time.Time
}

// waiting bounds the signs that wait to be told; beyond it they are lost.
const waiting = 256

// New returns the desk of a process, named differently from every other. relay is nil where it is the only one.
func New(practice, process string, relay Relay, now func() time.Time) *Desk {
	return &Desk{practice: practice, process: process, relay: relay, out: make(chan string, waiting), now: now}
}

// wire is a sign on its way to another process.
type wire struct {
	From         string `json:"from"`
	Conversation string `json:"conversation"`
	Who          string `json:"who"`
	Doing        Doing  `json:"doing"`
}

// Tell takes a sign of somebody and tells the other processes.
func (d *Desk) Tell(conversation, who string, doing Doing) {
	if !d.Note(conversation, who, doing, d.now()) || d.relay == nil {
		return
	}
	b, err := json.Marshal(wire{d.process, conversation, who, doing})
	if err != nil {
		return // four texts can be written
	}
	select {
	case d.out <- string(b):
	default: // the others learn it from the next sign
	}
}

// Stay says that somebody is still there, without saying that they have stopped writing.
func (d *Desk) Stay(conversation, who string) {
	if d.Who(conversation, d.now())[who] != Typing {
		d.Tell(conversation, who, Viewing)
	}
}

// again is how long after a failure of the relay it is tried anew.
const again = 2 * time.Second

// Run tells and hears until ctx is done.
func (d *Desk) Run(ctx context.Context) error {
	if d.relay == nil {
		return nil
	}
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() error {
		for {
			select {
			case <-ctx.Done():
				return nil
			case sign := <-d.out:
				_ = d.relay.Tell(ctx, d.practice, sign) // what is lost is told by the next sign
			}
		}
	})
	g.Go(func() error {
		for ctx.Err() == nil {
			_ = d.relay.Hear(ctx, d.practice, d.heard) // lost: what was told meanwhile is told again by the next signs
			pause, cancel := context.WithTimeout(ctx, again)
			<-pause.Done()
			cancel()
		}
		return nil
	})
	return g.Wait()
}

// heard takes a sign of another process. What is not one is no sign.
func (d *Desk) heard(sign string) {
	var w wire
	if json.Unmarshal([]byte(sign), &w) != nil || w.From == d.process || w.Conversation == "" || w.Who == "" {
		return
	}
	switch w.Doing {
	case Gone, Viewing, Typing:
		d.Note(w.Conversation, w.Who, w.Doing, d.now())
	}
}
