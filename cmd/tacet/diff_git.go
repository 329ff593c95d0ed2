package main

import (
	"archive/tar"
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"strings"
)

// maxRevision bounds what is read of a folder at a revision.
const maxRevision = 256 << 20

// loadRevision reads a path as it stood at a git revision. Like git itself it counts the path from the top of the
// repository, unless it begins with a dot. The folder of a flow file is read whole, for its practice.yaml.
func loadRevision(con *console, name, rev, at string) (*side, error) {
	if strings.HasPrefix(rev, "-") {
		return nil, usage("`%s` is no revision", rev)
	}
	top, err := git("", "rev-parse", "--show-toplevel")
	if err != nil {
		return nil, err
	}
	if at == "." || strings.HasPrefix(at, "./") || strings.HasPrefix(at, "../") {
		if at, err = fromTop(string(bytes.TrimSpace(top)), at); err != nil {
			return nil, err
		}
	}
	folder, file := path.Clean("./"+at), ""
	if ext := path.Ext(at); ext == ".flow" || ext == ".json" {
		folder, file = path.Dir(folder), path.Base(at)
	}
	archive, err := git(string(bytes.TrimSpace(top)), "archive", "--format=tar", rev, "--", folder)
	if err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp("", "tacet-diff-")
	if err != nil {
		return nil, ioError(err)
	}
	defer func() { _ = os.RemoveAll(dir) }()
	if err := unpack(archive, dir); err != nil {
		return nil, err
	}
	s, err := loadSide(con, filepath.Join(dir, filepath.FromSlash(folder), file))
	if s != nil {
		s.name = name
	}
	return s, err
}

// fromTop is a path of the working folder as it counts from the top of its repository.
func fromTop(top, at string) (string, error) {
	abs, err := filepath.Abs(filepath.FromSlash(at))
	if err != nil {
		return "", ioError(err)
	}
	if real, err := filepath.EvalSymlinks(abs); err == nil {
		abs = real
	}
	rel, err := filepath.Rel(top, abs)
	if err != nil || !filepath.IsLocal(rel) {
		return "", usage("`%s` does not lie in the repository `%s`", at, top)
	}
	return filepath.ToSlash(rel), nil
}

func git(dir string, args ...string) ([]byte, error) {
	cmd := exec.Command("git", args...)
	cmd.Dir = dir
	var problem bytes.Buffer
	cmd.Stderr = &problem
	out, err := cmd.Output()
	switch {
	case errors.Is(err, exec.ErrNotFound):
		return nil, usage("revisions are read with git, which is not installed here")
	case err != nil:
		first, _, _ := strings.Cut(strings.TrimSpace(problem.String()), "\n")
		return nil, usage("git %s: %s", args[0], strings.TrimPrefix(first, "fatal: "))
	}
	return out, nil
}

// unpack writes the regular files of an archive into a folder, and nothing outside of it.
func unpack(archive []byte, dir string) error {
	var size int64
	for r := tar.NewReader(bytes.NewReader(archive)); ; {
		h, err := r.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return ioError(fmt.Errorf("the archive that git wrote cannot be read: %w", err))
		}
		if h.Typeflag != tar.TypeReg {
			continue
		}
		if size += h.Size; size > maxRevision || !filepath.IsLocal(filepath.FromSlash(h.Name)) {
			return usage("the folder at that revision is larger than %d MiB or names files outside of it", maxRevision>>20)
		}
		name := filepath.Join(dir, filepath.FromSlash(h.Name))
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			return ioError(err)
		}
		content, err := io.ReadAll(r)
		if err != nil {
			return ioError(err)
		}
		if err := os.WriteFile(name, content, 0o644); err != nil {
			return ioError(err)
		}
	}
}
