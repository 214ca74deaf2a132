package report

import (
	"fmt"
	"maps"
	"slices"

	"ecssim/model"
)

// trouble is the worst that befell a service although no limit bound: a run in which every task found a place can still
// be one in which nobody was served. It is empty if nothing did.
func trouble(s *Summary) string {
	for _, name := range slices.Sorted(maps.Keys(s.Services)) {
		v := s.Services[name]
		if v.Healthy < v.Desired && v.Unhealthy > 0 {
			return fmt.Sprintf("%s ends with %d of %s healthy", name, v.Healthy, tasks(v.Desired))
		}
		if text := v.unfollowed(name); text != "" {
			return text
		}
		for _, d := range v.Deployments {
			if d.RolloutState == model.RolloutFailed.String() {
				return fmt.Sprintf("deployment %d of %s failed", d.Number, name)
			}
			if d.RolloutState == model.RolloutInProgress.String() && d.Number > 1 {
				return fmt.Sprintf("deployment %d of %s is not complete", d.Number, name)
			}
		}
	}
	worst, sentence := 1.0, ""
	for _, f := range s.Faults {
		for _, i := range f.Impact {
			if share := float64(i.LowestHealthy) / float64(max(1, i.Desired)); share < worst {
				worst = share
				sentence = fmt.Sprintf("%s had %d of %s healthy during %s", i.Service, i.LowestHealthy, tasks(i.Desired), f.Name)
			}
		}
	}
	return sentence
}

// muchDropped is from which share on of its load a service is in trouble.
const muchDropped = 0.001

// unfollowed says that the tasks did not follow the load; empty if they did, or there is none.
func (v *ServiceSummary) unfollowed(name string) string {
	if l := v.Load; l != nil && l.DroppedFraction != nil && *l.DroppedFraction >= muchDropped {
		return fmt.Sprintf("%s dropped %s of its %s", name, percent(*l.DroppedFraction), l.Unit)
	}
	if v.Scaling != nil && v.Scaling.Oscillation != nil {
		return fmt.Sprintf("the desired count of %s went up and down without need", name)
	}
	return ""
}
