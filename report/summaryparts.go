package report

import (
	"time"

	"ecssim/model"
)

func summariseBottleneck(b *Bottleneck) *BottleneckSummary {
	if b == nil {
		return nil
	}
	s := &BottleneckSummary{
		Resource: b.Resource, Scope: b.Scope, Cluster: b.Cluster, At: inSeconds(b.At), Sentence: b.Sentence, Reason: reasonText(b.Reason),
	}
	if b.CPU >= 0 && b.Memory >= 0 {
		s.CPUReserved, s.MemoryReserved = known(b.CPU), known(b.Memory)
	}
	return s
}

func known(x float64) *float64 {
	x = round(x)
	return &x
}

// knownInstant is nil for what never happened.
func knownInstant(d time.Duration) *float64 {
	if d < 0 {
		return nil
	}
	return known(d.Seconds())
}

func summariseWait(w *Wait) *WaitSummary {
	if w == nil {
		return nil
	}
	return &WaitSummary{round(w.Mean), round(w.P50), round(w.P95), round(w.P99), round(w.Max)}
}

// hostTerminated stands for the empty stop code of tasks whose host was lost.
const hostTerminated = "(host terminated)"

func summariseStops(o *OwnerRecord) map[string]int64 {
	stops := map[string]int64{}
	for code, n := range o.Stopped {
		if n == 0 {
			continue
		}
		name := model.StopCode(code).String()
		if name == "" {
			name = hostTerminated
		}
		stops[name] += n
	}
	return stops
}

func summariseTotals(r *Record, usd float64) TotalsSummary {
	t := r.Totals
	return TotalsSummary{
		Wanted: t.Wanted, Placed: t.Placed, Started: t.Started, Finished: t.Finished, GivenUp: t.GivenUp,
		RunningEnd: t.RunningEnd, StartingEnd: t.StartingEnd, LeavingEnd: t.LeavingEnd, WaitingEnd: t.WaitingEnd, NeverPlaced: t.NeverPlaced(),
		Attempts: t.Attempts, Failures: t.Failures, Throttled: t.Throttled, InstancesPeak: t.InstancesPeak, InstancesEnd: t.InstancesEnd,
		Events: t.Events, CostUSD: usd,
	}
}

func summarisePool(p *PoolRecord) ResourceSummary {
	d := float64(p.Divisor)
	s := ResourceSummary{
		Resource: p.Resource, Scope: p.Scope, Unit: p.Unit, UsedPeak: round(float64(p.UsedPeak) / d),
		UsedMean: round(p.UsedMean / d), FullSince: knownInstant(p.FullSince), FirstFull: knownInstant(p.FirstFull),
		Full: inSeconds(p.FullFor),
	}
	if !p.Unbounded {
		s.CapacityPeak, s.UsedMeanFraction = known(float64(p.CapacityPeak)/d), known(p.MeanFraction())
	}
	return s
}
