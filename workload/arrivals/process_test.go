package arrivals

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"ecssim/model"
	"ecssim/sim"
)

// gapsOf are the first n gaps of a process, in seconds.
func gapsOf(t testing.TB, p Process, seed uint64, name string, n int) []float64 {
	t.Helper()
	open := p.Open(sim.NewStreams(seed), name)
	gaps := make([]float64, n)
	last := time.Duration(0)
	for i := range gaps {
		a, ok := open.Next()
		require.True(t, ok, "%v ended after %d", p, i)
		require.GreaterOrEqual(t, a.At, last)
		require.Equal(t, noTask(a.At), a)
		gaps[i], last = (a.At - last).Seconds(), a.At
	}
	return gaps
}

// timesOf are all arrivals of a process, of which there are at most 1000.
func timesOf(t testing.TB, p Process) []time.Duration {
	t.Helper()
	open := p.Open(sim.NewStreams(1), "arrivals/x")
	var times []time.Duration
	for {
		a, ok := open.Next()
		if !ok {
			_, again := open.Next()
			require.False(t, again, "the end is final")
			return times
		}
		times = append(times, a.At)
		require.LessOrEqual(t, len(times), 1000)
	}
}

func made(t testing.TB) func(Process, error) Process {
	return func(p Process, err error) Process {
		t.Helper()
		require.NoError(t, err)
		return p
	}
}

// fits is the Kolmogorov-Smirnov test at one in a thousand.
func fits(t *testing.T, sample []float64, law func(float64) float64) {
	t.Helper()
	slices.Sort(sample)
	n, worst := float64(len(sample)), 0.0
	for i, x := range sample {
		worst = max(worst, math.Abs(law(x)-float64(i)/n), math.Abs(law(x)-float64(i+1)/n))
	}
	require.Less(t, worst*math.Sqrt(n), 1.95)
}

func TestPoissonGapsAreExponential(t *testing.T) {
	for _, rate := range []float64{0.001, 0.5, 2000} {
		gaps := gapsOf(t, made(t)(Poisson(rate, Limit{})), 7, "arrivals/web", 50_000)
		fits(t, gaps, func(x float64) float64 { return -math.Expm1(-rate * x) })
	}
}

func TestPoissonCountsHaveVarianceEqualToMean(t *testing.T) {
	open := made(t)(Poisson(10, Limit{})).Open(sim.NewStreams(3), "arrivals/web")
	const windows = 20_000 // of one second
	counts := make([]float64, windows)
	for {
		a, _ := open.Next()
		if a.At >= windows*time.Second {
			break
		}
		counts[a.At/time.Second]++
	}
	var sum, squares float64
	for _, c := range counts {
		sum += c
		squares += c * c
	}
	mean := sum / windows
	require.InDelta(t, 10, mean, 4*math.Sqrt(10.0/windows))
	require.InDelta(t, 10, squares/windows-mean*mean, 0.5)
}

func TestMMPPKeepsItsRateAndIsMoreVariableThanPoisson(t *testing.T) {
	p := made(t)(MMPP([]State{{Rate: 10. / 60, MeanStay: 300}, {Rate: 100. / 60, MeanStay: 30}, {Rate: 0, MeanStay: 60}}, Limit{}))
	open := p.Open(sim.NewStreams(5), "arrivals/web")
	const n = 300_000
	var sum, squares, last float64
	for range n {
		a, ok := open.Next()
		require.True(t, ok)
		gap := a.At.Seconds() - last
		last += gap
		sum += gap
		squares += gap * gap
	}
	want := (10./60*300 + 100./60*30) / 390
	require.InEpsilon(t, want, n/last, 0.03)
	mean := sum / n
	require.Greater(t, (squares/n-mean*mean)/(mean*mean), 1.5, "squared coefficient of variation; 1 for Poisson")
}

func TestMMPPStatesStayWhenRatesChange(t *testing.T) {
	silence := func(rate float64) (longest time.Duration) {
		open := made(t)(MMPP([]State{{rate, 10}, {0, 1000}}, Limit{})).Open(sim.NewStreams(5), "arrivals/web")
		last := time.Duration(0)
		for {
			a, _ := open.Next()
			if a.At > 24*time.Hour {
				return longest
			}
			longest, last = max(longest, a.At-last), a.At
		}
	}
	require.InDelta(t, silence(100).Seconds(), silence(1000).Seconds(), 0.2)
}

func TestMMPPWithOneStateIsPoisson(t *testing.T) {
	gaps := gapsOf(t, made(t)(MMPP([]State{{Rate: 2, MeanStay: 3}}, Limit{})), 7, "arrivals/web", 50_000)
	fits(t, gaps, func(x float64) float64 { return -math.Expm1(-2 * x) })
}

func TestRenewalGapsFollowTheirLaw(t *testing.T) {
	d, err := sim.Uniform(1, 3)
	require.NoError(t, err)
	gaps := gapsOf(t, made(t)(Renewal(d, Limit{})), 7, "arrivals/web", 20_000)
	fits(t, gaps, func(x float64) float64 { return (x - 1) / 2 })
}

func TestRoundingNeverAddsUp(t *testing.T) {
	third, err := sim.Constant(1. / 3)
	require.NoError(t, err)
	open := made(t)(Renewal(third, Limit{})).Open(sim.NewStreams(1), "arrivals/x")
	var last model.Arrival
	for range 3_000_000 {
		last, _ = open.Next()
	}
	require.InDelta(t, 1_000_000*int64(time.Second), int64(last.At), 5) // without carry 1 ms
}

func TestSameSeedAndNameSameArrivals(t *testing.T) {
	d, err := sim.Exponential(2)
	require.NoError(t, err)
	for _, p := range []Process{
		made(t)(Poisson(1, Limit{})), made(t)(Renewal(d, Limit{})), made(t)(MMPP([]State{{1, 5}, {9, 2}}, Limit{})),
	} {
		first := gapsOf(t, p, 1, "arrivals/a", 2000)
		require.Equal(t, first, gapsOf(t, p, 1, "arrivals/a", 2000), "%v", p)
		for _, other := range [][]float64{gapsOf(t, p, 2, "arrivals/a", 2000), gapsOf(t, p, 1, "arrivals/b", 2000)} {
			require.NotEqual(t, first[0], other[0])
			require.Less(t, math.Abs(correlation(first, other)), 4/math.Sqrt(2000), "%v", p)
		}
		require.Less(t, math.Abs(correlation(first[1:], first[:1999])), 0.5, "%v", p) // an MMPP's gaps do hang together
	}
}

func TestReplicationsMayInterleave(t *testing.T) {
	p := made(t)(MMPP([]State{{1, 5}, {9, 2}}, Limit{}))
	alone := gapsOf(t, p, 1, "arrivals/a", 100)
	one, two := p.Open(sim.NewStreams(1), "arrivals/a"), p.Open(sim.NewStreams(2), "arrivals/a")
	last := time.Duration(0)
	for _, want := range alone {
		a, _ := one.Next()
		_, _ = two.Next()
		require.Equal(t, want, (a.At - last).Seconds())
		last = a.At
	}
}

func correlation(x, y []float64) float64 {
	n := float64(len(x))
	var sx, sy, sxx, syy, sxy float64
	for i := range x {
		sx, sy = sx+x[i], sy+y[i]
		sxx, syy, sxy = sxx+x[i]*x[i], syy+y[i]*y[i], sxy+x[i]*y[i]
	}
	return (n*sxy - sx*sy) / math.Sqrt((n*sxx-sx*sx)*(n*syy-sy*sy))
}

func TestFixedAndBurst(t *testing.T) {
	s := time.Second
	for _, c := range []struct {
		process Process
		want    []time.Duration
		text    string
	}{
		{made(t)(Fixed(2*s, 0, Limit{Count: 3})), []time.Duration{0, 2 * s, 4 * s}, "fixed(every 2s, first at 0s, 3 in all)"},
		{made(t)(Fixed(2*s, 5*s, Limit{Until: 9 * s})), []time.Duration{5 * s, 7 * s}, "fixed(every 2s, first at 5s, until 9s)"},
		{made(t)(Fixed(200*365*24*time.Hour, 0, Limit{})), []time.Duration{0, 200 * 365 * 24 * time.Hour}, "fixed(every 1752000h, first at 0s)"},
		{made(t)(Burst(3*s, 2, 0, Limit{})), []time.Duration{3 * s, 3 * s}, "burst(2 at 3s)"},
		{made(t)(Burst(0, 2, time.Hour, Limit{Count: 3})), []time.Duration{0, 0, time.Hour}, "burst(2 at 0s, every 1h, 3 in all)"},
		{made(t)(Burst(s, 2, 90*s, Limit{Until: 91 * s})), []time.Duration{s, s}, "burst(2 at 1s, every 1m30s, until 1m31s)"},
	} {
		require.Equal(t, c.want, timesOf(t, c.process), c.text)
		require.Equal(t, c.text, c.process.String())
	}
}

func TestEndless(t *testing.T) {
	require.True(t, made(t)(Poisson(1, Limit{})).Endless())
	require.False(t, made(t)(Poisson(1, Limit{Count: 1})).Endless())
	require.False(t, made(t)(Poisson(1, Limit{Until: 1})).Endless())
	require.True(t, made(t)(Fixed(1, 0, Limit{})).Endless())
	require.False(t, made(t)(Burst(1, 1, 0, Limit{})).Endless())
	require.True(t, made(t)(Burst(1, 1, 1, Limit{})).Endless())
}

func TestLimitsEndEveryProcess(t *testing.T) {
	d, err := sim.Exponential(1)
	require.NoError(t, err)
	for _, build := range []func(Limit) (Process, error){
		func(l Limit) (Process, error) { return Poisson(1, l) },
		func(l Limit) (Process, error) { return Renewal(d, l) },
		func(l Limit) (Process, error) { return MMPP([]State{{1, 5}, {0, 2}}, l) },
	} {
		require.Len(t, timesOf(t, made(t)(build(Limit{Count: 7}))), 7)
		times := timesOf(t, made(t)(build(Limit{Until: 100 * time.Second})))
		require.NotEmpty(t, times)
		require.Less(t, times[len(times)-1], 100*time.Second)
	}
	open := made(t)(Poisson(1e-300, Limit{})).Open(sim.NewStreams(1), "x")
	_, ok := open.Next()
	require.False(t, ok, "beyond the end of simulated time")
}

// odd is a distribution with a mean of our choice.
type odd struct{ mean float64 }

func (o odd) Sample(*rand.Rand) float64 { return 0 }
func (o odd) Mean() float64             { return o.mean }
func (o odd) String() string            { return "odd" }

func TestConstructorsRefuse(t *testing.T) {
	inf, nan := math.Inf(1), math.NaN()
	errorOf := func(_ Process, err error) error { return err }
	for _, c := range []struct {
		err             error
		parameter, text string
	}{
		{errorOf(Poisson(0, Limit{})), "rate", "rate must be above 0, found 0/s"},
		{errorOf(Poisson(-1, Limit{})), "rate", "rate must be above 0, found -1/s"},
		{errorOf(Poisson(nan, Limit{})), "rate", "rate must be a number, found NaN"},
		{errorOf(Poisson(inf, Limit{})), "rate", "rate must be at most one arrival in a nanosecond, found +Inf/s: arrivals would never let time pass"},
		{errorOf(Poisson(-inf, Limit{})), "rate", "rate must be above 0, found -Inf/s"},
		{errorOf(Poisson(1e10, Limit{})), "rate", "rate must be at most one arrival in a nanosecond, found 1e+10/s: arrivals would never let time pass"},
		{errorOf(Poisson(1, Limit{Count: -1})), "count", "count must not be negative, found -1"},
		{errorOf(Poisson(1, Limit{Until: -1})), "until", "until must not be negative, found -1ns"},
		{errorOf(Fixed(0, 0, Limit{})), "every", "every must be above 0, found 0s: arrivals would never let time pass"},
		{errorOf(Fixed(1, -1, Limit{})), "first", "first must not be negative, found -1ns"},
		{errorOf(Burst(-1, 1, 0, Limit{})), "at", "at must not be negative, found -1ns"},
		{errorOf(Burst(0, 0, 0, Limit{})), "count", "count must be at least 1, found 0"},
		{errorOf(Burst(0, 1, -1, Limit{})), "every", "every must not be negative, found -1ns"},
		{errorOf(Renewal(nil, Limit{})), "interarrival", "interarrival is missing"},
		{errorOf(Renewal(odd{0}, Limit{})), "interarrival", "interarrival must have a mean of at least 1ns, found odd with mean 0 s: arrivals would never let time pass"},
		{errorOf(Renewal(odd{nan}, Limit{})), "interarrival", "interarrival must have a mean of at least 1ns, found odd with mean NaN s: arrivals would never let time pass"},
		{errorOf(MMPP(nil, Limit{})), "rates", "rates must name at least one state"},
		{errorOf(MMPP([]State{{1, 1}, {-1, 1}}, Limit{})), "rates[1]", "rates[1] must be above 0, found -1/s"},
		{errorOf(MMPP([]State{{nan, 1}}, Limit{})), "rates[0]", "rates[0] must be a number, found NaN"},
		{errorOf(MMPP([]State{{0, 1}, {0, 1}}, Limit{})), "rates", "rates must not all be 0: nothing would ever arrive"},
		{errorOf(MMPP([]State{{1, 0}}, Limit{})), "mean_stay[0]", "mean_stay[0] must be at least 1ns, found 0 s: arrivals would never let time pass"},
		{errorOf(MMPP([]State{{1, nan}}, Limit{})), "mean_stay[0]", "mean_stay[0] must be at least 1ns, found NaN s: arrivals would never let time pass"},
		{errorOf(MMPP([]State{{1, inf}}, Limit{})), "mean_stay[0]", "mean_stay[0] must be finite, found +Inf"},
		{errorOf(MMPP([]State{{1, 1e-9}, {1, 1e-9}}, Limit{})), "mean_stay", "mean_stay is too short for these rates: the state would change more than 1,000,000 times an arrival"},
	} {
		var wrong *ParameterError
		require.ErrorAs(t, c.err, &wrong, c.text)
		require.Equal(t, c.parameter, wrong.Parameter)
		require.EqualError(t, c.err, c.text)
	}
}

func TestNextAllocatesNothing(t *testing.T) {
	d, err := sim.Exponential(1)
	require.NoError(t, err)
	trace := read(t, "at\n"+lines(2000), TraceSpec{Arrival: "at"})
	for _, p := range []Process{
		made(t)(Poisson(1, Limit{})), made(t)(Renewal(d, Limit{})), made(t)(MMPP([]State{{1, 5}, {0, 2}}, Limit{})),
		made(t)(Fixed(1, 0, Limit{})), made(t)(Burst(0, 3, 1, Limit{})), trace,
	} {
		open := p.Open(sim.NewStreams(1), "arrivals/x")
		require.Zero(t, testing.AllocsPerRun(1000, func() { _, _ = open.Next() }), "%v", p)
	}
}

func BenchmarkNext(b *testing.B) {
	open := made(b)(Poisson(1, Limit{})).Open(sim.NewStreams(1), "arrivals/x")
	b.ReportAllocs()
	for b.Loop() {
		if _, ok := open.Next(); !ok {
			b.Fatal("ended")
		}
	}
}
