package rehearsal

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/tacet-lang/tacet/runtime/engine"
)

// Sign is what a conversation must come to in one of two programs to show a difference between them. What is empty is
// not looked at; everything else must be seen in one turn, and in that turn the two must say or do different things.
type Sign struct {
	New        bool   // seen in the second program, else in the first
	At         string // a location passed in the turn, the one it begins in included
	From, Also string // the turn goes on from From here by a way of the author's, and begins in Also in the other program
	Field      string // asked for now
	Vendor     string // something is sent to it
	Sent       string // this field is in what is sent
	Escalation string // raised
	Team       string // takes over
	Reason     string // of the handoff
	Outcome    string // of the end
	Lang       string // of the conversation
	Heard      string // a topic or trigger that the patient means
	Says       string // what the patient types
	Role       engine.Role
}

// Search says how conversations are looked for that tell two programs apart. The zero value finds nothing.
type Search struct {
	Signs   []Sign
	Texts   []string            // said by patients in other conversations; those that mean a topic are used for it
	Means   map[string]string   // a text for a topic or trigger that none of Texts means
	Answers map[string][]string // by field: answers at which some condition turns
	Moments []string            // 2026-03-02 10:00, by the practice's clock; none: that one
	Budget  int                 // most turns that are tried; 0 means DefaultTurns
}

// DefaultTurns is how many turns a search tries, a few seconds' worth.
const DefaultTurns = 20_000

// Distinction is a conversation that two programs lead differently. Both sides hear the same.
type Distinction struct {
	Before   []Line // up to the turn that tells them apart, by the second program
	Heard    string // what the patient does in it
	Old, New []Line // what each says and does then
	Turns    int    // of the patient
}

// Distinguish looks for the shortest conversation for each sign; nil where none was found within the budget. Equal
// programs and searches give equal results.
func Distinguish(before, after *engine.Program, s Search) ([]*Distinction, error) {
	d := &distinguishing{
		programs: [2]*engine.Program{before, after}, search: s, found: make([]*Distinction, len(s.Signs)),
		seen: map[string]bool{}, read: map[string]bool{}, means: map[string]string{},
	}
	d.learn()
	if s.Budget == 0 {
		d.search.Budget = DefaultTurns
	}
	if err := d.begin(); err != nil {
		return nil, err
	}
	for len(d.queue) > 0 && d.turns < d.search.Budget && slices.Contains(d.found, nil) {
		n := d.queue[0]
		d.queue = d.queue[1:]
		for _, in := range d.inputs(n) {
			d.try(n, in)
		}
	}
	return d.found, nil
}

// distinguishing carries one search along.
type distinguishing struct {
	programs [2]*engine.Program
	search   Search
	found    []*Distinction
	queue    []*node
	seen     map[string]bool
	turns    int

	anywhere []probe           // worth trying at every question
	read     map[string]bool   // fields that decide something
	means    map[string]string // a text for each topic that a sign asks for
}

// node is a pair of conversations that heard the same.
type node struct {
	pair  [2]*Session
	turns int
}

// probe is something the patient or the clock does.
type probe struct {
	text  string
	human bool
	wait  time.Duration
	lang  string
}

func (in probe) words() string {
	switch {
	case in.human:
		return "asks for a person by the button"
	case in.wait > 0:
		return "is silent for " + waitWords(int64(in.wait/time.Second))
	case in.lang != "":
		return "switches to " + in.lang
	}
	return quote(in.text)
}

// begin sets out from every moment, channel, language and accident of the world that may matter.
func (d *distinguishing) begin() error {
	for _, force := range d.accidents() {
		for _, channel := range d.channels() {
			for _, lang := range d.languages() {
				for _, now := range d.moments() {
					if err := d.root(force, now, Options{Lang: lang, Channel: channel}); err != nil {
						return err
					}
				}
			}
		}
	}
	return nil
}

func (d *distinguishing) root(force, now string, o Options) error {
	n := &node{}
	for side, p := range d.programs {
		o := o
		if langs := p.Machine().Flow.Languages; !slices.Contains(langs, o.Lang) {
			o.Lang = langs[0]
		}
		s, err := NewSession(p, o)
		if err != nil {
			return err
		}
		if s.now, err = time.ParseInLocation(talkTime, now, s.zone); err != nil {
			return err
		}
		if force != "" {
			s.World.forced = []forced{{outcome: force}}
		}
		if err := s.Begin(); err != nil {
			return nil // one of them is not served on this channel
		}
		s.Coverage = &Coverage{}
		n.pair[side] = s
	}
	d.judge(n, [2]int{}, [2]string{}, probe{})
	d.add(n)
	return nil
}

func (d *distinguishing) add(n *node) {
	if n.pair[0].Conv.Control != engine.Assistant && n.pair[1].Conv.Control != engine.Assistant {
		return
	}
	key := d.key(n)
	if !d.seen[key] {
		d.seen[key] = true
		d.queue = append(d.queue, n)
	}
}

// key tells pairs apart by everything that decides what follows.
func (d *distinguishing) key(n *node) string {
	var b strings.Builder
	for _, s := range n.pair {
		c := &s.Conv
		fmt.Fprintf(&b, "%s|%s|%s|%s|%d|%v|%v|%v|%s|%v", c.Control, c.Location, c.Lang, c.Channel, c.Attempts, c.Consents, c.Verified, c.Heard, s.now.Format(talkTime), s.World.forced)
		for i, f := range s.program.Machine().Fields {
			switch v := c.Values[i]; {
			case d.read[f.Name]:
				fmt.Fprintf(&b, "|%q", v)
			default:
				fmt.Fprintf(&b, "|%t", v != "")
			}
		}
		b.WriteByte('\n')
	}
	return b.String()
}

// try performs a probe on both sides.
func (d *distinguishing) try(n *node, in probe) {
	d.turns++
	next := &node{turns: n.turns + 1}
	var lines [2]int
	var from [2]string
	for side, s := range n.pair {
		f := s.fork()
		lines[side], from[side] = len(f.Lines), f.Conv.Location
		if f.Conv.Control == engine.Assistant {
			if err := f.perform(in); err != nil {
				return // the world runs in circles here, or the language is not spoken
			}
		} else {
			f.turn = nil
		}
		next.pair[side] = f
	}
	d.judge(next, lines, from, in)
	d.add(next)
}

// fork is a session that can go on without the other's noticing.
func (s *Session) fork() *Session {
	f := *s
	w := *s.World
	w.bookings, w.forced = slices.Clip(w.bookings), slices.Clip(w.forced)
	w.boxes = map[string][]engine.Sent{}
	f.World, f.Lines, f.Log = &w, slices.Clip(s.Lines), nil
	return &f
}

func (s *Session) perform(in probe) error {
	switch {
	case in.human:
		return s.Human()
	case in.wait > 0:
		return s.Wait(in.wait)
	case in.lang != "":
		return s.Language(in.lang)
	}
	return s.Say(in.text)
}

// judge notes for which signs the last turn is the first to show them.
func (d *distinguishing) judge(n *node, lines [2]int, from [2]string, in probe) {
	if sameTurn(n.pair[0], n.pair[1]) {
		return
	}
	for i, sign := range d.search.Signs {
		side := 0
		if sign.New {
			side = 1
		}
		if d.found[i] != nil || !d.typed(&sign, in) || !sign.begins(from[side], from[1-side]) || !sign.seen(n.pair[side], from[side]) {
			continue
		}
		d.found[i] = &Distinction{
			Before: n.pair[1].Lines[:lines[1]], Heard: in.words(), Turns: n.turns,
			Old: n.pair[0].Lines[lines[0]:], New: n.pair[1].Lines[lines[1]:],
		}
		d.found[i].share()
	}
}

// share takes what both sides say alike, before they part, out of the last turn. A first turn has nothing that the
// patient does, so there it belongs to what came before.
func (d *Distinction) share() {
	if d.Turns > 0 {
		return
	}
	for len(d.Old) > 0 && len(d.New) > 0 && sameLine(&d.Old[0], &d.New[0]) {
		d.Before = append(d.Before, d.New[0])
		d.Old, d.New = d.Old[1:], d.New[1:]
	}
}

func sameLine(a, b *Line) bool {
	return a.Who == b.Who && a.Text == b.Text && slices.Equal(a.Options, b.Options)
}

// sameTurn reports whether nobody could tell the last turns apart: what is said, offered, sent, and who has it then.
func sameTurn(a, b *Session) bool {
	return a.Conv.Control == b.Conv.Control && slices.Equal(visible(a.turn), visible(b.turn))
}

func visible(turn []engine.Effect) []string {
	var out []string
	for _, e := range turn {
		switch e := e.(type) {
		case engine.Said:
			out = append(out, fmt.Sprintf("said %q %v", e.Text, e.Options))
		case engine.Sent:
			out = append(out, fmt.Sprintf("sent %s %v", e.Vendor, e.Fields))
		case engine.HandedOff:
			out = append(out, fmt.Sprintf("handed %s %s %s", e.Team, e.Tier, e.Escalation))
		case engine.Finished:
			out = append(out, "over "+e.Outcome)
		case engine.Acted:
			out = append(out, "act "+string(e.Act.Kind))
		}
	}
	return out
}

// begins reports whether the turn begins where the sign wants it to.
func (g *Sign) begins(here, there string) bool {
	return (g.From == "" || g.From == here) && (g.Also == "" || g.Also == there)
}

// seen reports whether the last turn of a session shows the sign.
func (g *Sign) seen(s *Session, from string) bool {
	c := &s.Conv
	if g.Lang != "" && g.Lang != c.Lang || g.Field != "" && !s.asks(g.Field) {
		return false
	}
	at, left := g.At == "" || g.At == from, g.From == ""
	role, vendor, team, end := g.Role == "", g.Vendor == "" && g.Sent == "", g.Team == "" && g.Escalation == "" && g.Reason == "", g.Outcome == ""
	for _, e := range s.turn {
		switch e := e.(type) {
		case engine.Entered:
			at, left = at || e.Location == g.At, left || e.Edge.Line != 0
		case engine.Said:
			role = role || e.Role == g.Role
		case engine.Sent:
			vendor = vendor || (g.Vendor == "" || e.Vendor == g.Vendor) &&
				(g.Sent == "" || slices.ContainsFunc(e.Fields, func(f engine.FieldValue) bool { return f.Name == g.Sent }))
		case engine.HandedOff:
			team = team || (g.Team == "" || e.Team == g.Team) && (g.Escalation == "" || e.Escalation == g.Escalation) && (g.Reason == "" || e.Reason == g.Reason)
		case engine.Finished:
			end = end || e.Outcome == g.Outcome
		}
	}
	return at && left && role && vendor && team && end
}

func (s *Session) asks(field string) bool {
	l := s.location()
	return s.Conv.Control == engine.Assistant && l != nil && l.Kind.Waits() && l.Field == field
}
