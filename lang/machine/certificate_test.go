package machine_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tacet-lang/tacet/lang/machine"
)

func certificate() *machine.Certificate {
	return &machine.Certificate{
		Format: machine.CertificateFormat, Machine: "4f1c", AsOf: "2026-11-22", Expires: "2028-12-31",
		Variables: []string{"dob", "<b>"}, Consents: []string{"intake"}, Order: []int{1, 0},
		Invariants: []machine.Invariant{
			{Location: "a", Exact: []int{1}, Held: []int{0}, States: []machine.AbstractState{{0, 1, 0, 1, 0}}, Uses: []machine.Use{{Variable: 1, Rank: 2}}, Merge: 1, Control: []machine.Control{{Class: "interest", Until: 1}},
				Splits: []machine.Split{{Nodes: []machine.Node{{Above: -1, Variable: 1, Edge: -1}, {Cells: []int{1}, Variable: -1, Edge: 0}, {Cells: []int{2}, Variable: -1, Edge: -1}}}}},
			{Location: "b", Merge: -1},
		},
	}
}

func TestCertificateRoundTrip(t *testing.T) {
	t.Parallel()
	want := certificate()
	b, err := want.Canonical()
	if err != nil {
		t.Fatal(err)
	}
	got, err := machine.DecodeCertificate(b)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}

func TestDecodeCertificateRefuses(t *testing.T) {
	t.Parallel()
	b, err := certificate().Canonical()
	if err != nil {
		t.Fatal(err)
	}
	good := string(b)
	for name, bad := range map[string]string{
		"nothing":        "",
		"no JSON":        good[:len(good)-1],
		"another format": strings.Replace(good, "certificate/3", "certificate/2", 1),
		"unknown key":    strings.Replace(good, `"as_of"`, `"as_if"`, 1),
		"key twice":      strings.Replace(good, `"as_of"`, `"machine":"x","as_of"`, 1),
		"capital key":    strings.Replace(good, `"as_of"`, `"As_of"`, 1),
		"more":           good + " {}",
		"no UTF-8":       strings.Replace(good, "dob", "\xff", 1),
		"deep":           strings.Repeat("[", 1000) + strings.Repeat("]", 1000),
		"a fraction":     strings.Replace(good, "[0,1,0,1,0]", "[0.5]", 1),
	} {
		if _, err := machine.DecodeCertificate([]byte(bad)); err == nil {
			t.Errorf("%s is accepted", name)
		}
	}
}

func FuzzDecodeArtifact(f *testing.F) {
	b, err := (&machine.Artifact{Machine: &machine.Machine{}, Certificate: certificate()}).Canonical()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(b)
	f.Add([]byte(`{"format":"tacet.artifact/1","machine":{},"certificate":{}}`))
	f.Fuzz(func(t *testing.T, in []byte) {
		a, err := machine.DecodeArtifact(in)
		if err != nil {
			return
		}
		out, err := a.Canonical()
		if err != nil {
			t.Fatal(err)
		}
		again, err := machine.DecodeArtifact(out)
		if err != nil {
			t.Fatalf("its canonical form is refused: %v", err)
		}
		once, err := again.Canonical()
		if err != nil || !bytes.Equal(once, out) {
			t.Errorf("the canonical form has another: %v", err)
		}
	})
}

func TestDecodeArtifactRefuses(t *testing.T) {
	t.Parallel()
	for _, bad := range []string{"", "{}", `{"format":"tacet.artifact/1"}`, `{"format":"tacet.artifact/2","machine":{},"certificate":{}}`, `{"format":"tacet.artifact/1","machine":null,"certificate":null}`} {
		if _, err := machine.DecodeArtifact([]byte(bad)); err == nil {
			t.Errorf("DecodeArtifact(%s) is accepted", bad)
		}
	}
}
