package report

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
)

// Report is the figures of a time.
type Report struct {
	Practice string   `json:"practice"`
	Timezone string   `json:"timezone"`
	From     string   `json:"from"` // first day
	To       string   `json:"to"`   // last day
	Figures  []Figure `json:"figures"`
}

// Figure is one of M1 to M13 with what it means.
type Figure struct {
	ID         string  `json:"id"`
	Title      string  `json:"title"`
	Definition string  `json:"definition"`
	Values     []Value `json:"values"`
	Tables     []Table `json:"tables,omitempty"`
}

// Unit says how a value is written.
type Unit string

// The units.
const (
	Count   Unit = "count"
	Part    Unit = "share"   // of Of
	Seconds Unit = "seconds" // a length of time
	Minutes Unit = "minutes"
	Cents   Unit = "cents"  // of a dollar
	Points  Unit = "points" // tenths of a percentage point
)

// Value is one number. Missing says why there is none.
type Value struct {
	Name    string `json:"name"`
	Unit    Unit   `json:"unit"`
	N       int64  `json:"n"`
	Of      int64  `json:"of,omitempty"`
	Missing string `json:"missing,omitempty"`
}

// Table is a breakdown. Where it is about what patients asked, said, or where they stopped, cells of 1 to 10 are hidden, and with a
// single hidden cell the next smallest too, so that none can be worked out from the total.
type Table struct {
	Title string `json:"title"`
	Cells []Cell `json:"cells"`
	Days  bool   `json:"days,omitempty"` // cells are days in order, none hidden
}

// Cell is one row of a table. N is 0 where it is hidden.
type Cell struct {
	Name   string `json:"name"`
	N      int64  `json:"n"`
	Hidden bool   `json:"hidden,omitempty"`
}

// SmallCell is the smallest count above zero that a breakdown shows: the threshold of the Centers for Medicare & Medicaid Services'
// cell size suppression policy.
const SmallCell = 11

// breakdown makes a table of counts, the largest first, with its small cells hidden.
func breakdown(title string, counts map[string]int64) Table {
	t := Table{Title: title, Cells: []Cell{}}
	for _, name := range slices.Sorted(maps.Keys(counts)) {
		if counts[name] > 0 {
			t.Cells = append(t.Cells, Cell{Name: name, N: counts[name]})
		}
	}
	slices.SortStableFunc(t.Cells, func(a, b Cell) int { return cmp.Compare(b.N, a.N) })
	hidden := 0
	for i := range t.Cells {
		if t.Cells[i].N < SmallCell {
			t.Cells[i].Hidden = true
			hidden++
		}
	}
	if hidden == 1 && len(t.Cells) > 1 {
		t.Cells[len(t.Cells)-2].Hidden = true
	}
	// what is hidden stands by name, so that its place does not tell its size
	slices.SortStableFunc(t.Cells, func(a, b Cell) int {
		switch {
		case a.Hidden && b.Hidden:
			return strings.Compare(a.Name, b.Name)
		case a.Hidden:
			return 1
		case b.Hidden:
			return -1
		}
		return 0
	})
	for i := range t.Cells {
		if t.Cells[i].Hidden {
			t.Cells[i].N = 0
		}
	}
	return t
}

// unlisted stands for the names of a table that too few conversations have.
const unlisted = "others, each too few to name"

// named is a breakdown by names that come from outside: one that fewer than SmallCell have is not shown at all, because it could tell
// of somebody.
func named(title string, counts map[string]int64) Table {
	known := map[string]int64{}
	for name, n := range counts {
		if n < SmallCell {
			name = unlisted
		}
		known[name] += n
	}
	return breakdown(title, known)
}

// Compute makes the figures of a log.
func Compute(l *Log, in Inputs) *Report {
	r := &Report{
		Practice: l.Practice.Name, Timezone: l.Zone.String(),
		From: l.From.Format(time.DateOnly), To: l.To.AddDate(0, 0, -1).Format(time.DateOnly),
	}
	c := count(l)
	r.Figures = []Figure{
		c.volume(), c.completion(), c.handoffs(), c.afterHours(), c.response(), c.conversion(in), c.saved(in), c.cost(in),
		c.incidents(), c.compliance(in), c.completeness(), c.questions(), standardROI(),
	}
	return r
}

// Percent writes a share with one digit, rounded half up; "–" where there is no whole.
func (s Share) Percent() string {
	if s.Of == 0 {
		return "–"
	}
	tenths := (2000*s.N + s.Of) / (2 * s.Of)
	return fmt.Sprintf("%d.%d %%", tenths/10, tenths%10)
}

// Beyond is how much greater a share is than another, in tenths of a percentage point, rounded half away from zero; ok is false where one
// of them has no whole.
func (s Share) Beyond(other Share) (tenths int64, ok bool) {
	if s.Of == 0 || other.Of == 0 {
		return 0, false
	}
	n, of := 1000*(s.N*other.Of-other.N*s.Of), s.Of*other.Of
	if n < 0 {
		return -((2*-n + of) / (2 * of)), true
	}
	return (2*n + of) / (2 * of), true
}

// String writes a value for people.
func (v Value) String() string {
	if v.Missing != "" {
		return v.Missing
	}
	switch v.Unit {
	case Part:
		if v.Of == 0 {
			return "–"
		}
		return fmt.Sprintf("%s (%d of %d)", Share{v.N, v.Of}.Percent(), v.N, v.Of)
	case Seconds:
		return length(v.N)
	case Minutes:
		return fmt.Sprintf("%d h %d min", v.N/60, v.N%60)
	case Cents:
		return dollars(v.N)
	case Points:
		return points(v.N)
	}
	return fmt.Sprint(v.N)
}

func length(seconds int64) string {
	switch {
	case seconds < 120:
		return fmt.Sprintf("%d s", seconds)
	case seconds < 2*3600:
		return fmt.Sprintf("%d min", seconds/60)
	}
	return fmt.Sprintf("%d h %d min", seconds/3600, seconds%3600/60)
}

// points writes a difference of two shares with its sign.
func points(tenths int64) string {
	sign := "+"
	switch {
	case tenths == 0:
		sign = ""
	case tenths < 0:
		sign, tenths = "-", -tenths
	}
	return fmt.Sprintf("%s%d.%d points", sign, tenths/10, tenths%10)
}

func dollars(cents int64) string {
	sign := ""
	if cents < 0 {
		sign, cents = "-", -cents
	}
	whole := fmt.Sprint(cents / 100)
	for i := len(whole) - 3; i > 0; i -= 3 {
		whole = whole[:i] + "," + whole[i:]
	}
	if cents%100 == 0 {
		return sign + "$" + whole
	}
	return fmt.Sprintf("%s$%s.%02d", sign, whole, cents%100)
}

// String writes a cell for people.
func (c Cell) String() string {
	if c.Hidden {
		return "small, not shown"
	}
	return fmt.Sprint(c.N)
}
