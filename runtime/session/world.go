package session

import (
	"crypto/sha256"
	"crypto/subtle"
	"encoding/binary"
	"fmt"
	"io"
	"time"

	"github.com/tacet-lang/tacet/runtime/engine"
)

// The results of acts, as engine.ActKind lists them.
const (
	resultSlots       = "slots"
	resultNone        = "none"
	resultHeld        = "held"
	resultTaken       = "taken"
	resultBooked      = "booked"
	resultFailed      = "failed"
	resultSent        = "sent"
	resultUnreachable = "unreachable"
	resultVerified    = "verified"
	resultWrong       = "wrong"
	resultExpired     = "expired"
)

const (
	codeLife  = 10 * time.Minute // how long a one-time code can be used
	codeTries = 5                // wrong codes before it is void
	codeSpan  = 1_000_000        // six digits
	saltBytes = 16
)

// perform does what the engine asks of the world, onto what is known now, and returns the event that answers.
func (t *turn) perform(a engine.Act) (engine.Event, error) {
	e := engine.Event{Kind: engine.Outcome, Act: a.Kind}
	var err error
	switch a.Kind {
	case engine.ActSlots:
		e.Slots, err = t.free()
		if e.Result = resultSlots; len(e.Slots) == 0 {
			e.Result = resultNone
		}
	case engine.ActHold:
		e.Result, err = t.hold(a)
	case engine.ActBook:
		e.Result, err = t.book(a)
	case engine.ActSendCode:
		e.Result, err = t.sendCode(a)
	case engine.ActCheckCode:
		e.Result = t.checkCode(a)
	default:
		panic(fmt.Sprintf("session: unhandled act %q", a.Kind))
	}
	return e, err
}

// sendCode makes a code, keeps its hash, and leaves the sending to the time after the commit.
func (t *turn) sendCode(a engine.Act) (string, error) {
	if t.host.codes == nil || !t.host.codes.Accepts(a.Value) {
		return resultUnreachable, nil
	}
	code, err := newCode(t.host.random)
	if err != nil {
		return "", err
	}
	salt, err := randomBytes(t.host.random, saltBytes)
	if err != nil {
		return "", err
	}
	t.sent = append(t.sent, delivery{address: a.Value, code: code})
	t.audit("assistant", "code.sent", nil)
	t.rec.Code = &Code{Salt: salt, Hash: codeHash(salt, code), Expires: t.now.Add(codeLife)}
	return resultSent, nil
}

func (t *turn) checkCode(a engine.Act) string {
	c := t.rec.Code
	if c == nil || !t.now.Before(c.Expires) || c.Tries >= codeTries {
		t.rec.Code = nil
		return resultExpired
	}
	if subtle.ConstantTimeCompare(codeHash(c.Salt, a.Value), c.Hash) == 1 {
		t.audit("patient", "code.verified", nil)
		t.rec.Code = nil
		return resultVerified
	}
	t.audit("patient", "code.wrong", nil)
	wrong := *c
	wrong.Tries++
	t.rec.Code = &wrong
	return resultWrong
}

// newCode draws six digits, every code equally likely.
func newCode(r io.Reader) (string, error) {
	const unbiased = (1 << 32) / codeSpan * codeSpan
	for {
		b, err := randomBytes(r, 4)
		if err != nil {
			return "", err
		}
		if n := uint64(binary.BigEndian.Uint32(b)); n < unbiased {
			return fmt.Sprintf("%06d", n%codeSpan), nil
		}
	}
}

func codeHash(salt []byte, code string) []byte {
	sum := sha256.Sum256(append(append(make([]byte, 0, len(salt)+len(code)), salt...), code...))
	return sum[:]
}
