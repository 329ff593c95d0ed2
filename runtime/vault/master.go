package vault

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"

	"github.com/tink-crypto/tink-go/v2/aead/subtle"
	"github.com/tink-crypto/tink-go/v2/tink"
)

// A master key as text is 32 random bytes in base64 (RFC 4648 §4), alone on its line.

// ErrMaster says that a master key cannot be used.
var ErrMaster = errors.New("master key cannot be used")

// Master reads a master key from its text.
func Master(text []byte) (tink.AEAD, error) {
	key, err := base64.StdEncoding.DecodeString(string(bytes.TrimSpace(text)))
	if err != nil || len(key) != keyBytes {
		return nil, fmt.Errorf("%w: it must be %d bytes in base64", ErrMaster, keyBytes) // the text itself is secret
	}
	return subtle.NewAESGCM(key)
}

// MasterFromFile reads the master key from a file that nobody but its owner can read.
func MasterFromFile(name string) (tink.AEAD, error) {
	info, err := os.Stat(name)
	if err != nil {
		return nil, errors.Join(ErrMaster, err)
	}
	if info.Mode().Perm()&0o077 != 0 {
		return nil, fmt.Errorf("%w: %s can be read by others; allow its owner only (mode 0600)", ErrMaster, name)
	}
	text, err := os.ReadFile(name)
	if err != nil {
		return nil, errors.Join(ErrMaster, err)
	}
	return Master(text)
}

// MasterFromEnv reads the master key from an environment variable and removes it, so that no process started later and
// no dump of the environment shows it.
func MasterFromEnv(variable string) (tink.AEAD, error) {
	text, ok := os.LookupEnv(variable)
	if !ok {
		return nil, fmt.Errorf("%w: %s is not set", ErrMaster, variable)
	}
	if err := os.Unsetenv(variable); err != nil {
		return nil, errors.Join(ErrMaster, err)
	}
	return Master([]byte(text))
}

// MasterFromCommand runs a command that prints the master key, such as the client of a secret store.
func MasterFromCommand(ctx context.Context, name string, args ...string) (tink.AEAD, error) {
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Stderr = os.Stderr
	text, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("%w: %s: %w", ErrMaster, name, err)
	}
	return Master(text)
}

// CreateMasterFile writes a new master key to a file that only its owner can read. It fails with fs.ErrExist when the
// file is there: a master key is never replaced. Whoever finds the file finds a whole key, also after a crash.
func CreateMasterFile(name string) error {
	key := make([]byte, keyBytes)
	if _, err := rand.Read(key); err != nil {
		return err
	}
	f, err := os.CreateTemp(filepath.Dir(name), ".master-*") // mode 0600
	if err != nil {
		return err
	}
	_, err = f.WriteString(base64.StdEncoding.EncodeToString(key) + "\n")
	if err = errors.Join(err, f.Sync(), f.Close()); err == nil {
		err = os.Link(f.Name(), name) // which fails where there is a file, unlike a rename
	}
	return errors.Join(err, os.Remove(f.Name()), syncFolder(filepath.Dir(name)))
}

// syncFolder makes the name of a new file durable.
func syncFolder(name string) error {
	d, err := os.Open(name)
	if err != nil {
		return err
	}
	if err := d.Sync(); err != nil && !errors.Is(err, fs.ErrInvalid) { // not every system syncs folders
		return errors.Join(err, d.Close())
	}
	return d.Close()
}
