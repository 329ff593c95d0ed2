package diag

import (
	"fmt"
	"maps"
	"slices"
)

// The catalogue is filled by package-level variables of this package only, one file per area, so that every code is
// declared once, next to its page:
//
//	T1xxx  reading a flow file            codes_syntax.go
//	T2xxx  names, transitions, guards     codes_flow.go, codes_guard.go
//	T3xxx  fields, classes, purposes      codes_policy.go
//	T4xxx  practice.yaml and packs        codes_facts.go
//	T5xxx  people: escalation, cover      codes_flow.go, codes_verify.go
//	T6xxx  vendors and agreements         codes_verify.go
//	T7xxx  what texts ask for and give    codes_words.go
//	T8xxx  in-language tests              codes_flow.go
//	T9xxx  artifacts and our own bugs     codes_artifact.go
var catalogue = map[string]*Code{}

func define(c Code) *Code {
	if _, dup := catalogue[c.ID]; dup {
		panic(fmt.Sprintf("diag: code %s declared twice", c.ID))
	}
	catalogue[c.ID] = &c
	return &c
}

// Lookup returns the code with this id, or nil.
func Lookup(id string) *Code { return catalogue[id] }

// Codes returns every code in order of id.
func Codes() []*Code {
	out := make([]*Code, 0, len(catalogue))
	for _, id := range slices.Sorted(maps.Keys(catalogue)) {
		out = append(out, catalogue[id])
	}
	return out
}
