package machine

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"
)

// Limits of a machine. They are far above what an author needs and bound the work of everybody who reads one.
const (
	MaxLocations = 200_000
	MaxNamed     = 20_000 // fields, topics, triggers, escalations, teams, vendors; phrases of a trigger
	MaxClasses   = 200    // classes, and those directly below one
	MaxPerPlace  = 2_000  // guarded ways and actions of one location
	MaxChoices   = 200    // choices of an offer, topics of a listen, options of a field
	MaxText      = 20_000 // bytes of one text in one language
)

// Validate checks the invariants of a machine that somebody else may have written: every reference resolves, names are
// unique, lists are sorted, texts are complete, every location has what its kind needs, and sizes are bounded. It says
// nothing about the guarantees; those are the kernel's to judge. The error names the first thing that is wrong.
func (m *Machine) Validate() error {
	if m.Format != Format {
		return fmt.Errorf("%w: its format is %q", ErrFormat, m.Format)
	}
	v := &validator{m: m}
	for _, part := range []func(){
		v.sizes, v.flow, v.policy, v.practice, v.session, v.fields,
		v.topics, v.triggers, v.guards, v.texts, v.indexLocations, v.escalations, v.entrances, v.locations,
	} {
		if part(); v.err != nil {
			return fmt.Errorf("machine: %w", v.err)
		}
	}
	return nil
}

// validator keeps the first error and the tables that references are looked up in.
type validator struct {
	m         *Machine
	err       error
	at        map[string]*Location
	fieldOf   map[string]*Field
	topicOf   map[string]*Topic
	triggerOf map[string]*Trigger
	classes   map[string]bool
	teams     map[string]bool
	vendors   map[string]bool
	consents  map[string][]string // what each covers
	people    map[string]bool     // locations that only the turn protocol leads to
}

func (v *validator) check(ok bool, format string, args ...any) {
	if !ok && v.err == nil {
		v.err = fmt.Errorf(format, args...)
	}
}

func (v *validator) sizes() {
	m := v.m
	v.check(len(m.Locations) <= MaxLocations, "%d locations: the limit is %d", len(m.Locations), MaxLocations)
	v.check(len(m.Guards) <= MaxLocations, "%d guards: the limit is %d", len(m.Guards), MaxLocations)
	for _, n := range []int{len(m.Fields), len(m.Topics), len(m.Triggers), len(m.Escalations), len(m.Practice.Teams), len(m.Practice.Vendors)} {
		v.check(n <= MaxNamed, "a list of %d entries: the limit is %d", n, MaxNamed)
	}
}

func (v *validator) flow() {
	f := v.m.Flow
	v.check(f.Name != "" && f.ID != "" && f.Purpose != "", "the flow has no name, id or purpose")
	v.check(len(f.Languages) > 0 && allDifferent(f.Languages), "the flow's languages are missing or repeated")
	for _, l := range f.Languages {
		v.check(l == "en" || l == "es", "unknown language %q", l)
	}
	v.check(len(f.Channels) > 0 && allDifferent(f.Channels), "the flow's channels are missing or repeated")
	names := make([]string, len(f.Sources))
	for i, s := range f.Sources {
		names[i] = s.Name
		v.check(len(s.SHA256) == 64 && strings.Trim(s.SHA256, "0123456789abcdef") == "", "source %q has no SHA-256", s.Name)
	}
	v.check(strictlySorted(names), "the flow's sources are repeated or unsorted")
}

func (v *validator) policy() {
	p := v.m.Policy
	v.check(len(p.Classes) <= MaxClasses, "%d classes: the limit is %d", len(p.Classes), MaxClasses)
	v.classes = make(map[string]bool, len(p.Classes))
	for _, c := range p.Classes {
		v.check(c.Name != "" && !v.classes[c.Name] && len(c.Above) <= MaxClasses, "class %q is empty or stands twice, or above too many", c.Name)
		v.classes[c.Name] = true
	}
	for _, c := range p.Classes {
		for _, a := range c.Above {
			v.check(v.classes[a], "class %q stands above the unknown class %q", c.Name, a)
		}
	}
	v.checkAcyclic(p.Classes)
	for _, pe := range p.Permits {
		v.check(v.classes[pe.Class], "a permit for the unknown class %q", pe.Class)
	}
	for _, k := range p.Keep {
		v.check(v.classes[k.Class] && k.Min <= k.Max, "a retention for %q that makes no sense", k.Class)
	}
	v.check(p.Timeout.Min <= p.Timeout.Max && p.Retries.Min <= p.Retries.Max, "a range of the policy is empty")
	kinds := make([]string, len(p.Signs))
	for i, sign := range p.Signs {
		kinds[i] = sign.Kind
		v.check(sign.Kind != "" && isTier(sign.Tier), "the sign of danger %q has no kind or tier", sign.Kind)
	}
	v.check(strictlySorted(kinds), "signs of danger are repeated or unsorted")
	v.check(p.VendorFloor == "" || v.classes[p.VendorFloor], "the vendor floor is the unknown class %q", p.VendorFloor)
}

// checkAcyclic refuses classes that stand above each other.
func (v *validator) checkAcyclic(classes []Class) {
	above := make(map[string][]string, len(classes))
	for _, c := range classes {
		above[c.Name] = c.Above
	}
	mark := map[string]int{} // 1 open, 2 done
	type frame struct {
		name string
		next int
	}
	for _, c := range classes {
		if mark[c.Name] != 0 {
			continue
		}
		stack := []frame{{name: c.Name}}
		mark[c.Name] = 1
		for len(stack) > 0 {
			top := &stack[len(stack)-1]
			if top.next == len(above[top.name]) {
				mark[top.name] = 2
				stack = stack[:len(stack)-1]
				continue
			}
			next := above[top.name][top.next]
			top.next++
			v.check(mark[next] != 1, "class %q stands above itself", next)
			if mark[next] == 0 {
				mark[next] = 1
				stack = append(stack, frame{name: next})
			}
		}
	}
}

func (v *validator) practice() {
	p := v.m.Practice
	v.check(p.ID != "" && p.Name != "" && p.Timezone != "", "the practice has no id, name or timezone")
	v.openings("practice", p.Hours)
	v.website()
	v.teams = make(map[string]bool, len(p.Teams))
	for _, t := range p.Teams {
		v.check(t.Name != "" && !v.teams[t.Name], "team %q is empty or stands twice", t.Name)
		v.teams[t.Name] = true
		v.openings("team "+t.Name, t.Hours)
		v.check(t.Within >= 0 && t.Within <= MostWithin, "team %q answers within %d minutes", t.Name, t.Within)
	}
	for _, t := range p.Teams {
		v.check(t.Fallback == "" || v.teams[t.Fallback], "team %q falls back to the unknown team %q", t.Name, t.Fallback)
	}
	for tier, team := range p.Handoff {
		v.check(isTier(tier) && v.teams[team], "the handoff of %q leads to the unknown team %q", tier, team)
	}
	holidays := make(map[string]bool, len(p.Holidays))
	for _, h := range p.Holidays {
		v.check(IsDay(h.Date) && !holidays[h.Date], "the holiday %q is no day, or stands twice", h.Date)
		holidays[h.Date] = true
		v.openings("holiday "+h.Date, h.Openings)
	}
	v.vendors = make(map[string]bool, len(p.Vendors))
	for _, x := range p.Vendors {
		v.check(x.Name != "" && !v.vendors[x.Name], "vendor %q is empty or stands twice", x.Name)
		v.vendors[x.Name] = true
		for _, c := range x.Classes {
			v.check(v.classes[c], "vendor %q holds the unknown class %q", x.Name, c)
		}
	}
	if a := p.Appointments; a != nil {
		v.openings("appointments", a.Hours)
		v.check(a.Duration > 0 && a.Buffer >= 0 && a.Notice >= 0 && a.Horizon > 0 && a.Capacity > 0 && a.Hold >= 0, "the appointments make no sense")
	}
}

func (v *validator) openings(of string, hours []Opening) {
	v.check(len(hours) <= MaxPerPlace, "%s has too many openings", of)
	for _, o := range hours {
		v.check(o.Day >= 0 && o.Day <= 6 && o.From >= 0 && o.From < o.To && o.To <= 1440, "%s has an opening that makes no sense", of)
	}
}

func (v *validator) session() {
	s := v.m.Session
	v.check(s.Timeout > 0 && s.Keep > 0 && s.Retries >= 0, "the session makes no sense")
	for i, e := range s.Ended {
		v.check(i == 0 || s.Ended[i-1].Outcome < e.Outcome, "the outcomes of the session are not in order")
		v.check(e.Days > 0 && e.Days < s.Keep, "what ends as %q is not kept for fewer days than the rest", e.Outcome)
		v.check(e.Outcome == Timeout || slices.ContainsFunc(v.m.Locations, func(l Location) bool { return l.Kind == End && l.Outcome == e.Outcome }),
			"nothing ends as %q", e.Outcome)
	}
}

func (v *validator) fields() {
	v.fieldOf = make(map[string]*Field, len(v.m.Fields))
	names := make([]string, len(v.m.Fields))
	for i := range v.m.Fields {
		f := &v.m.Fields[i]
		names[i], v.fieldOf[f.Name] = f.Name, f
		v.check(isName(f.Name) && f.Type != "" && !isGiven(f.Name), "field %q has no name or type, or a name that is given", f.Name)
		v.check(v.classes[f.Class], "field %q is of the unknown class %q", f.Name, f.Class)
		v.check(f.Min == nil || f.Max == nil || *f.Min <= *f.Max, "field %q has an empty range", f.Name)
		v.options(f)
	}
	v.check(strictlySorted(names), "fields are repeated or unsorted")
	for _, d := range v.m.Policy.Declassify {
		v.check(v.fieldOf[d.Field] != nil && v.classes[d.From] && v.classes[d.To] && IsDay(d.Until), "the declassification of %q does not resolve", d.Field)
	}
}

func (v *validator) options(f *Field) {
	choice := f.Type == "choice"
	v.check(choice == (len(f.Options) > 0) && len(f.Options) <= MaxChoices, "field %q has options it cannot have, or none", f.Name)
	values := make([]string, len(f.Options))
	for i, o := range f.Options {
		values[i] = o.Value
		v.check(isName(o.Value), "field %q has the option %q", f.Name, o.Value)
		v.text(o.Label, "a label of "+f.Name, nothing)
	}
	v.check(allDifferent(values) && len(values) != 1, "the options of %q are repeated or too few", f.Name)
}

func (v *validator) topics() {
	v.topicOf = make(map[string]*Topic, len(v.m.Topics))
	names := make([]string, len(v.m.Topics))
	for i := range v.m.Topics {
		t := &v.m.Topics[i]
		names[i], v.topicOf[t.Name] = t.Name, t
		v.check(isName(t.Name), "topic %q has no name", t.Name)
		v.check(slices.Contains([]string{"", Handle, Escalate, Refuse}, t.Treat), "topic %q is treated as %q", t.Name, t.Treat)
		v.check(t.Treat == Handle || t.Answer == nil && t.Route == "", "topic %q leads on and is not handled", t.Name)
		v.check(t.Answer == nil || t.Route == "", "topic %q has an answer and a route", t.Name)
		if t.Answer != nil {
			v.text(t.Answer, "the answer of "+t.Name, factsOnly)
		}
	}
	v.check(strictlySorted(names), "topics are repeated or unsorted")
}

func (v *validator) triggers() {
	v.triggerOf = make(map[string]*Trigger, len(v.m.Triggers))
	names := make([]string, len(v.m.Triggers))
	for i := range v.m.Triggers {
		t := &v.m.Triggers[i]
		names[i], v.triggerOf[t.Name] = t.Name, t
		v.check(isName(t.Name) && v.topicOf[t.Name] == nil, "trigger %q has no name, or a topic's", t.Name)
		v.check(isTier(t.Tier), "trigger %q has the tier %q", t.Name, t.Tier)
		v.check(len(t.Phrases) > 0 && len(t.Phrases)+len(t.Except) <= MaxNamed, "trigger %q has no phrases or too many", t.Name)
		for _, p := range slices.Concat(t.Phrases, t.Except) {
			v.check((p.Lang == "en" || p.Lang == "es") && p.Pattern != "" && len(p.Pattern) <= MaxText, "trigger %q has a phrase that makes no sense", t.Name)
		}
	}
	v.check(strictlySorted(names), "triggers are repeated or unsorted")
}

// texts checks the notice, the standard sentences and the labels of teams.
func (v *validator) texts() {
	v.text(v.m.Notice, "the notice", factsOnly)
	v.text(v.m.Practice.HoursText, "the hours in words", nothing)
	for _, name := range StandardTexts {
		v.check(v.m.Texts[name] != nil, "the standard sentence %q is missing", name)
	}
	v.check(len(v.m.Texts) == len(StandardTexts), "there are %d standard sentences, not %d", len(v.m.Texts), len(StandardTexts))
	for _, name := range StandardTexts {
		v.text(v.m.Texts[name], "the standard sentence "+name, factsOnly)
	}
}

// What the braces of a text may name.
type braces int

const (
	nothing   braces = iota // the text is shown as it stands
	factsOnly               // facts of the practice
	anything                // fields too
)

// text checks that a text stands in every language of the flow, and that its braces name something.
func (v *validator) text(t Text, what string, may braces) {
	v.check(len(t) == len(v.m.Flow.Languages) || may == nothing && len(t) > len(v.m.Flow.Languages), "%s is there in %d languages, not %d", what, len(t), len(v.m.Flow.Languages))
	for _, lang := range v.m.Flow.Languages {
		s, ok := t[lang]
		v.check(ok, "%s is missing in %q", what, lang)
		v.check(len(s) <= MaxText && utf8.ValidString(s), "%s is too long or not UTF-8", what)
		if v.err != nil || may == nothing {
			continue
		}
		for _, p := range Placeholders(s) {
			fact, isFact := strings.CutPrefix(p.Name, "practice.")
			known := isFact && slices.Contains(PracticeFacts, fact) || may == anything && v.fieldOf[p.Name] != nil
			v.check(p.Problem == "" && known, "%s names {%s}", what, p.Name)
		}
	}
}

func isTier(s string) bool { return s == Emergency || s == Urgent || s == Routine }

func strictlySorted(names []string) bool {
	for i := 1; i < len(names); i++ {
		if names[i-1] >= names[i] {
			return false
		}
	}
	return true
}

func allDifferent(names []string) bool {
	sorted := slices.Clone(names)
	slices.Sort(sorted)
	return len(slices.Compact(sorted)) == len(names)
}
