package report

import (
	"cmp"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/tacet-lang/tacet/runtime/calendar"
)

// counted is a log with the conversations that count: those in which the patient did something.
type counted struct {
	*Log
	list []*Conversation
	open calendar.Schedule
}

func count(l *Log) *counted {
	c := &counted{Log: l, open: calendar.Practice(&l.Practice)}
	for i := range l.Conversations {
		if l.Conversations[i].Heard > 0 {
			c.list = append(c.list, &l.Conversations[i])
		}
	}
	return c
}

func (c *counted) total() int64 { return int64(len(c.list)) }

// of counts the conversations that are so.
func (c *counted) of(is func(*Conversation) bool) (n int64) {
	for _, k := range c.list {
		if is(k) {
			n++
		}
	}
	return n
}

// by counts conversations, or what they have several of, by name.
func (c *counted) by(names func(*Conversation) []string) map[string]int64 {
	counts := map[string]int64{}
	for _, k := range c.list {
		for _, name := range names(k) {
			counts[name]++
		}
	}
	return counts
}

func one(name string) []string {
	if name == "" {
		return nil
	}
	return []string{name}
}

const timedOut = "timeout" // engine.TimedOut, which the figures name as the log does

func (c *counted) volume() Figure {
	days := c.by(func(k *Conversation) []string { return one(k.Started.In(c.Zone).Format(time.DateOnly)) })
	t := Table{Title: "by day", Days: true, Cells: []Cell{}}
	for day := c.From; day.Before(c.To); day = day.AddDate(0, 0, 1) {
		name := day.Format(time.DateOnly)
		t.Cells = append(t.Cells, Cell{Name: name, N: days[name]})
	}
	return Figure{
		ID: "M1", Title: "Volume", Definition: "Conversations that began in this time and in which the patient wrote, chose or asked for a person at least once. Days are those of the practice's calendar. Source, medium and campaign are those that the address by which the patient came named (utm_source, utm_medium, utm_campaign), without a cookie; a name that fewer than 11 conversations have is not shown.",
		Values: []Value{{Name: "conversations", Unit: Count, N: c.total()},
			{Name: "only opened", Unit: Count, N: int64(len(c.Conversations)) - c.total()},
			{Name: "erased since, not counted anywhere", Unit: Count, N: int64(c.Erased)}},
		Tables: []Table{t, breakdown("by flow", c.by(func(k *Conversation) []string { return one(k.Flow) })),
			breakdown("by channel", c.by(func(k *Conversation) []string { return one(k.Channel) })),
			breakdown("by language", c.by(func(k *Conversation) []string { return one(k.Lang) })),
			named("by source", c.by(func(k *Conversation) []string { return one(cmp.Or(k.From.Source, unsaid)) })),
			named("by medium", c.by(func(k *Conversation) []string { return one(k.From.Medium) })),
			named("by campaign", c.by(func(k *Conversation) []string { return one(k.From.Campaign) }))},
	}
}

// unsaid is the source of who came by an address that names none.
const unsaid = "none named"

func (c *counted) completion() Figure {
	done := c.of(func(k *Conversation) bool { return k.Declared })
	left := c.by(func(k *Conversation) []string {
		if k.Outcome != timedOut {
			return nil
		}
		return one(k.Flow + ": " + k.State)
	})
	return Figure{
		ID: "M2", Title: "Completion", Definition: "Conversations that reached an outcome which their flow declares, of all. Left: those that silence ended, by the state in which the assistant was.",
		Values: []Value{{Name: "completed", Unit: Part, N: done, Of: c.total()},
			{Name: "left", Unit: Part, N: c.of(func(k *Conversation) bool { return k.Outcome == timedOut }), Of: c.total()}},
		Tables: []Table{breakdown("by outcome", c.by(func(k *Conversation) []string { return one(k.Outcome) })), breakdown("left, by state", left)},
	}
}

func (c *counted) handoffs() Figure {
	reasons := c.by(func(k *Conversation) (list []string) {
		for i := range k.Handoffs {
			list = append(list, strings.Fields(strings.ReplaceAll(k.Handoffs[i].Reason, ",", " "))...)
		}
		slices.Sort(list)
		return slices.Compact(list)
	})
	tiers := c.by(func(k *Conversation) (list []string) {
		for i := range k.Handoffs {
			list = append(list, k.Handoffs[i].Tier)
		}
		slices.Sort(list)
		return slices.Compact(list)
	})
	return Figure{
		ID: "M3", Title: "Handoff", Definition: "Conversations that people got at least once, of all. Reasons are topics and triggers, or: human (asked for a person), retries (did not get on), state (the flow leads to people), staff (people took it), fault. A conversation can have several.",
		Values: []Value{{Name: "handed over", Unit: Part, N: c.of(func(k *Conversation) bool { return len(k.Handoffs) > 0 }), Of: c.total()}},
		Tables: []Table{breakdown("by reason", reasons), breakdown("by urgency", tiers)},
	}
}

func (c *counted) leads() int64 {
	return c.of(func(k *Conversation) bool { return !k.Contact.IsZero() })
}

func (c *counted) afterHours() Figure {
	late := c.of(func(k *Conversation) bool { return !k.Contact.IsZero() && !c.open.IsOpen(k.Contact.In(c.Zone)) })
	return Figure{
		ID: "M4", Title: "After-hours captures", Definition: "Conversations in which the patient gave a phone number or an e-mail address at a time when the practice was closed by its calendar, of all in which they gave one.",
		Values: []Value{{Name: "after hours", Unit: Part, N: late, Of: c.leads()}},
	}
}

// response measures how soon somebody answered.
func (c *counted) response() Figure {
	var bot, clock, business []int64
	quick, asked := int64(0), int64(0)
	for _, k := range c.list {
		if !k.FirstSaid.IsZero() {
			bot = append(bot, int64(k.FirstSaid.Sub(k.FirstHeard)/time.Second))
		}
		for i := range k.Handoffs {
			h := &k.Handoffs[i]
			if h.AskedByStaff {
				continue
			}
			asked++
			if h.Answered.IsZero() {
				continue
			}
			wait := h.Answered.Sub(h.At)
			clock = append(clock, int64(wait/time.Second))
			business = append(business, int64(c.passed(h, h.Answered)/time.Second))
			if wait <= 5*time.Minute {
				quick++
			}
		}
	}
	return Figure{
		ID: "M5", Title: "Lead response time", Definition: "From the patient's first message to the assistant's first after it, and from each handoff that was asked for to a person's first message: by the clock, and in the hours of the team. An assistant's answer stands in the same turn as the message; how long the server took is in its metrics.",
		Values: []Value{
			middle("the assistant's first answer, median", bot, 50), middle("a person's, median by the clock", clock, 50), middle("a person's, nine of ten by the clock", clock, 90),
			middle("a person's, median in team hours", business, 50), middle("a person's, nine of ten in team hours", business, 90),
			{Name: "answered by a person within 5 minutes", Unit: Part, N: quick, Of: asked},
		},
	}
}

// passed is how long a handoff waited in its team's hours.
func (c *counted) passed(h *Handoff, until time.Time) time.Duration {
	s, ok := calendar.Team(&c.Practice, h.Team)
	if !ok {
		s = c.open
	}
	return Elapsed(s, h.At.In(c.Zone), until.In(c.Zone))
}

// middle is the smallest of the seconds that so many percent do not exceed.
func middle(name string, seconds []int64, percent int) Value {
	if len(seconds) == 0 {
		return Value{Name: name, Unit: Seconds, Missing: "none in this time"}
	}
	slices.Sort(seconds)
	at := (len(seconds)*percent + 99) / 100
	return Value{Name: name, Unit: Seconds, N: seconds[max(at, 1)-1]}
}

func (c *counted) conversion(in Inputs) Figure {
	all := c.of(func(k *Conversation) bool { return k.Booking })
	done := c.of(func(k *Conversation) bool { return k.Booking && (k.Declared || k.Outcome == "booked") })
	base := Value{Name: "before the assistant, as the practice says", Unit: Part, N: in.Baseline.N, Of: in.Baseline.Of}
	if in.Baseline.Of == 0 {
		base.Missing = "not given"
	}
	more := Value{Name: "with the assistant beyond before", Unit: Points}
	var ok bool
	if more.N, ok = (Share{N: done, Of: all}).Beyond(in.Baseline); !ok {
		more.Missing = "nothing to compare with"
	}
	return Figure{
		ID: "M6", Title: "Consultation conversion", Definition: "Conversations of flows for scheduling or leads that reached an outcome which the flow declares, or that staff closed as booked, of all of these flows; beside what the practice counted before, and the difference of the two in percentage points. It compares two times, and does not say what the difference comes from.",
		Values: []Value{{Name: "with the assistant", Unit: Part, N: done, Of: all}, base, more},
	}
}

// contained counts the conversations that the assistant ended alone.
func (c *counted) contained() int64 {
	return c.of(func(k *Conversation) bool { return k.Declared && len(k.Handoffs) == 0 })
}

func (c *counted) saved(in Inputs) Figure {
	v := Value{Name: "staff time, an estimate", Unit: Minutes, N: c.contained() * in.Minutes}
	if in.Minutes == 0 {
		v.Missing = "say how many minutes of staff a conversation takes"
	}
	return Figure{
		ID: "M7", Title: "Time saved", Definition: "Conversations that reached an outcome of their flow without people, times the minutes that the practice says one takes. An estimate, not a measurement.",
		Values: []Value{{Name: "ended by the assistant alone", Unit: Part, N: c.contained(), Of: c.total()}, v},
	}
}

func (c *counted) cost(in Inputs) Figure {
	v := Value{Name: "cost per lead", Unit: Cents}
	switch {
	case in.Cost == 0:
		v.Missing = "say what the assistant cost in this time"
	case c.leads() == 0:
		v.Missing = "no leads in this time"
	default:
		v.N = (2*in.Cost + c.leads()) / (2 * c.leads())
	}
	return Figure{
		ID: "M8", Title: "Cost per lead", Definition: "What the practice says the assistant cost in this time, divided by the conversations in which the patient gave a phone number or an e-mail address.",
		Values: []Value{{Name: "leads", Unit: Count, N: c.leads()}, v},
		Tables: []Table{named("leads, by source", c.by(func(k *Conversation) []string {
			if k.Contact.IsZero() {
				return nil
			}
			return one(cmp.Or(k.From.Source, unsaid))
		}))},
	}
}

func (c *counted) incidents() Figure {
	kinds, counts := map[string]int64{}, map[string]int64{}
	for _, e := range c.Events {
		if e.Action == "conversation.replied" && e.Kinds == "" {
			continue
		}
		counts[e.Action]++
		if e.Action != "phi.flagged" {
			continue
		}
		for part := range strings.SplitSeq(e.Kinds, ", ") {
			name, n, _ := strings.Cut(part, " ")
			if k, err := strconv.ParseInt(n, 10, 64); err == nil {
				kinds[name] += k
			}
		}
	}
	return Figure{
		ID: "M9", Title: "Protected data", Definition: "Conversations in which a patient volunteered data that the flow may not hold, which were flagged for review; messages of staff that were sent after a warning; looks beyond a role (breaking the glass), and reveals. Counted by entries of the audit trail in this time.",
		Values: []Value{{Name: "flagged", Unit: Count, N: counts["phi.flagged"]}, {Name: "sent after a warning", Unit: Count, N: counts["conversation.replied"]},
			{Name: "glass broken", Unit: Count, N: counts["glass.broken"]}, {Name: "revealed", Unit: Count, N: counts["transcript.revealed"]}},
		Tables: []Table{breakdown("what was volunteered, by kind", kinds)},
	}
}

// compliance says whether people answered what was handed to them in time.
func (c *counted) compliance(in Inputs) Figure {
	var met, owed, pending, missed, judged, should int64
	late, all := map[string]int64{}, map[string]int64{}
	for _, k := range c.list {
		missed += int64(k.Missed)
		if k.Judged != "" {
			judged++
		}
		if k.Judged == Owed {
			should++
		}
		if k.Judged == Owed && k.Missed == 0 && len(k.Handoffs) == 0 {
			missed++
		}
		for i := range k.Handoffs {
			h := &k.Handoffs[i]
			until := in.Now
			for _, at := range []time.Time{h.Answered, h.Closed} {
				if !at.IsZero() && (until.IsZero() || at.Before(until)) {
					until = at
				}
			}
			w := WaitFor(&c.Practice, h.Team, h.Tier, h.At, until.In(c.Zone))
			switch {
			case h.AskedByStaff:
				continue
			case h.Answered.IsZero() && !w.Late && h.Closed.IsZero():
				pending++
				continue
			}
			owed++
			all[h.Tier]++
			if w.Late {
				late[h.Tier]++
			} else {
				met++
			}
		}
	}
	return Figure{
		ID: "M10", Title: "Escalation compliance", Definition: "Handoffs that were asked for and that a person answered, or closed, in time: within 5 minutes by the clock after an emergency, within 15 minutes of the team's hours where it is urgent, within 60 otherwise, or within the time that practice.yaml gives the team. What is open is judged as of the end of the last day, or now; if it is not late it is not counted. Messages that raise a trigger as texts are understood today, and were not handed to people then, are owed and not met; so is a conversation that people never had and of which a reviewer says that they should have.",
		Values: []Value{{Name: "in time", Unit: Part, N: met, Of: owed + missed}, {Name: "open, not late", Unit: Count, N: pending},
			{Name: "not handed over, and owed", Unit: Count, N: missed},
			{Name: "reviewed, and people should have had them", Unit: Part, N: should, Of: judged}},
		Tables: []Table{breakdown("owed, by urgency", all), breakdown("late or unanswered, by urgency", late)},
	}
}

func (c *counted) completeness() Figure {
	var named, stored int64
	for i := range c.Conversations {
		named += c.Conversations[i].Named
		stored += c.Conversations[i].Stored
	}
	return Figure{
		ID: "M11", Title: "Audit completeness", Definition: "Turns that an entry of the audit trail names, of the turns that are stored. Both are counted from their own tables. Less than all means that the trail was cut: see tacet audit verify.",
		Values: []Value{{Name: "named in the trail", Unit: Part, N: named, Of: stored}},
	}
}

// common counts the words of messages that fitted nothing which enough conversations had; a rarer one could tell who wrote it.
func (c *counted) common() map[string]int64 {
	counts := c.by(func(k *Conversation) []string { return k.Words })
	maps.DeleteFunc(counts, func(_ string, n int64) bool { return n < SmallCell })
	return counts
}

func (c *counted) questions() Figure {
	answered := c.by(func(k *Conversation) []string { return k.Topics })
	not := c.by(func(k *Conversation) (list []string) {
		for _, state := range k.Unanswered {
			list = append(list, k.Flow+": "+state)
		}
		return list
	})
	var n, of int64
	for _, k := range c.list {
		n += int64(len(k.Unanswered))
		of += int64(k.Heard)
	}
	return Figure{
		ID: "M12", Title: "Questions", Definition: "Topics that the assistant answered, most often first; and messages that fitted nothing, by the state in which they were written and by the words that stood in them. A word is shown where at least 11 conversations had it; a message in which protected data was found counts for no word. What was written stands on the page of questions, for who may read the conversations.",
		Values: []Value{{Name: "messages that fitted nothing", Unit: Part, N: n, Of: of}},
		Tables: []Table{breakdown("answered, by topic", answered), breakdown("fitted nothing, by state", not), breakdown("fitted nothing, by word", c.common())},
	}
}
