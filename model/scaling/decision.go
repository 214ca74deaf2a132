package scaling

import "time"

// Decision is a decision about a desired count or a desired capacity, or one that something blocked.
type Decision struct {
	// Policy is the name of the policy or scheduled action, or "managed scaling".
	Policy string
	// Metric is the name of the metric in CloudWatch, empty for scheduled actions. Value is its value and Target what it is
	// held against: the target value, or the threshold of the alarm.
	Metric        string
	Value, Target float64
	// Formula is the calculation with its numbers: "ceil(4 × 100 / 50) = 8".
	Formula string
	// From and To are the desired count before and after; equal where something blocked the change, and Wanted is then
	// what the formula asks for.
	From, To, Wanted int
	Blocked          Block
	// Until is when the block ends, or the cooldown that the decision begins; negative if no time does.
	Until time.Duration
	// Breached is when the first of the periods began that made the alarm, Alarmed when it went to ALARM; negative without.
	Breached, Alarmed time.Duration
}

// Changes reports whether the decision changes anything.
func (d *Decision) Changes() bool { return d.From != d.To }

// Block is what keeps a decision from being carried out as the formula has it.
type Block uint8

// The blocks.
const (
	NotBlocked Block = iota
	// InCooldown: a cooldown goes on.
	InCooldown
	// InDeployment: no scale-in during a deployment.
	InDeployment
	// AtMaximum and AtMinimum: the bound keeps all or part of the change.
	AtMaximum
	AtMinimum
	// IsSuspended: scaling into this direction is suspended.
	IsSuspended
	// OtherPolicy: another policy does not want to scale in.
	OtherPolicy
	// WarmingUp: instances of the last scale-out are not warmed up.
	WarmingUp
	// AfterScaleOut: the 15 minutes after a scale-out in which there is no scale-in.
	AfterScaleOut
	// AllProtected: every instance that could go is protected.
	AllProtected
	// OnlyForecast: the mode of predictive scaling is ForecastOnly.
	OnlyForecast
	// NoRole: the role is missing with which Application Auto Scaling, or ECS, would scale.
	NoRole
	NumBlocks
)

// String says it in a few words.
func (b Block) String() string {
	return [NumBlocks]string{
		"", "cooldown", "deployment in progress", "maximum capacity", "minimum capacity", "suspended",
		"another policy does not scale in", "instance warm-up", "15 minutes after a scale-out", "instances are protected from scale-in",
		"forecast only", "the role for scaling is missing",
	}[b]
}
