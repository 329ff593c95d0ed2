package text

import (
	"math/bits"
	"slices"
)

// softmax turns logits into probabilities.
func softmax(z []int) {
	top, sum := slices.Max(z), 0
	for i := range z {
		z[i] = expNegative(top - z[i])
		sum += z[i]
	}
	for i := range z {
		z[i] = z[i] << oneShift / sum
	}
}

// expTable is e^(-i/16), computed with integers.
var expTable = func() (table [16*16 + 2]int) {
	x := uint64(1) << 32
	for i := range table {
		table[i] = int(x >> (32 - oneShift))
		x = x * 4034748382 >> 32 // 2³²·e^(-1/16)
	}
	return table
}()

// expNegative is e^(-x) for x ≥ 0, interpolated.
func expNegative(x int) int {
	const cell = one / 16
	i := x / cell
	if i >= len(expTable)-1 {
		return 0
	}
	a, b := expTable[i], expTable[i+1]
	return a - (a-b)*(x-i*cell)/cell
}

// log2Milli is the binary logarithm of n ≥ 1 in thousandths, rounded down, by repeated squaring.
func log2Milli(n int) int {
	whole := bits.Len(uint(n)) - 1
	x := uint64(n) << (63 - whole) // 1 ≤ x/2⁶³ < 2
	frac := 0
	for bit := 1 << 15; bit > 0; bit >>= 1 {
		hi, _ := bits.Mul64(x, x)
		if hi >= 1<<63 {
			frac |= bit
			x = hi
		} else {
			x = hi << 1
		}
	}
	return whole*1000 + frac*1000>>16
}

// squareRoot is the square root of n ≥ 0, rounded down.
func squareRoot(n int) int {
	if n <= 0 {
		return 0
	}
	x := 1 << ((bits.Len(uint(n)) + 1) / 2)
	for {
		y := (x + n/x) / 2
		if y >= x {
			return x
		}
		x = y
	}
}
