// Package kernel decides whether a machine may be served. It is the last wall: it believes neither the compiler nor
// the verifier, but takes the certificate that came with the machine and checks, in one pass and by looking only at
// one location and its neighbours at a time, that the certificate is true and that what it says implies the
// guarantees. What it must check, and why that is enough, is said at lang/machine's Certificate; the numbers in
// the comments here are those of its list. It knows lang/machine and the standard library, and nothing else.
//
// Read it in this order: kernel.go, prepare.go (what there is), splits.go (conditions decide), steps.go (the states are
// closed under everything that can happen), states.go (what must hold in each), flows.go (what may be sent), facts.go (what
// needs no states).
package kernel

import (
	"fmt"
	"time"

	"github.com/tacet-lang/tacet/lang/machine"
)

// Refusal is why a machine may not be served.
type Refusal struct {
	Obligation string // "G1" … "G15", TooMuchWork, or "form" where machine or certificate are not what they must be to be judged
	Location   string // a location's id; empty where it is about the machine
	Reason     string // a sentence without a full stop
}

// TooMuchWork is the obligation of a proof that may hold, but is too large to be checked.
const TooMuchWork = "work"

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
	k := &checker{m: m, c: c, today: asOf.Format(time.DateOnly)}
	if k.check(); k.refusal != nil {
		return k.refusal
	}
	return nil
}

func (k *checker) check() {
	for _, part := range []func(){
		k.identity, k.lookUp, k.enterVariables, k.enterPlaces, k.checkInvariants,
		k.checkSteps, k.findWays, k.checkMerges, k.findTold, k.checkControl, k.checkUses, k.checkSends,
		k.checkNotice, k.checkEmergencies, k.checkRanges, k.checkScope, k.checkReview,
	} {
		if part(); k.refusal != nil {
			return
		}
	}
}

// checker holds what one check looks up. Locations, variables and fields are numbered by their place in the machine and
// in its cells; the variable of a field has the field's number.
type checker struct {
	m       *machine.Machine
	c       *machine.Certificate
	today   string // the day of the check, 2006-01-02
	refusal *Refusal
	work    int // what has been done, in small steps

	locationOf map[string]int
	tierOf     map[string]string          // of each topic or trigger: the tier of the escalation that it raises
	below      map[string]map[string]bool // of each class: itself and all below it
	verifiedBy map[string]bool            // fields that some location verifies the patient by
	consents   []string                   // that locations ask for, sorted
	consentTo  map[string]int             // by class: the facts of the consents that are for it
	people     []int                      // locations that only the turn protocol leads to: human, stuck, escalations
	protocol   []*outcome                 // what it can do: first lead to people, then to the route of each topic
	cells      *machine.Cells
	vars       []variable
	guards     [][]instruction
	locs       []place

	now  []int   // by variable, the cell in the state at hand, or one of the values in steps.go
	box  [][]int // by variable, the cells that the way to a leaf allows; nil: all
	ways [][]int // by location: where its states go on to by an edge or a topic's route

	told [][]string // by variable, the classes that its value tells of

	first, last []int // by location: its number in the order of the tree of merges, and the last number below it
}

// maxWork bounds a check. It is far above what a certificate of the largest size that is made needs.
const maxWork = 200_000_000

// spend counts work, as the product of some lengths, and reports whether the check should go on.
func (k *checker) spend(lengths ...int) bool {
	n := 1
	for _, length := range lengths {
		n = min(n*length, maxWork+1)
	}
	k.work += n
	return k.want(k.work <= maxWork, TooMuchWork, "it takes more than %d steps to check", maxWork) && k.refusal == nil
}

// want refuses unless something is so. The first refusal stays.
func (k *checker) want(ok bool, obligation, format string, args ...any) bool {
	if !ok && k.refusal == nil {
		k.refusal = &Refusal{Obligation: obligation, Reason: fmt.Sprintf(format, args...)}
	}
	return ok
}

// wantAt refuses because of a location.
func (k *checker) wantAt(location int, ok bool, obligation, format string, args ...any) bool {
	if !ok && k.refusal == nil {
		k.refusal = &Refusal{Obligation: obligation, Location: k.m.Locations[location].ID, Reason: fmt.Sprintf(format, args...)}
	}
	return ok
}

// identity checks that there is a valid machine, and that the certificate is about this one and this or an earlier day.
func (k *checker) identity() {
	if !k.want(k.m != nil && k.c != nil, "form", "there is no machine, or no certificate") {
		return
	}
	err := k.m.Validate()
	if !k.want(err == nil, "form", "%v", err) {
		return
	}
	hash, err := k.m.Hash()
	k.want(err == nil && k.c.Machine == hash, "form", "the certificate is about another machine")
	k.want(k.c.Format == machine.CertificateFormat, "form", "the certificate is of the format %q", k.c.Format)
	k.want(machine.IsDay(k.c.AsOf) && k.c.AsOf <= k.today, "form", "the certificate is of %q, and today is %s", k.c.AsOf, k.today)
}

// later is the day n days after a day of the calendar.
func later(day string, n int) string {
	t, _ := time.Parse(time.DateOnly, day)
	return t.AddDate(0, 0, n).Format(time.DateOnly)
}
