package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"time"

	"github.com/tacet-lang/tacet/lang/machine"
	"github.com/tacet-lang/tacet/runtime/audit"
	"github.com/tacet-lang/tacet/runtime/connect"
	"github.com/tacet-lang/tacet/runtime/outbox"
	"github.com/tacet-lang/tacet/runtime/session"
)

type outboxCmd struct {
	List  outboxListCmd  `cmd:"" help:"List what was sent to vendors and who was called, the newest first."`
	Show  outboxShowCmd  `cmd:"" help:"Say what became of one delivery."`
	Retry outboxRetryCmd `cmd:"" help:"Try again what was parked or given up."`
	File  outboxFileCmd  `cmd:"" help:"Give out what flows sent to a vendor as a file, for a program that reads files."`
}

// newWorker makes the worker that takes out what a practice sends.
func newWorker(d *data, practice string, flows func() []*machine.Machine, c *connections, log *slog.Logger) (*outbox.Worker, error) {
	w, err := outbox.New(outbox.Options{Practice: practice, Store: d.store, Vault: d.vault, Flows: flows, Settings: c.Settings, Log: log})
	if err != nil {
		return nil, err
	}
	return w, use(w, c)
}

// use makes a worker go the ways of a file.
func use(w *outbox.Worker, c *connections) error {
	var mail outbox.Mailer // nil where there is none
	if c.mail != nil {
		mail = c.mail
	}
	return w.Use(c.Settings, connect.NewClient(c.reach...), mail)
}

// boxFlags name a practice's database.
type boxFlags struct {
	Dir string `arg:"" optional:"" help:"Folder of the practice; the current folder by default." default:"."`
	dataFlags
}

func (f *boxFlags) with(con *console, fn func(ctx context.Context, store database, practice string) error) error {
	t := trailFlags{Dir: f.Dir, Data: f.Data}
	opened, practice, err := t.open(con)
	if err != nil {
		return err
	}
	store, ok := opened.(database)
	if !ok {
		panic(fmt.Sprintf("tacet: a store without rooms: %T", opened))
	}
	err = fn(context.Background(), store, practice)
	if err = errors.Join(err, store.Close()); err != nil {
		return ioError(err)
	}
	return nil
}

type outboxListCmd struct {
	boxFlags
	State string `help:"Only what is queued, delivered, parked or dead." enum:",queued,delivered,parked,dead" default:""`
	Kind  string `help:"Only what is sent to vendors (send), who is called (page), or what the compliance owner is told (alert)." enum:",send,page,alert" default:""`
	To    string `help:"Only for this vendor or team."`
	Limit int    `help:"At most so many." default:"200"`
}

// Help shows examples.
func (outboxListCmd) Help() string {
	return `Examples:
  tacet outbox list lakeside
  tacet outbox list --state parked lakeside`
}

// Run lists rows.
func (cmd *outboxListCmd) Run(con *console) error {
	return cmd.with(con, func(ctx context.Context, store database, practice string) error {
		list, err := store.Deliveries(ctx, practice, outbox.Filter{
			State: outbox.State(cmd.State), Kind: outbox.Kind(cmd.Kind), To: cmd.To, Limit: cmd.Limit,
		})
		if err != nil {
			return err
		}
		for i := range list {
			r := &list[i]
			_, err := fmt.Fprintf(con.out, "%s  %-9s %-5s %-16s %s  %s\n", stamp(r.At), r.State, r.Kind, r.To, r.ID, r.Why)
			if err != nil {
				return err
			}
		}
		return nil
	})
}

// stamp is how a time stands in a list.
func stamp(at time.Time) string { return at.UTC().Format("2006-01-02 15:04:05") }

type outboxShowCmd struct {
	ID string `arg:"" help:"The delivery's id."`
	boxFlags
}

// Run shows one row with its entries of the trail.
func (cmd *outboxShowCmd) Run(con *console) error {
	return cmd.with(con, func(ctx context.Context, store database, practice string) error {
		r, err := store.Delivery(ctx, practice, cmd.ID)
		if errors.Is(err, session.ErrNotFound) {
			return fmt.Errorf("there is no delivery %s", cmd.ID)
		}
		if err != nil {
			return err
		}
		for _, line := range [][2]string{
			{"delivery", r.ID}, {"kind", string(r.Kind)}, {"to", r.To}, {"conversation", r.Conversation}, {"state", string(r.State)}, {"why", r.Why},
			{"since", stamp(r.At)}, {"next try", stamp(r.Due)}, {"tried", fmt.Sprint(r.Claims)},
		} {
			if line[1] == "" || line[0] == "next try" && r.State != outbox.Queued {
				continue
			}
			if _, err := fmt.Fprintf(con.out, "%-13s %s\n", line[0], line[1]); err != nil {
				return err
			}
		}
		return audit.Each(ctx, store, practice, audit.Query{}, func(e session.Entry) error {
			if e.Detail["delivery"] != r.ID {
				return nil
			}
			_, err := fmt.Fprintf(con.out, "%s  %-18s %s\n", stamp(e.At), e.Action, e.Detail["why"])
			return err
		})
	})
}

type outboxRetryCmd struct {
	ID string `arg:"" help:"The delivery's id; or a vendor's name with --all."`
	boxFlags
	All bool   `help:"Everything parked or given up for the vendor of that name."`
	By  string `help:"Who does this, for the audit trail." required:""`
}

// Help shows examples.
func (outboxRetryCmd) Help() string {
	return `Examples:
  tacet outbox retry 06eauho0o2sd6204qglq6bj144-6-0 lakeside --by "Sam Lee"
  tacet outbox retry crm --all lakeside --by "Sam Lee"     once the agreement with it is renewed

Whether it may leave is decided anew at that moment.`
}

// Run queues rows again.
func (cmd *outboxRetryCmd) Run(con *console) error {
	return cmd.with(con, func(ctx context.Context, store database, practice string) error {
		ids := []string{cmd.ID}
		if cmd.All {
			ids = nil
			for _, state := range []outbox.State{outbox.Parked, outbox.Dead} {
				list, err := store.Deliveries(ctx, practice, outbox.Filter{State: state, To: cmd.ID, Limit: 100_000})
				if err != nil {
					return err
				}
				for i := range list {
					ids = append(ids, list[i].ID)
				}
			}
		}
		if err := store.Reopen(ctx, practice); err != nil { // an endpoint that still wants nothing says so again
			return err
		}
		now := time.Now().UTC()
		for _, id := range ids {
			e := session.Entry{At: now, Actor: cmd.By, Action: "outbox.retried", Detail: map[string]string{"delivery": id}}
			err := store.Requeue(ctx, practice, id, now, e)
			if errors.Is(err, session.ErrNotFound) {
				return fmt.Errorf("there is no delivery %s", id)
			}
			if err != nil {
				return err
			}
		}
		_, err := fmt.Fprintln(con.out, "queued:", counted(int64(len(ids)), "delivery", "deliveries"))
		return err
	})
}

type outboxFileCmd struct {
	Vendor string `arg:"" help:"The vendor, by its name in practice.yaml."`
	ownedFlags
	Format string  `help:"csv or vcard." enum:"csv,vcard" default:"csv"`
	From   dayFlag `help:"What was sent since this day, by the practice's calendar." placeholder:"DAY"`
	To     dayFlag `help:"Before this day." placeholder:"DAY"`
}

// Help shows examples.
func (outboxFileCmd) Help() string {
	return `Examples:
  tacet outbox file crm lakeside --by "Sam Lee" > leads.csv
  tacet outbox file crm lakeside --format vcard --from 2026-11-01 --by "Sam Lee" > leads.vcf

It is decided for each delivery whether the vendor may have it now, as if it fetched it: without an agreement in force, or after an
erasure, it is not in the file. Each has its entry in the trail. The file is not sealed: move it to where it belongs, and delete it.`
}

// Run writes a file to standard output.
func (cmd *outboxFileCmd) Run(con *console) error {
	c, err := mustCompile(con, compiling{untrained: true}, cmd.Dir)
	if err != nil {
		return err
	}
	var flows []*machine.Machine
	for _, f := range c.flows {
		flows = append(flows, f.Machine)
	}
	practice := &flows[0].Practice
	if !slices.ContainsFunc(practice.Vendors, func(v machine.Vendor) bool { return v.Name == cmd.Vendor }) {
		return usage("practice.yaml names no vendor `%s`", cmd.Vendor)
	}
	zone, err := time.LoadLocation(practice.Timezone)
	if err != nil {
		return err
	}
	h := outbox.Handout{Vendor: cmd.Vendor, Form: outbox.Form(cmd.Format), By: cmd.By}
	if h.From, err = cmd.From.in(zone); err != nil {
		return err
	}
	if h.To, err = cmd.To.in(zone); err != nil {
		return err
	}
	return cmd.with(con, func(o *owned) error {
		w, err := outbox.New(outbox.Options{
			Practice: o.practice, Store: o.store, Vault: o.vault, Flows: func() []*machine.Machine { return flows },
			Settings: outbox.Settings{Origin: "http://localhost"}, // nobody is told a link
		})
		if err != nil {
			return err
		}
		list, withheld, err := w.HandOut(context.Background(), h)
		if err != nil {
			return err
		}
		if withheld > 0 {
			fmt.Fprintf(con.err, "withheld: %s that `%s` may not have now; tacet audit export says why\n", counted(int64(withheld), "delivery", "deliveries"), cmd.Vendor)
		}
		if h.Form == outbox.VCard {
			return connect.WriteVCards(con.out, list)
		}
		return connect.WriteCSV(con.out, list)
	})
}
