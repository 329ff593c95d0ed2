package main

import (
	"github.com/tacet-lang/tacet/compiler/export"
	"github.com/tacet-lang/tacet/lang/machine"
)

type exportCmd struct {
	Form string `arg:"" enum:"promela,facts" help:"What to write: promela for SPIN, facts for clingo."`
	Flow string `arg:"" help:"A flow file."`
	Out  string `short:"o" help:"File to write to; standard output by default."`
}

// Help shows examples.
func (exportCmd) Help() string {
	return `Examples:
  tacet export facts faq.flow | clingo -c as_of=$(( $(date +%s) / 86400 )) spec/outside/guarantees.lp -
  tacet export promela -o faq.pml faq.flow`
}

// Run writes the machine of a flow in a form that others judge.
func (cmd *exportCmd) Run(con *console) error {
	c, err := mustCompile(con, compiling{untrained: true}, cmd.Flow)
	if err != nil {
		return err
	}
	if len(c.flows) != 1 {
		return usage("`%s` holds several flows; name one flow file", cmd.Flow)
	}
	write := map[string]func(*machine.Machine) ([]byte, error){"promela": export.Promela, "facts": export.Facts}[cmd.Form]
	b, err := write(c.flows[0].Machine)
	if err != nil {
		return err
	}
	if cmd.Out != "" {
		return writeWhole(cmd.Out, b, 0o644)
	}
	_, err = con.out.Write(b)
	return err
}
