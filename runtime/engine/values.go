package engine

import (
	"strconv"
	"strings"
	"time"
)

// values shows a turn to its guards under the names of lang/guard.
type values struct{ turn *turn }

// Lookup implements guard.Values. A field that was not collected is not there.
func (v *values) Lookup(name string) (any, bool) {
	t := v.turn
	if i, ok := t.p.fields[name]; ok {
		return t.value(i)
	}
	switch name {
	case "practice.open":
		return t.p.open(t.at), true
	case "now.hour":
		return int64(t.at.Hour()), true
	case "now.weekday":
		return weekdays[t.at.Weekday()], true
	case "channel":
		return t.c.Channel, true
	case "language":
		return t.c.Lang, true
	case "attempts":
		return int64(t.c.Attempts), true
	case "verified":
		return len(t.c.Verified) > 0, true
	case "today":
		return t.at.Format(time.DateOnly), true
	}
	if atom, ok := strings.CutPrefix(name, "heard:"); ok {
		return t.hears(atom), true
	}
	return nil, false
}

var weekdays = [...]string{"sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"}

func (t *turn) hears(name string) bool {
	for _, h := range t.c.Heard {
		if h == name {
			return true
		}
	}
	return false
}

// value is a field as guards see it: yes-no is a bool, a number an integer, everything else text.
func (t *turn) value(field int) (any, bool) {
	s := t.c.Values[field]
	if s == "" {
		return nil, false
	}
	switch t.p.m.Fields[field].Type {
	case "yes-no":
		return s == "yes", true
	case "number":
		n, err := strconv.ParseInt(s, 10, 64)
		return n, err == nil
	}
	return s, true
}
