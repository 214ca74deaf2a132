package model_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"ecssim/model"
	"ecssim/model/image"
)

// An image of 2 GB takes 1 s for the manifest, 20 s on a network of 100 MB/s, and 50 s to unpack its 5.5 GB; its container
// then starts in 1 s.
var hundred = image.Speed{Network: 100e6, Unpack: 110e6}

func pulling(t testing.TB, images ...image.Image) func(*model.Config) {
	return func(c *model.Config) {
		c.Registries = []image.Registry{{Name: "hub", Kind: image.DockerHub}}
		if c.Images = images; len(images) == 0 {
			c.Images = []image.Image{twoGB()}
		}
		c.Latency.PullStart, c.Latency.ContainerStart = seconds(t, 1), seconds(t, 1)
		c.FargateSpeed = hundred
		for n := range c.Fleets {
			c.Fleets[n].Speed = hundred
		}
		for n := range c.Services {
			c.Services[n].Images = []int{0}
		}
		for n := range c.Jobs {
			if c.Jobs[n].Images == nil {
				c.Jobs[n].Images = []int{0}
			}
		}
	}
}

func twoGB() image.Image {
	return image.Image{Name: "web:1", Layers: image.DefaultLayers("web:1", 2e9)}
}

// fleetwide counts what a diary's lines say, and when tasks were RUNNING first and last.
type fleetwide struct {
	counter
	bytes, pulls int64
	first, last  time.Duration
	toomany      int
}

func (f *fleetwide) ImagePulled(_ time.Duration, _ *model.Task, p model.Pulled) {
	f.bytes += p.Bytes
	f.pulls++
}

func (f *fleetwide) TaskRunning(now time.Duration, t *model.Task) {
	if f.counter.TaskRunning(now, t); f.running == 1 {
		f.first = now
	}
	f.last = now
}

func (f *fleetwide) TaskStopped(now time.Duration, t *model.Task) {
	f.counter.TaskStopped(now, t)
	if strings.HasPrefix(t.StoppedReason, "CannotPullContainerError: toomanyrequests: ") && t.StopCode == model.TaskFailedToStart {
		f.toomany++
	}
}

func wide(t *testing.T, cfg *model.Config) *fleetwide {
	t.Helper()
	f := &fleetwide{}
	w := model.NewWorld(cfg, 1, f)
	w.CheckAfterEvent(func() { model.CheckConservation(w) })
	w.Run(t.Context())
	return f
}

func twenty(p model.Placing) func(*model.Config) {
	return func(c *model.Config) {
		withFleet("main", slots(20), 20)(c)
		withService("web", 200, p)(c)
	}
}

// ECS rules, services 1.6: ten copies on each of twenty instances fetch the image once an instance and take as long as
// one; on Fargate everybody fetches all of it. With the image in the cache only the manifest is asked for.
func TestTwoHundredPulls(t *testing.T) {
	f := wide(t, world(twenty(placing(task(1, 1))), pulling(t)))
	require.Equal(t, int64(200), f.pulls)
	require.Equal(t, int64(20*2e9), f.bytes)
	require.Equal(t, []time.Duration{72 * time.Second, 72 * time.Second}, []time.Duration{f.first, f.last})

	f = wide(t, world(twenty(placing(task(1, 1))), pulling(t), func(c *model.Config) { c.Fleets[0].Cached = []int{0} }))
	require.Equal(t, []time.Duration{2 * time.Second, 2 * time.Second}, []time.Duration{f.first, f.last})
	require.Zero(t, f.bytes)
	require.Equal(t, int64(200), f.pulls)

	f = wide(t, world(withService("web", 200, fargate(awsvpc(256, 512))), pulling(t)))
	require.Equal(t, int64(200*2e9), f.bytes)
	require.Equal(t, []time.Duration{72 * time.Second, 77 * time.Second}, []time.Duration{f.first, f.last}, "200 launches take 5 s")

	cfg := world(twenty(placing(task(1, 1))), pulling(t)) // the second wave finds warm instances
	cfg.Services[0].Rollouts = []model.Rollout{{At: 10 * time.Minute, DesiredCount: 400}}
	f = wide(t, cfg)
	require.Equal(t, 400, f.running)
	require.Equal(t, 602*time.Second, f.last)
	require.Equal(t, int64(20*2e9), f.bytes)
}

// A registry that grants 100 pulls in 6 h to all behind one NAT gateway. On EC2 the hundred that are refused start from
// the cache once the others have filled it. On Fargate there is no cache: they fail, the service tries again at the
// throttle's 27 minutes, and recovers when the window has passed.
func TestPullLimit(t *testing.T) {
	limit := func(c *model.Config) {
		c.Registries[0].PullLimit, c.Registries[0].PullWindow = image.DockerHubLimit, image.DockerHubWindow
		c.Duration = 12 * time.Hour
	}
	f := wide(t, world(twenty(placing(task(1, 1))), pulling(t), limit))
	require.Equal(t, 100, f.toomany)
	require.Equal(t, 200, f.running)
	// RUNNING at 72 s ends the throttle; when they count as healthy, 40 s later, the service looks again.
	require.Equal(t, 114*time.Second, f.last)

	var events []string
	cfg := world(withService("web", 200, fargate(awsvpc(256, 512))), pulling(t), limit)
	d := follow(t, cfg)
	events = d.events
	f = wide(t, cfg)
	// Attempts of a hundred tasks at 0, at 112 s and then every 27 min and the second that a refusal takes:
	// 112 + 14 × 1621 s is the first in the seventh hour. The first two that failed were replaced before the throttle.
	require.Equal(t, 100*(1+14)+2, f.toomany)
	require.Equal(t, 200, f.running)
	require.Equal(t, (112+14*1621+72)*time.Second, f.last)
	impaired := 0
	for _, e := range events {
		if strings.Contains(e, "is unable to consistently start tasks successfully") {
			impaired++
		}
	}
	require.Equal(t, 2, impaired, "resolved at 72 s, and told again at 113 s")
}

// Images that share layers share what is on the instance.
func TestSharedLayersAreFetchedOnce(t *testing.T) {
	base := image.Layer{ID: "base", Size: 1e9, Unpacked: 11e8}
	one := image.Image{Name: "one:1", Layers: []image.Layer{base, {ID: "one", Size: 2e8, Unpacked: 22e7}}}
	two := image.Image{Name: "two:1", Layers: []image.Layer{base, {ID: "two", Size: 5e8, Unpacked: 55e7}}}
	p := placing(task(1, 1))
	p.Images = []int{1}
	d := follow(t, world(withFleet("main", slots(8), 1), once("one", 0, placing(task(1, 1))), once("two", 10*time.Minute, p), pulling(t, one, two)))
	require.Equal(t, []string{"25s one/1 1200000000 took 25s", "10m11s two/1 500000000 took 11s"}, d.pulled)
}

// ECS rules, services 1.6: the four behaviours when the registry is down. An image of the AMI is cached, but was not
// pulled, which is what `once` asks for. Where the agent asks in vain it notices after a minute.
func TestPullBehavioursWithoutTheRegistry(t *testing.T) {
	const fails, asks, cached = "fails", "1m1s", "1s"
	for _, c := range []struct {
		behaviour      image.Behaviour
		cold, ami, was string
	}{
		{image.Default, fails, asks, asks},
		{image.Always, fails, fails, fails},
		{image.Once, fails, fails, cached},
		{image.PreferCached, fails, cached, cached},
	} {
		for n, want := range []string{c.cold, c.ami, c.was} {
			t.Run(fmt.Sprintf("%s %d", c.behaviour, n), func(t *testing.T) {
				cfg := world(withFleet("main", slots(8), 1), once("web", 1000*time.Second, placing(task(1, 1))),
					strikes(model.Fault{Name: "down", Kind: model.RegistryDown, At: 900 * time.Second}))
				if n == 2 {
					once("before", 0, placing(task(1, 1)))(cfg)
				}
				pulling(t)(cfg)
				cfg.Faults[0].Registry = 0
				cfg.Fleets[0].Pull = c.behaviour
				if n == 1 {
					cfg.Fleets[0].Cached = []int{0}
				}
				d := follow(t, cfg)
				last := d.lines[len(d.lines)-1]
				if want == fails {
					require.Equal(t, `17m40s web/1 STOPPED TaskFailedToStart: CannotPullContainerError: Error response from daemon: `+
						`Get "https://registry-1.docker.io/v2/": net/http: request canceled while waiting for connection`, last)
					return
				}
				took, err := time.ParseDuration(want)
				require.NoError(t, err)
				require.Equal(t, fmt.Sprintf("%v web/1 RUNNING", 1000*time.Second+took), last)
			})
		}
	}
}

// What falls back on the cache does not stop the agent's clean-up.
func TestCleanUp(t *testing.T) {
	for _, c := range []struct {
		behaviour image.Behaviour
		again     time.Duration
		want      string
	}{
		// The task ends at 10 min; its container is kept for 3 h (services 1.3), and the agent looks every 30 min.
		{image.Default, 209 * time.Minute, "3h29m1s again/1 0 took 1s"},
		{image.Default, 211 * time.Minute, "3h32m11s again/1 2000000000 took 1m11s"},
		{image.Once, 209 * time.Minute, "3h29m0s again/1 0 took 0s"},
		{image.Once, 211 * time.Minute, "3h32m11s again/1 2000000000 took 1m11s"},
		{image.PreferCached, 10 * time.Hour, "10h0m0s again/1 0 took 0s"},
	} {
		cfg := world(withFleet("main", slots(8), 1), once("first", 0, placing(task(1, 1))), once("again", c.again, placing(task(1, 1))), pulling(t))
		cfg.Duration = 11 * time.Hour
		cfg.Jobs[0].RunTime = seconds(t, 528)
		cfg.Fleets[0].Pull = c.behaviour
		d := follow(t, cfg)
		require.Equal(t, c.want, d.pulled[1], c.behaviour)
	}
	// A third task starts from the cache while the registry is down, and all the same the image goes later.
	cfg := world(withFleet("main", slots(8), 1), once("first", 0, placing(task(1, 1))), once("again", 30*time.Minute, placing(task(1, 1))),
		once("late", 5*time.Hour, placing(task(1, 1))),
		strikes(model.Fault{Name: "down", Kind: model.RegistryDown, At: 20 * time.Minute, For: time.Hour}), pulling(t))
	cfg.Duration, cfg.Faults[0].Registry = 6*time.Hour, 0
	cfg.Jobs[0].RunTime, cfg.Jobs[1].RunTime = seconds(t, 60), seconds(t, 60)
	d := follow(t, cfg)
	require.Equal(t, []string{
		"1m11s first/1 2000000000 took 1m11s", "31m0s again/1 0 took 1m0s", "5h1m11s late/1 2000000000 took 1m11s",
	}, d.pulled)
}
