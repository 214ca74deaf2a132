package fleet

import "time"

// How long a group waits after launches that fail for lack of capacity. AWS says that it goes on trying and not how often:
// these are our choice (ECS rules, services 10, question 14).
const (
	firstLaunchDelay = time.Minute
	lastLaunchDelay  = 15 * time.Minute
)

// LaunchBackoff is the waiting time of a group in one place, be it a zone or a type in a zone: a minute after the first
// failure, twice that after each further one in a row, a quarter of an hour at most. The zero value waits for nothing.
type LaunchBackoff struct {
	delay, until time.Duration
}

// Failed notes a launch that failed, and returns when to try again.
func (b *LaunchBackoff) Failed(now time.Duration) time.Duration {
	if b.delay == 0 {
		b.delay = firstLaunchDelay
	} else {
		b.delay = min(2*b.delay, lastLaunchDelay)
	}
	b.until = now + b.delay
	return b.until
}

// Ready reports whether it is time to try again.
func (b *LaunchBackoff) Ready(now time.Duration) bool { return now >= b.until }

// Until is when to try again; 0 if nothing has failed.
func (b *LaunchBackoff) Until() time.Duration { return b.until }

// Reset forgets the failures: a launch succeeded.
func (b *LaunchBackoff) Reset() { *b = LaunchBackoff{} }
