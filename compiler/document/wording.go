package document

import (
	"slices"
	"strconv"
	"strings"

	"github.com/tacet-lang/tacet/lang/machine"
)

func (w writer) notices(m *machine.Machine) []block {
	out := []block{paragraph{join(plain("Shown before anything is asked, and accepted before anything typed is kept. It carries: "), listed(m.Policy.Notices))}}
	out = append(out, quoted(m, m.Notice)...)
	if bar := m.Texts["emergency-bar"]; len(bar) > 0 {
		out = append(out, heading{plain("On the screen all the time")})
		out = append(out, quoted(m, bar)...)
	}
	return out
}

// quoted is a text in every language of the flow, as patients read it.
func quoted(m *machine.Machine, t machine.Text) []block {
	var out []block
	for _, lang := range m.Flow.Languages {
		out = append(out, quotation{lang, filled(m, t, lang)})
	}
	return out
}

// wording lists every sentence, state after state, in the order in which a conversation can come to them.
func (w writer) wording(m *machine.Machine) []block {
	out := []block{paragraph{plain("Nothing here is generated: these are all the words there are. {name} stands for what the patient gave.")}}
	states := make(map[string]string, len(m.Locations))
	for i := range m.Locations {
		states[m.Locations[i].ID] = m.Locations[i].State
	}
	state := ""
	var t *table
	flush := func() {
		if t != nil && len(t.Rows) > 0 {
			out = append(out, heading{join(plain("State "), code(state))}, *t)
		}
	}
	for _, l := range inOrder(m) {
		if strings.HasPrefix(l.ID, "@") {
			continue
		}
		if l.State != state {
			flush()
			state, t = l.State, &table{Caption: "What is said and done in " + l.State, Head: append([]string{"Step"}, languageHeads(m)...)}
		}
		t.Rows = append(t.Rows, locationRows(m, l, states)...)
	}
	flush()
	return append(out, w.anywhere(m)...)
}

func languageHeads(m *machine.Machine) []string {
	var out []string
	for _, l := range m.Flow.Languages {
		out = append(out, languageName(l))
	}
	return out
}

// texts is one cell for each language.
func texts(m *machine.Machine, t machine.Text) []cell {
	var out []cell
	for _, lang := range m.Flow.Languages {
		var c cell
		for s := range strings.Lines(filled(m, t, lang)) {
			c = append(c, line{{Text: strings.TrimRight(s, "\n"), Lang: lang}})
		}
		if len(c) == 0 {
			c = one("")
		}
		out = append(out, c)
	}
	return out
}

func locationRows(m *machine.Machine, l *machine.Location, states map[string]string) [][]cell {
	var rows [][]cell
	row := func(step cell, t machine.Text) { rows = append(rows, append([]cell{step}, texts(m, t)...)) }
	wide := func(step cell, said line) {
		r := []cell{step, {said}}
		for range m.Flow.Languages[1:] {
			r = append(r, one(""))
		}
		rows = append(rows, r)
	}
	for i := range l.Do {
		a := &l.Do[i]
		switch {
		case a.To != "":
			wide(one("sends"), join(listed(a.Fields), plain(" to "), code(a.To)))
		case a.By != "":
			for _, value := range byOrder(m, a) {
				row(cell{join(plain("says, when "), code(a.By+" = "+value))}, a.Cases[value])
			}
		default:
			row(one("says"), a.Say)
		}
	}
	switch l.Kind {
	case machine.Ask, machine.Consent, machine.Verify:
		step := map[machine.Kind]string{machine.Ask: "asks for ", machine.Consent: "asks for consent to ", machine.Verify: "sends a code to "}[l.Kind]
		what := join(plain(step), code(l.Field+l.Consent))
		if len(l.Covers) > 0 {
			what = join(what, plain(" for "), listed(l.Covers))
		}
		row(cell{what}, l.Prompt)
	case machine.Offer, machine.Listen:
		if len(l.Prompt) > 0 {
			row(one("asks"), l.Prompt)
		}
		for i := range l.Choices {
			row(one("offers"), l.Choices[i].Label)
		}
	case machine.Book:
		wide(one("books"), code(l.Field))
	case machine.End:
		wide(one("ends"), plain(l.Outcome))
	case machine.Handoff:
		wide(one("hands over to"), code(l.Team))
	case machine.Auto:
	}
	for i := range l.Edges {
		if e := &l.Edges[i]; len(l.Edges) == 1 && e.On == "" && e.Guard == nil && states[e.To] == l.State {
			continue // the next question of a chain
		}
		wide(cell{wayLabel(m, l, &l.Edges[i])}, join(plain("goes to "), code(states[l.Edges[i].To])))
	}
	return rows
}

// byOrder is the cases of a say-by in the order of the field's options.
func byOrder(m *machine.Machine, a *machine.Action) []string {
	var out []string
	for i := range m.Fields {
		if f := &m.Fields[i]; f.Name == a.By {
			for _, o := range f.Options {
				if _, ok := a.Cases[o.Value]; ok {
					out = append(out, o.Value)
				}
			}
		}
	}
	var rest []string
	for v := range a.Cases {
		if !slices.Contains(out, v) {
			rest = append(rest, v)
		}
	}
	slices.Sort(rest)
	slices.Reverse(rest) // yes before no
	return append(out, rest...)
}

// wayLabel says when a way is taken.
func wayLabel(m *machine.Machine, l *machine.Location, e *machine.Edge) line {
	var on line
	if n, err := strconv.Atoi(e.On); l.Kind == machine.Offer && err == nil && n >= 1 && n <= len(l.Choices) {
		on = plain("“" + said(m, l.Choices[n-1].Label) + "”")
	} else if e.On != "" {
		on = code(e.On)
	}
	switch {
	case e.Guard != nil && on != nil:
		return join(on, plain(", when "), code(m.Guards[*e.Guard].Source))
	case e.Guard != nil:
		return join(plain("when "), code(m.Guards[*e.Guard].Source))
	case on != nil:
		return on
	case len(l.Edges) > 1:
		return plain("otherwise")
	}
	return plain("then")
}

// anywhere is what can be said at every question.
func (w writer) anywhere(m *machine.Machine) []block {
	t := table{Caption: "Said at any question", Head: append([]string{"When"}, languageHeads(m)...)}
	for i := range m.Topics {
		if x := &m.Topics[i]; len(x.Answer) > 0 {
			t.Rows = append(t.Rows, append([]cell{{join(plain("asked about "), code(x.Name))}}, texts(m, x.Answer)...))
		}
	}
	names := make([]string, 0, len(m.Texts))
	for name := range m.Texts {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		t.Rows = append(t.Rows, append([]cell{one(standardWhen(name))}, texts(m, m.Texts[name])...))
	}
	return []block{heading{plain("At any time")}, t}
}

func standardWhen(name string) string {
	when := map[string]string{
		"ask-again": "before a question is repeated", "bot": "asked whether this is a person", "closed": "a message after the end",
		"handoff": "people take over, and the state has no words of its own", "human": "a person is asked for",
		"phi": "medical details were written unasked", "refusal": "a refused topic", "retry": "an answer does not fit",
		"stuck": "too many answers did not fit", "taken": "the chosen time has just gone", "timeout": "silence ended the conversation",
		"wrong-code": "the code does not match", "emergency-bar": "on the screen all the time",
	}
	if s, ok := when[name]; ok {
		return s
	}
	return strings.ReplaceAll(name, "-", " ")
}
