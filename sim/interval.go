package sim

import (
	"math"

	"gonum.org/v1/gonum/stat"
	"gonum.org/v1/gonum/stat/distuv"
)

// MeanInterval is the mean of independent results, such as one number of each replication, and its 95 % confidence
// interval after Student. ok is false with fewer than two results: they have a mean, but say nothing of its error,
// and low and high equal it.
func MeanInterval(xs []float64) (mean, low, high float64, ok bool) {
	switch len(xs) {
	case 0:
		return 0, 0, 0, false
	case 1:
		return xs[0], xs[0], xs[0], false
	}
	n := float64(len(xs))
	mean, sd := stat.MeanStdDev(xs, nil)
	half := distuv.StudentsT{Sigma: 1, Nu: n - 1}.Quantile(0.975) * sd / math.Sqrt(n)
	return mean, mean - half, mean + half, true
}
