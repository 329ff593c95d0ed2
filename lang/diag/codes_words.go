package diag

// T7xxx: what texts ask for and give. The compiler reports them; lang/speech judges the words.
var (
	AsksTooMuch = define(Code{
		ID: "T7001", Title: "words that ask for what this purpose may not collect",
		Text: "Patients answer what they read, not what the field is called. A text that asks for something asks for it whether " +
			"it is a question, an order, a wish (`the doctor likes to hear about …`), an invitation, a label (`Allergies:`) or a " +
			"reward, and in whatever language. The flow's purpose decides what may be asked (45 CFR 164.502(b), minimum " +
			"necessary). Telling patients not to share something, what a nurse will ask at the visit, what to bring, and " +
			"general education are no requests.",
		Bad:  `ask topic "What bothers you about your nose, and was it ever operated on?"`,
		Good: `ask topic "Which procedure are you interested in?"`,
	})
	AsksElse = define(Code{
		ID: "T7002", Title: "words that ask for something else than the field takes",
		Text: "This purpose may collect what the words ask for, but the field beside them is of a lower class, or there is no " +
			"question there at all. What patients answer would be kept, sent and shown as if it were harmless. Give the field the " +
			"type that the words mean, raise it with `class`, or change the words.",
		Bad:  "field fever yes-no for \"whether a nurse should call\"\nask fever \"Have you had a fever since yesterday?\"",
		Good: "field fever yes-no for \"whether a nurse should call\" class health\nask fever \"Have you had a fever since yesterday?\"",
	})
	GivesAdvice = define(Code{
		ID: "T7011", Title: "words that give medical advice",
		Text: "The assistant does not diagnose, recommend a treatment or a dose, say who is a candidate, call a symptom harmless or " +
			"promise a result: all of that takes a clinician who has seen the patient. It may explain in general how something is " +
			"done, say what a visit is like, and pass a question on.",
		Bad:  `say "That swelling is normal. Put ice on it and take ibuprofen."`,
		Good: `say "That is a question for our nurses, so I am passing it to them."`,
	})
	TellsPrice = define(Code{
		ID: "T7012", Title: "a price, where prices are passed on",
		Text: "The scope passes questions about prices on to people or refuses them, so no text names what care costs. Costs around " +
			"it (parking, a missed appointment) may be told. To let the assistant tell prices, put the topic under `handle`.",
		Bad:  "scope { escalate pricing }\nsay \"A facelift starts at $9,000.\"",
		Good: "scope { escalate pricing }\nsay \"Our coordinators explain what a facelift costs.\"",
	})
	SaysPerson = define(Code{
		ID: "T7013", Title: "words that say a person writes them",
		Text: "The assistant is a program, and says so (Cal. Bus. & Prof. Code 17941 forbids a bot to mislead about that). No text says " +
			"that it is a person, by name and profession or by denying that it is a bot. It may have a name, promise that a person " +
			"will answer, and say who on the team does what.",
		Bad:  `say "Hi, this is Maria, your nurse. You are chatting with a real person."`,
		Good: `say "Hi, this is the automated assistant. Maria, our nurse, answers on weekdays."`,
	})
)
