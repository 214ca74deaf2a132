package containers

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"ecssim/model/taskdef"
)

// follow takes a task from change to change up to an instant.
func follow(s *Set, until time.Duration) {
	for next := s.Next(); next >= 0 && next <= until; next = s.Next() {
		s.Advance(next)
	}
	s.Advance(until)
}

// Programs that break or are mended in the very instant of a probe are probed on all the same: by the next probe at the
// latest they are found, whenever that was.
func TestBreakAndMendAtAnyInstant(t *testing.T) {
	const second = time.Second
	for _, ready := range []time.Duration{0, 10 * second, 35 * second} {
		for broken := time.Duration(0); broken <= 60*second; broken += 5 * second {
			for mended := broken; mended <= broken+60*second; mended += 5 * second {
				defs := []taskdef.Container{{
					Name: "main", Essential: true, Health: &taskdef.HealthCheck{Interval: 10 * second, Timeout: 5 * second, Retries: 3},
				}}
				s := New(defs, func(int, int) Drawn {
					return Drawn{ReadyAfter: ready, FailsAfter: -1, ExitsAfter: -1}
				})
				s.Begin(0)
				follow(s, broken)
				s.Break(broken)
				follow(s, mended)
				if mended >= broken+40*second {
					require.Equal(t, Unhealthy, s.Health(), "ready %v, broken %v, mended %v", ready, broken, mended)
				}
				s.Mend(mended)
				follow(s, max(mended, ready)+10*second)
				require.Equal(t, Healthy, s.Health(), "ready %v, broken %v, mended %v", ready, broken, mended)
			}
		}
	}
}
