package diag

import (
	"strings"
	"unicode"
)

// Nearest returns the allowed word that somebody who wrote word most likely meant, or "" if none is near. It sees
// through the API's spelling (desiredCount for desired_count) and through case, and otherwise accepts up to one
// mistyped character in three, or one in a word of two.
func Nearest(word string, allowed []string) string {
	folded := Snake(word)
	length := len([]rune(word))
	best, bestDistance := "", max(length/3, min(1, length-1))+1
	for _, candidate := range allowed {
		if Snake(candidate) == folded {
			return candidate
		}
		distance := min(editDistance(word, candidate), editDistance(folded, Snake(candidate)))
		if distance < bestDistance {
			best, bestDistance = candidate, distance
		}
	}
	return best
}

// Snake is the mechanical rule from a name of the ECS API to a key of a scenario: desiredCount becomes desired_count.
func Snake(name string) string {
	var b strings.Builder
	runes := []rune(name)
	for i, r := range runes {
		if !unicode.IsUpper(r) {
			if r == '-' || r == ' ' {
				r = '_'
			}
			b.WriteRune(r)
			continue
		}
		startsWord := i > 0 && runes[i-1] != '_' && runes[i-1] != '-' && (unicode.IsLower(runes[i-1]) || unicode.IsDigit(runes[i-1]) ||
			i+1 < len(runes) && unicode.IsLower(runes[i+1]) && unicode.IsUpper(runes[i-1]))
		if startsWord {
			b.WriteByte('_')
		}
		b.WriteRune(unicode.ToLower(r))
	}
	return b.String()
}

// editDistance counts the insertions, deletions, replacements and swaps of neighbours that turn a into b.
func editDistance(a, b string) int {
	s, t := []rune(a), []rune(b)
	if len(s) > 64 || len(t) > 64 { // nobody mistypes a name of that length; it is another text
		return max(len(s), len(t))
	}
	before, last, row := make([]int, len(t)+1), make([]int, len(t)+1), make([]int, len(t)+1)
	for j := range last {
		last[j] = j
	}
	for i := 1; i <= len(s); i++ {
		row[0] = i
		for j := 1; j <= len(t); j++ {
			change := last[j-1]
			if s[i-1] != t[j-1] {
				change++
			}
			row[j] = min(change, last[j]+1, row[j-1]+1)
			if i > 1 && j > 1 && s[i-1] == t[j-2] && s[i-2] == t[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
		}
		before, last, row = last, row, before
	}
	return last[len(t)]
}
