package outbox

import (
	"encoding/json"
	"strings"
	"time"

	"github.com/tacet-lang/tacet/lang/machine"
	"github.com/tacet-lang/tacet/runtime/engine"
)

// The types of messages, as receivers tell them apart.
const (
	TypeSent    = "data.sent"            // a conversation has sent fields
	TypeWaiting = "conversation.waiting" // a patient waits for a person
	TypeAlert   = "alert"                // the compliance owner must look
)

// envelope is the body of a webhook, as Standard Webhooks lays it out.
type envelope struct {
	Type      string `json:"type"`
	Timestamp string `json:"timestamp"` // of what happened, RFC 3339
	Data      any    `json:"data"`
}

// told is what every receiver is told, and of a thin message all there is: access to what was sent goes through the server,
// which knows who asks and writes it down.
type told struct {
	ID       string `json:"id"`
	Practice string `json:"practice"`
	Link     string `json:"link"`
}

type toldFields struct {
	told
	Fields map[string]string `json:"fields"`
}

type toldWaiting struct {
	told
	Team string `json:"team"`
	Tier string `json:"tier"`
}

type toldAlert struct {
	told
	About string `json:"about"` // the action of the trail's entry
}

// body lays a message out. Maps are written with their keys in order, so the same message has the same bytes at every try.
func body(kind string, at time.Time, data any) ([]byte, error) {
	return json.Marshal(envelope{Type: kind, Timestamp: at.UTC().Format(time.RFC3339), Data: data})
}

// DeliveryPath is where a vendor fetches what it was told of, on the practice's server.
const DeliveryPath = "/v1/deliveries/"

// StaffPath is where people answer.
const StaffPath = "/staff"

func (w *Worker) told(r *Row) told {
	link := w.ways.Load().Origin + StaffPath
	if r.Kind == Send {
		link = w.ways.Load().Origin + DeliveryPath + r.ID
	}
	return told{ID: r.ID, Practice: r.Practice, Link: link}
}

func values(fields []engine.FieldValue) map[string]string {
	m := map[string]string{}
	for _, f := range fields {
		m[f.Name] = f.Value
	}
	return m
}

// about says in the trail what a parcel tells: names of fields and classes, no value (45 CFR 164.528(b)(2): date, recipient, brief
// description, purpose).
func about(r *Row, v *machine.Vendor, form Form, p *parcel) map[string]string {
	var names []string
	for _, f := range p.fields {
		names = append(names, f.Name)
	}
	return map[string]string{
		"delivery": r.ID, "vendor": v.Name, "recipient": v.Legal, "form": string(form), "purpose": p.machine.Flow.Purpose, "basis": BasisOperations,
		"fields": strings.Join(names, " "), "classes": strings.Join(p.told, " "),
	}
}

// The bases on which patient data leaves. Those of treatment, payment and operations, which what a flow sends is for, are no
// part of an accounting of disclosures (45 CFR 164.528(a)(1)(i)).
const (
	BasisOperations    = "tpo"
	BasisIndividual    = "individual"
	BasisAuthorization = "authorization"
	BasisLaw           = "required-by-law"
	BasisPublicHealth  = "public-health"
	BasisThreat        = "threat"
	BasisBreach        = "breach"
)

// Bases lists them.
var Bases = []string{BasisOperations, BasisIndividual, BasisAuthorization, BasisLaw, BasisPublicHealth, BasisThreat, BasisBreach}
