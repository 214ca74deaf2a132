package scenario

import (
	"fmt"

	"ecssim/model"
	"ecssim/model/image"
	"ecssim/sim"
)

// latencyKey is a key of [latency] with its default.
type latencyKey struct {
	key, standard string
	to            *sim.Dist
}

// delays are the keys of [latency] with their defaults (ECS rules, services 9; pull_start: services 1.6). How long a
// program takes to exit after SIGTERM, and an interface to be deleted, is nowhere published.
func delays(l *model.Latency) []latencyKey {
	return []latencyKey{
		{"agent", `{ dist = "uniform", low = "200ms", high = "1s" }`, &l.Agent},
		{"eni_attach", `{ dist = "uniform", low = "3s", high = "10s" }`, &l.ENIAttach},
		{"fargate_provision", `{ dist = "lognormal", median = "18s", p95 = "35s" }`, &l.FargateProvision},
		{"image_pull", `{ dist = "uniform", low = "300ms", high = "1s" }`, &l.ImagePull},
		{"fargate_image_pull", `{ dist = "lognormal", median = "10s", p95 = "20s" }`, &l.FargateImagePull},
		{"container_start", `{ dist = "uniform", low = "500ms", high = "2s" }`, &l.ContainerStart},
		{"scheduler", `"10s"`, &l.Scheduler},
		{"pull_start", `{ dist = "uniform", low = "1s", high = "3s" }`, &l.PullStart},
		{"container_stop", `{ dist = "uniform", low = "500ms", high = "2s" }`, &l.ContainerStop},
		{"eni_detach", `{ dist = "uniform", low = "2s", high = "8s" }`, &l.ENIDetach},
		{"target_registration", `{ dist = "uniform", low = "1s", high = "5s" }`, &l.TargetRegistration},
	}
}

// scalingDelays are those of metrics, alarms and groups (ECS rules, services 9). CloudWatch's and Auto Scaling's delays
// are nowhere published. The managed metric is ECS's own: its alarm follows within a minute of the computation (ECS rules,
// services ), and published runs from an empty group had their first tasks after 150 seconds, all delays together.
func scalingDelays(l *model.Latency) []latencyKey {
	return []latencyKey{
		{"metric_delay", `{ dist = "uniform", low = "60s", high = "120s" }`, &l.MetricDelay},
		{"high_resolution_metric_delay", `{ dist = "uniform", low = "20s", high = "40s" }`, &l.HighResolutionDelay},
		{"managed_metric_delay", `{ dist = "uniform", low = "0s", high = "30s" }`, &l.ManagedMetricDelay},
		{"alarm_evaluation", `{ dist = "uniform", low = "0s", high = "30s" }`, &l.AlarmDelay},
		{"scaling_action", `{ dist = "uniform", low = "1s", high = "10s" }`, &l.ScalingAction},
		{"group_reaction", `{ dist = "uniform", low = "2s", high = "15s" }`, &l.GroupReaction},
		{"instance_termination", `{ dist = "uniform", low = "30s", high = "90s" }`, &l.Termination},
	}
}

// scales reports whether anything in the scenario scales. Where nothing does, the resolved scenario does not list what
// it would take.
func (b *builder) scales() bool {
	services := b.root.child("services")
	if services != nil {
		for _, s := range services.table {
			if s.child("scaling") != nil || s.child("load") != nil {
				return true
			}
		}
	}
	return b.root.child("capacity_providers") != nil
}

func (b *builder) latency(t *table) {
	n := t.get("latency")
	if n != nil && n.kind == aString {
		if n.text != "none" {
			b.fail("E033", n.at, fmt.Sprintf("`latency` cannot be %q", n.text), "", `write latency = "none", or a table: [latency] agent = "1s"`)
		}
		return
	}
	if n == nil {
		n = &node{kind: aTable}
		t.fill("latency", n)
	}
	if n.kind != aTable {
		b.add(wrongType(n, path{"latency"}, `"none" or a table`, `latency = "none"`))
		return
	}
	l := b.table(n, path{"latency"})
	keys := delays(&b.config.Latency)
	if more := scalingDelays(&b.config.Latency); b.scales() {
		keys = append(keys, more...)
	} else {
		for _, d := range more {
			if l.get(d.key) != nil {
				keys = append(keys, d)
			}
		}
	}
	for _, d := range keys {
		if l.get(d.key) == nil {
			l.fill(d.key, inlineDefault(d.key, d.standard))
		}
		c := l.get(d.key)
		if c.kind == aString && c.text == "none" {
			continue
		}
		*d.to = l.dist(d.key)
	}
	b.firstProbe(l)
	l.done()
}

// anyTime is the default of first_probe: the checks of a load balancer go on in their own rhythm, so the first comes at
// any time up to one interval after the registration (ECS rules, services 5.1).
const anyTime = "random"

func (b *builder) firstProbe(l *table) {
	const key = "first_probe"
	n := l.get(key)
	switch {
	case n == nil:
		l.fill(key, &node{kind: aString, text: anyTime})
		b.config.Latency.RandomPhase = true
	case n.kind == aString && n.text == anyTime:
		b.config.Latency.RandomPhase = true
	case n.kind == aString && n.text == "none":
	default:
		b.config.Latency.FirstProbe = l.dist(key)
	}
}

// instant: the scenario has latency = "none", so nothing takes time that it does not ask for.
func (b *builder) instant() bool {
	n := b.root.child("latency")
	return n != nil && n.kind == aString
}

// fargate reads [fargate]: what Fargate does for all tasks alike.
func (b *builder) fargate(t *table) {
	f, ok := t.filled("fargate", `[fargate]`)
	if !ok {
		return
	}
	b.config.FargateSpeed = b.pullSpeed(f)
	f.done()
}

// pullSpeed reads how fast a machine pulls (ECS rules, services 1.6).
func (b *builder) pullSpeed(t *table) image.Speed {
	s, ok := t.filled("pull_speed", `pull_speed = { network = "100 MB/s", unpack = "50 MB/s" }`)
	if !ok {
		return image.Speed{}
	}
	network, unpack := megabytes(image.NetworkRate), megabytes(image.UnpackRate)
	if b.instant() {
		network, unpack = unlimited, unlimited
	}
	speed := image.Speed{Network: s.byteRate("network", network), Unpack: s.byteRate("unpack", unpack)}
	s.done()
	return speed
}

func megabytes(rate float64) string { return plain(rate/1e6) + " MB/s" }

// inlineDefault makes the node of a default that is written in TOML here.
func inlineDefault(key, text string) *node {
	root, ds := decode("default", []byte(key+" = "+text))
	if len(ds) > 0 {
		panic("scenario: default of " + key + ": " + ds[0].Message)
	}
	n := root.child(key)
	var unwritten func(n *node)
	unwritten = func(n *node) {
		n.byDefault = true
		for _, c := range n.table {
			unwritten(c)
		}
	}
	unwritten(n)
	return n
}
