// Package review owns what somebody of a practice looks at again and again and signs that they did, and when that is due. Signatures are
// entries of the audit trail and nothing else.
package review

import (
	"slices"
	"time"

	"github.com/tacet-lang/tacet/runtime/session"
)

// Signed is the action of an entry that signs a review; its detail is under Name which.
const (
	Signed = "review.signed"
	Name   = "review"
)

// Review is something to look at.
type Review struct {
	ID, Title, Source string
	Every             int // days from one signature to the next
	First             int // days from the begin of the trail to the first
}

// Standing are the reviews of every practice.
var Standing = []Review{
	{"flagged", "Flagged conversations, in which patients volunteered protected data", "45 CFR 164.308(a)(1)(ii)(D)", 7, 7},
	{"sample", "A sample of conversations that the assistant ended alone: should people have had them?", "45 CFR 164.308(a)(8)", 7, 7},
	{"trail", "The audit trail: who looked at what, looks beyond a role, reveals, refused sign-ins", "45 CFR 164.308(a)(1)(ii)(D)", 30, 30},
	{"access", "Who has an account, with which roles and teams", "45 CFR 164.308(a)(4)(ii)(C)", 90, 30},
	{"vendors", "Agreements with vendors", "45 CFR 164.308(b)(1)", 90, 0},
	{"restore", "A restore drill: a copy was brought back and verified", "45 CFR 164.308(a)(7)(ii)(D)", 90, 30},
	{"flows", "Every flow's scope, wording and unanswered questions", "45 CFR 164.308(a)(8)", 180, 30},
	{"risk", "The risk analysis", "45 CFR 164.308(a)(1)(ii)(A)", 365, 0},
}

// Known reports whether there is a review of that id.
func Known(id string) bool {
	return slices.ContainsFunc(Standing, func(r Review) bool { return r.ID == id })
}

// State is where a review stands.
type State struct {
	Review
	Signed time.Time // last; zero: never
	By     string    // who signed, by id
	Due    string    // the day, by the practice's calendar
	Late   bool      // that day has come, and there is something to look at
}

// lookBack is how far back signatures are looked for: longer than the longest time between reviews.
const lookBack = 400 * 24 * time.Hour

// States says where every review of a practice stands at a time in the practice's zone.
func States(r session.Reader, practice string, now time.Time) ([]State, error) {
	began := now
	first, err := r.Audit(0, 1)
	if err != nil {
		return nil, err
	}
	if len(first) > 0 {
		began = first[0].At
	}
	last := map[string]session.Entry{}
	err = session.Finding{Practice: practice, Action: Signed, From: now.Add(-lookBack)}.Each(r, func(e session.Entry) bool {
		last[e.Detail[Name]] = e
		return true
	})
	if err != nil {
		return nil, err
	}
	list := make([]State, len(Standing))
	for i, r := range Standing {
		due := began.In(now.Location()).AddDate(0, 0, r.First)
		s := State{Review: r}
		if e, ok := last[r.ID]; ok {
			s.Signed, s.By = e.At, e.Actor
			due = e.At.In(now.Location()).AddDate(0, 0, r.Every)
		}
		s.Due = due.Format(time.DateOnly)
		s.Late = len(first) > 0 && s.Due <= now.Format(time.DateOnly)
		list[i] = s
	}
	return list, nil
}
