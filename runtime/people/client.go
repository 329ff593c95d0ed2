package people

import (
	"bytes"
	"cmp"
	"context"
	"encoding/hex"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"time"
)

// Client is what a request shows of where it comes from: little enough that it tells nothing about a person, and enough to notice
// that a session is used elsewhere. It proves nothing by itself.
type Client struct {
	Browser string // "Firefox on Windows"
	Network string // of the address: /24, or /48 of IPv6
}

// ClientOf describes who sent a request, by its User-Agent and address.
func ClientOf(agent, address string) Client { return Client{browser(agent), network(address)} }

// families are looked for in this order: most browsers name others too.
var families = [][2]string{{"Edg", "Edge"}, {"OPR/", "Opera"}, {"SamsungBrowser/", "Samsung Internet"}, {"Firefox/", "Firefox"}, {"FxiOS/", "Firefox"},
	{"CriOS/", "Chrome"}, {"Chrome/", "Chrome"}, {"Safari/", "Safari"}}

var systems = [][2]string{{"iPhone", "iPhone"}, {"iPad", "iPad"}, {"Android", "Android"}, {"Windows", "Windows"}, {"CrOS", "ChromeOS"},
	{"Mac OS X", "macOS"}, {"Linux", "Linux"}}

// browser tells the kind of program and system, without versions: a browser that updates itself stays the same.
func browser(agent string) string {
	family, system := "", ""
	for _, f := range families {
		if strings.Contains(agent, f[0]) {
			family = f[1]
			break
		}
	}
	for _, s := range systems {
		if strings.Contains(agent, s[0]) {
			system = s[1]
			break
		}
	}
	switch {
	case family != "" && system != "":
		return family + " on " + system
	case family != "":
		return family
	}
	return "another program"
}

func network(address string) string {
	if p, err := netip.ParsePrefix(address); err == nil {
		address = p.Addr().String()
	}
	a, err := netip.ParseAddr(address)
	if err != nil {
		return "unknown"
	}
	a = a.Unmap().WithZone("")
	bits := 24
	if a.Is6() {
		bits = 48
	}
	p, err := a.Prefix(bits)
	if err != nil {
		return "unknown"
	}
	return p.String()
}

// For returns the service as it answers one client.
func (s *Service) For(c Client) *Service {
	out := *s
	out.client = c
	return &out
}

// moved ends a session whose token comes from another browser than the one that signed in: a cookie does not move by itself.
func (s *Service) moved(ctx context.Context, found Session) error {
	err := s.store.Apply(ctx, s.practice, Change{
		Ended: []Digest{found.Digest}, Events: s.event(found.Person, "people.session-moved", "from", found.Client.Browser, "to", s.client.Browser),
	})
	if err != nil {
		return err
	}
	return ErrRefused
}

// Place is a session of somebody's as they see it.
type Place struct {
	ID      string // names it; opens nothing
	Client  Client
	Began   time.Time
	Seen    time.Time
	Current bool // the one that asks
}

// name is the beginning of what is stored of a token; nobody finds a token by it.
func (d Digest) name() string { return hex.EncodeToString(d[:8]) }

// SortSessions puts sessions in the order of Store.Sessions.
func SortSessions(list []Session) {
	slices.SortFunc(list, func(a, b Session) int {
		return cmp.Or(a.Begun.Compare(b.Begun), bytes.Compare(a.Digest[:], b.Digest[:]))
	})
}

// Places lists where somebody is signed in.
func (s *Service) Places(ctx context.Context, v *Visit) ([]Place, error) {
	list, err := s.live(ctx, v)
	if err != nil {
		return nil, err
	}
	out := make([]Place, len(list))
	for i, one := range list {
		out[i] = Place{one.Digest.name(), one.Client, one.Begun, one.Seen, one.Digest == v.session.Digest}
	}
	return out, nil
}

// live lists the sessions in which somebody is in.
func (s *Service) live(ctx context.Context, v *Visit) ([]Session, error) {
	list, err := s.store.Sessions(ctx, s.practice, v.ID)
	now := s.now()
	return slices.DeleteFunc(list, func(one Session) bool {
		return one.Stage != In || !now.Before(one.Ends) || now.Sub(one.Seen) >= Idle
	}), err
}

// EndPlace ends one of somebody's own sessions, or, for "others", all but the one that asks. It asks for a sign-in of less than ten
// minutes ago, so that who finds a screen open cannot shut its owner out.
func (s *Service) EndPlace(ctx context.Context, v *Visit, id string) error {
	if s.now().Sub(v.Began) >= reproof {
		return fmt.Errorf("%w: sign in again to end sessions elsewhere", ErrInvalid)
	}
	list, err := s.live(ctx, v)
	if err != nil {
		return err
	}
	var ended []Digest
	for _, one := range list {
		if one.Digest.name() == id || id == "others" && one.Digest != v.session.Digest {
			ended = append(ended, one.Digest)
		}
	}
	if len(ended) == 0 && id != "others" {
		return ErrNotFound
	}
	return s.store.Apply(ctx, s.practice, Change{
		Ended: ended, Events: s.event(v.ID, "people.sessions-ended", "person", v.ID, "count", fmt.Sprint(len(ended))),
	})
}

// known reports whether somebody has been signed in from a client, or from none yet.
func known(a *Account, c Client) bool {
	return len(a.Clients) == 0 || slices.ContainsFunc(a.Clients, func(k Seen) bool { return k.Client == c })
}

// Seen is a client that somebody has signed in from, and when that was last.
type Seen struct {
	Client Client
	At     time.Time
}

const manyClients = 20 // kept of each account

// remembered is what an account remembers after a sign-in from a client: the newest first.
func remembered(list []Seen, c Client, now time.Time) []Seen {
	out := []Seen{{c, now}}
	for _, k := range list {
		if k.Client != c && len(out) < manyClients {
			out = append(out, k)
		}
	}
	return out
}
