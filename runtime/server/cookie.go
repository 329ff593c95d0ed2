package server

import (
	"net/http"
	"strings"
)

// The names of cookies. Over TLS each begins with __Host-, so that no other host and no page without TLS can set one (RFC
// 6265bis §4.1.3.2; ASVS 5.0 V3.3.3).
const (
	hostPrefix    = "__Host-"
	patientCookie = "tacet-" // and the flow's id
	staffCookie   = "tacet_staff"
	journeyCookie = "tacet_journey" // of a sign-in that the practice's own provider has under way
)

// journeyTime is how long such a sign-in may take, in seconds.
const journeyTime = 600

func (s *Server) cookieName(name string) string {
	if s.secure {
		return hostPrefix + name
	}
	return name
}

// setCookie gives a browser what no script can read and no other site can make it send. maxAge is in seconds; 0: until the
// browser ends; below: forget it.
func (s *Server) setCookie(w http.ResponseWriter, name, value string, maxAge int) {
	site := http.SameSiteStrictMode
	if name == journeyCookie { // which comes back from the provider's site
		site = http.SameSiteLaxMode
	}
	http.SetCookie(w, &http.Cookie{
		Name: s.cookieName(name), Value: value, Path: "/", MaxAge: maxAge, HttpOnly: true, Secure: s.secure, SameSite: site,
	})
}

func (s *Server) cookieValue(r *http.Request, name string) string {
	c, err := r.Cookie(s.cookieName(name))
	if err != nil {
		return ""
	}
	return c.Value
}

// token finds what the client shows to open a conversation: a bearer token, or a cookie of the page.
func (s *Server) token(r *http.Request, id string) (string, bool) {
	if auth := r.Header.Get("Authorization"); auth != "" {
		scheme, t, ok := strings.Cut(auth, " ")
		return t, ok && strings.EqualFold(scheme, "Bearer")
	}
	for _, c := range r.Cookies() {
		if !strings.HasPrefix(c.Name, s.cookieName(patientCookie)) {
			continue
		}
		if owner, t, ok := strings.Cut(c.Value, "."); ok && owner == id {
			return t, true
		}
	}
	return "", false
}
