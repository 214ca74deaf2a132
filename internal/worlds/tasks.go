package worlds

import (
	"slices"
	"time"

	"ecssim/model"
	"ecssim/model/containers"
	"ecssim/model/placement"
	"ecssim/model/placement/query"
	"ecssim/model/taskdef"
)

// port is what the first container of every task with a network listens on.
const port = 8080

// placing draws where tasks go, and what they are. alone: they are a job's, which has no second task beside it.
func (g *generator) placing(family, group string, alone bool) model.Placing {
	p := model.Placing{Group: group, Cluster: g.IntN(len(g.cfg.Clusters))}
	kinds := []feature{}
	for _, f := range []feature{onEC2, onFargate, onSpot} {
		if g.on[f] {
			kinds = append(kinds, f)
		}
	}
	mode := taskdef.Awsvpc
	if kind := pick(g, kinds...); kind != onEC2 {
		p.Launch, p.Spot = model.Fargate, kind == onSpot
	} else {
		mode = g.mode()
		g.strategy(&p, alone)
	}
	if mode == taskdef.Awsvpc {
		p.Subnets = g.someSubnets()
		if g.on[firewalls] && g.chance(70) {
			p.SecurityGroups = []int{tasksGroup}
		}
	}
	g.program(&p, family, mode, true)
	return p
}

func (g *generator) mode() taskdef.NetworkMode {
	modes := []taskdef.NetworkMode{taskdef.Bridge, taskdef.Bridge, taskdef.None}
	if g.on[interfaces] {
		modes = append(modes, taskdef.Awsvpc, taskdef.Awsvpc)
	}
	if g.on[hostPorts] && !g.calm { // where rollouts might find every port taken
		modes = append(modes, taskdef.Host)
	}
	return pick(g, modes...)
}

func (g *generator) strategy(p *model.Placing, alone bool) {
	byZone := placement.Rule{Kind: placement.Spread, Attribute: placement.ZoneAttribute}
	p.Strategy = pick(g, placement.ServiceDefault(), placement.RunTaskDefault(), []placement.Rule{{Kind: placement.Binpack, Memory: true}},
		[]placement.Rule{{Kind: placement.Binpack}}, []placement.Rule{{Kind: placement.Spread}}, []placement.Rule{byZone, {Kind: placement.Random}},
		[]placement.Rule{byZone, {Kind: placement.Binpack, Memory: true}})
	if !g.on[constraints] || g.calm && !alone {
		return
	}
	if g.chance(30) {
		p.Constraints = append(p.Constraints, placement.Constraint{})
	}
	if g.chance(30) {
		p.Constraints = append(p.Constraints, placement.Constraint{Query: must(query.Parse("attribute:color == " + pick(g, "blue", "green")))})
	}
	if g.chance(20) {
		p.MaxTasksPerInstance = g.between(1, 4)
	}
}

// program draws a new task definition with what its programs do. One that is not good may fail in any way.
func (g *generator) program(p *model.Placing, family string, mode taskdef.NetworkMode, good bool) {
	t := &taskdef.TaskDefinition{Family: family, NetworkMode: mode}
	p.Task, p.Apps, p.Images = t, nil, nil
	if p.Launch == model.Fargate {
		t.RequiresCompatibilities = []string{"FARGATE"}
		size := pick(g, [2]int{256, 512}, [2]int{512, 1024}, [2]int{512, 2048}, [2]int{1024, 2048})
		t.CPU, t.Memory = size[0], size[1]
	}
	n := 1
	if g.on[sidecars] {
		n = g.between(1, 3)
	}
	for k := range n {
		t.Containers = append(t.Containers, g.container(p, k, n, good))
	}
	if g.on[roles] {
		t.TaskRoleARN, t.ExecutionRoleARN = pick(g, "", "arn:task"), pick(g, "", "arn:execution")
		if p.Launch == model.Fargate || t.Containers[0].Secrets > 0 {
			t.ExecutionRoleARN = "arn:execution"
		}
	}
	if g.on[images] {
		for range n {
			p.Images = append(p.Images, g.image())
		}
	}
	g.apps(p, good)
}

// apps draws what the programs do; in many worlds nothing worth a word.
func (g *generator) apps(p *model.Placing, good bool) {
	n := len(p.Task.Containers)
	waits := n == 3 && g.waitsForSeed(p.Task)
	if good && !waits && !g.on[crashes] && !g.on[delays] {
		return
	}
	for k := range n {
		p.Apps = append(p.Apps, g.app(p.Task, k, good))
	}
	if waits {
		p.Apps[2] = containers.App{ExitsAfter: g.about(5)}
	}
}

// waitsForSeed makes the first container wait for the end of the third one, if it depends on it.
func (g *generator) waitsForSeed(t *taskdef.TaskDefinition) bool {
	for k := range t.Containers[0].DependsOn {
		if d := &t.Containers[0].DependsOn[k]; d.Container == "seed" && !t.Containers[2].Essential && g.chance(60) {
			d.Condition = pick(g, taskdef.WhenComplete, taskdef.WhenSuccess)
			return true
		}
	}
	return false
}

// image is one of the images, or none that is described.
func (g *generator) image() int {
	n := g.IntN(len(g.cfg.Images)+1) - 1
	if n >= 0 && g.calm && g.cfg.Images[n].Missing {
		return -1
	}
	return n
}

// container k of n. The first is essential and listens; later ones help it, and it may wait for them.
func (g *generator) container(p *model.Placing, k, n int, good bool) taskdef.Container {
	c := taskdef.Container{Name: []string{"app", "proxy", "seed"}[k], Essential: k == 0 || k == 1 && g.chance(40)}
	if p.Launch == model.EC2 {
		c.CPU, c.Memory = pick(g, 0, 64, 128, 512), pick(g, 64, 128, 512)
	}
	if g.chance(40) {
		c.StopTimeout = time.Duration(g.between(2, 60)) * time.Second
	}
	if g.on[roles] {
		c.Secrets, c.LogDriver = g.IntN(2), pick(g, "", "awslogs")
	}
	if k == 0 {
		g.first(p, &c, n)
	}
	if k < 2 || c.Essential {
		g.watched(&c, good)
	}
	return c
}

// first is what only the first container has.
func (g *generator) first(p *model.Placing, c *taskdef.Container, n int) {
	if p.Launch == model.EC2 && g.on[gpus] && g.chance(30) {
		c.GPUs = 1
	}
	if p.Task.NetworkMode != taskdef.None {
		c.Ports = []taskdef.PortMapping{{ContainerPort: port}}
	}
	switch {
	case p.Task.NetworkMode == taskdef.Host:
		c.Ports[0].HostPort = port
	case p.Task.NetworkMode == taskdef.Bridge && g.on[hostPorts] && g.chance(40) && !g.calm:
		c.Ports[0].HostPort = port + len(g.cfg.Services)
	}
	for _, helper := range []string{"proxy", "seed"}[:n-1] {
		if g.chance(50) {
			c.DependsOn = append(c.DependsOn, taskdef.Dependency{Container: helper, Condition: taskdef.WhenStarted})
		}
	}
}

// watched adds a health check and a restart policy.
func (g *generator) watched(c *taskdef.Container, good bool) {
	if g.on[healthChecks] && g.chance(60) {
		c.Health = &taskdef.HealthCheck{
			Interval: time.Duration(g.between(5, 30)) * time.Second, Timeout: 2 * time.Second, Retries: g.between(1, 4),
			StartPeriod: time.Duration(g.IntN(3)) * 20 * time.Second,
		}
		if good {
			c.Health.StartPeriod = time.Minute
		}
	}
	if g.on[restarts] && g.chance(40) {
		c.Restart = &taskdef.RestartPolicy{AttemptPeriod: time.Duration(g.between(60, 300)) * time.Second}
	}
}

// app is what the program of container k does. A good one of a calm world does nothing wrong.
func (g *generator) app(t *taskdef.TaskDefinition, k int, good bool) (a containers.App) {
	if g.on[delays] && g.chance(50) {
		a.ReadyAfter = fixed(float64(g.between(0, 20)))
	}
	if g.chance(30) {
		a.ShutdownTime = g.about(float64(g.between(1, 40)))
	}
	if good && (g.calm || !g.on[crashes]) {
		return a
	}
	if good && g.chance(60) {
		return a
	}
	if !t.Containers[k].Essential {
		a.ExitsAfter = g.about(float64(g.between(1, 600)))
		return a
	}
	switch g.IntN(4) {
	case 0:
		a.NeverReady = true
	case 1:
		a.FailsAfter = g.about(float64(g.between(60, 3600)))
	default:
		a.ExitsAfter, a.ExitCode = g.about(float64(g.between(60, 3600))), pick(g, 0, 1, 137)
	}
	return a
}

// changed is a Placing with another task definition in the same place.
func (g *generator) changed(p *model.Placing, good bool) *model.Placing {
	next := *p
	next.Constraints, next.Subnets = slices.Clone(p.Constraints), slices.Clone(p.Subnets)
	g.program(&next, p.Task.Family, p.Task.NetworkMode, good)
	if !good && g.on[images] && g.chance(20) {
		for n := range next.Images {
			next.Images[n] = g.missingImage()
		}
	}
	return &next
}

// missingImage is an image that the registry does not have.
func (g *generator) missingImage() int {
	list := g.cfg.Images
	if n := len(list) - 1; list[n].Missing {
		return n
	}
	lost := list[0]
	lost.Name, lost.Missing = "lost:1", true
	g.cfg.Images = append(list, lost)
	return len(list)
}
