package service

import "time"

// Scheduling is schedulingStrategy.
type Scheduling uint8

// The two scheduling strategies.
const (
	Replica Scheduling = iota
	Daemon
)

// Strategy is deploymentConfiguration.strategy.
type Strategy uint8

// The deployment strategies of the controller ECS.
const (
	Rolling Strategy = iota
	BlueGreen
	Linear
	Canary
)

var strategies = [...]string{Rolling: "ROLLING", BlueGreen: "BLUE_GREEN", Linear: "LINEAR", Canary: "CANARY"}

// String spells the strategy as the API does.
func (s Strategy) String() string { return strategies[s] }

// DeploymentConfiguration is how a service replaces its tasks.
type DeploymentConfiguration struct {
	Strategy Strategy
	// MinimumHealthyPercent and MaximumPercent bound a rolling update; 100 and 200 by default, 0 and 100 for daemons. Both
	// 0 stand for the default.
	MinimumHealthyPercent, MaximumPercent int
	Breaker                               BreakerConfiguration
	Alarms                                AlarmConfiguration
	// BakeTime is bakeTimeInMinutes: both revisions run after all production traffic has moved.
	BakeTime time.Duration
	// StepPercent and StepBakeTime are of LINEAR, CanaryPercent and CanaryBakeTime of CANARY.
	StepPercent    float64
	StepBakeTime   time.Duration
	CanaryPercent  float64
	CanaryBakeTime time.Duration
}

// ThresholdType is thresholdConfiguration.type of the circuit breaker.
type ThresholdType uint8

// The three types.
const (
	BoundedPercent ThresholdType = iota
	UnboundedPercent
	Count
)

// BreakerConfiguration is deploymentCircuitBreaker.
type BreakerConfiguration struct {
	Enable, Rollback   bool
	ResetOnHealthyTask bool // true by default
	Threshold          ThresholdType
	Value              int // 50 by default
}

// AlarmConfiguration is deploymentConfiguration.alarms.
type AlarmConfiguration struct {
	Enable, Rollback bool
	// Alarms are indexes into the scenario's alarms.
	Alarms []int
	// BakeTime is how long the alarms are watched after the last task was replaced. ECS derives it from the alarms by
	// a formula that is not published.
	BakeTime time.Duration
}
