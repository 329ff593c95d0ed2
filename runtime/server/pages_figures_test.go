package server_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"
)

// TestFigures: the page and the API count the same, for who may see figures, and hold nothing that a patient wrote.
func TestFigures(t *testing.T) {
	t.Parallel()
	s, _, path := askedForHuman(t)
	dana := s.first()
	ana := dana.hire("ana", "coordinator", "coordinators")
	for i := range 12 {
		r := s.start("bbcdefghijklmno" + string(rune('a'+i)))
		s.post(r, `{"client_id":"1","option":"botox"}`)
	}
	s.clock.Move(10 * time.Minute)
	ana.do("POST", path+"/claim", "", "")
	ana.do("POST", path+"/reply", "", `{"client_id":"1","text":"hello"}`)
	got := dana.do("GET", "/api/staff/figures?from=2026-03-01&to=2026-03-31&minutes=6&cost=13", "", "")
	var r struct {
		Figures []struct {
			ID     string
			Values []struct {
				Name  string
				N, Of int64
			}
			Tables []struct {
				Title string
				Cells []struct {
					Name   string
					N      int64
					Hidden bool
				}
			}
		}
	}
	if err := json.Unmarshal([]byte(got.Body), &r); err != nil || len(r.Figures) != 13 {
		t.Fatalf("%v: %d %s", err, got.Status, got.Body)
	}
	values := map[string]int64{}
	for _, f := range r.Figures {
		for _, v := range f.Values {
			values[f.ID+" "+v.Name] = v.N
		}
	}
	for name, want := range map[string]int64{
		"M1 conversations": 13, "M3 handed over": 1, "M5 a person's, median by the clock": 600, "M10 in time": 1, "M13 difference a month": 112_000_00,
	} {
		if values[name] != want {
			t.Errorf("%s is %d, want %d", name, values[name], want)
		}
	}
	page := dana.do("GET", "/staff/figures?from=2026-03-01&to=2026-03-31", "", "")
	for _, want := range []string{"M1</span> Volume", "<svg", "7.7 % (1 of 13)", "small, not shown", "$112,000", "tacet report --from 2026-03-01 --to 2026-03-31"} {
		if !strings.Contains(page.Body, want) {
			t.Errorf("the page lacks %q: %d %s", want, page.Status, page.Body)
		}
	}
	if strings.Contains(page.Body+got.Body, "Maria") {
		t.Error("a name is among the figures")
	}
	for query, want := range map[string]string{
		"?from=2026-03-31&to=2026-03-01": "Give days as", "?minutes=x": "Minutes are", "?inquiries=-1": "a whole number",
		"?inquiries=300&converts=10&converts_after=10&extra=0&accepts=50&worth=100": ">$0<",
	} {
		if page := dana.do("GET", "/staff/figures"+query, "", ""); page.Status != 200 || !strings.Contains(strings.ToLower(page.Body), strings.ToLower(want)) {
			t.Errorf("%s: %d, lacks %q: %s", query, page.Status, want, page.Body)
		}
	}
	if page := ana.do("GET", "/staff/figures", "", ""); page.Status != http.StatusForbidden {
		t.Errorf("a coordinator: %d", page.Status)
	}
	s.client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	if page := s.do("GET", "/staff/figures", "", ""); page.Status != http.StatusSeeOther || page.Header.Get("Location") != "/staff" {
		t.Errorf("nobody: %d to %s", page.Status, page.Header.Get("Location"))
	}
}
