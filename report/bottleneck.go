package report

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"ecssim/model"
	"ecssim/model/placement"
)

// Bottleneck is the limit that bound first: the first attempt in vain after the warm-up, the first task that got no
// address or no host port, or the first launch that Fargate's launch rate delayed.
type Bottleneck struct {
	Resource string // as in Pools, or "constraint", "instances", "agent", "location", "attribute", "targets"
	Scope    string // a cluster, a subnet, a registry, a target group or "account"
	Cluster  string // of the task; empty where there is but one
	Reason   placement.Reason
	At       time.Duration
	Sentence string
	// CPU and Memory are the shares of the cluster that were reserved at that moment; negative without instances.
	CPU, Memory float64
}

func (r *Recorder) refusedFirst(now time.Duration, t *model.Task, k *refusal) *Bottleneck {
	b := r.bottleneck(now, t, k.dominant)
	if b.Resource == r.fargate.Resource {
		p := r.vcpu(t)
		b.Resource, b.Scope = p.Resource, p.Scope
	}
	b.Sentence = r.explain(t, k)
	if b.Cluster != "" && b.Scope == b.Cluster {
		b.Sentence = "cluster " + b.Cluster + ": " + b.Sentence
	}
	return b
}

func (r *Recorder) noStartFirst(now time.Duration, t *model.Task, reason placement.Reason) *Bottleneck {
	b := r.bottleneck(now, t, reason)
	b.Sentence = r.explainNoStart(t, reason)
	switch reason { //nolint:exhaustive // host ports are an instance's, which the sentence names
	case noAddress:
		b.Scope = ""
		if empty := r.emptySubnets(t); len(empty) > 0 {
			b.Scope = empty[0].Scope
		}
	case pullLimit:
		b.Scope = ""
		if g := r.pullLimited(t); g != nil {
			b.Scope = g.Name
		}
	}
	return b
}

// throttledFirst: Fargate starts 100 tasks at once and then 20 a second; web/101 waits for its turn.
func (r *Recorder) throttledFirst(now time.Duration, t *model.Task) *Bottleneck {
	b := r.bottleneck(now, t, launchRate)
	b.Scope = account
	q := &r.cfg.Quotas
	rate := strconv.FormatFloat(q.FargateLaunchRate, 'f', -1, 64)
	starts := fmt.Sprintf("%s at once and then %s a second", tasks(int64(q.FargateLaunchBurst)), rate)
	if q.FargateLaunchBurst < 1 {
		starts = rate + " tasks a second"
	}
	b.Sentence = fmt.Sprintf("Fargate starts %s; %s/%d waits for its turn", starts, t.Owner.Name, t.Number)
	return b
}

func (r *Recorder) bottleneck(now time.Duration, t *model.Task, reason placement.Reason) *Bottleneck {
	c := r.clusters[placing(t).Cluster]
	b := &Bottleneck{
		Resource: reasonResource(reason), Scope: c.name, Reason: reason, At: now, CPU: c.cpu.share(), Memory: c.memory.share(),
	}
	if len(r.clusters) > 1 {
		b.Cluster = c.name
	}
	return b
}

// left is how much nobody uses.
func (p *pool) left() int64 { return p.capacity.Value() - p.used.Value() }

// share is how much of the pool is used now; negative if there is nothing.
func (p *pool) share() float64 {
	if p.capacity.Value() == 0 {
		return -1
	}
	return float64(p.used.Value()) / float64(p.capacity.Value())
}

// emptySubnets are the subnets that could have served the task and have no address left. Where somebody gave one back
// before the task was told of, it is the fullest one.
func (r *Recorder) emptySubnets(t *model.Task) []*pool {
	var empty []*pool
	var fullest *pool
	for _, n := range placing(t).Subnets {
		if t.Instance != nil && r.cfg.Subnets[n].Zone != t.Instance.Zone {
			continue
		}
		p := r.subnets[n]
		if p.left() <= 0 {
			empty = append(empty, p)
		}
		if fullest == nil || p.left() < fullest.left() {
			fullest = p
		}
	}
	if len(empty) == 0 && fullest != nil {
		empty = append(empty, fullest)
	}
	return empty
}

func (r *Recorder) explainNoStart(t *model.Task, reason placement.Reason) string {
	switch {
	case reason == pullLimit:
		return r.explainPullLimit(t)
	case reason >= startError:
		return t.StoppedReason
	case reason == noHostPort:
		ports := t.Instance.DynamicRange
		return fmt.Sprintf("%s has no host port of %d to %d left for a task of %s", t.Instance.Name, ports.First, ports.Last, t.Owner.Name)
	}
	return r.explainAddress(t)
}

func (r *Recorder) explainAddress(t *model.Task) string {
	empty := r.emptySubnets(t)
	switch {
	case len(empty) > 0:
	case t.Instance == nil:
		return "no subnet of " + t.Owner.Name + " has an address left"
	default:
		return fmt.Sprintf("%s has no subnet in zone %s, where %s is", t.Owner.Name, t.Instance.Zone, t.Instance.Name)
	}
	parts := make([]string, len(empty))
	for i, p := range empty {
		parts[i] = fmt.Sprintf("subnet %s has 0 of %d addresses left", p.Scope, p.capacity.Value())
	}
	return enumerate(parts)
}

// explain says in a sentence why a task found no place.
func (r *Recorder) explain(t *model.Task, k *refusal) string {
	switch {
	case k.named != "":
		return fmt.Sprintf("%s, which %s names, %s", k.named, t.Owner.Name, lacks[k.dominant][0])
	case k.mixed():
		return mixture(k)
	}
	return r.explainOne(t, k)
}

// explainOne says why where all instances refused for the same reason.
func (r *Recorder) explainOne(t *model.Task, k *refusal) string {
	name, n := t.Owner.Name, k.instances
	switch k.dominant {
	case placement.NoCPU, placement.NoMemory, placement.NoGPU, placement.NoENI, placement.PortInUse:
		return r.explainResource(t, k)
	case placement.MemberOf:
		return "no instance satisfies the placement constraints of " + name
	case placement.DistinctInstance:
		return allOf(n, "runs", "run") + " a task of " + t.Demand.Group.Name + " already (distinctInstance)"
	case placement.MaxTasksPerInstance:
		return fmt.Sprintf("%s as many tasks as max_tasks_per_instance = %d allows", allOf(n, "runs", "run"),
			t.Demand.MaxTasksPerInstance)
	case placement.NoInstances:
		return "the cluster has no container instance" + k.neverRegistered()
	case placement.Missing:
		return "the instance that " + name + " names does not exist"
	case placement.Inactive:
		return "the instance that " + name + " names is gone"
	case placement.Agent:
		return allOf(n, "has", "have") + " a disconnected agent"
	case placement.Location:
		return "no instance is in " + zones(t.Demand.Zones) + ", where the subnets of " + name + " are"
	case placement.Attribute:
		return "no instance has the attributes that " + name + " needs"
	case placement.FargateVCPUQuota, placement.FargateCapacity, placement.OtherProvider, placement.ProvisioningLimit:
		return r.explainCapacity(t, k)
	case placement.Fits:
	}
	return "no place was found for a task of " + name
}

// explainCapacity says what keeps capacity providers from serving a task.
func (r *Recorder) explainCapacity(t *model.Task, k *refusal) string {
	name := t.Owner.Name
	switch k.dominant { //nolint:exhaustive // those of explainOne
	case placement.FargateVCPUQuota:
		pool, of := r.vcpu(t), "Fargate"
		if pool == r.spot {
			of = "Fargate Spot"
		}
		return fmt.Sprintf("%s of %s "+of+" vCPUs run, and a task of %s needs %s",
			vcpus(pool.used.Value()), vcpus(pool.capacity.Value()), name, vcpus(t.Demand.Needs.CPU))
	case placement.FargateCapacity:
		return "Fargate has no capacity for a task of " + name
	case placement.OtherProvider:
		return allOf(k.instances, "belongs", "belong") + " to another capacity provider than " + name + " uses"
	case placement.ProvisioningLimit:
		return fmt.Sprintf("%s of the cluster wait in PROVISIONING, as many as may", tasks(int64(r.cfg.Quotas.ProvisioningTasks)))
	}
	return "no place was found for a task of " + name
}

// neverRegistered says why a cluster that has instances has none.
func (k *refusal) neverRegistered() string {
	if k.stranded == 0 {
		return ""
	}
	return fmt.Sprintf(": %s never registered", plural(k.stranded, "instance"))
}

// explainResource says that every instance lacks the same resource.
func (r *Recorder) explainResource(t *model.Task, k *refusal) string {
	needs, n := &t.Demand.Needs, k.instances
	switch k.dominant { //nolint:exhaustive // the resources only
	case placement.NoENI:
		all := r.clusters[placing(t).Cluster].eni.capacity.Value()
		if each := all / max(n, 1); n > 0 && each*n == all && needs.ENIs == 1 {
			return fmt.Sprintf("%s 0 of %d task ENIs left", allOf(n, "has", "have"), each)
		}
		return allOf(n, "has", "have") + " no task ENI left"
	case placement.PortInUse:
		return hostPorts(needs.StaticPorts) + " taken on " + onAll(n)
	case placement.NoMemory:
		return lacking(n, fmt.Sprintf("%d MiB of memory", needs.Memory), t)
	case placement.NoGPU:
		return lacking(n, plural(needs.GPUs, "GPU"), t)
	}
	return lacking(n, plural(needs.CPU, "cpu unit"), t)
}

// lacking: none of 3 instances has the 256 cpu units left that a task of web needs.
func lacking(instances int64, what string, t *model.Task) string {
	if instances == 1 {
		return fmt.Sprintf("the only instance has less left than the %s that a task of %s needs", what, t.Owner.Name)
	}
	return fmt.Sprintf("none of %d instances has the %s left that a task of %s needs", instances, what, t.Owner.Name)
}

// lacks is how mixtures name a reason, for one instance and for several.
var lacks = [placement.NumReasons][2]string{
	placement.NoInstances:         {"is not there", "are not there"},
	placement.Missing:             {"does not exist", "do not exist"},
	placement.Inactive:            {"is gone", "are gone"},
	placement.Agent:               {"has a disconnected agent", "have a disconnected agent"},
	placement.Location:            {"is in another zone", "are in another zone"},
	placement.Attribute:           {"lacks an attribute", "lack an attribute"},
	placement.NoCPU:               {"lacks cpu", "lack cpu"},
	placement.NoMemory:            {"lacks memory", "lack memory"},
	placement.PortInUse:           {"has the host port taken", "have the host port taken"},
	placement.NoENI:               {"lacks a task ENI", "lack a task ENI"},
	placement.NoGPU:               {"lacks a GPU", "lack a GPU"},
	placement.MemberOf:            {"fails a placement constraint", "fail a placement constraint"},
	placement.DistinctInstance:    {"runs such a task already", "run such a task already"},
	placement.MaxTasksPerInstance: {"is at max_tasks_per_instance", "are at max_tasks_per_instance"},
	placement.FargateVCPUQuota:    {"is above the vCPU quota", "are above the vCPU quota"},
	placement.FargateCapacity:     {"finds no Fargate capacity", "find no Fargate capacity"},
	placement.OtherProvider:       {"belongs to another capacity provider", "belong to another capacity provider"},
	placement.ProvisioningLimit:   {"is above the PROVISIONING limit", "are above the PROVISIONING limit"},
}

// mixed reports whether instances refused a task for different reasons.
func (k *refusal) mixed() bool {
	kinds := 0
	for _, n := range k.by {
		if n > 0 {
			kinds++
		}
	}
	return kinds > 1
}

// mixture: 2 of 3 instances lack cpu, 1 lacks memory. The most frequent reason comes first.
func mixture(k *refusal) string {
	var parts []string
	left := k.by
	for {
		best := placement.Fits
		for reason := range left {
			if left[reason] > left[best] {
				best = placement.Reason(reason)
			}
		}
		n := left[best]
		if n == 0 {
			return strings.Join(parts, ", ")
		}
		left[best] = 0
		who := fmt.Sprint(n)
		if len(parts) == 0 {
			who = fmt.Sprintf("%d of %s", n, plural(k.instances, "instance"))
		}
		form := lacks[best][1]
		if n == 1 {
			form = lacks[best][0]
		}
		parts = append(parts, who+" "+form)
	}
}
