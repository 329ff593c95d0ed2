package server

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net/http"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// members says where the members of a request body go. Their number is small: a list is searched faster than a map is made.
type members []member

// member is where a member of some name goes: to a *string, a *bool or an *int64.
type member struct {
	name string
	to   any
}

// of returns where in the list a name is, or -1.
func (m members) of(name string) int {
	for i := range m {
		if m[i].name == name {
			return i
		}
	}
	return -1
}

const jsonMedia = "application/json"

// decode reads a body that is one flat JSON object. It takes nothing that another reader might take otherwise: unknown
// and repeated members, nesting, nulls, text after the object, bytes that are not UTF-8 and half surrogates are refused.
func decode(w http.ResponseWriter, r *http.Request, into members) error {
	body, err := readRaw(w, r)
	if err != nil {
		return err
	}
	return decodeObject(body, into)
}

func decodeObject(body []byte, into members) error {
	if !utf8.Valid(body) {
		return errMalformed
	}
	if decodePlain(body, into) {
		return nil
	}
	return decodeAny(body, into)
}

// decodeAny is decodeObject for whatever body, which it reads as encoding/json does, and finds out what is wrong with it.
func decodeAny(body []byte, into members) error {
	if halfSurrogate(body) {
		return errMalformed
	}
	d := json.NewDecoder(bytes.NewReader(body))
	d.UseNumber()
	if t, err := d.Token(); err != nil || t != json.Delim('{') {
		return errMalformed
	}
	seen := map[string]bool{}
	for d.More() {
		if err := decodeMember(d, into, seen); err != nil {
			return err
		}
	}
	if t, err := d.Token(); err != nil || t != json.Delim('}') {
		return errMalformed
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return errMalformed
	}
	return nil
}

func decodeMember(d *json.Decoder, into members, seen map[string]bool) error {
	t, err := d.Token()
	name, ok := t.(string)
	if err != nil || !ok {
		return errMalformed
	}
	at := into.of(name)
	if at < 0 {
		return errUnknown
	}
	if seen[name] {
		return errDuplicate
	}
	seen[name] = true
	if t, err = d.Token(); err != nil {
		return errMalformed
	}
	switch to := into[at].to.(type) {
	case *string:
		if *to, ok = t.(string); !ok {
			return errType
		}
	case *bool:
		if *to, ok = t.(bool); !ok {
			return errType
		}
	case *int64:
		n, ok := t.(json.Number)
		if !ok {
			return errType
		}
		if *to, err = strconv.ParseInt(n.String(), 10, 64); err != nil {
			return errType
		}
	default:
		panic("server: a member is none of string, bool and int64")
	}
	return nil
}

// form reads the same members from a form, for pages without scripts.
func form(w http.ResponseWriter, r *http.Request, into members) error {
	if media, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || media != "application/x-www-form-urlencoded" {
		return errMedia
	}
	r.Body = http.MaxBytesReader(w, r.Body, maxBody)
	if err := r.ParseForm(); err != nil {
		return tooLarge(err)
	}
	for name, values := range r.PostForm {
		at := into.of(name)
		switch {
		case at < 0:
			return errUnknown
		case len(values) != 1:
			return errDuplicate
		case !utf8.ValidString(values[0]):
			return errMalformed
		}
		switch to := into[at].to.(type) {
		case *string:
			*to = values[0]
		case *bool:
			*to = values[0] == "true"
		case *int64:
			n, err := strconv.ParseInt(values[0], 10, 64)
			if err != nil {
				return errType
			}
			*to = n
		}
	}
	return nil
}

func read(w http.ResponseWriter, r *http.Request) ([]byte, error) {
	from := io.Reader(r.Body) // which ends where Content-Length says
	if r.ContentLength < 0 || r.ContentLength > maxBody {
		from = http.MaxBytesReader(w, r.Body, maxBody)
	}
	body := make([]byte, 0, min(max(r.ContentLength, 512), maxBody)+1) // and one byte, to be told of the end without more room
	for {
		n, err := from.Read(body[len(body):cap(body)])
		body = body[:len(body)+n]
		switch {
		case errors.Is(err, io.EOF):
			return body, nil
		case err != nil:
			return nil, tooLarge(err)
		case len(body) == cap(body):
			body = slices.Grow(body, len(body))
		}
	}
}

func tooLarge(err error) error {
	var tooLarge *http.MaxBytesError
	if errors.As(err, &tooLarge) {
		return errTooLarge
	}
	return errMalformed
}

// halfSurrogate reports whether a \u escape stands for half a character, which encoding/json would replace in silence.
func halfSurrogate(body []byte) bool {
	for i := 0; i < len(body); i++ {
		if body[i] != '\\' {
			continue
		}
		if i++; i >= len(body) || body[i] != 'u' {
			continue
		}
		switch u := escape(body[i-1:]); {
		case u >= 0xDC00 && u <= 0xDFFF:
			return true
		case u >= 0xD800 && u <= 0xDBFF:
			if low := escape(body[min(i+5, len(body)):]); low < 0xDC00 || low > 0xDFFF {
				return true
			}
			i += 6
		}
	}
	return false
}

// escape reads \uXXXX at the start of b; anything else is -1.
func escape(b []byte) int64 {
	if len(b) < 6 || b[0] != '\\' || b[1] != 'u' {
		return -1
	}
	u, err := strconv.ParseUint(string(b[2:6]), 16, 16)
	if err != nil {
		return -1
	}
	return int64(u)
}

const (
	maxClientID = 64
	// minStartID makes the client id of a start unguessable: whoever has it can ask for a token until the patient speaks.
	minStartID = 16
)

func checkClientID(id string, least int) error {
	if len(id) < max(least, 1) || len(id) > maxClientID {
		return errClientID
	}
	for _, c := range []byte(id) {
		if !(c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '-' || c == '_') {
			return errClientID
		}
	}
	return nil
}

func checkText(text string) error {
	switch {
	case len(text) > maxText:
		return errTooLarge
	case strings.TrimSpace(text) == "" || strings.ContainsRune(text, 0):
		return errText
	}
	return nil
}

// rawBody stands in the table of routes for a JSON object that another package reads.
type rawBody struct{}

// readRaw reads a body that is for another package to decode.
func readRaw(w http.ResponseWriter, r *http.Request) ([]byte, error) {
	if given := r.Header.Get("Content-Type"); given != jsonMedia {
		if media, _, err := mime.ParseMediaType(given); err != nil || media != jsonMedia {
			return nil, errMedia
		}
	}
	return read(w, r)
}

// decodeInto reads a body into a struct of strings, bools and int64s. Members tagged need must be there.
func decodeInto(w http.ResponseWriter, r *http.Request, into any) error {
	if err := decode(w, r, membersOf(into)); err != nil {
		return err
	}
	v := reflect.ValueOf(into).Elem()
	for i := range v.NumField() {
		if v.Type().Field(i).Tag.Get("need") != "" && v.Field(i).IsZero() {
			return errMissing
		}
	}
	return nil
}

// membersOf says where the members of a body go: to the fields of a struct, by their JSON names.
func membersOf(into any) members {
	v := reflect.ValueOf(into).Elem()
	m := make(members, v.NumField())
	for i := range m {
		m[i] = member{v.Type().Field(i).Tag.Get("json"), v.Field(i).Addr().Interface()}
	}
	return m
}
