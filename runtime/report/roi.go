package report

// Funnel is what a practice says of its inquiries. Percentages are whole.
type Funnel struct {
	Inquiries int64 // a month
	Converts  int64 // percent that become a consultation
	Extra     int64 // consultations a month beside these, captured after hours
	Accepts   int64 // percent of consultations that become a procedure
	Worth     int64 // of a procedure, in cents
}

// Yield is what comes of a funnel in a month.
type Yield struct {
	Converted, Consultations, Procedures int64
	Revenue                              int64 // in cents
}

// Yield computes what comes of a funnel; each step is rounded half up to whole people.
func (f Funnel) Yield() Yield {
	y := Yield{Converted: percentOf(f.Inquiries, f.Converts)}
	y.Consultations = y.Converted + f.Extra
	y.Procedures = percentOf(y.Consultations, f.Accepts)
	y.Revenue = y.Procedures * f.Worth
	return y
}

func percentOf(n, percent int64) int64 { return (2*n*percent + 100) / 200 }

// Before and After are the worked example of the calculator: 150 inquiries a month, of which an assistant turns more into
// consultations and captures some after hours.
var (
	Before = Funnel{Inquiries: 150, Converts: 15, Accepts: 40, Worth: 8_000_00}
	After  = Funnel{Inquiries: 150, Converts: 25, Extra: 20, Accepts: 40, Worth: 8_000_00}
)

func standardROI() Figure { return ROI(Before, After) }

// ROI compares two funnels.
func ROI(before, after Funnel) Figure {
	b, a := before.Yield(), after.Yield()
	return Figure{
		ID: "M13", Title: "Return", Definition: "A calculator, not a measurement: inquiries times the share that becomes a consultation, plus those captured after hours, times the share that becomes a procedure, times what one is worth. Each step is rounded half up to whole people. The example counts 40 % of consultations as procedures; to count every consultation as one would more than double it.",
		Values: []Value{
			{Name: "consultations before", Unit: Count, N: b.Consultations}, {Name: "procedures before", Unit: Count, N: b.Procedures}, {Name: "revenue before", Unit: Cents, N: b.Revenue},
			{Name: "consultations after", Unit: Count, N: a.Consultations}, {Name: "procedures after", Unit: Count, N: a.Procedures}, {Name: "revenue after", Unit: Cents, N: a.Revenue},
			{Name: "difference a month", Unit: Cents, N: a.Revenue - b.Revenue},
		},
	}
}
