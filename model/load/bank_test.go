package load

import (
	"math"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// web serves 100 units a second with 1000 CPU units, and idles with none.
func web() *Profile {
	return &Profile{
		CPUPerUnit: 10, MemoryBase: 100, MemoryPerUnit: 0.5,
		ServiceTime: 10 * time.Millisecond, Timeout: time.Minute,
	}
}

func spend(p *Profile, dt time.Duration, rate float64, classes ...Class) Sums {
	b := NewBank(p)
	b.Advance(dt, rate, classes)
	return b.Take()
}

func TestUtilizationIsUseOverReservationAlsoAboveAHundred(t *testing.T) {
	// ECS rules, services: 512 CPU units and 1024 MiB reserved.
	for _, c := range []struct{ used, reserved, percent float64 }{
		{2048, 512, 400}, {512, 1024, 50}, {128, 512, 25}, {128, 1024, 12.5}, {128, 0, 0},
	} {
		assert.Equal(t, c.percent, Utilization(c.used, c.reserved), "%v", c)
	}
}

func TestATaskOnAnIdleInstanceUsesMoreThanItReserves(t *testing.T) {
	// ECS rules, services: 512 units reserved on an instance of 2048.
	s := spend(&Profile{CPUBase: 128, CPUPerUnit: 10, MemoryBase: 512}, time.Minute, 1000, Class{Targets: 1, CPU: 2048})
	assert.InDelta(t, 400, Utilization(s.CPU, 512*s.Targets), 1e-9)
	assert.InDelta(t, 50, Utilization(s.Memory, 1024*s.Targets), 1e-9)
	s = spend(&Profile{CPUBase: 128, CPUPerUnit: 10, MemoryBase: 128}, time.Minute, 0, Class{Targets: 1, CPU: 2048})
	assert.InDelta(t, 25, Utilization(s.CPU, 512*s.Targets), 1e-9)
	assert.InDelta(t, 12.5, Utilization(s.Memory, 1024*s.Targets), 1e-9)
}

func TestUseFollowsTheRateBelowSaturation(t *testing.T) {
	p := web()
	p.CPUBase = 50
	s := spend(p, 10*time.Second, 80, Class{Targets: 4, CPU: 1000})
	assert.InDelta(t, 800, s.Served, 1e-9)
	assert.InDelta(t, 10*(4*50+10*80), s.CPU, 1e-9)
	assert.InDelta(t, 10*(4*100+0.5*80), s.Memory, 1e-9)
	assert.InDelta(t, 40, s.Targets, 1e-9)
	assert.InDelta(t, 10, s.Seconds, 1e-9)
	assert.Zero(t, s.Dropped+s.Backlog)
}

func TestAtHalfLoadProcessorSharingTakesTwiceTheServiceTime(t *testing.T) {
	for _, c := range []struct{ rate, times float64 }{{0.001, 1}, {50, 2}, {75, 4}, {90, 10}, {95, 20}, {99, 20}} {
		s := spend(web(), time.Hour, c.rate, Class{Targets: 1, CPU: 1000})
		assert.InEpsilon(t, c.times*0.01, s.Latency/s.Served, 1e-4, "%v", c)
		assert.InEpsilon(t, c.times*0.01, s.Worst, 1e-4, "%v", c)
	}
}

func TestABurstFillsTheQueueAndDrainsAtTheKnownInstant(t *testing.T) {
	b, one := NewBank(web()), []Class{{Targets: 1, CPU: 1000}}
	b.Advance(10*time.Second, 300, one) // 200 a second too many
	assert.InDelta(t, 2000, b.Backlog(), 1e-9)
	s := b.Take()
	assert.InDelta(t, 1000, s.Served, 1e-9)
	assert.InDelta(t, 10000, s.Backlog, 1e-6, "half of 2000 on the average")
	assert.InDelta(t, 0.2+20, s.Worst, 1e-9, "2000 wait for 100 a second")
	assert.InDelta(t, 1000*(0.2+10), s.Latency, 1e-6)

	b.Advance(39*time.Second, 50, one) // 50 a second to spare: empty after 40 s
	assert.InDelta(t, 50, b.Backlog(), 1e-9)
	b.Take()
	b.Advance(2*time.Second, 50, one)
	assert.Zero(t, b.Backlog())
	s = b.Take()
	assert.InDelta(t, 100+50, s.Served, 1e-9, "one second with a queue, one without")
	assert.InDelta(t, 25, s.Backlog, 1e-9)
	assert.InDelta(t, 100*(0.2+0.25)+50*0.02, s.Latency, 1e-9)
}

func TestWhatWouldWaitLongerThanTheTimeoutIsDropped(t *testing.T) {
	p := web()
	p.Timeout = 5 * time.Second // 500 units
	s := spend(p, 10*time.Second, 200, Class{Targets: 1, CPU: 1000})
	assert.InDelta(t, 1000, s.Served, 1e-9)
	assert.InDelta(t, 500, s.Dropped, 1e-9, "full after 5 s, then 100 a second")
	assert.InDelta(t, 0.2+5, s.Worst, 1e-9)
	assert.InDelta(t, 5*250+5*500, s.Backlog, 1e-9)

	p.Timeout = 0
	s = spend(p, 10*time.Second, 200, Class{Targets: 1, CPU: 1000})
	assert.InDelta(t, 1000, s.Dropped, 1e-9, "nothing waits")
	assert.Zero(t, s.Backlog)
}

func TestWithoutTargetsEverythingIsDropped(t *testing.T) {
	b := NewBank(web())
	b.Advance(time.Second, 100, nil)
	assert.Equal(t, Sums{Seconds: 1, Offered: 100, Dropped: 100}, b.Take())

	b.Advance(10*time.Second, 300, []Class{{Targets: 1, CPU: 1000}})
	b.Take()
	b.Advance(time.Second, 100, []Class{{Targets: 0, CPU: 1000}})
	assert.InDelta(t, 2000+100, b.Take().Dropped, 1e-9, "what waited is lost with the last target")
	assert.Zero(t, b.Backlog())
}

func TestTargetsThatOnlyIdleServeNothing(t *testing.T) {
	p := web()
	p.CPUBase = 2000
	s := spend(p, time.Second, 100, Class{Targets: 2, CPU: 1000})
	assert.InDelta(t, 100, s.Dropped, 1e-9)
	assert.InDelta(t, 2000, s.CPU, 1e-9, "no more than they have")
	assert.Zero(t, s.Latency)
}

func TestUnitsWithoutCPUNeverWait(t *testing.T) {
	p := &Profile{CPUBase: 10, MemoryPerUnit: 1, ServiceTime: time.Second, Timeout: time.Minute}
	s := spend(p, time.Second, 1e6, Class{Targets: 2, CPU: 100})
	assert.Equal(t, Sums{Seconds: 1, Offered: 1e6, Served: 1e6, CPU: 20, Memory: 1e6, Targets: 2, Latency: 1e6, Worst: 1}, s)
}

func TestRoundRobinOverloadsTheSmallTargetFirst(t *testing.T) {
	// By hand: 150 a second over 3 targets are 50 each. The small one serves 25, so 25 a second wait there.
	s := spend(web(), 10*time.Second, 150, Class{Targets: 2, CPU: 1000}, Class{Targets: 1, CPU: 250})
	assert.InDelta(t, 10*(100+25), s.Served, 1e-9)
	assert.InDelta(t, 10*125, s.Backlog, 1e-9)
	assert.InDelta(t, 0.2+10, s.Worst, 1e-9, "250 wait for 25 a second")
	assert.InDelta(t, 1000*0.02+250*(0.2+5), s.Latency, 1e-6)
	assert.InDelta(t, 10*(2*500+250), s.CPU, 1e-6)
}

func TestLeastOutstandingFillsAllToTheSameUtilisation(t *testing.T) {
	// By hand: 150 a second for 225 are two thirds of each, and nothing waits.
	p := web()
	p.Routing = LeastOutstanding
	s := spend(p, 10*time.Second, 150, Class{Targets: 2, CPU: 1000}, Class{Targets: 1, CPU: 250})
	assert.InDelta(t, 1500, s.Served, 1e-9)
	assert.Zero(t, s.Backlog)
	assert.InDelta(t, 1500*0.03, s.Latency, 1e-6)
	assert.InDelta(t, 0.03, s.Worst, 1e-9)
}

func TestWhatWaitedForAClassGoesToTheOthersByTheirTargets(t *testing.T) {
	b := NewBank(web())
	b.Advance(10*time.Second, 200, []Class{{Targets: 1, CPU: 1000}}) // 1000 wait
	b.Take()
	b.Advance(0, 0, []Class{{Targets: 3, CPU: 500}, {Targets: 1, CPU: 2000}})
	assert.InDelta(t, 1000, b.Backlog(), 1e-9)
	b.Advance(5*time.Second, 0, []Class{{Targets: 3, CPU: 500}, {Targets: 1, CPU: 2000}})
	s := b.Take()
	assert.InDelta(t, 750+250, s.Served, 1e-9, "750 at 150 a second, 250 at 200")
	assert.Zero(t, s.Dropped)
}

func TestFewerTargetsHoldAShorterQueue(t *testing.T) {
	b := NewBank(web())
	b.Advance(time.Minute, 1000, []Class{{Targets: 4, CPU: 1000}})
	assert.InDelta(t, 24000, b.Backlog(), 1e-6, "a minute of 400 a second")
	b.Take()
	b.Advance(0, 0, []Class{{Targets: 1, CPU: 1000}})
	assert.InDelta(t, 6000, b.Backlog(), 1e-6, "a minute of 100")
	assert.InDelta(t, 18000, b.Take().Dropped, 1e-6)
}

func TestATargetAloneUsesWhatItServes(t *testing.T) {
	p := web()
	p.CPUBase = 100
	cpu, memory := p.Target(1100, 40)
	assert.Equal(t, []float64{500, 120}, []float64{cpu, memory})
	cpu, memory = p.Target(1100, 4000)
	assert.Equal(t, []float64{1100, 150}, []float64{cpu, memory})
}

func profiles(t *rapid.T) *Profile {
	f := func(name string, hi float64) float64 { return rapid.Float64Range(0, hi).Draw(t, name) }
	return &Profile{
		CPUBase: f("base", 600), CPUPerUnit: rapid.SampledFrom([]float64{0, 0.001, 1, 6.5, 100}).Draw(t, "per unit"),
		MemoryBase: f("memory", 1000), MemoryPerUnit: f("memory per unit", 10),
		ServiceTime: time.Duration(rapid.IntRange(0, 5000).Draw(t, "service")) * time.Millisecond,
		Timeout:     time.Duration(rapid.IntRange(0, 120).Draw(t, "timeout")) * time.Second,
		Routing:     Routing(rapid.IntRange(0, 1).Draw(t, "routing")),
	}
}

func classes(t *rapid.T) (cs []Class) {
	for range rapid.IntRange(0, 4).Draw(t, "classes") {
		cs = append(cs, Class{
			Targets: rapid.IntRange(0, 5).Draw(t, "targets"),
			CPU:     rapid.SampledFrom([]float64{256, 512, 512, 2048, 3333.3}).Draw(t, "cpu"),
		})
	}
	return cs
}

func TestNothingIsLostAndNobodyUsesMoreThanThereIs(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := profiles(t)
		b := NewBank(p)
		for range rapid.IntRange(1, 30).Draw(t, "spans") {
			before := b.Backlog()
			dt := time.Duration(rapid.Int64Range(0, int64(3*time.Minute)).Draw(t, "dt"))
			rate := rapid.OneOf(rapid.Just(0.0), rapid.Float64Range(0, 500), rapid.Float64Range(0, 1e6)).Draw(t, "rate")
			cs := classes(t)
			b.Advance(dt, rate, cs)
			s := b.Take()
			slack := 1e-9 * max(1, s.Offered, before)
			require.InDelta(t, s.Offered, s.Served+s.Dropped+b.Backlog()-before, slack)
			require.InDelta(t, rate*dt.Seconds(), s.Offered, slack)

			all, most, n := 0.0, 0.0, 0
			for _, c := range cs {
				all += float64(c.Targets) * c.CPU
				most += float64(c.Targets) * p.Capacity(c.CPU)
				n += c.Targets
			}
			require.LessOrEqual(t, s.CPU, all*dt.Seconds()*(1+1e-9))
			require.InDelta(t, float64(n)*dt.Seconds(), s.Targets, 1e-6)
			require.GreaterOrEqual(t, b.Backlog(), 0.0)
			if n == 0 || p.Timeout == 0 {
				require.Zero(t, b.Backlog())
			} else if most > 0 {
				require.LessOrEqual(t, b.Backlog(), most*p.Timeout.Seconds()*(1+1e-9)+1e-9)
			}
			for _, v := range []float64{s.Served, s.Dropped, s.CPU, s.Memory, s.Latency, s.Worst, s.Backlog} {
				require.False(t, v < 0 || math.IsNaN(v) || math.IsInf(v, 0), "%+v", s)
			}
		}
	})
}

func TestASpanMayBeCutAnywhere(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := profiles(t)
		whole, cut := NewBank(p), NewBank(p)
		for range rapid.IntRange(1, 10).Draw(t, "spans") {
			rate, cs := rapid.Float64Range(0, 2000).Draw(t, "rate"), classes(t)
			first := time.Duration(rapid.Int64Range(0, int64(time.Minute)).Draw(t, "first"))
			second := time.Duration(rapid.Int64Range(0, int64(time.Minute)).Draw(t, "second"))
			whole.Advance(first+second, rate, cs)
			cut.Advance(first, rate, cs)
			cut.Advance(second, rate, cs)
			near(t, whole.Take(), cut.Take())
		}
	})
}

func TestTheOrderOfClassesDoesNotMatter(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := profiles(t)
		a, b := NewBank(p), NewBank(p)
		for range rapid.IntRange(1, 10).Draw(t, "spans") {
			rate, cs := rapid.Float64Range(0, 2000).Draw(t, "rate"), classes(t)
			a.Advance(time.Minute, rate, cs)
			b.Advance(time.Minute, rate, rapid.Permutation(cs).Draw(t, "order"))
			near(t, a.Take(), b.Take())
		}
	})
}

func near(t *rapid.T, a, b Sums) {
	for _, v := range [][2]float64{
		{a.Seconds, b.Seconds}, {a.Offered, b.Offered}, {a.Served, b.Served}, {a.Dropped, b.Dropped}, {a.CPU, b.CPU},
		{a.Memory, b.Memory}, {a.Targets, b.Targets}, {a.Latency, b.Latency}, {a.Worst, b.Worst}, {a.Backlog, b.Backlog},
	} {
		require.InDelta(t, v[0], v[1], 1e-7*max(1, v[0], a.Offered), "%+v\n%+v", a, b)
	}
}

func TestSteadyStateAllocatesNothing(t *testing.T) {
	b, cs := NewBank(web()), []Class{{Targets: 3, CPU: 1000}, {Targets: 1, CPU: 250}}
	b.Advance(time.Second, 500, cs)
	assert.Zero(t, testing.AllocsPerRun(100, func() { b.Advance(time.Second, 500, cs) }))
	assert.Positive(t, b.Take().Served)
}
