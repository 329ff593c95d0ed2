package outbox

import (
	"fmt"
	"maps"
	"net/url"
	"slices"
	"time"

	"github.com/tacet-lang/tacet/lang/machine"
	"github.com/tacet-lang/tacet/runtime/connect"
)

// Form says how a vendor is sent something.
type Form string

// The forms.
const (
	Thin   Form = "thin"   // it is told that there is something, and fetches it; the form where nothing is said
	Full   Form = "full"   // the fields stand in the webhook
	Upsert Form = "upsert" // a record is created or updated under a key of ours
)

// Vendor is how a vendor of practice.yaml is reached.
type Vendor struct {
	connect.Endpoint // Upsert: without secrets
	Form             Form
	Upsert           connect.Upsert // of Form Upsert; URL is the endpoint's
}

// Contact is how people of a practice are reached. What they are told holds no patient data.
type Contact struct {
	Email []string
	Hook  *connect.Endpoint
}

func (c *Contact) reachable() bool { return len(c.Email) > 0 || c.Hook != nil }

// Settings say where everybody is. What may be sent to whom is not theirs to say.
type Settings struct {
	Origin     string // of the server, as people and vendors reach it: https://chat.example.com
	Vendors    map[string]Vendor
	Teams      map[string]Contact
	Compliance Contact
	// Climb is how long a call waits for an answer before it climbs, by tier. Those of emergencies pass by the clock, all others
	// by the hours of the team that was called. 0: DefaultClimb.
	Climb map[string]time.Duration
}

// DefaultClimb is how long a call waits for an answer.
var DefaultClimb = map[string]time.Duration{
	machine.Emergency: 5 * time.Minute, machine.Urgent: 15 * time.Minute, machine.Routine: time.Hour,
}

func (s *Settings) climb(tier string) time.Duration {
	if d := s.Climb[tier]; d > 0 {
		return d
	}
	if d := DefaultClimb[tier]; d > 0 {
		return d
	}
	return DefaultClimb[machine.Routine]
}

// Check reports the first thing that cannot be meant.
func (s *Settings) Check() error {
	if u, err := url.Parse(s.Origin); err != nil || u.Host == "" || u.Path != "" {
		return fmt.Errorf("the server's own address `%s` must be one without a path, as https://chat.example.com", s.Origin)
	}
	owner := map[connect.Secret]string{}
	for _, name := range slices.Sorted(maps.Keys(s.Vendors)) {
		v := s.Vendors[name]
		var err error
		switch v.Form {
		case Thin, Full:
			err = v.Endpoint.Check()
		case Upsert:
			err = v.Upsert.Check()
		default:
			err = fmt.Errorf("the form is `%s`; it must be thin, full or upsert", v.Form)
		}
		if err != nil {
			return fmt.Errorf("vendor `%s`: %w", name, err)
		}
		if v.Form == Upsert {
			continue // fetches nothing
		}
		for _, key := range v.Secrets {
			if other := owner[key]; other != "" && other != name {
				return fmt.Errorf("vendor `%s`: its secret is that of vendor `%s`, so that they could not be told apart when they fetch", name, other)
			}
			owner[key] = name
		}
	}
	for _, name := range slices.Sorted(maps.Keys(s.Teams)) {
		c := s.Teams[name]
		if err := c.check(); err != nil {
			return fmt.Errorf("team `%s`: %w", name, err)
		}
	}
	if err := s.Compliance.check(); err != nil {
		return fmt.Errorf("compliance: %w", err)
	}
	for _, tier := range slices.Sorted(maps.Keys(s.Climb)) {
		if DefaultClimb[tier] == 0 || s.Climb[tier] < time.Minute || s.Climb[tier] > 24*time.Hour {
			return fmt.Errorf("calls climb after 1 minute to 24 hours, by emergency, urgent-clinical and routine; `%s` is neither", tier)
		}
	}
	return nil
}

func (c *Contact) check() error {
	for _, a := range c.Email {
		if err := connect.CheckAddress(a); err != nil {
			return err
		}
	}
	if c.Hook != nil {
		return c.Hook.Check()
	}
	return nil
}
