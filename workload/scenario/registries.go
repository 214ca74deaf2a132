package scenario

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"ecssim/model"
	"ecssim/model/image"
	"ecssim/workload/diag"
)

// registryKinds are spelled as their places here.
var registryKinds = []struct {
	word string
	kind image.Kind
}{
	{"ecr", image.ECR}, {"ecr-public", image.ECRPublic}, {"docker-hub", image.DockerHub},
	{"private", image.PrivateRegistry}, {"public", image.PublicRegistry},
}

// mostPulls of a limit: above any registry's.
const mostPulls = 1_000_000_000

// registryTables reads [registries.NAME]. The name is a word of one's own, or the host itself: "public.ecr.aws".
func (b *builder) registryTables(t *table) {
	b.named(t, "registries", func(name string, r *table) {
		if !strings.ContainsAny(name, ".:") || strings.ContainsAny(name, " /\t\n") {
			b.goodName(r, "a registry")
		}
		b.addRegistry(b.registry(name, r))
		r.done()
	})
}

func (b *builder) registry(name string, t *table) image.Registry {
	r := image.Registry{Name: name}
	var words []string
	for _, k := range registryKinds {
		words = append(words, k.word)
	}
	if t.get("kind") == nil {
		t.missing("kind", `kind = "docker-hub"`)
	}
	word, _ := t.choice("kind", words, "")
	if i := slices.Index(words, word); i >= 0 {
		r.Kind = registryKinds[i].kind
	}
	limit, window := image.Defaults(r.Kind)
	r.PullLimit = int(t.whole("pull_limit", 0, mostPulls, int64(limit)))
	r.PullWindow = t.duration("pull_window", window)
	switch n := t.get("pull_window"); {
	case n == nil && r.PullLimit > 0:
		t.missing("pull_window", `pull_window = "6h"`)
	case n != nil && r.PullWindow == 0 && !b.failed(n.at):
		b.fail("E032", n.at, fmt.Sprintf("`%s` is 0: no pull would be counted", t.p.join("pull_window")), "",
			"without a limit write pull_limit = 0")
	}
	r.PerInstance = t.boolean("per_instance", false)
	r.Rate = t.byteRate("rate", unlimited)
	return r
}

func (b *builder) addRegistry(r image.Registry) int {
	i := len(b.config.Registries)
	b.registries[r.Name] = i
	b.config.Registries = append(b.config.Registries, r)
	return i
}

// registryOf is where an image comes from: the registry that it names, else the one that its own name says.
func (b *builder) registryOf(name string, t *table) int {
	if n := t.get("registry"); n != nil {
		i, _ := b.reference(n, t.p.join("registry"), "registry", b.registries)
		return i
	}
	host, kind := image.Parse(name)
	if i, ok := b.registries[host]; ok {
		return i
	}
	// ECR Public and Docker Hub are one each, so a table of their kind is about them.
	if kind == image.ECRPublic || kind == image.DockerHub {
		same := func(r image.Registry) bool { return r.Kind == kind }
		if i := slices.IndexFunc(b.config.Registries, same); i >= 0 {
			return i
		}
	}
	limit, window := image.Defaults(kind)
	return b.addRegistry(image.Registry{Name: host, Kind: kind, PullLimit: limit, PullWindow: window})
}

// pullLimits: W213. Every container that starts asks for a manifest, unless the agent takes what is cached.
func (b *builder) pullLimits() {
	asks := func(o *owner) bool {
		cached := func(f pool) bool { return f.Pull == image.Once || f.Pull == image.PreferCached }
		return o.placing.Launch == model.Fargate || !slices.ContainsFunc(b.poolsOf(o), cached)
	}
	for i, r := range b.config.Registries {
		if r.PullLimit == 0 || r.PerInstance {
			continue
		}
		pulls, at := 0, diag.Position{}
		for _, o := range b.owners {
			if b.tasksOf(o) == 0 || !asks(o) {
				continue
			}
			for _, c := range o.placing.Task.Containers {
				if m := b.imageIndex(c.Image); m >= 0 && b.config.Images[m].Registry == i {
					pulls, at = pulls+b.tasksOf(o), cmp.Or(at, o.table.where())
				}
			}
		}
		if pulls > r.PullLimit {
			b.warn("W213", at, fmt.Sprintf("%d pulls at once from registry `%s`: it grants one address %d in %s", pulls, r.Name, r.PullLimit,
				diag.Duration(r.PullWindow)), "behind one NAT gateway all share an address; with one each, write per_instance = true in [registries."+bareOrQuoted(r.Name)+"]")
		}
	}
}
