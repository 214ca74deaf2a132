package scaling

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// fluid is a service whose load is shared by its tasks, in steps of five seconds: a metric of one minute, published after a
// delay, acted upon five seconds later, by tasks that take their time to start.
type fluid struct {
	s                     *Scaler
	begin                 time.Duration // the run is shifted by so much
	load                  func(time.Duration) float64
	publish, action, boot time.Duration

	running, desired int
	ready            []time.Duration // of the tasks that start
	sum              float64
	changes          []Decision
	at               []time.Duration
}

const tick = 5 * time.Second

// pass lets the time until end pass.
func (f *fluid) pass(end time.Duration) {
	type late struct {
		at time.Duration
		d  Datapoint
	}
	var published []late
	act := time.Duration(-1)
	for now := tick; now <= end; now += tick {
		f.sum += f.load(now-tick) / float64(max(f.running, 1))
		if now%Minute == 0 {
			published = append(published, late{now + f.publish, Datapoint{At: f.begin + now, Value: f.sum / float64(Minute/tick)}})
			f.sum = 0
		}
		for len(published) > 0 && published[0].at <= now {
			if f.s.Observe(f.begin+now, CPUUtilization, Minute, published[0].d) {
				act = now + f.action
			}
			published = published[1:]
		}
		if act == now {
			f.decide(now)
		}
		for len(f.ready) > 0 && f.ready[0] <= now {
			f.running++
			f.ready = f.ready[1:]
		}
	}
}

// decide carries out what the scaler decides.
func (f *fluid) decide(now time.Duration) {
	for _, d := range f.s.Decide(f.begin+now, Counts{Running: f.running, Desired: f.desired}) {
		if !d.Changes() {
			continue
		}
		f.changes, f.at = append(f.changes, d), append(f.at, now)
		for range d.To - d.From {
			f.ready = append(f.ready, now+f.boot)
		}
		if d.To < d.From { // those that start go first
			f.ready = f.ready[:max(len(f.ready)-(d.From-d.To), 0)]
			f.running = min(f.running, d.To)
		}
		f.desired = d.To
	}
}

// ECS rules, services 9.1, timeline A: target 50, 4 tasks, the load doubles what they should bear at t = 0.
func TestTimelineA(t *testing.T) {
	f := &fluid{
		s: NewScaler(upTo(4, 20, cpu(50))), load: func(time.Duration) float64 { return 400 },
		publish: 60 * time.Second, action: 5 * time.Second, boot: 16 * time.Second, running: 4, desired: 4,
	}
	f.pass(30 * time.Minute)
	require.Equal(t, []time.Duration{245 * time.Second}, f.at, "nothing happens after it")
	require.Equal(t, Decision{
		Policy: "cpu", Metric: "CPUUtilization", Value: 100, Target: 50, Formula: "ceil(4 × 100 / 50) = 8",
		From: 4, To: 8, Wanted: 8, Until: 545 * time.Second, Breached: 0, Alarmed: 240 * time.Second,
	}, f.changes[0])
	require.Equal(t, 8, f.running)
}

// ECS rules, services 9.1, timeline C: the load is gone at t = 3600.
func TestTimelineC(t *testing.T) {
	f := &fluid{
		s: NewScaler(upTo(4, 20, cpu(50))), publish: 60 * time.Second, action: 5 * time.Second, boot: 16 * time.Second,
		running: 8, desired: 8,
		load: func(now time.Duration) float64 {
			if now >= time.Hour {
				return 0
			}
			return 400
		},
	}
	f.pass(2 * time.Hour)
	require.Equal(t, []time.Duration{4565 * time.Second}, f.at)
	require.Equal(t, 4, f.changes[0].To)
	require.Equal(t, 4560*time.Second, f.changes[0].Alarmed)
	require.Equal(t, 3600*time.Second, f.changes[0].Breached)
}

// drawn is a service with constant load and delays that are shorter than its default cooldowns.
func drawn(t *rapid.T) *fluid {
	target := rapid.Float64Range(20, 90).Draw(t, "target")
	load := rapid.Float64Range(1, 5000).Draw(t, "load")
	n := rapid.IntRange(1, 40).Draw(t, "tasks")
	return &fluid{
		s: NewScaler(upTo(1, 1000, cpu(target))), load: func(time.Duration) float64 { return load },
		publish: tick * time.Duration(rapid.IntRange(0, 24).Draw(t, "publish")),
		action:  tick * time.Duration(rapid.IntRange(0, 2).Draw(t, "action")),
		boot:    tick * time.Duration(rapid.IntRange(0, 30).Draw(t, "boot")),
		running: n, desired: n,
	}
}

// With constant load and the default cooldowns the tasks become as many as the target asks for, or up to the ninth more that
// the alarms do not look at, and it is over: out, then perhaps in, and never out again.
func TestConstantLoadConverges(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		f := drawn(t)
		f.pass(4 * time.Hour)
		target, load := f.s.policies[0].Target, f.load(0)
		if n := len(f.at); n > 0 && f.at[n-1] > 2*time.Hour {
			t.Fatalf("still changing after %v: %+v", f.at[n-1], f.changes[n-1])
		}
		if value := load / float64(f.desired); value > target*(1+1e-9) {
			t.Fatalf("%d tasks at %v, target %v", f.desired, value, target)
		}
		if value := load / float64(f.desired); value < lowShare*target && f.desired > max(wholeUp(load/target), 1) {
			t.Fatalf("%d tasks are too many for %v at %v", f.desired, load, target)
		}
		in := false
		for _, d := range f.changes {
			if in && d.To > d.From {
				t.Fatalf("out after in: %+v", f.changes)
			}
			in = d.To < d.From
		}
	})
}

// When a run begins makes no difference to what happens in it.
func TestShiftedClockShiftsTheDecisions(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a := drawn(t)
		shift := Minute * time.Duration(rapid.IntRange(0, 100_000).Draw(t, "shift"))
		b := *a
		b.s, b.begin = NewScaler(a.s.cfg), shift
		a.pass(2 * time.Hour)
		b.pass(2 * time.Hour)
		for i := range b.changes {
			b.changes[i].Until -= shift
			b.changes[i].Breached -= shift
			b.changes[i].Alarmed -= shift
		}
		if x, y := fmt.Sprint(a.at, a.changes), fmt.Sprint(b.at, b.changes); x != y {
			t.Fatalf("%s\n%s", x, y)
		}
	})
}

// anything is a scaler with policies of every kind that has seen some data.
func anything(t *rapid.T) (s *Scaler, feed func() time.Duration) {
	least := rapid.IntRange(0, 8).Draw(t, "min")
	cfg := upTo(least, least+rapid.IntRange(0, 10).Draw(t, "more"))
	for _, p := range []Policy{
		cpu(50), memory(70),
		steps("up", GreaterThanThreshold, 60, Adjustment(rapid.IntRange(0, 2).Draw(t, "up")), Step{0, 20, 3}, Step{20, inf, 9}),
		steps("down", LessThanThreshold, 40, Adjustment(rapid.IntRange(0, 2).Draw(t, "down")), Step{-20, 0, -1}, Step{-inf, -20, -40}),
	} {
		if rapid.Bool().Draw(t, p.Name) {
			cfg.Policies = append(cfg.Policies, p)
		}
	}
	cfg.Suspended = rapid.SampledFrom([]Suspension{{}, {}, {}, {In: true}, {Out: true}}).Draw(t, "suspended")
	s = NewScaler(cfg)
	now := time.Duration(0)
	return s, func() time.Duration {
		value := rapid.SampledFrom([]float64{0, 5, 20, 35, 44, 50, 55, 70, 90, 300}).Draw(t, "value")
		for range rapid.SampledFrom([]int{1, 1, 3, 15}).Draw(t, "minutes") {
			now += Minute
			for m := range NumMetrics {
				s.Observe(now, m, Minute, Datapoint{At: now, Value: value, Missing: rapid.IntRange(0, 9).Draw(t, "gap") == 0})
			}
		}
		return now
	}
}

// Whatever comes: one change at most, the last; within the bounds, or towards them; and the list is plain about itself.
func TestDecisionsAreSound(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s, feed := anything(t)
		for range rapid.IntRange(1, 12).Draw(t, "rounds") {
			now := feed()
			c := Counts{
				Running: rapid.IntRange(0, 25).Draw(t, "running"), Desired: rapid.IntRange(0, 25).Draw(t, "desired"),
				Deploying: rapid.IntRange(0, 5).Draw(t, "deploying") == 0,
			}
			said := s.Decide(now, c)
			least, most := s.Bounds()
			for i := range said {
				d := &said[i]
				switch {
				case d.From != c.Desired:
					t.Fatalf("begins elsewhere: %+v", d)
				case d.Changes() && i < len(said)-1:
					t.Fatalf("a change that is not the last: %+v", said)
				case !d.Changes() && d.Blocked == NotBlocked:
					t.Fatalf("neither a change nor a block: %+v", d)
				case d.Changes() && (d.To < least || d.To > most):
					t.Fatalf("outside of %d to %d: %+v", least, most, d)
				case d.To < d.From && (c.Deploying || s.cfg.Suspended.In), d.To > d.From && s.cfg.Suspended.Out:
					t.Fatalf("%+v with %+v and %+v", d, c, s.cfg.Suspended)
				case d.Formula == "" || d.Policy == "":
					t.Fatalf("says too little: %+v", d)
				}
			}
			if len(s.Decide(now, c)) > 0 {
				t.Fatal("decided twice on the same datapoints")
			}
		}
	})
}

// Scale-in of target tracking never takes a metric that the tasks share above its target.
func TestScaleInKeepsTheMetricBelowTheTarget(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		target := rapid.Float64Range(1, 100).Draw(t, "target")
		value := rapid.Float64Range(0, 100).Draw(t, "value")
		n := rapid.IntRange(1, 500).Draw(t, "tasks")
		c := start(upTo(0, 500, cpu(target)))
		c.minutes(15, CPUUtilization, value)
		for _, d := range c.decide(n, n) {
			if d.To < d.From && value*float64(n) > target*float64(d.To)*(1+1e-8) {
				t.Fatalf("%d tasks at %v become %d, target %v", n, value, d.To, target)
			}
		}
	})
}
