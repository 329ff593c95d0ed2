package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"
)

// exchange is one request of a server and its answer.
type exchange struct {
	Status int
	Header http.Header
	Body   []byte
}

// patience is how long tests wait for an answer.
var patience = &http.Client{Timeout: 30 * time.Second}

// ask makes a request: with a body, which is sent as JSON, unless that is nil; and with headers, names and values by turns.
func ask(method, url string, body any, headers ...string) (e exchange, err error) {
	var send io.Reader
	if body != nil {
		b, err := json.Marshal(body)
		if err != nil {
			return e, err
		}
		send = bytes.NewReader(b)
	}
	req, err := http.NewRequest(method, url, send)
	if err != nil {
		return e, err
	}
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	for i := 0; i < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	res, err := patience.Do(req)
	if err != nil {
		return e, err
	}
	defer func() { _ = res.Body.Close() }() // it was read
	e.Status, e.Header = res.StatusCode, res.Header
	e.Body, err = io.ReadAll(res.Body)
	return e, err
}

// read reads a JSON answer.
func (e *exchange) read(into any) error {
	if err := json.Unmarshal(e.Body, into); err != nil {
		return fmt.Errorf("%d %s: %w", e.Status, e.Body, err)
	}
	return nil
}

// showing is the header with what is shown: a cookie, or a token.
func showing(auth string) []string {
	switch {
	case strings.Contains(auth, "="):
		return []string{"Cookie", auth}
	case auth != "":
		return []string{"Authorization", "Bearer " + auth}
	}
	return nil
}
