package server

import (
	"fmt"
	htmltemplate "html/template"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/tacet-lang/tacet/runtime/people"
	"github.com/tacet-lang/tacet/runtime/report"
)

var figuresTemplate = sheetTemplate("staff_figures.html")

// askedFigures is what the form of the page holds, as it was written.
type askedFigures struct{ From, To, Minutes, Cost, Baseline string }

type (
	figuresSheet struct {
		sheet
		Asked      askedFigures
		Same       htmltemplate.URL // the query for the same figures
		Report     *report.Report
		Figures    []figureView
		Calculator []input
	}
	figureView struct {
		report.Figure
		Plot   *plot
		Tables []tableView
	}
	tableView struct {
		Title string
		Rows  []rowView
	}
	rowView struct {
		Name, Text string
		Bar        int64 // of 100
	}
	input struct{ ID, Label, Value string }

	// plot is a bar chart in the units of its own box.
	plot struct {
		ID, Title           string
		Width, Height       int
		Lines, Bars, Labels []mark
	}
	mark struct {
		X, Y, W, H, X2 int
		Label          string
	}
)

func (s *Server) figuresRoute() route {
	return route{method: "GET", path: "/api/staff/figures", does: "Counts what the assistant did, M1 to M13, from the log", access: toWhoMay(people.ViewFigures),
		look: "figures.viewed", query: []string{"from", "to", "minutes", "cost", "baseline"}, answer: answer{status: http.StatusOK, body: report.Report{}},
		problems: []*problem{errRange, errInvalid}, staff: func(w http.ResponseWriter, r *http.Request, _ *caller) error {
			rep, err := s.report(r, asked(r.URL.Query(), s.host.Now().In(s.zone())))
			if err != nil {
				return err
			}
			return s.send(w, http.StatusOK, rep)
		}}
}

// reportDays is how many days are counted where nobody says.
const reportDays = 28

func asked(q url.Values, now time.Time) askedFigures {
	a := askedFigures{q.Get("from"), q.Get("to"), q.Get("minutes"), q.Get("cost"), q.Get("baseline")}
	if a.To == "" {
		a.To = now.Format(time.DateOnly)
	}
	if a.From == "" {
		a.From = now.AddDate(0, 0, 1-reportDays).Format(time.DateOnly)
	}
	return a
}

func (a askedFigures) query() string {
	q := url.Values{}
	for name, value := range map[string]string{"from": a.From, "to": a.To, "minutes": a.Minutes, "cost": a.Cost, "baseline": a.Baseline} {
		if value != "" {
			q.Set(name, value)
		}
	}
	return q.Encode()
}

func (a askedFigures) inputs() (in report.Inputs, err error) {
	if in.Minutes, err = report.ParseNumber(a.Minutes); err != nil || in.Minutes > 24*60 {
		return in, invalid("minutes are a whole number, at most 1440")
	}
	if in.Cost, err = report.ParseDollars(a.Cost); err != nil {
		return in, invalid("a cost is written as 300 or 299.50")
	}
	if in.Baseline, err = report.ParseShare(a.Baseline); err != nil {
		return in, invalid("conversions are written as 15/100")
	}
	return in, nil
}

// invalid is errInvalid with a reason in words of ours.
func invalid(why string) *problem {
	p := *errInvalid
	p.Detail = why
	return &p
}

func (s *Server) report(r *http.Request, a askedFigures) (*report.Report, error) {
	in, err := a.inputs()
	if err != nil {
		return nil, err
	}
	from, to, err := s.days(a.From, a.To)
	if err != nil {
		return nil, err
	}
	store, vault := s.host.Store()
	log, err := report.Read(r.Context(), report.Source{Store: store, Vault: vault, Practice: s.host.Flows()[0].Practice, Judge: s.host.Judge}, from, to)
	if err != nil {
		return nil, err
	}
	if in.Now = s.host.Now(); in.Now.After(to) {
		in.Now = to
	}
	return report.Compute(log, in), nil
}

// figuresPage shows figures with what they mean.
func (s *Server) figuresPage(w http.ResponseWriter, r *http.Request, c *caller) error {
	v := figuresSheet{Asked: asked(r.URL.Query(), s.host.Now().In(s.zone()))}
	var err error
	if v.sheet, err = s.sheet(r, c, "Figures"); err != nil {
		return err
	}
	v.Same = htmltemplate.URL(v.Asked.query()) //nolint:gosec // made by url.Values
	before, after, complaint := v.calculator(r.URL.Query())
	v.Complaint = complaint
	v.Report, err = s.report(r, v.Asked)
	if err := v.complain(err); err != nil {
		return err
	}
	if v.Report != nil {
		v.Report.Figures[len(v.Report.Figures)-1] = report.ROI(before, after)
		v.Figures = views(v.Report)
	}
	return s.page(w, figuresTemplate(), v)
}

// calculator reads the numbers of the calculator, those of the worked example where there are none.
func (v *figuresSheet) calculator(q url.Values) (before, after report.Funnel, complaint string) {
	before, after = report.Before, report.After
	worth := before.Worth / 100
	for _, n := range []struct {
		id, label string
		most      int64
		to        []*int64
	}{
		{"inquiries", "Inquiries a month", 1_000_000, []*int64{&before.Inquiries, &after.Inquiries}},
		{"converts", "Percent that become a consultation, before", 100, []*int64{&before.Converts}},
		{"converts_after", "Percent that become a consultation, after", 100, []*int64{&after.Converts}},
		{"extra", "Consultations captured after hours, after", 1_000_000, []*int64{&after.Extra}},
		{"accepts", "Percent of consultations that become a procedure", 100, []*int64{&before.Accepts, &after.Accepts}},
		{"worth", "What a procedure is worth, dollars", 1_000_000, []*int64{&worth}},
	} {
		value := *n.to[0]
		if given := q.Get(n.id); given != "" {
			got, err := report.ParseNumber(given)
			if err != nil || got > n.most {
				complaint = fmt.Sprintf("%s: a whole number, at most %d.", n.label, n.most)
			} else {
				value = got
			}
		}
		for _, to := range n.to {
			*to = value
		}
		v.Calculator = append(v.Calculator, input{n.id, n.label, strconv.FormatInt(value, 10)})
	}
	before.Worth, after.Worth = worth*100, worth*100
	return before, after, complaint
}

func views(r *report.Report) (list []figureView) {
	for i := range r.Figures {
		v := figureView{Figure: r.Figures[i]}
		for _, t := range v.Figure.Tables {
			if t.Days {
				v.Plot = plotted(v.ID, &t)
				continue
			}
			if len(t.Cells) > 0 {
				v.Tables = append(v.Tables, tabled(&t))
			}
		}
		list = append(list, v)
	}
	return list
}

func tabled(t *report.Table) tableView {
	v := tableView{Title: t.Title}
	most := int64(1)
	for _, c := range t.Cells {
		most = max(most, c.N)
	}
	for _, c := range t.Cells {
		v.Rows = append(v.Rows, rowView{c.Name, c.String(), 100 * c.N / most})
	}
	return v
}

// shortDay is a day of a plot: Oct 26.
func shortDay(day string) string {
	t, err := time.Parse(time.DateOnly, day)
	if err != nil {
		panic("server: a plot of something else than days") // report makes them
	}
	return t.Format("Jan 2")
}

// The box of a plot.
const (
	plotWidth, plotHeight = 720, 180
	plotFoot              = 20 // for the days
	plotMargin            = 40 // for the numbers
)

// plotted lays out a bar for each day.
func plotted(id string, t *report.Table) *plot {
	if len(t.Cells) == 0 {
		return nil
	}
	most, total := int64(1), int64(0)
	for _, c := range t.Cells {
		most, total = max(most, c.N), total+c.N
	}
	p := &plot{ID: id, Title: fmt.Sprintf("%d conversations by day, at most %d", total, most), Width: plotWidth, Height: plotHeight}
	high := plotHeight - plotFoot - 16
	y := func(n int64) int { return plotHeight - plotFoot - int(n*int64(high)/most) }
	for _, n := range []int64{most, most / 2} {
		if n > 0 {
			p.Lines = append(p.Lines, mark{X: plotMargin, X2: plotWidth, Y: y(n), Label: strconv.FormatInt(n, 10)})
		}
	}
	n := len(t.Cells)
	for i, c := range t.Cells {
		left, right := plotMargin+i*(plotWidth-plotMargin)/n, plotMargin+(i+1)*(plotWidth-plotMargin)/n
		gap := min(2, (right-left)/4)
		p.Bars = append(p.Bars, mark{X: left + gap, W: max(1, right-left-2*gap), Y: y(c.N), H: plotHeight - plotFoot - y(c.N), Label: fmt.Sprintf("%s: %d", c.Name, c.N)})
		if i%((n+7)/8) == 0 {
			p.Labels = append(p.Labels, mark{X: left, Y: plotHeight - 5, Label: shortDay(c.Name)})
		}
	}
	return p
}
