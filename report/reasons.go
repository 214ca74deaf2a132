package report

import (
	"strings"

	"ecssim/model/balance"
	"ecssim/model/placement"
)

// Reasons of failures: those of placement, and more for tasks that were placed and failed to start, or could not become
// targets. The first four are limits; those from startError on are what an agent or Fargate calls its errors.
const (
	noAddress   = placement.Reason(placement.NumReasons)
	noHostPort  = noAddress + 1
	pullLimit   = noAddress + 2
	targetLimit = noAddress + 3
	startError  = noAddress + 4
	// targetDenied: ECS may not register the task's target.
	targetDenied = startError + numStartErrors
	numReasons   = placement.NumReasons + 5 + numStartErrors
	// launchRate is no failure: it delays a launch. It can be the first bottleneck.
	launchRate = placement.Reason(numReasons)

	noAddressIs  = "InsufficientFreeAddressesInSubnet" // EC2's error code for CreateNetworkInterface
	noHostPortIs = "HostPortUnavailable"               // of our own: ECS passes on what Docker says
	pullLimitIs  = "toomanyrequests"                   // a registry's error code
)

const numStartErrors = 14

// startErrors are the words with which ECS begins a stoppedReason. The last stands for all others.
var startErrors = [numStartErrors]string{
	"CannotPullContainerError", "CannotPullECRContainerError", "CannotPullContainerAuthError", "CannotPullImageManifestError",
	"ResourceInitializationError", "CannotCreateContainerError", "CannotStartContainerError", "ContainerRuntimeError",
	"DockerTimeoutError", "OutOfMemoryError", "InternalError", "Unexpected EC2 error",
	"Timeout waiting for network interface provisioning", "TaskFailedToStart",
}

// startErrorOf finds the reason behind the stoppedReason of a task that failed to start.
func startErrorOf(stoppedReason string) placement.Reason {
	for i, word := range startErrors {
		if strings.HasPrefix(stoppedReason, word) {
			return startError + placement.Reason(i)
		}
	}
	return startError + numStartErrors - 1
}

// limits says that something ran out: other reasons cannot be a bottleneck.
func limits(r placement.Reason) bool { return r < startError || r >= launchRate }

// reasonText is a reason as files and tables spell it.
func reasonText(r placement.Reason) string {
	switch r { //nolint:exhaustive // the others are those of placement
	case noAddress:
		return noAddressIs
	case noHostPort:
		return noHostPortIs
	case pullLimit:
		return pullLimitIs
	case targetLimit:
		return string(balance.TooManyTargets)
	case targetDenied:
		return string(balance.AccessDenied)
	case launchRate:
		return "Fargate launch rate"
	}
	if r > launchRate {
		return ceilings[r-launchRate-1].text
	}
	if r >= startError {
		return startErrors[r-startError]
	}
	return r.String()
}

// reasonResource is the limit behind a reason.
func reasonResource(r placement.Reason) string {
	switch r { //nolint:exhaustive // the others are those of placement
	case noAddress:
		return "ip"
	case noHostPort:
		return "ports"
	case pullLimit:
		return "pull_limit"
	case targetLimit:
		return "targets"
	case launchRate:
		return "fargate_launch_rate"
	}
	if r > launchRate {
		return ceilings[r-launchRate-1].resource
	}
	return r.Resource()
}
