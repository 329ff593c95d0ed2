package diag

// Names: what a flow refers to must exist, once, under a name that can be used.
var (
	UnknownState = define(Code{ID: "T2001", Title: "no state of this name",
		Text: "An arrow leads to a state that the flow does not have. The conversation would have nowhere to go.",
		Bad:  "state welcome { say \"Hi\" -> abuot }", Good: "state welcome { say \"Hi\" -> about }"})
	UnknownField = define(Code{ID: "T2002", Title: "no field of this name",
		Text: "Everything a flow asks for is declared with `field`, so that its use and its class can be judged. This name is not declared.",
		Bad:  "ask phnoe \"Which number?\"", Good: "ask phone \"Which number?\""})
	UnknownTopic = define(Code{ID: "T2003", Title: "no topic or trigger of this name",
		Text: "Topics and triggers are declared with `topic` and `trigger`, or come from a module such as std/frontdesk or std/emergency.",
		Bad:  "scope { handle boking }", Good: "scope { handle booking }"})
	UnknownFragment = define(Code{ID: "T2004", Title: "no fragment of this name",
		Text: "`run` names a fragment that neither this flow nor a module it uses declares.",
		Bad:  "run callback(name) { done -> end-here }", Good: "run call-back(name) { done -> end-here }"})
	UnknownModule = define(Code{ID: "T2005", Title: "no module or policy pack of this name",
		Text: "`use` names a module of the standard library (std/…) or a file of the practice's own folder, without its ending.",
		Bad:  "use \"std/hippa\"", Good: "use \"std/hipaa\""})
	UnknownVendor = define(Code{ID: "T2006", Title: "no vendor of this name",
		Text: "Patient data can only be sent to a vendor that practice.yaml lists with its agreement.",
		Bad:  "send name to crmm", Good: "send name to crm"})
	UnknownSentence = define(Code{ID: "T2007", Title: "no standard sentence of this name",
		Text: "`text` replaces one of the sentences that the assistant says by itself. Only those names can be replaced.",
		Bad:  "text time-out \"We have closed this chat.\"", Good: "text timeout \"We have closed this chat.\""})
	UnknownLanguage = define(Code{ID: "T2008", Title: "a language that cannot be used here",
		Text: "Tacet speaks English (en) and Spanish (es). A text may only stand in a language that the flow declares, because every declared language must be complete.",
		Bad:  "languages en, fr", Good: "languages en, es"})
	UnknownChannel = define(Code{ID: "T2009", Title: "no channel of this name",
		Text: "A flow is served on channels that practice.yaml declares. Which channel it is decides what may be said on it.",
		Bad:  "channel webchat", Good: "channel web-chat"})
	UnknownExit = define(Code{ID: "T2010", Title: "no outcome of this name",
		Text: "An act has a fixed set of outcomes: book has booked, taken and failed; verify has verified, failed and unreachable; consent has granted and refused; run has the exits of its fragment.",
		Bad:  "book visit { ok -> done }", Good: "book visit { booked -> done  taken -> again  failed -> later }"})
	UnknownOption = define(Code{ID: "T2011", Title: "no option of this name",
		Text: "`say by` lists the options of a choice, or yes and no.",
		Bad:  "say by part { mornings \"…\" }", Good: "say by part { morning \"…\" }"})
	UnknownPurpose = define(Code{ID: "T2012", Title: "no purpose of this name",
		Text: "The purpose decides what a flow may collect. The policy pack lists the purposes there are.",
		Bad:  "purpose schedulling", Good: "purpose scheduling"})
	DeclaredTwice = define(Code{ID: "T2013", Title: "declared twice",
		Text: "A name stands for one thing. Rename one of the two, or delete it.",
		Bad:  "state a { end done }\nstate a { end done }", Good: "state a { end done }\nstate b { end done }"})
	NameTaken = define(Code{ID: "T2014", Title: "this name already means something",
		Text: "A field is a variable in guards, so it cannot be called like something that every guard knows (practice, now, channel, language, attempts, verified …) or like a word of the guard language.",
		Bad:  "field channel text", Good: "field found_us text"})
	MissingDecl = define(Code{ID: "T2015", Title: "a declaration is missing",
		Text: "Every flow says what it is, what it is for, what it talks about, how long a conversation lasts, what the patient is told first, and where it starts.",
		Bad:  "flow \"Booking\"\nstart welcome", Good: "flow \"Booking\"\npurpose scheduling\nstart welcome"})
	MisplacedDecl = define(Code{ID: "T2016", Title: "this cannot stand here",
		Text: "A module holds topics, triggers, escalations, fragments and texts. Fields, states, the scope and the rest belong to a flow.",
		Bad:  "# std/thing.flow\nfield phone phone", Good: "# booking.flow\nfield phone phone"})
	SubjectInTwo = define(Code{ID: "T2017", Title: "a topic has two treatments",
		Text: "A topic is handled, escalated or refused: one of them.",
		Bad:  "scope { handle pricing  escalate pricing }", Good: "scope { escalate pricing }"})
	UnreadableFile = define(Code{ID: "T2021", Title: "a file is missing or cannot be read",
		Text: "A practice is a folder with practice.yaml and at least one .flow file, each of at most 16 MiB.",
		Bad:  "tacet check lakeside/bookings.flow", Good: "tacet check lakeside/booking.flow"})
	TooManyStates = define(Code{ID: "T2018", Title: "the flow grows too large",
		Text: "Fragments are copied where they are run. This flow becomes larger than Tacet will build.",
		Bad:  "a fragment that runs two fragments that run two fragments …", Good: "run a fragment once and come back to it"})
	FragmentCycle = define(Code{ID: "T2019", Title: "a fragment runs itself",
		Text: "A fragment is copied where it is run, so it cannot run itself, directly or through another. Use an arrow to go back.",
		Bad:  "fragment a exits done { start x state x { run a { done -> done } } }", Good: "fragment a exits done { start x state x { say \"…\" -> done } }"})
	WrongArguments = define(Code{ID: "T2020", Title: "a fragment is given the wrong fields",
		Text: "A fragment is given one field for each of its parameters, in order, each of the parameter's type.",
		Bad:  "run call-back(phone, name) { … }", Good: "run call-back(name, phone) { … }"})
)

// Statements: what stands in a state, and what it needs.
var (
	AfterTheEnd = define(Code{ID: "T2031", Title: "a statement is never reached",
		Text: "A state speaks, sends and asks, and then goes somewhere. What stands after that can never happen.",
		Bad:  "state a { -> b  say \"Hello\" }", Good: "state a { say \"Hello\"  -> b }"})
	NoWayOn = define(Code{ID: "T2032", Title: "a state leads nowhere",
		Text: "Every state ends with where it goes: an arrow, a `when`, an `offer`, `listen`, `end` or `handoff`. Without it the patient waits for an answer that never comes.",
		Bad:  "state thanks { say \"Thank you\" }", Good: "state thanks { say \"Thank you\" end completed }"})
	BadOtherwise = define(Code{ID: "T2033", Title: "the ways on contradict each other",
		Text: "A state has either one arrow, or a list of `when` lines with at most one `otherwise`, which stands last.",
		Bad:  "when ok -> a\notherwise -> b\nwhen late -> c", Good: "when ok -> a\nwhen late -> c\notherwise -> b"})
	OutcomeMissing = define(Code{ID: "T2035", Title: "an outcome is not handled",
		Text: "What the world does cannot be chosen: a slot may be taken, a message may not arrive. Every outcome needs a way on.",
		Bad:  "book visit { booked -> done }", Good: "book visit { booked -> done  taken -> again  failed -> later }"})
	OptionMissing = define(Code{ID: "T2036", Title: "an option has no text",
		Text: "`say by` must have a text for every option of the choice, or a patient who chose that option hears nothing.",
		Bad:  "say by part { morning \"…\" }", Good: "say by part { morning \"…\" afternoon \"…\" }"})
	WrongType = define(Code{ID: "T2037", Title: "a field of the wrong type",
		Text: "`say by` needs a choice or a yes-no, `book` a slot, `verify` a phone or an email.",
		Bad:  "verify name \"…\" { … }", Good: "verify phone \"…\" { … }"})
	SlotNone = define(Code{ID: "T2038", Title: "no free time is not handled",
		Text: "Asking for a slot offers free times. There may be none, so the ask says where to go then: `none -> …`. Other fields have no such case.",
		Bad:  "ask visit \"Which time suits you?\"", Good: "ask visit \"Which time suits you?\" none -> later"})
	MissingLanguage = define(Code{ID: "T2039", Title: "a text is missing in a language",
		Text: "A flow that declares a language speaks all of it: every message, label and notice. A patient who chose that language would otherwise read nothing, or another language.",
		Bad:  "languages en, es\n… say \"Hello\"", Good: "languages en, es\n… say \"Hello\" es \"Hola\""})
	UnknownPlaceholder = define(Code{ID: "T2040", Title: "nothing to put in these braces",
		Text: "In a text, {name} is replaced by what the patient answered, and {practice.name}, {practice.phone}, {practice.address}, {practice.hours} and {practice.next_open} by the practice's facts. A brace itself is written {{.",
		Bad:  "say \"Call us: {practice.fone}\"", Good: "say \"Call us: {practice.phone}\""})
	NotShown = define(Code{ID: "T2041", Title: "this field cannot be shown in a text",
		Text: "Free messages, photos and the like are not repeated to the patient.",
		Bad:  "say \"You wrote: {details}\"", Good: "say \"Thank you, we have your message.\""})
	NotYetAsked = define(Code{ID: "T2042", Title: "a field is used before it is asked",
		Text: "On at least one path through the flow this field has no value yet. The message names the shortest such path. Ask for the field on it, or lead it elsewhere.",
		Bad:  "state a { say \"Thanks, {name}\" … }", Good: "state a { ask name \"Your name?\"  say \"Thanks, {name}\" … }"})
	SaidAnywhere = define(Code{ID: "T2043", Title: "a field in a text that is said at any time",
		Text: "The notice, standard sentences, answers to topics and escalations can be said before anything was asked, so they can only use facts of the practice.",
		Bad:  "notice \"Hello {name}\"", Good: "notice \"Welcome to {practice.name}\""})
	BadSession = define(Code{ID: "T2044", Title: "the session block is not right",
		Text: "A session says how long the assistant waits (`timeout 20 minutes`), how long the conversation is kept (`keep 90 days`; `keep timeout 7 days` where silence ended it) and how often it asks again (`retries 2`).",
		Bad:  "session { timeout 20 }", Good: "session { timeout 20 minutes  keep 90 days  retries 2 }"})
	BadType = define(Code{ID: "T2045", Title: "a field type that makes no sense",
		Text: "A choice has at least two different options; a number runs from a smaller to a larger value, and a date from an earlier to a later day.",
		Bad:  "field pain number 10..0", Good: "field pain number 0..10"})
	BadDate = define(Code{ID: "T2046", Title: "no such date",
		Text: "Dates are written year, month, day, and must exist.",
		Bad:  "until 2026-02-30", Good: "until 2026-02-28"})
	BadPattern = define(Code{ID: "T2047", Title: "a trigger's phrase cannot be read",
		Text: "A trigger's phrases are patterns: words that must be heard. This one cannot be read as one, or says nothing.",
		Bad:  "en \"\"", Good: "en \"chest pain\""})
	TopicUnrouted = define(Code{ID: "T2048", Title: "a topic is handled nowhere",
		Text: "A topic that the scope handles needs an answer, a way (`->`), or a listen or offer that names it. Otherwise the assistant recognises it and has nothing to say.",
		Bad:  "scope { handle hours }\ntopic hours { like en \"when are you open\" }", Good: "topic hours { like en \"when are you open\" answer \"{practice.hours}\" }"})
	OutOfScope = define(Code{ID: "T2049", Title: "a topic outside the scope",
		Text: "A state may only lead on by topics that the scope handles: what it escalates goes to people, what it refuses is refused, everywhere.",
		Bad:  "scope { escalate pricing }\n… listen { pricing -> prices }", Good: "scope { handle pricing }\n… listen { pricing -> prices }"})
	BadAllow = define(Code{ID: "T2050", Title: "this cannot be silenced",
		Text: "Only warnings can be silenced, by their code, with a reason and a date. Errors cannot.",
		Bad:  "allow T2001 because \"later\" until 2027-01-31", Good: "allow T5203 because \"…\" until 2027-01-31"})
	NoCalendar = define(Code{ID: "T2053", Title: "the practice has no calendar",
		Text: "A slot is a free time of the practice's calendar. practice.yaml says under `appointments` when appointments may lie and how long they are.",
		Bad:  "field visit slot for \"the consultation\"   # practice.yaml has no appointments", Good: "# practice.yaml\nappointments: {hours: practice, duration: 30, notice: 120, horizon: 30}"})
	EmptyText = define(Code{ID: "T2051", Title: "a text says nothing",
		Text: "An empty message would be shown to the patient as nothing at all.",
		Bad:  "say \"\"", Good: "say \"Hello!\""})
	TopicUntaught = define(Code{ID: "T2052", Title: "a topic without examples",
		Text: "The assistant recognises a topic by example lines. Without any it can never be heard.",
		Bad:  "topic parking { answer \"Behind the house.\" }", Good: "topic parking { like en \"where can I park\" answer \"Behind the house.\" }"})
)

// People: who takes over, and when.
var (
	UnknownTeam = define(Code{ID: "T5001", Title: "no team of this name",
		Text: "Teams and their hours stand in practice.yaml. A conversation handed to a team that does not exist would be read by nobody.",
		Bad:  "handoff cordinators", Good: "handoff coordinators"})
	UnknownTier = define(Code{ID: "T5003", Title: "no tier of this name",
		Text: "A tier is emergency, urgent-clinical or routine.",
		Bad:  "tier urgent", Good: "tier urgent-clinical"})
	OneSay = define(Code{ID: "T5004", Title: "an escalation says exactly one sentence",
		Text: "When people take over, the patient hears one acknowledgement and then nothing automated. Without it they do not know; with two the assistant talks on.",
		Bad:  "escalation clinical { on pricing handoff }", Good: "escalation clinical { on pricing say \"I am passing this to our team.\" handoff }"})
	NoHandoff = define(Code{ID: "T5005", Title: "an escalation hands off to nobody",
		Text: "An escalation ends with `handoff`, with or without a team.",
		Bad:  "escalation clinical { on pricing say \"…\" }", Good: "escalation clinical { on pricing say \"…\" handoff coordinators }"})
	NothingRaises = define(Code{ID: "T5006", Title: "nothing raises this escalation",
		Text: "An escalation lists the topics and triggers that raise it: `on pricing, clinical-question`.",
		Bad:  "escalation clinical { say \"…\" handoff }", Good: "escalation clinical { on clinical-question say \"…\" handoff }"})
	RaisedTwice = define(Code{ID: "T5007", Title: "one cause, two escalations",
		Text: "A topic or trigger raises one escalation, so that it is certain who hears of it.",
		Bad:  "escalation a { on pricing … }\nescalation b { on pricing … }", Good: "escalation a { on pricing … }"})
	EmergencyFixed = define(Code{ID: "T5008", Title: "an emergency cannot be changed",
		Text: "Emergency triggers and escalations of a module hold in every flow that uses it. A flow can add its own, but not replace or weaken them.",
		Bad:  "escalation emergency { tier routine … }", Good: "use \"std/emergency\""})
	TierTooLow = define(Code{ID: "T5009", Title: "a tier is lower than what raises it",
		Text: "A trigger has a tier of its own. The escalation it raises must be at least as urgent.",
		Bad:  "trigger fever { tier urgent-clinical … }\nescalation later { tier routine on fever … }", Good: "escalation later { tier urgent-clinical on fever … }"})
	NotEscalated = define(Code{ID: "T5010", Title: "an escalated topic has no escalation",
		Text: "The scope passes this topic to people, but no escalation says who and what the patient is told.",
		Bad:  "scope { escalate pricing }", Good: "scope { escalate pricing }\nescalation prices { on pricing say \"…\" handoff }"})
	NotInScope = define(Code{ID: "T5011", Title: "an escalation on a topic that the scope does not escalate",
		Text: "The scope is what readers trust. What an escalation takes must stand under `escalate` there.",
		Bad:  "scope { handle pricing }\nescalation prices { on pricing … }", Good: "scope { escalate pricing }\nescalation prices { on pricing … }"})
	TriggerUnheard = define(Code{ID: "T5012", Title: "a trigger that raises nothing",
		Text: "A trigger that no escalation lists would be heard and ignored.",
		Bad:  "trigger fever { … }", Good: "trigger fever { … }\nescalation nurse { on fever … }"})
)

// In-language tests.
var (
	BadTestStep = define(Code{ID: "T8001", Title: "a line of a test cannot be played",
		Text: "A test line needs a time like \"2026-03-02 22:00\", a unit like minutes, or an outcome like taken.",
		Bad:  "at \"tonight\"", Good: "at \"2026-03-02 22:00\""})
	UnknownInTest = define(Code{ID: "T8002", Title: "a test names something that the flow does not have",
		Text: "What a test expects must exist in the flow: a state, a field, an escalation, a team, a vendor, an outcome.",
		Bad:  "expect state abuot", Good: "expect state about"})
	EmptyTest = define(Code{ID: "T8003", Title: "a test expects nothing",
		Text: "A test without `expect` always passes and shows nothing.",
		Bad:  "test \"x\" { patient \"hi\" }", Good: "test \"x\" { patient \"hi\" expect reprompt }"})
)
