package plot

import (
	"cmp"
	"errors"
	"fmt"
	"math"
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

	Min, Max  float64   // bounds of the desired count; zero or negative = none
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
	Max         float64 // of the group; zero or negative = none

	Outs, Ins []float64 // when it was decided to scale out and in, in seconds
}

// CostSeries is what one item costs: an instance type, Spot, Fargate's vCPU.
type CostSeries struct {
	Item       string
	USDPerHour []Step
}

// DrawScaling draws load, metrics, tasks, instances, reservation and cost over
// one time axis. Of many services and groups the first are drawn, and the foot
// says what is left out. NaN and infinite numbers are refused, and negative
// ones except where they mean that there is no bound.
func DrawScaling(s Scaling) (Picture, error) {
	if err := s.problems(); err != nil {
		return Picture{}, fmt.Errorf("drawing scaling: %w", err)
	}
	sheet := newScalingSheet(s)
	return Picture{
		height: sheet.height,
		title:  cmp.Or(clean(s.Title), "Capacity follows load"),
		alt:    sheet.describe(),
		paint:  sheet.paint,
	}, nil
}

func (s Scaling) problems() error {
	errs := []error{checkTime("end", s.End)}
	for i, one := range s.Services {
		errs = append(errs, one.problems(fmt.Sprintf("service %d (%s): ", i, one.Name)))
	}
	for i, one := range s.Groups {
		errs = append(errs, one.problems(fmt.Sprintf("group %d (%s): ", i, one.Name)))
	}
	for i, one := range s.Costs {
		errs = append(errs, checkSteps(fmt.Sprintf("cost %d (%s)", i, one.Item), one.USDPerHour))
	}
	for i, m := range s.Marks {
		errs = append(errs, checkTime(fmt.Sprintf("mark %d (%s)", i, m.Text), m.At))
	}
	return errors.Join(errs...)
}

func (s ScalingService) problems(path string) error {
	errs := []error{
		checkSteps(path+"offered", s.Offered), checkSteps(path+"served", s.Served),
		checkSteps(path+"dropped", s.Dropped), checkSteps(path+"latency", s.Latency),
		checkSteps(path+"desired", s.Desired), checkSteps(path+"running", s.Running), checkSteps(path+"waiting", s.Waiting),
		checkBound(path+"min", s.Min), checkBound(path+"max", s.Max),
		checkTimes(path+"scale-out", s.Outs), checkTimes(path+"scale-in", s.Ins),
	}
	for i, m := range s.Metrics {
		of := fmt.Sprintf("%smetric %d (%s)", path, i, m.Name)
		errs = append(errs, checkSteps(of, m.Values), checkBound(of+": target", m.Target))
		for j, v := range m.Thresholds {
			errs = append(errs, checkBound(fmt.Sprintf("%s: threshold %d", of, j), v))
		}
	}
	return errors.Join(errs...)
}

func (g ScalingGroup) problems(path string) error {
	return errors.Join(
		checkSteps(path+"desired", g.Desired), checkSteps(path+"in service", g.InService),
		checkSteps(path+"booting", g.Booting), checkSteps(path+"leaving", g.Leaving),
		checkSteps(path+"reservation", g.Reservation), checkBound(path+"target", g.Target), checkBound(path+"max", g.Max),
		checkTimes(path+"scale-out", g.Outs), checkTimes(path+"scale-in", g.Ins))
}

func checkTimes(path string, times []float64) error {
	for i, at := range times {
		if err := checkTime(fmt.Sprintf("%s %d", path, i), at); err != nil {
			return err
		}
	}
	return nil
}

// checkBound lets negative bounds pass, which are none.
func checkBound(path string, v float64) error { return checkValue(path, math.Abs(v)) }

// length is the end of the run: what is said, or what the data shows.
func (s Scaling) length() float64 {
	var all [][]Step
	for _, one := range s.Services {
		all = append(all, one.Offered, one.Served, one.Dropped, one.Latency, one.Desired, one.Running, one.Waiting)
		for _, m := range one.Metrics {
			all = append(all, m.Values)
		}
	}
	for _, g := range s.Groups {
		all = append(all, g.Desired, g.InService, g.Booting, g.Leaving, g.Reservation)
	}
	for _, c := range s.Costs {
		all = append(all, c.USDPerHour)
	}
	_, last := extent(all...)
	if end := max(s.End, last); end > 0 {
		return end
	}
	return 1
}
