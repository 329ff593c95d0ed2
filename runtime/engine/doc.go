// Package engine is the turn protocol: one pure function from a conversation and an event to the next conversation and
// its effects. It has no I/O, no clock and no randomness; time, ids and the world's answers arrive in events.
//
// # The order of a turn
//
// For every message of a patient, always:
//
//  1. The conversation is over or with a person: the message is received and nothing is said. An emergency heard in it
//     marks it urgent for the people who have it.
//  2. Emergency triggers lead to their escalation.
//  3. A request for a person, typed or by the button, leads to Machine.Human.
//  4. Other triggers and escalated topics lead to the most urgent of their escalations; refused topics get the refusal.
//  5. What the location waits for.
//  6. A handled topic: its answer and then the question again, or its route.
//  7. A greeting or thanks and nothing else: the question again. Else a reprompt, at most Session.Retries times since the location was entered, then Machine.Stuck.
//
// A pressed quick reply is no text: it is the author's own label, so only 1 and 5 apply to it.
//
// # Answers and topics
//
// Nearly every text is a valid answer where a name, a text or a message is asked, and a valid answer may share words
// with a topic ("rhinoplasty" with a question about rhinoplasty). So the bars of [Reading.Topics] divide the work. A text
// that is a valid answer to the open question counts as a topic in step 4 only if the classifier is certain ([Certain]);
// every other text does when it is likely ([Likely]). An answer with a form of its own (a telephone number, a date, a
// code) is about nothing else, unless the text also asks for something. Where a topic is what is asked for (a listen, an
// offer), and for a question in step 6, the best guess is enough ([Possible]), since being wrong costs one more turn; a
// statement beside the question is answered as a topic only if that is likely. Triggers know no bar: they are heard in
// every text. understand.go says how the bars were measured.
//
// At a verify, "it did not come" sends the code again. That counts as an attempt.
//
// # Silence
//
// Leaving the assistant's control takes one step: at most one acknowledgement, then Waiting or Human, and Epoch moves. After
// that only StaffRelease lets the assistant speak again, and never in a conversation in which an emergency was heard.
// Whatever goes wrong inside a step (a guard without a value, automatic steps that do not end) leads to Machine.Stuck
// with the reason "fault": a person takes over.
//
// # Time
//
// A conversation expires at Deadline whether or not a Tick comes first: a later message is received but not answered.
// An emergency, and a request for a person, still lead to people.
//
// # A slow world
//
// While an act is pending, texts are received and kept. Emergencies and requests for a person are answered at once, the
// rest after the outcome, and only by steps 4 and 6: a text typed before a question was shown is never its answer.
package engine
