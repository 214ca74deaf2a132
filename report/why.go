package report

import (
	"fmt"
	"strings"

	"ecssim/model"
	"ecssim/model/balance"
	"ecssim/model/placement"
)

// why says in a few words what keeps or kept the owner's tasks from running.
func why(o *owner, rec *OwnerRecord) string {
	if o.awaits != "" && rec.Waiting > 0 {
		return "waits for capacity of " + o.awaits
	}
	if k := &o.lastRefusal; k.reason != placement.Fits && (rec.Waiting > 0 || rec.Refused > 0) {
		return k.why()
	}
	for _, look := range []func() string{rec.rolledBack, rec.unserved, rec.worst, rec.deniedCalls, rec.restless} {
		if text := look(); text != "" {
			return text
		}
	}
	return ""
}

// unserved: tasks run, and none of them gets a request, or some never will.
func (o *OwnerRecord) unserved() string {
	v := o.Serving
	if v == nil || !v.HasTargets || o.Running == 0 {
		return ""
	}
	if v.Healthy < min(o.Running, o.Desired) {
		for _, c := range o.Reasons {
			if c.Reason == targetDenied || c.Reason == targetLimit {
				return notRegisteredIs + reasonText(c.Reason)
			}
		}
	}
	if v.Targets[balance.Healthy] > 0 || o.Unhealthy > 0 {
		return ""
	}
	var parts []string
	for _, state := range []balance.State{balance.Unhealthy, balance.Initial} {
		if n := v.Targets[state]; n > 0 {
			parts = append(parts, fmt.Sprintf("%s %s", thousands(n), state))
		}
	}
	switch {
	case len(parts) == 0:
		return "no healthy target: none is registered"
	case v.TargetReason != "" && v.Targets[balance.Unhealthy] > 0:
		return fmt.Sprintf("no healthy target: %s, %s", strings.Join(parts, ", "), v.TargetReason)
	}
	return "no healthy target: " + strings.Join(parts, ", ")
}

// notRegisteredIs begins a WHY that ends with the error of RegisterTargets.
const notRegisteredIs = "targets are not registered: "

// deniedCalls: calls denied: AccessDenied, 4 tasks.
func (o *OwnerRecord) deniedCalls() string {
	if o.Denied == 0 {
		return ""
	}
	reason := o.DeniedReason
	if strings.HasPrefix(reason, accessDenied) {
		reason = accessDenied
	}
	return fmt.Sprintf("calls denied: %s, %s", reason, tasks(o.Denied))
}

// accessDenied begins what AWS says to callers that may not call.
const accessDenied = "AccessDenied"

// worst is the reason that failed most often, in few words; empty without one.
func (o *OwnerRecord) worst() string {
	var worst ReasonCount
	for _, c := range o.Reasons {
		if c.Count > worst.Count {
			worst = c
		}
	}
	word := shortReason(worst.Reason)
	switch {
	case worst.Count == 0 && o.Throttled > 0 && o.Unhealthy == 0:
		return shortReason(launchRate)
	case o.Unhealthy > worst.Count:
		return o.stopsLike("Task failed ")
	case worst.Count == 0:
		return ""
	case worst.Reason >= noAddress:
		return o.noStartWhy(worst.Reason, word)
	case worst.Count == 1:
		return word + ", once"
	}
	return fmt.Sprintf("%s, %s times", word, thousands(worst.Count))
}

// noStartWhy is the reason of tasks that were placed and failed to start, or are no targets. How often is in the column
// FAILED, or in the sentence.
func (o *OwnerRecord) noStartWhy(reason placement.Reason, word string) string {
	switch {
	case reason == targetDenied || reason == targetLimit:
		return notRegisteredIs + word
	case reason == startError+numStartErrors-1:
		return o.otherStart(word)
	case reason >= startError:
		return o.stopsLike(word)
	}
	return word
}

// rolledBack: "circuit breaker: rolled back to revision 1". It speaks of the last deployment that failed.
func (o *OwnerRecord) rolledBack() string {
	if o.Serving == nil {
		return ""
	}
	var failed, primary *DeploymentRecord
	for i := range o.Serving.Deployments {
		d := &o.Serving.Deployments[i]
		if d.Rollout == model.RolloutFailed && (failed == nil || d.Ended >= failed.Ended) {
			failed = d
		}
		if d.Status == model.PrimaryDeployment {
			primary = d
		}
	}
	if failed == nil {
		return ""
	}
	cause := "circuit breaker" // nothing else makes a deployment fail
	if strings.Contains(strings.ToLower(failed.Reason), "alarm") {
		cause = "alarm"
	}
	switch {
	case primary != nil && primary.Number < failed.Number:
		return fmt.Sprintf("%s: rolled back to revision %d", cause, primary.Revision)
	case primary == failed:
		return fmt.Sprintf("%s: revision %d failed", cause, failed.Revision)
	}
	return "" // a newer deployment has taken its place
}

// restless says why tasks come and go, or why nothing moves; empty if all is well.
func (o *OwnerRecord) restless() string {
	if o.Serving == nil {
		return ""
	}
	for i := len(o.Serving.Events) - 1; i >= 0; i-- {
		if _, text, found := strings.Cut(o.Serving.Events[i].Message, stuck); found {
			return stuck + text
		}
	}
	for _, s := range o.Stops {
		if s.Code == model.EssentialContainerExited {
			return withCount(s)
		}
	}
	return ""
}

// stuck is how ECS says that the bounds of a deployment leave no room to move.
const stuck = "unable to stop or start tasks during a deployment"

// stopsLike is the most frequent reason of stops that begins so: Task failed ELB health checks (24 times).
func (o *OwnerRecord) stopsLike(beginning string) string {
	for _, s := range o.Stops {
		if strings.HasPrefix(s.Reason, beginning) {
			return withCount(s)
		}
	}
	return beginning
}

// otherStart is the most frequent reason of failed starts that does not begin with a known word.
func (o *OwnerRecord) otherStart(word string) string {
	for _, s := range o.Stops {
		if s.Code == model.TaskFailedToStart && s.Reason != "" && startErrorOf(s.Reason) == startError+numStartErrors-1 {
			return withCount(s)
		}
	}
	return word
}

func withCount(s StopReason) string {
	if s.Count == 1 {
		return s.Reason
	}
	return fmt.Sprintf("%s (%s times)", s.Reason, thousands(s.Count))
}

// why: "RESOURCE:ENI on 3 of 3 instances". Where the reasons differ, all are told in the order of the tests, with words
// that are short enough: "memory on 2, memberOf on 4 of 6 instances".
func (k *refusal) why() string {
	switch k.dominant { //nolint:exhaustive // these concern no instance
	case placement.NoInstances:
		if k.stranded > 0 {
			return "no instance registered: container instance role"
		}
		return shortReason(k.dominant)
	case placement.Missing, placement.Inactive, placement.FargateVCPUQuota, placement.FargateCapacity, placement.ProvisioningLimit:
		return shortReason(k.dominant)
	}
	if k.named != "" {
		return shortReason(k.dominant) + " on " + k.named
	}
	var parts []string
	for reason, n := range k.by {
		if n > 0 {
			parts = append(parts, fmt.Sprintf("%s on %d", shorterReason(placement.Reason(reason)), n))
		}
	}
	if len(parts) < 2 {
		parts = []string{fmt.Sprintf("%s on %d", shortReason(k.dominant), k.by[k.dominant])}
	}
	return fmt.Sprintf("%s of %d instances", strings.Join(parts, ", "), k.instances)
}

// shortReason is a reason for a narrow column.
func shortReason(r placement.Reason) string {
	switch r { //nolint:exhaustive // the others are short
	case placement.NoInstances:
		return "empty cluster"
	case placement.MemberOf:
		return "memberOf"
	case placement.DistinctInstance:
		return "distinctInstance"
	case placement.MaxTasksPerInstance:
		return "max_tasks_per_instance"
	case placement.FargateVCPUQuota:
		return "Fargate vCPU quota"
	case placement.ProvisioningLimit:
		return "PROVISIONING limit"
	case placement.OtherProvider:
		return "other capacity provider"
	case noAddress:
		return "no free address"
	case noHostPort:
		return "no free host port"
	case pullLimit:
		return "pull limit of the registry"
	}
	return reasonText(r)
}

// shorterReason is a reason beside others: memory, ENI, memberOf.
func shorterReason(r placement.Reason) string {
	text, resource := strings.CutPrefix(shortReason(r), "RESOURCE:")
	switch {
	case r == placement.NoENI || r == placement.NoGPU:
	case resource || r == placement.Agent || r == placement.Location || r == placement.Attribute:
		return strings.ToLower(text)
	}
	return text
}

// fitWhy makes a WHY as short as a column needs: first it no longer says how often, then it leaves out what a reader
// can do without.
func fitWhy(s string, width int) string {
	if length(s) <= width {
		return s
	}
	if at := strings.LastIndex(s, ", "); at > 0 && (strings.HasSuffix(s, " times") || strings.HasSuffix(s, " tasks")) {
		s = s[:at]
	}
	if at := strings.LastIndex(s, " ("); at > 0 && strings.HasSuffix(s, " times)") && length(s) > width {
		// How often matters more than the end of the sentence.
		if count := s[at:]; width > 2*length(count) {
			return cut(s[:at], width-length(count)) + count
		}
	}
	if length(s) > width {
		s = strings.ReplaceAll(s, "container instance role", "instance role")
		s = strings.TrimPrefix(strings.ReplaceAll(s, " on ", " "), "Fargate ")
	}
	return cut(s, width)
}
