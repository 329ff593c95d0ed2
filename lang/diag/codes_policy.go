package diag

// T3xxx: fields, classes, purposes. The compiler reports them; lang/policy answers what is permitted and why.
var (
	UnknownFieldType = define(Code{
		ID: "T3101", Title: "unknown kind of answer",
		Text: "A field says what kind of answer it takes: a name, a phone number, a choice. The kind decides how the answer is " +
			"read and how private it is, so a kind that no policy pack describes cannot be used. Pick one that the pack " +
			"lists, or ask your compliance owner to describe the new kind in policy.yaml.",
		Bad:  `field car automobile for "the parking permit"`,
		Good: `field arrival one of car, train, walking for "directions"`,
	})
	FieldWithoutUse = define(Code{
		ID: "T3102", Title: "a field that does not say what it is for",
		Text: "Whatever is asked of a patient needs a stated use: it is printed in the policy document and is what an auditor " +
			"compares the flow with. Only yes-no questions that steer the conversation, and that are not sent anywhere, go without.",
		Bad:  `field phone phone`,
		Good: `field phone phone for "the coordinator's call back"`,
	})
	RefusedForPurpose = define(Code{
		ID: "T3103", Title: "this purpose may not collect that",
		Text: "The flow's purpose decides what may be asked (45 CFR 164.502(b), minimum necessary). The message says why this " +
			"kind of answer is refused, which purposes may collect it, and what to do instead. A conversation of another " +
			"purpose is another flow: several small flows are easier to keep safe than one that asks everything.",
		Bad:  "purpose scheduling\nfield pills medications for \"the doctor\"",
		Good: "purpose scheduling\nescalation clinical { on clinical-question  say \"A nurse will help you.\"  handoff nurses }",
	})
	NeverCollected = define(Code{
		ID: "T3104", Title: "never asked for in a chat",
		Text: "Social Security numbers, card numbers, passwords, licence numbers and biometrics are refused for every purpose: " +
			"the harm when they leak is great, and no conversation needs them. There is no setting that allows them.",
		Bad:  `field ssn ssn for "the record"`,
		Good: `verify phone by code`,
	})
	NeedsVerification = define(Code{
		ID: "T3105", Title: "asked before the patient's identity is verified",
		Text: "This purpose may collect this only from somebody who has shown who they are (45 CFR 164.312(d), 164.514(h)). " +
			"Verify the patient on every path before the question: anybody may be at the keyboard.",
		Bad:  "state ask { ask dob \"When were you born?\" -> next }",
		Good: "state check { verify phone { verified -> ask  failed -> person  unreachable -> person } }",
	})
	NeedsConsent = define(Code{
		ID: "T3106", Title: "asked before the patient agreed",
		Text: "This purpose may collect this only with the patient's recorded agreement. Ask for it with `consent` on every " +
			"path before the question, say after `for` which class of data it lets you ask for, and handle the refusal: a patient " +
			"who says no still reaches a person. A consent to something else, such as texts, does not count.",
		Bad:  "state ask { ask symptoms \"What brings you in?\" -> next }",
		Good: "state agree { consent intake for health \"May we keep what you tell us about your health?\" { granted -> ask  refused -> person } }",
	})
	NeedsSecureChannel = define(Code{
		ID: "T3107", Title: "asked over a channel that is not secure enough",
		Text: "This may be collected only behind a login, not on the public web page and not in a text message " +
			"(45 CFR 164.312(e)). Serve the flow on `portal-chat` alone, or send the patient the portal's address.",
		Bad:  "channel web-chat\nfield plan member-id for \"the claim\"",
		Good: "channel portal-chat\nfield plan member-id for \"the claim\"",
	})
	NeedsApproval = define(Code{
		ID: "T3108", Title: "asked without a person's approval",
		Text: "This is so sensitive that a person of the practice must let each conversation through before the question. " +
			"Hand over to a person instead; they can ask it themselves.",
		Bad:  "field photos photo for \"the surgeon\"",
		Good: "state photos { handoff nurses }",
	})
	ClassLowered = define(Code{
		ID: "T3109", Title: "a field's class cannot go down",
		Text: "`class` on a field can only raise how carefully the answer is treated. To treat it as less private than the " +
			"policy says, use `declassify` with one of the policy's declassifiers, a reason, an owner and a date.",
		Bad:  `field dob date of birth class preference for "the birthday card"`,
		Good: `field note text class health for "the nurse"`,
	})
	UnknownClass = define(Code{
		ID: "T3110", Title: "unknown data class",
		Text: "Data classes come from the policy packs: public, preference, contact, interest, identifier, health and more. " +
			"`tacet explain classes` lists them with what they hold.",
		Bad:  `field note text class private for "the nurse"`,
		Good: `field note text class health for "the nurse"`,
	})
	LinkedClassRefused = define(Code{
		ID: "T3111", Title: "two harmless answers together say too much",
		Text: "A topic alone is a preference. Beside a name or a phone number it says what a known person wants done, and is of " +
			"class `interest`. This purpose may hold one or the other but not both. Ask only one of them, or let a person ask.",
		Bad:  "purpose billing\nfield phone phone for \"the call\"\nfield topic one of botox, facelift for \"the call\"",
		Good: "purpose lead-contact\nfield phone phone for \"the call\"\nfield topic one of botox, facelift for \"the call\"",
	})
	SentenceLost = define(Code{
		ID: "T3507", Title: "a standard sentence that lost what it must say",
		Text: "A flow may put a sentence of its own in place of a standard one, in its own tone. Three of them say what patients rely on " +
			"everywhere: `bot` that this is no person, `emergency-bar` the numbers 911 and 988, `phi` what to leave out of the chat. " +
			"They must still say it, in every language.",
		Bad:  "text emergency-bar \"Call us if you feel unwell.\"",
		Good: "text emergency-bar \"In an emergency call 911; in a crisis call or text 988.\"",
	})
	ConsentDiffers = define(Code{
		ID: "T3112", Title: "one consent that is for two things",
		Text: "A consent is recorded under its name, and so must be for the same classes of data wherever it is asked for. What a " +
			"patient agreed to in one state would otherwise permit what they were asked in another.",
		Bad:  "consent intake for health \"…\" { … }   consent intake for contact \"…\" { … }",
		Good: "consent intake for health \"…\" { … }   consent follow-up for contact \"…\" { … }",
	})
	ChannelRefused = define(Code{
		ID: "T3204", Title: "this purpose may not be served on that channel",
		Text: "Some purposes are only served where the patient is logged in, because even the question says something about a " +
			"person's care. Serve the flow on one of the channels that the message lists.",
		Bad:  "purpose billing\nchannel web-chat",
		Good: "purpose billing\nchannel portal-chat",
	})
	ClassNotOnChannel = define(Code{
		ID: "T3205", Title: "this channel may not carry that",
		Text: "Each channel carries only some classes: a text message can be read on a locked screen, a public page does not " +
			"know who is writing. Leave the channel out, or do not ask this on it.",
		Bad:  "channel sms\nfield topic one of botox, facelift for \"the call\"",
		Good: "channel web-chat\nfield topic one of botox, facelift for \"the call\"",
	})
	ChannelNotOffered = define(Code{
		ID: "T3206", Title: "the practice does not have that channel",
		Text: "practice.yaml lists the channels that the practice serves. Add the channel there once somebody looks after it.",
		Bad:  "channel sms      # practice.yaml: channels: [web-chat]",
		Good: "channel web-chat # practice.yaml: channels: [web-chat]",
	})
	VendorMayNotHold = define(Code{
		ID: "T3301", Title: "that vendor may not hold this",
		Text: "practice.yaml says which classes each vendor may hold, as its agreement does. Sending more would be a disclosure " +
			"nobody agreed to. Leave the field out of the `send`, or have the agreement and practice.yaml changed by whoever owns them.",
		Bad:  "send name, dob to crm      # crm: classes: [contact]",
		Good: "send name to crm           # crm: classes: [contact]",
	})
	NoVendorMayHold = define(Code{
		ID: "T3302", Title: "no vendor may hold this",
		Text: "The policy keeps this class inside the practice, whatever an agreement says: for substance-use records, for " +
			"example, 42 CFR part 2. Hand the conversation to a person instead.",
		Bad:  "send history to crm",
		Good: "state history { handoff nurses }",
	})
	VendorPurpose = define(Code{
		ID: "T3303", Title: "that vendor does not serve this purpose",
		Text: "An agreement permits uses, not just data (45 CFR 164.504(e)(2)(i)). practice.yaml lists the purposes the vendor " +
			"was hired for, and this flow's is not among them.",
		Bad:  "purpose scheduling\nsend phone to mailer   # mailer: purposes: [feedback]",
		Good: "purpose scheduling\nsend phone to crm      # crm: purposes: [scheduling]",
	})
	DeclassifyRefused = define(Code{
		ID: "T3401", Title: "this class may not be lowered like that",
		Text: "A class goes down only by a declassifier that the policy lists, because only those take out what made the answer " +
			"private (45 CFR 164.514(b)): a yes or no instead of the detail, a year instead of a date, three digits of a ZIP code.",
		Bad:  `declassify phone to preference because "we need it" by "Dana Ruiz" until 2027-03-01`,
		Good: `declassify insured to preference because "only yes or no is kept" by "Dana Ruiz" until 2027-03-01`,
	})
	DeclassifyOver = define(Code{
		ID: "T3403", Title: "a declassification whose date has passed",
		Text: "The date until which somebody decided to treat this as less private is over, so it counts as private again. " +
			"Whoever owns the decision looks at it and sets a new date, or the flow stops relying on it.",
		Bad:  `declassify insured to preference because "…" by "Dana Ruiz" until 2020-01-01`,
		Good: `declassify insured to preference because "…" by "Dana Ruiz" until 2027-03-01`,
	})
	DeclassifyTooLong = define(Code{
		ID: "T3404", Title: "a declassification for longer than the policy permits",
		Text: "Somebody decided to treat this as less private, and the policy says for how long such a decision is good before it is " +
			"looked at again. The time counts from the review of the flow in practice.yaml.",
		Bad:  `declassify insured to preference because "…" by "Dana Ruiz" until 2099-01-01`,
		Good: `declassify insured to preference because "…" by "Dana Ruiz" until 2027-03-01`,
	})
	TimeoutOutOfRange = define(Code{
		ID: "T3501", Title: "the timeout is outside what the policy permits",
		Text: "After this long without a message the conversation closes, so that the next person at the keyboard does not read " +
			"it (45 CFR 164.312(a)(2)(iii)). Too short is unkind, too long is unsafe: the policy gives the range.",
		Bad:  `session { timeout 120 minutes }`,
		Good: `session { timeout 20 minutes }`,
	})
	KeepOutOfRange = define(Code{
		ID: "T3502", Title: "the conversation would be kept for longer or shorter than the policy permits",
		Text: "What the flow collects is erased after this many days. The policy gives a range for each class; a flow may choose " +
			"within it and never keep anything longer, and what ends in one way (`keep timeout 7 days`) for less than the rest.",
		Bad:  `session { keep 3000 days }`,
		Good: `session { keep 90 days }`,
	})
	RetriesOutOfRange = define(Code{
		ID: "T3503", Title: "too many retries before a person takes over",
		Text: "A patient whom the assistant does not understand must soon reach a person. The policy says how often it may ask again.",
		Bad:  `session { retries 12 }`,
		Good: `session { retries 2 }`,
	})
	NoKeep = define(Code{
		ID: "T3504", Title: "it is not said how long this is kept",
		Text: "Everything that is collected needs a declared time after which it is erased. Write `keep … days` in the session, " +
			"or ask your compliance owner for a rule of this class.",
		Bad:  `session { timeout 20 minutes }`,
		Good: `session { timeout 20 minutes  keep 90 days }`,
	})
	NoticeMissing = define(Code{
		ID: "T3506", Title: "the notice does not say what the policy requires",
		Text: "Before the first question, patients read who keeps what they write and what to do in an emergency. The policy " +
			"lists what the notice must carry. Write a `notice`, and name 911 in it.",
		Bad:  `notice "Hello!"`,
		Good: "notice \"\"\"\n  This chat books appointments. Please leave out medical details. In an emergency call 911.\n\"\"\"",
	})
)
