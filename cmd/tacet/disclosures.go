package main

import (
	"context"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/tacet-lang/tacet/runtime/outbox"
	"github.com/tacet-lang/tacet/runtime/session"
)

// disclosure is one time that patient data went to somebody outside (45 CFR 164.528(b)(2)).
type disclosure struct {
	At           time.Time `json:"at"`
	Conversation string    `json:"conversation"`
	Recipient    string    `json:"recipient"`
	What         string    `json:"what"`
	Purpose      string    `json:"purpose"`
	Basis        string    `json:"basis"`
	Accountable  bool      `json:"accountable"` // part of an accounting that a patient asks for
	Entry        int64     `json:"entry"`
}

// recorded is the action of a disclosure that somebody made by other ways and wrote down.
const recorded = "disclosure.recorded"

// disclosed reads a disclosure from an entry of the trail; ok is false for an entry that is none.
func disclosed(e *session.Entry) (d disclosure, ok bool) {
	switch {
	case e.Action == "egress.fetched", e.Action == "egress.handed-out", e.Action == recorded:
	case e.Action == "egress.delivered" && e.Detail["form"] != string(outbox.Thin):
	default:
		return d, false
	}
	d = disclosure{
		At: e.At, Conversation: e.Conversation, Recipient: e.Detail["recipient"], What: e.Detail["what"], Purpose: e.Detail["purpose"],
		Basis: e.Detail["basis"], Entry: e.Number,
	}
	if d.Recipient == "" {
		d.Recipient = e.Detail["vendor"]
	}
	if d.What == "" {
		d.What = e.Detail["fields"] + " (" + e.Detail["classes"] + ")"
	}
	// 45 CFR 164.528(a)(1): not to carry out treatment, payment and operations, not to the individual, not by authorization
	d.Accountable = !slices.Contains([]string{outbox.BasisOperations, outbox.BasisIndividual, outbox.BasisAuthorization}, d.Basis)
	return d, true
}

type auditDisclosuresCmd struct {
	queryFlags
	Accountable bool   `help:"Only what belongs into an accounting of disclosures that a patient asks for."`
	Format      string `help:"csv or json." enum:"csv,json" default:"csv"`
}

// Help shows examples.
func (auditDisclosuresCmd) Help() string {
	return `Examples:
  tacet audit disclosures lakeside                                              what left to whom, when and why
  tacet audit disclosures --accountable --conversation 06eauho0o2sd6204qglq6bj144 lakeside

What flows send to vendors is for the practice's own operations, and no part of an accounting (45 CFR 164.528(a)(1)(i)). What is
disclosed by other ways is written down by tacet audit disclosed.`
}

// Run prints disclosures.
func (cmd *auditDisclosuresCmd) Run(con *console) error {
	var list []disclosure
	err := cmd.each(con, func(e session.Entry) error {
		if d, ok := disclosed(&e); ok && (d.Accountable || !cmd.Accountable) {
			list = append(list, d)
		}
		return nil
	})
	if err != nil {
		return err
	}
	return printDisclosures(con.out, cmd.Format, list)
}

func printDisclosures(w io.Writer, format string, list []disclosure) error {
	if format == "json" {
		e := json.NewEncoder(w)
		e.SetIndent("", "  ")
		e.SetEscapeHTML(false)
		return e.Encode(append([]disclosure{}, list...))
	}
	out := csv.NewWriter(w)
	_ = out.Write([]string{"at", "conversation", "recipient", "what", "purpose", "basis", "accountable", "entry"}) // Flush says what failed
	for _, d := range list {
		_ = out.Write([]string{
			d.At.UTC().Format(time.RFC3339), d.Conversation, d.Recipient, d.What, d.Purpose, d.Basis, fmt.Sprint(d.Accountable), fmt.Sprint(d.Entry),
		})
	}
	out.Flush()
	return out.Error()
}

type auditDisclosedCmd struct {
	Conversation string `arg:"" help:"The conversation whose data was disclosed."`
	boxFlags
	To    string  `help:"Who got it: name, and address if known." required:""`
	What  string  `help:"What, in a few words and without the data itself." required:""`
	Why   string  `help:"For what purpose, or upon which request." required:""`
	Basis string  `help:"On what basis: individual, authorization, required-by-law, public-health, threat, breach or tpo." required:""`
	On    dayFlag `help:"On which day; today by default." placeholder:"DAY"`
	By    string  `help:"Who writes this down, for the audit trail." required:""`
}

// Help shows an example.
func (auditDisclosedCmd) Help() string {
	return `Example:
  tacet audit disclosed 06eauho0o2sd6204qglq6bj144 lakeside --to "Cook County Circuit Court" --what "transcript of one conversation" --why "subpoena 2026-114" --basis required-by-law --by "Dana Ortiz"`
}

// Run writes a disclosure down.
func (cmd *auditDisclosedCmd) Run(con *console) error {
	if !slices.Contains(outbox.Bases, cmd.Basis) {
		return usage("`%s` is no basis; see `tacet audit disclosed --help`", cmd.Basis)
	}
	detail := map[string]string{"recipient": cmd.To, "what": cmd.What, "purpose": cmd.Why, "basis": cmd.Basis}
	if cmd.On != "" {
		if _, err := cmd.On.day(); err != nil {
			return err
		}
		detail["on"] = string(cmd.On)
	}
	return cmd.with(con, func(ctx context.Context, store database, practice string) error {
		err := store.View(ctx, practice, func(r session.Reader) error {
			_, err := r.Header(cmd.Conversation)
			return err
		})
		if err != nil {
			return fmt.Errorf("there is no conversation %s", cmd.Conversation)
		}
		e := session.Entry{At: time.Now().UTC(), Actor: cmd.By, Action: recorded, Conversation: cmd.Conversation, Detail: detail}
		if err := store.Note(ctx, practice, e); err != nil {
			return err
		}
		_, err = fmt.Fprintln(con.out, "written down")
		return err
	})
}
