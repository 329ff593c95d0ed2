package main

import (
	"encoding/json"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"os/exec"
	"path/filepath"
)

// cut is what the bare tacet does not do: each function returns at once instead. Nothing of this is in the product; the source is
// changed on its way to the compiler, so that everything else is the same program.
var cut = []struct{ file, function, instead string }{
	{"runtime/vault/vault.go", "Seal", "return plain, nil"},
	{"runtime/vault/vault.go", "Open", "return sealed, nil"},
	{"runtime/vault/vault.go", "NewKey", "return 1, nil"},
	{"runtime/session/audit.go", "EncodeEntries", "return nil"},
	{"runtime/session/store.go", "Digest", "return Digest{}"},
	{"runtime/store/sqlite/batch.go", "audit", "return"},
}

// buildBare builds tacet without sealing, keys and the audit trail: what remains is the durable runtime without them.
func (o *options) buildBare() error {
	root, err := os.Getwd()
	if err != nil {
		return err
	}
	changed := map[string][]byte{}
	for _, c := range cut {
		path := filepath.Join(root, c.file)
		source := changed[path]
		if source == nil {
			if source, err = os.ReadFile(path); err != nil {
				return err
			}
		}
		if changed[path], err = cutShort(source, c.function, c.instead); err != nil {
			return fmt.Errorf("%s: %w", c.file, err)
		}
	}
	replace := map[string]string{}
	for path, source := range changed {
		replace[path] = filepath.Join(o.dir, fmt.Sprintf("cut-%d.go", len(replace)))
		if err := os.WriteFile(replace[path], source, 0o600); err != nil {
			return err
		}
	}
	overlay, err := json.Marshal(map[string]any{"Replace": replace})
	if err != nil {
		return err
	}
	name := filepath.Join(o.dir, "overlay.json")
	if err := os.WriteFile(name, overlay, 0o600); err != nil {
		return err
	}
	if out, err := exec.Command("go", "build", "-overlay", name, "-o", o.bare(), "./cmd/tacet").CombinedOutput(); err != nil {
		return fmt.Errorf("build without sealing and trail: %w\n%s", err, out)
	}
	return nil
}

func (o *options) bare() string { return filepath.Join(o.dir, "tacet-bare") }

// cutShort lets a function of a file return at once. What it did stays behind that, so that it still compiles.
func cutShort(source []byte, function, instead string) ([]byte, error) {
	set := token.NewFileSet()
	file, err := parser.ParseFile(set, "", source, 0)
	if err != nil {
		return nil, err
	}
	for _, d := range file.Decls {
		if f, ok := d.(*ast.FuncDecl); ok && f.Name.Name == function {
			at := set.Position(f.Body.Lbrace).Offset + 1
			return fmt.Appendf(nil, "%sif true { %s }\n%s", source[:at], instead, source[at:]), nil
		}
	}
	return nil, fmt.Errorf("there is no function %s any more", function)
}
