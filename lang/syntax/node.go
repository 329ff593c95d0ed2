// Package syntax reads and prints flow files: bytes to tree and tree to bytes.
//
// The tree says what the author wrote and nothing more: names are not resolved, guards are not parsed, and later passes
// never write into it. spec/language.md holds the grammar.
package syntax

import "github.com/tacet-lang/tacet/lang/source"

// File is one parsed flow or module file. A module (such as std/emergency) has no FlowDecl.
//
// INVARIANT: declarations are in source order; every node's span lies inside its parent's.
type File struct {
	Source   *source.File
	Decls    []Decl
	Comments []Comment // in source order
}

// Comment is a `#` comment to the end of its line, the `#` included.
type Comment struct {
	Text string
	Span source.Span
}

// Ident is a name as written: lower-case ASCII words joined by `-` or `_`.
type Ident struct {
	Name string
	Span source.Span
}

// String is a quoted text. Value is unescaped, dedented (for a block) and in Unicode NFC.
type String struct {
	Value string
	Block bool // written between """
	Span  source.Span
}

// Text is a message in one or more languages: `"Hi" es "Hola"`. The first part carries no language tag and is in the
// first language the flow declares.
type Text struct {
	Parts []LangString
	Span  source.Span
}

// LangString is one language's version of a text.
type LangString struct {
	Lang *Ident // nil for the first, untagged part
	String
}

// Number is a whole number as written, with an optional minus sign.
type Number struct {
	Value int64
	Span  source.Span
}

// Date is a calendar day written 2026-03-02.
type Date struct {
	Value string // "2026-03-02"; syntactically a date, not checked against the calendar
	Span  source.Span
}

// Target is where a transition goes: `-> confirm`. Inside a fragment it may name an exit.
type Target struct {
	Name Ident
	Span source.Span // from the arrow to the name
}

// Guard is the source of a CEL expression between `when` and `->`, exactly as written.
type Guard struct {
	Source string
	Span   source.Span // of the expression alone
}

// Node is anything that stands somewhere in a file.
type Node interface{ Range() source.Span }

// Decl is a top-level declaration.
type Decl interface {
	Node
	decl()
}

// Stmt is a statement of a state or an escalation.
type Stmt interface {
	Node
	stmt()
}

// The top-level declarations.
type (
	// FlowDecl names the flow: `flow "Consultation requests"`.
	FlowDecl struct {
		Name String
		Span source.Span
	}
	// PurposeDecl is the flow's one primary purpose: `purpose scheduling`.
	PurposeDecl struct {
		Name Ident
		Span source.Span
	}
	// UseDecl imports modules and policy packs: `use "std/hipaa", "std/emergency"`.
	UseDecl struct {
		Modules []String
		Span    source.Span
	}
	// LanguagesDecl lists the languages every message must exist in: `languages en, es`. Without it: en.
	LanguagesDecl struct {
		Names []Ident
		Span  source.Span
	}
	// ChannelDecl lists where the flow is served: `channel web-chat`. Without it: web-chat.
	ChannelDecl struct {
		Names []Ident
		Span  source.Span
	}
	// ScopeDecl is what the assistant talks about: `scope { handle … escalate … refuse … }`.
	ScopeDecl struct {
		Items []ScopeItem
		Span  source.Span
	}
	// FieldDecl is something the flow may ask for: `field phone phone for "the call back" class contact`.
	FieldDecl struct {
		Name  Ident
		Type  TypeRef
		For   *String // the stated use; nil when absent
		Class *Ident  // `class health` raises the type's own class; nil when absent
		Span  source.Span
	}
	// DeclassifyDecl lowers one field's class by a declassifier the policy permits:
	// `declassify insured to preference because "…" by "Dana Ruiz" until 2027-03-01`.
	DeclassifyDecl struct {
		Field  Ident
		Class  Ident
		Reason String
		Owner  String
		Until  Date
		Span   source.Span
	}
	// AllowDecl silences a warning for a time: `allow T5203 because "…" until 2027-01-31`.
	AllowDecl struct {
		Code   Ident
		Reason String
		Until  Date
		Span   source.Span
	}
	// SessionDecl bounds a conversation: `session { timeout 20 minutes  keep 90 days  retries 2 }`.
	SessionDecl struct {
		Items []SessionItem
		Span  source.Span
	}
	// NoticeDecl is the privacy notice, shown before anything is asked: `notice """…""" es """…"""`.
	NoticeDecl struct {
		Text Text
		Span source.Span
	}
	// TextDecl replaces one of the assistant's standard sentences: `text timeout "…" es "…"`.
	TextDecl struct {
		Name Ident
		Text Text
		Span source.Span
	}
	// StartDecl names the first state: `start welcome`.
	StartDecl struct {
		State Ident
		Span  source.Span
	}
	// StateDecl is one state: `state welcome { … }`.
	StateDecl struct {
		Name Ident
		Body []Stmt
		Span source.Span
	}
	// EscalationDecl is what happens on a trigger or an escalated topic. Its body may hold TierStmt, OnStmt, SayStmt,
	// SendStmt and HandoffStmt.
	EscalationDecl struct {
		Name Ident
		Body []Stmt
		Span source.Span
	}
	// TopicDecl names what a patient may mean in free text. In a flow it adds to an imported topic of the same name.
	TopicDecl struct {
		Name   Ident
		Like   []Phrases
		Answer *Text   // an FAQ entry: answered, then the question again; nil when absent
		Route  *Target // or a state that takes over; nil when absent
		Span   source.Span
	}
	// TriggerDecl is a set of phrase patterns that raise an escalation.
	TriggerDecl struct {
		Name     Ident
		Tier     *Ident // emergency, urgent-clinical or routine; nil when absent
		Category *Ident
		Phrases  []Phrases
		Except   []Phrases
		Span     source.Span
	}
	// FragmentDecl is a reusable run of states with named exits:
	// `fragment call-back(who name, number phone) exits done, refused { start ask  state ask { … } }`.
	FragmentDecl struct {
		Name   Ident
		Params []Param
		Exits  []Ident
		Start  Ident
		States []*StateDecl
		Span   source.Span
	}
	// TestDecl is an in-language test: `test "…" { patient "…" expect silence }`.
	TestDecl struct {
		Name  String
		Steps []TestStep
		Span  source.Span
	}
)

// ScopeItem is one line of a scope: a verb (handle, escalate, refuse) and its topics.
type ScopeItem struct {
	Verb   Ident
	Topics []Ident
	Span   source.Span
}

// TypeRef is a field type as written. Name is the words joined by one space: "name", "one of", "date of birth". Min and
// Max are those of `number 0..10`, or of `date today..30` in days from today, where either may be absent.
type TypeRef struct {
	Name     string
	Options  []Option // one of
	Min, Max *Number
	Span     source.Span
}

// Option is one answer of a `one of`: `rhinoplasty "Rhinoplasty" es "Rinoplastia"`. Without a label its name is shown.
type Option struct {
	Name  Ident
	Label *Text
	Span  source.Span
}

// SessionItem is one line of a session block: `timeout 20 minutes`, `keep 90 days`, `keep abandoned 7 days`, `retries 2`.
type SessionItem struct {
	Key   Ident
	For   *Ident // of keep: the outcome it is for; nil for all others
	Value Number
	Unit  *Ident // minutes, hours, days; nil for retries
	Span  source.Span
}

// Phrases are example lines or patterns of one language: `en "…", "…"`.
type Phrases struct {
	Lang  Ident
	Lines []String
	Span  source.Span
}

// Param is a field that a fragment is given, with the type it must have.
type Param struct {
	Name Ident
	Type TypeRef
	Span source.Span
}

// The statements.
type (
	// SayStmt says a text: `say "Hi!" es "¡Hola!"`.
	SayStmt struct {
		Text Text
		Span source.Span
	}
	// SayByStmt says one of several texts by the value of a choice: `say by topic { botox "…" other "…" }`.
	SayByStmt struct {
		Field Ident
		Cases []SayCase
		Span  source.Span
	}
	// AskStmt asks for a field: `ask phone "Which number?"`. For a slot it says what happens when there is none:
	// `ask visit "Which time?" none -> later`.
	AskStmt struct {
		Field  Ident
		Prompt Text
		None   *Target
		Span   source.Span
	}
	// OfferStmt shows choices, each with its own way on: `offer "What next?" { "Book" -> contact }`.
	OfferStmt struct {
		Prompt  *Text
		Choices []OfferChoice
		Span    source.Span
	}
	// ListenStmt waits for free text and goes by its topic: `listen "How can I help?" { booking -> contact }`.
	ListenStmt struct {
		Prompt *Text
		Routes []Outcome
		Span   source.Span
	}
	// SendStmt sends fields to a vendor of practice.yaml: `send name, phone to crm`.
	SendStmt struct {
		Fields []Ident
		To     Ident
		Span   source.Span
	}
	// BookStmt books a slot that was asked: `book visit { booked -> done  taken -> again  failed -> later }`.
	BookStmt struct {
		Field    Ident
		Outcomes []Outcome
		Span     source.Span
	}
	// VerifyStmt proves that the patient holds a phone or e-mail by a one-time code:
	// `verify phone "We sent a code to {phone}." { verified -> a  failed -> b  unreachable -> c }`.
	VerifyStmt struct {
		Field    Ident
		Prompt   Text
		Outcomes []Outcome
		Span     source.Span
	}
	// ConsentStmt asks for a named consent, and says which classes it lets be collected:
	// `consent intake for health "May we keep …?" { granted -> a  refused -> b }`.
	ConsentStmt struct {
		Name     Ident
		For      []Ident
		Prompt   Text
		Outcomes []Outcome
		Span     source.Span
	}
	// RunStmt runs a fragment: `run call-back(name, phone) { done -> confirm  refused -> later }`.
	RunStmt struct {
		Fragment Ident
		Args     []Ident
		Outcomes []Outcome
		Span     source.Span
	}
	// FirstStmt says that the guards that follow are tried in order: `first`.
	FirstStmt struct{ Span source.Span }
	// WhenStmt is a guarded transition: `when ok -> booked`.
	WhenStmt struct {
		Guard  Guard
		Target Target
		Span   source.Span
	}
	// OtherwiseStmt is where the rest goes: `otherwise -> contact`.
	OtherwiseStmt struct {
		Target Target
		Span   source.Span
	}
	// GotoStmt goes on unconditionally: `-> about`.
	GotoStmt struct {
		Target Target
		Span   source.Span
	}
	// EndStmt ends the conversation with a named outcome: `end completed`.
	EndStmt struct {
		Outcome Ident
		Span    source.Span
	}
	// HandoffStmt passes the conversation to people; without a team, to the one practice.yaml names for the tier.
	HandoffStmt struct {
		Team *Ident
		Span source.Span
	}
	// TierStmt is an escalation's tier: `tier emergency`.
	TierStmt struct {
		Tier Ident
		Span source.Span
	}
	// OnStmt lists the topics and triggers that raise an escalation: `on clinical-question, pricing`.
	OnStmt struct {
		Names []Ident
		Span  source.Span
	}
)

// SayCase is one text of a `say by`.
type SayCase struct {
	Value Ident
	Text  Text
	Span  source.Span
}

// OfferChoice is one button of an offer. A topic makes free text of that topic choose it too:
// `"Book a consultation" es "Reservar" booking -> contact`.
type OfferChoice struct {
	Label  Text
	Topic  *Ident
	Target Target
	Span   source.Span
}

// Outcome is a named result of an act, or a topic of a listen, and where it goes: `booked -> done`.
type Outcome struct {
	Name   Ident
	Target Target
	Span   source.Span
}

// TestStep is one line of a test. Verb is at, language, channel, patient, choose, human, wait, world or expect; the
// operands that the verb takes are set, the others are nil:
//
//	at "2026-03-02 22:00"          Text
//	language es | channel sms      Name
//	patient "…" | choose "…"       Text
//	human
//	wait 25 minutes                Amount, Name (the unit)
//	world taken                    Name: the outcome of the next act of the world
//	expect say "…" | not "…"       What "say" or "not", Text (a part of what is said, or of what is not)
//	expect ask F | state S | escalation E | handoff T | end O | send V    What, Name
//	expect field F "value"         What "field", Name, Text
//	expect silence | reprompt      What
type TestStep struct {
	Verb   Ident
	What   *Ident
	Name   *Ident
	Text   *String
	Amount *Number
	Span   source.Span
}
