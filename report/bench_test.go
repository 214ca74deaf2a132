package report

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"ecssim/model"
	"ecssim/model/fleet"
	"ecssim/model/taskdef"
	"ecssim/sim"
)

// churn is a cluster in a steady state: tasks are created, placed, run and stop, some thousand at a time.
type churn struct {
	r     *Recorder
	to    model.Observer
	tasks []model.Task
	rng   *rand.Rand
	now   time.Duration
	next  int
	made  int64
}

func newChurn(t testing.TB, limit int64) *churn { return newChurnOf(t, limit, "web") }

func newChurnOf(t testing.TB, limit int64, owner string) *churn {
	cfg := firstConfig(t)
	cfg.Duration, cfg.Warmup = 0, time.Minute
	cfg.Jobs = []model.Job{{Name: "batch", Placing: cfg.Services[0].Placing}}
	s := newScript(t, cfg, 1, RecorderOptions{LogLimit: limit})
	big := cfg.Fleets[0].Type
	big.CPU, big.Memory, big.TaskENIs = 1<<30, 1<<30, 1<<20
	i := s.join("main", big, 0)
	c := &churn{r: s.r, to: s.r, rng: rand.New(rand.NewPCG(1, 2)), tasks: make([]model.Task, 1000)}
	d := demandOf(taskdef.Needs{CPU: 256, Memory: 512})
	for k := range c.tasks {
		c.tasks[k] = model.Task{Owner: s.owners[owner], Placing: s.owners[owner].Placing, Demand: d, Instance: i, Subnet: -1}
		c.begin(&c.tasks[k])
	}
	return c
}

func (c *churn) begin(t *model.Task) {
	c.now += time.Duration(c.rng.Int64N(int64(2 * time.Millisecond)))
	t.Serial, t.Number = c.made, c.made+1
	c.made++
	t.Created, t.Placed, t.Running, t.Stopped = c.now, model.Never, model.Never, model.Never
	c.to.TaskCreated(c.now, t)
	t.Placed, t.PullStarted = c.now, c.now
	c.to.TaskPlaced(c.now, t)
	c.now += 100 * time.Microsecond
	t.Running = c.now
	c.to.TaskRunning(c.now, t)
}

// step stops the oldest task and begins another: the four calls of one task.
func (c *churn) step() {
	t := &c.tasks[c.next]
	c.next = (c.next + 1) % len(c.tasks)
	t.StopCode, t.Stopped = model.EssentialContainerExited, c.now
	c.to.TaskStopped(c.now, t)
	t.StopCode = model.NotStopped
	c.begin(t)
}

// deaf hears nothing: what the benchmark itself costs.
type deaf struct{ *Recorder }

func (deaf) TaskCreated(time.Duration, *model.Task) {}
func (deaf) TaskPlaced(time.Duration, *model.Task)  {}
func (deaf) TaskRunning(time.Duration, *model.Task) {}
func (deaf) TaskStopped(time.Duration, *model.Task) {}

// BenchmarkNobody is what BenchmarkTask costs without a recorder.
func BenchmarkNobody(b *testing.B) {
	c := newChurn(b, LogNothing)
	c.to = deaf{c.r}
	for b.Loop() {
		c.step()
	}
}

// BenchmarkTask is the cost of one task's four calls once the log limit is passed. It should be below 100 ns for jobs,
// which have many tasks; for services, of which more is known, below 150 ns.
func BenchmarkTask(b *testing.B) {
	for _, owner := range []string{"batch", "web"} {
		b.Run(owner, func(b *testing.B) { benchmarkTask(b, owner) })
	}
}

func benchmarkTask(b *testing.B, owner string) {
	c := newChurnOf(b, LogNothing, owner)
	for range 50_000 {
		c.step()
	}
	allocs := testing.AllocsPerRun(10_000, c.step)
	require.Zero(b, allocs)
	b.ReportAllocs()
	for b.Loop() {
		c.step()
	}
}

func TestATaskAllocatesNothing(t *testing.T) {
	for _, owner := range []string{"batch", "web"} {
		taskAllocatesNothing(t, owner)
	}
}

func taskAllocatesNothing(t *testing.T, owner string) {
	c := newChurnOf(t, LogNothing, owner)
	for range 50_000 { // past the exact values of the sample of waits
		c.step()
	}
	assert.Zero(t, testing.AllocsPerRun(100_000, c.step))
}

// TestMemoryIsBounded runs a million tasks over two weeks and counts what the recorder keeps.
func TestMemoryIsBounded(t *testing.T) {
	c := newChurn(t, 1000)
	for range 1_000_000 {
		c.now += time.Second
		c.step()
	}
	assert.LessOrEqual(t, c.r.log.tasks.len(), 1000)
	assert.LessOrEqual(t, c.r.log.placements.len(), 1000)
	assert.LessOrEqual(t, len(c.r.clusters[0].cpu.used.Cells()), c.r.line.Limit()+1)
	var live []*model.Task
	for k := range c.tasks {
		live = append(live, &c.tasks[k])
	}
	c.r.RunEnded(c.now, model.Ending{
		Outcome: sim.Reached, Tasks: func(yield func(*model.Task) bool) {
			for _, task := range live {
				if !yield(task) {
					return
				}
			}
		},
		Instances: func(yield func(*fleet.Instance) bool) { yield(live[0].Instance) },
	})
	assert.Equal(t, int64(1_001_000), c.r.Record().Totals.Wanted)
}

func TestFailureRowsAreBounded(t *testing.T) {
	var owners []*owner
	line := sim.NewTimeline(0, 0, 9)
	for k := range 3 {
		owners = append(owners, newOwner(line, fmt.Sprint(k), true))
	}
	f := newFailureLog(owners)
	const n = 200_000
	for k := range n {
		if f.count(time.Duration(k)*time.Minute, k%3, 7) {
			f.describe(k%3, 7, int64(k), "x")
		}
	}
	f.flush()
	assert.LessOrEqual(t, len(f.rows), maxFailureRows)
	total := int64(0)
	for i, row := range f.rows {
		total += row.Count
		if i > 0 {
			assert.LessOrEqual(t, f.rows[i-1].At, row.At)
		}
	}
	assert.EqualValues(t, n, total)
}
