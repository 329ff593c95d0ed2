package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"

	"github.com/tacet-lang/tacet/lang/machine"
)

type buildCmd struct {
	Paths []string `arg:"" optional:"" help:"Practice folders or flow files; the current folder by default."`
	Out   string   `short:"o" help:"Folder to write to." default:"dist"`
	AsOf  dayFlag  `help:"The day that agreements and reviews are judged on, as 2026-11-30; today by default." placeholder:"DAY"`
}

// Help shows examples.
func (buildCmd) Help() string {
	return `Examples:
  tacet build lakeside            dist/consultation.artifact.json and one for every other flow
  tacet build -o out faq.flow

The artifact is readable JSON: the machine, and the proof that it keeps the guarantees. The hash printed is the SHA-256
of its canonical form.`
}

// Run compiles and writes.
func (cmd *buildCmd) Run(con *console) error {
	day, err := cmd.AsOf.day()
	if err != nil {
		return err
	}
	c, err := mustCompile(con, compiling{prove: day}, orHere(cmd.Paths)...)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(cmd.Out, 0o755); err != nil {
		return ioError(err)
	}
	for _, f := range c.flows {
		name := filepath.Join(cmd.Out, f.Machine.Flow.ID+".artifact.json")
		hash, err := writeArtifact(name, &machine.Artifact{Machine: f.Machine, Certificate: f.report.Certificate})
		if err != nil {
			return err
		}
		if _, err := fmt.Fprintf(con.out, "%s  %s\n", hash, name); err != nil {
			return err
		}
	}
	return nil
}

// writeArtifact writes the canonical form, indented for reading, and returns its hash.
func writeArtifact(name string, a *machine.Artifact) (string, error) {
	canonical, err := a.Canonical()
	if err != nil {
		return "", err
	}
	var b bytes.Buffer
	if err := json.Indent(&b, canonical, "", "  "); err != nil {
		return "", err
	}
	b.WriteByte('\n')
	if err := writeWhole(name, b.Bytes(), 0o644); err != nil {
		return "", err
	}
	return a.Hash()
}

// writeWhole writes a file so that no reader ever sees half of it.
func writeWhole(name string, content []byte, mode os.FileMode) error {
	tmp, err := os.CreateTemp(filepath.Dir(name), ".tacet-*")
	if err != nil {
		return ioError(err)
	}
	defer func() { _ = os.Remove(tmp.Name()) }() // gone already when the rename succeeded
	_, err = tmp.Write(content)
	if err == nil {
		err = tmp.Sync()
	}
	if cerr := tmp.Close(); err == nil {
		err = cerr
	}
	if err == nil {
		err = os.Chmod(tmp.Name(), mode)
	}
	if err == nil {
		err = os.Rename(tmp.Name(), name)
	}
	if err != nil {
		return ioError(err)
	}
	return nil
}
