package session

import (
	"bytes"
	"time"
)

// findBlocks is how many blocks are looked through at once.
const findBlocks = 512

// Finding is a search in a practice's trail for the entries of one action, from a time on.
type Finding struct {
	Practice string
	Action   string
	From     time.Time
}

// Each calls fn with what is found, in order, until it returns false. Blocks of the trail that do not mention the action are not opened: of
// a year of turns nearly none does.
func (f Finding) Each(r Reader, fn func(Entry) bool) error {
	after, err := entryBefore(r, f.From)
	mention := []byte(`"action":"` + f.Action + `"`)
	for err == nil {
		var blocks []Block
		if blocks, err = r.Blocks(after, findBlocks); len(blocks) == 0 {
			return err
		}
		for i := range blocks {
			b := &blocks[i]
			after = b.First + b.Count - 1
			if !bytes.Contains(b.Entries, mention) {
				continue
			}
			list, err := b.Open(f.Practice)
			if err != nil {
				return err
			}
			for _, e := range list {
				if e.Action == f.Action && !e.At.Before(f.From) && !fn(e) {
					return nil
				}
			}
		}
	}
	return err
}
