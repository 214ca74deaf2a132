package cost

import (
	"math"
	"testing"
	"time"

	"pgregory.net/rapid"

	"ecssim/model/catalog"
)

// ECS rules, services 7.1, 7.2, R-7.1, R-7.2, R-7.3 and, with the list prices of us-east-1.
func TestWorkedExamplesOfPrices(t *testing.T) {
	linux := rates(t, "us-east-1", "LINUX", "X86_64")
	sum := func(items []Item) (usd float64) {
		for _, it := range items {
			usd += it.USD
		}
		return usd
	}
	m5, _ := catalog.Builtin().Type("m5.large")
	for _, c := range []struct {
		rule      string
		got, want float64
	}{
		{"R-7.1", sum(FargateTask(nil, FargateUse{CPU: 256, Memory: 512, Duration: 730 * time.Hour}, linux)), 0.25*0.04048*730 + 0.5*0.004445*730},
		{"R-7.2", sum(FargateTask(nil, FargateUse{CPU: 1024, Memory: 2048, Duration: 45 * time.Second}, linux)), (0.04048 + 2*0.004445) / 60},
		{"R-7.3", sum(FargateTask(nil, FargateUse{CPU: 4096, Memory: 8192, EphemeralGiB: 100, Duration: 10 * time.Minute}, linux)),
			(0.16192 + 0.03556 + 80*0.000111) / 6},
		{"R-7.4", EC2Instance(m5, 30*time.Second).USD, 0.096 / 60},
	} {
		near(t, c.rule, c.got, c.want)
	}
}

// ECS rules, services.
func TestStoppedInstanceOfAWarmPoolCostsItsVolume(t *testing.T) {
	gp3, ok := catalog.Builtin().Price("ebs_gp3_gb_month")
	it := Volume(30, 73*time.Hour, gp3, ok)
	near(t, "a tenth of a month", it.Quantity, 3)
	near(t, "a tenth of a month", it.USD, 0.24)
	if it.Name != InstanceVolumes || it.Unit != GBMonth || !it.Known || it.Source == "" {
		t.Errorf("%+v", it)
	}
}

// ECS rules, services 7.2: the fee does not shrink with Spot or a discount.
func TestInstancesOfAllMarkets(t *testing.T) {
	m5, _ := catalog.Builtin().Type("m5.large")
	for _, c := range []struct {
		name           string
		use            InstanceUse
		item           string
		usd, fee, hour float64
	}{
		{"On-Demand", InstanceUse{Type: m5}, "EC2 m5.large", 0.096, -1, 0.096},
		{"with a discount", InstanceUse{Type: m5, Discount: 0.25}, "EC2 m5.large", 0.072, -1, 0.072},
		{"Spot", InstanceUse{Type: m5, Spot: true, SpotPrice: 0.03, Discount: 0.25}, "EC2 m5.large Spot", 0.03, -1, 0.03},
		{"managed", InstanceUse{Type: m5, Fee: 0.12}, "EC2 m5.large", 0.096, 0.01152, 0.10752},
		{"managed, Spot", InstanceUse{Type: m5, Spot: true, SpotPrice: 0.03, Fee: 0.12}, "EC2 m5.large Spot", 0.03, 0.01152, 0.04152},
		{"managed, with a discount", InstanceUse{Type: m5, Discount: 0.5, Fee: 0.12}, "EC2 m5.large", 0.048, 0.01152, 0.05952},
	} {
		c.use.Duration = time.Hour
		items := c.use.Charge(nil)
		near(t, c.name, items[0].USD, c.usd)
		near(t, c.name, c.use.PerHour(), c.hour)
		if items[0].Name != c.item || !items[0].Known {
			t.Errorf("%s: %+v", c.name, items[0])
		}
		if (c.fee >= 0) != (len(items) == 2) {
			t.Fatalf("%s: %+v", c.name, items)
		}
		if c.fee >= 0 {
			near(t, c.name, items[1].USD, c.fee)
		}
	}
}

func TestUnknownPricesOfInstancesStayUnknown(t *testing.T) {
	m5, _ := catalog.Builtin().In("eu-west-1").Type("m5.large") // no EC2 prices there
	for _, u := range []InstanceUse{
		{Type: m5, Duration: time.Hour}, {Type: m5, Discount: 0.3, Duration: time.Hour},
		{Type: m5, Spot: true, SpotPrice: -1, Duration: time.Hour}, {Type: m5, Spot: true, SpotPrice: 0.03, Fee: 0.1, Duration: time.Hour},
	} {
		items := u.Charge(nil)
		last := items[len(items)-1]
		if last.Known || last.USD != 0 || u.PerHour() >= 0 {
			t.Errorf("%+v, %v an hour", items, u.PerHour())
		}
	}
}

// ECS rules, services 7.2: the dimension that needs the most.
func TestCapacityUnitsAreTheLargestDimension(t *testing.T) {
	for _, c := range []struct {
		name string
		unit CapacityUnit
		use  BalancerUse
		span time.Duration
		want float64
	}{
		{"nothing", LCU, BalancerUse{}, time.Hour, 0},
		{"50 connections a second", LCU, BalancerUse{Connections: 50 * 3600}, time.Hour, 2},
		{"for half an hour of the run", LCU, BalancerUse{Connections: 50 * 1800}, 30 * time.Minute, 1},
		{"100 a second, each open for 3 minutes", LCU, BalancerUse{Connections: 100 * 3600, ConnectionSeconds: 100 * 3600 * 180}, time.Hour, 6},
		{"3 GB an hour", LCU, BalancerUse{Connections: 25 * 3600, Bytes: 3 << 30}, time.Hour, 3},
		{"5,000 rules a second", LCU, BalancerUse{Connections: 25 * 3600, Rules: 5000 * 3600}, time.Hour, 5},
		{"a Network Load Balancer bills no rules", NLCU, BalancerUse{Connections: 800 * 3600, Rules: 1e9}, time.Hour, 1},
		{"nor so soon connections", NLCU, BalancerUse{ConnectionSeconds: 50_000 * 3600}, time.Hour, 0.5},
		{"no time", LCU, BalancerUse{Connections: 1}, 0, 0},
	} {
		near(t, c.name, c.unit.UnitHours(c.use, c.span), c.want)
	}
}

func TestMoreUseNeverCostsLess(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		amount := rapid.Float64Range(0, 1e9)
		draw := func(name string) BalancerUse {
			return BalancerUse{amount.Draw(t, name), amount.Draw(t, name), amount.Draw(t, name), amount.Draw(t, name)}
		}
		a, b := draw("a"), draw("b")
		both := BalancerUse{a.Connections + b.Connections, a.ConnectionSeconds + b.ConnectionSeconds, a.Bytes + b.Bytes, a.Rules + b.Rules}
		for _, unit := range []CapacityUnit{LCU, NLCU} {
			one, other, sum := unit.UnitHours(a, time.Hour), unit.UnitHours(b, time.Hour), unit.UnitHours(both, time.Hour)
			if sum < max(one, other) || sum > (one+other)*(1+1e-12) || math.IsNaN(sum) {
				t.Fatalf("%v and %v, together %v", one, other, sum)
			}
		}
	})
}

func TestSavingsPlanHasItemsOfItsOwn(t *testing.T) {
	for years, want := range map[int]float64{1: 0.032384 + 2*0.003556, 3: 0.022264 + 2*0.00244475} {
		r, ok := catalog.Builtin().FargatePlan(years)
		items := FargateTask(nil, FargateUse{CPU: 1024, Memory: 2048, Duration: time.Hour}, r)
		if !ok || items[0].Name != FargatePlanVCPU || items[1].Name != FargatePlanMemory || items[0].Source == "" {
			t.Fatalf("%d years: %v, %+v", years, ok, items)
		}
		near(t, "the plan", items[0].USD+items[1].USD, want)
	}
	if r, ok := catalog.Builtin().In("eu-west-1").FargatePlan(1); ok {
		t.Errorf("%+v", r)
	}
	if r, ok := catalog.Builtin().FargatePlan(2); ok {
		t.Errorf("%+v", r)
	}
}
