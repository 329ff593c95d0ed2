package kernel

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/tacet-lang/tacet/lang/machine"
)

// variable is a field, or something the world decides, with its cells. Cells are numbered from first to
// first+len(cells)-1.
type variable struct {
	name    string
	field   *machine.Field // nil: the world decides it
	first   int            // 1 for fields, because 0 is "no value yet"
	cells   []machine.Cell
	tests   []int // of the machine's guards, about this variable
	apart   bool  // a say-by needs to know the very answer
	silent  bool  // heard of an emergency: whoever says that is with a person
	trigger bool  // heard of a trigger

	all   []int   // the cells' numbers
	gets  []int   // of a field: those that an answer lies in
	no    []int   // heard: the cell "no", and "yes"
	yes   []int   //
	later [][]int // dates with age or days: by cell, where time can lead
}

// sample is one value of a variable, as tests see it. Of a date, the day itself, the age and the days until it are
// independent of each other but for [together].
type sample struct {
	value     constant
	age, days int64
	weekday   int // now
	minute    int
	extra     string // what tells values apart beyond tests
}

// see is what a test looks at.
func (t *test) see(s *sample) constant {
	switch t.side {
	case "age":
		return constant{n: s.age}
	case "days":
		return constant{n: s.days}
	case "hour":
		return constant{n: int64(s.minute / 60)}
	case "weekday":
		return constant{s: weekdays[s.weekday]}
	}
	return s.value
}

// signature says which tests hold for a sample. Two values with one signature are in one cell.
func (k *checker) signature(v *variable, s *sample) string {
	out := make([]byte, 0, len(v.tests)+len(s.extra))
	for _, n := range v.tests {
		b := byte('0')
		if t := &k.tests[n]; t.holds(t.see(s)) {
			b = '1'
		}
		out = append(out, b)
	}
	return string(append(out, s.extra...))
}

// checkVariables checks that the certificate's variables are those of the machine and that the cells of each are
// complete and different (1), and enters by cell which tests hold.
func (k *checker) checkVariables() error {
	if len(k.c.Variables) != len(k.vars) {
		return refuse("form", "", "the certificate has %d variables, and the machine %d", len(k.c.Variables), len(k.vars))
	}
	for i := range k.vars {
		v := &k.vars[i]
		if k.c.Variables[i].Name != v.name {
			return refuse("form", "", "variable %d of the certificate is %q, not %q", i, k.c.Variables[i].Name, v.name)
		}
		v.cells = k.c.Variables[i].Cells
		if err := k.checkCells(v); err != nil {
			return err
		}
	}
	return nil
}

func (k *checker) checkCells(v *variable) error {
	samples := k.samples(v)
	if err := k.spend((len(samples) + len(v.cells)) * (1 + len(v.tests))); err != nil {
		return err
	}
	cellOf := make(map[string]int, len(v.cells))
	for _, n := range v.tests {
		k.tests[n].truth = make([]bool, v.first, v.first+len(v.cells))
	}
	for i := range v.cells {
		s, ok := k.named(v, &v.cells[i])
		if !ok {
			return refuse("G2", "", "cell %d of %q is not named by one of its values", i, v.name)
		}
		cellOf[k.signature(v, &s)] = v.first + i
		for _, n := range v.tests {
			t := &k.tests[n]
			t.truth = append(t.truth, t.holds(t.see(&s)))
		}
		v.all = append(v.all, v.first+i)
		if s.extra != over {
			v.gets = append(v.gets, v.first+i)
		}
		if strings.HasPrefix(v.name, "heard:") && v.field == nil {
			v.enterHeard(v.first+i, s.value.yes)
		}
	}
	if len(cellOf) != len(v.cells) {
		return refuse("G2", "", "two cells of %q are the same to every guard", v.name)
	}
	number := make([]int, len(samples))
	for i := range samples {
		n, ok := cellOf[k.signature(v, &samples[i])]
		if !ok {
			return refuse("G2", "", "the cells of %q leave out some of its values", v.name)
		}
		number[i] = n
	}
	return k.passTime(v, samples, number)
}

func (v *variable) enterHeard(cell int, yes bool) {
	if yes {
		v.yes = append(v.yes, cell)
	} else {
		v.no = append(v.no, cell)
	}
}

// passTime enters where time can lead from each cell of a date: the day stays, the age grows, the days until it shrink.
func (k *checker) passTime(v *variable, samples []sample, number []int) error {
	if !k.looksAt(v, "age") && !k.looksAt(v, "days") {
		return nil
	}
	if err := k.spend(len(samples) * len(samples)); err != nil {
		return err
	}
	v.later = make([][]int, v.first+len(v.cells))
	for i := range samples {
		for j := range samples {
			from, to := &samples[i], &samples[j]
			if from.value == to.value && from.age <= to.age && from.days >= to.days {
				v.later[number[i]] = append(v.later[number[i]], number[j])
			}
		}
	}
	for i := range v.later {
		slices.Sort(v.later[i])
		v.later[i] = slices.Compact(v.later[i])
	}
	return nil
}

// looksAt reports whether some test is about that side of a variable.
func (k *checker) looksAt(v *variable, side string) bool {
	return slices.ContainsFunc(v.tests, func(n int) bool { return k.tests[n].side == side })
}

// samples are values enough: for every value there is one that all tests see alike.
func (k *checker) samples(v *variable) []sample {
	switch {
	case v.field == nil:
		return k.samplesOfWorld(v)
	case v.field.Type == "choice":
		options := make([]string, 0, len(v.field.Options))
		for _, o := range v.field.Options {
			options = append(options, o.Value)
		}
		return textSamples(options, v.apart)
	case v.field.Type == "yes-no":
		return yesNoSamples(v.apart)
	case v.field.Type == "number":
		lo, hi := bounds(v.field)
		var out []sample
		for _, n := range k.cuts(v, "", lo, hi) {
			out = append(out, sample{value: constant{n: n}})
		}
		return out
	case kindOf(v.field.Type) == day:
		return k.dateSamples(v)
	case v.field.Type == "time":
		return textSamples(k.literals(v, minuteNear, "00:00"), false)
	}
	values := k.literals(v, nil, "")
	longest := 0
	for _, s := range values {
		longest = max(longest, len(s))
	}
	return textSamples(append(values, strings.Repeat("-", longest+1)), false)
}

func (k *checker) samplesOfWorld(v *variable) []sample {
	switch v.name {
	case "now":
		return k.moments
	case "language":
		return textSamples(k.m.Flow.Languages, false)
	case "channel":
		return textSamples(k.m.Flow.Channels, false)
	}
	return yesNoSamples(false)
}

func textSamples(values []string, apart bool) []sample {
	out := make([]sample, len(values))
	for i, s := range values {
		out[i].value.s = s
		if apart {
			out[i].extra = " " + s
		}
	}
	return out
}

func yesNoSamples(apart bool) []sample {
	out := []sample{{value: constant{yes: true}}, {}}
	if apart {
		out[0].extra = " yes"
	}
	return out
}

// The numbers of a field without bounds are those that a double holds exactly.
const maxNumber = 1 << 53

func bounds(f *machine.Field) (lo, hi int64) {
	lo, hi = -maxNumber, maxNumber
	if f.Min != nil {
		lo = *f.Min
	}
	if f.Max != nil {
		hi = *f.Max
	}
	return lo, hi
}

// cuts are the numbers of lo..hi at which tests of one side can change, lo included: each constant and the next number.
func (k *checker) cuts(v *variable, side string, lo, hi int64) []int64 {
	out := []int64{lo}
	for _, n := range v.tests {
		if k.tests[n].side != side {
			continue
		}
		for _, c := range k.tests[n].values {
			out = appendCuts(out, c.n, lo, hi)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

func appendCuts(to []int64, n, lo, hi int64) []int64 {
	if n > lo && n <= hi {
		to = append(to, n)
	}
	if n >= lo && n < hi {
		to = append(to, n+1)
	}
	return to
}

// literals are the texts that tests compare a variable with, and what lies beside them; if there are none, anything.
func (k *checker) literals(v *variable, near func(string) []string, anything string) []string {
	var out []string
	for _, n := range v.tests {
		if k.tests[n].side != "" {
			continue
		}
		for _, c := range k.tests[n].values {
			out = append(out, c.s)
			if near != nil {
				out = append(out, near(c.s)...)
			}
		}
	}
	if len(out) == 0 && near != nil {
		return []string{anything}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

func minuteNear(s string) []string { return near(s, clockForm, time.Minute) }

func dayNear(s string) []string { return near(s, time.DateOnly, 24*time.Hour) }

// near are the values of that form just before and just after one.
func near(s, form string, step time.Duration) []string {
	var out []string
	at, _ := time.Parse(form, s) // every literal was parsed before
	for _, d := range []time.Duration{-step, step} {
		beside := at.Add(d)
		if back, err := time.Parse(form, beside.Format(form)); err == nil && back.Equal(beside) {
			out = append(out, beside.Format(form))
		}
	}
	return out
}

// The ages, in years, and days of dates: of any that is written with four digits of the year, and of a patient.
const (
	maxYears    = 10_000
	maxDays     = 366 * maxYears
	maxBirthAge = 130
)

func (k *checker) dateBounds(v *variable) (ages, days [2]int64) {
	switch {
	case v.field.Type == dateOfBirth:
		return [2]int64{0, maxBirthAge}, [2]int64{-maxDays, 0}
	case k.bounded(v):
		return [2]int64{-maxYears, maxYears}, [2]int64{-maxDays, *v.field.Max}
	}
	return [2]int64{-maxYears, maxYears}, [2]int64{-maxDays, maxDays}
}

// bounded reports whether the days that a date can be when it is asked for count: some test looks at how far off it is.
func (k *checker) bounded(v *variable) bool {
	f := v.field
	return f.Type == "date" && f.Min != nil && f.Max != nil && (k.looksAt(v, "age") || k.looksAt(v, "days"))
}

// over marks a day before any that is an answer, which only time leads to.
const over = " over"

func (k *checker) markOver(v *variable, s *sample) {
	if k.bounded(v) && s.days < *v.field.Min {
		s.extra = over
	}
}

// dateSamples combine each day with each stretch of ages and of days that go together.
func (k *checker) dateSamples(v *variable) []sample {
	ages, days := k.dateBounds(v)
	ageCuts, dayCuts := k.cuts(v, "age", ages[0], ages[1]), k.cuts(v, "days", days[0], days[1])
	if k.bounded(v) {
		dayCuts = slices.Compact(slices.Sorted(slices.Values(appendCuts(dayCuts, *v.field.Min-1, days[0], days[1]))))
	}
	literals := k.literals(v, dayNear, "2000-01-01")
	var out []sample
	for i, a := range ageCuts {
		for j, d := range dayCuts {
			if !together([2]int64{a, endOf(ageCuts, i, ages[1])}, [2]int64{d, endOf(dayCuts, j, days[1])}) {
				continue
			}
			for _, s := range literals {
				at := sample{value: constant{s: s}, age: a, days: d}
				k.markOver(v, &at)
				out = append(out, at)
			}
		}
	}
	return out
}

// endOf is the last number of the stretch that begins at cut i.
func endOf(cuts []int64, i int, hi int64) int64 {
	if i+1 < len(cuts) {
		return cuts[i+1] - 1
	}
	return hi
}

// together reports whether some date has an age and a number of days until it in these stretches. A person of age a
// was born at least 365a and at most 366(a+1)-1 days ago; what lies ahead mirrors that. The stretches of consecutive
// ages touch, so it is enough to look at the first and the last.
func together(ages, days [2]int64) bool {
	least, most := 365*ages[0], 366*(ages[1]+1)-1
	if ages[0] < 0 {
		least = 366 * ages[0]
	}
	if ages[1] < 0 {
		most = 365*(ages[1]+1) - 1
	}
	return least <= -days[0] && -days[1] <= most
}

// named reads the value that names a cell. It fails if the value is none of the variable's.
func (k *checker) named(v *variable, c *machine.Cell) (sample, bool) {
	if v.field == nil || kindOf(v.field.Type) != day {
		if c.Age != nil || c.Days != nil {
			return sample{}, false
		}
	}
	if c.Other {
		return k.other(v, c)
	}
	switch {
	case v.name == "now" && v.field == nil:
		return k.namedMoment(c.Value)
	case v.field != nil && kindOf(v.field.Type) == integer:
		n, err := strconv.ParseInt(c.Value, 10, 64)
		lo, hi := bounds(v.field)
		return sample{value: constant{n: n}}, err == nil && strconv.FormatInt(n, 10) == c.Value && lo <= n && n <= hi
	case v.field != nil && kindOf(v.field.Type) == day:
		return k.namedDate(v, c)
	case v.field != nil && kindOf(v.field.Type) == clock:
		s := subject{kind: clock}
		return sample{value: constant{s: c.Value}}, s.canBe(c.Value)
	case v.field != nil && kindOf(v.field.Type) == text:
		return sample{value: constant{s: c.Value}}, len(v.tests) > 0
	}
	return k.namedAnswer(v, c.Value)
}

// other reads a cell without a value: any text or day that no guard compares with, or all of what no guard tests.
func (k *checker) other(v *variable, c *machine.Cell) (sample, bool) {
	all := k.samples(v)
	s := all[len(all)-1]
	if c.Value != "" || v.field == nil || v.apart {
		return s, false
	}
	switch kindOf(v.field.Type) {
	case text:
		return s, true
	case day:
		s, ok := k.namedDate(v, &machine.Cell{Value: s.value.s, Age: c.Age, Days: c.Days})
		return s, ok && !k.looksAt(v, "")
	}
	return s, len(v.tests) == 0
}

// namedDate reads a day, with its age and days where tests look at them and only there.
func (k *checker) namedDate(v *variable, c *machine.Cell) (sample, bool) {
	ages, days := k.dateBounds(v)
	if k.looksAt(v, "age") != (c.Age != nil) || (k.looksAt(v, "days") || k.bounded(v)) != (c.Days != nil) || !isDay(c.Value) {
		return sample{}, false
	}
	s := sample{value: constant{s: c.Value}}
	if c.Age != nil {
		s.age = *c.Age
		ages = [2]int64{max(ages[0], *c.Age), min(ages[1], *c.Age)}
	}
	if c.Days != nil {
		s.days = *c.Days
		days = [2]int64{max(days[0], *c.Days), min(days[1], *c.Days)}
		k.markOver(v, &s)
	}
	return s, ages[0] <= ages[1] && days[0] <= days[1] && together(ages, days)
}

// namedAnswer reads one of a few answers: an option, a language, a channel, yes or no.
func (k *checker) namedAnswer(v *variable, value string) (sample, bool) {
	for _, s := range k.samples(v) {
		name := s.value.s
		if v.isYesNo() {
			name = map[bool]string{true: "yes", false: "no"}[s.value.yes]
		}
		if name == value {
			return s, true
		}
	}
	return sample{}, false
}

func (v *variable) isYesNo() bool {
	if v.field != nil {
		return v.field.Type == "yes-no"
	}
	return strings.HasPrefix(v.name, "heard:")
}
