package main

import (
	"os"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/tacet-lang/tacet/runtime/store/postgrestest"
)

func TestMain(m *testing.M) {
	testscript.Main(tests{m}, map[string]func(){"tacet": main})
}

// tests stops the database server that they started.
type tests struct{ *testing.M }

func (t tests) Run() int { return postgrestest.Run(t.M) }

// TestConformance plays the scripts of spec/conformance against the command line: black boxes that another
// implementation could run too.
func TestConformance(t *testing.T) {
	t.Parallel()
	testscript.Run(t, testscript.Params{
		Dir:                 "../../spec/conformance",
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		UpdateScripts:       os.Getenv("TACET_UPDATE") == "1",
	})
}
