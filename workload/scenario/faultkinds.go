package scenario

import (
	"slices"

	"ecssim/model"
	"ecssim/model/iam"
)

// faultKeys are the keys that a kind of fault takes besides `at` and `kind`. Those in must are required.
type faultKeys struct {
	takes, must []string
}

// Keys that choose victims: of instances, of tasks, and of either.
var (
	whichInstances = []string{"instance", "fleet", "zone", "count", "fraction"}
	whichTasks     = []string{"service", "job", "revision", "zone", "count", "fraction"}
	whichHosts     = []string{"instance", "fleet", "service", "job", "zone", "count", "fraction"}
)

// faultTable says what each kind takes.
var faultTable = [model.NumFaultKinds]faultKeys{
	model.InstanceLoss:         {takes: with(whichInstances, "for")},
	model.AgentDisconnect:      {takes: with(whichInstances, "for")},
	model.InstanceDraining:     {takes: with(whichInstances, "for")},
	model.HostRetirement:       {takes: with(whichHosts, "notice", "for")},
	model.SpotInterruption:     {takes: with(whichHosts, "notice", "for")},
	model.ZoneOutage:           {takes: []string{"zone", "for"}, must: []string{"zone"}},
	model.RoleMissing:          {takes: []string{"role", "gap", "permission", "service", "job", "for"}, must: []string{"role"}},
	model.RuleMissing:          {takes: []string{"security_group", "for"}},
	model.RegistryDown:         {takes: []string{"registry", "for"}},
	model.RegistrySlow:         {takes: []string{"registry", "factor", "for"}, must: []string{"factor"}},
	model.ImageMissing:         {takes: []string{"image", "for"}},
	model.ImageCorrupt:         {takes: []string{"image", "for"}},
	model.HealthCheckFailing:   {takes: with(whichTasks, "for")},
	model.TaskKill:             {takes: whichTasks},
	model.InsufficientCapacity: {takes: []string{"capacity_provider", "type", "zone", "market", "for"}},
}

// take reports whether a kind takes a key.
func (k faultKeys) take(key string) bool { return slices.Contains(k.takes, key) }

// allFaultKeys are the keys that faults of any kind take.
func allFaultKeys() []string {
	all := []string{"at", "kind"}
	for _, k := range faultTable {
		all = append(all, k.takes...)
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// roleTakes are the keys that narrow a role down. The roles of a task are those of its task definition; the others
// belong to the instances and to the account. The roles of ECS itself and of the application have all permissions or none.
var roleTakes = [iam.NumRoles][]string{
	iam.TaskExecution: {"service", "job", "permission"}, iam.Task: {"service", "job"}, iam.ContainerInstance: {"permission"},
}

func with(keys []string, more ...string) []string { return slices.Concat(keys, more) }

// faultExamples are how a key is written where it is missing.
var faultExamples = map[string]string{
	"zone": `zone = "a"`, "role": `role = "task_execution"`, "factor": "factor = 10",
}

// faultRivals are keys that do not go together, with the reason.
var faultRivals = []struct{ one, other, why string }{
	{"count", "fraction", "the number of victims is either fixed or a share of them all"},
	{"instance", "fleet", "an instance is of one fleet anyway"},
	{"instance", "zone", "an instance is in one zone anyway"},
	{"instance", "count", "that is one instance"},
	{"instance", "fraction", "that is one instance"},
	{"service", "job", "write two faults to hit both"},
	{"instance", "service", "a fault hits instances, or the tasks of a service; write two faults to hit both"},
	{"instance", "job", "a fault hits instances, or the tasks of a job; write two faults to hit both"},
	{"fleet", "service", "a fault hits a fleet, or a service; write two faults to hit both"},
	{"fleet", "job", "a fault hits a fleet, or a job; write two faults to hit both"},
}
