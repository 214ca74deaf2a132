package report

import (
	"context"
	"math"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"ecssim/model"
	"ecssim/model/catalog"
	"ecssim/model/load"
	"ecssim/model/taskdef"
	"ecssim/sim"
)

// halves is an instance type that costs a dollar an hour and has two dimensions that are easy to halve.
func halves() catalog.InstanceType {
	return catalog.InstanceType{Name: "halves", CPU: 1000, Memory: 1000, TaskENIs: 10, Architecture: "x86_64", PricePerHour: 1, Custom: true}
}

// halvesConfig is one instance of that type, and a service whose use is known.
func halvesConfig(t testing.TB) *model.Config {
	cfg := firstConfig(t)
	cfg.Duration = 4 * time.Hour
	cfg.Fleets[0].Type = halves()
	cfg.Services[0].Load = &model.Load{Profile: load.Profile{}}
	return cfg
}

// Worked by hand: an instance of $1 an hour for four hours; a task of 500 CPU units and 200 MiB in the second and third of
// them, and in the third also one of 100 units and 600 MiB.
func TestWasteByDimension(t *testing.T) {
	cfg := halvesConfig(t)
	s := newScript(t, cfg, 1, RecorderOptions{})
	i := s.join("main", halves(), 0)
	one := s.at(time.Hour).create("web", demandOf(taskdef.Needs{CPU: 500, Memory: 200}))
	s.place(one, i, -1)
	s.run(one)
	other := s.at(2*time.Hour).create("web", demandOf(taskdef.Needs{CPU: 100, Memory: 600}))
	s.place(other, i, -1)
	s.run(other)
	s.at(3 * time.Hour)
	// In these two hours the service used 300 of 500 and 600 units, 100 of 200 and 800 MiB on the mean.
	s.r.LoadMeasured(s.now, s.owners["web"], model.LoadMinute{From: time.Hour, UsedCPU: 275, UsedMemory: 250})
	s.stop(one, model.UserInitiated, "")
	s.stop(other, model.UserInitiated, "")
	s.at(4 * time.Hour)
	s.r.LoadMeasured(s.now, s.owners["web"], model.LoadMinute{From: 3 * time.Hour})
	r := s.end(4*time.Hour, sim.Reached)
	require.Len(t, r.Cost.Waste, 1)
	w := r.Cost.Waste[0]
	assert.Equal(t, "main", w.Name)
	near(t, 4, w.Paid)
	near(t, 4-(0.5+0.6), w.UnreservedCPU)
	near(t, 4-(0.2+0.8), w.UnreservedMemory)
	near(t, 4-(0.5+0.8), w.Unreserved) // CPU binds alone, then memory
	near(t, (0.5+0.6)*0.5, w.UnusedCPU)
	near(t, (0.2+0.8)*0.5, w.UnusedMemory)
	near(t, w.UnusedCPU, w.Unused) // more CPU was reserved than memory
	near(t, 3, r.Cost.TaskHours)
	near(t, 1, r.Cost.Rates.End)
	near(t, 1, r.Cost.Rates.Peak)

	sum := Summarise(Set{Records: []*Record{r}}).Cost
	assert.InDelta(t, 4.0/3, *sum.PerTaskHour, 1e-6)
	assert.InDelta(t, 4.0/3/3.6, *sum.Per1000TaskSeconds, 1e-6)
	assert.Equal(t, "of it $2.700 (68 %) not reserved, $0.550 (14 %) reserved and not used; $1.000 an hour at the end", sum.wasted())
}

// Whatever is used beyond the reservation, less than nothing is never wasted.
func TestUseBeyondTheReservationIsNoWaste(t *testing.T) {
	s := newScript(t, halvesConfig(t), 1, RecorderOptions{})
	task := s.create("web", demandOf(taskdef.Needs{CPU: 500, Memory: 500}))
	s.place(task, s.join("main", halves(), 0), -1)
	s.run(task)
	s.at(time.Minute)
	s.r.LoadMeasured(s.now, s.owners["web"], model.LoadMinute{UsedCPU: 900, UsedMemory: 500})
	w := s.end(time.Minute, sim.Reached).Cost.Waste[0]
	assert.True(t, w.Loaded)
	assert.Zero(t, w.UnusedCPU)
	assert.Zero(t, w.UnusedMemory)
}

// On Fargate all that is paid is reserved, and both dimensions are billed.
func TestWasteOnFargate(t *testing.T) {
	cfg := halvesConfig(t)
	cfg.Services[0].Launch = model.Fargate
	s := newScript(t, cfg, 1, RecorderOptions{})
	task := s.create("web", demandOf(taskdef.Needs{CPU: 1024, Memory: 2048}))
	s.place(task, nil, 0)
	s.run(task)
	s.at(time.Hour)
	s.r.LoadMeasured(s.now, s.owners["web"], model.LoadMinute{UsedCPU: 256, UsedMemory: 1024})
	r := s.end(time.Hour, sim.Reached)
	w := r.Cost.Waste[0]
	assert.Equal(t, "FARGATE", w.Name)
	near(t, 0.04048+2*0.004445, w.Paid)
	assert.Zero(t, w.Unreserved)
	near(t, 0.04048*0.75, w.UnusedCPU)
	near(t, 2*0.004445*0.5, w.UnusedMemory)
	near(t, w.UnusedCPU+w.UnusedMemory, w.Unused)
	near(t, 0.04048+2*0.004445, r.Cost.Rates.End)
}

// An instance that is lost takes its reservations along, whoever is told first; one that boots is paid for.
func TestWasteOfInstancesThatComeAndGo(t *testing.T) {
	cfg := halvesConfig(t)
	s := newScript(t, cfg, 1, RecorderOptions{})
	i := s.join("main", halves(), 0)
	task := s.create("web", demandOf(taskdef.Needs{CPU: 1000, Memory: 10}))
	s.place(task, i, -1)
	s.run(task)
	s.at(time.Hour).lose(i)
	s.stop(task, model.HostLost, "")
	s.at(2*time.Hour).join("main", halves(), 0)
	r := s.end(3*time.Hour, sim.Reached)
	w := r.Cost.Waste[0]
	near(t, 2, w.Paid)
	near(t, 1, w.Unreserved)
	near(t, 1, r.Cost.Rates.Peak)
}

// Random worlds against a recount: what is not reserved and not used lies between nothing and what was paid, the
// dominant dimension leaves the least, and the rates of the items add up to the total.
func TestWasteIsAPartOfWhatIsPaid(t *testing.T) {
	cfg := dear(t)
	for seed := uint64(1); seed <= 3; seed++ {
		r := NewRecorder(cfg, seed, RecorderOptions{LogLimit: LogNothing})
		model.NewWorld(cfg, seed, r).Run(context.Background())
		rec := r.Record()
		const eps = 1e-9
		for _, w := range rec.Cost.Waste {
			assert.LessOrEqual(t, w.Unreserved, min(w.UnreservedCPU, w.UnreservedMemory)+eps, w.Name)
			assert.LessOrEqual(t, max(w.UnreservedCPU, w.UnreservedMemory), w.Paid+eps, w.Name)
			assert.GreaterOrEqual(t, min(w.Unreserved, w.Unused, w.UnusedCPU, w.UnusedMemory), 0.0, w.Name)
			assert.LessOrEqual(t, w.Unreserved+w.Unused, w.Paid+eps, w.Name)
		}
		end, last := 0.0, 0.0
		for _, it := range rec.Cost.Rates.Items {
			l := it.Levels[len(it.Levels)-1]
			last += float64(l.Max) / 1e9
			end += float64(l.Min) / 1e9
		}
		assert.LessOrEqual(t, end, rec.Cost.Rates.End+eps)
		assert.GreaterOrEqual(t, last, rec.Cost.Rates.End-eps)
		assert.GreaterOrEqual(t, rec.Cost.Rates.Peak, rec.Cost.Rates.End-eps)
		assert.NotEmpty(t, rec.costSeries())
	}
}

// What is spread over hours adds up, and nothing lands outside of the span.
func TestSpreadKeepsTheAmount(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		from := time.Duration(rapid.Int64Range(0, int64(30*time.Hour)).Draw(t, "from"))
		to := from + time.Duration(rapid.Int64Range(0, int64(30*time.Hour)).Draw(t, "length"))
		amount := rapid.Float64Range(0.001, 1e6).Draw(t, "amount")
		var h hourly
		h.spread(from, to, amount)
		sum := 0.0
		for k, x := range h {
			sum += x
			if x > 0 && (time.Duration(k+1)*time.Hour <= from || time.Duration(k)*time.Hour > to) {
				t.Fatalf("hour %d has %v of a span from %v to %v", k, x, from, to)
			}
		}
		if math.Abs(sum-amount) > 1e-9*amount {
			t.Fatalf("%v of %v", sum, amount)
		}
	})
}
