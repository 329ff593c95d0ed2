package main

import (
	"crypto/rand"
	"encoding/base64"
	"net/url"
	"os"
	"path/filepath"
	"strings"
)

// newDatabase makes a database and one for its keys, and returns the name of the first.
func (o *options) newDatabase(name string) (string, error) {
	master := make([]byte, 32)
	if _, err := rand.Read(master); err != nil {
		return "", err
	}
	if err := os.WriteFile(o.master(), []byte(base64.StdEncoding.EncodeToString(master)), 0o600); err != nil {
		return "", err
	}
	for _, n := range []string{name, name + "-keys"} {
		if _, err := o.postgres.Create(n); err != nil {
			return "", err
		}
	}
	return name, nil
}

// overPostgres is a server over a database that newDatabase made.
func (o *options) overPostgres(name string) []string {
	return []string{
		o.tacet(), "serve", "--no-limits", "--addr", "127.0.0.1:0", "--data", o.postgresURL(name), "--keys", o.postgresURL(name + "-keys"),
		"--master", "file:" + o.master(), "bench/turns/practice",
	}
}

func (o *options) master() string { return filepath.Join(o.dir, "master.key") }

func (o *options) postgresURL(name string) string {
	q := url.Values{}
	for _, word := range strings.Fields(o.postgres.Address(name)) {
		if k, v, _ := strings.Cut(word, "="); k != "dbname" {
			q.Set(k, v)
		}
	}
	return "postgres:///" + name + "?" + q.Encode()
}

func (o *options) closePostgres() error {
	if o.postgres == nil {
		return nil
	}
	return o.postgres.Close()
}
