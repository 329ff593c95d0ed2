// Package jsonwriter writes JSON for what happens in every turn. encoding/json reads it, and would also write it, at several
// times the cost.
package jsonwriter

import (
	"encoding/base64"
	"strconv"
	"time"
	"unicode/utf8"
)

// Writer appends JSON to B. It does not check that members are named within an object and items stand within a list. The
// zero value is ready.
type Writer struct{ B []byte }

// Name begins a member; its value follows.
func (w *Writer) Name(n string) {
	switch w.B[len(w.B)-1] {
	case '{', '[':
	default:
		w.B = append(w.B, ',')
	}
	w.B = append(append(append(w.B, '"'), n...), '"', ':')
}

// Text writes a member, unless it is empty.
func (w *Writer) Text(n, v string) {
	if v != "" {
		w.Name(n)
		w.String(v)
	}
}

// Bytes writes a member as encoding/json does, in base 64, unless it is empty.
func (w *Writer) Bytes(n string, v []byte) {
	if len(v) > 0 {
		w.Name(n)
		w.Base64(v)
	}
}

// Number writes a member, unless it is 0.
func (w *Writer) Number(n string, v int64) {
	if v != 0 {
		w.Name(n)
		w.Int(v)
	}
}

// Flag writes a member, unless it is false.
func (w *Writer) Flag(n string, v bool) {
	if v {
		w.Bool(n, v)
	}
}

// Bool writes a member.
func (w *Writer) Bool(n string, v bool) {
	w.Name(n)
	w.B = strconv.AppendBool(w.B, v)
}

// Time writes a member, unless it is the zero time.
func (w *Writer) Time(n string, v time.Time) {
	if !v.IsZero() {
		w.Name(n)
		w.B = append(v.AppendFormat(append(w.B, '"'), time.RFC3339Nano), '"')
	}
}

// Texts writes a member, unless it is empty.
func (w *Writer) Texts(n string, list []string) {
	if len(list) > 0 {
		w.Name(n)
		w.List(len(list), func(i int) { w.String(list[i]) })
	}
}

// List writes n items.
func (w *Writer) List(n int, item func(i int)) {
	w.B = append(w.B, '[')
	for i := range n {
		if i > 0 {
			w.B = append(w.B, ',')
		}
		item(i)
	}
	w.B = append(w.B, ']')
}

// Object writes an object.
func (w *Writer) Object(members func()) {
	w.B = append(w.B, '{')
	members()
	w.B = append(w.B, '}')
}

// Int writes a number.
func (w *Writer) Int(v int64) { w.B = strconv.AppendInt(w.B, v, 10) }

// Base64 writes bytes as encoding/json does.
func (w *Writer) Base64(v []byte) {
	w.B = append(w.B, '"')
	w.B = append(base64.StdEncoding.AppendEncode(w.B, v), '"')
}

const hex = "0123456789abcdef"

// plain are the characters of ASCII that stand for themselves: all but those that JSON keeps for itself, and those that would
// mean something to a browser that takes an answer for a page.
var plain = func() (is [utf8.RuneSelf]bool) {
	for c := range is {
		is[c] = c >= ' ' && c != '"' && c != '\\' && c != '<' && c != '>' && c != '&'
	}
	return is
}()

// String writes a text, byte for byte as encoding/json does.
func (w *Writer) String(s string) {
	b := append(w.B, '"')
	done := 0
	for i := 0; i < len(s); {
		c := s[i]
		if c < utf8.RuneSelf {
			if !plain[c] {
				b = escape(append(b, s[done:i]...), c)
				done = i + 1
			}
			i++
			continue
		}
		r, n := utf8.DecodeRuneInString(s[i:])
		switch {
		case r == utf8.RuneError && n == 1:
			b = append(append(b, s[done:i]...), `\ufffd`...)
			done = i + n
		case r == '\u2028', r == '\u2029': // which end a line in JavaScript
			b = append(append(append(b, s[done:i]...), `\u202`...), hex[r&0xF])
			done = i + n
		}
		i += n
	}
	w.B = append(append(b, s[done:]...), '"')
}

func escape(b []byte, c byte) []byte {
	switch c {
	case '"', '\\':
		return append(b, '\\', c)
	case '\b':
		return append(b, `\b`...)
	case '\f':
		return append(b, `\f`...)
	case '\n':
		return append(b, `\n`...)
	case '\r':
		return append(b, `\r`...)
	case '\t':
		return append(b, `\t`...)
	}
	return append(b, '\\', 'u', '0', '0', hex[c>>4], hex[c&0xF])
}
