//go:build race

package worlds

// raced: the race detector watches, which takes ten times as long.
const raced = true
