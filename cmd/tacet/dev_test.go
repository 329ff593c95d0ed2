package main

import (
	"bufio"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"github.com/tacet-lang/tacet/preview"
	"github.com/tacet-lang/tacet/runtime/server/browsertest"
)

// author is somebody who writes a practice with `tacet dev`.
type author struct {
	*browsertest.Tab
	dir string
}

// write opens the page of `tacet dev` on a copy of an example.
func write(t *testing.T, example string) *author {
	t.Helper()
	dir := filepath.Join(t.TempDir(), example)
	if err := os.CopyFS(dir, os.DirFS("../../examples/"+example)); err != nil {
		t.Fatal(err)
	}
	return &author{browsertest.Open(t, dev(t, dir)), dir}
}

// dev runs the command and returns the address that it prints.
func dev(t *testing.T, dir string) string {
	t.Helper()
	run := exec.Command("tacet", "dev", "--port", "0", dir)
	out, err := run.StdoutPipe()
	if err == nil {
		err = run.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = run.Process.Kill() // an error says that it is gone
		_ = run.Wait()         // of a killed process always an error
	})
	line, err := bufio.NewReader(out).ReadString('\n')
	url := regexp.MustCompile(`http://127\.0\.0\.1:\d+`).FindString(line)
	if err != nil || url == "" {
		t.Fatalf("no address in %q: %v", line, err)
	}
	return url
}

// edit changes a file as another program does.
func (a *author) edit(file, from, to string) {
	a.Helper()
	name := filepath.Join(a.dir, file)
	b, err := os.ReadFile(name)
	if err == nil && !strings.Contains(string(b), from) {
		a.Fatalf("%s does not hold %q", file, from)
	}
	if err == nil {
		err = os.WriteFile(name, []byte(strings.ReplaceAll(string(b), from, to)), 0o600)
	}
	if err != nil {
		a.Fatal(err)
	}
}

func (a *author) say(text string) {
	a.Helper()
	a.Do(chromedp.SendKeys(chromedp.CSS("#say"), text+"\n"))
}

// TestDev writes, breaks, mends and tries a flow.
func TestDev(t *testing.T) {
	t.Parallel()
	a := write(t, "lakeside")
	a.Shows(`#graph [data-state=welcome].now`)
	a.Look("50-dev")
	a.Press("Botox")
	a.Shows(`#graph [data-state=about].now`)
	a.Shows(`#graph .taken`)
	a.Shoot("dev", 1280, 800, "light")
	a.say("actually I have chest pain")
	a.Shows(`#asides [data-state].now`)
	a.Reads("The assistant stays silent")
	a.Look("51-dev-silence")
	a.Press("◀ Back")
	a.Shows(`#graph [data-state=about].now`)
	a.Press("Forward ▶")
	a.Shows(`#asides [data-state].now`)

	// somebody saves the file elsewhere, with a hole in it
	a.edit("consultation.flow", "  otherwise -> contact", "  when !ok && part == \"evening\" -> contact")
	a.Reads("some answers are not handled here")
	a.Press("Show me step by step")
	a.Reads("How this happens")
	a.Look("52-dev-witness")
	for n := 1; browsertest.Eval[bool](a.Tab, `!!document.querySelector("#steps .main")`); n++ {
		a.Press("Next step")
		a.Reads(fmt.Sprintf("step %d of", n))
	}
	a.Shows(`#graph [data-state=confirm].been`)
	a.Look("53-dev-witness-end")
	key := func(key string) {
		a.Helper()
		a.Do(chromedp.Evaluate[chromedp.Void](`document.body.dispatchEvent(new KeyboardEvent("keydown", { key: "` + key + `", bubbles: true }))`))
	}
	key("1") // of no step
	key("ArrowLeft")
	a.Shows("#steps .main")
	a.Press("To your own conversation")
	a.edit("consultation.flow", "  when !ok && part == \"evening\" -> contact", "  otherwise -> contact")
	a.Reads("no problems found")

	// in the page itself
	a.Do(chromedp.Evaluate[chromedp.Void](`(() => { const t = document.getElementById("text"); t.focus(); const i = t.value.indexOf("Botox softens"); t.setSelectionRange(i, i + 13); document.execCommand("insertText", false, "Botox smooths"); })()`))
	a.Reads("Not saved yet")
	a.Press("Save")
	a.Reads("Saved.")
	a.Reads("Botox smooths lines")
	a.Reads("now says something else")
	a.holds("consultation.flow", "Botox smooths lines")

	// who goes on writing while a save is under way loses nothing
	a.Do(chromedp.Evaluate[chromedp.Void](`(() => { const t = document.getElementById("text"); t.focus(); t.setSelectionRange(0, 0); document.execCommand("insertText", false, "# one\n"); t.form.requestSubmit(); document.execCommand("insertText", false, "# two\n"); })()`))
	a.Reads("but for what was written since")
	a.Press("Save")
	a.Reads("Saved.")
	a.holds("consultation.flow", "# one\n# two\n")
}

func (a *author) holds(file, text string) {
	a.Helper()
	if b, err := os.ReadFile(filepath.Join(a.dir, file)); err != nil || !strings.Contains(string(b), text) {
		a.Errorf("%s does not hold %q: %v %s", file, text, err, b)
	}
}

// TestDevSaves writes over nothing that somebody else wrote.
func TestDevSaves(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	root, err := os.OpenRoot(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = root.Close() }) // nothing is written through it
	d := &draft{dir: dir, root: root}
	for _, c := range []struct {
		was     []byte
		content string
		want    error
		then    string
	}{
		{nil, "one", nil, "one"},
		{nil, "two", preview.ErrChanged, "one"},
		{[]byte("other"), "two", preview.ErrChanged, "one"},
		{[]byte("one"), "two", nil, "two"},
	} {
		err := d.save("a.flow", c.was, []byte(c.content))
		if b, _ := os.ReadFile(filepath.Join(dir, "a.flow")); !errors.Is(err, c.want) || string(b) != c.then {
			t.Errorf("%q over %q: got %v and %q, want %v and %q", c.content, c.was, err, b, c.want, c.then)
		}
	}
}

// TestDevWithoutScripts goes the same way by forms and links alone.
func TestDevWithoutScripts(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "lakeside")
	if err := os.CopyFS(dir, os.DirFS("../../examples/lakeside")); err != nil {
		t.Fatal(err)
	}
	url := dev(t, dir)
	a := &author{browsertest.Open(t, url), dir}
	a.WithoutScripts()
	a.Go(url)
	a.Press("Botox")
	a.Shows(`#graph [data-state=about].now`)
	a.say("how much is it?")
	a.Shows(`#asides [data-state].now`)
	a.Press("Start again")
	a.Shows(`#graph [data-state=welcome].now`)
}
