// Package session hosts conversations: it takes what patients do, steps the engine, and makes every turn durable before
// its reply leaves.
//
// A turn is computed onto the newest one that this process knows, without holding anything, and stored as one row whose
// version says onto what: has this request been answered already → state → the patient's message → the assistant's messages
// → what goes to vendors → the audit entry. If somebody else was faster, in this process or another, the store refuses it
// and it is computed again. Acts of the world that the engine asks for (appointments, one-time codes) are decided by what
// is known then, and stored on condition that they still fit.
//
// What patients wrote, and the state, leave the package sealed (runtime/vault): a store never sees them.
//
// The package defines the ports it needs (Store, Clock, CodeSender) and is the only one of the runtime that reads the
// clock, but for the vault, which forgets opened keys after a while.
package session
