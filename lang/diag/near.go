package diag

import "strings"

// Near returns the candidate that name was most likely meant to be, or "" if none is near. Nearness is the number of
// letters to insert, delete, replace or swap with a neighbour (Damerau–Levenshtein in its restricted form), at most one
// for every three letters and never more than three. Of equally near candidates the first wins. Where none is so near, one
// that begins or ends alike is: `price` and `pricing`, `telephone` and `phone`.
func Near(name string, candidates []string) string {
	from := []rune(name)
	if len(from) > maxNearLength {
		return ""
	}
	best, bestDistance := "", min(len(from)/3, 3)
	if len(from) == 2 {
		bestDistance = 1
	}
	bestDistance++
	for _, c := range candidates {
		to := []rune(c)
		if c == name || len(to) > maxNearLength || abs(len(to)-len(from)) >= bestDistance {
			continue
		}
		if d := distance(from, to); d < bestDistance && d < len(to) {
			best, bestDistance = c, d
		}
	}
	if best == "" {
		return alike(name, candidates)
	}
	return best
}

// minAlike is how many letters two names must have in common at their beginning or end.
const minAlike = 4

// alike returns the first candidate that has all but one letter of the shorter name in common with name at its beginning, or
// all of them at its end; "" if none has.
func alike(name string, candidates []string) string {
	for _, c := range candidates {
		if len(c) > maxNearLength || c == name {
			continue
		}
		short, n := min(len(c), len(name)), 0
		for n < short && c[n] == name[n] {
			n++
		}
		if n >= max(minAlike, short-1) || short >= minAlike && (strings.HasSuffix(name, c) || strings.HasSuffix(c, name)) {
			return c
		}
	}
	return ""
}

// maxNearLength bounds the work; a longer name is no slip of the keyboard.
const maxNearLength = 64

func abs(n int) int { return max(n, -n) }

// distance is the optimal string alignment distance.
func distance(a, b []rune) int {
	before, last, row := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range last {
		last[j] = j
	}
	for i := range a {
		row[0] = i + 1
		for j := range b {
			cost := 1
			if a[i] == b[j] {
				cost = 0
			}
			row[j+1] = min(last[j]+cost, last[j+1]+1, row[j]+1)
			if i > 0 && j > 0 && a[i] == b[j-1] && a[i-1] == b[j] {
				row[j+1] = min(row[j+1], before[j-1]+1)
			}
		}
		before, last, row = last, row, before
	}
	return last[len(b)]
}
