package spec_test

import (
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// cryptographic begins the path of what must be declared in security.md.
var cryptographic = []string{
	"crypto/", "golang.org/x/crypto/", "github.com/tink-crypto/", "filippo.io/age", "github.com/go-webauthn/", "github.com/coreos/go-oidc",
	"github.com/pquerna/otp",
}

// declared finds packages in a row of the table.
var declared = regexp.MustCompile("`([a-z/]+)`")

// TestCryptographyIsDeclared compares the packages that use cryptography with the table that says what for. Packages that
// only tests and measurements use are left out.
func TestCryptographyIsDeclared(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile("security.md")
	if err != nil {
		t.Fatal(err)
	}
	_, table, _ := strings.Cut(string(page), "| package | uses | for |")
	table, _, _ = strings.Cut(table, "\n\n")
	want := map[string]bool{}
	for row := range strings.Lines(table) {
		first, _, _ := strings.Cut(strings.TrimPrefix(row, "|"), "|")
		for _, m := range declared.FindAllStringSubmatch(first, -1) {
			want[m[1]] = true
		}
	}
	got := map[string]bool{}
	for pkg, imports := range importsOf(t, "..") {
		if strings.HasSuffix(pkg, "test") || strings.HasPrefix(pkg, "bench") {
			continue
		}
		for _, imp := range imports {
			if slices.ContainsFunc(cryptographic, func(p string) bool { return strings.HasPrefix(imp, p) }) && imp != "crypto/tls" {
				got[pkg] = true
			}
		}
	}
	if !maps.Equal(got, want) {
		t.Errorf("packages that use cryptography: %v\nsecurity.md lists: %v", slices.Sorted(maps.Keys(got)), slices.Sorted(maps.Keys(want)))
	}
}

// TestMemorySafe: no code of ours goes round Go's own checks of memory.
func TestMemorySafe(t *testing.T) {
	t.Parallel()
	n := 0
	for pkg, imports := range importsOf(t, "..") {
		n++
		if slices.Contains(imports, "unsafe") || slices.Contains(imports, "C") {
			t.Errorf("%s imports unsafe, or C", pkg)
		}
	}
	if n < 50 {
		t.Errorf("only %d packages were looked at", n)
	}
}
