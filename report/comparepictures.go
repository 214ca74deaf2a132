package report

import (
	"fmt"
	"slices"

	"ecssim/report/plot"
)

// maxForest is how many metrics the forest plot has room for.
const maxForest = 6

// maxMultiples is how many variants are drawn beside each other.
const maxMultiples = 6

// UtilisationPanel is what the small multiples show of a run.
func UtilisationPanel(r *Record) *plot.MultiplePanel {
	p := &plot.MultiplePanel{}
	for _, u := range utilisation(r, "").Resources {
		name := u.Name
		if u.Scope != "" {
			name += " " + u.Scope
		}
		p.Rows = append(p.Rows, plot.MultipleRow{Resource: name, Unit: u.Unit, Used: u.Used, Capacity: u.Capacity})
	}
	return p
}

// pictures are the forest plot and the small multiples, as far as there is anything to draw.
func (c *Comparison) pictures() ([]folderFile, error) {
	files := make([]folderFile, 0, 4)
	add := func(name string, draw func() (plot.Picture, error)) error {
		svg, png := folderFile{name: "plots/" + name + ".svg"}, folderFile{name: "plots/" + name + ".png"}
		if draw != nil {
			p, err := draw()
			if err != nil {
				return err
			}
			svg.write, png.write = p.SVG, p.PNG
		}
		files = append(files, svg, png)
		return nil
	}
	var forest, multiples func() (plot.Picture, error)
	if f := c.forest(); len(f.Metrics) > 0 && len(c.Variants) > 1 {
		forest = func() (plot.Picture, error) { return plot.DrawForest(f) }
	}
	if m, ok := c.multiples(); ok {
		multiples = func() (plot.Picture, error) { return plot.DrawMultiples(m) }
	}
	if err := add("forest", forest); err != nil {
		return nil, err
	}
	err := add("multiples", multiples)
	return files, err
}

func (c *Comparison) forest() plot.Forest {
	f := plot.Forest{
		Title:    "Differences from " + clean(c.Base),
		Subtitle: fmt.Sprintf("%s, paired; mean of the differences with 95 %% interval", plural(int64(len(c.Seeds)), "seed")),
		Base:     clean(c.Base), Remark: c.Verdict,
	}
	for k := range c.Metrics {
		m := &c.Metrics[k]
		at := m.Values[c.base].Mean
		if len(f.Metrics) == maxForest || at == nil {
			continue
		}
		metric := plot.ForestMetric{Name: metricLabel(m.Name), Unit: m.Unit, Base: *at, Better: m.Better}
		for i, v := range m.Values {
			if i == c.base {
				continue
			}
			metric.Rows = append(metric.Rows, forestRow(v))
		}
		f.Metrics = append(f.Metrics, metric)
	}
	return f
}

func forestRow(v ComparedValue) plot.ForestRow {
	row := plot.ForestRow{Variant: clean(v.Variant), Unknown: true}
	d := v.Difference
	if d == nil {
		return row
	}
	row.Diff, row.Low, row.High = d.Mean, d.Mean, d.Mean
	if d.Relative != nil {
		row.Relative = *d.Relative
	}
	if d.Low != nil {
		row.Low, row.High, row.Unknown = *d.Low, *d.High, false
		row.Equal = d.Verdict == VerdictSame
	}
	return row
}

func (c *Comparison) multiples() (plot.Multiples, bool) {
	m := plot.Multiples{Title: "Reserved against capacity"}
	for i, v := range c.sources {
		if v.Picture == nil {
			return m, false
		}
		if i >= maxMultiples {
			m.Remark = fmt.Sprintf("The first %d of %d variants.", maxMultiples, len(c.sources))
			break
		}
		panel := *v.Picture
		panel.Variant = clean(v.Name)
		m.Panels = append(m.Panels, panel)
		m.End = max(m.End, v.End)
	}
	m.Subtitle = fmt.Sprintf("seed %d", c.Seeds[0])
	if n := len(c.Seeds); n > 1 {
		m.Subtitle += fmt.Sprintf(", the first of %d", n)
	}
	leaveOutIdle(m.Panels)
	return m, true
}

// hardlyUsed is up to which share of its capacity a resource is used where it need not be shown.
const hardlyUsed = 0.1

// leaveOutIdle takes away resources that no variant ever came near the end of; cpu and memory always stay.
func leaveOutIdle(panels []plot.MultiplePanel) {
	busy := map[string]bool{"cpu": true, "memory": true}
	for _, p := range panels {
		for _, r := range p.Rows {
			busy[r.Resource] = busy[r.Resource] || r.Capacity == nil
			for k := range min(len(r.Used), len(r.Capacity)) {
				busy[r.Resource] = busy[r.Resource] || r.Used[k].Max > hardlyUsed*r.Capacity[k].Min
			}
		}
	}
	for i := range panels {
		panels[i].Rows = slices.DeleteFunc(slices.Clone(panels[i].Rows), func(r plot.MultipleRow) bool { return !busy[r.Resource] })
	}
}
