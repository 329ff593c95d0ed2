package server

import "strconv"

// decodePlain reads what nearly all bodies are: members that are known and there once, texts without escapes, whole numbers,
// true and false. It reports whether body was that; otherwise decodeAny reads it again, and says what is wrong.
func decodePlain(body []byte, into members) bool {
	p := plain{b: body}
	if !p.take('{') {
		return false
	}
	if p.take('}') {
		return p.over()
	}
	for seen := uint64(0); ; {
		name, ok := p.text()
		if !ok || !p.take(':') {
			return false
		}
		at := -1
		for i := range into {
			if into[i].name == string(name) {
				at = i
			}
		}
		if at < 0 || seen&(1<<at) != 0 || !p.value(into[at].to) {
			return false
		}
		seen |= 1 << at
		if p.take('}') {
			return p.over()
		}
		if !p.take(',') {
			return false
		}
	}
}

// plain reads from the start of what is left.
type plain struct{ b []byte }

func (p *plain) space() {
	for len(p.b) > 0 && (p.b[0] == ' ' || p.b[0] == '\n' || p.b[0] == '\t' || p.b[0] == '\r') {
		p.b = p.b[1:]
	}
}

func (p *plain) over() bool {
	p.space()
	return len(p.b) == 0
}

func (p *plain) take(c byte) bool {
	p.space()
	if len(p.b) == 0 || p.b[0] != c {
		return false
	}
	p.b = p.b[1:]
	return true
}

// text reads a string without escapes.
func (p *plain) text() ([]byte, bool) {
	if !p.take('"') {
		return nil, false
	}
	for i, c := range p.b {
		switch {
		case c == '"':
			text := p.b[:i]
			p.b = p.b[i+1:]
			return text, true
		case c < ' ' || c == '\\':
			return nil, false
		}
	}
	return nil, false
}

// word reads letters and figures.
func (p *plain) word() string {
	p.space()
	n := 0
	for n < len(p.b) && (p.b[n] >= 'a' && p.b[n] <= 'z' || p.b[n] >= '0' && p.b[n] <= '9') {
		n++
	}
	word := p.b[:n]
	p.b = p.b[n:]
	return string(word)
}

func (p *plain) value(to any) bool {
	switch to := to.(type) {
	case *string:
		text, ok := p.text()
		*to = string(text)
		return ok
	case *bool:
		switch p.word() {
		case "true":
			*to = true
		case "false":
			*to = false
		default:
			return false
		}
		return true
	case *int64:
		word := p.word()
		n, err := strconv.ParseInt(word, 10, 64)
		*to = n
		return err == nil && (word[0] != '0' || word == "0")
	}
	return false
}
