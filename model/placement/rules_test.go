package placement

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"ecssim/model/catalog"
	"ecssim/model/fleet"
	"ecssim/model/placement/query"
	"ecssim/model/taskdef"
)

// The tests in this file are rules of ECS with inputs and answers from its documentation or from hand-computed cases.
// Each runs through the index, which the property test holds equal to the obvious process.

const az = "ecs.availability-zone"

// bed is a small cluster to place into.
type bed struct {
	t      *testing.T
	index  Index
	groups fleet.Groups
	draw   *rand.Rand
}

func newBed(t *testing.T) *bed { return &bed{t: t, draw: rand.New(rand.NewPCG(1, 1))} }

// instance adds one with so much CPU, memory and so many task interfaces, in a zone, with attributes "name=value".
func (b *bed) instance(zone string, has fleet.Resources, attributes ...string) *fleet.Instance {
	i := &fleet.Instance{
		Name: fmt.Sprintf("main/%d", b.index.Live()+1), Type: &catalog.InstanceType{}, Zone: zone,
		Status: fleet.Active, Connected: true, Has: has, Free: has,
		Attributes: map[string]string{az: zone},
	}
	for n := 0; n+1 < len(attributes); n += 2 {
		i.Attributes[attributes[n]] = attributes[n+1]
	}
	b.index.Add(i)
	return i
}

// demand asks for CPU and memory on behalf of a group.
func (b *bed) demand(group string, cpu, memory int64, strategy ...Rule) *Demand {
	return &Demand{Needs: taskdef.Needs{CPU: cpu, Memory: memory}, Group: b.groups.Named(group), Strategy: strategy}
}

// place places one task and returns its instance's name, or the reason of the refusal.
func (b *bed) place(d *Demand) string {
	i := b.index.Choose(d, b.draw)
	if i == nil {
		var r Refusal
		b.index.Refusal(d, &r)
		return r.Reason.String()
	}
	b.index.Reserve(i, d)
	return i.Name
}

func (b *bed) placeAll(d *Demand, count int) []string {
	var names []string
	for range count {
		names = append(names, b.place(d))
	}
	return names
}

func memberOf(t *testing.T, expression string) Constraint {
	t.Helper()
	q, err := query.Parse(expression)
	require.NoError(t, err)
	return Constraint{Query: q}
}

var (
	plenty      = fleet.Resources{CPU: 1 << 20, Memory: 1 << 20, ENIs: 100, GPUs: 100}
	packCPU     = Rule{Kind: Binpack}
	packMemory  = Rule{Kind: Binpack, Memory: true}
	spreadZones = Rule{Kind: Spread, Attribute: az}
	spreadHosts = Rule{Kind: Spread}
)

// ECS rules, placement 2.2: binpack takes the least remaining amount in units, so a small empty instance beats a large
// half full one.
func TestBinpackComparesUnitsNotShares(t *testing.T) {
	b := newBed(t)
	large := b.instance("a", fleet.Resources{CPU: 2048, Memory: 4096})
	b.instance("a", fleet.Resources{CPU: 512, Memory: 4096})
	b.index.Reserve(large, b.demand("other", 1024, 0))
	require.Equal(t, "main/2", b.place(b.demand("service:web", 256, 0, packCPU)))
}

// ECS rules, placement 11.4: free CPU 2048, 1024, 512 and tasks of 512.
func TestBinpackFillsTheTightestFirst(t *testing.T) {
	b := newBed(t)
	for _, cpu := range []int64{2048, 1024, 512} {
		b.instance("a", fleet.Resources{CPU: cpu, Memory: 1 << 20})
	}
	require.Equal(t, []string{"main/3", "main/2", "main/2", "main/1", "main/1", "main/1", "main/1", "RESOURCE:CPU"},
		b.placeAll(b.demand("service:web", 512, 0, packCPU), 8))
}

// ECS rules, placement 2.2: another service's tasks do not count for spread.
func TestSpreadCountsOnlyTheOwnGroup(t *testing.T) {
	b := newBed(t)
	crowded := b.instance("a", plenty)
	b.instance("b", plenty)
	other := b.demand("service:a", 1, 1)
	for range 10 {
		b.index.Reserve(crowded, other)
	}
	require.Equal(t, "main/1", b.place(b.demand("service:b", 1, 1, spreadZones)), "a tie: the first registered")
}

// ECS rules, placement 11.5: two tasks of g1 spread over instances although one of them is full of g2.
func TestSpreadOverInstancesCountsTheTaskGroup(t *testing.T) {
	b := newBed(t)
	first := b.instance("a", plenty)
	b.instance("a", plenty)
	g2 := b.demand("g2", 1, 1)
	for range 3 {
		b.index.Reserve(first, g2)
	}
	require.Equal(t, []string{"main/1", "main/2"}, b.placeAll(b.demand("g1", 1, 1, spreadHosts), 2))
}

// ECS rules, placement 2.4, the documented example: zone a holds one task of the service, b and c none: b or c is next.
func TestServiceDefaultBalancesZones(t *testing.T) {
	b := newBed(t)
	first := b.instance("a", plenty)
	b.instance("b", plenty)
	b.instance("c", plenty)
	d := b.demand("service:web", 1, 1, ServiceDefault()...)
	b.index.Reserve(first, d)
	require.Equal(t, []string{"main/2", "main/3"}, b.placeAll(d, 2))
}

// ECS rules, placement 11.2 and 11.3: zones a, a, b and four tasks.
func TestZoneSpreadThenInstances(t *testing.T) {
	build := func() *bed {
		b := newBed(t)
		b.instance("a", plenty)
		b.instance("a", plenty)
		b.instance("b", plenty)
		return b
	}
	b := build()
	require.Equal(t, []string{"main/1", "main/3", "main/2", "main/3"},
		b.placeAll(b.demand("service:web", 1, 1, ServiceDefault()...), 4), "the default: one on each instance of zone a")
	b = build()
	require.Equal(t, []string{"main/1", "main/3", "main/1", "main/3"},
		b.placeAll(b.demand("service:web", 1, 1, spreadZones, packMemory), 4), "binpack: both on one instance of zone a")
}

// ECS rules, placement 1.1: strategies are best effort: with all instances in one zone, spread over zones places there
// anyway.
func TestSpreadIsBestEffort(t *testing.T) {
	b := newBed(t)
	b.instance("a", plenty)
	require.Equal(t, []string{"main/1", "main/1"}, b.placeAll(b.demand("service:web", 1, 1, spreadZones), 2))
}

// ECS rules, placement 2.3: instances without the attribute form a group of their own.
func TestSpreadOverAnAttributeThatSomeLack(t *testing.T) {
	b := newBed(t)
	b.instance("a", plenty, "rack", "1")
	b.instance("a", plenty)
	b.instance("a", plenty, "rack", "2")
	d := b.demand("service:web", 1, 1, Rule{Kind: Spread, Attribute: "rack"})
	require.Equal(t, []string{"main/1", "main/2", "main/3", "main/1"}, b.placeAll(d, 4))
}

// ECS rules, placement 1.1: constraints are binding: with only violating instances nothing is ever placed.
func TestMemberOfIsBinding(t *testing.T) {
	b := newBed(t)
	b.instance("a", plenty, "stack", "dev")
	d := b.demand("service:web", 1, 1)
	d.Constraints = []Constraint{memberOf(t, "attribute:stack == prod")}
	require.Equal(t, "MemberOf placement constraint unsatisfied.", b.place(d))
}

// ECS rules, placement 11.14: `!= prod` selects the instance with stack=dev but not the one without the attribute.
func TestNegativeMemberOfNeedsTheAttribute(t *testing.T) {
	b := newBed(t)
	b.instance("a", plenty)
	b.instance("a", plenty, "stack", "dev")
	d := b.demand("service:web", 1, 1)
	d.Constraints = []Constraint{memberOf(t, "attribute:stack != prod")}
	require.Equal(t, []string{"main/2", "main/2"}, b.placeAll(d, 2))
}

// ECS rules, placement 3.4: the first task of a group cannot be placed next to a task of its own group.
func TestAffinityToTheOwnGroupNeverStarts(t *testing.T) {
	b := newBed(t)
	b.instance("a", plenty)
	d := b.demand("service:web", 1, 1)
	d.Constraints = []Constraint{memberOf(t, "task:group == service:web")}
	require.Equal(t, "MemberOf placement constraint unsatisfied.", b.place(d))
}

// ECS rules, placement 10: two empty instances, runningTasksCount < 2, five tasks: two on each, the fifth fails with
// memberOf.
func TestRunningTasksCountIsEvaluatedPerPlacement(t *testing.T) {
	b := newBed(t)
	b.instance("a", plenty)
	b.instance("a", plenty)
	d := b.demand("family:x", 1, 1)
	d.Constraints = []Constraint{memberOf(t, "runningTasksCount < 2")}
	require.Equal(t, []string{"main/1", "main/1", "main/2", "main/2", "MemberOf placement constraint unsatisfied."},
		b.placeAll(d, 5))
}

// ECS rules, placement 3.2 and 11.6: one task of the group an instance; other groups do not matter; desired status
// counts.
func TestDistinctInstance(t *testing.T) {
	b := newBed(t)
	var last *fleet.Instance
	for range 3 {
		last = b.instance("a", plenty)
	}
	b.place(b.demand("service:other", 1, 1))
	d := b.demand("family:x", 1, 1)
	d.Constraints = []Constraint{{}}
	require.Equal(t, []string{"main/1", "main/2", "main/3", "DistinctInstance placement constraint unsatisfied."},
		b.placeAll(d, 4))
	b.index.Release(last, d)
	require.Equal(t, "main/3", b.place(d))
}

// ECS rules, placement 10: maxPods does not exist in ECS; the extension is named as one.
func TestMaxTasksPerInstanceIsAnExtension(t *testing.T) {
	b := newBed(t)
	b.instance("a", plenty)
	d := b.demand("service:web", 1, 1)
	d.MaxTasksPerInstance = 2
	require.Equal(t, []string{"main/1", "main/1", "x-max-tasks-per-instance"}, b.placeAll(d, 3))
}

// ECS rules, placement 4.2 and 5.1: static ports clash on one instance, per protocol; agent ports are taken everywhere.
func TestStaticHostPorts(t *testing.T) {
	port := func(n int, p taskdef.Protocol) []taskdef.HostPort { return []taskdef.HostPort{{Port: n, Protocol: p}} }
	b := newBed(t)
	for range 3 {
		b.instance("a", plenty)
	}
	web := b.demand("service:web", 1, 1)
	web.Needs.StaticPorts = port(80, taskdef.TCP)
	require.Equal(t, []string{"main/1", "main/2", "main/3", "RESOURCE:PORTS"}, b.placeAll(web, 4))

	dns := b.demand("service:dns", 1, 1)
	dns.Needs.StaticPorts = port(80, taskdef.UDP)
	require.Equal(t, "main/1", b.place(dns), "80/udp does not clash with 80/tcp")

	ssh := b.demand("service:ssh", 1, 1)
	ssh.Needs.StaticPorts = port(22, taskdef.TCP)
	require.Equal(t, "RESOURCE:PORTS", b.place(ssh))
}

// ECS rules, placement 11.20: with the five default ports an instance takes 95 static ports; the next is refused.
func TestReservedPortLimit(t *testing.T) {
	b := newBed(t)
	b.instance("a", plenty)
	for n := range 96 {
		d := b.demand("service:web", 1, 1)
		d.Needs.StaticPorts = []taskdef.HostPort{{Port: 10_000 + n, Protocol: taskdef.TCP}}
		want := "main/1"
		if n == 95 {
			want = "RESOURCE:PORTS"
		}
		require.Equal(t, want, b.place(d), "port %d", n+1)
	}
}

// ECS rules, placement 4.3: CPU 0 reserves nothing, so a thousand such tasks fit.
func TestZeroCPUReservesNothing(t *testing.T) {
	b := newBed(t)
	b.instance("a", fleet.Resources{CPU: 2048, Memory: 1000})
	for range 1000 {
		require.Equal(t, "main/1", b.place(b.demand("family:x", 0, 1)))
	}
	require.Equal(t, "RESOURCE:MEMORY", b.place(b.demand("family:x", 0, 1)))
}

// ECS rules, placement 1.2 and 1.3: what each shortage is called.
func TestReasonsAreSpelledAsECSSpellsThem(t *testing.T) {
	small := fleet.Resources{CPU: 100, Memory: 100, ENIs: 1, GPUs: 1}
	for _, c := range []struct {
		want   string
		needs  taskdef.Needs
		change func(*fleet.Instance, *Demand)
	}{
		{"RESOURCE:CPU", taskdef.Needs{CPU: 101}, nil},
		{"RESOURCE:MEMORY", taskdef.Needs{Memory: 101}, nil},
		{"RESOURCE:ENI", taskdef.Needs{ENIs: 2}, nil},
		{"RESOURCE:GPU", taskdef.Needs{GPUs: 2}, nil},
		{"AGENT", taskdef.Needs{}, func(i *fleet.Instance, _ *Demand) { i.Connected = false }},
		{"LOCATION", taskdef.Needs{}, func(_ *fleet.Instance, d *Demand) { d.Zones = []string{"b"} }},
		{"ATTRIBUTE", taskdef.Needs{}, func(_ *fleet.Instance, d *Demand) { d.Architecture = "arm64" }},
		{"ATTRIBUTE", taskdef.Needs{}, func(_ *fleet.Instance, d *Demand) { d.Attributes = []string{"ecs.capability.x"} }},
	} {
		b := newBed(t)
		i := b.instance("a", small)
		d := &Demand{Needs: c.needs, Group: b.groups.Named("g")}
		if c.change != nil {
			c.change(i, d)
			b.index.Changed(i)
		}
		require.Equal(t, c.want, b.place(d))
	}
	require.Equal(t, "No Container Instances were found in your cluster.", newBed(t).place(&Demand{}))
}

// ECS rules, placement 1.4: the closest match passes the most tests; of equals it lacks the least.
func TestClosestMatch(t *testing.T) {
	b := newBed(t)
	b.instance("a", fleet.Resources{CPU: 10, Memory: 1000})
	b.instance("a", fleet.Resources{CPU: 1000, Memory: 50})
	near := b.instance("a", fleet.Resources{CPU: 1000, Memory: 90})
	d := b.demand("service:web", 100, 100)
	require.Nil(t, b.index.Choose(d, b.draw))
	var r Refusal
	b.index.Refusal(d, &r)
	require.Equal(t, near, r.Closest)
	require.Equal(t, NoMemory, r.Reason)
	require.Equal(t, int32(1), r.ByReason[NoCPU])
	require.Equal(t, int32(2), r.ByReason[NoMemory])
	require.Equal(t, NoMemory, r.Dominant())
}

// Random draws every candidate with the same chance.
func TestRandomIsUniform(t *testing.T) {
	b := newBed(t)
	for range 5 {
		b.instance("a", plenty)
	}
	d := b.demand("family:x", 0, 0, RunTaskDefault()...)
	hits := map[string]int{}
	for range 10_000 {
		hits[b.index.Choose(d, b.draw).Name]++
	}
	for name, n := range hits {
		require.InDelta(t, 2000, n, 200, name) // five standard deviations
	}
	require.Len(t, hits, 5)
}

// Instances that come and go for ever leave no trace: the index closes its gaps and keeps the order.
func TestIndexClosesGaps(t *testing.T) {
	b := newBed(t)
	keep := b.instance("a", plenty)
	d := b.demand("service:web", 1, 1, spreadZones, packCPU)
	b.place(d)
	for n := range 1000 {
		i := b.instance("b", plenty)
		require.Equal(t, i.Name, b.place(d), "round %d: zone b is empty again", n)
		b.index.Release(i, d)
		b.index.Remove(i)
	}
	require.Equal(t, []*fleet.Instance{keep}, b.index.Instances())
	require.Less(t, len(b.index.instances), 200)
}
