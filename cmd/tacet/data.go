package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/tink-crypto/tink-go/v2/tink"

	"github.com/tacet-lang/tacet/runtime/breach"
	"github.com/tacet-lang/tacet/runtime/outbox"
	"github.com/tacet-lang/tacet/runtime/people"
	"github.com/tacet-lang/tacet/runtime/release"
	"github.com/tacet-lang/tacet/runtime/retention"
	"github.com/tacet-lang/tacet/runtime/store/postgres"
	"github.com/tacet-lang/tacet/runtime/store/sqlite"
	"github.com/tacet-lang/tacet/runtime/vault"
)

// data is what a server keeps: conversations in a database, and apart from it, so that a copy of one does not open
// without the other, the keys that seal them.
type data struct {
	store  database
	keys   io.Closer
	vault  *vault.Vault
	shared bool // with other processes
}

// database is a store with all of its rooms.
type database interface {
	breach.Store
	outbox.Store
	release.Store
	retention.Store
	People() people.Store
}

// dataFlags say where the data of a practice is.
type dataFlags struct {
	Data   string `help:"Database: a file, by default .tacet/tacet.db in the practice's folder, or postgres://…" aliases:"database" env:"TACET_DATABASE_URL"`
	Keys   string `help:"Database of the keys that seal what patients write, postgres://…; a database file has it beside it, as FILE.keys." env:"TACET_KEYS_URL" placeholder:"URL"`
	Master string `help:"Master key that seals those keys: file:NAME, env:VARIABLE or command:LINE; by default the file master.key beside the database file, which is made when it is not there." placeholder:"SOURCE"`
}

// check finds what cannot be meant, before anything is opened.
func (f *dataFlags) check() error {
	switch {
	case !isPostgres(f.Data) && f.Keys != "":
		return usage("`--keys` goes with a PostgreSQL database; a database file has its keys beside it")
	case !isPostgres(f.Data):
		return nil
	case !isPostgres(f.Keys), f.Keys == f.Data:
		return usage("`--keys` must name a PostgreSQL database too, another than the conversations', so that no copy of one opens without the other")
	case f.Master == "":
		return usage("`--master` must say where the master key is, which all servers of the practice share")
	}
	return nil
}

// open opens the database, its keys and the master key. dir is the folder of the practice.
func (f *dataFlags) open(con *console, dir string) (*data, error) {
	if err := f.check(); err != nil {
		return nil, err
	}
	if isPostgres(f.Data) {
		return openPostgres(f)
	}
	name := f.Data
	if name == "" {
		name = filepath.Join(dir, ".tacet", "tacet.db")
	}
	return openData(con, name, f.Master)
}

// folder is where a server may keep what is no patient data: beside the database file, or in the practice's folder.
func (f *dataFlags) folder(dir string) string {
	if f.Data == "" || isPostgres(f.Data) {
		return filepath.Join(dir, ".tacet")
	}
	return filepath.Dir(f.Data)
}

// openStore opens the database alone, for who reads and writes nothing sealed.
func (f *dataFlags) openStore() (database, error) {
	if !isPostgres(f.Data) {
		store, err := sqlite.Open(f.Data, sqlite.Options{})
		if err != nil {
			return nil, ioError(err)
		}
		return store, nil
	}
	ctx, cancel := context.WithTimeout(context.Background(), connecting)
	defer cancel()
	store, err := postgres.Open(ctx, f.Data)
	if err != nil {
		return nil, ioError(fmt.Errorf("database: %w", err))
	}
	return store, nil
}

// isPostgres tells the address of a database from the name of a file.
func isPostgres(s string) bool {
	return strings.HasPrefix(s, "postgres://") || strings.HasPrefix(s, "postgresql://")
}

// connecting bounds how long a database may take to be there.
const connecting = 30 * time.Second

func openPostgres(f *dataFlags) (*data, error) {
	ctx, cancel := context.WithTimeout(context.Background(), connecting)
	defer cancel()
	key, err := masterKey(nil, "", f.Master)
	if err != nil {
		return nil, err
	}
	keys, err := postgres.OpenKeys(ctx, f.Keys)
	if err != nil {
		return nil, ioError(fmt.Errorf("keys: %w", err))
	}
	v, err := vault.New(vault.Options{Master: key, Keys: keys})
	if err != nil {
		return nil, ioError(errors.Join(err, keys.Close()))
	}
	store, err := postgres.Open(ctx, f.Data)
	if err != nil {
		return nil, ioError(errors.Join(fmt.Errorf("database: %w", err), keys.Close()))
	}
	return &data{store: store, keys: keys, vault: v, shared: true}, nil
}

// openData opens the database file at name, its keys at name.keys, and the master key.
func openData(con *console, name, master string) (*data, error) {
	if err := os.MkdirAll(filepath.Dir(name), 0o700); err != nil {
		return nil, ioError(err)
	}
	file := filepath.Join(filepath.Dir(name), "master.key")
	if master == "" && exists(name+".keys") && !exists(file) {
		return nil, ioError(fmt.Errorf("%s is missing, and nothing that is stored can be read without it: put it back from its copy, or say with `--master` where it is", file))
	}
	key, err := masterKey(con, file, master)
	if err != nil {
		return nil, err
	}
	keys, err := sqlite.OpenKeys(name + ".keys")
	if err != nil {
		return nil, ioError(err)
	}
	v, err := vault.New(vault.Options{Master: key, Keys: keys})
	if err != nil {
		return nil, ioError(errors.Join(err, keys.Close()))
	}
	store, err := sqlite.Open(name, sqlite.Options{})
	if err != nil {
		return nil, ioError(errors.Join(err, keys.Close()))
	}
	return &data{store: store, keys: keys, vault: v}, nil
}

func exists(name string) bool {
	_, err := os.Stat(name)
	return err == nil
}

func (d *data) close() error { return errors.Join(d.store.Close(), d.keys.Close()) }

// masterKey finds the master key where source says; without one in a file, which it makes once.
func masterKey(con *console, file, source string) (key tink.AEAD, err error) {
	kind, rest, _ := strings.Cut(source, ":")
	words := strings.Fields(rest)
	switch {
	case source == "":
		key, err = ownMasterKey(con, file)
	case kind == "file":
		key, err = vault.MasterFromFile(rest)
	case kind == "env":
		key, err = vault.MasterFromEnv(rest)
	case kind == "command" && len(words) > 0:
		key, err = vault.MasterFromCommand(context.Background(), words[0], words[1:]...)
	default:
		return nil, usage("`--master` is `%s`; it must be file:NAME, env:VARIABLE or command:LINE", source)
	}
	if err != nil {
		return nil, ioError(err)
	}
	return key, nil
}

// ownMasterKey makes the file on the first start, and says so.
func ownMasterKey(con *console, file string) (tink.AEAD, error) {
	switch err := vault.CreateMasterFile(file); {
	case err == nil:
		fmt.Fprintf(con.err, "%s is the new master key. Nothing that patients write can be read without it: keep a copy in a safe place, apart from backups.\n", file)
	case !errors.Is(err, fs.ErrExist):
		return nil, err
	}
	return vault.MasterFromFile(file)
}
