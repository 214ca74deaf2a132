package report

import (
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"ecssim/model"
	"ecssim/model/scaling"
)

func TestOscillationsAreReversalsUnderTheSameLoad(t *testing.T) {
	type moves []move
	m := time.Minute
	for _, c := range []struct {
		name  string
		moves moves
		want  *Oscillation
	}{
		{"nothing", nil, nil},
		{"what the load moves by itself", moves{{0, 10, 11, 100}, {10 * m, 11, 10, 95}, {20 * m, 10, 11, 100}, {30 * m, 11, 10, 95}}, nil},
		{"twice of that is too much", moves{{0, 10, 12, 100}, {10 * m, 12, 10, 95}, {20 * m, 10, 12, 100}, {30 * m, 12, 10, 95}},
			&Oscillation{Reversals: 3, Last: 30 * m, Low: 10, High: 12, LoadSpread: 0.05}},
		{"two reversals are few", moves{{0, 4, 8, 100}, {10 * m, 8, 4, 100}, {20 * m, 4, 8, 100}}, nil},
		{"three are not", moves{{0, 4, 8, 100}, {10 * m, 8, 4, 98}, {20 * m, 4, 8, 100}, {30 * m, 8, 4, 101}},
			&Oscillation{Reversals: 3, Last: 30 * m, Low: 4, High: 8, LoadSpread: 3.0 / 101}},
		{"the same direction is none", moves{{0, 4, 5, 100}, {10 * m, 5, 6, 100}, {20 * m, 6, 7, 100}, {30 * m, 7, 6, 100}, {40 * m, 6, 7, 100}}, nil},
		{"what lies between does not matter", moves{{0, 4, 5, 100}, {10 * m, 5, 6, 100}, {20 * m, 6, 5, 100}, {30 * m, 5, 4, 100}, {40 * m, 4, 5, 100}, {70 * m, 5, 3, 100}},
			&Oscillation{Reversals: 3, Last: 70 * m, Low: 3, High: 6}},
		{"later than half an hour is none", moves{{0, 4, 8, 100}, {31 * m, 8, 4, 100}, {62 * m, 4, 8, 100}, {93 * m, 8, 4, 100}}, nil},
		{"nor under another load", moves{{0, 4, 8, 100}, {10 * m, 8, 4, 50}, {20 * m, 4, 8, 100}, {30 * m, 8, 4, 50}}, nil},
		{"10 % is another load", moves{{0, 4, 8, 100}, {10 * m, 8, 4, 90}, {20 * m, 4, 8, 100}, {30 * m, 8, 4, 90}}, nil},
		{"nor under a load that nobody knows", moves{{0, 4, 8, -1}, {10 * m, 8, 4, -1}, {20 * m, 4, 8, -1}, {30 * m, 8, 4, -1}}, nil},
		{"no load at all is the same load", moves{{0, 0, 2, 0}, {10 * m, 2, 0, 0}, {20 * m, 0, 2, 0}, {30 * m, 2, 0, 0}}, &Oscillation{Reversals: 3, Last: 30 * m, High: 2}},
		{"one begins with the last decision before the load stays",
			moves{{0, 8, 9, 50}, {10 * m, 9, 12, 100}, {20 * m, 12, 9, 95}, {30 * m, 9, 12, 100}, {40 * m, 12, 9, 95}},
			&Oscillation{Reversals: 3, First: 10 * m, Last: 40 * m, Low: 9, High: 12, LoadSpread: 0.05}},
	} {
		t.Run(c.name, func(t *testing.T) {
			var o oscillator
			for _, x := range c.moves {
				o.decided(x)
			}
			got := o.found()
			require.Equal(t, c.want == nil, got == nil)
			if c.want != nil {
				near(t, c.want.LoadSpread, got.LoadSpread)
				got.LoadSpread = c.want.LoadSpread
				assert.Equal(t, c.want, got)
			}
		})
	}
}

// fluid is a service whose tasks each hold 100 units a second at 100 %: what its policies decide, minute by minute. Tasks
// count from so many minutes after the decision on.
func fluid(cfg *scaling.Config, minutes, lag int, load func(minute int) float64) *Oscillation {
	var o oscillator
	s := scaling.NewScaler(cfg)
	desired := make([]int, lag+1) // the oldest in front: what runs
	for k := range desired {
		desired[k] = max(cfg.Min, int(math.Ceil(load(0)/60)))
	}
	for k := range minutes {
		now := time.Duration(k+1) * time.Minute
		running, want := desired[0], desired[lag]
		o.saw(load(k))
		d := scaling.Datapoint{At: now, Value: load(k) / float64(running)}
		if s.Observe(now, scaling.CPUUtilization, time.Minute, d) {
			for _, x := range s.Decide(now, scaling.Counts{Running: running, Desired: want}) {
				if x.Changes() {
					o.decided(move{now, x.From, x.To, load(k)})
					want = x.To
				}
			}
		}
		desired = append(desired[1:], want)
	}
	return o.found()
}

func tracking(target float64, out, in time.Duration) *scaling.Config {
	return &scaling.Config{Min: 1, Max: 1000, Policies: []scaling.Policy{{
		Name: "cpu", Metric: scaling.CPUUtilization, Period: scaling.Minute, Target: target, ScaleOutCooldown: out, ScaleInCooldown: in,
	}}}
}

// noise multiplies a load by 1 ± share.
func noise(seed uint64, share float64, load func(int) float64) func(int) float64 {
	return func(minute int) float64 {
		r := rand.New(rand.NewPCG(seed, uint64(minute)))
		return load(minute) * (1 + share*(2*r.Float64()-1))
	}
}

func daily(low, high float64) func(int) float64 {
	return func(minute int) float64 {
		return low + (high-low)*(1-math.Cos(2*math.Pi*float64(minute)/1440))/2
	}
}

func TestWhatFollowsTheLoadIsNoOscillation(t *testing.T) {
	calm := tracking(60, scaling.DefaultCooldown, scaling.DefaultCooldown)
	spike := func(minute int) float64 {
		if minute%240 >= 100 && minute%240 < 110 {
			return 3000
		}
		return 600
	}
	for seed := range uint64(40) {
		for name, load := range map[string]func(int) float64{
			"daily": daily(300, 9000), "small daily": daily(300, 1200), "noisy daily": noise(seed, 0.1, daily(300, 9000)),
			"spike": spike, "noisy spike": noise(seed, 0.1, spike), "noise": noise(seed, 0.1, func(int) float64 { return 1000 + float64(seed)*17 }),
			"noise on few": noise(seed, 0.1, func(int) float64 { return 200 + float64(seed)*10 }),
		} {
			assert.Nil(t, fluid(calm, 7*1440, 2, load), "%s, seed %d", name, seed)
		}
	}
}

// Alarms that stand so close that what is too little for many tasks is too much for few.
func nervous() *scaling.Config {
	step := func(comparison scaling.Comparison, threshold, adjustment float64) scaling.Policy {
		s := scaling.Step{Lower: 0, Upper: math.Inf(1), Adjustment: adjustment}
		if adjustment < 0 {
			s = scaling.Step{Lower: math.Inf(-1), Upper: 0, Adjustment: adjustment}
		}
		return scaling.Policy{Name: comparison.String(), Metric: scaling.CPUUtilization, Period: scaling.Minute, Step: &scaling.StepScaling{
			Alarm: scaling.AlarmConfig{Comparison: comparison, Threshold: threshold, Periods: 1}, Adjustment: scaling.ChangeInCapacity,
			Steps: []scaling.Step{s}, Cooldown: time.Minute,
		}}
	}
	return &scaling.Config{Min: 1, Max: 100, Policies: []scaling.Policy{
		step(scaling.GreaterThanThreshold, 60, 4), step(scaling.LessThanThreshold, 57, -4),
	}}
}

func TestThresholdsThatAreTooCloseOscillate(t *testing.T) {
	cfg := nervous()
	o := fluid(cfg, 240, 2, func(int) float64 { return 500 })
	require.NotNil(t, o)
	assert.GreaterOrEqual(t, o.Reversals, 10)
	why, advice := whyServiceOscillates(cfg, o, 2*time.Minute, &model.Latency{})
	assert.Equal(t, "a cooldown of 1m is over before a decision shows in the metric, which takes 3m", why)
	assert.Equal(t, "a cooldown of 3m", advice)
	why, advice = whyServiceOscillates(cfg, &Oscillation{Low: 8, High: 12}, 0, &model.Latency{})
	assert.Equal(t, "the thresholds 57 and 60 are too close: 57 with 12 tasks is 85.5 with 8", why)
	assert.Equal(t, "to scale in below 40", advice)
	why, _ = whyServiceOscillates(tracking(60, 300*time.Second, 300*time.Second), &Oscillation{Low: 2, High: 3}, time.Second, &model.Latency{})
	assert.Equal(t, "1 of 3 tasks are 33 % of the capacity, more than the 10 % between the two alarms of target tracking", why)
}

func TestAnOscillationIsASentence(t *testing.T) {
	o := Oscillation{Reversals: 14, First: time.Hour, Last: 3*time.Hour + 20*time.Minute, Low: 4, High: 8, LoadSpread: 0.031}
	s := o.summary("desired count of web", "WHY", "WHAT")
	assert.Equal(t, "the desired count of web went up and down 14 times between 4 and 8 from 01:00:00 to 03:20:00, once in 10m, while the load stayed within 3 %: WHY; try WHAT", s.Sentence)
	near(t, 600, s.Every)
	o.LoadSpread = 0
	assert.Contains(t, o.summary("desired count of web", "WHY", "WHAT").Sentence, ", while the load did not change: WHY")
}

// However decisions come, an oscillation has as many of them, and keeps within its bounds.
func TestAnOscillationKeepsWithinItsBounds(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		var o oscillator
		now, desired, decisions := time.Duration(0), 10, 0
		for range rapid.IntRange(0, 60).Draw(rt, "decisions") {
			now += time.Duration(rapid.IntRange(1, 40).Draw(rt, "wait")) * time.Minute
			to := rapid.IntRange(1, 20).Draw(rt, "to")
			if to == desired {
				continue
			}
			decisions++
			o.decided(move{now, desired, to, rapid.Float64Range(-1, 20).Draw(rt, "load") + 90})
			desired = to
		}
		f := o.found()
		if f == nil {
			return
		}
		if f.Reversals < fewReversals || f.Reversals >= decisions || f.Low >= f.High || f.Last <= f.First || f.LoadSpread >= reversalLoad ||
			f.Last-f.First > reversalWithin*time.Duration(decisions) {
			rt.Fatalf("%+v of %d decisions", f, decisions)
		}
	})
}
