package catalog

import (
	"cmp"
	"slices"
	"strings"
	"sync"
)

// version is the month of the newest complete instance table (source k1.14); single prices may be newer.
const version = "2026-08"

// priceRegion is the one region whose EC2 prices the tables hold.
const priceRegion = "us-east-1"

// Catalog answers what exists, what it holds and what it costs, for one region. It is immutable and safe to share.
type Catalog struct {
	region string
	types  []InstanceType // sorted by name; prices as in priceRegion or as the scenario says
	tables *tables
}

// Builtin is the catalog that comes with the program, for us-east-1.
func Builtin() *Catalog { return builtin() }

var builtin = sync.OnceValue(func() *Catalog {
	t := mustLoad()
	return &Catalog{region: priceRegion, types: t.types, tables: t}
})

// Version is the date of the embedded tables, as printed beside every cost.
func Version() string { return version }

// Region is the region whose prices the catalog gives.
func (c *Catalog) Region() string { return c.region }

// In is the same catalog with the prices of another region. EC2 prices are known for us-east-1 only: elsewhere they
// are unknown, except those that a scenario gives. A region that is not in the tables is legal and has no prices.
func (c *Catalog) In(region string) *Catalog {
	d := *c
	d.region = region
	return &d
}

// Regions lists the regions for which some Fargate price is known, sorted.
func (c *Catalog) Regions() []string {
	var rs []string
	for _, f := range c.tables.fargatePrices {
		rs = append(rs, f.region)
	}
	slices.Sort(rs)
	return slices.Compact(rs)
}

// Type looks an instance type up by its exact name.
func (c *Catalog) Type(name string) (InstanceType, bool) {
	i, ok := slices.BinarySearchFunc(c.types, name, func(t InstanceType, name string) int { return cmp.Compare(t.Name, name) })
	if !ok {
		return InstanceType{}, false
	}
	return c.priced(c.types[i]), true
}

// Types lists all instance types, sorted by family, then size by vCPU, then name.
func (c *Catalog) Types() []InstanceType {
	ts := make([]InstanceType, len(c.types))
	for i, t := range c.types {
		ts[i] = c.priced(t)
	}
	slices.SortStableFunc(ts, func(a, b InstanceType) int {
		fa, _, _ := strings.Cut(a.Name, ".")
		fb, _, _ := strings.Cut(b.Name, ".")
		return cmp.Or(cmp.Compare(fa, fb), cmp.Compare(a.CPU, b.CPU), cmp.Compare(a.Memory, b.Memory), cmp.Compare(a.Name, b.Name))
	})
	return ts
}

// priced takes a price away that belongs to another region.
func (c *Catalog) priced(t InstanceType) InstanceType {
	if c.region != priceRegion && t.PriceSource != ScenarioPrice {
		t.PricePerHour, t.PriceSource = -1, ""
	}
	return t
}

// Nearest is the type that a mistyped name most likely meant, or "" if none is close.
func (c *Catalog) Nearest(name string) string {
	name = strings.ToLower(strings.TrimSpace(name))
	best, bestAt := "", min(3, max(1, len(name)/3))+1
	bestCommon := 0
	for _, t := range c.types {
		if d := len(t.Name) - len(name); d >= bestAt+1 || -d >= bestAt+1 {
			continue // the difference in length is a lower bound of the distance
		}
		d, common := distance(name, t.Name), commonPrefix(name, t.Name)
		// On a tie the longer common beginning wins, then the name that sorts first: families are typed before sizes.
		if d < bestAt || d == bestAt && best != "" && common > bestCommon {
			best, bestAt, bestCommon = t.Name, d, common
		}
	}
	return best
}

// distance is Levenshtein's: single-character insertions, deletions and replacements.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			replaced := diagonal
			if a[i] != b[j] {
				replaced++
			}
			diagonal = row[j+1]
			row[j+1] = min(replaced, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}

func commonPrefix(a, b string) int {
	n := 0
	for n < len(a) && n < len(b) && a[n] == b[n] {
		n++
	}
	return n
}
