// Package connect takes to others what a practice sends: to vendors by signed webhooks, to its own teams by webhook and
// e-mail, and to people as files. It knows nothing of conversations; what may leave at all was decided before, by the
// compiler for the flow and by the dispatcher for the day.
//
// Nothing here writes the content of what it sends, or of what it is answered, into an error.
package connect
