package policy

import (
	"github.com/tacet-lang/tacet/lang/source"
)

// The conditions under which a purpose may collect something.
const (
	Authenticated = "authenticated"  // the patient's identity was verified in this conversation (45 CFR 164.312(d), 164.514(h))
	Consent       = "consent"        // the patient agreed, and the agreement is on record
	SecureChannel = "secure-channel" // only over a channel the policy calls secure (45 CFR 164.312(e))
	HumanApproval = "human-approval" // a person of the practice let it through
)

// Pack is one policy file: a base pack such as std/hipaa, or an overlay (Extends is set) that tightens one.
//
// A list or value that an overlay leaves out stays as the base has it.
type Pack struct {
	File        *source.File
	Name        String // std/hipaa
	Version     String
	Title       String
	Extends     String // the pack an overlay tightens; absent in a base pack
	Basis       []String
	Classes     []Class
	Types       []Type
	Purposes    []Purpose
	Channels    []Channel
	Links       []Link
	Session     SessionRules
	Retention   []Retention
	Notices     []Notice
	Vendors     VendorRules
	Review      ReviewRules
	Declassify  []Declassifier
	Obligations []Obligation
}

// Class is a data class and those directly below it.
type Class struct {
	Name     String
	Above    []String
	Title    String   // in plain words: "health information"
	Never    bool     // never collected in a chat, for any purpose
	NoVendor bool     // no vendor may hold it, agreement or not
	Requires []String // conditions for every purpose
	Cite     String
	Span     source.Span
}

// Type is a field type, its class and what to tell an author whose flow may not ask for it.
type Type struct {
	Name       String
	Also       []String // other spellings
	Class      String
	Title      String // in plain words, with its article: "a Social Security number"
	Identifier String // its letter in 45 CFR 164.514(b)(2)(i), A to R
	Input      String // how it is asked: a kind of lang/input; absent: as text
	Min, Max   Int    // of a number; of a date in days from today
	FreeText   bool   // the patient may write anything
	Why        String // why it is refused, a clause for a sentence
	Instead    String // what to do instead
	Cite       String
	Span       source.Span
}

// Purpose says what a flow of this purpose may collect. Nothing else is permitted: the rows are exact and are not
// closed downward, because what a purpose needs is decided class by class (45 CFR 164.514(d)).
type Purpose struct {
	Name     String
	Title    String // in plain words: "booking an appointment"
	Channels []String
	Requires []String // of the whole purpose
	Collect  []Row
	Limited  bool     // Collect was stated (an overlay may leave it out)
	Refuse   []String // classes and field types that are refused although a row would permit them
	Cite     String
	Span     source.Span
}

// Row permits one class, or one field type, under conditions.
type Row struct {
	Class    String // set, or
	Type     String
	Requires []String
	Stated   bool // the row has `requires`; an overlay's row without it inherits the base's
	Cite     String
	Span     source.Span
}

// Channel says which classes a channel may carry.
type Channel struct {
	Name                     String
	Title                    String
	Holds                    []String // classes it may carry at any time
	Verified                 []String // and once the patient's identity is verified
	Secure                   String   // yes: meets the condition secure-channel
	PeopleOnly               String   // yes: only people speak there, a flow cannot be served on it
	Limited, LimitedVerified bool     // Holds, Verified were stated (an overlay may leave them out)
	Cite                     String
	Span                     source.Span
}

// Link raises the class of a field by what else the conversation holds: a topic alone is a preference, a topic beside
// a name or a number says what a known person seeks.
type Link struct {
	Types   []String // field types it applies to
	From    String   // class of the field
	With    String   // class (or above) of any other field of the flow
	Gives   String   // class of the field then
	Except  []String // option names that say nothing about care: a choice of only these is not raised
	Because String
	Cite    String
	Span    source.Span
}

// Bound is a closed range with a default; a missing end is open.
type Bound struct {
	Min, Max, Default Int
	Cite              String
	Span              source.Span
}

// SessionRules bound a conversation.
type SessionRules struct {
	Timeout       Bound // seconds without a message from the patient
	Retries       Bound // reprompts before a person takes over
	StaffIdle     Bound // seconds
	StaffAbsolute Bound // seconds
	Page          Bound // seconds until somebody is told of an emergency
}

// Retention bounds how long records that hold these classes are kept, in days. Kinds of record without classes (the
// audit trail, documents) bind the runtime only.
type Retention struct {
	Record  String // transcript, lead, audit, …
	Classes []String
	Limited bool // Classes was stated
	Bound
	Hold String // allowed: a legal hold may keep it longer; never
}

// The moments a notice can be due.
const (
	BeforeCollect = "before-collect" // before the first question
	AtStart       = "at-start"       // with the first message
	BeforeSMS     = "before-sms"     // before a number is used for texts
	BeforeAdvice  = "before-advice"  // before any text that names risks
	OnDisclosure  = "on-disclosure"  // with each disclosure
	WhenGenerated = "when-generated" // throughout, if any text is made by a machine
)

// Notice is something that must have been said before something else.
type Notice struct {
	Name String
	When String
	Says String // what the text must carry
	Cite String
	Span source.Span
}

// VendorRules say when a vendor needs an agreement and what it must hold.
type VendorRules struct {
	Floor   String // the lowest class that needs one
	Horizon Int    // days it must still be in force
	Reports Int    // days within which breaches must be reported, by contract
	Clauses []Term
	Cite    String
	Span    source.Span
}

// Term is a clause that an agreement must have.
type Term struct {
	Name  String
	Title String // what the agreement must say
	Cite  String
	Span  source.Span
}

// ReviewRules say how often a flow must be looked at again.
type ReviewRules struct {
	Every Int // days
	Cite  String
	Span  source.Span
}

// Declassifier is the only way a class may go down.
type Declassifier struct {
	Name   String
	Types  []String // field types it applies to
	From   String
	To     String
	How    String // what makes it safe, in plain words
	MaxFor Int    // days a declassification may be in force before somebody decides again
	Cite   String
	Span   source.Span
}

// Obligation is a rule that is kept by the runtime or by people rather than checked in a flow; documents list it.
type Obligation struct {
	Name   String
	Says   String
	Status String // required, addressable, proposed, practice
	Kept   String // compiler, runtime, people
	Cite   String
	Span   source.Span
}

// Class returns the class of this name.
func (p *Pack) Class(name string) (Class, bool) {
	for _, c := range p.Classes {
		if c.Name.Value == name {
			return c, true
		}
	}
	return Class{}, false
}
