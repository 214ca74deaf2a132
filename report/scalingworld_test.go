package report

import (
	"context"
	"math"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"ecssim/model"
	"ecssim/model/catalog"
	"ecssim/model/fleet"
	"ecssim/model/load"
	"ecssim/model/network"
	"ecssim/model/placement"
	"ecssim/model/scaling"
	"ecssim/sim"
)

// restless is a world in which capacity follows load as it may: a daily curve with noise on a mixed group of On-Demand and
// Spot instances that are taken back, a second service on a group with a warm pool, jobs on the first, and tight bounds.
func restless(t testing.TB) *model.Config {
	cfg := surgeConfig(t)
	cfg.Name, cfg.Duration, cfg.Warmup, cfg.Quotas = "restless", 24*time.Hour, time.Hour, model.DefaultQuotas()
	cfg.Images, cfg.Registries, cfg.Services[0].Images = nil, nil, nil
	cfg.Subnets = append(cfg.Subnets, network.Subnet{Name: "b", Zone: "b", Prefix: 24})
	exponential := func(mean float64) sim.Dist {
		d, err := sim.Exponential(mean)
		require.NoError(t, err)
		return d
	}
	l := &cfg.Latency
	l.MetricDelay, l.ManagedMetricDelay, l.ScalingAction, l.GroupReaction, l.Termination = exponential(60), exponential(60), exponential(5), exponential(5), exponential(60)
	l.ENIAttach, l.ImagePull, l.ContainerStart = exponential(5), exponential(10), exponential(1)
	large, _ := catalog.Builtin().Type("m5.large")
	xlarge, _ := catalog.Builtin().Type("m5.xlarge")
	g := cfg.CapacityProviders[0].Group
	g.Template.Subnets, g.Types, g.Max, g.BootTime = []int{0, 1}, []catalog.InstanceType{large, xlarge}, 12, exponential(90)
	g.Distribution = fleet.Distribution{Mixed: true, OnDemandBase: 1, OnDemandPercent: 50}
	g.SpotDiscount, g.TimeToInterruption = []float64{0.6, 0.6}, []sim.Dist{exponential(7200), exponential(7200)}
	cfg.CapacityProviders[0].Draining = true
	pooled := *g
	pooled.Template.Name, pooled.Types, pooled.SpotDiscount, pooled.TimeToInterruption = "warm", g.Types[:1], nil, nil
	pooled.Distribution, pooled.Max, pooled.Min, pooled.Desired = fleet.Distribution{}, 6, 1, 1
	pooled.WarmPool = &model.WarmPool{Size: fleet.Pool{Prepared: -1}, StartTime: exponential(20)}
	cfg.CapacityProviders = append(cfg.CapacityProviders, model.CapacityProvider{
		Name: "warm", Kind: model.GroupProvider, Group: &pooled, TerminationProtection: true,
		Managed: &scaling.ManagedConfig{TargetCapacity: 90, MinStep: 1, MaxStep: 3, Warmup: 60 * time.Second},
	})
	cfg.Services[0].Task.CPU, cfg.Services[0].Task.Memory, cfg.Services[0].Task.Containers[0].Health = 1024, 1024, nil
	cfg.Services[0].Task.Containers[0].CPU, cfg.Services[0].Task.Containers[0].Memory = 1024, 1024
	cfg.Services[0].Strategy, cfg.Services[0].Subnets = placement.ServiceDefault(), []int{0, 1}
	cfg.Services[0].Load.CPUPerUnit, cfg.Services[0].Scaling.Max = 5, 24
	cfg.Services[0].Load.Curve = func(streams sim.Streams) load.Curve {
		r, curve := streams.Named("load"), &steps{}
		for m := range 24 * 60 {
			rate := 300 + 1200*(1-math.Cos(2*math.Pi*float64(m)/720))
			*curve = append(*curve, load.Step{At: time.Duration(m) * time.Minute, Rate: rate * (0.9 + 0.2*r.Float64())})
		}
		return curve
	}
	side := cfg.Services[0]
	side.Name, side.Group, side.DesiredCount = "side", "service:side", 1
	side.Providers = []model.ProviderShare{{Provider: 1, Share: scaling.Share{Weight: 1}}}
	side.Scaling = nervous()
	side.Scaling.Max = 40
	cfg.Services = append(cfg.Services, side)
	batch := cfg.Services[0].Placing
	batch.Group = "family:batch"
	cfg.Jobs = []model.Job{{Name: "batch", Placing: batch, RunTime: exponential(300), Arrivals: func(s sim.Streams) model.Arrivals {
		r := s.Named("arrivals/batch")
		return &poisson{n: 300, draw: func() time.Duration { return sim.Seconds(exponential(240), r) }}
	}}}
	return cfg
}

func TestARealWorldThatScalesKeepsTheBooks(t *testing.T) {
	cfg := restless(t)
	for seed := uint64(1); seed <= 4; seed++ {
		r := NewRecorder(cfg, seed, RecorderOptions{LogLimit: LogAll})
		model.NewWorld(cfg, seed, r).Run(context.Background())
		rec := r.Record()
		require.NotNil(t, rec)
		assert.Greater(t, len(rec.Episodes), 5, "seed %d", seed)
		checkEpisodes(t, rec)
		checkDecisions(t, rec)
		for i := range rec.Providers {
			p := &rec.Providers[i]
			started := int64(cfg.CapacityProviders[i].Group.Desired)
			assert.Equal(t, started+p.Launched-p.Lost, p.Instances+p.Booting, p.Name)
			assert.Equal(t, p.Waiting > 0, r.provider(i).waiting.Value() > 0)
			assert.LessOrEqual(t, p.InstancesPeak, int64(cfg.CapacityProviders[i].Group.Max)+2, "rebalancing may launch before it ends")
			assert.Positive(t, p.Wait.Count)
			assert.Positive(t, p.Reservation)
			sum := int64(0)
			for _, n := range r.provider(i).waitingOf {
				sum += n
			}
			assert.Equal(t, p.Waiting, sum)
		}
		assert.Positive(t, rec.Providers[0].Spot)
		l := rec.Owners[0].Load
		near(t, l.Offered, l.Served+l.Dropped)
		_, err := pictures(rec, Summarise(Set{Records: []*Record{rec}}))
		require.NoError(t, err)
		if seed == 1 {
			golden(t, "restless.txt", []byte(Summarise(Set{Records: []*Record{rec}}).Terminal(TerminalOptions{})))
		}
	}
}

func checkEpisodes(t *testing.T, rec *Record) {
	end := map[int]time.Duration{}
	for _, x := range rec.Episodes {
		if !x.Complete() {
			continue
		}
		require.Equal(t, x.End-x.Begin, x.Split.Total())
		require.LessOrEqual(t, x.Begin, x.Decided)
		require.LessOrEqual(t, x.Decided, x.End)
		require.Positive(t, x.Tasks)
		require.GreaterOrEqual(t, x.Begin, end[x.Service], "episodes of a service do not overlap")
		end[x.Service] = x.End
	}
}

func checkDecisions(t *testing.T, rec *Record) {
	created, last := map[int64]int64{}, int64(0)
	for d := range rec.Decisions.all() {
		require.Greater(t, d.ID, last)
		last = d.ID
		created[d.ID] = d.Tasks
		if d.Cause > 0 {
			require.Less(t, d.Cause, d.ID)
			require.Positive(t, created[d.Cause], "whose tasks wait was told before")
			require.Negative(t, d.Service)
		}
		require.LessOrEqual(t, d.FirstRunning, d.LastRunning)
		require.LessOrEqual(t, d.FirstRegistered, d.LastRegistered)
		if !d.Changes() {
			require.Zero(t, d.Tasks+d.Instances)
		}
	}
}
