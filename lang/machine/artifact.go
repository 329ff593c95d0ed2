package machine

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
)

// ArtifactFormat names the layout of an artifact's JSON. A reader refuses any other.
const ArtifactFormat = "tacet.artifact/1"

// MaxArtifact is the largest artifact that is read, in bytes.
const MaxArtifact = MaxSize + MaxCertificate + 1<<10

// Artifact is a machine with the proof that it keeps its guarantees: what `tacet build` writes and `tacet serve` loads.
// Whoever loads one runs the kernel on it; an artifact alone proves nothing.
type Artifact struct {
	Machine     *Machine
	Certificate *Certificate
}

// ErrArtifact means that the bytes are an artifact of another layout, or none.
var ErrArtifact = errors.New("not an artifact of format " + ArtifactFormat)

// artifactJSON keeps the parts as bytes, so that each is read by its own rules.
type artifactJSON struct {
	Format      string          `json:"format"`
	Machine     json.RawMessage `json:"machine"`
	Certificate json.RawMessage `json:"certificate"`
}

// Canonical returns the one byte form of an artifact: its machine's and its certificate's canonical forms.
func (a *Artifact) Canonical() ([]byte, error) {
	m, err := a.Machine.Canonical()
	if err != nil {
		return nil, err
	}
	c, err := a.Certificate.Canonical()
	if err != nil {
		return nil, err
	}
	head := fmt.Appendf(nil, `{"format":%q,"machine":`, ArtifactFormat)
	out := make([]byte, 0, len(head)+len(m)+len(c)+32)
	out = append(append(out, head...), m...)
	out = append(append(out, `,"certificate":`...), c...)
	return append(out, '}'), nil
}

// Hash returns the SHA-256 of the canonical form, in hex.
func (a *Artifact) Hash() (string, error) {
	b, err := a.Canonical()
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:]), nil
}

// DecodeArtifact reads an artifact that anybody may have written. Both parts are read by Decode and DecodeCertificate;
// that the certificate is one of this machine and proves anything is for the kernel to check.
func DecodeArtifact(b []byte) (*Artifact, error) {
	var parts artifactJSON
	if err := decodeStrict(b, &parts, MaxArtifact, ErrArtifact); err != nil {
		return nil, err
	}
	if parts.Format != ArtifactFormat {
		return nil, fmt.Errorf("%w: its format is %q", ErrArtifact, parts.Format)
	}
	m, err := Decode(parts.Machine)
	if err != nil {
		return nil, err
	}
	c, err := DecodeCertificate(parts.Certificate)
	if err != nil {
		return nil, err
	}
	return &Artifact{Machine: m, Certificate: c}, nil
}
