package containers

// Health is the health status of a task or container.
type Health uint8

// The health statuses of ECS.
const (
	Unknown Health = iota
	Healthy
	Unhealthy
)

// String spells the health status as ECS does.
func (h Health) String() string { return [...]string{"UNKNOWN", "HEALTHY", "UNHEALTHY"}[h] }
