package server_test

import (
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/tacet-lang/tacet/runtime/engine/enginetest"
)

// TestGivenOutWhileErased erases conversations while they are read, searched, exported and counted: each answer is whole or says that
// there is none, nothing fails, and from the moment at which the erasure is done, no answer holds anything of them.
func TestGivenOutWhileErased(t *testing.T) {
	t.Parallel()
	s := open(t, load(t, enginetest.Consultation()))
	cleo := s.first().hire("cleo", "admin clinician compliance coordinator operator", "coordinators nurses")
	n := 12
	if testing.Short() {
		n = 3
	}
	for i := range n {
		r := s.start(fmt.Sprintf("client-%010d", i))
		for i, said := range []string{"Zephyrine asks about dressings", "and when to come again"} {
			s.post(r, fmt.Sprintf(`{"client_id":"%d","text":%q}`, i, said))
		}
		s.post(r, `{"client_id":"human","human":true}`)
		about := "/api/staff/conversations/" + r.Conversation
		ways := []string{about, about + "/export/html", about + "/export/fhir", "/api/staff/queue", "/api/staff/questions", "/staff/figures", "/staff/trail", "/staff/evidence"}
		tells := func(body string) bool { return strings.Contains(body, "asks about dressings") }
		done, told := make(chan struct{}), make(chan struct{})
		var wg sync.WaitGroup
		var once sync.Once
		for _, way := range ways {
			wg.Go(func() {
				for over := false; !over; {
					select {
					case <-done:
						over = true // once more
					default:
					}
					got := cleo.do("GET", way, "", "")
					whole := got.Status == http.StatusOK && (!strings.HasPrefix(way, about) || strings.Contains(got.Body, "when to come again"))
					if !whole && got.Status != http.StatusNotFound {
						t.Errorf("%s while it is erased: %d, %d bytes", way, got.Status, len(got.Body))
					}
					if over && (got.Status == http.StatusOK && strings.HasPrefix(way, about) || tells(got.Body)) {
						t.Errorf("%s after it was erased: %d, %d bytes", way, got.Status, len(got.Body))
					}
					if tells(got.Body) {
						once.Do(func() { close(told) })
					}
				}
			})
		}
		select {
		case <-told:
		case <-time.After(time.Minute):
			t.Error("no answer told of it before it was erased")
		}
		s.erase(t, r.Conversation)
		close(done)
		wg.Wait()
	}
}
