package engine

import (
	"errors"
	"fmt"
	"slices"
	"time"
)

// The errors of Step. Nothing that a patient can type raises one.
var (
	// ErrForeign: the conversation belongs to another machine.
	ErrForeign = errors.New("conversation of another machine")
	// ErrEvent: the event cannot happen now, such as the pick of an option that is not on offer.
	ErrEvent = errors.New("event is impossible now")
)

// turn is one step under way. It works on its own copy of the conversation.
//
// INVARIANT: slices and pointers of c may be shared with Step's argument, so they are replaced and never written to.
type turn struct {
	p       *Program
	c       Conversation
	at      time.Time
	lang    int // index of c.Lang
	place   *location
	out     []Effect
	entered int    // automatic steps so far
	guard   values // what guards look into
}

// Step applies one event. It returns the next conversation and the effects, in order; c is not changed. After an error
// the conversation is c and there are no effects.
func (p *Program) Step(c Conversation, e Event) (Conversation, []Effect, error) {
	place, err := p.check(&c, e)
	if err != nil {
		return c, nil, err
	}
	e = e.valid()
	t := &turn{p: p, c: c, place: place, at: e.At.Round(0), lang: p.langIndex(c.Lang), out: make([]Effect, 0, 6)}
	if err := t.apply(e); err != nil {
		return c, nil, err
	}
	t.settle()
	return t.c, t.out, nil
}

// check refuses conversations that this program did not make, and finds their location.
func (p *Program) check(c *Conversation, e Event) (*location, error) {
	if c.Machine != p.hash {
		return nil, fmt.Errorf("%w: %s", ErrForeign, c.Machine)
	}
	if len(c.Values) != len(p.m.Fields) || p.langIndex(c.Lang) < 0 {
		return nil, fmt.Errorf("%w: its fields or language do not fit", ErrForeign)
	}
	if c.Started.IsZero() {
		if e.Kind != Start {
			return nil, fmt.Errorf("%w: %s before start", ErrEvent, e.Kind)
		}
		return nil, nil
	}
	i, ok := p.byID[c.Location]
	if !ok {
		return nil, fmt.Errorf("%w: it has no location %q", ErrForeign, c.Location)
	}
	return &p.locations[i], nil
}

func (t *turn) apply(e Event) error {
	switch e.Kind {
	case Start:
		return t.begin(e)
	case Message:
		t.message(e.Text)
		return nil
	case Pick:
		return t.pick(e.Option)
	case AskHuman:
		t.askHuman()
		return nil
	case Language:
		return t.switchLanguage(e.Lang)
	case Outcome:
		return t.outcome(e)
	case Tick:
		if t.expired() {
			t.expire()
		}
		return nil
	case StaffTake, StaffSay, StaffRelease, StaffClose:
		return t.staff(e)
	}
	return fmt.Errorf("%w: there is no event %q", ErrEvent, e.Kind)
}

// settle keeps what depends on control true: a deadline and a pending act exist only under the assistant.
func (t *turn) settle() {
	if t.c.Control == Assistant {
		return
	}
	t.c.Deadline = time.Time{}
	t.c.Pending, t.c.Unread = nil, nil
	t.c.Offered, t.c.Shown = nil, nil
}

func (t *turn) begin(e Event) error {
	if !t.c.Started.IsZero() {
		return fmt.Errorf("%w: it has started", ErrEvent)
	}
	if e.Channel == "" && len(t.p.m.Flow.Channels) > 0 {
		e.Channel = t.p.m.Flow.Channels[0]
	}
	if len(t.p.m.Flow.Channels) > 0 && !slices.Contains(t.p.m.Flow.Channels, e.Channel) {
		return fmt.Errorf("%w: the flow is not served over %q", ErrEvent, e.Channel)
	}
	if t.p.langIndex(e.Lang) >= 0 {
		t.c.Lang, t.lang = e.Lang, t.p.langIndex(e.Lang)
	}
	t.c.Channel, t.c.Started = e.Channel, t.at
	t.heardPatient()
	t.notice()
	t.enter(t.p.start, nil)
	return nil
}

// heardPatient moves the deadline.
func (t *turn) heardPatient() {
	t.c.LastHeard = t.at
	if t.c.Control == Assistant {
		t.c.Deadline = t.at.Add(t.p.timeout)
	}
}

// notice shows the privacy notice in the conversation's language, once per language.
func (t *turn) notice() {
	switch {
	case t.c.NoticeLang == "":
		t.c.NoticeLang = t.c.Lang
	case t.c.NoticeLang == t.c.Lang || slices.Contains(t.c.NoticeAlso, t.c.Lang):
		return
	default:
		t.c.NoticeAlso = insert(t.c.NoticeAlso, t.c.Lang)
	}
	t.said(RoleNotice, t.say(t.p.notice))
}

func (t *turn) switchLanguage(lang string) error {
	i := t.p.langIndex(lang)
	if i < 0 {
		return fmt.Errorf("%w: the flow has no language %q", ErrEvent, lang)
	}
	if t.c.Control == Assistant && t.expired() {
		t.expire()
	}
	changed := t.c.Lang != lang
	t.c.Lang, t.lang = lang, i
	t.heardPatient()
	if t.c.Control != Assistant || !changed {
		return nil
	}
	t.notice()
	if t.c.Pending == nil {
		t.ask(RolePrompt, "")
	}
	return nil
}

func (t *turn) askHuman() {
	if t.c.Control != Assistant {
		t.c.LastHeard = t.at
		return
	}
	t.c.Heard = nil
	t.heardPatient()
	t.requestHuman()
}

func (t *turn) requestHuman() { t.handOff(handoff{location: t.p.human, reason: "human", ack: "human"}) }

func (t *turn) expired() bool {
	return t.c.Control == Assistant && !t.c.Deadline.IsZero() && !t.at.Before(t.c.Deadline)
}

func (t *turn) expire() {
	t.said(RoleClosing, t.standard("timeout"))
	t.close(TimedOut)
}

func (t *turn) close(outcome string) {
	t.setControl(Closed)
	t.c.Outcome = outcome
	t.emit(Finished{Outcome: outcome})
}

// setControl moves control; the epoch counts the moves.
func (t *turn) setControl(c Control) {
	if t.c.Control != c {
		t.c.Control = c
		t.c.Epoch++
	}
}

func (t *turn) emit(e Effect) { t.out = append(t.out, e) }

// said is an automated message that expects nothing. The protocol only ever gets here under the assistant's control.
func (t *turn) said(role Role, text string) {
	if text == "" {
		return
	}
	t.emitSaid(Said{Role: role, Text: text, Input: Input{Kind: "none"}})
}

func (t *turn) emitSaid(s Said) {
	if t.c.Control != Assistant {
		panic("engine: automated message outside the assistant's control")
	}
	t.c.Seq++
	s.Seq, s.Epoch, s.Lang = t.c.Seq, t.c.Epoch, t.c.Lang
	t.emit(s)
}

// ask puts the location's question, after a lead-in. Where the author gave the question no words, its quick replies
// stand under the message just said.
func (t *turn) ask(role Role, lead string) {
	l := t.here()
	text := join(lead, " ", t.say(l.prompt))
	opts := t.optionsShown(l)
	if text == "" && len(t.out) > 0 {
		if last, ok := t.out[len(t.out)-1].(Said); ok {
			last.Options, last.Input = opts, l.input
			t.out[len(t.out)-1] = last
			return
		}
	}
	if text == "" {
		text = listed(opts)
	}
	t.emitSaid(Said{Role: role, Text: text, Options: opts, Input: l.input})
}

// listed reads options as a text, for a question that has no other words.
func listed(opts []Option) string {
	text := ""
	for _, o := range opts {
		text = join(text, " / ", o.Label)
	}
	if text == "" {
		return "…"
	}
	return text
}

// join puts sep between two texts, unless one is empty.
func join(a, sep, b string) string {
	if a == "" || b == "" {
		return a + b
	}
	return a + sep + b
}

// insert returns a sorted copy of list that contains s.
func insert(list []string, s string) []string {
	i, found := slices.BinarySearch(list, s)
	if found {
		return list
	}
	return slices.Insert(slices.Clone(list), i, s)
}

// without returns a sorted list that lacks s; the list given stays as it is.
func without(list []string, s string) []string {
	i, found := slices.BinarySearch(list, s)
	if !found {
		return list
	}
	return slices.Delete(slices.Clone(list), i, i+1)
}

// here is the conversation's location. Before the start there is none.
func (t *turn) here() *location { return t.place }

// setValue stores a field's canonical value.
func (t *turn) setValue(field int, value string) {
	t.c.Values = slices.Clone(t.c.Values)
	t.c.Values[field] = value
}

// waits reports whether the location hears from the patient now.
func (t *turn) waits() bool { return t.here().Kind.Waits() && t.c.Pending == nil }
