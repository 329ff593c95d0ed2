package main

import (
	"io"

	"github.com/tacet-lang/tacet/compiler/export"
)

type graphCmd struct {
	Flow   string `arg:"" help:"A flow file."`
	Format string `help:"How to draw: ${enum}." enum:"svg,dot,mermaid" default:"svg"`
	Out    string `short:"o" help:"File to write to; standard output by default."`
}

// Help shows examples.
func (graphCmd) Help() string {
	return `Examples:
  tacet graph -o faq.svg faq.flow
  tacet graph --format mermaid faq.flow`
}

// Run draws.
func (cmd *graphCmd) Run(con *console) error {
	c, err := mustCompile(con, compiling{untrained: true}, cmd.Flow)
	if err != nil {
		return err
	}
	if len(c.flows) != 1 {
		return usage("`%s` holds several flows; name one flow file", cmd.Flow)
	}
	g := export.GraphOf(c.flows[0].Machine)
	draw := map[string]func() string{"svg": g.SVG, "dot": g.DOT, "mermaid": g.Mermaid}[cmd.Format]
	if cmd.Out != "" {
		return writeWhole(cmd.Out, []byte(draw()), 0o644)
	}
	_, err = io.WriteString(con.out, draw())
	return err
}
