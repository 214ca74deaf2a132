package scenario

import (
	"fmt"
	"slices"
	"strings"

	"ecssim/model"
	"ecssim/model/service"
	"ecssim/model/taskdef"
	"ecssim/workload/diag"
)

// deploymentWarnings warns of deployments that arithmetic alone shows to get nowhere.
func (b *builder) deploymentWarnings() {
	if diag.HasErrors(b.diags) {
		return
	}
	for i := range b.config.Services {
		o, s := b.owners[i], &b.config.Services[i]
		if s.Deployment.Strategy == service.Rolling {
			b.stuck(o, s)
		}
		for _, d := range deployments(s) {
			if b.tooFewAddresses(o, s, d) || b.portsTaken(o, s, d) {
				break
			}
		}
		b.unnoticed(o)
	}
}

// deployed is a rollout that replaces tasks, with the desired count that it finds or sets.
type deployed struct {
	placing *model.Placing
	desired int
}

// deployments are the rollouts that replace tasks.
func deployments(s *model.Service) []deployed {
	var list []deployed
	present, desired := &s.Placing, s.DesiredCount
	for _, r := range s.Rollouts {
		if r.DesiredCount >= 0 {
			desired = r.DesiredCount
		}
		if r.Placing != nil {
			present = r.Placing
		}
		if r.Placing != nil || r.Force {
			list = append(list, deployed{present, desired})
		}
	}
	return list
}

// stuck: W221. Nothing may stop and nothing may start.
func (b *builder) stuck(o *owner, s *model.Service) {
	counts := []int{s.DesiredCount}
	for _, d := range deployments(s) {
		counts = append(counts, d.desired)
	}
	says, _, _ := strings.Cut(service.Stuck(o.name).Message, ". ")
	for _, desired := range counts {
		least, most := service.Bounds(desired, s.Deployment.MinimumHealthyPercent, s.Deployment.MaximumPercent)
		if desired == 0 || o.daemon || least < desired || most > desired {
			continue
		}
		c, t := &s.Deployment, o.table.n.child("deployment")
		at := o.table.n.key
		for _, key := range []string{"minimum_healthy_percent", "maximum_percent"} {
			if n := t.child(key); n != nil && !n.byDefault {
				at = n.at
			}
		}
		b.add(diag.Diagnostic{
			Severity: diag.Warning, Code: "W221", At: at,
			Message: fmt.Sprintf("service `%s` cannot be deployed: with %s nothing may be stopped and nothing started", o.name, counted(desired, "task")),
			Notes: []string{
				fmt.Sprintf("%d %% of %d, rounded up, keeps %d running; %d %% of %d, rounded down, allows %d",
					c.MinimumHealthyPercent, desired, least, c.MaximumPercent, desired, most),
				"ECS will say: " + says,
			},
			Help: []string{fmt.Sprintf("%d %% as maximum_percent lets one more start, %d %% as minimum_healthy_percent lets one stop first",
				(100*(desired+1)+desired-1)/desired, 100*(desired-1)/desired)},
		})
		return
	}
}

// tooFewAddresses: W222. Both revisions together have more tasks than the subnets have addresses.
func (b *builder) tooFewAddresses(o *owner, s *model.Service, d deployed) bool {
	if d.placing.Task.Mode() != taskdef.Awsvpc || o.daemon {
		return false
	}
	taken := b.ownAddresses()
	others, beside := b.neighbours(o, d.placing.Subnets), ""
	free := -others
	for _, i := range d.placing.Subnets {
		free += max(0, b.config.Subnets[i].Usable()-taken[i])
	}
	_, most := service.Bounds(d.desired, s.Deployment.MinimumHealthyPercent, s.Deployment.MaximumPercent)
	how := fmt.Sprintf("%d %% of %d; a larger subnet, or a smaller maximum_percent, makes them fit", s.Deployment.MaximumPercent, d.desired)
	if s.Deployment.Strategy != service.Rolling {
		most, how = 2*d.desired, fmt.Sprintf("%s starts all %d beside the old ones: a larger subnet makes them fit", s.Deployment.Strategy, d.desired)
	}
	if others > 0 {
		beside = " beside the tasks of other services"
	}
	if int64(d.desired) > free || int64(most) <= free { // the first is W206
		return false
	}
	b.warn("W222", o.table.valueAt("desired_count"), fmt.Sprintf("a deployment of service `%s` wants up to %d addresses: its subnets have %d%s", o.name, most, free, beside),
		how)
	return true
}

// neighbours are the tasks of other services that take addresses in no other subnets than these.
func (b *builder) neighbours(o *owner, subnets []int) int64 {
	var tasks int64
	for _, x := range b.owners {
		elsewhere := func(i int) bool { return !slices.Contains(subnets, i) }
		if x != o && x.placing.Task.Mode() == taskdef.Awsvpc && !slices.ContainsFunc(x.placing.Subnets, elsewhere) {
			tasks += int64(b.tasksOf(x))
		}
	}
	return tasks
}

// portsTaken: W223. The new tasks want host ports that the old ones hold on every instance.
func (b *builder) portsTaken(o *owner, s *model.Service, d deployed) bool {
	ports := d.placing.Task.Needs().StaticPorts
	machines := b.machines(d.placing.Cluster)
	least, _ := service.Bounds(d.desired, s.Deployment.MinimumHealthyPercent, s.Deployment.MaximumPercent)
	if len(ports) == 0 || d.placing.Launch != model.EC2 || len(d.placing.Providers) > 0 || o.daemon || d.desired != machines || machines == 0 {
		return false
	}
	if s.Deployment.Strategy == service.Rolling && least < d.desired {
		return false
	}
	b.warn("W223", o.table.valueAt("desired_count"),
		fmt.Sprintf("a deployment of service `%s` cannot start a task: the old ones hold host port %d/%s on every instance", o.name, ports[0].Port, ports[0].Protocol),
		"a lower minimum_healthy_percent lets an old task stop first; host_port = 0 lets ECS choose a port")
	return true
}

// unnoticed: W224. A program that is not ready, and nobody who asks it.
func (b *builder) unnoticed(o *owner) {
	if o.app == nil || o.checked() {
		return
	}
	for _, key := range []string{"ready_after", "fails_after"} {
		if o.app.every.has[key] {
			b.warn("W224", o.app.table.at(key), fmt.Sprintf("`%s` is without effect: nothing checks the health of these tasks", o.app.table.p.join(key)),
				"give the container a health_check, or the service a target group")
			return
		}
	}
}

func counted(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}
