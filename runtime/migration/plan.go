// Package migration moves open conversations from one version of a flow to another, where that is safe.
//
// A [Plan] says where a conversation goes from each question it can stand at. [Check] admits a plan only if both
// certificates show that it keeps every guarantee: each state that the invariant of the old location allows, seen with the
// eyes of the new machine, must be one that the invariant of the new location lists. Certificates are closed under
// everything that can happen (see lang/machine's Certificate), so a conversation that was put into the new invariant keeps
// the new machine's guarantees from there on, as if it had begun there. That both certificates are true is for the kernel
// to have checked.
//
// What no invariant speaks about is compared directly: the notice that was shown, the purpose, what fields mean, what a
// patient agreed to, and the question that is open, since the next answer is an answer to it.
package migration

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"unicode/utf8"
)

// Format names the layout of a plan's JSON. A reader refuses any other.
const Format = "tacet.migration/1"

// maxPlan is the largest plan that is read, in bytes.
const maxPlan = 4 << 20

// Where a plan leads instead of to a location. No location is called like that by an author.
const (
	Drain = "@drain" // the conversation ends on the version that it is on
	Human = "@human" // after the patient's next message it is handed to people
)

// Plan says how open conversations move between two versions of a flow. It names every question of the old version and
// every field, so that nothing moves by accident.
type Plan struct {
	Format    string            `json:"format"`
	From      string            `json:"from"`      // Machine.Hash of the old version
	To        string            `json:"to"`        // of the new one
	Locations map[string]string `json:"locations"` // every waiting location of From → a location of To, Drain or Human
	Fields    map[string]string `json:"fields"`    // every field of From → a field of To, or "" where its value is dropped
}

// ErrFormat says that the bytes are no list of plans, or one of another layout.
var ErrFormat = errors.New("not a migration of format " + Format)

// Encode returns the one byte form of plans.
func Encode(list []Plan) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(list); err != nil {
		return nil, err
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), nil
}

// Decode reads plans that anybody may have written. Only the form that Encode writes is one, so that nobody can hide
// anything in it. No bytes are no plans.
func Decode(b []byte) ([]Plan, error) {
	if len(b) == 0 {
		return nil, nil
	}
	if len(b) > maxPlan || !utf8.Valid(b) {
		return nil, ErrFormat
	}
	d := json.NewDecoder(bytes.NewReader(b))
	d.DisallowUnknownFields()
	var list []Plan
	if err := d.Decode(&list); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrFormat, err)
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("%w: there is data after the end", ErrFormat)
	}
	for i := range list {
		if list[i].Format != Format {
			return nil, fmt.Errorf("%w: its format is %q", ErrFormat, list[i].Format)
		}
	}
	if again, err := Encode(list); err != nil || !bytes.Equal(again, b) {
		return nil, fmt.Errorf("%w: it is not written as a migration is", ErrFormat)
	}
	return list, nil
}
