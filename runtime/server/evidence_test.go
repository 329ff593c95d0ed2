package server_test

import (
	"cmp"
	"crypto/ed25519"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tacet-lang/tacet/lang/machine"
	"github.com/tacet-lang/tacet/runtime/release"
	"github.com/tacet-lang/tacet/runtime/server"
)

// evidence is what the tests read of the answer.
type evidence struct {
	Reviews []struct {
		ID, Due, By string
		Late        bool
	}
	Vendors []struct {
		Name, State string
		Days        int
	}
	Flows []struct {
		Flow, Machine string
		ApprovedBy    string `json:"approved_by"`
		Evidence      []struct{ Name, SHA256 string }
	}
	Holds []struct {
		ID, Conversation, Reason, By string
		ReleasedBy                   string `json:"released_by"`
	}
	Incidents []struct {
		ID, Summary, Discovered, Decision string
		Affected                          []string
		Deadlines                         []struct{ Who, Day string }
		Told                              []struct{ To, Day string }
	}
	Documents []struct{ Name string }
}

func (c *colleague) evidence() (e evidence) {
	c.t.Helper()
	got := c.do("GET", "/api/staff/evidence", "", "")
	if err := json.Unmarshal([]byte(got.Body), &e); err != nil || got.Status != 200 {
		c.t.Fatalf("%v: %d %s", err, got.Status, got.Body)
	}
	return e
}

func TestReviews(t *testing.T) {
	t.Parallel()
	s := open(t)
	dana := s.first()
	first := map[string]string{"flagged": "2026-03-09", "sample": "2026-03-09", "vendors": "2026-03-02", "risk": "2026-03-02"}
	for _, r := range dana.evidence().Reviews {
		if r.Late != (r.Due == "2026-03-02") || r.By != "" || r.Due != cmp.Or(first[r.ID], "2026-04-01") {
			t.Errorf("never reviewed: %+v", r)
		}
	}
	if got := dana.do("POST", "/api/staff/reviews", "", `{"review":"flagged","note":"three, all fine"}`); got.Status != 204 {
		t.Fatalf("got %d %s", got.Status, got.Body)
	}
	if got := dana.do("POST", "/api/staff/reviews", "", `{"review":"weather"}`); got.Status != 400 {
		t.Errorf("a review that there is not: %d", got.Status)
	}
	r := dana.evidence().Reviews[0]
	if r.ID != "flagged" || r.Late || r.By != "Dana Ortiz" || r.Due != "2026-03-09" {
		t.Errorf("signed: %+v", r)
	}
	s.clock.Move(7 * 24 * time.Hour)
	dana.again()
	if r := dana.evidence().Reviews[0]; !r.Late {
		t.Errorf("a week later: %+v", r)
	}
	page := dana.do("GET", "/staff/evidence", "", "")
	if page.Status != 200 || !strings.Contains(page.Body, "Mar 2, 2026 by Dana Ortiz") || !strings.Contains(page.Body, `data-call="/reviews"`) {
		t.Errorf("page: %d %s", page.Status, page.Body)
	}
}

// again signs in anew.
func (c *colleague) again() {
	c.t.Helper()
	c.stage("/sign-in", map[string]string{"email": c.email, "password": passphrase}, "code")
	c.stage("/sign-in/code", map[string]string{"code": c.code()}, "in")
}

func TestHoldsAndIncidents(t *testing.T) {
	t.Parallel()
	s, r, path := askedForHuman(t)
	dana := s.first()
	ana := dana.hire("ana", "coordinator", "coordinators")
	ana.do("GET", path, "", "")
	if got := dana.do("POST", "/api/staff/holds", "", `{"conversation":"nothing","reason":"a complaint"}`); got.Status != 404 {
		t.Errorf("a hold on nothing: %d %s", got.Status, got.Body)
	}
	if got := dana.do("POST", "/api/staff/holds", "", `{"conversation":"`+r.Conversation+`","reason":"a complaint"}`); got.Status != 201 {
		t.Fatalf("hold: %d %s", got.Status, got.Body)
	}
	holds := dana.evidence().Holds
	if len(holds) != 1 || holds[0].Conversation != r.Conversation || holds[0].By != "Dana Ortiz" || holds[0].ReleasedBy != "" {
		t.Fatalf("holds: %+v", holds)
	}
	if got := dana.do("POST", "/api/staff/holds/"+holds[0].ID+"/release", "", `{"reason":"it is settled"}`); got.Status != 204 {
		t.Errorf("release: %d %s", got.Status, got.Body)
	}
	if got := dana.do("POST", "/api/staff/holds/"+holds[0].ID+"/release", "", `{"reason":"it is settled"}`); got.Status != 404 {
		t.Errorf("released again: %d %s", got.Status, got.Body)
	}
	seen := `{"summary":"looks without need","discovered":"2026-03-02","person":"` + ana.id + `"`
	for body, want := range map[string]int{
		seen + `,"from":"2026-03-01","to":"2026-03-02"}`: 201,
		seen + `,"from":"2026-02-01","to":"2026-02-02"}`: 400, // they saw nobody then
		seen + `,"vendor":"crm"}`:                        400,
		seen + `,"from":"monday"}`:                       400,
		`{"summary":"a letter went astray","discovered":"2026-03-01","conversation":"` + r.Conversation + `"}`: 201,
		`{"summary":"a laptop was lost","discovered":"2026-03-01"}`:                                            400,
		`{"summary":"tomorrow","discovered":"2026-03-09","conversation":"` + r.Conversation + `"}`:             400,
	} {
		if got := dana.do("POST", "/api/staff/incidents", "", body); got.Status != want {
			t.Errorf("%s: %d %s, want %d", body, got.Status, got.Body, want)
		}
	}
	incidents := dana.evidence().Incidents
	if len(incidents) != 2 || incidents[0].Discovered != "2026-03-02" || incidents[0].Decision != "presumed a breach" ||
		!slices.Equal(incidents[0].Affected, []string{r.Conversation}) || incidents[0].Deadlines[0].Day != "2026-05-01" {
		t.Fatalf("incidents: %+v", incidents)
	}
	if holds := dana.evidence().Holds; len(holds) != 3 { // the one released, and one for each incident
		t.Errorf("holds: %+v", holds)
	}
	change := "/api/staff/incidents/" + incidents[0].ID
	for body, want := range map[string]int{`{"decision":"low-probability"}`: 400, `{"told":"neighbours"}`: 400, `{"decision":"maybe"}`: 400} {
		if got := dana.do("POST", change, "", body); got.Status != want {
			t.Errorf("%s: %d %s, want %d", body, got.Status, got.Body, want)
		}
	}
	if got := dana.do("POST", change, "", `{"decision":"breach","told":"individuals"}`); got.Status != 204 {
		t.Errorf("decision: %d %s", got.Status, got.Body)
	}
	if i := dana.evidence().Incidents[0]; i.Decision != "breach" || len(i.Told) != 1 || i.Told[0].Day != "2026-03-02" {
		t.Errorf("decided: %+v", i)
	}
	trail := dana.do("GET", "/api/staff/trail?action=breach.&from=2026-03-01&to=2026-03-03", "", "")
	if n := strings.Count(trail.Body, `"action":"breach.`); n != 3 || strings.Contains(trail.Body, "looks without need") {
		t.Errorf("%d entries are about incidents: %s", n, trail.Body)
	}
	if got := dana.do("GET", "/api/staff/trail?actor="+ana.id, "", ""); !strings.Contains(got.Body, "transcript.viewed") || strings.Contains(got.Body, "breach.") {
		t.Errorf("what ana did: %s", got.Body)
	}
	page := dana.do("GET", "/staff/trail?conversation="+r.Conversation, "", "")
	if page.Status != 200 || !strings.Contains(page.Body, "ana Miller") || strings.Contains(page.Body, "breach.opened") {
		t.Errorf("page: %d %s", page.Status, page.Body)
	}
	if got := ana.do("GET", "/staff/trail", "", ""); got.Status != 403 {
		t.Errorf("a coordinator reads the trail: %d", got.Status)
	}
}

func TestVendorsAndApprovals(t *testing.T) {
	t.Parallel()
	m := faqs()
	agreed := func(effective, expires string) *machine.Agreement {
		return &machine.Agreement{Signed: "2025-12-01", Effective: effective, Expires: expires}
	}
	was := m.Practice.Vendors
	m.Practice.Vendors = append(slices.Clone(was), machine.Vendor{Name: "zeta", Legal: "Zeta, Inc.", Agreement: agreed("2026-01-01", "2026-03-20")},
		machine.Vendor{Name: "zebra", Agreement: agreed("2026-01-01", "2026-03-02")}, machine.Vendor{Name: "zinc", Agreement: agreed("2026-06-01", "")},
		machine.Vendor{Name: "zoo", Agreement: agreed("2026-01-01", "")}, machine.Vendor{Name: "zulu"})
	_, key, err := ed25519.GenerateKey(nil)
	if err != nil {
		t.Fatal(err)
	}
	a := &machine.Artifact{Machine: m, Certificate: &machine.Certificate{Format: machine.CertificateFormat}}
	p, err := release.Approve(a, release.Signer{Name: "Mina Okafor", Role: "compliance", Key: key}, time.Date(2026, 2, 1, 0, 0, 0, 0, time.UTC), release.Read("risk.md", []byte("x")))
	if err != nil {
		t.Fatal(err)
	}
	approval, err := p.Encode()
	if err != nil {
		t.Fatal(err)
	}
	s := open(t, load(t, m))
	if _, err := s.store.Deploy(t.Context(), "lakeside", release.Deployment{Flow: m.Flow.ID, Machine: p.Machine, Approval: approval, At: s.clock.Now(), By: "sam"}); err != nil {
		t.Fatal(err)
	}
	e := s.first().evidence()
	states := map[string]string{}
	for _, v := range e.Vendors {
		states[v.Name] = v.State
		if v.Name == "zeta" && v.Days != 18 {
			t.Errorf("zeta ends in %d days, want 18", v.Days)
		}
	}
	for name, want := range map[string]string{"zeta": "ends soon", "zebra": "ended", "zinc": "not yet", "zoo": "in force", "zulu": "none"} {
		if states[name] != want {
			t.Errorf("%s: %s, want %s", name, states[name], want)
		}
	}
	if len(e.Flows) != 1 || e.Flows[0].ApprovedBy != "Mina Okafor, compliance" || len(e.Flows[0].Evidence) != 1 || e.Flows[0].Machine != p.Machine {
		t.Errorf("flows: %+v", e.Flows)
	}
	if len(e.Documents) != 1 {
		t.Errorf("documents: %+v", e.Documents)
	}
}

// written is a policy that the tests' server gives out.
func written([]*machine.Machine, time.Time) []server.Document {
	return []server.Document{{Name: "policy-1", Title: "Use", HTML: "<p>Use</p>"}}
}

func TestDocuments(t *testing.T) {
	t.Parallel()
	dana := open(t).first()
	if got := dana.do("GET", "/api/staff/documents/policy-1", "", ""); got.Status != 200 || got.Body != "<p>Use</p>" || !strings.HasPrefix(got.Header.Get("Content-Disposition"), "attachment") {
		t.Errorf("got %d %s", got.Status, got.Body)
	}
	if got := dana.do("GET", "/api/staff/documents/policy-9", "", ""); got.Status != 404 {
		t.Errorf("one that there is not: %d", got.Status)
	}
}

func assessed() []server.Risk {
	return []server.Risk{{
		Threat: "an emergency is <missed>", Assets: []string{"that a person is reached"}, Likelihood: "medium", Harm: "high", Rests: "words nobody knows",
		Controls: []server.Control{{Does: "phrases listen", By: "runtime/engine.TestX", Run: "go test -run '^TestX$' ./runtime/engine"}, {Does: "a page says so", By: "spec/operating.md"}},
	}}
}

// TestRisks: the assessment stands on the page of the compliance owner, with the tests that show what is done.
func TestRisks(t *testing.T) {
	t.Parallel()
	s := open(t)
	dana := s.first()
	if got := dana.do("GET", "/api/staff/evidence", "", ""); !strings.Contains(got.Body, `"run":"go test -run '^TestX$' ./runtime/engine"`) {
		t.Errorf("got %d %s", got.Status, got.Body)
	}
	page := dana.do("GET", "/staff/evidence", "", "").Body
	for _, want := range []string{"an emergency is &lt;missed&gt;", "likely: medium, harm: high", "./runtime/engine</code>", "<code>spec/operating.md</code>", "words nobody knows"} {
		if !strings.Contains(page, want) {
			t.Errorf("the page does not say %q", want)
		}
	}
}

// TestSample: what the assistant ended alone is drawn for review, judged once, and counted as owed where people should have had it.
func TestSample(t *testing.T) {
	t.Parallel()
	s, _, _ := askedForHuman(t)
	dana := s.first()
	ana := dana.hire("ana", "coordinator", "coordinators")
	r := s.start("abcdefghijklmnop-sample")
	s.post(r, `{"client_id":"1","text":"something odd"}`)
	s.clock.Move(30 * time.Minute)
	dana.again()
	drawn := func() (list []string) {
		var e struct {
			Sample []struct{ Conversation string }
		}
		if err := json.Unmarshal([]byte(dana.do("GET", "/api/staff/evidence", "", "").Body), &e); err != nil {
			t.Fatal(err)
		}
		for _, c := range e.Sample {
			list = append(list, c.Conversation)
		}
		return list
	}
	for range 100 { // until silence has ended it
		if len(drawn()) > 0 {
			break
		}
		time.Sleep(50 * time.Millisecond)
	}
	if got := drawn(); len(got) != 1 || got[0] != r.Conversation {
		t.Fatalf("drawn: %v, want %s alone: people have the other", got, r.Conversation)
	}
	body := func(id, owed string) string { return fmt.Sprintf(`{"conversation":%q,"owed":%q}`, id, owed) }
	for _, c := range []struct {
		who  *colleague
		body string
		want int
	}{
		{ana, body(r.Conversation, "yes"), 401}, // half an hour has passed
		{dana, body(r.Conversation, "perhaps"), 400}, {dana, body("nobody", "yes"), 404}, {dana, body(r.Conversation, "yes"), 204},
	} {
		if got := c.who.do("POST", "/api/staff/judgements", "", c.body); got.Status != c.want {
			t.Errorf("%s: got %d %s, want %d", c.body, got.Status, got.Body, c.want)
		}
	}
	if got := drawn(); len(got) != 0 {
		t.Errorf("after it was judged: %v", got)
	}
	day := s.clock.Now().Format(time.DateOnly)
	if got := dana.do("GET", "/api/staff/figures?from="+day+"&to="+day, "", "").Body; !strings.Contains(got, `{"name":"not handed over, and owed","unit":"count","n":1}`) {
		t.Errorf("the figures do not count it: %s", got)
	}
}
