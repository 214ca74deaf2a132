package report

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// pairs draws one seed of a base and a variant whose mean differs from it by a known amount.
type pairs struct {
	name  string
	truth float64
	draw  func(r *rand.Rand) (base, variant float64)
}

// knownDifferences share most of their noise, as variants with common random numbers do.
func knownDifferences() []pairs {
	lognormal := func(r *rand.Rand, sigma float64) float64 { return math.Exp(sigma * r.NormFloat64()) }
	return []pairs{
		{"normal", 5, func(r *rand.Rand) (float64, float64) {
			base := 90 + 10*r.NormFloat64()
			return base, base + 5 + 2*r.NormFloat64()
		}},
		{"lognormal", 40 * math.Exp(0.045) * (1.3*math.Exp(0.005) - 1), func(r *rand.Rand) (float64, float64) {
			base := 40 * lognormal(r, 0.3)
			return base, base * 1.3 * lognormal(r, 0.1) // what is long gets longer: the difference is skewed too
		}},
		{"discrete with ties", 0.9, func(r *rand.Rand) (float64, float64) {
			base := float64(r.IntN(4))
			switch u := r.Float64(); {
			case u < 0.3:
				return base, base
			case u < 0.8:
				return base, base + 1
			}
			return base, base + 2
		}},
	}
}

// TestIntervalsHoldAKnownDifference: 95 ± 3 % of the intervals of 1,000 trials do.
func TestIntervalsHoldAKnownDifference(t *testing.T) {
	const trials = 1000
	for _, d := range knownDifferences() {
		for _, n := range []int{6, 20, 100} {
			t.Run(fmt.Sprintf("%s/%d", d.name, n), func(t *testing.T) {
				r := rand.New(rand.NewPCG(1, uint64(n)))
				held := 0
				for range trials {
					base, own := make([]float64, n), make([]float64, n)
					for i := range n {
						base[i], own[i] = d.draw(r)
					}
					got := compareRuns(own, base)
					if *got.Low <= d.truth && d.truth <= *got.High {
						held++
					}
				}
				t.Logf("%.1f %%", 100*float64(held)/trials)
				require.InDelta(t, 0.95, float64(held)/trials, 0.03)
			})
		}
	}
}

// TestIntervalsOfNoDifferenceContainZero: a verdict is wrong in 5 ± 3 % of the trials in which there is nothing to see.
func TestIntervalsOfNoDifferenceContainZero(t *testing.T) {
	const trials = 1000
	r := rand.New(rand.NewPCG(7, 7))
	wrong := 0
	for range trials {
		base, own := make([]float64, 20), make([]float64, 20)
		for i := range base {
			common := 50 * math.Exp(0.5*r.NormFloat64())
			base[i], own[i] = common+r.NormFloat64(), common+r.NormFloat64()
		}
		if compareRuns(own, base).Verdict != VerdictUnclear {
			wrong++
		}
	}
	require.InDelta(t, 0.05, float64(wrong)/trials, 0.03)
}

func TestDifferenceIntervalOfSymmetricDifferencesIsStudents(t *testing.T) {
	mean, low, high := differenceInterval([]float64{-3, -2, -1, 1, 2, 3})
	assert.InDelta(t, 0, mean, 1e-12)
	half := 2.5705818 * math.Sqrt(28.0/5) / math.Sqrt(6)
	assert.InDelta(t, -half, low, 1e-6)
	assert.InDelta(t, half, high, 1e-6)
}

// TestDifferenceIntervalOfSkewedDifferences is a value worked out by hand from Hall's formula.
func TestDifferenceIntervalOfSkewedDifferences(t *testing.T) {
	ds := []float64{0, 1, 1, 1, 2, 7}
	mean, low, high := differenceInterval(ds)
	sd, skew := math.Sqrt(32.0/5), (-8-1-1-1+0+125)/math.Pow(32.0/5, 1.5)/6
	u := func(q float64) float64 {
		return 3 / skew * (math.Cbrt(1+skew*(q*2.5705818/math.Sqrt(6)-skew/36)) - 1)
	}
	assert.InDelta(t, 2, mean, 1e-12)
	assert.InDelta(t, 2-sd*u(1), low, 1e-6)
	assert.InDelta(t, 2-sd*u(-1), high, 1e-6)
	assert.Greater(t, high-mean, mean-low, "the long side is that of the long tail")
}

func genRuns(t *rapid.T, label string, n int) []float64 {
	return rapid.SliceOfN(rapid.Map(rapid.IntRange(-2000, 2000), func(i int) float64 { return float64(i) / 8 }), n, n).Draw(t, label)
}

// TestComparisonIsAntisymmetric: B against A is A against B with all signs turned.
func TestComparisonIsAntisymmetric(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 30).Draw(t, "n")
		a, b := genRuns(t, "a", n), genRuns(t, "b", n)
		ab, ba := compareRuns(b, a), compareRuns(a, b)
		require.Equal(t, ab.Mean, -ba.Mean+0)
		require.Equal(t, ab.AllEqual, ba.AllEqual)
		turned := map[string]string{VerdictLower: VerdictHigher, VerdictHigher: VerdictLower}
		want := ba.Verdict
		if other, ok := turned[want]; ok {
			want = other
		}
		require.Equal(t, want, ab.Verdict)
		if n < minSeeds {
			require.Nil(t, ab.Low)
			require.Equal(t, VerdictUnknown, ab.Verdict)
			return
		}
		require.Equal(t, *ab.Low, -*ba.High+0)
		require.Equal(t, *ab.High, -*ba.Low+0)
		require.LessOrEqual(t, *ab.Low, ab.Mean)
		require.GreaterOrEqual(t, *ab.High, ab.Mean)
		require.Equal(t, ab.Gain, ba.Gain)
	})
}

// TestIntervalsScaleAndShift: cents instead of dollars, or a fixed fee, change nothing but the scale.
func TestIntervalsScaleAndShift(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		ds := genRuns(t, "differences", rapid.IntRange(6, 30).Draw(t, "n"))
		shift := float64(rapid.IntRange(-100, 100).Draw(t, "shift"))
		moved := slices.Clone(ds)
		for i := range moved {
			moved[i] = 100*moved[i] + shift
		}
		mean, low, high := differenceInterval(ds)
		m, l, h := differenceInterval(moved)
		for _, c := range [][2]float64{{mean, m}, {low, l}, {high, h}} {
			require.InDelta(t, 100*c[0]+shift, c[1], 1e-4*(1+math.Abs(c[1])))
		}
	})
}

// TestCommonRandomNumbersGain: with variance 100 in common and 1 of its own each, a difference has variance 2 instead
// of 202, and independent seeds would need an interval ten times as wide.
func TestCommonRandomNumbersGain(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	var base, own []float64
	for range 4000 {
		common := 10 * r.NormFloat64()
		base, own = append(base, common+r.NormFloat64()), append(own, 7+common+r.NormFloat64())
	}
	require.InEpsilon(t, math.Sqrt(101), commonGain(base, own), 0.05)
	require.Zero(t, commonGain([]float64{1, 2, 3}, []float64{2, 3, 4}), "without a spread of the difference it cannot be told")
	require.Zero(t, commonGain([]float64{1}, []float64{2}))
	require.Less(t, commonGain([]float64{1, 2, 3, 4}, []float64{4, 3, 2, 1}), 1.0, "what goes against each other is worse off in pairs")
}
