package service

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// toy is a service in which a deployment runs, reduced to counts. The last deployment is the newest.
type toy struct {
	desired, lower, upper int
	all                   []Counts
}

func newToy(desired, lower, upper int) *toy {
	full := Counts{Want: desired, Live: desired, Healthy: desired}
	return &toy{desired: desired, lower: lower, upper: upper, all: []Counts{full, {Want: desired}}}
}

func (s *toy) ask() Move {
	old, newest := s.all[:len(s.all)-1], s.all[len(s.all)-1]
	return Step(s.desired, s.lower, s.upper, newest, old, true)
}

// step carries out one move and returns it.
func (s *toy) step() Move {
	m := s.ask()
	for i := range m.Restart {
		c, stop := &s.all[i], m.StopUnhealthy[i]+m.StopHealthy[i]
		c.Live += m.Restart[i] - stop
		c.Healthy -= m.StopHealthy[i]
		c.Want -= stop
		c.Leaving += stop
	}
	s.all[len(s.all)-1].Live += m.Start
	return m
}

// sum counts over all deployments.
func (s *toy) sum() (c Counts) {
	for _, d := range s.all {
		c.Live += d.Live
		c.Healthy += d.Healthy
		c.Leaving += d.Leaving
		c.Protected += d.Protected
	}
	return c
}

// run lets everything that starts become healthy once nothing else moves, and everything that leaves stop at once. It
// returns the rounds between.
func (s *toy) run() string {
	var rounds []string
	for {
		var up, down int
		for m := s.step(); !m.none(); m = s.step() {
			up += m.Start
			for i := range s.all {
				down += s.all[i].Leaving
				s.all[i].Leaving = 0
			}
		}
		if up == 0 && down == 0 {
			return strings.Join(rounds, ", ")
		}
		rounds = append(rounds, fmt.Sprintf("-%d +%d", down, up))
		for i := range s.all {
			s.all[i].Healthy = s.all[i].Live
		}
	}
}

// ECS rules, services: six tasks and room for eight.
func TestR2_6RoomForEight(t *testing.T) {
	s := newToy(6, 6, 8)
	require.Equal(t, "-0 +2, -2 +2, -2 +2, -2 +0", s.run(), "+2 -2, three times")
	s = newToy(6, 3, 8)
	require.Equal(t, "-3 +5, -3 +1", s.run())
}

// ECS rules, services: nothing may stop or start.
func TestR2_5Stuck(t *testing.T) {
	s := newToy(2, 2, 2)
	require.True(t, s.ask().Stuck)

	s.all[0].Live, s.all[0].Healthy = 1, 1
	m := s.step()
	require.False(t, m.Stuck)
	require.Equal(t, 1, m.Start, "an old task that dies makes room for the newest, which has nothing under way")
	require.Equal(t, []int{0}, m.Restart)
	require.False(t, s.ask().Stuck, "a task starts")

	complete := Step(2, 2, 2, Counts{Want: 2, Live: 2, Healthy: 2}, nil, true)
	require.False(t, complete.Stuck, "no work is left")
	failed := Step(2, 2, 2, Counts{Want: 2}, []Counts{{Want: 2, Live: 2, Healthy: 2}}, false)
	require.False(t, failed.Stuck, "a deployment that failed is not at work")
}

// ECS rules, services 2.5: a task that died is replaced with its own revision while it is needed.
func TestOlderTasksAreRestored(t *testing.T) {
	old := []Counts{{Want: 4, Live: 3, Healthy: 3}}
	m := Step(4, 4, 6, Counts{Want: 4, Live: 2}, old, true)
	require.Equal(t, []int{1}, m.Restart, "the newest has two under way")
	require.Equal(t, 0, m.Start)

	m = Step(4, 4, 6, Counts{Want: 4, Live: 2, Healthy: 1}, old, true)
	require.Equal(t, []int{0}, m.Restart, "a healthy task of the newest stands in for it")
	require.Equal(t, 1, m.Start)

	m = Step(4, 4, 8, Counts{Want: 4}, old, false)
	require.Equal(t, []int{1}, m.Restart, "also if the newest failed")
	require.Equal(t, 0, m.Start)

	m = Step(4, 4, 8, Counts{Want: 4}, []Counts{{Want: 2, Live: 2, Healthy: 2}, {Want: 2, Live: 1, Healthy: 1}}, true)
	require.Equal(t, []int{0, 1}, m.Restart)
	require.Equal(t, 4, m.Start)
}

// Old tasks that never become healthy do not block the revision that repairs them, not even within 100 %.
func TestUnhealthyOlderTasksMakeRoom(t *testing.T) {
	m := Step(4, 4, 4, Counts{Want: 4}, []Counts{{Want: 4, Live: 4, Healthy: 1}}, true)
	require.Equal(t, []int{3}, m.StopUnhealthy)
	require.Equal(t, []int{0}, m.StopHealthy)
	require.Equal(t, 0, m.Start, "their places are taken until they have stopped")

	m = Step(4, 4, 8, Counts{Want: 4}, []Counts{{Want: 4, Live: 4, Healthy: 1}}, true)
	require.Equal(t, []int{0}, m.StopUnhealthy, "there is room without")
	require.Equal(t, 4, m.Start)

	m = Step(4, 2, 5, Counts{Want: 4, Live: 2, Healthy: 2}, []Counts{{Want: 1, Live: 1, Leaving: 2}}, true)
	require.Equal(t, []int{0}, m.StopUnhealthy, "two places are becoming free")

	m = Step(4, 4, 8, Counts{Want: 4, Live: 4, Healthy: 2}, []Counts{{Want: 4, Live: 4, Healthy: 1}}, true)
	require.Equal(t, []int{2}, m.StopUnhealthy, "two are superfluous, two may still be needed")
}

// A deployment that failed wants nothing any more: its tasks leave, the healthy ones within the lower bound.
func TestRolledBackTasksLeave(t *testing.T) {
	bad := Counts{Want: 0, Live: 4, Healthy: 1}
	m := Step(4, 4, 8, Counts{Want: 4, Live: 3, Healthy: 3}, []Counts{bad}, true)
	require.Equal(t, []int{3}, m.StopUnhealthy)
	require.Equal(t, []int{0}, m.StopHealthy)
	require.Equal(t, 1, m.Start)

	m = Step(4, 4, 8, Counts{Want: 4, Live: 4, Healthy: 4}, []Counts{{Live: 4, Healthy: 1, Protected: 1}}, true)
	require.Equal(t, []int{3}, m.StopUnhealthy, "each is counted once")

	m = Step(4, 2, 8, Counts{Want: 4, Live: 3, Healthy: 3}, []Counts{bad}, false)
	require.Equal(t, []int{1}, m.StopHealthy, "a surplus goes even if nothing may launch")
}

// ECS rules, services 2.10: protection holds old tasks in a deployment.
func TestProtectedTasksBlock(t *testing.T) {
	done := Counts{Want: 4, Live: 4, Healthy: 4}
	m := Step(4, 4, 8, done, []Counts{{Want: 4, Live: 4, Healthy: 4, Protected: 3}}, true)
	require.Equal(t, []int{1}, m.StopHealthy)
	require.False(t, m.Blocked)

	m = Step(4, 4, 8, done, []Counts{{Want: 4, Live: 4, Healthy: 1, Protected: 2}}, true)
	require.Equal(t, []int{2}, m.StopUnhealthy, "one that is unhealthy must be protected, too")

	m = Step(4, 4, 8, done, []Counts{{Want: 3, Live: 3, Healthy: 3, Protected: 3}}, true)
	require.Equal(t, []int{0}, m.StopHealthy)
	require.True(t, m.Blocked)
	require.False(t, m.Stuck)
}

// ECS rules, services 9.1: with 50 and 100 % two old tasks leave for 330 s, two new ones take 31 s, and again.
func TestLeavingTasksHoldTheirPlaces(t *testing.T) {
	const leave, rise = 330, 31
	s := newToy(4, 2, 4)
	now := 0
	for round := range 2 {
		require.Equal(t, []int{2}, s.step().StopHealthy, "round %d", round)
		require.True(t, s.ask().none(), "the two that leave hold their places")
		now += leave
		s.all[0].Leaving = 0
		require.Equal(t, 2, s.step().Start)
		now += rise
		s.all[1].Healthy += 2
	}
	require.Equal(t, 722, now)
	require.True(t, s.step().none())
}

// ECS rules, services 9.1: with 100 and 200 % all four are replaced in one round.
func TestOneRoundAtTwiceTheSize(t *testing.T) {
	s := newToy(4, 4, 8)
	require.Equal(t, 4, s.step().Start)
	require.True(t, s.ask().none())
	s.all[1].Healthy = 4
	require.Equal(t, []int{4}, s.step().StopHealthy)
}

// ECS rules, services 2.5: what a deployment may never do, and that it ends, whatever happens to its tasks.
func TestStepKeepsTheBounds(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		desired := rapid.IntRange(0, 12).Draw(t, "desired")
		lower, upper := Bounds(desired, rapid.IntRange(0, 100).Draw(t, "min"), rapid.IntRange(100, 250).Draw(t, "max"))
		s := newToy(desired, lower, upper)
		s.all[0].Protected = rapid.IntRange(0, 2).Draw(t, "protected")
		if rapid.Bool().Draw(t, "three") {
			some := rapid.IntRange(0, desired).Draw(t, "older")
			older := Counts{Want: some, Live: some, Healthy: some}
			s.all[0].Want, s.all[0].Live, s.all[0].Healthy = desired-some, desired-some, desired-some
			s.all = append([]Counts{older}, s.all...)
		}
		fixProtection(s)
		for range rapid.IntRange(0, 60).Draw(t, "events") {
			happen(t, s)
			checkedStep(t, s)
		}
		settle(t, s)
	})
}

func fixProtection(s *toy) {
	for i := range s.all {
		s.all[i].Protected = min(s.all[i].Protected, s.all[i].Healthy)
	}
}

// happen is one thing that the world does to one deployment.
func happen(t *rapid.T, s *toy) {
	c := &s.all[rapid.IntRange(0, len(s.all)-1).Draw(t, "deployment")]
	switch rapid.SampledFrom([]string{"healthy", "sick", "crash", "start fails", "stopped"}).Draw(t, "event") {
	case "healthy":
		c.Healthy = min(c.Live, c.Healthy+1)
	case "sick":
		c.Healthy = max(0, c.Healthy-1)
	case "crash":
		if c.Healthy > 0 {
			c.Live, c.Healthy = c.Live-1, c.Healthy-1
		}
	case "start fails":
		if c.Live > c.Healthy {
			c.Live--
		}
	case "stopped":
		c.Leaving = max(0, c.Leaving-1)
	}
	fixProtection(s)
}

func checkedStep(t *rapid.T, s *toy) Move {
	before := s.sum()
	m := s.step()
	after := s.sum()
	if after.Live+after.Leaving > before.Live+before.Leaving {
		require.LessOrEqual(t, after.Live+after.Leaving, s.upper, "%+v", m)
	}
	if after.Healthy < before.Healthy {
		require.GreaterOrEqual(t, after.Healthy, s.lower, "%+v", m)
	}
	for i := range s.all {
		c := s.all[i]
		require.LessOrEqual(t, c.Protected, c.Healthy, "a protected task was stopped: %+v", m)
		require.GreaterOrEqual(t, c.Live, c.Healthy)
	}
	require.False(t, m.Stuck && m.Blocked)
	if m.Stuck || m.Blocked {
		require.True(t, m.none())
	}
	newest := s.all[len(s.all)-1]
	complete := newest.Live >= s.desired && after.Live == newest.Live
	waiting := after.Live > after.Healthy || after.Leaving > 0
	require.False(t, m.none() && !complete && !waiting && !m.Stuck && !m.Blocked, "it stands still without a word: %+v", s.all)
	return m
}

// settle lets all be well from now on: the deployment then is complete, stuck or blocked.
func settle(t *rapid.T, s *toy) {
	for range 200 {
		for i := range s.all {
			s.all[i].Healthy, s.all[i].Leaving = s.all[i].Live, 0
		}
		m := checkedStep(t, s)
		if m.Blocked {
			for i := range s.all {
				s.all[i].Protected = 0
			}
			continue
		}
		if m.Stuck {
			require.Equal(t, s.lower, s.upper, "only without leeway a deployment is stuck")
			return
		}
		if !m.none() {
			continue
		}
		newest := s.all[len(s.all)-1]
		require.Equal(t, s.desired, newest.Live)
		require.Equal(t, s.desired, s.sum().Live)
		return
	}
	require.Fail(t, "it does not end", "%+v", s.all)
}
