package catalog

import (
	"regexp"
	"slices"
	"strings"
	"testing"
)

var (
	dateShape   = regexp.MustCompile(`^(undated|20\d\d(-\d\d(-\d\d)?)?)$`)
	confidences = []string{CrossChecked, SingleSource, OldSnapshot}
)

func TestEverySourceHasADateAndIsUsed(t *testing.T) {
	used := map[string]bool{"ec2price": true, "bandwidth": true, "ecseni": true, "awsvpc": true} // named in the code
	for _, file := range []string{"instance-types.csv", "fargate-sizes.csv", "fargate-prices.csv", "other-prices.csv", "spot-advisor.csv"} {
		for r := range rows(file) {
			for _, column := range []string{"source", "eni_source", "memory_basis"} {
				if _, ok := r.column[column]; ok {
					for k := range strings.SplitSeq(r.text(column), "+") {
						used[k] = true
					}
				}
			}
		}
	}
	for _, s := range Sources() {
		if s.Key == "" || s.Title == "" || !dateShape.MatchString(s.Date) {
			t.Errorf("%+v", s)
		}
		if !used[s.Key] {
			t.Errorf("no row uses source %q", s.Key)
		}
	}
}

func TestEveryTypeParses(t *testing.T) {
	c := Builtin()
	if n := len(c.types); n != 1382 {
		t.Errorf("%d types", n)
	}
	names := map[string]bool{}
	for _, it := range c.types {
		if names[it.Name] {
			t.Errorf("%s twice", it.Name)
		}
		names[it.Name] = true
		if it.CPU != int64(it.VCPU)*1024 || it.VCPU < 1 {
			t.Errorf("%s: %d vCPU, cpu %d", it.Name, it.VCPU, it.CPU)
		}
		if it.Memory <= 0 || it.Memory >= it.NominalMemory || it.Memory*100 < it.NominalMemory*75 || it.MemoryBasis == "" {
			t.Errorf("%s registers %d of %d MiB (%s)", it.Name, it.Memory, it.NominalMemory, it.MemoryBasis)
		}
		if it.Architecture != "x86_64" && it.Architecture != "arm64" {
			t.Errorf("%s: architecture %q", it.Name, it.Architecture)
		}
		if it.PricePerHour == 0 || (it.PricePerHour > 0) != (it.PriceSource != "") {
			t.Errorf("%s: price %v from %q", it.Name, it.PricePerHour, it.PriceSource)
		}
		if it.GPUs > 0 && it.GPUModel == "" {
			t.Errorf("%s: GPUs of no model", it.Name)
		}
		if len(it.Sources) < 3 {
			t.Errorf("%s: sources %q", it.Name, it.Sources)
		}
	}
	if got, ok := c.Type("m5.larg"); ok {
		t.Errorf("%+v", got)
	}
}

func TestEveryPriceHasSourceAndDate(t *testing.T) {
	for r := range rows("fargate-prices.csv") {
		f := Builtin().tables.fargateRow(r)
		if !dateShape.MatchString(f.asOf) || f.source == "" || !slices.Contains(confidences, f.confidence) {
			t.Errorf("%+v", f)
		}
		if f.platform == anyOS && f.ephemeral <= 0 || f.platform != anyOS && (f.vcpu <= 0 || f.gb <= 0 || f.gb >= f.vcpu) {
			t.Errorf("%+v", f)
		}
		if (f.platform == windowsX86) != (f.licence > 0) {
			t.Errorf("%+v", f)
		}
	}
	items := map[string]bool{}
	for _, p := range Builtin().tables.prices {
		if p.Item == "" || p.Region == "" || p.Unit == "" || p.USD < 0 || p.Source == "" ||
			!dateShape.MatchString(p.AsOf) || !slices.Contains(confidences, p.Confidence) {
			t.Errorf("%+v", p)
		}
		if items[p.Item+p.Region] {
			t.Errorf("%s in %s twice", p.Item, p.Region)
		}
		items[p.Item+p.Region] = true
	}
	if len(items) != 33 {
		t.Errorf("%d prices", len(items))
	}
}

// The tables travel in every binary.
func TestTablesStaySmall(t *testing.T) {
	entries, err := files.ReadDir("tables")
	if err != nil {
		t.Fatal(err)
	}
	var size int64
	for _, e := range entries {
		info, err := e.Info()
		if err != nil {
			t.Fatal(err)
		}
		size += info.Size()
	}
	if size > 400_000 {
		t.Errorf("%d bytes", size)
	}
}

// What people look up most, beside the source named. Memory is that of a current image, see doc.go.
func TestKnownTypes(t *testing.T) {
	for _, w := range []InstanceType{
		{Name: "m4.large", CPU: 2048, NominalMemory: 8192, Memory: 7930, Architecture: "x86_64", PricePerHour: 0.1}, // guide: 7985 on AL1
		{Name: "t2.micro", CPU: 1024, NominalMemory: 1024, Memory: 949, Architecture: "x86_64", PricePerHour: 0.0116},
		{Name: "t3.medium", CPU: 2048, NominalMemory: 4096, Memory: 3827, Architecture: "x86_64", PricePerHour: 0.0416}, // ECS showed 3828
		{Name: "m5.large", CPU: 2048, NominalMemory: 8192, Memory: 7811, Architecture: "x86_64", PricePerHour: 0.096},
		{Name: "c5.large", CPU: 2048, NominalMemory: 4096, Memory: 3785, Architecture: "x86_64", PricePerHour: 0.085},
		{Name: "r3.large", CPU: 2048, NominalMemory: 15616, Memory: 15233, Architecture: "x86_64", PricePerHour: 0.166}, // see load.go
		{Name: "m6g.medium", CPU: 1024, NominalMemory: 4096, Memory: 3795, Architecture: "arm64", PricePerHour: 0.0385},
		{Name: "g5.48xlarge", CPU: 192 * 1024, NominalMemory: 786432, Memory: 765848, GPUs: 8, Architecture: "x86_64", PricePerHour: 16.288},
		{Name: "g6f.large", CPU: 2048, NominalMemory: 8192, Memory: 7601, Architecture: "x86_64", PricePerHour: 0.202},       // part of a GPU
		{Name: "g4ad.xlarge", CPU: 4096, NominalMemory: 16384, Memory: 15354, Architecture: "x86_64", PricePerHour: 0.37853}, // AMD
	} {
		g, ok := Builtin().Type(w.Name)
		if !ok {
			t.Errorf("no %s", w.Name)
		}
		got := InstanceType{Name: g.Name, CPU: g.CPU, NominalMemory: g.NominalMemory, Memory: g.Memory, GPUs: g.GPUs,
			Architecture: g.Architecture, PricePerHour: g.PricePerHour}
		if !sameFacts(got, w) {
			t.Errorf("got  %+v\nwant %+v", got, w)
		}
	}
}

func sameFacts(a, b InstanceType) bool {
	return a.Name == b.Name && a.CPU == b.CPU && a.Memory == b.Memory && a.NominalMemory == b.NominalMemory &&
		a.GPUs == b.GPUs && a.Architecture == b.Architecture && a.PricePerHour == b.PricePerHour
}
