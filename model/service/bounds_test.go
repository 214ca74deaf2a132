package service

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// boundRows is the table of ECS rules, services 2.5: what a deployment of a service with desired healthy tasks may do
// first.
var boundRows = []struct {
	desired, minPercent, maxPercent int
	lower, upper                    int
	stopFirst, startFirst           int
	stuck                           bool
}{
	{4, 100, 200, 4, 8, 0, 4, false},
	{4, 50, 200, 2, 8, 2, 4, false},
	{4, 50, 100, 2, 4, 2, 0, false},
	{2, 75, 100, 2, 2, 0, 0, true},
	{3, 100, 125, 3, 3, 0, 0, true},
	{3, 66, 100, 2, 3, 1, 0, false},
	{10, 100, 110, 10, 11, 0, 1, false},
	{1, 0, 100, 0, 1, 1, 0, false},
	{1, 100, 150, 1, 1, 0, 0, true},
}

// ECS rules, services 2.5; ECS rules, placement 6.2: the lower bound rounds up, the upper one down.
func TestBounds(t *testing.T) {
	for _, r := range boundRows {
		lower, upper := Bounds(r.desired, r.minPercent, r.maxPercent)
		require.Equal(t, []int{r.lower, r.upper}, []int{lower, upper}, "%+v", r)
	}
}

func TestBoundsAreExact(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		desired, percent := rapid.IntRange(0, 10000).Draw(t, "desired"), rapid.IntRange(0, 400).Draw(t, "percent")
		lower, upper := Bounds(desired, percent, percent)
		require.GreaterOrEqual(t, 100*lower, desired*percent)
		require.Less(t, 100*(lower-1), desired*percent)
		require.LessOrEqual(t, 100*upper, desired*percent)
		require.Greater(t, 100*(upper+1), desired*percent)
	})
}

// ECS rules, services 2.5: the columns "may stop first" and "may start first".
func TestFirstStep(t *testing.T) {
	for _, r := range boundRows {
		t.Run(fmt.Sprintf("%d_%d_%d", r.desired, r.minPercent, r.maxPercent), func(t *testing.T) {
			lower, upper := Bounds(r.desired, r.minPercent, r.maxPercent)
			all := Counts{Want: r.desired, Live: r.desired, Healthy: r.desired}
			m := Step(r.desired, lower, upper, Counts{Want: r.desired}, []Counts{all}, true)
			require.Equal(t, Move{
				Start: r.startFirst, Restart: []int{0}, StopUnhealthy: []int{0}, StopHealthy: []int{r.stopFirst}, Stuck: r.stuck,
			}, m)
		})
	}
}
