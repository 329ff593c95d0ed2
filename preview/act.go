package preview

import (
	"bytes"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/tacet-lang/tacet/lang/diag"
	"github.com/tacet-lang/tacet/lang/source"
)

// do changes the conversation with a flow: one act more, a step back or forward, another time, another beginning.
func (s *Server) do(w http.ResponseWriter, r *http.Request) {
	file := r.PostFormValue("file")
	s.mu.Lock()
	if f := s.flows[file]; f != nil {
		s.talks[file] = change(s.talk(f), r.PostForm)
	}
	s.mu.Unlock()
	back(w, r, file)
}

// change is what a form does to a conversation. A form that says nothing changes nothing.
func change(t *talk, form url.Values) *talk {
	switch verb, text := form.Get("do"), form.Get("text"); verb {
	case actSay:
		if text = strings.TrimSpace(text); text == "" {
			return t
		}
		return t.with(act{actSay, text})
	case actChoose, actHuman, actLanguage, actWait, actClock, actWorld:
		return t.with(act{verb, text})
	case "to":
		if n, err := strconv.Atoi(text); err == nil {
			return t.to(n)
		}
	case "again":
		return begin(t.flow)
	case "channel":
		return t.from(t.start, text)
	case "from":
		return t.fromTime(text)
	case "test":
		if n, err := strconv.Atoi(text); err == nil && n >= 0 && n < len(t.flow.tests().tests) {
			return t.of(t.flow.tests().tests[n].Test)
		}
	}
	return t
}

// fromTime plays the same from another time: now, open, closed or one as a browser writes it.
func (t *talk) fromTime(text string) *talk {
	switch text {
	case "now", "open", "closed":
		return t.from(t.flow.when(text), t.channel)
	}
	at, err := time.ParseInLocation(clockLayout, text, t.flow.when("now").Location())
	if err != nil {
		next := *t
		next.told, next.bad = fmt.Sprintf("`%s` is no time", text), true
		return &next
	}
	return t.from(at, t.channel)
}

// back leads the browser to the page again, so that a reload repeats nothing.
func back(w http.ResponseWriter, r *http.Request, file string) {
	http.Redirect(w, r, "/?"+url.Values{"file": {file}}.Encode(), http.StatusSeeOther)
}

// fileName is what a new flow's file can be called.
var fileName = regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*\.flow$`)

// save writes a file of the practice and reads the practice again. It refuses where somebody else wrote it meanwhile.
func (s *Server) save(w http.ResponseWriter, r *http.Request) {
	if r.PostFormValue("new") != "" {
		s.create(w, r, strings.TrimSuffix(strings.TrimSpace(r.PostFormValue("file")), ".flow")+".flow")
		return
	}
	name, text := r.PostFormValue("file"), strings.ReplaceAll(r.PostFormValue("text"), "\r\n", "\n")
	was, exists := s.draftFile(name)
	switch {
	case !exists:
		http.Error(w, "There is no such file in the folder any more.", http.StatusConflict)
	case r.PostFormValue("was") != hash(was):
		http.Error(w, changed, http.StatusConflict)
	default:
		s.write(w, r, name, was, []byte(text))
	}
}

// create makes a new flow, and names in practice.yaml who answers for it.
func (s *Server) create(w http.ResponseWriter, r *http.Request, name string) {
	if _, exists := s.draftFile(name); exists || !fileName.MatchString(name) {
		http.Error(w, "A new flow needs a name of its own, in small letters, digits and hyphens: refill-requests.", http.StatusConflict)
		return
	}
	owner, reviewer := strings.TrimSpace(r.PostFormValue("owner")), strings.TrimSpace(r.PostFormValue("reviewer"))
	facts, _ := s.draftFile(practiceFile)
	if named, ok := withFlow(facts, strings.TrimSuffix(name, ".flow"), owner, reviewer, s.o.Now()); ok {
		if err := s.o.Save(practiceFile, facts, named); err != nil && !errors.Is(err, ErrChanged) { // then the flow says that it has no owner
			http.Error(w, "practice.yaml cannot be written: "+err.Error(), http.StatusInternalServerError)
			return
		}
	}
	s.write(w, r, name, nil, []byte(firstText(name)))
}

// withFlow adds to practice.yaml who answers for a flow and who has read it today. ok is false where that is not said, or where the
// file has no list of flows to add it to.
func withFlow(facts []byte, flow, owner, reviewer string, now time.Time) (out []byte, ok bool) {
	if owner == "" || reviewer == "" || strings.EqualFold(owner, reviewer) {
		return nil, false
	}
	const list = "\nflows:\n"
	at := bytes.Index(facts, []byte(list))
	if at < 0 || bytes.Contains(facts, []byte("\n  "+flow+":")) {
		return nil, false
	}
	line := fmt.Sprintf("  %s: {owner: %q, reviewer: %q, reviewed: %s}\n", flow, owner, reviewer, now.Format(time.DateOnly))
	return slices.Concat(facts[:at+len(list)], []byte(line), facts[at+len(list):]), true
}

func (s *Server) draftFile(name string) ([]byte, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	b, ok := s.draft.Files[name]
	return b, ok
}

// ErrChanged is what Options.Save returns for a file that holds something else than what was read.
var ErrChanged = errors.New("the file was changed elsewhere")

const changed = "The file was changed elsewhere since it was read here. Copy what you wrote, load the page again, and put it in."

func (s *Server) write(w http.ResponseWriter, r *http.Request, name string, was, content []byte) {
	switch err := s.o.Save(name, was, content); {
	case errors.Is(err, ErrChanged):
		http.Error(w, changed, http.StatusConflict)
		return
	case err != nil:
		http.Error(w, "The file cannot be written: "+err.Error(), http.StatusInternalServerError)
		return
	}
	s.Reload()
	back(w, r, name)
}

// fix makes the fix of one problem in its file. Whoever presses the button has read it, so it may be a guess.
func (s *Server) fix(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	version, draft := strconv.Itoa(s.version), s.draft
	s.mu.Unlock()
	n, err := strconv.Atoi(r.PostFormValue("problem"))
	if err != nil || r.PostFormValue("version") != version || n < 0 || n >= len(draft.Problems) {
		back(w, r, r.PostFormValue("file")) // of an older reading: the page shows what there is now
		return
	}
	d := draft.Problems[n]
	name := d.Span.Start.Filename
	if d.Fix == nil {
		http.Error(w, cannotMend, http.StatusConflict)
		return
	}
	agreed, mend := *d, *d.Fix
	mend.Safe, agreed.Fix = true, &mend
	content, made, err := diag.ApplyFixes(source.New(name, draft.Files[name]), diag.List{&agreed})
	if err != nil || made == 0 || bytes.Equal(content, draft.Files[name]) {
		http.Error(w, cannotMend, http.StatusConflict)
		return
	}
	s.write(w, r, name, draft.Files[name], content)
}

const cannotMend = "This cannot be mended here."

// firstText is what a new flow begins with: a small one that works.
func firstText(file string) string {
	name := strings.ReplaceAll(strings.TrimSuffix(file, ".flow"), "-", " ")
	return `# What is this conversation for? One purpose; another purpose is another flow.
flow "` + strings.ToUpper(name[:1]) + name[1:] + `"
purpose inform
use "std/hipaa", "std/emergency", "std/frontdesk"

# What the assistant answers, what it passes to people, what it never does.
scope {
  handle   hours, location, parking, are-you-a-bot
  escalate clinical-question, existing-care, pricing, insurance, complaint, records, cancelling
  refuse   diagnosis
}

session { timeout 20 minutes  keep 30 days  retries 2 }

notice """
  {practice.name} uses this automated assistant for general questions.
  Please do not share medical details here. You can ask for a person at any time.
  In an emergency call 911; in a crisis call or text 988.
"""

start welcome

state welcome {
  offer "What would you like to know?" {
    "Opening hours" hours -> hours-told
    "That is all"         -> bye
  }
}

state hours-told {
  say "We are open {practice.hours}."
  -> welcome
}

state bye {
  say "Thank you for stopping by!"
  end answered
}

escalation team {
  on clinical-question, existing-care, pricing, insurance, complaint, records, cancelling
  say "That is a question for our team, so I am passing this to them."
  handoff
}

test "hours, then goodbye" {
  choose "Opening hours"
  expect say "open"
  choose "That is all"
  expect end answered
}
`
}
