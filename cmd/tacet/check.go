package main

import (
	"fmt"
	"os"

	"github.com/tacet-lang/tacet/lang/diag"
)

type checkCmd struct {
	Paths  []string `arg:"" optional:"" help:"Practice folders or flow files; the current folder by default."`
	Format string   `help:"How to print: ${enum}." enum:"text,json,sarif,github,junit" default:"text"`
	Fix    bool     `help:"Make the safe fixes in the files, then check again."`
	AsOf   dayFlag  `help:"The day that agreements and reviews are judged on, as 2026-11-30; today by default." placeholder:"DAY"`
}

// Help shows examples.
func (checkCmd) Help() string {
	return `Examples:
  tacet check                          the practice in this folder
  tacet check lakeside                 the practice in another folder
  tacet check lakeside/faq.flow        one flow
  tacet check --fix lakeside           mend what can be mended safely
  tacet check --format sarif > out     for a pipeline`
}

// Run checks and prints.
func (cmd *checkCmd) Run(con *console) error {
	paths := orHere(cmd.Paths)
	day, err := cmd.AsOf.day()
	if err != nil {
		return err
	}
	o := compiling{untrained: true, prove: day}
	c, err := compilePaths(paths, o)
	if err != nil {
		return err
	}
	if cmd.Fix {
		if c, err = mend(con, c, paths, o); err != nil {
			return err
		}
	}
	return c.print(con, cmd.Format)
}

// mend applies safe fixes until none is left, and returns the last check. A fix can uncover another; each round makes
// progress or stops.
func mend(con *console, c *compiled, paths []string, o compiling) (*compiled, error) {
	const rounds = 5
	for range rounds {
		mended := 0
		for _, name := range c.checked() {
			n, err := mendFile(c, name)
			if err != nil {
				return nil, err
			}
			mended += n
		}
		if mended == 0 {
			return c, nil
		}
		fmt.Fprintf(con.err, "%s made\n", count(mended, "fix", "fixes"))
		var err error
		if c, err = compilePaths(paths, o); err != nil {
			return nil, err
		}
	}
	return c, nil
}

func mendFile(c *compiled, name string) (int, error) {
	after, n, err := diag.ApplyFixes(c.files[name], c.problems)
	if err != nil {
		return 0, ioError(err)
	}
	if n == 0 {
		return 0, nil
	}
	return n, replaceFile(name, after)
}

// replaceFile puts new content into a file that exists, keeping its permissions.
func replaceFile(name string, content []byte) error {
	info, err := os.Stat(name)
	if err != nil {
		return ioError(err)
	}
	return writeWhole(name, content, info.Mode().Perm())
}

func orHere(paths []string) []string {
	if len(paths) == 0 {
		return []string{"."}
	}
	return paths
}

func count(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}
