package catalog

import (
	"fmt"
	"strconv"
	"strings"
)

// SpotOffer is what the Spot Instance Advisor says of a type in one region: a mean of a month, not an offer of today.
type SpotOffer struct {
	// Discount is the share of the On-Demand price that Spot saves: 0.7 costs 30 % of it.
	Discount float64
	// LowPerMonth and HighPerMonth bound the share of the type's instances that EC2 takes back in a month. The Advisor gives
	// buckets of 5 %; its last, "> 20 %", is open above. OpenBucket closes it.
	LowPerMonth, HighPerMonth float64
	// Source says where both come from, with its date.
	Source string
}

// OpenBucket is the upper bound that is taken for the Advisor's last bucket, "> 20 %": its middle is then 25 %. The
// Advisor gives none; the choice is ours.
const OpenBucket = 0.30

// spotBuckets are the Advisor's five buckets, by their number.
var spotBuckets = [...]struct{ low, high float64 }{{0, 0.05}, {0.05, 0.10}, {0.10, 0.15}, {0.15, 0.20}, {0.20, OpenBucket}}

// unpricedSavings: a saving of so many percent or less says that there was no Spot price to compare.
const unpricedSavings = 10

// Spot gives a type's offer in the catalog's region; ok is false where the Advisor knows none. Rows that save next to
// nothing and are taken back most often are pools that were empty or had no price, and rows that save nothing at all
// have none either: both are not known.
func (c *Catalog) Spot(name string) (SpotOffer, bool) {
	o, ok := c.tables.spot[spotKey{c.region, name}]
	return o, ok
}

// SpotRegions lists the regions whose Spot offers the catalog knows, sorted.
func SpotRegions() []string { return append([]string(nil), spotRegions...) }

// spotRegions are the columns of tables/spot-advisor.csv.
var spotRegions = []string{
	"ap-northeast-1", "ap-southeast-2", "eu-central-1", "eu-west-1", "sa-east-1", "us-east-1", "us-east-2", "us-west-2",
}

type spotKey struct{ region, name string }

// spotRow reads what one row of tables/spot-advisor.csv says of a region: "66:4" saves 66 % and is in the bucket 4.
func (t *tables) spotRow(r row, region string) {
	cell := r.text(region)
	if cell == "" {
		return
	}
	savings, bucket, ok := strings.Cut(cell, ":")
	s, err := strconv.Atoi(savings)
	b, err2 := strconv.Atoi(bucket)
	if !ok || err != nil || err2 != nil || s < 0 || s >= 100 || b < 0 || b >= len(spotBuckets) {
		panic(fmt.Sprintf("catalog: %s:%d: %s is %q", r.table, r.line, region, cell))
	}
	if s == 0 || s <= unpricedSavings && b == len(spotBuckets)-1 {
		return
	}
	t.spot[spotKey{region, r.text("type")}] = SpotOffer{
		Discount: float64(s) / 100, LowPerMonth: spotBuckets[b].low, HighPerMonth: spotBuckets[b].high, Source: t.describe(r.text("source")),
	}
}
