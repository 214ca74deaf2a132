package service

import (
	"iter"
	"maps"
	"time"
)

// Entry is an event and when it happened.
type Entry struct {
	At time.Duration
	Event
}

// What DescribeServices shows (ECS rules, services 2.1; ECS rules, placement 1.4).
const (
	logSize = 100
	// RepeatsAfter is how long the same message of a cause that lasts is suppressed.
	RepeatsAfter = 6 * time.Hour
)

// Log is the list of events of one service: the newest hundred, and of a cause that lasts the same message once in six
// hours. The zero Log is ready.
type Log struct {
	entries []Entry // a ring once it is full
	oldest  int
	// said is when each message was last kept, for the causes that are not resolved.
	said [numCauses]map[string]time.Duration
}

// Add keeps an event, and reports whether it did.
func (l *Log) Add(now time.Duration, e Event) bool {
	if e.Cause != Passing {
		said := l.said[e.Cause]
		if at, ok := said[e.Message]; ok && now < at+RepeatsAfter {
			return false
		}
		if said == nil {
			said = map[string]time.Duration{}
			l.said[e.Cause] = said
		}
		maps.DeleteFunc(said, func(_ string, at time.Duration) bool { return now >= at+RepeatsAfter })
		said[e.Message] = now
	}
	if len(l.entries) < logSize {
		l.entries = append(l.entries, Entry{now, e})
		return true
	}
	l.entries[l.oldest] = Entry{now, e}
	l.oldest = (l.oldest + 1) % logSize
	return true
}

// Resolve ends a cause: its next message is kept, even if it is the same.
func (l *Log) Resolve(c Cause) { l.said[c] = nil }

// All yields the entries, the oldest first.
func (l *Log) All() iter.Seq[Entry] {
	return func(yield func(Entry) bool) {
		for k := range l.entries {
			if !yield(l.entries[(l.oldest+k)%len(l.entries)]) {
				return
			}
		}
	}
}
