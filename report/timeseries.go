package report

import (
	"slices"
	"strings"

	"ecssim/model"
	"ecssim/model/balance"
)

// series is one metric of data/timeseries.csv.
type series struct {
	metric, unit                  string
	cluster, service, job, subnet string
	deployment                    int
	zone, capacityProvider        string
	divisor                       float64
	levels                        Levels
}

func timeseriesRows(r *Record, emit func(func(*csvLine))) {
	row := func(s *series, l Level, stat string, value float64) {
		emit(func(c *csvLine) {
			c.seconds(l.At)
			c.texts(s.metric, s.cluster, s.service, s.capacityProvider, "", s.subnet, stat)
			c.decimal(value/s.divisor, 6)
			c.texts(s.unit, s.job)
			c.seconds(l.Width)
			c.positive(int64(s.deployment))
			c.text(s.zone)
		})
	}
	for _, s := range allSeries(r) {
		for _, l := range s.levels {
			row(&s, l, "mean", l.Mean)
			row(&s, l, "min", float64(l.Min))
			row(&s, l, "max", float64(l.Max))
		}
	}
	for _, s := range derivedSeries(r) {
		for _, l := range s.levels {
			row(&s, l, "mean", l.Mean)
		}
	}
}

// allSeries are the step functions as they were recorded.
func allSeries(r *Record) []series {
	all := []series{{metric: "ContainerInstanceCount", cluster: r.onlyCluster(), unit: "instances", divisor: 1, levels: r.Instances}}
	for _, c := range r.Clusters {
		if c.Instances != nil {
			all = append(all, series{metric: "ContainerInstanceCount", cluster: c.Name, unit: "instances", divisor: 1, levels: c.Instances})
		}
	}
	for i := range r.Pools {
		p := &r.Pools[i]
		s := series{
			metric: p.Resource + "_used", cluster: r.clusterOf(p), unit: seriesUnit(p), divisor: float64(p.Divisor), levels: p.Used,
		}
		if p.Resource == "ip" {
			s.subnet = p.Scope
		}
		all = append(all, s)
		if !p.Unbounded {
			s.metric, s.levels = p.Resource+"_capacity", p.Capacity
			all = append(all, s)
		}
	}
	for i := range r.Owners {
		o := &r.Owners[i]
		s := series{cluster: r.cluster(r.placing(i)), unit: "tasks", divisor: 1}
		s.service, s.job = o.labels()
		for _, m := range []struct {
			metric string
			levels Levels
		}{
			{"DesiredTaskCount", o.DesiredLevels}, {"RunningTaskCount", o.RunningLevels},
			{"PendingTaskCount", o.PendingLevels}, {"tasks_waiting", o.WaitingLevels},
		} {
			s.metric, s.levels = m.metric, m.levels
			all = append(all, s)
		}
		if o.Serving != nil {
			all = append(all, r.servingSeries(o, s)...)
		}
		if o.Load != nil {
			all = append(all, o.Load.timeseries(s)...)
		}
	}
	for i := range r.Providers {
		p := &r.Providers[i]
		all = append(all, p.timeseries(series{cluster: r.Clusters[p.cluster].Name})...)
	}
	return all
}

// clusterOf is the cluster of a pool; subnets and quotas belong to none, but where there is one it says so.
func (r *Record) clusterOf(p *PoolRecord) string {
	switch p.Resource {
	case "cpu", "memory", "gpu", "ports", "eni":
		return p.Scope
	}
	return r.onlyCluster()
}

// servingSeries tells more of a service, as far as there is anything to tell. What adds up to another metric has a name
// of its own, so that a sum over a metric counts nothing twice.
func (r *Record) servingSeries(o *OwnerRecord, s series) []series {
	var all []series
	add := func(metric string, levels Levels) {
		s.metric, s.levels = metric, levels
		all = append(all, s)
	}
	v := o.Serving
	add("HealthyTaskCount", v.HealthyLevels)
	if o.LeavingLevels.any() {
		add("tasks_leaving", o.LeavingLevels)
	}
	for status, levels := range v.StatusLevels {
		if levels.any() {
			add("tasks_"+strings.ToLower(model.Status(status).String()), levels)
		}
	}
	for i := range v.Deployments {
		if d := &v.Deployments[i]; d.RunningLevels != nil {
			s.deployment = d.Number
			add("running_by_deployment", d.RunningLevels)
			add("healthy_by_deployment", d.HealthyLevels)
		}
	}
	s.deployment = 0
	for i, levels := range v.ZoneLevels {
		s.zone = r.Zones[i]
		add("running_by_zone", levels)
	}
	s.zone, s.unit = "", "targets"
	for state, levels := range v.TargetLevels {
		if levels != nil {
			add("targets_"+balance.State(state).String(), levels)
		}
	}
	return all
}

// any says that a step function is not 0 all the time.
func (l Levels) any() bool {
	return slices.ContainsFunc(l, func(v Level) bool { return v.Max > 0 })
}

func seriesUnit(p *PoolRecord) string {
	switch p.Resource {
	case "ip":
		return "addresses"
	case "gpu", "eni":
		return p.Resource + "s"
	case "ports":
		return "ports"
	}
	return p.Unit
}

// derivedSeries follow from others: a bucket has a mean, but its extremes are not known.
func derivedSeries(r *Record) []series {
	var all []series
	for i := range r.Pools {
		p := &r.Pools[i]
		metric := map[string]string{"cpu": "CPUReservation", "memory": "MemoryReservation", "gpu": "GPUReservation"}[p.Resource]
		if metric == "" {
			continue
		}
		levels := make(Levels, len(p.Used))
		for k, l := range p.Used {
			if c := p.Capacity[k].Mean; c > 0 {
				l.Mean = l.Mean / c * 100
			} else {
				l.Mean = 0
			}
			levels[k] = l
		}
		all = append(all, series{metric: metric, cluster: p.Scope, unit: "percent", divisor: 1, levels: levels})
	}
	for _, m := range []struct {
		metric string
		levels func(o *OwnerRecord) Levels
	}{
		{"RunningTaskCount", func(o *OwnerRecord) Levels { return o.RunningLevels }},
		{"PendingTaskCount", func(o *OwnerRecord) Levels { return o.PendingLevels }},
		{"tasks_waiting", func(o *OwnerRecord) Levels { return o.WaitingLevels }},
	} {
		sum := make(Levels, len(r.Instances))
		for k, l := range r.Instances {
			sum[k] = Level{At: l.At, Width: l.Width}
		}
		for i := range r.Owners {
			for k, l := range m.levels(&r.Owners[i]) {
				sum[k].Mean += l.Mean
			}
		}
		all = append(all, series{metric: m.metric, cluster: r.onlyCluster(), unit: "tasks", divisor: 1, levels: sum})
	}
	return all
}
