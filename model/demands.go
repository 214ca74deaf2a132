package model

import (
	"slices"

	"ecssim/model/placement"
	"ecssim/model/taskdef"
)

// demand turns what the scenario says of a task into what placement asks.
func (w *World) demand(p *Placing) placement.Demand {
	d := placement.Demand{
		Needs:               p.Task.Needs(),
		Group:               w.groups.Named(p.Group),
		Strategy:            p.Strategy,
		Constraints:         p.Constraints,
		MaxTasksPerInstance: p.MaxTasksPerInstance,
	}
	if p.Launch == Fargate {
		d.Needs = p.Task.FargateNeeds()
	}
	d.HardMemory, _ = p.Task.HardMemory()
	if w.cfg.TieBreak == RandomTie {
		d.Strategy = append(slices.Clone(d.Strategy), placement.Rule{Kind: placement.Random})
	}
	if p.Task.NetworkMode == taskdef.Awsvpc && len(p.Subnets) > 0 {
		for _, n := range p.Subnets {
			if zone := w.cfg.Subnets[n].Zone; !slices.Contains(d.Zones, zone) {
				d.Zones = append(d.Zones, zone)
			}
		}
	}
	d.Architecture = architectures[p.Task.Architecture]
	return d
}

// architectures maps runtimePlatform.cpuArchitecture to the attribute ecs.cpu-architecture.
var architectures = map[string]string{"X86_64": "x86_64", "ARM64": "arm64"}
