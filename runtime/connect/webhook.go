package connect

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// Secret is a key that a webhook is signed with, as the Standard Webhooks specification writes it: "whsec_" and base64 of
// 24 to 64 bytes.
type Secret string

const (
	secretPrefix  = "whsec_"
	minSecret     = 24
	maxSecret     = 64
	webhookAnswer = 16 << 10 // bytes of an answer that are read, so that the connection can be used again
)

func (s Secret) key() ([]byte, error) {
	encoded, ok := strings.CutPrefix(string(s), secretPrefix)
	if !ok {
		return nil, errors.New("a webhook secret begins with " + secretPrefix)
	}
	key, err := base64.StdEncoding.DecodeString(encoded)
	if err != nil || len(key) < minSecret || len(key) > maxSecret {
		return nil, fmt.Errorf("a webhook secret is base64 of %d to %d bytes", minSecret, maxSecret)
	}
	return key, nil
}

// Endpoint is where somebody wants to be told.
type Endpoint struct {
	URL     string   // https
	Secrets []Secret // the newest first; while a secret is exchanged for another, messages are signed with both
}

// Check reports what is wrong with an endpoint.
func (e *Endpoint) Check() error {
	u, err := url.Parse(e.URL)
	switch {
	case err != nil || u.Host == "":
		return errors.New("the address of a webhook is not a URL")
	case u.Scheme != "https":
		return errors.New("the address of a webhook begins with https://")
	case u.User != nil:
		return errors.New("the address of a webhook holds no password; the signature proves who sends")
	case len(e.Secrets) == 0:
		return errors.New("a webhook needs a secret to be signed with")
	}
	for _, s := range e.Secrets {
		if _, err := s.key(); err != nil {
			return err
		}
	}
	return nil
}

// Message is what an endpoint is sent. ID stays the same however often it is sent, so that a receiver can tell repetitions.
type Message struct {
	ID   string
	Body []byte // JSON
}

// Sign returns the headers of Standard Webhooks 1.0.0: the message's id, the time of this try, and a signature by each
// secret over id, time and body (HMAC-SHA256, RFC 2104).
func Sign(m Message, at time.Time, secrets []Secret) (http.Header, error) {
	stamp := strconv.FormatInt(at.Unix(), 10)
	signs := make([]string, 0, len(secrets))
	for _, s := range secrets {
		key, err := s.key()
		if err != nil {
			return nil, err
		}
		mac := hmac.New(sha256.New, key)
		_, _ = fmt.Fprintf(mac, "%s.%s.%s", m.ID, stamp, m.Body) // a hash never fails
		signs = append(signs, "v1,"+base64.StdEncoding.EncodeToString(mac.Sum(nil)))
	}
	h := http.Header{}
	h.Set("webhook-id", m.ID)
	h.Set("webhook-timestamp", stamp)
	h.Set("webhook-signature", strings.Join(signs, " "))
	return h, nil
}

// tolerance is how far the time of a signed message may be from ours (Standard Webhooks 1.0.0).
const tolerance = 5 * time.Minute

// Verify reports whether the headers sign a message with one of the secrets, at about this time: how somebody who holds a
// secret proves it to us, without sending it.
func Verify(m Message, h http.Header, at time.Time, secrets []Secret) bool {
	stamp, err := strconv.ParseInt(h.Get("webhook-timestamp"), 10, 64)
	if err != nil || h.Get("webhook-id") != m.ID {
		return false
	}
	signed := time.Unix(stamp, 0)
	if d := at.Sub(signed); d > tolerance || d < -tolerance {
		return false
	}
	want, err := Sign(m, signed, secrets)
	if err != nil {
		return false
	}
	ok := false
	for given := range strings.FieldsSeq(h.Get("webhook-signature")) {
		for ours := range strings.FieldsSeq(want.Get("webhook-signature")) {
			ok = hmac.Equal([]byte(given), []byte(ours)) || ok
		}
	}
	return ok
}

// Verdict is what has become of one try.
type Verdict int

// The verdicts.
const (
	Failed    Verdict = iota // try again, by the schedule
	Delivered                // answered with 2xx
	Gone                     // answered with 410: the endpoint wants nothing any more
)

// Result is one try.
type Result struct {
	Verdict Verdict
	Status  int           // of the answer; 0 for none
	Wait    time.Duration // at least, where the answer asked for it
	Why     string        // for people; never what was sent or answered
}

// maxWait bounds how long an answer can make us wait.
const maxWait = 24 * time.Hour

// Post sends a message to an endpoint once. client must not follow redirects; see [NewClient].
func Post(ctx context.Context, client *http.Client, e Endpoint, m Message, at time.Time) (Result, error) {
	if err := e.Check(); err != nil {
		return Result{}, err
	}
	signed, err := Sign(m, at, e.Secrets)
	if err != nil {
		return Result{}, err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, e.URL, bytes.NewReader(m.Body))
	if err != nil {
		return Result{}, errors.New("the address of a webhook is not a URL")
	}
	for name, values := range signed {
		req.Header[name] = values
	}
	return try(client, req, at), nil
}

// try makes a request with a JSON body.
func try(client *http.Client, req *http.Request, at time.Time) Result {
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("User-Agent", "tacet-webhooks/1")
	res, err := client.Do(req)
	if err != nil {
		return Result{Why: reason(err)}
	}
	defer func() { _ = res.Body.Close() }()
	_, _ = io.CopyN(io.Discard, res.Body, webhookAnswer) // what it says is of no interest
	return judge(res, at)
}

// judge reads an answer as Standard Webhooks does: 2xx is success, redirects are failures, 410 disables.
func judge(res *http.Response, at time.Time) Result {
	r := Result{Status: res.StatusCode, Why: "answered with " + strconv.Itoa(res.StatusCode)}
	switch {
	case res.StatusCode >= 200 && res.StatusCode < 300:
		r.Verdict = Delivered
	case res.StatusCode == http.StatusGone:
		r.Verdict = Gone
	case res.StatusCode == http.StatusTooManyRequests || res.StatusCode == http.StatusServiceUnavailable:
		r.Wait = retryAfter(res.Header.Get("Retry-After"), at)
	}
	return r
}

// retryAfter reads RFC 9110 §10.2.3: seconds, or a date.
func retryAfter(s string, at time.Time) time.Duration {
	if n, err := strconv.ParseInt(s, 10, 32); err == nil {
		return min(max(0, time.Duration(n)*time.Second), maxWait)
	}
	if t, err := http.ParseTime(s); err == nil {
		return min(max(0, t.Sub(at)), maxWait)
	}
	return 0
}

// reason says why there was no answer, without what was asked for.
func reason(err error) string {
	var u *url.Error
	if errors.As(err, &u) {
		err = u.Err
	}
	var refused *RefusedError
	switch {
	case errors.As(err, &refused):
		return refused.Error()
	case errors.Is(err, context.DeadlineExceeded):
		return "no answer in time"
	default:
		return "no connection"
	}
}
