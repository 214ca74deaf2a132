package plot

import (
	"fmt"
	"math"
)

// experimentSamples are the pictures of experiments that tests look at, and
// people too (PLOT_SHOW).
func forestSamples() map[string]Forest {
	return map[string]Forest{
		"strategies-forest": strategiesForest(),
		"pair-forest":       pairForest(),
		"many-forest":       manyForest(),
		"odd-forest":        oddForest(),
		"no-forest":         {Title: "Nothing", Remark: "Nothing to compare with."},
		"no-rows-forest":    {Metrics: []ForestMetric{{Name: "cost_usd"}}},
		"zero-forest":       {Base: "a", Metrics: []ForestMetric{{Rows: []ForestRow{{}}}}},
	}
}

func strategiesForest() Forest {
	return Forest{Title: "shop: placement strategies compared", Subtitle: "difference from spread-az; 20 paired seeds: the same arrivals, boot times and faults in each variant", Base: "spread-az",
		Metrics: []ForestMetric{
			{Name: "cost_usd", Unit: "USD", Base: 92.1, Better: "lower", Rows: []ForestRow{
				{Variant: "binpack-memory", Diff: -13.8, Low: -14.9, High: -12.6, Relative: -0.15}, {Variant: "random", Diff: -0.4, Low: -1.3, High: 0.5, Relative: -0.0043}}},
			{Name: "task_wait_s.p95", Unit: "s", Base: 41, Better: "lower", Rows: []ForestRow{
				{Variant: "binpack-memory", Diff: 26, Low: 21, High: 33, Relative: 0.63}, {Variant: "random", Diff: 2, Low: -3.1, High: 6.6, Relative: 0.049}}},
			{Name: "placement_failures", Unit: "attempts", Base: 12, Better: "lower", Rows: []ForestRow{
				{Variant: "binpack-memory", Diff: 19, Low: 14, High: 25, Relative: 19.0 / 12}, {Variant: "random", Diff: 1.1, Low: -2, High: 4.3, Relative: 1.1 / 12}}},
			{Name: "instances_peak", Unit: "instances", Base: 14, Rows: []ForestRow{
				{Variant: "binpack-memory", Diff: -3, Equal: true, Relative: -3.0 / 14}, {Variant: "random", Equal: true}}},
			{Name: "mean_running", Unit: "tasks", Base: 238, Better: "higher", Rows: []ForestRow{
				{Variant: "binpack-memory", Diff: -4.2, Low: -6.1, High: -2.4, Relative: -4.2 / 238}, {Variant: "random", Diff: 0.3, Low: -1, High: 1.4, Relative: 0.3 / 238}}},
		},
		Remark: "No variant is best on both cost_usd and task_wait_s.p95 (trade-off: spread-az, binpack-memory)."}
}

func pairForest() Forest {
	return Forest{Title: "warm pool against none", Subtitle: "4 paired seeds", Base: "none", Metrics: []ForestMetric{
		{Name: "cost_usd", Unit: "USD", Base: 3.2, Better: "lower", Rows: []ForestRow{{Variant: "warm pool", Diff: 0.41, Relative: 0.128, Unknown: true}}},
		{Name: "services.web.lag_s.p50", Unit: "s", Base: 421, Better: "lower", Rows: []ForestRow{{Variant: "warm pool", Diff: -96, Relative: -0.228, Unknown: true}}},
		{Name: "services.web.dropped_fraction", Unit: "share", Base: math.NaN(), Better: "lower", Rows: []ForestRow{{Variant: "warm pool", Diff: math.NaN(), Unknown: true}}}},
		Remark: "Need >= 6 seeds for a 95 % interval."}
}

func manyForest() Forest {
	f := Forest{Title: "Thirty fleets", Base: "4 × m5.large"}
	for i := range 9 {
		m := ForestMetric{Name: "metric " + string(rune('a'+i)), Unit: []string{"s", "USD", "share", "MiB", "units", ""}[i%6], Base: math.Pow(7, float64(i)), Better: []string{"lower", "higher", ""}[i%3]}
		for k := range 30 {
			d := (float64(k) - 9) * math.Pow(6.5, float64(i)) / 30
			m.Rows = append(m.Rows, ForestRow{Variant: string(rune('A'+k)) + " × m5.large", Diff: d, Low: d - m.Base/20, High: d + m.Base/10, Relative: d / m.Base})
		}
		f.Metrics = append(f.Metrics, m)
	}
	return f
}

func oddForest() Forest {
	long := "a name that one could go on about for a very long time, if there were any need for it, or room, of which there is none on this page "
	return Forest{Title: long + long, Subtitle: long + long + long, Base: long, Remark: long + long + long + long,
		Metrics: []ForestMetric{{Name: long, Unit: long, Base: 1e30, Better: "lower", Rows: []ForestRow{
			{Variant: long, Diff: -1e30, Low: 1e30, High: -1e30, Relative: -1e12}, {Variant: "容量 <&>", Diff: 1e-9, Low: 1e-12, High: 2e-9, Relative: 1e-9},
			{Diff: 123456789, Low: 123456780, High: 1234567890, Relative: math.Inf(1)}}},
			{Base: 5e-324, Better: "higher", Rows: []ForestRow{{Variant: "tiny", Diff: 5e-324, Low: 0, High: 5e-324, Relative: 1}}}}}
}

func lineSamples() map[string]Lines {
	return map[string]Lines{
		"fleet-lines":    fleetLines(),
		"strategy-lines": strategyLines(),
		"many-lines":     manyLines(),
		"odd-lines":      oddLines(),
		"no-lines":       {Title: "Nothing"},
		"gap-lines":      {Numeric: true, XValues: []float64{1}, Series: []LineSeries{{Mean: []float64{math.NaN()}}}},
		"point-lines":    {X: "instances", Name: "cost_usd", Unit: "USD", Numeric: true, XValues: []float64{4}, Series: []LineSeries{{"web", []float64{3}, []float64{2.5}, []float64{4}}}},
		"category-lines": {X: "provider", XLabels: []string{"FARGATE"}, Series: []LineSeries{{"web", []float64{0}, nil, nil}}},
	}
}

// fleetLines: p95 of the wait over the fleet's size, with a gap.
func fleetLines() Lines {
	l := Lines{Title: "shop: wait over the size of the fleet", Subtitle: "p95 of the wait for placement; 20 seeds each", X: "instances of provider main", Name: "task_wait_s.p95", Unit: "s", Numeric: true}
	for n := 4.0; n <= 24; n += 2 {
		l.XValues = append(l.XValues, n)
	}
	for k, name := range []string{"spread by zone, then by instance", "binpack(memory)", "random", "binpack(cpu)"} {
		s := LineSeries{Name: name}
		for i, n := range l.XValues {
			v := 900*math.Exp(-n/(5+float64(k)*0.8)) + 12 + float64(k)*3
			half := v * (0.06 + 0.03*math.Abs(math.Sin(float64(i*(k+2)))))
			if k == 2 && i == 4 {
				v = math.NaN()
			}
			s.Mean, s.Low, s.High = append(s.Mean, v), append(s.Low, v-half), append(s.High, v+1.4*half)
		}
		l.Series = append(l.Series, s)
	}
	return l
}

func strategyLines() Lines {
	return Lines{Title: "cost by strategy and purchase option", Subtitle: "20 paired seeds", X: "services.web.placement_strategy", Name: "cost_usd", Unit: "USD",
		XLabels: []string{"spread-az", "binpack-memory", "random", "binpack-cpu"}, Series: []LineSeries{
			{"On-Demand", []float64{92.1, 78.3, 91.7, 80.2}, []float64{91.4, 77, 90.9, 78}, []float64{93, 80, 92.6, 82}},
			{"Spot", []float64{41, 38.3, 44, 35.2}, []float64{36, 33, 37, 31}, []float64{47, 44, 52, 39}},
			{"FARGATE_SPOT", []float64{61, 61, 61, 61}, nil, nil}}, Remark: "Spot prices as of the price list that the scenario names."}
}

func manyLines() Lines {
	l := Lines{Title: "Ten lines over powers of two", X: "memory", Unit: "share", Name: "cpu.used_mean_fraction", Numeric: true}
	for i := range 14 {
		l.XValues = append(l.XValues, math.Exp2(float64(i)))
	}
	for k := range 10 {
		s := LineSeries{Name: fmt.Sprintf("family-%c", 'a'+k)}
		for i := range l.XValues {
			s.Mean = append(s.Mean, 0.2+0.05*float64(k)+0.02*float64(i)*math.Sin(float64(k)))
		}
		l.Series = append(l.Series, s)
	}
	return l
}

func oddLines() Lines {
	long := "a name that one could go on about for a very long time, if there were any need for it, or room, of which there is none on this page "
	l := Lines{Title: long + long, Subtitle: long + long + long, X: long, Name: long, Unit: "units", Remark: long + long + long}
	for k := range 8 {
		s := LineSeries{Name: long}
		for i := range 230 {
			if k == 0 {
				l.XLabels = append(l.XLabels, fmt.Sprintf("%s %d", long, i))
			}
			s.Mean = append(s.Mean, 1e30*math.Sin(float64(i+k)))
		}
		l.Series = append(l.Series, s)
	}
	return l
}

func heatSamples() map[string]Heats {
	fleet := fleetHeat()
	return map[string]Heats{
		"fleet-heat": one(fleet),
		"fine-heat":  one(fineHeat()),
		"zones-heat": zonesHeat(),
		"many-heat":  manyHeat(),
		"odd-heat":   oddHeat(),
		"no-heat":    {Title: "Nothing", Remark: "Nothing was varied."},
		"cell-heat":  one(Heat{Title: "One cell", X: HeatAxis{"instances", []string{"4"}}, Y: HeatAxis{"type", []string{"m5.large"}}, Name: "cost_usd", Unit: "USD", Values: [][]float64{{3.2}}}),
		"void-heat":  one(Heat{X: HeatAxis{"", []string{"", ""}}, Y: HeatAxis{"", []string{""}}, Values: [][]float64{{math.NaN(), math.NaN()}}}),
	}
}

// one is what DrawHeat makes of a map.
func one(h Heat) Heats {
	s := Heats{Title: h.Title, Subtitle: h.Subtitle, Remark: h.Remark}
	h.Title = ""
	s.Heats = []Heat{h}
	return s
}

func fleetHeat() Heat {
	h := Heat{Title: "shop: cost over fleet and instance type", Subtitle: "mean of 20 seeds; expected: task_wait_s.p95 <= 60", Name: "cost_usd", Unit: "USD",
		X: HeatAxis{Name: "capacity_providers.main.instances"}, Y: HeatAxis{"capacity_providers.main.instance_type", []string{"m5.large", "m5.xlarge", "m5.2xlarge", "c5.large", "c5.xlarge", "r5.large"}},
		Best: [2]int{3, 5}, Remark: "Smallest that holds: 9 × c5.large."}
	prices := []float64{0.096, 0.192, 0.384, 0.085, 0.17, 0.126}
	size := []float64{1, 2, 4, 0.9, 1.8, 1.2}
	for y := range h.Y.Labels {
		h.Values, h.Infeasible = append(h.Values, nil), append(h.Infeasible, nil)
		for n := 4; n <= 13; n++ {
			if y == 0 {
				h.X.Labels = append(h.X.Labels, fmt.Sprint(n))
			}
			v := prices[y] * float64(n) * 24
			if y == 2 && n == 13 {
				v = math.NaN()
			}
			h.Values[y] = append(h.Values[y], v)
			h.Infeasible[y] = append(h.Infeasible[y], size[y]*float64(n) < 8)
		}
	}
	return h
}

func fineHeat() Heat {
	h := Heat{Title: "wait over load and fleet", Name: "task_wait_s.p95", Unit: "s", X: HeatAxis{Name: "requests a second"}, Y: HeatAxis{Name: "desired_count"}, Best: [2]int{-1, -1}}
	for y := range 40 {
		h.Y.Labels = append(h.Y.Labels, fmt.Sprint(4+y))
		row, bad := []float64{}, []bool{}
		for x := range 60 {
			if y == 0 {
				h.X.Labels = append(h.X.Labels, fmt.Sprint(100*(x+1)))
			}
			v := 2 + 3000/(1+math.Exp(float64(y)-0.55*float64(x)))
			row, bad = append(row, v), append(bad, v > 900)
		}
		h.Values, h.Infeasible = append(h.Values, row), append(h.Infeasible, bad)
	}
	return h
}

func zonesHeat() Heats {
	s := Heats{Title: "shop: refused tasks over fleet and type, by zones", Subtitle: "mean of 20 seeds", Remark: "Three things were varied: each map is one number of zones."}
	for z := 1; z <= 3; z++ {
		h := Heat{Title: fmt.Sprintf("zones = %d", z), Name: "jobs.batch.refused_fraction", Unit: "share", X: HeatAxis{"instances", []string{"4", "6", "8", "10"}}, Y: HeatAxis{"type", []string{"m5.large", "c5.large", "r5.large"}}, Best: [2]int{-1, -1}}
		if z == 2 {
			h.Best = [2]int{0, 2}
		}
		for y := range 3 {
			h.Values = append(h.Values, nil)
			for x := range 4 {
				h.Values[y] = append(h.Values[y], max(0, 0.6-0.12*float64(x)-0.1*float64(z)+0.05*float64(y)))
			}
		}
		s.Heats = append(s.Heats, h)
	}
	return s
}

func manyHeat() Heats {
	s := Heats{Title: "Fourteen maps"}
	for i := range 14 {
		h := fleetHeat()
		h.Title = fmt.Sprintf("map %d of a series with a name that is too long", i)
		s.Heats = append(s.Heats, h)
	}
	return s
}

func oddHeat() Heats {
	long := "a name that one could go on about for a very long time, if there were any need for it, or room, of which there is none on this page "
	h := Heat{Title: long, X: HeatAxis{long, nil}, Y: HeatAxis{long, nil}, Name: long, Unit: long}
	for y := range 70 {
		h.Y.Labels = append(h.Y.Labels, fmt.Sprint(y, long))
		h.Values = append(h.Values, make([]float64, 120))
		for x := range 120 {
			if y == 0 {
				h.X.Labels = append(h.X.Labels, fmt.Sprint(x, long))
			}
			h.Values[y][x] = 1e30 * math.Cos(float64(x*y))
		}
	}
	return Heats{Title: long + long, Subtitle: long + long, Heats: []Heat{h, h}, Remark: long + long}
}

func paretoSamples() map[string]Pareto {
	return map[string]Pareto{
		"fleet-pareto": fleetPareto(),
		"log-pareto":   logPareto(),
		"tight-pareto": tightPareto(),
		"point-pareto": {XName: "cost_usd", XUnit: "USD", YName: "task_wait_s.p95", YUnit: "s", Points: []ParetoPoint{{Label: "the only one", X: 3, Y: 20, Front: true, Base: true, Feasible: true}}},
		"none-pareto":  {Title: "Nothing", Remark: "No run was complete."},
		"zero-pareto":  {Points: []ParetoPoint{{}, {Label: "b"}, {Label: "c"}}},
		"odd-pareto":   oddPareto(),
	}
}

func fleetPareto() Pareto {
	p := Pareto{Title: "shop: cost against wait", Subtitle: "24 variants, 20 paired seeds each; expected: task_wait_s.p95 <= 180", XName: "cost_usd", XUnit: "USD", YName: "task_wait_s.p95", YUnit: "s",
		Remark: "Cheapest that holds: 8 × m5.large, binpack(memory)."}
	for k, name := range []string{"spread by zone", "binpack(memory)", "random"} {
		for n := 4.0; n <= 18; n += 2 {
			x := n*4.6*(1-0.11*float64(k%2)) + 3*float64(k/2)
			y := 560*math.Exp(-n/5) + 14 + 15*float64(k) + 4*math.Sin(n)
			p.Points = append(p.Points, ParetoPoint{Label: fmt.Sprintf("%g × m5.large, %s", n, name), X: x, Y: y, XLow: x * 0.985, XHigh: x * 1.015, YLow: y * 0.93, YHigh: y * 1.1, Feasible: y <= 180, Base: k == 0 && n == 10})
		}
	}
	markFront(p.Points)
	return p
}

// markFront says which points no other is better than on both axes.
func markFront(points []ParetoPoint) {
	for i := range points {
		points[i].Front = true
		for j, o := range points {
			if j != i && o.X <= points[i].X && o.Y <= points[i].Y && (o.X < points[i].X || o.Y < points[i].Y) {
				points[i].Front = false
			}
		}
	}
}

func logPareto() Pareto {
	p := Pareto{Title: "EC2 or Fargate, by load", Subtitle: "6 seeds", XName: "cost_usd", XUnit: "USD", YName: "services.web.dropped_fraction", YUnit: "share"}
	for i := range 8 {
		f := float64(i)
		p.Points = append(p.Points,
			ParetoPoint{Label: fmt.Sprintf("EC2 %d", i), X: 0.4 * math.Pow(2.6, f), Y: 0.4 * math.Pow(0.42, f), XLow: 0, XHigh: 0.44 * math.Pow(2.6, f), YLow: -0.1, YHigh: 0.5 * math.Pow(0.45, f), Feasible: i > 2, Base: i == 0},
			ParetoPoint{Label: fmt.Sprintf("Fargate %d", i), X: 0.9 * math.Pow(2.4, f), Y: 0.3 * math.Pow(0.5, f), Feasible: i > 1})
	}
	markFront(p.Points)
	return p
}

// tightPareto has a front so dense that not all names have room.
func tightPareto() Pareto {
	p := Pareto{Title: "A dense front", XName: "cost_usd", XUnit: "USD", YName: "instances_peak", YUnit: "instances"}
	for i := range 500 {
		f := float64(i % 125)
		p.Points = append(p.Points, ParetoPoint{Label: fmt.Sprintf("services.web.desired_count = %d", i), X: 100 + f, Y: 4000/(f+10) + 60*float64(i/125), Feasible: true})
	}
	markFront(p.Points)
	return p
}

func oddPareto() Pareto {
	long := "a name that one could go on about for a very long time, if there were any need for it, or room, of which there is none on this page "
	return Pareto{Title: long, Subtitle: long, XName: long, XUnit: long, YName: long, YUnit: "MiB", Remark: long, Points: []ParetoPoint{
		{Label: long, X: 1e30, Y: -1e30, XLow: -1e30, XHigh: 1e30, YLow: 1e30, YHigh: -1e30, Front: true}, {Label: "容量 <&>", X: -1e30, Y: 1e30, Front: true, Base: true, Feasible: true},
		{Label: long, YLow: math.NaN(), YHigh: 3, Base: true}}}
}

func multipleSamples() map[string]Multiples {
	return map[string]Multiples{
		"strategy-multiples": strategyMultiples(),
		"many-multiples":     manyMultiples(),
		"odd-multiples":      oddMultiples(),
		"one-multiples":      {Title: "One variant", Panels: []MultiplePanel{{"base", []MultipleRow{{"eni", "ENIs", flat(60, 3), flat(60, 3)}}}}},
		"no-multiples":       {Title: "Nothing", Panels: []MultiplePanel{{Variant: "base"}}},
	}
}

func strategyMultiples() Multiples {
	const end = 7200.0
	m := Multiples{Title: "shop: utilisation by placement strategy", Subtitle: "seed 1 of each variant; 2 h", End: end, Remark: "Each variant saw the same arrivals."}
	for k, name := range []string{"spread-az", "binpack-memory", "random"} {
		var cpu, mem, eni, capCPU, capMem, capENI []Step
		for i := range 120 {
			at, w := float64(i)*60, 60.0
			load := 9000 * (0.4 + 0.35*math.Sin(float64(i)/30+float64(k)/9))
			n := math.Ceil(load/1500) + float64(2-k)
			step := func(v, spread float64) Step { return Step{at, w, v, v - spread, v + spread} }
			cpu, capCPU = append(cpu, step(load, 300)), append(capCPU, step(n*2048, 0))
			mem, capMem = append(mem, step(load*2.4, 200)), append(capMem, step(n*7811, 0))
			eni, capENI = append(eni, step(math.Round(load/900), 0)), append(capENI, step(n*3, 0))
		}
		p := MultiplePanel{Variant: name, Rows: []MultipleRow{{"cpu", "units", cpu, capCPU}, {"memory", "MiB", mem, capMem}}}
		if k != 1 {
			p.Rows = append(p.Rows, MultipleRow{"eni", "ENIs", eni, capENI})
		}
		p.Rows = append(p.Rows, MultipleRow{"tasks", "tasks", eni, nil})
		m.Panels = append(m.Panels, p)
	}
	return m
}

func manyMultiples() Multiples {
	m := Multiples{Title: "Eight variants of nine resources"}
	for i := range 8 {
		p := MultiplePanel{Variant: fmt.Sprintf("services.web.desired_count = %d", 10+i)}
		for k := range 9 {
			var used []Step
			for n := range 2000 {
				used = append(used, Step{float64(n) * 300, 300, 100 + 90*math.Sin(float64(n*(k+1))/300+float64(i)), 0, 0})
			}
			p.Rows = append(p.Rows, MultipleRow{fmt.Sprintf("ip of subnet %c", 'a'+k), "addresses", used, flat(6e5, 180)})
		}
		m.Panels = append(m.Panels, p)
	}
	return m
}

func oddMultiples() Multiples {
	long := "a name that one could go on about for a very long time, if there were any need for it, or room, of which there is none on this page "
	return Multiples{Title: long, Subtitle: long, Remark: long, End: 1e12, Panels: []MultiplePanel{
		{long, []MultipleRow{{long, long, flat(1e12, 1e30), flat(1e12, 1e29)}, {"", "", nil, nil}}},
		{"", []MultipleRow{{"zero", "MiB", flat(1, 0), flat(1, 0)}, {long, "GiB", flat(5, 5e-324), nil}}}}}
}
