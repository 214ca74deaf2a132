package cost

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"ecssim/model/catalog"
)

// ECS rules, services: per second, at least 60 s.
func TestEC2BillsBegunSecondsAndAMinuteAtLeast(t *testing.T) {
	for d, want := range map[time.Duration]int64{
		0: 60, 30 * time.Second: 60, 60 * time.Second: 60, 60*time.Second + 1: 61, time.Hour: 3600, 90*time.Second + time.Millisecond: 91,
	} {
		if got := EC2Seconds(d); got != want {
			t.Errorf("%v: %d s, want %d", d, got, want)
		}
	}
	m5, _ := catalog.Builtin().Type("m5.large")
	it := EC2Instance(m5, 30*time.Second)
	near(t, "m5.large for 30 s", it.USD, 0.096/60)
	if it.Name != "EC2 m5.large" || it.Unit != InstanceHour || !it.Known || it.Source == "" {
		t.Errorf("%+v", it)
	}
}

// AWS Fargate pricing page: a minute at least on Linux, five on Windows.
func TestFargateBillsBegunSecondsAndItsMinimum(t *testing.T) {
	for _, c := range []struct {
		d       time.Duration
		windows bool
		want    int64
	}{
		{45 * time.Second, false, 60}, {61*time.Second + 1, false, 62}, {10 * time.Minute, false, 600},
		{45 * time.Second, true, 300}, {5*time.Minute + 1, true, 301},
	} {
		if got := FargateSeconds(c.d, c.windows); got != c.want {
			t.Errorf("%v, windows %v: %d s, want %d", c.d, c.windows, got, c.want)
		}
	}
}

func TestNegativeDurationPanics(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("no panic")
		}
	}()
	EC2Seconds(-1)
}

// Worked by hand from the us-east-1 rates 0.04048 (vCPU), 0.004445 (GB), 0.000111 (storage).
func TestFargateTaskCost(t *testing.T) {
	linux := rates(t, "us-east-1", "LINUX", "X86_64")
	windows := rates(t, "us-east-1", "WINDOWS_SERVER_2022_CORE", "X86_64")
	for _, c := range []struct {
		name  string
		use   FargateUse
		rates catalog.FargateRates
		want  float64
	}{
		{"a quarter vCPU for a month", FargateUse{CPU: 256, Memory: 512, Duration: 730 * time.Hour}, linux, 7.3876 + 1.622425},
		{"45 s are billed as 60", FargateUse{CPU: 1024, Memory: 2048, Duration: 45 * time.Second}, linux, (0.04048 + 0.00889) / 60},
		{"80 of 100 GiB of disk", FargateUse{CPU: 4096, Memory: 8192, EphemeralGiB: 100, Duration: 10 * time.Minute}, linux,
			(0.16192 + 0.03556 + 80*0.000111) / 6},
		{"20 GiB are free", FargateUse{CPU: 1024, Memory: 2048, EphemeralGiB: 20, Duration: time.Hour}, linux, 0.04937},
		{"Windows pays a licence and five minutes", FargateUse{CPU: 1024, Memory: 2048, Duration: time.Second}, windows,
			(0.046552 + 0.046 + 2*0.00511175) / 12},
	} {
		sum := 0.0
		for _, it := range FargateTask(nil, c.use, c.rates) {
			if !it.Known || it.Source == "" {
				t.Errorf("%s: %+v", c.name, it)
			}
			sum += it.USD
		}
		near(t, c.name, sum, c.want)
	}
}

func TestUnknownRateIsCountedButNotPriced(t *testing.T) {
	r := rates(t, "eu-central-1", "LINUX", "X86_64") // no storage rate in the tables
	items := FargateTask(nil, FargateUse{CPU: 1024, Memory: 2048, EphemeralGiB: 30, Duration: time.Hour}, r)
	last := items[len(items)-1]
	if last.Name != FargateEphemeral || last.Known || last.USD != 0 || last.Quantity != 10 {
		t.Errorf("%+v", last)
	}
	m5, _ := catalog.Builtin().In("eu-west-1").Type("m5.large")
	var l Ledger
	l.Add(0, items...)
	l.Add(0, EC2Instance(m5, time.Hour), Priced("NAT gateway", 1, "gateway-hour", catalog.Price{}, false))
	usd, complete := l.Total()
	near(t, "the known part", usd, 0.04656+2*0.00511)
	if complete {
		t.Error("a total without some prices counts as complete")
	}
}

func TestSpotHasItemsOfItsOwn(t *testing.T) {
	r, ok := catalog.Builtin().FargatePrice("", "", true)
	if !ok {
		t.Fatal("no Spot rates for us-east-1")
	}
	items := FargateTask(nil, FargateUse{CPU: 1024, Memory: 2048, Duration: time.Hour}, r)
	if items[0].Name != FargateSpotVCPU || items[1].Name != FargateSpotMemory || items[0].USD >= 0.04048 {
		t.Errorf("%+v", items)
	}
}

func TestSpreadFollowsTheHours(t *testing.T) {
	var l Ledger
	l.Spread(30*time.Minute, 150*time.Minute, Item{Name: "x", Quantity: 2, Unit: "h", USD: 8, Known: true})
	l.Add(2*time.Hour, Item{Name: "a", Quantity: 1, Unit: "GB", USD: 1, Known: true})
	hs := l.Hours()
	if len(hs) != 3 || hs[2].Index != 2 || hs[2].Items[0].Name != "a" || hs[2].Items[1].Name != "x" {
		t.Fatalf("%+v", hs)
	}
	for i, want := range []float64{2, 4, 3} {
		usd, complete := hs[i].Total()
		near(t, "hour", usd, want)
		if !complete {
			t.Error("incomplete")
		}
	}
}

func TestSpanThatEndsOnTheHourLeavesTheNextEmpty(t *testing.T) {
	var l Ledger
	l.Spread(0, time.Hour, Item{Name: "x", USD: 1, Known: true})
	l.Spread(time.Hour, time.Hour, Item{Name: "y", USD: 1, Known: true})
	if hs := l.Hours(); len(hs) != 2 || len(hs[0].Items) != 1 || hs[1].Items[0].Name != "y" {
		t.Errorf("%+v", hs)
	}
}

// Two routes to one answer: the hours add up to the total. And the same charges give the same bits.
func TestHoursAddUpAndRepeat(t *testing.T) {
	fill := func() *Ledger {
		rng := rand.New(rand.NewPCG(1, 2))
		l := &Ledger{}
		for range 2000 {
			from := time.Duration(rng.Int64N(int64(50 * time.Hour)))
			it := Item{Name: string(rune('a' + rng.IntN(9))), Quantity: rng.Float64(), USD: rng.Float64(), Known: true}
			l.Spread(from, from+time.Duration(rng.Int64N(int64(9*time.Hour))), it)
		}
		return l
	}
	a, b := fill(), fill()
	if !slices.Equal(a.Items(), b.Items()) {
		t.Error("two equal ledgers differ")
	}
	sum := 0.0
	for i, h := range a.Hours() {
		if !slices.Equal(h.Items, b.Hours()[i].Items) {
			t.Errorf("hour %d differs", h.Index)
		}
		usd, _ := h.Total()
		sum += usd
	}
	usd, _ := a.Total()
	near(t, "the hours", sum, usd)
	if n := len(a.Hours()); n > 59 {
		t.Errorf("%d hours", n)
	}
}

func TestChargesAllocateNothingOnceTheItemExists(t *testing.T) {
	var l Ledger
	r := rates(t, "us-east-1", "", "")
	buf := make([]Item, 0, 4)
	charge := func() {
		buf = FargateTask(buf[:0], FargateUse{CPU: 256, Memory: 512, Duration: time.Hour}, r)
		l.Spread(0, 3*time.Hour, buf...)
	}
	charge()
	if n := testing.AllocsPerRun(100, charge); n > 0 {
		t.Errorf("%v allocations a charge", n)
	}
}

func rates(t *testing.T, region, os, arch string) catalog.FargateRates {
	t.Helper()
	r, ok := catalog.Builtin().In(region).FargatePrice(os, arch, false)
	if !ok {
		t.Fatalf("no rates for %s %s %s", region, os, arch)
	}
	return r
}

func near(t *testing.T, what string, got, want float64) {
	t.Helper()
	if math.Abs(got-want) > 1e-9*max(1, math.Abs(want)) {
		t.Errorf("%s: %v, want %v", what, got, want)
	}
}
