package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/tink-crypto/tink-go/v2/tink"

	"github.com/tacet-lang/tacet/runtime/store/sqlite"
	"github.com/tacet-lang/tacet/runtime/vault"
)

// data is what a server keeps: conversations in a database file, and apart from it, so that a copy of one does not open
// without the other, the keys that seal them.
type data struct {
	store *sqlite.Store
	keys  *sqlite.Keys
	vault *vault.Vault
}

// openData opens the database at name, its keys at name.keys, and the master key.
func openData(con *console, name, master string) (*data, error) {
	if err := os.MkdirAll(filepath.Dir(name), 0o700); err != nil {
		return nil, ioError(err)
	}
	key, err := masterKey(con, filepath.Join(filepath.Dir(name), "master.key"), master)
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
