package people_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/pquerna/otp"

	"github.com/tacet-lang/tacet/runtime/people"
	"github.com/tacet-lang/tacet/runtime/people/peopletest"
)

const (
	firefox = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0"
	chrome  = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/139.0.0.0 Safari/537.36"
	safari  = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1"
)

func TestClientOf(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		agent, address string
		want           people.Client
	}{
		{firefox, "203.0.113.77", people.Client{Browser: "Firefox on Windows", Network: "203.0.113.0/24"}},
		{chrome, "2001:db8:1:2::/64", people.Client{Browser: "Chrome on Linux", Network: "2001:db8:1::/48"}},
		{safari, "::ffff:203.0.113.9", people.Client{Browser: "Safari on iPhone", Network: "203.0.113.0/24"}},
		{chrome + " Edg/139.0", "fe80::1%eth0", people.Client{Browser: "Edge on Linux", Network: "fe80::/48"}},
		{"curl/8.5.0", "unknown", people.Client{Browser: "another program", Network: "unknown"}},
		{"\x00\xff<script>", "203.0.113.77, 10.0.0.1", people.Client{Browser: "another program", Network: "unknown"}},
		{"", "", people.Client{Browser: "another program", Network: "unknown"}},
	} {
		if d := cmp.Diff(c.want, people.ClientOf(c.agent, c.address)); d != "" {
			t.Errorf("ClientOf(%q, %q) (-want +got):\n%s", c.agent, c.address, d)
		}
	}
}

// at is the house as it answers one client.
func (h *house) at(agent, address string) *house {
	out := *h
	out.Service = h.For(people.ClientOf(agent, address))
	return &out
}

// TestSessionMoves: a session's token that comes from another browser ends it; from another network it goes on, and what asks for a
// fresh sign-in asks for one there.
func TestSessionMoves(t *testing.T) {
	t.Parallel()
	h := open(t, people.Options{})
	dana := h.first()
	h.clock.wait(time.Minute)
	desk, train := h.at(firefox, "203.0.113.77"), h.at(firefox, "198.51.100.4")
	in, err := desk.signIn(dana)
	if err != nil {
		t.Fatal(err)
	}
	for where, house := range map[string]*house{"there": desk, "in the same network": h.at(firefox, "203.0.113.78")} {
		if v, err := house.Authenticate(ctx, in.Token); err != nil || !v.Fresh(h.clock.Now()) {
			t.Errorf("%s: %v", where, err)
		}
	}
	v, err := train.Authenticate(ctx, in.Token)
	if err != nil || v.Fresh(h.clock.Now()) {
		t.Fatalf("in another network: fresh %t, %v", v.Fresh(h.clock.Now()), err)
	}
	if _, err := train.OfferCodes(ctx, in.Token); !errors.Is(err, people.ErrInvalid) {
		t.Errorf("in another network one's factors change without signing in: %v", err)
	}
	for range 2 { // the second time from where it was
		if _, err := h.at(chrome, "203.0.113.77").Authenticate(ctx, in.Token); !errors.Is(err, people.ErrRefused) {
			t.Errorf("in another browser: %v, want %v", err, people.ErrRefused)
		}
	}
	if _, err := desk.Authenticate(ctx, in.Token); !errors.Is(err, people.ErrRefused) {
		t.Errorf("a stolen session goes on: %v", err)
	}
	if got := count(h, "people.session-moved"); got != 1 {
		t.Errorf("%d entries of the move, want 1", got)
	}
}

func count(h *house, action string) (n int) {
	for _, e := range h.store.Events(practice) {
		if e.Action == action {
			n++
		}
	}
	return n
}

// TestNewClient: a sign-in from where somebody never was leaves an entry, the first one and a known one do not.
func TestNewClient(t *testing.T) {
	t.Parallel()
	h := open(t, people.Options{})
	dana := h.first()
	for i, c := range []struct {
		agent, address string
		want           int // entries so far
	}{
		{firefox, "203.0.113.77", 1}, {firefox, "203.0.113.99", 1}, {chrome, "203.0.113.77", 2}, {firefox, "198.51.100.4", 3}, {firefox, "203.0.113.77", 3},
	} {
		h.clock.wait(time.Minute)
		if _, err := h.at(c.agent, c.address).signIn(dana); err != nil {
			t.Fatal(err)
		}
		if got := count(h, "people.new-client"); got != c.want {
			t.Errorf("after sign-in %d: %d entries, want %d", i, got, c.want)
		}
	}
}

// TestPlaces: everybody sees where they are signed in, and ends what they do not know, having signed in lately.
func TestPlaces(t *testing.T) {
	t.Parallel()
	h := open(t, people.Options{})
	dana := h.first() // by a client that shows nothing
	mei := h.join(dana, "Mei Chen", []people.Role{people.Coordinator}, "coordinators")
	desk, phone := h.at(firefox, "203.0.113.77"), h.at(safari, "198.51.100.4")
	h.clock.wait(time.Minute)
	atDesk, err := desk.signIn(dana)
	if err != nil {
		t.Fatal(err)
	}
	h.clock.wait(time.Minute)
	onPhone, err := phone.signIn(dana)
	if err != nil {
		t.Fatal(err)
	}
	v, err := desk.Authenticate(ctx, atDesk.Token)
	if err != nil {
		t.Fatal(err)
	}
	places, err := desk.Places(ctx, v)
	if err != nil || len(places) != 3 {
		t.Fatalf("%d places, %v, want 3", len(places), err)
	}
	var stolen string
	for _, p := range places {
		if p.Current != (p.Client.Browser == "Firefox on Windows") {
			t.Errorf("%+v: current %t", p.Client, p.Current)
		}
		if p.Client.Browser == "Safari on iPhone" {
			stolen = p.ID
		}
	}
	meis, err := h.Places(ctx, h.visit(mei))
	if err != nil || len(meis) != 1 {
		t.Fatalf("Mei sees %d places, %v", len(meis), err)
	}
	for name, id := range map[string]string{"somebody else's": meis[0].ID, "none": "0011223344556677", "empty": ""} {
		if err := desk.EndPlace(ctx, v, id); !errors.Is(err, people.ErrNotFound) {
			t.Errorf("ending %s: %v, want %v", name, err, people.ErrNotFound)
		}
	}
	if err := desk.EndPlace(ctx, v, stolen); err != nil {
		t.Fatal(err)
	}
	if _, err := phone.Authenticate(ctx, onPhone.Token); !errors.Is(err, people.ErrRefused) {
		t.Errorf("an ended session goes on: %v", err)
	}
	if err := desk.EndPlace(ctx, v, "others"); err != nil {
		t.Fatal(err)
	}
	if _, err := h.Authenticate(ctx, dana.token); !errors.Is(err, people.ErrRefused) {
		t.Errorf("another session goes on: %v", err)
	}
	if v, err = desk.Authenticate(ctx, atDesk.Token); err != nil {
		t.Fatalf("one's own ended: %v", err)
	}
	h.visit(mei)
	h.clock.wait(10 * time.Minute)
	if err := desk.EndPlace(ctx, v, "others"); !errors.Is(err, people.ErrInvalid) {
		t.Errorf("ten minutes after signing in: %v, want %v", err, people.ErrInvalid)
	}
	h.clock.wait(5 * time.Minute)
	if places, err = desk.Places(ctx, v); err != nil || len(places) != 0 {
		t.Errorf("sessions that ended by themselves are listed: %d, %v", len(places), err)
	}
}

// interrupted is a store where something happens before each change.
type interrupted struct {
	people.Store
	before func()
}

func (i *interrupted) Apply(ctx context.Context, practice string, c people.Change) error {
	i.before()
	return i.Store.Apply(ctx, practice, c)
}

// TestEndedStaysEnded: a request that is under way when its session is ended does not revive it.
func TestEndedStaysEnded(t *testing.T) {
	t.Parallel()
	h := open(t, people.Options{})
	dana := h.first()
	mei := h.join(dana, "Mei Chen", []people.Role{people.Coordinator}, "coordinators")
	slow := &interrupted{Store: h.store, before: func() {
		if err := h.SignOut(ctx, mei.token); err != nil {
			t.Error(err)
		}
	}}
	other, err := people.New(people.Options{Practice: practice, Store: slow, Sealer: peopletest.Sealer{}, Now: h.clock.Now, Origin: origin})
	if err != nil {
		t.Fatal(err)
	}
	v := h.visit(mei)
	h.clock.wait(time.Minute) // so that use is written down
	if _, err := other.Authenticate(ctx, mei.token); !errors.Is(err, people.ErrRefused) {
		t.Errorf("Authenticate = %v, want %v", err, people.ErrRefused)
	}
	if err := h.Break(ctx, v, "c1", "the patient is at the door"); !errors.Is(err, people.ErrRefused) {
		t.Errorf("a visit whose session has ended breaks the glass: %v", err)
	}
	if _, err := h.Authenticate(ctx, mei.token); !errors.Is(err, people.ErrRefused) {
		t.Errorf("an ended session is revived: %v", err)
	}
}

// TestFirstLinkOnce: of two who follow the printed link at the same moment, or two links of a day, one makes an account.
func TestFirstLinkOnce(t *testing.T) {
	t.Parallel()
	h := open(t, people.Options{})
	one, _, err := h.FirstLink(ctx)
	if err != nil {
		t.Fatal(err)
	}
	two, _, err := h.FirstLink(ctx)
	if err != nil {
		t.Fatal(err)
	}
	made := make(chan error, 6)
	for i, link := range []string{one, one, one, two, two, two} {
		go func() {
			_, err := h.MakeFirst(ctx, link, "Dana Ortiz", string(rune('a'+i))+"@example.com", phrase)
			made <- err
		}()
	}
	won := 0
	for range cap(made) {
		switch err := <-made; {
		case err == nil:
			won++
		case !errors.Is(err, people.ErrRefused):
			t.Errorf("MakeFirst = %v", err)
		}
	}
	if won != 1 {
		t.Errorf("%d first accounts, want 1", won)
	}
}

// TestCodesByHash: codes are offered with SHA-256; a program that knows SHA-1 only is recognised, or refused where the practice says
// so, and from then on codes of the other hash count for nothing.
func TestCodesByHash(t *testing.T) {
	t.Parallel()
	for _, strict := range []bool{false, true} {
		h := open(t, people.Options{StrictCodes: strict})
		link, _, err := h.FirstLink(ctx)
		if err != nil {
			t.Fatal(err)
		}
		step, err := h.MakeFirst(ctx, link, "Dana Ortiz", "dana@lakeside.example", phrase)
		if err != nil {
			t.Fatal(err)
		}
		offer, err := h.OfferCodes(ctx, step.Token)
		if err != nil {
			t.Fatal(err)
		}
		key, err := otp.NewKeyFromURL(offer.URL)
		if err != nil || key.Algorithm() != otp.AlgorithmSHA256 || len(key.Secret()) < 52 {
			t.Fatalf("offered %s, %v", offer.URL, err)
		}
		dana := &member{email: "dana@lakeside.example", secret: offer.Secret}
		_, err = h.TakeCodes(ctx, step.Token, h.codeBy(dana, otp.AlgorithmSHA1))
		if strict {
			if !errors.Is(err, people.ErrInvalid) {
				t.Errorf("strict: TakeCodes of SHA-1 = %v, want %v", err, people.ErrInvalid)
			}
			if _, err := h.TakeCodes(ctx, step.Token, h.codeBy(dana, otp.AlgorithmSHA256)); err != nil {
				t.Errorf("strict: TakeCodes of SHA-256 = %v", err)
			}
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		h.clock.wait(time.Minute)
		need, err := h.SignIn(ctx, dana.email, phrase)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := h.Code(ctx, need.Token, h.codeBy(dana, otp.AlgorithmSHA256)); !errors.Is(err, people.ErrRefused) {
			t.Errorf("a code of the other hash: %v", err)
		}
		if _, err := h.Code(ctx, need.Token, h.codeBy(dana, otp.AlgorithmSHA1)); err != nil {
			t.Errorf("Code = %v", err)
		}
	}
}
