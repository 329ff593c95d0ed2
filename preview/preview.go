// Package preview is the page of `tacet dev` (spec/preview.md): a flow as it is being written, its graph, its problems
// with the conversations that show them, what its tests reach, and a conversation to try it in. It is for one author on
// their own machine: it serves nobody else, holds no patient's data and keeps nothing.
//
// It sees what the compiler made, not the compiler: who wires it says how a practice is read (Options.Load).
package preview

import (
	"bytes"
	"embed"
	"fmt"
	"html/template"
	"io/fs"
	"net"
	"net/http"
	"slices"
	"sync"
	"time"

	"github.com/tacet-lang/tacet/lang/diag"
	"github.com/tacet-lang/tacet/lang/machine"
)

//go:embed web
var web embed.FS

var page = sync.OnceValue(func() *template.Template {
	return template.Must(template.New("preview.html").ParseFS(web, "web/preview.html"))
})

// Draft is a practice as its files stand now.
type Draft struct {
	Flows     []Flow // in the order of their files
	Problems  diag.List
	Sources   diag.Sources       // of the problems
	Witnesses map[string]Witness // by Diagnostic.Witness
	Files     map[string][]byte  // what the author writes: flows, practice.yaml, policies; by name within the folder
	Bug       error              // what should not have been possible, whatever the files hold
}

// Flow is one flow file.
type Flow struct {
	File    string
	Machine *machine.Machine // nil: it does not compile
	Tests   []machine.Test
}

// Witness is a conversation that shows a problem.
type Witness struct {
	File string // of the flow
	Talk *machine.Talk
}

// Options wires a Server. All but SetUp are needed.
type Options struct {
	Load func() Draft
	// Save writes a file within the folder that holds what it was when it was read, else it returns ErrChanged. was is nil
	// where there is no such file yet.
	Save func(name string, was, content []byte) error
	Now  func() time.Time
	// SetUp is asked for where there is no practice yet. nil: the page is then empty.
	SetUp *SetUp
}

// Server answers the author's browser. Safe for concurrent use.
type Server struct {
	o       Options
	handler http.Handler

	reading sync.Mutex // one reading at a time, so that an older one never replaces a newer

	mu      sync.Mutex
	draft   Draft
	loaded  time.Time
	version int              // of the draft; counts reloads
	flows   map[string]*flow // by file
	talks   map[string]*talk // by file
	news    chan struct{}    // closed with the next reload
}

// New returns a server that has read the practice once.
func New(o Options) *Server {
	s := &Server{o: o, flows: map[string]*flow{}, talks: map[string]*talk{}, news: make(chan struct{})}
	s.Reload()
	s.handler = s.routes()
	return s
}

// Reload reads the practice again. Conversations go on with the new version as far as they can be played on it. A flow
// that does not compile any more is shown as it last did.
func (s *Server) Reload() {
	s.reading.Lock()
	defer s.reading.Unlock()
	d := s.o.Load()
	s.mu.Lock()
	defer s.mu.Unlock()
	s.draft, s.loaded = d, s.o.Now()
	s.version++
	for _, f := range d.Flows {
		if f.Machine == nil {
			continue
		}
		s.flows[f.File] = newFlow(f, s.o.Now)
		if t := s.talks[f.File]; t != nil {
			s.talks[f.File] = t.on(s.flows[f.File])
		}
	}
	for file, f := range s.flows {
		_, exists := d.Files[file]
		switch i := slices.IndexFunc(d.Flows, func(f Flow) bool { return f.File == file }); {
		case !exists:
			delete(s.flows, file)
			delete(s.talks, file)
		case i < 0 || d.Flows[i].Machine == nil: // also while an editor has emptied the file and not yet written it
			stale := *f
			stale.stale = true
			s.flows[file] = &stale
		}
	}
	close(s.news)
	s.news = make(chan struct{})
}

// policy lets the page load its own style and script, talk to its own server, and nothing else.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; form-action 'self'; " +
	"base-uri 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types tacet"

// maxForm bounds what is sent to the page; a flow file may have 16 MiB, and its form half as much again.
const maxForm = 24 << 20

// ServeHTTP implements http.Handler. It answers only who asked this machine by its own name: another site whose name
// leads here, or whose page sends forms here, gets nothing.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("Cache-Control", "no-store")
	h.Set("Content-Security-Policy", policy)
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("X-Content-Type-Options", "nosniff")
	if !local(r.Host) {
		http.Error(w, "this page is for the machine that it runs on", http.StatusForbidden)
		return
	}
	r.Body = http.MaxBytesReader(w, r.Body, maxForm)
	s.handler.ServeHTTP(w, r)
}

func local(host string) bool {
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

func (s *Server) routes() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", s.show)
	mux.HandleFunc("GET /events", s.events)
	mux.HandleFunc("POST /begin", s.begin)
	mux.HandleFunc("POST /do", s.do)
	mux.HandleFunc("POST /save", s.save)
	mux.HandleFunc("POST /fix", s.fix)
	mux.HandleFunc("POST /record", s.record)
	assets, err := fs.Sub(web, "web")
	if err != nil {
		panic("preview: an embedded folder is missing") // embed checked it
	}
	mux.Handle("GET /assets/", http.StripPrefix("/assets/", http.FileServerFS(assets)))
	return http.NewCrossOriginProtection().Handler(mux)
}

// show is the whole page. The script takes over what is new in it.
func (s *Server) show(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	v := s.view(r.URL.Query())
	s.mu.Unlock()
	s.render(w, v)
}

func (s *Server) render(w http.ResponseWriter, v view) {
	var b bytes.Buffer
	if err := page().Execute(&b, v); err != nil {
		panic("preview: the page: " + err.Error()) // its template takes what view gives
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	_, _ = w.Write(b.Bytes()) // a browser that has gone asks again
}

// events tells the page that the practice was read again.
func (s *Server) events(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "text/event-stream")
	rc := http.NewResponseController(w)
	for {
		s.mu.Lock()
		news, version := s.news, s.version
		s.mu.Unlock()
		if _, err := fmt.Fprintf(w, "data: %d\n\n", version); err != nil || rc.Flush() != nil {
			return
		}
		select {
		case <-r.Context().Done():
			return
		case <-news:
		}
	}
}
