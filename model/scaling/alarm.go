package scaling

import "time"

// Datapoint is one period of a metric.
type Datapoint struct {
	// At is the end of the period.
	At    time.Duration
	Value float64
	// Missing: CloudWatch has no datapoint of this period.
	Missing bool
}

// AlarmState is the state of an alarm.
type AlarmState uint8

// The states.
const (
	InsufficientData AlarmState = iota
	AlarmOK
	InAlarm
)

// String spells the state as CloudWatch does.
func (s AlarmState) String() string { return [...]string{"INSUFFICIENT_DATA", "OK", "ALARM"}[s] }

// Alarm is a CloudWatch alarm. It begins in INSUFFICIENT_DATA.
//
// How missing datapoints count is CloudWatch's page "Configuring how CloudWatch alarms treat missing data": an alarm
// retrieves more datapoints than its evaluation periods. If enough of them are there, the newest that are there decide;
// otherwise the gaps are filled as the treatment says, as few as possible.
type Alarm struct {
	cfg    AlarmConfig
	period time.Duration
	need   int // DatapointsToAlarm
	// recent are the datapoints of the evaluation range, oldest first. What lies before the first datapoint is missing.
	recent []Datapoint

	state           AlarmState
	since, breached time.Duration
}

// extraPeriods is by how much the evaluation range exceeds the evaluation periods. CloudWatch says that the number depends
// on the period and does not publish it; in its examples 5 datapoints are retrieved for 3.
const extraPeriods = 2

// NewAlarm returns an alarm on a metric of that period.
func NewAlarm(cfg AlarmConfig, period time.Duration) *Alarm {
	cfg.Periods = max(cfg.Periods, 1)
	need := cfg.DatapointsToAlarm
	if need == 0 {
		need = cfg.Periods
	}
	return &Alarm{cfg: cfg, period: period, need: need, recent: make([]Datapoint, 0, cfg.Periods+extraPeriods), since: -1, breached: -1}
}

// Add evaluates the alarm with one more datapoint. Every period has one, in order of time, if need be a missing one.
func (a *Alarm) Add(d Datapoint) AlarmState {
	if len(a.recent) == cap(a.recent) {
		a.recent = a.recent[:copy(a.recent, a.recent[1:])]
	}
	a.recent = append(a.recent, d)
	next, oldest := a.evaluate()
	if next == a.state && a.since >= 0 {
		return a.state
	}
	a.state, a.since, a.breached = next, d.At, -1
	if next == InAlarm {
		a.breached = max(oldest-a.period, 0)
	}
	return next
}

// State is what the last datapoint left.
func (a *Alarm) State() AlarmState { return a.state }

// Breached is when the first of the periods began that made the ALARM; negative when it is not in ALARM.
func (a *Alarm) Breached() time.Duration { return a.breached }

// Since is At of the datapoint with which the present state began; negative before the first datapoint. When CloudWatch got
// to see that datapoint is not the alarm's business.
func (a *Alarm) Since() time.Duration { return a.since }

// tally is what the evaluation range holds.
type tally struct {
	there, breaching int
	// oldest is the end of the oldest breaching period, age the number of periods since its begin.
	oldest time.Duration
	age    int
}

// count looks at the newest datapoints that are there, of those within the range at most as many as there are evaluation
// periods.
func (a *Alarm) count() (t tally) {
	for back := 1; back <= len(a.recent) && t.there < a.cfg.Periods; back++ {
		d := a.recent[len(a.recent)-back]
		if d.Missing {
			continue
		}
		t.there++
		if a.cfg.Comparison.breached(d.Value, a.cfg.Threshold) {
			t.breaching++
			t.oldest, t.age = d.At, back
		}
	}
	return t
}

// evaluate is the state that the datapoints make, and the end of the first period that made it an ALARM.
func (a *Alarm) evaluate() (state AlarmState, oldest time.Duration) {
	t := a.count()
	if t.breaching >= a.need {
		return InAlarm, t.oldest
	}
	if t.there == a.cfg.Periods {
		return AlarmOK, 0
	}
	switch a.cfg.Missing {
	case MissingIsBreaching:
		if t.breaching+a.cfg.Periods-t.there >= a.need {
			return InAlarm, a.oldestFilled(t)
		}
		return AlarmOK, 0
	case MissingIsNotBreaching:
		return AlarmOK, 0
	case MissingIsMissing, MissingIsIgnored:
	}
	if t.breaching < t.there {
		return AlarmOK, 0
	}
	return a.withGaps(t)
}

// withGaps is the state when there are only breaching datapoints, fewer than make an ALARM, or none at all.
//
// A breaching datapoint as old as DatapointsToAlarm with nothing but gaps and breaches after it makes an ALARM also where
// missing is missing. Until it is that old the state remains, "because the next data point may be non-breaching"; which
// state a new alarm then has is not published.
func (a *Alarm) withGaps(t tally) (state AlarmState, oldest time.Duration) {
	switch {
	case a.cfg.Missing == MissingIsIgnored:
		return a.state, t.oldest
	case t.there == 0:
		return InsufficientData, 0
	case t.age >= a.need:
		return InAlarm, t.oldest
	default:
		return a.state, t.oldest
	}
}

// oldestFilled is the end of the oldest period that breaches or counts as if it did.
func (a *Alarm) oldestFilled(t tally) time.Duration {
	oldest := t.oldest
	for back := 1; back <= min(len(a.recent), a.cfg.Periods); back++ {
		if d := a.recent[len(a.recent)-back]; d.Missing && (t.breaching == 0 || d.At < oldest) {
			oldest = d.At
			t.breaching++
		}
	}
	if t.breaching == 0 { // only periods before the first datapoint count
		oldest = a.recent[0].At - a.period
	}
	return oldest
}

// breached reports whether a value is on the wrong side of the threshold.
func (c Comparison) breached(value, threshold float64) bool {
	switch c {
	case GreaterThanThreshold:
		return value > threshold
	case GreaterThanOrEqualToThreshold:
		return value >= threshold
	case LessThanThreshold:
		return value < threshold
	case LessThanOrEqualToThreshold:
		return value <= threshold
	default:
		panic("scaling: no such comparison")
	}
}

// upward reports whether values above the threshold are the wrong side.
func (c Comparison) upward() bool {
	return c == GreaterThanThreshold || c == GreaterThanOrEqualToThreshold
}
