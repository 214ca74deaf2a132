package report

import (
	"cmp"
	"fmt"
	"slices"

	"ecssim/model/scaling"
	"ecssim/report/plot"
)

// scalingPictures show how capacity follows load, and where the time goes until it has; none where nothing could follow.
func scalingPictures(r *Record, subtitle string) ([]picture, error) {
	if !scales(r.Config) {
		return nil, nil
	}
	p, err := plot.DrawScaling(scalingPicture(r, subtitle))
	if err != nil {
		return nil, err
	}
	drawn := []picture{{"scaling", p}}
	if lags := lagsPicture(r, subtitle); len(lags.Rows) > 0 {
		p, err := plot.DrawLags(lags)
		if err != nil {
			return nil, err
		}
		drawn = append(drawn, picture{"lags", p})
	}
	return drawn, nil
}

func scalingPicture(r *Record, subtitle string) plot.Scaling {
	s := plot.Scaling{
		Title: r.Config.Name + ": capacity follows load", Subtitle: subtitle, End: r.End.Seconds(), Costs: r.costSeries(),
	}
	for i := range r.Owners {
		if o := &r.Owners[i]; o.Load != nil || o.Scaling != nil {
			s.Services = append(s.Services, r.scalingService(i))
		}
	}
	for i := range r.Providers {
		s.Groups = append(s.Groups, r.scalingGroup(&r.Providers[i]))
	}
	for i := range r.Faults {
		s.Marks = append(s.Marks, plot.Mark{At: r.Faults[i].From.Seconds(), Text: r.Faults[i].Name})
	}
	return s
}

func (r *Record) scalingService(owner int) plot.ScalingService {
	o := &r.Owners[owner]
	s := plot.ScalingService{
		Name: o.Name, Min: -1, Max: -1, Desired: o.DesiredLevels.steps(1), Running: o.RunningLevels.steps(1),
		Waiting: sum(o.WaitingLevels, o.PendingLevels).steps(1),
	}
	if l := o.Load; l != nil {
		s.Unit = l.Unit + "/s"
		s.Offered, s.Served = l.Levels[loadOffered].steps(dataUnit), l.Levels[loadServed].steps(dataUnit)
		s.Latency = l.Levels[loadLatency].steps(dataUnit)
		if l.Levels[loadDropped].any() {
			s.Dropped = l.Levels[loadDropped].steps(dataUnit)
		}
	}
	cfg := r.Config.Services[owner].Scaling
	if cfg != nil {
		s.Min, s.Max = float64(cfg.Min), float64(cfg.Max)
		s.Outs, s.Ins = r.moves(func(d *DecisionRow) bool { return d.Service == owner })
	}
	s.Metrics = scalingMetrics(o.Load, cfg)
	return s
}

// scalingMetrics are what the policies look at; the CPU where there are none.
func scalingMetrics(l *LoadRecord, cfg *scaling.Config) []plot.ScalingMetric {
	if l == nil {
		return nil
	}
	var all []plot.ScalingMetric
	for m, look := range [scaling.NumMetrics]struct {
		series loadSeries
		unit   string
	}{
		scaling.CPUUtilization: {loadCPU, "%"}, scaling.MemoryUtilization: {loadMemory, "%"}, scaling.ALBRequestCountPerTarget: {loadRequests, "requests/min"},
	} {
		metric := plot.ScalingMetric{Name: scaling.Metric(m).String(), Unit: look.unit, Values: l.Levels[look.series].steps(dataUnit)}
		wanted := cfg == nil && scaling.Metric(m) == scaling.CPUUtilization
		if cfg != nil {
			for i := range cfg.Policies {
				p := &cfg.Policies[i]
				switch {
				case p.Metric != scaling.Metric(m):
					continue
				case p.Step != nil:
					metric.Thresholds = append(metric.Thresholds, p.Step.Alarm.Threshold)
				case metric.Target == 0:
					metric.Target = p.Target
				default:
					metric.Thresholds = append(metric.Thresholds, p.Target)
				}
				wanted = true
			}
		}
		if wanted && len(metric.Values) > 0 {
			all = append(all, metric)
		}
	}
	return all
}

func (r *Record) scalingGroup(p *ProviderRecord) plot.ScalingGroup {
	at := r.providerIndex(p.Name)
	cfg := &r.Config.CapacityProviders[at]
	g := plot.ScalingGroup{
		Name: p.Name, Desired: p.DesiredLevels.steps(1), InService: less(p.RegisteredLevels, p.LeavingLevels).steps(1), Booting: p.BootingLevels.steps(1),
		Leaving: p.LeavingLevels.steps(1), Reservation: p.ReservationLevels.steps(dataUnit), Max: float64(cfg.Group.Max),
	}
	if cfg.Managed != nil {
		g.Target = cfg.Managed.TargetCapacity
	}
	g.Outs, g.Ins = r.moves(func(d *DecisionRow) bool { return d.Service < 0 && d.Provider == at })
	return g
}

// moves are the instants of the decisions that changed something.
func (r *Record) moves(of func(*DecisionRow) bool) (outs, ins []float64) {
	for d := range r.Decisions.all() {
		switch {
		case !of(d):
		case d.To > d.From:
			outs = append(outs, d.At.Seconds())
		case d.To < d.From:
			ins = append(ins, d.At.Seconds())
		}
	}
	return outs, ins
}

// shownLags is how many episodes the picture is given: the longest.
const shownLags = 100

func lagsPicture(r *Record, subtitle string) plot.Lags {
	l := plot.Lags{Title: r.Config.Name + ": from too much load to enough tasks", Subtitle: subtitle}
	for p := range NumPhases {
		l.Phases = append(l.Phases, p.String())
	}
	var complete []*Episode
	for i := range r.Episodes {
		if r.Episodes[i].Complete() {
			complete = append(complete, &r.Episodes[i])
		}
	}
	slices.SortStableFunc(complete, func(a, b *Episode) int { return cmp.Compare(b.Split.Total(), a.Split.Total()) })
	for _, x := range complete[:min(len(complete), shownLags)] {
		row := plot.LagRow{Label: fmt.Sprintf("%s at %s, %d to %d", r.Owners[x.Service].Name, clock(x.Begin), x.From, x.To)}
		for _, d := range x.Split {
			row.Seconds = append(row.Seconds, d.Seconds())
		}
		l.Rows = append(l.Rows, row)
	}
	return l
}
