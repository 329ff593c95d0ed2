package main

import (
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"github.com/tacet-lang/tacet/runtime/server/browsertest"
)

// TestVisitPickersByKeyboard answers with a date, a time and an appointment without a pointer.
func TestVisitPickersByKeyboard(t *testing.T) {
	t.Parallel()
	c, err := compilePaths([]string{"../../examples/post-discharge"}, compiling{})
	if err != nil || c.problems.HasErrors() {
		t.Fatalf("%v %v", err, c.problems)
	}
	for _, flow := range c.flows {
		for _, test := range flow.Tests {
			if test.Name != "papers, a visit and a call" {
				continue
			}
			v := newWalker(t, flow)
			v.prepare()
			for _, step := range test.Steps {
				if step.Verb == "expect" {
					continue
				}
				if v.began {
					v.byKeyboard()
				}
				if !v.step(step) {
					t.Fatalf("`%s %s` could not be done", step.Verb, step.Text)
				}
			}
			for _, kind := range []string{"date", "time"} {
				if !v.seen["picked "+kind] {
					t.Errorf("no %s was picked", kind)
				}
			}
			return
		}
	}
	t.Fatal("the test that is played is gone")
}

// byKeyboard picks with keys what can be picked now, sees that it stands in the answer with the focus where it was, and takes it back.
func (v *walker) byKeyboard() {
	v.Helper()
	for kind, keys := range map[string][2]string{"date": {"03122026", "March 12, 2026"}, "time": {"0230PM", "14:30"}} {
		if v.seen["picked "+kind] || !browsertest.Eval[bool](v.tab, `document.getElementById("pick")?.type === "`+kind+`"`) {
			continue
		}
		v.seen["picked "+kind] = true
		v.tab.Do(chromedp.Focus(chromedp.CSS("#answer")))
		for range 5 { // tab goes on from the answer to the picker
			v.tab.Do(chromedp.KeyEvent("\t"))
			if browsertest.Eval[string](v.tab, `document.activeElement.id`) == "pick" {
				break
			}
		}
		for _, key := range keys[0] {
			v.tab.Do(chromedp.KeyEvent(string(key)))
			if at := browsertest.Eval[string](v.tab, `document.activeElement.id`); at != "pick" {
				v.Fatalf("while a %s was typed the focus went to %q", kind, at)
			}
		}
		if got := browsertest.Eval[string](v.tab, `document.getElementById("answer").value`); !strings.HasPrefix(got, keys[1]) {
			v.Errorf("%s: the answer is %q, want %q", kind, got, keys[1])
		}
		browsertest.Eval[string](v.tab, `document.getElementById("answer").value = ""`)
	}
	if browsertest.Eval[bool](v.tab, `!!document.querySelector(".options h3")`) && !v.seen["slots"] {
		v.seen["slots"] = true
		v.tab.Do(chromedp.Focus(chromedp.CSS("#log")))
		at := ""
		for range 10 { // past the numbers that stand in messages
			v.tab.Do(chromedp.KeyEvent("\t"))
			if at = browsertest.Eval[string](v.tab, `document.activeElement.ariaLabel || ""`); at != "" {
				break
			}
		}
		if !strings.Contains(at, " at ") {
			v.Errorf("the tab key leads from the log to %q, want the first time", at)
		}
	}
}
