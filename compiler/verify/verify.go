// Package verify proves that a machine keeps the guarantees, or shows the conversation that breaks one.
//
// It sees only the machine. Everything a conversation can come to is explored exactly: a location, the facts that
// hold, and for each field that something still reads the cell its value lies in, where two values share a cell when no
// guard tells them apart. What patients and the world decide is tried in every way. spec/guarantees.md states each
// guarantee; lang/machine's Certificate says what the proof of an accepted machine is, for a checker that shares
// nothing with this package.
package verify

import (
	"fmt"
	"time"

	"github.com/tacet-lang/tacet/lang/diag"
	"github.com/tacet-lang/tacet/lang/machine"
)

// Options steer a check.
type Options struct {
	AsOf   time.Time    // the day that agreements and reviews are judged on; required
	Budget int          // most abstract states; 0 means DefaultBudget
	Files  diag.Sources // the author's files, so that diagnostics underline them; nil: places without excerpts
}

// DefaultBudget is how many abstract states are explored before what is left counts as not proven.
const DefaultBudget = 2_000_000

// Status is what became of a guarantee.
type Status string

// The statuses. Vacuous is a guarantee that holds because nothing can trigger it.
const (
	Holds     Status = "holds"
	Violated  Status = "violated"
	NotProven Status = "not proven"
	Vacuous   Status = "vacuous"
)

// Verdict is the result for one guarantee.
type Verdict struct {
	Guarantee string // "G1" … "G12", "G15"
	Status    Status
	Detail    string // what was looked at, in a few words
}

// Witness is a conversation that shows a violation, and the code of the diagnostic that it belongs to.
type Witness struct {
	Name string // T2104-1.talk
	Talk *machine.Talk
}

// Report is what a check found. Certificate is nil unless every guarantee holds, vacuously or not.
type Report struct {
	Verdicts    []Verdict
	Certificate *machine.Certificate
	Witnesses   []Witness
	States      int // abstract states explored
}

// Guarantees lists what is decided here, in order. G13 and G14 read words and are decided elsewhere.
var Guarantees = []string{"G1", "G2", "G3", "G4", "G5", "G6", "G7", "G8", "G9", "G10", "G11", "G12", "G15"}

// Check decides the guarantees of a machine. The diagnostics say what breaks them; warnings do not.
func Check(m *machine.Machine, o Options) (*Report, diag.List) {
	c := &checking{opts: o, asOf: o.AsOf.Format(time.DateOnly), counts: map[string]int{}}
	if err := c.load(m); err != nil {
		d := diag.MachineUnreadable.At(c.nowhere(), "the machine cannot be checked: %s", err)
		return &Report{Verdicts: c.all(NotProven, "the machine is not valid")}, diag.List{d}
	}
	c.x = c.explore(c.budget())
	if c.x.over {
		c.notProven()
	} else {
		c.ranks, c.ways = c.x.rank(), c.x.ways()
		c.findUses()
	}
	for _, judge := range []func(){
		c.ends, c.guards, c.assigned, c.collected, c.preceded, c.necessary, c.flows, c.agreements,
		c.people, c.emergencies, c.ranges, c.scope, c.answerable,
	} {
		judge()
	}
	return c.report()
}

// checking carries one check along.
type checking struct {
	*model
	opts  Options
	asOf  string
	x     *exploration
	ranks *ranks
	ways  *wayGraph
	uses  [][]int32 // by field that some reached ask collects: locations to a use; nil for others

	hash   string      // of the machine, once a witness needs it
	deadTo [][]deadWay // see deadWays

	relied    []int // vendors whose agreement a reached send relies on
	diags     diag.List
	witnesses []Witness
	counts    map[string]int // witnesses by code
	verdicts  []Verdict
}

func (c *checking) load(m *machine.Machine) error {
	c.model = &model{m: m}
	if err := m.Validate(); err != nil {
		return err
	}
	p, err := newModel(m)
	if err != nil {
		return err
	}
	c.model = p
	return nil
}

func (c *checking) budget() int {
	if c.opts.Budget > 0 {
		return c.opts.Budget
	}
	return DefaultBudget
}

// findUses ranks the way to a use of every collected field.
func (c *checking) findUses() {
	c.uses = make([][]int32, len(c.m.Fields))
	for i := range c.locs {
		if l := &c.locs[i]; l.Kind == machine.Ask && len(c.x.at[i]) > 0 && c.uses[l.field] == nil {
			c.uses[l.field] = c.x.usesOf(c.ways, l.field)
		}
	}
}

// explored reports whether the exploration is complete; a guarantee about paths is not proven without.
func (c *checking) explored(guarantee string) bool {
	if c.x.over {
		c.verdict(guarantee, NotProven, "more than %d situations", c.budget())
		return false
	}
	return true
}

// verdict enters the verdict of a guarantee, once. A violation stands against anything said later.
func (c *checking) verdict(guarantee string, s Status, detail string, args ...any) {
	for i := range c.verdicts {
		if c.verdicts[i].Guarantee == guarantee {
			return
		}
	}
	c.verdicts = append(c.verdicts, Verdict{Guarantee: guarantee, Status: s, Detail: fmt.Sprintf(detail, args...)})
}

// violated enters a violation with its diagnostic.
func (c *checking) violated(guarantee string, d *diag.Diagnostic) {
	c.diags.Add(d)
	if d.Severity == diag.Error {
		c.verdict(guarantee, Violated, "%s", d.Message)
	}
}

func (c *checking) all(s Status, detail string) []Verdict {
	var out []Verdict
	for _, g := range Guarantees {
		out = append(out, Verdict{Guarantee: g, Status: s, Detail: detail})
	}
	return out
}

// report closes the check.
func (c *checking) report() (*Report, diag.List) {
	out := &Report{Witnesses: c.witnesses, States: len(c.x.states)}
	proven := true
	for _, g := range Guarantees {
		for _, v := range c.verdicts {
			if v.Guarantee == g {
				out.Verdicts = append(out.Verdicts, v)
				proven = proven && (v.Status == Holds || v.Status == Vacuous)
			}
		}
	}
	if proven && !c.diags.HasErrors() {
		cert, err := c.certify()
		if err != nil {
			panic("verify: a valid machine has no certificate: " + err.Error())
		}
		if out.Certificate = cert; cert == nil {
			c.diags.Add(diag.NotProven.At(c.nowhere(), "what the conditions of this flow decide takes more than %d steps to write down", maxNodes).
				Means("nobody can check yet what all patients would meet, so the flow is not served").
				Help("test fewer fields in one state"))
		}
	}
	return out, c.diags.Sorted()
}
