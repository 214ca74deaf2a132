package scenario

import (
	"errors"
	"fmt"
	"strings"

	"ecssim/model/catalog"
	"ecssim/workload/diag"
)

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
