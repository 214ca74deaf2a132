package scaling

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// ECS rules, services 9.1 B from 300 s on, and C: publication takes a minute, and what is decided is done 5 s later.
func TestTimelinesOfManagedScaling(t *testing.T) {
	const publication, action = 60 * time.Second, 5 * time.Second
	m := NewManaged(ManagedConfig{Warmup: DefaultWarmup})
	type entry struct {
		at       time.Duration
		from, to int
		alarmed  time.Duration
	}
	var log []entry
	observe := func(closed time.Duration, value float64, g GroupCounts) {
		published := closed + publication
		if !m.Observe(published, Datapoint{At: closed, Value: value}) {
			return
		}
		if d, ok := m.Decide(published+action, g); ok {
			log = append(log, entry{published + action, d.From, d.To, d.Alarmed})
		}
	}
	s := time.Second
	for at := 60 * s; at < 300*s; at += Minute {
		observe(at, 100, group(2))
	}
	// B. Four tasks of half an instance each wait since 245 s.
	extra, _ := Extra([]Need{{CPU: 1024, Count: 4}}, []Shape{{CPU: 2048}})
	observe(300*s, Reservation(Needed(2, 2, extra, true), 2), with(group(2), func(g *GroupCounts) { g.Waiting = 4 }))
	require.Equal(t, []entry{{365 * s, 2, 4, 360 * s}}, log)
	// C. Two of four instances are empty from 4,895 s on.
	g := with(group(4), func(g *GroupCounts) { g.Youngest = 370 * s })
	for at := 360 * s; at <= 5760*s; at += Minute {
		busy := 4
		if at >= 4920*s {
			busy = 2
		}
		observe(at, Reservation(Needed(4, busy, 0, false), 4), g)
	}
	require.Equal(t, []entry{{365 * s, 2, 4, 360 * s}, {5825 * s, 4, 2, 5820 * s}}, log)
}

// Whatever comes, a decision stays within the bounds, grows only when asked to, and says what it kept.
func TestManagedDecisionsKeepTheBounds(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		target := rapid.SampledFrom([]float64{100, 90, 50, 1}).Draw(t, "target")
		p := managed(ManagedConfig{TargetCapacity: target, Warmup: DefaultWarmup})
		g := GroupCounts{Min: rapid.IntRange(0, 5).Draw(t, "min"), Youngest: -1}
		g.Max = g.Min + rapid.IntRange(1, 30).Draw(t, "room")
		g.Desired = rapid.IntRange(g.Min, g.Max).Draw(t, "desired")
		g.Running = g.Desired
		low := rapid.Bool().Draw(t, "low")
		for range rapid.IntRange(1, 60).Draw(t, "minutes") {
			m := rapid.IntRange(0, 40).Draw(t, "M")
			if low {
				m = min(m, g.Running/2)
			}
			g.Waiting = rapid.IntRange(0, 1).Draw(t, "waiting")
			g.Protected = rapid.IntRange(0, g.Running).Draw(t, "protected")
			d, ok := p.minute(Reservation(m, g.Running), g)
			if !ok {
				continue
			}
			require.Equal(t, g.Desired, d.From)
			require.GreaterOrEqual(t, d.To, g.Min)
			require.LessOrEqual(t, d.To, g.Max)
			require.NotEqual(t, d.From, d.Wanted)
			require.NotEmpty(t, d.Formula)
			if !d.Changes() {
				require.NotEqual(t, NotBlocked, d.Blocked)
			}
			if d.To < d.From {
				require.LessOrEqual(t, d.From-d.To, max(1, d.From/2))
				require.GreaterOrEqual(t, d.To, d.Wanted)
				require.GreaterOrEqual(t, d.To, g.Protected)
			}
			if d.To > d.From {
				require.Greater(t, d.Value, target)
				require.LessOrEqual(t, d.To, d.Wanted)
				g.Youngest = p.now
			}
			g.Desired, g.Running = d.To, d.To
		}
	})
}
