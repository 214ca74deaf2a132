package fleet

import (
	"slices"
	"time"
)

// The methods below are what the cluster query language asks of an instance.

// Attribute is the value of an attribute, and whether the instance has it.
func (i *Instance) Attribute(name string) (string, bool) {
	v, ok := i.Attributes[name]
	return v, ok
}

// AgentConnected is agentConnected.
func (i *Instance) AgentConnected() bool { return i.Connected }

// AgentVersion is agentVersion: the release whose behaviour this model follows.
func (i *Instance) AgentVersion() string { return "1.105.1" }

// EC2InstanceID is ec2InstanceId. An instance has no other id than its name here.
func (i *Instance) EC2InstanceID() string { return i.Name }

// RegisteredAt is registeredAt.
func (i *Instance) RegisteredAt() time.Time { return i.RegisteredOn }

// RunningTasksCount counts the tasks with desired status RUNNING.
func (i *Instance) RunningTasksCount() int { return i.tasks }

// HostsTaskOfGroup reports whether a task of that group is here.
func (i *Instance) HostsTaskOfGroup(name string) bool {
	return slices.ContainsFunc(i.groups, func(c groupCount) bool { return c.group.Name == name })
}

// TaskGroups lists the groups of the tasks here, in order of name.
func (i *Instance) TaskGroups() []string {
	names := make([]string, len(i.groups))
	for k, c := range i.groups {
		names[k] = c.group.Name
	}
	slices.Sort(names)
	return names
}
