package plot

import (
	"cmp"
	"errors"
	"fmt"
)

// Scaling is the picture of capacity that follows load: what was asked for,
// what the alarms saw of it, what was decided, and what it cost, panel by panel
// over one time axis. A panel without data is left out.
type Scaling struct {
	Title, Subtitle string
	End             float64 // length of the run in seconds; zero = end of the last step
	Services        []ScalingService
	Groups          []ScalingGroup
	Costs           []CostSeries // dollars an hour by item, stacked from the bottom in this order
	Marks           []Mark       // through all panels: a fault, a schedule
	Remark          string       // stands at the foot
}

// ScalingService is a service whose desired count follows its load.
type ScalingService struct {
	Name string
	Unit string // of the load: "requests/s", "messages/s"

	// Offered is what came, Served what was worked off, Dropped what was
	// refused or timed out, all in Unit. Latency is in seconds; it is drawn
	// where it was more than twice its lowest.
	Offered, Served, Dropped, Latency []Step

	Metrics []ScalingMetric // what its policies look at

	// Desired, Running and Waiting are tasks; those that wait are not yet
	// running (PROVISIONING, PENDING, ACTIVATING).
	Desired, Running, Waiting []Step

	Min, Max  float64   // bounds of the desired count; negative = none
	Outs, Ins []float64 // when it was decided to scale out and in, in seconds
}

// ScalingMetric is what a policy or an alarm looks at. Gaps are times without
// data points.
type ScalingMetric struct {
	Name, Unit string
	Values     []Step
	Target     float64   // of target tracking; zero = none
	Thresholds []float64 // of alarms
}

// ScalingGroup is an Auto Scaling group, with the reservation of the capacity
// provider that manages it.
type ScalingGroup struct {
	Name string

	// Instances: asked for, registered and working, on their way, on their way out.
	Desired, InService, Booting, Leaving []Step

	Reservation []Step  // CapacityProviderReservation in percent
	Target      float64 // of managed scaling in percent; zero = not managed
	Max         float64 // of the group; negative = none

	Outs, Ins []float64 // when it was decided to scale out and in, in seconds
}

// CostSeries is what one item costs: an instance type, Spot, Fargate's vCPU.
type CostSeries struct {
	Item       string
	USDPerHour []Step
}

// DrawScaling draws load, metrics, tasks, instances, reservation and cost over
// one time axis. Of many services and groups the first are drawn. NaN and
// infinite numbers are refused, and negative ones where they have no meaning.
func DrawScaling(s Scaling) (Picture, error) {
	if err := s.problems(); err != nil {
		return Picture{}, fmt.Errorf("drawing scaling: %w", err)
	}
	p, err := DrawStacks(Stacks{Title: s.Title, Subtitle: s.Subtitle, End: s.End})
	p.title = cmp.Or(clean(s.Title), "Capacity follows load")
	return p, err
}

func (s Scaling) problems() error {
	return errors.Join(checkTime("end", s.End))
}
