package placement

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"ecssim/model/catalog"
	"ecssim/model/fleet"
	"ecssim/model/placement/query"
	"ecssim/model/taskdef"
)

// TestIndexAnswersWhatTheObviousProcessAnswers is the contract of the index: for any fleet, tasks, strategies and
// history, the same instance, the same draw, the same reasons and the same closest match.
func TestIndexAnswersWhatTheObviousProcessAnswers(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := newDrawnWorld(t)
		steps := rapid.IntRange(1, 60).Draw(t, "steps")
		for range steps {
			w.step(t)
		}
	})
}

// drawnWorld is a random cluster under test.
type drawnWorld struct {
	index   Index
	groups  fleet.Groups
	demands []*Demand
	placed  []placedTask
	number  int
}

type placedTask struct {
	i *fleet.Instance
	d *Demand
}

func newDrawnWorld(t *rapid.T) *drawnWorld {
	w := &drawnWorld{}
	w.index.limit = rapid.SampledFrom([]int{0, 12}).Draw(t, "seats") // with few seats classes are forgotten all the time
	for range rapid.IntRange(0, 12).Draw(t, "instances") {
		w.join(t)
	}
	for range rapid.IntRange(1, 4).Draw(t, "demands") {
		w.demands = append(w.demands, drawDemand(t, &w.groups))
	}
	return w
}

func (w *drawnWorld) join(t *rapid.T) {
	w.number++
	attributes := map[string]string{
		"ecs.availability-zone": rapid.SampledFrom([]string{"a", "b", "c"}).Draw(t, "zone"),
	}
	if rapid.Bool().Draw(t, "has rack") {
		attributes["rack"] = rapid.SampledFrom([]string{"1", "2", "3", "4"}).Draw(t, "rack")
	}
	has := fleet.Resources{
		CPU:    rapid.Int64Range(0, 6).Draw(t, "cpu"),
		Memory: rapid.Int64Range(0, 6).Draw(t, "memory"),
		GPUs:   rapid.Int64Range(0, 2).Draw(t, "gpus"),
		ENIs:   rapid.Int64Range(0, 3).Draw(t, "enis"),
	}
	w.index.Add(&fleet.Instance{
		Name: fmt.Sprintf("main/%d", w.number), Type: &catalog.InstanceType{}, Zone: attributes["ecs.availability-zone"],
		Status: fleet.Active, Connected: true, Attributes: attributes, Has: has, Free: has,
	})
}

func drawDemand(t *rapid.T, groups *fleet.Groups) *Demand {
	d := &Demand{
		Needs: taskdef.Needs{
			CPU:    rapid.Int64Range(0, 3).Draw(t, "needs cpu"),
			Memory: rapid.Int64Range(0, 3).Draw(t, "needs memory"),
			GPUs:   rapid.Int64Range(0, 1).Draw(t, "needs gpus"),
			ENIs:   rapid.Int64Range(0, 1).Draw(t, "needs enis"),
		},
		Group: groups.Named(rapid.SampledFrom([]string{"service:a", "service:b"}).Draw(t, "group")),
	}
	if rapid.IntRange(0, 4).Draw(t, "static port") == 0 {
		d.Needs.StaticPorts = []taskdef.HostPort{{Port: 80, Protocol: taskdef.TCP}}
	}
	rules := rapid.SampledFrom([]Rule{
		{Kind: Random},
		{Kind: Binpack},
		{Kind: Binpack, Memory: true},
		{Kind: Spread},
		{Kind: Spread, Attribute: "ecs.availability-zone"},
		{Kind: Spread, Attribute: "rack"},
	})
	d.Strategy = rapid.SliceOfN(rules, 0, MaxRules).Draw(t, "strategy")
	expressions := rapid.SampledFrom([]string{
		"attribute:rack exists", "attribute:rack != 2", "not(task:group == service:a)", "runningTasksCount < 2",
		"attribute:ecs.availability-zone in [a, b]", "agentConnected == true",
	})
	for range rapid.IntRange(0, 2).Draw(t, "constraints") {
		if rapid.IntRange(0, 3).Draw(t, "distinct") == 0 {
			d.Constraints = append(d.Constraints, Constraint{})
			continue
		}
		q, err := query.Parse(expressions.Draw(t, "expression"))
		if err != nil {
			t.Fatal(err)
		}
		d.Constraints = append(d.Constraints, Constraint{Query: q})
	}
	if rapid.IntRange(0, 5).Draw(t, "capped") == 0 {
		d.MaxTasksPerInstance = rapid.IntRange(1, 3).Draw(t, "max tasks")
	}
	if rapid.IntRange(0, 4).Draw(t, "zoned") == 0 {
		d.Zones = []string{"a", "c"}
	}
	return d
}

// step changes the world once, or asks both processes.
func (w *drawnWorld) step(t *rapid.T) {
	instances := w.index.Instances()
	switch action := rapid.IntRange(0, 9).Draw(t, "action"); {
	case action < 6:
		w.ask(t, rapid.SampledFrom(w.demands).Draw(t, "demand"))
	case action < 8 && len(w.placed) > 0:
		n := rapid.IntRange(0, len(w.placed)-1).Draw(t, "stopped")
		w.index.Release(w.placed[n].i, w.placed[n].d)
		w.placed = append(w.placed[:n], w.placed[n+1:]...)
	case action == 8:
		w.join(t)
	case len(instances) > 0:
		w.disturb(t, rapid.SampledFrom(instances).Draw(t, "instance"))
	}
}

// disturb loses an instance or toggles its agent.
func (w *drawnWorld) disturb(t *rapid.T, i *fleet.Instance) {
	if rapid.Bool().Draw(t, "toggle agent") {
		i.Connected = !i.Connected
		w.index.Changed(i)
		return
	}
	kept := w.placed[:0]
	for _, p := range w.placed {
		if p.i == i {
			w.index.Release(p.i, p.d)
			continue
		}
		kept = append(kept, p)
	}
	w.placed = kept
	w.index.Remove(i)
}

func (w *drawnWorld) ask(t *rapid.T, d *Demand) {
	seed := rapid.Uint64().Draw(t, "seed")
	draw := func() *rand.Rand { return rand.New(rand.NewPCG(seed, 0)) }
	want := Obvious(w.index.Instances(), d, draw())
	got := w.index.Choose(d, draw())
	if got != want.Chosen {
		t.Fatalf("the index chose %v, the obvious process %v", name(got), name(want.Chosen))
	}
	if got == nil {
		var refusal Refusal
		w.index.Refusal(d, &refusal)
		require.Equal(t, want.Refusal(d), refusal)
		return
	}
	w.index.Reserve(got, d)
	w.placed = append(w.placed, placedTask{got, d})
}

func name(i *fleet.Instance) string {
	if i == nil {
		return "nothing"
	}
	return i.Name
}
