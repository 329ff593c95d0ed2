package report_test

import (
	"bytes"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/tacet-lang/tacet/lang/machine"
	"github.com/tacet-lang/tacet/runtime/report"
	"github.com/tacet-lang/tacet/runtime/session"
)

func practice() machine.Practice {
	hours := office()
	return machine.Practice{
		ID: "lakeside", Name: "Lakeside Aesthetics", Timezone: "America/Chicago", Hours: hours.Hours, Holidays: hours.Holidays,
		Teams: []machine.Team{{Name: "coordinators", Hours: hours.Hours, Holidays: true}, {Name: "nurses", Hours: always().Hours}},
	}
}

// log is a week that a person can count: every figure of its golden was worked out by hand from this function.
func log(t testing.TB) *report.Log {
	t.Helper()
	zone := chicago(t)
	monday := time.Date(2026, 3, 2, 0, 0, 0, 0, zone)
	l := &report.Log{Practice: practice(), Zone: zone, From: monday, To: monday.AddDate(0, 0, 7), Erased: 1}
	at := func(day, hour, minute int) time.Time {
		return monday.AddDate(0, 0, day).Add(time.Duration(hour*60+minute) * time.Minute)
	}
	add := func(n int, c report.Conversation) {
		for range n {
			c.ID = fmt.Sprintf("c%03d", len(l.Conversations))
			if c.Heard > 0 {
				c.FirstHeard = c.Started.Add(time.Minute)
				c.FirstSaid = c.FirstHeard
			}
			l.Conversations = append(l.Conversations, c)
		}
	}
	base := report.Conversation{Flow: "consultation", Channel: "web-chat", Lang: "en", Booking: true, Heard: 4, Stored: 6, Named: 6}

	done := base // 20 completed in office hours, with a number; each asked for the hours once
	done.Started, done.Control, done.Outcome, done.Declared, done.State = at(0, 10, 0), "closed", "completed", true, "booked"
	done.Contact, done.Topics = at(0, 10, 5), []string{"hours"}
	done.From = session.Attribution{Source: "google", Medium: "cpc", Campaign: "spring-sale"}
	add(20, done)
	night := done // 12 completed at night, in Spanish
	night.Started, night.Contact, night.Lang, night.Topics = at(1, 22, 0), at(1, 22, 10), "es", []string{"location"}
	night.From = session.Attribution{Source: "newsletter", Medium: "email"}
	add(12, night)
	left := base // 11 fell silent at the question for a name, 3 at that for the phone
	left.Started, left.Control, left.Outcome, left.State = at(2, 9, 0), "closed", "timeout", "name"
	add(11, left)
	left.State = "phone"
	left.Unanswered, left.Words = []string{"phone", "phone"}, []string{"rare"}
	add(3, left)
	odd := base // 12 asked for something that nobody had thought of, and a reviewer says of two that people should have had them
	odd.Flow, odd.Started, odd.Control, odd.Outcome, odd.State, odd.Booking = "hours-and-faq", at(2, 9, 0), "closed", "timeout", "welcome", false
	odd.Unanswered, odd.Words, odd.Judged = []string{"welcome"}, []string{"financing", "monthly"}, report.NotOwed
	add(9, odd)
	odd.Words = []string{"financing"}
	add(1, odd)
	odd.Judged = report.Owed
	add(2, odd)
	human := base // 4 asked for a person at 9:00 and were answered after half an hour, one of them after two hours
	human.Started, human.Control, human.Outcome = at(3, 9, 0), "closed", "answered"
	human.From = session.Attribution{Source: "jane-doe"} // a name that nobody must read in the figures
	human.Handoffs = []report.Handoff{{At: at(3, 9, 0), Reason: "human", Tier: machine.Routine, Team: "coordinators", Answered: at(3, 9, 30), Closed: at(3, 10, 0)}}
	add(3, human)
	late := human
	late.Handoffs = []report.Handoff{{At: at(3, 9, 0), Reason: "human", Tier: machine.Routine, Team: "coordinators", Answered: at(3, 11, 0), Closed: at(3, 11, 1)}}
	add(1, late)
	alarm := base // an emergency on Saturday night, answered after four minutes, and one that nobody answered
	alarm.Flow, alarm.Booking = "hours-and-faq", false
	alarm.Started, alarm.Control, alarm.Flagged = at(5, 23, 0), "human", true
	alarm.Handoffs = []report.Handoff{{At: at(5, 23, 0), Reason: "chest-pain", Tier: machine.Emergency, Team: "nurses", Answered: at(5, 23, 4)}}
	add(1, alarm)
	alarm.Control, alarm.Handoffs = "waiting", []report.Handoff{{At: at(5, 23, 0), Reason: "chest-pain stroke", Tier: machine.Emergency, Team: "nurses"}}
	alarm.Missed = 1 // and an earlier message that today would be heard
	alarm.Named = 5  // one turn is not in the trail
	add(1, alarm)
	open := base // asked on Sunday: the team is closed, so it is not late
	open.Started, open.Control = at(6, 15, 0), "waiting"
	open.Handoffs = []report.Handoff{{At: at(6, 15, 0), Reason: "human", Tier: machine.Routine, Team: "coordinators"}}
	add(1, open)
	only := base // 5 only looked
	only.Started, only.Control, only.Outcome, only.Heard, only.State = at(4, 12, 0), "closed", "timeout", 0, "welcome"
	add(5, only)

	for range 12 {
		l.Events = append(l.Events, report.Event{At: at(2, 9, 0), Action: "phi.flagged", Kinds: "health 2, ssn 1"})
	}
	l.Events = append(l.Events, report.Event{Action: "conversation.replied"}, report.Event{Action: "conversation.replied", Kinds: "mrn 1"},
		report.Event{Action: "glass.broken"}, report.Event{Action: "transcript.revealed"}, report.Event{Action: "transcript.revealed"})
	return l
}

func inputs(l *report.Log) report.Inputs {
	return report.Inputs{Minutes: 6, Cost: 300_00, Baseline: report.Share{N: 15, Of: 100}, Now: l.To}
}

// TestGolden: TACET_UPDATE=1 renews the files, which are read before they are committed.
func TestGolden(t *testing.T) {
	t.Parallel()
	l := log(t)
	r := report.Compute(l, inputs(l))
	for name, write := range map[string]func(*bytes.Buffer) error{
		"week.txt":  func(b *bytes.Buffer) error { return r.Text(b) },
		"week.csv":  func(b *bytes.Buffer) error { return r.CSV(b) },
		"week.json": func(b *bytes.Buffer) error { return r.JSON(b) },
	} {
		var got bytes.Buffer
		if err := write(&got); err != nil {
			t.Fatal(err)
		}
		file := "testdata/" + name
		if os.Getenv("TACET_UPDATE") == "1" {
			if err := os.WriteFile(file, got.Bytes(), 0o644); err != nil { //nolint:gosec // a golden
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(string(want), got.String()); d != "" {
			t.Errorf("%s (-want +got):\n%s", file, d)
		}
	}
}

// TestReturn holds the calculator to its worked examples.
func TestReturn(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		funnel report.Funnel
		want   report.Yield
	}{
		{report.Before, report.Yield{Converted: 23, Consultations: 23, Procedures: 9, Revenue: 72_000_00}},
		{report.After, report.Yield{Converted: 38, Consultations: 58, Procedures: 23, Revenue: 184_000_00}},
		{report.Funnel{Inquiries: 10, Converts: 25, Accepts: 50, Worth: 1}, report.Yield{Converted: 3, Consultations: 3, Procedures: 2, Revenue: 2}},
	} {
		if got := c.funnel.Yield(); got != c.want {
			t.Errorf("%+v: got %+v, want %+v", c.funnel, got, c.want)
		}
	}
	f := report.ROI(report.Before, report.After)
	if last := f.Values[len(f.Values)-1]; last.String() != "$112,000" {
		t.Errorf("the difference is %s, want $112,000", last)
	}
}

// drawn is a log of random conversations.
func drawn(t *rapid.T, zone *time.Location) *report.Log {
	l := &report.Log{Practice: practice(), Zone: zone, From: time.Date(2026, 3, 2, 0, 0, 0, 0, zone), To: time.Date(2026, 3, 16, 0, 0, 0, 0, zone)}
	for i := range rapid.IntRange(0, 60).Draw(t, "conversations") {
		start := l.From.Add(time.Duration(rapid.IntRange(0, 14*24*60-1).Draw(t, "start")) * time.Minute)
		c := report.Conversation{
			ID: fmt.Sprint(i), Started: start, Heard: rapid.IntRange(0, 3).Draw(t, "heard"), Flow: rapid.SampledFrom([]string{"a", "b", "c"}).Draw(t, "flow"),
			Lang: rapid.SampledFrom([]string{"en", "es"}).Draw(t, "lang"), Outcome: rapid.SampledFrom([]string{"", "completed", "timeout"}).Draw(t, "outcome"),
			State: rapid.SampledFrom([]string{"x", "y", "z"}).Draw(t, "state"), Stored: 3, Named: int64(rapid.IntRange(2, 3).Draw(t, "named")),
		}
		c.From.Source = rapid.SampledFrom([]string{"", "google", "google", "google", "jane-doe"}).Draw(t, "source")
		c.Declared = c.Outcome == "completed"
		if rapid.Bool().Draw(t, "contact") {
			c.Contact = start.Add(time.Minute)
		}
		if rapid.IntRange(0, 3).Draw(t, "handed") == 0 {
			h := report.Handoff{At: start, Tier: rapid.SampledFrom([]string{machine.Emergency, machine.Urgent, machine.Routine}).Draw(t, "tier"), Team: "nurses", Reason: "human"}
			if rapid.Bool().Draw(t, "answered") {
				h.Answered = start.Add(time.Duration(rapid.IntRange(0, 120).Draw(t, "wait")) * time.Minute)
			}
			c.Handoffs = append(c.Handoffs, h)
		}
		l.Conversations = append(l.Conversations, c)
	}
	return l
}

// sums are the whole numbers of a report's counts and shares, which add up over parts of a log.
func sums(r *report.Report) map[string]int64 {
	all := map[string]int64{}
	for i := range r.Figures {
		for _, v := range r.Figures[i].Values {
			if (v.Unit == report.Count || v.Unit == report.Part) && r.Figures[i].ID != "M13" && v.Missing == "" {
				all[r.Figures[i].ID+" "+v.Name] += v.N
				all[r.Figures[i].ID+" "+v.Name+" of"] += v.Of
			}
		}
	}
	return all
}

// TestAddsUp: counting a log at once and counting it in two parts, in any order, gives the same.
func TestAddsUp(t *testing.T) {
	t.Parallel()
	zone := chicago(t)
	rapid.Check(t, func(t *rapid.T) {
		l := drawn(t, zone)
		in := report.Inputs{Now: l.To}
		want := sums(report.Compute(l, in))
		first, second := *l, *l
		first.Conversations, second.Conversations = nil, nil
		for _, c := range rapid.Permutation(l.Conversations).Draw(t, "order") {
			if rapid.Bool().Draw(t, "first") {
				first.Conversations = append(first.Conversations, c)
			} else {
				second.Conversations = append(second.Conversations, c)
			}
		}
		got := sums(report.Compute(&first, in))
		for name, n := range sums(report.Compute(&second, in)) {
			got[name] += n
		}
		for name := range want {
			if want[name] != got[name] {
				t.Errorf("%s: %d at once, %d in parts", name, want[name], got[name])
			}
		}
	})
}

// TestSmallCells: no breakdown shows a count of 1 to 10, or a single hidden cell beside others, and what is shown is right.
func TestSmallCells(t *testing.T) {
	t.Parallel()
	zone := chicago(t)
	rapid.Check(t, func(t *rapid.T) {
		l := drawn(t, zone)
		count := map[string]int64{}
		for i := range l.Conversations {
			if c := &l.Conversations[i]; c.Heard > 0 {
				count["by flow "+c.Flow]++
				count["by language "+c.Lang]++
				count["by source "+c.From.Source]++
			}
		}
		for _, f := range report.Compute(l, report.Inputs{Now: l.To}).Figures {
			for _, table := range f.Tables {
				if table.Days {
					continue
				}
				hidden := 0
				for _, c := range table.Cells {
					if c.Hidden {
						hidden++
					}
					if from := count["by source "+c.Name]; strings.HasSuffix(table.Title, "by source") && from > 0 && from < 11 {
						t.Errorf("%s %s: %s is named, which %d came from", f.ID, table.Title, c.Name, from)
					}
					if c.N > 0 && c.N < 11 || c.Hidden && c.N != 0 {
						t.Errorf("%s %s: %s shows %d", f.ID, table.Title, c.Name, c.N)
					}
					if want, known := count[table.Title+" "+c.Name]; known && !c.Hidden && c.N != want {
						t.Errorf("%s %s: %s is %d, want %d", f.ID, table.Title, c.Name, c.N, want)
					}
				}
				if hidden == 1 && len(table.Cells) > 1 {
					t.Errorf("%s %s: one hidden cell among %d can be worked out", f.ID, table.Title, len(table.Cells))
				}
			}
		}
	})
}

func TestValues(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		v    report.Value
		want string
	}{
		{report.Value{Unit: report.Part, N: 1, Of: 3}, "33.3 % (1 of 3)"},
		{report.Value{Unit: report.Part, N: 1, Of: 16}, "6.3 % (1 of 16)"},
		{report.Value{Unit: report.Part}, "–"},
		{report.Value{Unit: report.Seconds, N: 119}, "119 s"},
		{report.Value{Unit: report.Seconds, N: 3599}, "59 min"},
		{report.Value{Unit: report.Seconds, N: 7320}, "2 h 2 min"},
		{report.Value{Unit: report.Points, N: -5}, "-0.5 points"},
		{report.Value{Unit: report.Points, N: 477}, "+47.7 points"},
		{report.Value{Unit: report.Points}, "0.0 points"},
		{report.Value{Unit: report.Cents, N: -1234567_05}, "-$1,234,567.05"},
		{report.Value{Unit: report.Minutes, N: 125}, "2 h 5 min"},
		{report.Value{Missing: "not given", N: 7}, "not given"},
	} {
		if got := c.v.String(); !strings.EqualFold(got, c.want) {
			t.Errorf("%+v: got %q, want %q", c.v, got, c.want)
		}
	}
}

// TestContained: time is saved by what the assistant ended alone, not by what it went on with after people.
func TestContained(t *testing.T) {
	t.Parallel()
	l := log(t)
	alone := report.Conversation{Heard: 1, Started: l.From, Outcome: "completed", Declared: true}
	helped := alone
	helped.Handoffs = []report.Handoff{{At: l.From, Reason: "human", Answered: l.From}}
	l.Conversations = []report.Conversation{alone, helped}
	for _, f := range report.Compute(l, report.Inputs{Minutes: 7, Now: l.To}).Figures {
		if f.ID == "M7" && (f.Values[0].N != 1 || f.Values[0].Of != 2 || f.Values[1].N != 7) {
			t.Errorf("got %+v, want 1 of 2, 7 minutes", f.Values)
		}
	}
}
