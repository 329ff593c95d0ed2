package server

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/tacet-lang/tacet/runtime/engine"
	"github.com/tacet-lang/tacet/runtime/people"
	"github.com/tacet-lang/tacet/runtime/session"
)

// Bounds of a list of questions.
const (
	questionsShown = 200 // the newest
	questionsDays  = 7   // where nobody says which
)

type (
	questionsAnswer struct {
		Questions []questionAnswer `json:"questions"`
		More      bool             `json:"more"` // there are more than are shown, or were looked at
	}
	// questionAnswer is a message that fitted nothing, masked as the transcript is.
	questionAnswer struct {
		Conversation string    `json:"conversation"`
		FlowName     string    `json:"flow_name"`
		At           time.Time `json:"at"`
		Lang         string    `json:"lang"`
		Asked        string    `json:"asked,omitempty"` // what the assistant had asked
		Text         string    `json:"text"`
		Masked       bool      `json:"masked"`
	}
)

func (s *Server) questionsRoute() route {
	return route{method: "GET", path: "/api/staff/questions", does: "Lists messages that fitted nothing, masked by class", access: toWhoMay(people.Search),
		look: "questions.viewed", query: []string{"from", "to"}, answer: answer{status: http.StatusOK, body: questionsAnswer{}}, problems: []*problem{errRange},
		staff: func(w http.ResponseWriter, r *http.Request, c *caller) error {
			from, to := s.askedDays(r)
			list, err := s.questions(r.Context(), c, from, to)
			if err != nil {
				return err
			}
			return s.send(w, http.StatusOK, list)
		}}
}

// askedDays are the days of the address, or the last seven.
func (s *Server) askedDays(r *http.Request) (from, to string) {
	from, to = r.URL.Query().Get("from"), r.URL.Query().Get("to")
	today := s.host.Now().In(s.zone())
	if to == "" {
		to = today.Format(time.DateOnly)
	}
	if from == "" {
		from = today.AddDate(0, 0, 1-questionsDays).Format(time.DateOnly)
	}
	return from, to
}

// questions gathers the messages that fitted nothing, of the conversations that began on these days and that somebody may see, the newest
// first. Each conversation of which something is shown gets its entry in the trail before.
func (s *Server) questions(ctx context.Context, c *caller, first, last string) (*questionsAnswer, error) {
	from, to, err := s.days(first, last)
	if err != nil {
		return nil, err
	}
	cases, err := s.host.Started(ctx, from, to, searchOpened+1)
	if err != nil {
		return nil, err
	}
	out := &questionsAnswer{Questions: []questionAnswer{}, More: len(cases) > searchOpened}
	var seen []session.Entry
	for i := range cases[:min(len(cases), searchOpened)] {
		k := &cases[i]
		if !s.people.May(c.Visit, people.ViewTranscript, s.target(c, k)) {
			continue
		}
		list, err := s.unanswered(ctx, c, k)
		if errors.Is(err, session.ErrNotFound) { // erased meanwhile
			continue
		}
		if err != nil {
			return nil, err
		}
		if len(out.Questions)+len(list) > questionsShown {
			out.More = true
			break
		}
		if len(list) > 0 {
			seen = append(seen, session.Entry{
				At: s.host.Now().UTC(), Actor: c.ID, Action: "search.hit", Conversation: k.ID, Detail: map[string]string{"questions": strconv.Itoa(len(list))},
			})
		}
		out.Questions = append(out.Questions, list...)
	}
	slices.SortStableFunc(out.Questions, func(a, b questionAnswer) int { return b.At.Compare(a.At) })
	if len(seen) == 0 {
		return out, nil
	}
	store, _ := s.host.Store()
	return out, store.Note(ctx, s.host.Practice(), seen...)
}

// unanswered are the messages of a conversation that the assistant asked again after.
func (s *Server) unanswered(ctx context.Context, c *caller, k *session.Case) (list []questionAnswer, err error) {
	page, err := s.host.Read(ctx, k.ID, 0, transcriptLimit)
	if err != nil {
		return nil, err
	}
	veil := s.veil(k.Flow, s.sees(c, k.ID))
	var asked, said staffMessage
	for i := range page.Messages {
		m := veil.message(&page.Messages[i])
		switch {
		case m.Author == session.ByPatient:
			said = m
		case m.Role == engine.RoleReprompt && said.Seq > 0:
			list = append(list, questionAnswer{
				Conversation: k.ID, FlowName: k.Flow.Flow.Name, At: page.Messages[i].At.UTC(), Lang: said.Lang, Asked: asked.Text, Text: said.Text, Masked: said.Masked,
			})
			said = staffMessage{}
		case m.Author == session.ByAssistant:
			asked = m
		}
	}
	return list, nil
}

// questionsPage lists what the assistant did not understand, for who answers patients.
func (s *Server) questionsPage(w http.ResponseWriter, r *http.Request, c *caller) error {
	base, err := s.sheet(r, c, "Questions")
	if err != nil {
		return err
	}
	v := struct {
		sheet
		From, To string
		List     *questionsAnswer
	}{sheet: base}
	v.From, v.To = s.askedDays(r)
	v.List, err = s.questions(r.Context(), c, v.From, v.To)
	if err := v.complain(err); err != nil {
		return err
	}
	return s.page(w, questionsTemplate(), v)
}

var questionsTemplate = sheetTemplate("staff_questions.html")
