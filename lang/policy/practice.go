package policy

import (
	"time"

	"github.com/tacet-lang/tacet/lang/machine"
	"github.com/tacet-lang/tacet/lang/source"
)

// String is a text value of a YAML file with its place. The zero String is absent.
type String struct {
	Value string
	Span  source.Span
}

// IsSet reports whether the file holds the value.
func (s String) IsSet() bool { return s.Span.IsValid() }

// Int is a whole number of a YAML file with its place; durations stand in the unit their field names.
type Int struct {
	Value int64
	Span  source.Span
}

// IsSet reports whether the file holds the value.
func (i Int) IsSet() bool { return i.Span.IsValid() }

// end is the value as an end of a range, or nil.
func (i Int) end() *int64 {
	if !i.IsSet() {
		return nil
	}
	return &i.Value
}

// Practice is what practice.yaml says. Lists keep the order of the file; what is optional and absent is zero.
type Practice struct {
	File          *source.File
	ID            String // a short name for addresses and keys; made of Name when absent
	Name          String
	Phone         String // as shown to patients
	Address       String
	Timezone      String         // IANA name
	Location      *time.Location // of Timezone; nil when it is unknown
	CoveredEntity String         // yes, no or unknown (45 CFR 160.103)
	Languages     []String       // en, es; the first is the default
	Hours         []Opening      // weekly, sorted by day and time
	Holidays      []Holiday
	Teams         []Team
	Handoff       []Handoff
	Channels      []String
	Vendors       []Vendor
	Appointments  *Appointments
	Website       *Website
	Flows         []FlowRecord
}

// Website is how the chat looks on the practice's own website, and which websites may show it.
type Website struct {
	Origins []String
	Color   String // #rrggbb
	Logo    String // name of a PNG file beside practice.yaml
	Picture []byte // the file, once it was read
}

// Opening is a stretch of a weekday with its place. Holiday openings leave Day zero.
type Opening struct {
	machine.Opening
	Span source.Span
}

// Holiday is a day with other hours than its weekday's; no openings means closed.
type Holiday struct {
	Date     String // 2026-12-25, a real day
	Name     String
	Openings []Opening
	Span     source.Span
}

// The ways a team's hours are stated.
const (
	HoursPractice = "practice" // the practice's own
	HoursAlways   = "always"   // day and night, holidays too
	HoursOwn      = "own"      // listed
)

// Team is a group of people a conversation can be handed to.
type Team struct {
	Name     String
	Label    []Label   // how patients hear of it
	Kind     string    // HoursPractice, HoursAlways or HoursOwn
	Hours    []Opening // resolved: never empty for a usable team
	Holidays bool      // the practice's holidays apply
	Fallback String    // a team, when this one is closed
	Contact  String    // phone number or e-mail address that is told of a handoff
	Within   Int       // minutes of its hours in which what is routine is answered; 0: not said
	Span     source.Span
}

// Label is a text in one language.
type Label struct {
	Lang String
	Text String
}

// Handoff says which team takes a tier: emergency, urgent-clinical or routine.
type Handoff struct {
	Tier String
	Team String
}

// Vendor is a receiver of patient data.
type Vendor struct {
	Name      String // as flows call it
	Legal     String
	Service   String
	Owner     String   // who in the practice answers for it
	Classes   []String // what it may hold
	Purposes  []String
	Agreement *Agreement
	Span      source.Span
}

// Agreement is a business associate agreement (45 CFR 164.504(e), 164.314(a)(2)(i), 164.410). Dates are 2006-01-02.
type Agreement struct {
	Signed    String
	Effective String
	Expires   String // a day, or "never" for an agreement that renews itself
	Document  String // SHA-256 of the signed document, in hex
	Clauses   []Clause
	Reports   Int // days within which the vendor must report a breach
	Span      source.Span
}

// Evergreen reports whether the agreement has no last day.
func (a *Agreement) Evergreen() bool { return a.Expires.Value == Never }

// Never is the value of Expires of an agreement without a last day.
const Never = "never"

// Clause is one line of an agreement's checklist: does the document say so?
type Clause struct {
	Name String
	Says bool
}

// Appointments says how the practice's own calendar offers slots.
type Appointments struct {
	Kind     string // as Team.Kind
	Hours    []Opening
	Duration Int // minutes
	Buffer   Int // minutes between two appointments
	Notice   Int // minutes from now to the soonest start
	Horizon  Int // days ahead
	Capacity Int // appointments at the same time
	Hold     Int // minutes a chosen slot is kept for the patient
	Span     source.Span
}

// FlowRecord says who answers for a flow; Name is its file's name without .flow.
type FlowRecord struct {
	Name     String
	Owner    String
	Reviewer String
	Reviewed String // 2026-09-15
	Span     source.Span
}

// Flow returns the record of the flow whose file is name.flow.
func (p *Practice) Flow(name string) (FlowRecord, bool) {
	for _, f := range p.Flows {
		if f.Name.Value == name {
			return f, true
		}
	}
	return FlowRecord{}, false
}

// Team returns the team of this name.
func (p *Practice) Team(name string) (Team, bool) {
	for _, t := range p.Teams {
		if t.Name.Value == name {
			return t, true
		}
	}
	return Team{}, false
}

// Vendor returns the vendor of this name.
func (p *Practice) Vendor(name string) (Vendor, bool) {
	for _, v := range p.Vendors {
		if v.Name.Value == name {
			return v, true
		}
	}
	return Vendor{}, false
}

// TeamFor returns the team that takes conversations of a tier, or "".
func (p *Practice) TeamFor(tier string) string {
	for _, h := range p.Handoff {
		if h.Tier.Value == tier {
			return h.Team.Value
		}
	}
	return ""
}
