package scaling

import (
	"fmt"
	"math"
	"time"
)

// Predictive scaling looks at 14 days and needs one (ECS rules, services 4.4).
const (
	dayHours  = 24
	weekHours = 7 * dayHours
	lookBack  = 14 * dayHours

	predictivePolicy = "predictive scaling"
)

// forecast is what predictive scaling has learned and what it holds.
type forecast struct {
	// hours is a ring of the last 14 days.
	hours [lookBack]learned
	count int // of hours learned
	holds []hold
}

// learned is the load of an hour; the zero value is no hour.
type learned struct {
	hour  int
	load  float64
	known bool
}

// hold is the forecast of an hour while the hour lasts.
type hold struct {
	end         time.Duration
	count, most int // most is 0 where the maximum is honoured
}

// LearnHour tells the mean of metric × RUNNING tasks over an hour of the run, whose first hour is 0. An hour without data is
// not told.
func (s *Scaler) LearnHour(hour int, load float64) {
	f := &s.forecast
	f.hours[hour%lookBack] = learned{hour, load, true}
	f.count++
}

// Forecast is the load that is expected in an hour; ok is false with less than 24 hours of data, or with none to compare the
// hour with.
//
// How AWS forecasts is not published, beyond that it finds daily and weekly patterns. Here it is the mean of that hour of
// that day of the week in the last 14 days, or where there is none yet the mean of that hour of the day. Every such hour lies
// a day back at least, so that it makes no difference that AWS forecasts anew only every six hours.
func (s *Scaler) Forecast(hour int) (load float64, ok bool) {
	if s.forecast.count < dayHours {
		return 0, false
	}
	if load, ok = s.forecast.mean(hour, weekHours); ok {
		return load, true
	}
	return s.forecast.mean(hour, dayHours)
}

// mean is that of the hours learned which lie a multiple of every hours before.
func (f *forecast) mean(hour, every int) (float64, bool) {
	sum, n := 0.0, 0
	for h := hour - every; h >= 0 && h >= hour-lookBack; h -= every {
		if l := f.hours[h%lookBack]; l.known && l.hour == h {
			sum += l.load
			n++
		}
	}
	return sum / float64(max(n, 1)), n > 0
}

// Predict is called at the start of an hour less the buffer, and says what the forecast asks for; nothing without a forecast.
//
// It never scales in by itself. Until the hour is over the forecast is a floor under every scale-in, of which whoever is kept
// from it is told as of another policy, and Until is the end of the hour. It begins no cooldown and minds none. DynamicScalingOutSuspended covers it, as it
// does every scaling policy (ECS rules, services 4.4).
func (s *Scaler) Predict(now time.Duration, hour int, c Counts) []Decision {
	p := s.cfg.Predictive
	load, ok := s.Forecast(hour)
	if p == nil || !ok {
		return nil
	}
	d := Decision{
		Policy: predictivePolicy, Metric: p.Metric.String(), Value: load, Target: p.Target,
		From: c.Desired, To: c.Desired, Wanted: wholeUp(load / p.Target), Until: -1, Breached: -1, Alarmed: -1,
	}
	d.Formula = fmt.Sprintf("ceil(%s / %s) = %d", number(load), number(p.Target), d.Wanted)
	switch {
	case !p.Scale:
		d.Blocked = OnlyForecast
	case s.cfg.Suspended.Out:
		d.Blocked = IsSuspended
	default:
		s.hold(now, hour, &d)
	}
	s.empty = c.Running == 0 || d.To == 0
	return []Decision{d}
}

// hold sets the floor of the hour, and scales out to it. IncreaseMaxCapacity raises the maximum while the hour lasts to the
// forecast and the buffer on top of it: "if the buffer is 10, the forecast capacity is 50, and the maximum capacity is 40,
// then the effective maximum capacity is 55" (API Reference, PredictiveScalingPolicyConfiguration).
func (s *Scaler) hold(now time.Duration, hour int, d *Decision) {
	p := s.cfg.Predictive
	h := hold{end: time.Duration(hour+1) * time.Hour}
	if p.IncreaseMax {
		h.most = int(math.Ceil(float64(d.Wanted)*(100+p.MaxBuffer)/100 - 1e-9))
	}
	most := max(s.max, h.most)
	h.count = max(min(d.Wanted, most), s.min)
	if d.Wanted > most {
		d.Blocked, d.Formula = AtMaximum, limited(d.Formula, "most", most)
	}
	d.To = max(h.count, d.From)
	d.Until = h.end
	s.forecast.expire(now)
	s.forecast.holds = append(s.forecast.holds, h)
}

// expire forgets the hours that are over.
func (f *forecast) expire(now time.Duration) {
	kept := f.holds[:0]
	for _, h := range f.holds {
		if now < h.end {
			kept = append(kept, h)
		}
	}
	f.holds = kept
}

// floor is the count that forecasts hold at now, and until when.
func (f *forecast) floor(now time.Duration) (count int, end time.Duration) {
	for _, h := range f.holds {
		if now < h.end && h.count > count {
			count, end = h.count, h.end
		}
	}
	return count, end
}

// most is the maximum at now.
func (f *forecast) most(now time.Duration, registered int) int {
	for _, h := range f.holds {
		if now < h.end {
			registered = max(registered, h.most)
		}
	}
	return registered
}
