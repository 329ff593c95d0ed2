package input

import "unicode/utf8"

// slips is how many slips of the finger a label of this length forgives: short words are too near to one another.
func slips(label string) int {
	switch n := utf8.RuneCountInString(label); {
	case n <= 4:
		return 0
	case n <= 8:
		return 1
	default:
		return 2
	}
}

// distance is the Damerau–Levenshtein distance (optimal string alignment) of a and b, or -1 beyond limit. Only the
// band of 2·limit+1 diagonals is computed.
func distance(a, b string, limit int) int {
	x, y := []rune(a), []rune(b)
	if len(x)-len(y) > limit || len(y)-len(x) > limit {
		return -1
	}
	before, last, row := make([]int, len(y)+1), make([]int, len(y)+1), make([]int, len(y)+1)
	for j := range last {
		last[j] = j
	}
	for i := 1; i <= len(x); i++ {
		for j := range row {
			row[j] = limit + 1
		}
		if i <= limit {
			row[0] = i
		}
		for j := max(1, i-limit); j <= min(len(y), i+limit); j++ {
			row[j] = edit(x, y, i, j, before, last, row)
		}
		before, last, row = last, row, before
	}
	if d := last[len(y)]; d <= limit {
		return d
	}
	return -1
}

func edit(x, y []rune, i, j int, before, last, row []int) int {
	cost := 1
	if x[i-1] == y[j-1] {
		cost = 0
	}
	d := min(last[j]+1, row[j-1]+1, last[j-1]+cost)
	if i > 1 && j > 1 && x[i-1] == y[j-2] && x[i-2] == y[j-1] {
		d = min(d, before[j-2]+1)
	}
	return d
}

// sameStart reports that two words begin alike, or with their first two letters swapped: a slip in the first letter
// makes another word too often ("mother", "other").
func sameStart(a, b string) bool {
	x, y := []rune(a), []rune(b)
	if len(x) == 0 || len(y) == 0 {
		return false
	}
	return x[0] == y[0] || len(x) > 1 && len(y) > 1 && x[0] == y[1] && x[1] == y[0]
}
