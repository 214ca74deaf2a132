package taskdef

import "time"

// Condition is what a container waits for in another one (dependsOn).
type Condition string

// The conditions of dependsOn.
const (
	WhenStarted  Condition = "START"
	WhenComplete Condition = "COMPLETE"
	WhenSuccess  Condition = "SUCCESS"
	WhenHealthy  Condition = "HEALTHY"
)

// Dependency makes a container wait for another one.
type Dependency struct {
	Container string
	Condition Condition
}

// HealthCheck is a container health check with its defaults filled in.
type HealthCheck struct {
	Interval, Timeout, StartPeriod time.Duration
	Retries                        int
}

// Defaults of a container health check (API reference, HealthCheck).
const (
	DefaultHealthInterval = 30 * time.Second
	DefaultHealthTimeout  = 5 * time.Second
	DefaultHealthRetries  = 3
)

// RestartPolicy restarts a container in place, without a new task.
type RestartPolicy struct {
	// AttemptPeriod is how long a container must have run to be restarted.
	AttemptPeriod time.Duration
	// IgnoredExitCodes do not restart it.
	IgnoredExitCodes []int
}

// DefaultAttemptPeriod and DefaultStopTimeout are ECS's (API reference, ContainerRestartPolicy, ContainerDefinition).
const (
	DefaultAttemptPeriod = 300 * time.Second
	DefaultStopTimeout   = 30 * time.Second
)
