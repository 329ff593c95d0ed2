package main

import (
	"bytes"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"
)

// TestPipesAreNoFiles names pipes where files belong: reading one would never end.
func TestPipesAreNoFiles(t *testing.T) {
	t.Parallel()
	practice, err := os.ReadFile("../../examples/lakeside/practice.yaml")
	if err != nil {
		t.Fatal(err)
	}
	pipe := func(dir, name string) {
		if err := syscall.Mkfifo(filepath.Join(dir, name), 0o600); err != nil {
			t.Skipf("no pipes here: %v", err)
		}
	}
	facts, flow := t.TempDir(), t.TempDir()
	pipe(facts, "practice.yaml")
	pipe(flow, "consultation.flow")
	if err := os.WriteFile(filepath.Join(flow, "practice.yaml"), practice, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		args []string
		want int
	}{
		{[]string{"check", facts}, exitViolations},
		{[]string{"check", flow}, exitViolations},
		{[]string{"fmt", filepath.Join(flow, "consultation.flow")}, exitUsage},
	} {
		done := make(chan int, 1)
		var out bytes.Buffer
		go func() { done <- run(c.args, &console{in: new(bytes.Buffer), out: &out, err: &out}) }()
		select {
		case got := <-done:
			if got != c.want {
				t.Errorf("tacet %v exits with %d, want %d\n%s", c.args, got, c.want, out.String())
			}
		case <-time.After(20 * time.Second):
			t.Fatalf("tacet %v waits for ever", c.args)
		}
	}
}

// TestFileNames refuses names of flow files that neither practice.yaml nor an address could hold.
func TestFileNames(t *testing.T) {
	t.Parallel()
	practice, err := os.ReadFile("../../examples/lakeside/practice.yaml")
	if err != nil {
		t.Fatal(err)
	}
	flow, err := os.ReadFile("../../examples/lakeside/hours-and-faq.flow")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{".flow", "Upper.flow", "a b.flow", "é.flow"} {
		dir := t.TempDir()
		for file, content := range map[string][]byte{"practice.yaml": practice, name: flow} {
			if err := os.WriteFile(filepath.Join(dir, file), content, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		var out bytes.Buffer
		if got := run([]string{"check", filepath.Join(dir, name)}, &console{in: new(bytes.Buffer), out: &out, err: &out}); got != exitViolations || !bytes.Contains(out.Bytes(), []byte("T2021")) {
			t.Errorf("a flow in %q exits with %d\n%s", name, got, out.String())
		}
	}
}
