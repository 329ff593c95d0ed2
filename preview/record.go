package preview

import (
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/tacet-lang/tacet/runtime/engine"
)

// test writes the conversation as a test of the flow: what was done, and at the end what came of it.
func (t *talk) test(name string) string {
	var b strings.Builder
	line := func(format string, args ...any) { fmt.Fprintf(&b, "  "+format+"\n", args...) }
	fmt.Fprintf(&b, "test %s {\n", quoted(name))
	line("at %s", quoted(t.moments[0].now.Format(stepLayout)))
	if m := t.flow.machine.Flow; t.channel != "" && t.channel != m.Channels[0] {
		line("channel %s", t.channel)
	}
	if t.lang != "" {
		line("language %s", t.lang)
	}
	for _, a := range t.acts[:t.at] {
		line("%s", a.written())
	}
	c := &t.session.Conv
	switch {
	case c.Control == engine.Closed:
		line("expect end %s", c.Outcome)
	case c.Control != engine.Assistant && c.Escalation != "":
		line("expect escalation %s", c.Escalation)
		line("expect silence")
	case c.Control != engine.Assistant:
		line("%s", strings.TrimSpace("expect handoff "+c.Team))
		line("expect silence")
	default:
		line("expect state %s", t.session.State())
	}
	b.WriteString("}\n")
	return b.String()
}

// stepLayout is how tests write a time.
const stepLayout = "2006-01-02 15:04"

// written is an act as a step of a test.
func (a act) written() string {
	switch a.kind {
	case actSay:
		return "patient " + quoted(a.text)
	case actChoose:
		return "choose " + quoted(a.text)
	case actHuman:
		return "human"
	case actWait:
		d, err := time.ParseDuration(a.text)
		if err != nil {
			break // it was played, so it is one
		}
		return fmt.Sprintf("wait %d minutes", int(d.Minutes()))
	case actClock:
		return "at " + quoted(strings.Replace(a.text, "T", " ", 1))
	}
	return a.kind + " " + a.text // language, world
}

// quoted writes a text as a flow file does.
func quoted(s string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`, "\t", `\t`).Replace(s) + `"`
}

// record adds the conversation to its file as a test.
func (s *Server) record(w http.ResponseWriter, r *http.Request) {
	file, name := r.PostFormValue("file"), strings.Join(strings.Fields(r.PostFormValue("name")), " ")
	s.mu.Lock()
	f, t, text := s.flows[file], s.talks[file], s.draft.Files[file]
	s.mu.Unlock()
	if f == nil || f.stale || t == nil || t.session == nil || name == "" {
		http.Error(w, "Only a conversation with a flow that compiles can be kept as a test, and it needs a name.", http.StatusConflict)
		return
	}
	s.write(w, r, file, text, []byte(strings.TrimRight(string(text), "\n")+"\n\n"+t.test(name)))
}
