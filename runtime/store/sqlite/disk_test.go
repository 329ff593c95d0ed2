package sqlite_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/ncruces/go-sqlite3/vfs"
)

// disk is a file layer over the system's that remembers what was written and not flushed yet, and can tell at any
// moment what a power cut would leave: what was flushed, and of everything else any part, sector by sector. It can also
// fail.
type disk struct {
	vfs.VFS
	name string
	fail atomic.Pointer[func(op string) error]

	mu    sync.Mutex
	files map[string]*image // by path; guarded by mu
}

// image is what of a file is safe, and what is under way.
type image struct {
	safe    []byte
	pending []operation // in order
}

// operation is a write, or without data a truncation.
type operation struct {
	at   int64
	data []byte
}

const sector = 512

var disks atomic.Int64

// newDisk registers a disk under its name.
func newDisk(t *testing.T) *disk {
	t.Helper()
	d := &disk{VFS: vfs.Find(""), name: fmt.Sprintf("disk%d", disks.Add(1)), files: map[string]*image{}}
	vfs.Register(d.name, d)
	t.Cleanup(func() { vfs.Unregister(d.name) })
	return d
}

func (d *disk) breaks(op string) error {
	if f := d.fail.Load(); f != nil {
		return (*f)(op)
	}
	return nil
}

// OpenFilename implements vfs.VFSFilename.
func (d *disk) OpenFilename(name *vfs.Filename, flags vfs.OpenFlag) (vfs.File, vfs.OpenFlag, error) {
	if err := d.breaks("open"); err != nil {
		return nil, flags, err
	}
	f, flags, err := d.VFS.(vfs.VFSFilename).OpenFilename(name, flags)
	path := name.String()
	if err != nil || path == "" {
		return f, flags, err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.files[path] == nil {
		content, err := os.ReadFile(path)
		if err != nil {
			return nil, flags, err
		}
		d.files[path] = &image{safe: content}
	}
	return &file{File: f, disk: d, image: d.files[path]}, flags, nil
}

// Delete implements vfs.VFS. A file that is deleted is gone at once.
func (d *disk) Delete(name string, sync bool) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	delete(d.files, name)
	return d.VFS.Delete(name, sync)
}

// cut writes to a folder what a power cut at this moment would leave.
func (d *disk) cut(t *testing.T, folder string, random *rand.Rand) {
	t.Helper()
	d.mu.Lock()
	defer d.mu.Unlock()
	for name, f := range d.files {
		if err := os.WriteFile(filepath.Join(folder, filepath.Base(name)), f.after(random), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

// after is the file after a power cut: of what was under way, nothing, everything, or any sectors of it.
func (f *image) after(random *rand.Rand) []byte {
	content := append([]byte(nil), f.safe...)
	kept := []float64{0, 1, random.Float64()}[random.IntN(3)]
	for _, op := range f.pending {
		if op.data == nil {
			if random.Float64() < kept && op.at < int64(len(content)) {
				content = content[:op.at]
			}
			continue
		}
		for at := 0; at < len(op.data); {
			n := min(sector-int(op.at+int64(at))%sector, len(op.data)-at)
			if random.Float64() < kept {
				content = put(content, op.at+int64(at), op.data[at:at+n])
			}
			at += n
		}
	}
	return content
}

func put(content []byte, at int64, data []byte) []byte {
	if grow := at + int64(len(data)) - int64(len(content)); grow > 0 {
		content = append(content, make([]byte, grow)...)
	}
	copy(content[at:], data)
	return content
}

// file is an open file of a disk.
type file struct {
	vfs.File
	disk  *disk
	image *image
}

// SharedMemory implements vfs.FileSharedMemory: it is memory, and no part of the disk.
func (f *file) SharedMemory() vfs.SharedMemory {
	return f.File.(vfs.FileSharedMemory).SharedMemory()
}

func (f *file) ReadAt(p []byte, at int64) (int, error) {
	if err := f.disk.breaks("read"); err != nil {
		return 0, err
	}
	return f.File.ReadAt(p, at)
}

func (f *file) WriteAt(p []byte, at int64) (int, error) {
	if err := f.disk.breaks("write"); err != nil {
		return 0, err
	}
	f.disk.mu.Lock()
	defer f.disk.mu.Unlock()
	f.image.pending = append(f.image.pending, operation{at, append([]byte{}, p...)})
	return f.File.WriteAt(p, at)
}

func (f *file) Truncate(size int64) error {
	if err := f.disk.breaks("write"); err != nil {
		return err
	}
	f.disk.mu.Lock()
	defer f.disk.mu.Unlock()
	f.image.pending = append(f.image.pending, operation{at: size})
	return f.File.Truncate(size)
}

func (f *file) Sync(flags vfs.SyncFlag) error {
	if err := f.disk.breaks("sync"); err != nil {
		return err
	}
	if err := f.File.Sync(flags); err != nil {
		return err
	}
	f.disk.mu.Lock()
	defer f.disk.mu.Unlock()
	for _, op := range f.image.pending {
		if op.data == nil {
			f.image.safe = f.image.safe[:min(op.at, int64(len(f.image.safe)))]
			continue
		}
		f.image.safe = put(f.image.safe, op.at, op.data)
	}
	f.image.pending = nil
	return nil
}
