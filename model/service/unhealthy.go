package service

// Replace decides about tasks that failed their health checks, outside of a deployment (ECS rules, services 2.5): c
// counts all tasks, and of c.Live so many are unhealthy. Replacements start first if the upper bound leaves room, and
// as they become healthy the unhealthy ones are stopped; a replacement that turns out unhealthy as well is one too
// many. Without room unhealthy tasks are stopped one at a time. They do not count towards the lower bound, so it does
// not hold them.
//
// All of this is the caller's to repeat after every change; a replacement has the revision of the task it replaces.
func Replace(desired, upper int, c Counts, unhealthy int) (start, stop int) {
	sound := c.Live - unhealthy
	start = max(0, min(desired-sound, upper-c.Live-c.Leaving))
	starting := sound - c.Healthy
	stop = max(0, min(unhealthy, c.Live-desired-starting))
	if start == 0 && stop == 0 && unhealthy > 0 && starting == 0 && c.Leaving == 0 {
		stop = 1
	}
	return start, stop
}
