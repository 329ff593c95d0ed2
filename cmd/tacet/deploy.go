package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"time"

	"github.com/tacet-lang/tacet/lang/machine"
	"github.com/tacet-lang/tacet/runtime/kernel"
	"github.com/tacet-lang/tacet/runtime/release"
)

type deployCmd struct {
	Artifacts []string `arg:"" optional:"" help:"Artifacts that build wrote; an approval is taken from beside each."`
	Withdraw  string   `help:"Take this flow out of service instead, by its id; with --practice." placeholder:"FLOW"`
	Migrate   []string `help:"Map by which open conversations on an earlier version move to this one; with one artifact." type:"path" sep:"none" placeholder:"FILE"`
	Practice  string   `help:"Id of the practice that --withdraw is about." placeholder:"ID"`
	By        string   `help:"Who deploys, for the audit trail." default:"operator"`
	dataFlags
}

// Help shows examples.
func (deployCmd) Help() string {
	return `Examples:
  tacet deploy --data practice.db dist/booking.artifact.json
  TACET_DATABASE_URL=postgres://… tacet deploy dist/*.artifact.json
  tacet deploy --data practice.db --migrate moves.yaml dist/booking.artifact.json
  tacet deploy --data practice.db --practice lakeside --withdraw booking

Servers that were started with --practice take it up within seconds: new conversations start on it, those under way end on
the version they started on, unless a map moves them (spec/operating.md). Deploying an earlier artifact again brings that version back.`
}

// Run puts artifacts in service, all or none of them checked first.
func (cmd *deployCmd) Run(con *console) error {
	if (len(cmd.Artifacts) == 0) == (cmd.Withdraw == "") || (cmd.Withdraw == "") != (cmd.Practice == "") {
		return usage("name the artifacts to deploy, or a flow with --withdraw and its practice with --practice")
	}
	if len(cmd.Migrate) > 0 && len(cmd.Artifacts) != 1 {
		return usage("`--migrate` is about one flow: name one artifact")
	}
	if cmd.Data == "" {
		return usage("say with --data where the practice's database is")
	}
	now := time.Now()
	list := make([]release.Deployment, 0, len(cmd.Artifacts))
	practices := make([]string, 0, len(cmd.Artifacts))
	var first *machine.Artifact
	for _, name := range cmd.Artifacts {
		a, d, err := deployment(con, name, now)
		if err != nil {
			return err
		}
		list, practices = append(list, d), append(practices, a.Machine.Practice.ID)
		first = cmp.Or(first, a)
	}
	if cmd.Withdraw != "" {
		list, practices = append(list, release.Deployment{Flow: cmd.Withdraw, At: now}), append(practices, cmd.Practice)
	}
	store, err := cmd.openStore()
	if err != nil {
		return err
	}
	if len(cmd.Migrate) > 0 {
		if list[0].Migration, err = cmd.migrate(con, store, first); err != nil {
			return errors.Join(err, store.Close())
		}
	}
	for i := range list {
		list[i].By = cmd.By
		n, err := store.Deploy(context.Background(), practices[i], list[i])
		if err != nil {
			return errors.Join(ioError(err), store.Close())
		}
		if _, err := fmt.Fprintf(con.out, "%s  %s of %s, deployment %d\n", list[i].Action(), list[i].Flow, practices[i], n); err != nil {
			return errors.Join(err, store.Close())
		}
	}
	return store.Close()
}

// deployment reads an artifact whose proof holds today, with the approval beside it.
func deployment(con *console, name string, now time.Time) (*machine.Artifact, release.Deployment, error) {
	var d release.Deployment
	a, err := readArtifact(name)
	if err != nil {
		return nil, d, err
	}
	if err := kernel.Check(a.Machine, a.Certificate, now); err != nil {
		fmt.Fprintf(con.err, "%s is not deployed, because its proof does not hold today: %v\n", name, err)
		return nil, d, errViolations
	}
	d = release.Deployment{Flow: a.Machine.Flow.ID, At: now}
	if d.Machine, err = a.Machine.Hash(); err != nil {
		return nil, d, err
	}
	if d.Artifact, err = a.Canonical(); err != nil {
		return nil, d, err
	}
	beside := approvalName(name)
	switch d.Approval, err = os.ReadFile(beside); {
	case errors.Is(err, fs.ErrNotExist):
		fmt.Fprintf(con.err, "%s has no approval beside it: servers in production will not serve it\n", name)
		return a, d, nil
	case err != nil:
		return nil, d, ioError(err)
	}
	p, err := release.Decode(d.Approval)
	if err == nil {
		if err = p.Verify(a, nil); errors.Is(err, release.ErrUntrusted) { // who is trusted is for each server to know
			err = nil
		}
	}
	if err != nil {
		return nil, d, usage("%s: %w", beside, err)
	}
	return a, d, nil
}
