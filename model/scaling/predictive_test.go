package scaling

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// foreseeing is a service that keeps CPU at 50 % and has learned so many hours of a day whose load is hour × 10.
func foreseeing(p Predictive, days int) *clock {
	p.Metric, p.Target = CPUUtilization, 50
	cfg := upTo(2, 8, cpu(50))
	cfg.Predictive = &p
	c := start(cfg)
	for h := range days * dayHours {
		c.LearnHour(h, float64(h%dayHours*10))
	}
	return c
}

func (c *clock) predict(hour, desired int) []Decision {
	c.now = time.Duration(hour)*time.Hour - 5*time.Minute
	return c.Predict(c.now, hour, Counts{Running: desired, Desired: desired})
}

// ECS rules, services 4.4: at least 24 hours of history.
func TestForecastNeedsADay(t *testing.T) {
	s := NewScaler(upTo(1, 10))
	for h := range 23 {
		s.LearnHour(h, 100)
	}
	_, ok := s.Forecast(24)
	require.False(t, ok)
	s.LearnHour(23, 300)
	load, ok := s.Forecast(47)
	require.True(t, ok)
	require.InDelta(t, 300, load, 0, "that hour of the day before")
	_, ok = NewScaler(upTo(1, 10)).Forecast(5)
	require.False(t, ok)
}

func TestForecastFindsDaysAndThenWeeks(t *testing.T) {
	s := NewScaler(upTo(1, 10))
	load := func(h int) float64 { return float64(h%weekHours) + 1000*float64(h/weekHours) }
	for h := range 5 * weekHours {
		if h == 3*dayHours+7 { // the seventh hour of three days
			got, _ := s.Forecast(h)
			require.InDelta(t, (load(7)+load(31)+load(55))/3, got, 1e-9)
		}
		if h == weekHours+10 {
			got, _ := s.Forecast(h)
			require.InDelta(t, load(10), got, 1e-9, "the same hour of the week before")
		}
		s.LearnHour(h, load(h))
	}
	got, _ := s.Forecast(5*weekHours + 30)
	require.InDelta(t, (load(3*weekHours+30)+load(4*weekHours+30))/2, got, 1e-9, "of 14 days, no older ones")
}

func TestForecastOfAnHourNeverLearned(t *testing.T) {
	s := NewScaler(upTo(1, 10))
	for h := range 2 * dayHours {
		if h%dayHours != 3 {
			s.LearnHour(h, 100)
		}
	}
	_, ok := s.Forecast(2*dayHours + 3)
	require.False(t, ok)
	_, ok = s.Forecast(2*dayHours + 4)
	require.True(t, ok)
}

// ECS rules, services 4.4: ForecastOnly does not scale.
func TestForecastOnlySaysSo(t *testing.T) {
	c := foreseeing(Predictive{}, 1)
	d := only(t, c.predict(24+20, 2))
	require.False(t, d.Changes())
	require.Equal(t, OnlyForecast, d.Blocked)
	require.Equal(t, 4, d.Wanted)
	require.Equal(t, "ceil(200 / 50) = 4", d.Formula)
	require.Empty(t, c.forecast.holds)
}

func TestForecastScalesOutAheadOfTheHour(t *testing.T) {
	c := foreseeing(Predictive{Scale: true}, 1)
	d := only(t, c.predict(24+20, 2))
	require.Equal(t, 4, d.To)
	require.Equal(t, NotBlocked, d.Blocked)
	require.Equal(t, 45*time.Hour, d.Until, "the end of the hour")
	require.Empty(t, foreseeing(Predictive{Scale: true}, 0).predict(20, 2), "nothing learned, nothing said")
	require.Empty(t, NewScaler(upTo(1, 3)).Predict(0, 0, Counts{}))
}

// ECS rules, services 4.4: it never scales in by itself, and holds what it asked for until the hour is over.
func TestForecastIsAFloorDuringItsHour(t *testing.T) {
	c := foreseeing(Predictive{Scale: true}, 1)
	d := only(t, c.predict(24+20, 7))
	require.False(t, d.Changes(), "no scale-in")
	require.Equal(t, 4, d.Wanted)
	c.minutes(15, CPUUtilization, 5)
	d = only(t, c.decide(7, 7))
	require.Equal(t, 4, d.To)
	require.Equal(t, OtherPolicy, d.Blocked)
	require.Equal(t, "ceil(7 × 5 / 50) = 1, at least 4", d.Formula)
	c.minutes(6, CPUUtilization, 5)
	d = only(t, c.decide(4, 4))
	require.False(t, d.Changes())
	require.Equal(t, 45*time.Hour, d.Until)
	c.minutes(44, CPUUtilization, 5)
	require.Equal(t, 45*time.Hour, c.now)
	require.Equal(t, 2, only(t, c.decide(4, 4)).To, "the hour is over")
}

// The hour that is announced does not end the one that goes on.
func TestFloorsOverlapDuringTheBuffer(t *testing.T) {
	c := foreseeing(Predictive{Scale: true}, 2)
	require.Equal(t, 5, only(t, c.predict(48+23, 2)).To)
	require.Equal(t, 0, only(t, c.predict(72, 5)).Wanted)
	held, end := c.forecast.floor(c.now)
	require.Equal(t, 5, held)
	require.Equal(t, 72*time.Hour, end)
	held, _ = c.forecast.floor(72 * time.Hour)
	require.Equal(t, 2, held, "the minimum")
}

// ECS rules, services 4.4: HonorMaxCapacity, and IncreaseMaxCapacity with its buffer.
func TestForecastAboveTheMaximum(t *testing.T) {
	learn := func(p Predictive) *clock {
		c := foreseeing(p, 0)
		for h := range dayHours {
			c.LearnHour(h, 2500)
		}
		return c
	}
	c := learn(Predictive{Scale: true})
	d := only(t, c.predict(30, 2))
	require.Equal(t, 8, d.To)
	require.Equal(t, 50, d.Wanted)
	require.Equal(t, AtMaximum, d.Blocked)
	require.Equal(t, "ceil(2500 / 50) = 50, at most 8", d.Formula)

	c = learn(Predictive{Scale: true, IncreaseMax: true, MaxBuffer: 10})
	d = only(t, c.predict(30, 2))
	require.Equal(t, 50, d.To)
	require.Equal(t, 55, c.forecast.most(c.now, 40), "the example of the API Reference")
	c.minutes(3, CPUUtilization, 100)
	require.Equal(t, 55, only(t, c.decide(50, 50)).To, "also for the other policies")
	require.Equal(t, 8, c.forecast.most(31*time.Hour, 8), "while the hour lasts")
}

func TestSuspensionHoldsAForecastToo(t *testing.T) {
	c := foreseeing(Predictive{Scale: true}, 1)
	c.cfg.Suspended.Out = true
	d := only(t, c.predict(24+20, 2))
	require.Equal(t, IsSuspended, d.Blocked)
	require.False(t, d.Changes())
	require.Empty(t, c.forecast.holds)
}
