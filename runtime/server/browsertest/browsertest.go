// Package browsertest drives a real browser in tests: one tab, pressed, written into and looked at as a patient would.
// It is for tests only.
package browsertest

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// Tab is one tab of a browser, as a phone of 390×844 until it is looked at. A failed step ends its test.
type Tab struct {
	testing.TB
	ctx        context.Context //nolint:containedctx // chromedp keeps a tab in its context
	url        string
	trusted    []string // beginnings of what the page may ask
	scriptless bool
}

// Open opens a tab of a new browser on url, or skips the test where there is no browser. The test fails when the page
// asks another site for anything but the trusted ones, or when its script breaks.
func Open(t testing.TB, url string, trusted ...string) *Tab {
	t.Helper()
	path, err := exec.LookPath("chromium")
	if err != nil {
		if os.Getenv("TACET_REQUIRE_PEERS") == "1" {
			t.Fatal("chromium is missing (apt-get install chromium)")
		}
		t.Skip("needs a browser: apt-get install chromium")
	}
	opts := append([]chromedp.ExecAllocatorOption{}, chromedp.NoFirstRun, chromedp.NoDefaultBrowserCheck, chromedp.Headless,
		chromedp.ExecPath(path), chromedp.NoSandbox, chromedp.DisableGPU, chromedp.UserDataDir(t.TempDir()),
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-background-networking", true),
		chromedp.Flag("disable-component-update", true), chromedp.Flag("disable-sync", true),
		// frames of other sites in the process of their page, where InFrame reaches them; what they may do is the same
		chromedp.Flag("disable-site-isolation-trials", true), chromedp.Flag("disable-features", "IsolateOrigins,site-per-process"),
		chromedp.Flag("hide-scrollbars", true), chromedp.Flag("lang", "en-US"))
	alloc, stop := chromedp.NewExecAllocator(context.Background(), opts...)
	ctx, cancel := chromedp.NewContext(alloc)
	t.Cleanup(func() {
		_ = chromedp.Cancel(ctx)
		cancel()
		stop()
	})
	return (&Tab{TB: t, ctx: ctx, trusted: trusted}).open(url)
}

// InFrame waits until a script's expression is true in a frame of the tab whose address begins with url. Frames come and
// go with what they load, so each try looks anew.
func (b *Tab) InFrame(url, js string) {
	b.Helper()
	const tries = 100
	for range tries {
		if b.tryFrames(url, js) {
			return
		}
		time.Sleep(100 * time.Millisecond)
	}
	b.Fatalf("in no frame of %s: %s", url, js)
}

func (b *Tab) tryFrames(url, js string) bool {
	ctx, cancel := context.WithTimeout(b.ctx, 5*time.Second)
	defer cancel()
	tree, err := chromedp.Call(ctx, page.GetFrameTree, cdp.Empty{})
	if err != nil {
		return false
	}
	for _, f := range tree.FrameTree.ChildFrames {
		if !strings.HasPrefix(f.Frame.URL, url) {
			continue
		}
		world, err := chromedp.Call(ctx, page.CreateIsolatedWorld, page.CreateIsolatedWorldParams{FrameID: f.Frame.ID})
		if err != nil {
			continue
		}
		got, err := chromedp.Call(ctx, runtime.Evaluate, runtime.EvaluateParams{Expression: js, ContextID: world.ExecutionContextID})
		if err == nil && got.Result != nil && string(got.Result.Value) == "true" {
			return true
		}
	}
	return false
}

// Another opens a second tab of the same browser, which shares its cookies.
func (b *Tab) Another(url string) *Tab {
	b.Helper()
	ctx, cancel := chromedp.NewContext(b.ctx)
	b.Cleanup(cancel)
	return (&Tab{TB: b.TB, ctx: ctx, trusted: b.trusted}).open(url)
}

func (b *Tab) open(url string) *Tab {
	b.Helper()
	b.url = strings.Join(strings.SplitAfterN(url, "/", 4)[:min(3, strings.Count(url, "/")+1)], "")
	b.trusted = append(slices.Clone(b.trusted), b.url, "data:") // the last: pictures of the browser's own controls
	if err := chromedp.Listen(b.ctx, b.heard); err != nil {
		b.Fatal(err)
	}
	call(b, network.Enable, network.EnableParams{})
	b.Do(phone(), chromedp.Navigate(url))
	return b
}

// phone makes the tab a phone that is touched.
func phone() chromedp.Action[chromedp.Void] {
	return chromedp.EmulateViewport(390, 844, chromedp.EmulateMobile, chromedp.EmulateTouch)
}

// heard complains about what no page may do: ask another site, or break.
func (b *Tab) heard(ev any) {
	switch ev := ev.(type) {
	case *network.EventRequestWillBeSent:
		if !slices.ContainsFunc(b.trusted, func(p string) bool { return strings.HasPrefix(ev.Request.URL, p) }) {
			b.Errorf("the page asked %s", ev.Request.URL)
		}
	case *runtime.EventExceptionThrown:
		b.Errorf("script: %s %s", ev.ExceptionDetails.Text, ev.ExceptionDetails.Exception.Description)
	}
}

// call sends a command of the browser's protocol.
func call[P any](b *Tab, c cdp.Command[P, cdp.Empty], params P) {
	b.Helper()
	if _, err := chromedp.Call(b.ctx, c, params); err != nil {
		b.Fatal(err)
	}
}

// Do takes steps, each within 15 seconds.
func (b *Tab) Do(steps ...chromedp.Action[chromedp.Void]) {
	b.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, 15*time.Second)
	defer cancel()
	for _, step := range steps {
		if err := settled(ctx, step); err != nil {
			last, stop := context.WithTimeout(b.ctx, 3*time.Second)
			html, _ := chromedp.Run(last, chromedp.OuterHTML("body"))
			stop()
			b.Fatalf("browser: %v\n%s", err, html)
		}
	}
}

// settled does a step again when the page exchanged what it was about to touch: the script renders the answer's form
// anew with every message, and a person would not have noticed.
func settled(ctx context.Context, step chromedp.Action[chromedp.Void]) error {
	const tries = 5
	var err error
	for range tries {
		if err = chromedp.Do(ctx, step); err == nil || !strings.Contains(err.Error(), "find node with given id") {
			return err
		}
	}
	return err
}

// Go loads an address in the tab.
func (b *Tab) Go(url string) {
	b.Helper()
	b.Do(chromedp.Navigate(url))
}

// Reload loads the page again.
func (b *Tab) Reload() {
	b.Helper()
	b.Do(chromedp.Reload())
}

// Offline takes the tab's network away, or gives it back.
func (b *Tab) Offline(on bool) {
	b.Helper()
	const unlimited = -1
	rules := []*network.Conditions{{Offline: on, DownloadThroughput: unlimited, UploadThroughput: unlimited}}
	if _, err := chromedp.Call(b.ctx, network.EmulateNetworkConditionsByRule, network.EmulateNetworkConditionsByRuleParams{MatchedNetworkConditions: rules}); err != nil {
		b.Fatal(err)
	}
	call(b, network.OverrideNetworkState, network.OverrideNetworkStateParams{Offline: on, DownloadThroughput: unlimited, UploadThroughput: unlimited})
}

// WithoutScripts turns the scripts of pages off, from the next load on.
func (b *Tab) WithoutScripts() {
	b.scriptless = true
	b.Helper()
	call(b, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true})
}

// Press clicks the button or link with that label.
func (b *Tab) Press(label string) {
	b.Helper()
	b.Do(chromedp.Click(fmt.Sprintf(`//*[self::button or self::a][normalize-space()=%q]`, label), chromedp.NodeVisible))
}

// Says waits until the last message of the conversation that has arrived holds a text.
func (b *Tab) Says(text string) {
	b.Helper()
	b.Do(chromedp.WaitVisible(fmt.Sprintf(`//div[@id="log"]//li[not(contains(@class, "pending"))][last()]/span[@class="text"][contains(., %q)]`, text)))
}

// Shows waits until something that a CSS selector names is visible.
func (b *Tab) Shows(selector string) {
	b.Helper()
	b.Do(chromedp.WaitVisible(chromedp.CSS(selector)))
}

// Reads waits until a text stands somewhere on the page.
func (b *Tab) Reads(text string) {
	b.Helper()
	b.Do(chromedp.WaitVisible(fmt.Sprintf(`//body//*[text()[contains(., %q)]]`, text)))
}

// Write types an answer and presses enter.
func (b *Tab) Write(text string) {
	b.Helper()
	b.Do(chromedp.SendKeys(chromedp.CSS("#answer"), text+"\n"))
}

// HTML returns what is on the page.
func (b *Tab) HTML() string {
	b.Helper()
	html, err := chromedp.Run(b.ctx, chromedp.OuterHTML("html"))
	if err != nil {
		b.Fatal(err)
	}
	return html
}

// Eval returns the value of a script's expression, awaited.
func Eval[T any](b *Tab, js string) T {
	b.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, 15*time.Second)
	defer cancel()
	v, err := chromedp.Run(ctx, chromedp.Evaluate[T](js, chromedp.EvalAwaitPromise))
	if err != nil {
		b.Fatalf("%s: %v", js, err)
	}
	return v
}

// Reach tabs to a control, sees that its focus shows, and presses enter.
func (b *Tab) Reach(label string) {
	b.Helper()
	for range 20 {
		b.Do(chromedp.KeyEvent("\t"))
		if Eval[string](b, `document.activeElement.textContent.trim()`) != label {
			continue
		}
		if Eval[string](b, `getComputedStyle(document.activeElement).outlineStyle`) == "none" {
			b.Errorf("%s: its focus cannot be seen", label)
		}
		b.Do(chromedp.KeyEvent("\r"))
		return
	}
	b.Fatalf("%q cannot be reached with the tab key", label)
}

// Look checks what must hold of every view, in both colour schemes, on a phone, a narrow phone and a desk. Where
// TACET_VIEWS names a folder it keeps a picture of each there, for people to look at.
func (b *Tab) Look(name string) {
	b.Helper()
	for _, size := range [][2]int64{{390, 844}, {320, 568}, {1280, 800}} {
		for _, scheme := range []string{"light", "dark"} {
			b.dress(size, scheme)
			view := fmt.Sprintf("%s-%dx%d-%s", name, size[0], size[1], scheme)
			b.Check(view)
			b.keep("TACET_VIEWS", view)
		}
	}
	b.Do(phone())
}

// Magnify checks what must hold of a view for who sees it otherwise than most: at 200 % on a desk, with wide spacing of the text (WCAG
// 2.2 1.4.12), with colours of their own, and without motion.
func (b *Tab) Magnify(name string) {
	b.Helper()
	b.dress([2]int64{640, 400}, "light") // 1280×800 at 200 %
	b.Check(name + " at 200 %")
	b.keep("TACET_VIEWS", name+"-200-percent")
	b.dress([2]int64{320, 568}, "light")
	Eval[bool](b, `(() => { const s = new CSSStyleSheet(); s.replaceSync("* { line-height: 1.5 !important; letter-spacing: .12em !important; word-spacing: .16em !important } p { margin-bottom: 2em !important }");
		document.adoptedStyleSheets = [s]; return true })()`)
	b.Check(name + " with wide spacing")
	b.keep("TACET_VIEWS", name+"-wide-spacing")
	Eval[bool](b, `(document.adoptedStyleSheets = [], true)`)
	b.Do(chromedp.EmulateViewport(390, 844))
	call(b, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{
		{Name: "forced-colors", Value: "active"}, {Name: "prefers-color-scheme", Value: "dark"}, {Name: "prefers-reduced-motion", Value: "reduce"}, {Name: "prefers-contrast", Value: "more"},
	}})
	for _, fault := range Eval[[]string](b, faults) { // axe-core takes the page's own colours for those that are seen
		b.Errorf("%s with forced colours: %s", name, fault)
	}
	b.keep("TACET_VIEWS", name+"-forced-colours")
	if n := Eval[int](b, `document.getAnimations().length + [...document.querySelectorAll("*")].filter((e) => getComputedStyle(e).scrollBehavior === "smooth").length`); n > 0 {
		b.Errorf("%s: %d things move for who asked for no motion", name, n)
	}
	b.dress([2]int64{390, 844}, "light")
	b.Do(phone())
}

// Shoot keeps a picture of the view as name.png where TACET_SHOTS names a folder; scheme is light or dark. A relative
// folder is one of the module's.
func (b *Tab) Shoot(name string, width, height int64, scheme string) {
	b.Helper()
	b.dress([2]int64{width, height}, scheme)
	b.keep("TACET_SHOTS", name)
	b.Do(phone())
}

func (b *Tab) dress(size [2]int64, scheme string) {
	b.Helper()
	b.Do(chromedp.EmulateViewport(size[0], size[1]))
	call(b, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
		Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}},
	})
}

func (b *Tab) keep(variable, name string) {
	b.Helper()
	dir := os.Getenv(variable)
	if dir == "" {
		return
	}
	if !filepath.IsAbs(dir) {
		dir = filepath.Join(moduleRoot(b), dir)
	}
	// the page may still be scrolling to its end
	b.Do(chromedp.Sleep(300 * time.Millisecond))
	png, err := chromedp.Run(b.ctx, chromedp.CaptureScreenshot())
	if err != nil {
		b.Fatal(err)
	}
	if png, err = smaller(png); err != nil {
		b.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, name+".png"), png, 0o644); err != nil { //nolint:gosec // pictures for everybody
		b.Fatal(err)
	}
}

// moduleRoot is the folder above the test that holds go.mod.
func moduleRoot(t testing.TB) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir
		}
		if filepath.Dir(dir) == dir {
			t.Fatal("no go.mod above the test")
		}
		dir = filepath.Dir(dir)
	}
}

// Freeze stops the tab as a phone does with one that is not looked at, or lets it go on.
func (b *Tab) Freeze(on bool) {
	b.Helper()
	state := page.SetWebLifecycleStateStateActive
	if on {
		state = page.SetWebLifecycleStateStateFrozen
	}
	call(b, page.SetWebLifecycleState, page.SetWebLifecycleStateParams{State: state})
}
