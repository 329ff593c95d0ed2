package diag

// Near returns the candidate that name was most likely meant to be, or "" if none is near. Nearness is the number of
// letters to insert, delete, replace or swap with a neighbour (Damerau–Levenshtein in its restricted form), at most one
// for every three letters and never more than three. Of equally near candidates the first wins.
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
	return best
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
