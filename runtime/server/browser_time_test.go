package server_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"github.com/tacet-lang/tacet/runtime/engine/enginetest"
	"github.com/tacet-lang/tacet/runtime/server/browsertest"
)

// begun is a conversation that waits for its first answer, in a browser.
func begun(t *testing.T) (*site, *browsertest.Tab) {
	t.Helper()
	s := open(t, load(t, enginetest.Consultation()))
	b := browsertest.Open(t, s.url+"/chat/consultation")
	b.Press("Start")
	b.Says("What are you interested in?")
	return s, b
}

func messages(b *browsertest.Tab) int {
	return browsertest.Eval[int](b, `document.querySelectorAll("#log li").length`)
}

// TestPageNearTheEnd warns two minutes before silence ends the conversation, and goes on when somebody is there.
func TestPageNearTheEnd(t *testing.T) {
	t.Parallel()
	s, b := begun(t)
	before := messages(b)
	s.clock.Move(18*time.Minute - 2*time.Second)
	b.Reload()
	b.Says("What are you interested in?")
	if browsertest.Eval[bool](b, `!document.querySelector("#near form").hidden`) {
		t.Error("the warning comes too early")
	}
	s.clock.Move(2 * time.Second) // the page's own clock goes on by itself
	b.Shows("#near button")
	b.Look("70-near-the-end")
	b.Press("I am still here")
	b.Do(chromedp.WaitNotVisible(chromedp.CSS("#near button")))
	if got := messages(b); got != before {
		t.Errorf("%d messages after saying so, %d before", got, before)
	}
	if left := browsertest.Eval[string](b, `document.getElementById("dock").dataset.left`); left != "1200" {
		t.Errorf("%s seconds are left after saying so", left)
	}
	b.Press("Botox")
	b.Says("downtime")
}

// TestPageOffline takes the network away: the page says so, sends nothing twice, and when the time is over shows nothing
// of the conversation even though nobody told it to.
func TestPageOffline(t *testing.T) {
	t.Parallel()
	s, b := begun(t)
	b.Offline(true)
	b.Shows("#offline")
	b.Reads("You are offline")
	b.Look("71-offline")
	b.Write("botox")
	b.Shows("#log .pending")
	b.Offline(false) // the script tries again by itself
	b.Says("downtime")
	if n := browsertest.Eval[int](b, `document.querySelectorAll("#log .patient").length`); n != 1 {
		t.Errorf("%d messages of the patient are shown, want 1", n)
	}
	b.Do(chromedp.WaitNotVisible(chromedp.CSS("#offline")))
	s.clock.Move(20*time.Minute - 2*time.Second)
	b.Reload()
	b.Says("downtime")
	b.Offline(true)
	b.Do(chromedp.Poll[chromedp.Void](`!document.getElementById("log")`))
	if strings.Contains(b.HTML(), "downtime") {
		t.Error("the conversation is still on the screen of a device without a network")
	}
	b.Look("72-cleared")
}

// TestPageWaiting says when a person will read what is written, by the hours of the team.
func TestPageWaiting(t *testing.T) {
	t.Parallel()
	_, b := begun(t)
	b.Press("Talk to a human")
	b.Reads("You are waiting for a person")
	b.Reads("Somebody of our team is there now")
	b.Write("about a date in June")
	b.Reads("Delivered")
	b.Look("73-waiting")

	s, b := begun(t)
	s.clock.Move(15 * time.Minute)
	b.Press("Botox")
	b.Says("downtime")
	s.clock.Move(15 * time.Minute)
	b.Press("Book a consultation")
	b.Says("What name")
	for range 3 * 14 { // through the evening
		s.clock.Move(15 * time.Minute)
		b.Do(chromedp.Evaluate[chromedp.Void](`document.querySelector("#near button").click()`))
		b.Do(chromedp.Poll[chromedp.Void](`!document.body.hasAttribute("aria-busy")`))
	}
	b.Press("Talk to a human")
	b.Reads("Our team is closed now. It is back tomorrow at 9:00 AM (EST), and a person can read this then.")
	b.Press("Español")
	b.Reads("Vuelve mañana a las 9:00 a. m. (EST), y entonces una persona podrá leer esto.")
	if strings.Contains(b.HTML(), "..") {
		t.Error("a sentence ends twice")
	}
	b.Look("74-waiting-night")
	s.clock.Move(4 * time.Hour) // past midnight, and the page hears of it with the next sign of life
	b.Do(chromedp.Evaluate[chromedp.Void](`(() => { const a = document.getElementById("answer"); a.value = "h"; a.dispatchEvent(new Event("input", { bubbles: true })); })()`))
	b.Reads("Vuelve hoy a las 9:00")
	if got := browsertest.Eval[string](b, `document.getElementById("answer").value`); got != "h" {
		t.Errorf("what was being written is now %q", got)
	}
}

// TestPageResumes loses the network, sleeps and is a second tab, while people and another tab go on: afterwards each page holds every
// message once, in order.
func TestPageResumes(t *testing.T) {
	t.Parallel()
	s := open(t, load(t, enginetest.Consultation()))
	ana := s.first().hire("ana", "coordinator", "coordinators")
	b := browsertest.Open(t, s.url+"/chat/consultation")
	b.Press("Start")
	b.Says("What are you interested in?")
	id := strings.Split(browsertest.Eval[string](b, `document.body.dataset.events`), "/")[3]
	path := "/api/staff/conversations/" + id
	other := b.Another(s.url + "/chat/consultation")
	other.Press("Talk to a human")
	other.Shows("li.ack")
	ana.do("POST", path+"/claim", "", "")
	n := 0
	answer := func(times int) (last string) {
		for range times {
			n++
			last = fmt.Sprintf("answer %d of a person", n)
			if got := ana.do("POST", path+"/reply", "", fmt.Sprintf(`{"client_id":"r%d","text":%q}`, n, last)); got.Status != 200 {
				t.Fatalf("reply: %d %s", got.Status, got.Body)
			}
		}
		return last
	}
	whole := func(when string, tabs ...*browsertest.Tab) {
		t.Helper()
		for i, tab := range tabs {
			got := browsertest.Eval[[]int](tab, `[...document.querySelectorAll("#log li")].map((li) => Number(li.dataset.seq))`)
			for k, seq := range got {
				if seq != k+1 {
					t.Errorf("%s, tab %d shows messages %v", when, i+1, got)
					break
				}
			}
		}
	}

	last := answer(3)
	b.Says(last)
	other.Says(last)
	whole("with a network", b, other)

	b.Offline(true)
	b.Shows("#offline")
	answer(3)
	other.Write("I write meanwhile")
	other.Says("I write meanwhile")
	last = answer(1)
	b.Offline(false)
	b.Says(last)
	whole("after a lost network", b, other)

	b.Freeze(true)
	last = answer(4)
	other.Says(last)
	b.Freeze(false)
	b.Says(last)
	whole("after sleep", b, other)

	b.Freeze(true) // and the connection is gone when it wakes, as on a phone
	b.Offline(true)
	last = answer(2)
	b.Freeze(false)
	b.Offline(false)
	b.Says(last)
	whole("after sleep without a network", b, other)

	b.Offline(true)
	b.Do(chromedp.SendKeys(chromedp.CSS("#answer"), "sent in a tunnel\n"))
	b.Shows("#log .pending")
	b.Offline(false)
	other.Says("sent in a tunnel")
	b.Says("sent in a tunnel")
	b.Reload()
	b.Says("sent in a tunnel")
	whole("after a tunnel and a reload", b, other)
}
