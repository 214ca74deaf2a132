package report

import (
	"cmp"
	"regexp"
	"slices"
	"strings"
	"time"

	"ecssim/model"
)

// StopReason counts the tasks that stopped for one reason. Reason is ECS's stoppedReason with … for the names of tasks,
// instances and deployments; empty for tasks that stopped without one.
type StopReason struct {
	Code   model.StopCode
	Reason string
	Count  int64
	First  time.Duration
}

// Bounds on the reasons that are told apart.
const (
	maxStopReasons = 64
	recentStops    = 8
)

// stopTally counts stops by reason. The texts that came last are known as they are, so most stops cost a comparison.
type stopTally struct {
	recent [recentStops]struct {
		code   model.StopCode
		reason string
		group  int
	}
	used, next int
	groups     []StopReason
}

func (s *stopTally) count(now time.Duration, code model.StopCode, reason string) {
	for i := range s.recent[:s.used] {
		if r := &s.recent[i]; r.code == code && r.reason == reason {
			s.groups[r.group].Count++
			return
		}
	}
	group := s.group(now, code, withoutNames(reason))
	s.groups[group].Count++
	r := &s.recent[s.next]
	r.code, r.reason, r.group = code, reason, group
	s.next = (s.next + 1) % recentStops
	s.used = max(s.used, min(s.used+1, recentStops))
}

// group finds or makes the row of a reason; what is too much goes to the last one.
func (s *stopTally) group(now time.Duration, code model.StopCode, reason string) int {
	at := slices.IndexFunc(s.groups, func(g StopReason) bool { return g.Code == code && g.Reason == reason })
	switch {
	case at >= 0:
		return at
	case len(s.groups) == maxStopReasons:
		return maxStopReasons - 1
	case len(s.groups) == maxStopReasons-1:
		code, reason = model.NotStopped, "other reasons"
	}
	s.groups = append(s.groups, StopReason{Code: code, Reason: reason, First: now})
	return len(s.groups) - 1
}

// sorted are the reasons, the most frequent first.
func (s *stopTally) sorted() []StopReason {
	rows := slices.Clone(s.groups)
	slices.SortStableFunc(rows, func(a, b StopReason) int { return cmp.Compare(b.Count, a.Count) })
	return rows
}

var (
	// someone is a name that a sentence gives in parentheses; numbered is NAME/7, ecs-svc/0123 or 0x1f4a9c77.
	someone  = regexp.MustCompile(`\((instance|deployment|task|container|taskSet|task-set) [^()]*\)`)
	numbered = regexp.MustCompile(`\b[A-Za-z][\w.-]*/[0-9]+\b|\b(?:i|eni|task)-[0-9a-f]+\b|\b[0-9a-f]*[0-9][0-9a-f]{11,}\b`)
	address  = regexp.MustCompile(`\b\d{1,3}(?:\.\d{1,3}){3}(?::\d+)?\b`)
)

// withoutNames replaces what differs from task to task.
func withoutNames(reason string) string {
	reason = someone.ReplaceAllString(reason, "($1 …)")
	reason = numbered.ReplaceAllString(reason, "…")
	return address.ReplaceAllString(reason, "…")
}

// failedHealth says that the service scheduler replaces a task because it is unhealthy.
func failedHealth(t *model.Task) bool {
	return t.StopCode == model.ServiceSchedulerInitiated && strings.HasPrefix(t.StoppedReason, "Task failed ") &&
		strings.Contains(t.StoppedReason, " health checks")
}
