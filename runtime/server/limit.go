package server

import (
	"context"
	"net"
	"net/http"
	"net/netip"
	"strconv"
	"strings"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"github.com/tacet-lang/tacet/runtime/recent"
	"github.com/tacet-lang/tacet/runtime/session"
)

// Rate is how many requests there may be: a second on average, and at once.
type Rate struct {
	PerSecond float64
	Burst     int
}

// Limits bound what one client, and all together, can ask of a server. Zero rates are those below.
type Limits struct {
	Off          bool // no limits at all: for measuring, or where something before the server limits
	Address      Rate // of one address
	Door         Rate // tries to sign in from one address
	Conversation Rate // what a patient does in one conversation
	Practice     Rate // of everybody
}

// The limits where nothing else is said. Many patients can share one address: a waiting room, a mobile network.
var (
	perAddress      = Rate{20, 200}
	perDoor         = Rate{0.5, 20}
	perConversation = Rate{1, 30}
	perPractice     = Rate{500, 2000}
	perSigns        = Rate{1, 5} // that a patient is writing
)

// keptBuckets bounds the memory of the limits; beyond it those are forgotten that were not used the longest, which are full
// again.
const keptBuckets = 20_000

// buckets are token buckets by name.
type buckets struct {
	rate Rate
	mu   sync.Mutex
	kept *recent.Cache[string, *rate.Limiter]
}

func newBuckets(given, otherwise Rate) *buckets {
	if given == (Rate{}) {
		given = otherwise
	}
	return &buckets{rate: given, kept: recent.New[string, *rate.Limiter](keptBuckets)}
}

// take takes a token, or says how long it takes until there is one.
func (b *buckets) take(name string, now time.Time) (wait time.Duration) {
	b.mu.Lock()
	defer b.mu.Unlock()
	l, ok := b.kept.Get(name)
	if !ok {
		l = rate.NewLimiter(rate.Limit(b.rate.PerSecond), b.rate.Burst)
		b.kept.Put(name, l)
	}
	if l.AllowN(now, 1) {
		return 0
	}
	r := l.ReserveN(now, 1)
	defer r.CancelAt(now)
	return max(r.DelayFrom(now), time.Millisecond)
}

// limits are the buckets of a server; nil where there are no limits.
type limits struct{ address, door, conversation, practice, signs *buckets }

func newLimits(o Limits) *limits {
	if o.Off {
		return nil
	}
	return &limits{
		address: newBuckets(o.Address, perAddress), door: newBuckets(o.Door, perDoor),
		conversation: newBuckets(o.Conversation, perConversation), practice: newBuckets(o.Practice, perPractice),
		signs: newBuckets(perSigns, perSigns),
	}
}

// tooMany is what is over a limit is answered with.
func (s *Server) tooMany(by string, wait time.Duration) error {
	s.figures.limited.WithLabelValues(by).Inc()
	p := *errTooMany
	p.after = strconv.Itoa(int((wait + time.Second - 1) / time.Second))
	return &p
}

// limit counts a request against its address and the practice. What a patient posts is counted by limitPost instead,
// once it is known what it is.
func (s *Server) limit(r *http.Request, door bool) error {
	if s.limits == nil {
		return nil
	}
	now, from := s.host.Now(), s.address(r)
	if wait := s.limits.address.take(from, now); wait > 0 {
		return s.tooMany("address", wait)
	}
	if door {
		if wait := s.limits.door.take(from, now); wait > 0 {
			return s.tooMany("door", wait)
		}
	}
	if wait := s.limits.practice.take("", now); wait > 0 {
		return s.tooMany("practice", wait)
	}
	return nil
}

// limitPost counts what a patient does in a conversation. Over a limit nothing is dropped in which an emergency is heard; who
// asks for a person is bound by the limit of the conversation alone.
func (s *Server) limitPost(r *http.Request, id string, p session.Post) error {
	if s.limits == nil {
		return nil
	}
	now := s.host.Now()
	err := s.limit(r, false)
	if err != nil && p.Human {
		err = nil
	}
	if wait := s.limits.conversation.take(id, now); wait > 0 {
		err = s.tooMany("conversation", wait)
	}
	if err != nil && p.Text != "" && s.host.Urgent(context.WithoutCancel(r.Context()), id, p.Text) {
		return nil
	}
	return err
}

// address is who sends a request, as far as limits go: an IPv4 address, or the network of an IPv6 one, which a client has
// many of. Behind a proxy it is the last address of X-Forwarded-For, which the proxy itself has added.
func (s *Server) address(r *http.Request) string {
	host := r.RemoteAddr
	if s.proxied {
		if all := strings.Split(r.Header.Get("X-Forwarded-For"), ","); strings.TrimSpace(all[len(all)-1]) != "" {
			host = strings.TrimSpace(all[len(all)-1])
		}
	}
	if h, _, err := net.SplitHostPort(host); err == nil {
		host = h
	}
	a, err := netip.ParseAddr(host)
	if err != nil {
		return "unknown"
	}
	a = a.Unmap().WithZone("")
	if a.Is6() {
		if p, err := a.Prefix(64); err == nil {
			return p.String()
		}
	}
	return a.String()
}
