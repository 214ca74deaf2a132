package report

import (
	"math"

	"gonum.org/v1/gonum/stat"
	"gonum.org/v1/gonum/stat/distuv"
)

// differenceInterval is the mean of paired differences and its 95 % interval: Student's, corrected for skewness by
// Hall's transformation (P. Hall, On the removal of skewness by transformation, JRSS B 54, 1992). It was chosen by its
// coverage, which a test holds: 6 differences that are as skewed as a lognormal of σ = 0.5 get an interval that holds
// the truth in 83 % of all cases from a bootstrap (BCa), in 91 % from Student, in 93 % from this; 20 of them in 91, 93
// and 94 %; and normal ones are as well off as with Student. It draws nothing, so that it depends on the differences
// alone, and the differences the other way round give the interval the other way round.
func differenceInterval(ds []float64) (mean, low, high float64) {
	mean, sd := stat.MeanStdDev(ds, nil)
	if sd == 0 || len(ds) < 2 {
		return mean, mean, mean
	}
	n := float64(len(ds))
	third := 0.0
	for _, d := range ds {
		z := (d - mean) / sd
		third += float64(float64(z*z) * z)
	}
	skew := third / n
	t := distuv.StudentsT{Sigma: 1, Nu: n - 1}.Quantile(0.975) / math.Sqrt(n)
	return mean, mean - sd*unskewed(skew, t, n), mean - sd*unskewed(skew, -t, n)
}

// unskewed is the inverse of Hall's transformation at t.
func unskewed(skew, t, n float64) float64 {
	u := t - skew/(6*n)
	x := skew * u
	switch {
	case math.Abs(skew) < 1e-9:
		return t
	case x > -1:
		return 3 * math.Expm1(math.Log1p(x)/3) / skew
	}
	return 3 * (math.Cbrt(1+x) - 1) / skew
}

// commonGain says how many times wider the interval of a difference would be with independent seeds: two variants
// that see the same arrivals and faults vary together, and what they share cancels. 0 where it cannot be told.
func commonGain(base, other []float64) float64 {
	ds := make([]float64, len(base))
	for i := range base {
		ds[i] = other[i] - base[i]
	}
	paired := stat.Variance(ds, nil)
	apart := stat.Variance(base, nil) + stat.Variance(other, nil)
	// What is left of two equal columns after rounding is no variance.
	if len(base) < 2 || apart == 0 || paired <= 1e-18*apart {
		return 0
	}
	return math.Sqrt(apart / paired)
}
