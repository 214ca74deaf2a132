package report

import (
	"math"
	"slices"
	"strconv"
	"strings"

	"ecssim/report/plot"
)

// sweepPictures are all pictures that a sweep may have; which it has depends on how much it varies.
var sweepPictures = []string{"tradeoff", "cost", "wait"}

// pictures draws the trade-off of cost against wait, and either figure over what was varied: lines over one axis, a map
// over two, maps side by side over more.
func (s *Sweep) pictures() ([]folderFile, error) {
	drawn := map[string]func() (plot.Picture, error){}
	if p := s.tradeOff(); len(p.Points) > 1 {
		drawn["tradeoff"] = func() (plot.Picture, error) { return plot.DrawPareto(p) }
	}
	axes := s.pictured()
	for _, figure := range []sweepFigure{{costFigure, "cost", "USD"}, {waitFigure, "wait (p95 of tasks)", "s"}} {
		name, _, _ := strings.Cut(figure.label, " ")
		switch {
		case len(axes) == 0 || !s.known(figure.name):
		case len(axes) == 1:
			drawn[name] = func() (plot.Picture, error) { return plot.DrawLines(s.lines(axes[0], figure)) }
		default:
			drawn[name] = func() (plot.Picture, error) { return plot.DrawHeats(s.heats(axes, figure)) }
		}
	}
	var files []folderFile
	for _, name := range sweepPictures {
		svg, png := folderFile{name: "plots/" + name + ".svg"}, folderFile{name: "plots/" + name + ".png"}
		if draw, ok := drawn[name]; ok {
			p, err := draw()
			if err != nil {
				return nil, err
			}
			svg.write, png.write = p.SVG, p.PNG
		}
		files = append(files, svg, png)
	}
	return files, nil
}

// sweepFigure is a figure with its name and unit in pictures.
type sweepFigure struct{ name, label, unit string }

func (s *Sweep) known(figure string) bool {
	return slices.ContainsFunc(s.Cells, func(c SweepCell) bool { return !math.IsNaN(c.mean(figure)) })
}

func (s *Sweep) subtitle() string {
	return clean(s.Scenario) + ", " + plural(int64(s.Runs), "seed") + " a cell"
}

func (s *Sweep) tradeOff() plot.Pareto {
	p := plot.Pareto{
		Title: "Cost against wait", Subtitle: s.subtitle(), XName: "cost", XUnit: "USD", YName: "task wait, p95", YUnit: "s",
	}
	for i := range s.Cells {
		c := &s.Cells[i]
		x, y := c.mean(costFigure), c.mean(waitFigure)
		if math.IsNaN(x) || math.IsNaN(y) {
			continue
		}
		point := plot.ParetoPoint{Label: cellNumber(c.ID) + " " + s.settings(c), X: x, Y: y, Front: c.Front, Base: c.ID == s.Base, Feasible: c.Met}
		point.XLow, point.XHigh = bounds(c.Metrics[costFigure])
		point.YLow, point.YHigh = bounds(c.Metrics[waitFigure])
		p.Points = append(p.Points, point)
	}
	return p
}

// bounds of the interval of a mean; NaN for none.
func bounds(m Metric) (low, high float64) {
	if m.Low == nil {
		return math.NaN(), math.NaN()
	}
	return *m.Low, *m.High
}

// pictured are the axes that a picture shows: those with several values that do not only follow an earlier one.
func (s *Sweep) pictured() []int {
	var shown []int
	for i, a := range s.Axes {
		follows := func(k int) bool {
			pairs := map[string]bool{}
			for _, c := range s.Cells {
				pairs[c.Settings[s.Axes[k].Path]+"\n"+c.Settings[a.Path]] = true
			}
			return len(pairs) == len(s.Axes[k].Values)
		}
		if len(a.Values) > 1 && !slices.ContainsFunc(shown, follows) {
			shown = append(shown, i)
		}
	}
	return shown
}

func (s *Sweep) lines(axis int, f sweepFigure) plot.Lines {
	a := s.Axes[axis]
	l := plot.Lines{
		Title: upper(f.label) + " over " + lastKey(a.Path), Subtitle: s.subtitle(), X: clean(a.Path), Name: f.label, Unit: f.unit, Numeric: true,
	}
	series := plot.LineSeries{Name: f.label}
	for _, v := range a.Values {
		x, err := strconv.ParseFloat(v, 64)
		l.Numeric = l.Numeric && err == nil && !math.IsInf(x, 0) && !math.IsNaN(x) && (len(l.XValues) == 0 || x > l.XValues[len(l.XValues)-1])
		l.XValues, l.XLabels = append(l.XValues, x), append(l.XLabels, clean(cut(v, 40)))
		at := slices.IndexFunc(s.Cells, func(c SweepCell) bool { return c.Settings[a.Path] == v })
		m, ok := s.Cells[at].Metrics[f.name]
		if !ok {
			m.Mean = math.NaN()
		}
		low, high := bounds(m)
		series.Mean, series.Low, series.High = append(series.Mean, m.Mean), append(series.Low, low), append(series.High, high)
	}
	if !l.Numeric {
		l.XValues = nil
	}
	l.Series = []plot.LineSeries{series}
	return l
}

// heats are the maps of a figure over the first two axes, one for each choice of the others.
func (s *Sweep) heats(axes []int, f sweepFigure) plot.Heats {
	x, y := s.Axes[axes[0]], s.Axes[axes[1]]
	h := plot.Heats{Title: upper(f.label), Subtitle: s.subtitle()}
	rest := axes[2:]
	maps := map[string]int{}
	for i := range s.Cells {
		c := &s.Cells[i]
		title := s.choiceOf(c, rest)
		at, ok := maps[title]
		if !ok {
			at = len(h.Heats)
			maps[title] = at
			h.Heats = append(h.Heats, emptyHeat(title, x, y, f))
		}
		one := &h.Heats[at]
		col, row := slices.Index(x.Values, c.Settings[x.Path]), slices.Index(y.Values, c.Settings[y.Path])
		one.Values[row][col], one.Infeasible[row][col] = c.mean(f.name), !c.Met
		if s.Best[f.name] == c.ID {
			one.Best = [2]int{row, col}
		}
	}
	return h
}

// choiceOf names the values of some axes: strategy spread-az.
func (s *Sweep) choiceOf(c *SweepCell, axes []int) string {
	var parts []string
	for _, i := range axes {
		parts = append(parts, lastKey(s.Axes[i].Path)+" "+cut(c.Settings[s.Axes[i].Path], 30))
	}
	return clean(strings.Join(parts, ", "))
}

func emptyHeat(title string, x, y SweepAxis, f sweepFigure) plot.Heat {
	h := plot.Heat{Title: title, X: heatAxis(x), Y: heatAxis(y), Name: f.label, Unit: f.unit, Best: [2]int{-1, -1}}
	for range y.Values {
		h.Values = append(h.Values, slices.Repeat([]float64{math.NaN()}, len(x.Values)))
		h.Infeasible = append(h.Infeasible, make([]bool, len(x.Values)))
	}
	return h
}

func heatAxis(a SweepAxis) plot.HeatAxis {
	axis := plot.HeatAxis{Name: clean(a.Path)}
	for _, v := range a.Values {
		axis.Labels = append(axis.Labels, clean(cut(v, 40)))
	}
	return axis
}

func lastKey(path string) string { return clean(path[strings.LastIndexByte(path, '.')+1:]) }

func upper(s string) string { return strings.ToUpper(s[:1]) + s[1:] }
