package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"github.com/tacet-lang/tacet/runtime/server/browsertest"
)

// TestVisitOdd: a practice with a long name and a dozen teams, patients who write much, in other scripts and with pictures, and half a
// thousand who wait: the pages hold, and the inbox is there at once.
func TestVisitOdd(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("a minute of looking")
	}
	link := serveForStaff(t, large(t))
	url := link[:strings.Index(link, "/staff/")]
	dana := firstAccount(t, link)
	dana.Shows(".list .hint")
	dana.Look("80-odd-nobody-waits")
	dana.Press("Questions")
	dana.Reads("None on these days.")
	dana.Look("81-odd-no-questions")
	dana.Go(url + "/staff/figures")
	dana.Shows("#M13")
	dana.Look("82-odd-no-figures")
	dana.Go(url + "/staff")
	mei := arrive(t, invite(dana, "Wolfeschlegelsteinhausenbergerdorff Maximiliane-Alexandrina", "clinician", strings.Join(manyTeams, " ")), "nine slow turtles swimming")
	dana.Look("83-odd-people")
	dana.Press("Change")
	dana.Shows(".people form")
	dana.Look("84-odd-change")

	rtl := browsertest.Open(t, url+"/chat/consultation")
	rtl.Press("Start")
	rtl.Says("What are you interested in?")
	rtl.Press("Rhinoplasty")
	rtl.Press("Book a consultation")
	rtl.Says("What name")
	rtl.Write("محمد عبد الرحمن الخطيب")
	rtl.Look("85-odd-arabic-name")
	rtl.Press("Talk to a human")
	rtl.Shows("li.ack")
	rtl.Write(strings.TrimSpace(strings.Repeat("I would like to know whether somebody can call me back about the visit. ", 5)))
	rtl.Write("👩‍👩‍👧‍👦 " + strings.Repeat("🌸", 60))
	rtl.Write("Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft" + strings.Repeat("x", 120))
	rtl.Write("https://www.example.com/" + strings.Repeat("path/", 40))
	rtl.Look("86-odd-messages")
	if got := browsertest.Eval[string](rtl, `[...document.querySelectorAll("#log .patient .text")].at(-1).textContent`); !strings.HasPrefix(got, "https://www.example.com/path/") {
		t.Errorf("an address is shown as %q", got)
	}
	mei.Shows(".queue li")
	mei.Press("Open")
	mei.Shows(".transcript li")
	mei.Look("87-odd-transcript")
	mei.Press("Take it")
	mei.Shows("form.reply")
	mei.Press("Pass on")
	mei.Shows(".asked form")
	mei.Look("88-odd-pass-on")

	waiting(t, url, 500)
	mei.Press("Queue")
	mei.Do(chromedp.Poll[chromedp.Void](`document.querySelectorAll(".list .queue li").length === 301`))
	mei.Reads("200 more wait")                                                                       // 300 are shown, and one's own
	if n := browsertest.Eval[int](mei, `document.documentElement.scrollWidth - innerWidth`); n > 0 { // axe-core takes minutes for so many
		t.Errorf("the queue scrolls sideways by %d", n)
	}
	took := browsertest.Eval[float64](mei, `(async () => { const t = performance.now(); await (await fetch("/api/staff/queue")).json(); return performance.now() - t })()`)
	t.Logf("the queue of 500 is there after %.0f ms", took)
	hurt := browsertest.Open(t, url+"/chat/consultation")
	hurt.Press("Start")
	hurt.Says("What are you interested in?")
	hurt.Write("I have chest pain and cannot breathe")
	hurt.Shows(".crisis")
	mei.Do(chromedp.WaitVisible(chromedp.CSS(`.list .queue li:first-child.emergency`)))

	long := browsertest.Open(t, url+"/chat/consultation")
	long.Press("Start")
	long.Says("What are you interested in?")
	long.Press("Talk to a human")
	long.Shows("li.ack")
	for i := range 200 {
		at := browsertest.Eval[bool](long, fmt.Sprintf(`fetch(location.pathname + "/say", { method: "POST", headers: { "Content-Type": "application/x-www-form-urlencoded" }, body: "client_id=m%d&text=message+number+%d" }).then((r) => r.ok)`, i, i))
		if !at {
			t.Fatalf("message %d was refused", i)
		}
	}
	long.Reload()
	long.Says("message number 199")
	long.Look("90-odd-two-hundred")
}

var manyTeams = []string{
	"coordinators", "nurses", "answering-service", "billing", "surgery-scheduling-and-preoperative-instructions", "dermatology", "injectables",
	"laser-and-light-therapies", "records-and-release-of-information", "front-desk", "weekend-desk", "spanish-line",
}

// large is the example practice grown: a long name, and a dozen teams.
func large(t *testing.T) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "large")
	if err := os.CopyFS(dir, os.DirFS("../../examples/lakeside")); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(dir, "practice.yaml")
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	text := strings.Replace(string(b), "name: Lakeside Aesthetics\n", "name: The Lakeside Center for Aesthetic, Reconstructive and Dermatologic Surgery of Greater Chicagoland\n", 1)
	var teams strings.Builder
	for _, name := range manyTeams[3:] {
		fmt.Fprintf(&teams, "  %s:\n    hours: practice\n    fallback: answering-service\n", name)
	}
	text = strings.Replace(text, "\nteams:\n", "\nteams:\n"+teams.String(), 1)
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return dir
}

// waiting has so many patients ask for a person.
func waiting(t *testing.T, url string, patients int) {
	t.Helper()
	begun := time.Now()
	for i := range patients {
		c := caller{url: url, flow: "consultation", lang: "en"}
		if err := c.start(fmt.Sprintf("patient-%032d", i)); err != nil {
			t.Fatal(err)
		}
		if err := c.do(map[string]any{"client_id": "1", "human": true}); err != nil {
			t.Fatal(err)
		}
	}
	t.Logf("%d patients ask for a person within %v", patients, time.Since(begun).Round(time.Millisecond))
}
