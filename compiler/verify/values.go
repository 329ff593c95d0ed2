package verify

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/tacet-lang/tacet/lang/guard"
	"github.com/tacet-lang/tacet/lang/machine"
)

// value is what the patient has answered for a field: remembered, or a value of the cell as a person would type it.
// Cell 0 takes any.
func (s *scribe) value(f, cell int) said {
	if v, ok := s.values[f]; ok {
		return v
	}
	v := s.newValue(f, max(cell, 1))
	s.values[f] = v
	return v
}

func (s *scribe) newValue(f, cell int) said {
	variable := &s.c.vars[f]
	c := variable.cells[cell-variable.base]
	field := variable.field
	switch kindOf(field.Type) {
	case guard.Choice:
		return s.option(field, c.Value)
	case guard.Bool:
		return said{typed: s.yesNo(c.Value != "no"), held: c.Value}
	case guard.Int:
		if c.Other {
			c.Value = "1"
			if field.Min != nil {
				c.Value = fmt.Sprint(*field.Min)
			}
		}
		return said{typed: c.Value, held: c.Value}
	case guard.Date:
		return s.date(variable, cell)
	case guard.Time:
		return clock(c.Value)
	}
	if !c.Other {
		return said{typed: c.Value, held: c.Value}
	}
	return sample(field.Type)
}

func (s *scribe) option(field *machine.Field, value string) said {
	for _, o := range field.Options {
		if o.Value == value {
			if label := o.Label.In(s.lang); label != "" {
				return said{typed: label, held: value}
			}
		}
	}
	return said{typed: value, held: value}
}

// sample is what people answer to a question of a type. Where the form that is held is not the form typed, nothing is
// said about what is held.
func sample(fieldType string) said {
	switch fieldType {
	case "name":
		return said{typed: "Ana Ruiz", held: "Ana Ruiz"}
	case "phone":
		return said{typed: "312 555 0142", held: "+13125550142"}
	case "email":
		return said{typed: "ana.ruiz@example.com", held: "ana.ruiz@example.com"}
	case "zip":
		return said{typed: "60611", held: "60611"}
	case "slot":
		return said{typed: "1"}
	}
	return said{typed: "I will explain when we talk"}
}

func clock(s string) said {
	at, err := time.Parse("15:04", s)
	if err != nil {
		at = time.Date(0, 1, 1, 14, 0, 0, 0, time.UTC)
	}
	return said{typed: at.Format("3:04 pm"), held: at.Format("15:04")}
}

// date finds a day of the cell, seen from the time of the conversation.
func (s *scribe) date(v *variable, cell int) said {
	field, c := v.field, v.cells[cell-v.base]
	today := time.Date(s.now.Year(), s.now.Month(), s.now.Day(), 0, 0, 0, 0, time.UTC)
	day := today.AddDate(0, 0, -int(v.usual()))
	switch {
	case !c.Other && c.Value != "":
		if d, err := time.Parse(time.DateOnly, c.Value); err == nil {
			day = d
		}
	case c.Days != nil:
		day = today.AddDate(0, 0, int(*c.Days))
	case c.Age != nil:
		day = today.AddDate(-int(*c.Age), 0, 0)
		if *c.Age == 0 && field.Type == birth {
			day = today.AddDate(0, -3, 0)
		}
	}
	day, ok := v.near(day, today, cell)
	s.mute = s.mute || !ok
	return said{typed: strings.TrimSpace(day.Format("January 2, 2006")), held: day.Format(time.DateOnly)}
}

// searchedDays is how far from the first guess a day of a cell is looked for: further than anybody is old.
const searchedDays = 122 * 366

// near is the day closest to a guess that every test puts into the cell, seen from today; the guess itself and false
// where there is none, because today is not a day on which a date can be so.
func (v *variable) near(guess, today time.Time, cell int) (time.Time, bool) {
	for n := range searchedDays {
		for _, day := range []time.Time{guess.AddDate(0, 0, n), guess.AddDate(0, 0, -n)} {
			if v.isIn(day, today, cell) {
				return day, true
			}
		}
	}
	return guess, false
}

func (v *variable) isIn(day, today time.Time, cell int) bool {
	until := int64(day.Sub(today).Hours() / 24)
	years := int64(today.Year() - day.Year())
	if day.AddDate(int(years), 0, 0).After(today) {
		years--
	}
	if v.field.Type == birth && (until > 0 || years > maxBirthAge) {
		return false
	}
	if v.field.Min != nil && v.field.Max != nil && (until > *v.field.Max || (until < *v.field.Min) != (cell > v.answers)) {
		return false
	}
	c := candidate{plain: value{s: day.Format(time.DateOnly)}, age: span{lo: years}, days: span{lo: until}}
	return !slices.ContainsFunc(v.tests, func(e *expr) bool { return e.holdsFor(&c) != e.truth[cell] })
}
