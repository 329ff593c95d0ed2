package preview

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"html/template"
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/tacet-lang/tacet/lang/diag"
	"github.com/tacet-lang/tacet/lang/machine"
	"github.com/tacet-lang/tacet/runtime/calendar"
	"github.com/tacet-lang/tacet/runtime/engine"
	"github.com/tacet-lang/tacet/runtime/rehearsal"
)

// view is what the template sees.
type view struct {
	Practice string
	Version  int
	Loaded   string
	Summary  string // of the problems
	Bad      bool
	Bug      string
	File     string
	Tabs     []tab
	Problems []problem
	Editor   *editor
	Stale    bool
	Graph    template.HTML
	Asides   []asideView
	Tests    *testsView
	Talk     *talkView
	Witness  *witnessView

	Owner, Reviewer string // suggested for a new flow

	Questions []asked // in place of everything else
}

type tab struct {
	File, Name       string
	Current          bool
	Errors, Warnings int
}

type problem struct {
	Index         int
	Severity      string
	Code, Message string
	File          string
	Line          int
	Text          []textLine // place, excerpt, meaning and way out, as `tacet check` writes them
	Why           string
	Witness       string
	Fix           string // what the button says that makes it; "" where there is none
}

// textLine is a line of a problem; an excerpt of a file keeps its columns.
type textLine struct {
	Text    string
	Excerpt bool
}

type editor struct {
	File, Text, Hash string
	Marks            string // lines with problems: 12e 15w
	Pieces           []where
}

type asideView struct {
	aside
	Class string
	Words string
	Href  string
}

type testsView struct {
	Summary string
	Failed  int
	Tests   []testView
	Gaps    []gapView
}

type testView struct {
	Index        int
	Name, Report string
	Href         string
}

type gapView struct{ Href, Place, What string }

type talkView struct {
	Lines               []lineView
	Offered             []engine.Option
	Told                string
	Bad                 bool
	Asleep              string
	State               string
	Clock               string // 2006-01-02T15:04
	Day                 string
	Open                bool
	Closes              bool // the practice is closed at some time
	At, Acts            int
	Facts               []rehearsal.Fact
	Why                 []string
	Lang, Channel       string
	Languages, Channels []string
}

// Earlier is a step back.
func (v *talkView) Earlier() int { return v.At - 1 }

// Later is a step forward, to what was taken back.
func (v *talkView) Later() int { return v.At + 1 }

type witnessView struct {
	Name, Shows, Code  string
	Lines              []lineView
	Of, Steps          int
	Back, Forth, Leave string // addresses; "" where there is none
	State              string
	Error              string
}

type lineView struct {
	Class, Who, Text string
	Options          []engine.Option
	Before           int // where going back to before this line leads: acts played
	Fresh            bool
}

// view puts together what the page shows for an address. The caller holds s.mu.
func (s *Server) view(q url.Values) view {
	if s.needsSetUp() {
		return view{Version: s.version, Loaded: s.loaded.Format("15:04:05"), Summary: "There is no practice here yet", Questions: s.questions(nil, nil)}
	}
	v := view{Version: s.version, Loaded: s.loaded.Format("15:04:05"), File: s.chosen(q.Get("file")), Bad: s.draft.Problems.HasErrors()}
	v.Summary = strings.TrimSuffix(s.draft.Problems.Sorted().Summary(), "\n")
	if s.draft.Bug != nil {
		v.Bug = s.draft.Bug.Error()
	}
	v.Tabs = s.tabs(v.File)
	v.Problems = s.problems(v.File)
	if text, ok := s.draft.Files[v.File]; ok {
		v.Editor = &editor{File: v.File, Text: string(text), Hash: hash(text), Marks: s.marked(v.File)}
		switch {
		case kind(v.File) == 0:
			v.Editor.Pieces = pieces
		case v.File == practiceFile:
			v.Editor.Pieces = facts
		}
	}
	for _, d := range s.draft.Flows {
		if d.Machine != nil && v.Owner == "" {
			v.Owner, v.Reviewer = d.Machine.Flow.Owner, d.Machine.Flow.Reviewer
		}
	}
	f := s.flows[v.File]
	if f == nil {
		return v
	}
	v.Practice, v.Stale = f.machine.Practice.Name, f.stale
	s.viewFlow(&v, f, q)
	return v
}

func (s *Server) viewFlow(v *view, f *flow, q url.Values) {
	var m marks
	if w, ok := s.draft.Witnesses[q.Get("show")]; ok && w.File == f.file && !f.stale {
		upTo, _ := strconv.Atoi(q.Get("step")) // 0: the beginning
		v.Witness, m = witness(f, q.Get("show"), w.Talk, upTo)
	} else {
		t := s.talk(f)
		v.Talk = talkOf(t)
		m = t.marks()
	}
	d := f.drawing()
	o := f.tests()
	m.covered(o.coverage)
	v.Tests = testsOf(o)
	v.Graph = d.lit(m, href)
	for _, a := range d.aside {
		v.Asides = append(v.Asides, asideView{a, "aside" + m.of(a.State), plain(a.On), href(d.places[a.State])})
	}
}

// plain lists topics for a reader: a few of them.
func plain(on []string) string {
	const few = 5
	if len(on) > few {
		return strings.Join(on[:few], ", ") + fmt.Sprintf(" and %d more", len(on)-few)
	}
	return strings.Join(on, ", ")
}

// chosen is the file to show: the one asked for, else a flow with an error, else the first.
func (s *Server) chosen(file string) string {
	if _, ok := s.draft.Files[file]; ok {
		return file
	}
	for _, d := range s.draft.Problems {
		if name := d.Span.Start.Filename; d.Severity == diag.Error && s.draft.Files[name] != nil {
			return name
		}
	}
	if len(s.draft.Flows) > 0 {
		return s.draft.Flows[0].File
	}
	for _, name := range slices.Sorted(maps.Keys(s.draft.Files)) {
		return name
	}
	return ""
}

func (s *Server) talk(f *flow) *talk {
	if s.talks[f.file] == nil {
		s.talks[f.file] = begin(f)
	}
	return s.talks[f.file]
}

// href leads to a place in a file of the practice.
func href(p machine.Place) string {
	if p.Line == 0 || strings.HasPrefix(p.File, "std/") {
		return "#graph"
	}
	return "/?" + url.Values{"file": {p.File}, "line": {strconv.Itoa(p.Line)}}.Encode()
}

func (s *Server) tabs(current string) []tab {
	var out []tab
	for _, name := range slices.Sorted(maps.Keys(s.draft.Files)) {
		t := tab{File: name, Name: name, Current: name == current}
		for _, d := range s.draft.Problems {
			if d.Span.Start.Filename != name {
				continue
			}
			if d.Severity == diag.Error {
				t.Errors++
			} else {
				t.Warnings++
			}
		}
		out = append(out, t)
	}
	slices.SortStableFunc(out, func(a, b tab) int { return cmp.Compare(kind(a.File), kind(b.File)) })
	return out
}

// kind puts flows before facts.
func kind(file string) int {
	if strings.HasSuffix(file, ".flow") {
		return 0
	}
	return 1
}

// problems lists those of the file shown first.
func (s *Server) problems(file string) []problem {
	var out []problem
	for i, d := range s.draft.Problems {
		at := d.Span.Start
		out = append(out, problem{
			Index: i, Severity: d.Severity.String(), Code: d.Code.ID, Message: d.Message, File: at.Filename, Line: at.Line,
			Text: written(d, s.draft.Sources), Why: diag.Explain(d.Code), Witness: d.Witness,
			Fix: s.mends(d),
		})
	}
	slices.SortStableFunc(out, func(a, b problem) int { return cmp.Compare(elsewhere(a, file), elsewhere(b, file)) })
	return out
}

// mends says how a fix is offered: one that cannot be wrong is made, one that is a guess is agreed to.
func (s *Server) mends(d *diag.Diagnostic) string {
	switch {
	case d.Fix == nil || len(d.Fix.Edits) == 0 || s.draft.Files[d.Span.Start.Filename] == nil:
		return ""
	case d.Fix.Safe:
		return "Mend it"
	}
	return "Change it so"
}

func elsewhere(p problem, file string) int {
	if p.File == file {
		return 0
	}
	return 1
}

// excerptWidth is how many columns an excerpt may take beside the graph and the conversation.
const excerptWidth = 80

// written is a problem as `tacet check` writes it, without its first line, which the page shows as a heading, and
// without the commands, for which the page has buttons.
func written(d *diag.Diagnostic, sources diag.Sources) []textLine {
	one := *d
	one.Witness = ""
	var b bytes.Buffer
	if err := diag.Text(&b, diag.List{&one}, sources, diag.Options{Width: excerptWidth}); err != nil {
		return []textLine{{Text: err.Error()}}
	}
	text, _, _ := strings.Cut(b.String(), "\n  why: tacet explain ")
	lines := strings.Split(text, "\n")[1:]
	out := make([]textLine, len(lines))
	for i, l := range lines {
		number, _, cut := strings.Cut(l, " |")
		out[i] = textLine{l, cut && strings.Trim(number, " 0123456789") == ""}
	}
	return out
}

func (s *Server) marked(file string) string {
	var out []string
	for _, d := range s.draft.Problems {
		if d.Span.Start.Filename == file && d.Span.Start.Line > 0 {
			out = append(out, strconv.Itoa(d.Span.Start.Line)+d.Severity.String()[:1])
		}
	}
	return strings.Join(out, " ")
}

func hash(b []byte) string {
	h := sha256.Sum256(b)
	return hex.EncodeToString(h[:8])
}

func testsOf(o *outcome) *testsView {
	sum := o.coverage.Summary()
	of := func(r rehearsal.Ratio, what string) string {
		return fmt.Sprintf("%d of %d %s", r.Covered, r.Total, what)
	}
	v := &testsView{Failed: o.failed, Summary: fmt.Sprintf("%d of %d tests pass; they reach %s and %s", len(o.tests)-o.failed, len(o.tests), of(sum.Locations, "places"), of(sum.Edges, "ways"))}
	if len(o.tests) == 0 {
		v.Summary = "There is no test yet: try a conversation and keep it as one"
	}
	for i, t := range o.tests {
		v.Tests = append(v.Tests, testView{i, t.Name, t.report, href(t.Place)})
	}
	for _, g := range o.coverage.Gaps() {
		v.Gaps = append(v.Gaps, gapView{href(g.Place), fmt.Sprintf("line %d", g.Place.Line), g.What})
	}
	return v
}

func (t *talk) marks() marks {
	m := marks{been: map[string]bool{}, taken: map[step]bool{}}
	for i, at := range t.moments {
		for _, s := range at.steps {
			m.been[s.to] = true
			if i == len(t.moments)-1 {
				m.taken[s] = true
			}
		}
		if !strings.HasPrefix(at.state, "@") { // else where it came from stays lit
			m.now = at.state
		}
	}
	return m
}

func talkOf(t *talk) *talkView {
	v := &talkView{Told: t.told, Bad: t.bad, At: t.at, Acts: len(t.acts), Channels: t.flow.machine.Flow.Channels, Languages: t.flow.machine.Flow.Languages}
	if t.session == nil {
		return v
	}
	s := t.session
	now := s.Now()
	v.Clock, v.Day = now.Format(clockLayout), now.Format("Monday, January 2, 2006, 3:04 PM MST")
	hours := calendar.Practice(&t.flow.machine.Practice)
	v.Open = hours.IsOpen(now)
	v.Closes = !hours.IsOpen(t.flow.when("closed"))
	v.State, v.Why, v.Facts, v.Asleep = place(s.State()), s.Why(), s.Facts(), t.asleep()
	v.Lang, v.Channel = s.Conv.Lang, s.Conv.Channel
	v.Offered = s.Offered()
	turn := 0
	for i, l := range s.Lines {
		if clockOnly(s.Lines, i) {
			continue
		}
		for turn < len(t.moments)-1 && i >= t.moments[turn].lines {
			turn++
		}
		line := lineOf(l)
		line.Before, line.Fresh = -1, turn == len(t.moments)-1
		if l.Who == rehearsal.Patient {
			line.Before = turn - 1
		}
		v.Lines = append(v.Lines, line)
	}
	return v
}

// clockOnly reports whether a line only says what time it is, and the next says it anew.
func clockOnly(lines []rehearsal.Line, i int) bool {
	says := func(l rehearsal.Line) bool { return l.Who == rehearsal.Note && strings.HasPrefix(l.Text, "it is ") }
	return i+1 < len(lines) && says(lines[i]) && says(lines[i+1])
}

// place names a state for a reader. What the turn protocol adds to a flow has no name of the author's.
func place(state string) string {
	if strings.HasPrefix(state, "@") {
		return "nobody's state: passed to people"
	}
	return state
}

func lineOf(l rehearsal.Line) lineView {
	who := map[rehearsal.Who]string{rehearsal.Patient: "Patient", rehearsal.Assistant: "Assistant", rehearsal.Staff: "Staff"}
	return lineView{Class: string(l.Who), Who: who[l.Who], Text: l.Text, Options: l.Options, Before: -1}
}

func witness(f *flow, name string, talk *machine.Talk, upTo int) (*witnessView, marks) {
	w := shown(f.machine, talk, upTo)
	to := func(n int) string {
		return "/?" + url.Values{"file": {f.file}, "show": {name}, "step": {strconv.Itoa(n)}}.Encode()
	}
	v := &witnessView{Name: name, Shows: talk.Shows, Code: talk.Code, Of: w.of, Steps: w.steps, State: place(w.state), Leave: "/?" + url.Values{"file": {f.file}}.Encode()}
	if w.err != nil {
		v.Error = w.err.Error()
	}
	if w.of > 0 {
		v.Back = to(w.of - 1)
	}
	if w.of < w.steps {
		v.Forth = to(w.of + 1)
	}
	for i, l := range w.lines {
		if clockOnly(w.lines, i) {
			continue
		}
		line := lineOf(l)
		line.Fresh = i >= w.fresh
		v.Lines = append(v.Lines, line)
	}
	m := marks{now: w.lit, been: w.been, taken: map[step]bool{}}
	for _, s := range w.taken {
		m.taken[s] = true
	}
	return v, m
}
