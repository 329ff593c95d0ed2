package report_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/tacet-lang/tacet/runtime/engine"
	"github.com/tacet-lang/tacet/runtime/engine/enginetest"
	"github.com/tacet-lang/tacet/runtime/report"
	"github.com/tacet-lang/tacet/runtime/session"
)

// BenchmarkRead reads 200 conversations of nine turns each back, sealed as they are: with what texts are understood as today, as the
// page of figures does, and without it.
func BenchmarkRead(b *testing.B) {
	m := enginetest.Train(enginetest.Consultation())
	d := openWith(b, m, engine.Options{})
	for i := range 200 {
		d.talk(fmt.Sprint(i), "=rhinoplasty", "##hours", fmt.Sprintf("my %dth cousin asks whether you take walk-ins on a Sunday afternoon", i), "=1", "Maria Lopez", "312 555 0142", "=morning", "yes")
	}
	store, vault := d.Store()
	day := d.clock.Now().Add(-40 * time.Hour)
	source := report.Source{Store: store, Vault: vault, Practice: d.Flows()[0].Practice}
	for _, bench := range []struct {
		name   string
		source report.Source
	}{{"judged", judged(source, d.Host)}, {"plain", source}} {
		b.Run(bench.name, func(b *testing.B) {
			b.ReportAllocs()
			turns := int64(0)
			for b.Loop() {
				l, err := report.Read(context.Background(), bench.source, day, day.AddDate(0, 0, 4))
				if err != nil || len(l.Conversations) != 200 {
					b.Fatalf("%d conversations, %v", len(l.Conversations), err)
				}
				turns = 0
				for i := range l.Conversations {
					turns += l.Conversations[i].Stored
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(turns), "ns/turn")
		})
	}
}

func judged(s report.Source, h *session.Host) report.Source {
	s.Judge = h.Judge
	return s
}
