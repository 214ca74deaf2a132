package worlds

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"ecssim/model"
	"ecssim/model/iam"
)

// faults draws what goes wrong, out of a few kinds: others come up in other worlds.
func (g *generator) faults() {
	var kinds []model.FaultKind
	for k := range model.InsufficientCapacity { // which a world draws for itself, see shortages
		if g.chance(40) {
			kinds = append(kinds, k)
		}
	}
	if len(kinds) == 0 {
		kinds = append(kinds, model.FaultKind(g.IntN(int(model.NumFaultKinds))))
	}
	for n := range g.few(1, 10) {
		f := model.Fault{Name: fmt.Sprintf("fault-%d", n+1), Kind: pick(g, kinds...), Image: -1, Registry: -1, SecurityGroup: -1}
		g.span(&f)
		if g.aim(&f) {
			g.cfg.Faults = append(g.cfg.Faults, f)
		}
	}
	slices.SortStableFunc(g.cfg.Faults, func(x, y model.Fault) int { return cmp.Compare(x.At, y.At) })
}

// span draws when a fault begins and ends. In a calm world all of them end.
func (g *generator) span(f *model.Fault) {
	f.For = time.Duration(g.between(10, 1800)) * time.Second
	if g.calm {
		f.At = g.when(0.01, 0.5)
		return // at most 30 min after half of the time
	}
	f.At = g.when(0, 0.95)
	if g.chance(10) {
		f.At = 0
	}
	if g.chance(25) {
		f.For = 0
	}
}

// aim draws what a fault hits, and reports whether there is such a thing.
func (g *generator) aim(f *model.Fault) bool {
	switch f.Kind {
	case model.InstanceLoss, model.AgentDisconnect, model.InstanceDraining:
		g.someInstances(f)
	case model.HostRetirement, model.SpotInterruption:
		f.Notice = time.Duration(pick(g, 0, 30, 120)) * time.Second
		if g.calm {
			f.For = max(f.For, f.Notice+time.Minute)
		}
		if g.chance(50) {
			g.someInstances(f)
		} else {
			g.someTasks(f)
		}
	case model.ZoneOutage:
		f.Zone = g.cfg.Subnets[g.IntN(len(g.cfg.Subnets))].Zone
	case model.RoleMissing:
		return g.roleMissing(f)
	case model.RuleMissing:
		f.SecurityGroup = g.IntN(len(g.cfg.SecurityGroups)+1) - 1
		return g.on[firewalls]
	case model.RegistryDown, model.RegistrySlow:
		f.Registry, f.Factor = g.IntN(len(g.cfg.Registries)+1)-1, float64(g.between(2, 40))
		return g.on[images]
	case model.ImageMissing, model.ImageCorrupt:
		f.Image = g.IntN(len(g.cfg.Images)+1) - 1
		return g.on[images]
	case model.HealthCheckFailing:
		g.someTasks(f)
		f.Revision = g.IntN(3)
	case model.TaskKill:
		g.someTasks(f)
		f.For, f.Revision = 0, g.IntN(3)
	case model.InsufficientCapacity, model.NumFaultKinds:
	}
	return true
}

func (g *generator) roleMissing(f *model.Fault) bool {
	f.Role, f.Gap = iam.Role(g.IntN(int(iam.NumRoles))), pick(g, iam.NoPermission, iam.NoRole, iam.NoTrust)
	switch f.Role {
	case iam.TaskExecution:
		f.Permission = pick(g, "", "ecr", "logs", "secrets")
		g.someOwner(f)
	case iam.Task:
		g.someOwner(f)
	case iam.ContainerInstance:
		f.Permission = pick(g, "", "ecr", "logs")
		// What boots without the whole role never registers, so that a calm world would lose it for good.
		return !g.calm || f.Permission != "" && f.Gap == iam.NoPermission
	case iam.ServiceLinked, iam.AutoScaling, iam.NumRoles:
	}
	return true
}

func (g *generator) someInstances(f *model.Fault) {
	if len(g.cfg.Fleets) == 0 {
		return
	}
	fleet := g.cfg.Fleets[g.IntN(len(g.cfg.Fleets))]
	switch g.IntN(4) {
	case 0:
		f.Instance = fmt.Sprintf("%s/%d", fleet.Name, g.between(1, fleet.Count))
		return
	case 1:
		f.Fleet = fleet.Name
	case 2:
		f.Zone = g.cfg.Subnets[g.IntN(len(g.cfg.Subnets))].Zone
	}
	g.share(f)
}

func (g *generator) someTasks(f *model.Fault) {
	g.someOwner(f)
	if g.chance(20) {
		f.Zone = g.cfg.Subnets[g.IntN(len(g.cfg.Subnets))].Zone
	}
	g.share(f)
}

func (g *generator) share(f *model.Fault) {
	switch g.IntN(3) {
	case 0:
		f.Count = g.between(1, 5)
	case 1:
		f.Fraction = float64(g.between(1, 100)) / 100
	}
}

// someOwner is a service or a job, or nobody: all of them.
func (g *generator) someOwner(f *model.Fault) {
	k := g.IntN(len(g.cfg.Services) + len(g.cfg.Jobs) + 1)
	switch services := len(g.cfg.Services); {
	case k < services:
		f.Owner = "services." + g.cfg.Services[k].Name
	case k < services+len(g.cfg.Jobs):
		f.Owner = "jobs." + g.cfg.Jobs[k-services].Name
	}
}
