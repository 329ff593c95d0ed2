package diag

// Codes of guards: the CEL expressions between `when` and `->`.
var (
	// GuardHabit is something people type by habit from elsewhere; it has a safe fix.
	GuardHabit = define(Code{
		ID: "T2301", Title: "a condition is written another way here",
		Text: "Conditions use `==` to compare, `&&` for and, `||` for or, `!` for not, and quotes around the answers of a `one of`. " +
			"The fix shown says the same thing in that form, and `tacet check --fix` makes it.",
		Bad: `when topic = "other" and not practice.open -> later`, Good: `when topic == "other" && !practice.open -> later`,
	})
	// GuardSyntax is a condition that cannot be read.
	GuardSyntax = define(Code{
		ID: "T2302", Title: "this condition cannot be read",
		Text: "A condition compares something the patient answered with a fixed value, and joins such comparisons with `&&`, `||`, `!` " +
			"and parentheses. Something is missing or one too many at the place shown.",
		Bad: `when topic == -> later`, Good: `when topic == "other" -> later`,
	})
	// GuardUnknownName is a name that is neither a field nor one of the given names.
	GuardUnknownName = define(Code{
		ID: "T2303", Title: "a condition names something that does not exist",
		Text: "A condition may use the fields of the flow and the given names practice.open, now.hour, now.weekday, channel, language, " +
			"attempts and verified, and ask heard(\"topic\"), age(date) and days(date).",
		Bad: `when topc == "other" -> later`, Good: `when topic == "other" -> later`,
	})
	// GuardType is a comparison of things that can never be compared.
	GuardType = define(Code{
		ID: "T2304", Title: "a condition compares things of different kinds",
		Text: "A number compares with a number, a yes-no stands alone, a `one of` compares with one of its answers in quotes, a date with " +
			"a date written \"2026-01-31\", a time with \"14:00\". Anything else could never be right for any patient.",
		Bad: `when pain >= "8" -> nurse`, Good: `when pain >= 8 -> nurse`,
	})
	// GuardOption is a comparison with an answer that the field does not offer.
	GuardOption = define(Code{
		ID: "T2305", Title: "a condition names an answer that is not offered",
		Text: "The field is a `one of`, and the answer in quotes is not on its list, so no patient could ever give it.",
		Bad:  `when topic == "othr" -> later`, Good: `when topic == "other" -> later`,
	})
	// GuardFragment is valid CEL that the checked fragment leaves out.
	GuardFragment = define(Code{
		ID: "T2306", Title: "a condition says more than can be proven",
		Text: "Conditions are kept simple so that every one can be decided exactly for every patient: fields compared with fixed values, " +
			"`in` a list of fixed values, `&&`, `||`, `!`, `? :`, age(date) and days(date). No arithmetic, no decimals, no text patterns, " +
			"and no comparison of two fields with each other.",
		Bad: `when pain + 1 > 8 -> nurse`, Good: `when pain > 7 -> nurse`,
	})
	// GuardSize is a condition beyond the limits.
	GuardSize = define(Code{
		ID: "T2307", Title: "a condition is too long",
		Text: "A condition may be 2000 characters long and nest 50 parentheses deep. Split it into several states or several `when` lines.",
		Bad:  `when ((((… -> later`, Good: `when topic == "other" -> later`,
	})
)
