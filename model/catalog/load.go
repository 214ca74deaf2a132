package catalog

import (
	"embed"
	"encoding/csv"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

//go:embed tables/*.csv
var files embed.FS

// tables are the embedded files, parsed. Nothing changes them after mustLoad.
type tables struct {
	sources       map[string]Source
	types         []InstanceType // sorted by name
	fargatePrices []fargateRow
	prices        []Price
	spot          map[spotKey]SpotOffer
}

// Source is where rows of the tables come from.
type Source struct {
	Key   string
	Date  string // of the data: year, year-month or full date, or "undated"
	Title string
	Note  string
}

func (s Source) String() string { return s.Title + ", " + s.Date }

// Sources lists what the embedded tables were made from, in the order of tables/sources.csv.
func Sources() []Source {
	var all []Source
	for r := range rows("sources.csv") {
		all = append(all, Source{Key: r.text("key"), Date: r.text("date"), Title: r.text("source"), Note: r.text("note")})
	}
	return all
}

// mustLoad panics on a table that does not parse: the tables are part of the program.
func mustLoad() *tables {
	t := &tables{sources: map[string]Source{}, spot: map[spotKey]SpotOffer{}}
	for _, s := range Sources() {
		t.sources[s.Key] = s
	}
	for r := range rows("instance-types.csv") {
		t.types = append(t.types, t.instanceType(r))
	}
	slices.SortFunc(t.types, func(a, b InstanceType) int { return strings.Compare(a.Name, b.Name) })
	for r := range rows("fargate-prices.csv") {
		t.fargatePrices = append(t.fargatePrices, t.fargateRow(r))
	}
	for r := range rows("other-prices.csv") {
		t.prices = append(t.prices, Price{
			Item: r.text("item"), Region: r.text("region"), USD: r.rate("usd"), Unit: r.text("unit"),
			AsOf: r.text("as_of"), Confidence: r.text("confidence"), Source: t.describe(r.text("source")),
		})
	}
	for r := range rows("spot-advisor.csv") {
		for _, region := range spotRegions {
			t.spotRow(r, region)
		}
	}
	return t
}

func (t *tables) instanceType(r row) InstanceType {
	it := InstanceType{
		Name: r.text("type"), VCPU: int(r.integer("vcpu")), CPU: r.integer("vcpu") * 1024,
		// r3.large: the source gives 15360 MiB; AWS sells it with 15.25 GiB, and ECS once showed 15299. The table has 15616.
		NominalMemory: r.integer("nominal_mib"), Memory: r.integer("registered_mib"), MemoryBasis: memoryBasis[r.text("memory_basis")],
		Architecture: "x86_64", GPUModel: r.text("gpu_model"), Burstable: r.yes("burstable"), BareMetal: r.yes("bare_metal"),
		NetworkCards: int(r.integer("cards")), IPv4PerENI: int(r.integer("ipv4_per_eni")),
		NetworkGbps: max(0, r.rate("network_gbps")), EBSMaxMbps: int(r.integer("ebs_mbps")), LocalNVMeGB: int(r.integer("nvme_gb")),
		PricePerHour: r.rate("usd_hour"),
	}
	if a := r.text("arch"); a != "" {
		it.Architecture = a
	}
	if maker := r.text("gpu_maker"); maker == "nvidia" {
		it.GPUs = r.integer("gpus")
	} else if maker != "" {
		it.GPUModel = maker + " " + it.GPUModel
	}
	if r.text("cards") == "" && r.text("enis") != "" {
		it.NetworkCards = 1 // the column names the exceptions
	}
	it.taskLimits(eniFacts{
		name: it.Name, vcpu: it.VCPU, enis: r.integer("enis"), branches: r.integer("branch_enis"), status: r.text("trunking"),
		documented: r.integer("ecs_tasks"), documentedTrunked: r.integer("ecs_trunk_tasks"),
	})
	if it.PricePerHour >= 0 {
		it.PriceSource = t.describe("ec2price")
	}
	it.Sources = t.typeSources(r, it)
	return it
}

var memoryBasis = map[string]string{"os": MemoryObserved, "sibling": MemorySibling, "formula": MemoryFormula}

func (t *tables) typeSources(r row, it InstanceType) []string {
	out := []string{
		"size: " + t.describe(r.text("source")),
		"registered memory: " + t.sources[r.text("memory_basis")].Note + " (" + t.describe(r.text("memory_basis")) + ")",
	}
	if k := r.text("eni_source"); k != "" {
		out = append(out, "interfaces: "+t.describe(k))
	} else {
		out = append(out, "interfaces: not known; the awsvpc limit is that of a general-purpose size with as many vCPUs")
	}
	switch {
	case it.Name == "p5.48xlarge":
		out = append(out, "awsvpc limits: "+t.describe("awsvpc"))
	case it.TaskRule == RuleDocumented || it.TrunkRule == RuleDocumented || it.TrunkRule == RuleExcluded || it.TrunkRule == RuleContradictory:
		out = append(out, "awsvpc limits: "+t.describe("ecseni"))
	}
	if it.NetworkGbps > 0 {
		out = append(out, "bandwidth: "+t.describe("bandwidth"))
	}
	if it.PriceSource != "" {
		out = append(out, "price: "+it.PriceSource)
	}
	return out
}

// describe turns "pl2609+hosting" into titles with dates. An unknown key is a fault of the tables.
func (t *tables) describe(keys string) string {
	var out []string
	for k := range strings.SplitSeq(keys, "+") {
		s, ok := t.sources[k]
		if !ok {
			panic(fmt.Sprintf("catalog: source key %q is not in sources.csv", k))
		}
		out = append(out, s.String())
	}
	return strings.Join(out, "; ")
}

// row is one record of a table, by column name.
type row struct {
	table  string
	line   int
	column map[string]int
	cells  []string
}

func rows(table string) func(yield func(row) bool) {
	return func(yield func(row) bool) {
		f, err := files.Open("tables/" + table)
		if err != nil {
			panic("catalog: " + err.Error())
		}
		defer f.Close()
		all, err := csv.NewReader(f).ReadAll()
		if err != nil || len(all) == 0 {
			panic(fmt.Sprintf("catalog: %s: %v, %d records", table, err, len(all)))
		}
		column := map[string]int{}
		for i, name := range all[0] {
			column[name] = i
		}
		for i, cells := range all[1:] {
			if !yield(row{table: table, line: i + 2, column: column, cells: cells}) {
				return
			}
		}
	}
}

func (r row) text(column string) string {
	i, ok := r.column[column]
	if !ok {
		panic(fmt.Sprintf("catalog: %s has no column %q", r.table, column))
	}
	return r.cells[i]
}

func (r row) yes(column string) bool { return r.text(column) == "y" }

// integer of an empty cell is 0.
func (r row) integer(column string) int64 {
	v := r.text(column)
	if v == "" {
		return 0
	}
	n, err := strconv.ParseInt(v, 10, 64)
	if err != nil || n < 0 {
		panic(fmt.Sprintf("catalog: %s:%d: %s is %q", r.table, r.line, column, v))
	}
	return n
}

// rate of an empty cell is -1: not known.
func (r row) rate(column string) float64 {
	v := r.text(column)
	if v == "" {
		return -1
	}
	f, err := strconv.ParseFloat(v, 64)
	if err != nil || f < 0 {
		panic(fmt.Sprintf("catalog: %s:%d: %s is %q", r.table, r.line, column, v))
	}
	return f
}
