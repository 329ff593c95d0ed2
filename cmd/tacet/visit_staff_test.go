package main

import (
	"bufio"
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

// TestVisitStaff opens the link that serve prints, makes the first account, invites a coordinator, who answers a patient who
// asked for a person.
func TestVisitStaff(t *testing.T) {
	t.Parallel()
	link := serveForStaff(t)
	url := link[:strings.Index(link, "/staff/")]

	dana := browsertest.Open(t, link)
	fill(dana, "name", "Dana Ortiz")
	fill(dana, "email", "dana@lakeside.example")
	fill(dana, "password", "seven quiet herons wading")
	dana.Press("Go on")
	enrol(dana)
	dana.Shows("#ways button")
	dana.Look("40-staff-first")
	dana.Press("People")
	fill(dana, "name", "Mei Chen")
	fill(dana, "email", "mei@lakeside.example")
	fill(dana, "roles", "coordinator")
	fill(dana, "teams", "coordinators")
	dana.Press("Invite")
	dana.Shows("#link")
	invitation := readText(dana, "#link")
	dana.Look("41-staff-people")

	patient := browsertest.Open(t, url+"/chat/consultation")
	patient.Press("Start")
	patient.Says("What are you interested in?")
	patient.Press("Talk to a human")
	patient.Shows("li.ack")

	mei := browsertest.Open(t, invitation)
	fill(mei, "password", "nine slow turtles swimming")
	mei.Press("Go on")
	enrol(mei)
	mei.Shows(".queue li")
	mei.Look("42-staff-queue")
	mei.Press("Open")
	mei.Shows(".transcript li")
	mei.Press("Take it")
	mei.Shows("form.reply")
	fill(mei, "text", "Hello, this is Mei. How can I help?")
	mei.Press("Send")
	mei.Shows(".transcript li.staff")
	mei.Look("43-staff-conversation")
	patient.Says("Hello, this is Mei. How can I help?")
	patient.Look("44-patient-answered")
	mei.Press("Close as answered")
	mei.Shows(".transcript")
	mei.Press("Sign out")
	mei.Shows("[name=password]")
}

// serveForStaff serves Lakeside and returns the link that it prints.
func serveForStaff(t *testing.T) string {
	t.Helper()
	cmd := exec.Command("tacet", "serve", "--addr", "localhost:0", "--data", filepath.Join(t.TempDir(), "tacet.db"), "../../examples/lakeside")
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
