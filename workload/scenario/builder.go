package scenario

import (
	"fmt"
	"math"
	"path/filepath"
	"strings"
	"time"

	"ecssim/model"
	"ecssim/workload/diag"
)

// builder makes the Config. It goes through the tables in the order in which they depend on one another.
type builder struct {
	*reader
	scenario *Scenario
	config   *model.Config
	// What the scenario defines, by name, with its index in the Config. Target groups are called LOADBALANCER/GROUP, and
	// images have their tag. All of it is read before whatever refers to it.
	subnets, clusters, securityGroups, targetGroups, images, registries, alarms map[string]int
	// The places of fleets, load balancers and owners, for references and warnings.
	fleets    []fleetPlace
	balancers []*table
	owners    []*owner
	parsed    map[string]*definition
	// Capacity providers by name, with their tables, and the subnets that those of Fargate have for all tasks. Those in
	// undescribed have no table. The default strategies are by cluster.
	providers         map[string]int
	providerTables    map[string]*table
	providerSubnets   map[string][]int
	undescribed       map[string]bool
	defaultStrategies map[int]*clusterDefault
	// expected are where Config.Expect stands.
	expected []*node
}

// fleetPlace is where a fleet is written.
type fleetPlace struct{ table *table }

// later is what the tables of UX (c) and (g) hold that this version does not simulate.
var (
	laterTop = map[string]string{
		"lesson": "", "service_discovery": "",
	}
	laterService = map[string]string{
		"platform_version": "",
	}
	laterJob = map[string]string{
		"schedule": "", "platform_version": "",
	}
	laterFleet    = map[string]string{"start_at": "", "vcpu_price": ""}
	laterSettings = map[string]string{
		"containerInsights": "", "dualStackIPv6": "", "serviceLongArnFormat": "", "taskLongArnFormat": "",
		"containerInstanceLongArnFormat": "",
	}
	laterQuotas = map[string]string{
		"tasks_per_service": "", "services_per_cluster": "",
		"container_instances_per_cluster": "",
	}
)

func (b *builder) build() {
	t := b.table(b.root, nil)
	t.later = laterTop
	b.parsed = map[string]*definition{}
	b.subnets, b.clusters, b.securityGroups = map[string]int{}, map[string]int{}, map[string]int{}
	b.providers, b.providerTables, b.providerSubnets = map[string]int{}, map[string]*table{}, map[string][]int{}
	b.undescribed, b.defaultStrategies = map[string]bool{}, map[int]*clusterDefault{}
	b.targetGroups, b.images, b.registries, b.alarms = map[string]int{}, map[string]int{}, map[string]int{}, map[string]int{}
	if !b.schema(t) {
		return
	}
	b.identity(t)
	b.times(t)
	b.chance(t)
	b.catalog(t)
	b.account(t)
	b.latency(t)
	b.clusterTables(t)
	b.network(t)
	b.registryTables(t)
	b.imageTables(t)
	b.loadBalancerTables(t)
	b.alarmTables(t)
	b.fargate(t)
	b.instances(t)
	b.capacityProviders(t)
	b.clusterDefaults()
	b.services(t)
	b.jobs(t)
	b.pricing(t)
	b.faults(t)
	b.expectations(t)
	b.ends(t)
	t.done()
	b.widen()
	if diag.HasErrors(b.diags) {
		return
	}
	b.checkExpectations()
	b.feasible()
}

// schema comes first: a file of another version would only give misleading errors.
func (b *builder) schema(t *table) bool {
	n := t.get("schema")
	switch {
	case n == nil:
		const message = "the file does not say which version of the scenario format it uses"
		b.fail("E025", t.where(), message, "", "write as the first line: schema = 1")
		t.absent = append(t.absent, absence{"schema", message})
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
		found := fmt.Sprintf("`warmup` of %s leaves nothing of the duration of %s", diag.Duration(b.config.Warmup), diag.Duration(b.config.Duration))
		b.fail("E032", t.valueAt("warmup"), found, "", "statistics begin after the warm-up; make it shorter than the duration")
	}
}

// failed reports whether something is already wrong at a place.
func (r *reader) failed(at diag.Position) bool {
	for _, d := range r.diags {
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
