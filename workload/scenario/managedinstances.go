package scenario

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"ecssim/model"
	"ecssim/model/fleet"
)

// managedKeys are those of ECS Managed Instances.
var managedKeys = slices.Concat(machineKeys, []string{
	"types", "max_size", "boot_time", "time_to_failure", "scale_in_after", "fee", "capacity_option_type", "spot",
})

// Defaults of managed instances. When ECS takes an idle instance away by itself is not published, and the fee differs by
// family (ECS rules, services 3.8).
const (
	scaleInAfter     = 5 * time.Minute
	mostScaleInAfter = time.Hour
	managedFee       = 0.12
)

// generalTypes are those that managed instances choose among where the scenario names none: ECS takes the cheapest
// general-purpose type that fits, and packs small tasks onto larger instances.
var generalTypes = []string{
	"m6a.large", "m6a.xlarge", "m6a.2xlarge", "m6a.4xlarge", "c6a.large", "c6a.xlarge", "c6a.2xlarge", "c6a.4xlarge",
	"r6a.large", "r6a.xlarge", "r6a.2xlarge", "r6a.4xlarge",
}

// managedInstances reads a capacity provider of kind managed_instances.
func (b *builder) managedInstances(t *table, provider *model.CapacityProvider) bool {
	g := provider.Group
	if t.get("types") == nil {
		t.fill("types", inlineDefault("types", `["`+strings.Join(generalTypes, `", "`)+`"]`))
	}
	good := b.types(t, g)
	g.Max = mostInstances
	if t.get("max_size") != nil {
		g.Max = int(t.whole("max_size", 1, mostInstances, mostInstances))
	}
	b.template(t, g, provider.Name)
	g.Termination = []fleet.TerminationPolicy{fleet.DefaultTermination}
	if word, _ := t.choice("capacity_option_type", []string{"ON_DEMAND", "SPOT"}, "ON_DEMAND"); word == "SPOT" {
		g.Distribution = fleet.Distribution{Mixed: true}
	} else {
		g.Distribution = fleet.Distribution{Mixed: true, OnDemandPercent: 100, OnDemand: fleet.LowestPrice}
	}
	b.spot(t, g)
	provider.Draining = true
	provider.ScaleInAfter = b.scaleInAfter(t)
	provider.Fee = t.number("fee", 0, 10, managedFee)
	b.onlyGroups(t)
	return good
}

// scaleInAfter reads infrastructureOptimization.scaleInAfter: 0 to 3600 seconds, and -1 or "never" switches it off.
func (b *builder) scaleInAfter(t *table) time.Duration {
	const key = "scale_in_after"
	if n := t.get(key); n != nil && (n.kind == aString && n.text == "never" || n.kind == anInteger && n.whole == -1) {
		return -1
	}
	return t.timer(key, scale{time.Second, "seconds", 0, mostScaleInAfter}, scaleInAfter)
}

// onlyGroups explains keys of Auto Scaling groups that managed instances do not have.
func (b *builder) onlyGroups(t *table) {
	for _, key := range append(slices.Clone(groupKeys), "count") {
		n := t.n.child(key)
		if n == nil || slices.Contains(managedKeys, key) {
			continue
		}
		t.asked = append(t.asked, key)
		help := "ECS launches what the tasks need, and takes away what is idle for scale_in_after"
		if key == "type" {
			help = `write a list: types = ["m6a.large"]`
		}
		b.fail("E021", n.key, fmt.Sprintf("`%s` is a key of Auto Scaling groups, not of managed instances", key), "", help)
	}
}
