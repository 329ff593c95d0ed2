// Package presence knows who looks at which conversation just now, and who is writing in it, in every process that serves a
// practice. It holds ids and never a word of what is written, keeps nothing longer than half a minute and is no entry of the trail: a
// courtesy between people. What keeps two of them from answering at once is the claim.
package presence

import (
	"sync"
	"time"

	"github.com/tacet-lang/tacet/runtime/wake"
)

// Doing is what somebody does with a conversation.
type Doing string

// What one can do.
const (
	Gone    Doing = "gone"
	Viewing Doing = "viewing"
	Typing  Doing = "typing"
)

// Patient is who a patient is, of whom a conversation has one.
const Patient = "patient"

const (
	// Absent is how long after the last sign of somebody they count as gone.
	Absent = 25 * time.Second
	// Pause is how long after the last sign of writing somebody counts as looking only.
	Pause = 8 * time.Second
	// retell is how often the same sign is told to other processes.
	retell = 3 * time.Second
	// most bounds the conversations that signs are kept of. Beyond it new ones are not.
	most = 50_000
)

// Board holds the newest signs. The zero value is empty; it is safe for concurrent use.
type Board struct {
	mu    sync.Mutex
	at    map[string]map[string]sign // by conversation and person
	news  wake.Hub
	swept time.Time
}

type sign struct {
	doing    Doing
	at, told time.Time
}

// now is what somebody does as of a moment.
func (s sign) now(now time.Time) Doing {
	switch age := now.Sub(s.at); {
	case age >= Absent:
		return Gone
	case s.doing == Typing && age >= Pause:
		return Viewing
	}
	return s.doing
}

// Note takes a sign of somebody, and says whether it is worth telling to other processes: it changes something, or what it says has
// not been told for a while.
func (b *Board) Note(conversation, who string, doing Doing, now time.Time) (news bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.sweep(now)
	was, known := b.at[conversation][who]
	before := Gone
	if known {
		before = was.now(now)
	}
	if doing == Gone {
		if known {
			delete(b.at[conversation], who)
			if len(b.at[conversation]) == 0 {
				delete(b.at, conversation)
			}
		}
	} else {
		if b.at[conversation] == nil {
			if len(b.at) >= most {
				return false
			}
			b.put(conversation)
		}
		if before != doing || now.Sub(was.told) >= retell {
			was.told, news = now, true
		}
		b.at[conversation][who] = sign{doing: doing, at: now, told: was.told}
	}
	if before != doing {
		news = true
		b.news.Wake(conversation)
	}
	return news
}

func (b *Board) put(conversation string) {
	if b.at == nil {
		b.at = map[string]map[string]sign{}
	}
	b.at[conversation] = map[string]sign{}
}

// sweep forgets who is gone, now and then.
func (b *Board) sweep(now time.Time) {
	if since := now.Sub(b.swept); since >= 0 && since < Absent/2 {
		return
	}
	b.swept = now
	for id, all := range b.at {
		for who, s := range all {
			if s.now(now) == Gone {
				delete(all, who)
			}
		}
		if len(all) == 0 {
			delete(b.at, id)
		}
	}
}

// Who says what everybody does with a conversation who is not gone.
func (b *Board) Who(conversation string, now time.Time) map[string]Doing {
	b.mu.Lock()
	defer b.mu.Unlock()
	out := map[string]Doing{}
	for who, s := range b.at[conversation] {
		if d := s.now(now); d != Gone {
			out[who] = d
		}
	}
	return out
}

// Watch tells when a sign changes what somebody does with a conversation. That time passed, it does not tell.
func (b *Board) Watch(conversation string) (changed <-chan struct{}, stop func()) {
	return b.news.Watch(conversation)
}
