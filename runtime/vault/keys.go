package vault

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
)

// Errors of a Vault.
var (
	// ErrDestroyed says that a key is gone, and with it whatever it sealed.
	ErrDestroyed = errors.New("key was destroyed")
	// ErrSealed says that a sealed value does not open: it was changed, belongs elsewhere, or the key is another.
	ErrSealed = errors.New("sealed value does not open")
	// ErrLost says that a key is not there although nobody destroyed it. It is an ErrSealed.
	ErrLost = fmt.Errorf("%w: its key is missing, and was not destroyed", ErrSealed)
)

// PracticeKey is a key of a practice, sealed by the master key. Generation counts from 1.
type PracticeKey struct {
	Generation int64
	Wrapped    []byte
}

// ConversationKey is a key of a conversation, sealed by its practice's key of a generation.
type ConversationKey struct {
	Number     int64 // unique within a Keys
	Generation int64
	Wrapped    []byte
}

// Keys stores wrapped keys, durably and apart from what they seal. What a Keys has destroyed must not be readable from
// its files either. Implementations pass vaulttest.Run. Safe for concurrent use, also by several processes.
type Keys interface {
	// PracticeKeys lists the keys of a practice by generation.
	PracticeKeys(ctx context.Context, practice string) ([]PracticeKey, error)
	// PutPracticeKey stores a key in place of that of the same generation, if Was is what is stored (nil: nothing), and
	// reports whether it did.
	PutPracticeKey(ctx context.Context, practice string, key PracticeKey, was []byte) (bool, error)
	// DropPracticeKeys destroys the keys of a practice before a generation. It fails while a conversation key needs one.
	DropPracticeKeys(ctx context.Context, practice string, before int64) error

	// AddKeys stores n new conversation keys under consecutive numbers, wrapped by wrap, all or none. It returns the first,
	// or ErrDestroyed when the practice has no key of their generation: another process has rotated.
	AddKeys(ctx context.Context, practice string, n int, wrap func(number int64) (ConversationKey, error)) (first int64, err error)
	// Key returns a conversation key. It returns ErrDestroyed only for one that DestroyKey was asked to destroy for this practice, and
	// ErrLost for any other that is not there.
	Key(ctx context.Context, practice string, number int64) (ConversationKey, error)
	// KeysBefore lists conversation keys that are wrapped by a generation before the given one.
	KeysBefore(ctx context.Context, practice string, generation int64, limit int) ([]ConversationKey, error)
	// ReplaceKeys stores keys in place of those of the same numbers; one destroyed meanwhile stays destroyed.
	ReplaceKeys(ctx context.Context, practice string, keys []ConversationKey) error
	// DestroyKey destroys a conversation key, durably, and keeps in the same commit that it did. Destroying it again does nothing; one that
	// is lost is destroyed, too.
	DestroyKey(ctx context.Context, practice string, number int64) error
}

// Label says where a sealed value belongs.
type Label struct {
	Practice     string
	Conversation string
	Sequence     int64
	Column       string
}

// The purposes of associated data, so that no value of one kind opens as another.
const (
	purposePractice     = "tacet/1/practice-key"
	purposeConversation = "tacet/1/conversation-key"
	purposeContent      = "tacet/1/content"
)

func (l Label) associated() []byte {
	return associate(purposeContent, l.Practice, l.Conversation, l.Column, l.Sequence)
}

// associate lays out associated data so that no two lists of parts are equal: each text with its length before it.
func associate(purpose, practice, conversation, column string, number int64) []byte {
	b := make([]byte, 0, len(purpose)+len(practice)+len(conversation)+len(column)+4+8)
	for _, s := range [...]string{purpose, practice, conversation, column} {
		b = binary.AppendUvarint(b, uint64(len(s)))
		b = append(b, s...)
	}
	return binary.BigEndian.AppendUint64(b, uint64(number))
}
