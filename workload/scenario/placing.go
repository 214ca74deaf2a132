package scenario

import (
	"fmt"
	"time"

	"ecssim/model"
	"ecssim/model/placement"
	"ecssim/model/taskdef"
	"ecssim/workload/diag"
)

// owner is a service or job while it is read, with the places that warnings point to.
type owner struct {
	table   *table
	name    string
	service bool
	placing *model.Placing
	// copies that are wanted at once: the desired count; 0 for jobs whose number is not known.
	copies int
	order  int64
	// ends: a job whose last task ends without the end of the simulation.
	ends bool
	spec *taskSpec
	// sized: a trace brings the sizes of the tasks.
	sized bool
	// daemon: a service with one task on every instance.
	daemon bool
	// own are the constraints of the service or job itself, app its programs, targets its target groups.
	own     []placement.Constraint
	app     *appSpec
	targets []target
	// publicIP: its tasks have public addresses.
	publicIP bool
}

// Limits of ECS that are not in package placement.
const (
	maxSubnets    = 16
	maxExpression = 2000
	maxGroup      = 255
)

// placing reads what services and jobs say alike.
func (b *builder) placing(o *owner) {
	t, p := o.table, &model.Placing{}
	o.placing = p
	o.order = t.whole("order", -1_000_000, 1_000_000, 0)
	p.Cluster = b.clusterOf(t)
	launchGood := b.launch(o, t, p)
	o.spec = b.task(o, p.Launch, launchGood)
	if o.spec.definition != nil {
		p.Task = o.spec.definition
		launchGood = b.spotPlatform(t, p, o.spec) && launchGood
	}
	o.app = b.app(o, t)
	b.appContainers(o, o.app, p.Task)
	if t.get("max_tasks_per_instance") != nil {
		p.MaxTasksPerInstance = int(t.whole("max_tasks_per_instance", 1, mostTasks, 0))
	}
	strategy, constraints := t.get("placement_strategy"), t.get("placement_constraints")
	if strategy != nil {
		p.Strategy = b.strategy(strategy, t.p.join("placement_strategy"))
	}
	b.constraints(o, constraints)
	subnets := b.subnetList(t)
	groups := b.securityGroupList(t)
	b.publicIP(o)
	if !launchGood || p.Task == nil {
		return
	}
	b.taskSubnets(o, subnets)
	b.taskSecurityGroups(o, groups)
	b.programs(o)
	b.managesNetwork(o)
	if p.Launch == model.Fargate {
		b.notOnFargate(t)
		return
	}
	if len(p.Strategy) == 0 && strategy == nil {
		p.Strategy = placement.RunTaskDefault()
		text := "random"
		if o.service {
			p.Strategy, text = placement.ServiceDefault(), "spread-az+spread-instance"
		}
		if t.n.child("start_on") == nil && !o.daemon { // StartTask and daemons take none
			t.fill("placement_strategy", &node{kind: aString, text: text})
		}
	}
}

// notOnFargate refuses what has no meaning without container instances.
func (b *builder) notOnFargate(t *table) {
	for _, key := range []string{"placement_strategy", "placement_constraints", "max_tasks_per_instance", "start_on"} {
		if t.n.child(key) != nil {
			b.fail("E044", t.at(key), fmt.Sprintf("`%s` does not exist on Fargate", t.p.join(key)), "",
				"Fargate has no container instances to choose among: remove it, or use launch_type = \"EC2\"")
		}
	}
}

// taskSubnets checks the subnets against the network mode.
func (b *builder) taskSubnets(o *owner, subnets []int) {
	t, mode := o.table, o.placing.Task.Mode()
	given := t.get("subnets")
	switch {
	case mode != taskdef.Awsvpc && given != nil:
		b.fail("E047", given.key, fmt.Sprintf("`%s` is for awsvpc tasks, and these are in %s mode", t.p.join("subnets"), mode), "",
			"a task without an interface of its own takes no address: remove it, or set network_mode = \"awsvpc\"")
	case mode == taskdef.Awsvpc && given == nil:
		o.placing.Subnets = b.subnetsOfProviders(o)
		if o.placing.Subnets == nil {
			o.placing.Subnets = b.allSubnets()
		}
	case mode == taskdef.Awsvpc:
		o.placing.Subnets = subnets
		if len(subnets) > maxSubnets {
			b.fail("E043", given.at, fmt.Sprintf("`%s` names %d subnets: ECS allows %d", t.p.join("subnets"), len(subnets), maxSubnets), "")
		}
	}
}

// taskSecurityGroups checks the security groups against the network mode.
func (b *builder) taskSecurityGroups(o *owner, groups []int) {
	t, mode := o.table, o.placing.Task.Mode()
	given := t.get("security_groups")
	switch {
	case given == nil:
	case mode != taskdef.Awsvpc:
		b.fail("E047", given.key, fmt.Sprintf("`%s` is for awsvpc tasks, and these are in %s mode", t.p.join("security_groups"), mode), "",
			"a task without an interface of its own has the security groups of its instance: remove it, or set network_mode = \"awsvpc\"")
	default:
		o.placing.SecurityGroups = groups
	}
}

// spotPlatform: FARGATE_SPOT has no Windows (ECS rules, placement 7.2).
func (b *builder) spotPlatform(t *table, p *model.Placing, spec *taskSpec) bool {
	if !b.usesSpot(p) || !spec.definition.Windows() {
		return true
	}
	b.add(diag.Diagnostic{
		Code: "E045", At: spec.at("runtimePlatform.operatingSystemFamily"), Via: spec.via,
		Message: fmt.Sprintf("FARGATE_SPOT runs Linux only, and the task definition of `%s` is for %s", t.p, spec.definition.OperatingSystem),
		Help:    []string{"write capacity_provider = \"FARGATE\""},
	})
	return false
}

// programs fills in the images and programs of the containers, in the order in which the task has them.
func (b *builder) programs(o *owner) {
	o.placing.Images, o.placing.Apps = b.imagesOf(o.placing.Task), o.app.apps(o.placing.Task)
}

// imagesOf are the images of a task's containers; nil if the scenario describes none of them.
func (b *builder) imagesOf(task *taskdef.TaskDefinition) []int {
	list, known := make([]int, len(task.Containers)), false
	for i, c := range task.Containers {
		list[i] = b.imageIndex(c.Image)
		known = known || list[i] >= 0
	}
	if !known {
		return nil
	}
	return list
}

// startAt reads start_at.
func (b *builder) startAt(t *table) time.Duration {
	n := t.get("start_at")
	if n == nil {
		return 0
	}
	d, _ := b.momentOf(n, t.p.join("start_at"), b.config.Start)
	return d
}
