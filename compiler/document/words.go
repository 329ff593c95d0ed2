package document

import (
	"fmt"
	"slices"
	"strings"

	"github.com/tacet-lang/tacet/lang/machine"
)

func languageName(tag string) string {
	switch tag {
	case "en":
		return "English"
	case "es":
		return "Spanish"
	}
	return tag
}

func languageNames(tags []string) string {
	var out []string
	for _, t := range tags {
		out = append(out, languageName(t))
	}
	return strings.Join(out, ", ")
}

func nonEmpty(in ...string) []string {
	return slices.DeleteFunc(in, func(s string) bool { return s == "" })
}

func days(n int) string {
	if n == 1 {
		return "1 day"
	}
	return fmt.Sprintf("%d days", n)
}

func minutes(seconds int) string {
	switch {
	case seconds%60 != 0:
		return fmt.Sprintf("%d seconds", seconds)
	case seconds == 60:
		return "1 minute"
	}
	return fmt.Sprintf("%d minutes", seconds/60)
}

func clock(minute int) string { return fmt.Sprintf("%02d:%02d", minute/60, minute%60) }

// weekdays from Monday, as a week is read.
var weekdays = [7]string{"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"}

// teamHours says when a team is there, one line for each stretch of days with equal hours.
func teamHours(t *machine.Team) []string {
	var byDay [7]string
	for i := range byDay {
		var spans []string
		for _, o := range t.Hours {
			if o.Day == (i+1)%7 {
				spans = append(spans, clock(o.From)+"–"+clock(o.To))
			}
		}
		byDay[i] = strings.Join(spans, ", ")
	}
	if byDay == [7]string{} {
		return []string{"never"}
	}
	var out []string
	for i := 0; i < len(byDay); {
		j := i
		for j+1 < len(byDay) && byDay[j+1] == byDay[i] {
			j++
		}
		name := weekdays[i]
		if j > i {
			name += "–" + weekdays[j]
		}
		if byDay[i] != "" {
			out = append(out, name+" "+byDay[i])
		}
		i = j + 1
	}
	if len(out) == 1 && byDay[0] == "00:00–24:00" {
		out = []string{"always"}
	}
	if t.Holidays {
		out = append(out, "not on the practice's holidays")
	}
	return out
}

// filled is a text in one language with the practice's facts in it; fields stay in braces, and what the clock decides
// is named.
func filled(m *machine.Machine, t machine.Text, lang string) string {
	s := t.In(lang)
	facts := map[string]string{
		"practice.name": m.Practice.Name, "practice.phone": m.Practice.Phone, "practice.address": m.Practice.Address,
		"practice.hours": m.Practice.HoursText.In(lang), "practice.next_open": "{when the practice opens next}",
	}
	if lang == "es" {
		facts["practice.next_open"] = "{cuándo abre la consulta}"
	}
	var b strings.Builder
	last := 0
	for _, p := range machine.Placeholders(s) {
		if fact, ok := facts[p.Name]; ok && p.Problem == "" {
			b.WriteString(strings.ReplaceAll(s[last:p.Start], "{{", "{"))
			b.WriteString(fact)
			last = p.End
		}
	}
	b.WriteString(strings.ReplaceAll(s[last:], "{{", "{"))
	return b.String()
}

// said is a text in the flow's first language.
func said(m *machine.Machine, t machine.Text) string { return filled(m, t, m.Flow.Languages[0]) }

func location(m *machine.Machine, id string) *machine.Location {
	for i := range m.Locations {
		if m.Locations[i].ID == id {
			return &m.Locations[i]
		}
	}
	return &machine.Location{ID: id, State: id}
}

func stateOf(m *machine.Machine, id string) string { return location(m, id).State }

func team(p *machine.Practice, name string) *machine.Team {
	for i := range p.Teams {
		if p.Teams[i].Name == name {
			return &p.Teams[i]
		}
	}
	return nil
}

func escalationAt(m *machine.Machine, id string) *machine.Escalation {
	for i := range m.Escalations {
		if m.Escalations[i].Location == id {
			return &m.Escalations[i]
		}
	}
	return nil
}

// inOrder is the locations in the order in which a conversation can come to them: from the start, way after way, then
// what only topics lead to, then escalations. Locations of one state stand together.
func inOrder(m *machine.Machine) []*machine.Location {
	index := make(map[string]int, len(m.Locations))
	for i := range m.Locations {
		index[m.Locations[i].ID] = i
	}
	seen := make([]bool, len(m.Locations))
	var order []int
	visit := func(from string) {
		i, ok := index[from]
		if !ok || seen[i] {
			return
		}
		seen[i] = true
		queue := []int{i}
		for len(queue) > 0 {
			at := queue[0]
			queue = queue[1:]
			order = append(order, at)
			for _, e := range m.Locations[at].Edges {
				if to, ok := index[e.To]; ok && !seen[to] {
					seen[to] = true
					queue = append(queue, to)
				}
			}
		}
	}
	visit(m.Start)
	for i := range m.Topics {
		visit(m.Topics[i].Route)
	}
	for i := range m.Locations {
		visit(m.Locations[i].ID)
	}
	rank := make(map[string]int, len(order))
	for n, i := range order {
		if s := m.Locations[i].State; rank[s] == 0 {
			rank[s] = n + 1
		}
	}
	slices.SortStableFunc(order, func(a, b int) int { return rank[m.Locations[a].State] - rank[m.Locations[b].State] })
	out := make([]*machine.Location, len(order))
	for n, i := range order {
		out[n] = &m.Locations[i]
	}
	return out
}
