package report

import (
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"ecssim/model"
	"ecssim/model/fleet"
	"ecssim/model/placement"
	"ecssim/model/taskdef"
	"ecssim/sim"
)

// history is one step function, kept whole: the slow and obvious way.
type history struct {
	at     []time.Duration
	values []int64
}

func (h *history) set(now time.Duration, v int64) {
	h.at, h.values = append(h.at, now), append(h.values, v)
}

// over is the sum of value × ns, the highest and the lowest value held from one instant to another.
func (h *history) over(from, to time.Duration) (sum float64, low, high int64, held bool) {
	for k, v := range h.values {
		start, end := max(from, h.at[k]), to
		if k+1 < len(h.at) {
			end = min(to, h.at[k+1])
		}
		if end <= start {
			continue
		}
		sum += float64(v) * float64(end-start)
		if !held {
			low, high, held = v, v, true
		}
		low, high = min(low, v), max(high, v)
	}
	return sum, low, high, held
}

// full is for how long used filled the capacity.
func full(used, capacity *history, from, to time.Duration) (total time.Duration) {
	cuts := slices.Concat([]time.Duration{from, to}, used.at, capacity.at)
	slices.Sort(cuts)
	cuts = slices.Compact(cuts)
	for k, a := range cuts {
		if a < from || a >= to {
			continue
		}
		if u, c := used.value(a), capacity.value(a); c > 0 && u >= c {
			total += cuts[k+1] - a
		}
	}
	return total
}

func (h *history) value(at time.Duration) int64 {
	v := int64(0)
	for k := range h.at {
		if h.at[k] <= at {
			v = h.values[k]
		}
	}
	return v
}

// world drives a script at random and keeps every history.
type world struct {
	*script
	rt                  *rapid.T
	cpu, total, running history
	d                   *placement.Demand
}

func (w *world) note() {
	used, has, running := int64(0), int64(0), int64(0)
	for _, i := range w.instances {
		used += i.Has.CPU - i.Free.CPU
		has += i.Has.CPU
	}
	for _, t := range w.live {
		if t.Running >= 0 {
			running++
		}
	}
	w.cpu.set(w.now, used)
	w.total.set(w.now, has)
	w.running.set(w.now, running)
}

func (w *world) step() {
	wait := rapid.SampledFrom([]time.Duration{0, 0, 1, time.Millisecond, 700 * time.Millisecond, time.Minute, 3 * time.Hour})
	w.now += wait.Draw(w.rt, "wait")
	pick := rapid.IntRange(0, 1<<20).Draw(w.rt, "pick")
	switch action := rapid.IntRange(0, 9).Draw(w.rt, "action"); {
	case action == 0 && len(w.instances) < 4:
		w.join("main", w.cfg.Fleets[0].Type, 0)
	case action == 1 && len(w.instances) > 0:
		w.loseInAnyOrder(w.instances[pick%len(w.instances)])
	case action <= 4:
		w.create("web", w.d)
	case len(w.live) > 0:
		w.advance(w.live[pick%len(w.live)])
	}
	w.note()
}

func (w *world) loseInAnyOrder(i *fleet.Instance) {
	for k := len(w.live) - 1; k >= 0; k-- {
		if t := w.live[k]; t.Instance == i {
			w.stop(t, model.HostLost, "lost")
		}
	}
	w.lose(i)
}

func (w *world) advance(t *model.Task) {
	switch {
	case t.Placed < 0:
		for _, i := range w.instances {
			if i.Free.CPU >= t.Demand.Needs.CPU {
				w.place(t, i, 0)
				return
			}
		}
		w.refuse(t, map[placement.Reason]int32{placement.NoCPU: int32(len(w.instances))})
	case t.Running < 0:
		w.run(t)
	default:
		w.stop(t, model.EssentialContainerExited, "done")
	}
}

func TestStatisticsEqualABruteForceRecount(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		cfg := firstConfig(t)
		cfg.Warmup = rapid.SampledFrom([]time.Duration{0, 0, time.Second, time.Hour, 100 * time.Hour}).Draw(rt, "warmup")
		cfg.Duration = rapid.SampledFrom([]time.Duration{0, 50 * time.Hour}).Draw(rt, "duration")
		w := &world{script: newScript(t, cfg, 1, RecorderOptions{}), rt: rt, d: demandOf(taskdef.Needs{CPU: 1024, Memory: 100})}
		for range rapid.IntRange(1, 120).Draw(rt, "steps") {
			w.step()
		}
		w.now += rapid.SampledFrom([]time.Duration{0, time.Second, time.Hour}).Draw(rt, "rest")
		r := w.end(w.now, sim.Drained)
		compareStats(rt, w, r)
		for k := range r.Instances {
			compareBucket(rt, &w.cpu, r.Pools[0].Used[k])
			compareBucket(rt, &w.running, r.Owners[0].RunningLevels[k])
		}
	})
}

func compareStats(rt *rapid.T, w *world, r *Record) {
	p, from := &r.Pools[0], w.cfg.Warmup
	if len(r.Pools) == 0 || p.Resource != "cpu" || from >= r.End {
		return
	}
	sum, _, high, _ := w.cpu.over(from, r.End)
	mean := sum / float64(r.End-from)
	if diff := mean - p.UsedMean; diff > 1e-9*(1+mean) || diff < -1e-9*(1+mean) {
		rt.Fatalf("mean %v, recorder says %v", mean, p.UsedMean)
	}
	if peak := max(high, w.cpu.value(r.End)); peak != p.UsedPeak {
		rt.Fatalf("peak %d, recorder says %d", peak, p.UsedPeak)
	}
	if want := full(&w.cpu, &w.total, from, r.End); want != p.FullFor {
		rt.Fatalf("full for %v, recorder says %v", want, p.FullFor)
	}
	sum, _, _, _ = w.running.over(from, r.End)
	if mean := sum / float64(r.End-from); mean-r.Owners[0].MeanRunning > 1e-9 || r.Owners[0].MeanRunning-mean > 1e-9 {
		rt.Fatalf("running %v, recorder says %v", mean, r.Owners[0].MeanRunning)
	}
}

func compareBucket(rt *rapid.T, h *history, l Level) {
	sum, low, high, held := h.over(l.At, l.At+l.Width)
	if !held {
		return
	}
	want := sum / float64(l.Width)
	// Before its first event a history holds nothing, a gauge holds 0.
	if h.at[0] > l.At {
		low = min(low, 0)
	}
	if diff := want - l.Mean; diff > 1e-9*(1+want) || diff < -1e-9*(1+want) || low != l.Min || high != l.Max {
		rt.Fatalf("bucket at %v: %v %d..%d, recorder says %v %d..%d", l.At, want, low, high, l.Mean, l.Min, l.Max)
	}
}
