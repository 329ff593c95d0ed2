package main

import (
	"context"
	"encoding/binary"
	"fmt"
	"net/url"
	"os"
	"strings"
	"time"

	"github.com/tacet-lang/tacet/compiler/document"
	"github.com/tacet-lang/tacet/lang/machine"
	"github.com/tacet-lang/tacet/runtime/people"
	"github.com/tacet-lang/tacet/runtime/server"
	"github.com/tacet-lang/tacet/runtime/vault"
)

// staffFlags say how staff sign in.
type staffFlags struct {
	Origin      string   `help:"Address that staff reach this server at, as https://chat.example.com; passkeys are bound to it. By default http://localhost with the port." placeholder:"URL"`
	OIDCIssuer  string   `name:"oidc-issuer" help:"The practice's own OpenID Connect provider, where staff can sign in." env:"TACET_OIDC_ISSUER" placeholder:"URL"`
	NoTraining  bool     `help:"Let staff work without having acknowledged the course of their role."`
	OIDCACR     []string `name:"oidc-acr" help:"Classes of authentication (acr) of the provider that count as two factors; asked for, and required." env:"TACET_OIDC_ACR" placeholder:"CLASS"`
	OIDCOnly    bool     `name:"oidc-only" help:"Let staff sign in by the provider alone, and only where it says that it saw two factors."`
	StrictCodes bool     `help:"Refuse programs for one-time codes that know SHA-1 only."`
	OIDCClient  string   `name:"oidc-client" help:"Name of this server at the provider; the secret is in TACET_OIDC_SECRET." env:"TACET_OIDC_CLIENT" placeholder:"ID"`
}

// discovering bounds how long the provider may take to answer.
const discovering = 15 * time.Second

// people returns what lets staff in. port is where the server listens.
func (f *staffFlags) people(p *machine.Practice, d *data, port string) (*people.Service, error) {
	origin := strings.TrimSuffix(f.Origin, "/")
	if origin == "" {
		origin = "http://localhost:" + port
	}
	if u, err := url.Parse(origin); err != nil || u.Host == "" || u.Path != "" || u.Scheme != "http" && u.Scheme != "https" {
		return nil, usage("`--origin` is `%s`; it must be an address without a path, as https://chat.example.com", f.Origin)
	}
	o := people.Options{
		Practice: p.ID, Name: p.Name, Store: d.store.People(), Sealer: staffSealer{d.vault, p.ID}, Now: time.Now, Origin: origin,
		StrictCodes: f.StrictCodes, ProviderOnly: f.OIDCOnly,
	}
	if !f.NoTraining {
		o.Courses = people.Required()
	}
	if f.OIDCOnly && f.OIDCIssuer == "" {
		return nil, usage("`--oidc-only` needs a provider: name it with --oidc-issuer")
	}
	if f.OIDCIssuer != "" {
		ctx, cancel := context.WithTimeout(context.Background(), discovering)
		defer cancel()
		provider, err := people.Discover(ctx, f.OIDCIssuer, f.OIDCClient, os.Getenv("TACET_OIDC_SECRET"), origin+"/api/staff/provider/return")
		if err != nil {
			return nil, ioError(err)
		}
		provider.ACR = f.OIDCACR
		o.Provider = provider
	}
	return people.New(o)
}

// announceSetUp prints the way to the first account of a practice, where there is none. The token stands behind the #, which
// no server and no log sees.
func announceSetUp(con *console, staff *people.Service, open string) error {
	token, ok, err := staff.FirstLink(context.Background())
	if err != nil || !ok {
		return err
	}
	fmt.Fprintf(con.out, "Nobody has an account yet. Whoever opens this link within a day makes the first:\n  %s/staff/set-up#%s\n", open, token)
	return nil
}

// staffSealer seals what is secret about staff, each secret under a key of its own, whose number stands before it.
type staffSealer struct {
	vault    *vault.Vault
	practice string
}

const keyNumber = 8 // bytes

func (s staffSealer) label(column, person string) vault.Label {
	return vault.Label{Practice: s.practice, Conversation: "person/" + person, Column: column}
}

func (s staffSealer) Seal(column, person string, plain []byte) ([]byte, error) {
	ctx := context.Background()
	key, err := s.vault.NewKey(ctx, s.practice)
	if err != nil {
		return nil, err
	}
	sealed, err := s.vault.Seal(ctx, key, s.label(column, person), plain)
	if err != nil {
		return nil, err
	}
	return append(binary.BigEndian.AppendUint64(nil, uint64(key)), sealed...), nil
}

func (s staffSealer) Open(column, person string, sealed []byte) ([]byte, error) {
	if len(sealed) < keyNumber {
		return nil, vault.ErrSealed
	}
	key := int64(binary.BigEndian.Uint64(sealed))
	return s.vault.Open(context.Background(), key, s.label(column, person), sealed[keyNumber:])
}

// writtenPolicies makes the documents that the compliance owner gives out, of what is served now.
func writtenPolicies(flows []*machine.Machine, now time.Time) (list []server.Document) {
	for _, d := range document.Practice(flows, document.Options{AsOf: now.UTC().Format(time.DateOnly)}) {
		list = append(list, server.Document{Name: d.Name, Title: d.Title, HTML: d.HTML()})
	}
	return list
}
