package balance

// State of a target.
type State uint8

// The states of a target, as ELB's DescribeTargetHealth tells them.
const (
	Initial State = iota
	Healthy
	Unhealthy
	Draining
	Unused
	NumStates
)

// String spells the state as ELB does.
func (s State) String() string {
	return [NumStates]string{"initial", "healthy", "unhealthy", "draining", "unused"}[s]
}

// Reason is why a target is in its state, as ELB codes it: "Target.Timeout".
type Reason string
