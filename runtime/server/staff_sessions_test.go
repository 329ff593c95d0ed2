package server_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"
)

// agent sends every request as one kind of browser.
type agent struct {
	name string
	next http.RoundTripper
}

func (a agent) RoundTrip(r *http.Request) (*http.Response, error) {
	r = r.Clone(r.Context())
	r.Header.Set("User-Agent", a.name)
	return a.next.RoundTrip(r)
}

// as is a colleague's browser from now on.
func (c *colleague) as(name string) *colleague {
	other, next := *c, c.client.Transport
	if a, ok := next.(agent); ok {
		next = a.next
	}
	other.site = c.browser()
	other.client.Transport = agent{name, next}
	return &other
}

func (c *colleague) signIn() {
	c.t.Helper()
	c.clock.Move(time.Minute) // a code counts once
	c.stage("/sign-in", map[string]string{"email": c.email, "password": passphrase}, "code")
	c.stage("/sign-in/code", map[string]string{"code": c.code()}, "in")
}

// TestSessions: who is signed in at two places sees both, ends one, and a cookie that is carried to another browser ends too.
func TestSessions(t *testing.T) {
	t.Parallel()
	s := open(t)
	desk := s.first()
	phone := desk.as("Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) Version/18.5 Mobile Safari/604.1")
	phone.signIn()
	r := phone.do("GET", "/api/staff/sessions", "", "")
	var got struct {
		Sessions []struct {
			ID, Browser, Network string
			Current              bool
		}
	}
	if err := json.Unmarshal([]byte(r.Body), &got); err != nil || len(got.Sessions) != 2 || r.Header.Get("Cache-Control") != "no-store" {
		t.Fatalf("sessions: %d %s", r.Status, r.Body)
	}
	if one := got.Sessions[1]; one.Browser != "Safari on iPhone" || one.Network != "127.0.0.0/24" || !one.Current || got.Sessions[0].Current {
		t.Errorf("sessions: %+v", got.Sessions)
	}
	if r := phone.do("POST", "/api/staff/sessions/"+strings.Repeat("0", 16)+"/end", "", ""); r.Status != 404 {
		t.Errorf("ending none: %d %s", r.Status, r.Body)
	}
	if r := phone.do("POST", "/api/staff/sessions/"+got.Sessions[0].ID+"/end", "", ""); r.Status != 204 {
		t.Errorf("ending one: %d %s", r.Status, r.Body)
	}
	if r := desk.do("GET", "/api/staff/me", "", ""); r.Status != 401 {
		t.Errorf("an ended session: %d %s", r.Status, r.Body)
	}
	thief := phone.as("Mozilla/5.0 (Windows NT 10.0) Firefox/140.0")
	thief.client.Jar = phone.client.Jar
	for _, c := range []*colleague{thief, phone} {
		if r := c.do("GET", "/api/staff/me", "", ""); r.Status != 401 {
			t.Errorf("a cookie that was carried elsewhere: %d %s", r.Status, r.Body)
		}
	}
}
