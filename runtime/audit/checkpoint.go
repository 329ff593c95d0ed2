package audit

import (
	"crypto/ed25519"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/tacet-lang/tacet/runtime/session"
)

// Checkpoint says where a trail ended at a time.
type Checkpoint struct {
	Practice string
	Next     int64          // the number of the entry that was to come
	Hash     session.Digest // of the last block; zero for an empty trail
	At       time.Time
}

// ErrCheckpoint says that a line is no checkpoint, or one that another key has signed.
var ErrCheckpoint = errors.New("not a checkpoint signed with this key")

// checkpointFormat begins what is signed, so that no other signature of ours can be taken for one.
const checkpointFormat = "tacet.checkpoint/1"

// line is a checkpoint as it is written, one JSON object a line.
type line struct {
	Format   string    `json:"format"`
	Practice string    `json:"practice"`
	Next     int64     `json:"next"`
	Hash     string    `json:"hash"`
	At       time.Time `json:"at"`
	Sign     string    `json:"signature,omitempty"`
}

// Checkpoint returns where a trail that was verified ends.
func (r *Report) Checkpoint(practice string, at time.Time) Checkpoint {
	return Checkpoint{practice, r.Entries + 1, r.Hash, at.UTC().Truncate(time.Second)}
}

func (c *Checkpoint) line() line {
	return line{Format: checkpointFormat, Practice: c.Practice, Next: c.Next, Hash: hex.EncodeToString(c.Hash[:]), At: c.At}
}

// Sign returns a checkpoint as a line, signed with Ed25519 (RFC 8032).
func (c *Checkpoint) Sign(key ed25519.PrivateKey) (string, error) {
	l := c.line()
	message, err := json.Marshal(l)
	if err != nil {
		return "", err
	}
	l.Sign = base64.StdEncoding.EncodeToString(ed25519.Sign(key, message))
	b, err := json.Marshal(l)
	return string(b), err
}

// ReadCheckpoints reads lines that Sign wrote. All must be signed by the key.
func ReadCheckpoints(text string, key ed25519.PublicKey) ([]Checkpoint, error) {
	var list []Checkpoint
	for n, s := range strings.Split(strings.TrimSpace(text), "\n") {
		c, err := readCheckpoint(strings.TrimSpace(s), key)
		if err != nil {
			return nil, fmt.Errorf("line %d: %w", n+1, err)
		}
		list = append(list, c)
	}
	return list, nil
}

func readCheckpoint(s string, key ed25519.PublicKey) (Checkpoint, error) {
	var l line
	if err := json.Unmarshal([]byte(s), &l); err != nil || l.Format != checkpointFormat {
		return Checkpoint{}, ErrCheckpoint
	}
	sign, err := base64.StdEncoding.DecodeString(l.Sign)
	if err != nil {
		return Checkpoint{}, ErrCheckpoint
	}
	c := Checkpoint{Practice: l.Practice, Next: l.Next, At: l.At}
	if n, err := hex.Decode(c.Hash[:], []byte(l.Hash)); err != nil || n != len(c.Hash) || len(l.Hash) != 2*len(c.Hash) {
		return Checkpoint{}, ErrCheckpoint
	}
	l.Sign = ""
	message, err := json.Marshal(l)
	if err != nil || !ed25519.Verify(key, message, sign) {
		return Checkpoint{}, ErrCheckpoint
	}
	return c, nil
}
