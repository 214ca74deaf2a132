package placement

import (
	"ecssim/model/fleet"
	"ecssim/model/placement/query"
	"ecssim/model/taskdef"
)

// RuleKind is the type of a placement strategy rule.
type RuleKind uint8

// The three strategy types of ECS.
const (
	Random RuleKind = iota
	Spread
	Binpack
)

// Rule is one element of a placementStrategy list.
type Rule struct {
	Kind RuleKind
	// Attribute is the field of a spread over an attribute ("ecs.availability-zone"); empty means instanceId.
	Attribute string
	// Memory tells the two binpack fields apart: memory or cpu.
	Memory bool
}

// MaxRules and MaxConstraints are ECS's limits on one request (API reference, PlacementStrategy and
// PlacementConstraint: 5 rules; 10 constraints, those of the task definition included).
const (
	MaxRules       = 5
	MaxConstraints = 10
)

// ZoneAttribute is the built-in attribute that holds the zone of an instance.
const ZoneAttribute = "ecs.availability-zone"

// ServiceDefault is what ECS does for a replica service without a strategy: the zone with the fewest tasks of the
// service, then the instance with the fewest (developer guide, "Amazon ECS services", replica scheduling).
func ServiceDefault() []Rule {
	return []Rule{{Kind: Spread, Attribute: ZoneAttribute}, {Kind: Spread}}
}

// RunTaskDefault stands for RunTask without a strategy, whose rule is not published: random.
func RunTaskDefault() []Rule { return []Rule{{Kind: Random}} }

// Constraint is one placement constraint: distinctInstance if Query is nil, else memberOf.
type Constraint struct {
	Query *query.Expr
}

// Demand is everything placement needs to know of a task. Tasks that ask for the same share one Demand.
type Demand struct {
	Needs taskdef.Needs
	// HardMemory is the sum of the hard limits in MiB. It reserves nothing: where soft limits are set, the hard limits
	// on an instance may add up to more than it has.
	HardMemory  int64
	Group       *fleet.Group
	Strategy    []Rule
	Constraints []Constraint
	// MaxTasksPerInstance is the extension max_tasks_per_instance (taught elsewhere as maxPods); 0 is off.
	MaxTasksPerInstance int
	// Provider restricts the task to the instances of a capacity provider: its index plus 1; 0 admits every instance.
	Provider int
	// Zones are the zones of the task's subnets (awsvpc); nil admits every zone.
	Zones []string
	// Attributes must all be present on the instance (capabilities such as ecs.capability.task-eni).
	Attributes []string
	// OS and Architecture, if not empty, must equal ecs.os-type and ecs.cpu-architecture.
	OS, Architecture string

	// class is the memory of the one index that serves this demand.
	class *class
}

// Fresh is a copy that may be changed: the index has not seen it.
func (d *Demand) Fresh() Demand {
	c := *d
	c.class = nil
	return c
}
