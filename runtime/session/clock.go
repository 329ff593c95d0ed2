package session

import (
	"crypto/rand"
	"encoding/base32"
	"encoding/binary"
	"io"
	"time"
)

// Clock tells the time. Its one implementation outside tests is SystemClock.
type Clock interface{ Now() time.Time }

// SystemClock is the machine's own clock.
type SystemClock struct{}

// Now implements Clock.
func (SystemClock) Now() time.Time { return time.Now() }

// Every returns a channel that receives every d by the machine's own clock, and a function to stop it.
func Every(d time.Duration) (<-chan time.Time, func()) {
	t := time.NewTicker(d)
	return t.C, t.Stop
}

// NewID returns an unguessable name of at least 128 random bits, in letters and digits.
func NewID() string { return rand.Text() }

// randomBytes reads n bytes. A source of randomness that fails would make tokens guessable, so it ends the turn.
func randomBytes(r io.Reader, n int) ([]byte, error) {
	b := make([]byte, n)
	if _, err := io.ReadFull(r, b); err != nil {
		return nil, err
	}
	return b, nil
}

// idEncoding is base 32 in the order of ASCII, so that texts sort as their bytes do.
var idEncoding = base32.NewEncoding("0123456789abcdefghijklmnopqrstuv").WithPadding(base32.NoPadding)

// conversationID returns the name of a conversation that starts now: 48 bits of time, so that new conversations stand
// together in an index, and 80 random bits. It is no secret; tokens are.
func conversationID(now time.Time, r io.Reader) (string, error) {
	random, err := randomBytes(r, 10)
	if err != nil {
		return "", err
	}
	var b [16]byte
	binary.BigEndian.PutUint64(b[:8], uint64(now.UnixMilli())<<16)
	copy(b[6:], random)
	return idEncoding.EncodeToString(b[:]), nil
}
