package release

import (
	"context"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"time"

	"github.com/tacet-lang/tacet/lang/machine"
)

// Deployment puts an artifact in service: new conversations of its flow start on it from then on. Deployments of a practice
// are numbered from 1 and never change; the newest of a flow is the one that counts.
type Deployment struct {
	Number   int64  // set by the store
	Flow     string // Machine.Flow.ID
	Machine  string // Machine.Hash; empty takes the flow out of service
	Artifact []byte // its canonical form; empty with Machine
	Approval []byte // an Approval as Encode writes it; empty: none
	// Migration says how open conversations on earlier versions move to this one, as package migration writes it; empty: they
	// end on the version they are on.
	Migration []byte
	At        time.Time
	By        string // who deployed, as far as the command knows
}

// Store keeps what is in service. Safe for concurrent use, also by several processes. A store writes an entry flow.deployed or
// flow.withdrawn into the audit trail with each deployment, in the same transaction.
type Store interface {
	// Deploy stores a deployment and returns its number.
	Deploy(ctx context.Context, practice string, d Deployment) (int64, error)
	// NewestDeployment returns the number of the newest deployment; 0 without any.
	NewestDeployment(ctx context.Context, practice string) (int64, error)
	// InService lists the newest deployment of each flow that is in service, by flow.
	InService(ctx context.Context, practice string) ([]Deployment, error)
	// Earlier lists the deployments of a flow before a number, withdrawals among them, the newest first.
	Earlier(ctx context.Context, practice, flow string, before int64, limit int) ([]Deployment, error)
	// Deployed lists the deployments of a machine, the newest first.
	Deployed(ctx context.Context, practice, machine string) ([]Deployment, error)
}

// Action is what the audit trail calls a deployment.
func (d *Deployment) Action() string {
	if d.Machine == "" {
		return "flow.withdrawn"
	}
	return "flow.deployed"
}

// Detail is what the audit trail says of a deployment.
func (d *Deployment) Detail() map[string]string {
	out := map[string]string{"flow": d.Flow}
	if d.Machine != "" {
		out["machine"] = d.Machine
	}
	if len(d.Migration) > 0 {
		sum := sha256.Sum256(d.Migration)
		out["migration"] = hex.EncodeToString(sum[:])
	}
	return out
}

// ErrUnapproved says that nobody has approved an artifact.
var ErrUnapproved = errors.New("nobody has approved it")

// Open decodes what was deployed. That its approval counts, if trusted is not nil, is checked here; that its proof holds is for
// the kernel.
func (d *Deployment) Open(trusted []ed25519.PublicKey) (*machine.Artifact, error) {
	a, err := machine.DecodeArtifact(d.Artifact)
	if err != nil {
		return nil, err
	}
	if hash, err := a.Machine.Hash(); err != nil || hash != d.Machine || a.Machine.Flow.ID != d.Flow {
		return nil, errors.Join(fmt.Errorf("deployment %d is not what it says", d.Number), err)
	}
	if trusted == nil {
		return a, nil
	}
	if len(d.Approval) == 0 {
		return nil, ErrUnapproved
	}
	p, err := Decode(d.Approval)
	if err != nil {
		return nil, err
	}
	return a, p.Verify(a, trusted)
}
