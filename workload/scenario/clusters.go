package scenario

import (
	"fmt"
	"maps"
	"slices"
)

// defaultCluster is the one that AWS uses where nobody names one.
const defaultCluster = "default"

// clusterTables reads [cluster.NAME]. The tables say that there is more than one cluster; without any, there is one. A
// table may have a default strategy, which clusterDefaults reads when the capacity providers are known.
func (b *builder) clusterTables(t *table) {
	b.named(t, "cluster", func(name string, c *table) {
		b.goodName(c, "a cluster")
		if n := c.get(defaultStrategy); n != nil {
			b.defaultStrategies[len(b.config.Clusters)] = &clusterDefault{p: c.p.join(defaultStrategy), n: n}
		}
		c.done()
		b.clusters[name] = len(b.config.Clusters)
		b.config.Clusters = append(b.config.Clusters, name)
	})
	if len(b.config.Clusters) == 0 {
		b.clusters[defaultCluster], b.config.Clusters = 0, []string{defaultCluster}
	}
}

// clusterOf is the cluster of a fleet, service or job. Where there is only one, nobody has to name it.
func (b *builder) clusterOf(t *table) int {
	n := t.get("cluster")
	if n == nil {
		if len(b.config.Clusters) > 1 {
			t.missing("cluster", "cluster = "+quoted(b.config.Clusters[0]))
		}
		return 0
	}
	i, _ := b.reference(n, t.p.join("cluster"), "cluster", b.clusters)
	return i
}

// definitions are how one defines what others refer to; %s is the name, as a key.
var definitions = map[string]string{
	"cluster":        "[cluster.%s]",
	"security group": `[vpc.security_groups] %s = { ingress = [{ from = "0.0.0.0/0", ports = "443" }] }`,
	"target group":   "[load_balancers.NAME.target_groups.GROUP], named \"NAME/GROUP\" elsewhere",
	"image":          `[images.%s] size = "200 MB"`,
	"registry":       `[registries.%s] kind = "private"`,
	"alarm":          `[alarms.%s] in_alarm = [{ at = "14:05", for = "10m" }]`,
}

// reference reads the name of something that the scenario defines, as its index in the Config. What it is, is one of
// the keys of definitions.
func (b *builder) reference(n *node, p path, what string, known map[string]int) (int, bool) {
	if n.kind != aString {
		b.add(wrongType(n, p, "the name of "+article(what), ""))
		return 0, false
	}
	i, ok := known[n.text]
	if !ok {
		help := definitions[what]
		if what != "target group" {
			help = fmt.Sprintf(help, bareOrQuoted(n.text))
		}
		b.unknownReference(n, what, slices.Sorted(maps.Keys(known)), "define it: "+help)
	}
	return i, ok
}

// references reads a list of such names; nil if the key is absent.
func (b *builder) references(t *table, key, what string, known map[string]int) []int {
	var list []int
	for _, n := range t.names(key, key+" = [\"NAME\"]") {
		if i, ok := b.reference(n, t.p.join(key), what, known); ok {
			list = append(list, i)
		}
	}
	return list
}

func article(what string) string {
	if what[0] == 'a' || what[0] == 'i' {
		return "an " + what
	}
	return "a " + what
}
