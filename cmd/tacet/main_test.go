package main

import (
	"os"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"tacet": main})
}

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
