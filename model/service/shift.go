package service

import (
	"math"
	"time"
)

// Never is no instant.
const Never time.Duration = -1

// Stage is a lifecycle stage of a deployment with the strategy BLUE_GREEN, LINEAR or CANARY.
type Stage uint8

// The stages in their order (ECS rules, services 2.8).
const (
	ReconcileService Stage = iota
	PreScaleUp
	ScaleUp
	PostScaleUp
	TestTrafficShift
	PostTestTrafficShift
	PreProductionTrafficShift
	ProductionTrafficShift
	PostProductionTrafficShift
	BakeTime
	CleanUp
	numStages
)

// String spells the stage as ECS does.
func (s Stage) String() string {
	return [numStages]string{
		"RECONCILE_SERVICE", "PRE_SCALE_UP", "SCALE_UP", "POST_SCALE_UP", "TEST_TRAFFIC_SHIFT", "POST_TEST_TRAFFIC_SHIFT",
		"PRE_PRODUCTION_TRAFFIC_SHIFT", "PRODUCTION_TRAFFIC_SHIFT", "POST_PRODUCTION_TRAFFIC_SHIFT", "BAKE_TIME", "CLEAN_UP",
	}[s]
}

// everything is the whole traffic, in tenths of a percent: the finest that ECS takes.
const everything = 1000

// Shift moves the production traffic of one deployment from the old revision (blue) to the new one (green). Green is
// scaled to the whole desired count first, so that for a while there are twice the tasks. Stages take no time except
// three: SCALE_UP lasts until green is healthy, PRODUCTION_TRAFFIC_SHIFT until the last step, BAKE_TIME its bake time.
// Lifecycle hooks, which may pause a stage, are not modelled.
type Shift struct {
	cfg   DeploymentConfiguration
	stage Stage // the next to enter
	share int   // of green
	at    time.Duration
	next  time.Duration // when the stage that was entered last goes on; Never if it is not up to the clock
	over  bool
}

// Begin starts a deployment. Nothing happens until Advance is called, at this instant for the first time.
func (s *Shift) Begin(now time.Duration, cfg DeploymentConfiguration) {
	*s = Shift{cfg: cfg, at: now, next: now}
}

// Next is when to call Advance again; Never while green is not healthy, and when all is over. A caller also calls it
// when green has become healthy.
func (s *Shift) Next() time.Duration { return s.next }

// GreenShare is green's share of the production traffic, from 0 to 1.
func (s *Shift) GreenShare() float64 { return float64(s.share) / everything }

// Over reports whether CLEAN_UP was reached, at which blue's tasks go, or the deployment was rolled back, whereupon
// green's do.
func (s *Shift) Over() bool { return s.over }

// Rollback returns all traffic to blue at once. It reports whether it could: after CLEAN_UP there is no blue.
func (s *Shift) Rollback(now time.Duration) bool {
	if s.over {
		return false
	}
	s.share, s.at, s.next, s.over = 0, now, Never, true
	return true
}

// Advance takes the deployment as far as it gets by now and returns the stages that it entered. greenHealthy: all of
// green's desired tasks are; only SCALE_UP asks.
func (s *Shift) Advance(now time.Duration, greenHealthy bool) []Stage {
	var entered []Stage
	for !s.over && s.mayGoOn(now, greenHealthy) {
		entered = append(entered, s.stage)
		s.enter()
		s.stage++
	}
	return entered
}

// mayGoOn ends the stage that was entered last, if it has come to its end.
func (s *Shift) mayGoOn(now time.Duration, greenHealthy bool) bool {
	switch entered := s.stage - 1; {
	case s.stage == ReconcileService:
		// nothing was entered yet
	case entered == ScaleUp:
		if !greenHealthy {
			return false
		}
		s.next = now
	case entered == ProductionTrafficShift:
		for s.share < everything && s.next <= now {
			s.at = s.next
			s.step()
		}
		return s.share == everything
	}
	if s.next > now {
		return false
	}
	s.at = s.next
	return true
}

// enter is what the next stage begins with.
func (s *Shift) enter() {
	switch s.stage {
	case ScaleUp:
		s.next = Never
	case ProductionTrafficShift:
		s.step()
	case BakeTime:
		s.next = s.at + s.cfg.BakeTime
	case CleanUp:
		s.next, s.over = Never, true
	default:
		s.next = s.at
	}
}

// step shifts the next part of the traffic. What follows the last part follows at once: its bake time is BAKE_TIME.
func (s *Shift) step() {
	step, bake := everything, time.Duration(0)
	switch s.cfg.Strategy {
	case Linear:
		step, bake = tenths(s.cfg.StepPercent), s.cfg.StepBakeTime
	case Canary:
		if s.share == 0 {
			step, bake = tenths(s.cfg.CanaryPercent), s.cfg.CanaryBakeTime
		}
	case Rolling, BlueGreen:
	}
	s.share = min(everything, s.share+step)
	s.next = s.at
	if s.share < everything {
		s.next += bake
	}
}

func tenths(percent float64) int { return max(1, int(math.Round(percent*10))) }
