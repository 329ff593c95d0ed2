// Package release says which machines a practice has agreed to put in front of its patients. An approval is a signed
// statement by a person about one artifact: who, in which role, when, and on what evidence. In production nothing else
// is served.
//
// Signatures are Ed25519 (RFC 8032); keys are PEM files, PKCS #8 (RFC 5958) and SubjectPublicKeyInfo (RFC 5280), which
// other tools read as well.
package release

import (
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/tacet-lang/tacet/lang/machine"
)

// Format names the layout of an approval's JSON. A reader refuses any other.
const Format = "tacet.approval/1"

// Limits of an approval, beyond which it is not read.
const (
	maxApproval = 1 << 20 // bytes
	maxWords    = 200     // bytes of a name or a role
)

// Errors of Verify.
var (
	// ErrFormat says that the bytes are no approval, or one of another layout.
	ErrFormat = errors.New("not an approval of format " + Format)
	// ErrSignature says that the approval was not signed by the key it names, or was changed since.
	ErrSignature = errors.New("the signature does not match")
	// ErrUntrusted says that the key is not one whose approvals count here.
	ErrUntrusted = errors.New("signed with a key that is not trusted here")
	// ErrOther says that the approval is about another artifact.
	ErrOther = errors.New("the approval is about another artifact")
)

// Approval is one person's signed agreement that an artifact may be served.
type Approval struct {
	Format   string     `json:"format"`
	Practice string     `json:"practice"` // its name, for people; what counts is Artifact
	Flow     string     `json:"flow"`
	Machine  string     `json:"machine"`  // Machine.Hash
	Artifact string     `json:"artifact"` // Artifact.Hash: the machine with its proof
	By       string     `json:"by"`       // who agreed
	Role     string     `json:"role"`     // in which role
	At       time.Time  `json:"at"`       // in UTC, to the second
	Evidence []Evidence `json:"evidence"` // what it rests on: test reports, the risk assessment, the written policy
	Key      string     `json:"key"`      // the public key, base64
	Sign     string     `json:"signature"`
}

// Evidence is a document by name and content.
type Evidence struct {
	Name   string `json:"name"`
	SHA256 string `json:"sha256"`
}

// Signer is who approves, with the key that speaks for them.
type Signer struct {
	Name, Role string
	Key        ed25519.PrivateKey
}

// Approve signs an artifact. That the kernel admits it is for the caller to have checked.
func Approve(a *machine.Artifact, by Signer, at time.Time, evidence ...Evidence) (*Approval, error) {
	m, err := a.Machine.Hash()
	if err != nil {
		return nil, err
	}
	hash, err := a.Hash()
	if err != nil {
		return nil, err
	}
	if err := words("who approves", by.Name); err != nil {
		return nil, err
	}
	if err := words("the role", by.Role); err != nil {
		return nil, err
	}
	if len(by.Key) != ed25519.PrivateKeySize {
		return nil, errors.New("the key is not an Ed25519 private key")
	}
	p := &Approval{
		Format: Format, Practice: a.Machine.Practice.Name, Flow: a.Machine.Flow.ID, Machine: m, Artifact: hash,
		By: by.Name, Role: by.Role, At: at.UTC().Truncate(time.Second), Evidence: append([]Evidence{}, evidence...),
		Key: base64.StdEncoding.EncodeToString(by.Key.Public().(ed25519.PublicKey)),
	}
	message, err := p.message()
	if err != nil {
		return nil, err
	}
	p.Sign = base64.StdEncoding.EncodeToString(ed25519.Sign(by.Key, message))
	return p, nil
}

// words checks a name that people will read in a record.
func words(what, s string) error {
	switch {
	case strings.TrimSpace(s) == "":
		return fmt.Errorf("%s must be named", what)
	case len(s) > maxWords || !utf8.ValidString(s) || strings.ContainsFunc(s, func(r rune) bool { return r < ' ' || r == 0x7f }):
		return fmt.Errorf("%s must be one line of at most %d bytes", what, maxWords)
	}
	return nil
}

// message is what is signed: everything but the signature, behind a line that no other signature of ours begins with.
func (p *Approval) message() ([]byte, error) {
	unsigned := *p
	unsigned.Sign = ""
	b, err := encode(unsigned)
	if err != nil {
		return nil, err
	}
	return append([]byte(Format+"\n"), b...), nil
}

// Encode returns the one byte form of an approval, indented for reading.
func (p *Approval) Encode() ([]byte, error) {
	b, err := encode(*p)
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	if err := json.Indent(&out, b, "", "  "); err != nil {
		return nil, err
	}
	out.WriteByte('\n')
	return out.Bytes(), nil
}

func encode(p Approval) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(p); err != nil {
		return nil, err
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), nil
}

// Decode reads an approval that anybody may have written. Only the form that Encode writes is one, up to white space
// between its parts, so that nobody can hide anything in it.
func Decode(b []byte) (*Approval, error) {
	if len(b) > maxApproval || !utf8.Valid(b) {
		return nil, ErrFormat
	}
	d := json.NewDecoder(bytes.NewReader(b))
	d.DisallowUnknownFields()
	var p Approval
	if err := d.Decode(&p); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrFormat, err)
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("%w: there is data after the end", ErrFormat)
	}
	if p.Format != Format {
		return nil, fmt.Errorf("%w: its format is %q", ErrFormat, p.Format)
	}
	canonical, err := encode(p)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrFormat, err)
	}
	var compact bytes.Buffer
	if err := json.Compact(&compact, b); err != nil || !bytes.Equal(compact.Bytes(), canonical) {
		return nil, fmt.Errorf("%w: it is not written as an approval is", ErrFormat)
	}
	return &p, nil
}

// Verify returns nil if one of the trusted keys signed that this artifact may be served.
func (p *Approval) Verify(a *machine.Artifact, trusted []ed25519.PublicKey) error {
	hash, err := a.Hash()
	if err != nil {
		return err
	}
	if p.Artifact != hash {
		return ErrOther
	}
	key, err := base64.StdEncoding.DecodeString(p.Key)
	if err != nil || len(key) != ed25519.PublicKeySize {
		return ErrSignature
	}
	sign, err := base64.StdEncoding.DecodeString(p.Sign)
	if err != nil {
		return ErrSignature
	}
	message, err := p.message()
	if err != nil {
		return err
	}
	if !ed25519.Verify(key, message, sign) {
		return ErrSignature
	}
	if !slices.ContainsFunc(trusted, func(t ed25519.PublicKey) bool { return bytes.Equal(t, key) }) {
		return ErrUntrusted
	}
	return nil
}

// Read returns the evidence that a document is.
func Read(name string, content []byte) Evidence {
	sum := sha256.Sum256(content)
	return Evidence{Name: name, SHA256: hex.EncodeToString(sum[:])}
}
