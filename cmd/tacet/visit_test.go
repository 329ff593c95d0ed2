package main

import (
	"bufio"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tacet-lang/tacet/runtime/server/browsertest"
	"github.com/tacet-lang/tacet/runtime/store/sqlitetest"
)

// These tests are the main job: `tacet serve` on the example practice, visited by patients with a real browser. With
// TACET_SHOTS=docs they renew the pictures of the documentation.

// practice is a running server.
type practice struct {
	*testing.T
	url, data string
	serve     *exec.Cmd
}

// serveLakeside starts the server as an admin does.
func serveLakeside(t *testing.T) *practice {
	t.Helper()
	p := &practice{T: t, data: filepath.Join(t.TempDir(), "tacet.db")}
	p.up("127.0.0.1:0")
	t.Cleanup(func() {
		p.kill()
		sqlitetest.Check(t, p.data)
	})
	return p
}

func (p *practice) up(addr string) {
	p.Helper()
	p.serve = exec.Command("tacet", "serve", "--addr", addr, "--data", p.data, "../../examples/lakeside")
	out, err := p.serve.StdoutPipe()
	if err != nil {
		p.Fatal(err)
	}
	if err := p.serve.Start(); err != nil {
		p.Fatal(err)
	}
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		p.Fatalf("no address was printed: %v", err)
	}
	if p.url = regexp.MustCompile(`http://\S+`).FindString(line); p.url == "" {
		p.Fatalf("no address in %q", line)
	}
}

// kill is a power cut: nothing of the process gets to run again.
func (p *practice) kill() {
	_ = p.serve.Process.Kill() // an error says that it is gone
	_ = p.serve.Wait()         // of a killed process always an error
}

func (p *practice) restart() {
	p.Helper()
	p.kill()
	p.up(strings.TrimPrefix(p.url, "http://"))
}

// authors lists who wrote the messages of the only conversation.
func (p *practice) authors() []string {
	p.Helper()
	return sqlitetest.Texts(p, p.data, `SELECT author FROM messages ORDER BY seq`)
}

func TestVisitBooks(t *testing.T) {
	t.Parallel()
	p := serveLakeside(t)
	b := browsertest.Open(t, p.url)
	b.Shows("main.start ul")
	b.Look("01-flows")
	b.Press("Consultation requests")
	b.Shows("#notice, .notice")
	b.Look("02-notice")
	b.Shoot("chat-notice", 390, 844, "light")
	b.Press("Start")
	b.Says("What are you interested in?")
	b.Look("03-interests")
	b.Press("Rhinoplasty")
	b.Says("What would you like to do next?")
	b.Look("04-about")
	b.Write("what are your opening hours?")
	b.Says("Back to where we were: What would you like to do next?")
	b.Look("05-digression")
	b.Shoot("chat", 1280, 800, "light")
	b.Press("Book a consultation")
	b.Says("What name should we use?")
	b.Write("Ana Ruiz")
	b.Says("Which number")
	b.Write("five")
	b.Says("number")
	b.Look("06-reprompt")
	b.Write("call me at 312 555 0187")
	b.Says("When do you like to be called?")
	b.Write("mornings are best")
	b.Says("Shall I send this?")
	b.Look("07-confirm")
	b.Press("Yes")
	b.Says("A coordinator will call you")
	b.Look("08-booked")
	got := sqlitetest.Texts(t, p.data, `SELECT fields FROM outbox`)
	if len(got) != 1 || !strings.Contains(got[0], "+13125550187") || !strings.Contains(got[0], "Ana Ruiz") {
		t.Errorf("sent to the CRM: %q", got)
	}
}

// TestVisitChestPain is what everything else is for: help is on the screen and nothing automated follows.
func TestVisitChestPain(t *testing.T) {
	t.Parallel()
	p := serveLakeside(t)
	b := browsertest.Open(t, p.url+"/chat/consultation")
	b.Press("Start")
	b.Says("What are you interested in?")
	b.Press("Botox")
	b.Says("What would you like to do next?")
	b.Write("actually I have chest pain")
	b.Says("911")
	b.Shows(`#crisis a[href="tel:911"]`)
	b.Look("10-crisis")
	b.Shoot("chat-emergency", 390, 844, "light")
	b.Write("hello?")
	b.Says("hello?")
	b.Reload()
	b.Shows(`#crisis a[href="tel:988"]`)
	b.Press("Español")
	b.Shows(`html[lang=es] #crisis a[href="tel:911"]`)
	b.Look("11-crisis-spanish")
	time.Sleep(2500 * time.Millisecond) // whatever still runs would speak now
	authors := p.authors()
	if last := authors[len(authors)-1]; last != "patient" {
		t.Errorf("the last message is of the %s: %v", last, authors)
	}
}

func TestVisitHuman(t *testing.T) {
	t.Parallel()
	p := serveLakeside(t)
	b := browsertest.Open(t, p.url+"/chat/consultation")
	b.Press("Start")
	b.Says("What are you interested in?")
	b.Press("Talk to a human")
	b.Shows(".status")
	b.Look("20-human")
	b.Shoot("chat-human", 390, 844, "dark")
	b.Write("I would like to talk about a date in June")
	b.Says("a date in June")
	if got := p.authors(); slices.Index(got, "patient") != len(got)-1 {
		t.Errorf("after a person was asked for: %v", got)
	}
}

func TestVisitInSpanish(t *testing.T) {
	t.Parallel()
	p := serveLakeside(t)
	b := browsertest.Open(t, p.url+"/chat/consultation")
	b.Press("Español")
	b.Shows("html[lang=es] .notice")
	b.Look("30-aviso")
	b.Press("Empezar")
	b.Says("¿Qué le interesa?")
	b.Press("Rinoplastia")
	b.Says("¿Qué desea hacer ahora?")
	b.Write("¿cuál es su horario?")
	b.Says("Volvamos a donde estábamos: ¿Qué desea hacer ahora?")
	b.Look("31-horario")
	b.Press("Reservar una consulta")
	b.Says("¿Qué nombre debemos usar?")
	b.Write("me llamo Lucía Gómez")
	b.Says("¿A qué número")
	b.Write("312 555 0187")
	b.Says("¿Cuándo prefiere")
	b.Press("Por la tarde")
	b.Says("¿Lo envío?")
	b.Write("sí")
	b.Says("Una coordinadora le llamará")
	b.Look("32-listo")
}

func TestVisitWithoutScripts(t *testing.T) {
	t.Parallel()
	p := serveLakeside(t)
	b := browsertest.Open(t, p.url)
	b.WithoutScripts()
	b.Go(p.url)
	b.Press("Consultation requests")
	b.Press("Start")
	b.Says("What are you interested in?")
	b.Press("Facelift")
	b.Says("What would you like to do next?")
	b.Press("Book a consultation")
	b.Says("What name should we use?")
	b.Write("Sam Lee")
	b.Says("Which number")
	b.Write("I can't breathe and my chest hurts")
	b.Shows(`#crisis a[href="tel:911"]`)
	b.Look("40-no-scripts")
	b.Write("are you there?")
	b.Says("are you there?")
	b.Press("Look for new messages")
	b.Says("are you there?")
}

// TestVisitPowerCut kills the server between two messages and while one is on its way: the patient sees the same
// conversation as before, and what was sent arrives once.
func TestVisitPowerCut(t *testing.T) {
	t.Parallel()
	p := serveLakeside(t)
	b := browsertest.Open(t, p.url+"/chat/consultation")
	b.Press("Start")
	b.Says("What are you interested in?")
	b.Press("Botox")
	b.Says("What would you like to do next?")
	before := browsertest.Eval[string](b, `document.getElementById("log").innerText`)
	p.restart()
	b.Reload()
	b.Says("What would you like to do next?")
	if got := browsertest.Eval[string](b, `document.getElementById("log").innerText`); got != before {
		t.Errorf("after a restart the page shows\n%s\nbefore\n%s", got, before)
	}
	p.kill()
	b.Write("I'd like to book an appointment") // the script tries again until somebody answers
	p.up(strings.TrimPrefix(p.url, "http://"))
	b.Says("What name should we use?")
	if n := browsertest.Eval[int](b, `document.querySelectorAll("#log .patient").length`); n != 2 {
		t.Errorf("%d messages of the patient are shown, want 2", n)
	}
}

// TestVisitTwoTabs: what one tab does appears in the other, and a button that has become stale does nothing.
func TestVisitTwoTabs(t *testing.T) {
	t.Parallel()
	p := serveLakeside(t)
	b := browsertest.Open(t, p.url+"/chat/consultation")
	b.Press("Start")
	b.Says("What are you interested in?")
	other := b.Another(p.url + "/chat/consultation")
	other.Says("What are you interested in?")
	b.Press("Botox")
	other.Says("What would you like to do next?")
	other.Write("my chest hurts and I cannot breathe")
	other.Shows(`#crisis a[href="tel:911"]`)
	b.Shows(`#crisis a[href="tel:911"]`)
}
