package catalog

import "fmt"

// What the ECS developer guide of 2023-06 (container-instance-eni) and EC2 together say about trunking on a type.
const (
	statusListed     = "listed"
	statusExcluded   = "excluded"
	statusBoth       = "listed_and_excluded" // the page contradicts itself; its figure is taken
	statusUnlisted   = "unlisted"            // capable, but newer than the page
	statusNotCapable = "not_capable"
)

// cappedBranches: the branch counts of the source seem to be cut off at 120; with exactly this count the computed limit
// misses the documented one on i4i.16xlarge, i4i.32xlarge, i4i.metal and trn1n.32xlarge.
const cappedBranches = 120

// eniFacts is what the tables say about a type's interfaces; 0 means not known.
type eniFacts struct {
	name              string
	vcpu              int
	enis, branches    int64
	status            string
	documented        int64 // awsvpc tasks without trunking
	documentedTrunked int64
}

// taskLimits gives a type's awsvpc task limits: the documented figure if there is one, else for a capable type newer
// than the page the computed one, else no trunking. The two formulas hold for 421 of 431 and 421 of 425 documented
// types; the ten that have 13 tasks on two network cards (c6in, m6in, m6idn, r6in, r6idn 32xlarge and metal) keep the
// documented figure, although today's 16 interfaces would give 15: the page is of a time of 7 per card.
func (t *InstanceType) taskLimits(f eniFacts) {
	t.MaxENIs, t.BranchENIs = f.enis, f.branches
	switch {
	case f.documented > 0:
		t.TaskENIs, t.TaskRule = f.documented, RuleDocumented
	case f.enis > 0:
		t.TaskENIs, t.TaskRule = f.enis-1, RuleInterfaces
	default:
		t.TaskENIs, t.TaskRule, t.ENIsAssumed = AssumedENIs(int64(f.vcpu)*1024)-1, RuleAssumed, true
	}
	t.TrunkTaskENIs, t.TrunkRule = trunkLimit(f)
	switch {
	case f.name == "p5.48xlarge":
		// "at most 1 awsvpc task per instance" in spite of 64 interfaces (developer guide, task-networking-awsvpc).
		t.TaskENIs, t.TaskRule = 1, RuleDocumented
		t.TrunkTaskENIs, t.TrunkRule = 0, RuleExcluded
		t.TrunkNote = "the ECS developer guide allows at most one awsvpc task on p5.48xlarge"
	case f.name == "i4i.large":
		// The page of 2023 prints -2, no figure at all; a table of 2026-03 calls the type not capable, the newest one of
		// 2026-08 gives it the 9 branches of every other type of this size. Like all unlisted types it follows the newest.
		t.TrunkNote = "the ECS page of 2023 prints -2 for i4i.large; computed from EC2's figures of 2026-08"
	case t.TrunkRule == RuleContradictory:
		t.TrunkNote = fmt.Sprintf("the ECS page lists %d tasks with trunking, fewer than without, and also excludes the family", f.documentedTrunked)
	case t.TrunkRule == RuleUnreliable:
		t.TrunkNote = "EC2's branch count is exactly 120 and looks capped: the limit may be higher"
	case f.status == statusBoth:
		t.TrunkNote = "the ECS page both lists and excludes this type"
	}
}

func trunkLimit(f eniFacts) (int64, string) {
	switch f.status {
	case statusListed, statusBoth:
		if f.documentedTrunked < f.documented {
			return 0, RuleContradictory // u-6tb1.56xlarge: 12 with, 14 without, and EC2 calls it not capable
		}
		return f.documentedTrunked, RuleDocumented
	case statusUnlisted:
		if f.branches == cappedBranches {
			return trunked(f.branches, f.enis), RuleUnreliable
		}
		return trunked(f.branches, f.enis), RuleComputed
	case statusExcluded:
		return 0, RuleExcluded
	case statusNotCapable:
		return 0, RuleNotCapable
	}
	return 0, RuleUnknown
}

// trunked: the primary interface and the trunk hold no task; the rest and all branches do.
func trunked(branches, enis int64) int64 { return branches + enis - 2 }

// AssumedENIs is the number of interfaces for a type of which nobody says it: that of the general-purpose EC2 size
// with as many vCPUs (m6g.medium, m6i.large … m6i.16xlarge). It serves types of a scenario's own without max_enis,
// and the few types whose row lacks the figure. No limit at all would be wrong, since every EC2 type has one, and one number
// for all sizes would make a large machine a small one.
func AssumedENIs(cpuUnits int64) int64 {
	switch {
	case cpuUnits <= 1*1024:
		return 2
	case cpuUnits <= 2*1024:
		return 3
	case cpuUnits <= 8*1024:
		return 4
	case cpuUnits <= 48*1024:
		return 8
	}
	return 15
}
