package model_test

import (
	"fmt"
	"testing"
	"time"

	"ecssim/model"
	"ecssim/model/catalog"
	"ecssim/model/placement"
	"ecssim/sim"
)

// BenchmarkReference is the reference workload: Poisson arrivals, exponential run times, 70 % full, binpack on memory.
// An instance holds about ten tasks. One iteration is one task.
func BenchmarkReference(b *testing.B) {
	for _, nodes := range []int{1000, 10_000} {
		b.Run(fmt.Sprintf("nodes=%d", nodes), func(b *testing.B) {
			const mean = 100.0
			runTime, err := sim.Exponential(mean)
			if err != nil {
				b.Fatal(err)
			}
			kind := catalog.InstanceType{Name: "node", CPU: 16384, Memory: 65536, Architecture: "x86_64"}
			cfg := world(withFleet("main", kind, nodes))
			cfg.Duration = 0
			cfg.Jobs = []model.Job{{
				Name:    "job",
				Placing: placing(task(1024, 6144), placement.Rule{Kind: placement.Binpack, Memory: true}),
				// memory binds: ten tasks an instance
				Arrivals: poisson{rate: 0.7 * float64(10*nodes) / mean, count: int64(b.N)}.open,
				RunTime:  runTime,
			}}
			var c counter
			b.ReportAllocs()
			b.ResetTimer()
			start := time.Now()
			run(b, cfg, 1, &c)
			if c.placed+c.givenUp != b.N || c.placed == 0 {
				b.Fatalf("%d placed and %d given up of %d", c.placed, c.givenUp, b.N)
			}
			b.StopTimer()
			whole := time.Since(start)
			start = time.Now()
			if placed := newBareLoop(nodes, 10).run(b.N, 0.7*float64(10*nodes)/mean, mean); placed < b.N*99/100 {
				b.Fatalf("the bare loop placed %d of %d", placed, b.N)
			}
			b.ReportMetric(float64(b.N)/whole.Seconds(), "tasks/s")
			b.ReportMetric(whole.Seconds()/time.Since(start).Seconds(), "x-bare-loop")
		})
	}
}
