package scaling

import "time"

// The alarms that target tracking makes for itself (ECS rules, services 4.2). How many periods of 20 s they take is not
// published: three, as with those of 60 s, and the same 15 minutes.
const (
	highPeriods = 3
	lowFor      = 15 * time.Minute
	lowShare    = 0.9
)

// tracking returns the two alarms of a target tracking policy: above the target, and below nine tenths of it.
func tracking(target float64, period time.Duration) (high, low watch) {
	return watch{Alarm: NewAlarm(AlarmConfig{
			Comparison: GreaterThanThreshold, Threshold: target, Periods: highPeriods,
		}, period)},
		watch{Alarm: NewAlarm(AlarmConfig{
			Comparison: LessThanThreshold, Threshold: lowShare * target, Periods: int(lowFor / period),
		}, period)}
}

// track is the count that brings a metric which is shared by the tasks to the target (ECS rules, services 4.2). It is
// rounded up, so that no scale-in pushes the metric above the target.
//
// From no task it is one: "scales out by the minimum amount", and goes on from what then runs (ECS rules, services 4.1).
// That needs a metric that exists without tasks. CPU and memory do not; for requests per target it is World's word what the
// requests are that find no target.
func (p *policy) track(running int) (count int, formula string) {
	if running == 0 {
		return 1, "the first task"
	}
	count = wholeUp(float64(running) * p.last.Value / p.Target)
	return count, quotient(running, p.last.Value, p.Target, count)
}
