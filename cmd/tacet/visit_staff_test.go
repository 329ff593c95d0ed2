package main

import (
	"bufio"
	"fmt"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/pquerna/otp/totp"

	"github.com/tacet-lang/tacet/runtime/server/browsertest"
)

// TestVisitStaff opens the link that serve prints, makes the first account, invites a coordinator and a clinician, who answer a
// patient, pass the conversation on, and look for it later.
func TestVisitStaff(t *testing.T) {
	t.Parallel()
	link := serveForStaff(t, "../../examples/lakeside")
	url := link[:strings.Index(link, "/staff/")]

	dana := browsertest.Open(t, link)
	fill(dana, "name", "Dana Ortiz")
	fill(dana, "email", "dana@lakeside.example")
	dana.Look("39-staff-set-up")
	fill(dana, "password", "seven quiet herons wading")
	dana.Press("Go on")
	enrol(dana)
	dana.Shows(".course")
	dana.Look("40-staff-training")
	learn(dana, 2)
	dana.Look("41-staff-first")
	invitation := invite(dana, "Mei Chen", "coordinator", "coordinators")
	dana.Look("42-staff-people")
	nurse := invite(dana, "Noor Haddad", "clinician", "nurses coordinators")

	patient := browsertest.Open(t, url+"/chat/consultation")
	patient.Press("Start")
	patient.Says("What are you interested in?")
	patient.Press("Talk to a human")
	patient.Shows("li.ack")

	mei := arrive(t, invitation, "nine slow turtles swimming")
	mei.Shows(".queue li")
	if title := browsertest.Eval[string](mei, `document.title`); !strings.HasPrefix(title, "(1) ") {
		t.Errorf("one waits, and the title is %q", title)
	}
	mei.Look("43-staff-queue")
	mei.Press("Open")
	mei.Shows(".transcript li")
	mei.Press("Take it")
	mei.Shows("form.reply")
	mei.Do(chromedp.SetValue(chromedp.CSS(".side textarea"), "asked about prices before"))
	mei.Press("Keep the note")
	mei.Shows(".notes li")
	answerPatient(mei, "Hello, this is Mei. How can I help?")
	mei.Shows(".transcript li.staff")
	mei.Look("44-staff-conversation")
	mei.Shoot("inbox", 1280, 800, "light")
	patient.Says("Hello, this is Mei. How can I help?")
	patient.Look("45-patient-answered")
	typingIsSeen(mei, patient)

	answerPatient(mei, "Your record number is MRN 4839201, and your SSN 219-09-9999.")
	mei.Shows(".warning button")
	mei.Look("46-staff-warning")
	mei.Press("Change it")

	noor := arrive(t, nurse, "eleven loud geese arguing")
	noor.Shows(".queue li")
	noor.Press("Open")
	noor.Shows(".transcript li")
	mei.Do(chromedp.WaitVisible(`//p[contains(@class,"present")][contains(., "Noor Haddad is here")]`))
	noor.Do(chromedp.WaitVisible(`//section[contains(@class,"pane")][contains(., "taken by Mei Chen")]`))
	mei.Press("Pass on")
	mei.Shows(".asked form")
	mei.Look("47-staff-pass-on")
	mei.Do(chromedp.SetValue(chromedp.CSS(".asked select"), "nurses"))
	fill(mei, "reason", "a question about healing")
	mei.Do(chromedp.Click(chromedp.CSS(".asked button.main")))
	mei.Shows(".list")
	noor.Do(chromedp.WaitVisible(`//section[contains(@class,"pane")][contains(., "nurses")]//button[.="Take it"]`))
	noor.Press("Take it")
	noor.Shows("form.reply")
	noor.Press("Close")
	noor.Shows(".asked select")
	noor.Do(chromedp.Click(chromedp.CSS(".asked button.main")))
	noor.Shows(".list .hint")

	hurt := browsertest.Open(t, url+"/chat/consultation")
	hurt.Press("Start")
	hurt.Says("What are you interested in?")
	hurt.Write("I have chest pain and cannot breathe")
	hurt.Shows(".crisis")
	noor.Press("Queue")
	noor.Shows(".queue li.emergency")
	noor.Press("Open")
	noor.Shows(".pane.emergency .alarm")
	noor.Look("54-staff-emergency")
	id := browsertest.Eval[string](noor, `document.querySelector(".pane").dataset.id`)
	mei.Go(url + "/staff#/c/" + id) // of another team
	mei.Reload()
	mei.Shows("[name=reason]")
	mei.Look("55-staff-glass")
	dana.Go(url + "/staff")
	dana.Shows(".queue li.emergency")
	dana.Press("Open")
	dana.Shows(".transcript i")
	dana.Look("56-staff-masked")
	dana.Press("Show everything")
	fill(dana, "reason", "review of alarms")
	dana.Do(chromedp.Click(chromedp.CSS(".asked button.main")))
	dana.Do(chromedp.WaitVisible(`//div[@role="log"][contains(., "chest pain")]`))

	dana.Go(url + "/staff/figures")
	dana.Shows("#M13")
	dana.Look("51-staff-figures")
	dana.Go(url + "/staff/evidence")
	dana.Shows("#reviews")
	dana.Look("52-staff-evidence")
	fill(dana, "note", "two, both fine")
	dana.Press("Reviewed")
	dana.Do(chromedp.WaitVisible(`//td[contains(., "by Dana Ortiz")]`))
	dana.Press("audit trail")
	dana.Do(chromedp.WaitVisible(`//td[contains(., "conversation.transferred")]`))
	dana.Look("53-staff-trail")

	odd := browsertest.Open(t, url+"/chat/consultation?utm_source=newsletter")
	odd.Press("Start")
	odd.Says("What are you interested in?")
	odd.Write("purple monkey dishwasher")
	odd.Shows("li.reprompt")
	noor.Press("Questions")
	noor.Shows(".questions li")
	noor.Reads("purple monkey dishwasher")
	noor.Look("57-staff-questions")
	noor.Press("the conversation")
	noor.Shows(".pane .transcript li")

	noor.Do(chromedp.Evaluate[chromedp.Void](`document.activeElement.blur()`), chromedp.KeyEvent("/"))
	noor.Shows(".search")
	noor.Do(chromedp.Click(chromedp.CSS(".search button.main")))
	noor.Shows(".queue li")
	noor.Look("48-staff-search")
	noor.Do(chromedp.Evaluate[chromedp.Void](`document.activeElement.blur()`), chromedp.KeyEvent("?"))
	noor.Shows("dialog")
	noor.Look("49-staff-keys")
	noor.Press("Close this")
	noor.Press("Sign out")
	noor.Shows("[name=password]")
	noor.Look("50-staff-sign-in")
}

// typingIsSeen has each side write half a sentence, which the other hears of without seeing it.
func typingIsSeen(staff, patient *browsertest.Tab) {
	staff.Helper()
	present := `//p[contains(@class,"present")][contains(., %q)]`
	patient.Do(chromedp.SendKeys(chromedp.CSS("#answer"), "half a sen"))
	staff.Do(chromedp.WaitVisible(fmt.Sprintf(present, "The patient is writing")))
	if strings.Contains(staff.HTML(), "half a sen") {
		staff.Error("staff see what a patient has not sent")
	}
	empty(patient, "#answer")
	staff.Do(chromedp.WaitVisible(fmt.Sprintf(present, "The patient has the page open")))
	staff.Do(chromedp.SendKeys(chromedp.CSS(".reply textarea"), "half an ans"))
	patient.Reads("A person of our team is writing.")
	patient.Look("45-patient-is-answered")
	empty(staff, ".reply textarea")
	patient.Do(chromedp.WaitNotVisible(chromedp.CSS("#writing")))
}

// empty takes back what was written in a field.
func empty(b *browsertest.Tab, selector string) {
	b.Helper()
	browsertest.Eval[bool](b, fmt.Sprintf(`(() => { const e = document.querySelector(%q); e.value = ""; return e.dispatchEvent(new Event("input", {bubbles: true})) })()`, selector))
}

// learn acknowledges courses.
func learn(b *browsertest.Tab, courses int) {
	b.Helper()
	for range courses {
		b.Shows(".course")
		title := browsertest.Eval[string](b, `document.querySelector("#desk h2").textContent`)
		b.Do(chromedp.Click(chromedp.CSS("[name=read]")))
		b.Press("I will keep to this")
		b.Do(chromedp.WaitNotPresent(`//h2[.="` + title + `"]`))
	}
}

// invite makes an account and returns its link.
func invite(b *browsertest.Tab, name, roles, teams string) string {
	b.Helper()
	first, _, _ := strings.Cut(strings.ToLower(name), " ")
	b.Press("People")
	b.Shows(".people li")
	b.Do(chromedp.WaitNotPresent(chromedp.CSS("#link")))
	fill(b, "name", name)
	fill(b, "email", first+"@lakeside.example")
	for name, values := range map[string]string{"roles": roles, "teams": teams} {
		for value := range strings.FieldsSeq(values) {
			b.Do(chromedp.Click(chromedp.CSS(fmt.Sprintf(`[name=%s][value=%s]`, name, value))))
		}
	}
	b.Press("Invite")
	b.Shows("#link")
	return readText(b, "#link")
}

// arrive opens an invitation, chooses a password and takes the course.
func arrive(t *testing.T, invitation, password string) *browsertest.Tab {
	t.Helper()
	b := browsertest.Open(t, invitation)
	fill(b, "password", password)
	b.Press("Go on")
	enrol(b)
	learn(b, 1)
	return b
}

func answerPatient(b *browsertest.Tab, text string) {
	b.Helper()
	b.Do(chromedp.SetValue(chromedp.CSS(".reply textarea"), text))
	b.Do(chromedp.Click(chromedp.CSS(".reply > .acts button.main")))
}

// serveForStaff serves a practice and returns the link that it prints.
func serveForStaff(t *testing.T, dir string) string {
	t.Helper()
	return linkOf(t, "--no-limits", "--data", filepath.Join(t.TempDir(), "tacet.db"), dir)
}

// linkOf runs a server with these arguments and returns the link that it prints.
func linkOf(t *testing.T, args ...string) string {
	t.Helper()
	cmd := exec.Command("tacet", append([]string{"serve", "--addr", "localhost:0"}, args...)...)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait() // it was killed
	})
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		if m := regexp.MustCompile(`http://\S+/staff/set-up#\S+`).FindString(lines.Text()); m != "" {
			go func() {
				for lines.Scan() { // so that the server never waits for us to read
				}
			}()
			return m
		}
	}
	t.Fatal("no link was printed")
	return ""
}

func fill(b *browsertest.Tab, name, value string) {
	b.Helper()
	b.Do(chromedp.SendKeys(chromedp.CSS(`[name="`+name+`"]`), value))
}

func readText(b *browsertest.Tab, selector string) string {
	b.Helper()
	m := regexp.MustCompile(`id="` + strings.TrimPrefix(selector, "#") + `"[^>]*>([^<]+)<`).FindStringSubmatch(b.HTML())
	if m == nil {
		b.Fatalf("%s is not on the page", selector)
	}
	return m[1]
}

// enrol adds the secret that the page shows to an authenticator, and types its code.
func enrol(b *browsertest.Tab) {
	b.Helper()
	b.Shows("#secret")
	code, err := totp.GenerateCode(readText(b, "#secret"), time.Now())
	if err != nil {
		b.Fatal(err)
	}
	fill(b, "code", code)
	b.Press("Go on")
}
