package placement

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"ecssim/model/catalog"
	"ecssim/model/fleet"
	"ecssim/model/placement/query"
	"ecssim/model/taskdef"
)

// benchStrategies are all rules and the chains that people use.
var benchStrategies = []struct {
	name  string
	rules []Rule
}{
	{"binpack-memory", []Rule{packMemory}},
	{"binpack-cpu", []Rule{packCPU}},
	{"binpack-cpu+binpack-memory", []Rule{packCPU, packMemory}},
	{"spread-instance", []Rule{spreadHosts}},
	{"spread-az", []Rule{spreadZones}},
	{"spread-az+spread-instance", ServiceDefault()},
	{"spread-az+binpack-memory", []Rule{spreadZones, packMemory}},
	{"spread-rack+binpack-memory", []Rule{{Kind: Spread, Attribute: "rack"}, packMemory}},
	{"binpack-memory+spread-az", []Rule{packMemory, spreadZones}},
	{"random", RunTaskDefault()},
	{"spread-az+random", []Rule{spreadZones, {Kind: Random}}},
}

// BenchmarkPlacement is one placement and the end of one random earlier task, on a fleet that stays 70 % full.
func BenchmarkPlacement(b *testing.B) {
	for _, constrained := range []bool{false, true} {
		for _, s := range benchStrategies {
			for _, size := range []int{100, 1000, 10_000} {
				b.Run(fmt.Sprintf("%s/constraints=%v/instances=%d", s.name, constrained, size), func(b *testing.B) {
					benchmarkPlacement(b, s.rules, constrained, size)
				})
			}
		}
	}
}

func benchmarkPlacement(b *testing.B, rules []Rule, constrained bool, size int) {
	var x Index
	var groups fleet.Groups
	for n := range size {
		has := fleet.Resources{CPU: 16 << 10, Memory: 64 << 10, ENIs: 14}
		x.Add(&fleet.Instance{
			Name: fmt.Sprint("main/", n+1), Type: &catalog.InstanceType{}, Connected: true, Has: has, Free: has,
			Attributes: map[string]string{
				az: string(rune('a' + n%3)), "rack": fmt.Sprint(n / 40), "stack": []string{"prod", "dev"}[n%2],
			},
		})
	}
	d := &Demand{
		Needs: taskdef.Needs{CPU: 1024, Memory: 6 << 10, ENIs: 1}, Group: groups.Named("service:web"), Strategy: rules,
	}
	room := 10
	if constrained {
		room = 5 // only half of the instances are eligible
		for _, text := range []string{"attribute:stack == prod", "runningTasksCount < 12"} {
			q, err := query.Parse(text)
			if err != nil {
				b.Fatal(err)
			}
			d.Constraints = append(d.Constraints, Constraint{Query: q})
		}
	}
	draw := rand.New(rand.NewPCG(1, 2))
	placed := make([]*fleet.Instance, size*room*7/10)
	for n := range placed {
		placed[n] = x.Choose(d, draw)
		x.Reserve(placed[n], d)
	}
	b.ReportAllocs()
	b.ResetTimer()
	for range b.N {
		n := draw.IntN(len(placed))
		x.Release(placed[n], d)
		i := x.Choose(d, draw)
		if i == nil {
			b.Fatal("nothing was placed")
		}
		x.Reserve(i, d)
		placed[n] = i
	}
}

// BenchmarkRefusal is one attempt in vain on a fleet that is full, between an end and a placement.
func BenchmarkRefusal(b *testing.B) {
	for _, size := range []int{100, 1000, 10_000} {
		b.Run(fmt.Sprintf("instances=%d", size), func(b *testing.B) {
			var x Index
			var groups fleet.Groups
			for n := range size {
				has := fleet.Resources{CPU: 1024, Memory: 1024 + int64(n%7)}
				x.Add(&fleet.Instance{Name: fmt.Sprint("main/", n+1), Type: &catalog.InstanceType{}, Connected: true, Has: has, Free: has})
			}
			d := &Demand{Needs: taskdef.Needs{CPU: 1024, Memory: 1024}, Group: groups.Named("g"), Strategy: []Rule{packMemory}}
			instances := x.Instances()
			for _, i := range instances {
				x.Reserve(i, d)
			}
			var r Refusal
			b.ReportAllocs()
			b.ResetTimer()
			for n := range b.N {
				i := instances[n%size]
				x.Release(i, d)
				x.Reserve(i, d)
				if x.Choose(d, nil) != nil {
					b.Fatal("a full fleet placed a task")
				}
				x.Refusal(d, &r)
				if int(r.ByReason[NoCPU]) != size {
					b.Fatalf("%d instances lack cpu, want %d", r.ByReason[NoCPU], size)
				}
			}
		})
	}
}
