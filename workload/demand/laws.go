package demand

import (
	"math"
	"time"

	"ecssim/workload/diag"
)

// checkRates refuses what is not a rate.
func checkRates(names []string, rates ...float64) error {
	for i, rate := range rates {
		switch {
		case math.IsNaN(rate):
			return fault(names[i], "must be a number, found NaN")
		case rate < 0:
			return fault(names[i], "must not be negative, found %g/s", rate)
		case rate > MaxRate:
			return fault(names[i], "must be at most %g/s, found %g/s", MaxRate, rate)
		}
	}
	return nil
}

// lowHigh refuses bounds that are no bounds.
func lowHigh(low, high float64) error {
	if err := checkRates([]string{"low", "high"}, low, high); err != nil {
		return err
	}
	if low > high {
		return fault("low", "must not be above `high`, found %g/s and %g/s", low, high)
	}
	return nil
}

// longest keeps sums of durations from running over.
const longest = 30 * 365 * day

// made is a shape with the default resolution and without noise.
func made(l law, peak float64) *Shape {
	return &Shape{law: l, peak: peak, resolution: DefaultResolution}
}

// Constant is always the same rate.
func Constant(rate float64) (*Shape, error) {
	if err := checkRates([]string{"rate"}, rate); err != nil {
		return nil, err
	}
	return made(line{from: rate, to: rate}, rate), nil
}

// Step goes from one rate to another at an instant.
func Step(from, to float64, at time.Duration) (*Shape, error) { return Ramp(from, to, at, 0) }

// Ramp goes from one rate to another in a straight line that begins at an instant and takes a time.
func Ramp(from, to float64, at, takes time.Duration) (*Shape, error) {
	if err := checkRates([]string{"from", "to"}, from, to); err != nil {
		return nil, err
	}
	return made(line{from, to, at, at + takes}, max(from, to)), nil
}

// line is constant, then straight, then constant.
type line struct {
	from, to   float64
	begin, end time.Duration
}

func (l line) rate(at time.Duration) float64 {
	switch {
	case at >= l.end:
		return l.to
	case at < l.begin:
		return l.from
	}
	return l.from + (l.to-l.from)*(float64(at-l.begin)/float64(l.end-l.begin))
}

func (l line) next(at time.Duration) (time.Duration, bool) {
	switch {
	case at < l.begin:
		return l.begin, true
	case at < l.end:
		return l.end, true
	}
	return 0, false
}

func (l line) smooth(at time.Duration) bool { return at >= l.begin && at < l.end && l.from != l.to }

// Peaks is what a Spike looks like: it rises in a straight line, holds, and falls. It comes again after Every; 0 is
// never.
type Peaks struct {
	At, Rise, Hold, Fall, Every time.Duration
}

// Spike is low, and high for a while.
func Spike(low, high float64, p Peaks) (*Shape, error) {
	if err := lowHigh(low, high); err != nil {
		return nil, err
	}
	takes := p.Rise + p.Hold + p.Fall
	switch {
	case max(p.Rise, p.Hold, p.Fall) > longest:
		return nil, fault("for", "must be at most %d days, as `rise` and `fall`", longest/day)
	case takes <= 0:
		return nil, fault("for", "is 0, and so are `rise` and `fall`: the spike would take no time")
	case p.Every > 0 && p.Every < takes:
		return nil, fault("every", "must be at least what a spike takes, %s, found %s", diag.Duration(takes), diag.Duration(p.Every))
	}
	if low == high {
		return Constant(low)
	}
	return made(spike{low, high, p}, high), nil
}

type spike struct {
	low, high float64
	Peaks
}

// since is how long ago the present spike began, and when that was; negative before the first.
func (s spike) since(at time.Duration) (time.Duration, time.Duration) {
	if at < s.At {
		return -1, 0
	}
	ago := at - s.At
	if s.Every > 0 {
		ago %= s.Every
	}
	return ago, at - ago
}

func (s spike) rate(at time.Duration) float64 {
	ago, _ := s.since(at)
	share := 0.0
	switch {
	case ago < 0 || ago >= s.Rise+s.Hold+s.Fall:
	case ago < s.Rise:
		share = float64(ago) / float64(s.Rise)
	case ago < s.Rise+s.Hold:
		share = 1
	default:
		share = float64(s.Rise+s.Hold+s.Fall-ago) / float64(s.Fall)
	}
	return s.low + (s.high-s.low)*share
}

func (s spike) next(at time.Duration) (time.Duration, bool) {
	ago, began := s.since(at)
	if ago < 0 {
		return s.At, true
	}
	for _, after := range []time.Duration{s.Rise, s.Rise + s.Hold, s.Rise + s.Hold + s.Fall, s.Every} {
		if ago < after {
			return began + after, true
		}
	}
	return 0, false
}

func (s spike) smooth(at time.Duration) bool {
	ago, _ := s.since(at)
	held := s.Rise + s.Hold
	return ago >= 0 && ago < s.Rise || ago >= held && ago < held+s.Fall
}

// Daily swings between low, half a day from the peak, and high, as a cosine. PeakAt is an instant of a peak.
func Daily(low, high float64, peakAt time.Duration) (*Shape, error) {
	if err := lowHigh(low, high); err != nil {
		return nil, err
	}
	return made(cosine{low, high, peakAt}, high), nil
}

type cosine struct {
	low, high float64
	peakAt    time.Duration
}

func (c cosine) rate(at time.Duration) float64 {
	turn := float64((at-c.peakAt)%day) / float64(day)
	return c.low + (c.high-c.low)*(1+math.Cos(2*math.Pi*turn))/2
}

func (c cosine) next(time.Duration) (time.Duration, bool) { return 0, false }

func (c cosine) smooth(time.Duration) bool { return c.low != c.high }

// Weekly is a daily curve that is multiplied by weekend on Saturdays and Sundays. Start is the calendar's time at 0.
func Weekly(low, high float64, peakAt time.Duration, weekend float64, start time.Time) (*Shape, error) {
	if err := lowHigh(low, high); err != nil {
		return nil, err
	}
	if !(weekend >= 0 && weekend <= 100) {
		return nil, fault("weekend", "must be 0 to 100, found %v", weekend)
	}
	if low == high && (weekend == 1 || high == 0) {
		return Constant(high)
	}
	midnight := time.Date(start.Year(), start.Month(), start.Day(), 0, 0, 0, 0, start.Location())
	w := weekly{cosine{low, high, peakAt}, weekend, start.Sub(midnight) + time.Duration(start.Weekday())*day}
	return made(w, high*max(1, weekend)), nil
}

type weekly struct {
	cosine
	weekend float64
	shift   time.Duration // from the midnight that begins Sunday to the start
}

func (w weekly) rate(at time.Duration) float64 {
	if today := time.Weekday((at + w.shift) / day % 7); today == time.Saturday || today == time.Sunday {
		return w.weekend * w.cosine.rate(at)
	}
	return w.cosine.rate(at)
}

// next is midnight.
func (w weekly) next(at time.Duration) (time.Duration, bool) {
	return at + day - (at+w.shift)%day, true
}
