package report

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"ecssim/sim"
)

func poolOf(t *testing.T, r *Record, resource, scope string) *PoolRecord {
	for i := range r.Pools {
		if p := &r.Pools[i]; p.Resource == resource && p.Scope == scope {
			return p
		}
	}
	t.Fatalf("no pool %s %s", resource, scope)
	return nil
}

func TestFirstRunOfTheManual(t *testing.T) {
	r := first(t, 1, RecorderOptions{}, sim.Reached)
	assert.Equal(t, Totals{
		Wanted: 10, Placed: 6, Started: 6, RunningEnd: 6, WaitingEnd: 4, Attempts: 6 + 4*30, Failures: 4 * 30,
		InstancesPeak: 3, InstancesEnd: 3, Events: 77,
	}, r.Totals)
	for _, c := range []struct {
		resource, scope string
		used, capacity  int64
	}{{"cpu", "default", 1536, 6144}, {"eni", "default", 6, 6}, {"ip", "default", 9, 251}, {"ports", "default", 0, 285}} {
		p := poolOf(t, r, c.resource, c.scope)
		assert.Equal(t, c.used, p.UsedPeak, c.resource)
		assert.Equal(t, c.capacity, p.CapacityPeak, c.resource)
		near(t, float64(c.used), p.UsedMean)
	}
	eni := poolOf(t, r, "eni", "default")
	assert.Equal(t, time.Duration(0), eni.FullSince)
	assert.Equal(t, 30*time.Minute, eni.FullFor)
	require.NotNil(t, r.Bottleneck)
	assert.Equal(t, "eni", r.Bottleneck.Resource)
	assert.Equal(t, "all 3 instances have 0 of 2 task ENIs left", r.Bottleneck.Sentence)
	near(t, 0.25, r.Bottleneck.CPU)
	near(t, 0.144, Summarise(Set{Records: []*Record{r}}).Cost.TotalUSD)
	assert.InDelta(t, 1800, r.Owners[0].Wait.P95, 0)
}
