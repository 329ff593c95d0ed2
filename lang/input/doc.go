// Package input reads what a patient types as the answer to a typed question, in English and in Spanish.
//
// Every parser asks instead of guessing: an answer with two sensible readings is [Ambiguous], one that says more than
// the grammar understands is [Unclear], and only what has exactly one reading is [OK]. Both languages are always
// understood; the conversation's language breaks ties and picks the wording of replies.
//
// The package is pure: no I/O and no clock (the time arrives in the [Context]), and equal arguments give equal
// results. Work is linear in the length of the input, which is at most [MaxInput] code points.
//
// # Dates and times
//
// A small grammar of its own reads the words of an answer into items (days, hours, parts of the day, "or", "not",
// "after"), and every word has to be an item or a known filler. What the items amount to is decided afterwards:
//
//   - 12/5 is December 5 in an English conversation of a US practice. In Spanish, or elsewhere, both orders stand
//     unless only one gives a day that can be meant, or a practice outside the US declares "dmy".
//   - A day without a year that has passed means next year if that is at most eleven months ahead; otherwise the
//     patient is asked for the year. A date at most five years ahead is taken.
//   - "Tuesday" is the next one, today excluded by asking: on a Tuesday both days stand. "Next Tuesday" is taken only
//     where the coming one and the one in next week (from Sunday, and from Monday) are the same day.
//   - A weekday that contradicts its date is asked about, with the nearest days as choices.
//   - "En ocho días" is seven or eight days, "en quince días" fourteen or fifteen: both stand.
//   - A bare hour from 1 to 8 has two readings. From 9 to 11 it is the morning and 12 is noon, since the other reading is
//     night. With a leading zero ("03:00") it is the 24-hour clock.
//   - A part of the day alone ("in the morning") asks for the hour and proposes some.
//   - A two-digit year of birth is asked about where both centuries give a living person.
//
// # Other kinds
//
//   - "About 7" is the number 7; "more than 7" and a number with a unit are not taken.
//   - A yes or no with a contrast, a doubt, both poles, a double negation or an unknown word is not taken.
//   - A mention of an option inside a sentence is a choice unless it is denied, asked about, or told as experience
//     or complaint.
//   - 911, 988 and 112 are never a phone number.
package input
