package scaling

import "time"

// Metric is a CloudWatch metric that services scale on.
type Metric uint8

// The predefined metrics of target tracking (ECS rules, services 4.2).
const (
	// CPUUtilization is in percent of what the task definition reserves.
	CPUUtilization Metric = iota
	MemoryUtilization
	// ALBRequestCountPerTarget is in requests for each target and minute.
	ALBRequestCountPerTarget
	NumMetrics
)

// String is the name of the metric as CloudWatch spells it.
func (m Metric) String() string {
	return [NumMetrics]string{"CPUUtilization", "MemoryUtilization", "ALBRequestCountPerTarget"}[m]
}

// Periods of metrics.
const (
	Minute         = time.Minute
	HighResolution = 20 * time.Second
)

// Config is the scalable target of a service with its policies.
type Config struct {
	// Min and Max bound what scaling sets.
	Min, Max  int
	Policies  []Policy
	Schedule  []ScheduledAction
	Suspended Suspension
	// Predictive is nil without a predictive policy.
	Predictive *Predictive
}

// Suspension is SuspendedState.
type Suspension struct{ In, Out, Scheduled bool }

// Policy is a target tracking policy, or a step scaling policy with its alarm.
type Policy struct {
	Name   string
	Metric Metric
	// Period of the metric: Minute or HighResolution.
	Period time.Duration
	// Target is the target value of target tracking.
	Target float64
	// ScaleOutCooldown and ScaleInCooldown: 300 s each unless the policy says otherwise.
	ScaleOutCooldown, ScaleInCooldown time.Duration
	DisableScaleIn                    bool
	// Step makes it a step scaling policy; Target and the cooldowns above then mean nothing.
	Step *StepScaling
}

// StepScaling is a step scaling policy and the alarm that calls it.
type StepScaling struct {
	Alarm        AlarmConfig
	Adjustment   Adjustment
	Steps        []Step
	MinMagnitude int // of PercentChangeInCapacity; 0 is none
	Cooldown     time.Duration
}

// Adjustment is AdjustmentType.
type Adjustment uint8

// The adjustment types.
const (
	ChangeInCapacity Adjustment = iota
	ExactCapacity
	PercentChangeInCapacity
)

// String spells the type as AWS does.
func (a Adjustment) String() string {
	return [...]string{"ChangeInCapacity", "ExactCapacity", "PercentChangeInCapacity"}[a]
}

// Step is a StepAdjustment. The bounds are relative to the threshold of the alarm; -Inf and +Inf stand for null.
type Step struct {
	Lower, Upper float64
	Adjustment   float64
}

// Comparison is the ComparisonOperator of an alarm.
type Comparison uint8

// The operators.
const (
	GreaterThanThreshold Comparison = iota
	GreaterThanOrEqualToThreshold
	LessThanThreshold
	LessThanOrEqualToThreshold
)

// String spells the operator as AWS does.
func (c Comparison) String() string {
	return [...]string{
		"GreaterThanThreshold", "GreaterThanOrEqualToThreshold", "LessThanThreshold", "LessThanOrEqualToThreshold",
	}[c]
}

// AlarmConfig is a CloudWatch alarm on one metric.
type AlarmConfig struct {
	Comparison Comparison
	Threshold  float64
	// Periods is EvaluationPeriods; DatapointsToAlarm of them must breach, 0 means all.
	Periods, DatapointsToAlarm int
	Missing                    TreatMissing
}

// TreatMissing is TreatMissingData.
type TreatMissing uint8

// The treatments; missing is CloudWatch's default.
const (
	MissingIsMissing TreatMissing = iota
	MissingIsBreaching
	MissingIsNotBreaching
	MissingIsIgnored
)

// String spells the treatment as AWS does.
func (t TreatMissing) String() string {
	return [...]string{"missing", "breaching", "notBreaching", "ignore"}[t]
}

// ScheduledAction sets new bounds at instants.
type ScheduledAction struct {
	Name string
	// At are the instants, in order; the reader has unrolled cron and rate.
	At []time.Duration
	// Min and Max are the new bounds; negative keeps one.
	Min, Max int
}

// Predictive is a predictive scaling policy.
type Predictive struct {
	// Metric is what is forecast, for a target of so much.
	Metric Metric
	Target float64
	// Scale: the mode is ForecastAndScale, and not ForecastOnly.
	Scale bool
	// Buffer is SchedulingBufferTime: how much earlier than the hour it launches. 300 s unless the policy says otherwise.
	Buffer time.Duration
	// IncreaseMax lets a forecast go beyond the maximum by MaxBuffer percent; otherwise it is honoured.
	IncreaseMax bool
	MaxBuffer   float64
}

// ManagedConfig is the managedScaling of a capacity provider.
type ManagedConfig struct {
	// TargetCapacity is in percent, 1 to 100.
	TargetCapacity float64
	// MinStep and MaxStep bound a scale-out.
	MinStep, MaxStep int
	// Warmup is instanceWarmupPeriod.
	Warmup time.Duration
	// IdleAtZero lets a group without instances and tasks follow the formula for target capacities below 100, which starts
	// an idle instance. AWS's documents do not say that it does (ECS rules, services 10, question 5).
	IdleAtZero bool
}

// Managed scaling's defaults (API reference, ManagedScaling).
const (
	DefaultTargetCapacity = 100
	DefaultMinStep        = 1
	DefaultMaxStep        = 10_000
	DefaultWarmup         = 300 * time.Second
)

// DefaultCooldown is that of service policies (ECS rules, services 4.2, 4.3).
const DefaultCooldown = 300 * time.Second
