package compiler_test

import (
	"fmt"
	"io/fs"
	"strings"
	"testing"

	"github.com/tacet-lang/tacet/compiler"
)

// largeFlow writes a flow of so many states that uses every part of the language a real flow of that size would: each
// state asks, says, and decides by a guard; guards repeat, as they do where people copy.
func largeFlow(states, fields int) string {
	var b strings.Builder
	b.WriteString("flow \"Large\"\npurpose scheduling\nuse \"std/hipaa\", \"std/emergency\"\nscope { refuse talk }\n" +
		"topic talk { like \"let us talk\" }\nsession { timeout 20 minutes  keep 90 days  retries 2 }\n" +
		"notice \"In an emergency call 911.\"\nstart s0\n\n")
	for i := range fields {
		switch i % 4 {
		case 0:
			fmt.Fprintf(&b, "field f%d one of morning, afternoon, evening for \"when to call\"\n", i)
		case 1:
			fmt.Fprintf(&b, "field f%d number 0..100 for \"how many\"\n", i)
		case 2:
			fmt.Fprintf(&b, "field f%d yes-no\n", i)
		case 3:
			fmt.Fprintf(&b, "field f%d date for \"the day\"\n", i)
		}
	}
	guards := []string{`%s == "morning"`, `%s >= 50`, `%s`, `%s < "2027-01-01"`}
	for i := range states {
		f := i % fields
		name := fmt.Sprintf("f%d", f)
		fmt.Fprintf(&b, "\nstate s%d {\n  ask %s \"Question number %d?\"\n", i, name, i)
		fmt.Fprintf(&b, "  when %s -> s%d\n  otherwise -> s%d\n}\n", fmt.Sprintf(guards[f%4], name), (i+1)%states, (i+7)%states)
	}
	return b.String()
}

func benchmarkCompile(b *testing.B, states, fields int) {
	flow := largeFlow(states, fields)
	src, library := practice(b, map[string]string{"large.flow": flow}), fs.FS(std(b))
	b.SetBytes(int64(len(flow)))
	b.ReportAllocs()
	for b.Loop() {
		if r, problems := compiler.Compile(src, "large.flow", compiler.Options{Std: library}); len(problems) > 0 {
			b.Fatalf("%s", shown(r, problems[:1]))
		}
	}
}

func BenchmarkCompile(b *testing.B) {
	b.Run("200_states", func(b *testing.B) { benchmarkCompile(b, 200, 40) })
	b.Run("2k_states", func(b *testing.B) { benchmarkCompile(b, 2000, 40) })
	b.Run("10k_states", func(b *testing.B) { benchmarkCompile(b, 10_000, 40) })
	b.Run("10k_unknown", func(b *testing.B) {
		flow := strings.ReplaceAll(largeFlow(10_000, 40), "-> s", "-> t")
		src, library := practice(b, map[string]string{"large.flow": flow}), fs.FS(std(b))
		for b.Loop() {
			if _, problems := compiler.Compile(src, "large.flow", compiler.Options{Std: library}); len(problems) == 0 {
				b.Fatal("unknown states are accepted")
			}
		}
	})
}
