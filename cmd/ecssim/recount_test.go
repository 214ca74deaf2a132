package main

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/pelletier/go-toml/v2"
)

// The recount reads a result folder as a stranger would, with types of its own, and adds everything up again.

type summaryFile struct {
	SchemaVersion string `json:"schema_version"`
	Complete      bool   `json:"complete"`
	Scenario      struct {
		Name     string  `json:"name"`
		Seed     uint64  `json:"seed"`
		Duration float64 `json:"duration_s"`
		Warmup   float64 `json:"warmup_s"`
		Region   string  `json:"region"`
	} `json:"scenario"`
	Totals struct {
		Wanted    int64   `json:"tasks_wanted"`
		Placed    int64   `json:"tasks_placed"`
		Started   int64   `json:"tasks_started"`
		Finished  int64   `json:"tasks_finished"`
		GivenUp   int64   `json:"tasks_given_up"`
		Running   int64   `json:"tasks_running_end"`
		Starting  int64   `json:"tasks_starting_end"`
		Waiting   int64   `json:"tasks_waiting_end"`
		Failures  int64   `json:"placement_failures"`
		Attempts  int64   `json:"placement_attempts"`
		Instances int64   `json:"instances_peak"`
		Cost      float64 `json:"cost_usd"`
	} `json:"totals"`
	Failures []struct {
		Reason string `json:"reason"`
		Count  int64  `json:"count"`
	} `json:"failures"`
	Services map[string]struct {
		Desired int64 `json:"desired"`
		Running int64 `json:"running"`
	} `json:"services"`
	Jobs map[string]struct {
		Arrived     int64   `json:"arrived"`
		Placed      int64   `json:"placed"`
		Refused     int64   `json:"refused"`
		Finished    int64   `json:"finished"`
		MeanRunning float64 `json:"mean_running"`
	} `json:"jobs"`
	Resources []resourceRow `json:"resources"`
	Cost      struct {
		Total float64 `json:"total_usd"`
		Known bool    `json:"known"`
		Items []struct {
			USD float64 `json:"usd"`
		} `json:"items"`
	} `json:"cost"`
	Notes   []string `json:"notes"`
	PerSeed []struct {
		Seed    uint64             `json:"seed"`
		Metrics map[string]float64 `json:"metrics"`
	} `json:"per_seed"`
}

type resourceRow struct {
	Resource string   `json:"resource"`
	Scope    string   `json:"scope"`
	Capacity *float64 `json:"capacity_peak"`
	Peak     float64  `json:"used_peak"`
	Mean     float64  `json:"used_mean"`
	Fraction *float64 `json:"used_mean_fraction"`
}

func (s *summaryFile) resource(name string) resourceRow {
	for _, r := range s.Resources {
		if r.Resource == name {
			return r
		}
	}
	return resourceRow{}
}

func readSummary(dir string) (s summaryFile, err error) {
	text, err := os.ReadFile(filepath.Join(dir, "summary.json"))
	if err != nil {
		return s, err
	}
	return s, json.Unmarshal(text, &s)
}

// table is a CSV file by column.
type csvTable struct {
	column map[string]int
	rows   [][]string
}

func (c *csvTable) text(row []string, column string) string {
	n, ok := c.column[column]
	if !ok {
		panic("no column " + column)
	}
	return row[n]
}

// number is NaN for an empty cell: it never happened.
func (c *csvTable) number(row []string, column string) float64 {
	text := c.text(row, column)
	if text == "" {
		return math.NaN()
	}
	x, err := strconv.ParseFloat(text, 64)
	if err != nil {
		panic(err)
	}
	return x
}

func readCSV(path string) (*csvTable, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	c := &csvTable{column: map[string]int{}, rows: rows[1:]}
	for n, name := range rows[0] {
		c.column[name] = n
	}
	return c, nil
}

// catalogPrices are the prices by the hour as `ecssim catalog` tells them.
var catalogPrices = sync.OnceValue(func() map[string]float64 {
	var out bytes.Buffer
	execute(context.Background(), streams{in: strings.NewReader(""), out: &out, err: &out}, []string{"catalog", "--format", "csv"})
	rows, err := csv.NewReader(&out).ReadAll()
	if err != nil {
		panic(err)
	}
	prices := map[string]float64{}
	column := slices.Index(rows[0], "usd_per_hour")
	for _, row := range rows[1:] {
		if usd, err := strconv.ParseFloat(row[column], 64); err == nil {
			prices[row[0]] = usd
		}
	}
	return prices
})

// Fargate in us-east-1, USD an hour (data/fargate-prices.csv, 2026-09-11).
var fargateRates = map[string][2]float64{"x86_64": {0.04048, 0.004445}, "arm64": {0.03238, 0.00356}}

const (
	ephemeralRate = 0.000111
	freeEphemeral = 20
)

// recount says what does not add up in a result folder.
func recount(dir string) error {
	s, err := readSummary(dir)
	if err != nil {
		return err
	}
	t := s.Totals
	if sum := t.Running + t.Starting + t.Waiting + t.Finished + t.GivenUp; sum != t.Wanted {
		return fmt.Errorf("%d tasks wanted, %d accounted for", t.Wanted, sum)
	}
	failures := int64(0)
	for _, f := range s.Failures {
		failures += f.Count
	}
	if failures != t.Failures && s.Scenario.Warmup == 0 {
		return fmt.Errorf("%d failures in total, %d by reason", t.Failures, failures)
	}
	for _, r := range s.Resources {
		if r.Capacity != nil && r.Peak > *r.Capacity || r.Peak < 0 || r.Mean > r.Peak+1e-6 || r.Mean < 0 {
			return fmt.Errorf("%s of %s: mean %v, peak %v, capacity %v", r.Resource, r.Scope, r.Mean, r.Peak, r.Capacity)
		}
	}
	items := 0.0
	for _, i := range s.Cost.Items {
		items += i.USD
	}
	if math.Abs(items-s.Cost.Total) > 1e-5 || math.Abs(s.Cost.Total-t.Cost) > 1e-5 {
		return fmt.Errorf("cost: %v in totals, %v in cost, %v by item", t.Cost, s.Cost.Total, items)
	}
	if err := recountColumns(dir); err != nil {
		return err
	}
	if strings.Contains(strings.Join(s.Notes, " "), "--log-limit") {
		return nil // tasks.csv is not whole, and says so
	}
	return recountTables(dir, &s)
}

// recountColumns wants every column of every table in the dictionary, with a meaning.
func recountColumns(dir string) error {
	dictionary, err := readCSV(filepath.Join(dir, "data", "columns.csv"))
	if err != nil {
		return err
	}
	known := map[string]bool{}
	for _, row := range dictionary.rows {
		known[dictionary.text(row, "file")+" "+dictionary.text(row, "column")] = dictionary.text(row, "meaning") != ""
	}
	for _, name := range []string{"tasks", "instances", "failures", "placements", "costs", "timeseries"} {
		c, err := readCSV(filepath.Join(dir, "data", name+".csv"))
		if err != nil {
			return err
		}
		for column := range c.column {
			if !known[name+".csv "+column] {
				return fmt.Errorf("columns.csv does not explain %s of %s.csv", column, name)
			}
		}
	}
	return nil
}

// bySeed is what the tables say of one seed.
type bySeed struct {
	wanted, placed, started, finished, running, instances int64
	usd                                                   float64
}

func recountTables(dir string, s *summaryFile) error {
	counts, err := addUp(dir, s)
	if err != nil {
		return err
	}
	first := counts[s.Scenario.Seed]
	if first == nil {
		first = &bySeed{}
	}
	t := s.Totals
	want := bySeed{wanted: t.Wanted, placed: t.Placed, started: t.Started, finished: t.Finished, running: t.Running}
	got := *first
	got.instances, got.usd = 0, 0
	if got != want {
		return fmt.Errorf("tasks.csv has %+v, summary.json %+v", got, want)
	}
	if first.instances < t.Instances {
		return fmt.Errorf("instances.csv has %d instances, at the peak there were %d", first.instances, t.Instances)
	}
	if s.Scenario.Region != "us-east-1" || !s.Cost.Known {
		return nil
	}
	if math.Abs(first.usd-t.Cost) > 0.0001+1e-5*t.Cost {
		return fmt.Errorf("the tables make $%.6f, summary.json $%.6f", first.usd, t.Cost)
	}
	for _, p := range s.PerSeed {
		c := counts[p.Seed]
		if c == nil || float64(c.wanted) != p.Metrics["tasks_wanted"] || math.Abs(c.usd-p.Metrics["cost_usd"]) > 0.0001+1e-5*c.usd {
			return fmt.Errorf("seed %d: the tables have %+v, summary.json %v", p.Seed, c, p.Metrics)
		}
	}
	return nil
}

func addUp(dir string, s *summaryFile) (map[uint64]*bySeed, error) {
	prices, arch, err := pricesOf(dir)
	if err != nil {
		return nil, err
	}
	counts := map[uint64]*bySeed{}
	of := func(c *csvTable, row []string) *bySeed {
		seed, _ := strconv.ParseUint(c.text(row, "seed"), 10, 64)
		if counts[seed] == nil {
			counts[seed] = &bySeed{}
		}
		return counts[seed]
	}
	until := func(x float64) float64 {
		if math.IsNaN(x) {
			return s.Scenario.Duration
		}
		return x
	}
	instances, err := readCSV(filepath.Join(dir, "data", "instances.csv"))
	if err != nil {
		return nil, err
	}
	for _, row := range instances.rows {
		b := of(instances, row)
		b.instances++
		seconds := math.Max(60, math.Ceil(until(instances.number(row, "terminated_s"))-instances.number(row, "launched_s")))
		price := prices[instances.text(row, "type")]
		if instances.text(row, "market") == "spot" {
			price = instances.number(row, "price_usd_per_hour")
		}
		b.usd += seconds / 3600 * (price + instances.number(row, "fee_usd_per_hour"))
	}
	// What no table of tasks or instances tells of: load balancers and the like.
	costs, err := readCSV(filepath.Join(dir, "data", "costs.csv"))
	if err != nil {
		return nil, err
	}
	for _, row := range costs.rows {
		item := costs.text(row, "item")
		if !strings.HasPrefix(item, "EC2 ") && !strings.HasPrefix(item, "Fargate ") && !strings.HasPrefix(item, "ECS Managed ") {
			of(costs, row).usd += costs.number(row, "usd")
		}
	}
	tasks, err := readCSV(filepath.Join(dir, "data", "tasks.csv"))
	if err != nil {
		return nil, err
	}
	for _, row := range tasks.rows {
		b := of(tasks, row)
		happened := func(column string) int64 {
			if math.IsNaN(tasks.number(row, column)) {
				return 0
			}
			return 1
		}
		b.wanted++
		b.placed += happened("placed_s")
		b.started += happened("running_s")
		b.finished += happened("stopped_s") // given-up tasks have no stop
		b.running += happened("running_s") * (1 - happened("stopped_s"))
		if tasks.text(row, "launch_type") == "FARGATE" && happened("pull_started_s") == 1 {
			seconds := math.Max(60, math.Ceil(until(tasks.number(row, "stopped_s"))-tasks.number(row, "pull_started_s")))
			rate := fargateRates[arch]
			disk := math.Max(0, tasks.number(row, "ephemeral_gib")-freeEphemeral)
			b.usd += seconds / 3600 * (tasks.number(row, "cpu")/1024*rate[0] + tasks.number(row, "memory")/1024*rate[1] + disk*ephemeralRate)
		}
	}
	return counts, nil
}

// pricesOf reads the scenario's own prices from the resolved scenario, and whether its Fargate tasks are for ARM.
func pricesOf(dir string) (prices map[string]float64, arch string, err error) {
	text, err := os.ReadFile(filepath.Join(dir, "scenario.resolved.toml"))
	if err != nil {
		return nil, "", err
	}
	var resolved struct {
		Catalog struct {
			Types map[string]struct {
				Price *float64 `toml:"price_per_hour"`
			}
		}
	}
	if err := toml.Unmarshal(text, &resolved); err != nil {
		return nil, "", fmt.Errorf("scenario.resolved.toml: %w", err)
	}
	prices = map[string]float64{}
	for name, usd := range catalogPrices() {
		prices[name] = usd
	}
	for name, t := range resolved.Catalog.Types {
		if t.Price != nil {
			prices[name] = *t.Price
		}
	}
	if bytes.Contains(text, []byte("arm64-fargate")) {
		return prices, "arm64", nil
	}
	return prices, "x86_64", nil
}
