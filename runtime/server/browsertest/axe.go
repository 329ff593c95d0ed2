package browsertest

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"time"
)

// axeVersion is the release of axe-core (Deque, MPL-2.0) that pages are judged by. It is fetched for tests and is no part
// of anything that is built.
const axeVersion = "4.10.3"

// axeSource is the script of axe-core: from the cache of this machine, or once with npm.
var axeSource = sync.OnceValues(func() (string, error) {
	cache, err := os.UserCacheDir()
	if err != nil {
		return "", err
	}
	file := filepath.Join(cache, "tacet", "axe-core-"+axeVersion+".min.js")
	if b, err := os.ReadFile(file); err == nil {
		return string(b), nil
	}
	b, err := fetchAxe()
	if err != nil {
		return "", err
	}
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		return "", err
	}
	return string(b), os.WriteFile(file, b, 0o600)
})

func fetchAxe() ([]byte, error) {
	dir, err := os.MkdirTemp("", "axe-core")
	if err != nil {
		return nil, err
	}
	defer func() { _ = os.RemoveAll(dir) }() // a folder of the system's, which it empties in time
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	pack := exec.CommandContext(ctx, "npm", "pack", "--silent", "axe-core@"+axeVersion)
	pack.Dir = dir
	if out, err := pack.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("npm pack axe-core: %w: %s", err, out)
	}
	b, err := os.ReadFile(filepath.Join(dir, "axe-core-"+axeVersion+".tgz"))
	if err != nil {
		return nil, err
	}
	return unpack(b, "package/axe.min.js")
}

// unpack returns one file of a compressed archive.
func unpack(archive []byte, name string) ([]byte, error) {
	z, err := gzip.NewReader(bytes.NewReader(archive))
	if err != nil {
		return nil, err
	}
	for t := tar.NewReader(z); ; {
		h, err := t.Next()
		if errors.Is(err, io.EOF) {
			return nil, fmt.Errorf("no %s in the archive", name)
		}
		if err != nil {
			return nil, err
		}
		if h.Name == name {
			return io.ReadAll(t)
		}
	}
}

var axeMissing sync.Once

// axe lists what axe-core finds against WCAG 2.2 A and AA on the page as it stands; nothing without scripts, or where there is no axe-core,
// which is said once.
func (b *Tab) axe() []string {
	if b.scriptless { // axe-core waits for the page's timers, which stand still
		return nil
	}
	b.Helper()
	source, err := axeSource()
	if err != nil {
		if os.Getenv("TACET_REQUIRE_PEERS") == "1" {
			b.Fatalf("axe-core is missing (npm pack axe-core@%s): %v", axeVersion, err)
		}
		axeMissing.Do(func() { b.Logf("without axe-core, which npm would fetch: %v", err) })
		return nil
	}
	if !Eval[bool](b, `!!window.axe`) {
		Eval[bool](b, source+"\n;true")
	}
	return Eval[[]string](b, `axe.run(document, { runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"] })
		.then((r) => r.violations.flatMap((v) => v.nodes.map((n) => "axe " + v.id + ": " + n.target.join(" ") + ": " + (n.any[0]?.message || v.help))))`)
}

// Check reports what is wrong with the page as it stands.
func (b *Tab) Check(view string) {
	b.Helper()
	for _, fault := range append(Eval[[]string](b, faults), b.axe()...) {
		b.Errorf("%s: %s", view, fault)
	}
}
