package catalog

import (
	"errors"
	"strings"
	"testing"
)

func p[T any](v T) *T { return &v }

func with(t *testing.T, o ...Override) *Catalog {
	t.Helper()
	c, err := Builtin().With(o)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestNewTypeOfTheScenario(t *testing.T) {
	c := with(t, Override{Name: "slot8", CPU: p(int64(8192)), Memory: p(int64(16384)), MaxENIs: p(int64(4)), BranchENIs: p(int64(10)), PricePerHour: p(0.10)})
	it, ok := c.Type("slot8")
	if !ok || it.CPU != 8192 || it.VCPU != 8 || it.Memory != 16384 || it.NominalMemory != 0 || it.Architecture != "x86_64" {
		t.Errorf("%+v", it)
	}
	if it.TaskENIs != 3 || it.TrunkTaskENIs != 12 || it.TrunkRule != RuleCustom || it.ENIsAssumed || !it.Custom {
		t.Errorf("%+v", it)
	}
	if _, ok := Builtin().Type("slot8"); ok {
		t.Error("With changed the catalog that everyone shares")
	}
	if it, _ := c.In("eu-west-1").Type("slot8"); it.PricePerHour != 0.10 {
		t.Errorf("a price of the scenario's own is lost in another region: %v", it.PricePerHour)
	}
}

func TestNewTypeWithoutInterfacesAssumesThem(t *testing.T) {
	it, _ := with(t, Override{Name: "box", CPU: p(int64(2048)), Memory: p(int64(4096))}).Type("box")
	if it.MaxENIs != 3 || it.TaskENIs != 2 || !it.ENIsAssumed || it.TrunkTaskENIs != 0 || it.TrunkRule != RuleNotCapable || it.PricePerHour >= 0 {
		t.Errorf("%+v", it)
	}
}

func TestOverrideKeepsWhatItDoesNotName(t *testing.T) {
	was, _ := Builtin().Type("m5.large")
	it, _ := with(t, Override{Name: "m5.large", PricePerHour: p(0.071)}).Type("m5.large")
	if it.PricePerHour != 0.071 || it.PriceSource != ScenarioPrice || it.Memory != was.Memory || it.TrunkTaskENIs != 10 || it.TrunkRule != RuleDocumented {
		t.Errorf("%+v", it)
	}
	if again, _ := Builtin().Type("m5.large"); again.PricePerHour != 0.096 || len(again.Sources) != len(was.Sources) || again.Custom {
		t.Errorf("the shared row changed: %+v", again)
	}
}

func TestOverriddenInterfacesMoveBothLimits(t *testing.T) {
	for _, c := range []struct {
		o                   Override
		enis, tasks, trunks int64
	}{
		{Override{Name: "m5.large", MaxENIs: p(int64(5))}, 5, 4, 12}, // two more interfaces, two more tasks
		{Override{Name: "m5.large", MaxENIs: p(int64(1))}, 1, 0, 0},  // no room for a trunk
		{Override{Name: "m5.large", BranchENIs: p(int64(0))}, 3, 2, 0},
		{Override{Name: "m5.large", BranchENIs: p(int64(20))}, 3, 2, 21},
		{Override{Name: "t3.medium", MaxENIs: p(int64(6))}, 6, 5, 0},
		{Override{Name: "t3.medium", BranchENIs: p(int64(9))}, 3, 2, 10},
		{Override{Name: "p3.2xlarge", MaxENIs: p(int64(5))}, 5, 4, 41}, // documented without a branch count
		{Override{Name: "p5.48xlarge", MaxENIs: p(int64(64))}, 64, 63, 0},
		{Override{Name: "p2.xlarge", BranchENIs: p(int64(10))}, 0, 3, 12}, // interfaces assumed: 4
	} {
		it, _ := with(t, c.o).Type(c.o.Name)
		if it.MaxENIs != c.enis || it.TaskENIs != c.tasks || it.TrunkTaskENIs != c.trunks {
			t.Errorf("%s: %d, %d, %d; want %d, %d, %d", c.o.Name, it.MaxENIs, it.TaskENIs, it.TrunkTaskENIs, c.enis, c.tasks, c.trunks)
		}
	}
}

func TestOverrideProblemsAreReportedTogether(t *testing.T) {
	_, err := Builtin().With([]Override{
		{Name: "m5.larg", PricePerHour: p(0.071)},
		{Name: "m5.large", CPU: p(int64(0)), MaxENIs: p(int64(0)), PricePerHour: p(-1.0), Architecture: p("ARM64")},
		{Name: "c5.large", MaxENIs: p(int64(1)), BranchENIs: p(int64(4))},
		{Name: "c5.large", GPU: p(int64(1))},
	})
	if err == nil {
		t.Fatal("accepted")
	}
	var one *OverrideError
	if !errors.As(err, &one) || one.Name != "m5.larg" || one.Nearest != "m5.large" {
		t.Errorf("%+v", one)
	}
	for _, want := range []string{
		`catalog.types."m5.larg": a new type needs cpu and memory (did you mean "m5.large"?)`,
		`catalog.types."m5.large".cpu: 0 is not between`, `"m5.large".max_enis: 0`, `"m5.large".price_per_hour: -1 is not a price`,
		`"m5.large".architecture: "ARM64"`, `"c5.large".max_enis: trunking needs two`, `"c5.large": the type is overridden twice`,
	} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("missing %q in:\n%v", want, err)
		}
	}
}

func TestNearest(t *testing.T) {
	for typed, want := range map[string]string{
		"m5.larg": "m5.large", "m5large": "m5.large", "M5.Large": "m5.large", "c5.4xlrge": "c5.4xlarge", "t3.medum": "t3.medium",
		"m6i.2xlarg": "m6i.2xlarge", "m5.large": "m5.large", "": "", "slot8": "", "database-server": "",
	} {
		if got := Builtin().Nearest(typed); got != want {
			t.Errorf("%q: %q, want %q", typed, got, want)
		}
	}
}

func TestRegionsHaveTheirOwnPrices(t *testing.T) {
	eu := Builtin().In("eu-west-1")
	if it, _ := eu.Type("m5.large"); it.PricePerHour >= 0 || it.PriceSource != "" {
		t.Errorf("the us-east-1 price in eu-west-1: %v", it.PricePerHour)
	}
	if it, _ := eu.In("us-east-1").Type("m5.large"); it.PricePerHour != 0.096 {
		t.Errorf("lost on the way back: %v", it.PricePerHour)
	}
	if it := eu.Types()[0]; it.PricePerHour >= 0 {
		t.Errorf("Types gives %v", it.PricePerHour)
	}
	if rs := Builtin().Regions(); len(rs) < 22 || rs[0] != "af-south-1" {
		t.Errorf("%v", rs)
	}
}
