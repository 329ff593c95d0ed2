package main

import (
	"context"
	"crypto/ed25519"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/tacet-lang/tacet/runtime/audit"
	"github.com/tacet-lang/tacet/runtime/release"
	"github.com/tacet-lang/tacet/runtime/session"
	"github.com/tacet-lang/tacet/runtime/store/postgres"
	"github.com/tacet-lang/tacet/runtime/store/sqlite"
)

type auditCmd struct {
	Verify      auditVerifyCmd      `cmd:"" help:"Say whether the trail is whole and every turn is as it was written."`
	Checkpoint  auditCheckpointCmd  `cmd:"" help:"Verify, and print a signed line that says where the trail ends; keep it elsewhere."`
	Export      auditExportCmd      `cmd:"" help:"Print entries of the trail, one JSON object a line."`
	Disclosures auditDisclosuresCmd `cmd:"" help:"Say what patient data went to whom outside, when and why."`
	Disclosed   auditDisclosedCmd   `cmd:"" help:"Write down a disclosure that was made by other ways."`
	Who         auditWhoCmd         `cmd:"" help:"Say who has seen or changed a conversation, or what a person has done."`
}

// trailFlags say which trail is meant.
type trailFlags struct {
	Dir  string `arg:"" optional:"" help:"Folder of the practice; the current folder by default." default:"."`
	Data string `help:"Database: a file, by default .tacet/tacet.db in the practice's folder, or postgres://…" aliases:"database" env:"TACET_DATABASE_URL"`
}

// open opens the database, which must be there, and finds out which practice it is about.
func (f *trailFlags) open(con *console) (store session.Store, practice string, err error) {
	c, err := mustCompile(con, compiling{}, f.Dir)
	if err != nil {
		return nil, "", err
	}
	practice = c.flows[0].Machine.Practice.ID
	if isPostgres(f.Data) {
		ctx, cancel := context.WithTimeout(context.Background(), connecting)
		defer cancel()
		s, err := postgres.Open(ctx, f.Data)
		if err != nil {
			return nil, "", ioError(err)
		}
		return s, practice, nil
	}
	name := f.Data
	if name == "" {
		name = filepath.Join(f.Dir, ".tacet", "tacet.db")
	}
	if _, err := os.Stat(name); err != nil {
		return nil, "", ioError(fmt.Errorf("there is no database at %s: nothing was served here yet, or `--data` must say where it is", name))
	}
	s, err := sqlite.Open(name, sqlite.Options{})
	if err != nil {
		return nil, "", ioError(err)
	}
	return s, practice, nil
}

type auditVerifyCmd struct {
	trailFlags
	Checkpoints string `help:"File with lines that checkpoint printed, which the trail must still contain." type:"existingfile"`
	Key         string `help:"PEM file with the public key that the checkpoints are signed with." type:"existingfile"`
}

// Help shows examples.
func (auditVerifyCmd) Help() string {
	return `Examples:
  tacet audit verify lakeside
  tacet audit verify --checkpoints trail.jsonl --key operator.pub.pem lakeside

Exit code 1 means that an entry or a turn was changed, deleted, put in or moved; the message says which. What was cut off at the
end is found with checkpoints only.`
}

// Run verifies.
func (cmd *auditVerifyCmd) Run(con *console) error {
	var known []audit.Checkpoint
	if (cmd.Checkpoints == "") != (cmd.Key == "") {
		return usage("`--checkpoints` and `--key` go together")
	}
	if cmd.Checkpoints != "" {
		var err error
		if known, err = readCheckpoints(cmd.Checkpoints, cmd.Key); err != nil {
			return err
		}
	}
	_, r, err := cmd.verify(con, known)
	if err != nil {
		return err
	}
	return tellTrail(con, r)
}

func readCheckpoints(file, key string) ([]audit.Checkpoint, error) {
	pem, err := os.ReadFile(key)
	if err != nil {
		return nil, ioError(err)
	}
	keys, err := release.PublicKeys(pem)
	if err != nil {
		return nil, usage("%s: %w", key, err)
	}
	if len(keys) != 1 {
		return nil, usage("%s must hold one key", key)
	}
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, ioError(err)
	}
	known, err := audit.ReadCheckpoints(string(text), keys[0])
	if err != nil {
		return nil, usage("%s: %w", file, err)
	}
	return known, nil
}

func (f *trailFlags) verify(con *console, known []audit.Checkpoint) (practice string, r *audit.Report, err error) {
	store, practice, err := f.open(con)
	if err != nil {
		return "", nil, err
	}
	r, err = audit.Verify(context.Background(), store, practice, known...)
	if err = errors.Join(err, store.Close()); err != nil {
		return "", nil, ioError(err)
	}
	return practice, r, nil
}

// tellTrail prints what was found.
func tellTrail(con *console, r *audit.Report) error {
	for _, f := range r.Findings {
		if f.Number > 0 {
			fmt.Fprintf(con.out, "entry %d: %s\n", f.Number, f.What)
		} else {
			fmt.Fprintln(con.out, f.What)
		}
	}
	if !r.Whole() {
		return errViolations
	}
	_, err := fmt.Fprintf(con.out, "whole: %s, which name %s\n", counted(r.Entries, "entry", "entries"), counted(r.Turns, "turn", "turns"))
	return err
}

func counted(n int64, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

type auditCheckpointCmd struct {
	trailFlags
	Key string `help:"PEM file with the private key that signs; approve --new-key makes one." required:"" type:"existingfile"`
}

// Help shows an example.
func (auditCheckpointCmd) Help() string {
	return `Example:
  tacet audit checkpoint --key operator.pem lakeside >> /mnt/elsewhere/trail.jsonl`
}

// Run verifies and signs.
func (cmd *auditCheckpointCmd) Run(con *console) error {
	pem, err := os.ReadFile(cmd.Key)
	if err != nil {
		return ioError(err)
	}
	var key ed25519.PrivateKey
	if key, err = release.PrivateKey(pem); err != nil {
		return usage("%s: %w", cmd.Key, err)
	}
	practice, r, err := cmd.verify(con, nil)
	if err != nil {
		return err
	}
	if !r.Whole() { // what is broken is not vouched for
		return tellTrail(&console{out: con.err}, r)
	}
	c := r.Checkpoint(practice, time.Now())
	line, err := c.Sign(key)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintln(con.out, line)
	return err
}

// queryFlags select entries.
type queryFlags struct {
	trailFlags
	Conversation string  `help:"Entries about this conversation."`
	Person       string  `help:"Entries about what this person did; their id, or patient, assistant, clock."`
	Action       string  `help:"Entries of this kind, such as transcript.viewed."`
	From         dayFlag `help:"Entries since this day, as 2026-11-30 (UTC)." placeholder:"DAY"`
	To           dayFlag `help:"Entries before this day." placeholder:"DAY"`
}

func (f *queryFlags) each(con *console, fn func(session.Entry) error) error {
	q := audit.Query{Conversation: f.Conversation, Actor: f.Person, Action: f.Action}
	var err error
	if f.From != "" {
		if q.From, err = f.From.day(); err != nil {
			return err
		}
	}
	if f.To != "" {
		if q.To, err = f.To.day(); err != nil {
			return err
		}
	}
	store, practice, err := f.open(con)
	if err != nil {
		return err
	}
	err = audit.Each(context.Background(), store, practice, q, fn)
	if err = errors.Join(err, store.Close()); err != nil {
		return ioError(err)
	}
	return nil
}

type auditExportCmd struct{ queryFlags }

// Run prints entries.
func (cmd *auditExportCmd) Run(con *console) error {
	e := json.NewEncoder(con.out)
	e.SetEscapeHTML(false)
	return cmd.each(con, func(entry session.Entry) error {
		return e.Encode(struct {
			Number int64 `json:"number"`
			session.Entry
		}{entry.Number, entry})
	})
}

type auditWhoCmd struct{ queryFlags }

// Help shows examples.
func (auditWhoCmd) Help() string {
	return `Examples:
  tacet audit who --conversation 06eauho0o2sd6204qglq6bj144 lakeside
  tacet audit who --person 4k7xq2mnbv --from 2026-11-01 lakeside`
}

// Run prints one line for each entry.
func (cmd *auditWhoCmd) Run(con *console) error {
	if cmd.Conversation == "" && cmd.Person == "" {
		return usage("say which `--conversation`, or which `--person`")
	}
	return cmd.each(con, func(e session.Entry) error {
		about := e.Conversation
		if cmd.Conversation != "" {
			about = ""
		}
		_, err := fmt.Fprintf(con.out, "%s  %-16s %-28s %s\n", e.At.UTC().Format("2006-01-02 15:04:05"), e.Actor, e.Action, about)
		return err
	})
}
