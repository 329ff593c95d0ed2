package vault_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/tink-crypto/tink-go/v2/tink"

	"github.com/tacet-lang/tacet/runtime/vault"
	"github.com/tacet-lang/tacet/runtime/vault/vaulttest"
)

func TestMemory(t *testing.T) {
	t.Parallel()
	vaulttest.Run(t, func(*testing.T) vault.Keys { return &vaulttest.Memory{} })
}

func newMaster(t *testing.T) tink.AEAD {
	t.Helper()
	key := make([]byte, 32)
	_, _ = rand.Read(key)
	m, err := vault.Master([]byte(base64.StdEncoding.EncodeToString(key) + "\n"))
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func open(t *testing.T, master tink.AEAD, keys vault.Keys) *vault.Vault {
	t.Helper()
	v, err := vault.New(vault.Options{Master: master, Keys: keys})
	if err != nil {
		t.Fatal(err)
	}
	return v
}

var (
	ctx   = context.Background()
	label = vault.Label{Practice: "lakeside", Conversation: "c1", Sequence: 7, Column: "turn"}
	plain = []byte("my knee hurts")
)

// sealed is a value under a new key.
func sealed(t *testing.T, v *vault.Vault) (key int64, value []byte) {
	t.Helper()
	key, err := v.NewKey(ctx, label.Practice)
	if err != nil {
		t.Fatal(err)
	}
	value, err = v.Seal(ctx, key, label, plain)
	if err != nil || bytes.Contains(value, plain) {
		t.Fatalf("Seal: %q, %v", value, err)
	}
	return key, value
}

func opens(t *testing.T, v *vault.Vault, key int64, value []byte) {
	t.Helper()
	if got, err := v.Open(ctx, key, label, value); err != nil || !bytes.Equal(got, plain) {
		t.Errorf("Open: %q, %v", got, err)
	}
}

func refused(t *testing.T, what string, want error, v *vault.Vault, key int64, l vault.Label, value []byte) {
	t.Helper()
	if got, err := v.Open(ctx, key, l, value); !errors.Is(err, want) || got != nil {
		t.Errorf("%s: got %q, %v, want %v", what, got, err, want)
	}
}

// TestVectors holds the primitive to what others get: GCM test cases 14 and 16 (McGrew and Viega, "The Galois/Counter Mode
// of Operation", appendix B).
func TestVectors(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ key, iv, plain, associated, sealed string }{
		{strings.Repeat("00", 32), strings.Repeat("00", 12), strings.Repeat("00", 16), "",
			"cea7403d4d606b6e074ec5d3baf39d18" + "d0d1c8a799996bf0265b98b5d48ab919"},
		{strings.Repeat("feffe9928665731c6d6a8f9467308308", 2), "cafebabefacedbaddecaf888",
			"d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72" + "1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39",
			"feedfacedeadbeeffeedfacedeadbeefabaddad2",
			"522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa" + "8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662" + "76fc6ece0f4e1768cddf8853bb2d551b"},
	} {
		m, err := vault.Master([]byte(base64.StdEncoding.EncodeToString(unhex(t, c.key))))
		if err != nil {
			t.Fatal(err)
		}
		got, err := m.Decrypt(unhex(t, c.iv+c.sealed), unhex(t, c.associated))
		if err != nil || hex.EncodeToString(got) != c.plain {
			t.Errorf("key %s: got %x, %v", c.key, got, err)
		}
	}
}

func unhex(t *testing.T, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(s)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestOpensOnlyWhereItWasSealed(t *testing.T) {
	t.Parallel()
	v := open(t, newMaster(t), &vaulttest.Memory{})
	key, value := sealed(t, v)
	opens(t, v, key, value)
	for what, l := range map[string]vault.Label{
		"another practice":     {"hillside", "c1", 7, "turn"},
		"another conversation": {"lakeside", "c2", 7, "turn"},
		"another sequence":     {"lakeside", "c1", 8, "turn"},
		"another column":       {"lakeside", "c1", 7, "outbox/0"},
		"shifted parts":        {"lakesidec", "1", 7, "turn"},
	} {
		want := vault.ErrSealed
		if l.Practice != label.Practice {
			want = vault.ErrLost // its keys are of another practice, too
		}
		refused(t, what, want, v, key, l, value)
	}
	other, _ := sealed(t, v)
	refused(t, "another key", vault.ErrSealed, v, other, label, value)
	refused(t, "no such key", vault.ErrLost, v, 1<<40, label, value)
	for bit := range len(value) * 8 {
		changed := bytes.Clone(value)
		changed[bit/8] ^= 1 << (bit % 8)
		refused(t, "bit "+strconv.Itoa(bit), vault.ErrSealed, v, key, label, changed)
	}
	for n := range value {
		refused(t, "the first "+strconv.Itoa(n)+" bytes", vault.ErrSealed, v, key, label, value[:n])
	}
	_, again := sealed(t, v)
	if bytes.Equal(value, again) {
		t.Error("equal values are equal when sealed")
	}
}

func TestOtherProcess(t *testing.T) {
	t.Parallel()
	master, keys := newMaster(t), &vaulttest.Memory{}
	key, value := sealed(t, open(t, master, keys))
	opens(t, open(t, master, keys), key, value)
	refused(t, "another master key", vault.ErrSealed, open(t, newMaster(t), keys), key, label, value)
	if err := open(t, newMaster(t), keys).Prepare(ctx, label.Practice); !errors.Is(err, vault.ErrSealed) {
		t.Errorf("Prepare with another master key: got %v, want ErrSealed", err)
	}
	for _, practice := range []string{label.Practice, "hillside"} {
		if err := open(t, master, keys).Prepare(ctx, practice); err != nil {
			t.Errorf("Prepare(%s): %v", practice, err)
		}
	}
}

func TestDestroyed(t *testing.T) {
	t.Parallel()
	master, keys := newMaster(t), &vaulttest.Memory{}
	v := open(t, master, keys)
	other, err := vault.New(vault.Options{Master: master, Keys: keys, Remember: time.Nanosecond})
	if err != nil {
		t.Fatal(err)
	}
	key, value := sealed(t, v)
	kept, beside := sealed(t, v)
	opens(t, other, key, value)
	if err := v.Destroy(ctx, label.Practice, key); err != nil {
		t.Fatal(err)
	}
	for _, who := range []*vault.Vault{v, other, open(t, master, keys)} {
		refused(t, "destroyed key", vault.ErrDestroyed, who, key, label, value)
		opens(t, who, kept, beside)
		if _, err := who.Seal(ctx, key, label, plain); !errors.Is(err, vault.ErrDestroyed) {
			t.Errorf("Seal by a destroyed key: got %v, want ErrDestroyed", err)
		}
	}
}

// TestEveryNonceIsNew seals one text again and again under one key and label: no two are the same in their nonces, which follow Tink's five
// bytes.
func TestEveryNonceIsNew(t *testing.T) {
	t.Parallel()
	v := open(t, newMaster(t), &vaulttest.Memory{})
	key, err := v.NewKey(ctx, "lakeside")
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for range 10_000 {
		sealed, err := v.Seal(ctx, key, vault.Label{Practice: "lakeside", Conversation: "a", Sequence: 1, Column: "turn"}, []byte("hello"))
		if err != nil {
			t.Fatal(err)
		}
		nonce := string(sealed[5:17])
		if seen[nonce] {
			t.Fatal("a nonce came a second time")
		}
		seen[nonce] = true
	}
}

func TestEveryKeyIsNew(t *testing.T) {
	t.Parallel()
	keys := &vaulttest.Memory{}
	master := newMaster(t)
	processes := []*vault.Vault{open(t, master, keys), open(t, master, keys)}
	var mu sync.Mutex
	seen := map[int64]bool{}
	var wg sync.WaitGroup
	for i := range 16 {
		wg.Go(func() {
			for range 100 {
				key, err := processes[i%2].NewKey(ctx, "lakeside")
				mu.Lock()
				if err != nil || seen[key] {
					t.Errorf("NewKey: %d a second time, or %v", key, err)
				}
				seen[key] = true
				mu.Unlock()
			}
		})
	}
	wg.Wait()
}

// TestRotation rotates while conversations go on in two processes.
func TestRotation(t *testing.T) {
	t.Parallel()
	master, keys := newMaster(t), &vaulttest.Memory{}
	mine, theirs := open(t, master, keys), open(t, master, keys)
	var stop atomic.Bool
	var wg sync.WaitGroup
	for _, v := range []*vault.Vault{mine, theirs} {
		wg.Go(func() {
			for !stop.Load() {
				key, value := sealed(t, v)
				opens(t, mine, key, value)
				opens(t, theirs, key, value)
				runtime.Gosched()
			}
		})
	}
	key, value := sealed(t, mine)
	for range 5 {
		if err := mine.Rotate(ctx, "lakeside"); err != nil && !strings.Contains(err.Error(), "older practice keys") {
			t.Error(err) // a process that does not know yet may have made keys by the older one
		}
	}
	stop.Store(true)
	wg.Wait()
	if err := mine.Rotate(ctx, "lakeside"); err != nil {
		t.Error(err)
	}
	for range 300 { // the process that did not rotate makes keys by the new practice key, or they would not open
		key, value := sealed(t, theirs)
		opens(t, open(t, master, keys), key, value)
	}
	list, err := keys.PracticeKeys(ctx, "lakeside")
	if err != nil || len(list) != 1 || list[0].Generation < 7 {
		t.Errorf("practice keys after rotating: %+v, %v", list, err)
	}
	opens(t, open(t, master, keys), key, value)
}

func TestChangeMaster(t *testing.T) {
	t.Parallel()
	old, fresh, keys := newMaster(t), newMaster(t), &vaulttest.Memory{}
	v := open(t, old, keys)
	key, value := sealed(t, v)
	if err := v.ChangeMaster(ctx, "lakeside", fresh); err != nil {
		t.Fatal(err)
	}
	opens(t, open(t, fresh, keys), key, value)
	refused(t, "the old master key", vault.ErrSealed, open(t, old, keys), key, label, value)
}

func TestMasterFile(t *testing.T) {
	t.Parallel()
	name := filepath.Join(t.TempDir(), "master.key")
	if err := vault.CreateMasterFile(name); err != nil {
		t.Fatal(err)
	}
	if err := vault.CreateMasterFile(name); !errors.Is(err, fs.ErrExist) {
		t.Errorf("a second time: got %v, want ErrExist", err)
	}
	if info, err := os.Stat(name); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode: got %v, %v, want 0600", info.Mode(), err)
	}
	if _, err := vault.MasterFromFile(name); err != nil {
		t.Error(err)
	}
	if err := os.Chmod(name, 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := vault.MasterFromFile(name); !errors.Is(err, vault.ErrMaster) {
		t.Errorf("a file that others can read: got %v, want ErrMaster", err)
	}
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	for _, bad := range []string{"", "short", string(text[:20]), string(text) + "AAAA", "!" + string(text)} {
		_, err := vault.Master([]byte(bad))
		if !errors.Is(err, vault.ErrMaster) || bad != "" && strings.Contains(err.Error(), strings.TrimSpace(bad)) {
			t.Errorf("Master(%q): got %v, want ErrMaster without the text", bad, err)
		}
	}
	if _, err := vault.MasterFromCommand(ctx, "cat", name); err != nil {
		t.Error(err)
	}
	if _, err := vault.MasterFromCommand(ctx, "false"); !errors.Is(err, vault.ErrMaster) {
		t.Errorf("a command that fails: got %v, want ErrMaster", err)
	}
}

func TestMasterFromEnv(t *testing.T) {
	const name = "TACET_TEST_MASTER"
	t.Setenv(name, base64.StdEncoding.EncodeToString(make([]byte, 32)))
	if _, err := vault.MasterFromEnv(name); err != nil {
		t.Error(err)
	}
	if _, there := os.LookupEnv(name); there {
		t.Error("it still stands in the environment")
	}
	if _, err := vault.MasterFromEnv(name); !errors.Is(err, vault.ErrMaster) {
		t.Errorf("a second time: got %v, want ErrMaster", err)
	}
}

func BenchmarkSeal(b *testing.B) {
	key := make([]byte, 32)
	m, _ := vault.Master([]byte(base64.StdEncoding.EncodeToString(key)))
	v, err := vault.New(vault.Options{Master: m, Keys: &vaulttest.Memory{}})
	if err != nil {
		b.Fatal(err)
	}
	number, err := v.NewKey(ctx, label.Practice)
	if err != nil {
		b.Fatal(err)
	}
	text := make([]byte, 800)
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := v.Seal(ctx, number, label, text); err != nil {
			b.Fatal(err)
		}
	}
}
