package session_test

import (
	"context"
	"path/filepath"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/tacet-lang/tacet/runtime/engine/enginetest"
	"github.com/tacet-lang/tacet/runtime/session"
	"github.com/tacet-lang/tacet/runtime/session/sessiontest"
	"github.com/tacet-lang/tacet/runtime/store/sqlite"
	"github.com/tacet-lang/tacet/runtime/store/sqlitetest"
)

// turnsEach is how many turns a conversation has, its start included.
const turnsEach = 8

// BenchmarkPost measures a turn that is durable when it returns, alone and from 64 conversations at once.
func BenchmarkPost(b *testing.B) {
	for _, c := range []struct {
		name string
		flow session.Flow
		text string
	}{
		{"scripted", sessiontest.Flow(), "hello"},
		{"engine", program(b, enginetest.Consultation()), "#hours"},
	} {
		for _, n := range []int{1, 64} {
			b.Run(c.name+"/"+strconv.Itoa(n), func(b *testing.B) { benchmarkPost(b, c.flow, c.text, n) })
		}
	}
}

func benchmarkPost(b *testing.B, flow session.Flow, text string, conversations int) {
	path := filepath.Join(b.TempDir(), "tacet.db")
	store, err := sqlite.Open(path, sqlite.Options{})
	if err != nil {
		b.Fatal(err)
	}
	defer store.Close()
	host, err := session.New(session.Options{Flows: []session.Flow{flow}, Store: store, Vault: sqlitetest.Vault(b, path)})
	if err != nil {
		b.Fatal(err)
	}
	n, _ := host.Notice(flow.Machine.Flow.ID, "en")
	var next atomic.Int64
	took := make([][]time.Duration, conversations)
	b.ResetTimer()
	var wg sync.WaitGroup
	for i := range took {
		wg.Go(func() {
			id := ""
			for turn := next.Add(1); turn <= int64(b.N); turn = next.Add(1) {
				begun := time.Now()
				var err error
				if len(took[i])%turnsEach == 0 {
					var r session.Reply
					r, err = host.Start(context.Background(), session.Start{Flow: flow.Machine.Flow.ID, ClientID: session.NewID(), Notice: n.Hash})
					id = r.ID
				} else {
					_, err = host.Post(context.Background(), id, session.Post{ClientID: strconv.FormatInt(turn, 10), Text: text})
				}
				if err != nil {
					b.Error(err)
					return
				}
				took[i] = append(took[i], time.Since(begun))
			}
		})
	}
	wg.Wait()
	b.StopTimer()
	all := slices.Concat(took...)
	slices.Sort(all)
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "turns/s")
	b.ReportMetric(float64(all[len(all)/2].Microseconds()), "p50-µs")
	b.ReportMetric(float64(all[len(all)*99/100].Microseconds()), "p99-µs")
}
