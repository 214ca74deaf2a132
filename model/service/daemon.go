package service

// Seat is a container instance as a service with the strategy DAEMON sees it.
type Seat struct {
	// Matching: it satisfies the placement constraints.
	Matching bool
	// Active: its status is ACTIVE; an instance that is DRAINING is not.
	Active bool
	// Occupied: tasks of replica services are still there.
	Occupied bool
	HasTask  bool
}

// Daemons lists the instances on which a task of the service has to start and those whose task has to stop (ECS rules,
// placement 2.7): one task on each ACTIVE instance that matches, the first to start and the last to stop. So the task
// of an instance that drains stays until the replica tasks have left; where the constraint no longer holds it goes at
// once. desired is the service's desired count.
func Daemons(all []Seat) (desired int, start, stop []int) {
	for k, s := range all {
		if s.Matching && s.Active {
			desired++
		}
		switch {
		case s.Matching && s.Active && !s.HasTask:
			start = append(start, k)
		case s.HasTask && !s.Matching, s.HasTask && !s.Active && !s.Occupied:
			stop = append(stop, k)
		}
	}
	return desired, start, stop
}
