package server_test

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"image"
	"image/png"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"github.com/tacet-lang/tacet/lang/machine"
	"github.com/tacet-lang/tacet/runtime/engine/enginetest"
	"github.com/tacet-lang/tacet/runtime/server/browsertest"
)

// elsewhere is the practice's website: another site than the chat's, with a policy of its own that forbids inline styles.
func elsewhere(t *testing.T) (site *httptest.Server, show func(body string)) {
	t.Helper()
	page := ""
	site = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.Header().Set("Content-Security-Policy", "style-src 'self'; script-src http://localhost:*; frame-src http://localhost:*")
		_, _ = w.Write([]byte("<!doctype html><html lang=en><meta name=viewport content='width=device-width, initial-scale=1'><link rel=icon href=data:,><title>Lakeside</title><body class=author><h1>Lakeside</h1>" + page))
	}))
	t.Cleanup(site.Close)
	return site, func(body string) { page = body }
}

// shown is a practice whose chat may be shown by a website.
func shown(t *testing.T, w machine.Website) *site {
	t.Helper()
	m := enginetest.Consultation()
	m.Practice.Website = &w
	s := open(t, load(t, m))
	s.url = strings.Replace(s.url, "127.0.0.1", "localhost", 1) // another site than 127.0.0.1
	return s
}

// TestWidget opens the chat on a website of another origin, in a browser.
func TestWidget(t *testing.T) {
	t.Parallel()
	host, show := elsewhere(t)
	s := shown(t, machine.Website{Origins: []string{host.URL}, Color: "#c2185b"})
	show(`<p>Welcome.</p><script src="` + s.url + `/widget.js" data-practice="lakeside" data-flow="consultation"></script>`)
	b := browsertest.Open(t, host.URL+"/?utm_source=Newsletter&email=ana@example.com", s.url)
	const button = `document.querySelector("div[lang]").shadowRoot.querySelector("button")`
	if got := browsertest.Eval[string](b, button+`.textContent`); got != "Chat with us" {
		t.Errorf("the button says %q", got)
	}
	if n := browsertest.Eval[int](b, `document.querySelector("div[lang]").shadowRoot.querySelectorAll("iframe").length`); n != 0 {
		t.Error("the practice's server is asked before anybody opens the chat")
	}
	b.Look("60-website")
	b.Do(chromedp.Evaluate[chromedp.Void](button + `.click()`))
	press := func(label string) {
		b.Helper()
		b.InFrame(s.url, `(() => { const e = [...document.querySelectorAll("button")].find((e) => e.textContent.trim() === "`+label+`"); e?.click(); return !!e; })()`)
	}
	says := func(text string) {
		b.Helper()
		b.InFrame(s.url, `!!document.getElementById("log")?.textContent.includes("`+text+`")`)
	}
	b.InFrame(s.url, `document.querySelector("input[name=utm_source]").value === "newsletter" && !location.search.includes("ana")`)
	press("Start")
	says("What are you interested in?")
	press("Botox")
	says("downtime")
	b.Look("61-widget")
	b.InFrame(s.url, `(() => { const a = document.getElementById("answer"); a.value = "actually !chest-pain"; a.form.requestSubmit(); return true; })()`)
	says("call 911 now")
	b.InFrame(s.url, `!!document.querySelector("#crisis a[href='tel:988']")`)
	b.Look("62-widget-crisis")
	b.Reload() // the website again, the same conversation
	b.Do(chromedp.Evaluate[chromedp.Void](button + `.click()`))
	says("call 911 now")
	b.InFrame(s.url, `document.dispatchEvent(new KeyboardEvent("keydown", { key: "Escape" }))`)
	b.Do(chromedp.Poll[chromedp.Void](button + `.textContent === "Chat with us"`))
	if browsertest.Eval[bool](b, `document.querySelector("div[lang]").shadowRoot.activeElement === null`) {
		t.Error("after escape the focus is not on the button")
	}
}

// TestWidgetElsewhere shows the chat on no other website, and under no other name.
func TestWidgetElsewhere(t *testing.T) {
	t.Parallel()
	host, show := elsewhere(t)
	s := shown(t, machine.Website{Origins: []string{"https://www.lakeside.example"}})
	show(`<script src="` + s.url + `/widget.js" data-flow="consultation"></script>`)
	b := browsertest.Open(t, host.URL, s.url, "chrome-error:")
	b.Do(chromedp.Evaluate[chromedp.Void](`document.querySelector("div[lang]").shadowRoot.querySelector("button").click()`))
	b.Do(chromedp.Poll[chromedp.Void](`document.querySelector("div[lang]").shadowRoot.querySelector("iframe") !== null`))
	b.InFrame("chrome-error:", `!document.body.textContent.includes("Lakeside")`) // what the browser shows where a frame is forbidden
	show(`<script src="` + s.url + `/widget.js" data-practice="riverside"></script>`)
	b.Reload()
	if browsertest.Eval[bool](b, `document.querySelector("div[lang]") !== null`) {
		t.Error("the chat shows under another practice's name")
	}
}

func TestWidgetHeaders(t *testing.T) {
	t.Parallel()
	var logo bytes.Buffer
	if err := png.Encode(&logo, image.NewGray(image.Rect(0, 0, 4, 4))); err != nil {
		t.Fatal(err)
	}
	s := shown(t, machine.Website{Origins: []string{"https://a.example", "https://b.example"}, Color: "#ffe600", Logo: logo.Bytes()})
	framed := s.do("GET", "/embed/consultation?lang=es", "", "")
	if csp := framed.Header.Get("Content-Security-Policy"); !strings.Contains(csp, "frame-ancestors https://a.example https://b.example;") || framed.Header.Get("X-Frame-Options") != "" {
		t.Errorf("framed: %q, %q", csp, framed.Header.Get("X-Frame-Options"))
	}
	if own := s.do("GET", "/chat/consultation", "", ""); !strings.Contains(own.Header.Get("Content-Security-Policy"), "frame-ancestors 'none'") || own.Header.Get("X-Frame-Options") != "DENY" {
		t.Error("the page of its own can be framed")
	}
	for _, name := range []string{"theme.css", "logo.png"} {
		address := regexp.MustCompile(`/assets/[0-9a-f]+/` + regexp.QuoteMeta(name)).FindString(framed.Body)
		if got := s.do("GET", address, "", ""); address == "" || got.Status != 200 {
			t.Errorf("%s at %q: got %d", name, address, got.Status)
		}
	}
	begin := url.Values{"client_id": {"abcdefghijklmnop"}, "lang": {"en"}, "notice": {s.do("POST", "/api/conversations", "", `{"flow":"consultation","client_id":"abcdefghijklmnop"}`).Notice.Hash}}
	started := s.form("/embed/consultation/start", "", begin)
	set := started.Header.Get("Set-Cookie")
	for _, want := range []string{"tacet-consultation.framed=", "; HttpOnly", "; Secure", "; SameSite=None", "; Partitioned"} {
		if !strings.Contains(set, want) {
			t.Errorf("the cookie is not %q: %q", want, set)
		}
	}
	if to := started.Header.Get("Location"); !strings.HasPrefix(to, "/embed/consultation") {
		t.Errorf("the start leads to %q", to)
	}
	cookie, _, _ := strings.Cut(set, ";")
	if own := s.form("/chat/consultation/say", cookie, url.Values{"client_id": {"1"}, "text": {"hello"}}); own.Status != 303 {
		t.Errorf("the framed cookie on the page of its own: got %d", own.Status)
	}
	none := open(t, load(t, enginetest.Consultation()))
	for _, path := range []string{"/widget.js", "/embed/consultation", "/embed/"} {
		if got := none.do("GET", path, "", ""); got.Status != 404 {
			t.Errorf("%s of a practice that names no website: got %d", path, got.Status)
		}
	}
}

// TestWidgetIsSmall measures all that a visitor loads to see a conversation, compressed, without the fonts and pictures
// that there are none of.
func TestWidgetIsSmall(t *testing.T) {
	t.Parallel()
	s := shown(t, machine.Website{Origins: []string{"https://a.example"}, Color: "#ffe600"})
	sum := 0
	page := s.do("GET", "/embed/consultation", "", "").Body
	for _, body := range append([]string{page, s.do("GET", "/widget.js", "", "").Body}, assets(s, page)...) {
		var b bytes.Buffer
		z := gzip.NewWriter(&b)
		if _, err := z.Write([]byte(body)); err != nil {
			t.Fatal(err)
		}
		if err := z.Close(); err != nil {
			t.Fatal(err)
		}
		sum += b.Len()
	}
	t.Logf("%d bytes compressed", sum)
	if sum > 40_000 {
		t.Errorf("the widget weighs %d bytes compressed", sum)
	}
}

func assets(s *site, page string) (out []string) {
	for _, address := range regexp.MustCompile(`/assets/[0-9a-f]+/[a-z.]+`).FindAllString(page, -1) {
		out = append(out, s.do("GET", address, "", "").Body)
	}
	return out
}

// TestColors: what a practice's colour does to the page can be read, in both schemes. TestAccents tries all colours.
func TestColors(t *testing.T) {
	t.Parallel()
	for _, color := range []string{"#ffe600", "#1a1aff"} {
		s := shown(t, machine.Website{Origins: []string{"https://a.example"}, Color: color})
		b := browsertest.Open(t, s.url+"/chat/consultation")
		b.Look("63-colour-" + color[1:])
		b.Press("Start")
		b.Says("What are you interested in?")
		b.Press("Botox")
		b.Says("downtime")
		b.Look("64-colour-" + color[1:])
		var facts struct{ Color, Ink string }
		script := s.do("GET", "/widget.js", "", "").Body
		line, _, _ := strings.Cut(strings.TrimPrefix(script, "const tacet = "), ";\n")
		if err := json.Unmarshal([]byte(line), &facts); err != nil || facts.Color == "" {
			t.Errorf("%s: the widget's facts %q: %v", color, line, err)
		}
	}
}
