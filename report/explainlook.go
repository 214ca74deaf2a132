package report

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"ecssim/model/fleet"
	"ecssim/model/placement"
	"ecssim/model/taskdef"
)

// look describes the instances to a demand. chosen is nil where nothing fits.
func look(at Instant, instances []*fleet.Instance, d *placement.Demand, provider string) *Look {
	l := &Look{At: at, needs: shown{
		ports: len(d.Needs.StaticPorts) > 0, enis: d.Needs.ENIs > 0, gpus: d.Needs.GPUs > 0,
		constraints: len(d.Constraints) > 0 || d.MaxTasksPerInstance > 0,
	}}
	for _, i := range instances {
		row := InstanceLook{
			Name: i.Name, Type: i.Type.Name, Zone: i.Zone, CPU: i.Free.CPU, Memory: i.Free.Memory, ENIs: i.Free.ENIs,
			HasENIs: i.Has.ENIs, GPUs: i.Free.GPUs, Group: i.TasksOf(d.Group), fails: d.Failing(i), Fails: []string{},
		}
		for _, r := range row.fails {
			row.Fails = append(row.Fails, verdictWord(r))
		}
		row.Verdict = "fits"
		if len(row.Fails) > 0 {
			row.Verdict = row.Fails[0]
		}
		if i.Status == fleet.Draining && row.lacks(placement.Inactive) {
			row.Verdict = fleet.Draining.String()
		}
		l.Instances = append(l.Instances, row)
	}
	l.Funnel = funnel(l, d, provider)
	return l
}

// verdictWord is a reason for a column of verdicts.
func verdictWord(r placement.Reason) string {
	switch r { //nolint:exhaustive // the others are short
	case placement.MemberOf:
		return "memberOf"
	case placement.DistinctInstance:
		return "distinctInstance"
	case placement.MaxTasksPerInstance:
		return "max_tasks_per_instance"
	case placement.OtherProvider:
		return "other provider"
	}
	return r.String()
}

// test is one stage of the funnel.
type test struct {
	name    string
	reasons []placement.Reason
	always  bool // shown also where every instance passes it
}

// funnel counts who is left after each test, in the order of the tests. An instance leaves at the first that it fails.
func funnel(l *Look, d *placement.Demand, provider string) []Passed {
	tests := []test{
		{"ACTIVE", []placement.Reason{placement.Inactive}, true},
		{"agent connected", []placement.Reason{placement.Agent}, false},
		{"of " + provider, []placement.Reason{placement.OtherProvider}, d.Provider > 0},
		{"zone", []placement.Reason{placement.Location}, false},
		{"attributes", []placement.Reason{placement.Attribute}, false},
		{"cpu", []placement.Reason{placement.NoCPU}, true},
		{"memory", []placement.Reason{placement.NoMemory}, true},
		{"ports", []placement.Reason{placement.PortInUse}, l.needs.ports},
		{"eni", []placement.Reason{placement.NoENI}, l.needs.enis},
		{"gpu", []placement.Reason{placement.NoGPU}, l.needs.gpus},
		{"constraints", []placement.Reason{placement.MemberOf, placement.DistinctInstance, placement.MaxTasksPerInstance}, l.needs.constraints},
	}
	left := len(l.Instances)
	out := []Passed{{"registered", left}}
	for _, t := range tests {
		gone := 0
		for k := range l.Instances {
			if f := l.Instances[k].fails; len(f) > 0 && slices.Contains(t.reasons, f[0]) {
				gone++
			}
		}
		left -= gone
		if t.always || gone > 0 {
			out = append(out, Passed{t.name, left})
		}
	}
	return out
}

// refuses reports whether no instance fits.
func (l *Look) refuses() bool {
	return !slices.ContainsFunc(l.Instances, func(i InstanceLook) bool { return len(i.fails) == 0 })
}

// miss fills in what a refused task lacked.
func (l *Look) miss(instances []*fleet.Instance, d *placement.Demand, closest *fleet.Instance) {
	l.Nearest = nearestMiss(l, instances, d, closest)
	l.Scattered = scattered(instances, d)
}

// nearestMiss: "1 task ENI on any of 3 instances". The nearest are those that fail the fewest tests; of them the one that
// ECS calls the closest match, or else the one that fails the latest test by the least, and all that lack the same.
func nearestMiss(l *Look, instances []*fleet.Instance, d *placement.Demand, closest *fleet.Instance) string {
	if len(instances) == 0 {
		return ""
	}
	best := 0
	for k := range l.Instances {
		a, b := l.Instances[k].fails, l.Instances[best].fails
		order := cmp.Or(cmp.Compare(len(a), len(b)), cmp.Compare(b[0], a[0]),
			cmp.Compare(d.Missing(instances[k], a[0]), d.Missing(instances[best], b[0])))
		if order < 0 || order == 0 && instances[k] == closest {
			best = k
		}
	}
	said := func(k int) string { return lackOf(l.Instances[k].fails, instances[k], d) }
	text, same := said(best), 0
	for k := range l.Instances {
		if len(l.Instances[k].fails) == len(l.Instances[best].fails) && said(k) == text {
			same++
		}
	}
	switch {
	case same == len(instances) && same > 1:
		return fmt.Sprintf("%s on any of %s instances", text, thousands(int64(same)))
	case same > 1:
		return fmt.Sprintf("%s on %s of %s instances", text, thousands(int64(same)), thousands(int64(len(instances))))
	}
	return text + " on " + l.Instances[best].Name
}

// lackOf says what an instance is short of.
func lackOf(fails []placement.Reason, i *fleet.Instance, d *placement.Demand) string {
	parts := make([]string, len(fails))
	for k, r := range fails {
		short := d.Missing(i, r)
		switch r {
		case placement.NoCPU:
			parts[k] = thousands(short) + " cpu units"
			if short == 1 {
				parts[k] = "1 cpu unit"
			}
		case placement.NoMemory:
			parts[k] = thousands(short) + " MiB of memory"
		case placement.NoENI:
			parts[k] = plural(short, "task ENI")
		case placement.NoGPU:
			parts[k] = plural(short, "GPU")
		case placement.PortInUse:
			parts[k] = portNames(d)
		case placement.Inactive:
			parts[k] = "the status ACTIVE"
		case placement.Agent:
			parts[k] = "a connected agent"
		default:
			parts[k] = verdictWord(r)
		}
	}
	return enumerate(parts)
}

// portNames: host port 8080, 53/udp.
func portNames(d *placement.Demand) string {
	names := make([]string, len(d.Needs.StaticPorts))
	for k, p := range d.Needs.StaticPorts {
		names[k] = strconv.Itoa(p.Port)
		if p.Protocol == taskdef.UDP {
			names[k] += "/udp"
		}
	}
	return "host port " + strings.Join(names, ", ")
}

// scattered: "1,200 cpu units are free in all, at most 300 on one instance", of what would be enough if it lay together.
func scattered(instances []*fleet.Instance, d *placement.Demand) string {
	var parts []string
	for _, r := range []struct {
		name  string
		needs int64
		free  func(*fleet.Instance) int64
	}{
		{"cpu units", d.Needs.CPU, func(i *fleet.Instance) int64 { return i.Free.CPU }},
		{"MiB of memory", d.Needs.Memory, func(i *fleet.Instance) int64 { return i.Free.Memory }},
	} {
		var all, most int64
		for _, i := range instances {
			if i.Status == fleet.Active {
				all += r.free(i)
				most = max(most, r.free(i))
			}
		}
		if most < r.needs && all >= r.needs {
			parts = append(parts, fmt.Sprintf("%s %s are free in all, at most %s on one instance", thousands(all), r.name, thousands(most)))
		}
	}
	return strings.Join(parts, "; ")
}

// choose fills in what the strategy does with those that fit, while nothing is reserved yet.
func (l *Look) choose(instances []*fleet.Instance, d *placement.Demand, stream string) {
	left := 0
	for k := range l.Instances {
		if len(l.Instances[k].fails) == 0 {
			left++
		}
	}
	if left == 0 || l.Only != "" {
		return
	}
	for _, s := range placement.Stages(instances, d) {
		l.Steps = append(l.Steps, Step{Rule: ruleName(s.Rule), Before: s.Before, After: s.After, Keeps: keeps(&s, d, stream)})
		left = s.After
	}
	if left > 1 {
		l.Tie = fmt.Sprintf("first registered of %d equal", left)
	}
}

// ruleName spells a rule as ECS does.
func ruleName(r placement.Rule) string {
	switch {
	case r.Kind == placement.Random:
		return "random"
	case r.Kind == placement.Spread && r.Attribute == "":
		return "spread instanceId"
	case r.Kind == placement.Spread:
		return "spread attribute:" + r.Attribute
	case r.Memory:
		return "binpack memory"
	}
	return "binpack cpu"
}

// keeps says which candidates a rule has kept.
func keeps(s *placement.Stage, d *placement.Demand, stream string) string {
	if s.Rule.Kind == placement.Random {
		return "drawn from " + stream
	}
	unit := "of " + d.Group.Name
	switch {
	case s.Rule.Kind == placement.Binpack && s.Rule.Memory:
		unit = "MiB free"
	case s.Rule.Kind == placement.Binpack:
		unit = "cpu units free"
	}
	text := thousands(s.Least) + " " + unit
	if s.Most > s.Least {
		text += "; others to " + thousands(s.Most)
	}
	return text
}
