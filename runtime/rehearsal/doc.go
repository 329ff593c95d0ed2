// Package rehearsal plays conversations in memory: the engine as it runs in production, and a world that is only
// pretended. It is what `tacet test`, `tacet chat` and `tacet replay` share.
//
// # The steps of a test
//
// A conversation begins with the first step that needs it, on Monday 2026-03-02 at 10:00 by the practice's clock unless
// `at` says otherwise. The clock stands still except for `at` and `wait`.
//
//	at "2026-03-02 22:00"   moves the practice's clock there; never back
//	language es             before the beginning: the language it begins in; later: the patient switches
//	channel sms             before the beginning only
//	patient "…"             the patient types; {code} is the one-time code that was sent last
//	choose "…"              the patient presses the quick reply with that label or name
//	human                   the patient presses the button for a person
//	wait 25 minutes         time passes; the conversation times out on the way if it must
//	world taken             the next act that can end so does: taken (hold, book), failed (book; a code that is too old),
//	                        booked, none (no free slot), unreachable (the code cannot be sent), verified. A line that
//	                        nothing ever met fails the test
//
// An expectation looks at what followed the last step of the patient or of the clock:
//
//	expect say "…"          a message of the assistant since then holds the words; spaces do not matter
//	expect not "…"          no message of the assistant since then holds them
//	expect reprompt         the answer did not fit and was asked for again
//	expect ask phone        the assistant now waits for that field
//	expect state contact    the conversation is in that state
//	expect field name "…"   the field has that value, as it is stored or as it is said
//	expect send crm         data was sent to that vendor since the beginning
//	expect escalation x     that escalation was raised
//	expect handoff team     the conversation is with that team
//	expect end completed    the conversation is over with that outcome
//	expect silence          the assistant no longer has the conversation, said nothing after its acknowledgement, and
//	                        stays silent: to whatever is said next and in every later step of the test
//
// A test stops at its first failed step; the steps after it have no result.
package rehearsal
