package service

// Event is a service event.
type Event struct {
	// Name is that of the EventBridge event, such as SERVICE_STEADY_STATE; empty where ECS has none.
	Name  string
	Level Level
	// Message is the text that DescribeServices shows.
	Message string
	// Cause is what the event complains of. A Log keeps the message from coming again until that is resolved.
	Cause Cause
}

// Level is the eventType of an event.
type Level uint8

// The levels.
const (
	Info Level = iota
	Warn
	Error
)

// String spells the level as EventBridge does.
func (l Level) String() string { return [...]string{"INFO", "WARN", "ERROR"}[l] }

// Cause is a state of affairs that lasts. As long as it does, ECS says so once in six hours.
type Cause uint8

// The causes, and what resolves each.
const (
	Passing        Cause = iota // something that happened; never suppressed
	Steady                      // until something starts, stops or fails
	Unplaced                    // until a task is placed
	StartImpaired               // until a task is RUNNING or the task definition is new
	Throttled                   // until the call goes through
	DeploymentHeld              // stuck, blocked or unable to launch: until the deployment moves on or ends
	Unhealthy                   // until the task is gone
	RebalanceHeld               // until a rebalancing task is placed or stopped
	numCauses
)
