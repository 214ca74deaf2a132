package report

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// strategies are three invented variants: the second is cheaper and waits longer, the third is as the first.
func strategies(seeds int) []Variant {
	names := []string{"spread-az", "binpack-memory", "random"}
	variants := make([]Variant, len(names))
	for i, name := range names {
		variants[i] = Variant{Name: name, Settings: []string{"services.web.placement_strategy=" + name}, Source: "shop.toml"}
	}
	r := rand.New(rand.NewPCG(11, 12))
	cpu, eni := "cpu", "eni"
	for seed := range uint64(seeds) {
		day, crowd := 92+2*r.NormFloat64(), 41+3*r.ExpFloat64()
		for i := range variants {
			first := &cpu
			if i == 1 || seed%9 == 4 {
				first = &eni
			}
			row := SeedRow{Seed: seed + 1, Complete: true, Duration: 86_400, Bottleneck: first, Metrics: map[string]float64{
				"cost_usd":           round(day - []float64{0, 13.8, 0.1}[i] + 0.5*r.NormFloat64()),
				"task_wait_s.p95":    round(crowd + []float64{0, 26, 0}[i] + 2*r.NormFloat64()),
				"placement_failures": float64(12 + r.IntN(5) + []int{0, 19, 0}[i]),
				"instances_peak":     float64([]int{14, 11, 14}[i]),
				"tasks_never_placed": 0,
				"tasks_wanted":       400,

				"services.web.mean_running":     round(12 + r.Float64()),
				"services.web.dropped_fraction": round([]float64{0.001, 0.004, 0.001}[i] * r.Float64()),
			}}
			variants[i].Rows = append(variants[i].Rows, row)
		}
	}
	return variants
}

func compared(t *testing.T, variants []Variant, opts CompareOptions) *Comparison {
	t.Helper()
	c, err := Compare(variants, opts)
	require.NoError(t, err)
	return c
}

// comparisons are those of the golden files.
func comparisons(t *testing.T) map[string]*Comparison {
	holes := strategies(20)
	for _, seed := range []int{2, 6} {
		delete(holes[1].Rows[seed].Metrics, "task_wait_s.p95")
	}
	for i := range holes[2].Rows {
		delete(holes[2].Rows[i].Metrics, "services.web.dropped_fraction")
		holes[2].Rows[i].Duration *= 2
	}
	long := strategies(8)
	for i := range long {
		long[i].Name = strings.Repeat("a-very-long-name-", 4) + long[i].Name
		for k := range long[i].Rows {
			scope := fmt.Sprintf("ip:subnet-with-a-name-%d", k)
			long[i].Rows[k].Bottleneck = &scope
			for name := range long[i].Rows[k].Metrics {
				long[i].Rows[k].Metrics[name] *= 1e4
			}
		}
	}
	reached := &WidthGoal{Share: 0.02, Metrics: []string{"cost_usd"}, Reached: true, Widest: 0.0123, Metric: "cost_usd"}
	still := &WidthGoal{Share: 0.02, Metrics: []string{"cost_usd", "task_wait_s.p95"}, Widest: 0.123, Metric: "task_wait_s.p95"}
	return map[string]*Comparison{
		"compare":       compared(t, strategies(20), CompareOptions{}),
		"compare-base":  compared(t, strategies(20), CompareOptions{Base: 1, Metrics: []string{"+tasks_wanted"}}),
		"compare-two":   compared(t, strategies(20)[:2], CompareOptions{Metrics: []string{"cost_usd", "instances_peak"}, Width: reached}),
		"compare-few":   compared(t, strategies(5), CompareOptions{Interrupted: true}),
		"compare-holes": compared(t, holes, CompareOptions{Width: still}),
		"compare-long":  compared(t, long, CompareOptions{Metrics: []string{allMetrics}}),
	}
}

func TestGoldenComparisons(t *testing.T) {
	for name, c := range comparisons(t) {
		opts := TerminalOptions{Folder: "cmp"}
		text := c.Terminal(opts)
		for _, line := range strings.Split(text, "\n") {
			assert.LessOrEqual(t, length(line), termWidth, "%s: %s", name, line)
		}
		golden(t, name+".txt", []byte(text))
		opts.Color = true
		assert.Equal(t, text, ansi.ReplaceAllString(c.Terminal(opts), ""))
		golden(t, name+".md", c.Markdown())
		text200 := c.Terminal(TerminalOptions{Width: 200})
		golden(t, name+".wide.txt", []byte(text200))
	}
	c := comparisons(t)["compare"]
	text, err := c.JSON()
	require.NoError(t, err)
	golden(t, "compare.json", text)
	var b bytes.Buffer
	require.NoError(t, c.CSV(&b))
	golden(t, "compare.csv", b.Bytes())
	b.Reset()
	require.NoError(t, comparisons(t)["compare-holes"].runRows(&b))
	golden(t, "compare.cells.csv", b.Bytes())
}

// TestOrderOfVariantsDoesNotMatterToAPair: what is said of two does not depend on the others, nor on their order.
func TestOrderOfVariantsDoesNotMatterToAPair(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		all := strategies(rapid.IntRange(1, 25).Draw(t, "seeds"))
		order := rapid.Permutation([]int{0, 1, 2}).Draw(t, "order")
		shuffled := make([]Variant, 3)
		for to, from := range order {
			shuffled[to] = all[from]
		}
		a, err := Compare(all, CompareOptions{Base: 0})
		require.NoError(t, err)
		b, err := Compare(shuffled, CompareOptions{Base: slices.Index(order, 0)})
		require.NoError(t, err)
		pair, err := Compare(all[:2], CompareOptions{})
		require.NoError(t, err)
		require.Len(t, b.Metrics, len(a.Metrics))
		for k := range a.Metrics {
			for to, from := range order {
				require.Equal(t, a.Metrics[k].Values[from], b.Metrics[k].Values[to])
			}
			require.Equal(t, a.Metrics[k].Values[:2], pair.Metrics[k].Values)
		}
	})
}

func TestOtherSeedsAreRefused(t *testing.T) {
	v := strategies(20)
	v[1].Rows = v[1].Rows[3:]
	_, err := Compare(v, CompareOptions{})
	require.EqualError(t, err, "spread-az was run with seeds 1–20, binpack-memory with seeds 4–20: only runs with the same seeds see the same arrivals and faults")
}

func TestSeedListsAreShort(t *testing.T) {
	for want, seeds := range map[string][]uint64{
		"no seed": nil, "seed 7": {7}, "seeds 1, 2": {1, 2}, "seeds 1–3": {1, 2, 3}, "seeds 1, 3, 9": {1, 3, 9},
		"seeds 0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22 and 2 more": {0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26},
	} {
		require.Equal(t, want, SeedList(seeds))
	}
}

func TestVerdicts(t *testing.T) {
	of := func(change func(i int, m map[string]float64)) string {
		v := strategies(20)
		for i := range v {
			for _, row := range v[i].Rows {
				change(i, row.Metrics)
			}
		}
		return compared(t, v, CompareOptions{}).Verdict
	}
	constant := func(i int, m map[string]float64) { m["cost_usd"], m["task_wait_s.p95"] = 5, 5 }
	for want, change := range map[string]func(int, map[string]float64){
		"no variant is best on both cost_usd and task_wait p95 (trade-off: binpack-memory for cost_usd, spread-az and random for task_wait p95)": func(int, map[string]float64) {},
		"no variant is better than another on cost_usd and task_wait p95":                                                                        constant,
		"random is best on both cost_usd and task_wait p95": func(i int, m map[string]float64) {
			constant(i, m)
			if i == 2 {
				m["cost_usd"] = 4
			}
		},
		"binpack-memory and random are best on both cost_usd and task_wait p95": func(i int, m map[string]float64) {
			constant(i, m)
			if i > 0 {
				m["cost_usd"] = 4
			}
		},
		"no variant is better than another on cost_usd": func(i int, m map[string]float64) {
			constant(i, m)
			delete(m, "task_wait_s.p95")
			delete(m, "placement_failures")
			delete(m, "services.web.dropped_fraction")
		},
		"random is best on all of cost_usd, task_wait p95 and tasks_never_placed": func(i int, m map[string]float64) {
			constant(i, m)
			m["tasks_never_placed"] = float64(3 - i)
		},
		"no variant is best on all of cost_usd, task_wait p95 and tasks_never_placed (trade-off: spread-az for cost_usd, any for task_wait p95, random for tasks_never_placed)": func(i int, m map[string]float64) {
			constant(i, m)
			m["cost_usd"] += float64(i)
			m["tasks_never_placed"] = float64(3 - i)
		},
	} {
		require.Equal(t, want, of(change))
	}
	require.Equal(t, "need >= 6 seeds for a 95 % interval: which variant is best is not known yet",
		compared(t, strategies(5), CompareOptions{}).Verdict)
}

// TestANegligibleDifferenceDecidesNothing: a thousandth may be significant, but nobody pays for it.
func TestANegligibleDifferenceDecidesNothing(t *testing.T) {
	v := strategies(20)[:2]
	for i := range v {
		for k, row := range v[i].Rows {
			row.Metrics["cost_usd"] = 5
			row.Metrics["task_wait_s.p95"] = 40 + 0.01*float64(i)*float64(1+k%2)
		}
	}
	c := compared(t, v, CompareOptions{})
	require.Equal(t, VerdictHigher, c.Metrics[1].Values[1].Difference.Verdict)
	require.Equal(t, "no variant is better than another on cost_usd and task_wait p95", c.Verdict)
}

// TestEveryFigureIsPossible: a metric that a run has may be asked for.
func TestEveryFigureIsPossible(t *testing.T) {
	for name, set := range sets(t) {
		for _, r := range set.Records {
			if r == nil {
				continue
			}
			possible := PossibleMetrics(r.Config)
			for _, f := range Figures(r) {
				assert.True(t, slices.Contains(possible, f.Name) || strings.HasSuffix(f.Name, ".used_mean_fraction"), "%s: %s", name, f.Name)
			}
		}
	}
}

func TestChosenMetrics(t *testing.T) {
	names := func(asked ...string) []string {
		var out []string
		for _, m := range compared(t, strategies(6), CompareOptions{Metrics: asked}).Metrics {
			out = append(out, m.Name)
		}
		return out
	}
	usual := []string{"cost_usd", "task_wait_s.p95", "placement_failures", "instances_peak", "services.web.dropped_fraction"}
	require.Equal(t, usual, names(), "what is 0 everywhere is left out")
	require.Equal(t, append(usual, "tasks_wanted"), names("+tasks_wanted"))
	require.Equal(t, append(usual, "tasks_wanted"), names("tasks_wanted", "+cost_usd"))
	require.Equal(t, []string{"tasks_wanted", "cost_usd"}, names("tasks_wanted", "cost_usd", "cost_usd"))
	require.Len(t, names("all"), 8)
}

// TestWidth: the goal is reached when the widest interval is narrow enough.
func TestWidth(t *testing.T) {
	v := strategies(20)
	goal, err := Reached(v, 0, []string{"cost_usd", "instances_peak"}, 0.5)
	require.NoError(t, err)
	require.True(t, goal.Reached)
	require.Equal(t, "cost_usd", goal.Metric)
	wide, err := Reached(v, 0, []string{"cost_usd"}, goal.Widest*0.99)
	require.NoError(t, err)
	require.False(t, wide.Reached)
	require.Equal(t, goal.Widest, wide.Widest)
	c := compared(t, v, CompareOptions{Metrics: []string{"cost_usd"}})
	widest := 0.0
	for _, value := range c.Metrics[0].Values[1:] {
		widest = max(widest, *value.Difference.High-*value.Difference.Low)
	}
	require.InEpsilon(t, widest / *c.Metrics[0].Values[0].Mean, goal.Widest, 1e-4)

	few, err := Reached(strategies(5), 0, []string{"cost_usd"}, 0.5)
	require.NoError(t, err)
	require.False(t, few.Reached, "without an interval nothing is reached")
	zero, err := Reached(v, 0, []string{"tasks_never_placed"}, 0.01)
	require.NoError(t, err)
	require.True(t, zero.Reached, "what is 0 everywhere waits for nothing")
	more, err := Reached(strategies(80), 0, []string{"cost_usd"}, 1)
	require.NoError(t, err)
	require.InEpsilon(t, goal.Widest/2, more.Widest, 0.25, "four times the seeds halve the interval")
}

func TestComparisonFolder(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "cmp")
	c := comparisons(t)["compare"]
	require.NoError(t, WriteComparison(dir, c, RunInfo{Version: "test", Workers: 2}, FolderOptions{}))
	require.NoError(t, WriteComparison(dir, c, RunInfo{}, FolderOptions{}), "its own folder is overwritten")
	text, err := os.ReadFile(filepath.Join(dir, "compare.json"))
	require.NoError(t, err)
	var back Comparison
	require.NoError(t, json.Unmarshal(text, &back))
	require.Equal(t, c.Metrics, back.Metrics)
	rows, err := os.ReadFile(filepath.Join(dir, "cells.csv"))
	require.NoError(t, err)
	table, err := csv.NewReader(bytes.NewReader(rows)).ReadAll()
	require.NoError(t, err)
	require.Len(t, table, 1+3*20)
	require.FileExists(t, filepath.Join(dir, "plots", "forest.svg"))
	require.NoFileExists(t, filepath.Join(dir, "plots", "multiples.svg"), "nobody watched these runs")

	run := filepath.Join(t.TempDir(), "run")
	require.NoError(t, os.Mkdir(run, 0o755))
	require.NoError(t, os.WriteFile(filepath.Join(run, marker), []byte(`{"tool": "ecssim"}`), 0o600))
	require.NoError(t, CheckFolder(run, FolderOptions{}))
	require.ErrorIs(t, WriteComparison(run, c, RunInfo{}, FolderOptions{}), ErrForeignFolder)
	foreign := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(foreign, "thesis.tex"), nil, 0o600))
	require.ErrorIs(t, CheckCompareFolder(foreign, FolderOptions{}), ErrForeignFolder)
	require.NoError(t, CheckCompareFolder(foreign, FolderOptions{Force: true}))
}

// TestFoldersHoldTheRowsOfTheirRuns: a comparison of folders is that of the runs.
func TestFoldersHoldTheRowsOfTheirRuns(t *testing.T) {
	all := sets(t)
	dir := t.TempDir()
	write := func(text []byte) {
		require.NoError(t, os.WriteFile(filepath.Join(dir, "summary.json"), text, 0o600))
	}
	_, err := ReadVariant(dir)
	require.ErrorIs(t, err, ErrNoFit)
	require.ErrorContains(t, err, "no summary.json")
	for name, want := range map[string]string{"few": "not complete", "first": "a single run", "none": "not complete", "many": ""} {
		text, err := Summarise(all[name]).JSON()
		require.NoError(t, err)
		write(text)
		v, err := ReadVariant(dir)
		if want != "" {
			require.ErrorIs(t, err, ErrNoFit)
			require.ErrorContains(t, err, want)
			continue
		}
		require.NoError(t, err)
		require.Len(t, v.Rows, len(all[name].Records))
		for i, r := range all[name].Records {
			require.Equal(t, Row(r), v.Rows[i])
		}
	}
	for text, want := range map[string]string{"{": "damaged", `{"schema_version": "9.0"}`: "schema version"} {
		write([]byte(text))
		_, err = ReadVariant(dir)
		require.ErrorIs(t, err, ErrNoFit)
		require.ErrorContains(t, err, want)
	}
}

// TestComparisonsOfAnythingFitTheTerminal: names and numbers of any length, seeds without a metric, variants without any.
func TestComparisonsOfAnythingFitTheTerminal(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		metrics := rapid.SliceOfNDistinct(rapid.SampledFrom([]string{
			"cost_usd", "task_wait_s.p95", "tasks_never_placed", "instances_peak", "cpu.used_mean_fraction", "services.web.lag_s.max",
			"jobs.a-job-with-a-long-name-that-goes-on-and-on.refused_fraction", "placement_failures",
		}), 0, 8, rapid.ID).Draw(t, "metrics")
		seeds := rapid.IntRange(1, 9).Draw(t, "seeds")
		variants := make([]Variant, rapid.IntRange(2, 4).Draw(t, "variants"))
		for i := range variants {
			v := &variants[i]
			v.Name = rapid.StringN(1, 60, -1).Draw(t, "name")
			scale := rapid.SampledFrom([]float64{0, 1e-6, 1e-3, 1, 1e3, 1e6, 1e9}).Draw(t, "scale")
			for seed := range seeds {
				row := SeedRow{Seed: uint64(seed), Complete: true, Duration: 60, Metrics: map[string]float64{}}
				for _, name := range metrics {
					if rapid.IntRange(0, 20).Draw(t, "there") > 0 {
						row.Metrics[name] = round(scale * rapid.Float64Range(0, 9).Draw(t, "value"))
					}
				}
				v.Rows = append(v.Rows, row)
			}
		}
		c, err := Compare(variants, CompareOptions{Base: rapid.IntRange(0, len(variants)-1).Draw(t, "base")})
		require.NoError(t, err)
		for _, line := range strings.Split(c.Terminal(TerminalOptions{}), "\n") {
			require.LessOrEqual(t, length(line), termWidth, line)
		}
		text, err := c.JSON()
		require.NoError(t, err)
		var back Comparison
		require.NoError(t, json.Unmarshal(text, &back))
		require.Equal(t, c.Metrics, back.Metrics)
		require.LessOrEqual(t, len(c.Markdown()), maxMarkdown)
		require.NoError(t, c.CSV(&bytes.Buffer{}))
	})
}

func FuzzReadVariant(f *testing.F) {
	text, err := os.ReadFile(filepath.Join("testdata", "many.json"))
	require.NoError(f, err)
	f.Add(text)
	f.Add([]byte(`{"schema_version": "1.0", "complete": true, "per_seed": [{"seed": 1, "complete": true, "metrics": null}]}`))
	f.Add([]byte(`{"schema_version": "1", "per_seed": 3}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		v, err := parseVariant("folder", text)
		if err != nil {
			require.NotContains(t, err.Error(), "\n")
			return
		}
		c, err := Compare([]Variant{v, v}, CompareOptions{})
		require.NoError(t, err)
		require.NotEmpty(t, c.Terminal(TerminalOptions{}))
	})
}
