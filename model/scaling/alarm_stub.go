package scaling

import "time"

// Stand-ins until alarm.go is there; delete this file then.
type Datapoint struct {
	At      time.Duration
	Value   float64
	Missing bool
}
type AlarmState uint8

const (
	InsufficientData AlarmState = iota
	OK
	InAlarm
)

type Alarm struct {
	cfg             AlarmConfig
	period          time.Duration
	run             int
	state           AlarmState
	breached, since time.Duration
}

func NewAlarm(cfg AlarmConfig, period time.Duration) *Alarm { return &Alarm{cfg: cfg, period: period} }
func (a *Alarm) Add(d Datapoint) AlarmState {
	b := d.Value > a.cfg.Threshold
	if a.cfg.Comparison == LessThanThreshold {
		b = d.Value < a.cfg.Threshold
	}
	if b && !d.Missing {
		a.run++
	} else {
		a.run = 0
	}
	was := a.state
	a.state = OK
	if a.run >= a.cfg.Periods {
		a.state = InAlarm
	}
	if was != a.state {
		a.since = d.At
		a.breached = d.At - time.Duration(a.cfg.Periods)*a.period
	}
	return a.state
}
func (a *Alarm) Breached() time.Duration { return a.breached }
func (a *Alarm) Since() time.Duration    { return a.since }
