package scenario

import (
	"errors"
	"fmt"
	"math"
	"path/filepath"
	"strings"
	"time"

	"ecssim/model"
	"ecssim/model/catalog"
	"ecssim/sim"
	"ecssim/workload/diag"
)

// builder makes the Config. It goes through the tables in the order in which they depend on one another.
type builder struct {
	*reader
	scenario *Scenario
	config   *model.Config
	// subnets of the scenario by name, and the places of fleets and owners, for references and warnings.
	subnets map[string]int
	fleets  []fleetPlace
	owners  []*owner
	parsed  map[string]*definition
}

// fleetPlace is where a fleet is written.
type fleetPlace struct{ table *table }

// later is what the tables of UX (c) and (g) hold that this version does not simulate.
var (
	laterTop = map[string]string{
		"capacity_providers": "[instances.NAME] has container instances that are simply there; Fargate is launch_type = \"FARGATE\"",
		"load_balancers":     "", "cluster": "there is one cluster, `default`", "faults": "", "expect": "", "expect_options": "",
		"matrix": "", "matrix_options": "", "lesson": "", "service_discovery": "",
	}
	laterService = map[string]string{
		"scaling": "", "load": "", "deployment": "", "security_groups": "", "target_group": "", "target_groups": "",
		"load_balancers": "", "health_check_grace_period": "", "capacity_provider_strategy": "`capacity_provider = \"FARGATE\"` names a single one",
		"scheduling_strategy": "every service is a REPLICA service", "assign_public_ip": "", "cluster": "there is one cluster, `default`",
		"availability_zone_rebalancing": "", "rollouts": "", "service_registries": "", "platform_version": "",
	}
	laterJob = map[string]string{
		"security_groups": "", "capacity_provider_strategy": "`capacity_provider = \"FARGATE\"` names a single one",
		"assign_public_ip": "", "cluster": "there is one cluster, `default`", "schedule": "", "platform_version": "",
	}
	laterFleet = map[string]string{
		"boot_time": "instances are there from the start", "cluster": "there is one cluster, `default`", "spot": "",
		"min_size": "", "max_size": "", "managed_scaling": "", "start_at": "", "vcpu_price": "",
	}
	laterQuotas = map[string]string{
		"fargate_spot_vcpu": "", "provisioning_tasks": "", "tasks_per_service": "", "services_per_cluster": "",
		"container_instances_per_cluster": "",
	}
)

func (b *builder) build() {
	t := b.table(b.root, nil)
	t.later = laterTop
	b.parsed = map[string]*definition{}
	b.subnets = map[string]int{}
	if !b.schema(t) {
		return
	}
	b.identity(t)
	b.times(t)
	b.chance(t)
	b.catalog(t)
	b.account(t)
	b.latency(t)
	b.network(t)
	b.instances(t)
	b.services(t)
	b.jobs(t)
	t.done()
	b.widen()
	b.ends(t)
	if diag.HasErrors(b.diags) {
		return
	}
	b.feasible()
}

// schema comes first: a file of another version would only give misleading errors.
func (b *builder) schema(t *table) bool {
	n := t.get("schema")
	switch {
	case n == nil:
		b.fail("E025", t.where(), "the file does not say which version of the scenario format it uses", "",
			"write as the first line: schema = 1")
	case n.kind != anInteger:
		b.add(wrongType(n, path{"schema"}, "an integer", "schema = 1"))
	case n.whole != 1:
		b.fail("E025", n.at, fmt.Sprintf("schema %d is not known to this version of ecssim", n.whole), "it can be 1",
			"a newer ecssim may read this file; otherwise write schema = 1")
		return false
	}
	return true
}

func (b *builder) identity(t *table) {
	standard := strings.TrimSuffix(filepath.Base(t.n.at.File), ".toml")
	if t.n.at.File == stdinName {
		standard = "stdin"
	}
	b.scenario.Name = t.text("name", standard)
	if n := t.get("name"); n.kind == aString && strings.TrimSpace(n.text) == "" {
		b.fail("E026", n.at, "the scenario has an empty name", "", "leave the key out to use the name of the file")
	}
	b.config.Name = b.scenario.Name
	b.scenario.About = t.text("about", "")
}

// defaultStart is a fixed day, so that the same scenario prints the same dates for ever.
var defaultStart = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)

func (b *builder) times(t *table) {
	b.config.Start = defaultStart
	if n := t.get("start"); n == nil {
		t.fill("start", &node{kind: aDateTime, instant: defaultStart})
	} else if n.kind == aDateTime || n.kind == aLocalDateTime || n.kind == aLocalDate {
		b.config.Start = asUTC(n)
	} else {
		b.add(wrongType(n, path{"start"}, "a date", "start = 2026-11-27T00:00:00Z, without quotes"))
	}
	b.config.Duration = t.duration("duration", 0)
	if n := t.get("duration"); n != nil && b.config.Duration == 0 && !b.failed(n.at) {
		b.fail("E032", n.at, "`duration` is 0: nothing would be simulated", "", "write "+durationExamples)
	}
	b.config.Warmup = t.duration("warmup", 0)
	if b.config.Duration > 0 && b.config.Warmup >= b.config.Duration {
		b.fail("E032", t.valueAt("warmup"), fmt.Sprintf("`warmup` of %s leaves nothing of the duration of %s", short(b.config.Warmup), short(b.config.Duration)),
			"", "statistics begin after the warm-up; make it shorter than the duration")
	}
}

// failed reports whether something is already wrong at a place.
func (b *builder) failed(at diag.Position) bool {
	for _, d := range b.diags {
		if d.At == at && d.Severity == diag.Error {
			return true
		}
	}
	return false
}

func (b *builder) chance(t *table) {
	b.scenario.Seed = uint64(t.whole("seed", 0, math.MaxInt64, 1))
	b.scenario.Runs = int(t.whole("runs", 1, 1_000_000, 1))
	b.config.TieBreak = model.FirstRegistered
	if word, ok := t.choice("placement_tie_break", []string{"first", "random"}, "first"); ok && word == "random" {
		b.config.TieBreak = model.RandomTie
	}
	limits, ok := t.sub("limits", "limits = { events = 1_000_000 }")
	if !ok {
		return
	}
	if limits.get("events") != nil {
		b.config.EventLimit = uint64(limits.whole("events", 1, math.MaxInt64, model.DefaultEventLimit))
	}
	limits.done()
}

func (b *builder) catalog(t *table) {
	b.config.Catalog, b.config.Region = catalog.Builtin(), "us-east-1"
	c, ok := t.sub("catalog", "[catalog]")
	if !ok {
		return
	}
	c.later = map[string]string{"version": "", "file": "prices of your own go into [catalog.types.\"NAME\"] price_per_hour"}
	if t.get("catalog") == nil {
		c.n = &node{kind: aTable, byDefault: true}
		t.fill("catalog", c.n)
	}
	b.config.Region = c.text("region", "us-east-1")
	b.region(c)
	var overrides []catalog.Override
	tables := map[string]*table{}
	b.named(c, "types", func(name string, o *table) {
		overrides = append(overrides, b.override(name, o))
		tables[name] = o
	})
	c.done()
	changed, err := b.config.Catalog.With(overrides)
	if err != nil {
		b.overrideProblems(err, tables)
		return
	}
	b.config.Catalog = changed.In(b.config.Region)
}

// region refuses what cannot be a region. A region without prices is legal: they are then unknown.
func (b *builder) region(c *table) {
	n := c.get("region")
	if n == nil || n.byDefault || n.kind != aString {
		return
	}
	known := b.config.Catalog.Regions()
	for _, r := range known {
		if r == n.text {
			return
		}
	}
	if nearest := diag.Nearest(n.text, known); nearest != "" || strings.Count(n.text, "-") < 2 {
		b.fail("E033", n.at, fmt.Sprintf("unknown region %q", n.text), didYouMean(quoted, nearest), "regions are spelled as AWS spells them: \"eu-west-1\"")
		return
	}
	b.warn("W209", n.at, fmt.Sprintf("no prices are known for the region %q: costs will be incomplete", n.text))
}

func (b *builder) override(name string, t *table) catalog.Override {
	o := catalog.Override{Name: name}
	integer := func(key string, read func(*node, path) (int64, bool)) *int64 {
		n := t.get(key)
		if n == nil {
			return nil
		}
		v, ok := read(n, t.p.join(key))
		if !ok {
			return nil
		}
		return &v
	}
	plainInteger := func(n *node, p path) (int64, bool) { return b.wholeOf(n, p, 0, mostSize) }
	o.CPU = integer("cpu", b.cpuOf)
	o.Memory = integer("memory", b.memoryOf)
	o.MaxENIs = integer("max_enis", plainInteger)
	o.BranchENIs = integer("branch_enis", plainInteger)
	o.GPU = integer("gpu", plainInteger)
	if n := t.get("price_per_hour"); n != nil {
		if v, ok := b.numberOf(n, t.p.join("price_per_hour")); ok {
			o.PricePerHour = &v
		}
	}
	if n := t.get("architecture"); n != nil {
		if v, ok := b.oneOf(n, t.p.join("architecture"), []string{"x86_64", "arm64"}); ok {
			o.Architecture = &v
		}
	}
	t.done()
	return o
}

func (b *builder) overrideProblems(err error, tables map[string]*table) {
	var all []error
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		all = joined.Unwrap()
	} else {
		all = []error{err}
	}
	for _, e := range all {
		var wrong *catalog.OverrideError
		if !errors.As(e, &wrong) || tables[wrong.Name] == nil {
			b.fail("E046", diag.Position{File: b.root.at.File}, e.Error(), "")
			continue
		}
		t := tables[wrong.Name]
		// A key of the wrong type was already reported, and then counts as absent.
		if wrong.Key == "" && (t.n.child("cpu") != nil && t.n.child("memory") != nil) {
			continue
		}
		name := t.p
		if wrong.Key != "" {
			name = name.join(wrong.Key)
		}
		b.fail("E046", t.valueAt(wrong.Key), fmt.Sprintf("`%s`: %s", name, wrong.Problem), didYouMean(quoted, wrong.Nearest))
	}
}

func (b *builder) account(t *table) {
	b.config.Quotas = model.DefaultQuotas()
	a, ok := t.sub("account", "[account]")
	if !ok {
		return
	}
	if settings, ok := a.sub("settings", `settings = { awsvpcTrunking = "enabled" }`); ok {
		settings.later = map[string]string{"containerInsights": "", "dualStackIPv6": "", "serviceLongArnFormat": "", "taskLongArnFormat": "", "containerInstanceLongArnFormat": ""}
		if settings.get("awsvpcTrunking") != nil {
			word, _ := settings.choice("awsvpcTrunking", []string{"enabled", "disabled"}, "")
			b.config.Settings.AwsvpcTrunking = word == "enabled"
		}
		settings.done()
	}
	if quotas, ok := a.sub("quotas", "quotas = { fargate_vcpu = 64 }"); ok {
		quotas.later = laterQuotas
		q := &b.config.Quotas
		if quotas.get("fargate_vcpu") != nil {
			q.FargateVCPU = quotas.number("fargate_vcpu", 0.25, 1e9, 0)
		}
		if quotas.get("fargate_launch_burst") != nil {
			q.FargateLaunchBurst = int(quotas.whole("fargate_launch_burst", 1, 1_000_000, int64(q.FargateLaunchBurst)))
		}
		if quotas.get("fargate_launch_rate_per_s") != nil {
			q.FargateLaunchRate = quotas.number("fargate_launch_rate_per_s", 0.001, 1e6, q.FargateLaunchRate)
		}
		quotas.done()
	}
	a.done()
}

// delays are the keys of [latency] with their defaults (facts services, section 9).
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
