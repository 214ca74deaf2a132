package catalog

// FargateRates is what Fargate charges in one region, for one platform and purchase option. Negative means not known.
type FargateRates struct {
	Region string
	// Spot rates float; those of an old snapshot are good for the order of magnitude only.
	Spot bool
	// Plan: they are those of a Savings Plan.
	Plan bool
	// VCPUHour and GBHour are USD per vCPU and hour, and per GB of memory and hour.
	VCPUHour, GBHour float64
	// LicenceVCPUHour comes on top of VCPUHour on Windows; 0 on Linux.
	LicenceVCPUHour float64
	// EphemeralGBHour is charged for ephemeral storage above the free 20 GiB; known for a few regions only.
	EphemeralGBHour float64
	// Windows has a longer minimum charge.
	Windows bool
	// AsOf is the date of the two main rates, Confidence one of the Confidence constants.
	AsOf, Confidence, Source string
	// EphemeralSource is the source of EphemeralGBHour, with its date; empty if that is not known.
	EphemeralSource string
}

// How far a price can be trusted.
const (
	CrossChecked = "cross_checked" // two independent sources agree
	SingleSource = "single_source"
	OldSnapshot  = "old_snapshot"
)

// Price is what something else than EC2 and Fargate costs.
type Price struct {
	Item   string // "alb_hour", "nat_gateway_gb" …: see tables/other-prices.csv
	Region string // "all" where it does not depend on the region
	USD    float64
	Unit   string // "per load balancer hour"
	// AsOf is the date of the figure, Confidence one of the Confidence constants.
	AsOf, Confidence, Source string
}

// FargatePrice gives the catalog's region's rates. ok is false if the vCPU or memory rate is not known there. os and
// arch are spelt as in a task definition's runtimePlatform; empty means LINUX and X86_64.
func (c *Catalog) FargatePrice(os, arch string, spot bool) (rates FargateRates, ok bool) {
	platform := fargatePlatform(os, arch)
	r := FargateRates{
		Region: c.region, Spot: spot, Windows: platform == windowsX86,
		VCPUHour: -1, GBHour: -1, LicenceVCPUHour: -1, EphemeralGBHour: -1,
	}
	if !r.Windows {
		r.LicenceVCPUHour = 0
	}
	for _, f := range c.tables.fargatePrices {
		switch {
		case f.region != c.region:
		case f.platform == anyOS && platform != "": // ephemeral storage costs the same on every platform, Spot included
			r.EphemeralGBHour, r.EphemeralSource = f.ephemeral, f.source+" (as of "+f.asOf+")"
		case f.platform == platform && f.spot == spot:
			r.VCPUHour, r.GBHour = f.vcpu, f.gb
			r.AsOf, r.Confidence, r.Source = f.asOf, f.confidence, f.source
			if r.Windows {
				r.LicenceVCPUHour = f.licence
			}
		}
	}
	return r, r.VCPUHour >= 0 && r.GBHour >= 0
}

// Price gives the price of an item in the catalog's region.
func (c *Catalog) Price(item string) (Price, bool) {
	for _, p := range c.tables.prices {
		if p.Item == item && (p.Region == c.region || p.Region == "all") {
			return p, true
		}
	}
	return Price{}, false
}

// Prices lists the other prices known in the catalog's region, by item.
func (c *Catalog) Prices() []Price {
	var out []Price
	for _, p := range c.tables.prices {
		if p.Region == c.region || p.Region == "all" {
			out = append(out, p)
		}
	}
	return out
}

// fargateRow is one row of tables/fargate-prices.csv.
type fargateRow struct {
	region, platform             string
	spot                         bool
	vcpu, gb, licence, ephemeral float64
	asOf, confidence, source     string
}

func (t *tables) fargateRow(r row) fargateRow {
	return fargateRow{
		region: r.text("region"), platform: r.text("platform"), spot: r.text("purchase") == "spot",
		vcpu: r.rate("vcpu_hour"), gb: r.rate("gb_hour"), licence: r.rate("licence_vcpu_hour"), ephemeral: r.rate("ephemeral_gb_hour"),
		asOf: r.text("as_of"), confidence: r.text("confidence"), source: t.describe(r.text("source")),
	}
}
