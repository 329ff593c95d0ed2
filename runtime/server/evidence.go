package server

import (
	"cmp"
	"context"
	"net/http"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/tacet-lang/tacet/lang/machine"
	"github.com/tacet-lang/tacet/runtime/breach"
	"github.com/tacet-lang/tacet/runtime/outbox"
	"github.com/tacet-lang/tacet/runtime/people"
	"github.com/tacet-lang/tacet/runtime/release"
	"github.com/tacet-lang/tacet/runtime/retention"
	"github.com/tacet-lang/tacet/runtime/review"
	"github.com/tacet-lang/tacet/runtime/session"
)

// Rooms are what the evidence pages read besides conversations. What is nil is not shown.
type Rooms struct {
	Releases interface {
		InService(ctx context.Context, practice string) ([]release.Deployment, error)
	}
	Holds interface {
		Hold(ctx context.Context, h retention.Hold, entries ...session.Entry) error
		Release(ctx context.Context, h retention.Hold, entries ...session.Entry) error
		Holds(ctx context.Context, practice string, all bool) ([]retention.Hold, error)
	}
	Disclosures interface {
		Deliveries(ctx context.Context, practice string, f outbox.Filter) ([]outbox.Row, error)
	}
	Incidents breach.Store
	Documents func(flows []*machine.Machine, now time.Time) []Document
	Risks     func() []Risk
}

// Risk is a threat of the risk assessment (45 CFR 164.308(a)(1)(ii)(A)) with what is done against it. Likelihood and harm are those
// before the controls.
type Risk struct {
	Threat     string    `json:"threat"`
	Assets     []string  `json:"assets"`
	Likelihood string    `json:"likelihood"`
	Harm       string    `json:"harm"`
	Controls   []Control `json:"controls"`
	Rests      string    `json:"rests"` // what the controls leave
}

// Control is something that is done against a threat, and the test or page that shows it.
type Control struct {
	Does string `json:"does"`
	By   string `json:"by"`
	Run  string `json:"run,omitempty"` // the command that runs the test
}

// Document is a written policy, made of what is served.
type Document struct{ Name, Title, HTML string }

// What the compliance owner sees.
type (
	evidenceAnswer struct {
		Today       string             `json:"today"`
		Reviews     []reviewAnswer     `json:"reviews"`
		Vendors     []vendorAnswer     `json:"vendors"`
		Flows       []flowAnswer       `json:"flows"`
		Holds       []holdAnswer       `json:"holds"`
		Disclosures []disclosureAnswer `json:"disclosures"`
		Incidents   []incidentAnswer   `json:"incidents"`
		Documents   []documentAnswer   `json:"documents"`
		Risks       []Risk             `json:"risks"`
		Sample      []sampleAnswer     `json:"sample"` // conversations to judge
	}
	reviewAnswer struct {
		ID     string    `json:"id"`
		Title  string    `json:"title"`
		Source string    `json:"source"`
		Every  int       `json:"every_days"`
		Signed time.Time `json:"signed,omitzero"` // last
		By     string    `json:"by,omitempty"`
		Due    string    `json:"due"` // a day
		Late   bool      `json:"late"`
	}
	vendorAnswer struct {
		Name      string   `json:"name"`
		Legal     string   `json:"legal"`
		Service   string   `json:"service"`
		Classes   []string `json:"classes"`
		Purposes  []string `json:"purposes"`
		Signed    string   `json:"signed,omitempty"`
		Effective string   `json:"effective,omitempty"`
		Expires   string   `json:"expires,omitempty"`
		Document  string   `json:"document,omitempty"` // SHA-256
		State     string   `json:"state"`              // in force, ends soon, not yet, ended, none
		Days      int      `json:"days,omitempty"`     // until it ends
	}
	flowAnswer struct {
		Flow       string           `json:"flow"`
		Name       string           `json:"name"`
		Machine    string           `json:"machine"`
		Purpose    string           `json:"purpose"`
		Owner      string           `json:"owner,omitempty"`
		Reviewer   string           `json:"reviewer,omitempty"`
		Reviewed   string           `json:"reviewed,omitempty"`
		Keep       int              `json:"keep_days"`
		Deployed   time.Time        `json:"deployed,omitzero"`
		DeployedBy string           `json:"deployed_by,omitempty"`
		Approved   time.Time        `json:"approved,omitzero"`
		ApprovedBy string           `json:"approved_by,omitempty"`
		Evidence   []approvalAnswer `json:"evidence"`
	}
	approvalAnswer struct {
		Name   string `json:"name"`
		SHA256 string `json:"sha256"`
	}
	holdAnswer struct {
		ID           string    `json:"id"`
		Conversation string    `json:"conversation"`
		Reason       string    `json:"reason"`
		By           string    `json:"by"`
		At           time.Time `json:"at"`
		Released     time.Time `json:"released,omitzero"`
		ReleasedBy   string    `json:"released_by,omitempty"`
	}
	disclosureAnswer struct {
		At           time.Time `json:"at"`
		To           string    `json:"to"`
		Conversation string    `json:"conversation"`
		State        string    `json:"state"`
		Why          string    `json:"why,omitempty"`
	}
	documentAnswer struct {
		Name  string `json:"name"`
		Title string `json:"title"`
	}
	reviewBody struct {
		Review string `json:"review" need:"true"`
		Note   string `json:"note"`
	}
	holdBody struct {
		Conversation string `json:"conversation" need:"true"`
		Reason       string `json:"reason" need:"true"`
	}
	madeAnswer struct {
		ID string `json:"id"`
	}
)

func (s *Server) evidenceRoutes() []route {
	manage := func(a people.Action) access { return toWhoMay(a) }
	done := answer{status: http.StatusNoContent}
	made := answer{status: http.StatusCreated, body: madeAnswer{}}
	return []route{
		{method: "GET", path: "/api/staff/evidence", does: "Shows reviews, vendors, approvals, holds, disclosures and incidents", access: manage(people.ViewAudit),
			look: "evidence.viewed", answer: answer{status: http.StatusOK, body: evidenceAnswer{}}, staff: func(w http.ResponseWriter, r *http.Request, _ *caller) error {
				e, err := s.evidence(r.Context())
				if err != nil {
					return err
				}
				return s.send(w, http.StatusOK, e)
			}},
		{method: "POST", path: "/api/staff/reviews", does: "Signs that something was reviewed", access: manage(people.SignReview), body: reviewBody{},
			answer: done, problems: []*problem{errInvalid}, staff: s.signReview},
		s.judgementRoute(manage(people.SignReview)),
		{method: "POST", path: "/api/staff/holds", does: "Keeps a conversation from being erased", access: manage(people.ManageHolds), body: holdBody{},
			answer: made, problems: []*problem{errReason, errInvalid, errNotFound}, staff: s.hold},
		{method: "POST", path: "/api/staff/holds/{hold}/release", does: "Ends a legal hold", access: manage(people.ManageHolds), body: reasonBody{},
			answer: done, problems: []*problem{errReason, errNotFound}, staff: s.releaseHold},
		{method: "POST", path: "/api/staff/incidents", does: "Records an incident, and finds out whom it concerns", access: manage(people.ManageIncidents), body: incidentBody{},
			answer: made, problems: []*problem{errInvalid, errNotFound}, staff: s.openIncident},
		{method: "POST", path: "/api/staff/incidents/{incident}", does: "Writes down how an incident was judged, and who was told", access: manage(people.ManageIncidents),
			body: decisionBody{}, answer: done, problems: []*problem{errInvalid, errNotFound, errChanged}, staff: s.decide},
		{method: "GET", path: "/api/staff/trail", does: "Finds entries of the audit trail", access: manage(people.ViewAudit), look: "audit.viewed",
			query: trailQuery, answer: answer{status: http.StatusOK, body: trailAnswer{}}, problems: []*problem{errRange},
			staff: func(w http.ResponseWriter, r *http.Request, _ *caller) error {
				list, err := s.trail(r)
				if err != nil {
					return err
				}
				return s.send(w, http.StatusOK, trailAnswer{list})
			}},
		{method: "GET", path: "/api/staff/documents/{name}", does: "Gives out a written policy, made of what is served", access: manage(people.ViewAudit),
			look: "document.viewed", answer: answer{status: http.StatusOK, media: "text/html"}, problems: []*problem{errNotFound}, staff: s.document},
	}
}

// evidence gathers what the compliance owner sees.
func (s *Server) evidence(ctx context.Context) (*evidenceAnswer, error) {
	now := s.host.Now().In(s.zone())
	names, err := s.people.Names(ctx)
	if err != nil {
		return nil, err
	}
	e := &evidenceAnswer{Today: now.Format(time.DateOnly), Disclosures: []disclosureAnswer{}, Holds: []holdAnswer{}, Documents: []documentAnswer{}}
	if e.Reviews, err = s.reviews(ctx, names, now); err != nil {
		return nil, err
	}
	e.Vendors = vendors(s.host.Flows(), e.Today)
	if e.Incidents, err = s.incidents(ctx, now); err != nil {
		return nil, err
	}
	if e.Flows, err = s.inService(ctx); err != nil {
		return nil, err
	}
	if s.rooms.Holds != nil {
		list, err := s.rooms.Holds.Holds(ctx, s.host.Practice(), true)
		if err != nil {
			return nil, err
		}
		for _, h := range list {
			e.Holds = append(e.Holds, holdAnswer{h.ID, h.Conversation, h.Reason, cmp.Or(names[h.By], h.By), h.At.UTC(), utc(h.Released), cmp.Or(names[h.ReleasedBy], h.ReleasedBy)})
		}
	}
	if s.rooms.Disclosures != nil {
		list, err := s.rooms.Disclosures.Deliveries(ctx, s.host.Practice(), outbox.Filter{Kind: outbox.Send})
		if err != nil {
			return nil, err
		}
		for _, d := range list {
			e.Disclosures = append(e.Disclosures, disclosureAnswer{d.At.UTC(), d.To, d.Conversation, string(d.State), d.Why})
		}
	}
	if e.Sample, err = s.sample(ctx, now); err != nil {
		return nil, err
	}
	e.Risks = []Risk{}
	if s.rooms.Risks != nil {
		e.Risks = s.rooms.Risks()
	}
	for _, d := range s.documents() {
		e.Documents = append(e.Documents, documentAnswer{d.Name, d.Title})
	}
	return e, nil
}

func utc(t time.Time) time.Time {
	if t.IsZero() {
		return t
	}
	return t.UTC()
}

func (s *Server) reviews(ctx context.Context, names map[string]string, now time.Time) ([]reviewAnswer, error) {
	var states []review.State
	store, _ := s.host.Store()
	err := store.View(ctx, s.host.Practice(), func(r session.Reader) (err error) {
		states, err = review.States(r, s.host.Practice(), now)
		return err
	})
	list := make([]reviewAnswer, len(states))
	for i, r := range states {
		list[i] = reviewAnswer{ID: r.ID, Title: r.Title, Source: r.Source, Every: r.Every, Signed: utc(r.Signed), By: cmp.Or(names[r.By], r.By), Due: r.Due, Late: r.Late}
	}
	return list, err
}

// soonEnds is how many days ahead the end of an agreement is told.
const soonEnds = 60

func vendors(flows []*machine.Machine, today string) []vendorAnswer {
	list := []vendorAnswer{}
	for _, m := range flows {
		for i := range m.Practice.Vendors {
			v := &m.Practice.Vendors[i]
			if slices.ContainsFunc(list, func(a vendorAnswer) bool { return a.Name == v.Name }) {
				continue
			}
			a := vendorAnswer{Name: v.Name, Legal: v.Legal, Service: v.Service, Classes: append([]string{}, v.Classes...), Purposes: append([]string{}, v.Purposes...), State: "none"}
			if g := v.Agreement; g != nil {
				a.Signed, a.Effective, a.Expires, a.Document = g.Signed, g.Effective, g.Expires, g.Document
				a.State, a.Days = inForce(g, today)
			}
			list = append(list, a)
		}
	}
	slices.SortFunc(list, func(a, b vendorAnswer) int { return strings.Compare(a.Name, b.Name) })
	return list
}

func inForce(g *machine.Agreement, today string) (state string, days int) {
	switch {
	case g.Signed == "" || g.Effective > today:
		return "not yet", 0
	case g.Expires == "":
		return "in force", 0
	case g.Expires <= today:
		return "ended", 0
	}
	end, err1 := time.Parse(time.DateOnly, g.Expires)
	now, err2 := time.Parse(time.DateOnly, today)
	if err1 != nil || err2 != nil {
		return "not yet", 0
	}
	if days = int(end.Sub(now) / (24 * time.Hour)); days <= soonEnds {
		return "ends soon", days
	}
	return "in force", days
}

// inService lists the flows that are offered, with how they came into service.
func (s *Server) inService(ctx context.Context) ([]flowAnswer, error) {
	list := []flowAnswer{}
	var deployed []release.Deployment
	if s.rooms.Releases != nil {
		var err error
		if deployed, err = s.rooms.Releases.InService(ctx, s.host.Practice()); err != nil {
			return nil, err
		}
	}
	for _, m := range s.host.Flows() {
		hash, err := m.Hash()
		if err != nil {
			return nil, err
		}
		a := flowAnswer{
			Flow: m.Flow.ID, Name: m.Flow.Name, Machine: hash, Purpose: m.Flow.Purpose, Owner: m.Flow.Owner, Reviewer: m.Flow.Reviewer, Reviewed: m.Flow.Reviewed,
			Keep: m.Session.Keep, Evidence: []approvalAnswer{},
		}
		for i := range deployed {
			if deployed[i].Machine == hash {
				a.approved(&deployed[i])
			}
		}
		list = append(list, a)
	}
	return list, nil
}

// approved notes how a flow was deployed and approved. That the approval counts was checked when it was taken into service.
func (a *flowAnswer) approved(d *release.Deployment) {
	a.Deployed, a.DeployedBy = d.At.UTC(), d.By
	p, err := release.Decode(d.Approval)
	if err != nil || p.Machine != d.Machine {
		return
	}
	a.Approved, a.ApprovedBy = p.At.UTC(), p.By+", "+p.Role
	for _, e := range p.Evidence {
		a.Evidence = append(a.Evidence, approvalAnswer{e.Name, e.SHA256})
	}
}

func (s *Server) signReview(w http.ResponseWriter, r *http.Request, c *caller) error {
	var b reviewBody
	if err := decodeInto(w, r, &b); err != nil {
		return err
	}
	if !review.Known(b.Review) || utf8.RuneCountInString(b.Note) > maxReason {
		return errInvalid
	}
	detail := map[string]string{review.Name: b.Review}
	if b.Note != "" {
		detail["note"] = b.Note
	}
	return s.done(w, s.host.Note(r.Context(), c.ID, review.Signed, "", detail))
}

func (s *Server) documents() []Document {
	if s.rooms.Documents == nil {
		return nil
	}
	return s.rooms.Documents(s.host.Flows(), s.host.Now())
}

// document gives out a written policy as a file: its own style would not pass our content security policy.
func (s *Server) document(w http.ResponseWriter, r *http.Request, _ *caller) error {
	for _, d := range s.documents() {
		if d.Name == r.PathValue("name") {
			w.Header().Set("Content-Type", "text/html; charset=utf-8")
			w.Header().Set("Content-Disposition", `attachment; filename="`+d.Name+`.html"`)
			_, _ = w.Write([]byte(d.HTML)) // a client that has gone asks again
			return nil
		}
	}
	return errNotFound
}
