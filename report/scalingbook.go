package report

import (
	"sort"
	"time"

	"ecssim/model"
	"ecssim/model/fleet"
)

// scalingBook is what is known of capacity that follows load while the run goes on.
type scalingBook struct {
	providers []*providerBook // by index in Config.CapacityProviders; nil without a group
	loads     []*loadBook     // by service; nil without load
	services  []serviceScaling
	episodes  episodeLog

	awaiting map[int64]awaited         // tasks in PROVISIONING that wait for capacity, by serial
	booting  map[*fleet.Instance]int64 // the event that told of the launch
	log      decisionLog
}

// awaited is a task that waits for capacity.
type awaited struct {
	since    time.Duration
	provider int
}

// serviceScaling is what is known of the scaling of a service.
type serviceScaling struct {
	counts decisionCounts
	moves  oscillator
	lag    lagBook
}

// decisionCounts count decisions at or after the warm-up.
type decisionCounts struct{ outs, ins, blocked int64 }

func (c *decisionCounts) add(d *model.ScalingDecision) {
	switch {
	case d.To > d.From:
		c.outs++
	case d.To < d.From:
		c.ins++
	default:
		c.blocked++
	}
}

// namedEffects is how many tasks or instances a row names that a decision brought about.
const namedEffects = 3

// DecisionRow is one decision with what came of it.
type DecisionRow struct {
	model.ScalingDecision
	At time.Duration
	// Service is an index into Record.Owners; negative for decisions of a capacity provider.
	Service int
	// Cause is the ID of the decision that led to this one; 0 if none is known.
	Cause int64
	// Count is how often the same policy was blocked by the same thing in a row, Last when that was for the last time. The
	// value, what was wanted and the formula are those of the first time.
	Count int64
	Last  time.Duration

	// Tasks and Instances count what it brought about; the first of them are named. The instants are those of the first
	// and the last of them that came to RUNNING, or registered; negative for none.
	Tasks, Instances                int64
	taskNumbers                     [namedEffects]int64
	instances                       [namedEffects]*fleet.Instance
	FirstRunning, LastRunning       time.Duration
	FirstRegistered, LastRegistered time.Duration
	event                           int64
}

// decisionLog keeps rows up to a limit, and counts all decisions.
type decisionLog struct {
	limit, total int64
	rows         logRows[DecisionRow]
	last         map[blockedBy]int // index of the last row of a policy
}

// blockedBy names a policy.
type blockedBy struct {
	service, provider int
	policy, metric    string
}

// add takes in a decision and returns its row; nil beyond the limit. again says that it says what the last one of its
// policy said: the row that is there counts it.
func (l *decisionLog) add(now time.Duration, d *model.ScalingDecision, service int) (row *DecisionRow, again bool) {
	l.total++
	who := blockedBy{service, -1, d.Policy, d.Metric}
	if service < 0 {
		who.provider = d.Provider
	}
	if at, known := l.last[who]; known && !d.Changes() {
		if row = l.rows.at(at); !row.Changes() && row.Blocked == d.Blocked && row.From == d.From {
			row.Count++
			row.Last = now
			return row, true
		}
	}
	if int64(l.rows.len()) >= l.limit {
		delete(l.last, who) // what comes now belongs to no row that is there
		return nil, false
	}
	if l.last == nil {
		l.last = map[blockedBy]int{}
	}
	l.last[who] = l.rows.len()
	row = l.rows.add()
	*row = DecisionRow{
		ScalingDecision: *d, At: now, Service: service, Count: 1, Last: now,
		FirstRunning: model.Never, LastRunning: model.Never, FirstRegistered: model.Never, LastRegistered: model.Never,
	}
	return row, false
}

// of is the row of a decision; nil if there is none.
func (l *decisionLog) of(id int64) *DecisionRow {
	if id <= 0 {
		return nil
	}
	n := sort.Search(l.rows.len(), func(n int) bool { return l.rows.at(n).ID >= id })
	if n == l.rows.len() || l.rows.at(n).ID != id {
		return nil
	}
	return l.rows.at(n)
}

// eventOf is the event that told of a decision; 0 if none did.
func (l *decisionLog) eventOf(id int64) int64 {
	if row := l.of(id); row != nil {
		return row.event
	}
	return 0
}

// created notes a task that is there because of a decision.
func (l *decisionLog) created(t *model.Task) {
	row := l.of(t.Cause)
	if row == nil {
		return
	}
	if row.Tasks < namedEffects {
		row.taskNumbers[row.Tasks] = t.Number
	}
	row.Tasks++
}

func (l *decisionLog) ran(now time.Duration, t *model.Task) {
	if row := l.of(t.Cause); row != nil {
		row.FirstRunning, row.LastRunning = span2(row.FirstRunning, now)
	}
}

// launched notes an instance that is there because of a decision.
func (l *decisionLog) launched(i *fleet.Instance) {
	row := l.of(i.Cause)
	if row == nil {
		return
	}
	if row.Instances < namedEffects {
		row.instances[row.Instances] = i
	}
	row.Instances++
}

func (l *decisionLog) registered(now time.Duration, i *fleet.Instance) {
	if row := l.of(i.Cause); row != nil {
		row.FirstRegistered, row.LastRegistered = span2(row.FirstRegistered, now)
	}
}

// span2 is the first and the last instant of something that happens once more.
func span2(first, now time.Duration) (time.Duration, time.Duration) {
	if first < 0 {
		first = now
	}
	return first, now
}

func newScalingBook(r *Recorder) scalingBook {
	b := scalingBook{
		awaiting: map[int64]awaited{}, booting: map[*fleet.Instance]int64{}, log: decisionLog{limit: r.log.limit},
		loads: make([]*loadBook, len(r.cfg.Services)), services: make([]serviceScaling, len(r.cfg.Services)),
	}
	for i := range r.cfg.Services {
		if r.cfg.Services[i].Load != nil {
			b.loads[i] = newLoadBook()
		}
	}
	for i := range r.cfg.CapacityProviders {
		var p *providerBook
		if cfg := &r.cfg.CapacityProviders[i]; cfg.Group != nil {
			p = newProviderBook(r.line, cfg, len(r.cfg.Services)+len(r.cfg.Jobs))
			r.fleetCluster[cfg.Group.Template.Name] = cfg.Group.Template.Cluster
		}
		b.providers = append(b.providers, p)
	}
	return b
}

// scalingTracks is how many series newScalingBook makes, which decides how finely time is cut.
func scalingTracks(cfg *model.Config) int {
	n := 0
	for i := range cfg.Services {
		if cfg.Services[i].Load != nil {
			n += int(numLoadSeries)
		}
	}
	for i := range cfg.CapacityProviders {
		if cfg.CapacityProviders[i].Group != nil {
			n += providerTracks
		}
	}
	return n
}

// scales says that something of a scenario follows load, or could.
func scales(cfg *model.Config) bool {
	for i := range cfg.Services {
		if cfg.Services[i].Load != nil || cfg.Services[i].Scaling != nil {
			return true
		}
	}
	for i := range cfg.CapacityProviders {
		if cfg.CapacityProviders[i].Group != nil {
			return true
		}
	}
	return false
}
