package catalog

import (
	"slices"
	"strings"
	"testing"
)

// The table of the ECS developer guide (container-instance-eni, 2023-06): interfaces, awsvpc tasks without and with
// trunking; 0 with trunking is "not on the list".
var guide = []struct {
	types               string
	enis, tasks, trunks int64
}{
	{"t2.micro t3.micro", 2, 1, 0},
	{"t2.small t3.small t2.medium t3.medium t4g.medium t3.large t4g.large", 3, 2, 0},
	{"t3.xlarge t3.2xlarge t4g.xlarge", 4, 3, 0},
	{"m4.large", 2, 1, 0},
	{"a1.medium", 2, 1, 10},
	{"m5.large m6i.large m6g.large m7g.large c5.large c6a.large c6i.large c6g.large c7g.large r5.large r6i.large r7g.large", 3, 2, 10},
	{"m5.xlarge m6i.xlarge m7g.xlarge c5.xlarge c6a.xlarge c6i.xlarge r5.xlarge r7g.xlarge", 4, 3, 20},
	{"m5.2xlarge m6i.2xlarge m7g.2xlarge c5.2xlarge c6a.2xlarge c6i.2xlarge r5.2xlarge", 4, 3, 40},
	{"m5.4xlarge m5.8xlarge m5.12xlarge m6i.4xlarge m6g.4xlarge m6g.8xlarge m6g.12xlarge", 8, 7, 60},
	{"c5.4xlarge c5.9xlarge c5.12xlarge c7g.4xlarge r5.4xlarge", 8, 7, 60},
	{"m5.16xlarge m5.24xlarge m6i.16xlarge m6i.24xlarge m6i.32xlarge c5.18xlarge c5.24xlarge", 15, 14, 120},
	{"m5zn.large", 3, 2, 14}, {"m5zn.xlarge", 4, 3, 31}, {"m5zn.2xlarge", 4, 3, 64}, {"m5zn.3xlarge", 8, 7, 98},
	{"m6i.8xlarge c6i.8xlarge r6i.8xlarge", 8, 7, 90},
	{"m6i.12xlarge c6i.12xlarge", 8, 7, 120},
	{"m6g.medium c6g.medium r6g.medium", 2, 1, 4},
	{"m7i.large", 3, 2, 10}, {"m7i.xlarge", 4, 3, 20}, {"m7i.2xlarge", 4, 3, 40}, // newer than the page: computed
	{"c5n.large g4dn.xlarge", 0, 0, 0}, // excluded; their interfaces below
	{"x2gd.medium", 2, 1, 10}, {"x2gd.large", 3, 2, 10},
	{"i4i.large", 3, 2, 10}, // the page prints -2: see taskLimits
	{"g5.xlarge", 4, 3, 6}, {"g5.2xlarge", 4, 3, 19}, {"g5.4xlarge", 8, 7, 40}, {"g5.48xlarge", 7, 6, 120},
	{"inf2.xlarge", 4, 3, 20}, {"p3.2xlarge", 4, 3, 40}, {"p4d.24xlarge dl1.24xlarge", 60, 59, 120},
	{"c6in.32xlarge c6in.metal m6in.32xlarge r6idn.metal", 16, 13, 120}, // 13 on the page, of a time of 7 per card
	{"i4i.16xlarge", 15, 14, 248}, {"i4i.32xlarge i4i.metal", 15, 14, 498}, {"trn1n.32xlarge", 80, 79, 242},
	{"p5.48xlarge", 64, 1, 0}, // at most one awsvpc task (task-networking-awsvpc)
}

func TestTaskLimitsAreTheGuides(t *testing.T) {
	for _, g := range guide {
		for name := range strings.FieldsSeq(g.types) {
			it, ok := Builtin().Type(name)
			if !ok {
				t.Errorf("no type %s", name)
			}
			if g.enis == 0 {
				g.enis, g.tasks = it.MaxENIs, it.MaxENIs-1
			}
			if it.MaxENIs != g.enis || it.TaskENIs != g.tasks || it.TrunkTaskENIs != g.trunks {
				t.Errorf("%s: %d interfaces, %d tasks, %d trunked (%s); want %d, %d, %d",
					name, it.MaxENIs, it.TaskENIs, it.TrunkTaskENIs, it.TrunkRule, g.enis, g.tasks, g.trunks)
			}
		}
	}
}

func TestTaskLimitIsInterfacesLessOne(t *testing.T) {
	for _, it := range Builtin().Types() {
		family, size, _ := strings.Cut(it.Name, ".")
		twoCards := slices.Contains([]string{"c6in", "m6in", "m6idn", "r6in", "r6idn"}, family) && (size == "32xlarge" || size == "metal")
		switch {
		case twoCards:
			if it.TaskENIs != 13 {
				t.Errorf("%s: %d", it.Name, it.TaskENIs)
			}
		case it.Name == "p5.48xlarge":
		case it.MaxENIs == 0:
			if !it.ENIsAssumed || it.TaskENIs != AssumedENIs(it.CPU)-1 || it.TrunkTaskENIs != 0 {
				t.Errorf("%s: %+v", it.Name, it)
			}
		case it.TaskENIs != it.MaxENIs-1 || it.ENIsAssumed:
			t.Errorf("%s: %d tasks on %d interfaces", it.Name, it.TaskENIs, it.MaxENIs)
		}
		if it.TrunkTaskENIs > 0 && it.TrunkTaskENIs < it.TaskENIs {
			t.Errorf("%s: %d with trunking, %d without", it.Name, it.TrunkTaskENIs, it.TaskENIs)
		}
	}
}

func TestTrunkRules(t *testing.T) {
	for name, rule := range map[string]string{
		"c5.large": RuleDocumented, "m7i.large": RuleComputed, "i4i.large": RuleComputed, "t3.medium": RuleNotCapable,
		"m5.metal": RuleExcluded, "c5n.large": RuleExcluded, "i3.metal": RuleExcluded, "m5n.large": RuleDocumented,
		"c5a.8xlarge": RuleDocumented, "u-6tb1.56xlarge": RuleContradictory, "p2.xlarge": RuleUnknown, "hpc7a.12xlarge": RuleUnknown,
		"p6-b200.48xlarge": RuleUnreliable, "g7e.2xlarge": RuleUnreliable, "p3.2xlarge": RuleDocumented, "p5.48xlarge": RuleExcluded,
	} {
		it, _ := Builtin().Type(name)
		if it.TrunkRule != rule {
			t.Errorf("%s: %s, want %s", name, it.TrunkRule, rule)
		}
		if rule == RuleUnreliable && it.TrunkNote == "" {
			t.Errorf("%s does not say why its limit is unreliable", name)
		}
	}
	count := map[string]int{}
	for _, it := range Builtin().Types() {
		count[it.TrunkRule]++
		if none := it.TrunkRule != RuleDocumented && it.TrunkRule != RuleComputed && it.TrunkRule != RuleUnreliable; none != (it.TrunkTaskENIs == 0) {
			t.Errorf("%s: %d trunked tasks (%s)", it.Name, it.TrunkTaskENIs, it.TrunkRule)
		}
	}
	if count[RuleContradictory] != 1 || count[RuleUnknown] != 11 {
		t.Errorf("%v", count)
	}
}

// The formula against every figure of the page; its exceptions are those whose branch count looks capped, and the
// types to which EC2 gives no branches at all.
func TestComputedLimitFitsTheDocumentedOnes(t *testing.T) {
	fits := 0
	for _, it := range Builtin().Types() {
		if it.TrunkRule != RuleDocumented || it.BranchENIs == 0 {
			continue
		}
		if trunked(it.BranchENIs, it.MaxENIs) == it.TrunkTaskENIs {
			fits++
		} else if it.BranchENIs != cappedBranches {
			t.Errorf("%s: computed %d, documented %d", it.Name, trunked(it.BranchENIs, it.MaxENIs), it.TrunkTaskENIs)
		}
	}
	if fits != 421 {
		t.Errorf("%d fit", fits)
	}
}

func TestAssumedENIsFollowTheGeneralPurposeSizes(t *testing.T) {
	for _, name := range strings.Fields("m6g.medium m6i.large m6i.xlarge m6i.2xlarge m6i.4xlarge m6i.8xlarge m6i.12xlarge m6i.16xlarge m6i.32xlarge") {
		it, _ := Builtin().Type(name)
		if got := AssumedENIs(it.CPU); got != it.MaxENIs {
			t.Errorf("%s: assumed %d, has %d", name, got, it.MaxENIs)
		}
	}
}
