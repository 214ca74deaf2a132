package containers

import "fmt"

// cause is why a task ended by itself.
type cause uint8

const (
	essentialExited cause = iota
	timedOut              // culprit did not reach in time what victim waits for
	unsuccessful          // culprit exited, but not with 0 as victim needs it
	neverHealthy          // culprit exited before victim saw it healthy
	unresolvable
)

// Ending is why a task ended by itself.
type Ending struct {
	// Container is the one that exited, or that others waited for in vain; ExitCode is its, 0 if it has not exited.
	Container string
	ExitCode  int
	// BeforeRunning: not every essential container had started.
	BeforeRunning bool
	// Name is EssentialContainerExited or the agent's TaskDependencyError; Reason is stoppedReason.
	Name, Reason string
}

// The names of an Ending.
const (
	EssentialContainerExited = "EssentialContainerExited"
	TaskDependencyError      = "TaskDependencyError"
)

// EssentialExited is stoppedReason where an essential container ended.
const EssentialExited = "Essential container in task exited"

// end notes why the task ends by itself and begins to stop it. What happens while it stops ends it no more.
func (s *Set) end(why cause, culprit, victim int) {
	if s.stopping {
		return
	}
	s.cause, s.culprit, s.victim = why, int32(culprit), int32(victim)
	s.ended, s.stopping, s.beforeRunning = true, true, !s.running
}

// Ended tells whether the task ended by itself, and why. The containers that still run then have SIGTERM in their turn:
// Stopped follows.
func (s *Set) Ended() (Ending, bool) {
	if !s.ended {
		return Ending{}, false
	}
	culprit, victim := &s.list[s.culprit], s.list[s.victim].def.Name
	e := Ending{Container: culprit.def.Name, Name: TaskDependencyError, BeforeRunning: s.beforeRunning}
	const graph = TaskDependencyError + ": dependency graph: "
	const unresolved = graph + "failed to resolve container ordering dependency [%s] for target [%s] as dependency "
	switch s.cause {
	case essentialExited:
		e.Name, e.Reason = EssentialContainerExited, EssentialExited
		e.ExitCode = culprit.code
	case timedOut:
		e.Reason = fmt.Sprintf(graph+"container ordering dependency [%s] for target [%s] has timed out", e.Container, victim)
	case unsuccessful:
		e.ExitCode = culprit.code
		e.Reason = fmt.Sprintf(unresolved+"did not exit successfully", e.Container, victim)
	case neverHealthy:
		e.ExitCode = culprit.code
		e.Reason = fmt.Sprintf(unresolved+"exited before it was healthy", e.Container, victim)
	case unresolvable:
		e.Reason = TaskDependencyError + ": Task dependencies cannot be resolved: " + e.Container
	}
	return e, true
}
