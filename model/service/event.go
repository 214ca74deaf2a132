package service

// Event is a service event.
type Event struct {
	// Name is that of the EventBridge event, such as SERVICE_STEADY_STATE; empty where ECS has none.
	Name  string
	Level Level
	// Message is the text that DescribeServices shows.
	Message string
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
