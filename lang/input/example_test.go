package input_test

import (
	"fmt"
	"time"

	"github.com/tacet-lang/tacet/lang/input"
)

func ExampleParse() {
	c := input.Context{Lang: "en", Now: time.Date(2026, 11, 20, 10, 0, 0, 0, time.UTC)}
	for _, text := range []string{"next Tuesday at 3", "Tuesday, December 5", "not Monday"} {
		r := input.Parse("date", text, c)
		fmt.Printf("%v %s%s\n", r.Status, r.Echo, input.Reprompt("date", r, c))
	}
	// Output:
	// ok Tuesday, November 24
	// ambiguous That weekday and that date do not match. Did you mean Tuesday, December 1; Saturday, December 5 or Tuesday, December 8?
	// unclear I read what it is not. Please write what it is, for example Friday, November 27.
}
