package report

import (
	"fmt"
	"strings"

	"ecssim/model/placement"
)

// why says in a few words what keeps or kept the owner's tasks from running.
func why(o *owner, rec *OwnerRecord) string {
	if k := &o.lastRefusal; k.reason != placement.Fits && (rec.Waiting > 0 || rec.Refused > 0) {
		return k.why()
	}
	var worst ReasonCount
	for _, c := range rec.Reasons {
		if c.Count > worst.Count {
			worst = c
		}
	}
	word := shortReason(worst.Reason)
	switch {
	case worst.Count == 0 && rec.Throttled > 0:
		return shortReason(launchRate)
	case worst.Count == 0:
		return ""
	case worst.Reason == noAddress || worst.Reason == noHostPort:
		return word // how often is in the column FAILED
	case worst.Count == 1:
		return word + ", once"
	}
	return fmt.Sprintf("%s, %s times", word, thousands(worst.Count))
}

// why: "RESOURCE:ENI on 3 of 3 instances". Where the reasons differ, all are told in the order of the tests, with words
// that are short enough: "memory on 2, memberOf on 4 of 6 instances".
func (k *refusal) why() string {
	switch k.dominant { //nolint:exhaustive // these concern no instance
	case placement.NoInstances, placement.Missing, placement.Inactive, placement.FargateVCPUQuota, placement.FargateCapacity:
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
	case noAddress:
		return "no free address"
	case noHostPort:
		return "no free host port"
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
	if at := strings.LastIndex(s, ", "); at > 0 && strings.HasSuffix(s, " times") {
		s = s[:at]
	}
	if length(s) > width {
		s = strings.TrimPrefix(strings.ReplaceAll(s, " on ", " "), "Fargate ")
	}
	return cut(s, width)
}
