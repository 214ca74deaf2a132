package placement

import "ecssim/model/fleet"

// Refusal says why a task found no place.
type Refusal struct {
	// Reason is the one that stands for the whole refusal: that of the closest match.
	Reason Reason
	// ByReason counts the instances that each reason excluded. Without an instance (Fargate, an empty cluster) the
	// one reason counts 1.
	ByReason [NumReasons]int32
	// Closest is the instance that passed the most tests, ties going to the least that was missing and then to the
	// one that registered first; nil without instances. AWS does not publish its own rule.
	Closest *fleet.Instance
}

// Dominant is the reason that excluded the most instances; of equals the one tested first.
func (r *Refusal) Dominant() Reason {
	best := r.Reason
	for reason := range r.ByReason {
		if r.ByReason[reason] > r.ByReason[best] {
			best = Reason(reason)
		}
	}
	return best
}
