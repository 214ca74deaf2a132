package report

import (
	"time"

	"ecssim/model"
)

// ScalingRecord is what became of the scaling of a service at or after the warm-up.
type ScalingRecord struct {
	Outs, Ins, Blocked int64 // decisions
	// DesiredMin and DesiredMax are the extremes of the desired count over the whole run.
	DesiredMin, DesiredMax int64
	Lags                   *LagRecord
	Oscillation            *Oscillation
}

// scalingRecords are the load and the scaling of a service; nil without.
func (r *Recorder) scalingRecords(o *owner, now time.Duration) (*LoadRecord, *ScalingRecord) {
	index := o.book.index
	cfg, s := &r.cfg.Services[index], &r.scaling.services[index]
	var load *LoadRecord
	if b := r.scaling.loads[index]; b != nil {
		load = b.record(r.line, cfg.Load.Unit, now)
	}
	if cfg.Scaling == nil {
		return load, nil
	}
	rec := &ScalingRecord{
		Outs: s.counts.outs, Ins: s.counts.ins, Blocked: s.counts.blocked, Lags: s.lag.record(), Oscillation: s.moves.found(),
	}
	levels := r.levels(o.desired, now)
	for k, l := range levels {
		if k == 0 {
			rec.DesiredMin = l.Min
		}
		rec.DesiredMin, rec.DesiredMax = min(rec.DesiredMin, l.Min), max(rec.DesiredMax, l.Max)
	}
	return load, rec
}

// recordScaling fills in what concerns scaling as a whole.
func (r *Recorder) recordScaling(rec *Record, now time.Duration) {
	rec.Providers = r.providerRecords(now)
	rec.Decisions, rec.DecisionsTotal = r.scaling.log.rows, r.scaling.log.total
	rec.Episodes, rec.EpisodesLeft = r.scaling.episodes.rows, r.scaling.episodes.left
	sortEpisodes(rec.Episodes)
}

// stillAwaits counts a task that waits for capacity at the end, with its wait so far.
func (r *Recorder) stillAwaits(now time.Duration, t *model.Task) int {
	a, known := r.scaling.awaiting[t.Serial]
	if !known || t.Placed >= 0 {
		return 0
	}
	if p := r.provider(a.provider); p != nil && r.counted(t) {
		p.waits.ObserveDuration(now - a.since)
	}
	return 1
}
