package diag

// T40xx: reading practice.yaml and policy packs, whatever they say.
var (
	FactsTooLarge = define(Code{
		ID: "T4001", Title: "the file is too large",
		Text: "practice.yaml and policy packs are lists of facts that people read. One of more than a mebibyte is something else.",
		Bad:  "practice.yaml with 40 MB", Good: "practice.yaml with 4 kB",
	})
	FactsNotText = define(Code{
		ID: "T4002", Title: "the file holds something that is not plain text",
		Text: "The file must be plain text in UTF-8, without control characters or characters that cannot be seen. Text pasted " +
			"from a word processor or a web page often brings some along. Retype the marked place, and save as UTF-8.",
		Bad: "name: Lakeside\u200b", Good: "name: Lakeside",
	})
	YAMLTab = define(Code{
		ID: "T4003", Title: "a tab at the start of a line",
		Text: "Indentation says what belongs to what, and a tab is as wide as each editor likes. Use two spaces.",
		Bad:  "hours:\n\tmonday: closed", Good: "hours:\n  monday: closed",
	})
	YAMLSyntax = define(Code{
		ID: "T4004", Title: "the file cannot be read",
		Text: "A line is not of the form `key: value`, a quote or bracket is not closed, or the indentation does not fit. Texts " +
			"with a colon, a `#` or a quote in them need quotes around them.",
		Bad: `address: Suite 4: 2nd floor`, Good: `address: "Suite 4: 2nd floor"`,
	})
	YAMLTwice = define(Code{
		ID: "T4005", Title: "the same key twice",
		Text: "One of the two would be ignored, and nobody could say which. Delete one, or put both values into one.",
		Bad:  "phone: (312) 555-0142\nphone: (312) 555-0143", Good: "phone: (312) 555-0142",
	})
	YAMLFeature = define(Code{
		ID: "T4006", Title: "a trick of YAML that is not allowed here",
		Text: "Anchors (`&`), aliases (`*`), merges (`<<`), tags (`!`) and several documents in one file (`---`) make a file say " +
			"something else than it shows. Write the value out where it is needed. A text that begins with one of these signs needs quotes.",
		Bad: "sunday: *monday", Good: "sunday: closed",
	})
	YAMLDeep = define(Code{
		ID: "T4007", Title: "too many levels",
		Text: "Facts and rules need a few levels of indentation. More is a slip, or a file made to exhaust the reader.",
		Bad:  "a: [[[[[[[[[[…", Good: "a: [b]",
	})
	FactsEmpty = define(Code{
		ID: "T4008", Title: "the file says nothing",
		Text: "The file holds no facts. `tacet init` writes one to start from.",
		Bad:  "# nothing yet", Good: "name: Lakeside Aesthetics\nphone: (312) 555-0142",
	})
	KeyUnknown = define(Code{
		ID: "T4011", Title: "no such key",
		Text: "Every key has a meaning. One that is not known would be ignored silently, and a misspelt holiday or agreement " +
			"would be missing when it matters.",
		Bad: "timezon: America/Chicago", Good: "timezone: America/Chicago",
	})
	KeyMissing = define(Code{
		ID: "T4012", Title: "something is missing",
		Text: "Without this fact the assistant could not behave safely, so there is no default for it.",
		Bad:  "name: Lakeside Aesthetics", Good: "name: Lakeside Aesthetics\nphone: (312) 555-0142",
	})
	WrongShape = define(Code{
		ID: "T4013", Title: "a value of the wrong shape",
		Text: "Some keys take one value, some a list (lines that begin with `-`, or `[a, b]`), some a block of further keys. The message says which is meant.",
		Bad:  "hours: nine to five", Good: "hours:\n  monday: 09:00-17:00",
	})
	NeedsQuotes = define(Code{
		ID: "T4014", Title: "a text that looks like a number",
		Text: "Without quotes this is read as a number, and leading zeros, dots or signs get lost. Put it in quotes.",
		Bad:  "phone: 3125550142", Good: "phone: \"312 555 0142\"",
	})
	ValueRefused = define(Code{
		ID: "T4015", Title: "a value that cannot be understood",
		Text: "The value is not written in the way this key needs: a day as 2026-12-25, hours as 09:00-17:00, a span as 20 minutes. The message shows an example.",
		Bad:  "monday: 9-5pm", Good: "monday: 09:00-17:00",
	})
	NotAmong = define(Code{
		ID: "T4016", Title: "not one of the possible values",
		Text: "This key has a fixed list of values. The message gives them.",
		Bad:  "covered_entity: perhaps", Good: "covered_entity: unknown",
	})
)

// T41xx: what practice.yaml says.
var (
	TimezoneUnknown = define(Code{
		ID: "T4101", Title: "unknown time zone",
		Text: "Opening hours, appointments and holidays depend on the time zone, and its name decides when the clocks change. Use " +
			"a name such as America/Chicago.",
		Bad: "timezone: Central", Good: "timezone: America/Chicago",
	})
	HoursWrong = define(Code{
		ID: "T4102", Title: "opening hours that cannot be",
		Text: "A stretch of hours begins before it ends, on one day, and does not overlap another of that day. A stretch over " +
			"midnight is two: until 24:00, and from 00:00 on the next day.",
		Bad: "monday: 22:00-06:00", Good: "monday: 22:00-24:00\ntuesday: 00:00-06:00",
	})
	NeverOpen = define(Code{
		ID: "T4103", Title: "never open",
		Text: "Somebody must be there at some time of the week, or every conversation would wait for ever.",
		Bad:  "hours:\n  monday: closed", Good: "hours:\n  monday: 09:00-17:00",
	})
	NoSuchDay = define(Code{
		ID: "T4104", Title: "a day that does not exist",
		Text: "The calendar does not have this day.",
		Bad:  "date: 2026-02-30", Good: "date: 2026-02-28",
	})
	HolidayTwice = define(Code{
		ID: "T4105", Title: "a holiday listed twice",
		Text: "Two entries for one day could disagree about the hours. Keep one.",
		Bad:  "- {date: 2026-12-25, name: Christmas}\n- {date: 2026-12-25, name: Office party}", Good: "- {date: 2026-12-25, name: Christmas}",
	})
	TeamUnknown = define(Code{
		ID: "T4106", Title: "no such team",
		Text: "A handoff or a fallback names a team that practice.yaml does not have: a patient would be handed to nobody.",
		Bad:  "fallback: nigth-service", Good: "fallback: night-service",
	})
	FallbackCircle = define(Code{
		ID: "T4107", Title: "teams that fall back on each other in a circle",
		Text: "When all of them are closed, a conversation would be passed round and nobody would read it. One team at the end " +
			"must have no fallback, best one that is always there.",
		Bad:  "nurses: {fallback: coordinators}\ncoordinators: {fallback: nurses}",
		Good: "nurses: {fallback: answering-service}\nanswering-service: {hours: always}",
	})
	AgreementDates = define(Code{
		ID: "T4108", Title: "dates of an agreement that contradict each other",
		Text: "An agreement is signed, takes effect and ends, in this order. Data sent outside that time is a disclosure nobody " +
			"agreed to (45 CFR 164.502(e)).",
		Bad: "effective: 2026-01-01\nexpires: 2025-12-31", Good: "effective: 2026-01-01\nexpires: 2028-12-31",
	})
	SamePerson = define(Code{
		ID: "T4109", Title: "owner and reviewer are the same person",
		Text: "Nobody sees their own slips. The review is worth something because somebody else makes it.",
		Bad:  "{owner: Dana Ruiz, reviewer: Dana Ruiz}", Good: "{owner: Dana Ruiz, reviewer: Mina Okafor}",
	})
	PhoneWrong = define(Code{
		ID: "T4110", Title: "not a phone number",
		Text: "Patients are shown this number and may depend on it in a hurry, so it must be complete, with its area code.",
		Bad:  "phone: 555-0142", Good: "phone: (312) 555-0142",
	})
	LanguageMissing = define(Code{
		ID: "T4111", Title: "a text is missing in one of the practice's languages",
		Text: "A patient who chose that language would be shown another. Write the text in every language that practice.yaml lists.",
		Bad:  "languages: [en, es]\nlabel: {en: our nurses}", Good: "languages: [en, es]\nlabel: {en: our nurses, es: nuestras enfermeras}",
	})
	AppointmentWrong = define(Code{
		ID: "T4112", Title: "appointments that can never be offered",
		Text: "The numbers contradict each other: an appointment is longer than the hours it could lie in, or must be booked " +
			"further ahead than the calendar reaches.",
		Bad: "duration: 12 hours", Good: "duration: 30 minutes",
	})
	ListedTwice = define(Code{
		ID: "T4113", Title: "listed twice",
		Text: "The second entry adds nothing, and is often a slip for another.",
		Bad:  "channels: [web-chat, web-chat]", Good: "channels: [web-chat, portal-chat]",
	})
)

// T42xx: practice.yaml against the policy.
var (
	FactClassUnknown = define(Code{
		ID: "T4201", Title: "a vendor may hold a class that the policy does not know",
		Text: "What a vendor may hold is said in the policy's data classes. A class nobody knows protects nothing.",
		Bad:  "classes: [contacts]", Good: "classes: [contact]",
	})
	FactClassRefused = define(Code{
		ID: "T4202", Title: "a vendor may hold a class that no vendor may hold",
		Text: "The policy keeps this class inside the practice, whatever the agreement says.",
		Bad:  "classes: [special-sud]", Good: "classes: [contact]",
	})
	FactPurposeUnknown = define(Code{
		ID: "T4203", Title: "a vendor serves a purpose that the policy does not know",
		Text: "An agreement permits uses (45 CFR 164.504(e)(2)(i)), which practice.yaml names as purposes of the policy.",
		Bad:  "purposes: [booking]", Good: "purposes: [scheduling]",
	})
	FactChannelUnknown = define(Code{
		ID: "T4204", Title: "a channel that the policy does not know",
		Text: "The policy says what each channel may carry. About this one it says nothing, so nothing may be sent on it.",
		Bad:  "channels: [website]", Good: "channels: [web-chat]",
	})
	AgreementMissing = define(Code{
		ID: "T4205", Title: "a vendor without an agreement",
		Text: "Whoever receives patient data for the practice needs a signed business associate agreement first (45 CFR " +
			"164.502(e), 164.504(e)). Record it under `agreement`, or let the vendor hold no patient data.",
		Bad:  "crm: {classes: [contact]}",
		Good: "crm: {classes: [contact], agreement: {signed: 2025-12-10, effective: 2026-01-01, expires: never}}",
	})
	AgreementTerm = define(Code{
		ID: "T4206", Title: "an agreement that lacks a required clause",
		Text: "The law says what an agreement must contain (45 CFR 164.504(e)(2), 164.314(a)(2)(i)). Look the clause up in the " +
			"signed document and answer `yes`; if it is not there, the agreement must be mended before patient data is sent.",
		Bad: "says: {safeguards: no}", Good: "says: {safeguards: yes}",
	})
	AgreementReports = define(Code{
		ID: "T4207", Title: "an agreement under which a breach is reported too late",
		Text: "The practice must tell patients within 60 days of when a breach is discovered (45 CFR 164.404), so a vendor must tell the practice much sooner.",
		Bad:  "reports_breaches_within: 60 days", Good: "reports_breaches_within: 10 days",
	})
	OverlayAbsent = define(Code{
		ID: "T4208", Title: "an overlay that this practice needs is not used",
		Text: "A practice that is not a covered entity is bound by consumer-health law instead, which asks for consent where " +
			"HIPAA does not. The message names the overlay.",
		Bad: "covered_entity: no", Good: "covered_entity: no   # and policy.yaml or a flow uses std/us-wa-mhmda",
	})
)

// T43xx: what a policy pack says.
var (
	PackReference = define(Code{
		ID: "T4301", Title: "a rule names something that no pack has",
		Text: "A rule about a class, field type, purpose or channel that does not exist would never apply.",
		Bad:  "collect: [{class: contacts}]", Good: "collect: [{class: contact}]",
	})
	ClassCircle = define(Code{
		ID: "T4302", Title: "classes that stand above each other in a circle",
		Text: "Of two classes one is the more private. A circle says nothing.",
		Bad:  "a: {above: b}\nb: {above: a}", Good: "a: {}\nb: {above: a}",
	})
	ClassNoJoin = define(Code{
		ID: "T4303", Title: "two classes with no single class above both",
		Text: "A text made of two answers has the smallest class above both. Where two such classes compete, say which stands above the other.",
		Bad:  "c: {above: [a, b]}\nd: {above: [a, b]}", Good: "c: {above: [a, b]}\nd: {above: c}",
	})
	BoundWrong = define(Code{
		ID: "T4304", Title: "a range that holds nothing",
		Text: "The smallest value is larger than the largest, or the default lies outside of them.",
		Bad:  "timeout: {min: 30 minutes, max: 15 minutes}", Good: "timeout: {min: 15 minutes, max: 30 minutes}",
	})
	RuleTwice = define(Code{
		ID: "T4305", Title: "two rules for one thing",
		Text: "Nobody could say which of them holds.",
		Bad:  "collect: [{class: contact}, {class: contact, requires: [consent]}]", Good: "collect: [{class: contact, requires: [consent]}]",
	})
	PackKind = define(Code{
		ID: "T4306", Title: "packs that do not fit together",
		Text: "One base pack stands first; every other pack says `extends:` and names it.",
		Bad:  "extends: std/gdpr   # over std/hipaa", Good: "extends: std/hipaa",
	})
	PackLacks = define(Code{
		ID: "T4307", Title: "a base pack that lacks a rule",
		Text: "A base pack answers every question that a flow can raise: classes, field types, purposes, channels, the session, retention, vendors and reviews.",
		Bad:  "pack: our/own\nversion: \"1\"", Good: "pack: our/own\nversion: \"1\"\nclasses: …\ntypes: …\npurposes: …",
	})
)

// T44xx: an overlay may only tighten.
var (
	LoosensCollect = define(Code{
		ID: "T4401", Title: "an overlay permits what the base pack refuses",
		Text: "An overlay may take away what a purpose can collect, and never add to it: what the base pack leaves out is against " +
			"the rules it stands for.",
		Bad: "extends: std/hipaa\npurposes: {scheduling: {collect: [{class: health}]}}", Good: "extends: std/hipaa\npurposes: {scheduling: {refuse: [interest]}}",
	})
	LoosensCondition = define(Code{
		ID: "T4402", Title: "an overlay drops a condition of the base pack",
		Text: "Conditions such as verified identity or consent can be added by an overlay, never taken away. Repeat the base " +
			"pack's conditions, or leave `requires` out to keep them.",
		Bad:  "collect: [{type: date-of-birth, requires: []}]",
		Good: "collect: [{type: date-of-birth, requires: [authenticated, consent]}]",
	})
	LoosensBound = define(Code{
		ID: "T4403", Title: "an overlay widens a range of the base pack",
		Text: "An overlay may raise a minimum and lower a maximum. The range of the base pack is the widest there is.",
		Bad:  "session: {timeout: {max: 2 hours}}", Good: "session: {timeout: {max: 20 minutes}}",
	})
	LoosensClass = define(Code{
		ID: "T4404", Title: "an overlay treats something as less private than the base pack",
		Text: "A field type can be raised to a higher class, never lowered, and the order of the base pack's classes stays as it " +
			"is: were one put above another, whoever may hold the upper one could suddenly hold both.",
		Bad: "types: {zip: {class: preference}}", Good: "types: {zip3: {class: identifier}}",
	})
	LoosensChannel = define(Code{
		ID: "T4405", Title: "an overlay lets a channel carry more than the base pack does",
		Text: "An overlay may take classes from a channel, or a channel from a purpose, and never add one.",
		Bad:  "channels: {sms: {holds: [health]}}", Good: "channels: {sms: {holds: [preference]}}",
	})
	LoosensVendor = define(Code{
		ID: "T4406", Title: "an overlay asks less of vendors than the base pack",
		Text: "An overlay may ask for an agreement earlier, for longer, with more clauses, and never for less.",
		Bad:  "vendors: {agreement_from: health}", Good: "vendors: {horizon: 60 days}",
	})
	LoosensDeclassify = define(Code{
		ID: "T4407", Title: "an overlay adds a way to lower a class",
		Text: "Each declassifier is a way round the order of classes. An overlay may narrow those of the base pack, not add one.",
		Bad:  "declassify: {phone-to-preference: {…}}", Good: "declassify: {has-insurance: {max: 90 days}}",
	})
	PacksContradict = define(Code{
		ID: "T4408", Title: "packs that leave nothing permitted",
		Text: "Each of them tightens the base pack, but together no value is left. One of them must give way, by a decision of the compliance owner.",
		Bad:  "one: timeout {min: 25 minutes}; another: timeout {max: 20 minutes}", Good: "one: timeout {min: 15 minutes}; another: timeout {max: 20 minutes}",
	})
)
