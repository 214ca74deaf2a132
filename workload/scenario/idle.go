package scenario

import (
	"fmt"
	"slices"

	"ecssim/model"
	"ecssim/model/taskdef"
)

// hasHealthCheck reports whether ECS checks the health of a container of the task.
func hasHealthCheck(d *taskdef.TaskDefinition) bool {
	return slices.ContainsFunc(d.Containers, func(c taskdef.Container) bool { return c.Health != nil })
}

// hitsNothing: W224. A fault of something that the scenario does not have.
func (b *builder) hitsNothing(f *table, fault *model.Fault) {
	why, help := "", ""
	switch fault.Kind { //nolint:exhaustive // the others always have something to hit, or say so elsewhere
	case model.RegistryDown, model.RegistrySlow, model.ImageMissing, model.ImageCorrupt:
		if len(b.config.Images) == 0 {
			why, help = "the scenario describes no image", "only described images come from a registry: [images.\"web:1\"] size = \"200 MB\", and image = \"web:1\" in the task"
		}
	case model.RuleMissing:
		if len(b.config.SecurityGroups) == 0 {
			why, help = "the scenario has no security group", "without any, everything may reach everything: [vpc.security_groups]"
		}
	case model.HealthCheckFailing:
		checked := slices.ContainsFunc(b.owners, func(o *owner) bool {
			concerned := fault.Owner == "" || fault.Owner == o.table.p.String()
			return concerned && (o.placing.Task == nil || o.checked() || slices.ContainsFunc(b.definitions(o), hasHealthCheck))
		})
		if !checked {
			why, help = "nothing checks the health of the tasks that it concerns", "give the container a health_check, or the service a target group"
		}
	}
	if why != "" {
		b.warn("W224", f.valueAt("kind"), fmt.Sprintf("fault `%s` is without effect: %s", fault.Name, why), help)
	}
}
