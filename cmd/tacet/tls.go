package main

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"time"

	"github.com/caddyserver/certmagic"
	"go.uber.org/zap"
)

// tlsFlags say where certificates come from. With one of them TLS ends in this server, and --secure is understood.
type tlsFlags struct {
	TLSCert       string   `name:"tls-cert" help:"PEM file with the server's certificate and those between it and the root. It is read again when it changes." type:"existingfile" placeholder:"FILE"`
	TLSKey        string   `name:"tls-key" help:"PEM file with its private key." type:"existingfile" placeholder:"FILE"`
	ACME          []string `name:"acme" help:"Obtain and renew a certificate for this domain by ACME (RFC 8555). Port 443 of the domain must lead here; no other port is used." placeholder:"DOMAIN"`
	ACMEMail      string   `name:"acme-mail" help:"Address that the certificate authority may write to." placeholder:"ADDRESS"`
	ACMEDirectory string   `name:"acme-directory" help:"The certificate authority's directory; by default Let's Encrypt, whose terms one agrees to by --acme." placeholder:"URL"`
	ACMERoot      string   `name:"acme-root" help:"PEM file with the root that the directory's own certificate hangs on, where the system does not know it." type:"existingfile" placeholder:"FILE"`
}

func (f *tlsFlags) checkTLS() error {
	switch {
	case (f.TLSCert == "") != (f.TLSKey == ""):
		return usage("`--tls-cert` and `--tls-key` go together")
	case f.TLSCert != "" && len(f.ACME) > 0:
		return usage("the certificate comes from a file or by ACME, not both")
	case len(f.ACME) == 0 && (f.ACMEMail != "" || f.ACMEDirectory != "" || f.ACMERoot != ""):
		return usage("say with `--acme` for which domain")
	}
	return nil
}

// hasTLS reports whether TLS ends here.
func (f *tlsFlags) hasTLS() bool { return f.TLSCert != "" || len(f.ACME) > 0 }

// strict is what every connection must keep: TLS 1.2 with forward secrecy and authenticated encryption, or 1.3 (NIST SP 800-52r2
// §3.3.1).
func strict() *tls.Config {
	return &tls.Config{
		MinVersion: tls.VersionTLS12,
		CipherSuites: []uint16{
			tls.TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384, tls.TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384,
			tls.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, tls.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,
			tls.TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256, tls.TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256,
		},
		NextProtos: []string{"h2", "http/1.1"},
	}
}

// overTLS puts TLS before a listener. dir is where what is obtained by ACME is kept. It goes on renewing until ctx is done.
func (f *tlsFlags) overTLS(ctx context.Context, l net.Listener, dir string, log *slog.Logger) (net.Listener, error) {
	c := strict()
	if f.TLSCert != "" {
		files := &certificateFiles{cert: f.TLSCert, key: f.TLSKey, log: log}
		if _, err := files.load(); err != nil {
			return nil, usage("%w", err)
		}
		c.GetCertificate = files.get
		return tls.NewListener(l, c), nil
	}
	m, err := f.obtain(l, dir, log)
	if err != nil {
		return nil, err
	}
	c.GetCertificate = m.GetCertificate
	c.NextProtos = append(c.NextProtos, alpnChallenge)
	// in the background: the authority asks this very listener whether it is the domain's
	if err := m.ManageAsync(ctx, f.ACME); err != nil {
		return nil, ioError(fmt.Errorf("certificate: %w", err))
	}
	return tls.NewListener(l, c), nil
}

const alpnChallenge = "acme-tls/1" // RFC 8737

// obtain sets up what obtains and renews certificates, by the TLS-ALPN challenge alone: no port answers without TLS.
func (f *tlsFlags) obtain(l net.Listener, dir string, log *slog.Logger) (*certmagic.Config, error) {
	_, port, err := net.SplitHostPort(l.Addr().String())
	if err != nil {
		return nil, ioError(err)
	}
	at, err := strconv.Atoi(port)
	if err != nil {
		return nil, ioError(err)
	}
	issuer := certmagic.ACMEIssuer{
		CA: certmagic.LetsEncryptProductionCA, Email: f.ACMEMail, Agreed: true, DisableHTTPChallenge: true, AltTLSALPNPort: at, Logger: zap.NewNop(),
	}
	if f.ACMEDirectory != "" {
		issuer.CA, issuer.TestCA = f.ACMEDirectory, f.ACMEDirectory
	}
	if f.ACMERoot != "" {
		pem, err := os.ReadFile(f.ACMERoot)
		if err != nil {
			return nil, ioError(err)
		}
		issuer.TrustedRoots = x509.NewCertPool()
		if !issuer.TrustedRoots.AppendCertsFromPEM(pem) {
			return nil, usage("%s holds no certificate", f.ACMERoot)
		}
	}
	var m *certmagic.Config
	cache := certmagic.NewCache(certmagic.CacheOptions{
		GetConfigForCert: func(certmagic.Certificate) (*certmagic.Config, error) { return m, nil }, Logger: zap.NewNop(),
	})
	m = certmagic.New(cache, certmagic.Config{Storage: &certmagic.FileStorage{Path: filepath.Join(dir, "acme")}, Logger: zap.NewNop()})
	m.OnEvent = func(_ context.Context, event string, data map[string]any) error {
		switch event {
		case "cert_failed":
			log.Error("no certificate was obtained; it is tried again", "domain", data["identifier"], "error", data["error"])
		case "cert_obtained":
			log.Info("certificate obtained", "domain", data["identifier"])
		}
		return nil
	}
	m.Issuers = []certmagic.Issuer{certmagic.NewACMEIssuer(m, issuer)}
	return m, nil
}

// certificateFiles is a certificate in files that somebody else renews.
type certificateFiles struct {
	cert, key string
	log       *slog.Logger

	mu     sync.Mutex
	loaded *tls.Certificate
	from   [2]time.Time // when the files were changed last
	looked time.Time
}

const lookAtFiles = time.Second

// get returns the certificate, read again where the files have changed. Files that do not fit each other, as while they are being
// replaced, leave the one before in service.
func (f *certificateFiles) get(*tls.ClientHelloInfo) (*tls.Certificate, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	now := time.Now()
	if now.Sub(f.looked) < lookAtFiles {
		return f.loaded, nil
	}
	f.looked = now
	if from, err := f.changed(); err != nil || from == f.from {
		return f.loaded, nil //nolint:nilerr // the one before stays in service
	}
	if _, err := f.read(); err != nil {
		f.log.Error("the new certificate cannot be used; the one before stays", "error", err)
	}
	return f.loaded, nil
}

func (f *certificateFiles) load() (*tls.Certificate, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.read()
}

// read reads both files, with f.mu held.
func (f *certificateFiles) read() (*tls.Certificate, error) {
	from, err := f.changed()
	if err != nil {
		return nil, err
	}
	c, err := tls.LoadX509KeyPair(f.cert, f.key)
	if err != nil {
		return nil, fmt.Errorf("%s and %s: %w", f.cert, f.key, err)
	}
	if c.Leaf != nil && time.Now().After(c.Leaf.NotAfter) {
		return nil, errors.New(f.cert + " has ended on " + c.Leaf.NotAfter.Format(time.DateOnly))
	}
	f.loaded, f.from = &c, from
	return f.loaded, nil
}

func (f *certificateFiles) changed() (from [2]time.Time, err error) {
	for i, name := range []string{f.cert, f.key} {
		info, err := os.Stat(name)
		if err != nil {
			return from, err
		}
		from[i] = info.ModTime()
	}
	return from, nil
}

// address is where a server that listens there is open.
func (f *tlsFlags) address(at net.Addr) string {
	switch {
	case len(f.ACME) > 0:
		return "https://" + f.ACME[0]
	case f.hasTLS():
		return "https://" + at.String()
	}
	return "http://" + at.String()
}
