package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"github.com/tacet-lang/tacet/runtime/server/browsertest"
)

// TestDevFromNothing is somebody who is no programmer, with an empty folder and the page alone: they found a practice, write a flow of
// their own of pieces that the page offers, make mistakes, mend them, and try it while the practice is closed.
func TestDevFromNothing(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "riverside")
	a := &author{browsertest.Open(t, dev(t, dir)), dir}
	a.Shows("#begin form")
	for id, answer := range map[string]string{
		"name": "Riverside Dental", "phone": "(415) 555-0100", "address": "12 River Street, Oakland, CA 94607", "timezone": "Pacific time",
		"owner": "Ana Silva", "reviewer": "ana silva",
	} {
		fill(a.Tab, id, answer)
	}
	a.Look("60-begin")
	a.Press("Write the practice")
	a.Reads("is no IANA time zone")
	a.Reads("the reviewer is somebody else than the owner")
	a.Look("61-begin-wrong")
	if _, err := os.Stat(filepath.Join(dir, "practice.yaml")); err == nil {
		t.Error("a practice was written of wrong answers")
	}
	a.Do(chromedp.SetValue(chromedp.CSS("#timezone"), "America/Los_Angeles"), chromedp.SetValue(chromedp.CSS("#reviewer"), "Mina Okafor"))
	a.Press("Write the practice")
	a.Shows("#editor")
	a.Reads("no problems found")

	a.Do(chromedp.Click(chromedp.CSS(".new summary")))
	fill(a.Tab, "file", "whitening")
	a.Press("Write it")
	a.Shows(`#editor[data-file="whitening.flow"]`)
	a.Reads("no problems found")
	a.holds("practice.yaml", `whitening: {owner: "Ana Silva", reviewer: "Mina Okafor", reviewed: 2`)

	a.Do(chromedp.Click(chromedp.CSS("#pieces summary")))
	a.put("state bye {", "Say something")
	a.Press("Save")
	a.Reads("Saved.")
	a.holds("whitening.flow", "state bye {\n  say \"We are open {practice.hours}.\"\n  say \"Thank you")
	a.put(`    "Opening hours" hours -> hours-told`, "Go on to another state") // where no way can stand
	a.Press("Save")
	a.Shows("#problems .error")
	a.Look("62-first-error")
	a.change("\n    -> bye", "")
	a.Press("Save")
	a.Reads("no problems found")
	a.change(`"That is all"         -> bye`, `"Prices"              -> prises`+"\n    "+`"That is all"         -> bye`)
	a.Press("Save")
	a.Reads("there is no state")
	a.change("state bye {", "state prices {\n  say \"Our team tells you about prices.\"\n  -> welcome\n}\n\nstate bye {")
	a.Press("Save")
	a.Press("Change it so")
	a.Reads("no problems found")
	a.Shows(`#graph [data-state=prices]`)

	a.Press("Prices")
	a.Reads("Our team tells you about prices.")
	a.Do(chromedp.Click(chromedp.CSS("#clock summary")))
	a.Press("when we are closed")
	a.Shows("#clock summary b") // "closed"
	a.Do(chromedp.Click(chromedp.CSS("#keep summary")))
	fill(a.Tab, "name", "somebody asks for prices at night")
	a.Press("Write the test")
	a.Reads("2 of 2 tests pass")
	a.Do(chromedp.Click(chromedp.CSS("#show-coverage")))
	a.Look("63-own-flow")
	a.Do(chromedp.Click(chromedp.CSS(`#top a[href="/?file=practice.yaml"]`)))
	a.Shows(`#editor[data-file="practice.yaml"]`)
	a.change("monday: 09:00-17:00", "monday: 9-5")
	a.Press("Save")
	a.Reads("is not a time range")
	a.Press("Change it so")
	a.Reads("no problems found")
}

// TestDevElsewhere: a folder that holds something else is no place for a practice.
func TestDevElsewhere(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "letter.txt"), []byte("Dear"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := (&devCmd{Dir: dir}).folder(); err == nil || !strings.Contains(err.Error(), "empty folder") {
		t.Errorf("got %v", err)
	}
	if err := (&devCmd{Dir: filepath.Join(dir, "letter.txt")}).folder(); err == nil {
		t.Error("a file was taken for a folder")
	}
}

// put sets the cursor to a line and puts a piece in after it; with no title it only sets the cursor.
func (a *author) put(line, title string) {
	a.Helper()
	if !browsertest.Eval[bool](a.Tab, `(() => {
		const t = document.getElementById("text"), i = t.value.indexOf(`+"`"+line+"`"+`);
		t.focus(); t.setSelectionRange(i, i);
		if (!`+"`"+title+"`"+`) return i >= 0;
		[...document.querySelectorAll("#pieces article")].find((p) => p.querySelector("h4").textContent === `+"`"+title+"`"+`).querySelector(".put").click();
		return i >= 0;
	})()`) {
		a.Fatalf("no line %q", line)
	}
}

// change writes something else in the editor of the page.
func (a *author) change(from, to string) {
	a.Helper()
	if !browsertest.Eval[bool](a.Tab, `(() => {
		const t = document.getElementById("text"), from = `+"`"+from+"`"+`, i = t.value.indexOf(from);
		t.focus(); t.setSelectionRange(i, i + from.length);
		document.execCommand("insertText", false, `+"`"+to+"`"+`) || document.execCommand("delete");
		return i >= 0;
	})()`) {
		a.Fatalf("the editor does not hold %q", from)
	}
}
