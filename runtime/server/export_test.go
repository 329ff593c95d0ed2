package server_test

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/santhosh-tekuri/jsonschema/v5"

	"github.com/tacet-lang/tacet/runtime/session"
)

// TestExport: a clinician gives out a conversation as a page and in FHIR R4, valid against HL7's schema; the trail knows the hash.
func TestExport(t *testing.T) {
	t.Parallel()
	s, r, path := askedForHuman(t)
	dana := s.first()
	cleo := dana.hire("cleo", "clinician", "coordinators")
	ana := dana.hire("ana", "coordinator", "coordinators")
	s.post(r, `{"client_id":"7","text":"my <b>$health</b> is \"bad\""}`)
	cleo.do("POST", path+"/claim", "", "")
	cleo.do("POST", path+"/reply", "", `{"client_id":"1","text":"we will call you"}`)

	got := cleo.do("GET", path+"/export/fhir", "", "")
	sum := sha256.Sum256([]byte(got.Body))
	if got.Status != 200 || got.Header.Get("Content-Type") != "application/fhir+json" || got.Header.Get("Repr-Digest") != "sha-256=:"+base64.StdEncoding.EncodeToString(sum[:])+":" {
		t.Fatalf("got %d %v", got.Status, got.Header)
	}
	file, err := os.Open("testdata/fhir-r4.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = file.Close() }()
	compiler := jsonschema.NewCompiler()
	if err := compiler.AddResource("fhir.json", file); err != nil {
		t.Fatal(err)
	}
	schema, err := compiler.Compile("fhir.json")
	if err != nil {
		t.Fatal(err)
	}
	var doc any
	if err := json.Unmarshal([]byte(got.Body), &doc); err != nil {
		t.Fatal(err)
	}
	if err := schema.Validate(doc); err != nil {
		t.Errorf("not valid: %#v\n%s", err, got.Body)
	}
	var bundle struct {
		Entry []struct {
			Resource struct {
				ResourceType string
				Sender       struct{ Type, Display string }
				Payload      []struct{ ContentString string }
				Item         []struct {
					LinkID string
					Answer []struct{ ValueString string }
				}
			}
		}
	}
	if err := json.Unmarshal([]byte(got.Body), &bundle); err != nil {
		t.Fatal(err)
	}
	last := bundle.Entry[len(bundle.Entry)-2].Resource
	if last.Sender.Type != "Practitioner" || last.Sender.Display != "cleo Miller, Lakeside Aesthetics" || last.Payload[0].ContentString != "we will call you" {
		t.Errorf("the last message is %+v", last)
	}
	answers := bundle.Entry[len(bundle.Entry)-1].Resource
	if answers.ResourceType != "QuestionnaireResponse" || len(answers.Item) != 2 || answers.Item[0].Answer[0].ValueString != "Maria Lopez" {
		t.Errorf("answers: %+v", answers)
	}
	for _, wrong := range []string{`"contentText"`, `"contentstring"`} { // so that the schema is known to look
		if err := json.Unmarshal([]byte(strings.Replace(got.Body, `"contentString"`, wrong, 1)), &doc); err != nil || schema.Validate(doc) == nil {
			t.Errorf("the schema finds nothing wrong with %s: %v", wrong, err)
		}
	}
	if err := json.Unmarshal([]byte(strings.Replace(got.Body, `"sent": "2026-03-02T`, `"sent": "2026-3-02T`, 1)), &doc); err != nil || schema.Validate(doc) == nil {
		t.Errorf("the schema finds nothing wrong with a wrong day: %v", err)
	}

	page := cleo.do("GET", path+"/export/html", "", "")
	if page.Status != 200 || !strings.Contains(page.Body, "my &lt;b&gt;$health&lt;/b&gt;") || !strings.Contains(page.Body, "Maria Lopez") || !strings.Contains(page.Header.Get("Content-Security-Policy"), "sha256-") {
		t.Errorf("page: %d %s", page.Status, page.Body)
	}
	if got := dana.do("GET", path+"/export/html", "", ""); got.Status != 200 || strings.Contains(got.Body, "Maria") || !strings.Contains(got.Body, "hidden from the role") {
		t.Errorf("by who reviews: %d %s", got.Status, got.Body)
	}
	if got := dana.do("GET", path+"/export/fhir", "", ""); strings.Contains(got.Body, "Maria") || !strings.Contains(got.Body, `"masked"`) {
		t.Errorf("by who reviews, in FHIR: %d %s", got.Status, got.Body)
	}
	if got := ana.do("GET", path+"/export/fhir", "", ""); got.Status != 403 {
		t.Errorf("by a coordinator: %d", got.Status)
	}
	for range 7 {
		s.clock.Move(10 * time.Minute)
		cleo.do("GET", "/api/staff/me", "", "")
	}
	if got := cleo.do("GET", path+"/export/fhir", "", ""); got.Status != 403 || got.Code != "sign-in-again" {
		t.Errorf("an hour after signing in: %d %s", got.Status, got.Body)
	}
	found := false
	err = s.store.View(t.Context(), "lakeside", func(rd session.Reader) error {
		list, err := rd.Audit(0, 10_000)
		for _, e := range list {
			found = found || e.Action == "transcript.exported" && e.Detail["sha256"] == hex.EncodeToString(sum[:]) && e.Conversation == r.Conversation
		}
		return err
	})
	if err != nil || !found {
		t.Errorf("the trail does not know the export: %v", err)
	}
}
