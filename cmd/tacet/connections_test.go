package main

import (
	"encoding/base64"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/tacet-lang/tacet/lang/machine"
	"github.com/tacet-lang/tacet/runtime/outbox"
)

// connectionsText puts a text into a file.
func connectionsText(t *testing.T, text string) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "connections.yaml")
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

func TestConnections(t *testing.T) {
	t.Setenv("TEST_SECRET", "whsec_"+base64.StdEncoding.EncodeToString([]byte("0123456789abcdef01234567")))
	t.Setenv("TEST_TOKEN", "Bearer abc")
	c, err := readConnections(connectionsText(t, `
vendors:
  crm: {url: https://hooks.example/tacet, secrets: ["env:TEST_SECRET"]}
  people: {form: upsert, url: "https://pms.example/{key}", credential: env:TEST_TOKEN, key_of: phone, key_secret: env:TEST_SECRET, fields: {name: FullName}}
teams:
  nurses: {email: [n@lakeside.example], webhook: {url: https://pager.example, secrets: ["env:TEST_SECRET"]}}
compliance: {email: [dana@lakeside.example]}
climb: {emergency: 3m}
mail: {host: smtp.example.com, from: chat@lakeside.example}
reach: [10.20.0.0/16]
`), "https://chat.lakeside.example")
	if err != nil {
		t.Fatal(err)
	}
	switch {
	case c.Vendors["crm"].Form != outbox.Thin, len(c.Vendors["crm"].Secrets) != 1:
		t.Errorf("crm is %+v", c.Vendors["crm"])
	case c.Vendors["people"].Upsert.Credential != "Bearer abc", c.Vendors["people"].Upsert.Fields["name"] != "FullName":
		t.Errorf("people is %+v", c.Vendors["people"])
	case c.Teams["nurses"].Hook == nil, c.Climb[machine.Emergency] != 3*time.Minute, c.mail.Port != 587, len(c.reach) != 1:
		t.Errorf("read %+v", c)
	}
	if none, err := readConnections("", "https://chat.lakeside.example"); err != nil || len(none.Vendors) != 0 {
		t.Errorf("without a file: %+v, %v", none, err)
	}
	if _, err := readConnections(connectionsText(t, ""), "https://chat.lakeside.example"); err != nil {
		t.Errorf("an empty file: %v", err)
	}
}

// TestConnectionsWrong: each mistake is told in words, and no secret is repeated.
func TestConnectionsWrong(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"vendors: {crm: {url: https://x.example, secrets: [hush-hush]}}":                   "a secret does not stand in the file",
		"vendors: {crm: {url: https://x.example, secrets: ['env:NO_SUCH_SECRET_AT_ALL']}}": "there is no secret in env:NO_SUCH_SECRET_AT_ALL",
		"vendors: {crm: {adress: https://x.example}}":                                      "adress is not known of a vendor",
		"vendor: {}":     "vendor is not known here",
		"vendors: [crm]": "line 1",
		"vendors: {crm: {url: http://x.example}}": "https://",
		"vendors: {crm: {form: fax}}":             "must be thin, full or upsert",
		"climb: {emergency: soon}":                "is no duration",
		"climb: {emergency: 1s}":                  "1 minute",
		"reach: [lan]":                            "is no network",
		"mail: {from: a@b.example}":               "where the mail server is",
		"mail: {host: h, from: nobody}":           "is not an e-mail address",
		"teams: {nurses: {email: [nurses]}}":      "is not an e-mail address",
		"origin: chat.example.com":                "must be one without a path",
		"a: &a [*a]\nb: {{{":                      "line",
		"vendors: {crm: {form: upsert, url: https://x.example/a, credential: 'file:/no/such/file'}}": "no such file",
	} {
		_, err := readConnections(connectionsText(t, text), "https://chat.lakeside.example")
		if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "hush-hush") || strings.Contains(err.Error(), "main.") {
			t.Errorf("%s\n  is answered with %v\n  want %q", text, err, want)
		}
	}
}

// FuzzConnections: no file makes the program stumble.
func FuzzConnections(f *testing.F) {
	f.Add([]byte("vendors: {crm: {url: https://x.example, secrets: ['env:A']}}\nclimb: {emergency: 5m}\n"))
	f.Add([]byte("a: &a [*a]\n? |\n"))
	f.Fuzz(func(t *testing.T, b []byte) {
		_, _ = parseConnections(b)
	})
}
