package engine_test

import (
	"testing"

	"github.com/tacet-lang/tacet/runtime/engine"
	"github.com/tacet-lang/tacet/runtime/engine/enginetest"
)

// BenchmarkStep steps the answer that a guard over two facts decides (contact/3 of the consultation): choice_guard with a
// reader that costs nothing, with_text with the standard understanding of text, pick without any text.
func BenchmarkStep(b *testing.B) {
	m := enginetest.Train(enginetest.Consultation())
	m.Start = "contact/3"
	for _, bench := range []struct {
		name    string
		options engine.Options
		event   engine.Event
	}{
		{"choice_guard", engine.Options{Reader: enginetest.Reader{}}, engine.Event{Kind: engine.Message, Text: "morning"}},
		{"pick_guard", engine.Options{Reader: enginetest.Reader{}}, engine.Event{Kind: engine.Pick, Option: "morning"}},
		{"with_text", engine.Options{}, engine.Event{Kind: engine.Message, Text: "morning"}},
		{"with_sentence", engine.Options{}, engine.Event{Kind: engine.Message, Text: "In the morning please, I work in the afternoon and at night"}},
	} {
		b.Run(bench.name, func(b *testing.B) {
			p, err := engine.LoadWith(m, bench.options)
			if err != nil {
				b.Fatal(err)
			}
			c, _, err := p.Step(p.New("c"), engine.Event{Kind: engine.Start, At: monday})
			if err != nil {
				b.Fatal(err)
			}
			c.Values = []string{"Maria", "", "", "+12125550187", "other"}
			bench.event.At = monday
			b.ReportAllocs()
			for b.Loop() {
				if _, _, err := p.Step(c, bench.event); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkLoad(b *testing.B) {
	m := enginetest.Train(enginetest.Consultation())
	b.ReportAllocs()
	for b.Loop() {
		if _, err := engine.Load(m); err != nil {
			b.Fatal(err)
		}
	}
}
