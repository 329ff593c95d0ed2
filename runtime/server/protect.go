package server

import (
	"fmt"
	"maps"
	"net/http"
	"runtime/debug"
)

// policy lets a page load its own style and script, talk to its own server, and nothing else.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; " +
	"base-uri 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types tacet"

// always are the headers of every answer. Their values are shared: who wants another sets it anew.
func (s *Server) always() http.Header {
	h := http.Header{
		"Cache-Control":                {"no-store"},
		"Content-Security-Policy":      {policy},
		"Cross-Origin-Opener-Policy":   {"same-origin"},
		"Cross-Origin-Resource-Policy": {"same-origin"},
		"Permissions-Policy":           {"camera=(), geolocation=(), microphone=(), payment=()"},
		"Referrer-Policy":              {"no-referrer"},
		"X-Content-Type-Options":       {"nosniff"},
		"X-Frame-Options":              {"DENY"},
	}
	if s.secure {
		h.Set("Strict-Transport-Security", "max-age=63072000; includeSubDomains")
	}
	return h
}

// protect sets what every answer carries, refuses other sites' requests, and turns a panic into an answer.
func (s *Server) protect(next http.Handler) http.Handler {
	origin := http.NewCrossOriginProtection()
	origin.SetDenyHandler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { s.fail(w, r, errOrigin) }))
	next = origin.Handler(next)
	always := s.always()
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		maps.Copy(h, always)
		defer func() {
			v := recover()
			if v == nil {
				return
			}
			if v == http.ErrAbortHandler { //nolint:errorlint // recover gives the value itself
				panic(v)
			}
			s.figures.panics.Inc()
			// the value may hold what a patient wrote; its type and the place say enough
			s.log.ErrorContext(r.Context(), "panic", "route", r.Pattern, "type", fmt.Sprintf("%T", v), "stack", string(debug.Stack()))
			if h.Get("Content-Type") == "" {
				s.fail(w, r, errInternal)
			}
		}()
		next.ServeHTTP(w, r)
	})
}
