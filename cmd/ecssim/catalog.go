package main

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"ecssim/model/catalog"
)

func (a *app) catalogCommand() *cobra.Command {
	var format, region string
	c := &cobra.Command{
		Use:   "catalog [TYPE | FAMILY | fargate | prices]",
		Short: "Show instance types, ENI limits, prices and Fargate sizes",
		Long: `Show what AWS sells as ecssim knows it: instance types with what they register
with ECS, how many awsvpc tasks they hold, and what they cost, also as Spot
Instances; Fargate sizes and rates; load balancers, gateways and the like. Every
figure has a source and a date.

Without an argument it lists all types; with a family ("m5") those of the
family; with a type ("m5.large") everything about it; with "fargate" the sizes
and rates; with "prices" what costs money besides.`,
		Example: `  ecssim catalog m5.large
  ecssim catalog c7g
  ecssim catalog fargate --region eu-west-1
  ecssim catalog prices
  ecssim catalog --format csv > types.csv`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			if format != "table" && format != "json" && format != "csv" {
				return usageError("--format is table, json or csv, found %q", format)
			}
			what := ""
			if len(args) > 0 {
				what = args[0]
			}
			return a.showCatalog(catalog.Builtin().In(region), what, format)
		},
	}
	c.Flags().StringVar(&format, "format", "table", "`FORMAT`: table, json or csv")
	c.Flags().StringVar(&region, "region", "us-east-1", "`REGION` of the prices")
	return c
}

func (a *app) showCatalog(c *catalog.Catalog, what, format string) error {
	if strings.EqualFold(what, "fargate") {
		return showFargate(a.out, c, format)
	}
	if strings.EqualFold(what, "prices") {
		return showPrices(a.out, c, format)
	}
	if t, ok := c.Type(what); ok && format == "table" {
		return showType(a.out, c, t)
	}
	var types []catalog.InstanceType
	for _, t := range c.Types() {
		family, _, _ := strings.Cut(t.Name, ".")
		if what == "" || what == t.Name || what == family {
			types = append(types, t)
		}
	}
	if len(types) == 0 {
		near := ""
		if n := c.Nearest(what); n != "" {
			near = fmt.Sprintf(", did you mean %q?", n)
		}
		return usageError("no instance type or family is called %q%s", what, near)
	}
	switch format {
	case "json":
		rows := make([]typeRow, len(types))
		for n, t := range types {
			rows[n] = newTypeRow(c, t)
		}
		return writeJSON(a.out, rows)
	case "csv":
		return writeTypesCSV(a.out, c, types)
	}
	return listTypes(a.out, types)
}

// price is an amount per hour, or a dash where none is known.
func price(usd float64) string {
	if usd < 0 {
		return "–"
	}
	return strconv.FormatFloat(usd, 'f', -1, 64)
}

// some is a count, or a dash for none.
func some(n int64) string {
	if n == 0 {
		return "–"
	}
	return strconv.FormatInt(n, 10)
}

func listTypes(out io.Writer, types []catalog.InstanceType) error {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(w, "TYPE\tVCPU\tCPU\tMEMORY MiB\tGPU\tENI\tTASKS\tTRUNKED\tUSD/H\t")
	for _, t := range types {
		fmt.Fprintf(w, "%s\t%d\t%d\t%d\t%s\t%s\t%d\t%s\t%s\t\n", t.Name, t.VCPU, t.CPU, t.Memory, some(t.GPUs),
			some(t.MaxENIs), t.TaskENIs, some(t.TrunkTaskENIs), price(t.PricePerHour))
	}
	if err := w.Flush(); err != nil {
		return failure(err)
	}
	_, err := fmt.Fprintf(out, "\nCPU and MEMORY are what an instance registers with ECS; TASKS and TRUNKED are\n"+
		"how many awsvpc tasks it holds without and with awsvpcTrunking.\nCatalog %s; sources: ecssim catalog TYPE\n", catalog.Version())
	return err
}

func showType(out io.Writer, c *catalog.Catalog, t catalog.InstanceType) error {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	line := func(name, format string, args ...any) {
		fmt.Fprintf(w, "  %s\t%s\n", name, fmt.Sprintf(format, args...))
	}
	fmt.Fprintf(w, "%s\n", t.Name)
	line("architecture", "%s", t.Architecture)
	line("cpu", "%d units (%d vCPU)", t.CPU, t.VCPU)
	line("memory", "%d MiB registered of %d MiB nominal (%s)", t.Memory, t.NominalMemory, t.MemoryBasis)
	switch {
	case t.GPUs > 0:
		line("gpu", "%d × %s", t.GPUs, t.GPUModel)
	case t.GPUModel != "":
		line("gpu", "a fraction of one %s", t.GPUModel)
	}
	line("interfaces", "%s, %s IPv4 addresses each", some(t.MaxENIs), some(int64(t.IPv4PerENI)))
	line("awsvpc tasks", "%d (%s)", t.TaskENIs, t.TaskRule)
	line("  with trunking", "%s (%s)", some(t.TrunkTaskENIs), t.TrunkRule)
	if t.TrunkNote != "" {
		line("", "%s", t.TrunkNote)
	}
	if t.PricePerHour < 0 {
		line("price", "not known in %s", c.Region())
	} else {
		line("price", "%s USD an hour, Linux On-Demand, %s", price(t.PricePerHour), c.Region())
	}
	offer, known := c.Spot(t.Name)
	sources := t.Sources
	if known {
		line("spot", "%s", spotLine(offer))
		sources = append(slices.Clone(sources), "spot: "+offer.Source)
	} else {
		line("spot", "not known in %s", c.Region())
	}
	if err := w.Flush(); err != nil {
		return failure(err)
	}
	fmt.Fprintln(out, "sources")
	for _, s := range sources {
		if _, err := fmt.Fprintf(out, "  %s\n", s); err != nil {
			return failure(err)
		}
	}
	return nil
}

func showFargate(out io.Writer, c *catalog.Catalog, format string) error {
	if format == "json" {
		type size struct {
			CPU        int    `json:"cpu"`
			Memory     int    `json:"memory_mib"`
			LinuxX86   bool   `json:"linux_x86_64"`
			LinuxARM   bool   `json:"linux_arm64"`
			WindowsX86 bool   `json:"windows_x86_64"`
			Platform   string `json:"min_platform,omitempty"`
		}
		var sizes []size
		for _, s := range catalog.FargateSizes() {
			sizes = append(sizes, size{s.CPU, s.Memory, s.LinuxX86, s.LinuxARM, s.WindowsX86, s.MinPlatform})
		}
		return writeJSON(out, sizes)
	}
	if format == "csv" {
		w := csv.NewWriter(out)
		_ = w.Write([]string{"cpu", "memory_mib", "linux_x86_64", "linux_arm64", "windows_x86_64", "platform"}) // Flush tells
		for _, s := range catalog.FargateSizes() {
			_ = w.Write([]string{strconv.Itoa(s.CPU), strconv.Itoa(s.Memory), strconv.FormatBool(s.LinuxX86),
				strconv.FormatBool(s.LinuxARM), strconv.FormatBool(s.WindowsX86), s.MinPlatform})
		}
		w.Flush()
		return w.Error()
	}
	var b strings.Builder
	b.WriteString("Fargate sizes, Linux on x86_64\n")
	for _, cpu := range fargateCPUs() {
		fmt.Fprintf(&b, "  cpu %5d  memory %s MiB\n", cpu, memories(cpu))
	}
	fmt.Fprintf(&b, "\nrates in %s, USD an hour\n", c.Region())
	for _, p := range []struct{ name, os, arch string }{
		{"Linux x86_64", "LINUX", "X86_64"}, {"Linux arm64", "LINUX", "ARM64"}, {"Windows", "WINDOWS_SERVER_2022_CORE", "X86_64"},
	} {
		r, ok := c.FargatePrice(p.os, p.arch, false)
		if !ok {
			fmt.Fprintf(&b, "  %-13s not known\n", p.name)
			continue
		}
		licence := ""
		if r.Windows {
			licence = fmt.Sprintf(" + %s licence", price(r.LicenceVCPUHour))
		}
		fmt.Fprintf(&b, "  %-13s %s%s per vCPU, %s per GB (as of %s, %s)\n",
			p.name, price(r.VCPUHour), licence, price(r.GBHour), r.AsOf, r.Confidence)
	}
	_, err := io.WriteString(out, b.String())
	return err
}

func fargateCPUs() (cpus []int) {
	for _, s := range catalog.FargateSizes() {
		if s.LinuxX86 && (len(cpus) == 0 || cpus[len(cpus)-1] != s.CPU) {
			cpus = append(cpus, s.CPU)
		}
	}
	return cpus
}

// memories writes the memory sizes of a cpu: "512, 1024, 2048", or "4096 … 16384 in steps of 1024".
func memories(cpu int) string {
	var all []int
	for _, s := range catalog.FargateSizes() {
		if s.LinuxX86 && s.CPU == cpu {
			all = append(all, s.Memory)
		}
	}
	even := len(all) > 4
	for n := 2; n < len(all); n++ {
		even = even && all[n]-all[n-1] == all[1]-all[0]
	}
	if even {
		return fmt.Sprintf("%d … %d in steps of %d", all[0], all[len(all)-1], all[1]-all[0])
	}
	return strings.ReplaceAll(strings.Trim(fmt.Sprint(all), "[]"), " ", ", ")
}

func writeJSON(out io.Writer, v any) error {
	e := json.NewEncoder(out)
	e.SetIndent("", "  ")
	return e.Encode(v)
}

// typeRow is an instance type as other programs read it. What is not known is null.
type typeRow struct {
	Type         string   `json:"type"`
	Architecture string   `json:"architecture"`
	VCPU         int      `json:"vcpu"`
	CPU          int64    `json:"cpu"`
	Memory       int64    `json:"memory_mib"`
	MemoryBasis  string   `json:"memory_basis"`
	Nominal      int64    `json:"nominal_memory_mib"`
	GPU          int64    `json:"gpu"`
	GPUModel     string   `json:"gpu_model,omitempty"`
	MaxENIs      *int64   `json:"max_enis"`
	Tasks        int64    `json:"awsvpc_tasks"`
	Trunked      int64    `json:"awsvpc_tasks_trunking"`
	TrunkingRule string   `json:"trunking_rule"`
	USDPerHour   *float64 `json:"usd_per_hour"`
	// Of Spot: the share saved, and the bounds of the share taken back in a month.
	SpotDiscount *float64 `json:"spot_discount"`
	SpotLow      *float64 `json:"spot_interrupted_low"`
	SpotHigh     *float64 `json:"spot_interrupted_high"`
	Sources      []string `json:"sources"`
}

func newTypeRow(c *catalog.Catalog, t catalog.InstanceType) typeRow {
	row := typeRow{
		Type: t.Name, Architecture: t.Architecture, VCPU: t.VCPU, CPU: t.CPU, Memory: t.Memory, MemoryBasis: t.MemoryBasis,
		Nominal: t.NominalMemory, GPU: t.GPUs, GPUModel: t.GPUModel, Tasks: t.TaskENIs, Trunked: t.TrunkTaskENIs,
		TrunkingRule: t.TrunkRule, Sources: t.Sources,
	}
	if t.MaxENIs > 0 {
		row.MaxENIs = &t.MaxENIs
	}
	if t.PricePerHour >= 0 {
		row.USDPerHour = &t.PricePerHour
	}
	if o, ok := c.Spot(t.Name); ok {
		row.SpotDiscount, row.SpotLow, row.SpotHigh = &o.Discount, &o.LowPerMonth, &o.HighPerMonth
	}
	return row
}

func writeTypesCSV(out io.Writer, c *catalog.Catalog, types []catalog.InstanceType) error {
	w := csv.NewWriter(out)
	rows := [][]string{{"type", "architecture", "vcpu", "cpu", "memory_mib", "gpu", "max_enis", "awsvpc_tasks",
		"awsvpc_tasks_trunking", "trunking_rule", "usd_per_hour", "spot_discount", "spot_interrupted_low", "spot_interrupted_high"}}
	for _, t := range types {
		usd := ""
		if t.PricePerHour >= 0 {
			usd = price(t.PricePerHour)
		}
		discount, low, high := "", "", ""
		if o, ok := c.Spot(t.Name); ok {
			discount, low, high = price(o.Discount), price(o.LowPerMonth), price(o.HighPerMonth)
		}
		rows = append(rows, []string{t.Name, t.Architecture, strconv.Itoa(t.VCPU), strconv.FormatInt(t.CPU, 10),
			strconv.FormatInt(t.Memory, 10), strconv.FormatInt(t.GPUs, 10), strconv.FormatInt(t.MaxENIs, 10),
			strconv.FormatInt(t.TaskENIs, 10), strconv.FormatInt(t.TrunkTaskENIs, 10), t.TrunkRule, usd, discount, low, high})
	}
	return w.WriteAll(rows)
}
