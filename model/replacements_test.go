package model_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"ecssim/model"
	"ecssim/model/fleet"
	"ecssim/model/network"
	"ecssim/model/scaling"
)

// ECS rules, services 3.4, R-3.2: the instances of a scale-out hold up the next one until they are warm. What replaces an
// instance that was lost is no scale-out.
func TestReplacingAnInstanceDoesNotHoldUpAScaleOut(t *testing.T) {
	cfg := onEmptyGroup(t, 4, 20)
	onGroup(t, cfg, 2, 20)
	scale(cfg, s(600), 6) // a scale-out: one more instance
	cfg.Faults = []model.Fault{{Name: "loss", Kind: model.InstanceLoss, Fleet: "asg", Count: 1, At: s(1930), Image: -1, Registry: -1}}
	scale(cfg, s(2000), 10) // another one, when the replacement has just come
	var seen scaled
	run(t, cfg, 1, &seen)
	got := changes(seen.group)
	require.Equal(t, resized{s(725), 2, 3}, got[0])
	require.Equal(t, resized{s(2045), 3, 4}, got[1], "the replacement of 1935 s would be warm at 2235 s")
}

// A group whose zones are out of balance launches where there are fewest, and ends one where there are most (ECS rules,
// services 3.6). While all of these are protected it has nothing to end: the new one would be the only one to go, and the
// next round would launch it again.
func TestAGroupDoesNotRebalanceAgainstItsProtection(t *testing.T) {
	for name, c := range map[string]struct {
		protection, launched bool
	}{"protected": {true, false}, "not protected": {false, true}} {
		t.Run(name, func(t *testing.T) {
			cfg := onEmptyGroup(t, 6, 20)
			cfg.Subnets = append(cfg.Subnets, network.Subnet{Name: "b", Zone: "b", Prefix: 20})
			cfg.Services[0].Subnets = []int{0, 1}
			p := onGroup(t, cfg, 3, 20)
			p.TerminationProtection = c.protection
			p.Group.Template.Subnets = []int{0, 1}
			p.Group.Types = nil
			cfg.Duration = 2 * time.Hour
			// Zone b has nothing at the start, and later it has.
			cfg.Faults = []model.Fault{{Name: "b", Kind: model.InsufficientCapacity, Zone: "b", For: 30 * time.Minute, Image: -1, Registry: -1}}
			var seen zonesSeen
			run(t, cfg, 1, &seen)
			require.Equal(t, c.launched, seen.launched["b"] > 0)
		})
	}
}

// zonesSeen counts launches by zone.
type zonesSeen struct {
	model.Unheard
	launched map[string]int
}

func (z *zonesSeen) InstanceLaunched(_ time.Duration, i *fleet.Instance) {
	if z.launched == nil {
		z.launched = map[string]int{}
	}
	z.launched[i.Zone]++
}

// Tasks whose hosts drain are replaced on the capacity providers that the strategy says, as if they had gone already:
// otherwise their provider would end up with less than its share (ECS rules, services 3.1).
func TestDrainingKeepsTheSharesOfAStrategy(t *testing.T) {
	cfg := onEmptyGroup(t, 12, 20)
	p := onGroup(t, cfg, 4, 20)
	p.Managed = nil
	other := *p
	group := *p.Group
	other.Name, other.Group = "other", &group
	group.Template.Name = "other"
	cfg.CapacityProviders = append(cfg.CapacityProviders, other)
	cfg.Services[0].Providers = []model.ProviderShare{
		{Provider: 0, Share: scaling.Share{Weight: 1}}, {Provider: 1, Share: scaling.Share{Weight: 1}},
	}
	cfg.Services[0].Deployment.MaximumPercent = 200
	cfg.Faults = []model.Fault{{Name: "drain", Kind: model.InstanceDraining, Instance: "other/1", At: s(600), Image: -1, Registry: -1}}
	seen := providersSeen{at: map[int64]int{}}
	run(t, cfg, 1, &seen)
	require.Equal(t, []int{6, 6}, seen.count())
}

// providersSeen follows which provider the tasks are on that have not stopped.
type providersSeen struct {
	model.Unheard
	at map[int64]int
}

func (w *providersSeen) TaskPlaced(_ time.Duration, t *model.Task)  { w.at[t.Serial] = t.Provider }
func (w *providersSeen) TaskStopped(_ time.Duration, t *model.Task) { delete(w.at, t.Serial) }

func (w *providersSeen) count() []int {
	n := []int{0, 0}
	for _, p := range w.at {
		n[p]++
	}
	return n
}

// What is protected when its group is to shrink goes when its tasks have gone: while instances are protected the group "can't
// terminate the required number of instances until their instance scale-in protection settings are disabled" (ECS rules,
// services 3.5).
func TestProtectedInstancesGoWhenTheirTasksHaveGone(t *testing.T) {
	cfg := onEmptyGroup(t, 6, 20)
	onGroup(t, cfg, 3, 20)
	cfg.Latency.GroupReaction = seconds(t, 300)
	scale(cfg, s(600), 4)  // an instance becomes idle, and the desired capacity 2 at 1865 s
	scale(cfg, s(1900), 6) // before the group looks at 2165 s, all three have tasks again
	scale(cfg, s(2400), 4) // which have gone by 2730 s: 300 s of deregistration, 30 s to stop
	cfg.Duration = 2 * hour
	var seen scaled
	run(t, cfg, 1, &seen)
	require.Equal(t, []resized{{s(1865), 3, 2}}, changes(seen.group))
	require.Equal(t, []time.Duration{s(2730 + 300)}, seen.lost)
}

// ECS rules, services 3.4: instances younger than the warm-up block another scale-out, since they count as capacity on its
// way. One that has gone meanwhile is no such capacity.
func TestAnInstanceThatIsLostHoldsUpNoScaleOut(t *testing.T) {
	cfg := onEmptyGroup(t, 4, 20)
	onGroup(t, cfg, 2, 20)
	scale(cfg, s(600), 6) // a scale-out at 725 s launches the third at 730 s, which would be warm at 1030 s
	cfg.Faults = []model.Fault{{Name: "loss", Kind: model.InstanceLoss, Instance: "asg/3", At: s(860), Image: -1, Registry: -1}}
	scale(cfg, s(830), 10) // seen in the datapoint of 840 s, which is published at 900 s
	var seen scaled
	run(t, cfg, 1, &seen)
	got := changes(seen.group)
	require.Equal(t, resized{s(725), 2, 3}, got[0])
	require.Equal(t, resized{s(905), 3, 5}, got[1])
}
