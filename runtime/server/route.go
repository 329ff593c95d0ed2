package server

import (
	"cmp"
	"errors"
	"net/http"
	"slices"
	"strings"

	"github.com/tacet-lang/tacet/runtime/people"
	"github.com/tacet-lang/tacet/runtime/session"
)

// route is one call of the API. What answers, who may call and how it is described all come from here: a call that is not
// in the table does not exist, and one whose access is not stated cannot be registered.
type route struct {
	method, path string
	does         string // in one sentence, for the description
	access       access
	query        []string // parameters of the address
	body         any      // a struct of flat members, or rawBody; nil: none
	answer       answer
	problems     []*problem // besides those that its access brings
	handle       func(http.ResponseWriter, *http.Request) error
	staff        func(http.ResponseWriter, *http.Request, *caller) error // of access by staff
	// look is what the audit trail says of a call that shows patient data: it is written before the handler runs. turn says
	// instead that the call is a turn, which carries its own entry.
	look string
	turn bool
}

// answer is what a call answers with when all is well.
type answer struct {
	status int
	body   any    // an example of the type; nil: nothing
	media  string // "": JSON
}

// access says who may make a call. The zero value is nobody, and is refused by register.
type access struct {
	kind   accessKind
	action people.Action // of staff
}

type accessKind string

const (
	forAnyone   accessKind = "anyone"    // no patient data, nothing changed for others
	forPatient  accessKind = "patient"   // who has the conversation's token; the handler checks it by authorize
	forVendor   accessKind = "vendor"    // who signs with a vendor's secret; the handler checks it
	forDoor     accessKind = "door"      // who is signing in; package people checks how far they are
	forStaff    accessKind = "signed-in" // staff, about themselves
	forPractice accessKind = "practice"  // staff who may do action
	forCase     accessKind = "about"     // staff who may do action to the conversation of the address
)

func toAnyone() access                  { return access{kind: forAnyone} }
func toPatient() access                 { return access{kind: forPatient} }
func toVendor() access                  { return access{kind: forVendor} }
func atDoor() access                    { return access{kind: forDoor} }
func toStaff() access                   { return access{kind: forStaff} }
func toWhoMay(a people.Action) access   { return access{forPractice, a} }
func toWhoMayDo(a people.Action) access { return access{forCase, a} }

func (a access) byStaff() bool {
	return a.kind == forStaff || a.kind == forPractice || a.kind == forCase
}

// check panics on a route that does not say what it must: that is a mistake of ours, found by any test that makes a server.
func (r *route) check() {
	switch {
	case r.access.kind == "":
		panic("server: " + r.path + " does not say who may call it")
	case (r.access.kind == forPractice || r.access.kind == forCase) != (r.access.action != ""):
		panic("server: " + r.path + " does not say which permission it needs")
	case r.access.byStaff() != (r.staff != nil) || r.access.byStaff() == (r.handle != nil):
		panic("server: " + r.path + " has a handler of another access")
	case (r.access.kind == forCase || r.access.action == people.ViewQueue) && (r.look == "") != r.turn:
		panic("server: " + r.path + " does not say what the audit trail will say")
	}
}

// register builds the API from its table.
func (s *Server) register(mux *http.ServeMux, table []route) {
	allow := map[string][]string{}
	for i := range table {
		r := &table[i]
		r.check()
		handle := r.handle
		if r.access.byStaff() {
			handle = func(w http.ResponseWriter, q *http.Request) error { return s.admit(w, q, r) }
		}
		if r.access.kind == forPatient {
			handle = erased(handle)
		}
		if !r.countsItself() {
			handle = s.limited(r, handle)
		}
		s.handle(mux, r.method+" "+r.path, s.answer(handle))
		allow[r.path] = append(allow[r.path], r.method)
		if r.method == http.MethodGet {
			allow[r.path] = append(allow[r.path], http.MethodHead)
		}
	}
	for path, methods := range allow {
		slices.Sort(methods)
		list := strings.Join(methods, ", ")
		mux.HandleFunc(path, s.answer(func(w http.ResponseWriter, _ *http.Request) error {
			w.Header().Set("Allow", list)
			return errMethod
		}))
	}
	mux.HandleFunc("/api/", s.answer(func(http.ResponseWriter, *http.Request) error { return errNotFound }))
}

// erased answers a patient whose conversation was erased just now as if it had never been.
func erased(handle func(http.ResponseWriter, *http.Request) error) func(http.ResponseWriter, *http.Request) error {
	return func(w http.ResponseWriter, q *http.Request) error {
		err := handle(w, q)
		if errors.Is(err, session.ErrNotFound) {
			return session.ErrUnauthorized
		}
		return err
	}
}

// countsItself says that a call's limit depends on what is in it.
func (r *route) countsItself() bool {
	return r.access.kind == forPatient && r.method == http.MethodPost
}

func (s *Server) limited(r *route, handle func(http.ResponseWriter, *http.Request) error) func(http.ResponseWriter, *http.Request) error {
	tries := r.access.kind == forDoor && r.method == http.MethodPost
	return func(w http.ResponseWriter, q *http.Request) error {
		if err := s.limit(q, tries); err != nil {
			return err
		}
		return handle(w, q)
	}
}

// table lists every call of the API, by address.
func (s *Server) table() []route {
	list := s.patientRoutes()
	list = append(list, s.descriptionRoute())
	if s.deliveries != nil {
		list = append(list, s.deliveryRoutes()...)
	}
	if s.people != nil {
		list = append(list, s.doorRoutes()...)
		list = append(list, s.peopleRoutes()...)
		list = append(list, s.sessionRoutes()...)
		list = append(list, s.inboxRoutes()...)
		list = append(list, s.deskRoutes()...)
		list = append(list, s.evidenceRoutes()...)
		list = append(list, s.exportRoutes()...)
	}
	slices.SortStableFunc(list, func(a, b route) int {
		return cmp.Or(strings.Compare(a.path, b.path), strings.Compare(a.method, b.method))
	})
	return list
}

// caller is somebody of the staff who may make the call.
type caller struct {
	*people.Visit
	token string
	seen  *session.Case // of a call about a conversation: as it was when the call was admitted
}

// admit lets staff make a call that they may make.
func (s *Server) admit(w http.ResponseWriter, r *http.Request, call *route) error {
	c := &caller{token: s.staffToken(r)}
	var err error
	if c.Visit, err = s.visit(r, c.token); err != nil {
		return err
	}
	if err := s.permit(r, c, call); err != nil {
		return s.noteRefusal(r, c, call.access.action, err)
	}
	if err := s.noteLook(r, c, call.look); err != nil {
		return err
	}
	return call.staff(w, r, c)
}

// permit decides whether somebody may make a call.
func (s *Server) permit(r *http.Request, c *caller, call *route) error {
	switch call.access.kind {
	case forPractice:
		if !s.people.May(c.Visit, call.access.action, people.Target{Practice: s.host.Practice()}) {
			return errForbidden
		}
	case forCase:
		return s.admitTo(r, c, call.access.action)
	}
	return nil
}

// background is the header of what a page asks for by itself, which is no use of a session.
const background = "Tacet-Background"

func (s *Server) visit(r *http.Request, token string) (*people.Visit, error) {
	if r.Header.Get(background) != "" {
		return s.door(r).Glance(r.Context(), token)
	}
	return s.door(r).Authenticate(r.Context(), token)
}

// admitTo lets somebody do something to the conversation of the address. One that is not there and one that is another
// team's are the same to them.
func (s *Server) admitTo(r *http.Request, c *caller, a people.Action) error {
	id := r.PathValue("id")
	seen, err := s.host.Case(r.Context(), id)
	if errors.Is(err, session.ErrNotFound) {
		return errNotFound
	}
	if err != nil {
		return err
	}
	c.seen = &seen
	target := s.target(c, &seen)
	broke := c.Broke(id, s.host.Now())
	if a == people.BreakGlass {
		if !s.people.May(c.Visit, a, target) {
			return errNotFound
		}
		return nil
	}
	if !s.people.May(c.Visit, people.ViewTranscript, target) && !broke {
		return errNotFound
	}
	if s.people.May(c.Visit, a, target) || broke && (a == people.ViewTranscript || a == people.Reveal) {
		return nil
	}
	target.Claimed = c.ID
	if seen.Holder != c.ID && s.people.May(c.Visit, a, target) {
		return held(seen.Holder)
	}
	return errForbidden
}

// held says who has a conversation that one must have to do this.
func held(by string) *problem {
	p := *errHeld
	p.Holder = by
	return &p
}
