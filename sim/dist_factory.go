package sim

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// combination is one way to describe a distribution: the parameters a person gives, and what they make.
type combination struct {
	names []string
	build func(v []float64) (Dist, error) // v in the order of names
}

func one(name string, f func(a float64) (Dist, error)) combination {
	return combination{[]string{name}, func(v []float64) (Dist, error) { return f(v[0]) }}
}

func two(first, second string, f func(a, b float64) (Dist, error)) combination {
	return combination{[]string{first, second}, func(v []float64) (Dist, error) { return f(v[0], v[1]) }}
}

// families is the whole language of FromParameters, in the order in which it is told to people.
var families = []struct {
	kind string
	ways []combination
}{
	{"constant", []combination{one("value", Constant)}},
	{"uniform", []combination{two("low", "high", Uniform)}},
	{"exponential", []combination{one("mean", Exponential), one("median", ExponentialFromMedian)}},
	{"normal", []combination{two("mean", "sd", Normal), two("mean", "p95", NormalFromMeanP95)}},
	{"lognormal", []combination{
		two("median", "p95", LogNormalFromMedianP95), two("mean", "median", LogNormalFromMeanMedian),
		two("median", "sigma", LogNormalFromMedianSigma), two("mean", "sd", LogNormalFromMeanSD),
	}},
	{"weibull", []combination{
		two("shape", "mean", WeibullFromShapeMean), two("shape", "median", WeibullFromShapeMedian),
		two("shape", "scale", WeibullFromShapeScale), two("median", "p95", WeibullFromMedianP95),
	}},
	{"gamma", []combination{
		two("shape", "mean", GammaFromShapeMean), two("mean", "sd", GammaFromMeanSD),
		two("shape", "scale", GammaFromShapeScale),
	}},
	{"pareto", []combination{
		two("shape", "min", ParetoFromShapeMin), two("shape", "mean", ParetoFromShapeMean),
		two("shape", "median", ParetoFromShapeMedian),
	}},
}

// Kinds lists the distributions that FromParameters knows.
func Kinds() []string {
	kinds := make([]string, len(families))
	for i, f := range families {
		kinds[i] = f.kind
	}
	return kinds
}

// Combinations lists the sets of parameters that describe a distribution of this kind; nil for an unknown kind.
func Combinations(kind string) [][]string {
	var sets [][]string
	for _, way := range ways(kind) {
		sets = append(sets, slices.Clone(way.names))
	}
	return sets
}

// FromParameters makes a distribution from named parameters. They must be exactly one of Combinations(kind); any
// error is a *ParameterError.
func FromParameters(kind string, p map[string]float64) (Dist, error) {
	known := ways(kind)
	if known == nil {
		reason := fmt.Sprintf("unknown distribution %q; known are %s", kind, strings.Join(Kinds(), ", "))
		return nil, &ParameterError{Kind: kind, Reason: reason}
	}
	given := slices.Sorted(maps.Keys(p)) // sorted, so that the same mistake always reads the same
	for _, name := range given {
		if !slices.ContainsFunc(known, func(way combination) bool { return slices.Contains(way.names, name) }) {
			return nil, &ParameterError{kind, name, "is not a parameter of " + kind, Combinations(kind)}
		}
	}
	for _, way := range known {
		values := make([]float64, 0, len(way.names))
		for _, name := range way.names {
			if v, ok := p[name]; ok {
				values = append(values, v)
			}
		}
		if len(values) == len(way.names) && len(values) == len(given) {
			return way.build(values)
		}
	}
	reason := "found no parameters"
	if len(given) > 0 {
		reason = "found " + strings.Join(given, " and ")
	}
	return nil, &ParameterError{Kind: kind, Reason: reason, Allowed: Combinations(kind)}
}

func ways(kind string) []combination {
	for _, f := range families {
		if f.kind == kind {
			return f.ways
		}
	}
	return nil
}
