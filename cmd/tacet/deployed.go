package main

import (
	"context"
	"crypto/ed25519"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"time"

	"github.com/tacet-lang/tacet/lang/machine"
	"github.com/tacet-lang/tacet/runtime/engine"
	"github.com/tacet-lang/tacet/runtime/kernel"
	"github.com/tacet-lang/tacet/runtime/migration"
	"github.com/tacet-lang/tacet/runtime/release"
	"github.com/tacet-lang/tacet/runtime/session"
)

const (
	lookEvery = 2 * time.Second
	warnAhead = 30 // days before an agreement ends
)

// deployed serves what was deployed for a practice.
type deployed struct {
	practice string
	store    release.Store
	trusted  []ed25519.PublicKey // whose approvals count; nil: none is needed
	log      *slog.Logger
	now      func() time.Time

	common engine.Shared
	loaded map[string]loadedFlow // by flow
	number int64                 // of the newest deployment looked at
	day    string                // on which it was looked at
}

// loadedFlow is a flow that is ready, and until when it may be offered.
type loadedFlow struct {
	session.Flow
	number   int64 // of the deployment
	artifact *machine.Artifact
	expires  string // the first day on which an agreement is no longer in force; empty: never
	warned   string // the day on which that was told
}

// trust reads the public keys of those whose approvals count.
func trust(names []string) ([]ed25519.PublicKey, error) {
	var keys []ed25519.PublicKey
	for _, name := range names {
		file, err := os.ReadFile(name)
		if err != nil {
			return nil, ioError(err)
		}
		list, err := release.PublicKeys(file)
		if err != nil {
			return nil, usage("%s: %w", name, err)
		}
		keys = append(keys, list...)
	}
	return keys, nil
}

// changed reports whether there is anything to look at: a new deployment, or a new day.
func (d *deployed) changed(ctx context.Context) (bool, error) {
	n, err := d.store.NewestDeployment(ctx, d.practice)
	if err != nil {
		return false, err
	}
	return n != d.number || d.today() != d.day, nil
}

func (d *deployed) today() string { return d.now().UTC().Format(time.DateOnly) }

// flows returns what can be offered today: of each flow the newest deployment that is not refused.
func (d *deployed) flows(ctx context.Context) ([]session.Flow, error) {
	number, err := d.store.NewestDeployment(ctx, d.practice)
	if err != nil {
		return nil, err
	}
	list, err := d.store.InService(ctx, d.practice)
	if err != nil {
		return nil, err
	}
	d.number, d.day = number, d.today()
	next := map[string]loadedFlow{}
	var flows []session.Flow
	for i := range list {
		f, ok, err := d.take(ctx, &list[i])
		if err != nil {
			return nil, err
		}
		if !ok {
			continue
		}
		if d.inForce(&f) {
			flows = append(flows, f.Flow)
		}
		next[list[i].Flow] = f
	}
	d.loaded = next
	return flows, nil
}

// stepsBack bounds how far back a deployment is looked for that is not refused.
const stepsBack = 16

// take makes a deployment ready, or the newest before it that is not refused and was not withdrawn since. Each refusal is told
// in the log.
func (d *deployed) take(ctx context.Context, newest *release.Deployment) (loadedFlow, bool, error) {
	list, err := d.store.Earlier(ctx, d.practice, newest.Flow, newest.Number, stepsBack)
	if err != nil {
		return loadedFlow{}, false, err
	}
	for _, r := range append([]release.Deployment{*newest}, list...) {
		if r.Machine == "" {
			break
		}
		before, known := d.loaded[r.Flow]
		if known && before.number == r.Number {
			return before, true, nil
		}
		f, err := d.load(&r)
		if err == nil {
			f.Moves = d.moves(ctx, &r, f.artifact)
			d.log.Info("deployment in service", "flow", r.Flow, "deployment", r.Number, "machine", r.Machine)
			return f, true, nil
		}
		d.log.Error("deployment refused", "flow", r.Flow, "deployment", r.Number, "reason", err.Error())
	}
	return loadedFlow{}, false, nil
}

// load checks a deployment as if nobody had: its approval, and by the kernel its proof as of today.
func (d *deployed) load(r *release.Deployment) (loadedFlow, error) {
	a, err := r.Open(d.trusted)
	if err != nil {
		return loadedFlow{}, err
	}
	if a.Machine.Practice.ID != d.practice {
		return loadedFlow{}, fmt.Errorf("it is of practice %s", a.Machine.Practice.ID)
	}
	if err := kernel.Check(a.Machine, a.Certificate, d.now()); err != nil {
		return loadedFlow{}, err
	}
	p, err := engine.LoadWith(a.Machine, engine.Options{Shared: &d.common})
	if err != nil {
		return loadedFlow{}, err
	}
	return loadedFlow{
		Flow: session.Flow{Machine: a.Machine, Program: p}, number: r.Number, artifact: a, expires: a.Certificate.Expires,
	}, nil
}

// moves are how conversations move to a deployment, checked as if nobody had. Those that are refused are told in the log, and
// conversations end on the version they are on.
func (d *deployed) moves(ctx context.Context, r *release.Deployment, to *machine.Artifact) (list []*migration.Move) {
	plans, err := migration.Decode(r.Migration)
	for i := range plans {
		m, e := d.move(ctx, plans[i], to)
		if e == nil {
			list = append(list, m)
		}
		err = errors.Join(err, e)
	}
	if err != nil {
		d.log.Error("migration refused", "flow", r.Flow, "deployment", r.Number, "reason", err.Error())
	}
	return list
}

func (d *deployed) move(ctx context.Context, p migration.Plan, to *machine.Artifact) (*migration.Move, error) {
	from, err := d.everDeployed(ctx, p.From)
	if err != nil {
		return nil, err
	}
	return migration.Check(p, from, to)
}

// inForce decides whether a flow may be offered today, and tells ahead when it will not be any more.
func (d *deployed) inForce(f *loadedFlow) bool {
	today := d.today()
	if f.expires == "" {
		return true
	}
	end, err := time.Parse(time.DateOnly, f.expires)
	left := end.Sub(d.now().UTC().Truncate(24*time.Hour)) / (24 * time.Hour)
	switch {
	case err != nil || today >= f.expires:
		d.log.Error("flow is not offered any more: an agreement has ended", "flow", f.Machine.Flow.ID, "ended", f.expires)
		return false
	case left <= warnAhead && f.warned != today:
		f.warned = today
		d.log.Warn("an agreement ends soon; the flow is then not offered any more", "flow", f.Machine.Flow.ID, "ends", f.expires, "days", int(left))
	}
	return true
}

// admit makes a machine ready that is served no longer but has conversations. It must have been deployed, with an approval
// that counts, and its proof must have held on that day.
func (d *deployed) admit(m *machine.Machine) (session.Program, error) {
	hash, err := m.Hash()
	if err != nil {
		return nil, err
	}
	a, err := d.everDeployed(context.Background(), hash)
	if err != nil {
		return nil, err
	}
	return engine.LoadWith(a.Machine, engine.Options{Shared: &d.common})
}

// everDeployed returns the artifact of a machine that was deployed with an approval that counts, and whose proof held on that
// day.
func (d *deployed) everDeployed(ctx context.Context, hash string) (*machine.Artifact, error) {
	list, err := d.store.Deployed(ctx, d.practice, hash)
	if err != nil {
		return nil, err
	}
	errs := []error{fmt.Errorf("machine %s was never deployed in a way that counts", hash)}
	for i := range list {
		a, err := list[i].Open(d.trusted)
		if err == nil {
			err = kernel.Check(a.Machine, a.Certificate, list[i].At)
		}
		if err == nil {
			return a, nil
		}
		errs = append(errs, err)
	}
	return nil, errors.Join(errs...)
}

// follow offers what is deployed from now on, until ctx is done.
func (d *deployed) follow(ctx context.Context, offer func(context.Context, []session.Flow) error) {
	tick, stop := session.Every(lookEvery)
	defer stop()
	failing := false
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick:
		}
		err := d.look(ctx, offer)
		if err != nil && !failing && ctx.Err() == nil { // once: the next look brings the same
			d.log.Error("cannot look for deployments", "error", err)
		}
		failing = err != nil
	}
}

func (d *deployed) look(ctx context.Context, offer func(context.Context, []session.Flow) error) error {
	changed, err := d.changed(ctx)
	if err != nil || !changed {
		return err
	}
	flows, err := d.flows(ctx)
	if err == nil {
		err = offer(ctx, flows)
	}
	if err != nil {
		d.number = -1 // look again
	}
	return err
}
