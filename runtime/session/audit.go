package session

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"time"
)

// Entry is one line of the audit trail. It says what was done to which conversation by whom, and never holds what a
// patient wrote.
type Entry struct {
	Number       int64             `json:"-"` // gap-free per practice from 1; set by the store
	At           time.Time         `json:"at"`
	Actor        string            `json:"actor"` // patient, assistant, clock, or a person
	Action       string            `json:"action"`
	Conversation string            `json:"conversation,omitempty"`
	Version      int64             `json:"version,omitempty"` // of the turn; every turn has one entry that names it
	Turn         []byte            `json:"turn,omitempty"`    // Turn.Digest of that turn
	Detail       map[string]string `json:"detail,omitempty"`
}

// Block is how the trail is stored: the entries of one commit of a practice, chained to those before.
type Block struct {
	First   int64 // number of its first entry
	Count   int64
	Prev    Digest // Hash of the block before it; zero for the first
	Hash    Digest
	Entries []byte // as EncodeEntries lays them out
}

// EncodeEntries lays entries out: one JSON object a line, in order.
func EncodeEntries(list []Entry) []byte {
	var e encoder
	e.B = make([]byte, 0, 256*len(list))
	for i := range list {
		e.entry(&list[i])
		e.B = append(e.B, '\n')
	}
	return e.B
}

// Chain returns the hash of a block.
func Chain(practice string, first int64, prev Digest, entries []byte) Digest {
	const format = "tacet audit 1"
	var room [128]byte
	b := room[:0]
	for _, s := range [...]string{format, practice} {
		b = binary.AppendUvarint(b, uint64(len(s)))
		b = append(b, s...)
	}
	b = binary.BigEndian.AppendUint64(b, uint64(first))
	return hashOf(append(b, prev[:]...), entries)
}

// hashOf is the SHA-256 of one after the other.
func hashOf(parts ...[]byte) (sum Digest) {
	h := sha256.New()
	for _, p := range parts {
		_, _ = h.Write(p) // a hash takes whatever it is given
	}
	h.Sum(sum[:0])
	return sum
}

// Open returns the entries of a block. It fails on a block that is not what its hash says.
func (b *Block) Open(practice string) ([]Entry, error) {
	if Chain(practice, b.First, b.Prev, b.Entries) != b.Hash {
		return nil, fmt.Errorf("audit block from entry %d does not match its hash", b.First)
	}
	list := make([]Entry, 0, min(b.Count, 1024))
	for line := range bytes.Lines(b.Entries) {
		e := Entry{Number: b.First + int64(len(list))}
		if err := json.Unmarshal(line, &e); err != nil {
			return nil, fmt.Errorf("audit entry %d: %w", e.Number, err)
		}
		list = append(list, e)
	}
	if int64(len(list)) != b.Count {
		return nil, fmt.Errorf("audit block from entry %d holds %d entries, not %d", b.First, len(list), b.Count)
	}
	return list, nil
}

// EntriesAfter opens blocks of a practice, in order, and returns at most limit of their entries after a number.
func EntriesAfter(practice string, blocks []Block, after int64, limit int) (list []Entry, err error) {
	for i := range blocks {
		entries, err := blocks[i].Open(practice)
		if err != nil {
			return nil, err
		}
		for _, e := range entries {
			if e.Number > after && len(list) < limit {
				list = append(list, e)
			}
		}
	}
	return list, nil
}
