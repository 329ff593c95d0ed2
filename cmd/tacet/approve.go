package main

import (
	"crypto/rand"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/tacet-lang/tacet/lang/machine"
	"github.com/tacet-lang/tacet/runtime/kernel"
	"github.com/tacet-lang/tacet/runtime/release"
)

type approveCmd struct {
	Artifacts []string `arg:"" optional:"" help:"Artifacts that build wrote."`
	Key       string   `help:"PEM file with the private key of whoever approves." required:"" type:"path"`
	NewKey    bool     `help:"Make the key, and beside it the public key that serve is told to trust."`
	By        string   `help:"Who approves."`
	Role      string   `help:"In which role." default:"compliance owner"`
	Evidence  []string `help:"Documents that the approval rests on; their hashes become part of it." type:"path" sep:"none"`
}

// Help shows examples.
func (approveCmd) Help() string {
	return `Examples:
  tacet approve --new-key --key dana.pem     makes dana.pem (keep it secret) and dana.pub.pem
  tacet approve --key dana.pem --by "Dana Ortiz" --evidence risk.md dist/booking.artifact.json

The approval is written beside the artifact, as booking.approval.json. In production only artifacts with an approval by
a trusted key are served, and any change of the artifact makes the approval void.`
}

// Run makes a key, or signs.
func (cmd *approveCmd) Run(con *console) error {
	if cmd.NewKey {
		return cmd.makeKey(con)
	}
	if len(cmd.Artifacts) == 0 {
		return usage("name the artifacts to approve; `tacet build` writes them")
	}
	signer, err := cmd.signer()
	if err != nil {
		return err
	}
	evidence, err := readEvidence(cmd.Evidence)
	if err != nil {
		return err
	}
	for _, name := range cmd.Artifacts {
		if err := approveFile(con, name, signer, evidence); err != nil {
			return err
		}
	}
	return nil
}

func (cmd *approveCmd) makeKey(con *console) error {
	if len(cmd.Artifacts) > 0 {
		return usage("make the key first, then approve with it")
	}
	public := strings.TrimSuffix(cmd.Key, ".pem") + ".pub.pem"
	for _, name := range []string{cmd.Key, public} {
		if _, err := os.Lstat(name); err == nil {
			return usage("%s is there already; a key is never written over", name)
		}
	}
	priv, pub, err := release.NewKey(rand.Reader)
	if err != nil {
		return err
	}
	if err := writeWhole(cmd.Key, priv, 0o600); err != nil {
		return err
	}
	if err := writeWhole(public, pub, 0o644); err != nil {
		return err
	}
	_, err = fmt.Fprintf(con.out, "%s  keep it secret: whoever has it can approve\n%s  give it to whoever serves\n", cmd.Key, public)
	return err
}

func (cmd *approveCmd) signer() (release.Signer, error) {
	if strings.TrimSpace(cmd.By) == "" {
		return release.Signer{}, usage("say who approves, with --by \"First Last\"")
	}
	file, err := os.ReadFile(cmd.Key)
	if err != nil {
		return release.Signer{}, ioError(err)
	}
	key, err := release.PrivateKey(file)
	if err != nil {
		return release.Signer{}, usage("%s: %w; `tacet approve --new-key` makes one", cmd.Key, err)
	}
	return release.Signer{Name: cmd.By, Role: cmd.Role, Key: key}, nil
}

func readEvidence(names []string) ([]release.Evidence, error) {
	out := make([]release.Evidence, 0, len(names))
	for _, name := range names {
		content, err := os.ReadFile(name)
		if err != nil {
			return nil, ioError(err)
		}
		out = append(out, release.Read(filepath.Base(name), content))
	}
	return out, nil
}

func approveFile(con *console, name string, by release.Signer, evidence []release.Evidence) error {
	now := time.Now()
	a, err := readArtifact(name)
	if err != nil {
		return err
	}
	if err := kernel.Check(a.Machine, a.Certificate, now); err != nil {
		fmt.Fprintf(con.err, "%s is not approved, because its proof does not hold today: %v\n", name, err)
		return errViolations
	}
	p, err := release.Approve(a, by, now, evidence...)
	if err != nil {
		return usage("%w", err)
	}
	b, err := p.Encode()
	if err != nil {
		return err
	}
	out := approvalName(name)
	if err := writeWhole(out, b, 0o644); err != nil {
		return err
	}
	_, err = fmt.Fprintf(con.out, "%s  %s\n", p.Artifact, out)
	return err
}

// approvalName is where the approval of an artifact lies.
func approvalName(artifact string) string {
	return strings.TrimSuffix(strings.TrimSuffix(artifact, ".json"), ".artifact") + ".approval.json"
}

// readArtifact reads what build wrote. Whether its proof holds is for the kernel to say.
func readArtifact(name string) (*machine.Artifact, error) {
	info, err := os.Stat(name)
	if err != nil {
		return nil, ioError(err)
	}
	if info.Size() > 2*machine.MaxArtifact { // indented for reading, it is larger than its canonical form
		return nil, usage("%s is too large to be an artifact", name)
	}
	b, err := os.ReadFile(name)
	if err != nil {
		return nil, ioError(err)
	}
	a, err := machine.DecodeArtifact(b)
	if err != nil {
		return nil, usage("%s: %w", name, err)
	}
	return a, nil
}
