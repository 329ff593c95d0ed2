package compiler_test

import (
	"testing"

	"github.com/tacet-lang/tacet/compiler"
	"github.com/tacet-lang/tacet/stdlib"
)

// TestStandardLibrary judges every module by all the checks of a user's file: what is built in is trusted afterwards.
func TestStandardLibrary(t *testing.T) {
	t.Parallel()
	flow := `flow "Everything standard"
purpose inform
use "std/hipaa", "std/emergency", "std/frontdesk"
languages en, es
scope {
  handle hours, location, parking, booking, procedures, insurance, are-you-a-bot
  escalate clinical-question, existing-care, pricing, complaint, records, cancelling
  refuse diagnosis
}
session { timeout 20 minutes keep 30 days retries 2 }
notice "Automated. Please no medical details. In an emergency call 911 or 988." es "Automático. Sin detalles médicos. En una emergencia llame al 911 o al 988."
start only
state only { say "Hello." es "Hola." end answered }
escalation team {
  on clinical-question, existing-care, pricing, complaint, records, cancelling
  say "I am passing this on." es "Lo paso."
  handoff coordinators
}
`
	src := practice(t, map[string]string{"all.flow": flow})
	if r, problems := compiler.Compile(src, "all.flow", compiler.Options{Std: stdlib.FS}); len(problems) > 0 {
		t.Errorf("%s", shown(r, problems))
	}
}
