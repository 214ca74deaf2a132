package scenario

import (
	"fmt"
	"time"

	"ecssim/model"
	"ecssim/model/load"
	"ecssim/model/taskdef"
	"ecssim/sim"
	"ecssim/workload/demand"
	"ecssim/workload/diag"
)

const loadExample = `load = { shape = { kind = "daily", low = 300, high = 9000, peak_at = "12:00" }, cpu_per_unit = 6.5 }`

// idleTimeout is the idle timeout of an Application Load Balancer, after which it answers 504 (ELB user guide).
const idleTimeout = time.Minute

// loadOn reads [services.NAME.load]: the demand on a service, and what a unit of it does to a task.
func (b *builder) loadOn(o *owner, s *model.Service) {
	if o.table.get("load") == nil {
		return
	}
	t, ok := o.table.sub("load", loadExample)
	if !ok {
		return
	}
	before := len(b.diags)
	d := b.demand(t)
	factor := t.number("scale", 0, 1e9, 1)
	l := &model.Load{Unit: t.text("unit", "requests"), Profile: b.profile(o, t)}
	if n := t.get("unit"); n.kind == aString && (n.text == "" || len(n.text) > maxUnit) {
		b.fail("E026", n.at, fmt.Sprintf("`%s` has %d characters", t.p.join("unit"), len(n.text)), fmt.Sprintf("it can have 1 to %d", maxUnit),
			`it is a word for what is counted, such as "requests"`)
	}
	t.done()
	if d == nil || diag.HasErrors(b.diags[before:]) {
		return
	}
	d = demand.Scaled(d, factor)
	stream := "load/" + o.name
	l.Curve = func(streams sim.Streams) load.Curve { return d.Open(streams, stream) }
	s.Load = l
	b.loadWarnings(o, s, t, d)
}

// mostUse of a task or a unit of load, in CPU units or MiB.
const mostUse = 1e9

// maxUnit keeps headings of tables readable.
const maxUnit = 30

// demand reads `shape` or `trace`.
func (b *builder) demand(t *table) demand.Demand {
	shape, trace := t.get("shape"), t.get("trace")
	switch {
	case shape != nil && trace != nil:
		b.fail("E023", t.where(), fmt.Sprintf("`%s` has `shape` and `trace`", t.p), "keep one of them")
		return nil
	case shape != nil:
		return b.shapes(t, shape)
	case trace != nil:
		return b.loadTrace(t, trace)
	}
	b.fail("E022", t.where(), fmt.Sprintf("`%s` does not say how much load there is", t.p), "",
		`write shape = { kind = "daily", low = 300, high = 9000, peak_at = "12:00" }`,
		`or trace = { csv = "monday.csv", time = "timestamp", value = "rps" }`)
	return nil
}

// profile reads what a unit of load does to a task.
func (b *builder) profile(o *owner, t *table) load.Profile {
	p := load.Profile{
		CPUPerUnit: b.perUnit(t, "cpu_per_unit", taskdef.ParseCPU),
		CPUBase:    b.useOf(t, "cpu_base", taskdef.ParseCPU), MemoryBase: b.useOf(t, "memory_base", taskdef.ParseMemory),
		MemoryPerUnit: b.perUnit(t, "memory_per_unit", taskdef.ParseMemory),
	}
	word, _ := t.choice("routing", []string{load.RoundRobin.String(), load.LeastOutstanding.String()}, load.RoundRobin.String())
	if word == load.LeastOutstanding.String() {
		p.Routing = load.LeastOutstanding
	}
	p.Timeout = t.duration("timeout", idleTimeout)
	if n := t.get("service_time"); n != nil {
		p.ServiceTime = t.duration("service_time", 0)
		return p
	}
	p.ServiceTime = alone(p.CPUPerUnit, o.placing.Task)
	if p.ServiceTime > 0 {
		t.fill("service_time", &node{kind: aFloat, number: p.ServiceTime.Seconds()})
	}
	return p
}

// alone is how long a unit takes on a task that does nothing else: a unit that needs c CPU-unit-seconds has done with them
// after c/C seconds on C units. Where nothing is reserved it is not known.
func alone(perUnit float64, task *taskdef.TaskDefinition) time.Duration {
	if task == nil {
		return 0
	}
	cpu := max(task.Needs().CPU, int64(task.CPU))
	if cpu <= 0 {
		return 0
	}
	return time.Duration(min(perUnit/float64(cpu), longest.Seconds()) * float64(time.Second))
}

// useOf reads CPU units or MiB, which may have a fraction here: they are means.
func (b *builder) useOf(t *table, key string, parse func(string) (int, error)) float64 {
	n := t.get(key)
	switch {
	case n == nil:
		return t.number(key, 0, mostUse, 0)
	case n.kind == aString:
		v, _ := b.sizeOf(n, t.p.join(key), parse)
		return float64(v)
	}
	return t.number(key, 0, mostUse, 0)
}

// perUnit reads what a unit of load adds. Nothing is said by leaving the key out.
func (b *builder) perUnit(t *table, key string, parse func(string) (int, error)) float64 {
	n := t.get(key)
	if n == nil {
		return 0
	}
	v := b.useOf(t, key, parse)
	if v == 0 && !b.failed(n.at) {
		b.fail("E032", n.at, fmt.Sprintf("`%s` is 0", t.p.join(key)), "it must be above 0", "leave it out if a unit of load takes none")
	}
	return v
}

// loadWarnings warns of what arithmetic alone tells.
func (b *builder) loadWarnings(o *owner, s *model.Service, t *table, d demand.Demand) {
	if end, ends := d.End(); ends && end < b.config.Duration {
		b.warn("W240", t.at("trace"), fmt.Sprintf("the load of service `%s` ends after %s, and the scenario lasts %s: then nothing comes", o.name,
			diag.Duration(end), diag.Duration(b.config.Duration)), "write loop = true in the trace to begin it again")
	}
	b.tooMuchLoad(o, s, t, d)
}

// mostWalked is how many steps of a curve are looked at for a warning.
const mostWalked = 1_000_000

// highest is the highest rate within the duration, with the noise of the scenario's seed. Peak alone is a bound: the peaks
// of several shapes need not come together, nor within the duration.
func (b *builder) highest(s *model.Service) float64 {
	curve, peak := s.Load.Curve(sim.NewStreams(b.scenario.Seed)), 0.0
	for range mostWalked {
		step, more := curve.Next()
		if !more || b.config.Duration > 0 && step.At >= b.config.Duration {
			break
		}
		peak = max(peak, step.Rate)
	}
	return peak
}

// tooMuchLoad: W241. Only where tasks cannot use more CPU than they have: on Fargate, and with CPU set for the task.
func (b *builder) tooMuchLoad(o *owner, s *model.Service, t *table, d demand.Demand) {
	task := o.placing.Task
	if task == nil || o.daemon || s.Load.CPUPerUnit == 0 || task.CPU == 0 && o.placing.Launch != model.Fargate {
		return
	}
	cpu := float64(max(task.Needs().CPU, int64(task.CPU)))
	most, called := s.DesiredCount, "desired_count"
	if s.Scaling != nil && s.Scaling.Max > most {
		most, called = s.Scaling.Max, "max_capacity"
	}
	each := s.Load.Capacity(cpu)
	switch {
	case each == 0:
		b.warn("W241", t.valueAt("cpu_base"), fmt.Sprintf("service `%s` serves nothing: an idle task uses %s CPU units and has %s", o.name,
			plain(s.Load.CPUBase), plain(cpu)))
	case d.Peak() > each*float64(most):
		if peak := b.highest(s); peak > each*float64(most) {
			b.warn("W241", t.where(), fmt.Sprintf("the peak of %.4g %s a second on service `%s` is more than the %.4g that %s can serve", peak, s.Load.Unit, o.name,
				each*float64(most), counted(most, "task")), fmt.Sprintf("`%s` is %d, and a task with %s CPU units serves %.4g a second", called, most, plain(cpu), each))
		}
	}
}
