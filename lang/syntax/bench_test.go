package syntax_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/tacet-lang/tacet/lang/source"
	"github.com/tacet-lang/tacet/lang/syntax"
)

// generated returns a flow of n states, six lines each, of the kind admins write.
func generated(n int) []byte {
	var b strings.Builder
	b.WriteString("flow \"Generated\"\npurpose scheduling\nuse \"std/hipaa\"\n\nfield name name for \"the call back\"\n" +
		"field part one of morning, afternoon, evening for \"when to call\"\nfield score number 0..10\n\nstart s0\n")
	for i := range n {
		fmt.Fprintf(&b, `
state s%d {
  say "I will ask a coordinator to call you, number %d in our list of questions."
  ask score "How do you rate our answer, from 0 to 10, this time?" es "¿Qué nota nos da?"
  when score >= 8 && part == "morning" -> s%d
  otherwise                            -> s%d
}
`, i, i, (i+1)%n, (i*7)%n)
	}
	return []byte(b.String())
}

func BenchmarkParse(b *testing.B) {
	for _, n := range []int{200, 1000, 10000} {
		f := source.New("generated.flow", generated(n))
		b.Run(fmt.Sprintf("%d_states", n), func(b *testing.B) {
			b.SetBytes(int64(len(f.Bytes)))
			b.ReportAllocs()
			for b.Loop() {
				if _, l := syntax.Parse(f); len(l) > 0 {
					b.Fatal(l[0].Message)
				}
			}
		})
	}
}
