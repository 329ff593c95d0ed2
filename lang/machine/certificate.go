package machine

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"unicode/utf8"
)

// CertificateFormat names the layout of a certificate's JSON. A reader refuses any other.
const CertificateFormat = "tacet.certificate/3"

// MaxCertificate is how many bytes a certificate has at most.
const MaxCertificate = 128 << 20

// Certificate is why a machine keeps its guarantees, in a form that can be checked locally and in one pass: for every
// location an invariant (all the abstract states a conversation can be in there), with ranks for what must come about,
// and the guards as trees that decide. Whoever checks it needs no search and need not trust who found it.
//
// # Cells
//
// What is known of the world and of answers is known by cells: [Cells] says what variables there are, and how their values
// fall into cells. That follows from the machine, so that a certificate repeats no more than the names of the variables, and
// whoever reads one finds the cells anew. Cells count from 1; 0 is "no value yet" of a field.
//
// # States
//
// Invariants stand in the order of Machine.Locations, one for each. A state of a location is: which facts hold, and for
// each variable of Exact its cell, and for each of Held whether it has a value (1) or not (0). A location whose States
// are empty can not be reached.
//
// # What a checker must verify
//
//  1. Machine names the machine, which is valid and whose guards have code; Variables are the names of
//     those of its Cells, and Consents are those that its locations ask for.
//  2. Start. The invariant of Machine.Start contains, without facts and without values of fields, every cell of
//     channel, language and now, and "no" for everything heard.
//  3. Guards (G2). For every outcome of a location with states that has guards there is a [Split], in the order in which
//     the outcomes first stand on the edges. Each of its leaves names the edge that is taken in every situation that the
//     way to it allows: by the tests that this way decides alone, the guard of that edge holds (or it has none), and of
//     every other edge of the outcome the guard does not hold, or it leads to the same location, or the location is
//     Ordered and the edge comes later, or it has no guard. A leaf without an edge is one where nothing comes: no step of
//     no state may lead there.
//  4. Steps. For every state of every location, every outcome and every choice of the world, the state after it is in
//     the invariant of where the edge of its leaf leads. What the state after it lacks is forgotten; what it has more
//     must have been set by the step. Every field that a guard of the outcome tests has a value then (G3). The steps are:
//     - Auto: now, language and heard are as they were; attempts is 0.
//     - Ask: the field gets any cell (outcome ""), of a date with Min and Max any of a day that is at least Min days away, or
//     the ask has no free slot (outcome "none": the field stays).
//     - Offer: any choice. Listen: any topic of its edges, and that topic is heard.
//     - Consent: granted sets the fact of its name, refused removes it. Verify: verified sets the fact "verified".
//     - Book: any outcome.
//     - End and Handoff: none.
//     From all but Auto, End and Handoff the world moves on first: now and language take any cell; heard of a topic
//     takes any; heard of a trigger is "no", except that after Verify, Book and the Ask of a slot it takes any if
//     neither the trigger's tier nor that of its escalation is emergency; the age of a date may grow and the days
//     until it may shrink, by any amount (the literal day stays). Attempts is anything in 0..Retries, for failed
//     0..Retries+1, for Book 0.
//     - The turn protocol, from Ask, Offer, Listen, Consent, Verify and Book: to Human, to Stuck and to the location of
//     every escalation, after the world has moved on; and from all of these but Book to the route of every handled
//     topic, which is then heard, unless a Choice of the location has that topic, or an edge of a Listen. Fields and facts stay.
//  5. Reads (G3). Every field that a location's actions, prompt and labels name, send, verify or book has a value in
//     each of its states. For a say-by that is judged case by case.
//  6. Collecting (G4, G5). In every state of an Ask, the policy permits the field: the Permit of its type, else of its
//     class, exists; its Requires and Policy.Requires hold: authenticated is the fact "verified", consent is the
//     fact of some consent whose Covers hold (are, or stand above) the class judged, secure-channel is that portal-chat
//     is the flow's only channel; human-approval never holds. The class judged is Declass.From where the field is
//     declassified, else Field.Class. "authenticated" of Policy.Requires (not of a Permit) is not demanded of a field
//     that some Verify of the machine is about: by asking for it the patient is verified.
//  7. People (G9). In every state of a Handoff somebody is there for its team at that "now". The Human of a state is 0
//     exactly at End and Handoff, and 1 exactly where something is waited for, because the protocol leads to Human
//     from there; of an Auto state it is more than that of every state after it, so that none goes round by itself (G1).
//  8. Use (G6). Every Ask with states has in Uses of itself a rank for its field. See [Use].
//  9. Ends (G1). The End of a state is 0 exactly at End locations and at handoffs by the author (Handoff locations
//     that are not Human, Stuck or an escalation's). Any other state, except of handoffs that are not the author's, has
//     a successor by an edge or a topic's route whose End is smaller.
//  10. Flows (G7). A send goes to a vendor whose Purposes hold the flow's purpose and whose Classes hold (are, or stand
//     above) every class that a field sent tells and every class of the location's Control. See [Invariant] for Merge,
//     Control and what values tell. In a reached send of which any of these is at or above Policy.VendorFloor the vendor has an agreement that is
//     signed, effective by AsOf and expires, if at all, no earlier than Horizon days after AsOf (G8). Expires is the
//     earliest expiry among them, or empty.
//  11. What needs no states (G4, G5, G10, G11, G12, G15): spec/guarantees.md lists it.
//
// Together they imply the guarantees: by 2, 3 and 4 every situation that a conversation can come to is one of the states,
// and by the others every state is as it must be, and is nearer to what must come about than the state it came from.
type Certificate struct {
	Format     string      `json:"format"`
	Machine    string      `json:"machine"` // Machine.Hash
	AsOf       string      `json:"as_of"`   // the day that dates were judged on, 2006-01-02
	Expires    string      `json:"expires"` // the first day on which an agreement is no longer in force; empty: never
	Variables  []string    `json:"variables"`
	Consents   []string    `json:"consents"` // the consents that some location asks for, sorted: consent i is fact i+1
	Order      []int       `json:"order"`    // the locations with states, in preorder of the tree of merges: see Invariant
	Invariants []Invariant `json:"invariants"`
}

// Invariant is what can hold at a location, and what leads on from there.
//
// Merge makes a tree of the locations with states: the location that every way on from here comes by, or -1 where
// ways part for good, and at End and Handoff locations. It is right if for every edge that some state takes, from a to
// b, and every route from a waiting location a to b, Merge of a is b or an ancestor of b; -1 is an
// ancestor of all. (Parent property: Georgiadis and Tarjan, "Dominator tree certification", 2016.) Certificate.Order
// lists the tree with every location before those below it, and these together.
//
// Control holds the classes that decide whether this location is come by, and how far they do. Where ways part, that
// decides which locations are come by: every location on the way up the tree of Merge from each location they lead to,
// up to but without the Merge of where they part. Where the edges that states take on one outcome lead to at least two
// locations under guards, what that outcome decides has every class that the values tell which those guards test (all guards of
// the outcome) in its Control. And what has Control hands it on: the locations that its ways lead to, by guards, by what patients or the world
// choose, or by the route of a topic, have it up to but without its Merge, and that has what goes on beyond.
//
// A field tells its class and, where two Ask locations with states or more are for it, the classes in the Control of each of
// these; "verified" tells those in the Control of each Verify location with states; "attempts", tested at an Ask, tells what
// its field tells; other values tell nothing.
type Invariant struct {
	Location string          `json:"location"`
	Exact    []int           `json:"exact,omitempty"` // variables whose cell is known, ascending
	Held     []int           `json:"held,omitempty"`  // fields of which it is known whether they have a value, ascending
	States   []AbstractState `json:"states,omitempty"`
	Splits   []Split         `json:"splits,omitempty"`
	Uses     []Use           `json:"uses,omitempty"` // by variable
	Merge    int             `json:"merge"`
	Control  []Control       `json:"control,omitempty"` // by class
}

// AbstractState is one state as numbers: the facts (bit 0 verified, bit i+1 consent i), the rank End toward an end, the
// rank Human toward a human, then the cell of each variable of Exact, then 0 or 1 for each of Held. States of a location
// differ in more than ranks and are sorted by everything but them.
type AbstractState []int

// The places of an AbstractState.
const (
	StateFacts = iota
	StateEnd
	StateHuman
	StateCells
)

// Split is how the guards of one outcome decide, as a tree that looks at one variable after the other.
type Split struct {
	On    string `json:"on,omitempty"` // the outcome
	Nodes []Node `json:"nodes"`        // each after the one above it; the first is the root
}

// Node looks at a variable, and then the nodes below it share out all its cells; or it is a leaf. No way from the root
// looks at a variable twice.
type Node struct {
	Above    int   `json:"above"`           // index of the node above; of the root -1
	Cells    []int `json:"cells,omitempty"` // of the variable that the node above looks at: which lead here
	Variable int   `json:"variable"`        // -1: a leaf
	Edge     int   `json:"edge"`            // of a leaf: the edge that is taken, into Location.Edges; -1: nothing comes here
}

// Control is a class that decides whether a location is come by, and with it every location on the way up the tree of
// merges, up to but without the location Until; -1: all of them.
type Control struct {
	Class string `json:"class"`
	Until int    `json:"until"`
}

// Use says that what a field holds when this location is left is used on some way, before it is asked again. Either a guard
// here tests it, where the edges that states take on its outcome lead to two locations or more. Or some state takes an edge, or
// the protocol a route, to a location that uses the field on entry: by a send, a text or prompt or label or say-by that names
// it, a verify, a book, or because it is a handoff by the author; or to one that does not ask for the field and has a smaller
// Rank for it. From an Ask of the field itself, only the outcome "" counts, guards and edges.
type Use struct {
	Variable int `json:"variable"`
	Rank     int `json:"rank"`
}

// Canonical returns the one byte form of a certificate, made as that of a machine.
func (c *Certificate) Canonical() ([]byte, error) { return canonical(c, "certificate") }

// canonical is compact JSON without HTML escaping.
func canonical(v any, what string) ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return nil, fmt.Errorf("encode %s: %w", what, err)
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), nil
}

// ErrCertificate means that the bytes are a certificate of another layout, or none.
var ErrCertificate = errors.New("not a certificate of format " + CertificateFormat)

// DecodeCertificate reads a certificate that anybody may have written. It judges layout and size only: unknown and
// repeated keys, data after the end, unreasonable size or nesting, another format. What the certificate claims is the
// kernel's to check.
func DecodeCertificate(b []byte) (*Certificate, error) {
	c := &Certificate{}
	if err := decodeStrict(b, c, MaxCertificate, ErrCertificate); err != nil {
		return nil, err
	}
	if c.Format != CertificateFormat {
		return nil, fmt.Errorf("%w: its format is %q", ErrCertificate, c.Format)
	}
	if len(c.Invariants) > MaxLocations {
		return nil, fmt.Errorf("certificate: %d invariants: the limit is %d", len(c.Invariants), MaxLocations)
	}
	return c, nil
}

// decodeStrict reads JSON of bounded size and nesting, without unknown or repeated keys, into v.
func decodeStrict(b []byte, v any, limit int, format error) error {
	if len(b) > limit {
		return fmt.Errorf("%w: %d bytes, and the limit is %d", format, len(b), limit)
	}
	if !utf8.Valid(b) {
		return fmt.Errorf("%w: it is not UTF-8", format)
	}
	if !json.Valid(b) {
		return fmt.Errorf("%w: it is not JSON", format)
	}
	if err := checkKeys(b); err != nil {
		return fmt.Errorf("%w: %w", format, err)
	}
	dec := json.NewDecoder(bytes.NewReader(b))
	dec.DisallowUnknownFields()
	if err := dec.Decode(v); err != nil {
		return fmt.Errorf("%w: %w", format, err)
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return fmt.Errorf("%w: there is data after the end", format)
	}
	return nil
}
