// Package session hosts conversations: it takes what patients do, steps the engine, and makes every turn durable before
// its reply leaves.
//
// One turn is one transaction: has this request been answered already → state → the patient's message → the assistant's
// messages → what goes to vendors → the audit entry, guarded by the conversation's version. Acts of the world that the
// engine asks for (appointments, one-time codes) are performed inside that transaction.
//
// The package defines the ports it needs (Store, Clock, CodeSender) and is the only one of the runtime that reads the
// clock.
package session
