package preview

import (
	"net/http"
	"net/url"
	"slices"
)

// SetUp makes a practice in a folder that has none yet.
type SetUp struct {
	Questions []Question
	// Write writes the first files, of answers by question. wrong says by question what is wrong with an answer; then nothing was
	// written.
	Write func(answers map[string]string) (wrong map[string]string, err error)
}

// Question is one fact that a practice begins with.
type Question struct {
	ID, Ask, Example string
	Choices          []Choice // suggestions; any other answer may be right
}

// Choice is an answer with what people call it.
type Choice struct{ Value, Label string }

// asked is a question with what was answered to it.
type asked struct {
	Question
	Answer, Wrong string
}

// needsSetUp says that there is nothing yet to show. The caller holds s.mu.
func (s *Server) needsSetUp() bool {
	return s.o.SetUp != nil && s.draft.Files[practiceFile] == nil
}

const practiceFile = "practice.yaml"

func (s *Server) questions(answers url.Values, wrong map[string]string) []asked {
	list := make([]asked, len(s.o.SetUp.Questions))
	for i, q := range s.o.SetUp.Questions {
		list[i] = asked{q, answers.Get(q.ID), wrong[q.ID]}
	}
	return list
}

// begin writes the first files.
func (s *Server) begin(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	needed := s.needsSetUp()
	s.mu.Unlock()
	if !needed {
		back(w, r, "")
		return
	}
	if err := r.ParseForm(); err != nil {
		http.Error(w, "The answers cannot be read.", http.StatusBadRequest)
		return
	}
	answers := map[string]string{}
	for _, q := range s.o.SetUp.Questions {
		answers[q.ID] = r.PostForm.Get(q.ID)
	}
	wrong, err := s.o.SetUp.Write(answers)
	switch {
	case err != nil:
		http.Error(w, "The files cannot be written: "+err.Error(), http.StatusInternalServerError)
		return
	case len(wrong) > 0:
		s.render(w, view{Questions: s.questions(r.PostForm, wrong), Summary: "Something is not right yet", Bad: true})
		return
	}
	s.Reload()
	back(w, r, s.firstFlow())
}

// firstFlow is the flow to begin with.
func (s *Server) firstFlow() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	if i := slices.IndexFunc(s.draft.Flows, func(f Flow) bool { return f.Machine != nil }); i >= 0 {
		return s.draft.Flows[i].File
	}
	return ""
}
