package machine

import (
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"
)

// Talk is a conversation written down: what the patient and the world do, what the assistant says and what is held
// then. A verifier's witness is one, and so is a recorded rehearsal. A player performs the lines of the patient and the
// world through the engine and compares the rest.
//
// As text (`.talk`) it is a header, an empty line, and one line for each thing that happens:
//
//	tacet talk 1
//	flow: follow-up
//	machine: 4f1c…
//	code: T2104
//	shows: nothing handles pain = 3
//
//	at: 2026-03-02 10:00
//	assistant: How strong is the pain, from 0 to 10?
//	patient: 3
//	holds: pain=3
//
// A lasso says `lasso: yes` in the header; the conversation can repeat everything after its line `again:` for ever.
type Talk struct {
	Flow    string // Flow.ID
	Machine string // Machine.Hash
	Code    string // of the diagnostic it shows; may be empty
	Shows   string // in words
	Lasso   bool
	Lines   []TalkLine
}

// TalkVerb is what a line of a talk does.
type TalkVerb string

// The verbs of a talk. Values are canonical; texts are as typed.
const (
	TalkAt        TalkVerb = "at"        // the practice's clock, 2026-03-02 10:00; the first line
	TalkChannel   TalkVerb = "channel"   // before the conversation begins
	TalkLanguage  TalkVerb = "language"  // before it begins, or a switch later
	TalkPatient   TalkVerb = "patient"   // a typed text; {code} is the one-time code sent last
	TalkPress     TalkVerb = "press"     // a quick reply, by its label
	TalkHuman     TalkVerb = "human"     // the button that asks for a person
	TalkHears     TalkVerb = "hears"     // the text typed next is taken for this topic or trigger, besides what it says
	TalkMeanwhile TalkVerb = "meanwhile" // while the next act of the world lasts, the patient types something that means this topic or trigger
	TalkTopic     TalkVerb = "topic"     // the patient types something that means the topic named
	TalkWorld     TalkVerb = "world"     // how the next act of the world that can end so ends: booked, taken (of a booking), …
	TalkWait      TalkVerb = "wait"      // until this moment, 2026-03-02 22:00; the patient keeps the session alive
	TalkRetry     TalkVerb = "retry"     // so many answers that do not fit
	TalkAssistant TalkVerb = "assistant" // what the assistant has said; without its practice facts filled in it need not match
	TalkHolds     TalkVerb = "holds"     // a field and its canonical value, name=value; name= means that it has none
	TalkEnters    TalkVerb = "enters"    // the location that the conversation is in now
	TalkAgain     TalkVerb = "again"     // lasso: from here on it can repeat
)

var talkVerbs = map[TalkVerb]bool{
	TalkAt: true, TalkChannel: true, TalkLanguage: true, TalkPatient: true, TalkPress: true, TalkHuman: true, TalkHears: true, TalkMeanwhile: true, TalkTopic: true,
	TalkWorld: true, TalkWait: true, TalkRetry: true, TalkAssistant: true, TalkHolds: true, TalkEnters: true, TalkAgain: true,
}

// TalkLine is one thing that happens. Text has no newline as written; a newline in it is written \n.
type TalkLine struct {
	Verb TalkVerb
	Text string
}

const talkHead = "tacet talk 1"

// Limits of a talk, beyond which it is not read.
const (
	MaxTalk      = 4 << 20
	maxTalkLines = 100_000
)

// ErrTalk means that a text is no talk.
var ErrTalk = errors.New("not a talk")

// Format writes a talk as text.
func (t *Talk) Format() string {
	var b strings.Builder
	b.WriteString(talkHead + "\n")
	head := func(key, value string) {
		if value != "" {
			fmt.Fprintf(&b, "%s: %s\n", key, escapeTalk(value))
		}
	}
	head("flow", t.Flow)
	head("machine", t.Machine)
	head("code", t.Code)
	head("shows", t.Shows)
	if t.Lasso {
		head("lasso", "yes")
	}
	b.WriteByte('\n')
	for _, l := range t.Lines {
		if l.Text == "" {
			fmt.Fprintf(&b, "%s:\n", l.Verb)
			continue
		}
		fmt.Fprintf(&b, "%s: %s\n", l.Verb, escapeTalk(l.Text))
	}
	return b.String()
}

// ParseTalk reads a talk. Empty lines and lines that begin with # are skipped. Errors name the line.
func ParseTalk(s string) (*Talk, error) {
	if len(s) > MaxTalk || !utf8.ValidString(s) {
		return nil, fmt.Errorf("%w: it is longer than %d bytes or not UTF-8", ErrTalk, MaxTalk)
	}
	lines := strings.Split(s, "\n")
	if len(lines) > maxTalkLines {
		return nil, fmt.Errorf("%w: it has more than %d lines", ErrTalk, maxTalkLines)
	}
	if strings.TrimRight(lines[0], "\r ") != talkHead {
		return nil, fmt.Errorf("%w: it does not begin with %q", ErrTalk, talkHead)
	}
	t := &Talk{}
	inHead := true
	for i, line := range lines[1:] {
		line = strings.TrimRight(line, "\r")
		if line == "" {
			inHead = false
			continue
		}
		if strings.HasPrefix(line, "#") {
			continue
		}
		key, value, ok := strings.Cut(line, ":")
		if !ok {
			return nil, fmt.Errorf("%w: line %d has no colon", ErrTalk, i+2)
		}
		text, err := unescapeTalk(strings.TrimPrefix(value, " "))
		if err != nil {
			return nil, fmt.Errorf("%w: line %d: %w", ErrTalk, i+2, err)
		}
		if inHead {
			err = t.head(key, text)
		} else {
			err = t.line(key, text)
		}
		if err != nil {
			return nil, fmt.Errorf("%w: line %d: %w", ErrTalk, i+2, err)
		}
	}
	return t, nil
}

func (t *Talk) head(key, value string) error {
	at := map[string]*string{"flow": &t.Flow, "machine": &t.Machine, "code": &t.Code, "shows": &t.Shows}[key]
	switch {
	case at != nil && *at == "" && value != "":
		*at = value
	case key == "lasso" && value == "yes" && !t.Lasso:
		t.Lasso = true
	default:
		return fmt.Errorf("the header cannot say %q here", key)
	}
	return nil
}

func (t *Talk) line(key, text string) error {
	if !talkVerbs[TalkVerb(key)] {
		return fmt.Errorf("there is no verb %q", key)
	}
	t.Lines = append(t.Lines, TalkLine{Verb: TalkVerb(key), Text: text})
	return nil
}

var talkEscaper = strings.NewReplacer(`\`, `\\`, "\n", `\n`, "\r", `\r`)

// escapeTalk puts a text on one line.
func escapeTalk(s string) string { return talkEscaper.Replace(s) }

func unescapeTalk(s string) (string, error) {
	if !strings.Contains(s, `\`) {
		return s, nil
	}
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] != '\\' {
			b.WriteByte(s[i])
			continue
		}
		i++
		if i == len(s) {
			return "", errors.New("it ends in a backslash")
		}
		switch s[i] {
		case 'n':
			b.WriteByte('\n')
		case 'r':
			b.WriteByte('\r')
		case '\\':
			b.WriteByte('\\')
		default:
			return "", fmt.Errorf("a backslash stands before %q", s[i])
		}
	}
	return b.String(), nil
}
