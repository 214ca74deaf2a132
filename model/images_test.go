package model_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"ecssim/model"
	"ecssim/model/image"
)

// onBoth runs one task of the 2 GB image on an instance and on Fargate.
func onBoth(t *testing.T, test func(t *testing.T, onFargate bool, cfg *model.Config)) {
	t.Helper()
	for _, onFargate := range []bool{false, true} {
		t.Run(fmt.Sprintf("fargate=%t", onFargate), func(t *testing.T) {
			p := placing(task(1, 1))
			if onFargate {
				p = fargate(awsvpc(256, 512))
			}
			test(t, onFargate, world(withFleet("main", slots(8), 1), alone(p), pulling(t)))
		})
	}
}

// An image that the registry does not have, and one whose bytes are not those of its digest.
func TestImagesThatCannotBePulled(t *testing.T) {
	corrupt := "CannotPullContainerError: filesystem layer verification failed for digest web:1#4"
	for _, c := range []struct {
		kind         model.FaultKind
		ec2, fargate string
	}{
		{model.ImageMissing, "CannotPullContainerError: Error response from daemon: manifest for web:1 not found: manifest unknown",
			"CannotPullContainerError: pull image manifest has been retried 5 time(s): failed to resolve ref docker.io/library/web:1: not found"},
		{model.ImageCorrupt, corrupt, corrupt},
	} {
		onBoth(t, func(t *testing.T, onFargate bool, cfg *model.Config) {
			strikes(model.Fault{Name: "bad", Kind: c.kind})(cfg)
			cfg.Faults[0].Image = 0
			want := c.ec2
			if onFargate {
				want = c.fargate
			}
			d := follow(t, cfg)
			require.Equal(t, "1s one/1 STOPPED TaskFailedToStart: "+want, d.lines[len(d.lines)-1])
			require.Empty(t, d.pulled)
		})
	}
}

// ECS rules, placement 9: on Fargate it takes minutes until a registry that does not answer is given up.
func TestRegistryDownOnFargate(t *testing.T) {
	cfg := world(alone(fargate(awsvpc(256, 512))), pulling(t), strikes(model.Fault{Name: "down", Kind: model.RegistryDown}))
	cfg.Registries[0].Kind = image.ECR
	cfg.Images[0].Name = "1.dkr.ecr.eu-west-1.amazonaws.com/web:1"
	d := follow(t, cfg)
	require.Equal(t, "4m49s one/1 STOPPED TaskFailedToStart: ResourceInitializationError: unable to pull secrets or registry auth: "+
		"There is a connection issue between the task and Amazon ECR. Check your task network configuration. i/o timeout",
		d.lines[len(d.lines)-1])
}

// A registry that serves a quarter of what the network takes: 80 s instead of 20. One that is slower still exceeds the
// agent's two hours (ECS rules, services 1.3).
func TestSlowRegistry(t *testing.T) {
	for factor, want := range map[float64]string{
		4:    "2m12s one/1 RUNNING",
		1000: "2h0m0s one/1 STOPPED TaskFailedToStart: DockerTimeoutError: Could not transition to pulled; timed out after waiting 2h0m0s",
	} {
		onBoth(t, func(t *testing.T, _ bool, cfg *model.Config) {
			strikes(model.Fault{Name: "slow", Kind: model.RegistrySlow, Factor: factor, For: time.Hour})(cfg)
			cfg.Duration = 3 * time.Hour
			d := follow(t, cfg)
			require.Equal(t, want, d.lines[len(d.lines)-1])
		})
	}
}

// ECS rules, services 1.6: the containers of a lazy image start when 6.4 % of it are there: 1.28 s instead of 70.
func TestLazyImageStartsEarlier(t *testing.T) {
	onBoth(t, func(t *testing.T, _ bool, cfg *model.Config) {
		cfg.Images[0].Lazy = true
		d := follow(t, cfg)
		require.Equal(t, "3.28s one/1 RUNNING", d.lines[len(d.lines)-1])
		require.Equal(t, []string{"2.28s one/1 128000000 took 2.28s"}, d.pulled)
	})
}

// The rest of a lazy image comes while its task runs, and takes its part of the network; with the task it ends.
func TestLazyImageEndsWithItsTask(t *testing.T) {
	for stops, want := range map[time.Duration]string{
		// The other image shares the network for 20 s, or has it for itself from 10 s on.
		time.Hour:        "26s other/1 1000000000 took 21s",
		10 * time.Second: "18s other/1 1000000000 took 13s",
	} {
		lazy, other := twoGB(), image.Image{Name: "other:1", Layers: []image.Layer{{ID: "other", Size: 1e9}}}
		lazy.Lazy = true
		p := placing(task(1, 1))
		p.Images = []int{1}
		cfg := world(withFleet("main", slots(8), 1), withService("web", 1, placing(task(1, 1))), once("other", 5*time.Second, p), pulling(t, lazy, other))
		cfg.Services[0].Rollouts = []model.Rollout{{At: stops}}
		d := follow(t, cfg)
		require.Equal(t, want, d.pulled[1])
	}
}

// A task that is stopped while it pulls is gone at once. The layers that it has in full stay: 800 MB of 2 GB after 10 s.
func TestStoppedWhilePulling(t *testing.T) {
	cfg := world(withFleet("main", slots(8), 1), withService("web", 1, placing(task(1, 1))), scaledTo(0, 10*time.Second),
		once("next", time.Minute, placing(task(1, 1))), pulling(t))
	d := follow(t, cfg)
	require.Equal(t, []string{
		"0s web/1 placed PROVISIONING", "0s web/1 PENDING", "10s web/1 leaving", "10s web/1 " + scaledIn,
		"1m0s next/1 placed PROVISIONING", "1m0s next/1 PENDING", "2m4s next/1 RUNNING",
	}, d.lines)
	require.Equal(t, []string{"2m3s next/1 1200000000 took 1m3s"}, d.pulled)
}

// Who waited for the layers of a stopped task fetches them.
func TestOthersPullOn(t *testing.T) {
	cfg := world(withFleet("main", slots(8), 1), withService("web", 2, placing(task(1, 1))), scaledTo(1, 10*time.Second), pulling(t))
	d := follow(t, cfg)
	require.Len(t, d.pulled, 1)
	require.Contains(t, d.lines[len(d.lines)-1], "RUNNING")
}

// The agent hears that a task shall stop when its images are there: it does not start.
func TestPulledTaskWaitsForItsOrder(t *testing.T) {
	cfg := world(withFleet("main", slots(8), 1), withService("web", 1, placing(task(1, 1))), scaledTo(0, 10*time.Second), pulling(t),
		strikes(model.Fault{Name: "cut", Kind: model.AgentDisconnect, At: 5 * time.Second, For: 10 * time.Minute}))
	d := follow(t, cfg)
	require.Equal(t, []string{
		"0s web/1 placed PROVISIONING", "0s web/1 PENDING", "10s web/1 leaving", "10s web/1 STOPPING", "10m5s web/1 " + scaledIn,
	}, d.lines)
}

// A pull that fails for one of a task's images ends the pull of the other, which others go on with.
func TestOneOfTwoImagesFails(t *testing.T) {
	two := placing(task(1, 1))
	two.Task.Containers = append(two.Task.Containers, two.Task.Containers[0])
	two.Task.Containers[1].Name = "side"
	two.Images = []int{0, 1}
	cfg := world(withFleet("main", slots(8), 1), once("two", 0, two), once("one", 2*time.Second, placing(task(1, 1))),
		pulling(t, twoGB(), image.Image{Name: "none:1", Missing: true}))
	d := follow(t, cfg)
	require.Equal(t, []string{
		"0s two/1 placed PROVISIONING", "0s two/1 PENDING", "1s two/1 leaving",
		"1s two/1 STOPPED TaskFailedToStart: CannotPullContainerError: Error response from daemon: manifest for none:1 not found: manifest unknown",
		"2s one/1 placed PROVISIONING", "2s one/1 PENDING", "1m14s one/1 RUNNING",
	}, d.lines)
}

// Its machine lost while it pulls, a task starts anew elsewhere; nothing of the old pull comes back to it.
func TestLostWhilePulling(t *testing.T) {
	cfg := world(withFleet("main", slots(8), 1), withFleet("next", slots(8), 1), withService("web", 1, placing(task(1, 1))), pulling(t),
		strikes(model.Fault{Name: "loss", Kind: model.InstanceLoss, Fleet: "main", At: 30 * time.Second}))
	d := follow(t, cfg)
	require.Equal(t, []string{
		"0s web/1 placed PROVISIONING", "0s web/1 PENDING", "30s web/1 leaving",
		"30s web/1 STOPPED : Host EC2 (instance main/1) stopped/terminated",
		"30s web/2 placed PROVISIONING", "30s web/2 PENDING", "1m42s web/2 RUNNING",
	}, d.lines)
	require.Equal(t, []string{"1m41s web/2 2000000000 took 1m11s"}, d.pulled)
}

// While one of two images is waited for in vain, the other one comes and is told of.
func TestOtherImageComesMeanwhile(t *testing.T) {
	two := placing(task(1, 1))
	two.Task.Containers = append(two.Task.Containers, two.Task.Containers[0])
	two.Task.Containers[1].Name = "side"
	two.Images = []int{0, 1}
	cfg := world(withFleet("main", slots(8), 1), once("two", 0, two), pulling(t,
		image.Image{Name: "one:1", Layers: []image.Layer{{ID: "one", Size: 1e9}}}, image.Image{Name: "none:1", Registry: 1}),
		strikes(model.Fault{Name: "down", Kind: model.RegistryDown}))
	cfg.Registries = append(cfg.Registries, image.Registry{Name: "other", Kind: image.PublicRegistry})
	cfg.Faults[0].Registry = 1
	d := follow(t, cfg)
	require.Equal(t, []string{"11s two/1 1000000000 took 11s"}, d.pulled)
	require.Contains(t, d.lines[len(d.lines)-1], "1m0s two/1 STOPPED TaskFailedToStart: CannotPullContainerError: ")
}

// An image that is there at the very instant at which it is needed is cached: nobody asks the registry, which would say no.
func TestCachedAtTheSameInstant(t *testing.T) {
	cfg := world(withFleet("main", slots(1024), 1), once("one", 0, placing(task(1, 1))), once("two", 0, placing(awsvpc(1, 1))), pulling(t))
	cfg.Latency.ENIAttach = seconds(t, 71)
	cfg.Fleets[0].Pull = image.PreferCached
	cfg.Registries[0].PullLimit, cfg.Registries[0].PullWindow = 1, time.Hour
	d := follow(t, cfg)
	require.Equal(t, []string{"1m11s one/1 2000000000 took 1m11s", "1m11s two/1 0 took 0s"}, d.pulled)
	require.Equal(t, "1m12s two/1 RUNNING", d.lines[len(d.lines)-1])
}
