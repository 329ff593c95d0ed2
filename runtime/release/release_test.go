package release_test

import (
	"bytes"
	"crypto/ed25519"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/tacet-lang/tacet/lang/machine"
	"github.com/tacet-lang/tacet/runtime/release"
)

var at = time.Date(2026, 11, 22, 9, 30, 0, 0, time.UTC)

func artifact(flow string) *machine.Artifact {
	m := &machine.Machine{Practice: machine.Practice{Name: "Lakeside"}, Flow: machine.Flow{ID: flow}}
	return &machine.Artifact{Machine: m, Certificate: &machine.Certificate{Format: machine.CertificateFormat, AsOf: "2026-11-22"}}
}

// zeros is a source of no randomness: two tests with it make the same key.
type zeros byte

func (z zeros) Read(b []byte) (int, error) {
	for i := range b {
		b[i] = byte(z)
	}
	return len(b), nil
}

func keys(t *testing.T, seed byte) (ed25519.PrivateKey, []ed25519.PublicKey) {
	t.Helper()
	priv, pub, err := release.NewKey(zeros(seed))
	if err != nil {
		t.Fatal(err)
	}
	key, err := release.PrivateKey(priv)
	if err != nil {
		t.Fatal(err)
	}
	trusted, err := release.PublicKeys(pub)
	if err != nil {
		t.Fatal(err)
	}
	return key, trusted
}

func approve(t *testing.T, key ed25519.PrivateKey, a *machine.Artifact) []byte {
	t.Helper()
	p, err := release.Approve(a, release.Signer{Name: "Dana Ortiz", Role: "compliance owner", Key: key}, at,
		release.Read("risk.md", []byte("assessed")))
	if err != nil {
		t.Fatal(err)
	}
	b, err := p.Encode()
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestApproval(t *testing.T) {
	t.Parallel()
	key, trusted := keys(t, 1)
	_, others := keys(t, 2)
	a := artifact("booking")
	p, err := release.Decode(approve(t, key, a))
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Verify(a, trusted); err != nil {
		t.Errorf("Verify(signed, trusted) = %v, want nil", err)
	}
	if err := p.Verify(a, others); !errors.Is(err, release.ErrUntrusted) {
		t.Errorf("Verify(signed, other keys) = %v, want %v", err, release.ErrUntrusted)
	}
	if err := p.Verify(a, nil); !errors.Is(err, release.ErrUntrusted) {
		t.Errorf("Verify(signed, no keys) = %v, want %v", err, release.ErrUntrusted)
	}
	if err := p.Verify(artifact("intake"), trusted); !errors.Is(err, release.ErrOther) {
		t.Errorf("Verify(another artifact) = %v, want %v", err, release.ErrOther)
	}
	proof := artifact("booking")
	proof.Certificate.Expires = "2027-01-01"
	if err := p.Verify(proof, trusted); !errors.Is(err, release.ErrOther) {
		t.Errorf("Verify(same machine, another proof) = %v, want %v", err, release.ErrOther)
	}
}

// TestApprovalChanged changes every value of a signed approval, one at a time: none may still be accepted.
func TestApprovalChanged(t *testing.T) {
	t.Parallel()
	key, trusted := keys(t, 1)
	a := artifact("booking")
	var parts map[string]any
	if err := json.Unmarshal(approve(t, key, a), &parts); err != nil {
		t.Fatal(err)
	}
	other := approve(t, func() ed25519.PrivateKey { k, _ := keys(t, 2); return k }(), a)
	var foreign map[string]any
	if err := json.Unmarshal(other, &foreign); err != nil {
		t.Fatal(err)
	}
	changes := map[string]any{
		"format": "tacet.approval/2", "practice": "Elsewhere", "flow": "intake", "machine": strings.Repeat("0", 64),
		"artifact": strings.Repeat("0", 64), "by": "Somebody Else", "role": "owner", "at": "2026-11-23T09:30:00Z",
		"evidence": []any{}, "key": foreign["key"], "signature": foreign["signature"],
	}
	for name := range parts {
		if _, ok := changes[name]; !ok {
			t.Errorf("no change of %q is tried", name)
		}
	}
	for name, value := range changes {
		before := parts[name]
		parts[name] = value
		b, err := json.Marshal(ordered(parts))
		if err != nil {
			t.Fatal(err)
		}
		p, err := release.Decode(b)
		if err == nil {
			err = p.Verify(a, trusted)
		}
		if err == nil {
			t.Errorf("an approval with another %s is accepted", name)
		}
		parts[name] = before
	}
	b, err := json.Marshal(ordered(parts))
	if err != nil {
		t.Fatal(err)
	}
	p, err := release.Decode(b)
	if err != nil {
		t.Fatalf("Decode(unchanged) = %v", err)
	}
	if err := p.Verify(a, trusted); err != nil {
		t.Errorf("Verify(unchanged) = %v, want nil", err)
	}
}

// ordered gives the parts of an approval their order back.
func ordered(parts map[string]any) json.Marshaler { return parted(parts) }

type parted map[string]any

func (p parted) MarshalJSON() ([]byte, error) {
	var b bytes.Buffer
	b.WriteByte('{')
	for i, name := range []string{"format", "practice", "flow", "machine", "artifact", "by", "role", "at", "evidence", "key", "signature"} {
		if i > 0 {
			b.WriteByte(',')
		}
		v := p[name]
		if list, ok := v.([]any); ok && name == "evidence" {
			var out []release.Evidence
			for _, e := range list {
				e := e.(map[string]any)
				out = append(out, release.Evidence{Name: e["name"].(string), SHA256: e["sha256"].(string)})
			}
			v = append([]release.Evidence{}, out...)
		}
		value, err := json.Marshal(v)
		if err != nil {
			return nil, err
		}
		b.WriteString(`"` + name + `":`)
		b.Write(value)
	}
	b.WriteByte('}')
	return b.Bytes(), nil
}

func TestDecodeRefuses(t *testing.T) {
	t.Parallel()
	key, _ := keys(t, 1)
	good := string(approve(t, key, artifact("booking")))
	for name, b := range map[string]string{
		"nothing":       "",
		"other JSON":    `{"format":"tacet.approval/1"}`,
		"twice a key":   strings.Replace(good, `"by":`, `"by": "Eve", "by":`, 1),
		"another key":   strings.Replace(good, `"by":`, `"also": 1, "by":`, 1),
		"case of a key": strings.Replace(good, `"by":`, `"BY":`, 1),
		"more after":    good + "{}",
		"not UTF-8":     strings.Replace(good, "Dana", "D\xffna", 1),
	} {
		if _, err := release.Decode([]byte(b)); !errors.Is(err, release.ErrFormat) {
			t.Errorf("%s: Decode = %v, want %v", name, err, release.ErrFormat)
		}
	}
}

func TestApproveNames(t *testing.T) {
	t.Parallel()
	key, _ := keys(t, 1)
	for _, by := range []release.Signer{
		{Name: "", Role: "owner", Key: key}, {Name: "Dana", Role: " ", Key: key}, {Name: "Da\nna", Role: "owner", Key: key},
		{Name: strings.Repeat("a", 201), Role: "owner", Key: key}, {Name: "Dana", Role: "owner"},
	} {
		if _, err := release.Approve(artifact("booking"), by, at); err == nil {
			t.Errorf("Approve by %q, %q, key of %d bytes is accepted", by.Name, by.Role, len(by.Key))
		}
	}
}

func TestKeysRefused(t *testing.T) {
	t.Parallel()
	priv, pub, err := release.NewKey(zeros(1))
	if err != nil {
		t.Fatal(err)
	}
	for name, b := range map[string][]byte{"nothing": nil, "a public key": pub, "text": []byte("key")} {
		if _, err := release.PrivateKey(b); err == nil {
			t.Errorf("PrivateKey(%s) is accepted", name)
		}
	}
	for name, b := range map[string][]byte{"nothing": nil, "a private key": priv, "text behind": append(bytes.Clone(pub), "x"...)} {
		if _, err := release.PublicKeys(b); err == nil {
			t.Errorf("PublicKeys(%s) is accepted", name)
		}
	}
	two, err := release.PublicKeys(append(bytes.Clone(pub), pub...))
	if err != nil || len(two) != 2 {
		t.Errorf("PublicKeys(two) = %d keys, %v", len(two), err)
	}
}

func FuzzDecode(f *testing.F) {
	key, _, err := release.NewKey(zeros(1))
	if err != nil {
		f.Fatal(err)
	}
	k, err := release.PrivateKey(key)
	if err != nil {
		f.Fatal(err)
	}
	p, err := release.Approve(artifact("booking"), release.Signer{Name: "Dana", Role: "owner", Key: k}, at)
	if err != nil {
		f.Fatal(err)
	}
	b, err := p.Encode()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(b)
	f.Add([]byte(`{}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		p, err := release.Decode(b)
		if err != nil {
			return
		}
		again, err := p.Encode()
		if err != nil {
			t.Fatal(err)
		}
		if _, err := release.Decode(again); err != nil {
			t.Errorf("what Encode wrote is refused: %v", err)
		}
	})
}
