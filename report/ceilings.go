package report

import (
	"fmt"
	"strings"
	"time"

	"ecssim/model"
	"ecssim/model/placement"
	"ecssim/model/scaling"
)

// Limits of scaling: what a maximum, an instance type or EC2 itself keeps from following the load. None of them is a
// failed placement attempt, since tasks wait for capacity, so they have reasons of their own.
const (
	// atMaxSize: the Auto Scaling group has its maximum of instances, and tasks wait.
	atMaxSize = launchRate + 1
	// atMaxCapacity: the service has its maximum of tasks, and its policy wants more.
	atMaxCapacity = launchRate + 2
	// noTypeFits: no instance type of the group holds a task that waits.
	noTypeFits = launchRate + 3
	// noEC2Capacity: EC2 refused to launch an instance while tasks wait.
	noEC2Capacity = launchRate + 4
)

// ceilings are the texts and the resources of those reasons.
var ceilings = [...]struct{ text, resource string }{
	{"maximum size of the Auto Scaling group", "max_size"}, {"maximum capacity of the service", "max_capacity"},
	{"no instance type fits", "instance_type"}, {"InsufficientInstanceCapacity", "ec2_capacity"},
}

// settled is how long an instance that has joined has for taking the tasks that wait.
const settled = time.Minute

// groupLimits looks, minute by minute, for a group that cannot follow: tasks wait, and no more instances can come.
func (r *Recorder) groupLimits(now time.Duration, p *providerBook, m *model.Reservation) {
	if r.bottle != nil || now < r.cfg.Warmup || p.waiting.Value() == 0 {
		return
	}
	switch {
	case m.Incompatible > 0:
		r.groupLimit(now, p, noTypeFits, p.misfits(r, m.Incompatible))
	case p.desired.Value() >= p.maximum.Value() && p.booting.Value() == 0 && (p.lastJoin < 0 || now-p.lastJoin >= settled):
		r.groupLimit(now, p, atMaxSize, fmt.Sprintf("group %s is at its maximum of %s and %s",
			p.name, plural(p.maximum.Value(), "instance"), p.whoWaits(r)))
	}
}

func (r *Recorder) groupLimit(now time.Duration, p *providerBook, reason placement.Reason, sentence string) {
	c := r.clusters[p.cfg.Group.Template.Cluster]
	r.bottle = &Bottleneck{
		Resource: reasonResource(reason), Scope: p.name, Reason: reason, At: now, Sentence: sentence, CPU: c.cpu.share(), Memory: c.memory.share(),
	}
	if len(r.clusters) > 1 {
		r.bottle.Cluster = c.name
	}
}

// whoWaits: 8 tasks of web wait.
func (b *providerBook) whoWaits(r *Recorder) string {
	owner, others := b.mostWaiting()
	n, verb := b.waiting.Value(), "wait"
	if n == 1 {
		verb = "waits"
	}
	if others {
		return fmt.Sprintf("%s %s, most of them of %s", tasks(n), verb, r.owners[owner].name)
	}
	return fmt.Sprintf("%s of %s %s", tasks(n), r.owners[owner].name, verb)
}

// misfits: no instance type of asg holds a task of web: it needs 8,192 cpu units, and m5.large has 2,048.
func (b *providerBook) misfits(r *Recorder, n int) string {
	if b.misfit != "" {
		return b.misfit
	}
	owner, _ := b.mostWaiting()
	return fmt.Sprintf("no instance type of group %s holds %s of those that wait, most of them of %s", b.name, tasks(int64(n)), r.owners[owner].name)
}

// misfit says why a task fits none of the types of a group; empty if it fits one, or nobody can tell.
func misfit(p *providerBook, t *model.Task) string {
	n := &t.Demand.Needs
	var cpu, memory, gpus int64
	for i := range p.cfg.Group.Types {
		ty := &p.cfg.Group.Types[i]
		if n.CPU <= ty.CPU && n.Memory <= ty.Memory && n.GPUs <= ty.GPUs {
			return ""
		}
		cpu, memory, gpus = max(cpu, ty.CPU), max(memory, ty.Memory), max(gpus, ty.GPUs)
	}
	var lacking []string
	for _, c := range []struct {
		needs, has int64
		unit       string
	}{{n.CPU, cpu, "cpu units"}, {n.Memory, memory, "MiB of memory"}, {n.GPUs, gpus, "GPUs"}} {
		if c.needs > c.has {
			lacking = append(lacking, fmt.Sprintf("%s %s, and the most that a type has is %s", thousands(c.needs), c.unit, thousands(c.has)))
		}
	}
	if len(lacking) == 0 {
		return fmt.Sprintf("no instance type of group %s has all that a task of %s needs", p.name, t.Owner.Name)
	}
	return fmt.Sprintf("no instance type of group %s holds a task of %s: it needs %s", p.name, t.Owner.Name, strings.Join(lacking, "; "))
}

// serviceLimit looks for a service that may not follow: its policy wants more tasks than max_capacity allows.
func (r *Recorder) serviceLimit(now time.Duration, d *model.ScalingDecision) {
	if r.bottle != nil || d.Blocked != scaling.AtMaximum || d.Wanted <= d.To {
		return
	}
	c := r.clusters[r.cfg.Services[d.Owner.Index].Cluster]
	b := &Bottleneck{
		Resource: reasonResource(atMaxCapacity), Scope: d.Owner.Name, Reason: atMaxCapacity, At: now, CPU: c.cpu.share(), Memory: c.memory.share(),
	}
	if len(r.clusters) > 1 {
		b.Cluster = c.name
	}
	b.Sentence = fmt.Sprintf("%s may have %s at most, and %s wants %s", d.Owner.Name, tasks(int64(d.To)), d.Policy, thousands(int64(d.Wanted)))
	if d.Metric != "" {
		b.Sentence += fmt.Sprintf(": %s is %s, its target %s", d.Metric, figure(d.Value), figure(d.Target))
	}
	r.bottle = b
}

// launchLimit takes note of a launch that EC2 refused while tasks wait for it.
func (r *Recorder) launchLimit(now time.Duration, p *providerBook, f *model.LaunchFailure) {
	if r.bottle != nil || now < r.cfg.Warmup || p.waiting.Value() == 0 {
		return
	}
	market := ""
	if f.Spot {
		market = "Spot "
	}
	r.groupLimit(now, p, noEC2Capacity, fmt.Sprintf("EC2 has no %scapacity of %s in %s for group %s, and %s",
		market, f.Type, f.Zone, p.name, p.whoWaits(r)))
}
