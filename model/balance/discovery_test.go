package balance

import (
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"ecssim/model/taskdef"
)

// ECS rules, services 5.5: tasks that share the address of their instance need SRV records; mode none has neither.
func TestRecordTypesOfNetworkModes(t *testing.T) {
	for mode, want := range map[taskdef.NetworkMode][]RecordType{
		taskdef.Awsvpc: {RecordA, RecordSRV}, taskdef.Bridge: {RecordSRV}, taskdef.Host: {RecordSRV}, taskdef.None: nil,
	} {
		require.Equal(t, want, RecordTypes(mode), mode)
	}
}

// ECS rules, services 5.5: a Cloud Map service holds 1000 instances.
func TestDiscoveryIsLimited(t *testing.T) {
	d := NewDiscovery(0)
	var r *Record
	for n := range MaxInstances {
		var ok bool
		r, ok = d.Register(true, n)
		require.True(t, ok)
	}
	_, ok := d.Register(true, nil)
	require.False(t, ok)
	d.Deregister(0, r)
	_, ok = d.Register(true, nil)
	require.True(t, ok, "what clients remember does not count")
	require.Panics(t, func() { d.Deregister(0, r) })
}

// ECS rules, services 5.5: an answer has at most eight records, healthy ones unless there are none.
func TestAnswersHaveUpToEightHealthyRecords(t *testing.T) {
	d := NewDiscovery(0)
	require.Empty(t, d.Answer())
	for n := range 12 {
		d.Register(n%4 == 0, n)
	}
	owners := func() (all []any) {
		for _, r := range d.Answer() {
			all = append(all, r.Owner())
		}
		return all
	}
	require.Equal(t, []any{0, 4, 8}, owners())
	for _, r := range d.records {
		r.SetHealthy(false)
	}
	require.Equal(t, []any{3, 4, 5, 6, 7, 8, 9, 10}, owners(), "all are unhealthy: any eight")
	require.Equal(t, []any{11, 0, 1, 2, 3, 4, 5, 6}, owners(), "the next answer goes on where the last one ended")
}

// ECS rules, services 5.5: clients send to a task that is gone until the TTL has passed.
func TestClientsRememberForTheTTL(t *testing.T) {
	d := NewDiscovery(60 * second)
	one, _ := d.Register(true, 1)
	two, _ := d.Register(true, 2)
	require.Equal(t, 70*second, d.Deregister(10*second, one))
	require.Equal(t, []*Record{two}, d.Answer())
	require.Equal(t, []*Record{two, one}, d.Seen(70*second-1))
	require.Equal(t, []*Record{two}, d.Seen(70*second))
	require.Equal(t, 1, d.Registered())
}

// Over many answers every healthy record comes up as often as any other, give or take one.
func TestAnswersTakeTurns(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := NewDiscovery(0)
		n := rapid.IntRange(1, 30).Draw(t, "records")
		for k := range n {
			d.Register(true, k)
		}
		seen := map[*Record]int{}
		answers := rapid.IntRange(1, 50).Draw(t, "answers")
		for range answers {
			answer := d.Answer()
			require.Len(t, answer, min(n, MaxAnswers))
			for _, r := range answer {
				seen[r]++
			}
		}
		for _, r := range d.records {
			require.InDelta(t, answers*min(n, MaxAnswers)/n, seen[r], 1)
		}
	})
}
