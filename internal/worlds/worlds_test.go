package worlds

import (
	"flag"
	"maps"
	"os"
	"slices"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"ecssim/model"
)

var (
	oneWorld   = flag.Uint64("world", 0, "play the world of this seed alone, and tell what happens in it")
	manyWorlds = flag.Int("worlds", 0, "how many worlds to play: 1000, or 150 with -short or the race detector")
)

// batches are played side by side; more than there are processors, since worlds are not equally long.
const batches = 16

func count() int {
	switch {
	case *manyWorlds > 0:
		return *manyWorlds
	case raced || testing.Short():
		return 150
	}
	return 1000
}

// TestRandomWorlds plays worlds that nobody thought of, and checks every rule after every event.
func TestRandomWorlds(t *testing.T) {
	if *oneWorld > 0 {
		v := Tell(*oneWorld, os.Stdout)
		t.Log(v)
		require.Nil(t, v.Broken)
		return
	}
	var all tallyOfWorlds
	t.Run("all", func(t *testing.T) {
		for b := range batches {
			t.Run("", func(t *testing.T) {
				t.Parallel()
				for seed := uint64(b + 1); seed <= uint64(count()); seed += batches {
					v := Play(seed)
					all.add(v)
					if v.Broken != nil {
						t.Error(Tell(seed, nil))
					}
				}
			})
		}
	})
	slices.Sort(all.broken)
	t.Logf("%d worlds, %d tasks, %d events", count(), all.tasks, all.events)
	if testing.Verbose() {
		for _, what := range slices.Sorted(maps.Keys(all.seen)) {
			t.Logf("%8d  %s", all.seen[what], what)
		}
	}
	if count() >= 1000 {
		for _, what := range comesUp {
			require.Positive(t, all.seen[what], "no world is about %q any more", what)
		}
	}
	if len(all.broken) > 0 {
		t.Fatalf("%d of %d worlds break rules: %v", len(all.broken), count(), all.broken)
	}
}

// comesUp is what a thousand worlds have to be about to be worth their time.
var comesUp = []string{
	"breaker", "rollback", "throttled", "draining", "stranded", "no address", "given up", "calls denied", "pull",
	"status ACTIVATING", "status DEACTIVATING", "status STOPPING", "status DEPROVISIONING", "health UNHEALTHY",
	"fault agent_disconnect", "fault health_check_failing", "fault host_retirement", "fault iam_missing", "fault image_corrupt",
	"fault image_missing", "fault instance_draining", "fault instance_loss", "fault registry_down", "fault registry_slow",
	"fault security_group_missing", "fault spot_interruption", "fault task_kill", "fault zone_outage",
	"launched", "launched on Spot", "forecast", "launch failed", "awaited", "nothing fits", "fault insufficient_capacity", "spot interruption", "reservation",
	"group scaled out", "group scaled in", "group instance lost", "protected scale-in", "drained scale-in", "placed by AUTO_SCALING_GROUP",
	"placed by FARGATE", "placed by FARGATE_SPOT", "placed by MANAGED_INSTANCES", "strategy at rest", "at rest", "load", "load dropped", "load waits",
	"CPU above 100 %", "scaled out", "service scaled in", "scheduled action", "decision blocked: cooldown", "decision blocked: suspended",
	"decision blocked: deployment in progress", "decision blocked: maximum capacity", "decision blocked: minimum capacity",
	"decision blocked: another policy does not scale in", "decision blocked: instance warm-up",
	"event SERVICE_REBALANCING_COMPLETED", "event TASKSET_SCALE_IN_FAILURE_BY_TASK_PROTECTION", "event SERVICE_TASK_START_IMPAIRED",
	"refused AGENT", "refused LOCATION", "refused RESOURCE:CPU", "refused RESOURCE:ENI", "refused RESOURCE:GPU", "refused RESOURCE:PORTS",
	"refused RESOURCE:FARGATE", "stop TerminationNotice Your Spot Task was interrupted.", "target unused Target.NotInUse", "target unused TooManyTargets",
}

// TestAWorldRepeats: the same seed gives the same history, to the letter.
func TestAWorldRepeats(t *testing.T) {
	for b := range batches {
		t.Run("", func(t *testing.T) {
			t.Parallel()
			for seed := uint64(b + 1); seed <= 64; seed += batches {
				first, second := Tell(seed, nil), Tell(seed, nil)
				require.Equal(t, first.Events, second.Events, "world %d", seed)
				require.Equal(t, first.Lines, second.Lines, "world %d", seed)
				require.Equal(t, first.History, second.History, "world %d", seed)
				require.Equal(t, first.Events, Play(seed).Events, "world %d does not depend on who listens", seed)
			}
		})
	}
}

// TestWorldsAreLegal: ECS would register every task definition of every world, and load balancers can be made.
func TestWorldsAreLegal(t *testing.T) {
	for seed := range uint64(300) {
		cfg := Generate(seed)
		legal := func(p *model.Placing) {
			require.Empty(t, p.Task.Problems(nil), "world %d, %s", seed, p.Task.Family)
			require.True(t, p.Launch == model.Fargate || p.Cluster < len(cfg.Clusters), "world %d", seed)
		}
		for i := range cfg.Services {
			s := &cfg.Services[i]
			legal(&s.Placing)
			for _, r := range s.Rollouts {
				require.GreaterOrEqual(t, r.At, s.StartAt, "world %d", seed)
				if r.Placing != nil {
					legal(r.Placing)
				}
			}
		}
		for i := range cfg.Jobs {
			legal(&cfg.Jobs[i].Placing)
		}
		for _, g := range cfg.TargetGroups {
			require.Empty(t, g.Problems(cfg.LoadBalancers[g.LoadBalancer].Type), "world %d, %s", seed, g.Name)
		}
	}
}

// tallyOfWorlds adds verdicts up.
type tallyOfWorlds struct {
	sync.Mutex
	broken []uint64
	events uint64
	tasks  int
	seen   map[string]int
}

func (a *tallyOfWorlds) add(v *Verdict) {
	a.Lock()
	defer a.Unlock()
	a.events += v.Events
	a.tasks += v.Tasks
	if a.seen == nil {
		a.seen = map[string]int{}
	}
	for what, n := range v.Seen {
		a.seen[what] += n
	}
	if v.Broken != nil {
		a.broken = append(a.broken, v.Seed)
	}
}
