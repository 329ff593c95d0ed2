package verify_test

import (
	"testing"
	"time"

	"github.com/tacet-lang/tacet/lang/input"
	"github.com/tacet-lang/tacet/lang/machine"
)

// TestAgesAreThoseOfAnswers: a date of birth is an answer up to the age that the certificate knows, and no further.
func TestAgesAreThoseOfAnswers(t *testing.T) {
	t.Parallel()
	c := input.Context{Lang: "en", Now: asOf}
	for _, x := range []struct {
		age  int
		want bool
	}{{machine.MaxAge, true}, {machine.MaxAge + 1, false}} {
		born := asOf.AddDate(-x.age, 0, 0).Format(time.DateOnly)
		if got := input.Parse(machine.DateOfBirth, born, c); (got.Status == input.OK) != x.want {
			t.Errorf("born %s, %d years ago: got %v, want an answer: %v", born, x.age, got, x.want)
		}
	}
}
