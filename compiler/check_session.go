package compiler

import (
	"fmt"
	"math"

	"github.com/tacet-lang/tacet/lang/diag"
	"github.com/tacet-lang/tacet/lang/source"
	"github.com/tacet-lang/tacet/lang/syntax"
)

// unitSeconds are the units of time, in seconds.
var unitSeconds = map[string]int64{
	"minute": 60, "minutes": 60, "hour": 3600, "hours": 3600, "day": 86400, "days": 86400,
}

// sessionKeys are the lines of a session with an example of each, in the order they are asked for.
var sessionKeys = []struct{ key, example string }{
	{"timeout", "timeout 20 minutes"}, {"keep", "keep 90 days"}, {"retries", "retries 2"},
}

// sessionItems reads the session: the timeout in seconds, keep in days, retries as they are. What is kept after an outcome stands under
// `keep` and its name.
func (c *compilation) sessionItems() map[string]sessionValue {
	out := map[string]sessionValue{}
	first := map[string]source.Span{}
	for i := range c.names.session.Items {
		item := &c.names.session.Items[i]
		name := item.Key.Name
		if item.For != nil {
			name += " " + item.For.Name
		}
		if f, dup := first[name]; dup {
			c.report(diag.DeclaredTwice, item.Span, "`%s` stands here twice", name).Note(f, "the first stands here").Help("keep one of the two")
			continue
		}
		first[name] = item.Span
		if v, ok := c.sessionItem(item); ok {
			out[name] = sessionValue{value: v, span: item.Span, outcome: item.For}
		}
	}
	for _, k := range sessionKeys {
		if _, ok := first[k.key]; !ok {
			c.report(diag.BadSession, c.names.session.Span, "the session does not say `%s`", k.key).Help("add a line such as `%s`", k.example)
		}
	}
	return out
}

func (c *compilation) sessionItem(item *syntax.SessionItem) (int64, bool) {
	per := int64(1)
	switch item.Key.Name {
	case "retries":
		if item.Unit != nil {
			c.report(diag.BadSession, item.Unit.Span, "`retries` is a plain number").Help("write `retries %d`", item.Value.Value)
			return 0, false
		}
		if item.Value.Value < 0 || item.Value.Value > math.MaxInt32 {
			c.report(diag.BadSession, item.Value.Span, "this is no sensible number of retries").Help("write `retries 2`, for example")
			return 0, false
		}
		return item.Value.Value, true
	case "timeout", "keep":
		unit, ok := c.unit(item.Unit)
		if !ok {
			c.report(diag.BadSession, item.Span, "`%s` needs a unit of time", item.Key.Name).
				Help("write `%s`, for example", exampleOf(item.Key.Name))
			return 0, false
		}
		per = unit
	default:
		known := make([]string, len(sessionKeys))
		for i, k := range sessionKeys {
			known[i] = k.key
		}
		c.suggest(c.report(diag.BadSession, item.Key.Span, "a session has no `%s`", item.Key.Name), item.Key, known)
		return 0, false
	}
	if item.Value.Value < 1 || item.Value.Value > math.MaxInt32 {
		c.report(diag.BadSession, item.Value.Span, "this is no sensible length of time").Help("write `%s`, for example", exampleOf(item.Key.Name))
		return 0, false
	}
	total := item.Value.Value * per
	if item.Key.Name != "keep" {
		return total, true
	}
	if total%unitSeconds["days"] != 0 {
		c.report(diag.BadSession, item.Span, "`keep` counts whole days").Help("write `keep 90 days`, for example")
		return 0, false
	}
	return total / unitSeconds["days"], true
}

// unit returns the seconds of a unit of time.
func (c *compilation) unit(id *syntax.Ident) (int64, bool) {
	if id == nil {
		return 0, false
	}
	s, ok := unitSeconds[id.Name]
	return s, ok
}

func exampleOf(key string) string {
	for _, k := range sessionKeys {
		if k.key == key {
			return k.example
		}
	}
	return key
}

// seconds, days and count say a bound in words.
func seconds(n int64) string {
	switch {
	case n >= 3600 && n%3600 == 0:
		return plural(int(n/3600), "hour", "hours")
	case n >= 60 && n%60 == 0:
		return plural(int(n/60), "minute", "minutes")
	}
	return plural(int(n), "second", "seconds")
}

func days(n int64) string { return plural(int(n), "day", "days") }

func count(n int64) string { return fmt.Sprint(n) }
