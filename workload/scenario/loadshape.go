package scenario

import (
	"fmt"
	"time"

	"ecssim/workload/demand"
	"ecssim/workload/diag"
)

const shapeExample = `shape = { kind = "daily", low = 300, high = 9000, peak_at = "12:00" }`

// shapeKinds are the laws, each with what reads its parameters.
var shapeKinds = []struct {
	name string
	read func(b *builder, t *table) (*demand.Shape, error)
}{
	{"constant", (*builder).constantLoad}, {"step", (*builder).stepLoad}, {"ramp", (*builder).rampLoad},
	{"spike", (*builder).spikeLoad}, {"daily", (*builder).dailyLoad}, {"weekly", (*builder).weeklyLoad},
}

// mostShapes is how many may be added up.
const mostShapes = 100

// shapes reads one shape, or a list of shapes that are added up.
func (b *builder) shapes(t *table, n *node) demand.Demand {
	p := t.p.join("shape")
	if n.kind == aTable {
		return b.shape(b.table(n, p))
	}
	if n.kind != aList || len(n.list) == 0 {
		b.add(wrongType(n, p, "a table, or a list of tables that are added up", shapeExample))
		return nil
	}
	if len(n.list) > mostShapes {
		b.fail("E043", n.at, fmt.Sprintf("`%s` has %d shapes", p, len(n.list)), fmt.Sprintf("it can have 1 to %d", mostShapes))
		return nil
	}
	var parts []demand.Demand
	for i, e := range n.list {
		if e.kind != aTable {
			b.add(wrongType(e, p.index(i), "a table", shapeExample))
		} else if part := b.shape(b.table(e, p.index(i))); part != nil {
			parts = append(parts, part)
		}
	}
	if len(parts) < len(n.list) {
		return nil
	}
	return demand.Sum(parts...)
}

// shape reads { kind = …, … }.
func (b *builder) shape(t *table) demand.Demand {
	if t.get("kind") == nil {
		t.missing("kind", shapeExample)
	}
	var kinds []string
	for _, k := range shapeKinds {
		kinds = append(kinds, k.name)
	}
	word, ok := t.choice("kind", kinds, "")
	if !ok {
		return nil
	}
	before := len(b.diags)
	var made *demand.Shape
	var err error
	for _, k := range shapeKinds {
		if k.name == word {
			made, err = k.read(b, t)
		}
	}
	noise := 0.0
	if t.get("noise") != nil {
		noise = t.number("noise", 0, demand.MaxNoise, 0)
	}
	resolution := t.duration("resolution", demand.DefaultResolution)
	t.done()
	if diag.HasErrors(b.diags[before:]) {
		return nil
	}
	if err == nil {
		made, err = made.Finish(noise, resolution)
	}
	if err != nil {
		b.wrongShape(t, err)
		return nil
	}
	return made
}

// wrongShape reports what a constructor of demand refuses, at the key that it names.
func (b *builder) wrongShape(t *table, err error) {
	at, message := t.n.at, err.Error()
	if wrong, ok := err.(*demand.ParameterError); ok {
		message = fmt.Sprintf("`%s` %s", t.p.join(wrong.Parameter), wrong.Reason)
		if c := t.n.child(wrong.Parameter); c != nil && !c.byDefault {
			at = c.at
		}
	}
	b.fail("E032", at, message, "")
}

// rateAt reads a rate of a shape. An example makes it one that must be there; otherwise it is 0.
func (b *builder) rateAt(t *table, key, example string) float64 {
	n := t.get(key)
	switch {
	case n != nil:
		v, _ := b.rateOf(n, t.p.join(key))
		return v
	case example != "":
		t.missing(key, example)
	default:
		t.fill(key, &node{kind: anInteger})
	}
	return 0
}

// momentAt reads an instant of a shape that must be there.
func (b *builder) momentAt(t *table, key, example string) time.Duration {
	if t.get(key) == nil {
		t.missing(key, example)
	}
	return b.moment(t, key)
}

func (b *builder) constantLoad(t *table) (*demand.Shape, error) {
	return demand.Constant(b.rateAt(t, "rate", "rate = 100"))
}

func (b *builder) stepLoad(t *table) (*demand.Shape, error) {
	return demand.Step(b.rateAt(t, "from", ""), b.rateAt(t, "to", "to = 100"), b.momentAt(t, "at", `at = "10:00"`))
}

func (b *builder) rampLoad(t *table) (*demand.Shape, error) {
	from, to, at := b.rateAt(t, "from", ""), b.rateAt(t, "to", "to = 100"), b.moment(t, "at")
	if t.get("for") == nil {
		t.missing("for", `for = "30m"`)
	}
	return demand.Ramp(from, to, at, t.duration("for", 0))
}

func (b *builder) spikeLoad(t *table) (*demand.Shape, error) {
	low, high := b.rateAt(t, "low", ""), b.rateAt(t, "high", "high = 100")
	return demand.Spike(low, high, demand.Peaks{
		At: b.momentAt(t, "at", `at = "10:00"`), Rise: t.duration("rise", 0), Hold: t.duration("for", 0), Fall: t.duration("fall", 0),
		Every: t.duration("every", 0),
	})
}

func (b *builder) dailyLoad(t *table) (*demand.Shape, error) {
	low, high := b.rateAt(t, "low", ""), b.rateAt(t, "high", "high = 100")
	return demand.Daily(low, high, b.momentAt(t, "peak_at", `peak_at = "12:00"`))
}

func (b *builder) weeklyLoad(t *table) (*demand.Shape, error) {
	low, high := b.rateAt(t, "low", ""), b.rateAt(t, "high", "high = 100")
	peak := b.momentAt(t, "peak_at", `peak_at = "12:00"`)
	if t.get("weekend") == nil {
		t.missing("weekend", "weekend = 0.5, the share of a working day that Saturdays and Sundays have")
		return demand.Daily(low, high, peak)
	}
	return demand.Weekly(low, high, peak, t.number("weekend", 0, 100, 1), b.config.Start)
}
