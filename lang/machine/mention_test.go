package machine_test

import (
	"testing"

	"github.com/tacet-lang/tacet/lang/machine"
)

func TestGivesNumber(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		text string
		want bool
	}{
		{"In an emergency call 911.", true},
		{"Nothing medical. 911, 988.", true},
		{"911/988", true},
		{"Emergencies: 911. Crisis: call or text 988.", true},
		{"We answer 24/7; 911 if you cannot wait.", true},
		{"Open 24 7 911", true},
		{"Do not wait for us: call 911.", true},
		{"Do not wait, call 911 now.", true},
		{"If it is not an emergency, write here. Else 911.", true},
		{"Never call 911 for a bill. In an emergency call 911.", true},
		{"En una emergencia llame al 911.", true},
		{"No espere: llame al 911.", true},
		{"Call us at 303-911-9880.", false},
		{"Call (303) 911-0000.", false},
		{"Call 303 911 9880.", false},
		{"Call 3039110000.", false},
		{"+1 911 555 0100", false},
		{"Room 9110.", false},
		{"Do not call 911, write to us instead.", false},
		{"Don't call 911.", false},
		{"Don’t call the 911.", false},
		{"Never call 911 or 988.", false},
		{"There is no need to call 911.", false},
		{"Write to us instead of calling 911.", false},
		{"No llame al 911.", false},
		{"Escriba en vez de llamar al 911.", false},
		{"", false},
	} {
		if got := machine.GivesNumber(c.text, "911"); got != c.want {
			t.Errorf("GivesNumber(%q, 911): got %t, want %t", c.text, got, c.want)
		}
	}
}
