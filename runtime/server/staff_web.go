package server

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"html/template"
	"io/fs"
	"net/http"
	"path"
	"sync"

	"github.com/tacet-lang/tacet/runtime/people"
)

//go:embed web/staff.html web/staff web/staff_*.html
var staffWeb embed.FS

var staffTemplate = sync.OnceValue(func() *template.Template {
	return template.Must(template.ParseFS(staffWeb, "web/staff.html"))
})

// staffPages registers the pages of staff.
func (s *Server) staffPages(mux *http.ServeMux) {
	for _, path := range []string{"/staff", "/staff/set-up", "/staff/accept"} {
		s.handle(mux, "GET "+path, s.staffPage)
	}
	s.staffSheet(mux, "/staff/questions", people.Search, "questions.viewed", s.questionsPage)
	s.staffSheet(mux, "/staff/figures", people.ViewFigures, "figures.viewed", s.figuresPage)
	s.staffSheet(mux, "/staff/evidence", people.ViewAudit, "evidence.viewed", s.evidencePage)
	s.staffSheet(mux, "/staff/trail", people.ViewAudit, "audit.viewed", s.trailPage)
	s.handle(mux, "GET /assets/staff/{version}/{file}", s.staffAsset)
}

// staffAsset is a file of the staff pages under a version that changes with the content of any of them.
func (s *Server) staffAsset(w http.ResponseWriter, r *http.Request) {
	file := r.PathValue("file")
	kind := map[string]string{".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8"}[path.Ext(file)]
	b, err := staffWeb.ReadFile("web/staff/" + file)
	if err != nil || kind == "" || r.PathValue("version") != staffVersion() {
		s.fail(w, r, errNotFound)
		return
	}
	w.Header().Set("Content-Type", kind)
	w.Header().Set("Cache-Control", "public, max-age=31536000, immutable")
	_, _ = w.Write(b) // a client that has gone asks again
}

var staffVersion = sync.OnceValue(func() string {
	h := sha256.New()
	err := fs.WalkDir(staffWeb, "web/staff", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		b, err := staffWeb.ReadFile(name)
		h.Write(b)
		return err
	})
	if err != nil {
		panic("server: an embedded file is missing") // embed checked it
	}
	return hex.EncodeToString(h.Sum(nil)[:8])
})

// frame is what every staff page has.
type frame struct{ Practice, Assets, Staff, Zone string }

func (s *Server) frame() (f frame, ok bool) {
	list := s.host.Flows()
	if len(list) == 0 {
		return f, false
	}
	return frame{list[0].Practice.Name, "/assets/" + assetVersion(), "/assets/staff/" + staffVersion(), s.zone().String()}, true
}

// staffPage is one page for what staff do with conversations; its script asks the API what to show. It holds nothing that is not
// public.
func (s *Server) staffPage(w http.ResponseWriter, r *http.Request) {
	f, ok := s.frame()
	if !ok {
		s.fail(w, r, errNotFound)
		return
	}
	var b bytes.Buffer
	if err := staffTemplate().Execute(&b, f); err != nil {
		panic("server: the staff page: " + err.Error()) // its template takes three texts
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	_, _ = w.Write(b.Bytes()) // a client that has gone asks again
}
