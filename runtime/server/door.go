package server

import (
	"encoding/json"
	"errors"
	"net/http"
	"strconv"
	"time"

	"github.com/tacet-lang/tacet/runtime/people"
)

// The bodies of signing in. Every answer to them is a step: how far somebody has come, with a cookie that no script can read.
type (
	setUpBody struct {
		Token    string `json:"token" need:"true"`
		Name     string `json:"name" need:"true"`
		Email    string `json:"email" need:"true"`
		Password string `json:"password" need:"true"`
	}
	acceptBody struct {
		Token    string `json:"token" need:"true"`
		Password string `json:"password" need:"true"`
	}
	signInBody struct {
		Email    string `json:"email" need:"true"`
		Password string `json:"password" need:"true"`
	}
	passwordBody struct {
		Current  string `json:"current" need:"true"`
		Password string `json:"password" need:"true"`
	}
	codeBody struct {
		Code string `json:"code" need:"true"`
	}
	stepAnswer struct {
		Stage string `json:"stage"` // in, code, must-add
	}
	secretAnswer struct {
		Secret string `json:"secret"`
		URL    string `json:"url"`
	}
)

func (s *Server) doorRoutes() []route {
	step := answer{status: http.StatusOK, body: stepAnswer{}}
	refused := []*problem{errRefused, errWait, errForbidden}
	post := func(path, does string, body any, handle func(http.ResponseWriter, *http.Request) error) route {
		return route{method: "POST", path: "/api/staff" + path, does: does, access: atDoor(), body: body, answer: step,
			problems: refused, handle: handle}
	}
	options := func(r route) route { r.answer = answer{status: http.StatusOK, body: rawBody{}}; return r }
	secret := post("/codes/offer", "Offers one-time codes as a second factor", nil, s.offerCodes)
	secret.answer.body = secretAnswer{}
	out := post("/sign-out", "Signs out", nil, s.signOut)
	out.answer, out.problems = answer{status: http.StatusNoContent}, nil
	invalid := func(r route) route { r.problems = append([]*problem{errInvalid}, r.problems...); return r }
	return []route{
		invalid(post("/set-up", "Makes the first account, with the link that was printed", setUpBody{}, s.setUp)),
		invalid(post("/accept", "Chooses the password of an invited account", acceptBody{}, s.accept)),
		invalid(post("/password", "Chooses a new password; all other sessions end", passwordBody{}, s.changePassword)),
		post("/sign-in", "Signs in with a password, as the first of two steps", signInBody{}, s.signIn),
		post("/sign-in/code", "Completes signing in with a one-time code", codeBody{}, s.signInCode),
		options(post("/sign-in/passkey/offer", "Begins signing in with a passkey", nil, s.openDoor)),
		post("/sign-in/passkey", "Completes signing in with a passkey", rawBody{}, s.showPasskey),
		invalid(secret),
		invalid(post("/codes", "Turns one-time codes on, with the first of them", codeBody{}, s.takeCodes)),
		invalid(options(post("/passkeys/offer", "Begins to add a passkey", nil, s.offerPasskey))),
		invalid(post("/passkeys", "Adds a passkey", rawBody{}, s.takePasskey)),
		out,
		{method: "GET", path: "/api/staff/provider", does: "Leads to the practice's own provider to sign in", access: atDoor(),
			answer: answer{status: http.StatusSeeOther}, problems: []*problem{errForbidden}, handle: s.leave},
		{method: "GET", path: "/api/staff/provider/return", does: "Completes signing in with the provider", access: atDoor(),
			query: []string{"state", "code"}, answer: answer{status: http.StatusOK, media: "text/html"}, problems: refused, handle: s.comeBack},
	}
}

// door is what lets staff in, as it answers whoever sent a request.
func (s *Server) door(r *http.Request) *people.Service {
	return s.people.For(people.ClientOf(r.UserAgent(), s.address(r)))
}

func (s *Server) staffToken(r *http.Request) string { return s.cookieValue(r, staffCookie) }

func (s *Server) keepStaff(w http.ResponseWriter, token string) {
	s.setCookie(w, staffCookie, token, 0)
}

// step answers with how far somebody has come.
func (s *Server) step(w http.ResponseWriter, step people.Step, err error) error {
	if err != nil {
		return err
	}
	s.keepStaff(w, step.Token)
	return s.send(w, http.StatusOK, stepAnswer{Stage: string(step.Stage)})
}

func (s *Server) setUp(w http.ResponseWriter, r *http.Request) error {
	var b setUpBody
	if err := decodeInto(w, r, &b); err != nil {
		return err
	}
	step, err := s.door(r).MakeFirst(r.Context(), b.Token, b.Name, b.Email, b.Password)
	return s.step(w, step, err)
}

func (s *Server) accept(w http.ResponseWriter, r *http.Request) error {
	var b acceptBody
	if err := decodeInto(w, r, &b); err != nil {
		return err
	}
	step, err := s.door(r).Accept(r.Context(), b.Token, b.Password)
	return s.step(w, step, err)
}

func (s *Server) changePassword(w http.ResponseWriter, r *http.Request) error {
	var b passwordBody
	if err := decodeInto(w, r, &b); err != nil {
		return err
	}
	step, err := s.door(r).ChangePassword(r.Context(), s.staffToken(r), b.Current, b.Password)
	return s.step(w, step, err)
}

func (s *Server) signIn(w http.ResponseWriter, r *http.Request) error {
	var b signInBody
	if err := decodeInto(w, r, &b); err != nil {
		return err
	}
	step, err := s.door(r).SignIn(r.Context(), b.Email, b.Password)
	return s.step(w, step, err)
}

func (s *Server) signInCode(w http.ResponseWriter, r *http.Request) error {
	var b codeBody
	if err := decodeInto(w, r, &b); err != nil {
		return err
	}
	step, err := s.door(r).Code(r.Context(), s.staffToken(r), b.Code)
	return s.step(w, step, err)
}

func (s *Server) openDoor(w http.ResponseWriter, r *http.Request) error {
	token, options, err := s.door(r).OpenDoor(r.Context())
	if err != nil {
		return err
	}
	s.keepStaff(w, token)
	return s.send(w, http.StatusOK, json.RawMessage(options))
}

func (s *Server) showPasskey(w http.ResponseWriter, r *http.Request) error {
	b, err := readRaw(w, r)
	if err != nil {
		return err
	}
	step, err := s.door(r).ShowPasskey(r.Context(), s.staffToken(r), b)
	return s.step(w, step, err)
}

func (s *Server) offerCodes(w http.ResponseWriter, r *http.Request) error {
	secret, err := s.door(r).OfferCodes(r.Context(), s.staffToken(r))
	if err != nil {
		return err
	}
	return s.send(w, http.StatusOK, secretAnswer(secret))
}

func (s *Server) takeCodes(w http.ResponseWriter, r *http.Request) error {
	var b codeBody
	if err := decodeInto(w, r, &b); err != nil {
		return err
	}
	step, err := s.door(r).TakeCodes(r.Context(), s.staffToken(r), b.Code)
	return s.step(w, step, err)
}

func (s *Server) offerPasskey(w http.ResponseWriter, r *http.Request) error {
	options, err := s.door(r).OfferPasskey(r.Context(), s.staffToken(r))
	if err != nil {
		return err
	}
	return s.send(w, http.StatusOK, json.RawMessage(options))
}

func (s *Server) takePasskey(w http.ResponseWriter, r *http.Request) error {
	b, err := readRaw(w, r)
	if err != nil {
		return err
	}
	step, err := s.door(r).TakePasskey(r.Context(), s.staffToken(r), b)
	return s.step(w, step, err)
}

func (s *Server) signOut(w http.ResponseWriter, r *http.Request) error {
	if err := s.door(r).SignOut(r.Context(), s.staffToken(r)); err != nil {
		return err
	}
	s.setCookie(w, staffCookie, "", -1)
	w.WriteHeader(http.StatusNoContent)
	return nil
}

func (s *Server) leave(w http.ResponseWriter, r *http.Request) error {
	token, to, err := s.door(r).Leave(r.Context())
	if err != nil {
		return err
	}
	s.setCookie(w, journeyCookie, token, journeyTime)
	http.Redirect(w, r, to, http.StatusSeeOther)
	return nil
}

// comeBack answers with a page that goes on by itself: a redirect would still be the other site's doing, so that the new
// cookie would not be sent along.
func (s *Server) comeBack(w http.ResponseWriter, r *http.Request) error {
	q := r.URL.Query()
	step, err := s.door(r).Return(r.Context(), s.cookieValue(r, journeyCookie), q.Get("state"), q.Get("code"))
	if err != nil {
		return err
	}
	s.keepStaff(w, step.Token)
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	_, _ = w.Write([]byte(`<!doctype html><html lang="en"><meta charset="utf-8"><meta http-equiv="refresh" content="0;url=/staff"><title>Signed in</title><a href="/staff">Go on</a></html>` + "\n"))
	return nil
}

// staffProblem gives an error of package people its public face; nil where it is none of them.
func staffProblem(err error) *problem {
	var waiting *people.Waiting
	switch {
	case errors.As(err, &waiting):
		p := *errWait
		p.after = strconv.Itoa(int((waiting.For + time.Second - 1) / time.Second))
		return &p
	case errors.Is(err, people.ErrRefused):
		return errRefused
	case errors.Is(err, people.ErrForbidden):
		return errForbidden
	case errors.Is(err, people.ErrNotFound):
		return errNotFound
	case errors.Is(err, people.ErrStale):
		return errChanged
	case errors.Is(err, people.ErrInvalid):
		p := *errInvalid
		p.Detail = err.Error()
		return &p
	}
	return nil
}
