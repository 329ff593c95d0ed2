package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/tacet-lang/tacet/lang/machine"
	"github.com/tacet-lang/tacet/runtime/breach"
	"github.com/tacet-lang/tacet/runtime/connect"
	"github.com/tacet-lang/tacet/runtime/retention"
	"github.com/tacet-lang/tacet/runtime/session"
)

type breachCmd struct {
	Open   breachOpenCmd   `cmd:"" help:"Record an incident, find out whom it concerns, and keep what must be proven."`
	List   breachListCmd   `cmd:"" help:"List incidents with their next deadline."`
	Report breachReportCmd `cmd:"" help:"Say who, which classes and which turns are concerned, and by when who must be told."`
	Update breachUpdateCmd `cmd:"" help:"Write down how an incident was judged, and who was told."`
}

// incidents is what a command about incidents works with.
type incidents struct {
	*owned
	zone *time.Location
	ctx  context.Context //nolint:containedctx // of one command
}

// each opens a practice's data for a command about incidents.
func (f *ownedFlags) incidents(con *console, fn func(i *incidents) error) error {
	c, err := mustCompile(con, compiling{untrained: true}, f.Dir)
	if err != nil {
		return err
	}
	zone, err := time.LoadLocation(c.flows[0].Machine.Practice.Timezone)
	if err != nil {
		return err
	}
	return f.with(con, func(o *owned) error { return fn(&incidents{o, zone, context.Background()}) })
}

// one finds an incident.
func (i *incidents) one(id string) (breach.Record, error) {
	list, err := breach.List(i.ctx, i.store, i.vault, i.practice)
	if err != nil {
		return breach.Record{}, err
	}
	at := slices.IndexFunc(list, func(r breach.Record) bool { return r.ID == id })
	if at < 0 {
		return breach.Record{}, fmt.Errorf("there is no incident %s", id)
	}
	return list[at], nil
}

type breachOpenCmd struct {
	ownedFlags
	Discovered   dayFlag  `help:"First day on which anybody knew, or should have." required:"" placeholder:"DAY"`
	What         string   `help:"What happened." required:""`
	Received     string   `help:"Who got the data."`
	Person       string   `help:"Concerned is what this member of staff has seen; their id."`
	Vendor       string   `help:"Concerned is what this vendor has received."`
	Conversation []string `help:"Concerned are these conversations."`
	From         dayFlag  `help:"Since this day, by the practice's calendar." placeholder:"DAY"`
	To           dayFlag  `help:"Before this day." placeholder:"DAY"`
}

// Help shows examples.
func (breachOpenCmd) Help() string {
	return `Examples:
  tacet breach open lakeside --discovered 2026-11-20 --what "an account was used by somebody else" --person 4k7xq2mnbv --from 2026-11-01 --by "Dana Ortiz"
  tacet breach open lakeside --discovered 2026-11-20 --what "the vendor reports an intrusion" --vendor crm --by "Dana Ortiz"

The conversations that are concerned come under a legal hold. An incident counts as a breach until it is shown not to be one.`
}

// Run opens an incident.
func (cmd *breachOpenCmd) Run(con *console) error {
	q := breach.Query{Person: cmd.Person, Vendor: cmd.Vendor, Conversations: cmd.Conversation}
	if n := len(slices.DeleteFunc([]bool{q.Person != "", q.Vendor != "", len(q.Conversations) > 0}, func(b bool) bool { return !b })); n != 1 {
		return usage("say what is concerned: what a `--person` has seen, what a `--vendor` has received, or which `--conversation`")
	}
	return cmd.incidents(con, func(i *incidents) error {
		r := breach.Record{
			ID: strings.ToLower(session.NewID()[:10]), Practice: i.practice, What: cmd.What, Received: cmd.Received, By: cmd.By, At: time.Now().UTC(),
		}
		var err error
		for _, d := range []struct {
			day dayFlag
			at  *time.Time
		}{{cmd.Discovered, &r.Discovered}, {cmd.From, &q.From}, {cmd.To, &q.To}} {
			if *d.at, err = d.day.in(i.zone); err != nil {
				return err
			}
		}
		if err := r.Check(); err != nil {
			return usage("%w", err)
		}
		if r.Affected, err = breach.Find(i.ctx, i.store, i.vault, i.practice, q); err != nil {
			return err
		}
		if len(r.Affected) == 0 {
			return breach.ErrNobody
		}
		return i.open(con, r)
	})
}

// open stores a new incident and keeps what it concerns.
func (i *incidents) open(con *console, r breach.Record) error {
	r, err := breach.Put(i.ctx, i.store, i.vault, r, "breach.opened")
	if err != nil {
		return err
	}
	for _, a := range r.Affected {
		if a.Erased {
			continue
		}
		h := retention.Hold{Practice: i.practice, Conversation: a.Conversation, Reason: "incident " + r.ID, By: i.by}
		if _, err := placeHold(i.ctx, i.store, h); err != nil {
			return err
		}
	}
	fmt.Fprintf(con.out, "incident %s: %s, of classes %s\n", r.ID, counted(int64(len(r.Affected)), "person", "people"), strings.Join(r.Classes(), ", "))
	return printDeadlines(con.out, &r, i.zone)
}

func printDeadlines(w io.Writer, r *breach.Record, zone *time.Location) error {
	for _, d := range r.Deadlines(zone) {
		if _, err := fmt.Fprintf(w, "  by the end of %s: %s (%s)\n", d.By.Add(-time.Second).In(zone).Format(time.DateOnly), d.Who, d.Basis); err != nil {
			return err
		}
	}
	return nil
}

type breachListCmd struct{ ownedFlags }

// Run lists incidents.
func (cmd *breachListCmd) Run(con *console) error {
	return cmd.incidents(con, func(i *incidents) error {
		list, err := breach.List(i.ctx, i.store, i.vault, i.practice)
		if err != nil {
			return err
		}
		for n := range list {
			r := &list[n]
			decision := r.Decision
			if decision == breach.Undecided {
				decision = "presumed a breach"
			}
			next := r.Deadlines(i.zone)[0]
			_, err := fmt.Fprintf(con.out, "%s  discovered %s  %s  %s  next by the end of %s\n", r.ID, r.Discovered.In(i.zone).Format(time.DateOnly),
				counted(int64(len(r.Affected)), "person", "people"), decision, next.By.Add(-time.Second).In(i.zone).Format(time.DateOnly))
			if err != nil {
				return err
			}
		}
		return nil
	})
}

type breachReportCmd struct {
	ID string `arg:"" help:"The incident's id."`
	ownedFlags
	Format string `help:"text, json or csv." enum:"text,json,csv" default:"text"`
	People bool   `help:"With what the practice knows to reach each person by: name, phone, e-mail. This is patient data; the trail says who asked."`
}

// Help shows an example.
func (breachReportCmd) Help() string {
	return `Example:
  tacet breach report k2m9qwxz4p lakeside --by "Dana Ortiz" --format csv --people > letters.csv`
}

// person is one row of a report.
type person struct {
	breach.Affected
	Reach map[string]string `json:"reach,omitempty"`
}

// Run prints a report.
func (cmd *breachReportCmd) Run(con *console) error {
	return cmd.incidents(con, func(i *incidents) error {
		r, err := i.one(cmd.ID)
		if err != nil {
			return err
		}
		entry := session.Entry{At: time.Now().UTC(), Actor: i.by, Action: "breach.reported", Detail: map[string]string{
			"incident": r.ID, "people": strconv.FormatBool(cmd.People),
		}}
		if err := i.store.Note(i.ctx, i.practice, entry); err != nil { // no entry, no data
			return err
		}
		people := make([]person, len(r.Affected))
		for n, a := range r.Affected {
			people[n].Affected = a
			if cmd.People && !a.Erased {
				if people[n].Reach, err = i.reach(a.Conversation); err != nil {
					return err
				}
			}
		}
		return cmd.print(con.out, i, &r, people)
	})
}

func (cmd *breachReportCmd) print(w io.Writer, i *incidents, r *breach.Record, people []person) error {
	switch cmd.Format {
	case "json":
		e := json.NewEncoder(w)
		e.SetIndent("", "  ")
		e.SetEscapeHTML(false)
		return e.Encode(struct {
			*breach.Record
			Classes   []string          `json:"classes"`
			Deadlines []breach.Deadline `json:"deadlines"`
			Affected  []person          `json:"affected"`
		}{r, r.Classes(), r.Deadlines(i.zone), people})
	case "csv":
		rows := make([]connect.Contact, len(people)) // what patients wrote may be read as a formula
		for n, p := range people {
			rows[n] = connect.Contact{ID: p.Conversation, Fields: []connect.Field{
				{Name: "classes", Value: strings.Join(p.Classes, " ")}, {Name: "turns", Value: numbers(p.Turns)}, {Name: "entries", Value: numbers(p.Entries)},
				{Name: "name", Value: p.Reach["name"]}, {Name: "phone", Value: p.Reach["phone"]}, {Name: "email", Value: p.Reach["email"]},
			}}
		}
		return connect.WriteCSV(w, rows)
	}
	decision := r.Decision
	if decision == breach.Undecided {
		decision = "none yet, so it is presumed a breach"
	}
	fmt.Fprintf(w, "incident %s\ndiscovered %s\nwhat happened: %s\n", r.ID, r.Discovered.In(i.zone).Format(time.DateOnly), r.What)
	if r.Received != "" {
		fmt.Fprintf(w, "who got the data: %s\n", r.Received)
	}
	fmt.Fprintf(w, "decision: %s\n", decision)
	if r.Because != "" {
		fmt.Fprintf(w, "because: %s\n", r.Because)
	}
	if err := printDeadlines(w, r, i.zone); err != nil {
		return err
	}
	for _, n := range r.Notices {
		fmt.Fprintf(w, "  told: %s, on %s, by %s\n", n.To, n.At.In(i.zone).Format(time.DateOnly), n.By)
	}
	for _, p := range people {
		fmt.Fprintf(w, "%s  classes %s  turns %s  entries %s", p.Conversation, strings.Join(p.Classes, ","), numbers(p.Turns), numbers(p.Entries))
		for _, k := range []string{"name", "phone", "email"} {
			if p.Reach[k] != "" {
				fmt.Fprintf(w, "  %s", p.Reach[k])
			}
		}
		fmt.Fprintln(w)
	}
	return nil
}

func numbers(list []int64) string {
	out := make([]string, len(list))
	for i, n := range list {
		out[i] = strconv.FormatInt(n, 10)
	}
	return strings.Join(out, " ")
}

// reach is what a conversation holds to reach its person by.
func (i *incidents) reach(conversation string) (map[string]string, error) {
	var header session.Header
	var last session.Turn
	var m *machine.Machine
	err := i.store.View(i.ctx, i.practice, func(r session.Reader) (err error) {
		if header, err = r.Header(conversation); err != nil {
			return err
		}
		last, err = r.Last(conversation)
		return err
	})
	if err != nil {
		return nil, err
	}
	o, err := session.OpenTurn(i.ctx, i.vault, &header, &last)
	if errors.Is(err, session.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	err = i.store.View(i.ctx, i.practice, func(r session.Reader) (err error) {
		m, err = session.MachineOf(r, o.State.Machine)
		return err
	})
	if err != nil {
		return nil, err
	}
	out := map[string]string{}
	for n, f := range m.Fields {
		if n < len(o.State.Values) && o.State.Values[n] != "" && slices.Contains([]string{"name", "phone", "email"}, f.Type) {
			out[f.Type] = strings.TrimSpace(out[f.Type] + " " + o.State.Values[n])
		}
	}
	return out, nil
}

type breachUpdateCmd struct {
	ID string `arg:"" help:"The incident's id."`
	ownedFlags
	Decision   string         `help:"breach, or low-probability (of compromise)." enum:",breach,low-probability" default:""`
	Because    string         `help:"Why: what data, who got it, was it looked at, what was done about it (45 CFR 164.402(2))."`
	Mitigation string         `help:"What was done about it."`
	Residents  map[string]int `help:"How many of the people live in a state, as IL=510." placeholder:"STATE=N"`
	Told       string         `help:"Who was told: individuals, hhs or media." enum:",individuals,hhs,media" default:""`
	On         dayFlag        `help:"On which day; today by default." placeholder:"DAY"`
}

// Help shows examples.
func (breachUpdateCmd) Help() string {
	return `Examples:
  tacet breach update k2m9qwxz4p lakeside --decision breach --residents IL=510 --by "Dana Ortiz"
  tacet breach update k2m9qwxz4p lakeside --told individuals --on 2026-12-01 --by "Dana Ortiz"

What was written before stays; each update is a revision of its own.`
}

// Run adds a revision.
func (cmd *breachUpdateCmd) Run(con *console) error {
	return cmd.incidents(con, func(i *incidents) error {
		r, err := i.one(cmd.ID)
		if err != nil {
			return err
		}
		r.By, r.At = cmd.By, time.Now().UTC()
		for _, s := range []struct {
			given string
			to    *string
		}{{cmd.Decision, &r.Decision}, {cmd.Because, &r.Because}, {cmd.Mitigation, &r.Mitigation}} {
			if s.given != "" {
				*s.to = s.given
			}
		}
		if len(cmd.Residents) > 0 {
			r.States = cmd.Residents
		}
		if cmd.Told != "" {
			on := r.At
			if cmd.On != "" {
				if on, err = cmd.On.in(i.zone); err != nil {
					return err
				}
			}
			r.Notices = append(slices.Clone(r.Notices), breach.Notice{To: cmd.Told, At: on, By: cmd.By})
		}
		if err := r.Check(); err != nil {
			return usage("%w", err)
		}
		if r, err = breach.Put(i.ctx, i.store, i.vault, r, "breach.updated"); err != nil {
			return err
		}
		return printDeadlines(con.out, &r, i.zone)
	})
}
