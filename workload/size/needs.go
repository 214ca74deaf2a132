package size

import (
	"math"
	"slices"
	"time"

	"ecssim/model"
	"ecssim/model/placement"
	"ecssim/model/service"
	"ecssim/model/taskdef"
	"ecssim/sim"
)

// demand is what a service, or a job on average, wants to have running at once.
type demand struct {
	name  string // service `web`
	place *model.Placing
	needs taskdef.Needs
	// copies are tasks; total is what all of them reserve together, for a job's tasks differ.
	copies float64
	total  [numResources]float64
}

// The resources that are added up.
const (
	cpu = iota
	memory
	gpu
	eni
	numResources
)

var resources = [numResources]struct{ name, unit string }{
	{"cpu", "units"}, {"memory", "MiB"}, {"gpu", "GPUs"}, {"eni", "task ENIs"},
}

func amounts(n taskdef.Needs) [numResources]float64 {
	return [numResources]float64{float64(n.CPU), float64(n.Memory), float64(n.GPUs), float64(n.ENIs)}
}

// mostArrivals of a job are looked at; the rest is taken to be like them.
const mostArrivals = 50_000

// demands are those of all replica services and jobs. A service counts with the tasks that it always has: its desired
// count, or the least that scaling leaves it. A job counts with the average of its offered load. What a rollout or a fault
// wants in addition is not in it: the arithmetic is a bound from below.
func demands(c *model.Config, seed uint64) (list []demand) {
	for i := range c.Services {
		s := &c.Services[i]
		if s.Scheduling == service.Daemon || c.Duration > 0 && s.StartAt >= c.Duration {
			continue
		}
		copies := s.DesiredCount
		if s.Scaling != nil {
			copies = s.Scaling.Min
		}
		list = append(list, steady("service `"+s.Name+"`", &s.Placing, float64(copies)))
	}
	for i := range c.Jobs {
		j := &c.Jobs[i]
		list = append(list, offered(c, j, seed))
	}
	return slices.DeleteFunc(list, func(d demand) bool { return d.copies <= 0 })
}

func steady(name string, p *model.Placing, copies float64) demand {
	d := demand{name: name, place: p, needs: p.Task.Needs(), copies: copies}
	for r, each := range amounts(d.needs) {
		d.total[r] = each * copies
	}
	return d
}

// offered is the load of a job by Little's law: arrivals per second times run time, with what each arrival reserves.
func offered(c *model.Config, j *model.Job, seed uint64) demand {
	d := demand{name: "job `" + j.Name + "`", place: &j.Placing, needs: j.Task.Needs()}
	span, arrivals := c.Duration, j.Arrivals(sim.NewStreams(seed))
	for n := 0; ; n++ {
		a, ok := arrivals.Next()
		if !ok || c.Duration > 0 && a.At >= c.Duration {
			break
		}
		if n == mostArrivals || c.Duration == 0 {
			span = a.At
		}
		if n == mostArrivals {
			break
		}
		run := runTime(c, j, a).Seconds()
		needs := d.needs
		for _, o := range []struct {
			own *int64
			its int64
		}{{&needs.CPU, a.CPU}, {&needs.Memory, a.Memory}, {&needs.GPUs, a.GPUs}} {
			if o.its >= 0 {
				*o.own = o.its
			}
		}
		d.copies += run
		for r, each := range amounts(needs) {
			d.total[r] += each * run
		}
	}
	if span <= 0 {
		d.copies = 0
		return d
	}
	d.copies /= span.Seconds()
	for r := range d.total {
		d.total[r] /= span.Seconds()
	}
	return d
}

// runTime is how long an arrival runs on average, and at most until the end.
func runTime(c *model.Config, j *model.Job, a model.Arrival) time.Duration {
	run := a.RunTime
	if run < 0 && j.RunTime != nil {
		run = time.Duration(min(j.RunTime.Mean()*float64(time.Second), math.MaxInt64/2))
	}
	if run < 0 {
		run = math.MaxInt64 / 2 // for ever
	}
	if c.Duration > 0 {
		run = min(run, c.Duration-a.At)
	} else if run == math.MaxInt64/2 {
		run = 0 // nothing is known of it
	}
	return run
}

// spread is how many of the tasks may share an instance at most; 0 for any number.
func (d *demand) spread() int {
	most := d.place.MaxTasksPerInstance
	if slices.ContainsFunc(d.place.Constraints, func(c placement.Constraint) bool { return c.Query == nil }) ||
		len(d.needs.StaticPorts) > 0 {
		return 1
	}
	return most
}
