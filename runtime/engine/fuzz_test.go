package engine_test

import (
	"strings"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/tacet-lang/tacet/lang/machine"
	"github.com/tacet-lang/tacet/runtime/engine"
	"github.com/tacet-lang/tacet/runtime/engine/enginetest"
)

// programs are loaded once: the two hand-built flows with the standard understanding of text, and random machines.
var programs = sync.OnceValue(func() []*engine.Program {
	var out []*engine.Program
	add := func(m *machine.Machine, o engine.Options) {
		p, err := engine.LoadWith(m, o)
		if err != nil {
			panic(err)
		}
		out = append(out, p)
	}
	add(enginetest.Train(enginetest.Consultation()), engine.Options{})
	add(enginetest.Train(enginetest.Visit()), engine.Options{})
	random := rapid.Custom(randomMachine)
	for seed := range 14 {
		add(random.Example(seed), engine.Options{Reader: enginetest.Reader{}})
	}
	return out
})

// FuzzStep plays a script of events, one a byte, on one of the programs; each line of text is typed in turn.
func FuzzStep(f *testing.F) {
	f.Add(uint8(0), []byte("mmmmmmmm"), "botox\nbook\nMaria Lopez\n212 555 0187\nmorning\nyes")
	f.Add(uint8(0), []byte("mpmmhm"), "rhinoplasty\nI have chest pain\nhello?")
	f.Add(uint8(1), []byte("mmmmommooppoo"), "book an appointment\nyes\nmy chin, ssn 123-45-6789\n212 555 0187\n123456")
	f.Add(uint8(7), []byte("mpmolmtmsSrc"), "1\n!fever\n@human\n##pricing $health")
	f.Fuzz(func(t *testing.T, which uint8, script []byte, texts string) {
		p := programs()[int(which)%len(programs())]
		w := monitor{r: t, p: p, c: p.New("c1")}
		at := monday
		w.step(engine.Event{Kind: engine.Start, At: at})
		lines := strings.Split(texts, "\n")
		for i, b := range script[:min(len(script), 60)] {
			at = at.Add(time.Duration(b%7) * time.Minute)
			w.step(scripted(&w, b, lines[i%len(lines)], at))
		}
		w.replay()
	})
}

func scripted(w *monitor, b byte, text string, at time.Time) engine.Event {
	e := engine.Event{At: at, Kind: engine.Message, Text: text}
	switch b {
	case 'p':
		e = engine.Event{At: at, Kind: engine.Pick}
		if w.last != nil && len(w.last.Options) > 0 {
			e.Option = w.last.Options[len(text)%len(w.last.Options)].ID
		}
	case 'o':
		e = engine.Event{At: at, Kind: engine.Outcome, Act: engine.ActBook, Slots: week()}
		if w.c.Pending != nil {
			e.Act = w.c.Pending.Kind
		}
		results := engine.Results(e.Act)
		e.Result = results[len(text)%len(results)]
	case 'h':
		e = engine.Event{At: at, Kind: engine.AskHuman}
	case 'l':
		e = engine.Event{At: at, Kind: engine.Language, Lang: []string{"en", "es", text}[len(text)%3]}
	case 't':
		e = engine.Event{At: at.Add(time.Hour), Kind: engine.Tick}
	case 's':
		e = engine.Event{At: at, Kind: engine.StaffTake}
	case 'S':
		e = engine.Event{At: at, Kind: engine.StaffSay, Text: text}
	case 'r':
		e = engine.Event{At: at, Kind: engine.StaffRelease, State: w.p.Machine().Start}
	case 'c':
		e = engine.Event{At: at, Kind: engine.StaffClose, Result: text}
	}
	return e
}
