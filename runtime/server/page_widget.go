package server

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"strings"

	"github.com/tacet-lang/tacet/lang/machine"
)

// The chat stands at two places: as a page of its own, and within the practice's website, where the widget frames it.
const (
	ownPlace    = "/chat/"
	framedPlace = "/embed/"
)

// place is where a request sees the chat.
func place(r *http.Request) string {
	if strings.HasPrefix(r.URL.Path, framedPlace) {
		return framedPlace
	}
	return ownPlace
}

// website is how the practice's chat looks elsewhere; never nil.
func (s *Server) website() *machine.Website {
	if list := s.host.Flows(); len(list) > 0 && list[0].Practice.Website != nil {
		return list[0].Practice.Website
	}
	return &machine.Website{}
}

// framed lets the websites that practice.yaml names, and no others, show what h answers.
func (s *Server) framed(h http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		origins := s.website().Origins
		if len(origins) == 0 {
			s.fail(w, r, errNotFound)
			return
		}
		h1 := w.Header()
		h1.Set("Content-Security-Policy", strings.Replace(policy, "frame-ancestors 'none'", "frame-ancestors "+strings.Join(origins, " "), 1))
		h1.Del("X-Frame-Options")
		h(w, r)
	}
}

// framedCookie is the end of the cookie's name within another website; no flow's id can end so.
const framedCookie = ".framed"

// keep gives the browser the token of a conversation, or with "" takes it back. Within another website the cookie is one
// that only the pages of this server within that website can send (CHIPS: RFC 6265bis, Partitioned).
func (s *Server) keep(w http.ResponseWriter, r *http.Request, flow, value string) {
	maxAge := 0
	if value == "" {
		maxAge = -1
	}
	if place(r) == ownPlace {
		s.setCookie(w, patientCookie+flow, value, maxAge)
		return
	}
	http.SetCookie(w, &http.Cookie{
		Name: s.cookieName(patientCookie + flow + framedCookie), Value: value, Path: "/", MaxAge: maxAge,
		HttpOnly: true, Secure: true, SameSite: http.SameSiteNoneMode, Partitioned: true,
	})
}

// kept returns the conversation that the browser has with a flow at the place of the request.
func (s *Server) kept(r *http.Request, flow string) (id, token string, ok bool) {
	name := patientCookie + flow
	if place(r) == framedPlace {
		name += framedCookie
	}
	return strings.Cut(s.cookieValue(r, name), ".")
}

// widgetFacts are what the script of the widget knows.
type widgetFacts struct {
	ID     string                 `json:"id"`
	Name   string                 `json:"name"`
	Color  string                 `json:"color"`
	Ink    string                 `json:"ink"`
	Labels map[string]widgetWords `json:"labels"` // by language; the practice's first comes first
	First  string                 `json:"first"`
}

type widgetWords struct {
	Open  string `json:"open"`
	Close string `json:"close"`
	Chat  string `json:"chat"`
}

// widget is the script that a website loads in one line.
func (s *Server) widget(w http.ResponseWriter, r *http.Request) {
	list := s.host.Flows()
	if len(list) == 0 || len(s.website().Origins) == 0 {
		s.fail(w, r, errNotFound)
		return
	}
	m := list[0]
	light, _ := accents(s.website().Color)
	f := widgetFacts{ID: m.Practice.ID, Name: m.Practice.Name, Color: light.String(), Ink: white.String(), Labels: map[string]widgetWords{}, First: m.Flow.Languages[0]}
	for _, lang := range m.Flow.Languages {
		t := wordsIn(lang)
		f.Labels[lang] = widgetWords{t.WidgetOpen, t.WidgetClose, t.Log}
	}
	facts, err := json.Marshal(f)
	if err != nil {
		panic("server: the widget's facts: " + err.Error()) // texts only
	}
	script, err := web.ReadFile("web/widget.js")
	if err != nil {
		panic("server: an embedded file is missing") // embed checked it
	}
	w.Header().Set("Content-Type", "text/javascript; charset=utf-8")
	w.Header().Set("Cache-Control", "public, max-age=300")
	w.Header().Set("Cross-Origin-Resource-Policy", "cross-origin") // it says nothing that is not on the practice's own page
	_, _ = w.Write([]byte("const tacet = " + string(facts) + ";\n"))
	_, _ = w.Write(script) // a client that has gone asks again
}

// themeVersion changes with what the practice says about its looks; "" where it says nothing.
func (s *Server) themeVersion() string {
	site := s.website()
	if site.Color == "" && len(site.Logo) == 0 {
		return ""
	}
	h := sha256.Sum256(append([]byte(assetVersion()+site.Color), site.Logo...))
	return hex.EncodeToString(h[:8])
}

// themed answers for the two files that are the practice's own.
func (s *Server) themed(w http.ResponseWriter, r *http.Request) bool {
	if v := s.themeVersion(); v == "" || r.PathValue("version") != v {
		return false
	}
	site := s.website()
	switch file := r.PathValue("file"); {
	case file == "theme.css" && site.Color != "":
		w.Header().Set("Content-Type", "text/css; charset=utf-8")
		w.Header().Set("Cache-Control", forever)
		_, _ = w.Write([]byte(theme(site.Color)))
	case file == "logo.png" && len(site.Logo) > 0:
		w.Header().Set("Content-Type", "image/png")
		w.Header().Set("Cache-Control", forever)
		_, _ = w.Write(site.Logo)
	default:
		return false
	}
	return true
}

// forever is for addresses that change with what is there.
const forever = "public, max-age=31536000, immutable"
