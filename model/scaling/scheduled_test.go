package scaling

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func action(name string, least, most int, at ...time.Duration) ScheduledAction {
	return ScheduledAction{Name: name, Min: least, Max: most, At: at}
}

// ECS rules, services 4.4: the bounds are set at once, and the capacity is moved between them.
func TestScheduledActionMovesTheCapacityIntoItsBounds(t *testing.T) {
	for _, tt := range []struct {
		name        string
		least, most int
		desired     int
		want        int
		bounds      [2]int
	}{
		{"lifts to the minimum", 6, 20, 4, 6, [2]int{6, 20}},
		{"lowers to the maximum", 1, 3, 4, 3, [2]int{1, 3}},
		{"leaves what fits", 2, 8, 4, 4, [2]int{2, 8}},
		{"keeps the maximum", 6, -1, 4, 6, [2]int{6, 10}},
		{"keeps the minimum", -1, 3, 4, 3, [2]int{1, 3}},
		{"to nothing", 0, 0, 4, 0, [2]int{0, 0}},
		{"takes the maximum along", 12, -1, 4, 12, [2]int{12, 12}},
		{"takes the minimum along", -1, 0, 4, 0, [2]int{0, 0}},
	} {
		cfg := upTo(1, 10)
		cfg.Schedule = []ScheduledAction{action(tt.name, tt.least, tt.most, time.Hour)}
		s := NewScaler(cfg)
		require.Empty(t, s.Scheduled(time.Hour-1, Counts{Running: 4, Desired: tt.desired}))
		d := only(t, s.Scheduled(time.Hour, Counts{Running: 4, Desired: tt.desired}))
		require.Equal(t, tt.want, d.To, tt.name)
		require.Equal(t, tt.name, d.Policy)
		require.Empty(t, d.Metric)
		least, most := s.Bounds()
		require.Equal(t, tt.bounds, [2]int{least, most}, tt.name)
	}
}

func TestScheduledActionsComeInOrderOfTime(t *testing.T) {
	cfg := upTo(1, 10)
	cfg.Schedule = []ScheduledAction{
		action("night", 1, 4, 20*time.Hour, 44*time.Hour),
		action("morning", 6, 20, 8*time.Hour, 32*time.Hour),
		action("second thoughts", 7, -1, 32*time.Hour),
	}
	s := NewScaler(cfg)
	var names []string
	desired := 4
	for at, ok := s.NextSchedule(); ok; at, ok = s.NextSchedule() {
		for _, d := range s.Scheduled(at, Counts{Running: desired, Desired: desired}) {
			require.Equal(t, desired, d.From, "each begins where the one before ended")
			desired = d.To
			names = append(names, d.Policy)
		}
	}
	require.Equal(t, []string{"morning", "night", "morning", "second thoughts", "night"}, names)
	require.Equal(t, 4, desired)
	d := only(t, NewScaler(cfg).Scheduled(8*time.Hour, Counts{Running: 4, Desired: 4}))
	require.Equal(t, "minimum 6, maximum 20", d.Formula)
}

// ECS rules, services 4.4: cooldowns do not hold a scheduled action, and it begins none.
func TestScheduledActionIgnoresCooldowns(t *testing.T) {
	cfg := upTo(1, 20, cpu(50))
	cfg.Schedule = []ScheduledAction{action("less", 1, 5, 4*time.Minute), action("more", 6, 20, 5*time.Minute)}
	c := start(cfg)
	c.minutes(3, CPUUtilization, 100)
	require.Equal(t, 8, only(t, c.decide(4, 4)).To)
	d := only(t, c.Scheduled(4*time.Minute, Counts{Running: 8, Desired: 8}))
	require.Equal(t, 5, d.To)
	require.Equal(t, none, d.Until)
	require.Equal(t, 6, only(t, c.Scheduled(5*time.Minute, Counts{Running: 5, Desired: 5})).To)
}

func TestSuspendedScheduleLeavesTheBounds(t *testing.T) {
	cfg := upTo(1, 10)
	cfg.Suspended.Scheduled = true
	cfg.Schedule = []ScheduledAction{action("more", 6, 20, time.Hour)}
	s := NewScaler(cfg)
	d := only(t, s.Scheduled(time.Hour, Counts{Running: 4, Desired: 4}))
	require.False(t, d.Changes())
	require.Equal(t, IsSuspended, d.Blocked)
	require.Equal(t, 6, d.Wanted)
	least, most := s.Bounds()
	require.Equal(t, [2]int{1, 10}, [2]int{least, most})
	_, ok := s.NextSchedule()
	require.False(t, ok, "it is past all the same")

	cfg.Suspended = Suspension{In: true, Out: true}
	require.Equal(t, 6, only(t, NewScaler(cfg).Scheduled(time.Hour, Counts{Running: 4, Desired: 4})).To, "dynamic scaling is another matter")
}

// ECS rules, services 4.1: no scale-in during a deployment; the next alarm for less makes up for it.
func TestScheduledActionDuringADeployment(t *testing.T) {
	cfg := upTo(1, 10, cpu(50))
	cfg.Schedule = []ScheduledAction{action("less", 1, 3, time.Minute), action("more", 6, 20, time.Hour)}
	c := start(cfg)
	d := only(t, c.Scheduled(time.Minute, Counts{Running: 8, Desired: 8, Deploying: true}))
	require.Equal(t, InDeployment, d.Blocked)
	require.Equal(t, 3, d.Wanted)
	c.minutes(15, CPUUtilization, 44)
	require.Equal(t, 3, only(t, c.decide(8, 8)).To)
	require.Equal(t, 6, only(t, c.Scheduled(time.Hour, Counts{Running: 3, Desired: 3, Deploying: true})).To)
}
