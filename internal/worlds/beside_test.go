package worlds

import (
	"context"
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"ecssim/model"
	"ecssim/model/load"
	"ecssim/model/network"
	"ecssim/model/scaling"
	"ecssim/model/service"
	"ecssim/sim"
)

// TestAServiceWithLoadBesideOthersDoesNotMoveThem: whoever comes last into a world, with a load and scaling of his own, and
// shares nothing with the others that could run out, leaves them as they were. So variants of a scenario see the same
// chances.
func TestAServiceWithLoadBesideOthersDoesNotMoveThem(t *testing.T) {
	compared := 0
	for seed := uint64(1); seed <= 300; seed++ {
		g := newGenerator(seed)
		alone := g.generate()
		if g.on[faults] || g.on[shortages] || g.on[throttles] || g.on[quotas] {
			continue // of which he would take his part
		}
		compared++
		alone.Quotas.FargateLaunchRate = 0
		both := *alone
		beside(&both)
		id := fmt.Sprintf("ecs-svc/%010d", len(alone.Services)) // deployments of his, which some events name alone
		before, after := history(t, alone, seed, id), history(t, &both, seed, id)
		for n := range min(len(before), len(after)) {
			require.Equal(t, before[n], after[n], "world %d, line %d", seed, n)
		}
		require.Len(t, after, len(before), "world %d", seed)
	}
	require.Greater(t, compared, 10)
}

// beside adds a service on Fargate in a zone of its own.
func beside(cfg *model.Config) {
	cfg.Subnets = append(cfg.Subnets[:len(cfg.Subnets):len(cfg.Subnets)], network.Subnet{Name: "extra", Zone: "z", Prefix: 18})
	g := newGenerator(1)
	g.cfg.Clusters, g.cfg.Subnets = cfg.Clusters, cfg.Subnets
	g.on[onFargate], g.on[chances], g.on[delays] = true, true, true
	s := model.Service{Name: "extra", Placing: g.placing("extra", "service:extra", false), DesiredCount: 2}
	s.Cluster, s.Subnets = 0, []int{len(cfg.Subnets) - 1}
	s.Deployment = service.DeploymentConfiguration{MinimumHealthyPercent: 100, MaximumPercent: 200}
	s.Load = &model.Load{
		Profile: load.Profile{CPUPerUnit: 10}, Unit: "requests",
		Curve: ramp{name: "extra", gap: 300, peak: 500, until: cfg.Duration}.open,
	}
	s.Scaling = &scaling.Config{Min: 1, Max: 20, Policies: []scaling.Policy{{Name: "cpu", Period: scaling.Minute, Target: 50}}}
	cfg.Services = append(cfg.Services[:len(cfg.Services):len(cfg.Services)], s)
}

// number is that of a decision, which counts those of everybody.
var number = regexp.MustCompile(`DECISION \d+`)

// history is what is told of everybody else but him whose deployments begin like this.
func history(t *testing.T, cfg *model.Config, seed uint64, id string) (lines []string) {
	t.Helper()
	c := NewChecker(cfg, seed)
	c.calm = false // in which there would be something to say about the one who came
	c.Note = func(line string) {
		if !strings.Contains(line, "extra") && !strings.Contains(line, id) {
			lines = append(lines, number.ReplaceAllString(line, "DECISION"))
		}
	}
	w := model.NewWorld(cfg, seed, c)
	c.Watch(w)
	require.Equal(t, sim.Reached, w.Run(context.Background()))
	return lines
}
