// Package kernel decides whether a machine may be served. It is the last wall: it believes neither the compiler nor
// the verifier, but takes the certificate that came with the machine and checks, in one pass and by looking only at
// one location and its neighbours at a time, that the certificate is true and that what it says implies the
// guarantees. What it must check, and why that is enough, is said at lang/machine's Certificate; the numbers in
// the comments here are those of its list. It knows lang/machine and the standard library, and nothing else.
//
// Read it in this order: kernel.go, guard.go (conditions), cells.go and hours.go (what a condition can tell apart),
// form.go (the certificate means something), steps.go (it is closed under everything that can happen, and every
// state in it is allowed), flows.go (what may be sent), facts.go (what needs no states).
package kernel

import (
	"fmt"
	"time"

	"github.com/tacet-lang/tacet/lang/machine"
)

// Refusal is why a machine may not be served.
type Refusal struct {
	Obligation string // "G1" … "G15", or "form" where machine or certificate are not what they must be to be judged
	Location   string // a location's id; empty where it is about the machine
	Reason     string // a sentence without a full stop
}

// Error implements error.
func (r *Refusal) Error() string {
	if r.Location == "" {
		return r.Obligation + ": " + r.Reason
	}
	return fmt.Sprintf("%s at %q: %s", r.Obligation, r.Location, r.Reason)
}

// Check returns nil if the certificate shows that the machine keeps its guarantees on the day asOf, and a *Refusal
// otherwise. Both may come from anybody: Check neither panics nor works without bound.
func Check(m *machine.Machine, c *machine.Certificate, asOf time.Time) error {
	return (&checker{m: m, c: c, today: asOf.Format(time.DateOnly)}).check()
}

func (k *checker) check() error {
	for _, part := range []func() error{
		k.identity, k.lookUp, k.hours, k.readGuards, k.prepare, k.checkVariables, k.checkForm,
		k.checkSteps, k.findWays, k.checkMerges, k.checkControl, k.checkUses, k.checkSends,
		k.checkNotice, k.checkEmergencies, k.checkRanges, k.checkScope, k.checkReview,
	} {
		if err := part(); err != nil {
			return err
		}
	}
	return nil
}

// checker holds what one check looks up. Locations, variables and fields are numbered by their place in the machine and
// in the certificate; the variable of a field has the field's number.
type checker struct {
	m     *machine.Machine
	c     *machine.Certificate
	today string // the day of the check, 2006-01-02
	work  int    // what has been done, in small steps

	locationOf map[string]int
	fieldOf    map[string]int
	variableOf map[string]int // of the world
	heardOf    map[string]heard
	teamOf     map[string]int  // of handoffs
	dayOf      map[string]int  // weekdays and holidays
	people     []int           // locations that the turn protocol leads to: human, stuck, escalations
	routes     []int           // and those of the routes of topics
	verifiedBy map[string]bool // fields that some location verifies the patient by
	locs       []place
	vars       []variable
	tests      []test
	testOf     map[string]int // by the test as text
	guards     []guard
	moments    []sample // of the week and the holidays: enough to see every change of hours

	now      []int // steps: by variable, the cell in the state at hand, or one of the values below
	chosen   []bool
	known    []int             // steps: the state after, as it is looked up
	taken    [][]bool          // by location and edge: some state takes it
	nearer   bool              // steps: a step leads nearer to an end
	covered  []bool            // by team of a handoff: somebody is there at every moment
	depth    []int             // merges: how far below the root
	ways     [][]int           // by location
	consents map[string]int    // by class: the facts of the consents that are for it
	decided  map[string][]bool // by class and location: it decides whether a conversation comes there
}

// maxWork bounds a check. It is far above what a certificate of the largest size that is made needs.
const maxWork = 200_000_000

func (k *checker) spend(n int) error {
	if k.work += n; k.work > maxWork {
		return refuse("form", "", "it takes more than %d steps to check", maxWork)
	}
	return nil
}

func refuse(obligation, location, format string, args ...any) error {
	return &Refusal{Obligation: obligation, Location: location, Reason: fmt.Sprintf(format, args...)}
}

// at refuses because of a location.
func (k *checker) at(obligation string, location int, format string, args ...any) error {
	return refuse(obligation, k.m.Locations[location].ID, format, args...)
}

// identity checks that there is a valid machine, and that the certificate is about this one and this or an earlier day.
func (k *checker) identity() error {
	if k.m == nil || k.c == nil {
		return refuse("form", "", "there is no machine, or no certificate")
	}
	if err := k.m.Validate(); err != nil {
		return refuse("form", "", "%s", err)
	}
	if k.c.Format != machine.CertificateFormat {
		return refuse("form", "", "the certificate is of the format %q", k.c.Format)
	}
	hash, err := k.m.Hash()
	if err != nil {
		return refuse("form", "", "%s", err)
	}
	if k.c.Machine != hash {
		return refuse("form", "", "the certificate is about another machine")
	}
	if !isDay(k.c.AsOf) || k.c.AsOf > k.today {
		return refuse("form", "", "the certificate is of %q, and today is %s", k.c.AsOf, k.today)
	}
	return nil
}

// isDay reports whether s is a day of the calendar, 2006-01-02.
func isDay(s string) bool {
	_, err := time.Parse(time.DateOnly, s)
	return err == nil
}

// later is the day n days after a day of the calendar.
func later(day string, n int) string {
	t, _ := time.Parse(time.DateOnly, day)
	return t.AddDate(0, 0, n).Format(time.DateOnly)
}
