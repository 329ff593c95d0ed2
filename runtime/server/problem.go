package server

import (
	"cmp"
	"encoding/json"
	"errors"
	"net/http"

	"github.com/tacet-lang/tacet/runtime/session"
)

// problem is an error as a client sees it (RFC 9457): a stable code and a fixed wording, and never anything that the
// client sent. spec/http-api.md lists them.
type problem struct {
	Type   string  `json:"type"`
	Title  string  `json:"title"`
	Status int     `json:"status"`
	Code   string  `json:"code"`
	Notice *notice `json:"notice,omitempty"` // notice-required: what to show
	Holder string  `json:"holder,omitempty"` // held: who has the conversation; absent where nobody has
	Detail string  `json:"detail,omitempty"` // invalid: why, in words of ours
	after  string  // seconds to wait
}

func (p *problem) Error() string { return p.Code }

func newProblem(status int, code, title string) *problem {
	return &problem{Type: "urn:tacet:problem:" + code, Title: title, Status: status, Code: code}
}

// The problems.
var (
	errMalformed  = newProblem(http.StatusBadRequest, "malformed", "the body is not one strict JSON object in UTF-8")
	errDuplicate  = newProblem(http.StatusBadRequest, "duplicate-member", "a member of the body is given twice")
	errUnknown    = newProblem(http.StatusBadRequest, "unknown-member", "the body has a member that is not known here")
	errType       = newProblem(http.StatusBadRequest, "wrong-type", "a member of the body has the wrong type")
	errMissing    = newProblem(http.StatusBadRequest, "missing-member", "the body lacks a member that is needed")
	errOneOf      = newProblem(http.StatusBadRequest, "one-of", "the body needs exactly one of text, option, human and lang")
	errClientID   = newProblem(http.StatusBadRequest, "bad-client-id", "client_id must be letters, digits, - and _, at most 64; 16 at least to start")
	errText       = newProblem(http.StatusBadRequest, "bad-text", "the text is empty or holds a null character")
	errParameter  = newProblem(http.StatusBadRequest, "bad-parameter", "a parameter of the address is not a number in range")
	errLanguage   = newProblem(http.StatusBadRequest, "unknown-language", "the flow does not speak this language")
	errUnauthized = newProblem(http.StatusUnauthorized, "unauthorized", "the token does not open this conversation, or no longer")
	errUnsigned   = newProblem(http.StatusUnauthorized, "unsigned", "the request is not signed by a vendor's secret, at about this time")
	errWithheld   = newProblem(http.StatusForbidden, "withheld", "without an agreement in force this is not given out")
	errOrigin     = newProblem(http.StatusForbidden, "cross-origin", "the request comes from another site")
	errNotFound   = newProblem(http.StatusNotFound, "not-found", "there is nothing here")
	errMethod     = newProblem(http.StatusMethodNotAllowed, "method-not-allowed", "this address does not take this method")
	errNotice     = newProblem(http.StatusConflict, "notice-required", "show the privacy notice, then send its hash")
	errNotOffered = newProblem(http.StatusConflict, "not-on-offer", "this option is not on offer now")
	errTooLarge   = newProblem(http.StatusRequestEntityTooLarge, "too-large", "the body is larger than 64 kB or the text larger than 8 kB")
	errMedia      = newProblem(http.StatusUnsupportedMediaType, "not-json", "the body must be application/json")
	errReused     = newProblem(http.StatusUnprocessableEntity, "client-id-reused", "this client_id was used for another request")
	errRefused    = newProblem(http.StatusUnauthorized, "not-signed-in", "sign in first, or what was given does not prove who you are")
	errForbidden  = newProblem(http.StatusForbidden, "forbidden", "your roles do not permit this")
	errHeld       = newProblem(http.StatusConflict, "held", "one must have the conversation to do this, and somebody else, or nobody, has it")
	errOver       = newProblem(http.StatusConflict, "over", "the conversation has ended")
	errEmergency  = newProblem(http.StatusConflict, "emergency", "what was an emergency is never given back to the assistant")
	errChanged    = newProblem(http.StatusConflict, "changed", "the account was changed meanwhile; look again")
	errInvalid    = newProblem(http.StatusBadRequest, "invalid", "what was given makes no sense")
	errReason     = newProblem(http.StatusBadRequest, "bad-reason", "give a reason of 5 to 500 characters")
	errOutcome    = newProblem(http.StatusBadRequest, "bad-outcome", "an outcome is one word of small letters and -, at most 40")
	errProtected  = newProblem(http.StatusConflict, "protected-data", "the text seems to hold protected data; look again, then send it with anyway")
	errNotes      = newProblem(http.StatusConflict, "notes-full", "a note has at most 2,000 bytes, and a conversation at most 50 notes")
	errRange      = newProblem(http.StatusBadRequest, "bad-range", "give days as 2026-11-30, from before to, at most 92 apart")
	errState      = newProblem(http.StatusBadRequest, "unknown-state", "there is no such state of a conversation")
	errAgain      = newProblem(http.StatusForbidden, "sign-in-again", "what leaves the house asks for a sign-in within the last hour")
	errTeam       = newProblem(http.StatusBadRequest, "unknown-team", "the practice has no such team")
	errWait       = newProblem(http.StatusTooManyRequests, "wait", "several tries have failed; wait before the next")
	errTooMany    = newProblem(http.StatusTooManyRequests, "too-many", "too many requests; wait a moment")
	errInternal   = newProblem(http.StatusInternalServerError, "internal", "the server failed; sending the same request again is safe")
	errBusy       = newProblem(http.StatusServiceUnavailable, "unavailable", "not available now; try again soon")
)

// fail answers with the problem that err stands for. The cause of what is our own fault goes to the log, without
// anything that a patient wrote.
func (s *Server) fail(w http.ResponseWriter, r *http.Request, err error) {
	p := s.problem(r, err)
	h := w.Header()
	h.Set("Content-Type", "application/problem+json")
	p.head(h)
	w.WriteHeader(p.Status)
	_ = json.NewEncoder(w).Encode(p) // a client that has gone needs no answer
}

// head sets what its status asks for.
func (p *problem) head(h http.Header) {
	switch p.Status {
	case http.StatusUnauthorized:
		if p.Code == errUnauthized.Code {
			h.Set("WWW-Authenticate", `Bearer realm="tacet"`)
		}
	case http.StatusServiceUnavailable, http.StatusTooManyRequests:
		h.Set("Retry-After", cmp.Or(p.after, "2"))
	}
}

// problem gives an error its public face.
func (s *Server) problem(r *http.Request, err error) *problem {
	var p *problem
	switch {
	case errors.As(err, &p):
		return p
	case errors.Is(err, session.ErrNotFound):
		return errNotFound
	case errors.Is(err, session.ErrUnauthorized):
		return errUnauthized
	case errors.Is(err, session.ErrConflict):
		return errReused
	case errors.Is(err, session.ErrOption):
		return errNotOffered
	case r.Context().Err() != nil:
		return errBusy // the client has gone, or the server is stopping
	}
	if p := staffProblem(err); p != nil {
		return p
	}
	s.log.ErrorContext(r.Context(), "request failed", "route", r.Pattern, "error", err)
	if errors.Is(err, session.ErrUnserved) || errors.Is(err, session.ErrStale) || errors.Is(err, session.ErrUnavailable) {
		return errBusy
	}
	return errInternal
}
