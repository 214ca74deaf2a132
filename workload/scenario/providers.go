package scenario

import (
	"fmt"
	"maps"
	"slices"

	"ecssim/model"
	"ecssim/model/scaling"
	"ecssim/workload/diag"
)

// Limits of a CapacityProviderStrategyItem (ECS rules, services 3.1).
const (
	mostItems  = 20
	mostBase   = 100_000
	mostWeight = 1000
)

const (
	strategyKey     = "capacity_provider_strategy"
	strategyExample = `capacity_provider_strategy = [{ capacity_provider = "od", base = 2, weight = 1 }]`
	defaultStrategy = "default_capacity_provider_strategy"
)

// launch reads launch_type, capacity_provider or capacity_provider_strategy. With none of them the default strategy of
// the cluster holds, if it has one (ECS rules, services 3.1).
func (b *builder) launch(o *owner, t *table, p *model.Placing) bool {
	kind, provider, strategy := t.get("launch_type"), t.get("capacity_provider"), t.get(strategyKey)
	if !b.oneWay(t, kind, provider, strategy) {
		return false
	}
	standard := b.defaultStrategies[p.Cluster]
	switch {
	case provider != nil && !b.startsItself(o, provider):
		return false
	case provider != nil:
		return b.singleProvider(t, provider, p)
	case strategy != nil:
		if !b.startsItself(o, strategy) {
			return false
		}
		return b.items(strategy, t.p.join(strategyKey), p)
	case kind == nil && standard != nil && !o.daemon && t.n.child("start_on") == nil:
		return b.byDefault(standard, p)
	}
	word, ok := t.choice("launch_type", []string{"EC2", "FARGATE"}, "EC2")
	if word == "FARGATE" {
		p.Launch = model.Fargate
	}
	return ok
}

// oneWay refuses more than one way to say where tasks run.
func (b *builder) oneWay(t *table, kind, provider, strategy *node) bool {
	first, second, other := "launch_type", "capacity_provider", provider
	switch {
	case kind != nil && provider != nil:
	case kind != nil && strategy != nil:
		second, other = strategyKey, strategy
	case provider != nil && strategy != nil:
		first, second, other = "capacity_provider", strategyKey, strategy
	default:
		return true
	}
	if first == "launch_type" {
		b.fail("E023", other.key, fmt.Sprintf("`%s` has `%s` and `%s`", t.p, first, second), "keep one of them", "ECS refuses a request with both")
	} else {
		b.fail("E023", other.key, fmt.Sprintf("`%s` has `%s` and `%s`", t.p, first, second), "keep one of them",
			"capacity_provider is the short form of a strategy with a single item")
	}
	return false
}

// startsItself refuses a strategy where nobody asks for capacity: a DAEMON service takes the instances as they are, and
// StartTask names its own (ECS rules, placement 2.7, 1.2).
func (b *builder) startsItself(o *owner, n *node) bool {
	name := "capacity_provider"
	if n.kind == aList {
		name = strategyKey
	}
	switch {
	case o.daemon && !(n.kind == aString && b.bareFargate(n.text)):
		b.fail("E023", n.key, fmt.Sprintf("`%s`: a DAEMON service has no capacity provider", o.table.p.join(name)), "",
			"it keeps one task on every instance of the cluster, whoever launched it: remove it")
		return false
	case o.table.n.child("start_on") != nil && !(n.kind == aString && b.bareFargate(n.text)):
		b.fail("E023", n.key, fmt.Sprintf("`%s` has `start_on` and `%s`", o.table.p, name), "keep one of them",
			"start_on is StartTask: it names the instance and asks no capacity provider")
		return false
	}
	return true
}

// bareFargate: FARGATE or FARGATE_SPOT without a table of that name, which is a launch type by another name.
func (b *builder) bareFargate(name string) bool {
	_, there := b.providers[name]
	return (name == fargateName || name == fargateSpotName) && (!there || b.undescribed[name])
}

// singleProvider reads capacity_provider = "NAME".
func (b *builder) singleProvider(t *table, n *node, p *model.Placing) bool {
	if n.kind != aString {
		b.add(wrongType(n, t.p.join("capacity_provider"), "the name of a capacity provider", `capacity_provider = "FARGATE"`))
		return false
	}
	if b.bareFargate(n.text) {
		p.Launch, p.Spot = model.Fargate, n.text == fargateSpotName
		return true
	}
	i, ok := b.provider(n, t.p.join("capacity_provider"), p.Cluster)
	if ok {
		b.takeProviders(p, []model.ProviderShare{{Provider: i, Share: scaling.Share{Weight: 1}}})
	}
	return ok
}

// provider is the index of a capacity provider. FARGATE and FARGATE_SPOT need no table.
func (b *builder) provider(n *node, p path, cluster int) (int, bool) {
	if b.bareFargate(n.text) && !b.undescribed[n.text] {
		kind := model.FargateProvider
		if n.text == fargateSpotName {
			kind = model.FargateSpotProvider
		}
		b.providers[n.text] = len(b.config.CapacityProviders)
		b.undescribed[n.text] = true
		b.config.CapacityProviders = append(b.config.CapacityProviders, model.CapacityProvider{Name: n.text, Kind: kind})
	}
	i, ok := b.providers[n.text]
	if !ok {
		b.unknownProvider(n)
		return 0, false
	}
	if g := b.config.CapacityProviders[i].Group; g != nil && g.Template.Cluster != cluster {
		b.fail("E036", n.at, fmt.Sprintf("there is no capacity provider %q in cluster `%s`", n.text, b.config.Clusters[cluster]), "",
			fmt.Sprintf("it belongs to cluster `%s`", b.config.Clusters[g.Template.Cluster]))
		return 0, false
	}
	return i, true
}

// unknownProvider is the error for a capacity provider that the scenario does not describe.
func (b *builder) unknownProvider(n *node) {
	described := slices.Sorted(maps.Keys(b.providerTables))
	note := "FARGATE and FARGATE_SPOT are always there"
	if len(described) > 0 && len(described) <= 12 {
		note = "the scenario has " + enumerate(described, "and") + "; " + note
	}
	b.add(diag.Diagnostic{
		Code: "E036", At: n.at, Message: fmt.Sprintf("there is no capacity provider %q", n.text),
		Label: didYouMean(quoted, diag.Nearest(n.text, append(described, fargateName, fargateSpotName))), Notes: []string{note},
		Help: []string{"define it: [" + path{"capacity_providers", n.text}.String() + `] type = "m5.large", max_size = 10`},
	})
}

// takeProviders notes a strategy, and what its first provider means for the task.
func (b *builder) takeProviders(p *model.Placing, shares []model.ProviderShare) {
	p.Providers = shares
	switch b.config.CapacityProviders[shares[0].Provider].Kind {
	case model.FargateProvider:
		p.Launch = model.Fargate
	case model.FargateSpotProvider:
		p.Launch, p.Spot = model.Fargate, true
	case model.GroupProvider, model.ManagedInstances:
		p.Launch = model.EC2
	}
}

// items reads a capacity provider strategy.
func (b *builder) items(n *node, p path, to *model.Placing) bool {
	if n.kind != aList {
		b.add(wrongType(n, p, "a list of capacity providers", strategyExample))
		return false
	}
	before := len(b.diags)
	if len(n.list) == 0 {
		b.fail("E032", n.at, fmt.Sprintf("`%s` is empty", p), "", "name at least one capacity provider, or leave the key out")
	}
	if len(n.list) > mostItems {
		b.fail("E043", n.at, fmt.Sprintf("`%s` has %d items: ECS allows %d", p, len(n.list), mostItems), "")
	}
	var shares []model.ProviderShare
	for i, e := range n.list {
		q := p.index(i)
		if e.kind != aTable {
			b.add(wrongType(e, q, "a capacity provider with its weight", strategyExample))
			continue
		}
		if share, ok := b.item(b.table(e, q), to.Cluster); ok {
			shares = append(shares, share)
		}
	}
	if diag.HasErrors(b.diags[before:]) {
		return false
	}
	b.together(n, p, shares)
	if diag.HasErrors(b.diags[before:]) {
		return false
	}
	b.takeProviders(to, shares)
	return true
}

// item reads a CapacityProviderStrategyItem; the API's default of both numbers is 0.
func (b *builder) item(t *table, cluster int) (model.ProviderShare, bool) {
	var share model.ProviderShare
	name := t.get("capacity_provider")
	ok := false
	switch {
	case name == nil:
		t.missing("capacity_provider", strategyExample)
	case name.kind != aString:
		b.add(wrongType(name, t.p.join("capacity_provider"), "the name of a capacity provider", strategyExample))
	default:
		share.Provider, ok = b.provider(name, t.p.join("capacity_provider"), cluster)
	}
	if t.get("base") != nil {
		share.Base = int(t.whole("base", 0, mostBase, 0))
	}
	if t.get("weight") != nil {
		share.Weight = int(t.whole("weight", 0, mostWeight, 0))
	}
	t.done()
	return share, ok
}

// together checks what the items of a strategy are to each other.
func (b *builder) together(n *node, p path, shares []model.ProviderShare) {
	name := func(s model.ProviderShare) string { return b.config.CapacityProviders[s.Provider].Name }
	weights, base := 0, -1
	for i, s := range shares {
		weights += s.Weight
		if s.Base > 0 && base >= 0 {
			b.fail("E023", n.list[i].child("base").at, fmt.Sprintf("`%s`: `%s` and `%s` both have a base", p, name(shares[base]), name(s)), "keep one of them",
				"the base is filled first, so only one can have it")
		}
		if s.Base > 0 {
			base = i
		}
		at := n.list[i].child("capacity_provider").at
		for _, other := range shares[:i] {
			if other.Provider == s.Provider {
				b.fail("E023", at, fmt.Sprintf("`%s` names `%s` twice", p, name(s)), "")
				return
			}
		}
		if one, two := b.sort(shares[0]), b.sort(s); one != two {
			b.fail("E023", at, fmt.Sprintf("`%s` mixes `%s`, %s, and `%s`, %s", p, name(shares[0]), one, name(s), two), "",
				"ECS refuses a strategy with both: write two services")
			return
		}
	}
	if weights == 0 {
		b.fail("E032", n.at, fmt.Sprintf("`%s`: no capacity provider has a weight above 0", p), "", "write for example: "+strategyExample)
	}
}

// sort is what a strategy cannot mix.
func (b *builder) sort(s model.ProviderShare) string {
	switch b.config.CapacityProviders[s.Provider].Kind {
	case model.GroupProvider:
		return "an Auto Scaling group"
	case model.ManagedInstances:
		return "managed instances"
	default:
		return "Fargate"
	}
}

// clusterDefault is the default strategy of a cluster, with the node that says it.
type clusterDefault struct {
	p      path
	n      *node
	shares []model.ProviderShare
	good   bool
}

// byDefault takes the default strategy of the cluster.
func (b *builder) byDefault(d *clusterDefault, p *model.Placing) bool {
	if d.good {
		b.takeProviders(p, d.shares)
	}
	return d.good
}

// clusterDefaults reads the default strategies of clusters, once the capacity providers are known.
func (b *builder) clusterDefaults() {
	for i := range b.config.Clusters {
		d := b.defaultStrategies[i]
		if d == nil {
			continue
		}
		p := model.Placing{Cluster: i}
		d.good = b.items(d.n, d.p, &p)
		d.shares = p.Providers
	}
}

// usesSpot reports whether some of the tasks go to Fargate Spot.
func (b *builder) usesSpot(p *model.Placing) bool {
	return p.Spot || slices.ContainsFunc(p.Providers, func(s model.ProviderShare) bool {
		return b.config.CapacityProviders[s.Provider].Kind == model.FargateSpotProvider
	})
}

// providersAt is the place of the strategy.
func (o *owner) providersAt() diag.Position {
	if n := o.table.n.child("capacity_provider"); n != nil {
		return n.at
	}
	return o.table.at(strategyKey)
}

// subnetsOfProviders are those that the tables of Fargate providers say for all tasks; nil if they say nothing. They
// must agree, since a service has one network configuration.
func (b *builder) subnetsOfProviders(o *owner) []int {
	var subnets []int
	first := ""
	for _, s := range o.placing.Providers {
		name := b.config.CapacityProviders[s.Provider].Name
		own, ok := b.providerSubnets[name]
		switch {
		case !ok:
		case first == "":
			subnets, first = own, name
		case !slices.Equal(subnets, own):
			b.fail("E023", o.providersAt(), fmt.Sprintf("`%s` uses `%s` and `%s`, which have different subnets", o.table.p, first, name), "",
				"a service has its subnets once, for all capacity providers: write subnets = [\"a\", \"b\"] here")
			return subnets
		}
	}
	return subnets
}

// managesNetwork: managed instances run awsvpc and host tasks (ECS rules, services 3.8).
func (b *builder) managesNetwork(o *owner) {
	p := o.placing
	if len(p.Providers) == 0 || b.config.CapacityProviders[p.Providers[0].Provider].Kind != model.ManagedInstances {
		return
	}
	if mode := p.Task.Mode(); mode != "awsvpc" && mode != "host" {
		b.add(diag.Diagnostic{
			Code: "E047", At: o.spec.at("networkMode"), Via: o.spec.via,
			Message: fmt.Sprintf("managed instances run tasks in awsvpc or host mode, and those of `%s` are in %s mode", o.table.p, mode),
			Help:    []string{`write network_mode = "awsvpc"`},
		})
	}
}
