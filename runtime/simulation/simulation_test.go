package simulation_test

import (
	"os"
	"strconv"
	"sync"
	"testing"

	"github.com/tink-crypto/tink-go/v2/aead/subtle"

	"github.com/tacet-lang/tacet/lang/machine"
	"github.com/tacet-lang/tacet/runtime/engine"
	"github.com/tacet-lang/tacet/runtime/engine/enginetest"
	"github.com/tacet-lang/tacet/runtime/session"
	"github.com/tacet-lang/tacet/runtime/simulation"
	"github.com/tacet-lang/tacet/runtime/vault"
	"github.com/tacet-lang/tacet/runtime/vault/vaulttest"
)

// TestSimulation lives through many histories: 10 000, or TACET_SEEDS of them, from TACET_SEED on. A failure names its seed.
func TestSimulation(t *testing.T) {
	t.Parallel()
	count, first := number(t, "TACET_SEEDS", 10_000), number(t, "TACET_SEED", 1)
	if testing.Short() {
		count = min(count, 500)
	}
	worlds := worlds(t)
	var mu sync.Mutex
	var sum simulation.Figures
	var wg sync.WaitGroup
	const workers = 2
	for worker := range workers {
		wg.Go(func() {
			for seed := first + worker; seed < first+count; seed += workers {
				f, err := simulation.Run(worlds[seed%len(worlds)], uint64(seed))
				mu.Lock()
				sum.Add(f)
				mu.Unlock()
				if err != nil {
					t.Errorf("TACET_SEED=%d TACET_SEEDS=1: %v", seed, err)
					return
				}
			}
		})
	}
	wg.Wait()
	t.Logf("%d histories: %+v", count, sum)
	for name, n := range map[string]int{
		"answers": sum.Answers, "faults": sum.Faults, "crashes": sum.Crashes, "escalations": sum.Escalations, "releases": sum.Releases,
		"parcels": sum.Parcels, "calls": sum.Calls, "what arrives twice": sum.Twice,
	} {
		if n == 0 && count >= 100 {
			t.Errorf("no history has %s", name)
		}
	}
}

// TestSameSeedSameHistory: what a seed brings about is the same each time.
func TestSameSeedSameHistory(t *testing.T) {
	t.Parallel()
	worlds := worlds(t)
	for seed := range uint64(50) {
		w := worlds[seed%uint64(len(worlds))]
		a, errA := simulation.Run(w, seed)
		b, errB := simulation.Run(w, seed)
		if a != b || (errA == nil) != (errB == nil) {
			t.Errorf("seed %d is once %+v, %v and once %+v, %v", seed, a, errA, b, errB)
		}
	}
}

func number(t *testing.T, variable string, otherwise int) int {
	t.Helper()
	s := os.Getenv(variable)
	if s == "" {
		return otherwise
	}
	n, err := strconv.Atoi(s)
	if err != nil {
		t.Fatalf("%s: %v", variable, err)
	}
	return n
}

// worlds are the flows that the engine's own tests use, with their words for triggers and topics.
func worlds(t *testing.T) []simulation.World {
	t.Helper()
	master, err := subtle.NewAESGCM(make([]byte, 32))
	if err != nil {
		t.Fatal(err)
	}
	v, err := vault.New(vault.Options{Master: master, Keys: &vaulttest.Memory{}})
	if err != nil {
		t.Fatal(err)
	}
	flow := func(m *machine.Machine) session.Flow {
		m.Policy.VendorFloor = "preference"
		m.Practice.Vendors[0].Purposes = []string{"scheduling"}
		m.Practice.Vendors[0].Agreement = &machine.Agreement{Signed: "2025-12-10", Effective: "2026-01-01", Expires: "2026-12-31"}
		p, err := engine.LoadWith(m, engine.Options{Reader: enginetest.Reader{}})
		if err != nil {
			t.Fatal(err)
		}
		return session.Flow{Machine: m, Program: p}
	}
	said := []string{"!fever", "@human", "!chest-pain", "ok !complaint", "hello", "@bot", "#hours", "#diagnosis", "no"}
	return []simulation.World{
		{Flow: flow(enginetest.Visit()), Vault: v, Sent: "booked", Texts: append([]string{"tomorrow", "one"}, said...),
			Way: []string{"#booking", "yes", "hello", "+1 212 555 0143", "000000"}},
		{Flow: flow(enginetest.Consultation()), Vault: v, Sent: "completed", Texts: said,
			Way: []string{"rhinoplasty", "1", "Zoe", "+1 212 555 0143", "morning", "yes"}},
	}
}
