package balance

import "time"

// Answer is what a probe meets.
type Answer uint8

// What a probe may meet.
const (
	OK        Answer = iota
	Refused          // nobody listens: the connection is refused, which is known at once
	Timeout          // the packets are dropped, or the application accepts and says nothing
	WrongCode        // the application answers with a code that the matcher does not accept
)

// The reason codes that come up here; a healthy target has none (API reference, TargetHealth).
const (
	InitialHealthChecking    Reason = "Elb.InitialHealthChecking"
	TimedOut                 Reason = "Target.Timeout"
	FailedHealthChecks       Reason = "Target.FailedHealthChecks"
	ResponseCodeMismatch     Reason = "Target.ResponseCodeMismatch"
	NotInUse                 Reason = "Target.NotInUse"
	NotRegistered            Reason = "Target.NotRegistered"
	DeregistrationInProgress Reason = "Target.DeregistrationInProgress"
	// TooManyTargets and AccessDenied are errors of RegisterTargets: there is no target then.
	TooManyTargets Reason = "TooManyTargets"
	AccessDenied   Reason = "AccessDenied"
)

// Description is the text to a reason code, which ECS puts into its service events (ECS rules, services 5.3).
func (r Reason) Description() string {
	switch r { //nolint:exhaustive // the others are no reasons of targets
	case InitialHealthChecking:
		return "Initial health checks in progress"
	case TimedOut:
		return "Request timed out"
	case FailedHealthChecks:
		return "Health checks failed"
	case ResponseCodeMismatch:
		return "Health checks failed with these codes"
	case NotInUse:
		return "Target is in an Availability Zone that is not enabled for the load balancer"
	case NotRegistered:
		return "Target is not registered to the target group"
	case DeregistrationInProgress:
		return "Target deregistration is in progress"
	}
	return ""
}

// Meets is what a probe meets that is sent at an instant: nothing if the path is blocked, else an application that
// answers from readyAt on and stops at failsAt. Negative instants never come.
func Meets(sent, readyAt, failsAt time.Duration, blocked bool) Answer {
	switch {
	case blocked:
		return Timeout
	case readyAt < 0 || sent < readyAt || failsAt >= 0 && sent >= failsAt:
		return Refused
	}
	return OK
}

// Why is the reason of a state that Forecast announced. Network Load Balancers have one reason for all failures.
func (g *Group) Why(to State, blocked bool) Reason {
	switch {
	case to != Unhealthy:
		return ""
	case blocked:
		return g.reason(Timeout)
	}
	return g.reason(Refused)
}

// reason is what a target that is unhealthy through such answers reports (API reference, TargetHealth).
func (g *Group) reason(answer Answer) Reason {
	switch {
	case answer == Timeout && g.balancer.config.Type == Application:
		return TimedOut
	case answer == WrongCode && g.balancer.config.Type == Application:
		return ResponseCodeMismatch
	}
	return FailedHealthChecks
}
