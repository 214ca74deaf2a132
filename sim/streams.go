package sim

import (
	"hash/fnv"
	"io"
	"math/rand/v2"
)

// Streams hands out named random streams of one seed. The same seed and name give the same numbers, whatever
// other streams exist: adding a service to a world does not move another's arrivals.
type Streams struct{ seed uint64 }

// NewStreams returns the streams of a seed.
func NewStreams(seed uint64) Streams { return Streams{seed: seed} }

// Named returns a fresh generator at the beginning of the named stream. The caller keeps it: asking twice gives
// two generators that yield the same numbers.
func (s Streams) Named(name string) *rand.Rand {
	h := fnv.New64a()
	_, _ = io.WriteString(h, name) // a hash never fails to write
	return rand.New(rand.NewPCG(s.seed, h.Sum64()))
}
