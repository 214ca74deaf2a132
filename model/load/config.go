package load

import "time"

// Step is the demand from an instant on, until the next step.
type Step struct {
	At time.Duration
	// Rate is in units a second, finite and not negative.
	Rate float64
}

// Curve yields the steps of a demand, one by one, in order of time. Before the first the rate is 0; after the last it
// stays what it was.
type Curve interface {
	Next() (Step, bool)
}

// Profile is what load does to the tasks of a service.
type Profile struct {
	// CPUBase is what an idle task uses, CPUPerUnit what each unit a second adds, in CPU units (1024 are one vCPU).
	CPUBase, CPUPerUnit float64
	// MemoryBase is what an idle task uses, MemoryPerUnit what each unit a second that it serves adds, in MiB.
	MemoryBase, MemoryPerUnit float64
	// ServiceTime is how long one unit takes on a task that does nothing else, for the estimate of the latency.
	ServiceTime time.Duration
	// Timeout is how long a unit waits at most before it is given up. 0: nothing waits, what is too much is dropped.
	Timeout time.Duration
	Routing Routing
}

// Routing is the algorithm of the target group.
type Routing uint8

// The algorithms of Application Load Balancers (ELB user guide, "Routing algorithms").
const (
	// RoundRobin gives every target the same share, whatever it can do.
	RoundRobin Routing = iota
	// LeastOutstanding gives to whoever has the least to do, so that no target is overloaded before all are.
	LeastOutstanding
)

// String spells the algorithm as load_balancing.algorithm.type does.
func (r Routing) String() string { return [...]string{"round_robin", "least_outstanding_requests"}[r] }

// Class is a number of targets alike.
type Class struct {
	Targets int
	// CPU is what each of them can use at most, in CPU units.
	CPU float64
}
