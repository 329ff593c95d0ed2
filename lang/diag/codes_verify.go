package diag

// Codes of what conversations can come to: decided on the machine, over every path that a patient can take.
var (
	// AnswersUnhandled is G2: an answer for which no `when` holds and no `otherwise` stands.
	AnswersUnhandled = define(Code{
		ID: "T2104", Title: "some answers are not handled",
		Text: "The `when` lines of a state must cover every answer that a patient can give, and every hour of the week where they look " +
			"at the clock. The message shows the first answer that none of them takes. Widen a condition, or add `otherwise -> …`.",
		Bad:  "when pain >= 8 -> nurse\nwhen pain <= 2 -> reassure",
		Good: "when pain >= 8 -> nurse\notherwise -> reassure",
	})
	// GuardsOverlap is G2: two conditions hold at once and lead apart.
	GuardsOverlap = define(Code{
		ID: "T2105", Title: "two conditions hold at once",
		Text: "For some answer, two `when` lines hold and lead to different states. Which one is meant must not depend on the order of " +
			"the lines unless the state says so: make the conditions exclude each other, or write `first` above them.",
		Bad:  "when pain >= 5 -> nurse\nwhen pain >= 8 -> doctor\notherwise -> reassure",
		Good: "first\nwhen pain >= 8 -> doctor\nwhen pain >= 5 -> nurse\notherwise -> reassure",
	})
	// GuardDead is G2: a condition that no conversation can meet.
	GuardDead = define(Code{
		ID: "T2106", Title: "a condition that never holds",
		Text: "No answer that a patient can have given on the way here meets this condition, so the line does nothing. Often a number is " +
			"out of the field's range, or an earlier state has already taken these answers elsewhere.",
		Bad:  "when pain > 10 -> emergency-room   # the field is number 0..10",
		Good: "when pain > 7 -> nurse",
	})
	// GuardShadowed is G2: a condition under `first` that is always taken by a line above.
	GuardShadowed = define(Code{
		ID: "T2107", Title: "a condition that lines above always take",
		Text: "Under `first`, the first line that holds is taken. Whenever this condition holds, a line above holds too, so it is never " +
			"reached. Move it up, or narrow the line above.",
		Bad:  "first\nwhen pain >= 5 -> nurse\nwhen pain >= 8 -> doctor",
		Good: "first\nwhen pain >= 8 -> doctor\nwhen pain >= 5 -> nurse",
	})
	// OtherwiseUnneeded is G2: the conditions are complete without it.
	OtherwiseUnneeded = define(Code{
		ID: "T2108", Severity: Warning, Title: "an `otherwise` that never happens",
		Text: "The `when` lines above cover every answer, so `otherwise` is never reached. Leave it out: then a new answer that somebody " +
			"adds later is reported instead of being swept up.",
		Bad:  "when ok -> booked\nwhen !ok -> contact\notherwise -> later",
		Good: "when ok -> booked\nwhen !ok -> contact",
	})
	// NotProven is any guarantee that the exploration could not decide within its budget.
	NotProven = define(Code{
		ID: "T2190", Title: "not proven: the flow can come to too many situations",
		Text: "Tacet looks at every situation that a conversation can come to. Here there are more than the limit, mostly because many " +
			"fields are asked first and decided on much later. What was not looked at counts as not proven, and nothing unproven is " +
			"served. Decide closer to the question, or ask for less.",
		Bad:  "ask a ask b ask c ask d …   when a == 1 && b == 2 && c == 3 && d == 4 -> x",
		Good: "ask a \"…\" when a == 1 -> next otherwise -> other",
	})
	// MachineUnreadable is a machine that breaks its own rules.
	MachineUnreadable = define(Code{
		ID: "T2191", Title: "the machine cannot be checked",
		Text: "The machine is not one that the compiler makes: something it refers to is missing, or a condition cannot be read. Build it " +
			"again from its flow.",
	})

	// StateUnreached is G1.
	StateUnreached = define(Code{
		ID: "T2201", Title: "a state that no conversation reaches",
		Text: "Nothing leads to this state, or only ways that never happen. A patient never sees it. Lead to it, or delete it.",
		Bad:  "state welcome { -> bye }\nstate prices { say \"…\" -> bye }",
		Good: "state welcome { offer \"…\" { \"Prices\" -> prices  \"Bye\" -> bye } }",
	})
	// NoWayOut is G1: a trap.
	NoWayOut = define(Code{
		ID: "T2202", Title: "a conversation that never ends",
		Text: "From here no choice of the patient leads to an `end` or a `handoff` of yours: the conversation goes round until the patient " +
			"asks for a person or gives up. Add a way out.",
		Bad:  "state a { offer { \"Again\" -> a } }",
		Good: "state a { offer { \"Again\" -> a  \"That is all\" -> bye } }",
	})
	// AutomaticCircle is G1: states that go round without hearing from the patient.
	AutomaticCircle = define(Code{
		ID: "T2203", Title: "states that go round by themselves",
		Text: "These states lead to each other without waiting for the patient, so the assistant would talk for ever. Ask or offer " +
			"something on the way.",
		Bad:  "state a { say \"…\" -> b }\nstate b { -> a }",
		Good: "state a { say \"…\" -> b }\nstate b { offer { \"Again\" -> a  \"Done\" -> bye } }",
	})

	// NeverUsed is G6.
	NeverUsed = define(Code{
		ID: "T3121", Title: "asked and never used",
		Text: "Minimum necessary (45 CFR 164.502(b)): what a patient is asked must be used for what it was asked for. Nothing after this " +
			"question sends the answer, shows it, books with it, decides by it or hands the conversation to people who need it. Use it, or do not ask.",
		Bad:  "ask phone \"Your number?\" -> bye",
		Good: "ask phone \"Your number?\" -> booked   # booked sends phone to crm",
	})
	// UsedOnSomeWays is G6 where only some ways need the answer.
	UsedOnSomeWays = define(Code{
		ID: "T3122", Severity: Warning, Title: "asked of patients who do not need to tell",
		Text: "Right after this question the ways part, and only some of them use the answer. Patients on the others tell something " +
			"that nobody needs (45 CFR 164.502(b)). Ask it on the ways that use it.",
		Bad:  "ask phone \"…\"\nwhen callback -> call  otherwise -> bye   # only call uses phone",
		Good: "when callback -> call  otherwise -> bye   # and call asks phone",
	})
	// NeverAsked is a field that is declared and that no question asks for.
	NeverAsked = define(Code{
		ID: "T3123", Severity: Warning, Title: "declared and never asked",
		Text: "Nothing asks for this field, so it never has a value. Documents list what a flow may ask for: one that lists more than " +
			"is asked says something untrue about the practice.",
		Bad:  "field fax phone for \"the form\"        # and no state asks fax",
		Good: "field phone phone for \"the call back\"  # and a state asks phone",
	})
	// ImplicitFlow is G7 through what decides.
	ImplicitFlow = define(Code{
		ID: "T3311", Title: "that something is sent tells what its receiver may not know",
		Text: "Whether this is sent depends on an answer that the receiver may not hold. Whoever receives it can infer that answer, even " +
			"though the answer itself is not in it. The same holds where that answer decides which of two questions a field in it is the answer " +
			"to, or whether the patient is verified. Send it before that is decided or once the ways have met again, ask in one place that " +
			"every way comes by, or let people send it.",
		Bad:  "when symptom == \"pain\" -> tell   # tell: send name to crm, which may not hold health",
		Good: "when symptom == \"pain\" -> nurse-line   # a handoff",
	})

	// NobodyThere is G9.
	NobodyThere = define(Code{
		ID: "T5101", Title: "nobody is there when a person is needed",
		Text: "A conversation can be handed to this team at a time when neither the team nor its fallback is there. The patient would wait " +
			"without knowing. Give the team a `fallback` that is always there, or lead to it only while it is open.",
		Bad:  "teams: {coordinators: {hours: practice}}",
		Good: "teams:\n  coordinators: {hours: practice, fallback: answering-service}\n  answering-service: {hours: always}",
	})
	// NoEmergency is G10.
	NoEmergency = define(Code{
		ID: "T5111", Title: "emergencies are not recognised",
		Text: "The flow knows no trigger of the tier `emergency`. A patient who writes of chest pain would be asked the next question. " +
			"Use `std/emergency`.",
		Bad:  `use "std/hipaa"`,
		Good: `use "std/hipaa", "std/emergency"`,
	})
	// EmergencyLowered is G10.
	EmergencyLowered = define(Code{
		ID: "T5112", Title: "an emergency that is treated as less",
		Text: "A trigger of the tier `emergency` raises an escalation of a lower tier. Emergencies go before everything else, at every point.",
		Bad:  "trigger fall { tier emergency … }\nescalation team { on fall … }",
		Good: "escalation fall-now { tier emergency on fall … }",
	})
	// EmergencyWordless is G10.
	EmergencyWordless = define(Code{
		ID: "T5113", Title: "emergencies are not recognised in a language",
		Text: "A kind of emergency has no phrases in one of the flow's languages: patients who write it are not heard.",
		Bad:  "languages en, es\ntrigger fall { tier emergency  en \"i fell\" }",
		Good: "trigger fall { tier emergency  en \"i fell\"  es \"me caí\" }",
	})
	// EmergencyWithoutNumber is G10.
	EmergencyWithoutNumber = define(Code{
		ID: "T5114", Title: "an emergency sentence without the number to call",
		Text: "The last thing the assistant says in an emergency must name 911: a patient must not wait for an answer in a chat.",
		Bad:  `say "I am telling our team."`,
		Good: `say "If this is an emergency, call 911 now. I am telling our team."`,
	})
	// NoAnswerer is G15.
	NoAnswerer = define(Code{
		ID: "T5121", Title: "nobody answers for the flow",
		Text: "Every flow has an owner and a reviewer in practice.yaml, who are two people, and the day of the last review. A change is " +
			"read by somebody who did not write it.",
		Bad:  "flows: {consultation: {owner: Dana Ruiz}}",
		Good: "flows: {consultation: {owner: Dana Ruiz, reviewer: Mina Okafor, reviewed: 2026-09-15}}",
	})
	// ReviewOverdue is G15.
	ReviewOverdue = define(Code{
		ID: "T5122", Title: "the review of the flow is overdue",
		Text: "The policy says how often a flow is reviewed (45 CFR 164.308(a)(8)). Have the reviewer read it, and write the day into practice.yaml.",
		Bad:  "reviewed: 2024-01-10",
		Good: "reviewed: 2026-09-15",
	})

	// AgreementAbsent is G8.
	AgreementAbsent = define(Code{
		ID: "T6101", Title: "patient data to a vendor without an agreement",
		Text: "Whoever receives patient data signs a business associate agreement first (45 CFR 164.502(e), 164.504(e)). Record it in " +
			"practice.yaml, or send nothing.",
		Bad:  "vendors: {crm: {classes: [contact]}}",
		Good: "vendors: {crm: {classes: [contact], agreement: {signed: 2025-12-10, effective: 2026-01-01, …}}}",
	})
	// AgreementOver is G8.
	AgreementOver = define(Code{
		ID: "T6102", Title: "an agreement that is not in force",
		Text: "On the day of this check, and for the days ahead that the policy asks for, the agreement with everybody who receives patient " +
			"data must be in force. Renew it before it ends: the flow stops being served on that day.",
		Bad:  "expires: 2026-01-31   # checked in March 2026",
		Good: "expires: 2028-12-31",
	})
	// AgreementEnds is the warning before AgreementOver.
	AgreementEnds = define(Code{
		ID: "T6103", Severity: Warning, Title: "an agreement that ends soon",
		Text: "The agreement ends within the next months. From the day on that is closer to its end than the policy permits, the flow no longer " +
			"passes its check, and on its last day it stops being served.",
		Bad:  "expires: 2026-12-31   # checked in November 2026",
		Good: "expires: 2028-12-31",
	})
)
