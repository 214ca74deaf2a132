package catalog

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"slices"
)

// ScenarioPrice is the PriceSource of a price that the scenario gives. Such a price holds in every region.
const ScenarioPrice = "scenario"

// An Override changes one row of the catalog, or adds one: [catalog.types."NAME"] of a scenario. A nil field keeps
// what the catalog says. A new name must give CPU and Memory.
type Override struct {
	Name   string
	CPU    *int64 // units registered with ECS
	Memory *int64 // MiB registered with ECS
	// MaxENIs counts interfaces, the primary one included, at least 1. A new type without it has AssumedENIs.
	MaxENIs *int64
	// BranchENIs makes the type capable of trunking; 0 makes it incapable. A new type without it is incapable.
	BranchENIs   *int64
	PricePerHour *float64 // USD; a new type without it has no known price
	GPU          *int64
	Architecture *string // "x86_64" (default of a new type) or "arm64"
}

// OverrideError is one thing that is wrong with an Override.
type OverrideError struct {
	Name string // of the type
	Key  string // as in the scenario: "cpu", "max_enis" …; empty for the table as a whole
	// Problem is one line without a full stop.
	Problem string
	// Nearest is the known type that a new name may have meant, or "".
	Nearest string
}

func (e *OverrideError) Error() string {
	at := fmt.Sprintf("catalog.types.%q", e.Name)
	if e.Key != "" {
		at += "." + e.Key
	}
	if e.Nearest != "" {
		return fmt.Sprintf("%s: %s (did you mean %q?)", at, e.Problem, e.Nearest)
	}
	return at + ": " + e.Problem
}

// With is the catalog with the overrides applied. All problems are reported at once: the error joins *OverrideErrors.
func (c *Catalog) With(overrides []Override) (*Catalog, error) {
	if len(overrides) == 0 {
		return c, nil
	}
	d := *c
	d.types = slices.Clone(c.types)
	var errs []error
	seen := map[string]bool{}
	for _, o := range overrides {
		if seen[o.Name] {
			errs = append(errs, &OverrideError{Name: o.Name, Problem: "the type is overridden twice"})
			continue
		}
		seen[o.Name] = true
		i, known := slices.BinarySearchFunc(d.types, o.Name, func(t InstanceType, name string) int { return cmp.Compare(t.Name, name) })
		if bad := o.problems(known, c); len(bad) > 0 {
			errs = append(errs, bad...)
			continue
		}
		if !known {
			d.types = slices.Insert(d.types, i, newType(o))
		}
		d.types[i].apply(o)
	}
	if len(errs) > 0 {
		return nil, errors.Join(errs...)
	}
	return &d, nil
}

// Most CPU units, MiB and interfaces of a type: far above any machine, far below an overflow.
const (
	mostCPU    = 1 << 30
	mostMemory = 1 << 40
	mostENIs   = 1 << 20
)

func (o Override) problems(known bool, c *Catalog) []error {
	f := faults{name: o.Name}
	if o.Name == "" {
		f.add("", "a type needs a name")
	}
	if !known && (o.CPU == nil || o.Memory == nil) {
		f.add("", "a new type needs cpu and memory")
		f.found[len(f.found)-1].Nearest = c.Nearest(o.Name)
	}
	f.between("cpu", o.CPU, 1, mostCPU)
	f.between("memory", o.Memory, 1, mostMemory)
	f.between("max_enis", o.MaxENIs, 1, mostENIs)
	f.between("branch_enis", o.BranchENIs, 0, mostENIs)
	if o.MaxENIs != nil && *o.MaxENIs == 1 && o.BranchENIs != nil && *o.BranchENIs > 0 {
		f.add("max_enis", "trunking needs two interfaces: the primary one and the trunk")
	}
	f.between("gpu", o.GPU, 0, mostENIs)
	f.price(o.PricePerHour)
	f.architecture(o.Architecture)
	return f.errors()
}

// faults collects what is wrong with the override of one type.
type faults struct {
	name  string
	found []*OverrideError
}

func (f *faults) add(key, format string, args ...any) {
	f.found = append(f.found, &OverrideError{Name: f.name, Key: key, Problem: fmt.Sprintf(format, args...)})
}

func (f *faults) between(key string, v *int64, low, high int64) {
	if v != nil && (*v < low || *v > high) {
		f.add(key, "%d is not between %d and %d", *v, low, high)
	}
}

func (f *faults) price(p *float64) {
	if p != nil && (*p < 0 || math.IsNaN(*p) || math.IsInf(*p, 0)) {
		f.add("price_per_hour", "%v is not a price", *p)
	}
}

func (f *faults) architecture(a *string) {
	if a != nil && *a != "x86_64" && *a != "arm64" {
		f.add("architecture", "%q is not \"x86_64\" or \"arm64\"", *a)
	}
}

func (f *faults) errors() []error {
	errs := make([]error, len(f.found))
	for i, e := range f.found {
		errs[i] = e
	}
	return errs
}

func newType(o Override) InstanceType {
	t := InstanceType{Name: o.Name, Architecture: "x86_64", PricePerHour: -1, NetworkCards: 1, TrunkRule: RuleNotCapable}
	t.TaskRule, t.ENIsAssumed = RuleAssumed, true
	t.MaxENIs = AssumedENIs(*o.CPU)
	t.TaskENIs = t.MaxENIs - 1
	return t
}

func (t *InstanceType) apply(o Override) {
	t.Custom = true
	t.Sources = append(slices.Clip(slices.Clone(t.Sources)), "scenario: [catalog.types]")
	if o.CPU != nil {
		t.CPU, t.VCPU = *o.CPU, int((*o.CPU+1023)/1024)
	}
	if o.Memory != nil {
		t.Memory, t.MemoryBasis = *o.Memory, MemoryScenario
	}
	if o.GPU != nil {
		t.GPUs = *o.GPU
	}
	if o.Architecture != nil {
		t.Architecture = *o.Architecture
	}
	if o.PricePerHour != nil {
		t.PricePerHour, t.PriceSource = *o.PricePerHour, ScenarioPrice
	}
	t.applyENIs(o)
}

// applyENIs keeps the limits consistent with one another: branch_enis + max_enis - 2 with a trunk, as for real types.
func (t *InstanceType) applyENIs(o Override) {
	if o.MaxENIs == nil && o.BranchENIs == nil {
		return
	}
	had := t.TrunkTaskENIs > 0
	enis := t.MaxENIs
	if enis == 0 { // a row without the figure: its limits already rest on the assumption
		enis = t.TaskENIs + 1
	}
	branches := t.TrunkTaskENIs - enis + 2 // what the row's limit amounts to; documented ones need not equal BranchENIs
	if o.MaxENIs != nil {
		enis = *o.MaxENIs
		t.MaxENIs, t.TaskENIs, t.TaskRule, t.ENIsAssumed = enis, enis-1, RuleCustom, false
	}
	if o.BranchENIs != nil {
		branches, had = *o.BranchENIs, *o.BranchENIs > 0
		t.BranchENIs = branches
	}
	t.TrunkNote = ""
	switch {
	case had && enis >= 2:
		t.TrunkTaskENIs, t.TrunkRule = trunked(branches, enis), RuleCustom
	case had || o.BranchENIs != nil:
		t.TrunkTaskENIs, t.TrunkRule = 0, RuleCustom
	}
}
