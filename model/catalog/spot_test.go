package catalog

import (
	"math"
	"slices"
	"testing"
)

// As the Advisor's file of 2025-06-28 has them.
func TestSpotOffers(t *testing.T) {
	for _, c := range []struct {
		region, name        string
		discount, low, high float64
	}{
		{"ap-northeast-1", "c3.large", 0.66, 0, 0.05},
		{"ap-northeast-1", "c4.large", 0.66, 0.10, 0.15},
		{"ap-northeast-1", "c4.8xlarge", 0.69, 0.15, 0.20},
		{"ap-northeast-1", "c5.large", 0.66, 0.20, OpenBucket},
	} {
		o, ok := Builtin().In(c.region).Spot(c.name)
		if !ok || math.Abs(o.Discount-c.discount) > 1e-12 || o.LowPerMonth != c.low || o.HighPerMonth != c.high || o.Source == "" {
			t.Errorf("%s in %s: %+v, %v", c.name, c.region, o, ok)
		}
	}
}

func TestSpotWithoutAPriceIsNotKnown(t *testing.T) {
	for _, c := range []struct{ region, name string }{
		{"ap-northeast-1", "a1.medium"}, // saves 0 %, > 20 %: an empty pool
		{"us-east-1", "a1.metal"},       // saves 0 %: no price to compare
		{"eu-north-1", "m5.large"},      // a region that the table does not have
		{"us-east-1", "m5.larg"},
	} {
		if o, ok := Builtin().In(c.region).Spot(c.name); ok {
			t.Errorf("%s in %s: %+v", c.name, c.region, o)
		}
	}
}

func TestEverySpotOfferIsWithinItsBounds(t *testing.T) {
	cells, columns := 0, 0
	for r := range rows("spot-advisor.csv") {
		columns = len(r.cells)
		for _, region := range spotRegions {
			if r.text(region) != "" {
				cells++
			}
		}
	}
	if cells != 6280 || columns != len(spotRegions)+2 || !slices.IsSorted(spotRegions) {
		t.Errorf("%d cells, %d columns", cells, columns)
	}
	all := Builtin().tables.spot
	if len(all) != 6280-44-1 { // 44 rows save nothing, one saves 6 % and is taken back most often
		t.Errorf("%d offers", len(all))
	}
	for k, o := range all {
		if o.Discount <= 0 || o.Discount >= 1 || o.LowPerMonth < 0 || o.HighPerMonth <= o.LowPerMonth || o.HighPerMonth > OpenBucket || o.Source == "" {
			t.Errorf("%v: %+v", k, o)
		}
	}
}

func TestSpotRegionsAreACopy(t *testing.T) {
	SpotRegions()[0] = "elsewhere"
	if SpotRegions()[0] != "ap-northeast-1" {
		t.Error("the table's own list was handed out")
	}
}
