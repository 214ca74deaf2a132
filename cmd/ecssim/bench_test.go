package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"testing"
)

// referenceTOML is the reference workload: Poisson arrivals, exponential run times, 70 % full, binpack on memory. An
// instance holds ten tasks.
const referenceTOML = `
schema = 1
name = "reference"
latency = "none"
[catalog.types."node"]
cpu = 16384
memory = 61440
price_per_hour = 0.1
[instances.main]
type = "node"
count = %d
[jobs.work]
task = { cpu = 1024, memory = 6144, network_mode = "bridge" }
arrivals = { process = "poisson", rate = "%d/s", count = %d }
run_time = { dist = "exponential", mean = "100s" }
placement_strategy = "binpack-memory"
`

// BenchmarkReference runs the whole program on the reference workload, with its default outputs. It reports tasks per
// second of wall time; one iteration is the whole run.
func BenchmarkReference(b *testing.B) {
	const tasks = 1_000_000
	for _, nodes := range []int{1000, 10_000} {
		b.Run(fmt.Sprintf("nodes=%d", nodes), func(b *testing.B) {
			dir := b.TempDir()
			file := filepath.Join(dir, "reference.toml")
			text := fmt.Sprintf(referenceTOML, nodes, nodes*7/100, tasks)
			if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
				b.Fatal(err)
			}
			for b.Loop() {
				var out, messages bytes.Buffer
				args := []string{"run", file, "-o", filepath.Join(dir, "out"), "--format", "json", "-q"}
				if code := execute(b.Context(), streams{in: nil, out: &out, err: &messages}, args); code != 0 {
					b.Fatalf("exit %d: %s", code, messages.String())
				}
				var summary struct {
					Totals struct {
						Started int `json:"tasks_started"`
					} `json:"totals"`
				}
				if err := json.Unmarshal(out.Bytes(), &summary); err != nil || summary.Totals.Started != tasks {
					b.Fatalf("%d tasks started, want %d (%v)", summary.Totals.Started, tasks, err)
				}
			}
			b.ReportMetric(float64(tasks)*float64(b.N)/b.Elapsed().Seconds(), "tasks/s")
		})
	}
}
