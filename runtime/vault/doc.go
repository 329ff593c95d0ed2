// Package vault seals what patients wrote, so that it can be made unreadable everywhere at once.
//
// # Envelope
//
// Three layers of AES-256-GCM (NIST SP 800-38D, by tink), each key sealed by the one above it:
//
//	master key          a file, an environment variable, the output of a command, or any tink.AEAD (a key service)
//	practice key        one per practice and generation; a new generation starts with each rotation
//	conversation key    one per conversation; seals its records
//
// The associated data of every seal names where it belongs, part by part with lengths: practice, conversation, sequence and column
// of a record, practice and number of a key. A sealed value that was moved, or of which one bit was changed, does not open.
//
// # Erasure
//
// Wrapped keys live in a [Keys] of their own, apart from what they seal: backups of conversations do not hold them. When a
// conversation key is destroyed there, its conversation is unreadable in the database, its log files, exports and every backup,
// whoever holds the master key. That it was destroyed is kept in its place: a key that is missing otherwise is damage, and an error.
//
// # Cost
//
// Conversation keys are made ahead in blocks, so that starting a conversation waits for no second flush to disk; a block's
// unused keys are left behind when a process ends. Opened keys are kept in a bounded cache, which a process keeps after
// another has destroyed one of them for at most [Options.Remember].
package vault
