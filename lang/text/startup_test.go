package text

import "testing"

// BenchmarkBuildSigns measures what the first message of a process waits for.
func BenchmarkBuildSigns(b *testing.B) {
	for b.Loop() {
		buildSigns()
	}
}

// BenchmarkDecodeDetector measures the unpacking of the detector's weights.
func BenchmarkDecodeDetector(b *testing.B) {
	for b.Loop() {
		decodeDetector(detectorData)
	}
}
