package report

import (
	"cmp"
	"slices"
	"time"

	"ecssim/model"
	"ecssim/sim"
)

// Phase is a part of the time from a load that is too much to the last task that was missing.
type Phase uint8

// The phases, in the order of time, along the way of the last task to serve.
const (
	// Detection is from the first period that breached to ALARM, with the delay of the metric.
	Detection Phase = iota
	// Decision is from ALARM to the desired count that wanted the task.
	Decision
	// Capacity is from the task in PROVISIONING to the launch of its instance: managed scaling's metric, alarm and decision.
	Capacity
	// Boot is from the launch of its instance to its registration.
	Boot
	// Placement is from there, or from the decision if there was room, to the image pull: scheduler, agent and interface.
	Placement
	// Pull is that of its images.
	Pull
	// Start is from there to RUNNING, or to ACTIVATING.
	Start
	// Health is until it serves: targets and health checks.
	Health
	NumPhases
)

// String is the name of the phase in files and pictures.
func (p Phase) String() string {
	return [NumPhases]string{"detection", "decision", "capacity", "boot", "placement", "pull", "start", "health"}[p]
}

// Split is a time by phases.
type Split [NumPhases]time.Duration

// Total is the whole.
func (s *Split) Total() (total time.Duration) {
	for _, d := range s {
		total += d
	}
	return total
}

// Episode is a stretch in which a service had too few tasks: from the first period that breached to the instant in
// which the last task serves that its decisions wanted.
type Episode struct {
	Service int // index into Record.Owners
	// Begin is that of the first breaching period of the first decision, or the end of the episode before if the alarm has
	// not gone back since; Alarmed is negative where no alarm was behind it. End is negative for one without an end.
	Begin, Alarmed, Decided, End time.Duration
	// Decisions is how many scale-outs belong to it, from one desired count to another; Tasks how many tasks they brought.
	Decisions, From, To, Tasks int
	Policy                     string
	// Task is the number of the last one to serve, Decision the ID of the decision that wanted it. Instance is where it
	// runs, Managed the decision that launched that because of the episode; empty and 0 if there was room.
	Task, Decision, Managed int64
	Instance                string
	Split                   Split
}

// Complete says that it came to its end.
func (e *Episode) Complete() bool { return e.End >= 0 }

// LagRecord sums up the episodes of a service that began at or after the warm-up.
type LagRecord struct {
	Episodes, Open int64 // Open have no end
	Total          *Wait // of the complete ones; nil without any
	Mean, Worst    Split
	WorstAt        time.Duration
	// Effect is the mean time from a decision until a task that it wanted serves; negative if none did.
	Effect time.Duration
}

// lagBook follows the episodes of a service.
type lagBook struct {
	open     bool
	episode  Episode
	firstID  int64
	decided  []decidedAt // of the open episode, the newest last
	expected int
	missing  int // tasks that were created for it and do not serve yet
	serves   int
	ended    time.Duration // of the episode before

	count, unended int64
	totals         sim.Sample
	sums           Split
	worst          Split
	worstAt        time.Duration
	effect         time.Duration // sum
	effects        int64
}

type decidedAt struct {
	id int64
	at time.Duration
}

// maxDecided bounds what is known of an episode that does not end.
const maxDecided = 1000

// episodeLog keeps the first episodes of all services.
type episodeLog struct {
	rows []Episode
	left int64
}

// maxEpisodeRows bounds data/lags.csv.
const maxEpisodeRows = 10_000

func (l *episodeLog) add(e Episode) {
	if len(l.rows) < maxEpisodeRows {
		l.rows = append(l.rows, e)
	} else {
		l.left++
	}
}

// scaledOut begins an episode, or joins the one that goes on.
func (b *lagBook) scaledOut(now time.Duration, d *model.ScalingDecision, service int, r *Recorder) {
	if b.open && b.missing == 0 && b.serves > 0 {
		b.close(r) // fewer tasks were needed than it was wanted
	}
	if !b.open {
		b.open, b.firstID, b.expected, b.serves, b.decided = true, d.ID, 0, 0, b.decided[:0]
		begin := now
		if d.Breached >= 0 {
			begin = min(now, max(d.Breached, b.ended))
		}
		b.episode = Episode{
			Service: service, Begin: begin, Alarmed: d.Alarmed, Decided: now, End: model.Never, From: d.From, Policy: d.Policy,
		}
	}
	b.episode.Decisions++
	b.episode.To = d.To
	b.expected += d.To - d.From
	if len(b.decided) == maxDecided {
		b.decided = slices.Delete(b.decided, 0, 1)
	}
	b.decided = append(b.decided, decidedAt{d.ID, now})
}

// stopWaiting: nobody wants more tasks than there are.
func (b *lagBook) stopWaiting(r *Recorder) {
	if b.open {
		b.expected = b.episode.Tasks
		b.endIfDone(r)
	}
}

// of says that a task belongs to the open episode.
func (b *lagBook) of(t *model.Task) bool { return b.open && t.Cause >= b.firstID }

func (b *lagBook) created(t *model.Task) {
	if b.of(t) {
		b.episode.Tasks++
		b.missing++
	}
}

// gone takes out a task that stops, or is given up, before it has ever served.
func (b *lagBook) gone(t *model.Task, r *Recorder) {
	if b.of(t) {
		b.missing--
		b.endIfDone(r)
	}
}

// served takes in a task that serves for the first time.
func (b *lagBook) served(now time.Duration, t *model.Task, e *liveTask, r *Recorder) {
	if !b.of(t) {
		return
	}
	b.missing--
	b.serves++
	decided := b.decidedAt(t.Cause)
	b.effect += now - decided
	b.effects++
	x := &b.episode
	x.End, x.Task, x.Decision, x.Instance, x.Managed = now, t.Number, t.Cause, "", 0
	if t.Instance != nil {
		x.Instance = t.Instance.Name
		if e.awaited >= 0 && t.Instance.Registered > e.awaited {
			x.Managed = t.Instance.Cause
		}
	}
	x.Split = split(x.Begin, x.Alarmed, decided, now, t, e)
	b.endIfDone(r)
}

func (b *lagBook) decidedAt(id int64) time.Duration {
	at, _ := slices.BinarySearchFunc(b.decided, id, func(d decidedAt, id int64) int { return cmp.Compare(d.id, id) })
	if at < len(b.decided) && b.decided[at].id == id {
		return b.decided[at].at
	}
	return b.episode.Decided
}

func (b *lagBook) endIfDone(r *Recorder) {
	if b.missing == 0 && b.episode.Tasks >= b.expected {
		b.close(r)
	}
}

// close ends the episode with the last task that served. One in which none did has no end.
func (b *lagBook) close(r *Recorder) {
	b.open = false
	x := b.episode
	r.scaling.episodes.add(x)
	if x.Complete() {
		b.ended = x.End
	}
	if x.Begin < r.cfg.Warmup {
		return
	}
	b.count++
	if !x.Complete() {
		b.unended++
		return
	}
	total := x.Split.Total()
	b.totals.Observe(total.Seconds())
	for p, d := range x.Split {
		b.sums[p] += d
	}
	if complete := b.count - b.unended; complete == 1 || total > b.worst.Total() {
		b.worst, b.worstAt = x.Split, x.Begin
	}
}

// finish closes what goes on at the end.
func (b *lagBook) finish(r *Recorder) {
	if b.open {
		if b.missing > 0 || b.episode.Tasks < b.expected {
			b.episode.End = model.Never
			b.episode.Split = Split{}
		}
		b.close(r)
	}
}

func (b *lagBook) record() *LagRecord {
	rec := &LagRecord{
		Episodes: b.count, Open: b.unended, Total: waits(&b.totals), Worst: b.worst, WorstAt: b.worstAt, Effect: model.Never,
	}
	if n := b.count - b.unended; n > 0 {
		for p, d := range b.sums {
			rec.Mean[p] = d / time.Duration(n)
		}
	}
	if b.effects > 0 {
		rec.Effect = b.effect / time.Duration(b.effects)
	}
	return rec
}

// split cuts the time from begin to now, when the task serves, at the instants of its way. One that is not known, or
// that lies before the instant in front of it, adds nothing: the parts always make the whole.
func split(begin, alarmed, decided, now time.Duration, t *model.Task, e *liveTask) Split {
	var s Split
	at := begin
	until := func(p Phase, instant time.Duration) {
		if instant = min(instant, now); instant > at {
			s[p] += instant - at
			at = instant
		}
	}
	until(Detection, alarmed)
	until(Decision, decided)
	if e.awaited >= 0 {
		launched, registered := t.Placed, t.Placed // room came free where it is
		if i := t.Instance; i != nil && i.Registered > e.awaited {
			launched, registered = i.Launched, i.Registered
		}
		until(Placement, e.awaited)
		until(Capacity, launched)
		until(Boot, registered)
	}
	pulling := t.PullStarted
	if pulling < 0 {
		pulling = t.Running
	}
	until(Placement, pulling)
	pulled := t.PullStopped
	if pulled < 0 {
		pulled = t.Running
	}
	until(Pull, pulled)
	until(Start, e.up)
	until(Health, now)
	return s
}
