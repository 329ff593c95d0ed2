package migration

import "github.com/tacet-lang/tacet/lang/machine"

// The variables of a certificate that are no fields, whose value a migration knows.
const (
	ofAttempts = "attempts"
	ofVerified = "verified"
	ofNow      = "now"
	ofLanguage = "language"
	ofChannel  = "channel"
)

// absent is the cell of a field that has no value.
const absent = 0

// side is one version of the flow with its proof.
type side struct {
	m         *machine.Machine
	c         *machine.Certificate
	hash      string
	fields    map[string]int // by name
	locations map[string]int // by id
	vars      []machine.Variable
}

func newSide(a *machine.Artifact) (*side, error) {
	hash, err := a.Machine.Hash()
	if err != nil {
		return nil, err
	}
	s := &side{m: a.Machine, c: a.Certificate, hash: hash, fields: map[string]int{}, locations: map[string]int{}}
	for i := range s.m.Fields {
		s.fields[s.m.Fields[i].Name] = i
	}
	for i := range s.m.Locations {
		s.locations[s.m.Locations[i].ID] = i
	}
	cells, err := s.m.Cells()
	if err != nil {
		return nil, err
	}
	s.vars = cells.Variables
	return s, nil
}

// all are the cells of a variable.
func all(v *machine.Variable) []int {
	out := make([]int, v.Count)
	for i := range out {
		out[i] = i + 1
	}
	return out
}

// cells are those that a value can be in: of a date whose age or days count any, because they move with the days.
func cells(v *machine.Variable, value string) []int {
	if v.Moves() {
		return all(v)
	}
	return v.Of(value)
}
