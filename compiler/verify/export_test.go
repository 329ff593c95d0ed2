package verify

import "github.com/tacet-lang/tacet/lang/machine"

// Cell names a cell by one of its values.
type Cell = cell

// Cells are the names of the cells of each variable of a certificate, as this package numbers them.
func Cells(m *machine.Machine) [][]Cell {
	p, err := newModel(m)
	if err != nil {
		panic(err)
	}
	w := &certifying{checking: &checking{model: p}, out: &machine.Certificate{}}
	w.variables()
	return w.cells
}
