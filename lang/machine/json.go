package machine

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
)

// RawJSON is embedded JSON that another package owns. It is kept compact so that the canonical form is unique.
type RawJSON []byte

// MarshalJSON implements json.Marshaler. encoding/json compacts what it is given, and refuses what is no JSON.
func (r RawJSON) MarshalJSON() ([]byte, error) {
	if len(r) == 0 {
		return []byte("null"), nil
	}
	return r, nil
}

// UnmarshalJSON implements json.Unmarshaler.
func (r *RawJSON) UnmarshalJSON(b []byte) error {
	if string(b) == "null" {
		*r = nil
		return nil
	}
	var compact bytes.Buffer
	if err := json.Compact(&compact, b); err != nil {
		return fmt.Errorf("embedded JSON: %w", err)
	}
	*r = compact.Bytes()
	return nil
}

// Canonical returns the one byte form of a machine: compact JSON, fields in declaration order, maps by key, no HTML
// escaping, no newline at the end. Equal machines have equal bytes.
func (m *Machine) Canonical() ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(m); err != nil {
		return nil, fmt.Errorf("encode machine: %w", err)
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), nil
}

// Hash returns the SHA-256 of the canonical form, in hex: the machine's name everywhere.
func (m *Machine) Hash() (string, error) {
	b, err := m.Canonical()
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:]), nil
}

// In returns the text in lang or, where a machine that Validate refused lacks it, in English or in the language whose
// tag sorts first, rather than nothing.
func (t Text) In(lang string) string {
	for _, l := range []string{lang, "en"} {
		if s, ok := t[l]; ok {
			return s
		}
	}
	if len(t) == 0 {
		return ""
	}
	return t[slices.Min(slices.Collect(maps.Keys(t)))]
}
