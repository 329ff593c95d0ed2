package session

import (
	"crypto/sha256"
	"encoding/binary"
	"slices"
	"strconv"

	"github.com/tacet-lang/tacet/lang/machine"
	"github.com/tacet-lang/tacet/runtime/engine"
)

// Start asks for a new conversation.
type Start struct {
	Flow     string
	Lang     string // "": the flow's first
	ClientID string // the client's own random name of this request; unique per practice
	Notice   string // Notice.Hash of the wording that was shown
	From     Attribution
}

// Post is one thing a patient does. Exactly one of Text, Option, Human and Lang is set.
type Post struct {
	ClientID string // the client's own name of this request; unique per conversation
	Text     string
	Option   string
	Human    bool
	Lang     string
	// Seen is the number of the last message that was shown where Option was pressed; 0: not known. Options of
	// different questions share ids, so a button of an earlier question must not answer the open one.
	Seen int64
}

func (p Post) event() engine.Event {
	switch {
	case p.Human:
		return engine.Event{Kind: engine.AskHuman}
	case p.Option != "":
		return engine.Event{Kind: engine.Pick, Option: p.Option}
	case p.Lang != "":
		return engine.Event{Kind: engine.Language, Lang: p.Lang}
	}
	return engine.Event{Kind: engine.Message, Text: p.Text}
}

func (p Post) digest() Digest {
	human := ""
	if p.Human {
		human = "human"
	}
	parts := []string{"post", p.Text, p.Option, human, p.Lang}
	if p.Seen != 0 {
		parts = append(parts, strconv.FormatInt(p.Seen, 10))
	}
	return digest(parts...)
}

func (s Start) digest() Digest {
	parts := []string{"start", s.Flow, s.Lang, s.Notice}
	if s.From != (Attribution{}) {
		parts = append(parts, s.From.Source, s.From.Medium, s.From.Campaign)
	}
	return digest(parts...)
}

// digest hashes parts so that no two lists of parts collide.
func digest(parts ...string) Digest {
	var b []byte
	for _, p := range parts {
		b = binary.AppendUvarint(b, uint64(len(p)))
		b = append(b, p...)
	}
	return sha256.Sum256(b)
}

// TokenDigest is what is stored of a token.
func TokenDigest(token string) Digest { return sha256.Sum256([]byte(token)) }

// channel is how this server reaches patients, in the flow's words.
func channel(m *machine.Machine) string {
	const own = "web-chat"
	if c := m.Flow.Channels; len(c) > 0 && !slices.Contains(c, own) {
		return c[0]
	}
	return own
}
