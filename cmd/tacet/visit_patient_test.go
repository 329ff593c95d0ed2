package main

import (
	"encoding/json"
	"fmt"
	"path/filepath"
	"testing"

	"github.com/tacet-lang/tacet/runtime/server/browsertest"
)

// caller is a patient without a browser, and where their conversation stands.
type caller struct {
	url, flow, lang string
	Conversation    string
	Token           string
	Control         string
	Messages        []struct {
		Options []struct{ ID, Label string }
	}
}

// start shows the notice to nobody and begins a conversation, under a name of the request that is used once.
func (c *caller) start(name string) error {
	body := map[string]any{"flow": c.flow, "lang": c.lang, "client_id": name}
	shown, err := ask("POST", c.url+"/api/conversations", body) // the notice comes with the refusal
	if err != nil {
		return err
	}
	var n struct{ Notice struct{ Hash string } }
	if err := json.Unmarshal(shown.Body, &n); err != nil {
		return err
	}
	body["notice"] = n.Notice.Hash
	return c.post("/api/conversations", body)
}

// do does one thing in the conversation.
func (c *caller) do(body map[string]any) error {
	return c.post("/api/conversations/"+c.Conversation+"/messages", body)
}

func (c *caller) post(path string, body map[string]any) error {
	e, err := ask("POST", c.url+path, body, "Authorization", "Bearer "+c.Token)
	if err != nil {
		return err
	}
	if e.Status/100 != 2 {
		return fmt.Errorf("%d %s", e.Status, e.Body)
	}
	token := c.Token
	c.Messages = nil
	err = json.Unmarshal(e.Body, c)
	if c.Token == "" {
		c.Token = token
	}
	return err
}

// firstAccount opens the link that serve prints and makes the first account.
func firstAccount(t *testing.T, link string) *browsertest.Tab {
	t.Helper()
	b := browsertest.Open(t, link)
	fill(b, "name", "Dana Ortiz")
	fill(b, "email", "dana@lakeside.example")
	fill(b, "password", "seven quiet herons wading")
	b.Press("Go on")
	enrol(b)
	learn(b, 2)
	return b
}

// examplePractices are the folders of the examples.
func examplePractices(t *testing.T) (dirs []string) {
	t.Helper()
	files, err := filepath.Glob("../../examples/*/practice.yaml")
	if err != nil || len(files) < 5 {
		t.Fatalf("examples: %v %v", files, err)
	}
	for _, f := range files {
		dirs = append(dirs, filepath.Dir(f))
	}
	return dirs
}

// flowsOf compiles a practice.
func flowsOf(t *testing.T, dir string) []flowFile {
	t.Helper()
	c, err := compilePaths([]string{dir}, compiling{})
	if err != nil || c.problems.HasErrors() {
		t.Fatalf("%s: %v %v", dir, err, c.problems)
	}
	return c.flows
}
