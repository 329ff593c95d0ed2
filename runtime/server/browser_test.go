package server_test

import (
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"github.com/tacet-lang/tacet/runtime/engine/enginetest"
	"github.com/tacet-lang/tacet/runtime/server/browsertest"
)

func TestPage(t *testing.T) {
	t.Parallel()
	s := open(t, load(t, enginetest.Consultation()))
	b := browsertest.Open(t, s.url)
	b.Look("1-notice")
	b.Press("Start")
	b.Says("What are you interested in?")
	b.Look("2-choice")
	if got := browsertest.Eval[string](b, `document.activeElement.tagName`); got != "BODY" {
		t.Errorf("focus after the start is on %s", got)
	}
	b.Press("Botox")
	b.Says("downtime")
	b.Press("Book a consultation")
	b.Says("What name should we use?")
	if got := browsertest.Eval[string](b, `document.getElementById("answer").autocomplete`); got != "name" {
		t.Errorf("autocomplete of the name is %q", got)
	}
	b.Write("Ana")
	b.Says("Which number")
	if got := browsertest.Eval[string](b, `document.getElementById("answer").inputMode`); got != "tel" {
		t.Errorf("keyboard of the phone is %q", got)
	}
	b.Look("3-phone")
	b.Press("Use letters")
	if got := browsertest.Eval[string](b, `document.getElementById("answer").inputMode`); got != "text" {
		t.Errorf("keyboard after asking for letters is %q", got)
	}
	b.Write("212 555 0142")
	b.Says("When do you like")
	b.Press("Español")
	b.Shows("html[lang=es]")
	b.Says("¿Cuándo")
	b.Look("4-spanish")
	before := browsertest.Eval[int](b, `document.querySelectorAll("#log li").length`)
	b.Reload()
	b.Says("¿Cuándo")
	if got := browsertest.Eval[int](b, `document.querySelectorAll("#log li").length`); got != before {
		t.Errorf("%d messages after a reload, %d before", got, before)
	}
	b.Press("Por la tarde")
	b.Says("¿Lo envío?")
	b.Write("sí")
	b.Says("Listo.")
	b.Shows(`a[href="?new=1"]`)
	b.Look("5-over")
	b.Press("Empezar de nuevo")
	b.Shows(`button.main`)
}

func TestPageEmergency(t *testing.T) {
	t.Parallel()
	s := open(t, load(t, enginetest.Consultation()))
	b := browsertest.Open(t, s.url)
	b.Press("Start")
	b.Says("What are you interested in?")
	b.Press("Botox")
	b.Says("downtime")
	b.Write("actually !chest-pain")
	b.Says("call 911 now")
	b.Shows(`#crisis a[href="tel:911"]`)
	b.Look("6-crisis")
	if !browsertest.Eval[bool](b, `document.querySelector(".ack").getBoundingClientRect().bottom <= document.getElementById("dock").getBoundingClientRect().top`) {
		t.Error("the acknowledgement is out of view")
	}
	b.Write("hello?")
	b.Says("hello?")
	b.Reload()
	b.Shows(`#crisis a[href="tel:988"]`)
	if got := browsertest.Eval[int](b, `document.querySelectorAll("#log .assistant:last-child").length`); got != 0 {
		t.Error("the assistant spoke after the emergency")
	}
}

// TestPageWithoutScripts goes the whole way by forms alone.
func TestPageWithoutScripts(t *testing.T) {
	t.Parallel()
	s := open(t, load(t, enginetest.Consultation()))
	b := browsertest.Open(t, s.url)
	b.WithoutScripts()
	b.Go(s.url)
	b.Press("Start")
	b.Says("What are you interested in?")
	b.Press("Facelift")
	b.Says("two to three weeks")
	b.Press("Book a consultation")
	b.Says("What name should we use?")
	b.Write("Ana")
	b.Says("Which number")
	b.Write("hmm")
	b.Says("number")
	b.Press("Español")
	b.Says("¿A qué número")
	b.Press("Hablar con una persona")
	b.Says("Una persona")
	b.Shows(".status")
	b.Press("Buscar mensajes nuevos")
	b.Says("Una persona")
	b.Write("gracias")
	b.Says("gracias")
}

// TestPageByKeyboard never touches the mouse: tab and enter reach everything, the person included.
func TestPageByKeyboard(t *testing.T) {
	t.Parallel()
	s := open(t, load(t, enginetest.Consultation()))
	b := browsertest.Open(t, s.url)
	b.Reach("Start")
	b.Says("What are you interested in?")
	b.Reach("Rhinoplasty")
	b.Says("Rhinoplasty reshapes")
	b.Reach("Talk to a human")
	b.Says("A person from our team")
}

// TestPageNews shows in one tab what another device did, and empties it when silence ends the conversation.
func TestPageNews(t *testing.T) {
	t.Parallel()
	s := open(t, load(t, enginetest.Consultation()))
	b := browsertest.Open(t, s.url)
	b.Press("Start")
	b.Says("What are you interested in?")
	id := strings.Split(browsertest.Eval[string](b, `document.body.dataset.events`), "/")[3]
	b.Do(chromedp.SendKeys(chromedp.CSS("#answer"), "half a sen"))
	res := browsertest.Eval[int](b, `fetch("/api/conversations/`+id+`/messages", {method: "POST", headers: {"Content-Type": "application/json"},
		body: JSON.stringify({client_id: "elsewhere", option: "botox"})}).then((r) => r.status)`)
	if res != 200 {
		t.Fatalf("the other device got %d", res)
	}
	b.Says("downtime")
	if got := browsertest.Eval[string](b, `document.getElementById("answer").value`); got != "half a sen" {
		t.Errorf("news changed what was being written to %q", got)
	}
	b.Do(chromedp.Clear(chromedp.CSS("#answer")))
	s.clock.Move(20 * time.Minute)
	b.Shows("main.start .complaint")
	if strings.Contains(b.HTML(), "Botox") {
		t.Error("the conversation is still on the screen")
	}
	b.Look("7-silence")
	b.Press("Start")
	b.Says("What are you interested in?")
}

// TestPageTypesAhead goes on writing while a message is on its way: nothing is lost, and what could not be sent stands in the field.
func TestPageTypesAhead(t *testing.T) {
	t.Parallel()
	s := open(t, load(t, enginetest.Consultation()))
	b := browsertest.Open(t, s.url)
	b.Press("Start")
	b.Says("What are you interested in?")
	b.Press("Talk to a human")
	b.Says("A person from our team")
	slow := `window.fetch = ((f) => (...a) => new Promise((done, fail) => setTimeout(() => window.broken ? fail() : done(f(...a)), 700)))(window.fetch)`
	b.Do(chromedp.Evaluate[chromedp.Void](slow + `, undefined`))
	for _, text := range []string{"one", "two", "three"} {
		b.Write(text)
	}
	b.Do(chromedp.SendKeys(chromedp.CSS("#answer"), "four"))
	b.Do(chromedp.Poll[chromedp.Void](`document.querySelectorAll("#log .patient:not(.pending)").length === 3`))
	b.Do(chromedp.Poll[chromedp.Void](`!document.body.hasAttribute("aria-busy")`))
	said := func() string {
		return browsertest.Eval[string](b, `[...document.querySelectorAll("#log .patient:not(.pending) .text")].map((e) => e.textContent).join(" | ") + " / " + document.getElementById("answer").value`)
	}
	if got, want := said(), "one | two | three / four"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	b.Do(chromedp.Evaluate[chromedp.Void](`window.broken = true, undefined`))
	b.Write("")
	b.Write("five")
	b.Do(chromedp.SendKeys(chromedp.CSS("#answer"), "six"))
	b.Reads("That was not sent.")
	if got, want := said(), "one | two | three / four five six"; got != want {
		t.Errorf("without a connection: got %q, want %q", got, want)
	}
}

// TestPageVisit proves a phone by a code and books a slot.
func TestPageVisit(t *testing.T) {
	t.Parallel()
	s := open(t, load(t, enginetest.Visit()))
	b := browsertest.Open(t, s.url)
	b.Press("Start")
	b.Says("How can I help?")
	b.Write("I would like to come by #booking")
	b.Says("May we keep what you tell us?")
	b.Press("No")
	b.Says("Which number?")
	b.Write("(212) 555-0142")
	b.Says("We sent a code")
	if got := browsertest.Eval[string](b, `document.getElementById("answer").autocomplete`); got != "one-time-code" {
		t.Errorf("autocomplete of a code is %q", got)
	}
	b.Write(s.codes.Sent()[0])
	b.Says("Which time suits you?")
	if days, names := browsertest.Eval[int](b, `document.querySelectorAll(".options h3").length`), browsertest.Eval[string](b, `document.querySelector(".options button").ariaLabel || ""`); days == 0 || !strings.Contains(names, " at ") {
		t.Errorf("times under %d days, the first is called %q", days, names)
	}
	b.Look("8-slots")
	b.Do(chromedp.Click(chromedp.CSS(`.options button`)))
	b.Says("You are booked for")
	b.Look("9-booked")
}

// TestPageForEveryEye magnifies, spaces out, recolours and stills every kind of view.
func TestPageForEveryEye(t *testing.T) {
	t.Parallel()
	s := open(t, load(t, enginetest.Visit()), load(t, enginetest.Consultation()))
	b := browsertest.Open(t, s.url)
	b.Shows("main.start")
	b.Magnify("80-flows")
	b.Go(s.url + "/chat/consultation")
	b.Magnify("81-notice")
	b.Press("Start")
	b.Says("What are you interested in?")
	b.Magnify("82-choices")
	order := browsertest.Eval[[]string](b, `(() => {
		const all = [...document.querySelectorAll("a[href], button, input:not([type=hidden]), textarea, [tabindex]")].filter((e) => e.checkVisibility() && e.tabIndex >= 0);
		return all.map((e) => e.id || e.className || e.getAttribute("href") || e.name);
	})()`)
	want := []string{"skip", "lang", "lang", "tel:911", "log", "tel:911", "option", "option", "option", "option", "answer", "main", "human", "tel:"}
	for i, name := range want {
		if i >= len(order) || !strings.HasPrefix(order[i], name) {
			t.Errorf("the tab key goes through %v, want %v", order, want)
			break
		}
	}
	if n := browsertest.Eval[int](b, `[...document.querySelectorAll("[tabindex]")].filter((e) => e.tabIndex > 0).length`); n > 0 {
		t.Errorf("%d things stand before the order of the page", n)
	}
	b.Write("!chest-pain")
	b.Shows(".crisis")
	b.Magnify("83-crisis")
	b.Go(s.url + "/chat/visit")
	b.Press("Start")
	b.Says("How can I help?")
	b.Press("Talk to a human")
	b.Shows("li.ack")
	b.Magnify("84-waiting")
}
