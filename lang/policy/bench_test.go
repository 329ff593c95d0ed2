package policy_test

import "testing"

func BenchmarkParsePractice(b *testing.B) {
	text := load(b, "../../examples/lakeside/practice.yaml")
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		parsePractice(text)
	}
}

func BenchmarkParsePack(b *testing.B) {
	text := load(b, "../../stdlib/std/hipaa.policy.yaml")
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		parsePack(text)
	}
}
