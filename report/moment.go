package report

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"ecssim/model"
	"ecssim/model/fleet"
	"ecssim/model/placement"
)

// Moment is the world at one instant.
type Moment struct {
	Scenario  string             `json:"scenario"`
	Seed      uint64             `json:"seed"`
	At        Instant            `json:"at_s"`
	Owners    []OwnerMoment      `json:"owners"`
	Instances []InstanceMoment   `json:"instances"`
	Providers []ProviderMoment   `json:"capacity_providers"`
	Subnets   []SubnetLook       `json:"subnets"`
	Waiting   []TaskMoment       `json:"waiting"` // for a place, in the order of their wish
	Bottle    *BottleneckSummary `json:"first_bottleneck"`
}

// OwnerMoment counts the tasks of a service or job.
type OwnerMoment struct {
	Name     string `json:"name"`
	Service  bool   `json:"service"`
	Desired  int64  `json:"desired"`
	Running  int64  `json:"running"`
	Starting int64  `json:"starting"`
	Leaving  int64  `json:"leaving"`
	Waiting  int64  `json:"waiting"`
	Why      string `json:"why"`
}

// InstanceMoment is one container instance.
type InstanceMoment struct {
	Name      string `json:"name"`
	Type      string `json:"type"`
	Zone      string `json:"zone"`
	Status    string `json:"status"`
	Tasks     int    `json:"tasks"`
	CPU       int64  `json:"cpu_free"`
	HasCPU    int64  `json:"cpu"`
	Memory    int64  `json:"memory_free_mib"`
	HasMemory int64  `json:"memory_mib"`
	ENIs      int64  `json:"enis_free"`
	HasENIs   int64  `json:"enis"`
}

// ProviderMoment is a capacity provider with a group.
type ProviderMoment struct {
	Name      string `json:"name"`
	Desired   int64  `json:"desired"`
	Max       int64  `json:"max"`
	InService int64  `json:"in_service"`
	Booting   int64  `json:"booting"`
	Leaving   int64  `json:"leaving"`
	Waiting   int64  `json:"tasks_waiting"`
}

// TaskMoment is a task that waits for a place.
type TaskMoment struct {
	Name   string  `json:"name"`
	Wanted Instant `json:"wanted_s"`
	Reason string  `json:"last_reason"`
}

// MomentWatch records a run up to an instant, and looks at the world then.
type MomentWatch struct {
	*Recorder
	moment *Moment
}

// NewMomentWatch makes the observer of a replication that is looked at once.
func NewMomentWatch(cfg *model.Config, seed uint64) *MomentWatch {
	return &MomentWatch{Recorder: NewRecorder(cfg, seed, RecorderOptions{LogLimit: LogNothing})}
}

// Watch asks the world for a look at an instant. seen is called when it was taken.
func (m *MomentWatch) Watch(w *model.World, at time.Duration, seen func()) {
	w.LookAt(at, func() {
		m.moment = m.take(w, at)
		seen()
	})
}

// Moment is what was seen; nil if the run ended before.
func (m *MomentWatch) Moment() *Moment { return m.moment }

func (m *MomentWatch) take(w *model.World, at time.Duration) *Moment {
	out := &Moment{
		Scenario: m.cfg.Name, Seed: m.seed, At: Instant(at), Owners: []OwnerMoment{}, Instances: []InstanceMoment{},
		Providers: []ProviderMoment{}, Subnets: []SubnetLook{}, Waiting: []TaskMoment{}, Bottle: summariseBottleneck(m.bottle),
	}
	for _, o := range m.owners {
		row := OwnerMoment{
			Name: o.name, Service: o.service, Running: o.running.Value(), Starting: o.pending.Value(), Leaving: o.leaving.Value(),
			Waiting: o.waiting.Value(),
		}
		if o.service {
			row.Desired = o.desired.Value()
		}
		switch {
		case row.Waiting == 0:
		case o.awaits != "":
			row.Why = "waits for capacity of " + o.awaits
		case o.lastRefusal.reason != placement.Fits:
			row.Why = o.lastRefusal.why()
		}
		out.Owners = append(out.Owners, row)
	}
	for c := range m.clusters {
		for _, i := range w.Instances(c) {
			out.Instances = append(out.Instances, momentOf(i))
		}
	}
	for _, p := range m.scaling.providers {
		if p != nil {
			out.Providers = append(out.Providers, ProviderMoment{
				p.name, p.desired.Value(), p.maximum.Value(), p.registered.Value(), p.booting.Value(), p.leaving.Value(), p.waiting.Value(),
			})
		}
	}
	for n, p := range m.subnets {
		out.Subnets = append(out.Subnets, SubnetLook{p.Scope, m.cfg.Subnets[n].Zone, p.left(), p.capacity.Value()})
	}
	out.waits(w)
	return out
}

func momentOf(i *fleet.Instance) InstanceMoment {
	status := i.Status.String()
	if !i.Connected {
		status += ", agent lost"
	}
	return InstanceMoment{
		i.Name, i.Type.Name, i.Zone, status, i.RunningTasksCount(), i.Free.CPU, i.Has.CPU, i.Free.Memory, i.Has.Memory, i.Free.ENIs, i.Has.ENIs,
	}
}

// waits lists the tasks without a place.
func (m *Moment) waits(w *model.World) {
	var list []*model.Task
	for t := range w.Tasks() {
		if t.Placed < 0 && t.Stopped < 0 {
			list = append(list, t)
		}
	}
	slices.SortFunc(list, func(a, b *model.Task) int { return cmp.Compare(a.Serial, b.Serial) })
	for _, t := range list {
		name := TaskName{t.Owner.Name, t.Owner.Service, t.Number}
		m.Waiting = append(m.Waiting, TaskMoment{name.String(), Instant(t.Created), t.LastReason.String()})
	}
}

// Terminal is the moment for people.
func (m *Moment) Terminal(o ExplainOptions) string {
	t := newTerminal(o.TerminalOptions)
	t.behind(m.At.clock()+"  ", fmt.Sprintf("%s · seed %d · %s · %s", clean(m.Scenario), m.Seed,
		plural(int64(len(m.Instances)), "instance"), plural(int64(len(m.Waiting)), "task")+" without a place"))
	t.blank()
	t.table(m.ownerTable(o.All))
	t.table(m.providerTable(), "")
	t.table(m.instanceTable(o.All))
	t.table(m.subnetTable(o.All))
	if len(m.Waiting) > 0 {
		t.behind("without a place  ", m.waitingText(o.All))
	}
	return t.text.String()
}

func (m *Moment) ownerTable(all bool) (*table, string) {
	tab := &table{columns: []column{
		{title: "TASKS OF", least: 12}, {title: "DESIRED", right: true}, {title: "RUNNING", right: true}, {title: "STARTING", right: true, spare: true},
		{title: "LEAVING", right: true, spare: true}, {title: "WAITING", right: true}, {title: "WHY", least: 10, shorten: fitWhy},
	}}
	rows := slices.Clone(m.Owners)
	slices.SortStableFunc(rows, func(a, b OwnerMoment) int { return cmp.Compare(b.Waiting, a.Waiting) })
	for n, r := range rows {
		if n == maxRows && !all {
			return tab, fmt.Sprintf("and %d more: --all", len(rows)-n)
		}
		desired := "–"
		if r.Service {
			desired = thousands(r.Desired)
		}
		tab.add(clean(r.Name), desired, thousands(r.Running), thousands(r.Starting), thousands(r.Leaving), thousands(r.Waiting), cmp.Or(clean(r.Why), "–"))
	}
	tab.insist("WHY", 30)
	return tab, ""
}

func (m *Moment) providerTable() *table {
	tab := &table{columns: []column{
		{title: "PROVIDER", least: 10}, {title: "DESIRED", right: true}, {title: "MAX", right: true}, {title: "IN SERVICE", right: true},
		{title: "BOOTING", right: true}, {title: "LEAVING", right: true}, {title: "TASKS WAITING", right: true},
	}}
	for _, p := range m.Providers {
		tab.add(clean(p.Name), thousands(p.Desired), amount(p.Max), thousands(p.InService), thousands(p.Booting), thousands(p.Leaving), thousands(p.Waiting))
	}
	return tab
}

// instanceTable lists the instances, or those of one type and status together.
func (m *Moment) instanceTable(all bool) (*table, string) {
	tab := &table{columns: []column{
		{title: "INSTANCE", least: 10}, {title: "ZONE", spare: true}, {title: "STATUS", least: 6}, {title: "TASKS", right: true},
		{title: "CPU FREE", right: true}, {title: "MEM FREE", right: true}, {title: "ENI FREE", right: true},
	}}
	if len(m.Instances) <= maxLooks || all {
		for _, i := range m.Instances {
			tab.add(clean(i.Name)+" "+i.Type, clean(i.Zone), i.Status, fmt.Sprint(i.Tasks), freeOf(i.CPU, i.HasCPU), freeOf(i.Memory, i.HasMemory), freeOf(i.ENIs, i.HasENIs))
		}
		return tab, ""
	}
	groups := map[string][]InstanceMoment{}
	var order []string
	for _, i := range m.Instances {
		key := i.Type + "\x00" + i.Zone + "\x00" + i.Status
		if groups[key] == nil {
			order = append(order, key)
		}
		groups[key] = append(groups[key], i)
	}
	slices.Sort(order)
	for n, key := range order {
		if n == maxLooks {
			return tab, fmt.Sprintf("and %d more kinds: --all lists the %s instances", len(order)-n, thousands(int64(len(m.Instances))))
		}
		list := groups[key]
		var sum InstanceMoment
		for _, i := range list {
			sum.Tasks += i.Tasks
			sum.CPU, sum.HasCPU = sum.CPU+i.CPU, sum.HasCPU+i.HasCPU
			sum.Memory, sum.HasMemory = sum.Memory+i.Memory, sum.HasMemory+i.HasMemory
			sum.ENIs, sum.HasENIs = sum.ENIs+i.ENIs, sum.HasENIs+i.HasENIs
		}
		tab.add(fmt.Sprintf("%s × %s", thousands(int64(len(list))), list[0].Type), clean(list[0].Zone), list[0].Status, thousands(int64(sum.Tasks)),
			freeOf(sum.CPU, sum.HasCPU), freeOf(sum.Memory, sum.HasMemory), freeOf(sum.ENIs, sum.HasENIs))
	}
	return tab, fmt.Sprintf("together; --all lists the %s instances", thousands(int64(len(m.Instances))))
}

// freeOf is 1,536/2,048.
func freeOf(free, has int64) string { return amount(free) + "/" + amount(has) }

func (m *Moment) subnetTable(all bool) (*table, string) {
	tab := &table{columns: []column{{title: "SUBNET", least: 8}, {title: "ZONE"}, {title: "FREE", right: true}, {title: "OF", right: true}}}
	for n, s := range m.Subnets {
		if n == maxLooks && !all {
			return tab, fmt.Sprintf("and %d more: --all", len(m.Subnets)-n)
		}
		tab.add(clean(s.Name), clean(s.Zone), thousands(s.Free), thousands(s.Usable))
	}
	return tab, ""
}

func (m *Moment) waitingText(all bool) string {
	var parts []string
	for n, w := range m.Waiting {
		if n == maxLooks && !all {
			parts = append(parts, fmt.Sprintf("… %s more", thousands(int64(len(m.Waiting)-n))))
			break
		}
		parts = append(parts, fmt.Sprintf("%s since %s", clean(w.Name), w.Wanted.clock()))
	}
	return strings.Join(parts, ", ")
}
