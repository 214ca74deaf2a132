package report

import (
	"context"
	"encoding/json"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"ecssim/model"
	"ecssim/model/balance"
	"ecssim/model/catalog"
	"ecssim/model/cost"
	"ecssim/model/fleet"
	"ecssim/model/load"
	"ecssim/model/scaling"
	"ecssim/sim"
)

// steady is a load that does not change.
type steady struct {
	rate float64
	told bool
}

func (s *steady) Next() (load.Step, bool) {
	if s.told {
		return load.Step{}, false
	}
	s.told = true
	return load.Step{Rate: s.rate}, true
}

// dear is a world in which everything costs money: fleets, a group with Spot, Fargate of both kinds, load balancers with
// load, gateways, public addresses, logs, volumes, and lower rates.
func dear(t testing.TB) *model.Config {
	cfg := busy(t)
	cfg.Name = "dear"
	m6, ok := catalog.Builtin().Type("m6i.large")
	require.True(t, ok)
	offer, ok := cfg.Catalog.Spot(m6.Name)
	require.True(t, ok)
	cfg.LoadBalancers = []balance.LoadBalancer{
		{Name: "public", Subnets: []int{0, 1}, Targets: 1000}, {Name: "inner", Type: balance.Network, Subnets: []int{0}, Targets: 1000},
	}
	cfg.TargetGroups = []balance.TargetGroup{{
		Name: "public/web", Type: balance.IPTarget, Health: balance.DefaultHealthCheck(balance.Application), Targets: 1000,
	}}
	cfg.Services[0].Targets = []model.Target{{Group: 0, Container: 0, Port: 80}}
	cfg.Services[0].Load = &model.Load{
		Profile: load.Profile{CPUPerUnit: 10, MemoryBase: 100}, Curve: func(sim.Streams) load.Curve { return &steady{rate: 40} }, Unit: "requests",
	}
	cfg.CapacityProviders = []model.CapacityProvider{
		{Name: "asg", Kind: model.GroupProvider, Group: &model.Group{
			Template: model.Fleet{Name: "asg", Type: m6, Subnets: []int{0}}, Types: []catalog.InstanceType{m6}, Min: 3, Max: 3, Desired: 3,
			Distribution: fleet.Distribution{Mixed: true, OnDemandBase: 1}, SpotDiscount: []float64{offer.Discount},
			TimeToFailure: cfg.Fleets[0].TimeToFailure,
		}},
		{Name: "FARGATE", Kind: model.FargateProvider}, {Name: "FARGATE_SPOT", Kind: model.FargateSpotProvider},
	}
	cfg.Jobs[0].Providers = []model.ProviderShare{{Provider: 0, Share: scaling.Share{Weight: 1}}}
	cfg.Jobs[1].Providers = []model.ProviderShare{{Provider: 1, Share: scaling.Share{Weight: 1}}, {Provider: 2, Share: scaling.Share{Weight: 1}}}
	cfg.Pricing = model.Pricing{
		SavingsPlan: model.Compute1Year, EC2Discount: 0.28, InternetFacing: []bool{true, false}, NATGateways: 2, NATGBPerHour: 1.5, InstanceVolumeGB: 30,
		Services: []model.Traffic{{
			BytesPerUnit: 30_000, NATBytesPerUnit: 1000, LogBytesPerUnit: 500, UnitsPerConnection: 2, ConnectionTime: 10 * time.Second, RulesPerUnit: 20,
		}},
		Jobs: []model.Traffic{{}, {PublicIP: true}},
	}
	return cfg
}

// accountant has the documented rates of us-east-1 and adds up what the files of a result say.
type accountant struct {
	t     *testing.T
	hours float64 // of the run
	items map[string]float64
}

func (a *accountant) instances(all []map[string]string) {
	for _, row := range all {
		end := a.hours * 3600
		if row["terminated_s"] != "" {
			end = number(a.t, row["terminated_s"])
		}
		lived := end - number(a.t, row["launched_s"])
		billed := math.Max(60, math.Ceil(lived-1e-9)) / 3600
		list := map[string]float64{"m5.large": 0.096, "m6i.large": 0.096}[row["type"]]
		item, price := "EC2 "+row["type"], list*(1-0.28)
		if row["market"] == "spot" {
			item, price = item+" Spot", list*(1-0.63)
			assert.Equal(a.t, "asg", row["capacity_provider"])
		}
		assert.InDelta(a.t, price, number(a.t, row["price_usd_per_hour"]), 1e-9)
		a.items[item] += billed * price
		a.items["EBS gp3 volume"] += 30 * 0.08 / 730 * lived / 3600
	}
}

func (a *accountant) tasks(all []map[string]string) {
	for _, row := range all {
		if row["launch_type"] != "FARGATE" || row["placed_s"] == "" {
			continue
		}
		end := a.hours * 3600
		if row["stopped_s"] != "" {
			end = number(a.t, row["stopped_s"])
		}
		a.items["public IPv4 address"] += 0.005 * (end - number(a.t, row["placed_s"])) / 3600
		if row["pull_started_s"] == "" {
			continue
		}
		h := math.Max(60, math.Ceil(end-number(a.t, row["pull_started_s"])-1e-9)) / 3600
		vcpu, gb := h*number(a.t, row["cpu"])/1024, h*number(a.t, row["memory"])/1024
		switch row["capacity_provider"] {
		case "FARGATE":
			a.items["Fargate vCPU, Savings Plan"] += vcpu * 0.032384
			a.items["Fargate memory, Savings Plan"] += gb * 0.003556
		case "FARGATE_SPOT":
			spot, ok := catalog.Builtin().FargatePrice("", "", true)
			require.True(a.t, ok)
			a.items["Fargate Spot vCPU"] += vcpu * spot.VCPUHour
			a.items["Fargate Spot memory"] += gb * spot.GBHour
		default:
			a.t.Errorf("a task on %q", row["capacity_provider"])
		}
	}
}

// standing adds what is there all the time, and what goes with 40 requests a second, of which share are served.
func (a *accountant) standing(served float64) {
	const rate, gb = 40.0, 1 << 30
	a.items["Application Load Balancer"] = a.hours * 0.0225
	a.items["Network Load Balancer"] = a.hours * 0.0225
	a.items["Application Load Balancer LCU"] = a.hours * 0.008 * max(20.0/25, 20*10/3000.0, served/a.hours*30_000/gb, rate*10/1000)
	a.items["NAT gateway"] = 2 * a.hours * 0.045
	a.items["NAT gateway data"] = 0.045 * (1.5*a.hours + served*1000/gb)
	a.items["public IPv4 address"] += (2 + 2) * a.hours * 0.005
	a.items["CloudWatch Logs ingestion"] = 0.5 * served * 500 / gb
}

// TestCostIsTheSumOfTheTables: whoever has the files and the price lists comes to the same bill, item by item.
func TestCostIsTheSumOfTheTables(t *testing.T) {
	cfg := dear(t)
	served := 0.0
	r := NewRecorder(cfg, 1, RecorderOptions{})
	model.NewWorld(cfg, 1, &listener{r, &served}).Run(context.Background())
	dir := t.TempDir()
	require.NoError(t, WriteFolder(dir, Set{Records: []*Record{r.Record()}}, FolderOptions{}))
	files := tree(t, dir)
	a := &accountant{t: t, hours: r.Record().End.Hours(), items: map[string]float64{}}
	a.instances(rows(t, files["data/instances.csv"]))
	a.tasks(rows(t, files["data/tasks.csv"]))
	a.standing(served)

	var summary struct{ Cost CostSummary }
	require.NoError(t, json.Unmarshal([]byte(files["summary.json"]), &summary))
	total, seen := 0.0, map[string]bool{}
	for _, it := range summary.Cost.Items {
		seen[it.Item] = true
		assert.True(t, it.Known && it.Source != "", "%+v", it)
		assert.Greater(t, it.USD, 0.0, it.Item)
		assert.InDelta(t, a.items[it.Item], it.USD, 2e-6, it.Item)
	}
	for item, usd := range a.items {
		assert.True(t, seen[item], "%s: $%v is not in the bill", item, usd)
		total += usd
	}
	assert.InDelta(t, total, summary.Cost.TotalUSD, 1e-5)
	byHour := map[string]float64{}
	for _, row := range rows(t, files["data/costs.csv"]) {
		byHour[row["item"]] += number(t, row["usd"])
	}
	for item, usd := range a.items {
		assert.InDelta(t, usd, byHour[item], 2e-6, item)
	}
	paid, billed := 0.0, 0.0
	for _, w := range summary.Cost.Capacity {
		paid += w.Paid
	}
	for item, usd := range a.items {
		if strings.HasPrefix(item, "EC2") || strings.HasPrefix(item, "Fargate") {
			billed += usd
		}
	}
	assert.InDelta(t, billed, paid, 1e-5, "every machine belongs to some capacity")
}

// listener counts what is served besides.
type listener struct {
	*Recorder
	served *float64
}

func (l *listener) LoadMeasured(now time.Duration, o *model.Owner, m model.LoadMinute) {
	*l.served += m.Served * (now - m.From).Seconds()
	l.Recorder.LoadMeasured(now, o, m)
}

// ECS rules, services: a stopped instance of a warm pool costs its volume alone, a running one as any other.
func TestWarmPoolsAreCharged(t *testing.T) {
	for _, running := range []bool{false, true} {
		cfg := surgeConfig(t)
		cfg.Duration, cfg.Pricing.InstanceVolumeGB = 2*time.Hour, 73
		cfg.CapacityProviders[0].Group.WarmPool = &model.WarmPool{Running: running}
		s := newScript(t, cfg, 1, RecorderOptions{})
		s.at(30*time.Minute).r.GroupChanged(s.now, model.GroupState{Pooled: 2})
		s.at(90*time.Minute).r.GroupChanged(s.now, model.GroupState{Pooled: 1})
		usd := map[string]float64{}
		rec := s.end(2*time.Hour, sim.Reached)
		for _, it := range rec.Bill {
			usd[it.Name] += it.USD
		}
		near(t, 2.5*73*0.08/730, usd[cost.InstanceVolumes])
		want, rate := 0.0, 73*0.08/730
		if running {
			want, rate = 2.5*0.096, rate+0.096
		}
		near(t, want, usd["EC2 m5.large"])
		near(t, rate, rec.Cost.Rates.End)
		unreserved := 0.0
		for _, w := range rec.Cost.Waste {
			unreserved += w.Unreserved
		}
		near(t, want, unreserved)
	}
}

// What a scenario does not ask for is not charged, except what it has: load balancers.
func TestNothingIsAddedByDefault(t *testing.T) {
	cfg := busy(t)
	cfg.LoadBalancers = []balance.LoadBalancer{{Name: "public", Subnets: []int{0}, Targets: 1000}}
	r := NewRecorder(cfg, 1, RecorderOptions{})
	model.NewWorld(cfg, 1, r).Run(context.Background())
	var names []string
	for _, it := range r.Record().Bill {
		names = append(names, it.Name)
	}
	assert.Equal(t, []string{cost.ALB, "EC2 m5.large", cost.FargateMemory, cost.FargateVCPU}, names)
}
