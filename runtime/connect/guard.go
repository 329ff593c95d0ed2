package connect

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"slices"
	"syscall"
	"time"
)

// RefusedError says that an address must not be reached from here.
type RefusedError struct{ Addr string }

// Error implements error.
func (e *RefusedError) Error() string { return "the address " + e.Addr + " is not a public one" }

// Limits of one try.
const (
	dialTime   = 5 * time.Second
	tryTime    = 20 * time.Second
	headerTime = 15 * time.Second
)

// NewClient returns a client that reaches public addresses only, and those in allowed. The address is judged when the
// connection is made, after the name was looked up and for each address anew, so that a name which changes its mind is
// judged again; there is no second look-up in between. It follows no redirect and uses no proxy (OWASP, Server-Side Request
// Forgery Prevention).
func NewClient(allowed ...netip.Prefix) *http.Client {
	dialer := &net.Dialer{Timeout: dialTime, ControlContext: func(_ context.Context, network, address string, _ syscall.RawConn) error {
		return admit(network, address, allowed)
	}}
	return &http.Client{
		Timeout: tryTime,
		Transport: &http.Transport{
			DialContext: dialer.DialContext, TLSHandshakeTimeout: dialTime, ResponseHeaderTimeout: headerTime,
			MaxResponseHeaderBytes: webhookAnswer, ForceAttemptHTTP2: true, MaxIdleConnsPerHost: 4, IdleConnTimeout: time.Minute,
		},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

func admit(network, address string, allowed []netip.Prefix) error {
	if network != "tcp4" && network != "tcp6" {
		return fmt.Errorf("no way to reach %s", network)
	}
	ap, err := netip.ParseAddrPort(address)
	if err != nil {
		return &RefusedError{address}
	}
	a := ap.Addr().Unmap().WithZone("")
	if slices.ContainsFunc(allowed, func(p netip.Prefix) bool { return p.Contains(a) }) {
		return nil
	}
	if !public(a) {
		return &RefusedError{a.String()}
	}
	return nil
}

// special lists the blocks of the IANA special-purpose address registries (RFC 6890) that are not globally reachable, and
// those that carry another address inside, which would be a way around.
var special = prefixes(
	"0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24",
	"192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4",
	"::/128", "::1/128", "::/96", "64:ff9b::/96", "64:ff9b:1::/48", "100::/64", "100:0:0:1::/64", "2001::/23", "2001:db8::/32",
	"2002::/16", "3fff::/20", "5f00::/16", "fc00::/7", "fe80::/10", "fec0::/10", "ff00::/8",
)

func prefixes(list ...string) []netip.Prefix {
	out := make([]netip.Prefix, len(list))
	for i, s := range list {
		out[i] = netip.MustParsePrefix(s)
	}
	return out
}

// global is the IPv6 space that is given out to be reached by everybody (RFC 4291 §2.4); whatever lies outside is for something else.
var global = netip.MustParsePrefix("2000::/3")

func public(a netip.Addr) bool {
	return (a.Is4() || global.Contains(a)) && !slices.ContainsFunc(special, func(p netip.Prefix) bool { return p.Contains(a) })
}
