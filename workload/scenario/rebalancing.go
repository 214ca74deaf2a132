package scenario

import (
	"fmt"
	"strings"

	"ecssim/model"
	"ecssim/model/placement"
)

// rebalancing reads availability_zone_rebalancing. CreateService enables it for every service that can have it (ECS
// rules, services 2.9).
func (b *builder) rebalancing(o *owner, s *model.Service) bool {
	const key = "availability_zone_rebalancing"
	t := o.table
	why, help := notRebalanced(o, s)
	n := t.get(key)
	if n == nil {
		word := "ENABLED"
		if why != "" {
			word = "DISABLED"
		}
		t.fill(key, &node{kind: aString, text: word})
		return why == ""
	}
	word, ok := t.choice(key, []string{"ENABLED", "DISABLED"}, "")
	if !ok || word == "DISABLED" || o.placing.Task == nil {
		return false
	}
	if why != "" {
		b.fail("E023", n.at, fmt.Sprintf("`%s` cannot be \"ENABLED\": %s", t.p.join(key), why), "", help)
		return false
	}
	return true
}

// notRebalanced says why ECS does not rebalance a service; empty if it does.
func notRebalanced(o *owner, s *model.Service) (why, help string) {
	switch {
	case o.daemon:
		return "a DAEMON service has one task on every instance", "write scheduling_strategy = \"REPLICA\", or leave it out"
	case s.Deployment.MaximumPercent == 100:
		return "maximum_percent is 100, and rebalancing starts a task before it stops another", "raise maximum_percent, or leave it out"
	case o.placing.Launch == model.EC2 && len(o.placing.Strategy) > 0 && o.placing.Strategy[0] != spreadOverZones:
		return "the placement strategy does not begin with a spread over zones", "put \"spread-az\" in front, or leave it out"
	}
	for _, c := range o.placing.Constraints {
		if c.Query != nil && strings.Contains(c.Query.String(), "attribute:"+placement.ZoneAttribute) {
			return "a placement constraint names the zone", "remove the constraint, or leave it out"
		}
	}
	return "", ""
}

var spreadOverZones = placement.ServiceDefault()[0]
