package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"net"
	"net/http"
	"os"
	"os/signal"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/tacet-lang/tacet/compiler"
	"github.com/tacet-lang/tacet/lang/diag"
	"github.com/tacet-lang/tacet/lang/source"
	"github.com/tacet-lang/tacet/preview"
)

type devCmd struct {
	Dir  string `arg:"" optional:"" help:"Folder of the practice; the current folder by default." default:"."`
	Port int    `help:"Port of the page on this machine; 0 for any." default:"4800"`
}

// Help shows examples.
func (devCmd) Help() string {
	return `Opens a page on this machine on which a flow can be written, seen and tried: its graph, its problems with the
conversations that show them, what its tests reach. It follows the files as they are saved, in the page or in an editor.
In an empty folder, or one that is not there yet, the page begins with a few questions.

Examples:
  tacet dev lakeside
  tacet dev --port 0 lakeside    any free port; the address is printed`
}

// Run serves the page until it is interrupted.
func (cmd *devCmd) Run(con *console) error {
	if err := cmd.folder(); err != nil {
		return err
	}
	root, err := os.OpenRoot(cmd.Dir)
	if err != nil {
		return ioError(err)
	}
	defer func() { _ = root.Close() }() // nothing is written through it any more
	l, err := net.Listen("tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(cmd.Port)))
	if err != nil {
		return ioError(fmt.Errorf("cannot listen: %w; another port can be named with --port", err))
	}
	d := &draft{dir: cmd.Dir, root: root}
	page := preview.New(preview.Options{Load: d.load, Save: d.save, Now: time.Now, SetUp: setUp(cmd.Dir)})
	fmt.Fprintf(con.out, "Write and try at http://%s\nStop with Ctrl-C.\n", l.Addr())
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	go d.watch(ctx, page.Reload)
	web := &http.Server{Handler: page, ReadHeaderTimeout: 5 * time.Second, BaseContext: func(net.Listener) context.Context { return ctx }}
	go func() {
		<-ctx.Done()
		_ = web.Close() // the page's streams never end by themselves, and nothing is under way that a patient waits for
	}()
	if err := web.Serve(l); !errors.Is(err, http.ErrServerClosed) {
		return ioError(err)
	}
	return nil
}

// folder makes sure that there is a practice, or nothing at all: in any other folder a practice would be a mistake.
func (cmd *devCmd) folder() error {
	if _, err := os.Stat(filepath.Join(cmd.Dir, "practice.yaml")); err == nil {
		return nil
	}
	entries, err := os.ReadDir(cmd.Dir)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		if err := os.MkdirAll(cmd.Dir, 0o755); err != nil {
			return ioError(err)
		}
		return nil
	case err != nil:
		return ioError(err)
	}
	for _, e := range entries {
		if !strings.HasPrefix(e.Name(), ".") {
			return usage("there is no practice.yaml in `%s`, and other files are; `tacet dev` in an empty folder asks a few questions and writes a practice", cmd.Dir)
		}
	}
	return nil
}

// setUp asks on the page what `tacet init` asks in a terminal.
func setUp(dir string) *preview.SetUp {
	ids := map[string]string{}
	s := &preview.SetUp{}
	for _, q := range (&initCmd{}).questions() {
		id := strings.TrimPrefix(q.flag, "--")
		ids[q.flag] = id
		one := preview.Question{ID: id, Ask: q.ask, Example: q.example}
		if id == "timezone" {
			for i, zone := range zones {
				one.Choices = append(one.Choices, preview.Choice{Value: zone, Label: called[i]})
			}
		}
		s.Questions = append(s.Questions, one)
	}
	s.Write = func(answers map[string]string) (map[string]string, error) {
		cmd, wrong := &initCmd{Dir: dir}, map[string]string{}
		questions := cmd.questions()
		for _, q := range questions {
			*q.value = strings.TrimSpace(answers[ids[q.flag]])
		}
		for _, q := range questions {
			if problem := q.wrong(*q.value); problem != "" {
				wrong[ids[q.flag]] = problem
			}
		}
		if len(wrong) > 0 {
			return wrong, nil
		}
		files, err := cmd.files(time.Now())
		if err != nil {
			return nil, err
		}
		return nil, writeNew(dir, files)
	}
	return s
}

// draft is the folder of a practice that is being written.
type draft struct {
	dir  string
	root *os.Root

	mu   sync.Mutex
	seen string // by watch or load
}

// maxWritten bounds the files that are shown for writing.
const maxWritten = 200

// each visits the files that an author writes, in the order of their names within the folder.
func (d *draft) each(visit func(name string, info fs.FileInfo)) {
	_ = fs.WalkDir(d.root.FS(), ".", func(name string, e fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return nil //nolint:nilerr // what cannot be read is not there
		case e.IsDir() && name != "." && strings.HasPrefix(e.Name(), "."):
			return fs.SkipDir
		case !e.Type().IsRegular() || !slices.Contains([]string{".flow", ".yaml"}, path.Ext(name)):
			return nil
		}
		if info, err := e.Info(); err == nil {
			visit(name, info)
		}
		return nil
	})
}

// written are the files that an author writes.
func (d *draft) written() map[string][]byte {
	out := map[string][]byte{}
	d.each(func(name string, info fs.FileInfo) {
		if len(out) == maxWritten || info.Size() > source.MaxFileSize {
			return
		}
		if b, err := fs.ReadFile(d.root.FS(), name); err == nil {
			out[name] = b
		}
	})
	return out
}

// load compiles and proves the flows as `tacet check` does.
func (d *draft) load() preview.Draft {
	d.remember(d.stamp())
	out := preview.Draft{Files: d.written(), Witnesses: map[string]preview.Witness{}}
	var results []*compiler.Result
	var problems diag.List
	if out.Bug = caught(func() { results, problems = compiler.CompileAll(d.root.FS(), compiler.Options{}) }); out.Bug != nil {
		return out
	}
	files := diag.Files{}
	now := time.Now()
	proofs := make([]proof, len(results))
	var wg sync.WaitGroup
	for i, r := range results {
		maps.Copy(files, r.Files)
		if r.Machine == nil {
			continue
		}
		wg.Go(func() {
			if bug := caught(func() { proofs[i] = prove(r, now, filepath.Join(d.dir, talkFolder)) }); bug != nil {
				proofs[i].bugs = []error{bug}
			}
		})
	}
	wg.Wait()
	for i, r := range results {
		out.Flows = append(out.Flows, preview.Flow{File: r.Entry, Machine: r.Machine, Tests: r.Tests})
		problems = append(problems, proofs[i].problems...)
		out.Bug = errors.Join(out.Bug, errors.Join(proofs[i].bugs...))
		if proofs[i].report == nil {
			continue
		}
		for _, p := range proofs[i].problems {
			if p.Witness != "" {
				p.Witness = filepath.Base(p.Witness) // the page knows it without its folder
			}
		}
		for _, w := range proofs[i].report.Witnesses {
			out.Witnesses[r.Machine.Flow.ID+"."+w.Name] = preview.Witness{File: r.Entry, Talk: w.Talk}
		}
	}
	out.Problems, out.Sources = problems.Sorted(), files
	return out
}

// caught does what panics only by a bug of ours, and returns that bug: what is written meanwhile must not go with it.
func caught(do func()) (bug error) {
	defer func() {
		if r := recover(); r != nil {
			bug = fmt.Errorf("%v", r)
		}
	}()
	do()
	return nil
}

func (d *draft) save(name string, was, content []byte) error {
	file := filepath.Join(d.dir, filepath.FromSlash(name))
	if was == nil {
		if _, err := d.root.Lstat(name); !errors.Is(err, fs.ErrNotExist) {
			return preview.ErrChanged
		}
		return writeWhole(file, content, 0o644)
	}
	if now, err := fs.ReadFile(d.root.FS(), name); err != nil || !bytes.Equal(now, was) {
		return preview.ErrChanged
	}
	return replaceFile(file, content)
}

// stamp changes with every change of the files.
func (d *draft) stamp() string {
	var b strings.Builder
	d.each(func(name string, info fs.FileInfo) {
		fmt.Fprintf(&b, "%s %d %d\n", name, info.Size(), info.ModTime().UnixNano())
	})
	return b.String()
}

// remember keeps a stamp, and reports whether it is new.
func (d *draft) remember(stamp string) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	fresh := d.seen != stamp
	d.seen = stamp
	return fresh
}

// glance is how often the folder is looked at. Looking works on every file system, also where changes are not told.
const glance = 300 * time.Millisecond

func (d *draft) watch(ctx context.Context, changed func()) {
	tick := time.NewTicker(glance)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			if d.remember(d.stamp()) {
				changed()
			}
		}
	}
}
