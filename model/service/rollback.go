package service

// RollbackTarget is the deployment to go back to when the last of all, the oldest first, has failed: the most recent
// one whose rolloutState is COMPLETED (ECS rules, services 2.6). It becomes IN_PROGRESS, and so is no target itself
// until it has completed again. Without a target the service stalls: nothing is launched until the user deploys anew.
func RollbackTarget(completed []bool) (index int, ok bool) {
	for k := len(completed) - 2; k >= 0; k-- {
		if completed[k] {
			return k, true
		}
	}
	return -1, false
}
