package plot

import (
	"testing"
	"time"

	"pgregory.net/rapid"
)

var (
	seconds = rapid.OneOf(rapid.SampledFrom([]float64{0, 1e-9, 1, 60, 86400, 149 * 86400, 1e10, maxSeconds}), rapid.Float64Range(0, 4000))
	values  = rapid.OneOf(rapid.SampledFrom([]float64{0, 5e-324, 1e-6, 1, 6144, 1e12, maxValue}), rapid.Float64Range(0, 9000))
	words   = rapid.OneOf(rapid.String(), rapid.SampledFrom([]string{"", "cpu", "subnet <a> & \"b\"", "ユニット", "memory that one could go on about for a long time, if there were any need for it"}))
	starts  = rapid.SampledFrom([]time.Time{{}, time.Date(2024, 2, 28, 23, 59, 59, 5, time.UTC), time.Date(9999, 12, 31, 23, 0, 0, 0, time.FixedZone("", -11*3600))})
)

func steps() *rapid.Generator[[]Step] {
	one := rapid.Custom(func(t *rapid.T) Step {
		return Step{seconds.Draw(t, "at"), seconds.Draw(t, "width"), values.Draw(t, "mean"), values.Draw(t, "min"), values.Draw(t, "max")}
	})
	return rapid.SliceOfN(one, 0, 6)
}

func utilisations() *rapid.Generator[Utilisation] {
	resource := rapid.Custom(func(t *rapid.T) Resource {
		return Resource{words.Draw(t, "name"), words.Draw(t, "scope"), rapid.SampledFrom([]string{"", "units", "MiB", "個"}).Draw(t, "unit"),
			steps().Draw(t, "used"), steps().Draw(t, "capacity"), values.Draw(t, "peak")}
	})
	mark := rapid.Custom(func(t *rapid.T) Mark { return Mark{seconds.Draw(t, "at"), words.Draw(t, "text")} })
	return rapid.Custom(func(t *rapid.T) Utilisation {
		return Utilisation{words.Draw(t, "title"), words.Draw(t, "subtitle"), starts.Draw(t, "start"), seconds.Draw(t, "end"),
			rapid.SliceOfN(resource, 0, 8).Draw(t, "resources"), rapid.SliceOfN(mark, 0, 8).Draw(t, "marks")}
	})
}

func failures() *rapid.Generator[Failures] {
	count := rapid.Custom(func(t *rapid.T) FailureCount {
		return FailureCount{seconds.Draw(t, "at"), seconds.Draw(t, "width"), values.Draw(t, "count")}
	})
	series := rapid.Custom(func(t *rapid.T) FailureSeries {
		return FailureSeries{words.Draw(t, "reason"), rapid.SliceOfN(count, 0, 5).Draw(t, "counts")}
	})
	return rapid.Custom(func(t *rapid.T) Failures {
		return Failures{words.Draw(t, "title"), words.Draw(t, "subtitle"), starts.Draw(t, "start"), seconds.Draw(t, "end"),
			rapid.SliceOfN(series, 0, 9).Draw(t, "series"), rapid.Bool().Draw(t, "instant")}
	})
}

// checkPicture is what holds for every picture. PNG is slow: now and then.
func checkPicture(t *rapid.T, p Picture) {
	for _, problem := range misplaced(p) {
		t.Fatalf("%s", problem)
	}
	wellFormed(t, svgOf(t, p))
	if rapid.IntRange(0, 19).Draw(t, "png") == 0 && len(pngOf(t, p)) < 1000 {
		t.Fatalf("empty PNG")
	}
}

func TestAnyUtilisationDraws(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) { checkPicture(t, utilisationOf(t, utilisations().Draw(t, "utilisation"))) })
}

func TestAnyFailuresDraw(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) { checkPicture(t, failuresOf(t, failures().Draw(t, "failures"))) })
}
