package report

import (
	"fmt"
	"math"

	"ecssim/model"
	"ecssim/model/service"
	"ecssim/report/plot"
)

// namedStacks is a picture with its name in plots/; one without panels is not drawn.
type namedStacks struct {
	name string
	plot.Stacks
}

// servicePictures show what services do: their deployments, the states of their tasks, and their zones.
func servicePictures(r *Record, subtitle string) []namedStacks {
	picture := func(name, title string) namedStacks {
		return namedStacks{name, plot.Stacks{
			Title: r.Config.Name + ": " + title, Subtitle: subtitle, End: r.End.Seconds(), Unit: "tasks", Bands: r.faultBands(),
		}}
	}
	services := picture("services", "tasks of services")
	lifecycle := picture("lifecycle", "tasks by status")
	zones := picture("zones", "RUNNING tasks by zone")
	for i := range r.Owners {
		o := &r.Owners[i]
		if o.Serving == nil {
			continue
		}
		name := "service " + o.Name
		services.Panels = append(services.Panels, plot.StackPanel{
			Name: name, Series: o.byDeployment(), Lines: o.strengthLines(&r.Config.Services[i]), Marks: o.deploymentMarks(),
			Peak: o.RunningLevels.peak(),
		})
		lifecycle.Panels = append(lifecycle.Panels, plot.StackPanel{Name: name, Series: o.lifecycle(), Marks: o.deploymentMarks()})
		if o.Serving.ZoneLevels == nil {
			continue
		}
		panel := plot.StackPanel{Name: name, Peak: o.RunningLevels.peak(), Lines: []plot.StackLine{{Name: "desired", Steps: o.DesiredLevels.steps(1), Style: plot.Dashed}}}
		for z, levels := range o.Serving.ZoneLevels {
			if levels.any() {
				panel.Series = append(panel.Series, plot.StackSeries{Name: "zone " + r.Zones[z], Steps: levels.steps(1)})
			}
		}
		zones.Panels = append(zones.Panels, panel)
	}
	return []namedStacks{services, lifecycle, zones}
}

// faultBands shade what goes wrong.
func (r *Record) faultBands() []plot.Band {
	var bands []plot.Band
	for i := range r.Faults {
		f := &r.Faults[i]
		to := f.To.Seconds()
		switch {
		case f.To < 0:
			to = 0 // up to the end
		case f.To == 0:
			to = 1e-9 // a moment at the start
		}
		bands = append(bands, plot.Band{From: f.From.Seconds(), To: to, Text: f.Name})
	}
	return bands
}

// byDeployment stacks what runs.
func (o *OwnerRecord) byDeployment() []plot.StackSeries {
	var all []plot.StackSeries
	for i := range o.Serving.Deployments {
		if d := &o.Serving.Deployments[i]; d.RunningLevels.any() {
			all = append(all, plot.StackSeries{Name: fmt.Sprintf("deployment %d", d.Number), Steps: d.RunningLevels.steps(1)})
		}
	}
	if all == nil {
		all = append(all, plot.StackSeries{Name: "running", Steps: o.RunningLevels.steps(1)})
	}
	return all
}

// strengthLines are what the service wants, between which bounds a deployment must stay, and what is healthy.
func (o *OwnerRecord) strengthLines(cfg *model.Service) []plot.StackLine {
	lines := []plot.StackLine{{Name: "desired", Steps: o.DesiredLevels.steps(1), Style: plot.Dashed}}
	if d := cfg.Deployment; len(o.Serving.Deployments) > 1 && d.Strategy == service.Rolling {
		if p := d.MinimumHealthyPercent; p > 0 && p != 100 {
			lines = append(lines, plot.StackLine{Name: "lower bound", Steps: o.bound(p, math.Ceil), Style: plot.Dotted})
		}
		if p := d.MaximumPercent; p > 100 {
			lines = append(lines, plot.StackLine{Name: "upper bound", Steps: o.bound(p, math.Floor), Style: plot.Dotted})
		}
	}
	if len(o.Serving.Deployments) > 1 && o.LeavingLevels.any() {
		lines = append(lines, plot.StackLine{Name: "with those that stop", Steps: sum(o.RunningLevels, o.LeavingLevels).steps(1), Style: plot.Dotted})
	}
	return append(lines, plot.StackLine{Name: "healthy", Steps: o.Serving.HealthyLevels.steps(1)})
}

// sum adds two tracks of one timeline. What tasks leave they join the others, so the extremes are those of the means.
func sum(a, b Levels) Levels {
	out := make(Levels, len(a))
	for i := range a {
		out[i] = a[i]
		out[i].Mean += b[i].Mean
		out[i].Min, out[i].Max = int64(math.Floor(out[i].Mean)), int64(math.Ceil(out[i].Mean))
	}
	return out
}

// bound is a percentage of the desired count.
func (o *OwnerRecord) bound(percent int, round func(float64) float64) []plot.Step {
	share := func(x float64) float64 { return round(x * float64(percent) / 100) }
	steps := o.DesiredLevels.steps(1)
	for i := range steps {
		s := &steps[i]
		s.Mean, s.Min, s.Max = share(s.Mean), share(s.Min), share(s.Max)
	}
	return steps
}

// lifecycle stacks all tasks, from those that leave to those that wait.
func (o *OwnerRecord) lifecycle() []plot.StackSeries {
	all := []plot.StackSeries{{Name: "RUNNING", Steps: o.RunningLevels.steps(1)}}
	add := func(name string, levels Levels) {
		if levels.any() {
			all = append(all, plot.StackSeries{Name: name, Steps: levels.steps(1)})
		}
	}
	for _, s := range []model.Status{
		model.Activating, model.Pending, model.Provisioning, model.Deactivating, model.Stopping, model.Deprovisioning,
	} {
		add(s.String(), o.Serving.StatusLevels[s])
	}
	add("not placed", o.WaitingLevels)
	return all
}

// peak is the highest value ever.
func (l Levels) peak() float64 {
	most := int64(0)
	for _, v := range l {
		most = max(most, v.Max)
	}
	return float64(most)
}

// deploymentMarks are the beginnings of deployments but the first, the steps in which they get the traffic, and their
// failures.
func (o *OwnerRecord) deploymentMarks() []plot.Mark {
	var marks, backs []plot.Mark
	for i := range o.Serving.Deployments {
		d := &o.Serving.Deployments[i]
		for k, c := range d.Changes {
			text, back := d.mark(k)
			switch {
			case back:
				backs = append(backs, plot.Mark{At: c.At.Seconds(), Text: text})
			case text != "":
				marks = append(marks, plot.Mark{At: c.At.Seconds(), Text: text})
			}
		}
	}
	return append(marks, backs...) // it goes back because something has failed
}

// mark is what there is to say of a change; back says that a rollback took the deployment up again.
func (d *DeploymentRecord) mark(k int) (text string, back bool) {
	c := d.Changes[k]
	if k == 0 {
		switch {
		case c.Rollout == model.RolloutFailed:
			return fmt.Sprintf("deployment %d failed", d.Number), false
		case c.Rollout == model.RolloutInProgress && d.Number > 1:
			return fmt.Sprintf("deployment %d", d.Number), false
		}
		return "", false
	}
	before := d.Changes[k-1]
	switch {
	case c.Rollout == model.RolloutFailed && before.Rollout != model.RolloutFailed:
		return fmt.Sprintf("deployment %d failed", d.Number), false
	case c.Rollout == model.RolloutInProgress && before.Rollout == model.RolloutCompleted:
		return fmt.Sprintf("back to %d", d.Number), true
	case c.Rollout == model.RolloutInProgress && c.Share > before.Share:
		return fmt.Sprintf("%s of the traffic to %d", percent(c.Share), d.Number), false
	}
	return "", false
}
