package people

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"strings"
)

// Course is what somebody reads and agrees to before a role of theirs is in effect (45 CFR 164.308(a)(5), 164.530(b)).
type Course struct {
	Role   Role
	Title  string
	Points []string
}

// Version names a course's wording: who has acknowledged another wording reads it again.
func (c *Course) Version() string {
	sum := sha256.Sum256([]byte(c.Title + "\n" + strings.Join(c.Points, "\n")))
	return hex.EncodeToString(sum[:6])
}

// everybody stands at the beginning of each course.
var everybody = []string{
	"Your account is yours alone. Nobody else uses it, and you sign out when you leave a device.",
	"Everything you open is written into the audit trail with your name. Open a conversation because your work needs it, and for nothing else.",
	"What patients write is protected health information, also the fact that they wrote. It does not go into e-mail, text messages or notes outside this page.",
	"Report at once what looks wrong: a conversation you should not see, a message to the wrong person, a lost device.",
}

// courses is the standard training of each role.
var courses = []Course{
	{Admin, "Writing flows and managing people", []string{
		"Flows ask for the least that their purpose needs. The checker refuses what the policy forbids; do not look for ways around it.",
		"Give people the roles and teams that their work needs, and take them away on the day they leave.",
	}},
	{Coordinator, "Answering at the front desk", []string{
		"An emergency comes first: call the patient, or 911 where you cannot reach them. An emergency is never given back to the assistant.",
		"You may speak about hours, appointments and general information. Questions about symptoms, results, medication or after a procedure go to a clinician: pass the conversation on.",
		"Ask for nothing that the flow does not ask for. If a patient writes medical details, do not repeat them; offer a call or the portal.",
		"Take a conversation before you answer, and close it with what came of it.",
	}},
	{Clinician, "Answering clinical questions", []string{
		"An emergency comes first: call the patient, or 911 where you cannot reach them. An emergency is never given back to the assistant.",
		"Chat is no place for a diagnosis. Bring the patient to a call, a visit or the portal, and document there what belongs into the chart.",
		"You see health data unmasked; use it for the patient's care only.",
		"Breaking the glass is for when a patient's safety cannot wait. Say why; the compliance owner reviews each time.",
	}},
	{Compliance, "Reviewing", []string{
		"You see every team's conversations, masked. Reveal a transcript only for a review that needs it, and write down why.",
		"Look at the audit trail, at flagged messages and at expiring agreements at the times the practice has set, and sign that you did.",
		"A suspected breach has a clock: the patients concerned are told without unreasonable delay and within 60 days (45 CFR 164.404).",
	}},
	{Operator, "Running the servers", []string{
		"The master key is never kept with backups, and never in a message or a ticket.",
		"Logs and metrics hold no patient data. If you find some, stop and report it.",
	}},
}

// Courses lists the standard training, by role.
func Courses() []Course {
	list := make([]Course, len(courses))
	for i, c := range courses {
		list[i] = Course{c.Role, c.Title, append(append([]string{}, everybody...), c.Points...)}
	}
	return list
}

// Required is Options.Courses for the standard training.
func Required() map[Role]string {
	m := map[Role]string{}
	for _, c := range Courses() {
		m[c.Role] = c.Version()
	}
	return m
}

// Outstanding lists the courses that a visitor has not acknowledged, of the roles they have.
func (s *Service) Outstanding(v *Visit) (list []Course) {
	for _, c := range Courses() {
		if version := s.courses[c.Role]; version != "" && v.Has(c.Role) && !v.TrainedFor(c.Role, version) {
			list = append(list, c)
		}
	}
	return list
}

// Sees reports whether a visitor sees data of a class unmasked, in a role that is in effect.
func (s *Service) Sees(v *Visit, class string) bool {
	p := v.Person
	p.Roles = nil
	for _, r := range v.Roles {
		if c := s.courses[r]; c == "" || v.TrainedFor(r, c) {
			p.Roles = append(p.Roles, r)
		}
	}
	return p.Sees(class)
}

// Names returns the names of all who have, or had, an account, by id: colleagues know each other.
func (s *Service) Names(ctx context.Context) (map[string]string, error) {
	all, err := s.store.Accounts(ctx, s.practice)
	if err != nil {
		return nil, err
	}
	names := make(map[string]string, len(all))
	for i := range all {
		names[all[i].ID] = all[i].Name
	}
	return names, nil
}

// Glance is Authenticate for what a page does by itself: it does not keep the session from ending for want of use.
func (s *Service) Glance(ctx context.Context, token string) (*Visit, error) {
	found, err := s.session(ctx, token, In)
	if err != nil {
		return nil, err
	}
	a, err := s.account(ctx, found.Person)
	if err != nil {
		return nil, err
	}
	return &Visit{Person: a.Person, Began: found.Begun, session: found, network: s.client.Network}, nil
}
