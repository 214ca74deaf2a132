package report

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"ecssim/model"
	"ecssim/model/catalog"
	"ecssim/model/placement"
	"ecssim/model/taskdef"
)

// Change is one way to change a scenario: lists of PATH=VALUE of which the first counts that the scenario accepts, since
// the same can be written in several ways.
type Change [][]string

// Candidate is a change that may help. Whether it does is found out by simulating it.
type Candidate struct {
	// Ladder are ever larger changes; the first that is enough counts.
	Ladder []Change
	// Grow is a number to raise as far as is needed, in place of a ladder.
	Grow *Growth
	// Note says what else the change brings.
	Note string
}

// Growth is a whole number of a scenario: what it is, and what may be enough.
type Growth struct {
	Path        string
	From, Guess int
}

// Set is PATH=VALUE.
func (g *Growth) Set(n int) []string { return []string{g.Path + "=" + strconv.Itoa(n)} }

// maxFleets is how many fleets or groups are tried out as larger ones.
const maxFleets = 2

// fixer makes candidates for one explained task.
type fixer struct {
	cfg     *model.Config
	x       *Explanation
	placing *model.Placing
	path    string // of the owner: services.web
	missing int64  // tasks of the owner without a place
	out     []Candidate
}

// Candidates are changes that may have given the task its place, from the reasons that kept it from one. None are
// offered to a task that never waited.
func Candidates(cfg *model.Config, x *Explanation) []Candidate {
	s := &x.Task
	started := !s.Stopped.there() || s.Running.there() || s.StopCode != model.TaskFailedToStart.String()
	if s.Failed == 0 && !s.Awaited.there() && !s.Throttled.there() && started {
		return nil
	}
	f := &fixer{cfg: cfg, x: x, missing: max(1, x.Before.Wanted-x.Before.Placed)}
	f.placing, f.path = placingOf(cfg, s)
	for _, r := range f.reasons() {
		f.against(r)
	}
	return f.out
}

// placingOf finds the owner in the configuration, and its path in the scenario.
func placingOf(cfg *model.Config, s *TaskStory) (*model.Placing, string) {
	if s.Service {
		for i := range cfg.Services {
			if cfg.Services[i].Name == s.Owner {
				return &cfg.Services[i].Placing, "services." + pathKey(s.Owner)
			}
		}
	}
	for i := range cfg.Jobs {
		if cfg.Jobs[i].Name == s.Owner {
			return &cfg.Jobs[i].Placing, "jobs." + pathKey(s.Owner)
		}
	}
	panic("report: nobody is named " + s.Owner)
}

var bare = regexp.MustCompile(`^[A-Za-z0-9_-]+$`)

// pathKey is a name as a key of a path.
func pathKey(name string) string {
	if bare.MatchString(name) {
		return name
	}
	return strconv.Quote(name)
}

// reasons are what kept the task from its place: of the whole attempt first, then those of single instances, in the order
// of how many each kept out.
func (f *fixer) reasons() []placement.Reason {
	list := []placement.Reason{f.x.reason}
	if f.x.reason == placement.Fits {
		list = nil
	}
	if l := f.x.Refused; l != nil {
		var count [placement.NumReasons]int
		var others []placement.Reason
		for k := range l.Instances {
			r := l.Instances[k].fails[0]
			if count[r]++; count[r] == 1 {
				others = append(others, r)
			}
		}
		slices.SortStableFunc(others, func(a, b placement.Reason) int { return count[b] - count[a] })
		list = append(list, others...)
	}
	var once []placement.Reason
	for _, r := range list {
		if !slices.Contains(once, r) {
			once = append(once, r)
		}
	}
	return once
}

// against adds what may help against one reason.
func (f *fixer) against(r placement.Reason) {
	switch r {
	case placement.NoENI:
		f.trunking()
		f.bridge()
		f.larger()
	case placement.NoCPU, placement.NoMemory, placement.NoGPU:
		f.larger()
		f.tighter(r)
		f.smaller(r)
	case placement.PortInUse:
		f.dynamicPort()
		f.larger()
	case placement.NoInstances, placement.Missing, placement.Inactive, placement.Agent:
		f.larger()
	case placement.Location:
		f.everySubnet()
	case placement.Attribute:
		f.architecture()
	case placement.MemberOf, placement.DistinctInstance, placement.MaxTasksPerInstance:
		f.unconstrained(r)
		f.larger()
	default:
		f.againstAccount(r)
	}
}

// againstAccount is against for what is no instance's matter.
func (f *fixer) againstAccount(r placement.Reason) {
	switch r { //nolint:exhaustive // the rest cannot be set
	case placement.FargateVCPUQuota:
		f.vcpuQuota()
	case placement.FargateCapacity:
		f.everySubnet()
	case placement.ProvisioningLimit:
		q := f.cfg.Quotas.ProvisioningTasks
		f.grow("account.quotas.provisioning_tasks", q, q+int(f.missing), "")
	case launchRate:
		q := f.cfg.Quotas.FargateLaunchBurst
		f.grow("account.quotas.fargate_launch_burst", q, 2*q, "a quota that AWS sets")
	case noAddress:
		f.addresses()
	}
}

// one adds a candidate with a single change, in the ways in which it can be written.
func (f *fixer) one(note string, ways ...[]string) { f.ladder(note, Change(ways)) }

func (f *fixer) ladder(note string, rungs ...Change) {
	if len(rungs) > 0 {
		f.add(Candidate{Ladder: rungs, Note: note})
	}
}

func (f *fixer) grow(path string, from, guess int, note string) {
	f.add(Candidate{Grow: &Growth{Path: path, From: from, Guess: max(guess, from+1)}, Note: note})
}

// add leaves out what is there already.
func (f *fixer) add(c Candidate) {
	key := func(c Candidate) string {
		if c.Grow != nil {
			return c.Grow.Path
		}
		return c.Ladder[0][0][0]
	}
	for _, o := range f.out {
		if key(o) == key(c) {
			return
		}
	}
	f.out = append(f.out, c)
}

func (f *fixer) trunking() {
	if f.cfg.Settings.AwsvpcTrunking {
		return
	}
	f.one("instances launched from then on", []string{"account.settings.awsvpcTrunking=enabled"})
}

func (f *fixer) bridge() {
	f.one("tasks lose their own addresses and security groups", []string{f.path + `.task.network_mode=bridge`})
}

// larger adds more and bigger instances: of the task's capacity provider, or of the cluster's instances.
func (f *fixer) larger() {
	if f.group() {
		return
	}
	tried := 0
	for k := range f.cfg.Fleets {
		l := &f.cfg.Fleets[k]
		if l.Cluster != f.placing.Cluster || tried == maxFleets {
			continue
		}
		tried++
		path := "instances." + pathKey(l.Name)
		f.grow(path+".count", l.Count, l.Count+f.more(&l.Type, l.ReservedMemory), "")
		f.bigger(path+".type", &l.Type)
	}
}

// group adds what lets the group of the task's capacity provider grow; false if it has none.
func (f *fixer) group() bool {
	for k := range f.cfg.CapacityProviders {
		p := &f.cfg.CapacityProviders[k]
		if p.Name != f.x.Task.Launch || p.Group == nil {
			continue
		}
		path := "capacity_providers." + pathKey(p.Name)
		g := p.Group
		more := f.more(&g.Types[0], g.Template.ReservedMemory)
		if c := f.x.Capacity; p.Managed == nil || c == nil || c.Desired < c.Max || f.x.Task.PlacedAt.there() {
			f.one("it is there from the start", []string{
				fmt.Sprintf("%s.desired_capacity=%d", path, min(g.Desired+more, g.Max)),
			})
		}
		f.grow(path+".max_size", g.Max, g.Max+more, "")
		if len(g.Types) == 1 {
			f.bigger(path+".type", &g.Types[0])
		}
		return true
	}
	return false
}

// more is how many more instances of a type the tasks without a place may need.
func (f *fixer) more(t *catalog.InstanceType, reserved int64) int {
	n := f.needs()
	fit := int64(1 << 20)
	if n.CPU > 0 {
		fit = min(fit, t.CPU/n.CPU)
	}
	if n.Memory > 0 {
		fit = min(fit, (t.Memory-reserved)/n.Memory)
	}
	if n.ENIs > 0 {
		enis := t.TaskENIs
		if f.cfg.Settings.AwsvpcTrunking {
			enis = max(enis, t.TrunkTaskENIs)
		}
		fit = min(fit, enis/n.ENIs)
	}
	distinct := slices.ContainsFunc(f.placing.Constraints, func(c placement.Constraint) bool { return c.Query == nil })
	if len(n.StaticPorts) > 0 || distinct {
		fit = min(fit, 1)
	}
	if m := f.placing.MaxTasksPerInstance; m > 0 {
		fit = min(fit, int64(m))
	}
	if fit < 1 {
		return 1
	}
	return int(min((f.missing+fit-1)/fit, 10_000))
}

func (f *fixer) needs() taskdef.Needs { return f.placing.Task.Needs() }

// bigger adds the next sizes of the family.
func (f *fixer) bigger(path string, t *catalog.InstanceType) {
	family, _, ok := strings.Cut(t.Name, ".")
	if !ok {
		return
	}
	var rungs []Change
	last := t.CPU
	for _, other := range f.cfg.Catalog.Types() {
		name, _, _ := strings.Cut(other.Name, ".")
		if name == family && other.CPU > last && !other.BareMetal && len(rungs) < 3 {
			last = other.CPU
			rungs = append(rungs, Change{{path + "=" + other.Name}})
		}
	}
	f.ladder("", rungs...)
}

// maxPacked is how many owners are tried out with another strategy.
const maxPacked = 3

// tighter packs the tasks of the owner, or of others beside it, where enough is free in all and none of it in one piece.
func (f *fixer) tighter(r placement.Reason) {
	if f.x.Refused == nil || f.x.Refused.Scattered == "" {
		return
	}
	word := "binpack-cpu"
	if r == placement.NoMemory {
		word = "binpack-memory"
	}
	f.one("", []string{f.path + ".placement_strategy=" + word})
	tried := 1
	pack := func(path string, p *model.Placing) {
		spreads := p.Launch == model.EC2 && len(p.Strategy) > 0 && p.Strategy[0].Kind != placement.Binpack
		if path == f.path || p.Cluster != f.placing.Cluster || !spreads || tried == maxPacked {
			return
		}
		tried++
		f.one("", []string{path + ".placement_strategy=" + word})
	}
	for k := range f.cfg.Services {
		pack("services."+pathKey(f.cfg.Services[k].Name), &f.cfg.Services[k].Placing)
	}
	for k := range f.cfg.Jobs {
		pack("jobs."+pathKey(f.cfg.Jobs[k].Name), &f.cfg.Jobs[k].Placing)
	}
}

// smaller asks for as much as some instance has left.
func (f *fixer) smaller(r placement.Reason) {
	l := f.x.Refused
	if l == nil {
		return
	}
	n, key, grain, most := f.needs(), "cpu", int64(64), int64(0)
	need := n.CPU
	if r == placement.NoMemory {
		key, need = "memory", n.Memory
	}
	for k := range l.Instances {
		i := &l.Instances[k]
		free := i.CPU
		if r == placement.NoMemory {
			free = i.Memory
		}
		if len(i.fails) == 1 && i.fails[0] == r {
			most = max(most, free/grain*grain)
		}
	}
	if r == placement.NoGPU || most < grain || most >= need || most < need/4 {
		return
	}
	f.one("if it can do with less", []string{fmt.Sprintf("%s.task.%s=%d", f.path, key, most)},
		[]string{fmt.Sprintf("%s.overrides.%s=%d", f.path, key, most)})
}

// dynamicPort lets the agent pick the ports, or gives each task an interface of its own.
func (f *fixer) dynamicPort() {
	d := f.placing.Task
	if d.Mode() == taskdef.Bridge && len(d.Containers) == 1 {
		var list []string
		single := []string{f.path + ".task.host_port=0"}
		for _, p := range d.Containers[0].Ports {
			single = append(single, fmt.Sprintf("%s.task.container_port=%d", f.path, p.ContainerPort))
			list = append(list, fmt.Sprintf("{ container_port = %d, host_port = 0, protocol = %q }", p.ContainerPort, p.Protocol))
		}
		f.one("reached through a load balancer or service discovery",
			single[:1], single, []string{f.path + ".task.ports=[" + strings.Join(list, ", ") + "]"},
			[]string{f.path + ".task.port_mappings=[" + strings.Join(list, ", ") + "]"})
	}
	f.one("each task has its own interface", []string{f.path + ".task.network_mode=awsvpc"})
}

// everySubnet lets tasks into every subnet.
func (f *fixer) everySubnet() {
	if len(f.placing.Subnets) == len(f.cfg.Subnets) {
		return
	}
	names := make([]string, len(f.cfg.Subnets))
	for k := range f.cfg.Subnets {
		names[k] = strconv.Quote(f.cfg.Subnets[k].Name)
	}
	f.one("", []string{f.path + ".subnets=[" + strings.Join(names, ", ") + "]"})
}

func (f *fixer) architecture() {
	to := "ARM64"
	if f.placing.Task.Architecture == to {
		to = "X86_64"
	}
	f.one("the image must be built for it", []string{f.path + ".task.cpu_architecture=" + to})
}

// unconstrained takes away the kind of constraint that is in the way, and keeps the others.
func (f *fixer) unconstrained(r placement.Reason) {
	if r == placement.MaxTasksPerInstance {
		m := f.placing.MaxTasksPerInstance
		f.grow(f.path+".max_tasks_per_instance", m, m+1, "")
		return
	}
	var kept []string
	for _, c := range f.placing.Constraints {
		switch {
		case c.Query == nil && r != placement.DistinctInstance:
			kept = append(kept, `{ type = "distinctInstance" }`)
		case c.Query != nil && r != placement.MemberOf:
			kept = append(kept, fmt.Sprintf("{ type = \"memberOf\", expression = %q }", c.Query.String()))
		}
	}
	f.one("", []string{f.path + ".placement_constraints=[" + strings.Join(kept, ", ") + "]"})
}

func (f *fixer) vcpuQuota() {
	x, path := f.x.Fargate, "account.quotas.fargate_vcpu"
	if x == nil || x.Quota == 0 {
		return
	}
	if x.Spot {
		path = "account.quotas.fargate_spot_vcpu"
	}
	f.grow(path, int(x.Quota), int(x.Quota+x.Needs*float64(f.missing)+0.999), "a quota that AWS raises on request")
}

// addresses makes the subnets of the task larger, or uses others beside them.
func (f *fixer) addresses() {
	for _, n := range f.placing.Subnets {
		s := &f.cfg.Subnets[n]
		if slices.ContainsFunc(f.x.Subnets, func(l SubnetLook) bool { return l.Name == s.Name && l.Free > 0 }) {
			continue
		}
		var rungs []Change
		path := "vpc.subnets." + pathKey(s.Name)
		for p := s.Prefix - 1; p >= max(16, s.Prefix-3); p-- {
			c := Change{}
			for _, base := range []string{"10.0.0.0", "172.16.0.0", "192.168.0.0"} {
				sets := []string{fmt.Sprintf("%s.cidr=%s/%d", path, base, p)}
				if s.Implicit {
					sets = append(sets, fmt.Sprintf("%s.zone=%s", path, s.Zone))
				}
				c = append(c, sets)
			}
			rungs = append(rungs, c)
		}
		f.ladder("", rungs...)
	}
	f.everySubnet()
}
