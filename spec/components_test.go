package spec_test

import (
	"bufio"
	"bytes"
	"os"
	"strings"
	"testing"
	"time"
)

// How long a newer release of a component may be out before it is taken, as spec/security.md says.
const (
	updateWithin = 180 * 24 * time.Hour
	guardsWithin = 30 * 24 * time.Hour // of those that read what strangers send
)

// guards read what strangers send.
var guards = map[string]bool{
	"github.com/coreos/go-oidc/v3": true, "github.com/fxamacker/cbor/v2": true, "github.com/go-jose/go-jose/v4": true,
	"github.com/go-webauthn/webauthn": true, "github.com/jackc/pgx/v5": true, "github.com/ncruces/go-sqlite3": true,
	"github.com/nyaruka/phonenumbers": true, "golang.org/x/crypto": true, "golang.org/x/net": true, "golang.org/x/text": true,
}

// TestComponents holds the record of what the project is made of to what it is made of, and to the time within which a newer release is
// taken. `make components` asks for newer releases and writes the record anew.
func TestComponents(t *testing.T) {
	t.Parallel()
	record, err := os.ReadFile("components.txt")
	if err != nil {
		t.Fatal(err)
	}
	var looked time.Time
	recorded := map[string]string{}
	for s := bufio.NewScanner(bytes.NewReader(record)); s.Scan(); {
		f := strings.Fields(s.Text())
		switch {
		case len(f) == 0 || f[0] == "#":
			continue
		case f[0] == "looked" && len(f) == 2:
			looked = dayOf(t, f[1])
			continue
		case len(f) != 3 && len(f) != 5 || looked.IsZero():
			t.Fatalf("not a component: %s", s.Text())
		}
		recorded[f[0]] = f[1]
		within := updateWithin
		if guards[f[0]] {
			within = guardsWithin
		}
		if at := dayOf(t, f[2]); at.After(looked) {
			t.Errorf("%s %s came out on %s, after anybody looked", f[0], f[1], f[2])
		}
		if len(f) == 5 && looked.Sub(dayOf(t, f[4])) > within {
			t.Errorf("%s %s: %s has been out since %s and is not taken", f[0], f[1], f[3], f[4])
		}
	}
	used := required(t)
	for name, version := range used {
		if recorded[name] != version {
			t.Errorf("%s is used in %s, and recorded in %q: make components", name, version, recorded[name])
		}
	}
	for name := range recorded {
		if used[name] == "" {
			t.Errorf("%s is recorded and not used: make components", name)
		}
	}
	for name := range guards {
		if used[name] == "" {
			t.Errorf("%s is not used any more", name)
		}
	}
	if len(used) < 50 {
		t.Errorf("go.mod lists %d modules", len(used))
	}
}

func dayOf(t *testing.T, s string) time.Time {
	t.Helper()
	at, err := time.Parse(time.DateOnly, s)
	if err != nil {
		t.Fatal(err)
	}
	return at
}

// required lists the modules of go.mod with their versions.
func required(t *testing.T) map[string]string {
	t.Helper()
	mod, err := os.ReadFile("../go.mod")
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]string{}
	inside := false
	for s := bufio.NewScanner(bytes.NewReader(mod)); s.Scan(); {
		f := strings.Fields(s.Text())
		switch {
		case len(f) >= 2 && f[0] == "require" && f[1] == "(":
			inside = true
		case len(f) == 1 && f[0] == ")":
			inside = false
		case len(f) >= 3 && f[0] == "require":
			out[f[1]] = f[2]
		case inside && len(f) >= 2:
			out[f[0]] = f[1]
		}
	}
	return out
}
