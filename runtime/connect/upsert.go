package connect

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// Upsert is a place that creates or updates one record under a key of ours: a CRM's HTTP interface. Sending the same
// again changes nothing there.
type Upsert struct {
	URL    string // https; {key} stands where the key goes
	Method string // PUT or PATCH; empty: PUT
	// Header and Credential prove who sends: a header's name and its value. Empty: Authorization.
	Header     string
	Credential string
	// KeyOf names the field that tells people apart. The key is then a digest of its value under KeySecret, because an address
	// ends up in logs; so the same person has one record, whose key tells nobody who that is. Empty: one record a conversation.
	KeyOf     string
	KeySecret Secret
	// Fields gives the receiver's name for each of ours; a field without one is not sent. Empty: all, under our names.
	Fields map[string]string
}

const keyMark = "{key}"

// Check reports what is wrong with it.
func (u *Upsert) Check() error {
	const stand = "tacet-key"
	at, err := url.Parse(strings.Replace(u.URL, keyMark, stand, 1))
	switch {
	case err != nil || at.Host == "" || at.Scheme != "https" || at.User != nil:
		return errors.New("the address of a connection begins with https:// and holds no password")
	case strings.Count(u.URL, keyMark) != 1 || !strings.Contains(at.Path, stand):
		return errors.New("the address of a connection says once, in its path, where the key goes: {key}")
	case u.Method != "" && u.Method != http.MethodPut && u.Method != http.MethodPatch:
		return errors.New("the method of a connection is PUT or PATCH")
	case u.Credential == "" || strings.ContainsAny(u.Credential, "\r\n"):
		return errors.New("a connection needs a credential of one line")
	case u.KeyOf != "":
		_, err := u.KeySecret.key()
		return err
	}
	return nil
}

// Record is what is sent.
type Record struct {
	ID           string // of the sending, the same at each try
	Conversation string
	Fields       []Field
}

// key is what the receiver knows the record by.
func (u *Upsert) key(r *Record) (string, error) {
	if u.KeyOf == "" {
		return r.Conversation, nil
	}
	secret, err := u.KeySecret.key()
	if err != nil {
		return "", err
	}
	for _, f := range r.Fields {
		if f.Name == u.KeyOf && f.Value != "" {
			mac := hmac.New(sha256.New, secret)
			_, _ = mac.Write([]byte(f.Value)) // a hash never fails
			return hex.EncodeToString(mac.Sum(nil)[:16]), nil
		}
	}
	return r.Conversation, nil
}

// Put creates or updates a record, once. client must not follow redirects; see [NewClient].
func Put(ctx context.Context, client *http.Client, u Upsert, r Record, at time.Time) (Result, error) {
	if err := u.Check(); err != nil {
		return Result{}, err
	}
	key, err := u.key(&r)
	if err != nil {
		return Result{}, err
	}
	values := map[string]string{}
	for _, f := range r.Fields {
		name := f.Name
		if len(u.Fields) > 0 {
			name = u.Fields[f.Name]
		}
		if name != "" {
			values[name] = f.Value
		}
	}
	body, err := json.Marshal(values)
	if err != nil {
		return Result{}, err
	}
	method := u.Method
	if method == "" {
		method = http.MethodPut
	}
	req, err := http.NewRequestWithContext(ctx, method, strings.Replace(u.URL, keyMark, url.PathEscape(key), 1), bytes.NewReader(body))
	if err != nil {
		return Result{}, errors.New("the address of a connection is not a URL")
	}
	header := u.Header
	if header == "" {
		header = "Authorization"
	}
	req.Header.Set(header, u.Credential)
	req.Header.Set("Idempotency-Key", r.ID)
	return try(client, req, at), nil
}
