package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/tacet-lang/tacet/lang/diag"
)

type explainCmd struct {
	Code string `arg:"" optional:"" help:"A code as printed with an error, such as T2104; without one, all are listed."`
	All  bool   `help:"Print the page of every code as Markdown."`
}

// Run prints the page of a code.
func (cmd *explainCmd) Run(con *console) error {
	if cmd.All {
		_, err := con.out.Write(diag.Catalogue())
		return err
	}
	if cmd.Code == "" {
		for _, c := range diag.Codes() {
			if _, err := fmt.Fprintf(con.out, "%s  %s\n", c.ID, c.Title); err != nil {
				return err
			}
		}
		return nil
	}
	id := strings.ToUpper(strings.Trim(cmd.Code, "[]"))
	code := diag.Lookup(id)
	if code == nil {
		var ids []string
		for _, c := range diag.Codes() {
			ids = append(ids, c.ID)
		}
		if near := diag.Near(id, ids); near != "" {
			return usage("there is no code `%s`; did you mean `%s`?", cmd.Code, near)
		}
		return usage("there is no code `%s`; `tacet explain` lists all", cmd.Code)
	}
	_, err := io.WriteString(con.out, diag.Explain(code))
	return err
}
