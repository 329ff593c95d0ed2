package main

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"io"
	"log"
	"log/slog"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/letsencrypt/pebble/v2/ca"
	"github.com/letsencrypt/pebble/v2/db"
	"github.com/letsencrypt/pebble/v2/va"
	"github.com/letsencrypt/pebble/v2/wfe"
	"github.com/miekg/dns"
)

// certificate writes a certificate for chat.test and its key into a folder, as if issued at that time.
func certificate(t *testing.T, dir string, serial int64, issued time.Time) (cert, key string) {
	t.Helper()
	k, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(serial), Subject: pkix.Name{CommonName: "chat.test"}, DNSNames: []string{"chat.test"},
		NotBefore: issued, NotAfter: issued.Add(24 * time.Hour), IsCA: true, BasicConstraintsValid: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &k.PublicKey, k)
	if err != nil {
		t.Fatal(err)
	}
	secret, err := x509.MarshalPKCS8PrivateKey(k)
	if err != nil {
		t.Fatal(err)
	}
	cert, key = filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")
	for name, block := range map[string]*pem.Block{cert: {Type: "CERTIFICATE", Bytes: der}, key: {Type: "PRIVATE KEY", Bytes: secret}} {
		if err := os.WriteFile(name, pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return cert, key
}

// behind serves one page over TLS as the flags say and returns the address.
func behind(t *testing.T, f *tlsFlags) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	over, err := f.overTLS(ctx, l, t.TempDir(), slog.New(slog.DiscardHandler))
	if err != nil {
		cancel()
		t.Fatal(err)
	}
	s := &http.Server{Handler: http.NotFoundHandler(), ReadHeaderTimeout: time.Second, ErrorLog: log.New(io.Discard, "", 0)}
	go func() { _ = s.Serve(over) }()
	t.Cleanup(func() { _ = s.Close(); cancel() })
	return l.Addr().String()
}

// TestTLSVersions tries every version and every suite that Go can speak: only strong ones are answered.
func TestTLSVersions(t *testing.T) {
	t.Parallel()
	cert, key := certificate(t, t.TempDir(), 1, time.Now())
	at := behind(t, &tlsFlags{TLSCert: cert, TLSKey: key})
	dial := func(c *tls.Config) error {
		c.InsecureSkipVerify = true
		conn, err := tls.Dial("tcp", at, c)
		if err == nil {
			_ = conn.Close()
		}
		return err
	}
	for v, want := range map[uint16]bool{tls.VersionTLS10: false, tls.VersionTLS11: false, tls.VersionTLS12: true, tls.VersionTLS13: true} {
		if err := dial(&tls.Config{MinVersion: v, MaxVersion: v}); (err == nil) != want {
			t.Errorf("%s: %v, want it to be answered: %t", tls.VersionName(v), err, want)
		}
	}
	for _, suite := range append(tls.CipherSuites(), tls.InsecureCipherSuites()...) {
		if suite.SupportedVersions[0] == tls.VersionTLS13 {
			continue
		}
		strong := strings.Contains(suite.Name, "ECDHE_ECDSA") && (strings.Contains(suite.Name, "GCM") || strings.Contains(suite.Name, "POLY1305"))
		if err := dial(&tls.Config{MaxVersion: tls.VersionTLS12, CipherSuites: []uint16{suite.ID}}); (err == nil) != strong {
			t.Errorf("%s: %v, want it to be answered: %t", suite.Name, err, strong)
		}
	}
	if res, err := http.Get("http://" + at); err == nil && res.StatusCode != http.StatusBadRequest {
		t.Errorf("without TLS it answers %d", res.StatusCode)
	}
}

// TestCertificateReload replaces the files under a running server, first by some that cannot be used.
func TestCertificateReload(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	cert, key := certificate(t, dir, 1, time.Now())
	f := &certificateFiles{cert: cert, key: key, log: slog.New(slog.DiscardHandler)}
	if _, err := f.load(); err != nil {
		t.Fatal(err)
	}
	serial := func(want int64) {
		t.Helper()
		f.looked = time.Time{} // as if a second had passed
		c, err := f.get(nil)
		if err != nil || c.Leaf.SerialNumber.Int64() != want {
			t.Errorf("the certificate is number %v, %v; want %d", c.Leaf.SerialNumber, err, want)
		}
	}
	later := 0 // as a clock sees each change of the file
	touch := func() {
		t.Helper()
		later++
		if err := os.Chtimes(cert, time.Now(), time.Now().Add(time.Duration(later)*time.Minute)); err != nil {
			t.Fatal(err)
		}
	}
	serial(1)
	if err := os.WriteFile(cert, []byte("half a file"), 0o600); err != nil {
		t.Fatal(err)
	}
	touch()
	serial(1)
	certificate(t, dir, 2, time.Now().Add(-48*time.Hour)) // one that has ended
	touch()
	serial(1)
	certificate(t, dir, 3, time.Now())
	touch()
	serial(3)
	if err := os.Remove(key); err != nil {
		t.Fatal(err)
	}
	serial(3)
}

func TestTLSFlags(t *testing.T) {
	t.Parallel()
	for _, f := range []tlsFlags{
		{TLSCert: "a"}, {TLSKey: "a"}, {TLSCert: "a", TLSKey: "b", ACME: []string{"c"}}, {ACMEMail: "a@b.example"}, {ACMEDirectory: "https://a"},
	} {
		if f.checkTLS() == nil {
			t.Errorf("%+v makes no sense, and is taken", f)
		}
	}
}

// TestACME obtains a certificate from a certificate authority of its own (pebble), which asks the very listener.
func TestACME(t *testing.T) {
	t.Parallel()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	port := l.Addr().(*net.TCPAddr).Port
	directory, root := authority(t, port)
	f := &tlsFlags{ACME: []string{"chat.test"}, ACMEMail: "sam@chat.test", ACMEDirectory: directory, ACMERoot: root}
	ctx, cancel := context.WithCancel(context.Background())
	over, err := f.overTLS(ctx, l, t.TempDir(), slog.New(slog.DiscardHandler))
	if err != nil {
		cancel()
		t.Fatal(err)
	}
	s := &http.Server{Handler: http.NotFoundHandler(), ReadHeaderTimeout: time.Second, ErrorLog: log.New(io.Discard, "", 0)}
	go func() { _ = s.Serve(over) }()
	t.Cleanup(func() { _ = s.Close(); cancel() })
	until := time.Now().Add(30 * time.Second)
	for {
		conn, err := tls.Dial("tcp", l.Addr().String(), &tls.Config{ServerName: "chat.test", InsecureSkipVerify: true, NextProtos: []string{"h2"}})
		if err == nil {
			leaf := conn.ConnectionState().PeerCertificates[0]
			_ = conn.Close()
			if err := leaf.VerifyHostname("chat.test"); err != nil || !strings.Contains(leaf.Issuer.CommonName, "Pebble") {
				t.Errorf("the certificate is by %q: %v", leaf.Issuer.CommonName, err)
			}
			return
		}
		if time.Now().After(until) {
			t.Fatalf("no certificate was obtained: %v", err)
		}
		time.Sleep(100 * time.Millisecond)
	}
}

// authority starts a certificate authority that finds every name on this machine, at a port.
func authority(t *testing.T, port int) (directory, root string) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	names := &dns.Server{Listener: l, Handler: dns.HandlerFunc(func(w dns.ResponseWriter, q *dns.Msg) {
		m := new(dns.Msg).SetReply(q)
		if q.Question[0].Qtype == dns.TypeA {
			m.Answer = []dns.RR{&dns.A{
				Hdr: dns.RR_Header{Name: q.Question[0].Name, Rrtype: dns.TypeA, Class: dns.ClassINET}, A: net.IPv4(127, 0, 0, 1),
			}}
		}
		_ = w.WriteMsg(m)
	})}
	go func() { _ = names.ActivateAndServe() }()
	quiet := log.New(io.Discard, "", 0)
	store := db.NewMemoryStore()
	issuer := ca.New(quiet, store, "", "ecdsa", 0, 1, map[string]ca.Profile{"default": {Description: "test", ValidityPeriod: 3600}})
	asker := va.New(quiet, 0, port, true, l.Addr().String(), store)
	front := wfe.New(quiet, store, asker, issuer, nil, true, false, 1, 1)
	s := httptest.NewTLSServer(front.Handler())
	t.Cleanup(func() { s.Close(); _ = names.Shutdown() })
	root = filepath.Join(t.TempDir(), "root.pem")
	block := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: s.Certificate().Raw})
	if err := os.WriteFile(root, block, 0o600); err != nil {
		t.Fatal(err)
	}
	return s.URL + wfe.DirectoryPath, root
}
