package report

import (
	"time"

	"ecssim/model"
	"ecssim/sim"
)

// loadSeries are the metrics of a service with load.
type loadSeries uint8

const (
	loadOffered loadSeries = iota
	loadServed
	loadDropped
	loadBacklog
	loadLatency
	loadCPU
	loadMemory
	loadRequests
	loadServing
	loadNeeded
	numLoadSeries
)

// loadBook is what is known of a service's load while the run goes on.
type loadBook struct {
	series [numLoadSeries]dataSeries
	last   model.LoadMinute
	// The rest counts from the warm-up on.
	total LoadTotals
}

// LoadTotals sum up the load of a service at or after the warm-up.
type LoadTotals struct {
	// Offered, Served and Dropped are in units; Peak is the highest rate of a minute.
	Offered, Served, Dropped, Peak float64
	// PeakBacklog is in units, WorstLatency in seconds; CPU, Memory and Requests are the highest means of a minute.
	// They are negative where there was none.
	PeakBacklog, WorstLatency, CPU, Memory, Requests float64
	// Short is for how long fewer tasks served than the targets of the policies ask for, ShortTasks by how many tasks,
	// summed up over time, in task-seconds.
	Short      time.Duration
	ShortTasks float64
}

// LoadRecord is the load of a service. Levels are in millionths.
type LoadRecord struct {
	LoadTotals
	Unit   string
	Levels [numLoadSeries]Levels
}

func newLoadBook() *loadBook {
	return &loadBook{total: LoadTotals{PeakBacklog: -1, WorstLatency: -1, CPU: -1, Memory: -1, Requests: -1}}
}

// measured takes in one minute.
func (b *loadBook) measured(line *sim.Timeline, now time.Duration, m *model.LoadMinute) {
	b.last = *m
	add := func(s loadSeries, value, high float64) {
		if value >= 0 {
			b.series[s].add(line, m.From, now, value, high)
		}
	}
	add(loadOffered, m.Offered, m.Offered)
	add(loadServed, m.Served, m.Served)
	add(loadDropped, m.Dropped, m.Dropped)
	add(loadBacklog, m.Backlog, m.Backlog)
	add(loadLatency, m.Latency, m.Worst)
	add(loadCPU, m.CPU, m.CPU)
	add(loadMemory, m.Memory, m.Memory)
	add(loadRequests, m.Requests, m.Requests)
	add(loadServing, m.Serving, m.Serving)
	add(loadNeeded, m.Needed, m.Needed)
	if m.From >= line.Start() && now > m.From {
		b.total.add(m, now-m.From)
	}
}

// add converts each product, so that no processor fuses it with the sum.
func (t *LoadTotals) add(m *model.LoadMinute, lasted time.Duration) {
	seconds := lasted.Seconds()
	t.Offered += float64(m.Offered * seconds)
	t.Served += float64(m.Served * seconds)
	t.Dropped += float64(m.Dropped * seconds)
	t.Peak = max(t.Peak, m.Offered)
	t.PeakBacklog = max(t.PeakBacklog, m.Backlog)
	t.WorstLatency = max(t.WorstLatency, m.Latency, m.Worst)
	t.CPU, t.Memory, t.Requests = max(t.CPU, m.CPU), max(t.Memory, m.Memory), max(t.Requests, m.Requests)
	if lacking := m.Needed - m.Serving; m.Needed >= 0 && lacking > 1e-9 {
		t.Short += lasted
		t.ShortTasks += float64(lacking * seconds)
	}
}

func (b *loadBook) record(line *sim.Timeline, unit string, end time.Duration) *LoadRecord {
	rec := &LoadRecord{LoadTotals: b.total, Unit: unit}
	for s := range b.series {
		rec.Levels[s] = b.series[s].levels(line, end)
	}
	return rec
}

// loadMetrics are the names of the series in data/timeseries.csv: CloudWatch's where there is one. Units of load come
// from the scenario.
var loadMetrics = [numLoadSeries]struct{ metric, unit string }{
	loadOffered: {"load_offered", "/s"}, loadServed: {"load_served", "/s"}, loadDropped: {"load_dropped", "/s"}, loadBacklog: {"load_backlog", ""},
	loadLatency: {"load_latency", "s"}, loadCPU: {"CPUUtilization", "percent"}, loadMemory: {"MemoryUtilization", "percent"},
	loadRequests: {"RequestCountPerTarget", "requests"}, loadServing: {"tasks_serving", "tasks"}, loadNeeded: {"tasks_needed", "tasks"},
}

// timeseries are the series that have data.
func (l *LoadRecord) timeseries(s series) []series {
	var all []series
	for k, m := range loadMetrics {
		if len(l.Levels[k]) == 0 {
			continue
		}
		s.metric, s.unit, s.divisor, s.levels = m.metric, m.unit, dataUnit, l.Levels[k]
		switch {
		case m.unit == "/s":
			s.unit = l.Unit + "/s"
		case m.unit == "":
			s.unit = l.Unit
		}
		all = append(all, s)
	}
	return all
}
