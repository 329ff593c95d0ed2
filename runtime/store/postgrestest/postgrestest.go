// Package postgrestest starts a private PostgreSQL server, from Debian's package. It is for tests and measurements only.
package postgrestest

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

// Server is a running server with a socket in a folder of its own. It does not flush to disk less than a real one.
type Server struct {
	dir string
	cmd *exec.Cmd
}

var (
	once   sync.Once
	shared *Server
	reason error // why there is none
	next   atomic.Int64
)

// Run runs a package's tests and stops the server that they started, if any: os.Exit(postgrestest.Run(m)).
func Run(m *testing.M) int {
	code := m.Run()
	if shared != nil {
		if err := shared.Close(); err != nil {
			fmt.Fprintln(os.Stderr, "postgrestest:", err)
			return 1
		}
	}
	return code
}

// Database makes an empty database and returns its address, as a role that row-level security holds for. Without
// PostgreSQL the test is skipped.
func Database(t testing.TB) string {
	t.Helper()
	once.Do(func() { shared, reason = Launch() })
	if reason != nil {
		if os.Getenv("TACET_REQUIRE_PEERS") == "1" {
			t.Fatalf("PostgreSQL is missing (apt-get install postgresql): %v", reason)
		}
		t.Skipf("needs PostgreSQL: apt-get install postgresql (%v)", reason)
	}
	name := fmt.Sprintf("test%d", next.Add(1))
	address, err := shared.Create(name)
	if err != nil {
		t.Fatal(err)
	}
	return address
}

// Super returns the address of a database for a role that row-level security does not hold for.
func Super(t testing.TB, database string) string {
	t.Helper()
	c, err := pgx.ParseConfig(database)
	if err != nil {
		t.Fatal(err)
	}
	return shared.url(c.Database, "postgres")
}

// Address is that of a database of Create.
func (s *Server) Address(name string) string { return s.url(name, "app") }

func (s *Server) url(database, role string) string {
	return fmt.Sprintf("host=%s user=%s dbname=%s", s.dir, role, database)
}

// Create makes an empty database and returns its address, as a role that row-level security holds for.
func (s *Server) Create(name string) (string, error) {
	return s.Address(name), s.exec("CREATE DATABASE " + pgx.Identifier{name}.Sanitize() + " OWNER app")
}

func (s *Server) exec(sql string) error {
	ctx := context.Background()
	c, err := pgx.Connect(ctx, s.url("postgres", "postgres"))
	if err != nil {
		return err
	}
	_, err = c.Exec(ctx, sql)
	return errors.Join(err, c.Close(ctx))
}

// Stop ends the server at once, as a power cut does; Start brings it back on the same data.
func Stop(t testing.TB) {
	t.Helper()
	if err := shared.cmd.Process.Signal(syscall.SIGQUIT); err != nil {
		t.Fatal(err)
	}
	_ = shared.cmd.Wait() // it was told to end badly
}

// Start brings back the server that Stop ended.
func Start(t testing.TB) {
	t.Helper()
	if err := shared.run(); err != nil {
		t.Fatal(err)
	}
}

// Launch starts a server on an empty folder. Close ends it.
func Launch() (*Server, error) {
	bin, err := programs()
	if err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp("", "tacet-pg-")
	if err != nil {
		return nil, err
	}
	s := &Server{dir: dir}
	as, err := owner()
	if err != nil {
		return nil, err
	}
	if as != nil {
		if err := os.Chown(dir, int(as.Uid), int(as.Gid)); err != nil {
			return nil, err
		}
	}
	data := filepath.Join(dir, "data")
	if err := command(as, dir, filepath.Join(bin, "initdb"), "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-locale", "-N").Run(); err != nil {
		return nil, errors.Join(fmt.Errorf("initdb: %w", err), os.RemoveAll(dir))
	}
	s.cmd = command(as, dir, filepath.Join(bin, "postgres"), "-D", data, "-k", dir, "-c", "listen_addresses=",
		"-c", "max_connections=200", "-c", "shared_buffers=64MB")
	if err := s.run(); err != nil {
		return nil, errors.Join(err, os.RemoveAll(dir))
	}
	if err := s.exec(`CREATE ROLE app LOGIN`); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

// run starts the server and waits until it answers.
func (s *Server) run() error {
	again := *s.cmd
	s.cmd = &exec.Cmd{Path: again.Path, Args: again.Args, Dir: again.Dir, SysProcAttr: again.SysProcAttr}
	if err := s.cmd.Start(); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	for {
		c, err := pgx.Connect(ctx, s.url("postgres", "postgres"))
		if err == nil {
			return c.Close(ctx)
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("PostgreSQL does not answer: %w", err)
		case <-time.After(50 * time.Millisecond):
		}
	}
}

// Close ends the server and removes its data.
func (s *Server) Close() error {
	_ = s.cmd.Process.Signal(syscall.SIGINT) // it may have ended
	_ = s.cmd.Wait()
	return os.RemoveAll(s.dir)
}

func command(as *syscall.Credential, dir, name string, args ...string) *exec.Cmd {
	c := exec.Command(name, args...)
	c.Dir = dir
	c.SysProcAttr = &syscall.SysProcAttr{Credential: as, Setpgid: true, Pdeathsig: syscall.SIGQUIT} // gone with us, however we go
	return c
}

// owner is who the server runs as: nobody else than us, unless we are root, which PostgreSQL refuses.
func owner() (*syscall.Credential, error) {
	if os.Geteuid() != 0 {
		return nil, nil
	}
	u, err := user.Lookup("postgres")
	if err != nil {
		return nil, err
	}
	uid, err := strconv.ParseUint(u.Uid, 10, 32)
	if err != nil {
		return nil, err
	}
	gid, err := strconv.ParseUint(u.Gid, 10, 32)
	return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}, err
}

// programs finds where the newest server's programs are.
func programs() (string, error) {
	if p, err := exec.LookPath("initdb"); err == nil {
		return filepath.Dir(p), nil
	}
	found, err := filepath.Glob("/usr/lib/postgresql/*/bin/initdb")
	if err != nil || len(found) == 0 {
		return "", errors.Join(errors.New("there is no initdb"), err)
	}
	slices.Sort(found)
	return filepath.Dir(found[len(found)-1]), nil
}
