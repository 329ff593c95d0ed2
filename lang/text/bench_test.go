package text_test

import (
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tacet-lang/tacet/lang/text"
)

// hundred is an ordinary message of 100 characters.
const hundred = "Hi there, I would like to move my appointment from Tuesday to Friday morning because of my new job."

func BenchmarkNormalise(b *testing.B) {
	for name, s := range map[string]string{"ascii": hundred, "spanish": "Hola, quisiera cambiar mi cita del martes al viernes por la mañana porque empecé un trabajo más lejos."} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			b.SetBytes(int64(len(s)))
			for b.Loop() {
				text.Normalise(s)
			}
		})
	}
}

func BenchmarkMatch(b *testing.B) {
	std := standardModules(b)
	worst := strings.Repeat("no chest pain heart attack ", 148)
	for name, s := range map[string]string{"chat": hundred, "worst": worst, "hit": "Hi, I wanted to book for friday but since this morning I have pain and pressure in my chest and arm"} {
		m := text.Normalise(s)
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				std.triggers.Match(m)
			}
		})
	}
}

func BenchmarkClassify(b *testing.B) {
	std := standardModules(b)
	b.ReportAllocs()
	for b.Loop() {
		std.model.Classify(text.Normalise(hundred))
	}
}

func BenchmarkTrainTopics(b *testing.B) {
	std := standardModules(b)
	for b.Loop() {
		text.TrainAgain(std.topics)
	}
}

func BenchmarkDetectPHILong(b *testing.B) {
	m := text.Normalise(strings.Repeat("I have diabetes 12-34-56 my name is a@b.co ", 90))
	for b.Loop() {
		text.DetectPHI(m, "")
	}
}

func BenchmarkDetectPHI(b *testing.B) {
	m := text.Normalise("Hi, I'm Sarah Whitfield, my cell is (212) 555-0142, I have diabetes and was born on 03/14/1985, ok?")
	b.ReportAllocs()
	for b.Loop() {
		text.DetectPHI(m, "")
	}
}

func BenchmarkWantsHuman(b *testing.B) {
	m := text.Normalise(hundred)
	b.ReportAllocs()
	for b.Loop() {
		text.WantsHuman(m)
	}
}

func BenchmarkCompileTriggers(b *testing.B) {
	specs := standardModules(b).specs
	n := 0
	for _, s := range specs {
		n += len(s.Phrases) + len(s.Except)
	}
	b.ReportMetric(float64(n), "phrases")
	for b.Loop() {
		if _, err := text.CompileTriggers(specs); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkDetectPHIMessages reads what patients write, one message after the other: as it comes, and pasted together up to
// what is read of a message. p99-ns is what the slowest message of a hundred takes, at its best of some readings.
func BenchmarkDetectPHIMessages(b *testing.B) {
	data, err := os.ReadFile("testdata/triggers/work-chat.tsv")
	if err != nil {
		b.Fatal(err)
	}
	var chat, pastes []string
	paste := ""
	for line := range strings.Lines(string(data)) {
		p := strings.Split(strings.TrimSpace(line), "\t")
		if len(p) != 5 {
			continue
		}
		chat = append(chat, p[4])
		if len(paste)+len(p[4]) >= text.MaxRunes {
			pastes, paste = append(pastes, paste), ""
		}
		paste += p[4] + "\n"
	}
	for name, messages := range map[string][]string{"chat": chat, "paste": append(pastes, paste)} {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(strings.Join(messages, ""))))
			b.ReportAllocs()
			for b.Loop() {
				for _, m := range messages {
					text.DetectPHI(text.Normalise(m), "")
				}
			}
			b.ReportMetric(float64(slowest(messages).Nanoseconds()), "p99-ns")
		})
	}
}

// slowest is how long the slowest message of a hundred takes, each at its best of some readings.
func slowest(messages []string) time.Duration {
	const readings = 5
	all := make([]time.Duration, len(messages))
	for i, m := range messages {
		all[i] = time.Hour
		for range readings {
			start := time.Now()
			text.DetectPHI(text.Normalise(m), "")
			all[i] = min(all[i], time.Since(start))
		}
	}
	slices.Sort(all)
	return all[len(all)*99/100]
}
