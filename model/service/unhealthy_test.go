package service

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// ECS rules, services 2.5: the replacement of an unhealthy task starts first if it may.
func TestReplaceUnhealthy(t *testing.T) {
	for _, r := range []struct {
		upper       int
		c           Counts
		unhealthy   int
		start, stop int
		why         string
	}{
		{8, Counts{Live: 4, Healthy: 4}, 0, 0, 0, "all are healthy"},
		{8, Counts{Live: 4, Healthy: 2}, 2, 2, 0, "replacements first"},
		{8, Counts{Live: 6, Healthy: 2}, 2, 0, 0, "they start"},
		{8, Counts{Live: 6, Healthy: 3}, 2, 0, 1, "one is healthy: one may go"},
		{8, Counts{Live: 6, Healthy: 4}, 2, 0, 2, "both are"},
		{8, Counts{Live: 5, Healthy: 3}, 2, 1, 1, "the replacement is unhealthy too"},
		{4, Counts{Live: 4, Healthy: 2}, 2, 0, 1, "no room: one at a time"},
		{4, Counts{Live: 3, Healthy: 2, Leaving: 1}, 1, 0, 0, "it leaves"},
		{4, Counts{Live: 3, Healthy: 2}, 1, 1, 0, "it has left"},
		{4, Counts{Live: 4, Healthy: 2}, 1, 0, 0, "its replacement starts"},
		{4, Counts{Live: 4, Healthy: 3}, 1, 0, 1, "the next"},
	} {
		start, stop := Replace(4, r.upper, r.c, r.unhealthy)
		require.Equal(t, []int{r.start, r.stop}, []int{start, stop}, r.why)
	}
}
