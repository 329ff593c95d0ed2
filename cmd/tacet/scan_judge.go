package main

import (
	"cmp"
	"embed"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/tacet-lang/tacet/compiler"
	"github.com/tacet-lang/tacet/lang/diag"
	"github.com/tacet-lang/tacet/lang/speech"
	"github.com/tacet-lang/tacet/lang/text"
	"github.com/tacet-lang/tacet/runtime/engine"
)

// scanned is the object printed for a line.
type scanned struct {
	Line     int              `json:"line"`
	Triggers []scannedTrigger `json:"triggers"`
	Topics   []scannedTopic   `json:"topics"`
	PHI      []scannedPHI     `json:"phi"`
	*authored
	LeftOut   []scannedTrigger `json:"left_out,omitempty"`   // with --explain
	RunnersUp []scannedTopic   `json:"runners_up,omitempty"` // with --explain: what the topic won against
	Truncated bool             `json:"truncated,omitempty"`
}

type scannedTrigger struct {
	Name     string `json:"name"`
	Tier     string `json:"tier"`
	Category string `json:"category"`
	Lang     string `json:"lang"`
	Start    int    `json:"start"`
	End      int    `json:"end"`
	Why      string `json:"why,omitempty"`
}

type scannedTopic struct {
	Topic string `json:"topic"`
	Score int    `json:"score"`
}

type scannedPHI struct {
	Type   string `json:"type"`
	Class  string `json:"class"`
	Action string `json:"action"`
	About  string `json:"about,omitempty"`
	Start  int    `json:"start"`
	End    int    `json:"end"`
	Why    string `json:"why,omitempty"`
}

// authored is what a text of the practice asks for and gives; only with --author.
type authored struct {
	Solicitation []scannedSpeech `json:"solicitation"`
	Advice       []scannedSpeech `json:"advice"`
	Pretence     []scannedSpeech `json:"pretence,omitempty"`
}

type scannedSpeech struct {
	Class  string `json:"class"`
	Phrase string `json:"phrase"`
	Start  int    `json:"start"`
	End    int    `json:"end"`
	Rule   string `json:"rule"`
	Type   string `json:"type,omitempty"`
	Why    string `json:"why,omitempty"`
}

// scanJudge says what a line raises. Safe for concurrent use.
type scanJudge struct {
	triggers *text.Triggers
	topics   *text.TopicModel
	speech   *speech.Context // nil unless texts of the practice are judged
	field    string
	explain  bool
}

// judge makes the triggers and topics of the flow, or of the standard library, ready.
func (cmd *scanCmd) judge(con *console) (*scanJudge, error) {
	c, err := cmd.compiled(con)
	if err != nil {
		return nil, err
	}
	m := c.flows[0].Machine
	j := &scanJudge{field: cmd.Field, explain: cmd.Explain}
	if j.triggers, err = engine.CompileTriggers(m.Triggers); err != nil {
		return nil, bug{err}
	}
	if j.topics, err = engine.DecodeTopics(m.TopicModel); err != nil {
		return nil, bug{err}
	}
	if !cmd.Author {
		if cmd.Purpose != "" || cmd.Verified {
			return nil, usage("--purpose and --verified go with --author")
		}
		return j, nil
	}
	policy, purpose := compiler.StandardPolicy(), cmp.Or(cmd.Purpose, m.Flow.Purpose)
	context, ok := compiler.SpeechContext(policy, purpose, cmd.Verified)
	if !ok {
		return nil, usage("there is no purpose `%s`; it is one of %s", purpose, strings.Join(policy.Purposes(), ", "))
	}
	j.speech = &context
	return j, nil
}

// The names under which a practice's machine knows what it understands whatever its author wrote.
const (
	humanTopic = "human-request"
	botTopic   = "are-you-a-bot"
)

// line judges one message. A long one is read in windows, since the detectors read at most text.MaxRunes of a text.
func (j *scanJudge) line(m message) scanned {
	out := scanned{Line: m.line, Truncated: m.truncated, Triggers: []scannedTrigger{}, Topics: []scannedTopic{}, PHI: []scannedPHI{}}
	if j.speech != nil {
		out.authored = j.authored(m.text)
	}
	for i, w := range windows(m.text) {
		msg := text.Normalise(m.text[w.Start:w.End])
		if i == 0 {
			j.topicsOf(&out, msg)
		}
		for _, h := range j.triggers.MatchAll(msg) {
			j.trigger(&out, h, w.Start)
		}
		for _, f := range text.DetectPHI(msg, j.field) {
			out.PHI = append(out.PHI, j.phi(f, w.Start))
		}
	}
	out.Triggers = onePlaceEach(out.Triggers, func(t scannedTrigger) (string, int, int) { return t.Name, t.Start, t.End })
	out.PHI = onePlaceEach(out.PHI, func(p scannedPHI) (string, int, int) { return p.Type, p.Start, p.End })
	slices.SortStableFunc(out.PHI, func(a, b scannedPHI) int { return cmp.Compare(a.Start, b.Start) })
	return out
}

// authored judges the line as one text, in either language.
func (j *scanJudge) authored(s string) *authored {
	context := *j.speech
	context.Prompt = promptlike(s)
	out := &authored{Solicitation: []scannedSpeech{}, Advice: []scannedSpeech{}}
	for _, f := range speech.Judge(s, "", context) {
		found := scannedSpeech{Class: f.Class, Phrase: f.Phrase, Start: f.Start, End: f.End, Rule: f.Rule, Type: f.Type}
		if j.explain {
			found.Why = f.Why
		}
		switch f.Kind {
		case speech.Advice:
			out.Advice = append(out.Advice, found)
		case speech.Pretence:
			out.Pretence = append(out.Pretence, found)
		default:
			out.Solicitation = append(out.Solicitation, found)
		}
	}
	return out
}

// labelWords is how many words a line without a verb has at most.
const labelWords = 5

// promptlike says whether a line reads like one that is answered: a question, or a form's label ("Date of birth:").
func promptlike(s string) bool {
	s = strings.TrimSpace(s)
	if strings.HasSuffix(s, "?") || strings.HasSuffix(s, ":") {
		return true
	}
	return len(strings.Fields(s)) <= labelWords && !strings.HasSuffix(s, ".") && !strings.HasSuffix(s, "!")
}

func (j *scanJudge) trigger(out *scanned, h text.Hit, at int) {
	t := scannedTrigger{h.Name, h.Tier, h.Category, h.Lang, h.Span.Start + at, h.Span.End + at, string(h.Why)}
	switch {
	case h.Why == text.Counts:
		out.Triggers = append(out.Triggers, t)
	case j.explain:
		out.LeftOut = append(out.LeftOut, t)
	}
}

func (j *scanJudge) phi(f text.PHI, at int) scannedPHI {
	p := scannedPHI{Type: f.Type, Class: f.Class, Action: f.Action, About: f.About, Start: f.Span.Start + at, End: f.Span.End + at}
	if j.explain {
		p.Why = f.Why
	}
	return p
}

// topicsOf puts what every machine understands before what the classifier says, as the turn protocol does. The
// classifier vouches for its best guess only.
func (j *scanJudge) topicsOf(out *scanned, m *text.Message) {
	if _, wants := text.WantsHuman(m); wants {
		out.Topics = append(out.Topics, scannedTopic{humanTopic, sureScore})
	}
	if text.AsksIfBot(m) {
		out.Topics = append(out.Topics, scannedTopic{botTopic, sureScore})
	}
	for i, s := range j.topics.Classify(m) {
		t := scannedTopic{s.Topic, s.Score}
		switch {
		case i == 0 && !slices.ContainsFunc(out.Topics, func(o scannedTopic) bool { return o.Topic == t.Topic }):
			out.Topics = append(out.Topics, t)
		case i > 0 && j.explain:
			out.RunnersUp = append(out.RunnersUp, t)
		}
	}
}

// sureScore is the score of what a rule decides.
const sureScore = 1000

// windowOverlap is how many bytes two windows of a long line share, so that nothing short is cut in two.
const windowOverlap = 400

// windows cuts a line into stretches of at most text.MaxRunes code points, at spaces where there are any.
func windows(s string) []text.Span {
	var out []text.Span
	for start := 0; ; {
		end := start
		for n := 0; n < text.MaxRunes && end < len(s); n++ {
			_, size := utf8.DecodeRuneInString(s[end:])
			end += size
		}
		if end == len(s) {
			return append(out, text.Span{Start: start, End: end})
		}
		if space := strings.LastIndexByte(s[end-windowOverlap:end], ' '); space > 0 {
			end += space - windowOverlap
		}
		out = append(out, text.Span{Start: start, End: end})
		start = end - windowOverlap
		for start < end && !utf8.RuneStart(s[start]) {
			start++
		}
		if space := strings.IndexByte(s[start:end], ' '); space >= 0 && space < windowOverlap/2 {
			start += space + 1
		}
	}
}

// onePlaceEach keeps, of findings of the same name that overlap, the longest: two windows see what lies in both.
func onePlaceEach[T any](found []T, key func(T) (name string, start, end int)) []T {
	kept := found[:0]
	for _, f := range found {
		name, start, end := key(f)
		again := false
		for i := len(kept) - 1; i >= max(0, len(kept)-maxTwins) && !again; i-- {
			n, s, e := key(kept[i])
			if again = n == name && s < end && start < e; again && end-start > e-s {
				kept[i] = f
			}
		}
		if !again {
			kept = append(kept, f)
		}
	}
	return kept
}

// maxTwins is more than the findings that fit into the overlap of two windows.
const maxTwins = 4 * windowOverlap

//go:embed standard
var standardFiles embed.FS

// compiled compiles the flow named, or the one that uses the whole standard library. A flow may stand alone, without
// a practice around it.
func (cmd *scanCmd) compiled(con *console) (*compiled, error) {
	standard, err := fs.Sub(standardFiles, "standard")
	if err != nil {
		return nil, bug{err}
	}
	c := &compiled{files: diag.Files{}}
	if cmd.Flow == "" {
		r, problems := compiler.Compile(standard, "scan.flow", compiler.Options{})
		c.take(".", compiling{}, problems, r)
		return c, c.verdict()
	}
	if info, err := os.Stat(cmd.Flow); errors.Is(err, fs.ErrNotExist) || err == nil && info.IsDir() {
		return nil, usage("there is no flow file `%s`", cmd.Flow)
	}
	dir, file := filepath.Split(cmd.Flow)
	dir = filepath.Clean(dir)
	r, problems := compiler.Compile(lentPractice{os.DirFS(dir), standard}, file, compiler.Options{})
	c.take(dir, compiling{}, problems, r)
	if c.problems.HasErrors() {
		if err := diag.Text(con.err, c.problems, c.files, c.printing(con)); err != nil {
			return nil, ioError(err)
		}
	}
	return c, c.verdict()
}

// lentPractice is a folder that has a practice.yaml even if it has none.
type lentPractice struct{ dir, standard fs.FS }

// Open implements fs.FS.
func (l lentPractice) Open(name string) (fs.File, error) {
	f, err := l.dir.Open(name)
	if errors.Is(err, fs.ErrNotExist) && name == "practice.yaml" {
		return l.standard.Open(name)
	}
	return f, err
}
