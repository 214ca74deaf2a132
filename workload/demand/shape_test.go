package demand

import (
	"math"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"ecssim/model/load"
	"ecssim/sim"
)

// shape is a shape that is right.
func shape(s *Shape, err error) *Shape {
	if err != nil {
		panic(err)
	}
	return s
}

// until are the steps before an instant.
func until(d Demand, end time.Duration) (steps []load.Step) {
	c := d.Open(sim.NewStreams(1), "load/web")
	for {
		s, ok := c.Next()
		if !ok || s.At >= end {
			return steps
		}
		steps = append(steps, s)
	}
}

// units is how much comes before an instant.
func units(steps []load.Step, end time.Duration) float64 {
	total := 0.0
	for i, s := range steps {
		next := end
		if i+1 < len(steps) {
			next = min(end, steps[i+1].At)
		}
		if next > s.At {
			total += s.Rate * (next - s.At).Seconds()
		}
	}
	return total
}

func TestAConstantIsOneStep(t *testing.T) {
	require.Equal(t, []load.Step{{At: 0, Rate: 30}}, until(shape(Constant(30)), 1000*time.Hour))
	require.Equal(t, []load.Step{{At: 0, Rate: 0}}, until(shape(Constant(0)), 1000*time.Hour))
}

func TestAStepIsTwo(t *testing.T) {
	require.Equal(t, []load.Step{{At: 0, Rate: 10}, {At: time.Hour, Rate: 50}}, until(shape(Step(10, 50, time.Hour)), day))
	require.Equal(t, []load.Step{{At: 0, Rate: 50}}, until(shape(Step(10, 50, 0)), day))
}

func TestARampHasTheRateOfTheMiddleOfEachCell(t *testing.T) {
	s := until(shape(Ramp(0, 60, 30*time.Second, 2*time.Minute)), time.Hour)
	require.Equal(t, []load.Step{
		{At: 0, Rate: 0}, {At: 30 * time.Second, Rate: 7.5}, {At: time.Minute, Rate: 30}, {At: 2 * time.Minute, Rate: 52.5},
		{At: 150 * time.Second, Rate: 60},
	}, s)
	require.InDelta(t, 2*60*30+60*30, units(s, 3*time.Minute), 1e-9, "as the straight line has")
}

func TestASpikeComesAgainAndAgain(t *testing.T) {
	p := Peaks{At: time.Hour, Hold: time.Minute, Every: 2 * time.Hour}
	require.Equal(t, []load.Step{
		{At: 0, Rate: 1}, {At: time.Hour, Rate: 9}, {At: time.Hour + time.Minute, Rate: 1},
		{At: 3 * time.Hour, Rate: 9}, {At: 3*time.Hour + time.Minute, Rate: 1},
	}, until(shape(Spike(1, 9, p)), 5*time.Hour))

	p = Peaks{At: time.Minute, Rise: 2 * time.Minute, Hold: time.Minute, Fall: time.Minute}
	require.Equal(t, []load.Step{
		{At: 0, Rate: 0}, {At: time.Minute, Rate: 20}, {At: 2 * time.Minute, Rate: 60}, {At: 3 * time.Minute, Rate: 80},
		{At: 4 * time.Minute, Rate: 40}, {At: 5 * time.Minute, Rate: 0},
	}, until(shape(Spike(0, 80, p)), day))

	p = Peaks{At: 0, Hold: time.Minute, Every: time.Minute}
	require.Equal(t, []load.Step{{At: 0, Rate: 9}}, until(shape(Spike(1, 9, p)), time.Minute), "spikes without a pause")
}

func TestADayHasItsPeakAndItsMean(t *testing.T) {
	d := shape(Daily(300, 9000, 12*time.Hour))
	s := until(d, day)
	require.Equal(t, 1439, len(s), "a step a minute, but the two around the peak are alike")
	require.InDelta(t, 300, s[0].Rate, 0.1)
	require.InDelta(t, 9000, s[719].Rate, 0.1)
	require.InDelta(t, 4650, s[360].Rate, 20)
	require.InEpsilon(t, 4650*86400.0, units(s, day), 1e-9, "half of low and high")
	require.Equal(t, 9000.0, d.Peak())
}

func TestAWeekendIsAnotherDay(t *testing.T) {
	// 2026-01-01 is a Thursday.
	w := shape(Weekly(100, 100, 0, 0.5, time.Date(2026, 1, 1, 6, 0, 0, 0, time.UTC)))
	require.Equal(t, []load.Step{
		{At: 0, Rate: 100}, {At: 42 * time.Hour, Rate: 50}, {At: 90 * time.Hour, Rate: 100}, {At: 210 * time.Hour, Rate: 50},
	}, until(w, 9*day))
	w = shape(Weekly(0, 100, 12*time.Hour, 0.5, time.Date(2026, 1, 3, 0, 0, 0, 0, time.UTC)))
	s := until(w, 7*day)
	require.InEpsilon(t, 86400*(2*25+5*50), units(s, 7*day), 1e-9)
}

func TestNoiseHasMeanOneAndIsNeverNegative(t *testing.T) {
	d := shape(shape(Constant(100)).Finish(0.3, time.Minute))
	s := until(d, 10000*time.Minute)
	require.Len(t, s, 10000)
	mean, squares := 0.0, 0.0
	for _, x := range s {
		require.Positive(t, x.Rate)
		mean += x.Rate / 1e4
		squares += x.Rate * x.Rate / 1e4
	}
	require.InDelta(t, 100, mean, 1)
	require.InDelta(t, 30, math.Sqrt(squares-mean*mean), 1, "a coefficient of variation of 0.3")
	require.Equal(t, 100.0, d.Peak(), "before noise")
}

func TestVariantsWithOtherRatesSeeTheSameNoise(t *testing.T) {
	a := until(shape(shape(Constant(100)).Finish(0.3, time.Minute)), time.Hour)
	b := until(shape(shape(Step(0, 200, 10*time.Minute)).Finish(0.3, time.Minute)), time.Hour)
	require.Equal(t, load.Step{}, b[0], "nothing times noise is nothing")
	require.Len(t, b, 51)
	for i := range 50 {
		require.InEpsilon(t, 2*a[10+i].Rate, b[1+i].Rate, 1e-12)
		require.Equal(t, a[10+i].At, b[1+i].At)
	}
	c := shape(shape(Constant(100)).Finish(0.3, time.Minute)).Open(sim.NewStreams(2), "load/web")
	first, _ := c.Next()
	require.NotEqual(t, a[0].Rate, first.Rate, "another seed, another noise")
}

func TestSumsAddUpStepByStep(t *testing.T) {
	d := Sum(shape(Step(1, 2, time.Minute)), shape(Step(10, 30, time.Hour)), shape(Step(0, 100, time.Minute)))
	require.Equal(t, []load.Step{{At: 0, Rate: 11}, {At: time.Minute, Rate: 112}, {At: time.Hour, Rate: 132}}, until(d, day))
	require.Equal(t, 132.0, d.Peak())
	_, ends := d.End()
	require.False(t, ends)
	require.Equal(t, []load.Step{{At: 0, Rate: 22}, {At: time.Minute, Rate: 224}, {At: time.Hour, Rate: 264}}, until(Scaled(d, 2), day))
	require.Equal(t, 264.0, Scaled(d, 2).Peak())
}

func TestPartsOfASumHaveTheirOwnNoise(t *testing.T) {
	one := shape(shape(Constant(100)).Finish(0.3, time.Minute))
	alone, both := until(one, time.Hour), until(Sum(one, one), time.Hour)
	require.NotEqual(t, 2*alone[0].Rate, both[0].Rate)
}

func TestWrongParametersAreNamed(t *testing.T) {
	nan := math.NaN()
	for want, got := range map[string]error{
		"rate must be a number, found NaN":                                     second(Constant(nan)),
		"rate must not be negative, found -1/s":                                second(Constant(-1)),
		"rate must be at most 1e+09/s, found 1e+10/s":                          second(Constant(1e10)),
		"to must not be negative, found -2/s":                                  second(Step(1, -2, 0)),
		"low must not be above `high`, found 3/s and 2/s":                      second(Daily(3, 2, 0)),
		"high must not be negative, found -5/s":                                second(Weekly(1, -5, 0, 1, time.Time{})),
		"weekend must be 0 to 100, found NaN":                                  second(Weekly(1, 5, 0, nan, time.Time{})),
		"every must be at least what a spike takes, 1m, found 30s":             second(Spike(1, 2, Peaks{Hold: time.Minute, Every: 30 * time.Second})),
		"for is 0, and so are `rise` and `fall`: the spike would take no time": second(Spike(1, 2, Peaks{})),
		"for must be at most 10950 days, as `rise` and `fall`":                 second(Spike(1, 2, Peaks{Rise: longest + 1})),
		"noise must be 0 to 10, found -1":                                      second(shape(Constant(1)).Finish(-1, 0)),
		"resolution must be at least 1s, found 1ms":                            second(shape(Constant(1)).Finish(0, time.Millisecond)),
	} {
		require.EqualError(t, got, want)
	}
}

func second(_ *Shape, err error) error { return err }

// TestStepsComeInOrderAndNeverWithoutEnd: any shape, noise or sum gives strictly increasing times and rates that are numbers.
func TestStepsComeInOrderAndNeverWithoutEnd(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var parts []Demand
		for range rapid.IntRange(1, 3).Draw(t, "parts") {
			parts = append(parts, anyShape(t))
		}
		d := Sum(parts...)
		steps := until(d, 3*day)
		require.Positive(t, len(steps))
		require.Zero(t, steps[0].At)
		for i, s := range steps {
			require.False(t, s.Rate < 0 || math.IsNaN(s.Rate) || math.IsInf(s.Rate, 0))
			if i > 0 {
				require.Greater(t, s.At, steps[i-1].At)
			}
		}
		require.True(t, slices.Equal(steps, until(d, 3*day)), "opened anew it is the same")
	})
}

func anyShape(t *rapid.T) *Shape {
	rate := func(name string) float64 {
		return rapid.OneOf(rapid.Just(0.0), rapid.Just(5e-324), rapid.Float64Range(0, 1e4)).Draw(t, name)
	}
	span := func(name string) time.Duration {
		return time.Duration(rapid.Int64Range(0, int64(2*day)).Draw(t, name))
	}
	low := rate("low")
	high := low + rate("more")
	var s *Shape
	switch rapid.IntRange(0, 4).Draw(t, "kind") {
	case 0:
		s = shape(Constant(low))
	case 1:
		s = shape(Ramp(low, rate("to"), span("at"), span("for")))
	case 2:
		s = shape(Daily(low, high, span("peak")))
	case 3:
		s = shape(Weekly(low, high, span("peak"), rapid.SampledFrom([]float64{0, 1, 0.3}).Draw(t, "weekend"), time.Unix(int64(span("start")/time.Second), 0).UTC()))
	default:
		p := Peaks{At: span("at"), Rise: span("rise"), Hold: span("hold") + time.Minute, Fall: span("fall")}
		if rapid.Bool().Draw(t, "again") {
			p.Every = p.Rise + p.Hold + p.Fall + span("pause")
		}
		s = shape(Spike(low, high, p))
	}
	noise := rapid.SampledFrom([]float64{0, 0, 0.1, 10}).Draw(t, "noise")
	return shape(s.Finish(noise, rapid.SampledFrom([]time.Duration{0, 10 * time.Second, time.Hour}).Draw(t, "resolution")))
}
