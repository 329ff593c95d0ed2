// Package machine is the compiled form of a flow and the contract between the compiler and the runtime.
//
// A machine is complete: everything the assistant may say, ask, send or do, and every fact of the practice and of the
// policy that the guarantees are judged by, stands in it. It is readable JSON, has a canonical form and a content hash,
// and depends on nothing but the standard library, so that a server can be built and audited without the compiler.
package machine

// Format names the layout of a machine's JSON. A reader refuses any other.
const Format = "tacet.machine/1"

// Machine is one compiled flow.
//
// INVARIANT (checked by Validate): ids are unique within their list, every reference resolves, lists whose order
// carries no meaning are sorted by name, and every Text holds every language of Flow.Languages.
type Machine struct {
	Format      string          `json:"format"`
	Flow        Flow            `json:"flow"`
	Practice    Practice        `json:"practice"`
	Policy      Policy          `json:"policy"`
	Session     Session         `json:"session"`
	Notice      Text            `json:"notice"`
	Texts       map[string]Text `json:"texts"` // the standard sentences by name (see StandardTexts)
	Fields      []Field         `json:"fields"`
	Guards      []Guard         `json:"guards"` // each distinct guard once
	Topics      []Topic         `json:"topics"`
	TopicModel  RawJSON         `json:"topic_model,omitempty"` // lang/text's classifier, trained from the like lines
	Triggers    []Trigger       `json:"triggers"`
	Escalations []Escalation    `json:"escalations"`
	Allowed     []Allowed       `json:"allowed,omitempty"` // silenced warnings
	Locations   []Location      `json:"locations"`
	Start       string          `json:"start"` // location id
	Human       string          `json:"human"` // where a request for a person leads: a handoff location
	Stuck       string          `json:"stuck"` // where exhausted retries and failed guards lead: a handoff location
}

// Flow says what this is and who answers for it.
type Flow struct {
	Name      string   `json:"name"`
	ID        string   `json:"id"` // the file's name without .flow
	Purpose   string   `json:"purpose"`
	Channels  []string `json:"channels"`  // the first is the one that is meant where nobody says
	Languages []string `json:"languages"` // the first is the default
	Owner     string   `json:"owner,omitempty"`
	Reviewer  string   `json:"reviewer,omitempty"`
	Reviewed  string   `json:"reviewed,omitempty"` // 2026-09-01
	Place     Place    `json:"place"`
	Sources   []Source `json:"sources"` // every file that went into it, sorted by name
}

// Source names a file that went into the machine and the SHA-256 of its bytes, in hex.
type Source struct {
	Name   string `json:"name"`
	SHA256 string `json:"sha256"`
}

// Place is where something stands in the author's file. Line and column count from 1; 0 means nowhere. End is the
// column just past it when it ends on the same line, else 0.
type Place struct {
	File   string `json:"file,omitempty"`
	Line   int    `json:"line,omitempty"`
	Column int    `json:"column,omitempty"`
	End    int    `json:"end,omitempty"`
}

// Text is a message by language tag. It may hold {field} and {practice.…}; {{ is a literal brace.
type Text map[string]string

// Practice holds the facts of practice.yaml that behaviour or guarantees depend on.
type Practice struct {
	ID           string            `json:"id"`
	Name         string            `json:"name"`
	Phone        string            `json:"phone"` // as shown to patients
	Address      string            `json:"address,omitempty"`
	Timezone     string            `json:"timezone"` // IANA name
	Hours        []Opening         `json:"hours"`    // weekly, sorted by day and time
	HoursText    Text              `json:"hours_text"`
	Holidays     []Holiday         `json:"holidays,omitempty"`
	Teams        []Team            `json:"teams"`
	Handoff      map[string]string `json:"handoff"` // tier → team
	Vendors      []Vendor          `json:"vendors,omitempty"`
	Appointments *Appointments     `json:"appointments,omitempty"`
	Website      *Website          `json:"website,omitempty"`
}

// Opening is a stretch of a weekday. Minutes count from local midnight; From < To <= 1440.
type Opening struct {
	Day  int `json:"day"` // 0 Sunday … 6 Saturday, as time.Weekday
	From int `json:"from"`
	To   int `json:"to"`
}

// Holiday is a day with other hours than its weekday's; no openings means closed.
type Holiday struct {
	Date     string    `json:"date"` // 2026-12-25
	Name     string    `json:"name"`
	Openings []Opening `json:"openings,omitempty"` // Day is ignored
}

// Team is a group of people a conversation can be handed to.
type Team struct {
	Name     string    `json:"name"`
	Label    Text      `json:"label,omitempty"` // how patients hear of it
	Hours    []Opening `json:"hours"`
	Holidays bool      `json:"holidays"` // true: the practice's holidays apply
	Fallback string    `json:"fallback,omitempty"`
	Within   int       `json:"answer_within,omitempty"` // minutes of its hours in which what is routine is answered; 0: not said
}

// MostWithin bounds the minutes in which a team answers: a week of days and nights.
const MostWithin = 7 * 24 * 60

// Vendor is a receiver of patient data with its agreement (45 CFR 164.504(e)).
type Vendor struct {
	Name      string     `json:"name"`
	Legal     string     `json:"legal"`
	Service   string     `json:"service"`
	Classes   []string   `json:"classes"` // what it may hold
	Purposes  []string   `json:"purposes"`
	Agreement *Agreement `json:"agreement,omitempty"`
	Place     Place      `json:"place"`
}

// Agreement is a signed business associate agreement. Dates are 2006-01-02; an empty Expires is evergreen.
type Agreement struct {
	Signed    string `json:"signed"`
	Effective string `json:"effective"`
	Expires   string `json:"expires,omitempty"`
	Document  string `json:"document,omitempty"` // SHA-256 of the signed document
}

// Appointments says how the practice's own calendar offers slots. Durations are minutes.
type Appointments struct {
	Hours    []Opening `json:"hours"` // when appointments may lie
	Duration int       `json:"duration"`
	Buffer   int       `json:"buffer"`  // between two appointments
	Notice   int       `json:"notice"`  // soonest start after now
	Horizon  int       `json:"horizon"` // days ahead
	Capacity int       `json:"capacity"`
	Hold     int       `json:"hold"` // minutes a chosen slot is kept for the patient
}

// Policy is the part of the composed policy packs that this flow is judged by.
type Policy struct {
	Packs       []Pack    `json:"packs"` // base first, then overlays
	Classes     []Class   `json:"classes"`
	Permits     []Permit  `json:"permits"` // what the flow's purpose may collect, sorted by class
	Channels    []string  `json:"channels,omitempty"`
	Requires    []string  `json:"requires,omitempty"` // of the whole purpose: authenticated, consent
	Timeout     Range     `json:"timeout"`            // seconds
	Retries     Range     `json:"retries"`
	Keep        []Keep    `json:"keep"`
	Notices     []string  `json:"notices"`         // that must precede the first collection
	Signs       []Sign    `json:"signs,omitempty"` // of danger, that must be recognised; sorted by kind
	VendorFloor string    `json:"vendor_floor"`    // the lowest class that needs an agreement
	Horizon     int       `json:"horizon"`         // days an agreement must still be in force
	ReviewEvery int       `json:"review_every"`    // days
	Declassify  []Declass `json:"declassify,omitempty"`
}

// Pack names a policy pack and the SHA-256 of its bytes.
type Pack struct {
	Name    string `json:"name"`
	Version string `json:"version"`
	SHA256  string `json:"sha256"`
}

// Class is a data class and the classes directly below it: whatever may hold it may hold those.
type Class struct {
	Name  string   `json:"name"`
	Above []string `json:"above,omitempty"`
	Cite  string   `json:"cite,omitempty"`
}

// Permit lets the flow's purpose collect a class (or one type of it) under conditions:
// authenticated, consent, secure-channel, human-approval.
type Permit struct {
	Class    string   `json:"class"`
	Type     string   `json:"type,omitempty"` // only this field type; empty: the class
	Requires []string `json:"requires,omitempty"`
	Cite     string   `json:"cite,omitempty"`
}

// Range is a closed interval.
type Range struct {
	Min int64 `json:"min"`
	Max int64 `json:"max"`
}

// Keep bounds the retention of a class, in days.
type Keep struct {
	Class string `json:"class"`
	Range
}

// Declass is a declassification the flow uses and the policy permits.
type Declass struct {
	Field  string `json:"field"`
	From   string `json:"from"`
	To     string `json:"to"`
	Reason string `json:"reason"`
	Owner  string `json:"owner"`
	Until  string `json:"until"`
	Place  Place  `json:"place"`
}

// Sign is a danger that must be recognised in every language of the flow, and the least urgent tier that a trigger for it
// and the escalation it raises may have.
type Sign struct {
	Kind string `json:"kind"` // a trigger, or the kind of some
	Tier string `json:"tier"`
}

// Allowed is a warning that its author silenced for a time.
type Allowed struct {
	Code   string `json:"code"`
	Reason string `json:"reason"`
	Until  string `json:"until"`
	Place  Place  `json:"place"`
}

// Session bounds a conversation.
type Session struct {
	Timeout int   `json:"timeout"` // seconds without a message from the patient
	Keep    int   `json:"keep"`    // days
	Retries int   `json:"retries"` // reprompts before a person takes over
	Place   Place `json:"place"`
	// Ended are outcomes after which a conversation is kept for fewer days than Keep, by name.
	Ended []KeepEnded `json:"ended,omitempty"`
}

// KeepEnded is for how many days a conversation is kept that has ended with an outcome: one of an End location, or [Timeout].
type KeepEnded struct {
	Outcome string `json:"outcome"`
	Days    int    `json:"days"`
}

// Timeout is the outcome of a conversation that silence ended.
const Timeout = "timeout"

// Shortest is the least number of days that any conversation is kept.
func (s *Session) Shortest() int {
	days := s.Keep
	for _, e := range s.Ended {
		days = min(days, e.Days)
	}
	return days
}

// Field is something the flow may ask for.
type Field struct {
	Name    string   `json:"name"`
	Type    string   `json:"type"`            // text name phone email date time date-of-birth zip number yes-no choice slot message, or a policy type
	Means   string   `json:"means,omitempty"` // what the policy calls it, where that is not its type: has-insurance, asked as yes-no
	Class   string   `json:"class"`           // after raising
	For     string   `json:"for,omitempty"`
	Options []Option `json:"options,omitempty"` // choice
	Min     *int64   `json:"min,omitempty"`     // number; date: the earliest day that is an answer, in days from today
	Max     *int64   `json:"max,omitempty"`     // number; date: the latest
	Place   Place    `json:"place"`
}

// The days from today that a date may be where its flow says nothing else, and the furthest back that it can be asked for.
const (
	DaysAhead = 1_827  // five years: beyond it a year is a slip of the finger
	DaysBack  = 43_830 // 120 years
)

// Option is one answer of a choice.
type Option struct {
	Value string `json:"value"`
	Label Text   `json:"label"`
}

// Guard is a CEL expression in the checked fragment, as source, with the fields it reads (sorted), and the same as code.
// The source is how GuardSource writes the code, so that nobody can show one and run the other. Whoever only runs a
// machine reads the source, by lang/guard; the kernel decides by the code, and admits no guard without.
type Guard struct {
	Source string      `json:"source"`
	Reads  []string    `json:"reads,omitempty"`
	Code   []GuardStep `json:"code,omitempty"`
}

// The ways a topic is treated.
const (
	Handle   = "handle"
	Escalate = "escalate"
	Refuse   = "refuse"
)

// Topic is what a patient may mean in free text.
type Topic struct {
	Name   string `json:"name"`
	Treat  string `json:"treat,omitempty"`  // handle, escalate, refuse; empty: out of scope, only recognised
	Answer Text   `json:"answer,omitempty"` // handle: said, then the question again
	Route  string `json:"route,omitempty"`  // handle: a location
	Place  Place  `json:"place"`
}

// Trigger is a set of phrase patterns of lang/text.
type Trigger struct {
	Name     string   `json:"name"`
	Tier     string   `json:"tier"`
	Category string   `json:"category,omitempty"`
	Phrases  []Phrase `json:"phrases"`
	Except   []Phrase `json:"except,omitempty"`
	Place    Place    `json:"place"`
}

// Kind is the kind of danger that a trigger is about: its category, or itself where it has none.
func (t *Trigger) Kind() string {
	if t.Category == "" {
		return t.Name
	}
	return t.Category
}

// Phrase is a pattern in one language.
type Phrase struct {
	Lang    string `json:"lang"`
	Pattern string `json:"pattern"`
}

// The tiers of an escalation, most urgent first.
const (
	Emergency = "emergency"
	Urgent    = "urgent-clinical"
	Routine   = "routine"
)

// Escalation is where topics and triggers lead, at any waiting location.
type Escalation struct {
	Name     string   `json:"name"`
	Tier     string   `json:"tier"`
	On       []string `json:"on"`       // topics and triggers, sorted
	Location string   `json:"location"` // a handoff location
	Place    Place    `json:"place"`
}

// Kind says what a location does once its actions are done.
type Kind string

// The kinds of a location.
const (
	Auto    Kind = "auto"    // goes on at once
	Ask     Kind = "ask"     // waits for a value of Field
	Offer   Kind = "offer"   // waits for one of Choices
	Listen  Kind = "listen"  // waits for free text of one of the topics on its edges
	Consent Kind = "consent" // waits for yes or no to a named consent
	Verify  Kind = "verify"  // sends a one-time code to Field and waits for it
	Book    Kind = "book"    // books the slot held in Field
	End     Kind = "end"     // the conversation is over
	Handoff Kind = "handoff" // people take over; the assistant falls silent
)

// Waits reports whether a location of this kind hears from the patient before it goes on.
func (k Kind) Waits() bool {
	switch k {
	case Ask, Offer, Listen, Consent, Verify:
		return true
	case Auto, Book, End, Handoff:
		return false
	}
	return false
}

// Location is one point of the conversation. On entry its actions run in order; then, by kind, it goes on, waits, or
// stops. In an escalation or a handoff, the last Say of Do is the one acknowledgement.
type Location struct {
	ID      string   `json:"id"`
	State   string   `json:"state"` // the author's state, or the escalation, that it belongs to
	Kind    Kind     `json:"kind"`
	Do      []Action `json:"do,omitempty"`
	Field   string   `json:"field,omitempty"`   // ask, verify, book
	Prompt  Text     `json:"prompt,omitempty"`  // ask, offer, listen, consent, verify
	Choices []Choice `json:"choices,omitempty"` // offer
	Consent string   `json:"consent,omitempty"` // consent
	Covers  []string `json:"covers,omitempty"`  // consent: the classes that it lets be collected, with those below them; sorted
	Outcome string   `json:"outcome,omitempty"` // end
	Team    string   `json:"team,omitempty"`    // handoff
	Tier    string   `json:"tier,omitempty"`    // handoff
	Ordered bool     `json:"ordered,omitempty"` // guards are tried in order (`first`)
	Edges   []Edge   `json:"edges,omitempty"`
	Place   Place    `json:"place"`
}

// Action is something done without waiting: a say, a say-by, or a send. Exactly one of Say, By, To is set.
type Action struct {
	Say    Text            `json:"say,omitempty"`
	By     string          `json:"by,omitempty"` // a choice or yes-no field
	Cases  map[string]Text `json:"cases,omitempty"`
	To     string          `json:"to,omitempty"` // a vendor
	Fields []string        `json:"fields,omitempty"`
	Place  Place           `json:"place"`
}

// Choice is one button of an offer; its edge is On its number, counted from 1.
type Choice struct {
	Label Text   `json:"label"`
	Topic string `json:"topic,omitempty"` // free text of this topic chooses it too
}

// The outcomes of acts of the world, as they stand on edges.
const (
	OnNone        = "none" // ask of a slot: there is no free one
	OnGranted     = "granted"
	OnRefused     = "refused"
	OnBooked      = "booked"
	OnTaken       = "taken"
	OnFailed      = "failed"
	OnVerified    = "verified"
	OnUnreachable = "unreachable"
)

// Edge is a way on. On is the outcome that selects it: a choice number, a topic, an outcome of the world; empty on
// edges that are taken when the location is done (auto, and ask after a valid answer). Among edges with the same On,
// guards decide; an edge without guard is the `otherwise`, and there is at most one of it, last.
type Edge struct {
	On    string `json:"on,omitempty"`
	Guard *int   `json:"guard,omitempty"` // index into Machine.Guards
	To    string `json:"to"`
	Place Place  `json:"place"`
}

// StandardTexts are the sentences every machine must hold, by name, because the turn protocol says them.
var StandardTexts = []string{
	"ask-again",     // before a question is repeated after an answer to something else
	"bot",           // asked whether this is a person
	"closed",        // a message after the end
	"handoff",       // acknowledgement of a handoff that says nothing of its own
	"human",         // acknowledgement of a request for a person
	"phi",           // gently: please leave medical details out
	"refusal",       // a refused topic
	"retry",         // nothing fits
	"stuck",         // acknowledgement when retries are exhausted
	"taken",         // the chosen slot has just gone
	"timeout",       // silence ended the conversation
	"wrong-code",    // a one-time code that does not match
	"emergency-bar", // the persistent emergency line of every page
}
