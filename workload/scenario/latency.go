package scenario

import (
	"fmt"

	"ecssim/model"
	"ecssim/sim"
)

// delays are the keys of [latency] with their defaults (ECS rules, services 9).
func delays(l *model.Latency) []struct {
	key, standard string
	to            *sim.Dist
} {
	return []struct {
		key, standard string
		to            *sim.Dist
	}{
		{"agent", `{ dist = "uniform", low = "200ms", high = "1s" }`, &l.Agent},
		{"eni_attach", `{ dist = "uniform", low = "3s", high = "10s" }`, &l.ENIAttach},
		{"fargate_provision", `{ dist = "lognormal", median = "18s", p95 = "35s" }`, &l.FargateProvision},
		{"image_pull", `{ dist = "uniform", low = "300ms", high = "1s" }`, &l.ImagePull},
		{"fargate_image_pull", `{ dist = "lognormal", median = "10s", p95 = "20s" }`, &l.FargateImagePull},
		{"container_start", `{ dist = "uniform", low = "500ms", high = "2s" }`, &l.ContainerStart},
		{"scheduler", `"10s"`, &l.Scheduler},
	}
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
	for _, d := range delays(&b.config.Latency) {
		if l.get(d.key) == nil {
			l.fill(d.key, inlineDefault(d.key, d.standard))
		}
		c := l.get(d.key)
		if c.kind == aString && c.text == "none" {
			continue
		}
		*d.to = l.dist(d.key)
	}
	l.done()
}

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
