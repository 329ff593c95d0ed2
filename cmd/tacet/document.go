package main

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/tacet-lang/tacet/compiler/document"
	"github.com/tacet-lang/tacet/compiler/verify"
	"github.com/tacet-lang/tacet/lang/machine"
)

type documentCmd struct {
	Paths  []string `arg:"" optional:"" help:"Practice folders or flow files; the current folder by default."`
	Format string   `help:"How to write: ${enum}." enum:"markdown,html" default:"markdown"`
	Out    string   `short:"o" help:"Folder to write to, one file for each document; standard output by default."`
	Check  bool     `help:"Write nothing; exit with 1 when the files in the folder differ from what would be written."`
	AsOf   string   `name:"as-of" help:"The day that agreements and reviews are judged on, like 2026-09-15; by default that of the last review."`
}

// Help shows examples.
func (documentCmd) Help() string {
	return `Examples:
  tacet document consultation.flow                 the written policy of one flow
  tacet document -o policies lakeside              five policies of the practice, and one of every flow
  tacet document --format html -o policies lakeside
  tacet document --check -o policies lakeside      in a pipeline: 1 when they are out of date

The documents hold no date but those of the practice and the --as-of day, so they change only when something does.`
}

// Run writes, or compares.
func (cmd *documentCmd) Run(con *console) error {
	if cmd.Check && cmd.Out == "" {
		return usage("--check compares with the files of a folder; name it with -o")
	}
	docs, err := cmd.documents(con)
	if err != nil {
		return err
	}
	switch {
	case cmd.Check:
		return cmd.compare(con, docs)
	case cmd.Out != "":
		return cmd.write(con, docs)
	case cmd.Format == "html" && len(docs) > 1:
		return usage("a practice has several documents; name a folder for them with -o")
	}
	for i, d := range docs {
		text := cmd.render(d)
		if i > 0 {
			text = "\n" + strings.TrimPrefix(text, document.Marker+"\n")
		}
		if _, err := io.WriteString(con.out, text); err != nil {
			return err
		}
	}
	return nil
}

// documents are those of every practice named, then of its flows.
func (cmd *documentCmd) documents(con *console) ([]*document.Document, error) {
	var out []*document.Document
	for _, path := range orHere(cmd.Paths) {
		c, err := mustCompile(con, compiling{}, path)
		if err != nil {
			return nil, err
		}
		var ms []*machine.Machine
		for _, f := range c.flows {
			ms = append(ms, f.Machine)
		}
		o, err := cmd.options(ms)
		if err != nil {
			return nil, err
		}
		if filepath.Ext(path) != ".flow" {
			out = append(out, document.Practice(ms, o)...)
		}
		for _, m := range ms {
			out = append(out, document.Flow(m, o))
		}
	}
	for i, d := range out {
		if slices.ContainsFunc(out[:i], func(e *document.Document) bool { return e.Name == d.Name }) && (cmd.Out != "") {
			return nil, usage("two of the documents would be called `%s`; write each practice to a folder of its own", d.Name)
		}
	}
	return out, nil
}

// options proves the machines as of the day.
func (cmd *documentCmd) options(ms []*machine.Machine) (document.Options, error) {
	o := document.Options{AsOf: cmd.AsOf, Proofs: map[string]document.Proof{}}
	if o.AsOf == "" {
		for _, m := range ms {
			o.AsOf = max(o.AsOf, m.Flow.Reviewed)
		}
	}
	day, err := time.Parse(time.DateOnly, o.AsOf)
	if err != nil {
		return o, usage("`%s` is no day; write --as-of like 2026-09-15", o.AsOf)
	}
	for _, m := range ms {
		report, _ := verify.Check(m, verify.Options{AsOf: day})
		var p document.Proof
		for _, v := range report.Verdicts {
			p.Verdicts = append(p.Verdicts, document.Verdict{Guarantee: v.Guarantee, Status: string(v.Status), Detail: v.Detail})
		}
		if report.Certificate != nil {
			b, err := report.Certificate.Canonical()
			if err != nil {
				return o, err
			}
			p.Certificate = fmt.Sprintf("%x", sha256.Sum256(b))
		}
		o.Proofs[m.Flow.ID] = p
	}
	return o, nil
}

func (cmd *documentCmd) render(d *document.Document) string {
	if cmd.Format == "html" {
		return d.HTML()
	}
	return d.Markdown()
}

func (cmd *documentCmd) ending() string {
	if cmd.Format == "html" {
		return ".html"
	}
	return ".md"
}

func (cmd *documentCmd) write(con *console, docs []*document.Document) error {
	if err := os.MkdirAll(cmd.Out, 0o755); err != nil {
		return ioError(err)
	}
	for _, d := range docs {
		name := filepath.Join(cmd.Out, d.Name+cmd.ending())
		if err := writeWhole(name, []byte(cmd.render(d)), 0o644); err != nil {
			return err
		}
		if _, err := fmt.Fprintln(con.out, name); err != nil {
			return err
		}
	}
	return nil
}

// compare tells how the folder differs from what would be written: files that are missing, changed, or of a flow that
// is gone.
func (cmd *documentCmd) compare(con *console, docs []*document.Document) error {
	var wrong []string
	wanted := map[string]bool{}
	for _, d := range docs {
		name := filepath.Join(cmd.Out, d.Name+cmd.ending())
		wanted[name] = true
		got, err := os.ReadFile(name)
		switch {
		case errors.Is(err, fs.ErrNotExist):
			wrong = append(wrong, name+" is missing")
		case err != nil:
			return ioError(err)
		default:
			if line := firstDifference(string(got), cmd.render(d)); line > 0 {
				wrong = append(wrong, fmt.Sprintf("%s is out of date, from line %d", name, line))
			}
		}
	}
	found, err := filepath.Glob(filepath.Join(cmd.Out, "*"+cmd.ending()))
	if err != nil {
		return ioError(err)
	}
	for _, name := range found {
		b, err := os.ReadFile(name)
		if err != nil {
			return ioError(err)
		}
		if !wanted[name] && bytes.Contains(b[:min(len(b), 200)], []byte(document.Marker)) {
			wrong = append(wrong, name+" belongs to no flow of these")
		}
	}
	for _, w := range wrong {
		if _, err := fmt.Fprintln(con.out, w); err != nil {
			return err
		}
	}
	if len(wrong) > 0 {
		fmt.Fprintln(con.err, "write them again with `tacet document -o "+cmd.Out+"`")
		return errViolations
	}
	return nil
}

// firstDifference is the number of the first line that differs, from 1; 0 when none does.
func firstDifference(a, b string) int {
	if a == b {
		return 0
	}
	x, y := strings.Split(a, "\n"), strings.Split(b, "\n")
	for i := range x {
		if i >= len(y) || x[i] != y[i] {
			return i + 1
		}
	}
	return len(x) + 1
}
