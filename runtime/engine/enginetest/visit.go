package enginetest

import (
	"github.com/tacet-lang/tacet/lang/machine"
)

// Visit is a flow with every kind of location: it listens, asks for consent and a message, proves a phone, and books a
// slot.
func Visit() *machine.Machine {
	m := New()
	m.Flow.Name, m.Flow.ID = "Visits", "visit"
	m.Practice.Appointments = &machine.Appointments{Hours: Weekdays(9*60, 12*60), Duration: 30, Buffer: 10, Notice: 60, Horizon: 14, Capacity: 1, Hold: 10}
	m.Policy.Permits = append(m.Policy.Permits, machine.Permit{Class: "health", Requires: []string{"consent"}})
	m.Fields = []machine.Field{
		{Name: "about", Type: "message", Class: "preference"},
		{Name: "phone", Type: "phone", Class: "contact"},
		{Name: "visit", Type: "slot", Class: "preference"},
	}
	m.Start = "hello"
	m.Locations = append([]machine.Location{
		{ID: "hello", State: "hello", Kind: machine.Listen, Prompt: Both("How can I help?", "¿En qué puedo ayudarle?"), Edges: []machine.Edge{{On: "booking", To: "agree"}}},
		{ID: "agree", State: "agree", Kind: machine.Consent, Consent: "health", Covers: []string{"health"}, Prompt: Both("May we keep what you tell us?", "¿Podemos guardar lo que nos cuente?"),
			Edges: []machine.Edge{{On: machine.OnGranted, To: "about"}, {On: machine.OnRefused, To: "phone"}}},
		{ID: "about", State: "about", Kind: machine.Ask, Field: "about", Prompt: Both("What should we know?", "¿Qué debemos saber?"), Edges: []machine.Edge{{To: "phone"}}},
		{ID: "phone", State: "phone", Kind: machine.Ask, Field: "phone", Prompt: Both("Which number?", "¿Qué número?"), Edges: []machine.Edge{{To: "prove"}}},
		{ID: "prove", State: "prove", Kind: machine.Verify, Field: "phone", Prompt: Both("We sent a code to {phone}. Please type it here.", "Enviamos un código a {phone}. Escríbalo aquí."),
			Edges: []machine.Edge{{On: machine.OnVerified, To: "time"}, {On: machine.OnFailed, To: "phone"}, {On: machine.OnUnreachable, To: "phone"}}},
		{ID: "time", State: "time", Kind: machine.Ask, Field: "visit", Prompt: Both("Which time suits you?", "¿Qué hora le conviene?"),
			Edges: []machine.Edge{{To: "book"}, {On: machine.OnNone, To: "later"}}},
		{ID: "book", State: "book", Kind: machine.Book, Field: "visit",
			Edges: []machine.Edge{{On: machine.OnBooked, To: "done"}, {On: machine.OnTaken, To: "time"}, {On: machine.OnFailed, To: "later"}}},
		{ID: "done", State: "done", Kind: machine.End, Outcome: "booked", Do: []machine.Action{
			{To: "crm", Fields: []string{"about", "phone", "visit"}},
			{Say: Both("You are booked for {visit}.", "Su cita es el {visit}.")}}},
		{ID: "later", State: "later", Kind: machine.Handoff, Team: "coordinators", Tier: machine.Routine, Do: []machine.Action{{Say: Both("A coordinator will find a time with you.", "Una coordinadora buscará una hora con usted.")}}},
	}, Handoffs()...)
	return Sort(m)
}
