//go:build !race

package worlds

// raced: the race detector watches.
const raced = false
