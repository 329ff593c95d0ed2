package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"filippo.io/age"

	"github.com/tacet-lang/tacet/runtime/audit"
	"github.com/tacet-lang/tacet/runtime/session"
	"github.com/tacet-lang/tacet/runtime/store/sqlite"
)

// keysBackup is the one file of keys in a folder of backups. It is replaced each time, so that a key that was destroyed is in
// no backup any more from the next one on, and what it sealed cannot be read from any older copy of the conversations.
const keysBackup = "keys.age"

type backupCmd struct {
	Dir  string `arg:"" optional:"" help:"Folder of the practice; the current folder by default." default:"."`
	To   string `help:"Folder to write to; the same each time." required:"" type:"path"`
	For  string `help:"Who can read it: an age recipient, age1… or, safe from quantum computers too, age1pq1…; age-keygen makes one." required:"" placeholder:"RECIPIENT"`
	Data string `help:"Database file; by default .tacet/tacet.db in the practice's folder." placeholder:"FILE"`
}

// Help shows examples.
func (backupCmd) Help() string {
	return `Examples:
  tacet backup --to /mnt/backup --for age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p lakeside

Two files are written, encrypted (age): conversations-TIME.age, which stays, and keys.age, which is replaced. The master key is
in neither; keep it elsewhere. The server may go on meanwhile. A PostgreSQL database is backed up with its own tools.`
}

// Run copies and encrypts.
func (cmd *backupCmd) Run(con *console) error {
	recipients, err := age.ParseRecipients(strings.NewReader(cmd.For))
	if err != nil || len(recipients) != 1 {
		return usage("`--for` is no age recipient, which begins with age1")
	}
	recipient := recipients[0]
	data := cmd.Data
	if data == "" {
		data = filepath.Join(cmd.Dir, ".tacet", "tacet.db")
	}
	if isPostgres(data) {
		return usage("a PostgreSQL database is backed up with its own tools, the conversations' and the keys' apart")
	}
	if _, err := os.Stat(data); err != nil {
		return ioError(fmt.Errorf("there is no database at %s", data))
	}
	if err := os.MkdirAll(cmd.To, 0o700); err != nil {
		return ioError(err)
	}
	if err := sweep(cmd.To, unfinished, 0); err != nil {
		return ioError(err)
	}
	// the conversations first: a key that is made meanwhile is needed by none of them
	conversations := "conversations-" + time.Now().UTC().Format("20060102T150405Z") + ".age"
	for _, part := range []struct{ from, to string }{{data, conversations}, {data + ".keys", keysBackup}} {
		name := filepath.Join(cmd.To, part.to)
		if err := encryptCopy(part.from, name, recipient); err != nil {
			return ioError(err)
		}
		if _, err := fmt.Fprintln(con.out, name); err != nil {
			return err
		}
	}
	return nil
}

// These begin the names of what is written until it is whole, and of what is restored to be tried.
const (
	unfinished = ".tacet-"
	tried      = "tacet-restore-"
)

// sweep removes what a backup or a restore that was killed has left in a folder, if it is so old: copies of keys are in it, also of such as
// are destroyed since. Another that is under way there fails. The rest of such a name is digits, as os.MkdirTemp makes them.
func sweep(folder, prefix string, old time.Duration) error {
	list, err := os.ReadDir(folder)
	for _, e := range list {
		number, ours := strings.CutPrefix(e.Name(), prefix)
		if !ours || number == "" || strings.Trim(number, "0123456789") != "" {
			continue
		}
		if info, gone := e.Info(); gone == nil && time.Since(info.ModTime()) >= old {
			err = errors.Join(err, os.RemoveAll(filepath.Join(folder, e.Name())))
		}
	}
	return err
}

// encryptCopy writes an encrypted copy of a database. The copy in clear, whose columns are sealed anyway, lies beside it for
// as long as that takes.
func encryptCopy(from, to string, recipient age.Recipient) (err error) {
	dir, err := os.MkdirTemp(filepath.Dir(to), unfinished)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	plain, sealed := filepath.Join(dir, "copy"), filepath.Join(dir, "sealed")
	if err := sqlite.Backup(context.Background(), from, plain); err != nil {
		return err
	}
	in, err := os.Open(plain)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, in.Close()) }()
	out, err := os.OpenFile(sealed, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	w, err := age.Encrypt(out, recipient)
	if err == nil {
		if _, err = io.Copy(w, in); err == nil {
			err = w.Close()
		}
	}
	if err == nil {
		err = out.Sync()
	}
	if err = errors.Join(err, out.Close()); err != nil {
		return err
	}
	return os.Rename(sealed, to)
}

type restoreCmd struct {
	Dir      string `arg:"" optional:"" help:"Folder of the practice; the current folder by default." default:"."`
	From     string `help:"Backup of the conversations; keys.age is taken from the same folder." required:"" type:"existingfile"`
	Identity string `help:"File with the age identity that can read it." required:"" type:"existingfile"`
	Data     string `help:"Database file to make; by default .tacet/tacet.db in the practice's folder. It must not be there." placeholder:"FILE"`
	Trail    string `help:"File with the trail as tacet audit export prints it, later than the copy: what was erased since is erased again." type:"existingfile"`
	Try      bool   `help:"Restore into a temporary folder, verify, and remove it again."`
}

// Help shows examples.
func (restoreCmd) Help() string {
	return `Examples:
  tacet restore --try --from /mnt/backup/conversations-20261122T140000Z.age --identity backup.key lakeside
  tacet restore --from /mnt/backup/conversations-20261122T140000Z.age --identity backup.key --trail trail.jsonl lakeside

What is restored is verified: the audit trail is whole, and every turn is as it was written. What was erased after keys.age was written
is readable again, unless --trail names it.`
}

// Run decrypts and verifies.
func (cmd *restoreCmd) Run(con *console) (err error) {
	c, err := mustCompile(con, compiling{}, cmd.Dir)
	if err != nil {
		return err
	}
	data := cmd.Data
	if data == "" {
		data = filepath.Join(cmd.Dir, ".tacet", "tacet.db")
	}
	if cmd.Try {
		_ = sweep(os.TempDir(), tried, time.Hour) // what belongs to another user stays
		dir, err := os.MkdirTemp("", tried)
		if err != nil {
			return ioError(err)
		}
		defer func() { _ = os.RemoveAll(dir) }() // a copy that stays behind is sealed
		data = filepath.Join(dir, "tacet.db")
	}
	identities, err := readIdentities(cmd.Identity)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(data), 0o700); err != nil {
		return ioError(err)
	}
	if err := sweep(filepath.Dir(data), unfinished, 0); err != nil {
		return ioError(err)
	}
	for _, part := range []struct{ from, to string }{
		{filepath.Join(filepath.Dir(cmd.From), keysBackup), data + ".keys"}, {cmd.From, data},
	} {
		if _, err := os.Lstat(part.to); err == nil {
			return usage("%s is there already; nothing is restored over it", part.to)
		}
		if err := decryptCopy(part.from, part.to, identities); err != nil {
			return ioError(fmt.Errorf("%s: %w", part.from, err))
		}
	}
	practice := c.flows[0].Machine.Practice.ID
	if err := verifyRestored(con, data, practice); err != nil {
		return err
	}
	switch {
	case cmd.Trail == "" && cmd.Try:
		return nil
	case cmd.Trail == "":
		_, err := fmt.Fprintln(con.err, "what was erased after keys.age was written is readable again; erase it, or restore with `--trail`")
		return err
	}
	since, err := readEnds(cmd.Trail)
	if err != nil {
		return usage("%s: %w", cmd.Trail, err)
	}
	return since.again(con, cmd.Dir, data, practice)
}

func readIdentities(name string) ([]age.Identity, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, ioError(err)
	}
	defer func() { _ = f.Close() }() // it was only read
	list, err := age.ParseIdentities(f)
	if err != nil {
		return nil, usage("%s is no file of age identities", name)
	}
	return list, nil
}

// decryptCopy writes a file so that it is there whole or not at all. What was changed by a single bit does not decrypt.
func decryptCopy(from, to string, identities []age.Identity) (err error) {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, in.Close()) }()
	plain, err := age.Decrypt(bufio.NewReader(in), identities...)
	if err != nil {
		return errors.New("it cannot be decrypted with this identity, or was changed")
	}
	tmp, err := os.CreateTemp(filepath.Dir(to), unfinished+"*")
	if err != nil {
		return err
	}
	defer func() { _ = os.Remove(tmp.Name()) }() // gone already when the rename succeeded
	_, err = io.Copy(tmp, plain)
	if err != nil {
		err = errors.New("it was changed, or is not whole")
	} else {
		err = tmp.Sync()
	}
	if err = errors.Join(err, tmp.Close()); err != nil {
		return err
	}
	return os.Rename(tmp.Name(), to)
}

func verifyRestored(con *console, data, practice string) error {
	var store session.Store
	store, err := sqlite.Open(data, sqlite.Options{})
	if err != nil {
		return ioError(err)
	}
	r, err := audit.Verify(context.Background(), store, practice)
	if err = errors.Join(err, store.Close()); err != nil {
		return ioError(err)
	}
	return tellTrail(con, r)
}
