package server_test

import (
	"net/http"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/tacet-lang/tacet/runtime/engine"
	"github.com/tacet-lang/tacet/runtime/engine/enginetest"
	"github.com/tacet-lang/tacet/runtime/session"
)

// BenchmarkTurn measures a turn over HTTP that is durable when it is answered, with the real reader of texts.
func BenchmarkTurn(b *testing.B) {
	for _, n := range []int{1, 64} {
		b.Run(strconv.Itoa(n), func(b *testing.B) { benchmarkTurn(b, n) })
	}
}

func benchmarkTurn(b *testing.B, conversations int) {
	m := enginetest.Consultation()
	p, err := engine.Load(m)
	if err != nil {
		b.Fatal(err)
	}
	s := open(b, session.Flow{Machine: m, Program: p})
	s.client.Transport = &http.Transport{MaxIdleConnsPerHost: conversations}
	opened := make([]reply, conversations)
	for i := range opened {
		opened[i] = s.start(session.NewID())
	}
	var next atomic.Int64
	took := make([][]time.Duration, conversations)
	b.ResetTimer()
	var wg sync.WaitGroup
	for i, r := range opened {
		wg.Go(func() {
			for n := next.Add(1); n <= int64(b.N); n = next.Add(1) {
				// botox, then something else: round and round
				text := []string{"botox", "Something else"}[len(took[i])%2]
				begun := time.Now()
				got := s.post(r, `{"client_id":"`+strconv.FormatInt(n, 10)+`","text":"`+text+`"}`)
				took[i] = append(took[i], time.Since(begun))
				if got.Status != 200 {
					b.Error(got.Body)
					return
				}
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
