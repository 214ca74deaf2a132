package expect

import "strings"

// nearest is the candidate that was most likely meant, or empty: it sees through case and underscores, and otherwise
// accepts one mistyped character in three, or the beginning of a name. Of equals the first wins.
func nearest(word string, candidates []string) string {
	fold := func(s string) string { return strings.ReplaceAll(strings.ToLower(s), "_", "") }
	folded := fold(word)
	best, found := len(folded)/3+1, ""
	for _, c := range candidates {
		if f := fold(c); len(folded) <= 64 && len(f) <= 64 {
			if d := edits(folded, f); d < best {
				best, found = d, c
			}
		}
	}
	for _, c := range candidates {
		if found == "" && len(word) > 2 && strings.HasPrefix(strings.ToLower(c), strings.ToLower(word)) {
			return c
		}
	}
	return found
}

// edits counts the insertions, deletions, replacements and swaps of neighbours that lead from a to b.
func edits(a, b string) int {
	before, last, row := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range last {
		last[j] = j
	}
	for i := 1; i <= len(a); i++ {
		row[0] = i
		for j := 1; j <= len(b); j++ {
			change := last[j-1]
			if a[i-1] != b[j-1] {
				change++
			}
			row[j] = min(change, last[j]+1, row[j-1]+1)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
		}
		before, last, row = last, row, before
	}
	return last[len(b)]
}
