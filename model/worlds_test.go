package model_test

import (
	"time"

	"ecssim/model"
	"ecssim/model/network"
	"ecssim/model/placement"
	"ecssim/model/service"
)

// threeZones is a fleet of so many instances in each of three zones, with room for so many tasks each, and a service
// spread over them.
func threeZones(perZone int, room int64, desired int) *model.Config {
	cfg := world()
	cfg.Subnets = []network.Subnet{{Name: "a", Zone: "a", Prefix: 20}, {Name: "b", Zone: "b", Prefix: 20}, {Name: "c", Zone: "c", Prefix: 20}}
	cfg.Fleets = []model.Fleet{{Name: "main", Type: slots(room), Count: 3 * perZone, Subnets: []int{0, 1, 2}}}
	cfg.Services = []model.Service{replicas("web", desired, placing(task(1, 1)))}
	return cfg
}

func replicas(name string, desired int, p model.Placing) model.Service {
	p.Strategy, p.Group, p.Subnets = placement.ServiceDefault(), "service:"+name, []int{0, 1, 2}
	return model.Service{
		Name: name, Placing: p, DesiredCount: desired,
		Deployment: service.DeploymentConfiguration{MinimumHealthyPercent: 100, MaximumPercent: 200},
	}
}

// onFargate are tasks of the smallest size.
func onFargate(name string, desired int) model.Service {
	p := placing(webTask(name))
	p.Launch = model.Fargate
	return replicas(name, desired, p)
}

func fault(kind model.FaultKind, at, lasts time.Duration, change ...func(*model.Fault)) model.Fault {
	f := model.Fault{Name: kind.String() + "@" + at.String(), Kind: kind, At: at, For: lasts, Image: -1, Registry: -1, SecurityGroup: -1}
	for _, c := range change {
		c(&f)
	}
	return f
}
