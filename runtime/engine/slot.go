package engine

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/tacet-lang/tacet/lang/input"
)

// maxShown is how many slots a patient is shown at once.
const maxShown = 6

// maxSlotWords bounds the ways a typed text is split into a day and a time.
const maxSlotWords = 12

// offer keeps the slots that the world listed and picks the ones to show.
func (t *turn) offer(slots []Slot) {
	offered := slices.Clone(slots)
	slices.SortFunc(offered, func(a, b Slot) int {
		if n := a.Start.Compare(b.Start); n != 0 {
			return n
		}
		return strings.Compare(a.ID, b.ID)
	})
	offered = slices.CompactFunc(offered, func(a, b Slot) bool { return a.ID == b.ID })
	t.c.Offered, t.c.Shown = offered, spread(offered)
}

// spread chooses slots over several days: of each day the first before noon and the first after it, then, while there
// is room, the earliest of the rest.
func spread(offered []Slot) []string {
	type half struct {
		day       string
		afternoon bool
	}
	seen := map[half]bool{}
	chosen := map[string]bool{}
	for _, s := range offered {
		h := half{s.Start.Format(time.DateOnly), s.Start.Hour() >= 12}
		if len(chosen) < maxShown && !seen[h] {
			seen[h], chosen[s.ID] = true, true
		}
	}
	for _, s := range offered {
		if len(chosen) < maxShown {
			chosen[s.ID] = true
		}
	}
	var out []string
	for _, s := range offered {
		if chosen[s.ID] {
			out = append(out, s.ID)
		}
	}
	return out
}

func firstShown(ids []string) []string { return slices.Clone(ids[:min(len(ids), maxShown)]) }

// wished is the day in "do you have anything on friday?": what follows the last word that leads to one.
func wished(text string) string {
	text = strings.ToLower(strings.Trim(text, " ?!.¿¡"))
	for _, lead := range []string{" on ", " for ", " el ", " para "} {
		if i := strings.LastIndex(text, lead); i >= 0 {
			return text[i+len(lead):]
		}
	}
	return ""
}

// parseSlot reads a typed text as a slot: by its number in the list shown, by its label, or by a day, a time or both
// among all slots offered. Ambiguous holds the slots that fit, however many they are.
func (t *turn) parseSlot(text string) input.Result {
	text = strings.Join(strings.Fields(text), " ")
	if n, err := strconv.Atoi(strings.TrimRight(text, ".)")); err == nil && n >= 1 && n <= len(t.c.Shown) {
		return input.Result{Status: input.OK, Value: t.c.Shown[n-1]}
	}
	for _, s := range t.c.Offered {
		if strings.EqualFold(text, t.echoMoment(s.ID)) {
			return input.Result{Status: input.OK, Value: s.ID}
		}
	}
	fits := t.narrow(text)
	switch len(fits) {
	case 0:
		if fits = t.narrow(wished(text)); len(fits) > 0 {
			return input.Result{Status: input.Ambiguous, Choices: fits} // a question is shown times, and holds none
		}
		return input.Result{Status: input.Unclear}
	case 1:
		return input.Result{Status: input.OK, Value: fits[0]}
	}
	return input.Result{Status: input.Ambiguous, Choices: fits}
}

// narrow finds the offered slots of the day and time that text names.
func (t *turn) narrow(text string) []string {
	days, times := t.readings("date", text), t.readings("time", text)
	if len(days) > 0 && len(times) > 0 {
		return t.matching(days, times)
	}
	words := strings.Fields(text)
	for i := 1; i < len(words) && len(words) <= maxSlotWords; i++ {
		first, second := strings.Join(words[:i], " "), strings.Join(words[i:], " ")
		for _, pair := range [2][2]string{{first, second}, {second, first}} {
			d, c := t.readings("date", trimJoint(pair[0])), t.readings("time", trimJoint(pair[1]))
			if len(d) > 0 && len(c) > 0 {
				return t.matching(d, c)
			}
		}
	}
	return t.matching(days, times)
}

// trimJoint drops what joins a day and a time: "Tuesday, at 2".
func trimJoint(s string) string {
	s = strings.Trim(s, " ,;")
	for _, word := range []string{"at", "@", "on", "el"} {
		if rest, ok := strings.CutPrefix(s, word+" "); ok {
			s = rest
		}
		s = strings.TrimSuffix(s, " "+word)
	}
	return s
}

// readings are the values a text may have as a day or a time.
func (t *turn) readings(kind, text string) []string {
	r := input.Parse(kind, text, input.Context{Lang: t.c.Lang, Now: t.at})
	switch r.Status {
	case input.OK:
		return []string{r.Value}
	case input.Ambiguous:
		return r.Choices
	}
	return nil
}

// matching are the offered slots on one of the days at one of the times; none means any, but none of both fits nothing.
func (t *turn) matching(days, times []string) []string {
	if len(days) == 0 && len(times) == 0 {
		return nil
	}
	var out []string
	for _, s := range t.c.Offered {
		onDay := len(days) == 0 || slices.Contains(days, s.Start.Format(time.DateOnly))
		atTime := len(times) == 0 || slices.Contains(times, s.Start.Format("15:04"))
		if onDay && atTime {
			out = append(out, s.ID)
		}
	}
	return out
}
