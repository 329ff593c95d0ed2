package server

import (
	"html/template"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/tacet-lang/tacet/lang/machine"
	"github.com/tacet-lang/tacet/runtime/engine"
	"github.com/tacet-lang/tacet/runtime/session"
)

// view is what the template sees.
type view struct {
	Words     words
	Lang      string
	Languages []choice
	Assets    string
	Theme     string // where the practice's own style sheet is; "" without
	Logo      string // where its logo is; "" without
	Base      string // /chat/ or /embed/
	Framed    bool
	Practice  string
	Phone     string
	Call      template.URL // tel: of the practice
	Emergency string
	Flow      string
	ClientID  string
	Complaint string
	From      []param // where the patient came from, until the conversation begins
	Sorry     string  // in place of everything else
	Way       string  // out of Sorry
	WayTo     string

	Flows    []choice // home
	Notice   *session.Notice
	Status   session.Status
	ID       string
	Crisis   bool
	Over     bool
	Messages []line
	Options  []optionGroup
	Field    field
	Wait     string // while a person is awaited: when one will read it
	Left     int    // seconds until silence ends the conversation; -1 when it does not
	Near     bool   // that is soon
	Told     bool   // the last message is the patient's, and stored
}

// param is a parameter of an address.
type param struct{ Name, Value string }

// cameFrom reads where a patient came from off the address, cleaned, so that it can stand in the page.
func cameFrom(r *http.Request) (list []param) {
	q := r.URL.Query()
	a := session.Attribution{Source: q.Get("utm_source"), Medium: q.Get("utm_medium"), Campaign: q.Get("utm_campaign")}.Clean()
	for _, p := range []param{{"utm_source", a.Source}, {"utm_medium", a.Medium}, {"utm_campaign", a.Campaign}} {
		if p.Value != "" {
			list = append(list, p)
		}
	}
	return list
}

// choice is a link or a button.
type choice struct {
	ID, Label string
	Current   bool
}

// line is a message as shown.
type line struct {
	Seq        int64
	Class, Who string
	Lang       string
	Text       template.HTML
}

// optionGroup is quick replies under one heading: times of one day. Most have none.
type optionGroup struct {
	Day     string
	Options []option
}

// option is a quick reply; Short is what it says under its heading.
type option struct{ ID, Label, Short string }

// grouped puts appointments under their days. The labels are the engine's: a day, a word, a time of day.
func grouped(m *machine.Machine, last session.Message) []optionGroup {
	slots := slices.ContainsFunc(m.Fields, func(f machine.Field) bool { return f.Name == last.Input.Field && f.Type == "slot" })
	lang := last.Lang
	var out []optionGroup
	for _, o := range last.Options {
		day, clock := "", o.Label
		if slots {
			day, clock = splitTime(o.Label, lang)
		}
		if len(out) == 0 || out[len(out)-1].Day != day {
			out = append(out, optionGroup{Day: day})
		}
		g := &out[len(out)-1]
		g.Options = append(g.Options, option{o.ID, o.Label, clock})
	}
	return out
}

// splitTime splits "Tuesday, March 3 at 9:00 AM"; what is no such label has no day.
func splitTime(label, lang string) (day, clock string) {
	words := map[string][]string{"en": {" at "}, "es": {" a las ", " a la "}}[lang]
	for _, w := range words {
		if i := strings.LastIndex(label, w); i > 0 {
			return label[:i], label[i+len(w):]
		}
	}
	return "", label
}

// nearEnd is how long before silence ends a conversation the patient is warned (WCAG 2.2 2.2.1 wants 20 seconds at least).
const nearEnd = 2 * time.Minute

// stand adds where the conversation stands in time.
func (v *view) stand(c session.Case, now time.Time) {
	v.Left = -1
	if c.Control == engine.Assistant && !c.Deadline.IsZero() {
		left := max(c.Deadline.Sub(now), 0)
		v.Left, v.Near = int(left/time.Second), left <= nearEnd
	}
	v.Wait = v.Words.wait(&c.Flow.Practice, &v.Status, now.In(c.Zone))
	if n := len(v.Messages); n > 0 && (c.Control == engine.Waiting || c.Control == engine.Human) {
		v.Told = strings.HasPrefix(v.Messages[n-1].Class, string(session.ByPatient))
	}
}

func (s *Server) view(r *http.Request, m *machine.Machine, lang string) view {
	v := view{
		Words: wordsIn(lang), Lang: lang, Assets: "/assets/" + assetVersion(), Base: place(r), Framed: place(r) == framedPlace, Practice: m.Practice.Name, Phone: m.Practice.Phone,
		Emergency: m.Texts[emergencyBar].In(lang), Flow: m.Flow.ID, ClientID: session.NewID(),
		From: cameFrom(r),
	}
	if digits := digits(m.Practice.Phone); digits != "" {
		v.Call = template.URL("tel:" + digits) //nolint:gosec // digits and a plus only
	}
	if site, version := s.website(), s.themeVersion(); version != "" {
		if site.Color != "" {
			v.Theme = "/assets/" + version + "/theme.css"
		}
		if len(site.Logo) > 0 {
			v.Logo = "/assets/" + version + "/logo.png"
		}
	}
	for _, l := range m.Flow.Languages {
		v.Languages = append(v.Languages, choice{ID: l, Label: languages[l], Current: l == lang})
	}
	return v
}

// digits reduces a phone number to what a phone dials.
func digits(phone string) string {
	return strings.Map(func(c rune) rune {
		if c >= '0' && c <= '9' || c == '+' {
			return c
		}
		return -1
	}, phone)
}

func (v *view) line(m session.Message) line {
	l := line{Seq: m.Seq, Class: string(m.Author), Lang: m.Lang, Text: v.dialable(m.Text)}
	switch m.Author {
	case session.ByPatient:
		l.Who = v.Words.You
		l.Text = template.HTML(template.HTMLEscapeString(m.Text)) //nolint:gosec // escaped
	case session.ByStaff:
		l.Who = v.Words.Staff
	case session.ByAssistant:
		l.Who = v.Words.Assistant
		l.Class += " " + string(m.Role)
	}
	return l
}

// dialable makes the practice's own number in a text a link, and the emergency numbers.
func (v *view) dialable(text string) template.HTML {
	if v.Call == "" {
		return urgent(text)
	}
	var b strings.Builder
	for i, part := range strings.Split(text, v.Phone) {
		if i > 0 {
			b.WriteString(`<a class="phone" href="` + template.HTMLEscapeString(string(v.Call)) + `">` + template.HTMLEscapeString(v.Phone) + `</a>`)
		}
		b.WriteString(string(urgent(part)))
	}
	return template.HTML(b.String()) //nolint:gosec // every part is escaped above
}

// urgent makes the emergency numbers of a text links that dial.
func urgent(text string) template.HTML {
	b := strings.Builder{}
	for text != "" {
		i := indexNumber(text)
		if i < 0 {
			break
		}
		n := text[i : i+3]
		b.WriteString(template.HTMLEscapeString(text[:i]))
		b.WriteString(`<a href="tel:` + n + `">` + n + `</a>`)
		text = text[i+3:]
	}
	b.WriteString(template.HTMLEscapeString(text))
	return template.HTML(b.String()) //nolint:gosec // every part is escaped above
}

// indexNumber finds 911 or 988 where no digit stands beside it.
func indexNumber(text string) int {
	digit := func(i int) bool { return i >= 0 && i < len(text) && text[i] >= '0' && text[i] <= '9' }
	for i := 0; i+3 <= len(text); i++ {
		if n := text[i : i+3]; (n == "911" || n == "988") && !digit(i-1) && !digit(i+3) {
			return i
		}
	}
	return -1
}
