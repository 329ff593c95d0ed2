package main

import (
	"encoding/json"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// shop is a folder with a practice, a key and a database.
type shop struct {
	*testing.T
	dir string
}

func (s *shop) tacet(args ...string) (string, error) {
	cmd := exec.Command("tacet", args...)
	cmd.Dir = s.dir
	out, err := cmd.CombinedOutput()
	return string(out), err
}

func (s *shop) must(args ...string) string {
	s.Helper()
	out, err := s.tacet(args...)
	if err != nil {
		s.Fatalf("tacet %s: %v\n%s", strings.Join(args, " "), err, out)
	}
	return out
}

// replace changes the flow.
func (s *shop) replace(old, new string) {
	s.Helper()
	name := filepath.Join(s.dir, "base", "consultation.flow")
	b, err := os.ReadFile(name)
	if err != nil || !strings.Contains(string(b), old) {
		s.Fatalf("%s does not say %q: %v", name, old, err)
	}
	if err := os.WriteFile(name, []byte(strings.Replace(string(b), old, new, 1)), 0o644); err != nil {
		s.Fatal(err)
	}
}

// flows is what a server offers.
func (s *shop) flows(url string) (list []struct{ ID, Name string }) {
	s.Helper()
	res, err := http.Get(url + "/api/flows")
	if err != nil {
		s.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	b, err := io.ReadAll(res.Body)
	if err != nil {
		s.Fatal(err)
	}
	var got struct{ Flows []struct{ ID, Name string } }
	if err := json.Unmarshal(b, &got); err != nil {
		s.Fatal(err)
	}
	return got.Flows
}

// waitFor waits until a server offers a flow of this name; "" is none at all.
func (s *shop) waitFor(url, name string) {
	s.Helper()
	for range 200 {
		list := s.flows(url)
		if name == "" && len(list) == 0 || len(list) == 1 && list[0].Name == name {
			return
		}
		time.Sleep(100 * time.Millisecond)
	}
	s.Fatalf("it offers %v, want %q", s.flows(url), name)
}

// TestDeploy takes versions of a flow into service while a server in production runs: only what was approved is served, a
// conversation ends on the version that it started on, and a flow can be taken out of service.
func TestDeploy(t *testing.T) {
	t.Parallel()
	s := &shop{t, t.TempDir()}
	if err := os.CopyFS(filepath.Join(s.dir, "base"), os.DirFS("../../examples/lakeside")); err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(filepath.Join(s.dir, "base", "hours-and-faq.flow")); err != nil {
		t.Fatal(err)
	}
	s.must("approve", "--new-key", "--key", "dana.pem")
	s.must("approve", "--new-key", "--key", "eve.pem")
	s.must("build", "-o", "one", "base")
	artifacts, err := filepath.Glob(filepath.Join(s.dir, "one", "*.artifact.json"))
	if err != nil || len(artifacts) != 1 {
		t.Fatalf("build wrote %v, %v", artifacts, err)
	}
	file := filepath.Base(artifacts[0])
	production := []string{"serve", "--addr", "127.0.0.1:0", "--production", "--practice", "lakeside", "--log", "json", "--trust", "dana.pub.pem", "--data", "x.db"}
	s.must("deploy", "--data", "x.db", "one/"+file)
	if out, err := s.tacet(production...); err == nil || !strings.Contains(out, "nobody has approved it") {
		t.Fatalf("what nobody approved is served: %v\n%s", err, out)
	}
	s.must("approve", "--key", "dana.pem", "--by", "Dana Ortiz", "one/"+file)
	s.must("deploy", "--data", "x.db", "one/"+file)
	p := startProcess(t, "--production", "--practice", "lakeside", "--trust", filepath.Join(s.dir, "dana.pub.pem"), "--data", filepath.Join(s.dir, "x.db"))
	first := s.flows(p.url)
	if len(first) != 1 {
		t.Fatalf("it offers %v", first)
	}
	patient := &patient{urls: []string{p.url}}
	if err := patient.begin(first[0].ID, "0123456789abcdef"); err != nil {
		t.Fatal(err)
	}
	s.replace(`flow "`+first[0].Name+`"`, `flow "`+first[0].Name+` today"`)
	s.must("build", "-o", "two", "base")
	second, err := filepath.Glob(filepath.Join(s.dir, "two", "*.artifact.json"))
	if err != nil || len(second) != 1 {
		t.Fatalf("build wrote %v, %v", second, err)
	}
	s.must("approve", "--key", "dana.pem", "--by", "Dana Ortiz", second[0])
	s.must("deploy", "--data", "x.db", "--practice", "lakeside", "--withdraw", first[0].ID)
	s.waitFor(p.url, "")
	s.must("deploy", "--data", "x.db", second[0])
	s.waitFor(p.url, first[0].Name+" today")
	a, err := patient.send("POST", "/api/conversations/"+patient.id+"/messages", map[string]any{"client_id": "1", "human": true})
	if err != nil || a.Status != http.StatusOK || a.Control != "waiting" {
		t.Errorf("the conversation on the first version: %+v, %v", a, err)
	}
	// another's approval does not count: what is offered stays
	s.must("approve", "--key", "eve.pem", "--by", "Eve", "one/"+file)
	s.must("deploy", "--data", "x.db", "one/"+file)
	time.Sleep(2 * lookEvery)
	s.waitFor(p.url, first[0].Name+" today")
	p.kill()
	again := startProcess(t, "--production", "--practice", "lakeside", "--trust", filepath.Join(s.dir, "dana.pub.pem"), "--data", filepath.Join(s.dir, "x.db"))
	patient.urls = []string{again.url}
	a, err = patient.send("POST", "/api/conversations/"+patient.id+"/messages", map[string]any{"client_id": "2", "text": "hello?"})
	if err != nil || a.Status != http.StatusOK {
		t.Errorf("the conversation on the first version, after a restart: %+v, %v", a, err)
	}
}
