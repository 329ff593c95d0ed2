package server

import (
	"errors"
	"net/http"
	"slices"
	"strings"

	"github.com/tacet-lang/tacet/runtime/people"
)

// The bodies and answers about who works here. Lists in a body are words with spaces between them: bodies are flat.
type (
	personAnswer struct {
		ID    string        `json:"id"`
		Name  string        `json:"name"`
		Email string        `json:"email"`
		Roles []people.Role `json:"roles"`
		Teams []string      `json:"teams"`
		Left  bool          `json:"left"`
	}
	meAnswer struct {
		personAnswer
		Practice string          `json:"practice"`
		May      []people.Action `json:"may"` // about the practice, or about some conversation
		AllTeams []string        `json:"all_teams"`
	}
	peopleAnswer struct {
		People []personAnswer `json:"people"`
	}
	inviteBody struct {
		Name  string `json:"name" need:"true"`
		Email string `json:"email" need:"true"`
		Roles string `json:"roles" need:"true"`
		Teams string `json:"teams"`
	}
	editBody struct {
		Roles string `json:"roles" need:"true"`
		Teams string `json:"teams"`
		Left  bool   `json:"left"`
	}
	invitedAnswer struct {
		ID    string `json:"id"`
		Token string `json:"token"` // for the invited person, who chooses a password with it
	}
)

func (s *Server) peopleRoutes() []route {
	manage := toWhoMay(people.ManagePeople)
	changed := []*problem{errInvalid, errChanged, errNotFound}
	return []route{
		{method: "GET", path: "/api/staff/me", does: "Says who is signed in and what they may do", access: toStaff(),
			answer: answer{status: http.StatusOK, body: meAnswer{}}, staff: s.me},
		{method: "GET", path: "/api/staff/people", does: "Lists who has an account", access: manage,
			answer: answer{status: http.StatusOK, body: peopleAnswer{}}, staff: s.listPeople},
		{method: "POST", path: "/api/staff/people", does: "Makes an account and a link for its owner", access: manage, body: inviteBody{},
			answer: answer{status: http.StatusCreated, body: invitedAnswer{}}, problems: []*problem{errInvalid}, staff: s.invite},
		{method: "POST", path: "/api/staff/people/{person}", does: "Changes somebody's roles, teams and whether they work here",
			access: manage, body: editBody{}, answer: answer{status: http.StatusNoContent}, problems: changed, staff: s.edit},
		{method: "POST", path: "/api/staff/people/{person}/link", does: "Makes a new link for somebody who cannot sign in any more",
			access: manage, answer: answer{status: http.StatusCreated, body: invitedAnswer{}}, problems: changed, staff: s.reinvite},
		{method: "POST", path: "/api/staff/people/{person}/sign-out", does: "Ends all sessions of somebody", access: manage,
			answer: answer{status: http.StatusNoContent}, staff: s.signOutPerson},
	}
}

func newPerson(p people.Person) personAnswer {
	return personAnswer{p.ID, p.Name, p.Email, p.Roles, append([]string{}, p.Teams...), p.Left}
}

// actions lists what the API asks permission for.
func (s *Server) actions() []people.Action {
	var list []people.Action
	for _, r := range s.table() {
		if r.access.action != "" && !slices.Contains(list, r.access.action) {
			list = append(list, r.access.action)
		}
	}
	slices.Sort(list)
	return list
}

func (s *Server) me(w http.ResponseWriter, _ *http.Request, c *caller) error {
	out := meAnswer{personAnswer: newPerson(c.Person), Practice: s.host.Practice(), May: []people.Action{}, AllTeams: s.allTeams()}
	for _, a := range s.actions() {
		if s.people.May(c.Visit, a, people.Target{Practice: s.host.Practice(), Claimed: c.ID}) {
			out.May = append(out.May, a)
		}
	}
	return s.send(w, http.StatusOK, out)
}

func (s *Server) listPeople(w http.ResponseWriter, r *http.Request, c *caller) error {
	all, err := s.people.People(r.Context(), c.Visit)
	if err != nil {
		return err
	}
	out := peopleAnswer{People: []personAnswer{}}
	for _, p := range all {
		out.People = append(out.People, newPerson(p))
	}
	return s.send(w, http.StatusOK, out)
}

func roles(words string) (list []people.Role) {
	for _, w := range strings.Fields(words) {
		list = append(list, people.Role(w))
	}
	return list
}

// teams reads the names of teams, which must be those of a flow that is served.
func (s *Server) teams(words string) ([]string, error) {
	list, known := strings.Fields(words), s.allTeams()
	for _, name := range list {
		if !slices.Contains(known, name) {
			return nil, errTeam
		}
	}
	return list, nil
}

// allTeams lists the teams of the practice, by name.
func (s *Server) allTeams() []string {
	list := []string{}
	for _, m := range s.host.Flows() {
		for i := range m.Practice.Teams {
			list = append(list, m.Practice.Teams[i].Name)
		}
	}
	slices.Sort(list)
	return slices.Compact(list)
}

func (s *Server) invite(w http.ResponseWriter, r *http.Request, c *caller) error {
	var b inviteBody
	if err := decodeInto(w, r, &b); err != nil {
		return err
	}
	teams, err := s.teams(b.Teams)
	if err != nil {
		return err
	}
	id, token, err := s.people.Invite(r.Context(), c.Visit, people.Person{Name: b.Name, Email: b.Email, Roles: roles(b.Roles), Teams: teams})
	if err != nil {
		return err
	}
	return s.send(w, http.StatusCreated, invitedAnswer{id, token})
}

func (s *Server) edit(w http.ResponseWriter, r *http.Request, c *caller) error {
	var b editBody
	if err := decodeInto(w, r, &b); err != nil {
		return err
	}
	teams, err := s.teams(b.Teams)
	if err != nil {
		return err
	}
	p := people.Person{ID: r.PathValue("person"), Roles: roles(b.Roles), Teams: teams, Left: b.Left}
	return s.done(w, s.people.Edit(r.Context(), c.Visit, p))
}

func (s *Server) reinvite(w http.ResponseWriter, r *http.Request, c *caller) error {
	id := r.PathValue("person")
	token, err := s.people.Reinvite(r.Context(), c.Visit, id)
	if errors.Is(err, people.ErrRefused) { // nobody who works here has that id
		return errNotFound
	}
	if err != nil {
		return err
	}
	return s.send(w, http.StatusCreated, invitedAnswer{id, token})
}

func (s *Server) signOutPerson(w http.ResponseWriter, r *http.Request, c *caller) error {
	return s.done(w, s.people.SignOutEverywhere(r.Context(), c.Visit, r.PathValue("person")))
}

// done answers where there is nothing to say.
func (s *Server) done(w http.ResponseWriter, err error) error {
	if err == nil {
		w.WriteHeader(http.StatusNoContent)
	}
	return err
}
