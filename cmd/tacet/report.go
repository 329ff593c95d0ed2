package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"time"

	"github.com/tacet-lang/tacet/lang/machine"
	"github.com/tacet-lang/tacet/runtime/engine"
	"github.com/tacet-lang/tacet/runtime/report"
)

type reportCmd struct {
	Dir      string  `arg:"" optional:"" help:"Folder of the practice; the current folder by default." default:"."`
	From     dayFlag `help:"First day, as 2026-11-01, by the practice's calendar; 28 days before the last by default." placeholder:"DAY"`
	To       dayFlag `help:"Last day; today by default." placeholder:"DAY"`
	Format   string  `help:"Form of what is printed: text, json or csv." enum:"text,json,csv" default:"text"`
	Minutes  int64   `help:"Minutes of staff that a conversation takes which the assistant ends alone, for the time saved."`
	Cost     string  `help:"What the assistant cost in this time, in dollars, for the cost of a lead." placeholder:"DOLLARS"`
	Baseline string  `help:"Conversions before the assistant, as 15/100: of how many inquiries how many became consultations." placeholder:"N/OF"`
	dataFlags
}

// Help shows examples.
func (reportCmd) Help() string {
	return `Examples:
  tacet report lakeside
  tacet report --from 2026-11-01 --to 2026-11-30 --format csv lakeside
  tacet report --minutes 6 --cost 300 --baseline 15/100 lakeside

Every figure is counted from the conversations and the audit trail, and stands with its definition. Nothing that a patient wrote is printed;
small counts in breakdowns are hidden.`
}

// Run counts and prints.
func (cmd *reportCmd) Run(con *console) error {
	in, err := cmd.inputs()
	if err != nil {
		return err
	}
	c, err := mustCompile(con, compiling{}, cmd.Dir)
	if err != nil {
		return err
	}
	practice := c.flows[0].Machine.Practice
	from, to, err := cmd.days(&practice)
	if err != nil {
		return err
	}
	name := cmp.Or(cmd.Data, filepath.Join(cmd.Dir, ".tacet", "tacet.db"))
	if !isPostgres(name) && !exists(name) {
		return ioError(fmt.Errorf("there is no database at %s: nothing was served here yet, or `--data` must say where it is", name))
	}
	d, err := cmd.open(con, cmd.Dir)
	if err != nil {
		return err
	}
	log, err := report.Read(context.Background(), report.Source{Store: d.store, Vault: d.vault, Practice: practice, Judge: judge}, from, to)
	if err = errors.Join(err, d.close()); err != nil {
		return ioError(err)
	}
	if in.Now = time.Now(); in.Now.After(to) {
		in.Now = to
	}
	r := report.Compute(log, in)
	switch cmd.Format {
	case "json":
		return r.JSON(con.out)
	case "csv":
		return r.CSV(con.out)
	}
	return r.Text(con.out)
}

// reportDays is how many days are counted where nobody says.
const reportDays = 28

// days returns the begin of the first day and the end of the last.
func (cmd *reportCmd) days(p *machine.Practice) (from, to time.Time, err error) {
	zone, err := time.LoadLocation(p.Timezone)
	if err != nil {
		return from, to, err
	}
	midnight := func(t time.Time) time.Time { return time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, zone) }
	last := time.Now().In(zone)
	if cmd.To != "" {
		if last, err = cmd.To.day(); err != nil {
			return from, to, err
		}
	}
	to = midnight(last).AddDate(0, 0, 1)
	if from = to.AddDate(0, 0, -reportDays); cmd.From != "" {
		first, err := cmd.From.day()
		if err != nil {
			return from, to, err
		}
		from = midnight(first)
	}
	if !from.Before(to) {
		return from, to, usage("the first day is after the last")
	}
	return from, to, nil
}

func (cmd *reportCmd) inputs() (in report.Inputs, err error) {
	in.Minutes = cmd.Minutes
	if in.Minutes < 0 || in.Minutes > 24*60 {
		return in, usage("`--minutes` is %d; it must be between 0 and 1440", cmd.Minutes)
	}
	if in.Cost, err = report.ParseDollars(cmd.Cost); err != nil {
		return in, usage("`--cost` is `%s`; write dollars, as 300 or 299.50", cmd.Cost)
	}
	if in.Baseline, err = report.ParseShare(cmd.Baseline); err != nil {
		return in, usage("`--baseline` is `%s`; write how many of how many, as 15/100", cmd.Baseline)
	}
	return in, nil
}

// judge hears triggers as they are heard today, by the machine that the conversation ran on.
func judge(m *machine.Machine) (func(string) bool, error) {
	p, err := engine.Load(m)
	if err != nil {
		return nil, err
	}
	return func(text string) bool { return len(p.Reader().Read(text, "").Triggers()) > 0 }, nil
}
