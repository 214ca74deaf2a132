package sim

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/assert"
	"gonum.org/v1/gonum/stat"
)

func numbers(r *rand.Rand, n int) []float64 {
	xs := make([]float64, n)
	for i := range xs {
		xs[i] = r.Float64()
	}
	return xs
}

func TestTheSameNameGivesTheSameNumbers(t *testing.T) {
	alone := numbers(NewStreams(42).Named("arrivals/web"), 100)

	s := NewStreams(42)
	other := s.Named("arrivals/api") // another service draws first, and in between
	numbers(other, 17)
	web := s.Named("arrivals/web")
	var among []float64
	for range 100 {
		among = append(among, web.Float64())
		other.Float64()
	}
	assert.Equal(t, alone, among)
	assert.Equal(t, alone, numbers(s.Named("arrivals/web"), 100), "asking twice gives the beginning again")
}

func TestStreamsOfDifferentNamesAndSeedsDiffer(t *testing.T) {
	const n = 10_000
	web := numbers(NewStreams(42).Named("arrivals/web"), n)
	for name, other := range map[string][]float64{
		"another name":        numbers(NewStreams(42).Named("arrivals/api"), n),
		"a name close by":     numbers(NewStreams(42).Named("arrivals/wec"), n),
		"another seed":        numbers(NewStreams(43).Named("arrivals/web"), n),
		"the seed with a bit": numbers(NewStreams(42|1<<63).Named("arrivals/web"), n),
	} {
		assert.Less(t, math.Abs(stat.Correlation(web, other, nil)), 4/math.Sqrt(n), name)
	}
}

func TestNumbersOfAStreamNeverChange(t *testing.T) {
	// Results in scenarios' golden files rest on these: a change here is a change of every simulation.
	r := NewStreams(1).Named("arrivals/web")
	assert.Equal(t, []uint64{12510477370861665665, 10693643177006263149, 9779591189202915018}, []uint64{r.Uint64(), r.Uint64(), r.Uint64()})
}
