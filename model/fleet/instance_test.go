package fleet

import (
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"ecssim/model/taskdef"
)

// Release is the inverse of Reserve: whatever was reserved in whatever order, when all of it is released the instance
// is as it was, and in between its books agree with a recount.
func TestReleaseUndoesReserve(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var groups Groups
		full := Resources{CPU: 1000, Memory: 1000, GPUs: 1000, ENIs: 1000}
		i := &Instance{Name: "main/1", Has: full, Free: full}
		type held struct {
			needs *taskdef.Needs
			group *Group
		}
		var tasks []held
		for n := range rapid.IntRange(1, 40).Draw(t, "steps") {
			if len(tasks) > 0 && rapid.Bool().Draw(t, "release") {
				k := rapid.IntRange(0, len(tasks)-1).Draw(t, "which")
				i.Release(tasks[k].needs, tasks[k].group)
				tasks = append(tasks[:k], tasks[k+1:]...)
			} else {
				needs := &taskdef.Needs{
					CPU: rapid.Int64Range(0, 20).Draw(t, "cpu"), Memory: rapid.Int64Range(0, 20).Draw(t, "memory"),
					GPUs: rapid.Int64Range(0, 1).Draw(t, "gpus"), ENIs: rapid.Int64Range(0, 1).Draw(t, "enis"),
				}
				if rapid.Bool().Draw(t, "port") {
					needs.StaticPorts = []taskdef.HostPort{{Port: 1000 + n, Protocol: taskdef.TCP}}
				}
				group := groups.Named(rapid.SampledFrom([]string{"a", "b", "c", "d"}).Draw(t, "group"))
				i.Reserve(needs, group)
				tasks = append(tasks, held{needs, group})
			}
			want, ports, byGroup := full, 0, map[*Group]int{}
			for _, h := range tasks {
				want.CPU -= h.needs.CPU
				want.Memory -= h.needs.Memory
				want.GPUs -= h.needs.GPUs
				want.ENIs -= h.needs.ENIs
				ports += len(h.needs.StaticPorts)
				byGroup[h.group]++
			}
			require.Equal(t, want, i.Free)
			require.Equal(t, ports, i.Ports().Reserved())
			require.Equal(t, len(tasks), i.RunningTasksCount())
			require.Len(t, i.TaskGroups(), len(byGroup))
			for g, count := range byGroup {
				require.Equal(t, count, i.TasksOf(g))
				require.True(t, i.HostsTaskOfGroup(g.Name))
			}
		}
	})
}

// Giving what is not there, or taking back what was not given, is a bug of the caller and says so.
func TestWrongBooksPanic(t *testing.T) {
	var groups Groups
	g := groups.Named("service:web")
	one := &taskdef.Needs{CPU: 1}
	i := &Instance{Name: "main/1"}
	require.PanicsWithValue(t, "fleet: main/1 gave more than it has", func() { i.Reserve(one, g) })
	i = &Instance{Name: "main/1", Has: Resources{CPU: 1}, Free: Resources{CPU: 1}}
	require.PanicsWithValue(t, "fleet: main/1 got back more than it gave", func() { i.Release(one, g) })
	i = &Instance{Name: "main/1", Has: Resources{CPU: 1}}
	require.PanicsWithValue(t, "fleet: main/1 releases a task of group service:web that it does not hold",
		func() { i.Release(one, g) })
}
