package report

import (
	"fmt"
	"math"
	"slices"
	"time"

	"ecssim/model"
	"ecssim/model/scaling"
)

// LoadSummary is the load of a service at or after the warm-up. Rates are in units a second.
type LoadSummary struct {
	Unit    string  `json:"unit"`
	Offered float64 `json:"offered"`
	Served  float64 `json:"served"`
	Dropped float64 `json:"dropped"`
	// DroppedFraction is null without load.
	DroppedFraction *float64 `json:"dropped_fraction"`
	Peak            float64  `json:"peak_per_s"`
	PeakBacklog     float64  `json:"peak_backlog"`
	// The worst minute; null without a datapoint.
	WorstLatency *float64 `json:"worst_latency_s"`
	CPU          *float64 `json:"cpu_utilization_max"`
	Memory       *float64 `json:"memory_utilization_max"`
	Requests     *float64 `json:"request_count_per_target_max"`
	// Short is for how long fewer tasks served than needed, ShortTasks by how many, in task-seconds.
	Short      float64 `json:"short_s"`
	ShortTasks float64 `json:"short_task_s"`
}

// ScalingSummary is the scaling of a service.
type ScalingSummary struct {
	Out         int64               `json:"decisions_out"`
	In          int64               `json:"decisions_in"`
	Blocked     int64               `json:"decisions_blocked"`
	DesiredMin  int64               `json:"desired_min"`
	DesiredMax  int64               `json:"desired_max"`
	Episodes    int64               `json:"episodes"`
	Open        int64               `json:"episodes_without_end"`
	Lags        *LagsSummary        `json:"lags"`
	Oscillation *OscillationSummary `json:"oscillation"`
}

// LagsSummary says how long it took from a load that is too much to enough tasks; null without an episode that ended.
type LagsSummary struct {
	Median  float64    `json:"median_s"`
	WorstAt float64    `json:"worst_at_s"`
	Mean    LagSummary `json:"mean"`
	Worst   LagSummary `json:"worst"`
}

// LagSummary is a time by phases, in seconds; the parts make the total.
type LagSummary struct {
	Detection float64 `json:"detection_s"`
	Decision  float64 `json:"decision_s"`
	Capacity  float64 `json:"capacity_s"`
	Boot      float64 `json:"boot_s"`
	Placement float64 `json:"placement_s"`
	Pull      float64 `json:"pull_s"`
	Start     float64 `json:"start_s"`
	Health    float64 `json:"health_s"`
	Total     float64 `json:"total_s"`
}

// phases are the parts in order.
func (l *LagSummary) phases() [NumPhases]float64 {
	return [NumPhases]float64{l.Detection, l.Decision, l.Capacity, l.Boot, l.Placement, l.Pull, l.Start, l.Health}
}

// OscillationSummary is a desired count, or capacity, that goes up and down while the load does not.
type OscillationSummary struct {
	Reversals  int     `json:"reversals"`
	First      float64 `json:"first_s"`
	Last       float64 `json:"last_s"`
	Every      float64 `json:"every_s"`
	Low        int     `json:"low"`
	High       int     `json:"high"`
	LoadSpread float64 `json:"load_spread_fraction"`
	Sentence   string  `json:"sentence"`
}

// ProviderSummary is a capacity provider with an Auto Scaling group, or Managed Instances.
type ProviderSummary struct {
	Type       string   `json:"type"`
	Instances  []string `json:"instance_types"`
	Min        int      `json:"min_size"`
	Max        int      `json:"max_size"`
	Now        int64    `json:"instances"`
	Peak       int64    `json:"instances_peak"`
	Mean       float64  `json:"instances_mean"`
	Booting    int64    `json:"instances_booting"`
	Desired    int64    `json:"desired_capacity"`
	DesiredMax int64    `json:"desired_capacity_peak"`
	// Target and Reservation are in percent; null without managed scaling, or without a datapoint.
	Target      *float64 `json:"target_capacity"`
	Reservation *float64 `json:"capacity_provider_reservation_mean"`
	Launched    int64    `json:"launched"`
	Spot        int64    `json:"launched_spot"`
	Terminated  int64    `json:"terminated"`
	Failed      int64    `json:"launches_failed"`
	Waiting     int64    `json:"tasks_awaiting_capacity"`
	// Wait is the time in PROVISIONING of the tasks that had to wait for capacity.
	Wait        *WaitSummary        `json:"capacity_wait_s"`
	Out         int64               `json:"decisions_out"`
	In          int64               `json:"decisions_in"`
	Blocked     int64               `json:"decisions_blocked"`
	Oscillation *OscillationSummary `json:"oscillation"`
}

// measured is nil for what was never measured.
func measured(x float64) *float64 {
	if x < 0 {
		return nil
	}
	return known(x)
}

func summariseLoad(l *LoadRecord) *LoadSummary {
	if l == nil {
		return nil
	}
	s := &LoadSummary{
		Unit: l.Unit, Offered: round(l.Offered), Served: round(l.Served), Dropped: round(l.Dropped), Peak: round(l.Peak),
		PeakBacklog: round(max(0, l.PeakBacklog)), WorstLatency: measured(l.WorstLatency), CPU: measured(l.CPU), Memory: measured(l.Memory),
		Requests: measured(l.Requests), Short: inSeconds(l.Short), ShortTasks: round(l.ShortTasks),
	}
	if l.Offered > 0 {
		s.DroppedFraction = known(l.Dropped / l.Offered)
	}
	return s
}

func summariseScaling(r *Record, o *OwnerRecord) *ScalingSummary {
	v := o.Scaling
	if v == nil {
		return nil
	}
	s := &ScalingSummary{
		Out: v.Outs, In: v.Ins, Blocked: v.Blocked, DesiredMin: v.DesiredMin, DesiredMax: v.DesiredMax,
		Episodes: v.Lags.Episodes, Open: v.Lags.Open,
	}
	if l := v.Lags; l.Total != nil {
		s.Lags = &LagsSummary{Median: round(l.Total.P50), WorstAt: inSeconds(l.WorstAt), Mean: l.Mean.summary(), Worst: l.Worst.summary()}
	}
	if v.Oscillation != nil {
		why, advice := whyServiceOscillates(r.service(o.Name).Scaling, v.Oscillation, v.Lags.Effect, &r.Config.Latency)
		s.Oscillation = v.Oscillation.summary("desired count of "+o.Name, why, advice)
	}
	return s
}

// summary has the parts in seconds. What rounding would make of their sum is the total.
func (s *Split) summary() LagSummary {
	return LagSummary{
		Detection: inSeconds(s[Detection]), Decision: inSeconds(s[Decision]), Capacity: inSeconds(s[Capacity]), Boot: inSeconds(s[Boot]),
		Placement: inSeconds(s[Placement]), Pull: inSeconds(s[Pull]), Start: inSeconds(s[Start]), Health: inSeconds(s[Health]),
		Total: inSeconds(s.Total()),
	}
}

// summary: desired count of web went up and down 14 times between 4 and 8 from 01:00:00 to 03:10:00, once in 9m, while
// the load stayed within 3 %.
func (o *Oscillation) summary(what, why, advice string) *OscillationSummary {
	load := "stayed within " + percent(o.LoadSpread)
	if o.LoadSpread < 1e-9 { // but for rounding
		load = "did not change"
	}
	sentence := fmt.Sprintf("the %s went up and down %d times between %d and %d from %s to %s, once in %s, while the load %s: %s; try %s",
		what, o.Reversals, o.Low, o.High, clock(o.First), clock(o.Last), span(o.Every()), load, why, advice)
	return &OscillationSummary{
		Reversals: o.Reversals, First: inSeconds(o.First), Last: inSeconds(o.Last), Every: inSeconds(o.Every()), Low: o.Low, High: o.High,
		LoadSpread: round(o.LoadSpread), Sentence: sentence,
	}
}

// alarmGap is between the two alarms of target tracking: the one for scale-in stands at 90 % of the target
// (ECS rules, services 4.2).
const alarmGap = 0.1

// whyServiceOscillates looks for what a person can change. effect is the time from a decision until its tasks serve.
func whyServiceOscillates(cfg *scaling.Config, o *Oscillation, effect time.Duration, l *model.Latency) (why, advice string) {
	for i := range cfg.Policies {
		p := &cfg.Policies[i]
		cooldown := p.ScaleOutCooldown
		if p.Step != nil {
			cooldown = p.Step.Cooldown
		}
		if seen := effect + visible(p, l); seen > cooldown {
			return fmt.Sprintf("a cooldown of %s is over before a decision shows in the metric, which takes %s", span(cooldown), span(seen)),
				"a cooldown of " + span(ceilTo(seen, time.Minute))
		}
	}
	if low, high, found := thresholds(cfg); found && o.Low > 0 && low*float64(o.High) > high*float64(o.Low) {
		return fmt.Sprintf("the thresholds %s and %s are too close: %s with %s is %s with %d", figure(low), figure(high), figure(low),
				tasks(int64(o.High)), figure(low*float64(o.High)/float64(o.Low)), o.Low),
			"to scale in below " + figure(math.Floor(high*float64(o.Low)/float64(o.High)))
	}
	if step := 1 - float64(o.Low)/float64(max(1, o.High)); step > alarmGap {
		return fmt.Sprintf("%d of %s are %s of the capacity, more than the %s between the two alarms of target tracking",
			o.High-o.Low, tasks(int64(o.High)), percent(step), percent(alarmGap)), "more and smaller tasks, a higher min_capacity or disable_scale_in"
	}
	return "policies undo what the others do", "longer cooldowns"
}

// visible is how long it takes from a change until a policy has a datapoint of nothing but the time after it: the whole
// period, and the delay until alarms see it.
func visible(p *scaling.Policy, l *model.Latency) time.Duration {
	delay := l.MetricDelay
	if p.Period == scaling.HighResolution {
		delay = l.HighResolutionDelay
	}
	if delay == nil {
		return p.Period
	}
	return p.Period + time.Duration(delay.Mean()*float64(time.Second))
}

// thresholds are those of step scaling: the highest below which one scales in, the lowest above which one scales out.
func thresholds(cfg *scaling.Config) (in, out float64, found bool) {
	in, out = math.Inf(-1), math.Inf(1)
	for i := range cfg.Policies {
		p := cfg.Policies[i].Step
		if p == nil {
			continue
		}
		switch p.Alarm.Comparison {
		case scaling.GreaterThanThreshold, scaling.GreaterThanOrEqualToThreshold:
			out = min(out, p.Alarm.Threshold)
		case scaling.LessThanThreshold, scaling.LessThanOrEqualToThreshold:
			in = max(in, p.Alarm.Threshold)
		}
	}
	return in, out, !math.IsInf(in, 0) && !math.IsInf(out, 0)
}

func ceilTo(d, unit time.Duration) time.Duration { return (d + unit - 1) / unit * unit }

// summariseProviders are the capacity providers with a group; nil without any.
func summariseProviders(r *Record) map[string]ProviderSummary {
	var all map[string]ProviderSummary
	for i := range r.Providers {
		if all == nil {
			all = map[string]ProviderSummary{}
		}
		all[r.Providers[i].Name] = summariseProvider(r, &r.Providers[i])
	}
	return all
}

// providerIndex is the place of a capacity provider in the configuration.
func (r *Record) providerIndex(name string) int {
	return slices.IndexFunc(r.Config.CapacityProviders, func(c model.CapacityProvider) bool { return c.Name == name })
}

func summariseProvider(r *Record, p *ProviderRecord) ProviderSummary {
	cfg := &r.Config.CapacityProviders[r.providerIndex(p.Name)]
	s := ProviderSummary{
		Type: cfg.Kind.String(), Instances: []string{}, Min: cfg.Group.Min, Max: cfg.Group.Max, Now: p.Instances, Peak: p.InstancesPeak,
		Mean: round(p.InstancesMean), Booting: p.Booting, Desired: p.Desired, DesiredMax: p.DesiredPeak, Reservation: measured(p.Reservation),
		Launched: p.Launched, Spot: p.Spot, Terminated: p.Lost, Failed: p.Refused, Waiting: p.Waiting, Wait: summariseWait(p.Wait),
		Out: p.Outs, In: p.Ins, Blocked: p.Blocked,
	}
	for k := range cfg.Group.Types {
		s.Instances = append(s.Instances, cfg.Group.Types[k].Name)
	}
	if cfg.Managed != nil {
		s.Target = known(cfg.Managed.TargetCapacity)
	}
	if p.Oscillation != nil {
		why, advice := "instances come for tasks that do not stay", "a higher min_size, or a target_capacity that leaves room"
		if m := cfg.Managed; m != nil && m.Warmup < reversalWithin/2 {
			advice = fmt.Sprintf("a longer instance_warmup_period than %s, or a target_capacity that leaves room", span(m.Warmup))
		}
		s.Oscillation = p.Oscillation.summary("desired capacity of "+p.Name, why, advice)
	}
	return s
}

// noteScaling says what a person would not look for.
func (s *Summary) noteScaling(r *Record, note func(string, ...any)) {
	for i := range r.Owners {
		if v := s.Services[r.Owners[i].Name].Scaling; r.Owners[i].Service && v != nil && v.Oscillation != nil {
			note("OSCILLATION: %s", v.Oscillation.Sentence)
		}
	}
	for i := range r.Providers {
		p := &r.Providers[i]
		if v := s.CapacityProviders[p.Name]; v.Oscillation != nil {
			note("OSCILLATION: %s", v.Oscillation.Sentence)
		}
		if p.Refused > 0 {
			note("EC2 refused %s of %s", launches(p.Refused), p.Name)
		}
	}
	if r.DecisionsTotal > 0 && r.LogLimit > 0 && int64(r.Decisions.len()) >= r.LogLimit {
		note("data/scaling.csv and decisions.ndjson hold the first %s of %s decisions", thousands(int64(r.Decisions.len())), thousands(r.DecisionsTotal))
	}
	if r.EpisodesLeft > 0 {
		note("data/lags.csv leaves out %s episodes", thousands(r.EpisodesLeft))
	}
}

func launches(n int64) string {
	if n == 1 {
		return "1 launch"
	}
	return thousands(n) + " launches"
}
