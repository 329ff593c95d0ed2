package machine

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"unicode/utf8"
)

// MaxSize is the largest machine that is read, in bytes.
const MaxSize = 64 << 20

// maxNesting is how deep its JSON may nest. A machine needs seven levels.
const maxNesting = 32

// ErrFormat means that the bytes are a machine of another layout, or none.
var ErrFormat = errors.New("not a machine of format " + Format)

// Decode reads a machine that anybody may have written: it refuses unknown and repeated keys, data after the end,
// unreasonable size or nesting, another format, and whatever Validate refuses.
func Decode(b []byte) (*Machine, error) {
	if len(b) > MaxSize {
		return nil, fmt.Errorf("machine of %d bytes: the limit is %d", len(b), MaxSize)
	}
	if !utf8.Valid(b) {
		return nil, fmt.Errorf("%w: it is not UTF-8", ErrFormat)
	}
	if !json.Valid(b) {
		return nil, fmt.Errorf("%w: it is not JSON", ErrFormat)
	}
	if err := checkKeys(b); err != nil {
		return nil, err
	}
	m := &Machine{}
	dec := json.NewDecoder(bytes.NewReader(b))
	dec.DisallowUnknownFields()
	if err := dec.Decode(m); err != nil {
		return nil, fmt.Errorf("decode machine: %w", err)
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("decode machine: data after the end")
	}
	if err := m.Validate(); err != nil {
		return nil, err
	}
	return m, nil
}

// keyScanner walks valid JSON and looks at keys and nesting only. Keys are compared as written, so that none can hide
// behind an escape or, because encoding/json ignores case, behind a capital letter.
type keyScanner struct {
	b      []byte
	levels []keyLevel
}

// keyLevel is one open object or array. Keys of small objects are compared one by one.
type keyLevel struct {
	object bool
	key    bool // the next string is a key
	keys   []string
	index  map[string]bool
}

// checkKeys refuses repeated keys, keys that are not written plainly in lower case, and deep nesting.
func checkKeys(b []byte) error {
	s := &keyScanner{b: b}
	for i := 0; i < len(b); i++ {
		switch b[i] {
		case '{', '[':
			if len(s.levels) == maxNesting {
				return fmt.Errorf("machine nests more than %d levels deep", maxNesting)
			}
			s.levels = append(s.levels, keyLevel{object: b[i] == '{', key: b[i] == '{'})
		case '}', ']':
			s.levels = s.levels[:len(s.levels)-1]
		case ',':
			top := &s.levels[len(s.levels)-1]
			top.key = top.object
		case '"':
			end := stringEnd(b, i)
			if len(s.levels) > 0 && s.levels[len(s.levels)-1].key {
				if err := s.levels[len(s.levels)-1].enter(b[i+1 : end]); err != nil {
					return err
				}
			}
			i = end
		}
	}
	return nil
}

// stringEnd returns where the closing quote of the string that opens at i stands.
func stringEnd(b []byte, i int) int {
	for i++; b[i] != '"'; i++ {
		if b[i] == '\\' {
			i++
		}
	}
	return i
}

const fewKeys = 24

func (l *keyLevel) enter(raw []byte) error {
	l.key = false
	key := string(raw)
	if bytes.IndexByte(raw, '\\') >= 0 || bytes.ContainsFunc(raw, func(r rune) bool { return r >= 'A' && r <= 'Z' }) {
		return fmt.Errorf("decode machine: the key %q is not written plainly", key)
	}
	if l.index != nil {
		if l.index[key] {
			return fmt.Errorf("decode machine: the key %q stands twice", key)
		}
		l.index[key] = true
		return nil
	}
	if slices.Contains(l.keys, key) {
		return fmt.Errorf("decode machine: the key %q stands twice", key)
	}
	l.keys = append(l.keys, key)
	if len(l.keys) > fewKeys {
		l.index = make(map[string]bool, 2*fewKeys)
		for _, k := range l.keys {
			l.index[k] = true
		}
		l.keys = nil
	}
	return nil
}
