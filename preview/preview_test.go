package preview_test

import (
	"io/fs"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/tacet-lang/tacet/compiler"
	"github.com/tacet-lang/tacet/lang/diag"
	"github.com/tacet-lang/tacet/preview"
)

// desk is the page of a practice whose files are in memory.
type desk struct {
	*testing.T
	files map[string]string
	page  *preview.Server
}

// write opens the page on a copy of an example.
func write(t *testing.T, example string) *desk {
	t.Helper()
	d := &desk{T: t, files: map[string]string{}}
	names, err := filepath.Glob("../examples/" + example + "/[a-z]*.*")
	if err != nil || len(names) == 0 {
		t.Fatalf("no files of %s: %v", example, err)
	}
	for _, n := range names {
		b, err := os.ReadFile(n)
		if err != nil {
			t.Fatal(err)
		}
		d.files[filepath.Base(n)] = string(b)
	}
	now := time.Date(2026, 11, 22, 16, 0, 0, 0, time.UTC) // a Sunday
	d.page = preview.New(preview.Options{Load: d.load, Save: d.save, Now: func() time.Time { return now }})
	return d
}

func (d *desk) load() preview.Draft {
	dir := d.TempDir()
	out := preview.Draft{Files: map[string][]byte{}, Witnesses: map[string]preview.Witness{}}
	for name, text := range d.files {
		out.Files[name] = []byte(text)
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			d.Fatal(err)
		}
	}
	results, problems := compiler.CompileAll(os.DirFS(dir), compiler.Options{})
	files := diag.Files{}
	for _, r := range results {
		maps.Copy(files, r.Files)
		out.Flows = append(out.Flows, preview.Flow{File: r.Entry, Machine: r.Machine, Tests: r.Tests})
	}
	out.Problems, out.Sources = problems, files
	return out
}

func (d *desk) save(name string, was, content []byte) error {
	if !fs.ValidPath(name) {
		return os.ErrInvalid
	}
	if text, exists := d.files[name]; text != string(was) || exists != (was != nil) {
		return preview.ErrChanged
	}
	d.files[name] = string(content)
	return nil
}

func (d *desk) ask(method, to string, form url.Values) *httptest.ResponseRecorder {
	d.Helper()
	r := httptest.NewRequestWithContext(d.Context(), method, "http://127.0.0.1:4800"+to, strings.NewReader(form.Encode()))
	if form != nil {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	w := httptest.NewRecorder()
	d.page.ServeHTTP(w, r)
	return w
}

// see is the page of a file.
func (d *desk) see(file string) string {
	d.Helper()
	return d.ask("GET", "/?"+url.Values{"file": {file}}.Encode(), nil).Body.String()
}

// try does things in the conversation, each a verb and a text.
func (d *desk) try(file string, acts ...string) string {
	d.Helper()
	for i := 0; i < len(acts); i += 2 {
		w := d.ask("POST", "/do", url.Values{"file": {file}, "do": {acts[i]}, "text": {acts[i+1]}})
		if w.Code != http.StatusSeeOther {
			d.Fatalf("%s %q: got %d %s", acts[i], acts[i+1], w.Code, w.Body)
		}
	}
	return d.see(file)
}

func (d *desk) wants(page string, texts ...string) {
	d.Helper()
	for _, want := range texts {
		if !strings.Contains(page, want) {
			d.Errorf("the page does not hold %q", want)
		}
	}
}

const flow = "consultation.flow"

func TestConversation(t *testing.T) {
	t.Parallel()
	d := write(t, "lakeside")
	d.wants(d.see(flow), "Monday, November 23, 2026, 9:00 AM CST", "What are you interested in?", `data-state="welcome" class="node state now been"`)
	d.wants(d.try(flow, "say", "botox"), "softens lines", "step 1 of 1", `data-state="about" class="node state now been"`, `class="way taken"`)
	d.wants(d.try(flow, "say", "I have chest pain"), "step 2 of 2", "The assistant stays silent", `class="aside now been"`)
	back := d.try(flow, "to", "1")
	d.wants(back, "step 1 of 2", "softens lines")
	if strings.Contains(back, "chest pain<") {
		t.Error("going back leaves what was said after")
	}
	d.wants(d.try(flow, "to", "2"), "chest pain<")
	d.wants(d.try(flow, "to", "1", "choose", "no such button"), "is not on offer", "step 1 of 2")
	d.wants(d.try(flow, "language", "es"), "¿Qué desea hacer ahora?")
	d.wants(d.try(flow, "again", ""), "step 0 of 0")
}

func TestClosedOffice(t *testing.T) {
	t.Parallel()
	d := write(t, "lakeside")
	way := []string{"say", "something else", "say", "book", "say", "Sam Lee", "say", "312 555 0142", "say", "afternoon"}
	d.wants(d.try(flow, way...), `data-state="confirm" class="node state now been"`)
	d.wants(d.try(flow, "from", "closed"), "<b>closed</b>", "step 5 of 5", `data-state="later" class="node handoff now been"`)
	d.wants(d.try(flow, "from", "2026-12-25T11:00"), "Friday, December 25, 2026, 11:00 AM CST", "<b>closed</b>")
	d.wants(d.try(flow, "from", "someday"), "is no time", "step 5 of 5")
	d.wants(d.try(flow, "again", "", "wait", "25m"), "The conversation is over: timeout")
}

func TestHotReload(t *testing.T) {
	t.Parallel()
	d := write(t, "lakeside")
	d.try(flow, "say", "botox", "choose", "Book a consultation", "say", "Sam Lee")
	text := d.files[flow]
	reload := func(from, to string) string {
		d.files[flow] = strings.ReplaceAll(text, from, to)
		d.page.Reload()
		return d.see(flow)
	}
	if page := reload("Done. A coordinator", "Thank you. A coordinator"); strings.Contains(page, "read again") {
		t.Error("a change elsewhere is told as one of the conversation")
	}
	d.wants(reload("What name should we use?", "Your name, please?"), "step 3 of 3", "now says something else", "Your name, please?")
	d.wants(reload("start welcome", "start nowhere"), "This is the last version without", "step 3 of 3", `class="count error"`)
	d.wants(reload("Book a consultation", "Make an appointment"), "as far as 1 of 3 steps", "step 1 of 1")
}

func TestTests(t *testing.T) {
	t.Parallel()
	d := write(t, "lakeside")
	d.wants(d.see(flow), "11 of 11 tests pass", "9 of 9 places")
	d.files[flow] = strings.ReplaceAll(strings.ReplaceAll(d.files[flow], `expect handoff coordinators`, `expect end completed`), `patient "yes please"`, `patient "no"`)
	d.page.Reload()
	page := d.see(flow)
	d.wants(page, "7 of 11 tests pass", `data-state="booked" class="node end`, "got       ", "untested")
	d.wants(d.try(flow, "test", "0"), "This is the test “a consultation is booked”", "step 6 of 6", "312) 555-0142")
}

func TestWriting(t *testing.T) {
	t.Parallel()
	d := write(t, "lakeside")
	page := d.see(flow)
	_, was, _ := strings.Cut(page, `name="was" value="`)
	was, _, _ = strings.Cut(was, `"`)
	text := d.files[flow]
	save := func(name, was, text string) int {
		return d.ask("POST", "/save", url.Values{"file": {name}, "was": {was}, "text": {text}}).Code
	}
	if got := save(flow, "0123", "gone"); got != http.StatusConflict || d.files[flow] != text {
		t.Errorf("over another's change: got %d", got)
	}
	d.files[flow] = text + "# elsewhere, a moment ago\n"
	if got := save(flow, was, "gone"); got != http.StatusConflict || !strings.HasSuffix(d.files[flow], "ago\n") {
		t.Errorf("over a change that is not read yet: got %d", got)
	}
	d.files[flow] = text
	if got := save("../x.flow", was, "gone"); got != http.StatusConflict {
		t.Errorf("outside the folder: got %d", got)
	}
	if got := save(flow, was, strings.ReplaceAll(text, "when ok   -> booked", "when ok = true -> booked")); got != http.StatusSeeOther {
		t.Errorf("a change: got %d", got)
	}
	d.wants(d.see(flow), "T2301", "Mend it", `data-marks="`)
	mended := d.ask("POST", "/fix", url.Values{"file": {flow}, "problem": {"0"}, "version": {"2"}})
	if mended.Code != http.StatusSeeOther || !strings.Contains(d.files[flow], "when ok == true") {
		t.Errorf("mending: got %d %s", mended.Code, mended.Body)
	}
	if got := d.ask("POST", "/save", url.Values{"file": {"Refill!"}, "new": {"1"}}).Code; got != http.StatusConflict {
		t.Errorf("a bad name: got %d", got)
	}
	if got := d.ask("POST", "/save", url.Values{"file": {"refill-requests"}, "new": {"1"}}).Code; got != http.StatusSeeOther {
		t.Errorf("a new flow: got %d", got)
	}
	d.wants(d.see("refill-requests.flow"), "What would you like to know?", "1 of 1 tests pass")
}

// TestRecord keeps conversations as tests, which then pass.
func TestRecord(t *testing.T) {
	t.Parallel()
	d := write(t, "lakeside")
	keep := func(name string) {
		t.Helper()
		if w := d.ask("POST", "/record", url.Values{"file": {flow}, "name": {name}}); w.Code != http.StatusSeeOther {
			t.Errorf("%s: got %d %s", name, w.Code, w.Body)
		}
	}
	d.try(flow, "choose", "Botox", "language", "es", "world", "taken", "say", `"hola" \ y`)
	keep("half way")
	d.try(flow, "to", "1", "say", "I have chest pain")
	keep(`an "emergency"`)
	d.try(flow, "again", "", "from", "closed", "human", "")
	keep("a person")
	d.try(flow, "again", "", "say", "botox", "wait", "1h")
	keep("silence")
	page := d.see(flow)
	d.wants(page, "14 of 15 tests pass", "an act that ends with `taken`") // nothing was booked, and the test says so
	d.wants(d.files[flow], "test \"half way\" {\n  at \"2026-11-23 09:00\"\n  choose \"Botox\"\n  language es\n", `test "an \"emergency\"" {`, "wait 60 minutes\n  expect end timeout")
}

// TestEveryPicture lights each state of every example: the marks stand on the state that they are of.
func TestEveryPicture(t *testing.T) {
	t.Parallel()
	folders, err := filepath.Glob("../examples/*/practice.yaml")
	if err != nil || len(folders) < 5 {
		t.Fatalf("examples: %v %v", folders, err)
	}
	for _, f := range folders {
		d := write(t, filepath.Base(filepath.Dir(f)))
		for name := range d.files {
			if !strings.HasSuffix(name, ".flow") {
				continue
			}
			page := d.see(name)
			for part := range strings.SplitSeq(page, `<g data-state="`) {
				state, rest, _ := strings.Cut(part, `"`)
				if _, text, ok := strings.Cut(rest, `<text class="name"`); ok && part != page[:len(part)] {
					_, text, _ = strings.Cut(text, ">")
					text, _, _ = strings.Cut(text, "<")
					if text != state {
						t.Errorf("%s %s: the node of %s is marked as %s", f, name, text, state)
					}
				}
			}
			if n := strings.Count(page, " now been"); n == 0 {
				t.Errorf("%s %s: no state is lit", f, name)
			}
		}
	}
}

func TestOnlyThisMachine(t *testing.T) {
	t.Parallel()
	d := write(t, "lakeside")
	for _, c := range []struct {
		host, origin string
		want         int
	}{
		{"localhost:4800", "", 303}, {"[::1]:4800", "", 303}, {"127.0.0.1:4800", "http://127.0.0.1:4800", 303},
		{"lakeside.example", "", 403}, {"192.168.1.5:4800", "", 403}, {"127.0.0.1:4800", "https://elsewhere.example", 403},
	} {
		r := httptest.NewRequestWithContext(t.Context(), "POST", "/do", nil)
		r.Host = c.host
		if c.origin != "" {
			r.Header.Set("Origin", c.origin)
			r.Header.Set("Sec-Fetch-Site", map[bool]string{true: "same-origin", false: "cross-site"}[c.want == 303])
		}
		w := httptest.NewRecorder()
		d.page.ServeHTTP(w, r)
		if w.Code != c.want {
			t.Errorf("host %s, origin %q: got %d, want %d", c.host, c.origin, w.Code, c.want)
		}
	}
}
