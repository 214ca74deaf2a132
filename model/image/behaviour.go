package image

// Remote reports whether the agent asks the registry before it starts a container. The asking is what a registry
// counts against its limit, so a cached image costs `default` and `always` one pull as well.
//
// ECS rules, services 1.6. pulledBefore is a pull of this image that succeeded on this instance and was not cleaned up
// since. It is not the same as cached: `once` pulls an image that came with the AMI, `prefer-cached` does not
// (aws/amazon-ecs-agent, agent/engine/docker_task_engine.go, imagePullRequired).
func Remote(b Behaviour, cached, pulledBefore bool) (ask bool) {
	switch b {
	case Once:
		return !pulledBefore
	case PreferCached:
		return !cached
	default:
		return true
	}
}

// FallsBack reports whether a container starts from the cached image although the registry was asked in vain. Only
// `default` does, assuming that the image has not changed.
func FallsBack(b Behaviour, cached bool) bool {
	return b == Default && cached
}

// CleansUp reports whether the agent removes images that are not used: all behaviours but `prefer-cached`.
func CleansUp(b Behaviour) bool { return b != PreferCached }
