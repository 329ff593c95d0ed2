package server

import (
	"net/http"
	"testing"

	"github.com/tacet-lang/tacet/runtime/people"
)

// TestRouteNeedsAccess registers what must not be registered.
func TestRouteNeedsAccess(t *testing.T) {
	t.Parallel()
	handle := func(http.ResponseWriter, *http.Request) error { return nil }
	staff := func(http.ResponseWriter, *http.Request, *caller) error { return nil }
	for name, r := range map[string]route{
		"without access":                    {handle: handle},
		"without a permission":              {access: toWhoMay(""), staff: staff},
		"for staff, open":                   {access: toStaff(), handle: handle},
		"open, for staff":                   {access: toAnyone(), handle: handle, staff: staff},
		"without an audit entry":            {access: toWhoMayDo(people.ViewTranscript), staff: staff},
		"of the queue, without audit entry": {access: toWhoMay(people.ViewQueue), staff: staff},
		"with two audit entries":            {access: toWhoMayDo(people.Claim), staff: staff, turn: true, look: "x"},
	} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("a route %s was registered", name)
				}
			}()
			r.method, r.path = "GET", "/x"
			(&Server{}).register(http.NewServeMux(), []route{r})
		}()
	}
}
