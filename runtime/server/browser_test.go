package server_test

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"

	"github.com/tacet-lang/tacet/runtime/engine/enginetest"
)

// browser is one tab.
type browser struct {
	*testing.T
	ctx context.Context //nolint:containedctx // chromedp keeps a tab in its context
}

// browse opens a tab on the site, or skips where there is no browser.
func browse(t *testing.T, s *site) *browser {
	t.Helper()
	path, err := exec.LookPath("chromium")
	if err != nil {
		if os.Getenv("TACET_REQUIRE_PEERS") == "1" {
			t.Fatal("chromium is missing (apt-get install chromium)")
		}
		t.Skip("needs a browser: apt-get install chromium")
	}
	profile := t.TempDir()
	opts := append([]chromedp.ExecAllocatorOption{}, chromedp.NoFirstRun, chromedp.NoDefaultBrowserCheck, chromedp.Headless,
		chromedp.ExecPath(path), chromedp.NoSandbox, chromedp.DisableGPU, chromedp.UserDataDir(profile),
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-background-networking", true),
		chromedp.Flag("disable-component-update", true), chromedp.Flag("disable-sync", true),
		chromedp.Flag("hide-scrollbars", true), chromedp.Flag("lang", "en-US"))
	alloc, stop := chromedp.NewExecAllocator(context.Background(), opts...)
	ctx, cancel := chromedp.NewContext(alloc)
	t.Cleanup(func() {
		_ = chromedp.Cancel(ctx)
		cancel()
		stop()
	})
	b := &browser{T: t, ctx: ctx}
	if err := chromedp.Listen(ctx, func(ev any) { b.heard(s.url, ev) }); err != nil {
		t.Fatal(err)
	}
	call(b, network.Enable, network.EnableParams{})
	b.do(phone(), chromedp.Navigate(s.url))
	return b
}

// phone makes the tab a phone that is touched.
func phone() chromedp.Action[chromedp.Void] {
	return chromedp.EmulateViewport(390, 844, chromedp.EmulateMobile, chromedp.EmulateTouch)
}

// heard complains about what no page may do: ask another site, or break.
func (b *browser) heard(url string, ev any) {
	switch ev := ev.(type) {
	case *network.EventRequestWillBeSent:
		if !strings.HasPrefix(ev.Request.URL, url) {
			b.Errorf("the page asked %s", ev.Request.URL)
		}
	case *runtime.EventExceptionThrown:
		b.Errorf("script: %s %s", ev.ExceptionDetails.Text, ev.ExceptionDetails.Exception.Description)
	}
}

// call sends a command of the browser's protocol.
func call[P any](b *browser, c cdp.Command[P, cdp.Empty], params P) {
	b.Helper()
	if _, err := chromedp.Call(b.ctx, c, params); err != nil {
		b.Fatal(err)
	}
}

func (b *browser) do(steps ...chromedp.Action[chromedp.Void]) {
	b.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, 15*time.Second)
	defer cancel()
	if err := chromedp.Do(ctx, steps...); err != nil {
		b.shoot("failed")
		html, _ := chromedp.Run(b.ctx, chromedp.OuterHTML("body"))
		b.Fatalf("browser: %v\n%s", err, html)
	}
}

// press clicks the button or link with that label.
func (b *browser) press(label string) {
	b.Helper()
	b.do(chromedp.Click(fmt.Sprintf(`//*[self::button or self::a][normalize-space()=%q]`, label), chromedp.NodeVisible))
}

// says waits until the log's last message holds a text.
func (b *browser) says(text string) {
	b.Helper()
	b.do(chromedp.WaitVisible(fmt.Sprintf(`//div[@id="log"]//li[last()]/span[@class="text"][contains(., %q)]`, text)))
}

func (b *browser) write(text string) {
	b.Helper()
	b.do(chromedp.SendKeys(chromedp.CSS("#answer"), text+"\n"))
}

// eval returns what an expression is.
func eval[T any](b *browser, js string) T {
	b.Helper()
	v, err := chromedp.Run(b.ctx, chromedp.Evaluate[T](js, chromedp.EvalAwaitPromise))
	if err != nil {
		b.Fatalf("%s: %v", js, err)
	}
	return v
}

// look checks what must hold of every view, in both colour schemes, on a phone, a narrow phone and a desk.
func (b *browser) look(name string) {
	b.Helper()
	for _, size := range [][2]int64{{390, 844}, {320, 568}, {1280, 800}} {
		for _, scheme := range []string{"light", "dark"} {
			b.do(chromedp.EmulateViewport(size[0], size[1]))
			call(b, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
				Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}},
			})
			view := fmt.Sprintf("%s-%dx%d-%s", name, size[0], size[1], scheme)
			for _, fault := range eval[[]string](b, faults) {
				b.Errorf("%s: %s", view, fault)
			}
			b.shoot(view)
		}
	}
	b.do(phone())
}

// shoot keeps a picture where TACET_SHOTS names a folder, for people to look at.
func (b *browser) shoot(name string) {
	b.Helper()
	dir := os.Getenv("TACET_SHOTS")
	if dir == "" {
		return
	}
	png, err := chromedp.Run(b.ctx, chromedp.CaptureScreenshot())
	if err != nil {
		b.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, name+".png"), png, 0o600); err != nil {
		b.Fatal(err)
	}
}

// faults lists what is wrong with the page as it stands: text that is hard to tell from its ground (WCAG 2.1 1.4.3),
// targets under 24 pixels (2.2 2.5.8), controls without a name, sideways scrolling (1.4.10), and a missing emergency
// line or language.
const faults = `(() => {
  const out = [];
  const rgb = (c) => { const m = c.match(/[\d.]+/g).map(Number); return m.length < 4 ? [...m, 1] : m; };
  const lum = (c) => { const f = c.slice(0, 3).map((v) => (v /= 255) <= .03928 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4); return .2126 * f[0] + .7152 * f[1] + .0722 * f[2]; };
  const ground = (e) => { for (; e; e = e.parentElement) { const c = rgb(getComputedStyle(e).backgroundColor); if (c[3] > 0) return c; } return [255, 255, 255, 1]; };
  const shown = (e) => { const s = getComputedStyle(e), r = e.getBoundingClientRect(); return s.visibility !== "hidden" && r.width > 1 && r.height > 1 && s.clipPath === "none" && r.right > 0; };
  for (const e of document.querySelectorAll("body *")) {
    if (![...e.childNodes].some((n) => n.nodeType === 3 && n.data.trim()) || !shown(e) || e.closest("noscript")) continue;
    const a = lum(rgb(getComputedStyle(e).color)), b = lum(ground(e));
    const ratio = (Math.max(a, b) + .05) / (Math.min(a, b) + .05);
    if (ratio < 4.5) out.push("contrast " + ratio.toFixed(2) + ": " + e.textContent.trim().slice(0, 40));
  }
  for (const e of document.querySelectorAll("button, a.button, input:not([type=hidden]), textarea, nav a")) {
    if (!shown(e)) continue;
    const r = e.getBoundingClientRect();
    if (r.width < 24 || r.height < 24) out.push("small target: " + (e.textContent || e.id));
    if (!e.textContent.trim() && !(e.labels && e.labels.length)) out.push("no name: " + e.outerHTML);
  }
  if (document.documentElement.scrollWidth > innerWidth) out.push("scrolls sideways by " + (document.documentElement.scrollWidth - innerWidth));
  if (!document.documentElement.lang) out.push("no language");
  const bar = document.getElementById("emergency");
  if (!bar || !bar.textContent.includes("911") || bar.getBoundingClientRect().bottom > innerHeight) out.push("no emergency line in view");
  const human = document.getElementById("human"), dock = document.getElementById("dock");
  if (!human && dock && dock.dataset.state.includes(" assistant ")) out.push("no way to a human");
  if (human && human.getBoundingClientRect().bottom > innerHeight) out.push("the way to a human is out of view");
  return out;
})()`

func TestPage(t *testing.T) {
	t.Parallel()
	s := open(t, load(t, enginetest.Consultation()))
	b := browse(t, s)
	b.look("1-notice")
	b.press("Start")
	b.says("What are you interested in?")
	b.look("2-choice")
	if got := eval[string](b, `document.activeElement.tagName`); got != "BODY" {
		t.Errorf("focus after the start is on %s", got)
	}
	b.press("Botox")
	b.says("downtime")
	b.press("Book a consultation")
	b.says("What name should we use?")
	if got := eval[string](b, `document.getElementById("answer").autocomplete`); got != "name" {
		t.Errorf("autocomplete of the name is %q", got)
	}
	b.write("Ana")
	b.says("Which number")
	if got := eval[string](b, `document.getElementById("answer").inputMode`); got != "tel" {
		t.Errorf("keyboard of the phone is %q", got)
	}
	b.look("3-phone")
	b.press("Use letters")
	if got := eval[string](b, `document.getElementById("answer").inputMode`); got != "text" {
		t.Errorf("keyboard after asking for letters is %q", got)
	}
	b.write("212 555 0142")
	b.says("When do you like")
	b.press("Español")
	b.do(chromedp.WaitVisible(chromedp.CSS("html[lang=es]")))
	b.says("¿Cuándo")
	b.look("4-spanish")
	before := eval[int](b, `document.querySelectorAll("#log li").length`)
	b.do(chromedp.Reload())
	b.says("¿Cuándo")
	if got := eval[int](b, `document.querySelectorAll("#log li").length`); got != before {
		t.Errorf("%d messages after a reload, %d before", got, before)
	}
	b.press("Por la tarde")
	b.says("¿Lo envío?")
	b.write("sí")
	b.says("Listo.")
	b.do(chromedp.WaitVisible(chromedp.CSS(`a[href="?new=1"]`)))
	b.look("5-over")
	b.press("Empezar de nuevo")
	b.do(chromedp.WaitVisible(chromedp.CSS(`button.main`)))
}

func TestPageEmergency(t *testing.T) {
	t.Parallel()
	s := open(t, load(t, enginetest.Consultation()))
	b := browse(t, s)
	b.press("Start")
	b.says("What are you interested in?")
	b.press("Botox")
	b.says("downtime")
	b.write("actually !chest-pain")
	b.says("call 911 now")
	b.do(chromedp.WaitVisible(chromedp.CSS(`#crisis a[href="tel:911"]`)))
	b.look("6-crisis")
	if !eval[bool](b, `document.querySelector(".ack").getBoundingClientRect().bottom <= document.getElementById("dock").getBoundingClientRect().top`) {
		t.Error("the acknowledgement is out of view")
	}
	b.write("hello?")
	b.says("hello?")
	b.do(chromedp.Reload(), chromedp.WaitVisible(chromedp.CSS(`#crisis a[href="tel:988"]`)))
	if got := eval[int](b, `document.querySelectorAll("#log .assistant:last-child").length`); got != 0 {
		t.Error("the assistant spoke after the emergency")
	}
}

// TestPageWithoutScripts goes the whole way by forms alone.
func TestPageWithoutScripts(t *testing.T) {
	t.Parallel()
	s := open(t, load(t, enginetest.Consultation()))
	b := browse(t, s)
	call(b, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true})
	b.do(chromedp.Navigate(s.url))
	b.press("Start")
	b.says("What are you interested in?")
	b.press("Facelift")
	b.says("two to three weeks")
	b.press("Book a consultation")
	b.says("What name should we use?")
	b.write("Ana")
	b.says("Which number")
	b.write("hmm")
	b.says("number")
	b.press("Español")
	b.says("¿A qué número")
	b.press("Hablar con una persona")
	b.says("Una persona")
	b.do(chromedp.WaitVisible(chromedp.CSS(".status")))
	b.press("Buscar mensajes nuevos")
	b.says("Una persona")
	b.write("gracias")
	b.says("gracias")
}

// TestPageByKeyboard never touches the mouse: tab and enter reach everything, the person included.
func TestPageByKeyboard(t *testing.T) {
	t.Parallel()
	s := open(t, load(t, enginetest.Consultation()))
	b := browse(t, s)
	b.reach("Start")
	b.says("What are you interested in?")
	b.reach("Rhinoplasty")
	b.says("Rhinoplasty reshapes")
	b.reach("Talk to a human")
	b.says("A person from our team")
}

// reach tabs to a control, sees that its focus shows, and presses enter.
func (b *browser) reach(label string) {
	b.Helper()
	for range 20 {
		b.do(chromedp.KeyEvent("\t"))
		if eval[string](b, `document.activeElement.textContent.trim()`) != label {
			continue
		}
		if eval[string](b, `getComputedStyle(document.activeElement).outlineStyle`) == "none" {
			b.Errorf("%s: its focus cannot be seen", label)
		}
		b.do(chromedp.KeyEvent("\r"))
		return
	}
	b.Fatalf("%q cannot be reached with the tab key", label)
}

// TestPageNews shows in one tab what another device did, and empties it when silence ends the conversation.
func TestPageNews(t *testing.T) {
	t.Parallel()
	s := open(t, load(t, enginetest.Consultation()))
	b := browse(t, s)
	b.press("Start")
	b.says("What are you interested in?")
	id := strings.Split(eval[string](b, `document.body.dataset.events`), "/")[3]
	b.do(chromedp.SendKeys(chromedp.CSS("#answer"), "half a sen"))
	res := eval[int](b, `fetch("/api/conversations/`+id+`/messages", {method: "POST", headers: {"Content-Type": "application/json"},
		body: JSON.stringify({client_id: "elsewhere", option: "botox"})}).then((r) => r.status)`)
	if res != 200 {
		t.Fatalf("the other device got %d", res)
	}
	b.says("downtime")
	if got := eval[string](b, `document.getElementById("answer").value`); got != "half a sen" {
		t.Errorf("news changed what was being written to %q", got)
	}
	b.do(chromedp.Clear(chromedp.CSS("#answer")))
	s.clock.Move(20 * time.Minute)
	b.do(chromedp.WaitVisible(chromedp.CSS("main.start .complaint")))
	if html, _ := chromedp.Run(b.ctx, chromedp.OuterHTML("html")); strings.Contains(html, "Botox") {
		t.Error("the conversation is still on the screen")
	}
	b.look("7-silence")
	b.press("Start")
	b.says("What are you interested in?")
}

// TestPageVisit proves a phone by a code and books a slot.
func TestPageVisit(t *testing.T) {
	t.Parallel()
	s := open(t, load(t, enginetest.Visit()))
	b := browse(t, s)
	b.press("Start")
	b.says("How can I help?")
	b.write("I would like to come by #booking")
	b.says("May we keep what you tell us?")
	b.press("No")
	b.says("Which number?")
	b.write("(212) 555-0142")
	b.says("We sent a code")
	if got := eval[string](b, `document.getElementById("answer").autocomplete`); got != "one-time-code" {
		t.Errorf("autocomplete of a code is %q", got)
	}
	b.write(s.codes.Sent()[0])
	b.says("Which time suits you?")
	b.look("8-slots")
	b.do(chromedp.Click(chromedp.CSS(`.options button`)))
	b.says("You are booked for")
	b.look("9-booked")
}
