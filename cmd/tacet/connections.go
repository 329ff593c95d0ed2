package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/netip"
	"os"
	"strings"
	"time"

	"gopkg.in/yaml.v3"

	"github.com/tacet-lang/tacet/runtime/connect"
	"github.com/tacet-lang/tacet/runtime/outbox"
)

// connectionsFile is what the operator writes down about who is where. It holds no secret: those are named by where they are,
// env:NAME or file:NAME. What may be sent to whom is not for it to say; practice.yaml and the flows do.
type connectionsFile struct {
	Origin     string                 `yaml:"origin"`
	Vendors    map[string]vendorPlace `yaml:"vendors"`
	Teams      map[string]contact     `yaml:"teams"`
	Compliance contact                `yaml:"compliance"`
	Climb      map[string]string      `yaml:"climb"`
	Mail       *mailPlace             `yaml:"mail"`
	Reach      []string               `yaml:"reach"` // private networks that may be reached
}

type hookPlace struct {
	URL     string   `yaml:"url"`
	Secrets []string `yaml:"secrets"`
}

type vendorPlace struct {
	hookPlace  `yaml:",inline"`
	Form       string            `yaml:"form"`
	Method     string            `yaml:"method"`
	Header     string            `yaml:"header"`
	Credential string            `yaml:"credential"`
	KeyOf      string            `yaml:"key_of"`
	KeySecret  string            `yaml:"key_secret"`
	Fields     map[string]string `yaml:"fields"`
}

type contact struct {
	Email   []string   `yaml:"email"`
	Webhook *hookPlace `yaml:"webhook"`
}

type mailPlace struct {
	Host     string `yaml:"host"`
	Port     int    `yaml:"port"`
	From     string `yaml:"from"`
	Username string `yaml:"username"`
	Password string `yaml:"password"`
	Plain    bool   `yaml:"plain"`
}

// connections is the file with its secrets.
type connections struct {
	outbox.Settings
	mail  *connect.Mailer
	reach []netip.Prefix
}

// maxConnections bounds the file, in bytes.
const maxConnections = 1 << 20

// readConnections reads the file. Without one, what is sent is parked, and the log says so.
func readConnections(name, origin string) (*connections, error) {
	if name == "" {
		return &connections{Settings: outbox.Settings{Origin: origin}}, nil
	}
	b, err := os.ReadFile(name)
	if err != nil {
		return nil, ioError(err)
	}
	if len(b) > maxConnections {
		return nil, usage("%s is larger than a megabyte", name)
	}
	f, err := parseConnections(b)
	if err != nil {
		return nil, usage("%s: %w", name, err)
	}
	c, err := f.open(origin)
	if err == nil {
		err = c.Check()
	}
	if err != nil {
		return nil, usage("%s: %w", name, err)
	}
	return c, nil
}

// parseConnections reads YAML. What its library stumbles over is a mistake in the file like any other.
func parseConnections(b []byte) (f connectionsFile, err error) {
	defer func() {
		if recover() != nil {
			err = errors.New("it is not YAML")
		}
	}()
	d := yaml.NewDecoder(bytes.NewReader(b))
	d.KnownFields(true)
	err = d.Decode(&f)
	var wrong *yaml.TypeError
	switch {
	case errors.Is(err, io.EOF):
		return f, nil
	case errors.As(err, &wrong):
		return f, errors.New(plainly.Replace(wrong.Errors[0]))
	case err != nil:
		return f, errors.New(strings.TrimPrefix(err.Error(), "yaml: "))
	}
	return f, nil
}

// plainly takes the program's own names out of what the library says.
var plainly = strings.NewReplacer("field ", "", "not found in type main.connectionsFile", "is not known here", "not found in type main.vendorPlace", "is not known of a vendor",
	"not found in type main.contact", "is not known of a contact", "not found in type main.hookPlace", "is not known of a webhook",
	"not found in type main.mailPlace", "is not known of mail", "cannot unmarshal", "cannot take", "main.", "", "!!", "")

func (f *connectionsFile) open(origin string) (c *connections, err error) {
	if f.Origin != "" {
		origin = strings.TrimSuffix(f.Origin, "/")
	}
	c = &connections{Settings: outbox.Settings{
		Origin: origin, Vendors: map[string]outbox.Vendor{}, Teams: map[string]outbox.Contact{}, Climb: map[string]time.Duration{},
	}}
	for name, v := range f.Vendors {
		if c.Vendors[name], err = v.open(); err != nil {
			return nil, fmt.Errorf("vendor `%s`: %w", name, err)
		}
	}
	for name, t := range f.Teams {
		if c.Teams[name], err = t.open(); err != nil {
			return nil, fmt.Errorf("team `%s`: %w", name, err)
		}
	}
	if c.Compliance, err = f.Compliance.open(); err != nil {
		return nil, fmt.Errorf("compliance: %w", err)
	}
	for tier, text := range f.Climb {
		if c.Climb[tier], err = time.ParseDuration(text); err != nil {
			return nil, fmt.Errorf("`%s` is no duration; write it as 15m or 2h", text)
		}
	}
	for _, text := range f.Reach {
		p, err := netip.ParsePrefix(text)
		if err != nil {
			return nil, fmt.Errorf("`%s` is no network; write it as 10.1.2.0/24", text)
		}
		c.reach = append(c.reach, p)
	}
	if f.Mail != nil {
		if c.mail, err = f.Mail.open(); err != nil {
			return nil, fmt.Errorf("mail: %w", err)
		}
	}
	return c, nil
}

func (h *hookPlace) open() (e connect.Endpoint, err error) {
	e.URL = h.URL
	for _, where := range h.Secrets {
		s, err := secretFrom(where)
		if err != nil {
			return e, err
		}
		e.Secrets = append(e.Secrets, connect.Secret(s))
	}
	return e, nil
}

func (v *vendorPlace) open() (out outbox.Vendor, err error) {
	out.Form = outbox.Form(v.Form)
	if v.Form == "" {
		out.Form = outbox.Thin
	}
	if out.Form != outbox.Upsert {
		out.Endpoint, err = v.hookPlace.open()
		return out, err
	}
	out.Upsert = connect.Upsert{URL: v.URL, Method: v.Method, Header: v.Header, KeyOf: v.KeyOf, Fields: v.Fields}
	if out.Upsert.Credential, err = secretFrom(v.Credential); err != nil {
		return out, err
	}
	if v.KeyOf != "" {
		key, err := secretFrom(v.KeySecret)
		if err != nil {
			return out, err
		}
		out.Upsert.KeySecret = connect.Secret(key)
	}
	return out, nil
}

func (c *contact) open() (out outbox.Contact, err error) {
	out.Email = c.Email
	if c.Webhook != nil {
		hook, err := c.Webhook.open()
		if err != nil {
			return out, err
		}
		out.Hook = &hook
	}
	return out, nil
}

const submission = 587 // RFC 6409

func (m *mailPlace) open() (*connect.Mailer, error) {
	out := &connect.Mailer{Host: m.Host, Port: m.Port, From: m.From, Username: m.Username, Plain: m.Plain}
	if out.Port == 0 {
		out.Port = submission
	}
	if m.Host == "" {
		return nil, errors.New("`host` says where the mail server is")
	}
	if err := connect.CheckAddress(m.From); err != nil {
		return nil, err
	}
	if m.Username == "" {
		return out, nil
	}
	password, err := secretFrom(m.Password)
	out.Password = password
	return out, err
}

const maxSecretFile = 64 << 10 // bytes

// secretFrom reads a secret from where it is. The error never repeats what might be the secret itself.
func secretFrom(where string) (string, error) {
	kind, name, _ := strings.Cut(where, ":")
	var s string
	switch kind {
	case "env":
		s = os.Getenv(name)
	case "file":
		f, err := os.Open(name)
		if err != nil {
			return "", err
		}
		b, err := io.ReadAll(io.LimitReader(f, maxSecretFile))
		if err = errors.Join(err, f.Close()); err != nil {
			return "", err
		}
		s = string(b)
	default:
		return "", errors.New("a secret does not stand in the file; say env:NAME or file:NAME")
	}
	if s = strings.TrimSpace(s); s == "" {
		return "", fmt.Errorf("there is no secret in %s", where)
	}
	return s, nil
}
